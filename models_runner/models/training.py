"""Training runs and the metrics they report."""

from django.db import models
from django.db.models import Q

from exports.models import DatasetVersion
from labeling.kinds import JobState
from labeling.models import Job, Project
from models_runner.models.checkpoints import Checkpoint


class Method(models.TextChoices):
    PRETRAIN = "pretrain"
    SFT = "sft"
    REWARD = "reward"
    DPO = "dpo"
    KTO = "kto"


class TrainingRun(Job):
    """One training of a base checkpoint, or of a new one, on a dataset version. A run that is done
    has exactly one checkpoint. `prompts` are answered at every save; `results` is what the method
    measured at its end."""

    queue = "train"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="training_runs")
    method = models.CharField(max_length=16, choices=Method.choices)
    dataset_version = models.ForeignKey(
        DatasetVersion, on_delete=models.PROTECT, related_name="training_runs"
    )
    base = models.ForeignKey(
        Checkpoint, null=True, on_delete=models.PROTECT, related_name="training_runs"
    )
    name = models.SlugField(max_length=80, help_text="Name of the checkpoint to be.")
    arguments = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    prompts = models.JSONField(default=list)
    results = models.JSONField(default=dict)
    phase = models.CharField(max_length=32, blank=True)
    checkpoint = models.OneToOneField(
        Checkpoint, null=True, on_delete=models.PROTECT, related_name="training_run"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | Q(checkpoint__isnull=False),
                name="training_done_has_checkpoint",
            ),
            models.CheckConstraint(
                condition=Q(method=Method.PRETRAIN) | Q(base__isnull=False),
                name="training_has_base_unless_pretrain",
            ),
        ]


class TrainingMetric(models.Model):
    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="metrics")
    step = models.PositiveIntegerField()
    seconds = models.FloatField()
    values = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "step"], name="training_metric_step_once"),
        ]
        ordering = ["step"]


class TrainingSamples(models.Model):
    """What the checkpoint in the making answered to the run's prompts at a save."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="samples")
    step = models.PositiveIntegerField()
    texts = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "step"], name="training_samples_step_once"),
        ]
        ordering = ["step"]
