"""Dialogues of the toy world, in manners that differ: what the tiny checkpoint is trained on.

An answer is an opener, a core, filler and a closer. How often it is wrong, rude or rambling is
decided here, so that samples differ in quality and people (or a rule) have something to label.
No torch, no tokenizer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from models_runner.tiny import domain, phrases

WRONG_SHARE = 0.15
RAMBLING_SHARE = 0.25
MANNERS = {"polite": 0.3, "plain": 0.4, "rude": 0.3}


@dataclass(frozen=True)
class Dialogue:
    prompt: str
    answer: str


def core_of(prompt: domain.ToyPrompt, rng: Random, *, wrong: bool) -> str:
    """A sentence that answers the prompt, or one that answers another prompt of its kind."""
    if not wrong:
        return rng.choice(prompt.cores)
    while True:
        other = rng.choice(rng.choice(domain.of_kind(prompt.kind)).cores)
        if not prompt.is_right(other):
            return other


def _opener_and_closer(manner: str, rng: Random) -> tuple[str, str]:
    if manner == "plain":
        return (rng.choice(phrases.PLAIN_OPENERS) if rng.random() < 0.2 else ""), ""
    polite = manner == "polite"
    openers = phrases.POLITE_OPENERS if polite else phrases.RUDE_OPENERS
    closers = phrases.POLITE_CLOSERS if polite else phrases.RUDE_CLOSERS
    opener = rng.choice(openers) if rng.random() < 0.7 else ""
    closer = rng.choice(closers) if rng.random() < 0.6 else ""
    return opener, closer


def surround(core: str, rng: Random) -> str:
    """The core in a manner drawn by chance, with filler behind it now and then."""
    manner = rng.choices(list(MANNERS), weights=list(MANNERS.values()))[0]
    opener, closer = _opener_and_closer(manner, rng)
    filler: list[str] = []
    if rng.random() < RAMBLING_SHARE:
        filler = rng.sample(phrases.FILLERS, rng.choice((1, 2)))
    return " ".join(part for part in (opener, core, *filler, closer) if part)


def answer_to(prompt: domain.ToyPrompt, rng: Random) -> str:
    """One well-formed answer, right more often than not."""
    return surround(core_of(prompt, rng, wrong=rng.random() < WRONG_SHARE), rng)


def dialogues(count: int, seed: int) -> Iterator[Dialogue]:
    """`count` dialogues that go round all prompts, in an order that the seed decides."""
    rng = Random(seed)
    prompts: list[domain.ToyPrompt] = []
    for _ in range(count):
        if not prompts:
            prompts = list(domain.all_prompts())
            rng.shuffle(prompts)
        prompt = prompts.pop()
        yield Dialogue(prompt.text, answer_to(prompt, rng))
