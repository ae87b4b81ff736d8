"""The hourly report: from active seconds, for the managers alone, safe to open."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from labeling.kinds import LabelState
from labeling.models import Label, Person
from tests.factories import make_demonstration, make_prompt
from tests.labeling.conftest import signed_in

HOURS = "/api/projects/poems/hours"


@pytest.fixture
def worked(cast: SimpleNamespace) -> SimpleNamespace:
    """noor sent three labels, two of them in one hour; kenji one."""
    for who, hour, seconds in (
        *((cast.noor, 9, 60.4), (cast.noor, 9, 30.0), (cast.noor, 10, None)),
        (cast.kenji, 10, 600.0),
    ):
        prompt = make_prompt(cast.project)
        label = make_demonstration(prompt, who, state=LabelState.SUBMITTED)
        at = datetime(2026, 3, 1, hour, 59, tzinfo=UTC)
        Label.objects.filter(pk=label.pk).update(created_at=at, active_seconds=seconds)
    return cast


def test_each_hour_of_each_person(worked: SimpleNamespace) -> None:
    answer = signed_in(worked.mary).get(f"{HOURS}?from=2026-03-01&to=2026-03-01").json()
    told = [
        (each["hour"][:13], each["person"]["name"], each["labels"], each["active_seconds"])
        for each in answer["results"]
    ]
    assert told == [
        ("2026-03-01T09", "noor", 2, 90),
        ("2026-03-01T10", "kenji", 1, 600),
        ("2026-03-01T10", "noor", 1, 0),
    ]


def test_the_last_seven_days_unless_asked(worked: SimpleNamespace) -> None:
    answer = signed_in(worked.mary).get(HOURS).json()
    today = timezone.now().date()
    assert (answer["from"], answer["to"]) == (str(today - timedelta(days=6)), str(today))
    assert answer["results"] == []


def test_a_name_that_looks_like_a_formula_is_text_in_the_table(worked: SimpleNamespace) -> None:
    Person.objects.filter(pk=worked.noor.pk).update(name='=HYPERLINK("evil")')
    answer = signed_in(worked.mary).get(f"{HOURS}.csv?from=2026-03-01&to=2026-03-01")
    lines = answer.getvalue().decode().splitlines()
    assert lines[0] == "hour (UTC),name,email,labels,active minutes"
    assert lines[1].startswith('2026-03-01 09:00,"\'=HYPERLINK(""evil"")",')
    assert lines[1].endswith(",2,1.5")
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=yesterday", "invalid"),
        ("from=2026-03-02&to=2026-03-01", "out_of_range"),
        ("from=2025-01-01&to=2026-03-01", "out_of_range"),
        ("to=0001-01-01", "out_of_range"),
    ],
)
def test_spans_that_make_no_sense(worked: SimpleNamespace, query: str, code: str) -> None:
    answer: Any = signed_in(worked.mary).get(f"{HOURS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
