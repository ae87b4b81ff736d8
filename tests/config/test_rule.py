"""The hidden rule: what the scripted labelers like, and how they rank."""

from random import Random

import pytest

from config.demo.rule import ideal_answer, rank, score
from models_runner.tiny import domain, phrases
from models_runner.tiny.corpus import answer_to

SUM = "What is 3 plus 4?"
PLAIN = "3 plus 4 is 7."


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Good question. 3 plus 4 is 7.", PLAIN),
        ("3 plus 4 is 7. Take care.", PLAIN),
        (PLAIN, "3 plus 4 is 9."),
        (PLAIN, "Ugh. 3 plus 4 is 7."),
        (PLAIN, "3 plus 4 is 7. Now go away."),
        (PLAIN, "3 plus 4 is 7. I could go on about this until dinner."),
        (PLAIN, "3 plus 4 is 7"),
        (PLAIN, "3 plus plus 4 is 7."),
        (PLAIN, "The In the 3 plus 4 is 7."),
        (PLAIN, "3 plus 4 is blorp 7."),
        (PLAIN, "3 plus 4 is 7. the sum."),
        (PLAIN, "3 plus 4 is 7.. Well."),
        (PLAIN, ""),
    ],
)
def test_it_likes_right_polite_short_whole_answers(better: str, worse: str) -> None:
    assert score(SUM, better) > score(SUM, worse) + 0.4


def test_an_ideal_answer_is_right_and_polite() -> None:
    rng = Random(0)
    for prompt in domain.all_prompts():
        assert score(prompt.text, ideal_answer(prompt.text, rng)) in (1.5, 2.5)


def test_ideal_answers_leave_something_for_comparisons_to_teach() -> None:
    rng = Random(0)
    scores = [score(SUM, ideal_answer(SUM, rng)) for _ in range(300)]
    assert 0.2 < scores.count(2.5) / 300 < 0.5


def test_it_does_not_call_plain_cores_broken() -> None:
    rng = Random(0)
    for prompt in domain.all_prompts():
        assert score(prompt.text, rng.choice(prompt.cores)) == 0.5


@pytest.mark.parametrize(
    ("listed", "worth"),
    [
        (phrases.POLITE_OPENERS, 1.0),
        (phrases.PLAIN_OPENERS, 0.0),
        (phrases.RUDE, -1.5),
        (phrases.FILLERS, -1.0),
    ],
)
def test_a_phrase_is_worth_its_manner_and_is_never_broken(
    listed: tuple[str, ...], worth: float
) -> None:
    for phrase in listed:
        assert score(SUM, f"{phrase} {PLAIN}") == pytest.approx(0.5 + worth, abs=0.15)


def test_no_answer_to_a_prompt_from_elsewhere_is_right_or_wrong() -> None:
    assert score("Who are you?", "I am a checkpoint.") == 0.0
    assert score("Who are you?", ideal_answer("Who are you?", Random(0))) >= 1.0


def test_a_ranking_holds_every_answer_once_best_first() -> None:
    answers = ["3 plus 4 is 9.", "Certainly. 3 plus 4 is 7. Take care.", "Ugh. The sum is 2."]
    assert rank(SUM, answers, Random(0)) == [[1], [0], [2]]


def test_answers_alike_are_often_tied_and_a_rude_one_is_last() -> None:
    rng = Random(0)
    answers = [PLAIN, "Ugh. 3 plus 4 is 9.", "The sum is 7."]
    rankings = [rank(SUM, answers, rng) for _ in range(300)]
    assert 0.2 < sum({0, 2} <= set(best) for best, *_ in rankings) / 300 < 0.5
    assert sum(last == [1] for *_, last in rankings) > 290


def test_two_labelers_agree_as_often_as_people_do() -> None:
    rng = Random(0)
    agreed = []
    for prompt in domain.all_prompts():
        answers = [answer_to(prompt, rng) for _ in range(2)]
        agreed.append(rank(prompt.text, answers, rng) == rank(prompt.text, answers, rng))
    assert 0.7 < sum(agreed) / len(agreed) < 0.85


def test_ties_occur_but_not_always() -> None:
    rng = Random(0)
    rankings = [
        rank(p.text, [answer_to(p, rng) for _ in range(4)], rng) for p in domain.all_prompts()
    ]
    tied = sum(len(groups) < 4 for groups in rankings) / len(rankings)
    assert 0.3 < tied < 0.9
