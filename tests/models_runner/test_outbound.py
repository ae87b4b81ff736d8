"""Calls to other people's servers: what is allowed, decided again at every connection."""

import socket
from typing import Any

import pytest

from models_runner.outbound import AllowList, Forbidden, TooMuch, post
from tests.models_runner.hostile_server import Told, model_server

LISTED = AllowList.read(["https://models.example.org", "http://gpu.example.org:8000"])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://models.example.org/",
        "ftp://models.example.org/",
        "https://user:password@models.example.org/",
        "https://user@models.example.org/",
        "//models.example.org",
        "models.example.org",
        "http://[::1",
        "http://models.example.org:99999999",
        "",
    ],
)
def test_other_schemes_and_credentials_are_refused(url: str) -> None:
    with pytest.raises(Forbidden) as refused:
        LISTED.check_url(url)
    assert refused.value.code == "url_scheme"
    assert refused.value.detail == "Use an http or https address without credentials."


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8000/",
        "http://[::1]/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://localhost/",
        "http://localhost./",
        "http://models.example.org/",
        "https://models.example.org:8443/",
        "https://models.example.org.evil.example/",
        "https://evil.example/?https://models.example.org",
        "https://models.example.org./",
        "http://gpu.example.org/",
    ],
)
def test_what_the_operator_did_not_list_is_refused(url: str) -> None:
    with pytest.raises(Forbidden) as refused:
        LISTED.check_url(url)
    assert refused.value.code == "url_private"
    assert refused.value.detail == "This address is not on the operator's allow-list."


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.org/v1",
        "HTTPS://MODELS.example.org:443/",
        "http://gpu.example.org:8000",
    ],
)
def test_what_is_listed_is_let_through(url: str) -> None:
    assert LISTED.check_url(url).hostname in {"models.example.org", "gpu.example.org"}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "::ffff:10.0.0.1",
     "0.0.0.0", "fe80::1%eth0", "fd00::1", "224.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_a_name_may_not_turn_private(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", ("93.184.215.14", port)), (0, 0, 0, "", (address, port))]

    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError("no connection may be made")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Forbidden) as refused:
        call("http://gpu.example.org:8000/v1", LISTED)
    assert refused.value.code == "endpoint_blocked"


def test_a_listed_network_and_a_literal_origin_are_no_longer_private() -> None:
    listed = AllowList.read(["http://gpu.lan:8000", "10.1.0.0/16", "http://127.0.0.1:9"])
    assert listed.permits("10.1.2.3")
    assert listed.permits("127.0.0.1")
    assert not listed.permits("10.2.0.1")
    assert not listed.permits("127.0.0.2")


@pytest.mark.parametrize("entry", ["models.example.org", "https://a/path", "ftp://a", "10.0.0.1/8"])
def test_a_list_that_cannot_be_read_is_refused(entry: str) -> None:
    with pytest.raises(ValueError):
        AllowList.read([entry])


def trickle(told: Told) -> None:
    told.send_response(200)
    told.end_headers()
    while True:
        told.wfile.write(b" ")


def test_an_answer_without_end_is_cut_off_by_size_and_by_time() -> None:
    with model_server(trickle) as serving:
        listed = AllowList.read([serving.origin])
        with pytest.raises(TooMuch, match="more than 1000 bytes"):
            call(serving.url, listed, most_bytes=1000)

    def silent(told: Told) -> None:
        told.wfile.write(b"HTTP/1.1 200 OK\r\n")
        told.rfile.read(1)

    with model_server(silent) as serving:
        listed = AllowList.read([serving.origin])
        with pytest.raises(TooMuch, match=r"within 0\.3 s"):
            call(serving.url, listed, most_seconds=0.3)


def call(url: str, allowed: AllowList, **limits: Any) -> Any:
    limits = {"most_bytes": 10_000, "most_seconds": 5.0, **limits}
    return post(url, b"{}", headers={}, allowed=allowed, **limits)
