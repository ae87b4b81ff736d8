"""A new password by mail: the same answer for every address, a link that works once."""

import re
import smtplib
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.actions.jobs import run_job
from labeling.actions.resets import send_reset
from labeling.kinds import JobState
from labeling.models import PasswordReset
from tests.sign_in.conftest import JSON, PASSWORD, inside, try_password, who, with_app

NEW = "another long and rare phrase"


def ask(email: str) -> Any:
    return Client().post("/api/session/reset", {"email": email}, JSON)


def choose(secret: str, password: str = NEW, client: Client | None = None) -> Any:
    body = {"secret": secret, "password": password}
    return (client or Client()).put("/api/session/reset", body, JSON)


def secret_for(email: str) -> str:
    """What stands in the message that the address gets."""
    ask(email)
    run_job(PasswordReset, PasswordReset.objects.latest("pk").pk, send_reset)
    found = re.search(r"/reset/(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_known_and_unknown_addresses_are_answered_alike(cast: SimpleNamespace) -> None:
    ask("first@example.org")
    answers, statements = [], []
    for email in (cast.noor.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as asked:
            answers.append(ask(email))
        statements.append([each["sql"].split()[0] for each in asked])
    assert statements[0] == statements[1]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert answers[0].json() == {"detail": "If the address is known, a message was sent."}


def test_a_message_goes_to_people_only(cast: SimpleNamespace) -> None:
    ask("nobody@example.org")
    reset = PasswordReset.objects.get()
    run_job(PasswordReset, reset.pk, send_reset)
    reset.refresh_from_db()
    assert (reset.state, reset.digest, mail.outbox) == (JobState.DONE, "", [])
    secret_for(cast.noor.email.upper())
    assert mail.outbox[0].to == [cast.noor.email]


def test_the_link_gives_a_new_password_once_and_ends_every_session(cast: SimpleNamespace) -> None:
    elsewhere, secret, here = inside(cast.noor), secret_for(cast.noor.email), Client()
    assert choose(secret, client=here).json()["person"]["name"] == "noor"
    assert (who(here), who(elsewhere)) == ("noor", None)
    assert try_password(cast.noor.email, PASSWORD).status_code == 400
    assert try_password(cast.noor.email, NEW).status_code == 200
    answer = choose(secret, "yet another long and rare one")
    assert (answer.status_code, answer.json()["code"]) == (400, "reset_spent")


def test_a_weak_password_spends_nothing(cast: SimpleNamespace) -> None:
    secret = secret_for(cast.noor.email)
    assert choose(secret, "short").json()["code"] == "password_weak"
    assert choose(secret).status_code == 200


def test_an_old_link_is_worth_nothing(cast: SimpleNamespace, monkeypatch: Any) -> None:
    secret = secret_for(cast.noor.email)
    row = PasswordReset.objects.get()
    assert row.sent_at is not None
    PasswordReset.objects.update(sent_at=row.sent_at.replace(year=2020))
    assert choose(secret).json()["code"] == "reset_spent"
    assert choose("").status_code == 400


def test_the_second_factor_is_still_asked_for(cast: SimpleNamespace) -> None:
    with_app(cast.mary)
    answer = choose(secret_for(cast.mary.email)).json()
    assert (answer["person"], answer["second_factor"]) == (None, ["code"])


def test_a_disabled_person_gets_no_message(cast: SimpleNamespace) -> None:
    inside(cast.ada).patch(f"/api/people/{cast.noor.pk}", {"is_active": False}, JSON)
    ask(cast.noor.email)
    run_job(PasswordReset, PasswordReset.objects.latest("pk").pk, send_reset)
    assert mail.outbox == []


def test_a_sixth_message_in_five_minutes_waits(cast: SimpleNamespace) -> None:
    statuses = [ask(cast.noor.email).status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]
    assert ask(cast.mary.email).status_code == 202


def test_a_mail_server_that_is_away_is_asked_again(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("labeling.actions.resets.send_mail", away)
    ask(cast.noor.email)
    row = PasswordReset.objects.get()
    run_job(PasswordReset, row.pk, send_reset)
    row.refresh_from_db()
    assert (row.state, row.error_code) == (JobState.QUEUED, "mail_failed")
