"""Starting a training run: what is refused, and what a run knows before it begins."""

from pathlib import Path
from typing import Any

import pytest

from labeling.errors import Conflict, Invalid, NotFound
from labeling.kinds import JobState
from labeling.models import Project
from models_runner.models import Checkpoint, TrainingRun
from models_runner.trainers.arguments import validate
from tests.models_runner.runs import freeze, start
from tests.models_runner.scene import Scene, scripted

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("data")]


class TestStarting:
    def test_arguments_are_completed_with_defaults(self, run: TrainingRun) -> None:
        assert run.arguments == validate("sft", {})
        assert (run.state, run.queue) == (JobState.QUEUED, "train")

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            ({"learning_rate": -1}, "out_of_range", "learning_rate must be above 0 and at most 1."),
            ({"learning_rate": float("nan")}, "out_of_range", "learning_rate must be a number."),
            ({"epochs": 10**9}, "out_of_range", "epochs must be at least 1 and at most 100."),
            ({"output_dir": "/"}, "unknown_field", "The field output_dir is not known here."),
        ],
    )
    def test_bad_arguments(
        self,
        scene: Scene,
        base: Checkpoint,
        rows: Path,
        arguments: dict[str, Any],
        code: str,
        words: str,
    ) -> None:
        with pytest.raises(Invalid) as caught:
            start(scene, base, freeze(scene.project, rows=rows), arguments=arguments)
        assert (caught.value.code, caught.value.detail) == (code, words)

    @pytest.mark.parametrize("name", ["", "Tiny", "../up", "a b", "-x", "x" * 81])
    def test_bad_names(self, scene: Scene, base: Checkpoint, rows: Path, name: str) -> None:
        with pytest.raises(Invalid, match="small letters"):
            start(scene, base, freeze(scene.project, rows=rows), name=name)

    def test_the_method_must_fit_the_dataset(
        self, scene: Scene, base: Checkpoint, rows: Path
    ) -> None:
        with pytest.raises(Invalid) as caught:
            start(scene, base, freeze(scene.project, "preference", rows))
        assert caught.value.code == "dataset_kind"

    def test_a_train_split_without_rows(self, scene: Scene, base: Checkpoint) -> None:
        with pytest.raises(Conflict) as caught:
            start(scene, base, freeze(scene.project, "preference"), method="dpo")
        assert caught.value.code == "dataset_empty"
        assert caught.value.detail == "The dataset version holds no comparisons to train on."

    def test_a_version_that_is_not_done(self, scene: Scene, base: Checkpoint, rows: Path) -> None:
        version = freeze(scene.project, rows=rows)
        version.state = JobState.RUNNING
        with pytest.raises(Conflict) as caught:
            start(scene, base, version)
        assert caught.value.code == "dataset_not_ready"

    def test_only_transformers_checkpoints(self, scene: Scene, rows: Path) -> None:
        with pytest.raises(Invalid, match="run by the scripted backend"):
            start(scene, scripted(), freeze(scene.project, rows=rows))

    def test_nothing_of_another_project(self, scene: Scene, base: Checkpoint, rows: Path) -> None:
        elsewhere = Project.objects.get(slug="elsewhere")
        with pytest.raises(NotFound):
            start(scene, base, freeze(elsewhere, rows=rows))
        base.project = elsewhere
        with pytest.raises(NotFound):
            start(scene, base, freeze(scene.project, rows=rows))
