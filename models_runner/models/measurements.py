"""Measurements: what a checkpoint does on rows that it was not trained on, told in numbers."""

from django.db import models
from django.db.models import Q

from exports.models import DatasetVersion
from labeling.kinds import JobState
from labeling.models import Job, Project
from models_runner.models.checkpoints import Checkpoint
from models_runner.models.evaluations import Evaluation
from models_runner.models.training import TrainingRun


class MeasurementKind(models.TextChoices):
    """`judged` is a reward model's word on the samples of an evaluation, never people's.
    `closest_pairs` is what a round asks it: which samples it can hardly tell apart."""

    REWARD_ACCURACY = "reward_accuracy"
    LIKELIHOOD = "likelihood"
    PROBES = "probes"
    JUDGED = "judged"
    CLOSEST_PAIRS = "closest_pairs"


class Measurement(Job):
    """One kind of measurement of one checkpoint. `results` is empty until it is done."""

    queue = "generate"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="measurements")
    kind = models.CharField(max_length=16, choices=MeasurementKind.choices)
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="measurements"
    )
    dataset_version = models.ForeignKey(
        DatasetVersion, null=True, on_delete=models.PROTECT, related_name="measurements"
    )
    evaluation = models.ForeignKey(
        Evaluation, null=True, on_delete=models.CASCADE, related_name="judgements"
    )
    training_run = models.ForeignKey(
        TrainingRun, null=True, on_delete=models.CASCADE, related_name="measurements"
    )
    results = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["training_run", "kind"], name="measurement_once_a_run"),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | ~Q(results={}),
                name="measurement_done_has_results",
            ),
        ]
