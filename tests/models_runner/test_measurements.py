"""Measurements: what a checkpoint does on held-out rows, reckoned, stored and shown."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from exports.models import DatasetFile, DatasetVersion
from labeling.actions.jobs import run_job
from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import JobState
from labeling.models import Project
from models_runner.actions import measurements
from models_runner.actions.checkpoints import register_checkpoint
from models_runner.actions.evaluations import advance_evaluation, start_evaluation
from models_runner.actions.generation import generate, start_generation
from models_runner.actions.measurements import measure, start_measurement
from models_runner.actions.training import start_training
from models_runner.backends.protocol import Message
from models_runner.models import Checkpoint, GenerationJob, Measurement, TrainingRun
from tests.models_runner.conftest import turn, write_rows
from tests.models_runner.pretend_trainer import write_checkpoint
from tests.models_runner.runs import freeze, work
from tests.models_runner.scene import Scene, scripted

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("data")]


@pytest.fixture
def judge(data: Path) -> Checkpoint:
    write_checkpoint(data / "judge", "judge", architecture="LlamaForSequenceClassification")
    return register_checkpoint(folder=data / "judge", name="judge")


def held_out(version: DatasetVersion, rows: list[dict[str, Any]]) -> DatasetVersion:
    """The version with these rows as its test split."""
    path = f"{version.kind}/test-00000-of-00001.parquet"
    target = Path(settings.STORE) / version.folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    write_rows(target, rows)
    DatasetFile.objects.create(
        version=version,
        path=path,
        split="test",
        format="parquet",
        rows=len(rows),
        bytes=target.stat().st_size,
        sha256="0" * 64,
    )
    version.rows = {**version.rows, "test": len(rows)}
    version.save()
    return version


def pair(prompt: str, chosen: str, rejected: str, apart: int) -> dict[str, Any]:
    return {
        "prompt": turn("user", prompt),
        "chosen": turn("assistant", chosen),
        "rejected": turn("assistant", rejected),
        "prompt_id": prompt,
        "chosen_rank": 1,
        "rejected_rank": 1 + apart,
    }


PAIRS = [
    pair("a", "long answer", "short", 1),
    pair("a", "long answer", "longer answer", 1),
    pair("b", "the longest answer", "no", 4),
]


class Longest:
    """Scores by length: a rule in place of a reward model."""

    def score(self, conversations: Sequence[Sequence[Message]]) -> list[float]:
        return [float(len(each[-1].content)) for each in conversations]


def done(measurement: Measurement) -> dict[str, Any]:
    run_job(Measurement, measurement.pk, measure)
    measurement.refresh_from_db()
    assert measurement.state == JobState.DONE, measurement.error
    results: dict[str, Any] = measurement.results
    return results


def test_reward_accuracy_by_strength(
    scene: Scene, judge: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurements, "loaded_scorer", lambda *_: Longest())
    version = held_out(freeze(scene.project, "preference"), PAIRS)
    given: Any = {"project": scene.project, "checkpoint": judge, "by": scene.erik}
    results = done(start_measurement(kind="reward_accuracy", dataset_version=version, **given))
    assert (results["pairs"], results["prompts"]) == (3, 2)
    assert results["accuracy"] == pytest.approx(2 / 3)
    assert results["low"] < results["accuracy"] < results["high"]
    assert results["by_strength"] == [
        {"strength": 1, "pairs": 2, "accuracy": 0.5},
        {"strength": 3, "pairs": 1, "accuracy": 1.0},
    ]


def test_a_reward_model_judges_an_evaluation_and_is_named(
    scene: Scene, judge: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurements, "loaded_scorer", lambda *_: Longest())
    scene.project.prompts.update(split="test")
    evaluation = start_evaluation(
        project=scene.project,
        checkpoints=[scripted("new")],
        baseline=scripted("old"),
        samples_per_prompt=3,
        by=scene.erik,
    )
    given: Any = {"project": scene.project, "checkpoint": judge, "by": scene.erik}
    with pytest.raises(Conflict, match="not drawn its samples"):
        start_measurement(kind="judged", evaluation=evaluation, **given)
    for job in evaluation.generation_jobs.all():
        run_job(GenerationJob, job.pk, generate)
    advance_evaluation(evaluation)
    results = done(start_measurement(kind="judged", evaluation=evaluation, **given))
    assert results["by"] == "judge@1"
    (rate,) = results["win_rates"]
    assert (rate["checkpoint"], rate["over"], rate["n"]) == ("new@1", "old@1", 3)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("reward_accuracy", "checkpoint_kind"), ("likelihood", "dataset_kind")],
)
def test_what_does_not_go_together(scene: Scene, kind: str, code: str) -> None:
    version = held_out(freeze(scene.project, "preference"), PAIRS)
    given: Any = {"project": scene.project, "checkpoint": scripted(), "by": scene.erik}
    with pytest.raises(Invalid) as caught:
        start_measurement(kind=kind, dataset_version=version, **given)
    assert caught.value.code == code
    assert not Measurement.objects.exists()


def test_nothing_held_out_and_nothing_of_another_project(scene: Scene, judge: Checkpoint) -> None:
    given: Any = {"kind": "reward_accuracy", "checkpoint": judge, "by": scene.erik}
    version = freeze(scene.project, "preference")
    with pytest.raises(Conflict, match="holds out no comparisons"):
        start_measurement(project=scene.project, dataset_version=version, **given)
    elsewhere = Project.objects.get(slug="elsewhere")
    with pytest.raises(NotFound):
        start_measurement(project=elsewhere, dataset_version=version, **given)


def test_a_backend_that_cannot_tell_fails_in_words(scene: Scene) -> None:
    measurement = start_measurement(
        project=scene.project, kind="probes", checkpoint=scripted(), by=scene.erik
    )
    run_job(Measurement, measurement.pk, measure)
    measurement.refresh_from_db()
    assert (measurement.state, measurement.error_code) == (JobState.FAILED, "sampling_refused")
    assert "does not tell how likely a given text is" in measurement.error


def test_a_reward_model_is_never_sampled_or_fine_tuned(scene: Scene, judge: Checkpoint) -> None:
    with pytest.raises(Refused) as caught:
        start_generation(
            project=scene.project, checkpoint=judge, samples_per_prompt=1, by=scene.erik
        )
    assert caught.value.code == "checkpoint_kind"
    version = freeze(scene.project, rows=write_rows(Path(settings.DATA) / "r.parquet", PAIRS))
    with pytest.raises(Refused, match="is a reward model"):
        start_training(
            project=scene.project,
            method="sft",
            dataset_version=version,
            base=judge,
            name="x",
            by=scene.erik,
        )


@pytest.mark.slow
def test_a_run_is_measured_on_held_out_rows_without_being_asked(
    scene: Scene, tiny_dir: Path, demonstrations: Path
) -> None:
    tiny = register_checkpoint(folder=tiny_dir, name="tiny", is_toy=True, move=False)
    rows = [
        {
            "messages": turn("user", "What is 2 plus 2?") + turn("assistant", "2 plus 2 is 4."),
            "prompt_id": "p",
        }
    ]
    version = held_out(freeze(scene.project, rows=demonstrations), rows)
    run = start_training(
        project=scene.project,
        method="sft",
        dataset_version=version,
        base=tiny,
        name="tiny-sft",
        arguments={"max_steps": 20, "save_steps": 20},
        by=scene.erik,
    )
    run = work(run)
    assert isinstance(run, TrainingRun)
    results = done(run.measurements.get())
    assert (results["checkpoint"]["label"], results["base"]["label"]) == ("tiny-sft@1", "tiny@1")
    assert results["checkpoint"]["demonstrations"] == 1
    assert results["checkpoint"]["bits_per_byte"] > 0
    assert results["checkpoint"]["mean_logprob"] < 0
    assert run.samples.get().step == 20
    probes = start_measurement(project=scene.project, kind="probes", checkpoint=tiny, by=scene.erik)
    told = done(probes)
    assert (told["toy"]["facts"], told["world"]["facts"]) == (8, 12)
    assert 0 <= told["toy"]["backward"] <= 1
