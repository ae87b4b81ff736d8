from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from exports.models import DatasetVersion
from labeling.models import ApiToken, Person
from labeling.pseudonyms import pseudonym
from tests.exports.conftest import Frozen
from tests.factories import make_demonstration, make_prompt, make_ranking

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LIST = "/api/projects/poems/datasets"


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def freeze(person: Person, body: Any, address: str = LIST) -> Any:
    return client_of(person).post(address, body, content_type="application/json")


def test_freezing_answers_with_a_queued_version(cast: SimpleNamespace) -> None:
    response = freeze(cast.erin, {"kind": "preference"})
    body = response.json()
    assert response.status_code == 202
    assert body["repository"] == "poems/preference"
    assert (body["name"], body["number"], body["kind"]) == ("preference", 1, "preference")
    assert (body["state"], body["hash"], body["files"]) == ("queued", None, [])
    assert body["recipe"]["pairs"] == "all"
    assert body["rows"] == {"train": 0, "test": 0}
    assert body["waiting"].startswith("queued: no worker is running")
    assert body["progress"] == {"done": 0, "total": 0, "unit": "labels"}


def test_name_recipe_and_moment_are_taken(cast: SimpleNamespace) -> None:
    given = {"kind": "preference", "name": "best-1", "recipe": {"pairs": "adjacent"}}
    body = freeze(cast.alice, {**given, "as_of": "2026-11-01T12:00:00+02:00"}).json()
    assert (body["name"], body["recipe"]["pairs"]) == ("best-1", "adjacent")
    assert body["as_of"].startswith("2026-11-01T10:00:00")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"kind": "poems"}, 400, "invalid"),
        ({"kind": "sft", "state": "done"}, 400, "unknown_field"),
        ({"kind": "sft", "recipe": {"pairs": "all"}}, 400, "unknown_field"),
        ({"kind": "preference", "recipe": {"pairs": "some"}}, 400, "out_of_range"),
        ({"kind": "sft", "recipe": []}, 400, "invalid"),
        ({"kind": "sft", "name": "../up"}, 400, "invalid"),
        ({"kind": "sft", "name": "UP"}, 400, "invalid"),
        ({"kind": "sft", "name": "a\n"}, 400, "invalid"),
        ({"kind": "sft", "name": "a" * 81}, 400, "invalid"),
        ({"kind": "sft", "as_of": "soon"}, 400, "type_error"),
        ({"kind": "sft", "as_of": 5}, 400, "type_error"),
        ({"kind": "sft", "as_of": "2999-01-01T00:00:00Z"}, 400, "out_of_range"),
    ],
)
def test_bad_requests_store_nothing(
    cast: SimpleNamespace, body: dict[str, Any], status: int, code: str
) -> None:
    response = freeze(cast.erin, body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert not DatasetVersion.objects.exists()


def test_one_name_holds_one_kind(cast: SimpleNamespace) -> None:
    freeze(cast.erin, {"kind": "sft", "name": "best"})
    response = freeze(cast.erin, {"kind": "preference", "name": "best"})
    assert (response.status_code, response.json()["code"]) == (409, "dataset_kind")


def test_a_version_that_is_done(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry, ranks=[1, 2])
    version = frozen("preference")
    body = client_of(cast.erin).get(f"/api/datasets/{version.pk}").json()
    assert (body["state"], body["hash"]) == ("done", version.hash)
    assert body["rows"] == {"train": 1, "test": 0}
    (parquet,) = [file for file in body["files"] if file["format"] == "parquet"]
    assert parquet["path"] == "preference/train-00000-of-00001.parquet"
    assert (parquet["split"], parquet["rows"]) == ("train", 1)
    assert parquet["url"] == f"/api/datasets/{version.pk}/files/{parquet['path']}"


def test_a_version_that_failed_says_why(cast: SimpleNamespace, frozen: Frozen) -> None:
    body = client_of(cast.erin).get(f"/api/datasets/{frozen('sft').pk}").json()
    assert body["state"] == "failed"
    assert body["error"].startswith("The recipe selects no accepted labels.")


def test_the_list_is_newest_first(
    cast: SimpleNamespace, frozen: Frozen, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    for _ in range(5):
        frozen("sft")
    client = client_of(cast.erin)
    with django_assert_max_num_queries(5):
        body = client.get(f"{LIST}?limit=3").json()
    assert [each["number"] for each in body["results"]] == [5, 4, 3]
    following = client.get(f"{LIST}?cursor={body['next']}").json()
    assert [each["number"] for each in following["results"]] == [2, 1]
    assert following["next"] is None


def test_rows_of_a_split(cast: SimpleNamespace, frozen: Frozen) -> None:
    for number in range(5):
        make_demonstration(make_prompt(cast.project), cast.larry, f"Answer {number}.")
    address = f"/api/datasets/{frozen('sft').pk}/rows"
    client = client_of(cast.erin)
    body = client.get(f"{address}?split=train&offset=1&limit=2").json()
    assert body["total"] == 5
    assert [row["messages"][-1]["content"] for row in body["rows"]] == ["Answer 1.", "Answer 2."]
    assert client.get(f"{address}?split=test").json() == {"rows": [], "places": [], "total": 0}
    assert client.get(f"{address}?offset=99").json() == {"rows": [], "places": [], "total": 5}


@pytest.mark.parametrize("query", ["split=dev", "offset=-1", "limit=0", "limit=101", "offset=1e3"])
def test_bad_pages_of_rows(cast: SimpleNamespace, frozen: Frozen, query: str) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    response = client_of(cast.erin).get(f"/api/datasets/{frozen('sft').pk}/rows?{query}")
    assert response.status_code == 400


def test_rows_of_a_version_that_is_not_ready(cast: SimpleNamespace) -> None:
    identity = freeze(cast.erin, {"kind": "sft"}).json()["id"]
    response = client_of(cast.erin).get(f"/api/datasets/{identity}/rows")
    assert (response.status_code, response.json()["code"]) == (409, "dataset_not_ready")


def statuses(client: Client, version: DatasetVersion) -> set[int]:
    """What a person gets from every address of datasets."""
    card = f"/api/datasets/{version.pk}/files/README.md"
    addresses = [LIST, f"/api/datasets/{version.pk}", f"/api/datasets/{version.pk}/rows", card]
    found = {client.get(address).status_code for address in addresses}
    post = client.post(LIST, {"kind": "sft"}, content_type="application/json")
    return found | {post.status_code}


def test_who_may_see_dataset_versions(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    version = frozen("sft")
    assert statuses(client_of(cast.erin), version) == {200, 202}
    assert statuses(client_of(cast.alice), version) == {200, 202}
    assert statuses(client_of(cast.larry), version) == {403}
    assert statuses(client_of(cast.ron), version) == {403}
    assert statuses(client_of(cast.charlie), version) == {404}
    assert statuses(Client(), version) == {401}


@pytest.mark.parametrize("identity", ["0", "999999", str(2**200), "abc", "-1", "1%00"])
def test_versions_that_are_not_there(cast: SimpleNamespace, identity: str) -> None:
    client = client_of(cast.erin)
    for address in [f"/api/datasets/{identity}", f"/api/datasets/{identity}/rows"]:
        response = client.get(address)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_token_is_enough(cast: SimpleNamespace) -> None:
    token = ApiToken.issue(cast.erin, "test")
    response = Client().get(LIST, headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200


def test_counts_of_a_recipe_freeze_nothing(
    cast: SimpleNamespace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    prompt = make_prompt(cast.project)
    make_ranking(prompt, cast.larry)
    make_ranking(prompt, cast.lucy)
    make_ranking(make_prompt(cast.project, split="test"), cast.lucy)
    client = client_of(cast.erin)

    def count(recipe: dict[str, Any]) -> Any:
        body = {"kind": "preference", "recipe": recipe}
        return client.post(f"{LIST}/counts", body, content_type="application/json").json()

    with django_assert_max_num_queries(5):
        assert count({"near_duplicates": "keep"}) == {
            "labels": 3,
            "labelers": 2,
            "prompts": 2,
            "splits": {"train": 2, "test": 1},
            "left_out": [],
            "exact": True,
        }
    assert count({"since": "2999-01-01T00:00:00Z"})["labels"] == 0
    for less in ({}, {"near_duplicates": "keep", "min_agreement": 0.5}):
        assert count(less)["exact"] is False
    assert count({"pairs": "some"})["code"] == "out_of_range"
    assert not DatasetVersion.objects.exists()


def test_rows_by_their_columns(
    cast: SimpleNamespace, frozen: Frozen, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number, who in enumerate([cast.larry, cast.lucy] * 3):
        make_ranking(make_prompt(cast.project), who, [1, 2], [str(number), "long" * 9])
    version = frozen("preference")
    client = client_of(cast.erin)
    address = f"/api/datasets/{version.pk}"
    with django_assert_max_num_queries(6):
        told = client.get(f"{address}/columns?where=rejected_characters:30..").json()
    assert (told["total"], told["kept"]) == (6, 6)
    assert told["columns"][1] == {
        "name": "chosen",
        "type": "list of {role, content}",
        "meaning": "the better response",
    }
    labelers = next(each for each in told["facets"] if each["column"] == "labeler")
    assert [each["rows"] for each in labelers["values"]] == [3, 3]
    lucy = next(
        each["value"]
        for each in labelers["values"]
        if each["value"] == pseudonym("poems", cast.lucy.pk)
    )
    with django_assert_max_num_queries(6):
        body = client.get(f"{address}/rows?where=labeler:{lucy}&offset=1&limit=1").json()
    assert (body["total"], body["places"]) == (3, [3])
    assert body["rows"][0]["chosen"][0]["content"] == "3"
    assert client.get(f"{address}/rows?where=agreement:").json()["total"] == 6
    ranking = body["rows"][0]["ranking_id"]
    assert client.get(f"{address}/rows?where=ranking_id:{ranking}").json()["places"] == [3]
    assert client.get(f"{address}/rows?where=target:1&where=target:0.5").json()["total"] == 6
    assert client.get(f"{address}/rows?where=chosen_characters:..1").json()["total"] == 0


@pytest.mark.parametrize(
    "where",
    [
        *("chosen:x", "nothing:1", "labeler", "margin:high", "margin:1..high", "margin:nan"),
        *("none_acceptable:1", "guidelines_version:1.5", f"margin:{'9' * 400}", "margin:..inf"),
        "guidelines_version:99999999999",
    ],
)
def test_bad_filters_of_rows(cast: SimpleNamespace, frozen: Frozen, where: str) -> None:
    make_ranking(make_prompt(cast.project), cast.larry)
    version = frozen("preference")
    for what in ("rows", "columns"):
        response = client_of(cast.erin).get(f"/api/datasets/{version.pk}/{what}?where={where}")
        assert (response.status_code, response.json()["code"]) == (400, "filter_unknown")


def test_the_card_and_what_was_counted(
    cast: SimpleNamespace, frozen: Frozen, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    version = frozen("sft")
    client = client_of(cast.erin)
    with django_assert_max_num_queries(6):
        body = client.get(f"/api/datasets/{version.pk}/card").json()
    assert body["card"].startswith("---\nconfigs:")
    assert (body["labels"], body["labelers"], body["prompts"]) == (1, 1, 1)
    assert (body["agreement"], body["shared_tasks"]) == (None, 0)
    waiting = freeze(cast.erin, {"kind": "sft"}).json()["id"]
    assert client.get(f"/api/datasets/{waiting}/card").status_code == 409
