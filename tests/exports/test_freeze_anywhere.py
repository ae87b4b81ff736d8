"""The same labels give the same bytes, whatever database holds them.

Rows with fixed ids are frozen on the database of this run, and beside it labels written down here,
which no database has touched. This runs on SQLite and again on PostgreSQL; both must give the hash
of what is written down."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Model
from pytest_django import Settings

from exports.actions import freeze as freezing
from exports.formats.registry import FORMATS
from exports.formats.shape import AcceptedLabel, Place, Step
from exports.models import DatasetVersion
from exports.recipe_keys import FILES
from labeling.kinds import HUMAN, AssignmentState, JobState, LabelState, SlotState, TaskKind
from labeling.models import (
    Assignment,
    Flag,
    Label,
    Person,
    Placement,
    Prompt,
    Rating,
    Response,
    Slot,
    StepMark,
    Task,
)
from labeling.pseudonyms import pseudonym
from tests.exports.conftest import Frozen

pytestmark = [pytest.mark.database, pytest.mark.django_db]
MOMENT = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
FIRST = 7_000_000_000
"""All ids follow this one: no test takes them from a database that numbers its rows."""
PEOPLE = ["labeler-e49104cea8e7c0c9", "labeler-c72d8e5c26ed5318"]
TALK = [
    {"role": "system", "content": "Zürich \u2028 \U0001f984"},
    {"role": "user", "content": "=Why?\r\n"},
]
TEXTS = ["First.", "", "\u202ebidi \u0301", "漢字 'quoted' \"twice\"\t"]
RANKS = [2, 1, 2, 3]
SECONDS = [0.1 + 0.2, 1e-7]


def by_hand(task: int, labeler: str, seconds: float, **facts: Any) -> AcceptedLabel:
    return AcceptedLabel(
        id=FIRST + task,
        task_id=FIRST + task,
        prompt_id="p-1",
        prompt_key=FIRST,
        split="train",
        messages=TALK,
        labeler=labeler,
        guidelines_version=3,
        form_version=1,
        seconds=seconds,
        justification="Since\n…",
        **facts,
    )


def labels_by_hand() -> list[list[AcceptedLabel]]:
    places = [
        Place(rank, text, f"tiny@{number}", FIRST + number, number)
        for number, (rank, text) in enumerate(zip(RANKS, TEXTS, strict=True))
    ]
    places[0] = places[0]._replace(
        ratings={"fit": 5, "clear": -1}, flags=("a", "b"), steps=(Step(0, 5, -1),)
    )
    ranked = tuple(places[number] for number in (1, 0, 2, 3))
    ranking = by_hand(1, PEOPLE[0], SECONDS[0], kind="rank", places=ranked, ratings={"all": 2})
    written = by_hand(
        2, PEOPLE[1], SECONDS[1], kind="demonstrate", demonstration=TEXTS[3], author=HUMAN
    )
    return [[ranking], [written]]


def store(rows: Iterable[Model]) -> None:
    some = list(rows)
    type(some[0])._default_manager.bulk_create(some)


@pytest.fixture
def stored(cast: SimpleNamespace) -> SimpleNamespace:
    """The same labels as rows."""
    project = cast.project
    people = [Person(pk=FIRST + n, email=f"p{n}@example.org", name=f"P {n}") for n in (1, 2)]
    store(people)
    prompt = Prompt(
        pk=FIRST,
        project=project,
        external_id="p-1",
        messages=TALK,
        digest="0" * 64,
        group="0" * 64,
        split="train",
    )
    store([prompt])
    store(
        Response(pk=FIRST + n, prompt=prompt, author=f"tiny@{n}", origin="t", content=text)
        for n, text in enumerate(TEXTS)
    )
    store([Response(pk=FIRST + 9, prompt=prompt, author=HUMAN, origin="t", content=TEXTS[3])])
    kinds = (TaskKind.RANK, TaskKind.DEMONSTRATE)
    for n, (kind, person, seconds) in enumerate(zip(kinds, people, SECONDS, strict=True), 1):
        store([Task(pk=FIRST + n, project=project, prompt=prompt, kind=kind, key=kind)])
        facts = {"task_id": FIRST + n, "project": project}
        slot = Slot(pk=FIRST + n, number=0, state=SlotState.DONE, holder=person, **facts)
        store([slot])
        assignment = Assignment(
            pk=FIRST + n,
            slot=slot,
            labeler=person,
            epoch=1,
            state=AssignmentState.SUBMITTED,
            **facts,
        )
        store([assignment])
        store(
            [
                Label(
                    pk=FIRST + n,
                    prompt=prompt,
                    assignment=assignment,
                    labeler=person,
                    kind=kind,
                    state=LabelState.ACCEPTED,
                    accepted_at=MOMENT,
                    response_id=FIRST + 9 if kind == TaskKind.DEMONSTRATE else None,
                    guidelines_version=3,
                    active_seconds=seconds,
                    justification="Since\n…",
                    idempotency_key=str(n),
                    request_digest="0" * 64,
                    **facts,
                )
            ]
        )
    judge(FIRST + 1, FIRST)
    return SimpleNamespace(people=people)


def judge(label: int, response: int) -> None:
    store(
        Placement(label_id=label, response_id=FIRST + n, rank=rank, shown=n)
        for n, rank in enumerate(RANKS)
    )
    rated: Sequence[tuple[int | None, str, int]] = [
        (response, "fit", 5),
        (response, "clear", -1),
        (None, "all", 2),
    ]
    store(
        Rating(label_id=label, response_id=each, criterion=name, value=value)
        for each, name, value in rated
    )
    store([StepMark(label_id=label, response_id=response, start=0, end=5, value=-1)])
    store(Flag(label_id=label, response_id=response, name=name) for name in ("b", "a"))


def test_no_database_leaves_a_trace(
    cast: SimpleNamespace,
    stored: SimpleNamespace,
    frozen: Frozen,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.SECRET_KEY = "a key that makes the same pseudonyms everywhere"

    def freeze() -> DatasetVersion:
        recipe = {"files": list(FILES), "ties": "soft", "margins": "rank"}
        version = frozen("preference", configs=list(FORMATS), recipe=recipe, as_of=MOMENT)
        assert (version.state, version.error) == (JobState.DONE, "")
        return version

    assert [pseudonym("poems", person.pk) for person in stored.people] == PEOPLE
    from_rows = freeze()
    monkeypatch.setattr(freezing, "read_tasks", lambda *_: [labels_by_hand()])
    by_hand = freeze()
    assert from_rows.manifest == by_hand.manifest
    assert from_rows.hash == by_hand.hash != ""
