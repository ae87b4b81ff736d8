"""Evaluations: do people prefer the new checkpoint on prompts that it never saw?"""

from django.db import models
from django.utils import timezone

from labeling.models import Person, Project
from models_runner.models.checkpoints import Checkpoint
from models_runner.models.generation import GenerationJob


class EvaluationState(models.TextChoices):
    SAMPLING = "sampling"
    LABELING = "labeling"
    DONE = "done"
    FAILED = "failed"


class Evaluation(models.Model):
    """Samples the checkpoints and the baseline on the held-out prompts, then asks people to rank
    them blind through the ordinary queue."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="evaluations")
    baseline = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    checkpoints = models.ManyToManyField(Checkpoint, related_name="evaluations")
    generation_jobs = models.ManyToManyField(GenerationJob, related_name="evaluations")
    samples_per_prompt = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=16, choices=EvaluationState.choices, default=EvaluationState.SAMPLING
    )
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    @property
    def batch(self) -> str:
        """What the tasks of this evaluation carry as their batch."""
        return f"evaluation:{self.pk}"
