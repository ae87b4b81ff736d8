"""What labelers submitted, and what reviewers said of it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from labeling.kinds import LabelState, TaskKind, Verdict
from labeling.models.people import Person
from labeling.models.projects import Project
from labeling.models.prompts import Prompt, Response
from labeling.models.tasks import Assignment, Task


class Label(models.Model):
    """One answer of one labeler to one task. A label that is sent back and done again is a new
    row with the next `revision`; the old one is superseded, never changed.

    `accepted_at` is the moment from which an accepted label counts and can no longer change: its
    review, or the end of the time in which its labeler may amend it, which may lie ahead.
    `strength` is how much better the preferred of two responses is: 0 same, 1 slightly, and up.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="labels")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="labels")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="labels")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="labels")
    labeler = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="labels")
    revision = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=16, choices=TaskKind.choices)
    state = models.CharField(max_length=16, choices=LabelState.choices)
    response = models.ForeignKey(
        Response, null=True, on_delete=models.PROTECT, related_name="demonstrations"
    )
    none_acceptable = models.BooleanField(default=False)
    strength = models.PositiveSmallIntegerField(null=True)
    justification = models.TextField(blank=True)
    shown = models.JSONField(default=list)
    guidelines_version = models.PositiveIntegerField()
    form_version = models.PositiveIntegerField(default=1)
    active_seconds = models.FloatField(null=True)
    wall_seconds = models.FloatField(null=True)
    client = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "revision"], name="label_revision_once"),
            models.UniqueConstraint(
                fields=["labeler", "idempotency_key"], name="label_request_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=TaskKind.DEMONSTRATE, response__isnull=False)
                | (~Q(kind=TaskKind.DEMONSTRATE) & Q(response=None)),
                name="label_demonstration_has_response",
            ),
            models.CheckConstraint(
                condition=Q(kind=TaskKind.COMPARE, strength__isnull=False)
                | (~Q(kind=TaskKind.COMPARE) & Q(strength=None)),
                name="label_comparison_has_strength",
            ),
            models.CheckConstraint(
                condition=Q(state=LabelState.ACCEPTED, accepted_at__isnull=False)
                | (~Q(state=LabelState.ACCEPTED) & Q(accepted_at=None)),
                name="label_accepted_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "state", "kind", "id"], name="label_by_state"),
            models.Index(fields=["labeler", "project", "created_at"], name="label_by_labeler"),
            models.Index(fields=["task"], name="label_by_task"),
        ]


class Placement(models.Model):
    """The place of one response in a ranking. Ranks are dense and begin at 1; an equal rank is
    a tie. `shown` is where the labeler saw it, from 0."""

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="placements")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    shown = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["label", "response"], name="placement_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="placement_rank_from_one"),
        ]


class Rating(models.Model):
    """One value on one criterion of the label's form, for a response or the whole task."""

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="ratings")
    response = models.ForeignKey(Response, null=True, on_delete=models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=40)
    value = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["label", "response", "criterion"], name="rating_once"),
            models.UniqueConstraint(
                fields=["label", "criterion"],
                condition=Q(response=None),
                name="rating_of_task_once",
            ),
        ]


class Flag(models.Model):
    """A yes to one yes/no question of the label's form, about a response or the prompt."""

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="flags")
    response = models.ForeignKey(Response, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["label", "response", "name"], name="flag_once"),
            models.UniqueConstraint(
                fields=["label", "name"], condition=Q(response=None), name="flag_of_prompt_once"
            ),
        ]


class StepMark(models.Model):
    """What a label says of one step of a response: 1 good, 0 neutral, -1 bad. A step is a range of
    characters, `end` not included, so that another way to cut steps needs no change."""

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="steps")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    value = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["label", "response", "start"], name="step_mark_once"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="step_mark_range"),
            models.CheckConstraint(condition=Q(value__in=[-1, 0, 1]), name="step_mark_value"),
        ]


class Review(models.Model):
    """What a reviewer decided about one label. A fix is a label of the reviewer's own, the next
    revision of the same assignment."""

    label = models.OneToOneField(Label, on_delete=models.CASCADE, related_name="review")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
