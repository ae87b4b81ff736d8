"""Projects, who works in them, and the guidelines they work by."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.kinds import ProjectState, ReviewRule, Role, TaskKind
from labeling.models.people import Person


def usual_plan() -> dict[str, Any]:
    """What the tasks of a project ask, and how responses are sampled for it, unless said otherwise
    when tasks are opened or a job is started."""
    return {
        "kind": TaskKind.RANK,
        "per_task": 4,
        "overlap": 1,
        "overlap_share": 1.0,
        "needs": [],
        "samples": 4,
        "temperature": 1.0,
    }


class Project(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    state = models.CharField(
        max_length=16, choices=ProjectState.choices, default=ProjectState.ACTIVE
    )
    review = models.CharField(max_length=16, choices=ReviewRule.choices, default=ReviewRule.NONE)
    lease_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    max_characters = models.PositiveIntegerField(default=20_000)
    amend_minutes = models.PositiveSmallIntegerField(
        default=10,
        validators=[MaxValueValidator(1440)],
        help_text="Without reviews, how long a labeler may change a label before it counts.",
    )
    gold_share = models.FloatField(default=0)
    gold_shown = models.BooleanField(
        default=False, help_text="Whether labelers see how well they do on gold tasks."
    )
    calibration_share = models.FloatField(default=0)
    most_labelers = models.PositiveSmallIntegerField(
        default=0, help_text="Labels that a task may get when its labelers disagree; 0: no more."
    )
    needs = models.JSONField(
        default=list, help_text="Every set of abilities that some task asks for, as slots say it."
    )
    test_share = models.FloatField(
        default=0.1, help_text="Share of prompts held out of training, fixed at creation."
    )
    guidelines_version = models.PositiveIntegerField(default=1)
    form_version = models.PositiveIntegerField(default=1)
    qualification = models.JSONField(
        null=True, help_text='{"tasks": n, "pass_share": 0.75}, or null without a test.'
    )
    auto_pause = models.BooleanField(
        default=False, help_text="Whether labelers that an alert names are paused at once."
    )
    plan = models.JSONField(default=usual_plan)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gold_share__gte=0, calibration_share__gte=0)
                & Q(gold_share__lte=0.5, calibration_share__lte=0.5),
                name="project_pool_shares_are_at_most_half",
            ),
            models.CheckConstraint(
                condition=Q(test_share__gte=0, test_share__lt=1),
                name="project_test_share_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        return self.state == ProjectState.ACTIVE


class Membership(models.Model):
    """One role of one person in one project. `guidelines_seen` is the newest version that the
    person has opened; `qualified` is the outcome of the project's test, null until it is over.

    A paused member is given no tasks, and is told why. `pause_lifted_at` is when a manager last
    let them work again; who was let in again is not paused by an alert.

    `labels_per_day` and `labels_in_all` limit how many tasks a labeler is given; `abilities` are
    the skills and languages that tasks may ask for.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    labels_per_day = models.PositiveIntegerField(null=True)
    labels_in_all = models.PositiveIntegerField(null=True)
    abilities = models.JSONField(default=list)
    guidelines_seen = models.PositiveIntegerField(default=1)
    qualified = models.BooleanField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_reason = models.TextField(blank=True)
    pause_lifted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "project", "role"], name="membership_role_once"
            ),
        ]


class Guidelines(models.Model):
    """One published version of what labelers are asked to do, in markdown."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guidelines")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    note = models.TextField(blank=True, help_text="What changed, in a sentence.")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="guidelines_version_once"),
        ]
