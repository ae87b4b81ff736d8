"""Invitations: a link gives roles once, to whoever opens it, until it ends or is taken back."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from labeling.models import Invitation, Membership, Person
from tests.sign_in.conftest import JSON, PASSWORD, inside, try_password, who

NEW = "gast@example.org"


@pytest.fixture
def mary(cast: SimpleNamespace) -> Client:
    return inside(cast.mary)


def invite(mary: Client, email: str = NEW, role: str = "labeler") -> Any:
    body = {"email": email, "name": "Gast", "role": role}
    answer = mary.post("/api/projects/poems/members", body, JSON)
    assert answer.status_code == 201
    return answer.json()


def api(address: str) -> str:
    """The address of an invitation in the API."""
    return f"/api/join/{address.rsplit('/', 1)[1]}"


def roles(email: str) -> set[str]:
    return set(Membership.objects.filter(person__email=email).values_list("role", flat=True))


def test_a_stranger_joins_with_a_password(mary: Client) -> None:
    link = invite(mary)["sign_in"]
    assert link.startswith("http://testserver/join/")
    assert not Person.objects.filter(email=NEW).exists()
    guest = Client()
    shown = guest.get(api(link)).json()
    assert (shown["email"], shown["project"], shown["roles"]) == (NEW, "Poems", ["labeler"])
    joined = guest.post(api(link), {"name": "Guest", "password": PASSWORD}, JSON).json()
    assert joined["person"]["name"] == "Guest"
    assert [each["roles"] for each in joined["projects"]] == [["labeler"]]
    assert try_password(NEW).status_code == 200


def test_a_link_works_once(mary: Client) -> None:
    link = invite(mary)["sign_in"]
    assert Client().post(api(link), {"password": PASSWORD}, JSON).status_code == 200
    assert Client().post(api(link), {"password": PASSWORD}, JSON).status_code == 404
    assert Client().get(api(link)).status_code == 404


def test_a_weak_password_leaves_the_invitation_open(mary: Client) -> None:
    link = invite(mary)["sign_in"]
    answer = Client().post(api(link), {"password": "short"}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "password_weak")
    assert not Person.objects.filter(email=NEW).exists()
    assert Client().get(api(link)).status_code == 200


def test_a_known_person_gets_the_role_at_once(mary: Client, cast: SimpleNamespace) -> None:
    told = invite(mary, cast.noor.email, "reviewer")
    assert told["sign_in"] is None
    assert told["person"]["id"] == cast.noor.pk
    assert roles(cast.noor.email) == {"labeler", "reviewer"}


def test_inviting_again_replaces_the_link_and_adds_the_role(mary: Client) -> None:
    first, second = invite(mary)["sign_in"], invite(mary, role="reviewer")["sign_in"]
    assert Client().get(api(first)).status_code == 404
    Client().post(api(second), {"password": PASSWORD}, JSON)
    assert roles(NEW) == {"labeler", "reviewer"}


def test_open_invitations_are_listed_and_revoked(mary: Client) -> None:
    link = invite(mary)["sign_in"]
    listed = mary.get("/api/projects/poems/invitations").json()["results"]
    assert [(each["email"], each["roles"]) for each in listed] == [(NEW, ["labeler"])]
    assert "digest" not in listed[0]
    address = f"/api/invitations/{listed[0]['id']}"
    assert mary.delete(address).status_code == 204
    assert mary.delete(address).json()["code"] == "invitation_closed"
    assert Client().post(api(link), {"password": PASSWORD}, JSON).status_code == 404
    assert mary.get("/api/projects/poems/invitations").json()["results"] == []


def test_an_invitation_ends(mary: Client) -> None:
    link = invite(mary)["sign_in"]
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(api(link)).status_code == 404


def test_nobody_takes_over_an_account_by_an_invitation(mary: Client, cast: SimpleNamespace) -> None:
    """The address became a person's after the invitation was sent."""
    link = invite(mary)["sign_in"]
    owner = Person.objects.create_person(email=NEW, name="Owner", password=PASSWORD)
    thief = inside(cast.noor)
    answer = thief.post(api(link), {"password": "another long and rare phrase"}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "sign_in_first")
    assert roles(NEW) == set()
    assert inside(owner).post(api(link), {}, JSON).status_code == 200
    assert roles(NEW) == {"labeler"}


def test_who_joins_without_a_password_may_set_one_while_signed_in(mary: Client) -> None:
    link = invite(mary)["sign_in"]
    guest = Client()
    guest.post(api(link), {}, JSON)
    assert guest.post("/api/account/password", {"password": PASSWORD}, JSON).status_code == 200
    assert who(guest) == "Gast"
    assert try_password(NEW).status_code == 200
