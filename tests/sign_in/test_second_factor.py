"""Codes of authenticator apps, recovery codes, and who must have one."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from labeling.models import ApiToken, Authenticator, RecoveryCode, SignInLink
from labeling.totp import PERIOD, address, code_at, new_secret, step_of
from tests.sign_in.conftest import JSON, code_now, inside, try_password, who, with_app

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_at(RFC_SECRET, seconds // PERIOD) == code
    assert step_of(RFC_SECRET, code, seconds) == seconds // PERIOD
    assert step_of(RFC_SECRET, code, seconds + PERIOD) == seconds // PERIOD
    assert step_of(RFC_SECRET, code, seconds + 2 * PERIOD) is None


def test_an_app_reads_the_address() -> None:
    assert address("ABC", "a@b.org", "Touchstone") == (
        "otpauth://totp/Touchstone%3Aa%40b.org?secret=ABC&issuer=Touchstone"
    )
    assert len(new_secret()) == 32


def test_set_up_then_sign_in_with_a_code(cast: SimpleNamespace) -> None:
    client = inside(cast.mary)
    asked = client.post("/api/account/authenticator", {}, JSON).json()
    assert asked["picture"].startswith("data:image/svg+xml;base64,")
    wrong = client.put("/api/account/authenticator", {"code": "000000"}, JSON)
    assert wrong.json()["code"] == "code_wrong"
    code = code_now(asked["secret"], -1)
    done = client.put("/api/account/authenticator", {"code": code}, JSON).json()
    assert len(set(done["new_recovery_codes"])) == 10
    assert asked["secret"] not in Authenticator.objects.get().sealed

    half = Client()
    answer = try_password(cast.mary.email, client=half).json()
    assert (answer["person"], answer["second_factor"]) == (None, ["code"])
    assert half.get("/api/projects").status_code == 401
    assert give(half, code).status_code == 400  # spent above
    assert give(half, code_now(asked["secret"])).status_code == 200
    assert who(half) == "mary"


def test_a_code_works_once_and_for_nobody_else(cast: SimpleNamespace) -> None:
    secret = with_app(cast.mary)
    with_app(cast.noor)
    code = code_now(secret)
    first, second, other = Client(), Client(), Client()
    for client, person in ((first, cast.mary), (second, cast.mary), (other, cast.noor)):
        try_password(person.email, client=client)
    assert give(other, code).status_code == 400
    assert give(first, code).status_code == 200
    assert give(second, code).status_code == 400


def test_codes_are_guarded_like_passwords(cast: SimpleNamespace) -> None:
    secret = with_app(cast.mary)
    client = Client()
    try_password(cast.mary.email, client=client)
    statuses = [give(client, "000000").status_code for _ in range(5)]
    assert statuses == [400] * 5
    assert give(client, code_now(secret)).status_code == 429


def test_a_recovery_code_stands_in_once(cast: SimpleNamespace) -> None:
    with_app(cast.mary)
    code = RecoveryCode.renew(cast.mary)[3]
    for status in (200, 400):
        client = Client()
        try_password(cast.mary.email, client=client)
        assert give(client, code.upper()).status_code == status


def test_a_code_without_a_password_is_refused(cast: SimpleNamespace) -> None:
    answer = give(Client(), code_now(with_app(cast.mary)))
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_waits")


def test_a_link_is_a_first_factor_only(cast: SimpleNamespace) -> None:
    with_app(cast.mary)
    client = Client()
    answer = client.get(f"/sign-in/{SignInLink.issue(cast.mary)}")
    assert answer.headers["Location"] == "/sign-in"
    assert who(client) is None


class TestStaff:
    """Where the installation asks for a second factor."""

    @pytest.fixture(autouse=True)
    def asked(self, settings: Settings) -> None:
        settings.SECOND_FACTOR_REQUIRED = True

    def test_staff_without_one_are_sent_to_set_it_up(self, cast: SimpleNamespace) -> None:
        for person in (cast.mary, cast.ada):
            client = inside(person)
            for path in ("projects", f"projects/{cast.project.slug}/prompts", "queues"):
                answer = client.get(f"/api/{path}")
                assert (answer.status_code, answer.json()["code"]) == (403, "mfa_required")
                assert answer.json()["detail"] == "Set up a second factor first."
            assert client.get("/api/account").status_code == 200

    def test_setting_it_up_opens_the_doors(self, cast: SimpleNamespace) -> None:
        client = inside(cast.mary)
        secret = client.post("/api/account/authenticator", {}, JSON).json()["secret"]
        client.put("/api/account/authenticator", {"code": code_now(secret)}, JSON)
        assert client.get("/api/projects").status_code == 200

    def test_labelers_and_tokens_are_not_asked(self, cast: SimpleNamespace) -> None:
        assert inside(cast.noor).get("/api/projects").status_code == 200
        headers = {"Authorization": f"Bearer {ApiToken.issue(cast.mary, 'program')}"}
        assert Client().get("/api/projects", headers=headers).status_code == 200


def test_factors_are_changed_only_soon_after_signing_in(cast: SimpleNamespace) -> None:
    with_app(cast.noor)
    client = Client()
    client.force_login(cast.noor)
    for method, path in (
        ("post", "authenticator"),
        ("delete", "authenticator"),
        ("post", "recovery-codes"),
        ("post", "passkeys/question"),
    ):
        answer: Any = getattr(client, method)(f"/api/account/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_again")
    assert Authenticator.objects.filter(person=cast.noor).exists()


def give(client: Client, code: str) -> Any:
    return client.post("/api/session/code", {"code": code}, JSON)
