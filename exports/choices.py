"""What a recipe can name in a project: kinds of task, people, tags, languages and criteria."""

from collections import Counter
from typing import Any

from django.db.models import Count, F, Max, Min

from exports.selection import LANGUAGE_KEY, STANDING
from labeling.kinds import LabelState
from labeling.models import Label, LabelForm, Project, Prompt
from labeling.pseudonyms import pseudonym

LOOKED_AT = 2_000
"""Prompts whose metadata is looked at, the newest first."""
MOST_KEYS, MOST_VALUES, LONGEST = 20, 50, 200


def choices_of(project: Project) -> dict[str, Any]:
    labels = Label.objects.filter(project=project, state__in=STANDING, task__batch="")
    tags = _tags(project)
    when = labels.filter(state=LabelState.ACCEPTED).aggregate(
        first=Min("accepted_at"), last=Max("accepted_at")
    )
    return {
        **when,
        "kinds": list(labels.values("kind").annotate(labels=Count("pk")).order_by("kind")),
        "pools": list(
            labels.values(pool=F("task__pool")).annotate(labels=Count("pk")).order_by("pool")
        ),
        "labelers": _people(project, labels, "labeler"),
        "reviewers": _people(project, labels.filter(review__isnull=False), "review__reviewer"),
        "languages": tags.pop(LANGUAGE_KEY, []),
        "tags": [{"key": key, "values": values} for key, values in tags.items()],
        "criteria": _criteria(project),
    }


def _people(project: Project, labels: Any, who: str) -> list[dict[str, Any]]:
    """Everybody by name, with the pseudonym that a recipe calls them by."""
    rows = labels.values(person=F(who), name=F(f"{who}__name")).annotate(labels=Count("pk"))
    return [
        {
            "pseudonym": pseudonym(project.slug, row["person"]),
            "name": row["name"],
            "labels": row["labels"],
        }
        for row in rows.order_by("name", "person")
    ]


def _tags(project: Project) -> dict[str, list[str]]:
    """The commonest values of the commonest keys of the prompts' metadata."""
    found: dict[str, Counter[str]] = {}
    newest = Prompt.objects.filter(project=project).order_by("-pk")
    for metadata in newest.values_list("metadata", flat=True)[:LOOKED_AT]:
        for key, value in metadata.items():
            texts = value if isinstance(value, list) else [value]
            counter = found.setdefault(key, Counter())
            counter.update(each for each in texts if isinstance(each, str) and _fits(each))
    keys = sorted(found, key=lambda key: -found[key].total())[:MOST_KEYS]
    return {
        key: sorted(value for value, _ in found[key].most_common(MOST_VALUES))
        for key in keys
        if found[key]
    }


def _fits(text: str) -> bool:
    return 0 < len(text) <= LONGEST


def _criteria(project: Project) -> list[dict[str, Any]]:
    """Those of every form that the project has had; the newest form has the last word."""
    forms = LabelForm.objects.filter(project=project).order_by("version")
    found: dict[str, dict[str, Any]] = {}
    for body in forms.values_list("body", flat=True):
        for each in body.get("criteria", []):
            found[each["id"]] = {name: each[name] for name in ("id", "label", "of", "min", "max")}
    return list(found.values())
