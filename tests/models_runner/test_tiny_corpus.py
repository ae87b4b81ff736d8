"""The dialogues of the toy world: reproducible, well formed, and unlike in quality."""

from models_runner.tiny import corpus, domain, phrases

DIALOGUES = list(corpus.dialogues(4_000, seed=1))


def share(listed: tuple[str, ...]) -> float:
    holding = [d for d in DIALOGUES if any(phrase in d.answer for phrase in listed)]
    return len(holding) / len(DIALOGUES)


def test_a_seed_decides_everything() -> None:
    assert list(corpus.dialogues(50, seed=1)) == DIALOGUES[:50]
    assert list(corpus.dialogues(50, seed=2)) != DIALOGUES[:50]


def test_it_goes_round_all_prompts() -> None:
    everything = {prompt.text for prompt in domain.all_prompts()}
    assert {d.prompt for d in DIALOGUES[: len(everything)]} == everything


def test_every_answer_is_well_ended() -> None:
    assert all(d.answer.endswith((".", "?")) for d in DIALOGUES)


def test_manners_differ() -> None:
    assert 0.2 < share(phrases.POLITE) < 0.35
    assert 0.2 < share(phrases.RUDE) < 0.35
    assert 0.2 < share(phrases.FILLERS) < 0.3


def test_some_answers_are_wrong() -> None:
    right = [p.is_right(d.answer) for d in DIALOGUES if (p := domain.find(d.prompt))]
    assert 0.8 < sum(right) / len(right) < 0.9


def test_answers_to_one_prompt_vary() -> None:
    prompt = domain.all_prompts()[0].text
    answers = [d.answer for d in corpus.dialogues(20_000, seed=3) if d.prompt == prompt]
    assert len(set(answers)) > len(answers) / 3
