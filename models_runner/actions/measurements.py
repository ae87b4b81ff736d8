"""Measurements: started by hand or after a training run, carried out by a worker.

A measurement reads and reckons, and writes its numbers in one go at the end; whatever is killed,
the next attempt begins anew.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction

from exports.models import DatasetVersion
from exports.models.versions import DatasetKind
from labeling.actions.jobs import Lease, enqueue
from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import JobState, Split
from labeling.models import Person, Project, Response
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.backends.protocol import Likelihood, Message, SamplingError
from models_runner.held_out import Turns, read_demonstrations, read_pairs
from models_runner.loaded import loaded_backend, loaded_scorer
from models_runner.measures import Outcomes, accuracy, likelihood, probe_results, win_rates
from models_runner.models import (
    Checkpoint,
    Evaluation,
    GenerationJob,
    Measurement,
    TrainingRun,
)
from models_runner.models.checkpoints import CheckpointKind
from models_runner.models.evaluations import EvaluationState
from models_runner.models.measurements import MeasurementKind
from models_runner.models.training import Method
from models_runner.next_tasks import closest_pair
from models_runner.probes import SUITES, choices

ROWS_AT_ONCE = 64
NEEDS_REWARD = {MeasurementKind.REWARD_ACCURACY, MeasurementKind.JUDGED}
READS = {
    MeasurementKind.REWARD_ACCURACY: (DatasetKind.PREFERENCE, "comparisons"),
    MeasurementKind.LIKELIHOOD: (DatasetKind.SFT, "demonstrations"),
}
Row = TypeVar("Row")


@transaction.atomic
def start_measurement(
    *,
    project: Project,
    kind: str,
    checkpoint: Checkpoint,
    dataset_version: DatasetVersion | None = None,
    evaluation: Evaluation | None = None,
    by: Person | None,
) -> Measurement:
    """Measure a checkpoint on the held-out rows of a dataset version (`reward_accuracy`,
    `likelihood`), on the samples of an evaluation (`judged`), or on built-in questions
    (`probes`)."""
    _check_checkpoint(project, MeasurementKind(kind), checkpoint)
    _check_dataset(project, MeasurementKind(kind), dataset_version)
    _check_evaluation(project, MeasurementKind(kind), evaluation)
    measurement = Measurement.objects.create(
        project=project,
        kind=kind,
        checkpoint=checkpoint,
        dataset_version=dataset_version,
        evaluation=evaluation,
        created_by=by,
    )
    enqueue(measurement)
    return measurement


def _check_checkpoint(project: Project, kind: MeasurementKind, checkpoint: Checkpoint) -> None:
    if checkpoint.project_id not in {None, project.pk}:
        raise NotFound
    wanted = CheckpointKind.REWARD if kind in NEEDS_REWARD else CheckpointKind.LANGUAGE
    if checkpoint.kind != wanted:
        needs = "a reward model" if wanted == CheckpointKind.REWARD else "one that writes"
        detail = f"{kind} needs {needs}; {checkpoint.label} is of kind {checkpoint.kind}."
        raise Invalid("checkpoint_kind", detail, "checkpoint")


def _check_dataset(project: Project, kind: MeasurementKind, version: DatasetVersion | None) -> None:
    if (version is None) != (kind not in READS):
        needs = "reads no dataset version" if version else "needs a dataset version"
        raise Invalid("dataset_kind", f"{kind} {needs}.", "dataset")
    if version is None:
        return
    if version.project_id != project.pk:
        raise NotFound
    wanted, rows = READS[kind]
    if version.kind != wanted:
        raise Invalid("dataset_kind", f"{kind} needs a version of kind {wanted}.", "dataset")
    version.ready_files()
    if not version.rows.get(Split.TEST, 0):
        raise Conflict("dataset_empty", f"The dataset version holds out no {rows}.")


def _check_evaluation(
    project: Project, kind: MeasurementKind, evaluation: Evaluation | None
) -> None:
    if (evaluation is None) != (kind != MeasurementKind.JUDGED):
        needs = "reads no evaluation" if evaluation else "needs an evaluation"
        raise Invalid("evaluation_needed", f"{kind} {needs}.", "evaluation")
    if evaluation is None:
        return
    if evaluation.project_id != project.pk:
        raise NotFound
    if evaluation.state not in {EvaluationState.LABELING, EvaluationState.DONE}:
        raise Conflict("evaluation_not_ready", "The evaluation has not drawn its samples yet.")


def measure_after(run: TrainingRun) -> None:
    """What a training run's checkpoint is measured by without being asked. Called in the
    transaction that publishes the checkpoint, so it happens once."""
    kind, version = _fitting(run)
    if version is None or run.checkpoint is None:
        return
    measurement = Measurement.objects.create(
        project=run.project,
        kind=kind,
        checkpoint=run.checkpoint,
        dataset_version=version,
        training_run=run,
        created_by=run.created_by,
    )
    enqueue(measurement)


def _fitting(run: TrainingRun) -> tuple[MeasurementKind, DatasetVersion | None]:
    """The held-out rows of the version trained on; for methods that learn from comparisons and
    write, those of the newest demonstrations."""
    if run.method == Method.REWARD:
        return MeasurementKind.REWARD_ACCURACY, _with_held_out([run.dataset_version])
    if run.dataset_version.kind == DatasetKind.SFT:
        return MeasurementKind.LIKELIHOOD, _with_held_out([run.dataset_version])
    newest = DatasetVersion.objects.filter(
        project=run.project, kind=DatasetKind.SFT, state=JobState.DONE
    )
    return MeasurementKind.LIKELIHOOD, _with_held_out(newest.order_by("-pk")[:10])


def _with_held_out(versions: Any) -> DatasetVersion | None:
    return next((each for each in versions if each.rows.get(Split.TEST, 0)), None)


def measure(measurement: Measurement, lease: Lease) -> None:
    """The work of a measurement."""
    lease.heartbeat(progress_done=0)
    try:
        results = WORK[MeasurementKind(measurement.kind)](measurement, lease)
    except SamplingError as error:
        raise Refused(422, "sampling_refused", str(error)) from error
    lease.write(results=results, progress_done=measurement.progress_total)


def _files(measurement: Measurement) -> list[Path]:
    version = measurement.dataset_version
    assert version is not None
    return [file.location for file in version.row_files(version.kind, Split.TEST)]


def _in_batches(rows: Sequence[Row], lease: Lease) -> Iterator[Sequence[Row]]:
    """The rows in batches, with the lease renewed and the progress told between them."""
    lease.heartbeat(progress_total=len(rows))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]
        lease.heartbeat(progress_done=min(start + ROWS_AT_ONCE, len(rows)))


def _messages(turns: Turns) -> list[Message]:
    return [Message(turn["role"], turn["content"]) for turn in turns]


def _score(checkpoint: Checkpoint, conversations: Sequence[Turns]) -> list[float]:
    scorer = loaded_scorer(checkpoint.pk, checkpoint.backend, checkpoint_dir(checkpoint))
    return scorer.score([_messages(each) for each in conversations])


def _likelihoods(checkpoint: Checkpoint, conversations: Sequence[Turns]) -> list[Likelihood]:
    backend: Any = loaded_backend(checkpoint.pk, checkpoint.backend, checkpoint_dir(checkpoint))
    if not hasattr(backend, "likelihoods"):
        raise SamplingError(
            f"{checkpoint.label} cannot be measured so: the {checkpoint.backend} backend does not "
            "tell how likely a given text is."
        )
    found: list[Likelihood] = backend.likelihoods([_messages(each) for each in conversations])
    return found


def _reward_accuracy(measurement: Measurement, lease: Lease) -> dict[str, Any]:
    margins = []
    pairs = read_pairs(_files(measurement))
    for batch in _in_batches(pairs, lease):
        sides = [pair.prompt + side for pair in batch for side in (pair.chosen, pair.rejected)]
        scores = _score(measurement.checkpoint, sides)
        margins += [scores[2 * i] - scores[2 * i + 1] for i in range(len(batch))]
    return accuracy(pairs, margins)


def _likelihood(measurement: Measurement, lease: Lease) -> dict[str, Any]:
    rows = read_demonstrations(_files(measurement))
    base = measurement.checkpoint.base
    results: dict[str, Any] = {}
    for name, checkpoint in (("checkpoint", measurement.checkpoint), ("base", base)):
        if checkpoint is None or checkpoint.kind != CheckpointKind.LANGUAGE:
            continue
        found: list[Likelihood] = []
        for batch in _in_batches(rows, lease):
            found += _likelihoods(checkpoint, [row.messages for row in batch])
        results[name] = {"label": checkpoint.label, **likelihood(rows, found)}
    return results


def _probes(measurement: Measurement, lease: Lease) -> dict[str, Any]:
    results = {}
    for name, suite in SUITES.items():
        right: list[tuple[bool, bool]] = []
        for place, probe in enumerate(suite):
            forward, backward = choices(suite, place)
            right.append(
                (
                    _finds_first(measurement.checkpoint, probe.forward, forward),
                    _finds_first(measurement.checkpoint, probe.backward, backward),
                )
            )
            lease.heartbeat()
        results[name] = probe_results(right)
    return results


def _finds_first(checkpoint: Checkpoint, question: str, answers: Sequence[str]) -> bool:
    """Whether the first answer is the likeliest, by the mean of its tokens."""
    asked = {"role": "user", "content": question}
    rows = [[asked, {"role": "assistant", "content": answer}] for answer in answers]
    means = [each.logprob / each.tokens for each in _likelihoods(checkpoint, rows)]
    return max(range(len(means)), key=lambda place: means[place]) == 0


def _judged(measurement: Measurement, lease: Lease) -> dict[str, Any]:
    evaluation = measurement.evaluation
    assert evaluation is not None
    scores: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    for response, score in _scored(measurement, evaluation.generation_jobs.all(), lease):
        scores[response.prompt_id, response.index][response.author] = score
    others = [each.label for each in evaluation.checkpoints.all()]
    compared: Outcomes = [(prompt, told) for (prompt, _), told in scores.items()]
    return {
        "by": measurement.checkpoint.label,
        "win_rates": win_rates(compared, others, evaluation.baseline.label),
    }


def _closest_pairs(measurement: Measurement, lease: Lease) -> dict[str, Any]:
    """Each prompt's two samples that the reward model can tell apart least, closest first."""
    scores: dict[int, dict[int, tuple[str, float]]] = defaultdict(dict)
    for response, score in _scored(measurement, measurement.round.generation_jobs.all(), lease):
        scores[response.prompt_id][response.pk] = (response.content, score)
    found = {prompt: closest_pair(scored) for prompt, scored in scores.items()}
    ordered = sorted((pair, prompt) for prompt, pair in found.items() if pair is not None)
    return {
        "by": measurement.checkpoint.label,
        "gaps": [gap for (gap, _, _), _ in ordered],
        "pairs": [[prompt, one, other] for (_, one, other), prompt in ordered],
    }


def _scored(
    measurement: Measurement, jobs: Iterable[GenerationJob], lease: Lease
) -> Iterator[tuple[Response, float]]:
    """The samples of these jobs and what the reward model gives each."""
    responses = list(
        Response.objects.drawn_by(job.origin for job in jobs)
        .filter(prompt__project=measurement.project)
        .select_related("prompt")
        .order_by("prompt", "index", "pk")
    )
    for batch in _in_batches(responses, lease):
        turns = [
            [*each.prompt.messages, {"role": "assistant", "content": each.content}]
            for each in batch
        ]
        yield from zip(batch, _score(measurement.checkpoint, turns), strict=True)


WORK: dict[MeasurementKind, Callable[[Measurement, Lease], dict[str, Any]]] = {
    MeasurementKind.REWARD_ACCURACY: _reward_accuracy,
    MeasurementKind.LIKELIHOOD: _likelihood,
    MeasurementKind.PROBES: _probes,
    MeasurementKind.JUDGED: _judged,
    MeasurementKind.CLOSEST_PAIRS: _closest_pairs,
}
