import hashlib
from types import SimpleNamespace

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from exports.models import DatasetFile, DatasetVersion
from tests.exports.conftest import Frozen
from tests.exports.test_datasets_api import client_of
from tests.factories import make_demonstration, make_prompt

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def version(cast: SimpleNamespace, frozen: Frozen) -> DatasetVersion:
    make_demonstration(make_prompt(cast.project), cast.larry)
    return frozen("sft")


@pytest.fixture
def file(version: DatasetVersion) -> DatasetFile:
    return version.files.get(format="parquet")


@pytest.fixture
def client(cast: SimpleNamespace) -> Client:
    return client_of(cast.erin)


def address(file: DatasetFile) -> str:
    return f"/api/datasets/{file.version_id}/files/{file.path}"


def content_of(response: HttpResponseBase) -> bytes:
    return b"".join(response)


def test_every_file_comes_whole(client: Client, version: DatasetVersion) -> None:
    for file in version.files.all():
        response = client.get(address(file))
        content = content_of(response)
        assert response.status_code == 200
        assert content == file.location.read_bytes()
        assert response["Content-Length"] == str(len(content))
        assert response["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
        assert response["Accept-Ranges"] == "bytes"


def test_a_browser_saves_it_under_a_name_that_tells(client: Client, file: DatasetFile) -> None:
    response = client.get(address(file), headers={"Accept": "text/html"})
    assert response["Content-Disposition"] == 'attachment; filename="poems-sft-1-sft-train.parquet"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_head_tells_the_size_and_sends_nothing(client: Client, file: DatasetFile) -> None:
    response = client.head(address(file), headers={"Range": "bytes=0-9"})
    assert (response.status_code, response["Content-Length"]) == (200, str(file.bytes))
    assert response["ETag"] == f'"{file.sha256}"'
    assert content_of(response) == b""


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-8", -8, None)],
)
def test_ranges(
    client: Client, file: DatasetFile, header: str, start: int, end: int | None
) -> None:
    whole = file.location.read_bytes()
    response = client.get(address(file), headers={"Range": header})
    first = start % len(whole)
    last = (end or len(whole)) - 1
    assert response.status_code == 206
    assert content_of(response) == whole[start:end]
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert response["Content-Length"] == str(last - first + 1)


def test_a_range_of_another_version_sends_all(client: Client, file: DatasetFile) -> None:
    for etag, status in [(f'"{file.sha256}"', 206), ('"other"', 200)]:
        headers = {"Range": "bytes=0-9", "If-Range": etag}
        assert client.get(address(file), headers=headers).status_code == status


def test_a_bad_range(client: Client, file: DatasetFile) -> None:
    response = client.get(address(file), headers={"Range": f"bytes={file.bytes}-"})
    assert (response.status_code, response.json()["code"]) == (416, "range_invalid")
    assert response["Content-Range"] == f"bytes */{file.bytes}"


def test_what_the_client_has_is_not_sent_again(client: Client, file: DatasetFile) -> None:
    response = client.get(address(file), headers={"If-None-Match": f'"x", W/"{file.sha256}"'})
    assert response.status_code == 304
    assert content_of(response) == b""


@pytest.mark.parametrize(
    "path",
    [
        *("../../../db.sqlite3", "%2e%2e/%2e%2e/db.sqlite3", "/etc/passwd", "sft", "sft/"),
        *("README.md/", "readme.md", "sft/train-00000-of-00001.parquet%00", "sft//train", "%ff"),
    ],
)
def test_paths_that_are_not_files(client: Client, version: DatasetVersion, path: str) -> None:
    response = client.get(f"/api/datasets/{version.pk}/files/{path}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_version_that_is_not_ready(client: Client, file: DatasetFile) -> None:
    DatasetVersion.objects.filter(pk=file.version_id).update(state="running")
    response = client.get(address(file))
    assert (response.status_code, response.json()["code"]) == (409, "dataset_not_ready")


def test_a_file_that_the_store_lacks(client: Client, file: DatasetFile) -> None:
    file.location.unlink()
    response = client.get(address(file))
    assert (response.status_code, response.json()["code"]) == (503, "file_missing")
