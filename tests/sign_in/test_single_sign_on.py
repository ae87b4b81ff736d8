"""Single sign-on against a real provider: whom it lets in, and which tokens are worth nothing."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.test import Client
from pytest_django import Settings

from labeling.models import Identity, Person
from tests.sign_in.conftest import inside, who
from tests.sign_in.provider import CLIENT, SECRET, Provider, provider
from tests.sign_in.test_invitations import invite


@pytest.fixture
def idp(settings: Settings) -> Iterator[Provider]:
    with provider() as running:
        settings.SSO_ISSUER = running.url
        settings.SSO_CLIENT_ID, settings.SSO_CLIENT_SECRET = CLIENT, SECRET
        yield running


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def at_provider(address: str) -> str:
    """What a browser does at the provider: it comes back with the address of the callback."""
    opener = build_opener(Stay)
    try:
        answer: Any = opener.open(address)
    except Exception as redirect:
        answer = redirect
    return str(answer.headers["Location"])


def come_back(client: Client, wanted: str = "/queues") -> Any:
    """Through the provider and back; the answer of the callback."""
    begun = client.get("/sso", {"next": wanted})
    assert begun.status_code == 302
    return client.get(at_provider(begun.headers["Location"]))


def person_claims(person: Person, **more: Any) -> dict[str, Any]:
    return {"sub": "u1", "email": person.email.upper(), "email_verified": True, **more}


def test_a_known_address_is_let_in_and_then_known_by_subject(
    cast: SimpleNamespace, idp: Provider
) -> None:
    idp.claims = person_claims(cast.noor)
    client = Client()
    answer = come_back(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/queues")
    assert who(client) == "noor"
    idp.claims = {"sub": "u1", "email": "moved@example.org"}
    later = Client()
    come_back(later)
    assert who(later) == "noor"
    assert client.get("/api/account").json()["sessions"][0]["way"] == "sso"


def test_it_counts_as_a_second_factor(
    cast: SimpleNamespace, idp: Provider, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    idp.claims = person_claims(cast.mary)
    client = Client()
    come_back(client)
    assert client.get("/api/projects").status_code == 200


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_is_not_verified_opens_nothing(
    cast: SimpleNamespace, idp: Provider, verified: object
) -> None:
    idp.claims = person_claims(cast.noor, email_verified=verified)
    client = Client()
    assert come_back(client).headers["Location"] == "/sign-in?sso=unknown"
    assert who(client) is None


def test_a_stranger_does_not_sign_up_by_themselves(cast: SimpleNamespace, idp: Provider) -> None:
    idp.claims = {"sub": "u2", "email": "stranger@example.org", "email_verified": True}
    before = Person.objects.count()
    assert come_back(Client()).headers["Location"] == "/sign-in?sso=unknown"
    assert (Person.objects.count(), Identity.objects.count()) == (before, 0)


def test_an_invited_stranger_joins(cast: SimpleNamespace, idp: Provider) -> None:
    invite(inside(cast.mary), "gast@example.org")
    idp.claims = {"sub": "u3", "email": "gast@example.org", "email_verified": True, "name": "G"}
    client = Client()
    come_back(client)
    session = client.get("/api/session").json()
    assert session["person"]["name"] == "G"
    assert [each["roles"] for each in session["projects"]] == [["labeler"]]


def test_a_disabled_person_stays_out(cast: SimpleNamespace, idp: Provider) -> None:
    idp.claims = person_claims(cast.noor)
    come_back(Client())
    Person.objects.filter(pk=cast.noor.pk).update(is_active=False)
    assert come_back(Client()).headers["Location"] == "/sign-in?sso=unknown"


@pytest.mark.parametrize("tamper", ["issuer", "audience", "nonce", "time", "signature"])
def test_a_spoilt_token_is_worth_nothing(cast: SimpleNamespace, idp: Provider, tamper: str) -> None:
    idp.claims, idp.tamper = person_claims(cast.noor), tamper
    client = Client()
    assert come_back(client).headers["Location"] == "/sign-in?sso=refused"
    assert who(client) is None


def test_a_callback_works_once_and_in_its_own_browser(cast: SimpleNamespace, idp: Provider) -> None:
    idp.claims = person_claims(cast.noor)
    client, thief = Client(), Client()
    callback = at_provider(client.get("/sso").headers["Location"])
    assert thief.get(callback).headers["Location"] == "/sign-in?sso=refused"
    assert client.get(callback).headers["Location"] == "/"
    assert (who(client), who(thief)) == ("noor", None)
    assert client.get(callback).headers["Location"] == "/sign-in?sso=refused"


def test_next_leads_to_own_pages_only(cast: SimpleNamespace, idp: Provider) -> None:
    idp.claims = person_claims(cast.noor)
    assert come_back(Client(), "//evil.example").headers["Location"] == "/"


def test_a_provider_that_is_away_is_said_so(cast: SimpleNamespace, settings: Settings) -> None:
    settings.SSO_ISSUER = "http://127.0.0.1:9"
    assert Client().get("/sso").headers["Location"] == "/sign-in?sso=unreachable"
