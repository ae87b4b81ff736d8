"""API tokens: who may have one, what each may reach, and how it ends."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from labeling.kinds import Scope
from labeling.models import ApiToken, Membership, Person
from labeling.models.people import digest
from tests.factories import make_project
from tests.labeling.conftest import JSON, signed_in, statements

EVERY = list(Scope.values)


def program(person: Person, **facts: Any) -> Client:
    """A program that calls with a token of this person."""
    return Client(headers={"Authorization": f"Bearer {ApiToken.issue(person, 'test', **facts)}"})


def make_token(client: Client, **body: Any) -> Any:
    return client.post("/api/tokens", {"name": "CI", "scopes": ["read"], **body}, JSON)


def refusal(response: Any) -> tuple[int, str, str]:
    body = response.json()
    return response.status_code, body["code"], body["detail"]


def test_a_token_is_shown_once_and_kept_as_a_hash(cast: SimpleNamespace) -> None:
    made = make_token(signed_in(cast.edsger), scopes=["export", "read"], projects=["poems"])
    assert made.status_code == 201, made.content
    secret = made.json()["secret"]
    assert secret.startswith("tst_")
    assert len(secret) >= 43
    (listed,) = signed_in(cast.edsger).get("/api/tokens").json()["results"]
    assert listed["prefix"] == secret[:12]
    assert (listed["scopes"], listed["projects"]) == (["read", "export"], ["poems"])
    assert "secret" not in listed
    stored = str(ApiToken.objects.values().get(pk=listed["id"]))
    assert digest(secret) in stored
    assert secret not in stored


@pytest.mark.parametrize("who", ["noor", "rosa"])
def test_labelers_and_reviewers_have_none(cast: SimpleNamespace, who: str) -> None:
    person = getattr(cast, who)
    client = signed_in(person)
    assert client.get("/api/tokens").status_code == 403
    assert refusal(make_token(client))[:2] == (403, "role_missing")
    with pytest.raises(CommandError, match="Only managers, engineers and admins"):
        call_command("create_token", person.email, "CI")
    assert not ApiToken.objects.exists()


def test_it_stops_when_its_person_runs_nothing_any_more(cast: SimpleNamespace) -> None:
    client = program(cast.edsger)
    assert client.get("/api/projects/poems").status_code == 200
    Membership.objects.filter(person=cast.edsger).update(role="labeler")
    assert refusal(client.get("/api/projects/poems"))[:2] == (401, "token_invalid")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"days": 366}, "days must be between 1 and 365."),
        ({"days": 0}, "days must be between 1 and 365."),
        ({"scopes": []}, "scopes must name one or more of: read, import, export, jobs."),
        ({"scopes": ["admin"]}, "scopes must name one or more of: read, import, export, jobs."),
        ({"projects": ["elsewhere"]}, "There is no project elsewhere."),
        ({"projects": []}, "Name at least one project, or leave projects out for all of them."),
        ({"user": 1}, "The field user is not known here."),
    ],
)
def test_what_cannot_be_had(cast: SimpleNamespace, body: dict[str, Any], detail: str) -> None:
    status, _, said = refusal(make_token(signed_in(cast.edsger), **body))
    assert (status, said) == (400, detail)
    assert not ApiToken.objects.exists()


def test_no_credentials_and_credentials_that_do_not_work(cast: SimpleNamespace) -> None:
    past = {"expires_at": timezone.now() - timedelta(seconds=1)}
    changes: list[dict[str, Any]] = [past, {"revoked_at": timezone.now()}, {"digest": "0" * 64}]
    for change in changes:
        client = program(cast.edsger)
        ApiToken.objects.update(**change)
        answer = client.get("/api/projects")
        assert refusal(answer) == (401, "token_invalid", "This token is not valid.")
        ApiToken.objects.all().delete()
    assert refusal(Client().get("/api/projects")) == (
        401,
        "auth_required",
        "Sign in or send an API token.",
    )
    in_url = Client().get("/api/projects?token=tst_x")
    assert refusal(in_url) == (
        401,
        "token_in_url",
        "Send the token in the Authorization header.",
    )


def test_a_scope_opens_what_it_names_and_nothing_else(cast: SimpleNamespace) -> None:
    datasets, jobs = "/api/projects/poems/datasets", "/api/projects/poems/generation-jobs"
    calls = {
        "read": ("GET", "/api/projects/poems", {}),
        "import": ("POST", "/api/projects/poems/tasks", {"kind": "demonstrate"}),
        "export": ("POST", datasets, {"kind": "sft"}),
        "jobs": ("POST", jobs, {}),
    }
    for scope in EVERY:
        client = program(cast.mary, scopes=[scope])
        for wanted, (method, address, body) in calls.items():
            answer = client.generic(method, address, json.dumps(body), JSON)
            if wanted == scope:
                assert answer.status_code in {200, 201, 202, 400}, answer.content
            else:
                assert refusal(answer) == (
                    403,
                    "scope_missing",
                    f"This token lacks the scope {wanted}.",
                )


def test_other_projects_are_not_there(cast: SimpleNamespace) -> None:
    second = make_project(cast.mary, name="Essays")
    for person in [cast.mary, cast.ada]:
        client = program(person, project_ids=[second.pk])
        assert [each["slug"] for each in client.get("/api/projects").json()["results"]] == [
            "essays"
        ]
        assert [each["slug"] for each in client.get("/api/session").json()["projects"]] == [
            "essays"
        ]
        assert client.get("/api/projects/essays").status_code == 200
        for address in ["", "/datasets", "/prompts", "/imports", "/training-runs"]:
            answer = client.get(f"/api/projects/poems{address}")
            assert refusal(answer) == (404, "not_found", "Not found.")


def test_last_use_is_written_at_most_once_a_minute(cast: SimpleNamespace) -> None:
    client = program(cast.edsger)
    client.get("/api/projects/poems")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    with statements() as found:
        client.get("/api/projects/poems")
    assert not [sql for sql in found if sql.startswith("UPDATE")]
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=1, seconds=1))
    client.get("/api/projects/poems")
    again = ApiToken.objects.get().last_used_at
    assert again is not None
    assert again >= first


def test_revoking(cast: SimpleNamespace) -> None:
    client = program(cast.edsger)
    token = ApiToken.objects.get()
    for stranger in [cast.mary, cast.stan]:
        assert signed_in(stranger).delete(f"/api/tokens/{token.pk}").status_code == 404
    assert client.get("/api/projects/poems").status_code == 200
    for person in [cast.edsger, cast.ada]:
        assert signed_in(person).delete(f"/api/tokens/{token.pk}").status_code == 204
    assert client.get("/api/projects/poems").status_code == 401
    assert signed_in(cast.ada).get("/api/tokens").json()["results"][0]["revoked_at"]


NEVER = ["tokens", "members", "session", "claim", "submit", "draft", "review", "accept-all"]
CHANGES = ("POST", "PUT", "PATCH", "DELETE")


def addresses(resolver: URLResolver, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            found.update(addresses(each, route))
        elif isinstance(each, URLPattern) and hasattr(each.callback, "cls"):
            found[route] = each.callback.cls
    return found


def test_no_token_manages_people_tokens_roles_or_labels(cast: SimpleNamespace) -> None:
    """Whatever an address does not open by name is closed to every token, also new addresses."""
    client = program(cast.ada)
    tried = 0
    for route, view in addresses(get_resolver()).items():
        if not route.startswith("api/") or route.startswith("api/session"):
            continue
        opened = set(getattr(view, "token_scopes", {"GET": "read"}))
        closed = [each for each in CHANGES if hasattr(view, each.lower()) and each not in opened]
        address = "/" + route.replace("<slug:slug>", "poems").replace("<int:pk>", "1").replace(
            "<int:person_id>", "1"
        ).replace("<str:role>", "labeler").replace("<path:path>", "README.md")
        for method in closed:
            answer = client.generic(method, address, "{}", JSON)
            assert refusal(answer) == (
                403,
                "token_refused",
                "No token may do this. Sign in to do it.",
            ), (method, address)
            tried += 1
        words = {word.strip("<>") for part in route.split("/") for word in part.split(":")}
        if words & set(NEVER):
            assert not opened & set(CHANGES), route
    assert tried > 10
