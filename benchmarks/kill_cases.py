"""Every kind of job as `benchmarks.kills` tries it: how it is started, worked on and checked."""

import argparse
import hashlib
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from celery import current_app
from django.conf import settings
from django.core.management import call_command

from benchmarks.figure import Figure
from benchmarks.kill_trial import Case, trial
from config.installation import tiny_checkpoint
from exports.actions.freeze import freeze, start_freeze
from exports.models import DatasetVersion
from labeling.actions.claim import claim_next
from labeling.actions.import_check import check_upload
from labeling.actions.imports import import_prompts, start_import
from labeling.actions.jobs import Work, reconcile, run_job
from labeling.actions.labels import Submission, submit
from labeling.actions.uploads import take_upload
from labeling.kinds import AssignmentState, JobState, ProjectState, Split
from labeling.models import Assignment, Job, Project, Prompt, PromptImport, Response, Task
from labeling.prompt_files.parsed import Reading
from labeling.ranking import groups_of
from models_runner.actions import arena, generation, measurements
from models_runner.actions.checkpoints import checkpoint_dir, register_checkpoint
from models_runner.actions.generation import generate, start_generation
from models_runner.actions.measurements import measure, start_measurement
from models_runner.actions.round_stages import advance_rounds
from models_runner.actions.rounds import start_round
from models_runner.actions.training import start_training, train
from models_runner.models import Battle, Checkpoint, GenerationJob, Measurement, Round, TrainingRun
from models_runner.models.arena import Vote
from tests.factories import make_demonstration, make_project, make_prompt, make_ranking
from tests.models_runner.scene import person
from tests.models_runner.test_rounds import Varied

PAST = "2020-01-01T00:00:00Z"
SAMPLES, STEPS, ROWS = 4, 8, 4000
QUESTIONS = [f"What is {a} plus {b}?" for a in range(1, 8) for b in range(1, 8)]


class Half(AssertionError):
    """Something was left out, doubled or half."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    failures: list[str] = []
    for case in cases():
        if not case.name.startswith(given.only):
            continue
        hit, wrong = trial(case, given.times, random.Random(f"{case.name} {given.seed}"))
        failures += wrong
        unit = f"jobs of {hit} killed that ended well, none doubled or half"
        name = f"models.kills_{case.name}"
        print(Figure(name, hit - len(wrong), unit, f">= {given.times}").line(), flush=True)
    for line in failures:
        print(line, file=sys.stderr)
    sys.exit(bool(failures))


def must(holds: object, what: str) -> None:
    if not holds:
        raise Half(what)


def cases() -> Iterator[Case]:
    # Nobody listens to hints here: this process takes up each job itself.
    current_app.conf.update(broker_url="memory://")
    tiny = tiny_checkpoint()
    erik, lena = person("erik"), person("lena")
    project = make_project(erik, name="Kills")
    for place, text in enumerate(QUESTIONS):
        split = Split.TEST if place % 4 == 0 else Split.TRAIN
        make_demonstration(make_prompt(project, text, split), lena, f"It is {place}.")
    version = start_freeze(project=project, kind="sft", by=erik)
    run_job(DatasetVersion, version.pk, freeze)
    version = DatasetVersion.objects.select_related("project").get(pk=version.pk)
    yield an_import(erik)
    yield of(
        "freeze", lambda: start_freeze(project=project, kind="sft", by=erik), freeze, whole_version
    )
    yield of(
        "generation",
        lambda: start_generation(
            project=project, checkpoint=tiny, samples_per_prompt=SAMPLES, by=erik
        ),
        generate,
        whole_plan,
    )
    yield of(
        "measurement",
        lambda: start_measurement(
            project=project, kind="likelihood", checkpoint=tiny, dataset_version=version, by=erik
        ),
        measure,
        same_figures,
    )
    yield of(
        "training",
        lambda: start_training(
            project=project,
            method="sft",
            dataset_version=version,
            base=tiny,
            name="kills-sft",
            arguments={"max_steps": STEPS, "log_steps": 1},
            seed=TrainingRun.objects.count(),
            by=erik,
        ),
        train,
        one_checkpoint,
    )
    register_checkpoint(folder=checkpoint_dir(tiny), name="twin", is_toy=True, move=False)
    yield of(
        "battle",
        lambda: arena.start_battle(project=project, message=QUESTIONS[0], by=erik),
        arena.answer,
        whole_battle,
    )
    yield a_round(tiny)


def of(name: str, start: Callable[[], Any], work: Work[Any], check: Callable[[Any], None]) -> Case:
    return Case(
        name=name,
        start=start,
        work=lambda job: run_job(type(job), job.pk, work),
        expire=expire,
        check=lambda job: check(done(job)),
    )


def expire(job: Job) -> None:
    """The dead worker's lease has run out."""
    type(job)._default_manager.filter(pk=job.pk, state=JobState.RUNNING).update(lease_until=PAST)
    reconcile()


def done(job: Any) -> Any:
    fresh = type(job)._default_manager.get(pk=job.pk)
    must(fresh.state == JobState.DONE, f"{fresh.state} in attempt {fresh.attempt}: {fresh.error}")
    return fresh


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def an_import(erik: Any) -> Case:
    def start() -> PromptImport:
        project = make_project(erik)
        lines = [json.dumps({"prompt": f"{project.pk} {row}"}) for row in range(ROWS)]
        upload = take_upload(["\n".join(lines).encode()], "prompts.jsonl")
        checked = check_upload(project=project, upload=upload, reading=Reading())
        job, _ = start_import(
            project=project, upload=upload, reading=Reading(), checked=checked, by=erik
        )
        return job

    def check(job: PromptImport) -> None:
        texts = Prompt.objects.filter(project=job.project).values_list("messages", flat=True)
        found = Counter(json.dumps(each) for each in texts)
        must(len(found) == ROWS and set(found.values()) == {1}, f"{found.total()} prompts")
        left = Project.objects.filter(state=ProjectState.ARRIVING).count()
        must(left == 0, f"{left} half imports")

    return of("import", start, import_prompts, check)


def whole_version(version: DatasetVersion) -> None:
    files = list(version.files.all())
    home = Path(settings.STORE) / version.folder
    there = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    must(there == {file.path for file in files}, "other files than were published")
    must(all(sha256(file.location) == file.sha256 for file in files), "a file's hash differs")
    must(sum(version.rows.values()) == len(QUESTIONS), f"rows {version.rows}")
    must(not list(home.parent.glob(".*")), "an attempt's folder was left")


def whole_plan(job: GenerationJob) -> None:
    drawn = Counter(Response.objects.filter(origin=job.origin).values_list("prompt", "index"))
    must(set(drawn.values()) == {1}, "a response is doubled")
    must(len(drawn) + job.skipped == len(QUESTIONS) * SAMPLES, f"{len(drawn)} responses")
    must(job.progress_done == len(drawn), "the progress differs from the rows")


def whole_battle(battle: Battle) -> None:
    must(set(battle.samples) == {"a", "b"}, "a response is missing")
    arena.vote(battle=battle, choice=Vote.TIE)
    must(Response.objects.filter(origin=battle.origin).count() == 2, "a response is doubled")


def same_figures(measurement: Measurement) -> None:
    first = Measurement.objects.filter(kind=measurement.kind).order_by("pk")[0]
    must(measurement.results == first.results, "other figures than undisturbed")


def one_checkpoint(run: TrainingRun) -> None:
    checkpoint = run.checkpoint
    assert checkpoint is not None
    must(checkpoint.lineage["training_run"] == run.pk, "another run's checkpoint")
    must(all(sha256(file.location) == file.sha256 for file in checkpoint.files.all()), "a hash")
    home = checkpoint_dir(checkpoint)
    must({path.name for path in home.iterdir()} == {file.path for file in checkpoint.files.all()},
         "other files than were published")  # fmt: skip
    versions = Checkpoint.objects.filter(name=run.name)
    folders = {path.name for path in home.parent.iterdir() if not path.name.startswith(".")}
    must(folders == {str(each.version) for each in versions}, f"folders {folders}")
    ended = TrainingRun.objects.filter(name=run.name, state=JobState.DONE).count()
    must(versions.count() == ended, f"{versions.count()} checkpoints of {ended} runs")
    steps = list(run.metrics.values_list("step", flat=True))
    must(steps == list(range(1, STEPS + 1)), f"steps {steps}")


def a_round(tiny: Checkpoint) -> Case:
    """A whole round of a project of its own, with labelers; training is pretended."""
    count = iter(range(1000))

    def start() -> Round:
        erik, lena = person(f"erik-{next(count)}"), person(f"lena-{next(count)}")
        project = make_project(erik)
        for place, text in enumerate(QUESTIONS[:16]):
            split = Split.TEST if place % 4 == 0 else Split.TRAIN
            make_ranking(make_prompt(project, text, split), lena, ranks=(1, 2))
        plan = {"method": "dpo", "base": tiny, "next_prompts": 6, "samples_per_prompt": 2}
        return start_round(project=project, plan={**plan, "reward_base": tiny}, by=erik)

    return Case("round", start, turn, expire_all, whole_round)


def turn(each: Round) -> None:
    """What all workers and a labeler do until the round has ended."""
    pretend_models()
    while Round.objects.get(pk=each.pk).state == "running":
        for model, work in WORK.items():
            waiting = model._default_manager.filter(state=JobState.QUEUED)
            for pk in waiting.values_list("pk", flat=True):
                run_job(model, pk, work)
        advance_rounds()
        if Round.objects.get(pk=each.pk).stage == "evaluate":
            label(each)


WORK: dict[type[Job], Work[Any]] = {
    DatasetVersion: freeze,
    TrainingRun: train,
    GenerationJob: generate,
    Measurement: measure,
}


def label(each: Round) -> None:
    """A labeler does what they have in hand since before the kill, and then what there is."""
    labeler = each.created_by
    in_hand = Assignment.objects.filter(labeler=labeler, state=AssignmentState.LEASED)
    for assignment in in_hand:
        answer(assignment)
    while view := claim_next(labeler=labeler, slug=each.project.slug):
        answer(view.assignment)


def answer(assignment: Assignment) -> None:
    """Whatever the round trained is better."""
    authors = Response.objects.in_bulk(assignment.shown)
    ranks = [1 if "dpo" in authors[pk].author else 2 for pk in assignment.shown]
    submit(
        labeler=assignment.labeler,
        assignment_id=assignment.pk,
        submission=Submission(
            epoch=assignment.epoch,
            answer={"groups": groups_of(ranks), "none_acceptable": False},
        ),
        key=f"key-{assignment.pk}",
    )


def pretend_models() -> None:
    """In this process nothing is trained and responses follow a rule: runs, sampling and measuring
    have cases of their own."""
    popen = subprocess.Popen

    def pretend(command: Any, **options: Any) -> Any:
        stand_in = [sys.executable, "-m", "tests.models_runner.pretend_trainer", command[-1]]
        return popen(stand_in, **options)

    def scored(_: Any, turns: list[Any]) -> list[float]:
        return [float(len(str(each))) for each in turns]

    varied = Varied(Path("/nowhere"))
    patch.object(subprocess, "Popen", pretend).start()
    patch.object(generation, "loaded_backend", lambda *_, **__: varied).start()
    patch.object(measurements, "_score", scored).start()


def expire_all(each: Round) -> None:
    for model in WORK:
        model._default_manager.filter(state=JobState.RUNNING).update(lease_until=PAST)
    reconcile()


def whole_round(each: Round) -> None:
    each = Round.objects.get(pk=each.pk)
    must(each.state == "done", f"{each.state} in {each.stage}: {each.error}")
    mine = {"project": each.project}
    must(DatasetVersion.objects.filter(**mine).count() == 1, "versions")
    must(TrainingRun.objects.filter(**mine).count() == 2, "runs")
    must(Checkpoint.objects.filter(**mine).count() == 2, "checkpoints")
    must(GenerationJob.objects.filter(**mine).count() == 3, "generation jobs")
    opened = Task.objects.filter(key=each.key).count()
    must(opened == each.tasks_opened and opened > 0, f"{opened} tasks")
    must(Task.objects.exclude(batch="").filter(**mine).count() == 4, "tasks of the evaluation")
