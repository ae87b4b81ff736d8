"""Several workers on one generation job: both draw, and the rows are the plan, whoever dies."""

from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from labeling.actions.jobs import LeaseLost, reconcile, request_cancel, run_job
from labeling.kinds import JobState
from labeling.models import Response
from models_runner import loaded
from models_runner.actions import generation, parts
from models_runner.actions.generation import generate, help_generate
from models_runner.actions.parts import take
from models_runner.backends.protocol import Sample
from models_runner.models import GenerationJob, GenerationPart
from tests.models_runner.scene import Scene, build_scene, expire, no_broker
from tests.models_runner.test_generation import (
    Killed,
    Moody,
    drawn,
    plan,
    start,
    tokens_stored,
    use,
    work,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")
    monkeypatch.setattr(parts, "PART_ROWS", 8)
    monkeypatch.setattr(generation, "WAIT_SECONDS", 0.01)
    no_broker(monkeypatch)
    loaded.close_all()


@pytest.fixture
def scene() -> Scene:
    return build_scene(prompts=12)


def expire_parts() -> None:
    GenerationPart.objects.update(held_until="2020-01-01T00:00:00Z")


def test_a_helper_draws_what_the_leader_does_not_hold(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)
    leader = use(monkeypatch, Moody(lambda _: helper_works()))
    helper = Moody()

    def helper_works() -> None:
        use(monkeypatch, helper)
        help_generate(job.pk)
        use(monkeypatch, leader)

    job = work(job)
    assert job.state == JobState.DONE
    assert drawn(job) == plan(scene)
    assert (leader.rows, helper.rows) == (8, 40)
    assert job.progress_done == job.progress_total == 48
    assert job.tokens == tokens_stored()


def test_a_part_whose_helper_died_is_drawn_by_the_leader(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)
    leader = use(monkeypatch, Moody(lambda _: helper_dies()))

    def helper_dies() -> None:
        use(monkeypatch, Moody(None, Killed()))
        with pytest.raises(Killed):
            help_generate(job.pk)
        use(monkeypatch, leader)
        expire_parts_of_helpers()

    def expire_parts_of_helpers() -> None:
        GenerationPart.objects.exclude(holder="leader").exclude(holder="").update(
            held_until="2020-01-01T00:00:00Z"
        )

    job = work(job)
    assert job.state == JobState.DONE
    assert drawn(job) == plan(scene)
    assert job.progress_done == 48


def test_a_woken_helper_writes_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start(scene)
    GenerationJob.objects.update(state=JobState.QUEUED)
    slept: list[parts.Hold] = []

    def helper_sleeps(_: object) -> None:
        hold = take(GenerationJob.objects.get(pk=job.pk), None)
        assert hold is not None
        slept.append(hold)
        GenerationPart.objects.filter(pk=hold.part.pk).update(held_until="2020-01-01T00:00:00Z")

    use(monkeypatch, Moody(helper_sleeps))
    job = work(job)
    assert drawn(job) == plan(scene)
    (hold,) = slept
    draw = next(iter(generation._missing(start(scene), hold.part)))
    with pytest.raises(LeaseLost):
        generation._store(hold, [(draw, Sample("late", "stop", 1, None))], 1.0)
    assert not Response.objects.filter(content="late").exists()


def test_helpers_stop_when_the_job_does(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start(scene)
    helper = Moody()

    def cancelled_meanwhile(_: object) -> None:
        request_cancel(job)
        use(monkeypatch, helper)
        help_generate(job.pk)

    use(monkeypatch, Moody(cancelled_meanwhile))
    assert work(job).state == JobState.CANCELLED
    assert helper.rows == 0
    help_generate(job.pk)
    assert helper.rows == 0


def test_the_next_leader_takes_over_what_a_dead_one_held(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)
    use(monkeypatch, Moody(None, None, Killed()))
    with pytest.raises(Killed):
        run_job(GenerationJob, job.pk, generate)
    expire(job)
    reconcile()
    rest = use(monkeypatch, Moody())
    job = work(job)
    assert (job.state, job.attempt, rest.rows) == (JobState.DONE, 2, 32)
    assert drawn(job) == plan(scene)
    assert job.progress_done == 48


def test_a_large_plan_has_a_bounded_number_of_parts(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_PARTS", 3)
    job = work(start(scene))
    bounds = list(job.parts.values_list("after", "upto"))
    assert len(bounds) == 3
    assert all(one[1] == two[0] for one, two in pairwise(bounds))
    assert drawn(job) == plan(scene)
