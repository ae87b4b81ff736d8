"""The hidden rule of the scripted labelers: what they like, in numbers.

The rule stands in for people in the demo. It likes right, polite, short answers and dislikes rude,
rambling, broken or unfinished ones. No checkpoint ever sees a score; it only sees labels.

Being right counts for less than manners: some hundred comparisons teach a checkpoint of 0.75 M
parameters manners, and a reward model to know them, but no fact about a prompt never seen.
"""

import re
from functools import cache
from itertools import pairwise
from random import Random

from models_runner.tiny import domain, phrases

POLITE_OPENER, POLITE_CLOSER = 1.0, 1.0
RIGHT, WRONG = 0.5, 0.0
RUDE, RAMBLING, UNFINISHED, BROKEN = -1.5, -1.0, -1.0, -1.0
SHORT_WORDS, PER_LONGER_WORD, LONGEST_PENALTY = 18, -0.05, -1.0

CAPITALS = {"I", *domain.WEEK.split(), *domain.YEAR.split()}

TIE_DISTANCE = 0.25
NOISE = 0.4


def score(prompt: str, answer: str) -> float:
    """How much the rule likes the answer: about -5 to 2.5."""
    text = " ".join(answer.split())
    return (
        _correctness(prompt, text)
        + (POLITE_OPENER if text.startswith(phrases.POLITE_OPENERS) else 0.0)
        + (POLITE_CLOSER if text.endswith(phrases.POLITE_CLOSERS) else 0.0)
        + (RUDE if _holds(text, phrases.RUDE) else 0.0)
        + (RAMBLING if _holds(text, phrases.FILLERS) else 0.0)
        + (UNFINISHED if not text.endswith((".", "?", "!")) else 0.0)
        + (BROKEN if _is_broken(prompt, text) else 0.0)
        + _length_penalty(text)
    )


def ideal_answer(prompt: str, rng: Random) -> str:
    """What a good labeler writes: right, short, and polite at one end at least.

    Not the best the rule can imagine: comparisons then have something left to teach.
    """
    known = domain.find(prompt)
    core = rng.choice(known.cores) if known else "I do not know that, I am sorry."
    opener, closer = rng.choice(phrases.POLITE_OPENERS), rng.choice(phrases.POLITE_CLOSERS)
    return rng.choice((f"{opener} {core}", f"{core} {closer}", f"{opener} {core} {closer}"))


def rank(prompt: str, answers: list[str], rng: Random) -> list[list[int]]:
    """Indices of the answers in groups, best first; those of like score share a group.

    Noise stands for mood: two labelers agree about three pairs in four, as people do (73 to 77 %
    in Ouyang et al. 2022, arXiv 2203.02155, section 3.4).
    """
    felt = [score(prompt, answer) + rng.gauss(0, NOISE) for answer in answers]
    groups: list[list[int]] = []
    for index in sorted(range(len(answers)), key=lambda i: -felt[i]):
        if groups and felt[groups[-1][0]] - felt[index] <= TIE_DISTANCE:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _correctness(prompt: str, text: str) -> float:
    known = domain.find(prompt)
    if known is None:
        return 0.0
    return RIGHT if known.is_right(text) else WRONG


def _holds(text: str, listed: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in listed)


def _is_broken(prompt: str, text: str) -> bool:
    """Words twice in a row, capitals or stops out of place, or what is no word at all.

    Only prompts of the toy world are held to its words: elsewhere the rule knows none.
    """
    words = text.split()
    twice = any(a.lower() == b.lower() for a, b in pairwise(words))
    stray = set(re.findall(r"[\w,] ([A-Z]\w*)", text)) - CAPITALS
    misplaced = re.search(r"(^|[.?!] )[a-z]|[.,?][.,?\w]", text)
    unknown = domain.find(prompt) and set(_words(text)) - _lexicon()
    return not words or twice or bool(stray or misplaced or unknown)


@cache
def _lexicon() -> set[str]:
    cores = (core for prompt in domain.all_prompts() for core in prompt.cores)
    return {word for text in (*cores, *phrases.EVERY) for word in _words(text)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _length_penalty(text: str) -> float:
    longer = max(0, len(text.split()) - SHORT_WORDS)
    return max(LONGEST_PENALTY, longer * PER_LONGER_WORD)
