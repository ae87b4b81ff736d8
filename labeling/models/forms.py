"""The forms by which a project's labelers answer."""

from django.db import models
from django.utils import timezone

from labeling.models.people import Person
from labeling.models.projects import Project


class LabelForm(models.Model):
    """One published version of what labelers are asked, as `labeling.forms` describes it. A
    version never changes; every label says under which it was made."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="forms")
    version = models.PositiveIntegerField()
    body = models.JSONField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="label_form_version_once"),
        ]
