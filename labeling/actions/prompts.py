"""Prompts on their way in: counted first, then stored all or none, and never twice."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from labeling.actions.jobs import Lease, enqueue
from labeling.errors import Conflict, Refused
from labeling.kinds import JobState
from labeling.models import Person, Project, Prompt, PromptImport, Response
from labeling.prompt_files import ParsedPrompt, numbered, read_jsonl
from labeling.splits import group_of, split_of

BATCH = 500


@dataclass(frozen=True)
class Counts:
    """How many rows of a file are new to a project, and how many it already has."""

    new: int
    duplicate: int


def count_prompts(*, project: Project, rows: Sequence[ParsedPrompt]) -> Counts:
    """What an import would do. Raises `Conflict` for ids that exist with other content."""
    known = _known(project, rows)
    return Counts(new=len(rows) - len(known), duplicate=len(known))


def _known(project: Project, rows: Sequence[ParsedPrompt]) -> dict[str, int]:
    known: dict[str, int] = {}
    conflicts: list[str] = []
    for batch in _batches(rows):
        by_id = {row.external_id: row for row in batch}
        stored = Prompt.objects.filter(project=project, external_id__in=by_id)
        for pk, external_id, digest in stored.values_list("pk", "external_id", "digest"):
            known[external_id] = pk
            if digest != by_id[external_id].digest:
                conflicts.append(external_id)
    if conflicts:
        raise Conflict("import_conflict", _conflict_words(sorted(conflicts)))
    return known


def _conflict_words(ids: list[str]) -> str:
    named = ", ".join(each[:80] for each in ids[:10])
    more = ", ..." if len(ids) > 10 else ""
    some = "1 id exists" if len(ids) == 1 else f"{len(ids)} ids exist"
    return f"{some} with other content: {named}{more}. 0 rows imported."


def _batches(rows: Sequence[ParsedPrompt]) -> Iterator[Sequence[ParsedPrompt]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


@transaction.atomic
def add_prompts(*, project: Project, rows: Sequence[ParsedPrompt]) -> Counts:
    """Store prompts with their responses; those that the project already has stay as they are,
    and gain the responses that they lack."""
    Project.objects.select_for_update().get(pk=project.pk)
    known = _known(project, rows)
    for batch in _batches(rows):
        new = [_prompt(project, row) for row in batch if row.external_id not in known]
        ids = {prompt.external_id: prompt.pk for prompt in Prompt.objects.bulk_create(new)}
        ids.update(known)
        Response.objects.bulk_create(
            [response for row in batch for response in _responses(ids[row.external_id], row)],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
    return Counts(new=len(rows) - len(known), duplicate=len(known))


def _prompt(project: Project, row: ParsedPrompt) -> Prompt:
    group = group_of(row.messages)
    return Prompt(
        project=project,
        external_id=row.external_id,
        messages=row.messages,
        metadata=row.metadata,
        digest=row.digest,
        group=group,
        split=split_of(group, project.slug, project.test_share),
    )


def _responses(prompt_id: int, row: ParsedPrompt) -> Iterator[Response]:
    for index, response in numbered(row.responses):
        content_digest = hashlib.sha256(response.content.encode()).hexdigest()
        yield Response(
            prompt_id=prompt_id,
            author=response.author,
            origin=f"import:{content_digest[:32]}",
            index=index,
            content=response.content,
        )


def store_upload(chunks: Iterator[bytes]) -> tuple[Path, str]:
    """Write an upload to the data folder; returns its path and the SHA-256 of its bytes."""
    folder = Path(settings.DATA) / "imports"
    folder.mkdir(exist_ok=True)
    hashed = hashlib.sha256()
    size = 0
    with tempfile.NamedTemporaryFile(dir=folder) as partial:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.IMPORT_MAX_BYTES:
                detail = "At most 1,000,000 rows or 200 MB per file."
                raise Refused(413, "import_too_large", detail)
            hashed.update(chunk)
            partial.write(chunk)
        partial.flush()
        path = folder / f"{hashed.hexdigest()}.jsonl"
        path.unlink(missing_ok=True)
        os.link(partial.name, path)
    return path, hashed.hexdigest()


def read_upload(path: Path) -> list[ParsedPrompt]:
    with path.open("rb") as stream:
        return read_jsonl(stream)


@transaction.atomic
def start_import(
    *, project: Project, file_name: str, path: Path, digest: str, by: Person
) -> tuple[PromptImport, bool]:
    """A job that imports an uploaded file, and whether it is new: a file that was already
    imported gives that import back."""
    earlier = PromptImport.objects.filter(
        project=project, digest=digest, state=JobState.DONE
    ).first()
    if earlier:
        return earlier, False
    job = PromptImport.objects.create(
        project=project, file_name=file_name, digest=digest, path=str(path), created_by=by
    )
    enqueue(job)
    return job, True


def import_prompts(job: PromptImport, lease: Lease) -> None:
    """The work of an import job: all rows of the file or none."""
    try:
        rows = read_upload(Path(job.path))
        lease.heartbeat(progress_total=len(rows))
        with transaction.atomic():
            counts = add_prompts(project=job.project, rows=rows)
            lease.write(new=counts.new, duplicate=counts.duplicate, progress_done=len(rows))
    except Refused as refusal:
        lease.write(
            problem={"code": refusal.code, "detail": refusal.detail, "errors": refusal.errors}
        )
        raise
