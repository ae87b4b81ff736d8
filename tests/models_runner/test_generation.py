"""Generation jobs: exactly the plan, whatever dies on the way."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from labeling.actions.jobs import (
    CancelRequested,
    Lease,
    LeaseLost,
    reconcile,
    request_cancel,
    resume,
    run_job,
)
from labeling.actions.prompts import add_prompts
from labeling.errors import Conflict, Invalid
from labeling.kinds import JobState
from labeling.models import Response
from models_runner import loaded
from models_runner.actions import generation
from models_runner.actions.generation import Pace, generate, start_generation
from models_runner.actions.parts import begin, take
from models_runner.backends.protocol import (
    PromptTooLong,
    Sample,
    SampleRequest,
    SamplingError,
    SamplingParameters,
    sample_seed,
)
from models_runner.backends.scripted_backend import ScriptedBackend
from models_runner.models import GenerationJob, GenerationPart
from tests.factories import make_project, make_prompt
from tests.models_runner.scene import Scene, build_scene, expire, no_broker, scripted, sum_prompt

pytestmark = [pytest.mark.database, pytest.mark.django_db]


class Killed(BaseException):
    """The worker process is gone: nothing after this runs."""


class Moody(ScriptedBackend):
    """The scripted backend, with a word to say before each call to `sample`."""

    def __init__(self, *moods: Any) -> None:
        super().__init__(Path("/nowhere"))
        self.moods = list(moods)
        self.calls = 0
        self.rows = 0

    def sample(
        self, requests: Sequence[SampleRequest], parameters: SamplingParameters
    ) -> list[Sample]:
        self.calls += 1
        if self.moods:
            mood = self.moods.pop(0)
            if isinstance(mood, BaseException):
                raise mood
            if mood:
                mood(requests)
        self.rows += len(requests)
        return super().sample(requests, parameters)


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")
    no_broker(monkeypatch)
    loaded.close_all()


@pytest.fixture
def scene() -> Scene:
    return build_scene(prompts=12)


def start(scene: Scene, samples: int = 4, **more: Any) -> GenerationJob:
    return start_generation(
        project=scene.project,
        checkpoint=more.pop("checkpoint", None) or scripted(),
        samples_per_prompt=samples,
        by=scene.erik,
        **more,
    )


def work(job: GenerationJob) -> GenerationJob:
    run_job(GenerationJob, job.pk, generate)
    return GenerationJob.objects.get(pk=job.pk)


def use(monkeypatch: pytest.MonkeyPatch, backend: Moody) -> Moody:
    monkeypatch.setattr(generation, "loaded_backend", lambda *_: backend)
    return backend


def drawn(job: GenerationJob) -> Counter[tuple[int, int]]:
    rows = Response.objects.filter(origin=job.origin)
    return Counter(rows.values_list("prompt", "index"))


def tokens_stored() -> int:
    return int(Response.objects.aggregate(total=Sum("tokens"))["total"])


def plan(scene: Scene, samples: int = 4) -> Counter[tuple[int, int]]:
    return Counter((prompt.pk, index) for prompt in scene.prompts for index in range(samples))


def test_draws_the_plan(scene: Scene) -> None:
    job = work(start(scene))
    assert job.state == JobState.DONE
    assert drawn(job) == plan(scene)
    assert job.progress_done == job.progress_total == 48
    assert job.tokens == tokens_stored()
    assert job.tokens_per_second


def test_a_response_says_where_it_comes_from(scene: Scene) -> None:
    job = work(start(scene, seed=9))
    response = Response.objects.get(prompt=scene.prompts[0], index=2)
    assert (response.author, response.origin) == ("parrot@1", f"generation:{job.pk}")
    assert response.finish_reason == "stop"
    assert response.seed == sample_seed(scene.project.slug, "sum-0", "parrot@1", 2, 9)
    assert response.content


def test_the_seed_decides_the_texts(scene: Scene) -> None:
    checkpoint = scripted()
    texts = []
    for seed in (1, 1, 2):
        job = work(start(scene, checkpoint=checkpoint, seed=seed))
        rows = Response.objects.filter(origin=job.origin).order_by("prompt", "index")
        texts.append(list(rows.values_list("content", flat=True)))
    assert texts[0] == texts[1] != texts[2]


def test_limit_and_split(scene: Scene) -> None:
    assert set(drawn(work(start(scene, limit=2)))) == {
        (prompt.pk, index) for prompt in scene.prompts[:2] for index in range(4)
    }
    with pytest.raises(Conflict, match="no prompts in the test split"):
        start(scene, split="test")


def test_prompts_that_come_later_are_not_in_the_plan(scene: Scene) -> None:
    job = start(scene)
    planned = plan(scene)
    add_prompts(project=scene.project, rows=[sum_prompt(40)])
    assert drawn(work(job)) == planned


@pytest.mark.parametrize("dies_at_call", [1, 2, 3])
def test_a_killed_worker_leaves_the_rest_to_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, dies_at_call: int
) -> None:
    monkeypatch.setattr(generation, "MOST_ROWS", 16)
    job = start(scene)
    first = use(monkeypatch, Moody(*[None] * (dies_at_call - 1), Killed()))
    with pytest.raises(Killed):
        work(job)
    assert sum(drawn(job).values()) == 16 * (dies_at_call - 1)
    expire(job)
    reconcile()
    second = use(monkeypatch, Moody())
    job = work(job)
    assert (job.state, job.attempt) == (JobState.DONE, 2)
    assert drawn(job) == plan(scene)
    assert first.rows + second.rows == 48
    assert job.progress_done == 48
    assert job.tokens == tokens_stored()


def test_a_worker_killed_between_sampling_and_storing_doubles_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Response.objects, "bulk_create", die)
        with pytest.raises(Killed):
            work(job)
    assert GenerationJob.objects.get(pk=job.pk).tokens == 0
    expire(job)
    reconcile()
    assert drawn(work(job)) == plan(scene)


def test_a_woken_zombie_writes_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start(scene)
    stored: list[int] = []

    def taken_over(_: object) -> None:
        expire(job)
        reconcile()
        use(monkeypatch, Moody())
        assert work(job).state == JobState.DONE
        stored.extend(Response.objects.order_by("pk").values_list("pk", flat=True))

    use(monkeypatch, Moody(taken_over))
    job = work(job)
    assert (job.state, job.attempt) == (JobState.DONE, 2)
    assert list(Response.objects.order_by("pk").values_list("pk", flat=True)) == stored
    assert drawn(job) == plan(scene)
    assert job.progress_done == 48


@pytest.mark.usefixtures("scene")
def test_responses_of_a_job_are_found_by_index_among_imported_ones() -> None:
    prompt = make_prompt(make_project(), "Why?")
    Response.objects.bulk_create(
        Response(prompt=prompt, author="import:m", origin=f"import:{n}", content="So.")
        for n in range(5000)
    )
    Response.objects.create(prompt=prompt, author="tiny@1", origin="generation:1", seed=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_response")
    found = Response.objects.drawn_by(["generation:1", "generation:2"])
    assert [each.author for each in found] == ["tiny@1"]
    assert "response_by_origin" in found.explain()


def test_an_old_attempt_cannot_store(scene: Scene) -> None:
    job = start(scene)
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=1)
    job.refresh_from_db()
    lease = Lease(job)
    begin(job, lease, 0)
    hold = take(job, lease)
    assert hold is not None
    GenerationJob.objects.filter(pk=job.pk).update(attempt=2)
    draw = next(iter(generation._missing(job, hold.part)))
    with pytest.raises(LeaseLost):
        generation._store(hold, [(draw, Sample("late", "stop", 1, None))], 1.0)
    assert not Response.objects.exists()


def test_cancel_stops_at_the_next_chunk_and_resume_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)
    use(monkeypatch, Moody(lambda _: request_cancel(job)))
    job = work(job)
    assert job.state == JobState.CANCELLED
    assert job.progress_done == sum(drawn(job).values()) == 16
    resume(job)
    job = work(job)
    assert job.state == JobState.DONE
    assert drawn(job) == plan(scene)


def test_cancel_before_the_start(scene: Scene) -> None:
    job = start(scene)
    request_cancel(job)
    assert work(job).state == JobState.CANCELLED
    with pytest.raises(Conflict, match="has finished"):
        request_cancel(job)


def test_cancel_is_seen_before_the_checkpoint_is_loaded(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)
    GenerationJob.objects.update(state=JobState.RUNNING, attempt=1, cancel_requested=True)
    job.attempt = 1
    with pytest.raises(CancelRequested):
        generate(job, Lease(job))


def test_an_error_is_tried_again_and_fails_after_three_attempts(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)
    use(monkeypatch, Moody(*[OSError("out of memory")] * 3))
    assert [work(job).state for _ in range(3)] == ["queued", "queued", "failed"]
    assert GenerationJob.objects.get(pk=job.pk).error == "OSError: out of memory"


def test_a_refusal_of_the_backend_fails_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Moody(SamplingError("No chat template.")))
    job = work(start(scene))
    assert (job.state, job.error) == (JobState.FAILED, "No chat template.")


def test_prompts_that_are_too_long_are_left_out_and_counted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sample(requests: Sequence[SampleRequest]) -> None:
        for index, request in enumerate(requests):
            if "plus 3?" in request.messages[-1].content:
                raise PromptTooLong(index, 900, 200, 1024)

    use(monkeypatch, Moody(*[sample] * 20))
    job = work(start(scene))
    assert job.state == JobState.DONE
    assert (job.skipped, job.progress_done) == (8, 40)
    assert len(drawn(job)) == 40


def test_a_nul_in_a_sample_is_stored_as_a_mark(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(scene)
    part = GenerationPart(job=job, after=0, upto=scene.prompts[-1].pk)
    draw = next(iter(generation._missing(job, part)))
    assert generation._response(job, draw, Sample("a\0b", "stop", 3, None)).content == "a\ufffdb"


def test_a_checkpoint_is_opened_once_a_process_and_two_are_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_backend(kind: str, folder: Path) -> ScriptedBackend:
        opened.append(folder.parent.name)
        return ScriptedBackend(folder)

    monkeypatch.setattr(loaded, "open_backend", open_backend)
    one, two, three = (scripted(name) for name in ("one", "two", "three"))
    for checkpoint in (one, one, two, one, three, one, two):
        work(start(scene, samples=1, checkpoint=checkpoint))
    assert opened == ["one", "two", "three", "two"]


def test_nothing_is_opened_when_nothing_is_missing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work(start(scene))
    GenerationJob.objects.update(state=JobState.QUEUED)
    backend = use(monkeypatch, Moody())
    assert work(job).state == JobState.DONE
    assert backend.calls == 0


@pytest.mark.parametrize(
    ("parameters", "code", "words"),
    [
        ({"temperature": -1}, "out_of_range", "temperature must be at least 0"),
        ({"top_p": 0}, "out_of_range", "top_p must be above 0"),
        ({"max_new_tokens": 1.5}, "out_of_range", "max_new_tokens must be a whole number"),
        ({"beams": 4}, "unknown_field", "The field beams is not known here."),
    ],
)
def test_bad_parameters_are_refused(
    scene: Scene, parameters: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        start(scene, parameters=parameters)
    assert caught.value.code == code
    assert not GenerationJob.objects.exists()


def test_samples_per_prompt_is_limited(scene: Scene) -> None:
    with pytest.raises(Invalid, match="between 1 and 64"):
        start(scene, samples=65)


def test_the_pace_follows_the_time_that_a_chunk_takes() -> None:
    pace = Pace()
    pace.learn(0.1)
    pace.learn(0.1)
    pace.learn(0.1)
    assert pace.rows == 64
    for _ in range(9):
        pace.learn(30)
    assert pace.rows == 1
    pace.learn(5)
    assert pace.rows == 1


def test_a_backend_that_knows_its_width_is_asked_for_as_much(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = use(monkeypatch, Moody())
    wide.rows_at_once = 40  # type: ignore[attr-defined]  # the scripted backend has none
    job = work(start(scene))
    assert (wide.calls, wide.rows) == (2, 48)
    assert drawn(job) == plan(scene)
