"""A server's response heard while it grows, and streams that are not what they should be."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models_runner.backends.openai_backend import FILE, Access, OpenAIBackend
from models_runner.backends.protocol import (
    Backend,
    Message,
    Sample,
    SampleRequest,
    SamplingFailed,
    SamplingParameters,
)
from models_runner.outbound import AllowList
from tests.models_runner.hostile_server import Serving, Told, model_server


def event(text: str | None, ends: str | None = None, **more: Any) -> bytes:
    piece = {"index": 0, "delta": {"content": text}, "finish_reason": ends, **more}
    return b"data: " + json.dumps({"choices": [piece]}).encode() + b"\n\n"


USED = b'data: {"choices": [], "usage": {"completion_tokens": 2}}\n\ndata: [DONE]\n\n'
STREAMED = event("Ye", logprobs={"content": [{"logprob": -0.5}]}) + event("s", "stop") + USED


@pytest.fixture
def serving() -> Iterator[Serving]:
    with model_server() as serving:
        yield serving


@pytest.fixture
def backend(serving: Serving, tmp_path: Path) -> Backend:
    (tmp_path / FILE).write_text(json.dumps({"url": serving.url, "model": "big"}))
    return OpenAIBackend(tmp_path, Access(AllowList.read([serving.origin])))


def aloud(backend: Any, asked: str = "Yes?") -> tuple[Sample, list[str]]:
    told: list[str] = []
    request = SampleRequest((Message("user", asked),), 3)
    return backend.sample_aloud(request, SamplingParameters(), told.append), told


def test_a_streamed_response_is_told_as_it_grows(backend: Backend, serving: Serving) -> None:
    def stream(request: Told) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        for at in range(0, len(STREAMED), 30):
            request.wfile.write(STREAMED[at : at + 30])
            request.wfile.flush()
            time.sleep(0.005)
        request.close_connection = True

    serving.behave(stream)
    sample, told = aloud(backend)
    assert sample == Sample("Yes", "stop", 2, -0.5)
    assert {"", "Ye", "Yes"} == set(told)
    assert serving.calls[0]["stream"]


def test_a_server_that_does_not_stream_is_heard_at_the_end(backend: Backend) -> None:
    assert aloud(backend)[0] == Sample("seed 3", "stop", 3, None)


@pytest.mark.parametrize(
    "said",
    {
        "cut off": event("Ye"),
        "broken": b"data: {\n\n",
        "another choice": event("a", "stop", index=1),
        "no text": b'data: {"choices": [{"delta": {"content": 3}}]}\n\n',
        "surrogate": event("\ud800", "stop"),
        "too much": event("a" * 400_000, "stop"),
    }.values(),
)
def test_a_hostile_stream_is_refused(backend: Backend, serving: Serving, said: bytes) -> None:
    serving.behave(lambda request: request.give(200, said, "text/event-stream"))
    with pytest.raises(SamplingFailed, match="not in the expected form"):
        aloud(backend)


def test_who_waits_is_told_at_once_that_a_server_is_busy(
    backend: Backend, serving: Serving
) -> None:
    serving.behave(lambda request: request.give(503, b"busy"))
    with pytest.raises(SamplingFailed, match="it answered 503"):
        aloud(backend)
    assert len(serving.calls) == 1
