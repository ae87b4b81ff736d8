"""Which accepted labels a dataset version takes, as far as the database can tell.

What is selected depends only on the recipe and on the moment `as_of`, never on when it is read: a
label counts from the moment it was accepted, and an accepted label never changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Sum

from exports.models import DatasetVersion
from exports.moments import parse_moment
from labeling.kinds import LabelState, Split
from labeling.models import Adjudication, Label, Person, Project, Prompt, Review
from labeling.pseudonyms import pseudonym

LANGUAGE_KEY = "language"
STANDING = (LabelState.SUBMITTED, LabelState.ACCEPTED)
"""Labels that count, or will unless a reviewer sends them back."""


@dataclass(frozen=True)
class Totals:
    """What a selection amounts to. `left_out` counts labels by the first of `conditions` that they
    do not meet."""

    labels: int
    labelers: int
    prompts: int
    splits: dict[str, int]
    left_out: dict[str, int]


class Size(NamedTuple):
    """How many rows, and the sum of their ids."""

    rows: int
    ids: int | None


class Extent(NamedTuple):
    """How much a version is made of."""

    labels: Size
    decisions: Size
    test_prompts: Size


class HoldsAny(Func):
    """Whether a JSON object has one of some texts under a key, by itself or in a list."""

    output_field = BooleanField()

    def __init__(self, column: str, key: str, texts: list[str]) -> None:
        super().__init__(F(column))
        self.key, self.texts = key, texts

    # It writes the whole condition itself, so it takes none of the usual templates.
    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **options: Any
    ) -> tuple[str, tuple[Any, ...]]:
        (column,) = self.source_expressions
        sql, parameters = compiler.compile(column)
        if connection.vendor == "postgresql":
            return f"(({sql} -> %s) ?| %s)", (*parameters, self.key, self.texts)
        places = ", ".join(["%s"] * len(self.texts))
        held = f"EXISTS (SELECT 1 FROM json_each({sql}, %s) AS held WHERE held.value IN ({places}))"
        return held, (*parameters, f'$."{self.key}"', *self.texts)


def accepted_labels(version: DatasetVersion) -> QuerySet[Label]:
    """The labels of a version."""
    labels = Label.objects.filter(project=version.project)
    return labels.filter(*(condition for _, condition in conditions(version)))


def decisions(version: DatasetVersion) -> QuerySet[Adjudication]:
    """What reviewers decided on the project's tasks up to the version's moment."""
    return Adjudication.objects.filter(task__project=version.project, created_at__lte=version.as_of)


def test_prompts(version: DatasetVersion) -> QuerySet[Prompt]:
    """The prompts of the project's test split as of the version's moment."""
    return Prompt.objects.filter(
        project=version.project, split=Split.TEST, created_at__lte=version.as_of
    )


def extent_of(version: DatasetVersion) -> Extent:
    made_of = (accepted_labels(version), decisions(version), test_prompts(version))
    return Extent(*(Size(**rows.aggregate(rows=Count("pk"), ids=Sum("pk"))) for rows in made_of))


def conditions(version: DatasetVersion) -> list[tuple[str, Q]]:
    """What a label must be to be taken, each with the word for those that it leaves out. Labels of
    evaluations (tasks with a batch) and of the test that labelers pass never train."""
    recipe = version.recipe
    return [
        ("review", Q(state=LabelState.ACCEPTED)),
        ("evaluation", Q(task__batch="")),
        ("kind", Q(kind__in=recipe["include"])),
        ("pool", Q(task__pool__in=recipe["pools"])),
        ("date", _by_date(version)),
        *_by_people(version.project, recipe),
        ("prompt", _by_prompt(recipe)),
    ]


def _by_date(version: DatasetVersion) -> Q:
    wanted = Q(accepted_at__lte=version.as_of)
    if since := parse_moment(version.recipe["since"]):
        wanted &= Q(accepted_at__gte=since)
    if until := parse_moment(version.recipe["until"]):
        wanted &= Q(accepted_at__lt=until)
    return wanted


def _by_people(project: Project, recipe: dict[str, Any]) -> list[tuple[str, Q]]:
    named = [*recipe["labelers"], *recipe["not_labelers"], *recipe["held_out_labelers"]]
    ids = {name: person.pk for name, person in labelers_of(project).items()} if named else {}

    def of(key: str) -> list[int]:
        return [ids[name] for name in recipe[key] if name in ids]

    wanted = []
    if recipe["labelers"]:
        wanted.append(("labeler", Q(labeler__in=of("labelers"))))
    if recipe["not_labelers"]:
        wanted.append(("labeler", ~Q(labeler__in=of("not_labelers"))))
    if recipe["held_out_labelers"]:
        trains = Q(labeler__in=of("held_out_labelers")) & Q(prompt__split=Split.TRAIN)
        wanted.append(("held_out", ~trains))
    if recipe["reviewers"]:
        names = reviewers_of(project)
        chosen = [names[name].pk for name in recipe["reviewers"] if name in names]
        wanted.append(("reviewer", Q(review__reviewer__in=chosen)))
    return wanted


def _by_prompt(recipe: dict[str, Any]) -> Q:
    wanted = Q()
    tags = dict(recipe["tags"])
    if recipe["languages"]:
        tags[LANGUAGE_KEY] = recipe["languages"]
    for key, texts in tags.items():
        wanted &= Q(HoldsAny("prompt__metadata", key, texts))
    return wanted


def labelers_of(project: Project) -> dict[str, Person]:
    """Everybody who labeled in a project, by pseudonym."""
    mine = Label.objects.filter(labeler=OuterRef("pk"), project=project)
    return _by_pseudonym(project, Person.objects.filter(Exists(mine)))


def reviewers_of(project: Project) -> dict[str, Person]:
    mine = Review.objects.filter(reviewer=OuterRef("pk"), label__project=project)
    return _by_pseudonym(project, Person.objects.filter(Exists(mine)))


def _by_pseudonym(project: Project, people: QuerySet[Person]) -> dict[str, Person]:
    return {pseudonym(project.slug, person.pk): person for person in people.order_by("name", "pk")}


def totals(version: DatasetVersion) -> Totals:
    """Counts by the database alone, in one pass over the labels that stand; agreement and unseen
    prompts are not looked at."""
    named = conditions(version)
    ahead = [_all(condition for _, condition in named[:number]) for number in range(len(named))]
    taken = _all(condition for _, condition in named)
    counts = Label.objects.filter(project=version.project, state__in=STANDING).aggregate(
        labels=Count("pk", filter=taken),
        labelers=Count("labeler", filter=taken, distinct=True),
        prompts=Count("prompt", filter=taken, distinct=True),
        **{split: Count("pk", filter=taken & Q(prompt__split=split)) for split in Split.values},
        **{f"before_{number}": Count("pk", filter=before) for number, before in enumerate(ahead)},
    )
    reached = [counts.pop(f"before_{number}") for number in range(len(named))]
    left_out: dict[str, int] = {}
    for (word, _), before, after in zip(
        named, reached, [*reached[1:], counts["labels"]], strict=True
    ):
        if before > after:
            left_out[word] = left_out.get(word, 0) + before - after
    splits = {split: counts.pop(split) for split in Split.values}
    return Totals(**counts, splits=splits, left_out=left_out)


def _all(conditions: Iterable[Q]) -> Q:
    return reduce(and_, conditions, Q(pk__isnull=False))
