"""Who did what: rows that are only ever added."""

from django.db import models
from django.utils import timezone

from labeling.models.people import Person
from labeling.models.projects import Project


class AuditEvent(models.Model):
    """One change, written in the transaction that makes it. `about` names what was changed, as
    `membership:7`; `before` and `after` are small. `digest` seals the event together with the one
    before it. No code changes or deletes a row, and the database refuses to change one.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    project = models.ForeignKey(
        Project, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    about = models.CharField(max_length=120, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="audit_by_project")]
