"""Evaluations: sampled, ranked blind through the ordinary queue, and counted."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from labeling.actions.claim import claim_next
from labeling.actions.jobs import request_cancel, run_job
from labeling.actions.labels import Submission, submit
from labeling.actions.projects import create_project
from labeling.actions.reviews import accept_all
from labeling.errors import Conflict, Invalid, NotFound
from labeling.kinds import JobState, ReviewRule, Split
from labeling.models import Project, Prompt, Response, Task
from labeling.ranking import groups_of
from models_runner import jobs
from models_runner.actions import evaluations, generation
from models_runner.actions.evaluations import advance_evaluation, start_evaluation
from models_runner.actions.generation import generate
from models_runner.backends.protocol import PromptTooLong, Sample, SampleRequest, SamplingParameters
from models_runner.backends.scripted_backend import ScriptedBackend
from models_runner.models import Checkpoint, Evaluation, GenerationJob
from models_runner.models.evaluations import EvaluationState
from models_runner.results import results_of
from tests.models_runner.scene import Scene, build_scene, no_broker, scripted

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Taste = Callable[[str, str], int]


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_broker(monkeypatch)
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")


@pytest.fixture
def scene() -> Scene:
    """Twelve of the fifteen prompts are held out."""
    scene = build_scene(prompts=15)
    held_out = [prompt.pk for prompt in scene.prompts[:12]]
    Prompt.objects.filter(pk__in=held_out).update(split=Split.TEST)
    return scene


@pytest.fixture
def old(scene: Scene) -> Checkpoint:
    return scripted("old")


@pytest.fixture
def new(scene: Scene) -> Checkpoint:
    return scripted("new")


def start(scene: Scene, baseline: Checkpoint, *checkpoints: Checkpoint, **more: Any) -> Evaluation:
    return start_evaluation(
        project=scene.project, checkpoints=checkpoints, baseline=baseline, by=scene.erik, **more
    )


def sample(evaluation: Evaluation) -> Evaluation:
    for job in evaluation.generation_jobs.all():
        jobs.run_generation_job(job.pk)
    return fresh(evaluation)


def fresh(evaluation: Evaluation) -> Evaluation:
    return Evaluation.objects.get(pk=evaluation.pk)


def label_all(scene: Scene, taste: Taste, most: int = 1000) -> int:
    """lena ranks every task by `taste`, which gives the rank of an author and a text."""
    count = 0
    while count < most:
        view = claim_next(labeler=scene.lena, slug=scene.project.slug)
        if view is None:
            break
        shown = Response.objects.in_bulk(view.assignment.shown)
        ordered = [shown[pk] for pk in view.assignment.shown]
        raw = [taste(response.author, response.content) for response in ordered]
        ranks = [sorted(set(raw)).index(rank) + 1 for rank in raw]
        submit(
            labeler=scene.lena,
            assignment_id=view.assignment.pk,
            submission=Submission(
                epoch=view.assignment.epoch,
                answer={"groups": groups_of(ranks), "none_acceptable": False},
            ),
            key=f"key-{view.assignment.pk}",
        )
        count += 1
    return count


def prefers_new(author: str, _: str) -> int:
    return 1 if author == "new@1" else 2


def test_from_samples_to_a_win_rate(scene: Scene, old: Checkpoint, new: Checkpoint) -> None:
    evaluation = start(scene, old, new)
    assert evaluation.generation_jobs.count() == 2
    evaluation = sample(evaluation)
    assert evaluation.state == EvaluationState.LABELING
    assert label_all(scene, prefers_new) == 12
    advance_evaluation(evaluation)
    assert fresh(evaluation).state == EvaluationState.DONE
    results = results_of(evaluation)
    (comparison,) = results.comparisons
    assert (comparison.checkpoint, comparison.over) == ("new@1", "old@1")
    rate = comparison.rate
    assert (rate.rate, rate.n, rate.prompts, rate.wins) == (1.0, 12, 12, 12)
    assert 0.7 < rate.low < rate.high == 1.0
    assert (results.done, results.planned, results.note) == (12, 12, None)


def test_only_held_out_prompts_are_sampled(scene: Scene, old: Checkpoint, new: Checkpoint) -> None:
    sample(start(scene, old, new))
    assert set(Response.objects.values_list("prompt__split", flat=True)) == {"test"}


def test_a_task_holds_one_response_of_each(scene: Scene, old: Checkpoint, new: Checkpoint) -> None:
    third = scripted("third")
    evaluation = sample(start(scene, old, new, third, samples_per_prompt=2))
    tasks = Task.objects.filter(batch=evaluation.batch)
    assert tasks.count() == 24
    for task in tasks:
        responses = [each.response for each in task.task_responses.select_related("response")]
        assert {each.author for each in responses} == {"old@1", "new@1", "third@1"}
        assert len({each.index for each in responses}) == 1
        assert {each.prompt_id for each in responses} == {task.prompt_id}


def test_ties_count_half_and_each_checkpoint_is_compared(
    scene: Scene, old: Checkpoint, new: Checkpoint
) -> None:
    evaluation = sample(start(scene, old, new, scripted("third")))
    label_all(scene, lambda author, _: {"new@1": 1, "old@1": 2, "third@1": 2}[author])
    by_name = {each.checkpoint: each.rate for each in results_of(evaluation).comparisons}
    assert (by_name["new@1"].rate, by_name["new@1"].wins) == (1.0, 12)
    assert (by_name["third@1"].rate, by_name["third@1"].ties) == (0.5, 12)


def test_few_prompts_are_noted(scene: Scene, old: Checkpoint, new: Checkpoint) -> None:
    evaluation = sample(start(scene, old, new, limit=4))
    label_all(scene, prefers_new)
    note = results_of(evaluation).note
    assert note == "Too few prompts for a judgement: 4 so far, at least 10 are needed."


def test_half_done_is_not_done(scene: Scene, old: Checkpoint, new: Checkpoint) -> None:
    evaluation = sample(start(scene, old, new))
    label_all(scene, prefers_new, most=11)
    advance_evaluation(evaluation)
    assert fresh(evaluation).state == EvaluationState.LABELING
    results = results_of(evaluation)
    assert (results.done, results.planned, results.comparisons[0].rate.n) == (11, 12, 11)


def test_labels_that_wait_for_a_review_do_not_count(
    scene: Scene, old: Checkpoint, new: Checkpoint
) -> None:
    Project.objects.filter(pk=scene.project.pk).update(review=ReviewRule.ALL)
    evaluation = sample(start(scene, old, new))
    label_all(scene, prefers_new)
    waiting = results_of(evaluation)
    assert waiting.comparisons == []
    assert waiting.note == "12 labels wait for a review and do not count yet."
    accept_all(reviewer=scene.mary, project=scene.project)
    assert results_of(evaluation).comparisons[0].rate.n == 12


def test_tasks_are_opened_once(
    scene: Scene, old: Checkpoint, new: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation = start(scene, old, new)
    for job in evaluation.generation_jobs.all():
        run_job(GenerationJob, job.pk, generate)
    late = fresh(evaluation)
    advance_evaluation(fresh(evaluation))
    advance_evaluation(late)
    assert late.state == EvaluationState.LABELING
    assert Task.objects.filter(batch=evaluation.batch).count() == 12


def test_a_crash_while_opening_leaves_nothing(
    scene: Scene, old: Checkpoint, new: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(**_: Any) -> None:
        raise Killed

    evaluation = start(scene, old, new)
    with monkeypatch.context() as patch:
        patch.setattr(evaluations, "open_questions", die)
        with pytest.raises(Killed):
            sample(evaluation)
    assert fresh(evaluation).state == EvaluationState.SAMPLING
    advance_evaluation(fresh(evaluation))
    assert Task.objects.filter(batch=evaluation.batch).count() == 12


@pytest.mark.django_db(transaction=True)
def test_many_lookers_open_the_tasks_once(scene: Scene, old: Checkpoint, new: Checkpoint) -> None:
    evaluation = start(scene, old, new)
    for job in evaluation.generation_jobs.all():
        run_job(GenerationJob, job.pk, generate)

    def look(_: int) -> str:
        try:
            seen = fresh(evaluation)
            advance_evaluation(seen)
            return seen.state
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(look, range(12))) == {EvaluationState.LABELING}
    assert Task.objects.filter(batch=evaluation.batch).count() == 12


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_a_broken_job_fails_the_evaluation_in_words(
    scene: Scene, old: Checkpoint, new: Checkpoint, state: JobState
) -> None:
    evaluation = start(scene, old, new)
    job = evaluation.generation_jobs.get(checkpoint=new)
    if state == JobState.CANCELLED:
        request_cancel(job)
    else:
        GenerationJob.objects.filter(pk=job.pk).update(state=state, error="No disk.")
    evaluation = sample(evaluation)
    assert evaluation.state == EvaluationState.FAILED
    assert evaluation.error.startswith(f"Generation job {job.pk} for new@1 was {state}: ")
    assert not Task.objects.exists()


class Short(ScriptedBackend):
    """Sums of three are too long for it."""

    too_long = "plus 3?"

    def sample(
        self, requests: Sequence[SampleRequest], parameters: SamplingParameters
    ) -> list[Sample]:
        for index, request in enumerate(requests):
            if self.too_long in request.messages[-1].content:
                raise PromptTooLong(index, 90, 20, 100)
        return super().sample(requests, parameters)


def test_prompts_without_a_response_of_each_are_left_out(
    scene: Scene, old: Checkpoint, new: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    backends = {old.pk: ScriptedBackend(Path()), new.pk: Short(Path())}
    monkeypatch.setattr(generation, "loaded_backend", lambda pk, *_: backends[pk])
    evaluation = sample(start(scene, old, new))
    assert Task.objects.filter(batch=evaluation.batch).count() == 10


def test_nothing_to_ask_about_is_a_failure(
    scene: Scene, old: Checkpoint, new: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Short, "too_long", "")
    monkeypatch.setattr(generation, "loaded_backend", lambda *_: Short(Path()))
    evaluation = sample(start(scene, old, new))
    assert evaluation.state == EvaluationState.FAILED
    assert "too long" in evaluation.error


def test_what_cannot_be_compared_is_refused(scene: Scene, old: Checkpoint, new: Checkpoint) -> None:
    with pytest.raises(Invalid, match="compared with itself"):
        start(scene, old, old, new)
    with pytest.raises(Invalid, match="between 1 and 8"):
        start(scene, old)
    with pytest.raises(Invalid, match="between 1 and 8"):
        start(scene, old, *(scripted(f"more-{number}") for number in range(9)))
    with pytest.raises(NotFound):
        start(scene, old, scripted("foreign", Project.objects.get(slug="elsewhere")))
    assert not Evaluation.objects.exists()


def test_a_project_without_held_out_prompts(old: Checkpoint, new: Checkpoint, scene: Scene) -> None:
    scene.project = create_project(name="Empty", creator=scene.olga)
    with pytest.raises(Conflict, match="no prompts in the test split"):
        start(scene, old, new)
