"""Which prompts a round asks about next, and which responses to them. Reads rows; changes none."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import groupby, zip_longest
from operator import itemgetter

from django.db.models import Count, Q

from labeling.actions.tasks import ASKED_ABOUT, Question
from labeling.kinds import Pool, Split, TaskKind
from labeling.models import Project, Prompt, Response

Pair = Sequence[int]
"""A prompt and two of its responses, by their keys."""


def pick_prompts(project: Project, kind: str, most: int, seed: str) -> list[int]:
    """Keys of train prompts, by key: those that were asked `kind` least often first, and among
    equals as `seed` has it."""
    asked = Count("tasks", filter=Q(tasks__kind=kind, tasks__batch="", tasks__pool=Pool.ORDINARY))
    prompts = Prompt.objects.filter(project=project, split=Split.TRAIN).annotate(asked=asked)
    ranked = ((asked, _lot(seed, pk), pk) for pk, asked in prompts.values_list("pk", "asked"))
    return sorted(pk for _, _, pk in nsmallest(most, ranked))


def _lot(seed: str, pk: int) -> bytes:
    return hashlib.sha256(f"{seed}/{pk}".encode()).digest()


def ask_about_samples(origins: Sequence[str], kind: str, key: str) -> Iterator[Question]:
    """For each prompt its samples with different texts, as many as a task of `kind` takes, one by
    each checkpoint in turn; none unless every checkpoint said something of its own."""
    fewest, most = ASKED_ABOUT[TaskKind(kind)]
    drawn = Response.objects.drawn_by(origins).order_by("prompt", "index", "author")
    rows = drawn.values_list("prompt", "pk", "origin", "content").iterator()
    for prompt, group in groupby(rows, key=itemgetter(0)):
        said: dict[str, tuple[str, int]] = {}
        for _, pk, origin, text in group:
            said.setdefault(text.strip(), (origin, pk))
        by_origin = [[pk for who, pk in said.values() if who == origin] for origin in origins]
        in_turn = [pk for row in zip_longest(*by_origin) for pk in row if pk is not None]
        if all(by_origin) and len(in_turn) >= fewest:
            yield Question(prompt, key, in_turn[:most])


def ask_about_pairs(pairs: Sequence[Pair], key: str, most: int) -> list[Question]:
    return [Question(prompt, key, [one, other]) for prompt, one, other in pairs[:most]]


def closest_pair(scored: Mapping[int, tuple[str, float]]) -> tuple[float, int, int] | None:
    """Of one prompt's responses, each with its text and score, the two with different texts whose
    scores lie closest: how far apart, and which. None when all say the same."""
    by_score = sorted((score, pk, text.strip()) for pk, (text, score) in scored.items())
    gaps = [
        (later[0] - earlier[0], earlier[1], later[1])
        for place, earlier in enumerate(by_score)
        for later in by_score[place + 1 :]
        if later[2] != earlier[2]
    ]
    return min(gaps, default=None)
