"""The HTTP API of this app: who may do what, and what each address answers."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from exports.models import DatasetVersion
from labeling.actions.jobs import run_job, say_alive
from labeling.kinds import JobState, Split
from labeling.models import Person, Prompt
from models_runner import jobs
from models_runner.actions.checkpoints import register_checkpoint
from models_runner.actions.generation import generate
from models_runner.actions.training import run_dir
from models_runner.models import Checkpoint, GenerationJob, TrainingMetric, TrainingRun
from models_runner.trainers.arguments import validate
from models_runner.trainers.events import EventLog
from tests.models_runner.pretend_trainer import write_checkpoint
from tests.models_runner.scene import Scene, build_scene, no_broker, scripted

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_broker(monkeypatch)
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")


@pytest.fixture
def scene() -> Scene:
    scene = build_scene(prompts=4)
    Prompt.objects.filter(pk__in=[prompt.pk for prompt in scene.prompts[:2]]).update(
        split=Split.TEST
    )
    return scene


@pytest.fixture
def parrot(scene: Scene) -> Checkpoint:
    return scripted()


@pytest.fixture
def foreign(scene: Scene) -> Checkpoint:
    return scripted("foreign", project=scene.sven.memberships.all()[0].project)


@pytest.fixture
def run(scene: Scene, tmp_path: Path) -> TrainingRun:
    body = {"method": "sft", "dataset": dataset(scene).pk, "base": base(tmp_path).pk, "name": "b"}
    answer = post(scene.erik, "/api/projects/sums/training-runs", body)
    assert answer.status_code == 201, answer.json()
    return TrainingRun.objects.get(pk=answer.json()["id"])


def base(tmp_path: Path) -> Checkpoint:
    write_checkpoint(tmp_path / "base", "base")
    return register_checkpoint(folder=tmp_path / "base", name="tiny", is_toy=True)


def dataset(scene: Scene, kind: str = "sft", rows: int = 3) -> DatasetVersion:
    return DatasetVersion.objects.create(
        project=scene.project,
        name=kind,
        number=1,
        kind=kind,
        as_of=timezone.now(),
        state=JobState.DONE,
        hash="ab" * 32,
        rows={"train": rows, "test": 0},
    )


def client(who: Person) -> APIClient:
    caller = APIClient()
    caller.force_login(who)
    return caller


def get(who: Person, path: str) -> Any:
    return client(who).get(path)


def post(who: Person, path: str, body: dict[str, Any] | None = None) -> Any:
    return client(who).post(path, body or {}, format="json")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


JOBS = "/api/projects/sums/generation-jobs"
RUNS = "/api/projects/sums/training-runs"
EVALUATIONS = "/api/projects/sums/evaluations"


class TestCheckpoints:
    def test_says_what_a_checkpoint_is(self, scene: Scene, tmp_path: Path) -> None:
        tiny = base(tmp_path)
        (shown,) = get(scene.mary, "/api/checkpoints?project=sums").json()["results"]
        assert shown["label"] == "tiny@1"
        assert shown["repository"] == "touchstone/tiny"
        assert (shown["is_toy"], shown["parameters"], shown["bytes"]) == (True, 8, 32)
        assert shown["project"] is None
        assert shown["lineage"]["base"] is None
        assert [file["path"] for file in shown["files"]] == [file.path for file in tiny.files.all()]

    def test_other_projects_checkpoints_stay_unseen(
        self, scene: Scene, parrot: Checkpoint, foreign: Checkpoint
    ) -> None:
        def labels(who: Person, path: str) -> list[str]:
            return [each["label"] for each in get(who, path).json()["results"]]

        assert labels(scene.erik, "/api/checkpoints") == ["parrot@1"]
        assert labels(scene.erik, "/api/checkpoints?project=sums") == ["parrot@1"]
        assert labels(scene.sven, "/api/checkpoints") == ["foreign@1", "parrot@1"]

    def test_one_with_what_its_files_say(self, scene: Scene, tmp_path: Path) -> None:
        write_checkpoint(tmp_path / "first", "first")
        told = {"max_position_embeddings": 512}
        config = tmp_path / "first" / "config.json"
        config.write_text(json.dumps({**json.loads(config.read_text()), **told}))
        (tmp_path / "first" / "tokenizer_config.json").write_text('{"chat_template": "{{ x }}"}')
        first = register_checkpoint(folder=tmp_path / "first", name="first")
        write_checkpoint(tmp_path / "second", "second")
        second = register_checkpoint(
            folder=tmp_path / "second", name="second", project=scene.project, base=first
        )
        above = get(scene.erik, f"/api/checkpoints/{first.pk}").json()
        assert (above["label"], above["context"], above["base"]) == ("first@1", 512, None)
        assert above["chat_template"] == "{{ x }}"
        assert above["descendants"] == [{"id": second.pk, "label": "second@1"}]
        below = get(scene.erik, f"/api/checkpoints/{second.pk}").json()
        assert (below["base"], below["context"]) == ({"id": first.pk, "label": "first@1"}, None)
        assert (below["chat_template"], below["descendants"]) == ("", [])
        assert get(scene.sven, f"/api/checkpoints/{first.pk}").json()["descendants"] == []
        assert refusal(get(scene.sven, f"/api/checkpoints/{second.pk}")) == (404, "not_found")

    def test_not_for_labelers_and_strangers(self, scene: Scene) -> None:
        assert refusal(get(scene.lena, "/api/checkpoints")) == (403, "role_missing")
        assert refusal(get(scene.lena, "/api/checkpoints?project=sums")) == (403, "role_missing")
        assert refusal(get(scene.sven, "/api/checkpoints?project=sums")) == (404, "not_found")
        assert APIClient().get("/api/checkpoints").status_code == 401


class TestGeneration:
    def start(self, scene: Scene, checkpoint: Checkpoint, **more: Any) -> Any:
        return post(scene.mary, JOBS, {"checkpoint": checkpoint.pk, **more})

    def test_start_watch_and_read(self, scene: Scene, parrot: Checkpoint) -> None:
        answer = self.start(scene, parrot, samples_per_prompt=2, parameters={"temperature": 0.7})
        assert answer.status_code == 201
        body = answer.json()
        assert body["state"] == "queued"
        assert body["progress"] == {"done": 0, "total": 8, "unit": "responses"}
        assert body["checkpoint"] == {"id": parrot.pk, "label": "parrot@1"}
        assert body["parameters"] == {
            "temperature": 0.7,
            "top_p": 1.0,
            "top_k": 0,
            "max_new_tokens": 64,
        }
        assert body["waiting"].startswith("queued: no GPU worker is running; start one with")
        jobs.run_generation_job(body["id"])
        done = get(scene.erik, f"/api/generation-jobs/{body['id']}").json()
        assert (done["state"], done["responses"], done["skipped"]) == ("done", 8, 0)
        assert done["tokens_per_second"] > 0
        assert get(scene.erik, JOBS).json()["results"] == [done]

    def test_a_living_worker_leaves_nothing_to_wait_for(
        self, scene: Scene, parrot: Checkpoint
    ) -> None:
        say_alive(name="gpu-1", queues=["generate"], device="cpu")
        assert self.start(scene, parrot).json()["waiting"] is None

    def test_cancel(self, scene: Scene, parrot: Checkpoint) -> None:
        path = f"/api/generation-jobs/{self.start(scene, parrot).json()['id']}/cancel"
        assert post(scene.erik, path).json()["state"] == "cancelled"
        assert refusal(post(scene.erik, path)) == (409, "job_finished")

    def test_who_may(self, scene: Scene, parrot: Checkpoint) -> None:
        pk = self.start(scene, parrot).json()["id"]
        for path in (JOBS, f"/api/generation-jobs/{pk}"):
            assert refusal(get(scene.lena, path)) == (403, "role_missing")
            assert refusal(get(scene.sven, path)) == (404, "not_found")
        for path in (JOBS, f"/api/generation-jobs/{pk}/cancel"):
            body = {"checkpoint": parrot.pk} if path == JOBS else {}
            assert refusal(post(scene.lena, path, body)) == (403, "role_missing")
            assert refusal(post(scene.sven, path, body)) == (404, "not_found")
        assert GenerationJob.objects.get().state == JobState.QUEUED

    @pytest.mark.parametrize("pk", ["999", str(2**200), "abc"])
    def test_a_missing_job(self, scene: Scene, pk: str) -> None:
        assert refusal(get(scene.erik, f"/api/generation-jobs/{pk}")) == (404, "not_found")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"checkpoint": "1"}, "type_error"),
            ({"checkpoint": 2**70}, "type_error"),
            ({"samples_per_prompt": 0}, "invalid"),
            ({"samples_per_prompt": 1.0}, "type_error"),
            ({"parameters": {"temperature": "1"}}, "type_error"),
            ({"parameters": {"temperature": -1}}, "out_of_range"),
            ({"parameters": {"beams": 2}}, "unknown_field"),
            ({"split": "all"}, "invalid"),
            ({"seed": -1}, "invalid"),
            ({"project": "other"}, "unknown_field"),
        ],
    )
    def test_bad_bodies(
        self, scene: Scene, parrot: Checkpoint, body: dict[str, Any], code: str
    ) -> None:
        answer = post(scene.mary, JOBS, {"checkpoint": parrot.pk, **body})
        assert refusal(answer) == (400, code)
        assert not GenerationJob.objects.exists()

    def test_another_projects_checkpoint(self, scene: Scene, foreign: Checkpoint) -> None:
        assert refusal(self.start(scene, foreign)) == (404, "not_found")

    def test_no_prompts(self, scene: Scene, parrot: Checkpoint) -> None:
        Prompt.objects.all().delete()
        assert refusal(self.start(scene, parrot)) == (409, "no_prompts")


class TestTraining:
    def test_start_and_read(self, scene: Scene, run: TrainingRun) -> None:
        body = get(scene.mary, f"/api/training-runs/{run.pk}").json()
        assert (body["state"], body["phase"], body["name"]) == ("queued", "", "b")
        assert body["dataset"]["label"] == "sums/sft@1"
        assert body["base"]["label"] == "tiny@1"
        assert body["arguments"] == validate("sft", {})
        assert (body["checkpoint"], body["last_metrics"]) == (None, {})
        assert body["progress"]["unit"] == "steps"
        assert "no training worker is running" in body["waiting"]
        assert get(scene.mary, RUNS).json()["results"] == [body]
        version = run.dataset_version_id
        assert get(scene.mary, f"{RUNS}?dataset={version}").json()["results"] == [body]
        assert get(scene.mary, f"{RUNS}?dataset={version + 1}").json()["results"] == []
        assert refusal(get(scene.mary, f"{RUNS}?dataset=a")) == (400, "page_invalid")

    def test_metrics_and_log(
        self, scene: Scene, run: TrainingRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for step in (1, 2, 3):
            TrainingMetric.objects.create(run=run, step=step, seconds=step, values={"loss": step})
        path = f"/api/training-runs/{run.pk}"
        assert get(scene.mary, path).json()["last_metrics"] == {"loss": 3}
        metrics = get(scene.mary, f"{path}/metrics").json()["results"]
        assert metrics[0] == {"step": 1, "seconds": 1.0, "values": {"loss": 1}}
        assert [each["step"] for each in metrics] == [1, 2, 3]
        monkeypatch.setattr("models_runner.api.training.MOST_METRICS", 2)
        first = get(scene.mary, f"{path}/metrics").json()
        later = get(scene.mary, f"{path}/metrics?after={first['next']}").json()
        assert [each["step"] for each in first["results"]] == [1, 2]
        assert ([each["step"] for each in later["results"]], later["next"]) == ([3], None)
        assert get(scene.mary, f"{path}/log").json() == {"text": ""}
        run_dir(run).mkdir(parents=True)
        (run_dir(run) / "process.log").write_bytes(b"x" * 20_000 + b"\n 10%\r 90%\r100%\r\nthe end")
        text = get(scene.mary, f"{path}/log").json()["text"]
        assert text.endswith("x\n100%\r\nthe end")
        assert len(text) == 16 * 1024 - len(" 10%\r 90%\r")

    def test_for_how_long_no_step_was_made(self, scene: Scene, run: TrainingRun) -> None:
        path = f"/api/training-runs/{run.pk}"
        assert get(scene.mary, path).json()["still_seconds"] is None
        began = timezone.now() - timedelta(minutes=9)
        TrainingRun.objects.update(state=JobState.RUNNING, started_at=began)
        assert 540 <= get(scene.mary, path).json()["still_seconds"] < 570
        run_dir(run).mkdir(parents=True)
        diary = EventLog(run_dir(run))
        diary.write("train")
        os.utime(diary.path, times=(began.timestamp() + 240,) * 2)
        assert 300 <= get(scene.mary, path).json()["still_seconds"] < 330
        diary.step_made(1)
        assert get(scene.mary, path).json()["still_seconds"] < 30

    def test_cancel_and_resume(self, scene: Scene, run: TrainingRun) -> None:
        path = f"/api/training-runs/{run.pk}"
        assert refusal(post(scene.erik, f"{path}/resume")) == (409, "job_not_stopped")
        assert post(scene.erik, f"{path}/cancel").json()["state"] == "cancelled"
        assert refusal(post(scene.erik, f"{path}/cancel")) == (409, "job_finished")
        assert post(scene.erik, f"{path}/resume").json()["state"] == "queued"

    def test_who_may(self, scene: Scene, run: TrainingRun) -> None:
        path = f"/api/training-runs/{run.pk}"
        reads = [RUNS, path, f"{path}/metrics", f"{path}/log"]
        for read in reads:
            assert get(scene.mary, read).status_code == 200
            assert refusal(get(scene.lena, read)) == (403, "role_missing")
            assert refusal(get(scene.sven, read)) == (404, "not_found")
        for write in (RUNS, f"{path}/cancel", f"{path}/resume"):
            assert refusal(post(scene.mary, write)) == (403, "role_missing")
            assert refusal(post(scene.lena, write)) == (403, "role_missing")
            assert refusal(post(scene.sven, write)) == (404, "not_found")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"arguments": {"learning_rate": -1}}, "out_of_range"),
            ({"arguments": {"output_dir": "/"}}, "unknown_field"),
            ({"method": "ppo"}, "invalid"),
            ({"method": "dpo"}, "dataset_kind"),
            ({"name": "../x"}, "name_invalid"),
            ({"base": "tiny@1"}, "type_error"),
            ({"output_dir": "/"}, "unknown_field"),
        ],
    )
    def test_bad_bodies(
        self, scene: Scene, tmp_path: Path, body: dict[str, Any], code: str
    ) -> None:
        good = {"method": "sft", "dataset": dataset(scene).pk, "base": base(tmp_path).pk}
        answer = post(scene.erik, RUNS, {**good, "name": "b", **body})
        assert refusal(answer) == (400, code)
        assert not TrainingRun.objects.exists()

    def test_an_empty_dataset(self, scene: Scene, tmp_path: Path) -> None:
        body = {"method": "sft", "dataset": dataset(scene, rows=0).pk, "base": base(tmp_path).pk}
        assert refusal(post(scene.erik, RUNS, {**body, "name": "b"})) == (409, "dataset_empty")

    def test_rows_that_are_not_there(self, scene: Scene, tmp_path: Path) -> None:
        good = {"method": "sft", "dataset": dataset(scene).pk, "base": base(tmp_path).pk}
        for missing in ("dataset", "base"):
            answer = post(scene.erik, RUNS, {**good, "name": "b", missing: 999})
            assert refusal(answer) == (404, "not_found")

    def test_methods_tell_their_arguments(self, scene: Scene) -> None:
        methods = get(scene.erik, "/api/training-methods").json()
        assert set(methods) == {"pretrain", "sft", "reward", "dpo", "kto"}
        rate = methods["dpo"]["arguments"][0]
        assert {"name", "type", "default", "minimum", "maximum", "help"} <= set(rate)


class TestEvaluations:
    def start(self, scene: Scene, new: Checkpoint, old: Checkpoint, **more: Any) -> Any:
        body = {"checkpoints": [new.pk], "baseline": old.pk, **more}
        return post(scene.mary, EVALUATIONS, body)

    def test_reading_it_moves_it_on(self, scene: Scene, parrot: Checkpoint) -> None:
        answer = self.start(scene, scripted("new"), parrot)
        assert answer.status_code == 201
        body = answer.json()
        assert (body["state"], body["tasks"]) == ("sampling", {"done": 0, "planned": 2})
        assert body["waiting"].startswith("queued: no GPU worker")
        assert body["checkpoints"][0]["label"] == "new@1"
        assert (body["win_rates"], body["note"], body["error"]) == ([], None, None)
        for pk in body["generation_jobs"]:
            run_job(GenerationJob, pk, generate)
        moved = get(scene.erik, f"/api/evaluations/{body['id']}").json()
        assert (moved["state"], moved["waiting"]) == ("labeling", None)
        assert moved["tasks"] == {"done": 0, "planned": 2}
        assert get(scene.erik, EVALUATIONS).json()["results"] == [moved]

    def test_who_may(self, scene: Scene, parrot: Checkpoint) -> None:
        pk = self.start(scene, scripted("new"), parrot).json()["id"]
        for path in (EVALUATIONS, f"/api/evaluations/{pk}"):
            assert refusal(get(scene.lena, path)) == (403, "role_missing")
            assert refusal(get(scene.sven, path)) == (404, "not_found")
        body = {"checkpoints": [parrot.pk], "baseline": parrot.pk}
        assert refusal(post(scene.lena, EVALUATIONS, body)) == (403, "role_missing")
        assert refusal(post(scene.sven, EVALUATIONS, body)) == (404, "not_found")

    def test_bad_bodies(self, scene: Scene, parrot: Checkpoint, foreign: Checkpoint) -> None:
        assert refusal(self.start(scene, parrot, parrot)) == (400, "out_of_range")
        assert refusal(self.start(scene, foreign, parrot)) == (404, "not_found")
        assert refusal(self.start(scene, parrot, foreign)) == (404, "not_found")
        assert refusal(self.start(scene, parrot, parrot, winner=1)) == (400, "unknown_field")
        assert refusal(post(scene.mary, EVALUATIONS, {"checkpoints": []})) == (400, "invalid")


class TestSystem:
    def test_workers_and_queues(self, scene: Scene, parrot: Checkpoint) -> None:
        say_alive(name="gpu-1", queues=["generate"], device="cpu")
        post(scene.mary, JOBS, {"checkpoint": parrot.pk})
        body = get(scene.mary, "/api/system").json()
        assert body["version"] == settings.VERSION
        assert 0 < body["storage"]["free"] <= body["storage"]["total"]
        assert body["queued"] == {"default": 0, "generate": 1, "train": 0}
        (worker,) = body["workers"]
        assert (worker["name"], worker["kinds"], worker["alive"]) == ("gpu-1", ["generate"], True)

    def test_not_for_labelers(self, scene: Scene) -> None:
        assert refusal(get(scene.lena, "/api/system")) == (403, "role_missing")
