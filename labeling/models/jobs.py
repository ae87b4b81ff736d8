"""Background work as rows. The row is the outbox and the truth; a message is only a hint.

Every app that has a kind of job derives its model from `Job`; `labeling.actions.jobs` holds the
only functions that change the columns below.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.kinds import JobState
from labeling.models.people import Person
from labeling.models.projects import Project


def usual_attempts() -> int:
    return int(settings.JOB_MAX_ATTEMPTS)


class Job(models.Model):
    """`attempt` rises with every claim and never falls; a worker's write that carries a lower one
    changes nothing. `attempts_allowed` is the attempt that is the last: resuming a job, or giving
    it back unspent, raises it. `hinted_at` is when a message was last sent for the row."""

    queue: str = "default"

    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    attempts_allowed = models.PositiveSmallIntegerField(default=usual_attempts)
    lease_until = models.DateTimeField(null=True)
    hinted_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=40, blank=True, help_text="The same, for programs.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class Worker(models.Model):
    """A worker process that said it is alive. `queues` are the kinds of work it takes."""

    name = models.CharField(max_length=200, unique=True)
    queues = models.JSONField(default=list)
    device = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField()

    @property
    def is_alive(self) -> bool:
        return self.seen_at > timezone.now() - timedelta(seconds=settings.WORKER_ALIVE_SECONDS)


class PromptImportQuerySet(models.QuerySet["PromptImport"]):
    def unfinished(self) -> "PromptImportQuerySet":
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class PromptImport(Job):
    """A file of prompts, with or without responses and labels, on its way into a project.

    `digest` stands for the bytes and the way they are read (`reading`). Rows gather under
    `arriving`, a project that nobody sees, until all are there; `published_at` is when they moved.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="imports")
    arriving = models.OneToOneField(
        Project, null=True, on_delete=models.SET_NULL, related_name="bringing"
    )
    file_name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    path = models.CharField(max_length=500)
    content = models.CharField(max_length=8, default="jsonl")
    reading = models.JSONField(default=dict)
    new = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    labels = models.PositiveIntegerField(default=0)
    problem = models.JSONField(null=True)
    published_at = models.DateTimeField(null=True)

    objects = PromptImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "digest"],
                condition=Q(state=JobState.DONE),
                name="import_file_once",
            ),
        ]
