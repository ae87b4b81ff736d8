"""Dataset versions in an S3-compatible bucket: frozen into it, and pulled from it by signed
addresses. Moto's server speaks the protocol on this host."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.environment import EnvironmentProblem, storages
from exports.models import DatasetVersion
from labeling.kinds import JobState
from labeling.models import ApiToken
from tests.clients.conftest import ENOUGH, Script, output_of
from tests.clients.environments import environment
from tests.clients.pulls import hashes as hashes_of
from tests.exports.conftest import Frozen, work
from tests.factories import make_demonstration, make_prompt
from tests.late import Late
from touchstone.cli import main
from touchstone.server import Server

pytestmark = [pytest.mark.django_db]
boto3, moto_server = Late("boto3"), Late("moto.server")
HUB = "/hub/datasets/poems/sft/resolve/main"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", "key")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        address = {"endpoint_url": f"http://{host}:{port}", "region_name": "us-east-1"}
        made = boto3.resource("s3", **address).Bucket("datasets")
        made.create()
        yield made
    server.stop()


@pytest.fixture
def objects(bucket: Any, settings: Settings) -> Any:
    """An installation whose operator named a bucket; the bucket's objects."""
    bucket.objects.all().delete()
    endpoint = bucket.meta.client.meta.endpoint_url
    settings.STORAGES = storages("s3://datasets/team", endpoint, "us-east-1")
    return bucket.objects


def read(address: str, **headers: str) -> bytes:
    with urlopen(Request(address, headers=headers), timeout=10) as answer:
        content: bytes = answer.read()
    return content


def test_frozen_into_and_pulled_from(objects: Any, cast: SimpleNamespace, frozen: Frozen) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    version = frozen("sft")
    client = Client(headers={"Authorization": f"Bearer {ApiToken.issue(cast.erin, 'test')}"})
    assert (version.state, version.error) == (JobState.DONE, "")
    every_file_is_there(version, objects)
    the_hub_sends_to_a_signed_address(version, client)
    refusals_come_before_the_address(version, client)
    a_browser_gets_a_name_that_tells(version, client)
    another_host_brings_what_it_lacks(version, client)


def every_file_is_there(version: DatasetVersion, objects: Any) -> None:
    found = {
        each.key: hashlib.sha256(each.get()["Body"].read()).hexdigest() for each in objects.all()
    }
    assert found == {f"team/{file.key}": file.sha256 for file in version.files.all()}


def the_hub_sends_to_a_signed_address(version: DatasetVersion, client: Client) -> None:
    file = version.files.get(format="parquet")
    for call in (client.head, client.get):
        answer = call(f"{HUB}/{file.path}")
        assert answer.status_code == 302
        assert answer["X-Repo-Commit"] == version.hash[:40]
        assert answer["X-Linked-ETag"] == answer["ETag"] == f'"{file.sha256}"'
        assert answer["X-Linked-Size"] == str(file.bytes)
        assert "no-store" in answer["Cache-Control"]
        query = parse_qs(urlsplit(answer["Location"]).query)
        assert query["X-Amz-Expires"] == ["3600"]
        assert query["X-Amz-Signature"]
    whole = file.location.read_bytes()
    assert read(answer["Location"]) == whole
    assert read(answer["Location"], Range="bytes=4-9") == whole[4:10]


def refusals_come_before_the_address(version: DatasetVersion, client: Client) -> None:
    path = version.files.get(format="parquet").path
    assert Client().get(f"{HUB}/{path}").status_code == 401
    assert client.get(f"{HUB}/../{path}").status_code == 404
    answer = client.get(f"{HUB}/{path}", headers={"Range": "bytes=99999999-"})
    assert (answer.status_code, answer.json()["code"]) == (416, "range_invalid")


def a_browser_gets_a_name_that_tells(version: DatasetVersion, client: Client) -> None:
    answer = client.get(f"/api/datasets/{version.pk}/files/manifest.json")
    assert answer.status_code == 302
    with urlopen(answer["Location"], timeout=10) as sent:
        assert sent.headers["Content-Disposition"] == (
            'attachment; filename="poems-sft-1-manifest.json"'
        )
        assert json.load(sent) == version.manifest


def another_host_brings_what_it_lacks(version: DatasetVersion, client: Client) -> None:
    """One that froze nothing shows rows and trains all the same."""
    file = version.files.get(format="parquet")
    whole = file.location.read_bytes()
    file.location.unlink()
    assert client.get(f"/api/datasets/{version.pk}/rows").json()["total"] == 1
    assert file.location.read_bytes() == whole
    assert not list(file.location.parent.glob(".*"))


def test_a_store_that_is_away_publishes_nothing(
    objects: Any, cast: SimpleNamespace, frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    with monkeypatch.context() as patched:
        patched.setattr("exports.bucket.put", away)
        version = frozen("sft")
    assert (version.state, version.hash, version.files.count()) == (JobState.QUEUED, "", 0)
    assert work(version).state == JobState.DONE
    assert len(list(objects.all())) == version.files.count()


@pytest.mark.django_db(transaction=True)
def test_the_command_line_pulls_from_the_store(
    objects: Any,
    cast: SimpleNamespace,
    frozen: Frozen,
    live_server: LiveServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half a file that is there already goes on where it broke off; the store sees no token."""
    make_demonstration(make_prompt(cast.project), cast.larry)
    version = frozen("sft")
    card = version.files.get(path="README.md")
    half = tmp_path / f".README.md.{card.sha256[:12]}.part"
    half.write_bytes(card.location.read_bytes()[:50])
    asked: list[dict[str, str]] = []
    elsewhere = Server._elsewhere

    def noting(server: Server, location: str, headers: dict[str, str]) -> Any:
        asked.append(dict(headers))
        return elsewhere(server, location, headers)

    monkeypatch.setattr(Server, "_elsewhere", noting)
    monkeypatch.setenv("TOUCHSTONE_URL", live_server.url)
    monkeypatch.setenv("TOUCHSTONE_TOKEN", ApiToken.issue(cast.erin, "test"))
    assert main(["pull", "poems/sft", str(tmp_path), "--quiet"]) == 0
    assert {
        file.path: hashlib.sha256((tmp_path / file.path).read_bytes()).hexdigest()
        for file in version.files.all()
    } == {file.path: file.sha256 for file in version.files.all()}
    assert len(asked) == version.files.count()
    assert "bytes=50-" in {each.get("Range") for each in asked}
    assert not any("Authorization" in each for each in asked)


@pytest.mark.clients
@pytest.mark.timeout(ENOUGH)
@pytest.mark.parametrize("pair", ["newest", "old"])
@pytest.mark.django_db(transaction=True)
def test_hub_clients_follow_to_the_store(
    objects: Any,
    cast: SimpleNamespace,
    frozen: Frozen,
    live_server: LiveServer,
    tmp_path: Path,
    pair: str,
) -> None:
    """`load_dataset`, whole and streamed, and `hf download`, unmodified, by signed addresses."""
    make_demonstration(make_prompt(cast.project), cast.larry, "A signed answer.")
    version = frozen("sft")
    hashes = {file.path: file.sha256 for file in version.files.all()}
    here = [file.location for file in version.files.all()]
    for path in here:
        path.unlink()
    programs = environment(pair) / "bin"
    token = ApiToken.issue(cast.erin, "test")
    endpoint = {"HF_ENDPOINT": f"{live_server.url}/hub", "HF_TOKEN": token}
    variables = {**os.environ, **endpoint, "HF_HOME": str(tmp_path / "home")}
    with closing(Script(programs / "python", variables, tmp_path / "log")) as pull:
        rows, first = pull("load", "poems/sft", "", "")["train"]
        assert (rows, first["messages"][-1]["content"]) == (1, "A signed answer.")
        assert pull("stream", "poems/sft", "1") == [first]
    hf = next(each for name in ("hf", "huggingface-cli") if (each := programs / name).exists())
    into = str(tmp_path / "files")
    words = ["download", "poems/sft", "--repo-type", "dataset", "--local-dir", into]
    output_of([str(hf), *words], variables)
    assert hashes_of(into) == hashes
    assert not any(path.exists() for path in here), "the server sent them itself"


def away(*_: object) -> None:
    raise ConnectionError("the store is away")


@pytest.mark.parametrize("given", ["bucket", "https://bucket", "s3://"])
def test_a_bucket_must_be_named_as_one(given: str) -> None:
    with pytest.raises(EnvironmentProblem, match="TOUCHSTONE_BUCKET must be s3://NAME/FOLDER"):
        storages(given, "", "")
