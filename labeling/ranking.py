"""Rankings as people give them: groups of letters, best first; a group of several is a tie.

Pure reckoning; knows nothing of rows.
"""

from collections.abc import Sequence
from string import ascii_uppercase

from labeling.errors import Invalid

Groups = Sequence[Sequence[str]]


def letters(count: int) -> list[str]:
    """What the labeler sees in place of response ids: A, B, C, ..."""
    return list(ascii_uppercase[:count])


def letter(place: int) -> str:
    """The letter at a place, from 0."""
    return ascii_uppercase[place]


def ranks_of(groups: Groups, *, shown: int, allow_ties: bool) -> list[int]:
    """The dense rank (from 1) of each shown response, in the order shown.

    Raises `Invalid` unless every shown letter stands in exactly one non-empty group.
    """
    expected = letters(shown)
    named = [letter for group in groups for letter in group]
    if len(set(named)) != len(named) or not set(named) <= set(expected):
        detail = "The ranking names a sample twice or one that is not shown."
        raise Invalid("ranking_sample", detail, "answer.groups")
    if len(named) < shown:
        missing = shown - len(named)
        verb = "is" if missing == 1 else "are"
        detail = f"Rank all {shown} samples; {missing} {verb} missing."
        raise Invalid("ranking_incomplete", detail, "answer.groups")
    if not all(groups):
        raise Invalid("ranking_sample", "A group of the ranking is empty.", "answer.groups")
    if not allow_ties and any(len(group) > 1 for group in groups):
        raise Invalid("out_of_range", "Ties are off in this project.", "answer.groups")
    rank_of = {letter: rank for rank, group in enumerate(groups, 1) for letter in group}
    return [rank_of[letter] for letter in expected]


def groups_of(ranks: Sequence[int]) -> list[list[str]]:
    """The inverse of `ranks_of`: letters grouped by rank, best first."""
    by_rank: dict[int, list[str]] = {}
    for letter, rank in zip(letters(len(ranks)), ranks, strict=True):
        by_rank.setdefault(rank, []).append(letter)
    return [by_rank[rank] for rank in sorted(by_rank)]
