"""Storing prompts with their responses: in bulk, and never twice."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from labeling.bulk import Values, insert, insert_missing, reserve_ids
from labeling.errors import Conflict
from labeling.models import Project, Prompt, Response
from labeling.prompt_files.parsed import ParsedPrompt, numbered
from labeling.splits import group_of, split_of

BATCH = 1000
NAMED = 10
PROMPT = (
    *("id", "project_id", "external_id", "messages", "metadata", "digest"),
    *("group", "split", "created_at"),
)
RESPONSE = (
    *("prompt_id", "author", "origin", "index", "content"),
    *("finish_reason", "created_at"),
)


@dataclass(frozen=True)
class Counts:
    """How many prompts were new to a project, and how many it already had."""

    new: int
    duplicate: int


@transaction.atomic
def add_prompts(*, project: Project, rows: Sequence[ParsedPrompt]) -> Counts:
    """Store prompts with their responses; those that the project already has stay as they are,
    and gain the responses that they lack. Raises `Conflict` for ids with other content."""
    Project.objects.select_for_update().get(pk=project.pk)
    known = 0
    conflicts: list[str] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        digests = digests_of(project, {row.external_id for row in batch})
        known += len(digests)
        conflicts += [
            row.external_id
            for row in batch
            if digests.get(row.external_id, row.digest) != row.digest
        ]
    refuse_conflicts(conflicts)
    for start in range(0, len(rows), BATCH):
        store_prompts(rows=rows[start : start + BATCH], into=project, home=project)
    return Counts(new=len({row.external_id for row in rows}) - known, duplicate=known)


def digests_of(project: Project, external_ids: set[str]) -> dict[str, str]:
    """The digests of those prompts that the project has."""
    stored = Prompt.objects.filter(project=project, external_id__in=external_ids)
    return dict(stored.values_list("external_id", "digest"))


def refuse_conflicts(ids: Sequence[str], count: int | None = None) -> None:
    """Raise if any id exists with other content; `count` is how many when not all are given."""
    if not ids:
        return
    count = len(ids) if count is None else count
    named = ", ".join(each[:80] for each in sorted(ids)[:NAMED])
    more = ", ..." if count > NAMED else ""
    some = "1 id exists" if count == 1 else f"{count:,} ids exist"
    raise Conflict("import_conflict", f"{some} with other content: {named}{more}.")


def store_prompts(*, rows: Sequence[ParsedPrompt], into: Project, home: Project) -> None:
    """Store rows under the project `into`, split as the project `home` splits. A prompt that is
    there already gains the responses that it lacks. In the caller's transaction."""
    known = dict(
        Prompt.objects.filter(
            project=into, external_id__in={row.external_id for row in rows}
        ).values_list("external_id", "pk")
    )
    first: dict[str, ParsedPrompt] = {}
    for row in rows:
        if row.external_id not in known:
            first.setdefault(row.external_id, row)
    fresh = dict(zip(first, reserve_ids(Prompt, len(first)), strict=True))
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    insert(
        Prompt,
        PROMPT,
        [_prompt(fresh[key], row, into, home, now) for key, row in first.items()],
    )
    new = [values for key, row in first.items() for values in _responses(fresh[key], row, now)]
    insert(Response, RESPONSE, new)
    ids = known | fresh
    again = [row for row in rows if first.get(row.external_id) is not row]
    perhaps_new = [values for row in again for values in _responses(ids[row.external_id], row, now)]
    insert_missing(Response, RESPONSE, perhaps_new)


def _prompt(pk: int, row: ParsedPrompt, into: Project, home: Project, now: Any) -> Values:
    group = group_of(row.messages, row.metadata)
    return (
        pk,
        into.pk,
        row.external_id,
        orjson.dumps(row.messages).decode(),
        orjson.dumps(row.metadata).decode(),
        row.digest,
        group,
        str(split_of(group, home.slug, home.test_share)),
        now,
    )


def _responses(prompt_id: int, row: ParsedPrompt, now: Any) -> Iterator[Values]:
    for index, response in numbered(row.responses):
        origin = origin_of(response.content)
        yield (prompt_id, response.author, origin, index, response.content, "", now)


def origin_of(content: str) -> str:
    """What an imported response remembers of where it came from: what it says, so that the same
    text by the same author is one response, whichever file brings it."""
    return f"import:{hashlib.sha256(content.encode()).hexdigest()[:32]}"
