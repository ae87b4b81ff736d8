"""Training runs: started, followed while a child process trains, published as one checkpoint.

The child saves as it goes, so any number of attempts end in the same checkpoint. Its row appears
in the transaction that sets `run.checkpoint`, fenced by the attempt: one checkpoint a run.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from exports.models import DatasetVersion
from exports.models.versions import DatasetKind
from labeling.actions.audit import record
from labeling.actions.jobs import CancelRequested, Lease, enqueue
from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import Split
from labeling.models import Person, Project, Prompt
from models_runner.actions.checkpoints import (
    check_name,
    checkpoint_dir,
    publish_checkpoint,
    staged_checkpoint,
)
from models_runner.actions.generation import check_speaks
from models_runner.actions.measurements import measure_after
from models_runner.models import Checkpoint, TrainingMetric, TrainingRun, TrainingSamples
from models_runner.models.training import Method
from models_runner.run_folder import output_dir, start_alone, write_spec
from models_runner.trainers.arguments import ARGUMENTS, validate
from models_runner.trainers.errors import ArgumentError
from models_runner.training_process import TrainingProcess, read_events, terminate

TRAINS_ON = {
    Method.PRETRAIN: DatasetKind.SFT,
    Method.SFT: DatasetKind.SFT,
    Method.REWARD: DatasetKind.PREFERENCE,
    Method.DPO: DatasetKind.PREFERENCE,
    Method.KTO: DatasetKind.PREFERENCE,
}
HOLDS = {DatasetKind.SFT: "demonstrations", DatasetKind.PREFERENCE: "comparisons"}
TRAINABLE = "transformers"
FIXED_PROMPTS = 4
PHASES = {
    "start": "starting",
    "loading": "loading",
    "train": "training",
    "log": "training",
    "saved": "training",
    "samples": "training",
    "done": "registering",
}
LOOK_SECONDS = 1.0
GRACE_SECONDS = 30.0
UNFORESEEN = "Training failed:"


class TrainingStopped(Exception):
    """The child ended before its work did, for a reason that may not come again."""


@transaction.atomic
def start_training(
    *,
    project: Project,
    method: str,
    dataset_version: DatasetVersion,
    base: Checkpoint | None,
    name: str,
    arguments: Mapping[str, Any] | None = None,
    seed: int = 0,
    by: Person | None,
) -> TrainingRun:
    """A run that trains `base`, or a new checkpoint when the method pretrains, on the train split
    of a finished dataset version; what comes out is the next version of the checkpoint `name`."""
    check_name(name)
    checked = check_arguments(method, arguments or {})
    _check_dataset(project, method, dataset_version)
    _check_base(project, method, base)
    run = TrainingRun.objects.create(
        project=project,
        method=method,
        dataset_version=dataset_version,
        base=base,
        name=name,
        arguments=checked,
        seed=seed,
        prompts=_fixed_prompts(project),
        created_by=by,
    )
    enqueue(run)
    told = {"method": method, "name": name}
    about = f"training:{run.pk}"
    record(by=by, action="training.started", project=project, about=about, after=told)
    return run


def check_arguments(method: str, given: Mapping[str, Any]) -> dict[str, int | float]:
    """Every argument of the method: those given, checked, and defaults for the rest."""
    known = {argument.name: argument for argument in ARGUMENTS.get(method, ())}
    for name in given:
        if known and name not in known:
            detail = f"The field {name[:80]} is not known here."
            raise Invalid("unknown_field", detail, f"arguments.{name[:80]}")
    try:
        return validate(method, given)
    except ArgumentError as error:
        raise Invalid("out_of_range", error.message, f"arguments.{error.field}") from error


def _check_dataset(project: Project, method: str, version: DatasetVersion) -> None:
    if version.project_id != project.pk:
        raise NotFound
    kind = TRAINS_ON[Method(method)]
    if version.kind != kind:
        detail = f"{method} trains on a dataset version of kind {kind}; this one is {version.kind}."
        raise Invalid("dataset_kind", detail, "dataset")
    version.ready_files()
    if not version.rows.get(Split.TRAIN, 0):
        detail = f"The dataset version holds no {HOLDS[kind]} to train on."
        raise Conflict("dataset_empty", detail)


def _check_base(project: Project, method: str, base: Checkpoint | None) -> None:
    if (base is None) != (method == Method.PRETRAIN):
        needs = "makes a new checkpoint; leave base out" if base else "needs a base checkpoint"
        raise Invalid("checkpoint_base", f"{method} {needs}.", "base")
    if base is None:
        return
    if base.project_id not in {None, project.pk}:
        raise NotFound
    if base.backend != TRAINABLE:
        detail = f"{base.label} cannot be trained: it is run by the {base.backend} backend."
        raise Invalid("checkpoint_backend", detail, "base")
    if method != Method.REWARD:
        check_speaks(base, "base")


def _fixed_prompts(project: Project) -> list[list[dict[str, str]]]:
    """The prompts that a run answers at every save: held-out ones where there are any."""
    prompts = Prompt.objects.filter(project=project)
    held_out = prompts.filter(split=Split.TEST)
    chosen = (held_out if held_out.exists() else prompts).order_by("pk")[:FIXED_PROMPTS]
    return list(chosen.values_list("messages", flat=True))


def run_dir(run: TrainingRun) -> Path:
    return Path(settings.DATA) / "runs" / str(run.pk)


def train(run: TrainingRun, lease: Lease) -> None:
    """The work of a training run."""
    if run.checkpoint_id is not None:
        return
    lease.heartbeat(phase="starting")
    folder = run_dir(run)
    write_spec(folder, _spec(run))
    _train(run, lease, folder)
    _publish(run, lease, folder)


def _spec(run: TrainingRun) -> dict[str, Any]:
    version = run.dataset_version
    files = version.row_files(version.kind, Split.TRAIN)
    return {
        "method": run.method,
        "base_dir": str(checkpoint_dir(run.base)) if run.base else None,
        "train_files": [str(file.location) for file in files],
        "output_dir": str(output_dir(run_dir(run))),
        "arguments": run.arguments,
        "seed": run.seed,
        "prompts": run.prompts,
    }


def _train(run: TrainingRun, lease: Lease, folder: Path) -> None:
    """Run the child to its end; whatever ends this function ends the child, which saves first."""
    process = start_alone(folder, lease.heartbeat)
    diary = Diary(run, lease, folder)
    try:
        diary.read_former(process.events_offset)
        _follow(process, diary, lease)
    except CancelRequested:
        terminate(process, GRACE_SECONDS)
        diary.read_on()
        lease.write(phase="stopped")
        raise
    finally:
        terminate(process, GRACE_SECONDS)
    _raise_unless_done(diary.last, process.wait())


def _follow(process: TrainingProcess, diary: "Diary", lease: Lease) -> None:
    while True:
        # Asked before reading, so that nothing written before the end is missed.
        ended = process.poll() is not None
        diary.read_on()
        if ended:
            return
        lease.heartbeat()
        _wait(process, LOOK_SECONDS)


def _wait(process: TrainingProcess, seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


@dataclass
class Diary:
    """Takes what the children write over into the run's row and metrics. `last` is the newest
    event of the child of this attempt, `seconds` how long all children trained until then."""

    run: TrainingRun
    lease: Lease
    folder: Path
    offset: int = 0
    earlier: float = 0.0
    seconds: float = 0.0
    last: dict[str, Any] | None = None

    def read_former(self, end: int) -> None:
        """What former attempts wrote: a worker that was killed may have left some of it unread."""
        self.read_on(end)
        self.offset, self.last = end, None

    def read_on(self, end: int | None = None) -> None:
        events, self.offset = read_events(self.folder, self.offset, end)
        if events:
            self.last = events[-1]
            self._store(events)

    def _store(self, events: list[dict[str, Any]]) -> None:
        with transaction.atomic():
            self.lease.write(**_columns(events))
            TrainingMetric.objects.bulk_create(
                self._metrics(events),
                update_conflicts=True,
                unique_fields=["run", "step"],
                update_fields=["seconds", "values"],
            )
            TrainingSamples.objects.bulk_create(
                [
                    TrainingSamples(run=self.run, step=event["step"], texts=event["texts"])
                    for event in events
                    if event["event"] == "samples"
                ],
                update_conflicts=True,
                unique_fields=["run", "step"],
                update_fields=["texts"],
            )

    def _metrics(self, events: list[dict[str, Any]]) -> list[TrainingMetric]:
        metrics: dict[int, TrainingMetric] = {}
        for event in events:
            if event["event"] == "start":
                self.earlier = self.seconds
            self.seconds = self.earlier + event["seconds"]
            if event["event"] == "log":
                metric = metrics.setdefault(
                    event["step"], TrainingMetric(run=self.run, step=event["step"], values={})
                )
                metric.seconds = self.seconds
                metric.values.update(event["values"])
        return list(metrics.values())


def _columns(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What the events say about the run's row; those before the first step know no total."""
    last = events[-1]
    columns: dict[str, Any] = {}
    if last["event"] in PHASES:
        columns["phase"] = PHASES[last["event"]]
    if last["event"] == "done":
        columns["results"] = last["values"]
    if last["total_steps"]:
        columns |= {"progress_done": last["step"], "progress_total": last["total_steps"]}
    return columns


def _raise_unless_done(last: dict[str, Any] | None, code: int) -> None:
    ending = last["event"] if last else ""
    if last is None or ending not in {"done", "failed", "cancelled"}:
        raise TrainingStopped(f"The training process ended without a word (exit code {code}).")
    if ending == "cancelled":
        raise TrainingStopped(f"The training process was stopped at step {last['step']}.")
    if ending == "failed" and last["message"].startswith(UNFORESEEN):
        raise TrainingStopped(last["message"])
    if ending == "failed":
        raise Refused(422, "training_failed", last["message"])


def _publish(run: TrainingRun, lease: Lease, folder: Path) -> None:
    """Register what the child left. Its files stay where they are until that is committed, so an
    attempt that dies on the way is made good by the next."""
    lease.write(phase="registering")
    left = output_dir(folder)
    with (
        staged_checkpoint(folder=left, name=run.name, tick=lease.write) as staged,
        transaction.atomic(),
    ):
        lease.write()
        checkpoint = publish_checkpoint(
            staged,
            project=run.project,
            is_toy=run.base is not None and run.base.is_toy,
            base=run.base,
            lineage=lineage_of(run),
        )
        lease.write(checkpoint=checkpoint, phase="done")
        measure_after(run)
    shutil.rmtree(left, ignore_errors=True)


def lineage_of(run: TrainingRun) -> dict[str, Any]:
    """How the run's checkpoint came to be, by value."""
    return {
        "base": run.base.label if run.base else None,
        "dataset": run.dataset_version.label,
        "dataset_hash": run.dataset_version.hash,
        "method": run.method,
        "arguments": run.arguments,
        "seed": run.seed,
        "training_run": run.pk,
    }
