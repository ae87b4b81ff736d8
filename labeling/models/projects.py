"""Projects, who works in them, and the guidelines they work by."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.kinds import ProjectState, ReviewRule, Role
from labeling.models.people import Person


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
    allow_ties = models.BooleanField(default=True)
    test_share = models.FloatField(
        default=0.1, help_text="Share of prompts held out of training, fixed at creation."
    )
    guidelines_version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
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
    """One role of one person in one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
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
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="guidelines_version_once"),
        ]
