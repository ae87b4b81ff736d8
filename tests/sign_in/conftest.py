"""One project, the people around it, and what they do to get in."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from labeling.actions import jobs
from labeling.kinds import Role
from labeling.models import Authenticator, Person
from labeling.totp import PERIOD, code_at, new_secret
from tests.factories import make_member, make_person, make_project

JSON = "application/json"
PASSWORD = "a long and rare phrase"
Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_hint", lambda model, pk: None)


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """mary manages, noor labels, ada is admin; all with the same password."""
    mary = make_person("mary")
    project = make_project(mary, name="Poems")
    people = SimpleNamespace(
        project=project,
        mary=mary,
        noor=make_member(project, Role.LABELER, "noor"),
        ada=make_person("ada"),
    )
    people.ada.is_superuser = True
    for who in (mary, people.noor, people.ada):
        who.set_password(PASSWORD)
        who.save()
    return people


def try_password(email: str, password: str = PASSWORD, client: Client | None = None) -> Any:
    body = {"email": email, "password": password}
    return (client or Client()).post("/api/session", body, JSON)


def inside(person: Person) -> Client:
    """A browser in which the person has just signed in by password."""
    client = Client()
    assert try_password(person.email, client=client).json()["person"]["id"] == person.pk
    return client


def who(client: Client) -> Any:
    """The name of who is signed in, or None."""
    found = client.get("/api/session").json()["person"]
    return found and found["name"]


def with_app(person: Person) -> str:
    """Give the person an authenticator app; its secret."""
    secret = new_secret()
    Authenticator.keep(person, secret, 0)
    return secret


def code_now(secret: str, later: int = 0) -> str:
    return code_at(secret, int(time.time()) // PERIOD + later)
