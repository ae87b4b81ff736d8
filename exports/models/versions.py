"""Frozen, numbered, hashed dataset versions. A version that is done never changes."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.errors import Conflict
from labeling.kinds import JobState, Split
from labeling.models import Job, Project


class DatasetKind(models.TextChoices):
    SFT = "sft"
    PREFERENCE = "preference"


class DatasetVersion(Job):
    """`hash` is the SHA-256 of the version's manifest: the same labels, recipe and moment give
    the same hash. `rows` counts rows by split."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="dataset_versions")
    name = models.SlugField(max_length=80)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=DatasetKind.choices)
    recipe = models.JSONField(default=dict)
    as_of = models.DateTimeField()
    hash = models.CharField(max_length=64, blank=True)
    rows = models.JSONField(default=dict)
    manifest = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name", "number"], name="dataset_version_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | ~Q(hash=""), name="dataset_done_has_hash"
            ),
        ]

    @property
    def repository(self) -> str:
        return f"{self.project.slug}/{self.name}"

    @property
    def label(self) -> str:
        return f"{self.repository}@{self.number}"

    @property
    def folder(self) -> str:
        """Where its files lie, relative to the store."""
        return f"datasets/{self.project.slug}/{self.name}/{self.number}"

    def ready_files(self) -> "models.QuerySet[DatasetFile]":
        """Its files, once it is done; before that a version has none to show."""
        if self.state != JobState.DONE:
            raise Conflict("dataset_not_ready", f"This version is not ready: it is {self.state}.")
        return self.files.select_related("version__project")


class DatasetFile(models.Model):
    """One published file. `format` is parquet, jsonl, markdown or json; the last two hold no rows
    and belong to no split."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    split = models.CharField(max_length=8, choices=Split.choices, blank=True)
    format = models.CharField(max_length=16)
    rows = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="dataset_file_path_once"),
        ]
        ordering = ["path"]

    @property
    def location(self) -> Path:
        """Where it lies on this host."""
        return Path(settings.STORE) / self.version.folder / self.path
