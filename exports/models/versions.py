"""Frozen, numbered, hashed dataset versions. A version that is done never changes."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from exports import bucket
from labeling.errors import Conflict
from labeling.kinds import JobState, Split
from labeling.models import Job, Project


class DatasetKind(models.TextChoices):
    SFT = "sft"
    PROMPT_COMPLETION = "prompt_completion"
    PREFERENCE = "preference"
    REWARD = "reward"
    KTO = "kto"
    STEPWISE = "stepwise"
    RANKINGS = "rankings"
    RATINGS = "ratings"
    LABELS = "labels"


class DatasetVersion(Job):
    """`hash` is the SHA-256 of the version's manifest: the same labels, recipe and moment give
    the same hash. `configs` begins with the kind, the config that is read when none is named;
    `rows` counts its rows by split. `in_bucket` says that its files are in the operator's bucket
    too, and are sent from there."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="dataset_versions")
    name = models.SlugField(max_length=80)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=DatasetKind.choices)
    configs = models.JSONField(default=list)
    recipe = models.JSONField(default=dict)
    as_of = models.DateTimeField()
    hash = models.CharField(max_length=64, blank=True)
    rows = models.JSONField(default=dict)
    manifest = models.JSONField(default=dict)
    in_bucket = models.BooleanField(default=False)

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

    def row_files(self, config: str, split: str) -> "models.QuerySet[DatasetFile]":
        """The Parquet files of one split of a config, in the order of their rows."""
        files = self.ready_files().filter(split=split, format="parquet")
        return files.filter(path__startswith=f"{config}/").order_by("path")


class DatasetFile(models.Model):
    """One published file. `format` is one of `exports.recipe_keys.FILES`, or markdown or json,
    which hold no rows and belong to no split."""

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
        """Where it lies on this host; brought here first if another one froze it."""
        path = Path(settings.STORE) / self.version.folder / self.path
        if self.key and not path.is_file():
            bucket.fetch(self.key, path, self.sha256)
        return path

    @property
    def key(self) -> str:
        """What it is called in the bucket, if it is there: no other content has the same key."""
        if not self.version.in_bucket:
            return ""
        return f"{self.version.folder}/{self.version.hash[:16]}/{self.path}"
