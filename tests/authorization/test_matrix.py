"""Every cell of the authorization matrix, through HTTP, on the real addresses."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from labeling.actions import jobs
from tests.authorization.matrix import MANAGERS, PEOPLE, ROWS, Row
from tests.authorization.routes import routes
from tests.authorization.stage import Stage, build_stage

pytestmark = pytest.mark.django_db
TempPaths = pytest.TempPathFactory
DOORS = {
    401: {"auth_required", "token_invalid"},
    403: {"role_missing", "scope_missing", "token_refused"},
    404: {"not_found"},
}
"""The codes with which a door is shut."""


@pytest.fixture(scope="module")
def stage(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: TempPaths
) -> Iterator[Stage]:
    """Whatever a cell changes is rolled back, so each finds the same stage."""
    folder = tmp_path_factory.mktemp("stage")
    (folder / "index.html").touch()
    with (
        django_db_blocker.unblock(),
        override_settings(STORE=folder, FRONTEND=folder),
        patch.object(jobs, "_hint", lambda model, pk: None),
        transaction.atomic(),
    ):
        yield build_stage()
        transaction.set_rollback(True)


def call(stage: Stage, row: Row, who: str, missing: bool = False) -> Any:
    with transaction.atomic():
        address = stage.address(row.path, missing)
        assert "<" not in address, (
            f"tests/authorization/stage.py makes nothing to fill {address} with: add it to _rows "
            "(the key of a row) or to _words"
        )
        answer = stage.clients[who].call(row.method, address, stage.body(row), row.headers)
        if answer.streaming:
            answer.getvalue()
        transaction.set_rollback(True)
    return answer


def test_every_route_has_a_row() -> None:
    there = set(routes())
    listed = Counter((row.method, row.path) for row in ROWS)
    missing = sorted(there - set(listed))
    lines = [f'    Row("{method}", "{path}", MANAGERS, "why"),' for method, path in missing]
    assert not missing, "\n".join(
        [
            "These routes have no row. Add to ROWS in tests/authorization/matrix.py, with the",
            "word for who is let in instead of MANAGERS (the words stand above ROWS), the reason",
            "instead of why, and a good body as a last argument:",
            *lines,
        ]
    )
    assert not set(listed) - there, f"There is no such route: {sorted(set(listed) - there)}"
    assert max(listed.values()) == 1, "A route is listed twice."


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_door_lets_in_whom_the_matrix_names(stage: Stage, row: Row) -> None:
    answers = {who: call(stage, row, who) for who in PEOPLE}
    wrong = [
        f"{who}: {cell} expected, {answers[who].status_code} {code_of(answers[who])} found"
        for who, cell in row.expected().items()
        if cell_of(answers[who]) != cell
    ]
    assert not wrong, f"{row.name} ({row.why})\n  " + "\n  ".join(wrong)
    for who in ("new", "other"):
        if row.expected()[who] == "404":
            assert told(answers[who]) == told(call(stage, row, who, missing=True)), (
                f"{who} learns from the answer to {row.name} whether the row exists"
            )


def cell_of(answer: Any) -> str:
    """What the matrix would say of an answer; a wrong password is about the request."""
    if answer.status_code not in {401, 403, 404} or code_of(answer) == "sign_in_failed":
        return "ok" if answer.status_code < 500 else str(answer.status_code)
    assert code_of(answer) in {"", *DOORS[answer.status_code]}, answer.content
    return str(answer.status_code)


def code_of(answer: Any) -> str:
    """The code of a problem; empty for what is none, and for the bodiless answer to HEAD."""
    is_problem = answer.headers.get("Content-Type") == "application/problem+json"
    return str(json.loads(answer.content)["code"]) if is_problem and answer.content else ""


def told(answer: Any) -> Any:
    """Status and body, without what differs from request to request."""
    body = json.loads(answer.content) if answer.content else {}
    return answer.status_code, {**body, "request_id": ""}


def test_methods_that_a_route_lacks_answer_405(stage: Stage) -> None:
    by_path: dict[str, set[str]] = {}
    for method, path in routes():
        by_path.setdefault(path, set()).add(method)
    for path, methods in by_path.items():
        if not path.startswith("/api/"):
            continue
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = call(stage, Row(method, path, MANAGERS, ""), "admin")
            assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), path
            assert answer.headers["Allow"], path


def test_the_matrix_names_every_person_in_every_row() -> None:
    assert all(set(row.expected()) == set(PEOPLE) for row in ROWS)
    assert all(row.why for row in ROWS)
