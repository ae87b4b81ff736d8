"""Prompts, and everything that a person or a model ever said to one."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.kinds import Split
from labeling.models.projects import Project


class Prompt(models.Model):
    """Messages that end with a user turn. `group` is the same for prompts that must never be
    separated by a split; `split` follows from it once and stays."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="prompts")
    external_id = models.CharField(max_length=200)
    messages = models.JSONField()
    metadata = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    group = models.CharField(max_length=64)
    split = models.CharField(max_length=8, choices=Split.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "external_id"], name="prompt_external_id_once"
            ),
        ]
        indexes = [models.Index(fields=["project", "split", "id"], name="prompt_by_split")]


class ResponseQuerySet(models.QuerySet["Response"]):
    def drawn_by(self, origins: Iterable[str]) -> "ResponseQuerySet":
        """Those that a model drew for these origins."""
        return self.filter(origin__in=origins, seed__isnull=False)


class Response(models.Model):
    """One assistant turn to a prompt.

    `author` is remembered by value: `tiny@3` for a checkpoint, `human`, `import:gpt-x`.
    `origin` names what brought it here (`generation:12`, `import:3`, `assignment:77`), so that
    repeating the same work adds nothing.
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="responses")
    author = models.CharField(max_length=200)
    origin = models.CharField(max_length=80)
    index = models.PositiveIntegerField(default=0)
    content = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=16, blank=True)
    tokens = models.PositiveIntegerField(null=True)
    logprob = models.FloatField(null=True)
    seed = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "author", "origin", "index"], name="response_once"
            ),
            models.CheckConstraint(condition=~Q(author=""), name="response_has_author"),
        ]
        # Of imported texts it would cost more than the rows: their origins are as good as random.
        indexes = [
            models.Index(
                fields=["origin"], condition=Q(seed__isnull=False), name="response_by_origin"
            )
        ]
