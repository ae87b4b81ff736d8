"""Checkpoints that a server runs: sampled through HTTP, and hostile answers end in exact errors."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from labeling.actions.jobs import run_job
from labeling.errors import Invalid
from labeling.kinds import JobState
from labeling.models import Response
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.endpoints import access_of, register_endpoint
from models_runner.actions.generation import generate, start_generation
from models_runner.backends import openai_backend
from models_runner.backends.registry import open_backend
from models_runner.models import Checkpoint, EndpointKey, GenerationJob
from models_runner.outbound import AllowList
from tests.models_runner.hostile_server import (
    Handler,
    Serving,
    Told,
    answer,
    choice,
    model_server,
    well,
)
from tests.models_runner.scene import Scene, build_scene
from tests.models_runner.test_backends_openai import aloud
from tests.models_runner.test_models_api import client, get, post, refusal

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("data")]
KEY = "sk-very-secret-indeed"


@pytest.fixture
def scene() -> Scene:
    return build_scene(prompts=5)


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setattr(openai_backend, "FIRST_PAUSE", 0.001)
    # Even where other work keeps it from answering.
    monkeypatch.setattr(settings, "ENDPOINT_SECONDS", 30)
    with model_server() as serving:
        monkeypatch.setattr(settings, "ENDPOINTS", AllowList.read([serving.origin]))
        yield serving


@pytest.fixture
def endpoint(scene: Scene, serving: Serving) -> Checkpoint:
    given = {"name": "served", "url": serving.url, "model": "big", "key": KEY}
    return register_endpoint(project=scene.project, **given)


def start(scene: Scene, checkpoint: Checkpoint) -> GenerationJob:
    return start_generation(
        project=scene.project, checkpoint=checkpoint, samples_per_prompt=4, by=scene.erik
    )


def work(job: GenerationJob) -> GenerationJob:
    run_job(GenerationJob, job.pk, generate)
    return GenerationJob.objects.get(pk=job.pk)


def test_each_response_has_its_own_seed_whatever_the_server_makes_of_n(
    scene: Scene, endpoint: Checkpoint, serving: Serving
) -> None:
    job = work(start(scene, endpoint))
    assert job.state == JobState.DONE, job.error
    rows = Response.objects.filter(origin=job.origin)
    assert sorted(rows.values_list("prompt", "index")) == [
        (prompt.pk, index) for prompt in scene.prompts for index in range(4)
    ]
    for row in rows:
        assert row.content == f"seed {(row.seed or 0) % 2**31}"
        assert (row.author, row.tokens, row.logprob) == ("served@1", 3, None)
    asked = serving.calls[0]
    assert (asked["path"], asked["model"]) == ("/v1/chat/completions", "big")
    assert asked["headers"]["Authorization"] == f"Bearer {KEY}"


def test_logprobs_are_taken_where_there_are_any(
    scene: Scene, endpoint: Checkpoint, serving: Serving
) -> None:
    told = {"logprobs": {"content": [{"logprob": -0.5}, {"logprob": -0.25}]}}
    serving.behave(lambda request: request.give(200, answer(choice("yes", **told), tokens=2)))
    work(start(scene, endpoint))
    assert set(Response.objects.values_list("logprob", flat=True)) == {-0.75}


def test_a_busy_server_is_asked_again(scene: Scene, endpoint: Checkpoint, serving: Serving) -> None:
    moods = iter([503, 429, 500])

    def busy(request: Told) -> None:
        status = next(moods, None)
        well(request) if status is None else request.give(status, b"busy")

    serving.behave(busy)
    assert work(start(scene, endpoint)).state == JobState.DONE
    assert len(serving.calls) == 20 + 3


def endless(request: Told) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"[" * 1024)


def huge(request: Told) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(2**30))
    request.end_headers()
    request.wfile.write(b" " * 2**22)


def silent(request: Told) -> None:
    time.sleep(1.5)


def bytes_of(body: bytes, kind: str = "application/json") -> Handler:
    return lambda request: request.give(200, body, kind)


HOSTILE = {
    "endless": endless,
    "huge": huge,
    "silent": silent,
    "html": bytes_of(b"<html><script>alert(1)</script></html>", "text/html"),
    "broken": bytes_of(b'{"choices": ['),
    "deep": bytes_of(b"[" * 50_000),
    "none": bytes_of(answer()),
    "two": bytes_of(answer(choice("a"), choice("b"))),
    "no text": bytes_of(answer(choice("a") | {"message": {"content": None}})),
    "no object": bytes_of(b"[1]"),
    "surrogate": bytes_of(answer(choice("\\ud800")).replace(b"\\\\", b"\\")),
    "tokens": bytes_of(answer(choice("a"), tokens=10**9)),
    "logprob": bytes_of(answer(choice("a", logprobs={"content": [{"logprob": 5}]}))),
}


@pytest.mark.parametrize("mood", HOSTILE)
def test_a_hostile_answer_fails_the_job_after_three_attempts(
    monkeypatch: pytest.MonkeyPatch,
    scene: Scene,
    endpoint: Checkpoint,
    serving: Serving,
    mood: str,
) -> None:
    if mood == "silent":
        monkeypatch.setattr(settings, "ENDPOINT_SECONDS", 0.5)
    serving.behave(HOSTILE[mood])
    job = start(scene, endpoint)
    assert [work(job).state for _ in range(3)] == ["queued", "queued", "failed"]
    job.refresh_from_db()
    assert job.error_code == "endpoint_answer"
    assert job.error == (
        "The endpoint's answer was too large, too slow or not in the expected form."
    )
    assert not Response.objects.exists()


def test_a_redirect_is_not_followed(scene: Scene, endpoint: Checkpoint, serving: Serving) -> None:
    with model_server() as other:
        serving.behave(lambda request: request.give(307, b"", Location=other.url))
        job = work(start(scene, endpoint))
        assert (job.state, job.attempt, job.error_code) == ("failed", 1, "endpoint_redirect")
        assert job.error == "The endpoint redirected; redirects are not followed."
        assert other.calls == []
    assert not Response.objects.exists()


def test_a_host_that_turns_private_at_call_time_is_never_called(
    scene: Scene, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = serving.origin.rsplit(":", 1)[1]
    monkeypatch.setattr(
        settings, "ENDPOINTS", AllowList.read([f"http://models.example.org:{port}"])
    )
    checkpoint = register_endpoint(
        project=scene.project, name="turned", url=f"http://models.example.org:{port}", model="m"
    )
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("127.0.0.1", int(port)))]
    )
    job = work(start(scene, checkpoint))
    assert (job.state, job.error_code) == ("failed", "endpoint_blocked")
    assert job.error == "The endpoint resolved to a blocked address."
    assert serving.calls == []


def test_what_the_operator_takes_off_the_list_is_not_called_any_more(
    scene: Scene, endpoint: Checkpoint, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ENDPOINTS", AllowList.read([]))
    job = work(start(scene, endpoint))
    assert (job.state, job.error_code) == ("failed", "url_private")
    assert serving.calls == []


def test_a_refusal_tells_the_status_and_nothing_of_the_body(
    scene: Scene, endpoint: Checkpoint, serving: Serving
) -> None:
    serving.behave(lambda request: request.give(401, b"internal: secret"))
    job = work(start(scene, endpoint))
    assert (job.state, job.error_code) == ("failed", "endpoint_refused")
    assert job.error == "The endpoint refused the request with status 401."


def test_a_key_is_stored_sealed_and_never_told(endpoint: Checkpoint) -> None:
    assert KEY not in EndpointKey.objects.get().sealed
    folder = Path(settings.STORE) / endpoint.folder
    assert all(KEY not in path.read_text() for path in folder.iterdir())


def test_the_same_address_again_keeps_its_version_and_takes_the_new_key(
    scene: Scene, serving: Serving, endpoint: Checkpoint
) -> None:
    given = {"name": "served", "url": serving.url, "model": "big", "key": "another"}
    assert register_endpoint(project=scene.project, **given) == endpoint
    work(start(scene, endpoint))
    assert serving.calls[0]["headers"]["Authorization"] == "Bearer another"


def test_engineers_register_servers_and_never_read_a_key_back(
    scene: Scene, serving: Serving
) -> None:
    path = f"/api/projects/{scene.project.slug}/endpoints"
    body = {"name": "served", "url": serving.url, "model": "big", "key": KEY}
    assert refusal(post(scene.mary, path, body)) == (403, "role_missing")
    assert refusal(post(scene.erik, path, {**body, "url": "file:///x"})) == (400, "url_scheme")
    assert refusal(post(scene.erik, path, {**body, "url": "http://10.0.0.1"})) == (
        400,
        "url_private",
    )
    made = post(scene.erik, path, body)
    assert made.status_code == 201
    assert made.json()["endpoint"] == {"url": serving.url, "model": "big", "key": {"set": True}}
    key = f"/api/checkpoints/{made.json()['id']}/key"
    assert get(scene.erik, key).json() == {"set": True}
    assert refusal(get(scene.sven, key)) == (404, "not_found")
    assert client(scene.erik).put(key, {"key": ""}, format="json").json() == {"set": False}
    shown = get(scene.erik, "/api/checkpoints?project=sums").content.decode()
    assert KEY not in made.content.decode() + shown


def test_an_address_off_the_list_registers_nothing(scene: Scene, serving: Serving) -> None:
    with pytest.raises(Invalid) as refused:
        register_endpoint(project=scene.project, name="x", url="http://10.0.0.1", model="m")
    assert refused.value.code == "url_private"
    assert not Checkpoint.objects.exists()


@contextmanager
def transformers_serve(model: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The real thing: `transformers serve` on loopback."""
    program = Path(sys.executable).with_name("transformers")
    process = subprocess.Popen(
        [str(program), "serve", f"./{model.name}", "--device", "cpu", "--port", str(port)],
        cwd=model.parent,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "GOMP_SPINCOUNT": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_real_server_that_is_killed_and_comes_back_draws_the_whole_plan(
    scene: Scene, tiny_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(settings, "ENDPOINTS", AllowList.read([origin]))
    served = tmp_path / "served"
    shutil.copytree(tiny_dir, served)
    # This server draws by chance only if the checkpoint says so.
    told = json.loads((served / "generation_config.json").read_text())
    (served / "generation_config.json").write_text(json.dumps({**told, "do_sample": True}))
    checkpoint = register_endpoint(
        project=scene.project, name="peer", url=f"{origin}/v1", model="./served"
    )
    job = start(scene, checkpoint)
    with transformers_serve(served, port) as process:
        wait_until(lambda: answers(port))
        monkeypatch.setattr(openai_backend, "TRIES", 2)
        kill_once = iter([process.kill])
        real = openai_backend.post  # type: ignore[attr-defined]

        def post(*given: Any, **more: Any) -> Any:
            done = real(*given, **more)
            next(kill_once, lambda: None)()
            return done

        monkeypatch.setattr(openai_backend, "post", post)
        job = work(job)
    assert (job.state, job.error_code) == ("queued", "endpoint_away")
    with transformers_serve(served, port):
        wait_until(lambda: answers(port))
        job = work(job)
        backend = open_backend("openai", checkpoint_dir(checkpoint), **access_of(checkpoint))
        sample, told = aloud(backend, "Tell me a short story about a cat and a boat.")
    assert len(set(told)) > 2, told
    assert told[-1] == sample.text
    assert job.state == JobState.DONE, job.error
    assert Response.objects.filter(origin=job.origin).count() == 20
    assert len(set(Response.objects.values_list("content", flat=True))) > 10


def wait_until(holds: Any, seconds: float = 150) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_file_holds_the_address_and_nothing_else(endpoint: Checkpoint) -> None:
    path = Path(settings.STORE) / endpoint.folder / "endpoint.json"
    assert set(json.loads(path.read_text())) == {"url", "model"}
