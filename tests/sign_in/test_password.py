"""Passwords: how often one may be wrong, what one may be, and what a change ends."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client

from labeling.actions.sign_in import TRIES_ALLOWED
from labeling.models import ApiToken, GuardedDoor, SignInLink
from tests.factories import make_person
from tests.sign_in.conftest import JSON, PASSWORD, inside, try_password, who


def test_the_right_password_opens(cast: SimpleNamespace) -> None:
    assert who(inside(cast.noor)) == "noor"


@pytest.mark.parametrize("known", [True, False])
def test_wrong_and_unknown_answer_alike(cast: SimpleNamespace, known: bool) -> None:
    answer = try_password(cast.noor.email if known else "nobody@example.org", "wrong")
    assert answer.status_code == 400
    assert answer.json()["code"] == "sign_in_failed"
    assert answer.json()["detail"] == "The address or the password is wrong."


@pytest.mark.parametrize("address", ["noor", "unknown@example.org"])
def test_after_five_wrong_tries_even_the_right_one_waits(
    cast: SimpleNamespace, address: str
) -> None:
    email = cast.noor.email if address == "noor" else address
    for _ in range(TRIES_ALLOWED):
        assert try_password(email, "wrong").status_code == 400
    answer = try_password(email.upper())
    assert answer.status_code == 429
    assert answer.json()["code"] == "login_limited"
    assert answer.json()["detail"] == "Too many attempts. Try again later."
    assert 0 < int(answer.headers["Retry-After"]) <= 301
    assert try_password(cast.mary.email).status_code == 200


def test_tries_are_forgotten_after_five_minutes(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    for seconds in range(TRIES_ALLOWED):
        monkeypatch.setattr(time, "time", lambda at=seconds: now - 299 + 60 * at)
        assert try_password(cast.noor.email, "wrong").status_code == 400
    monkeypatch.setattr(time, "time", lambda: now)
    assert try_password(cast.noor.email).status_code == 429
    monkeypatch.setattr(time, "time", lambda: now + 2)
    assert try_password(cast.noor.email).status_code == 200


def test_the_right_password_forgets_earlier_tries(cast: SimpleNamespace) -> None:
    for _ in range(3):
        for _ in range(TRIES_ALLOWED - 1):
            assert try_password(cast.noor.email, "wrong").status_code == 400
        assert try_password(cast.noor.email).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_for_64_tries_at_once() -> None:
    person = make_person("noor")

    def attempt(_: int) -> int:
        try:
            return try_password(person.email, "wrong").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(attempt, range(64)))
    assert sorted(set(statuses)) == [400, 429]
    assert statuses.count(400) == TRIES_ALLOWED
    assert GuardedDoor.objects.count() == 1


@pytest.mark.parametrize("password", ["too short", "password1234", "1q2w3e4r5t6y", ""])
def test_weak_passwords_are_refused(cast: SimpleNamespace, password: str) -> None:
    body = {"current": PASSWORD, "password": password}
    answer = inside(cast.noor).post("/api/account/password", body, JSON)
    assert answer.status_code == 400
    if password:
        assert answer.json()["code"] == "password_weak"
        assert answer.json()["detail"] == "Choose a longer or less common password."
    assert who(inside(cast.noor)) == "noor"


def test_a_new_password_ends_every_other_session(cast: SimpleNamespace) -> None:
    here, elsewhere = inside(cast.noor), inside(cast.noor)
    body = {"current": PASSWORD, "password": "another long and rare phrase"}
    answer = here.post("/api/account/password", body, JSON)
    assert answer.status_code == 200
    assert [each["is_this"] for each in answer.json()["sessions"]] == [True]
    assert (who(here), who(elsewhere)) == ("noor", None)
    assert try_password(cast.noor.email).status_code == 400
    assert try_password(cast.noor.email, body["password"]).status_code == 200


def test_the_current_password_is_needed_and_guarded(cast: SimpleNamespace) -> None:
    here = inside(cast.noor)
    for status in (400, 400, 400, 400, 400, 429):
        body = {"current": "wrong", "password": "another long and rare phrase"}
        assert here.post("/api/account/password", body, JSON).status_code == status


def test_a_disabled_person_is_out_at_once(cast: SimpleNamespace) -> None:
    noor, token = inside(cast.noor), ApiToken.issue(cast.noor, "program")
    link = SignInLink.issue(cast.noor)
    answer = inside(cast.ada).patch(f"/api/people/{cast.noor.pk}", {"is_active": False}, JSON)
    assert answer.json()["is_active"] is False
    assert who(noor) is None
    assert noor.get("/api/queues", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert Client().get(f"/sign-in/{link}").headers["Location"] == "/sign-in?link=spent"
    assert try_password(cast.noor.email).status_code == 400


def test_an_admin_finds_people_and_the_audit_says_who_shut_them_out(cast: SimpleNamespace) -> None:
    ada = inside(cast.ada)
    found = ada.get("/api/people?q=NOOR").json()["results"]
    assert [(each["name"], each["projects"], each["is_active"]) for each in found] == [
        ("noor", 1, True)
    ]
    assert ada.get("/api/people?q=nobody").json()["results"] == []
    for is_active in (False, True):
        ada.patch(f"/api/people/{cast.noor.pk}", {"is_active": is_active}, JSON)
    done = [each["action"] for each in ada.get("/api/audit").json()["results"]]
    assert done[:2] == ["person.enabled", "person.disabled"]


def test_an_admin_cannot_disable_themselves(cast: SimpleNamespace) -> None:
    answer = inside(cast.ada).patch(f"/api/people/{cast.ada.pk}", {"is_active": False}, JSON)
    assert answer.json()["code"] == "own_account"


def test_sessions_are_listed_and_ended(cast: SimpleNamespace) -> None:
    here, elsewhere = inside(cast.noor), inside(cast.noor)
    listed = here.get("/api/account").json()["sessions"]
    assert sorted(each["is_this"] for each in listed) == [False, True]
    assert {each["way"] for each in listed} == {"password"}
    here.delete("/api/account/sessions")
    assert (who(here), who(elsewhere)) == ("noor", None)
    here.delete("/api/session")
    assert who(here) is None


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/label/poems", "/label/poems"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil", "/"),
        ("/a%0d%0aSet-Cookie:b", "/a%0d%0aSet-Cookie:b"),
    ],
)
def test_next_leads_to_own_pages_only(cast: SimpleNamespace, wanted: str, path: str) -> None:
    link = SignInLink.issue(cast.noor)
    answer = Client().get(f"/sign-in/{link}", {"next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
