"""What is known of a project's quality, and which answer stands where labelers disagree."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.kinds import JobState
from labeling.models.jobs import Job
from labeling.models.labels import Label
from labeling.models.people import Person
from labeling.models.projects import Project
from labeling.models.tasks import Task

WAITING = (JobState.QUEUED, JobState.RUNNING)


class QualityReport(Job):
    """The figures of a project as of one moment, worked out by a job. The newest one that is done
    is shown; one at a time is worked on.

    `whole` measures every part anew; otherwise only parts with labels or reviews above
    `seen_label` and `seen_review`, which are the ids up to which the report before had surely
    seen everything.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="quality_reports")
    whole = models.BooleanField(default=False)
    as_of = models.DateTimeField(null=True)
    measured_at = models.DateTimeField(null=True)
    seen_label = models.BigIntegerField(default=0)
    seen_review = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict)
    summary = models.JSONField(default=dict, help_text="What the list of projects shows of them.")
    boards = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=WAITING),
                name="quality_report_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["project", "state", "id"], name="quality_report_newest")]


class QualityPart(models.Model):
    """The sums of one stretch of task ids, as `labeling.quality.measure` makes them: an
    intermediate result that can be worked out again at any time."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField()
    sums = models.BinaryField()
    names = models.JSONField(default=dict)
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="quality_part_once"),
        ]


class Adjudication(models.Model):
    """A decision which label stands for a task whose labelers disagree. The newest one counts;
    earlier ones stay, so that it is known what counted when."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="adjudications")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="adjudications")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
