"""Rounds: from accepted labels to the next tasks, each step once, whatever dies."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from exports.actions.freeze import freeze
from exports.models import DatasetVersion
from labeling.actions.jobs import run_job
from labeling.errors import Conflict, Invalid, Refused
from labeling.kinds import JobState, Split, TaskKind
from labeling.models import Prompt, Response, Task
from models_runner import loaded
from models_runner.actions import generation, measurements, round_stages
from models_runner.actions.checkpoints import register_checkpoint
from models_runner.actions.generation import generate
from models_runner.actions.measurements import measure
from models_runner.actions.round_rules import new_comparisons, set_rule, start_due_rounds
from models_runner.actions.round_stages import advance_round, advance_rounds
from models_runner.actions.rounds import cancel_round, resume_round, start_round
from models_runner.backends.scripted_backend import ScriptedBackend
from models_runner.models import (
    Checkpoint,
    GenerationJob,
    Measurement,
    Round,
    RoundRule,
    TrainingRun,
)
from models_runner.models.checkpoints import CheckpointKind
from models_runner.next_tasks import closest_pair, pick_prompts
from tests.factories import make_ranking
from tests.models_runner.pretend_trainer import write_checkpoint
from tests.models_runner.scene import Scene, build_scene, no_broker
from tests.models_runner.test_evaluations import label_all

pytestmark = [pytest.mark.database, pytest.mark.django_db]


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Varied(ScriptedBackend):
    """Says something else to each request."""

    def sample(self, requests: Any, parameters: Any) -> Any:
        drawn = super().sample(requests, parameters)
        return [
            type(one)(f"{one.text} {request.seed}", one.finish_reason, one.tokens, one.logprob)
            for one, request in zip(drawn, requests, strict=True)
        ]


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_broker(monkeypatch)
    loaded.close_all()
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")
    monkeypatch.setattr(generation, "loaded_backend", lambda *_: Varied(Path("/nowhere")))
    monkeypatch.setattr(measurements, "_score", lambda _, turns: [len(str(t)) for t in turns])


@pytest.fixture
def scene() -> Scene:
    """Four of twelve prompts are held out; two of the others were ranked."""
    scene = build_scene(prompts=12)
    held_out = [prompt.pk for prompt in scene.prompts[:4]]
    Prompt.objects.filter(pk__in=held_out).update(split=Split.TEST)
    for prompt in scene.prompts[4:6]:
        make_ranking(prompt, scene.mary, ranks=(1, 2, 3))
    return scene


def trained(name: str, folder: Path, base: Checkpoint | None = None) -> Checkpoint:
    write_checkpoint(folder / name, f"{name} {Checkpoint.objects.count()}")
    return register_checkpoint(folder=folder / name, name=name, base=base)


@pytest.fixture
def base(scene: Scene, tmp_path: Path) -> Checkpoint:
    return trained("tiny", tmp_path)


def begin(scene: Scene, base: Checkpoint, **plan: Any) -> Round:
    usual = {"method": "dpo", "base": base, "next_prompts": 3, "samples_per_prompt": 2}
    return start_round(project=scene.project, plan={**usual, **plan}, by=scene.erik)


def fresh(each: Round) -> Round:
    return Round.objects.get(pk=each.pk)


def work(each: Round, folder: Path) -> None:
    """Carry out every job of the round that waits, as workers would; training is pretended."""
    for version in DatasetVersion.objects.filter(state=JobState.QUEUED):
        run_job(DatasetVersion, version.pk, freeze)
    for run in TrainingRun.objects.filter(state=JobState.QUEUED):
        made = trained(run.name, folder, run.base)
        if run.method == "reward":
            Checkpoint.objects.filter(pk=made.pk).update(kind=CheckpointKind.REWARD)
        TrainingRun.objects.filter(pk=run.pk).update(state=JobState.DONE, checkpoint=made)
    for job in GenerationJob.objects.filter(state=JobState.QUEUED):
        run_job(GenerationJob, job.pk, generate)
    for measurement in Measurement.objects.filter(state=JobState.QUEUED):
        run_job(Measurement, measurement.pk, measure)


def play(scene: Scene, each: Round, folder: Path, prefers: Callable[[str], int]) -> Round:
    """The whole round; people rank by `prefers`, which gives the rank of an author."""
    for _ in range(12):
        work(each, folder)
        advance_rounds()
        each = fresh(each)
        if each.stage == "evaluate":
            label_all(scene, lambda author, _: prefers(author))
        if each.state != "running":
            return each
    raise AssertionError(f"the round stays in {each.stage}")


def new_first(author: str) -> int:
    return 1 if "dpo" in author else 2


def test_from_labels_to_the_next_tasks(scene: Scene, base: Checkpoint, tmp_path: Path) -> None:
    each = play(scene, begin(scene, base), tmp_path, new_first)
    assert (each.state, each.stage, each.number, each.error) == ("done", "open", 1, "")
    assert each.dataset_version.rows["train"] == 6
    assert each.training_run is not None
    assert each.training_run.dataset_version == each.dataset_version
    assert each.best == each.training_run.checkpoint
    (rate,) = each.results["win_rates"]
    assert (rate["checkpoint"], rate["over"], rate["rate"], rate["n"]) == (
        "sums-dpo@1", "tiny@1", 1.0, 4,
    )  # fmt: skip
    tasks = Task.objects.filter(key=each.key)
    assert tasks.count() == each.tasks_opened == 3
    for task in tasks:
        responses = [one.response for one in task.task_responses.select_related("response")]
        assert {one.author for one in responses} == {"sums-dpo@1"}
        assert len({one.content for one in responses}) == 2
        assert task.prompt.split == Split.TRAIN
        assert task.batch == ""


def test_prompts_asked_least_come_first(scene: Scene) -> None:
    asked = [prompt.pk for prompt in scene.prompts[4:6]]
    others = [prompt.pk for prompt in scene.prompts[6:]]
    assert pick_prompts(scene.project, TaskKind.RANK, 6, "1") == others
    assert set(pick_prompts(scene.project, TaskKind.RANK, 7, "1")) - set(others) <= set(asked)
    drawn = {tuple(pick_prompts(scene.project, TaskKind.RANK, 2, str(seed))) for seed in range(9)}
    assert len(drawn) > 1


STEPS = ["start_training", "start_evaluation", "start_generation", "open_questions"]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_died_half_way_is_done_again_whole(
    step: str, scene: Scene, base: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = getattr(round_stages, step)
    died: list[str] = []

    def die_once(**given: Any) -> Any:
        made = done(**given)
        if not died:
            died.append(step)
            raise Killed
        return made

    monkeypatch.setattr(round_stages, step, die_once)
    each = begin(scene, base, reward_base=base)
    for _ in range(2):
        try:
            each = play(scene, each, tmp_path, new_first)
        except Killed:
            continue
    assert died == [step]
    assert_whole(each)


def assert_whole(each: Round) -> None:
    """Done, with one row of everything."""
    assert each.state == "done", (each.stage, each.error)
    assert (TrainingRun.objects.count(), DatasetVersion.objects.count()) == (2, 1)
    assert GenerationJob.objects.filter(rounds=each).count() == 1
    assert GenerationJob.objects.count() == 3
    assert Task.objects.filter(key=each.key).count() == each.tasks_opened == 3


def test_any_number_may_push(scene: Scene, base: Checkpoint, tmp_path: Path) -> None:
    each = begin(scene, base, reward_base=base)
    seen = [fresh(each)]
    for _ in range(12):
        work(each, tmp_path)
        for stale in [*seen, fresh(each)]:
            advance_round(stale)
        each = fresh(each)
        seen.append(fresh(each))
        if each.stage == "evaluate":
            label_all(scene, lambda author, _: new_first(author))
    assert_whole(each)


def test_a_worse_checkpoint_is_not_the_best(scene: Scene, base: Checkpoint, tmp_path: Path) -> None:
    better = trained("better", tmp_path, base)
    each = begin(scene, better, baseline=base)
    rank = {"better@1": 1, "sums-dpo@1": 2, "tiny@1": 3}
    each = play(scene, each, tmp_path, lambda author: rank[author])
    assert each.best == better
    assert {rate["checkpoint"] for rate in each.results["win_rates"]} == {"better@1", "sums-dpo@1"}
    asked = Response.objects.filter(origin=GenerationJob.objects.get(rounds=each).origin)
    assert set(asked.values_list("author", flat=True)) == {"better@1"}


def test_newest_against_best(scene: Scene, base: Checkpoint, tmp_path: Path) -> None:
    plan = {"policy": "newest_against_best", "task_kind": "compare", "samples_per_prompt": 1}
    each = play(scene, begin(scene, base, **plan), tmp_path, new_first)
    tasks = Task.objects.filter(key=each.key)
    assert tasks.count() == 3
    for task in tasks:
        authors = [one.response.author for one in task.task_responses.select_related("response")]
        assert sorted(authors) == ["sums-dpo@1", "tiny@1"]


def test_uncertain_asks_about_the_closest_pairs(
    scene: Scene, base: Checkpoint, tmp_path: Path
) -> None:
    plan = {"policy": "uncertain", "reward_base": base, "next_prompts": 2, "samples_per_prompt": 3}
    each = play(scene, begin(scene, base, **plan), tmp_path, new_first)
    assert each.choice is not None
    assert each.choice.checkpoint.kind == CheckpointKind.REWARD
    results = each.choice.results
    assert len(results["pairs"]) == 6
    assert results["gaps"] == sorted(results["gaps"])
    tasks = Task.objects.filter(key=each.key).order_by("pk")
    asked = [
        [task.prompt_id, *task.task_responses.values_list("response", flat=True)] for task in tasks
    ]
    assert asked == results["pairs"][:2]


def test_the_closest_pair_says_different_things() -> None:
    scored = {1: ("same", 1.0), 2: ("same ", 1.0), 3: ("other", 1.5), 4: ("far", 9.0)}
    gap, one, other = closest_pair(scored) or (0, 0, 0)
    assert (gap, other) == (0.5, 3)
    assert one in {1, 2}
    assert closest_pair({1: ("same", 1.0), 2: ("same", 2.0)}) is None


def test_a_failed_run_fails_the_round_in_words_and_is_tried_again(
    scene: Scene, base: Checkpoint, tmp_path: Path
) -> None:
    each = begin(scene, base)
    work(each, tmp_path)
    advance_round(fresh(each))
    run = TrainingRun.objects.get()
    TrainingRun.objects.update(state=JobState.FAILED, error="Out of memory.")
    advance_round(fresh(each))
    each = fresh(each)
    assert (each.state, each.stage) == ("failed", "train")
    assert each.error == f"Training run {run.pk} was failed: Out of memory."
    resume_round(each)
    assert TrainingRun.objects.get().state == JobState.QUEUED
    assert play(scene, each, tmp_path, new_first).state == "done"
    assert TrainingRun.objects.count() == 1


def test_a_failed_evaluation_is_tried_again(scene: Scene, base: Checkpoint, tmp_path: Path) -> None:
    each = begin(scene, base)
    for _ in range(2):
        for version in DatasetVersion.objects.filter(state=JobState.QUEUED):
            run_job(DatasetVersion, version.pk, freeze)
        for run in TrainingRun.objects.filter(state=JobState.QUEUED):
            made = trained(run.name, tmp_path, run.base)
            TrainingRun.objects.filter(pk=run.pk).update(state=JobState.DONE, checkpoint=made)
        advance_rounds()
    GenerationJob.objects.filter(state=JobState.QUEUED).update(state=JobState.FAILED, error="Away.")
    advance_rounds()
    assert "Away." in fresh(each).error
    resume_round(each)
    assert play(scene, each, tmp_path, new_first).state == "done"


def test_a_version_without_rows_ends_the_round(
    scene: Scene, base: Checkpoint, tmp_path: Path
) -> None:
    each = begin(scene, base, method="sft")
    work(each, tmp_path)
    advance_rounds()
    each = fresh(each)
    assert (each.state, each.stage) == ("failed", "freeze")
    assert "no accepted labels" in each.error


def test_cancel_stops_what_is_under_way(scene: Scene, base: Checkpoint, tmp_path: Path) -> None:
    each = begin(scene, base, reward_base=base)
    work(each, tmp_path)
    advance_rounds()
    cancel_round(each)
    assert fresh(each).state == "cancelled"
    assert set(TrainingRun.objects.values_list("state", flat=True)) == {"cancelled"}
    advance_round(fresh(each))
    with pytest.raises(Conflict):
        cancel_round(each)
    resume_round(each)
    assert_whole(play(scene, each, tmp_path, new_first))


def test_one_round_at_a_time(scene: Scene, base: Checkpoint) -> None:
    first = begin(scene, base)
    with pytest.raises(Conflict) as refused:
        begin(scene, base)
    assert refused.value.code == "round_running"
    assert DatasetVersion.objects.count() == 1
    cancel_round(first)
    begin(scene, base)
    with pytest.raises(Conflict):
        resume_round(first)


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"method": "reward"}, "out_of_range"),
        ({"policy": "uncertain"}, "checkpoint_base"),
        ({"method": "sft", "reward_base": "base"}, "dataset_kind"),
        ({"arguments": {"sft": {}}}, "unknown_field"),
        ({"arguments": {"dpo": {"nothing": 1}}}, "unknown_field"),
        ({"samples_per_prompt": 1}, "out_of_range"),
        ({"next_prompts": 0}, "out_of_range"),
        ({"task_kind": "rate"}, "out_of_range"),
        ({"recipe": {"nothing": 1}}, None),
    ],
)
def test_plans_that_cannot_be_carried_out(
    plan: dict[str, Any], code: str | None, scene: Scene, base: Checkpoint
) -> None:
    given = {name: base if value == "base" else value for name, value in plan.items()}
    with pytest.raises(Refused) as refused:
        begin(scene, base, **given)
    assert code is None or refused.value.code == code
    assert not Round.objects.exists()
    assert not DatasetVersion.objects.exists()


class TestRule:
    def rule(self, scene: Scene, base: Checkpoint, every: int) -> RoundRule:
        plan = {"method": "dpo", "base": base, "samples_per_prompt": 2, "next_prompts": 2}
        return set_rule(project=scene.project, every=every, plan=plan, by=scene.erik)

    def look(self) -> list[int]:
        RoundRule.objects.update(checked_at=None)
        start_due_rounds()
        return list(Round.objects.order_by("pk").values_list("number", flat=True))

    def test_starts_when_enough_was_compared(self, scene: Scene, base: Checkpoint) -> None:
        assert new_comparisons(scene.project) == 6
        self.rule(scene, base, 7)
        assert self.look() == []
        make_ranking(scene.prompts[6], scene.mary, ranks=(1, 1, 2))
        assert new_comparisons(scene.project) == 8
        assert self.look() == [1]
        assert Round.objects.get().by_rule

    def test_starts_once_and_counts_anew(
        self, scene: Scene, base: Checkpoint, tmp_path: Path
    ) -> None:
        self.rule(scene, base, 6)
        assert self.look() == self.look() == [1]
        first = play(scene, Round.objects.get(), tmp_path, new_first)
        assert (new_comparisons(scene.project), self.look()) == (0, [1])
        for prompt in scene.prompts[6:8]:
            make_ranking(prompt, scene.mary, ranks=(1, 2, 3))
        assert self.look() == [1, 2]
        assert Round.objects.get(number=2).base == first.best

    def test_is_looked_at_once_in_a_while(self, scene: Scene, base: Checkpoint) -> None:
        self.rule(scene, base, 1)
        RoundRule.objects.update(checked_at=timezone.now())
        start_due_rounds()
        assert not Round.objects.exists()

    def test_says_why_it_could_not_start(self, scene: Scene, base: Checkpoint) -> None:
        self.rule(scene, base, 1)
        Prompt.objects.update(split=Split.TRAIN)
        assert self.look() == []
        assert "test split" in RoundRule.objects.get().error

    def test_every_must_be_some(self, scene: Scene, base: Checkpoint) -> None:
        with pytest.raises(Invalid):
            self.rule(scene, base, 0)


class TestApi:
    def client(self, scene: Scene) -> APIClient:
        caller = APIClient()
        caller.force_login(scene.erik)
        return caller

    def test_start_watch_and_stop(self, scene: Scene, base: Checkpoint) -> None:
        caller = self.client(scene)
        body = {"method": "dpo", "base": base.pk, "reward_base": base.pk, "policy": "uncertain"}
        begun = caller.post("/api/projects/sums/rounds", body, format="json")
        assert begun.status_code == 201, begun.json()
        told = begun.json()
        assert [stage["stage"] for stage in told["stages"]] == [
            "freeze", "train", "evaluate", "sample", "choose", "open",
        ]  # fmt: skip
        assert [stage["state"] for stage in told["stages"]] == ["running", *["waiting"] * 5]
        assert told["base"] == told["baseline"] == {"id": base.pk, "label": "tiny@1"}
        path = f"/api/rounds/{told['id']}"
        assert caller.post(f"{path}/cancel").json()["state"] == "cancelled"
        assert caller.post(f"{path}/resume").json()["state"] == "running"

    def test_what_is_wrong_is_named(self, scene: Scene, base: Checkpoint) -> None:
        body = {"method": "dpo", "base": base.pk, "surprise": 1}
        refused = self.client(scene).post("/api/projects/sums/rounds", body, format="json")
        assert (refused.status_code, refused.json()["code"]) == (400, "unknown_field")

    def test_rule(self, scene: Scene, base: Checkpoint) -> None:
        caller, path = self.client(scene), "/api/projects/sums/round-rule"
        assert caller.get(path).json() == {"rule": None, "new_comparisons": 6}
        body = {"every": 500, "method": "dpo", "base": base.pk}
        assert caller.put(path, body, format="json").json()["rule"]["every"] == 500
        assert caller.delete(path).status_code == 204
        assert caller.get(path).json()["rule"] is None

    def test_a_list_costs_the_same_however_long(
        self,
        scene: Scene,
        base: Checkpoint,
        tmp_path: Path,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for _ in range(2):
            play(scene, begin(scene, base, reward_base=base), tmp_path, new_first)
            make_ranking(scene.prompts[-1], scene.mary, ranks=(1, 2))
        caller = self.client(scene)
        with django_assert_max_num_queries(9):
            listed = caller.get("/api/projects/sums/rounds").json()["results"]
        assert [each["number"] for each in listed] == [2, 1]
        rows: Sequence[Any] = [row for stage in listed[0]["stages"] for row in stage["rows"]]
        assert [row["kind"] for row in rows] == [
            "dataset", "training_run", "training_run", "evaluation", "generation_job",
        ]  # fmt: skip
