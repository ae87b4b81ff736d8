"""Versions of the guidelines, what changed in them, and who has opened which."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from labeling.kinds import Role
from labeling.models import Label, Membership
from tests.factories import make_member, make_project
from tests.labeling.conftest import JSON, claim, signed_in, submit

SEEN = "/api/projects/poems/guidelines/seen"


def publish(client: Client, text: str, note: str = "") -> None:
    body = {"guidelines": text, "guidelines_note": note}
    assert client.patch("/api/projects/poems", body, JSON).status_code == 200


def test_every_version_stays_to_be_read_with_its_note(cast: SimpleNamespace) -> None:
    publish(signed_in(cast.mary), "Rhymes count.", "Rhymes are new.")
    noor = signed_in(cast.noor)
    newest = noor.get("/api/projects/poems/guidelines").json()
    assert (newest["version"], newest["note"]) == (2, "Rhymes are new.")
    versions = noor.get("/api/projects/poems/guidelines/versions").json()["results"]
    assert [(each["version"], each["text"]) for each in versions] == [(2, "Rhymes count."), (1, "")]


def test_a_task_says_which_version_its_labeler_has_opened(
    cast: SimpleNamespace, tasks: Any
) -> None:
    tasks("rank", 2)
    noor = signed_in(cast.noor)
    publish(signed_in(cast.mary), "Rhymes count.")
    before = claim(noor)
    assert (before["guidelines_version"], before["guidelines_seen"]) == (2, 1)
    assert noor.post(SEEN, {"version": 2}, JSON).json() == {"guidelines_seen": 2}
    assert noor.post(SEEN, {"version": 1}, JSON).json() == {"guidelines_seen": 2}
    assert claim(noor)["guidelines_seen"] == 2
    held = noor.get("/api/projects/poems/assignments").json()["results"]
    assert [each["guidelines_seen"] for each in held] == [2, 2]
    assert submit(noor, before).status_code == 201
    assert Label.objects.get().guidelines_version == 2


def test_a_label_says_by_which_version_it_was_made(cast: SimpleNamespace, tasks: Any) -> None:
    """Not the newest when it arrives: its labeler may not have opened that one yet."""
    tasks("rank", 2)
    noor = signed_in(cast.noor)
    before, after = claim(noor), claim(noor)
    publish(signed_in(cast.mary), "Rhymes count.")
    submit(noor, before)
    noor.post(SEEN, {"version": 2}, JSON)
    submit(noor, after)
    assert list(Label.objects.order_by("pk").values_list("guidelines_version", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_who_joins_is_to_open_the_first_version_if_it_says_something() -> None:
    seen = {}
    for text in ("Rhymes count.", ""):
        member = make_member(make_project(guidelines=text), Role.LABELER)
        seen[text] = Membership.objects.get(person=member).guidelines_seen
    assert seen == {"Rhymes count.": 0, "": 1}


@pytest.mark.parametrize("version", [0, 2, "1"])
def test_only_a_version_that_there_is_can_be_opened(cast: SimpleNamespace, version: Any) -> None:
    assert signed_in(cast.noor).post(SEEN, {"version": version}, JSON).status_code == 400
