"""What the HTTP edge refuses, with which code and words; nothing of it is stored."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from labeling.kinds import Role
from labeling.models import ApiToken, Person
from tests.authorization.matrix import ROWS, Row
from tests.authorization.stage import Stage, build_stage
from tests.factories import make_member, make_person, make_project

JSON = "application/json"
NO_NUMBER = "is not a number that can be stored."
UNTOUCHED = {"GuardedDoor", "Session", "ContentType", "Permission"}
DEEP = b'{"name": ' + b"[" * 33 + b"]" * 33 + b"}"
NUMBER = b'{"lease_minutes": %s}'
TEXT = '{"name": %s}'


@pytest.fixture
def manager(db: None) -> Client:
    """A browser of the manager of the project poems, which checks CSRF as a real one."""
    person = make_person("mary")
    make_member(make_project(person, name="Poems"), Role.LABELER)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(person)
    client.get("/api/session")
    return client


def send(client: Client, body: bytes, kind: str = JSON, **headers: str) -> Any:
    headers.setdefault("X-CSRFToken", client.get("/api/session").json()["csrf_token"])
    return client.generic("PATCH", "/api/projects/poems", body, kind, headers=headers)


def stored() -> dict[str, int]:
    """How many rows there are of everything."""
    models = [each for each in apps.get_models() if each.__name__ not in UNTOUCHED]
    return {each.__name__: each._default_manager.count() for each in models}


def refusal(answer: Any) -> tuple[int, str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content[:200]
    body = answer.json()
    assert set(body) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return answer.status_code, body["code"], body["detail"]


INVALID = "The body is not a valid UTF-8 JSON object (line {}, column {})."
BODIES: list[tuple[str, bytes, str, str]] = [
    ("broken", b'{"name": x}', "json_invalid", INVALID.format(1, 10)),
    ("broken on line 2", b'{"name":\n  x}', "json_invalid", INVALID.format(2, 3)),
    ("cut", b'{"name": "a', "json_invalid", INVALID.format(1, 10)),
    ("empty", b"", "json_invalid", INVALID.format(1, 1)),
    ("null", b"null", "json_invalid", INVALID.format(1, 1)),
    ("list", b"[]", "json_invalid", INVALID.format(1, 1)),
    ("Latin-1", '{"name": "é"}'.encode("latin-1"), "json_invalid", INVALID.format(1, 11)),
    ("UTF-16", '{"name": "a"}'.encode("utf-16"), "json_invalid", INVALID.format(1, 1)),
    ("BOM", b'\xef\xbb\xbf{"name": "a"}', "json_invalid", INVALID.format(1, 1)),
    ("33 levels", DEEP, "json_too_deep", "The body is nested deeper than 32 levels."),
    ("brackets", b"[" * 100_000, "json_too_deep", "The body is nested deeper than 32 levels."),
    ("twice", b'{"name": "a", "name": "b"}', "json_duplicate_key", "The key name appears twice."),
    ("unknown", b'{"is_gold": 1}', "unknown_field", "The field is_gold is not known here."),
    ("slug", b'{"slug": "x"}', "unknown_field", "The field slug is not known here."),
    *[
        (given, NUMBER % given.encode(), "type_error", "lease_minutes must be a whole number.")
        for given in ('"1"', "1.0", "true", "[]", "{}")
    ],
    *[
        (given[:9], NUMBER % given.encode(), "type_error", f"{said} {NO_NUMBER}")
        for given, said in [
            ("NaN", "NaN"),
            ("-Infinity", "-Infinity"),
            ("1e999", "1e999"),
            ("9" * 5000, "9" * 20 + "…"),
            (str(2**64), f"{2**64}…"),
        ]
    ],
    ("NUL", (TEXT % '"a\\u0000b"').encode(), "char_nul", "name contains a NUL character."),
    ("NUL deep", b'{"a": [{"b": "\\u0000"}]}', "char_nul", "a[0].b contains a NUL character."),
    ("NUL key", b'{"a\\u0000": 1}', "char_nul", "A key contains a NUL character."),
    (
        "surrogate",
        (TEXT % '"\\ud800"').encode(),
        "char_surrogate",
        "name contains half of a surrogate pair.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "code", "detail"), BODIES, ids=[b[0] for b in BODIES])
def test_bodies(manager: Client, name: str, body: bytes, code: str, detail: str) -> None:
    before = stored()
    assert refusal(send(manager, body)) == (400, code, detail)
    assert stored() == before


def test_32_levels_are_taken_apart_from_their_meaning(manager: Client) -> None:
    body = b'{"name": ' + b"[" * 31 + b"]" * 31 + b"}"
    assert refusal(send(manager, body)) == (400, "type_error", "name must be a text.")


def test_a_pair_of_surrogates_is_a_character(manager: Client) -> None:
    assert send(manager, rb'{"name": "\ud83d\ude00"}').status_code == 200


def test_a_body_above_a_mebibyte(manager: Client) -> None:
    body = json.dumps({"guidelines": "a" * 2**20}).encode()
    assert refusal(send(manager, body)) == (
        413,
        "body_too_large",
        "The body is larger than 1 MiB.",
    )


@pytest.mark.parametrize(
    "kind", ["text/xml", "application/x-www-form-urlencoded", "text/plain", ""]
)
def test_other_media_types(manager: Client, kind: str) -> None:
    expected = (415, "media_type", "Send application/json without compression.")
    assert refusal(send(manager, b'{"name": "a"}', kind)) == expected


def test_compressed_bodies(manager: Client) -> None:
    answer = send(manager, b'{"name": "a"}', **{"Content-Encoding": "gzip"})
    assert refusal(answer)[:2] == (415, "media_type")


class TestWho:
    def test_no_credentials(self, db: None) -> None:
        expected = (401, "auth_required", "Sign in or send an API token.")
        assert refusal(Client().get("/api/projects")) == expected

    @pytest.mark.parametrize("headers", [{"X-CSRFToken": ""}, {"Origin": "https://evil.example"}])
    def test_csrf(self, manager: Client, headers: dict[str, str]) -> None:
        answer = send(manager, b'{"name": "a"}', **headers)
        expected = (403, "csrf_failed", "The page is out of date. Reload and try again.")
        assert refusal(answer) == expected

    @pytest.mark.parametrize("path", ["session", "session/code", "session/passkey", "join/x"])
    def test_csrf_before_anybody_is_signed_in(self, db: None, path: str) -> None:
        """Nobody is signed in as somebody else by a foreign page."""
        client = Client(enforce_csrf_checks=True)
        assert refusal(client.post(f"/api/{path}", {}, JSON))[:2] == (403, "csrf_failed")

    @pytest.mark.parametrize("name", ["token", "access_token"])
    def test_a_token_in_the_address(self, db: None, name: str) -> None:
        answer = Client().get("/api/projects", {name: "tst_x"})
        expected = (401, "token_in_url", "Send the token in the Authorization header.")
        assert refusal(answer) == expected

    @pytest.mark.parametrize("token", ["tst_unknown", "", "é", "a b"])
    def test_a_token_that_is_none(self, db: None, token: str) -> None:
        answer = Client().get("/api/projects", headers={"Authorization": f"Bearer {token}"})
        assert refusal(answer) == (401, "token_invalid", "This token is not valid.")

    def test_a_token_without_the_scope(self, manager: Client) -> None:
        token = ApiToken.issue(Person.objects.get(name="mary"), "reader", scopes=["read"])
        answer = Client().post(
            "/api/projects/poems/datasets",
            {"kind": "sft"},
            JSON,
            headers={"Authorization": f"Bearer {token}"},
        )
        expected = (403, "scope_missing", "This token lacks the scope export.")
        assert refusal(answer) == expected


IDS = ["abc", str(2**200), str(2**63), "%00", "../1", "-1", "0", "1%0d%0a", "é"]


@pytest.mark.parametrize("given", IDS)
def test_ids_that_are_none(manager: Client, given: str) -> None:
    collections = {row.path.split("/<pk>")[0] for row in ROWS if "/<pk>" in row.path}
    addresses = [f"{each}/{given}" for each in collections] + [f"/api/projects/{given}"]
    for address in addresses:
        answer = manager.get(address)
        assert answer.status_code in {404, 405}, address
        assert answer.json()["code"] in {"not_found", "method_not_allowed"}, address


PAGES = "limit must be between 1 and 200."


@pytest.mark.parametrize(
    ("query", "code", "detail"),
    [
        *[(f"limit={each}", "page_invalid", PAGES) for each in ("abc", "-5", "0", "1000000", "")],
        ("cursor=forged", "page_invalid", "cursor must be between 0 and 9223372036854775807."),
        ("project__owner__password__startswith=a", "filter_unknown", None),
        ("_connector=OR", "filter_unknown", None),
        ("__class__=x", "filter_unknown", None),
        ("ordering=password", "filter_unknown", None),
        ("split=tset", "filter_unknown", "split must be one of: train, test."),
    ],
)
def test_pages_and_filters(manager: Client, query: str, code: str, detail: str | None) -> None:
    answer = manager.get(f"/api/projects/poems/prompts?{query}")
    detail = detail or "The filter is not known. Allowed: brief, cursor, limit, split, text."
    assert refusal(answer) == (400, code, detail)


def test_known_filters_are_heard(manager: Client) -> None:
    assert manager.get("/api/projects/poems/prompts?split=test&limit=3&cursor=9").status_code == 200


def test_a_foreign_host(db: None) -> None:
    answer = Client().get("/api/session", headers={"Host": "evil.example"})
    assert refusal(answer) == (400, "host_invalid", "This host name is not served.")


@pytest.mark.parametrize("method", ["TRACE", "PUT", "OPTIONS", "BREW"])
def test_other_methods(manager: Client, method: str) -> None:
    token = manager.get("/api/session").json()["csrf_token"]
    answer = manager.generic(method, "/api/projects", headers={"X-CSRFToken": token})
    assert refusal(answer) == (405, "method_not_allowed", "Use GET or POST.")


WRITES = [row for row in ROWS if row.body and " ok" in row.cells]


@pytest.fixture
def stage(db: None) -> Stage:
    return build_stage()


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_every_body_is_read_strictly(stage: Stage, row: Row) -> None:
    """The generic refusals, at every address that takes a body, by whom it lets in."""
    allowed = [who for who, cell in row.expected().items() if cell == "ok" and who != "token"]
    who = "labeler" if "labeler" in allowed else allowed[-1]
    address = stage.address(row.path)
    good = json.dumps(stage.body(row))[1:-1]
    comma = ", " if good else ""
    bad = {
        "json_duplicate_key": f'{{"zz": 1, "zz": 2{comma}{good}}}',
        "json_too_deep": f'{{"zz": {"[" * 40}{"]" * 40}{comma}{good}}}',
        "char_nul": f'{{"zz": "\\u0000"{comma}{good}}}',
        "char_surrogate": f'{{"zz": "\\udfff"{comma}{good}}}',
        "unknown_field": f'{{"zz": 1{comma}{good}}}',
        "json_invalid": f'{{"zz": 1{comma}{good}',
    }
    before = stored()
    for code, body in bad.items():
        client = Client()
        client.cookies["sessionid"] = stage.clients[who].session
        answer = client.generic(row.method, address, body.encode(), JSON, headers=row.headers)
        assert refusal(answer)[:2] == (400, code)
    assert stored() == before
