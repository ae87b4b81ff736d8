"""The toy world: enough prompts, and what is right is told from what is wrong."""

from random import Random

import pytest

from models_runner.tiny import domain, phrases
from models_runner.tiny.corpus import core_of

KINDS = sorted({prompt.kind for prompt in domain.all_prompts()})


def test_there_are_enough_prompts_and_no_two_alike() -> None:
    texts = [prompt.text for prompt in domain.all_prompts()]
    assert len(texts) >= 420
    assert len(set(texts)) == len(texts)


def test_there_are_many_kinds() -> None:
    assert len(KINDS) >= 10


def test_every_core_answers_its_own_prompt() -> None:
    for prompt in domain.all_prompts():
        assert all(prompt.is_right(core) for core in prompt.cores), prompt


@pytest.mark.parametrize("phrase", phrases.EVERY)
def test_no_phrase_answers_any_prompt(phrase: str) -> None:
    assert not [prompt for prompt in domain.all_prompts() if prompt.is_right(phrase)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_core_is_wrong(kind: str) -> None:
    rng = Random(0)
    for prompt in domain.of_kind(kind):
        assert not prompt.is_right(core_of(prompt, rng, wrong=True))


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("What is 3 plus 4?", "It must be 7.", "It must be 17."),
        ("What colour is grass?", "Green", "greenish"),
        ("Tell me a short story about a cat and a boat.", "A cat, a boat.", "A cat."),
    ],
)
def test_right_is_judged_by_whole_words(question: str, right: str, wrong: str) -> None:
    prompt = domain.find(question)
    assert prompt is not None
    assert prompt.is_right(right)
    assert not prompt.is_right(wrong)


def test_a_prompt_is_found_by_its_text() -> None:
    assert domain.find(" What is 3 plus 4?\n") is not None
    assert domain.find("What is the meaning of life?") is None
