"""How fast one caller may go."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from config.paces import Pace
from labeling.actions import jobs
from tests.factories import make_person, make_project


@pytest.fixture
def mary(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(jobs, "_hint", lambda model, pk: None)
    Pace.left.clear()
    person = make_person("mary")
    make_project(person, name="Poems")
    client = Client()
    client.force_login(person)
    yield SimpleNamespace(person=person, client=client)
    Pace.left.clear()


def test_whoever_asks_too_often_is_told_when_to_come_again(
    mary: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REQUESTS_PER_MINUTE = 3
    now = [1000.0]
    monkeypatch.setattr("config.paces.time.monotonic", lambda: now[0])
    statuses = [mary.client.get("/api/projects").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = mary.client.get("/api/projects")
    assert answer.json()["code"] == "rate_limited"
    assert answer.json()["detail"] == "Too many requests. Try again in 21 s."
    assert answer.headers["Retry-After"] == "21"
    now[0] += 21
    assert mary.client.get("/api/projects").status_code == 200


def test_others_are_not_held_up(mary: SimpleNamespace, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 1
    mary.client.get("/api/projects")
    assert mary.client.get("/api/projects").status_code == 429
    stan = Client()
    stan.force_login(make_person("stan"))
    assert stan.get("/api/projects").status_code == 200
    assert Client().get("/api/session").status_code == 200


def test_no_limit_is_no_limit(mary: SimpleNamespace, settings: Any) -> None:
    settings.REQUESTS_PER_MINUTE = 0
    assert {mary.client.get("/api/projects").status_code for _ in range(5)} == {200}
    assert Pace.left == {}


def test_what_costs_much_is_counted_by_itself(mary: SimpleNamespace) -> None:
    def recount() -> int:
        return int(mary.client.post("/api/projects/poems/quality").status_code)

    assert {recount() for _ in range(30)} == {202}
    assert recount() == 429
    assert mary.client.get("/api/projects/poems/quality").status_code == 200
