"""A checkpoint: parameters, tokenizer, chat template, and the backend that runs them."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone

from labeling.models import Project

INSTALLATION = "touchstone"
"""The namespace of checkpoints that belong to no project."""


class CheckpointKind(models.TextChoices):
    """What comes out of it: words, or a number that says how good a response is."""

    LANGUAGE = "language"
    REWARD = "reward"


class Checkpoint(models.Model):
    """One model. Without a project it belongs to the whole installation.

    `lineage` says how it came to be: base, dataset version, method, arguments, seed, by value.
    """

    project = models.ForeignKey(
        Project, null=True, on_delete=models.CASCADE, related_name="checkpoints"
    )
    name = models.SlugField(max_length=80)
    version = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=16, choices=CheckpointKind.choices, default=CheckpointKind.LANGUAGE
    )
    backend = models.CharField(max_length=32)
    is_toy = models.BooleanField(default=False)
    architecture = models.CharField(max_length=100, blank=True)
    parameters = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0, help_text="Of the parameters alone.")
    folder = models.CharField(max_length=300, help_text="Relative to the store.")
    digest = models.CharField(max_length=64)
    base = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="descendants"
    )
    lineage = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="checkpoint_version_once"),
            models.UniqueConstraint(fields=["folder"], name="checkpoint_folder_once"),
        ]

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def repository(self) -> str:
        namespace = self.project.slug if self.project else INSTALLATION
        return f"{namespace}/{self.name}"


class EndpointKey(models.Model):
    """The key of a checkpoint that somebody's server runs, sealed; it is never told again."""

    checkpoint = models.OneToOneField(
        Checkpoint, on_delete=models.CASCADE, related_name="endpoint_key"
    )
    sealed = models.TextField()


class CheckpointFile(models.Model):
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "path"], name="checkpoint_file_path_once"
            ),
        ]
        ordering = ["path"]

    @property
    def location(self) -> Path:
        """Where it lies on this host."""
        return Path(settings.STORE) / self.checkpoint.folder / self.path
