"""One project with its people, and what they do through the HTTP API."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.actions import jobs
from labeling.actions.tasks import open_tasks
from labeling.kinds import Role, TaskKind
from labeling.models import Person
from tests.factories import make_member, make_person, make_project, make_prompt, make_response

JSON = "application/json"
Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_hint", lambda model, pk: None)


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """mary manages, rosa reviews, noor and kenji label, edsger trains; stan is a stranger who
    manages a project of his own, ada is admin."""
    mary = make_person("mary")
    project = make_project(mary, name="Poems", review="all")
    ada = make_person("ada")
    ada.is_superuser = True
    ada.save()
    return SimpleNamespace(
        project=project,
        mary=mary,
        rosa=make_member(project, Role.REVIEWER, "rosa"),
        noor=make_member(project, Role.LABELER, "noor"),
        kenji=make_member(project, Role.LABELER, "kenji"),
        edsger=make_member(project, Role.ENGINEER, "edsger"),
        stan=make_project(make_person("stan"), name="Elsewhere").created_by,
        ada=ada,
    )


@pytest.fixture
def tasks(cast: SimpleNamespace) -> Callable[..., None]:
    """Opens tasks on new prompts: tasks("rank", 3, overlap=2)."""

    def make(kind: str, count: int = 1, responses: int = 4, **facts: Any) -> None:
        for _ in range(count):
            prompt = make_prompt(cast.project)
            for _ in range(0 if kind == TaskKind.DEMONSTRATE else responses):
                make_response(prompt)
        open_tasks(project=cast.project, kind=TaskKind(kind), **facts)

    return make


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def claim(client: Client, slug: str = "poems") -> Any:
    """The claimed assignment, or None."""
    answer = client.post(f"/api/projects/{slug}/claim", {}, JSON)
    assert answer.status_code == 200, answer.content
    return answer.json()["assignment"]


def submit(by: Client, assignment: Any, answer: Any = None, key: str = "", **body: Any) -> Any:
    """The response to a submit; the answer is a plain good one unless given."""
    return by.post(
        f"/api/assignments/{assignment['id']}/submit",
        {"epoch": assignment["epoch"], "answer": answer or good_answer(assignment), **body},
        JSON,
        headers={"Idempotency-Key": key or f"key-{assignment['id']}"},
    )


def good_answer(assignment: Any) -> dict[str, Any]:
    """A full answer: everything that the form asks for is there."""
    names = [each["label"] for each in assignment["responses"]]
    form = assignment["form"]
    plain: dict[str, dict[str, Any]] = {
        "demonstrate": {"text": "An ideal response."},
        "rank": {"groups": [[name] for name in names]},
        "compare": {"groups": [[name] for name in names], "strength": 1},
        "rate": {},
    }
    answer = plain[assignment["kind"]]
    for criterion in form["criteria"]:
        for name in ["task"] if criterion["of"] == "task" else names:
            values = answer.setdefault("ratings", {}).setdefault(name, {})
            values[criterion["id"]] = criterion["max"]
    for flag in form["flags"]:
        for name in ["prompt"] if flag["of"] == "prompt" else names:
            answer.setdefault("flags", {}).setdefault(name, []).append(flag["id"])
    if form["justification"] != "off":
        answer["justification"] = "The first one is right."
    return answer


def send_back(client: Client, label: int, reason: str = "Too short.") -> None:
    body = {"verdict": "send_back", "reason": reason}
    answer = client.post(f"/api/labels/{label}/review", body, JSON)
    assert answer.status_code == 201, answer.content


APART = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK", "SET ")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL of the block, without transaction marks and without reading session and user."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    for query in captured:
        sql = query["sql"]
        read_user = sql.startswith("SELECT") and 'FROM "labeling_person" WHERE' in sql
        if not sql.startswith(APART) and "django_session" not in sql and not read_user:
            found.append(sql)
