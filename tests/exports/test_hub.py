"""The Hub endpoint for dataset versions: every route, header for header, and every refusal."""

import hashlib
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from exports.models import DatasetVersion
from labeling.models import ApiToken, Person
from tests.exports.conftest import Frozen
from tests.factories import make_demonstration, make_project, make_prompt

pytestmark = [pytest.mark.database, pytest.mark.django_db]

REPO = "/hub/api/datasets/poems/sft"
FILE = "/hub/datasets/poems/sft/resolve"
TRAIN = "sft/train-00000-of-00001.parquet"


@pytest.fixture
def versions(cast: SimpleNamespace, frozen: Frozen) -> list[DatasetVersion]:
    """Two versions of poems/sft, the second with a row more."""
    made = []
    for _ in range(2):
        make_demonstration(make_prompt(cast.project), cast.larry)
        made.append(frozen("sft"))
    return made


@pytest.fixture
def version(versions: list[DatasetVersion]) -> DatasetVersion:
    return versions[1]


def program(person: Person, **facts: Any) -> Client:
    token = ApiToken.issue(person, "test", **facts)
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def client(cast: SimpleNamespace, version: DatasetVersion) -> Client:
    return program(cast.erin)


def content_of(response: HttpResponseBase) -> bytes:
    return b"".join(response)


def commit_of(version: DatasetVersion) -> str:
    return version.hash[:40]


def test_head_tells_what_clients_need(client: Client, version: DatasetVersion) -> None:
    file = version.files.get(path="README.md")
    answer = client.head(f"{FILE}/main/README.md", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer["X-Repo-Commit"] == commit_of(version)
    assert answer["ETag"] == f'"{file.sha256}"'
    assert answer["Content-Length"] == str(file.bytes)
    assert answer["Accept-Ranges"] == "bytes"
    assert content_of(answer) == b""


def test_get_sends_the_file(client: Client, version: DatasetVersion) -> None:
    for file in version.files.all():
        answer = client.get(f"{FILE}/{commit_of(version)}/{file.path}")
        content = content_of(answer)
        assert (answer.status_code, answer.streaming) == (200, True)
        assert hashlib.sha256(content).hexdigest() == file.sha256 == answer["ETag"].strip('"')
        assert answer["Content-Length"] == str(len(content))


def test_a_range(client: Client, version: DatasetVersion) -> None:
    whole = version.files.get(path=TRAIN).location.read_bytes()
    for header, part in [("bytes=0-9", whole[:10]), ("bytes=-8", whole[-8:])]:
        answer = client.get(f"{FILE}/main/{TRAIN}", headers={"Range": header})
        assert (answer.status_code, content_of(answer)) == (206, part)
        assert answer["Content-Length"] == str(len(part))
        assert answer["Content-Range"].endswith(f"/{len(whole)}")
        assert answer["X-Repo-Commit"] == commit_of(version)


def test_only_a_commit_may_be_kept(client: Client, version: DatasetVersion) -> None:
    moving = client.head(f"{FILE}/main/README.md")["Cache-Control"]
    fixed = client.head(f"{FILE}/{commit_of(version)}/README.md")["Cache-Control"]
    assert moving == "private, no-cache"
    assert "immutable" in fixed


def test_revisions(client: Client, versions: list[DatasetVersion]) -> None:
    first, second = map(commit_of, versions)
    assert first != second
    wanted = {"main": second, "v1": first, "1": first, "v2": second, first: first, second: second}
    for revision, commit in wanted.items():
        for address in [f"{REPO}/revision/{revision}", f"{REPO}/tree/{revision}"]:
            assert client.get(address).status_code == 200
        assert client.get(f"{REPO}/revision/{revision}").json()["sha"] == commit
        assert client.head(f"{FILE}/{revision}/README.md")["X-Repo-Commit"] == commit
    assert client.get(REPO).json()["sha"] == second
    assert client.get(f"{REPO}/refs").json() == {
        "branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": second}],
        "converts": [],
        "tags": [
            {"name": "v2", "ref": "refs/tags/v2", "targetCommit": second},
            {"name": "v1", "ref": "refs/tags/v1", "targetCommit": first},
        ],
    }


def test_the_facts_of_a_repository(client: Client, version: DatasetVersion) -> None:
    facts = client.get(f"{REPO}/revision/main").json()
    assert (facts["id"], facts["author"], facts["private"]) == ("poems/sft", "poems", True)
    assert sorted(each["rfilename"] for each in facts["siblings"]) == [
        *("README.md", "dataset_info.json", "manifest.json"),
        *("sft/train-00000-of-00001.jsonl", TRAIN),
    ]
    (card,) = [
        each
        for each in client.get(f"{REPO}?blobs=true").json()["siblings"]
        if each["rfilename"] == "README.md"
    ]
    file = version.files.get(path="README.md")
    assert (card["size"], card["lfs"]["sha256"]) == (file.bytes, file.sha256)


def test_trees(client: Client, version: DatasetVersion) -> None:
    def listed(address: str) -> list[tuple[str, str]]:
        return [(each["type"], each["path"]) for each in client.get(address).json()]

    names = ("README.md", "dataset_info.json", "manifest.json")
    top = [*(("file", name) for name in names), ("directory", "sft")]
    inside = [("file", "sft/train-00000-of-00001.jsonl"), ("file", TRAIN)]
    assert listed(f"{REPO}/tree/main") == top
    assert listed(f"{REPO}/tree/main/sft?recursive=False&expand=False") == inside
    for yes in ("true", "True"):
        assert listed(f"{REPO}/tree/main?recursive={yes}&expand={yes}") == top + inside
    entry = client.get(f"{REPO}/tree/main/sft?expand=true").json()[1]
    file = version.files.get(path=TRAIN)
    assert (entry["size"], entry["lfs"]["oid"]) == (file.bytes, file.sha256)
    assert len(entry["oid"]) == 40
    assert entry["lastCommit"]["id"] == commit_of(version)


def test_a_tree_by_pages(client: Client) -> None:
    whole = client.get(f"{REPO}/tree/main?recursive=true").json()
    address, found = f"{REPO}/tree/main?recursive=true&limit=2", []
    for _ in range(3):
        answer = client.get(address)
        found += answer.json()
        link = answer.headers.get("Link", "")
        address = link.partition("<http://testserver")[2].partition(">")[0]
        assert bool(address) == link.endswith('rel="next"')
    assert (found, address) == (whole, "")


def test_paths_info_takes_a_form_without_a_csrf_token(
    cast: SimpleNamespace, version: DatasetVersion
) -> None:
    authorization = {"Authorization": f"Bearer {ApiToken.issue(cast.erin, 'test')}"}
    strict = Client(enforce_csrf_checks=True, headers=authorization)
    for body in ["paths=README.md&paths=sft&paths=nothing&expand=True", "paths=README.md"]:
        answer = strict.post(f"{REPO}/paths-info/main", body, "application/x-www-form-urlencoded")
        assert answer.status_code == 200, answer.content
        found = {each["path"]: each["type"] for each in answer.json()}
        assert found["README.md"] == "file"
        assert found.get("sft", "directory") == "directory"
        assert "nothing" not in found
    big = strict.post(
        f"{REPO}/paths-info/main", "p" * (1024 * 1024 + 1), "application/x-www-form-urlencoded"
    )
    assert (big.status_code, big.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"{FILE}/main/nothing.txt", "EntryNotFound"),
        (f"{FILE}/main/sft", "EntryNotFound"),
        (f"{REPO}/tree/main/nothing", "EntryNotFound"),
        (f"{REPO}/tree/main/README.md", "EntryNotFound"),
        (f"{FILE}/v3/README.md", "RevisionNotFound"),
        (f"{REPO}/revision/{'0' * 40}", "RevisionNotFound"),
        (f"{REPO}/revision/refs%2Fconvert%2Fparquet", "RevisionNotFound"),
        (f"{REPO}/tree/v99999999999999999999", "RevisionNotFound"),
        ("/hub/api/datasets/poems/nothing", "RepoNotFound"),
        ("/hub/api/models/poems/sft", "RepoNotFound"),
        ("/hub/datasets/other/sft/resolve/main/README.md", "RepoNotFound"),
        ("/hub/api/datasets/squad", "RepoNotFound"),
        (f"{REPO}/refs/", "RepoNotFound"),
        ("/hub/api/agent-harnesses", "RepoNotFound"),
        ("/hub/%0A", "RepoNotFound"),
    ],
)
def test_what_is_not_there(client: Client, address: str, code: str) -> None:
    answer = client.get(address)
    body = answer.json()
    assert (answer.status_code, body["code"], body["detail"]) == (404, "not_found", "Not found.")
    assert answer["X-Error-Code"] == code
    assert ("X-Repo-Commit" in answer.headers) == (code == "EntryNotFound")


@pytest.mark.parametrize(
    "path",
    [
        *("../../../db.sqlite3", "..%2F..%2F..%2Fdb.sqlite3", "%2e%2e/%2e%2e/db.sqlite3"),
        *("/etc/passwd", "sft/../README.md", "./README.md", "README.md/", "README.md%00", "%ff"),
        *("sft//train-00000-of-00001.parquet", "readme.md", "README.md%0a", "\U0001f984"),
    ],
)
def test_a_path_that_is_no_file(client: Client, path: str) -> None:
    for method in (client.get, client.head):
        answer = method(f"{FILE}/main/{path}")
        assert answer.status_code == 404
        assert "X-Error-Code" in answer.headers
    assert client.get(f"{FILE}/main/{path}").json()["detail"] == "Not found."


@given(path=st.text(min_size=1, max_size=40), revision=st.text(min_size=1, max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_breaks_it(
    client: Client, version: DatasetVersion, path: str, revision: str
) -> None:
    """Whatever stands where, the answer is a file of the version, a list, or one of the
    refusals."""
    known = {file.path for file in version.files.all()}
    safe = (part.encode("utf-8", "replace").decode() for part in (path, revision))
    path, revision = (quote(part, safe="/.%") for part in safe)
    for address in [
        f"{FILE}/main/{path}",
        f"{FILE}/{revision}/README.md",
        f"{REPO}/tree/main/{path}",
        f"{REPO}/revision/{revision}",
        f"/hub/{path}",
        f"/hub/api/datasets/{path}/{revision}",
    ]:
        answer = client.get(address)
        assert answer.status_code in {200, 404}, (address, answer.content)
        if answer.status_code == 404:
            assert answer["X-Error-Code"]
        elif address.startswith(f"{FILE}/main/"):
            assert unquote(path) in known


@pytest.mark.parametrize("header", ["bytes=9999999-", "bytes=5-2", "bytes=a-b", "bytes=-0"])
def test_a_bad_range(client: Client, version: DatasetVersion, header: str) -> None:
    size = version.files.get(path=TRAIN).bytes
    answer = client.get(f"{FILE}/main/{TRAIN}", headers={"Range": header})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (416, "range_invalid")
    assert body["detail"] == f"The range is outside the file, which has {size:,} bytes."
    assert answer["Content-Range"] == f"bytes */{size}"
    assert answer["X-Error-Message"] == body["detail"]


ADDRESSES = [
    f"{FILE}/main/README.md",
    REPO,
    f"{REPO}/revision/main",
    f"{REPO}/tree/main",
    f"{REPO}/refs",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_refused(cast: SimpleNamespace, client: Client, address: str) -> None:
    def told(caller: Client) -> tuple[int, str, str, str]:
        answer = caller.get(address)
        body = json.loads(content_of(answer))
        assert body["error"] == body["detail"]
        headers = answer.headers
        code = headers.get("X-Error-Code", "")
        return answer.status_code, body["code"], code, headers["X-Error-Message"]

    assert told(Client()) == (
        *(401, "auth_required", "RepoNotFound"),
        "Sign in or send an API token.",
    )
    # The one message by which clients tell a bad token from a repository that is not there.
    broken = Client(headers={"Authorization": "Bearer hf_somebody"})
    assert told(broken) == (
        *(401, "token_invalid", ""),
        "Invalid credentials in Authorization header",
    )
    assert told(program(cast.erin, scopes=["read", "import", "jobs"])) == (
        *(403, "scope_missing", ""),
        "This token lacks the scope export.",
    )
    not_there = (404, "not_found", "RepoNotFound", "Repository not found")
    assert told(program(cast.charlie)) == not_there
    second = make_project(cast.erin, name="Essays")
    assert told(program(cast.erin, project_ids=[second.pk])) == not_there
    assert program(cast.alice).get(address).status_code == 200


def test_a_version_appears_when_it_is_done(client: Client, versions: list[DatasetVersion]) -> None:
    DatasetVersion.objects.filter(pk=versions[1].pk).update(state="running")
    assert client.get(REPO).json()["sha"] == commit_of(versions[0])
    assert client.get(f"{REPO}/revision/v2")["X-Error-Code"] == "RevisionNotFound"
    DatasetVersion.objects.update(state="failed")
    assert client.get(REPO)["X-Error-Code"] == "RepoNotFound"


@pytest.mark.parametrize("address", [*ADDRESSES, f"{FILE}/main/nothing", f"{REPO}/revision/v9"])
def test_what_it_costs(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    """The token, its last use once a minute, the version, the files."""
    with django_assert_max_num_queries(4):
        client.get(address)
    with django_assert_max_num_queries(3):
        client.get(address)
