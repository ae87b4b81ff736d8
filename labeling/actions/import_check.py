"""What an import would do, told before anything is stored: every row is read once, in bounded
memory, and compared with what the project has."""

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from labeling.actions.prompts import NAMED, digests_of, refuse_conflicts
from labeling.actions.uploads import Upload
from labeling.errors import Refused
from labeling.models import Project, Prompt
from labeling.prompt_files.content import Content
from labeling.prompt_files.parsed import BadRow, ParsedPrompt, Reading
from labeling.prompt_files.reading import batches, parse, raw_rows
from labeling.prompt_files.rows import with_fields

PREVIEW = 20
MAX_PROBLEMS = 100
ASKED = {"prompt", "messages", "chosen", "conversation_a"}


@dataclass
class Checked:
    """How many rows a file has and what they amount to; `problem` is why it cannot be imported.

    `new` and `duplicate` count prompts, `bad` rows, `labels` judgements by known labelers.
    """

    rows: int = 0
    new: int = 0
    duplicate: int = 0
    bad: int = 0
    responses: int = 0
    labels: int = 0
    nul_removed: int = 0
    columns: list[str] = field(default_factory=list)
    preview: list[ParsedPrompt] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    problem: Refused | None = None


@dataclass
class Seen:
    """Four numbers for each row, to find ids that stand twice without keeping the rows."""

    ids: "array[int]" = field(default_factory=lambda: array("Q"))
    texts: "array[int]" = field(default_factory=lambda: array("Q"))
    lines: "array[int]" = field(default_factory=lambda: array("L"))
    strict: bytearray = field(default_factory=bytearray)

    def add(self, row: ParsedPrompt) -> None:
        self.ids.append(_short(row.external_id))
        self.texts.append(_short(row.digest))
        self.lines.append(row.line)
        self.strict.append(row.has_own_id and row.judgement is None)


def check_upload(
    *, project: Project, upload: Upload, reading: Reading, most_problems: int | None = MAX_PROBLEMS
) -> Checked:
    """Raises `Refused` for a file that cannot be read at all or is too long."""
    checked, seen = Checked(), Seen()
    known: array[int] = array("Q")
    conflicts: list[str] = []
    conflict_count = 0
    compares = Prompt.objects.filter(project=project).exists()
    for batch in _batches(upload, reading, checked, most_problems):
        for row in batch:
            seen.add(row)
        if not compares:
            continue
        digests = digests_of(project, {row.external_id for row in batch})
        known.extend(_short(each) for each in digests)
        other = {
            row.external_id
            for row in batch
            if digests.get(row.external_id, row.digest) != row.digest
        }
        conflict_count += len(other)
        conflicts = [*conflicts, *sorted(other)][: NAMED + 1]
    checked.duplicate = _distinct(known)
    checked.new = _distinct(seen.ids) - checked.duplicate
    checked.problem = checked.problem or _problem(upload, reading, checked, seen)
    if checked.problem is None:
        try:
            refuse_conflicts(conflicts, conflict_count)
        except Refused as refusal:
            checked.problem = refusal
    return checked


def _batches(
    upload: Upload, reading: Reading, checked: Checked, most_problems: int | None
) -> Iterator[list[ParsedPrompt]]:
    """The good rows, some at a time; counts all of them on the way."""
    for batch in batches(raw_rows(upload.path, upload.content, reading)):
        good: list[ParsedPrompt] = []
        for raw in batch:
            if not checked.columns and not isinstance(raw, BadRow):
                checked.columns = list(raw.values)[:1000]
                if _has_no_prompts(upload, raw.values, reading):
                    checked.problem = _no_prompt_column()
            parsed = parse(raw, reading)
            checked.rows += 1
            if isinstance(parsed, BadRow):
                checked.bad += 1
                if most_problems is None or len(checked.bad_rows) < most_problems:
                    checked.bad_rows.append(parsed)
                continue
            good.append(parsed)
            checked.responses += len(parsed.responses)
            checked.labels += parsed.judgement is not None
            checked.nul_removed += parsed.nul_removed
        if checked.rows > settings.IMPORT_MAX_ROWS:
            detail = "At most 1,000,000 rows or 200 MB per file."
            raise Refused(413, "import_too_large", detail)
        checked.preview += good[: PREVIEW - len(checked.preview)]
        yield good
        if checked.problem:
            return


def _has_no_prompts(upload: Upload, values: dict[str, Any], reading: Reading) -> bool:
    is_table = upload.content in {Content.CSV, Content.PARQUET}
    return is_table and not ASKED & set(with_fields(values, reading.columns))


def _no_prompt_column() -> Refused:
    detail = "Line 1: no column is named prompt or messages. 0 rows imported."
    return Refused(422, "import_columns", detail, [{"line": 1, "message": detail}])


def _problem(upload: Upload, reading: Reading, checked: Checked, seen: Seen) -> Refused | None:
    if checked.bad and not reading.leave_out_bad:
        return bad_rows_refusal(checked.bad_rows, checked.bad, checked.rows)
    if not seen.ids:
        return Refused(422, "import_empty", "The file has no rows.")
    return _repeated(upload, reading, seen)


def bad_rows_refusal(bad_rows: Sequence[BadRow], bad: int, rows: int) -> Refused:
    """One refusal that names the bad rows."""
    first = bad_rows[0]
    others = bad - 1
    more = f" {others:,} more {'line is' if others == 1 else 'lines are'} bad." if others else ""
    end = {
        "import_line": f" 0 of {rows:,} rows imported.",
        "import_columns": " 0 rows imported.",
        "import_char": ' Choose "remove NUL" to import.' if "NUL" in first.message else "",
    }.get(first.code, "")
    detail = f"Line {first.line:,}: {first.message}{more}{end}"
    errors: list[dict[str, Any]] = [
        {"line": each.line, "message": each.message} for each in bad_rows
    ]
    return Refused(422, first.code, detail, errors)


def _repeated(upload: Upload, reading: Reading, seen: Seen) -> Refused | None:
    """Ids of their own may stand once; those of judged rows again for the same prompt."""
    ids = _as_arrow(seen.ids)
    order = pc.array_sort_indices(ids)
    ordered = ids.take(order)
    same = pc.equal(ordered[1:], ordered[:-1])
    if not pc.any(same).as_py():
        return None
    for place in pc.indices_nonzero(same):
        one, other = sorted((order[place.as_py()].as_py(), order[place.as_py() + 1].as_py()))
        if seen.strict[one] or seen.strict[other] or seen.texts[one] != seen.texts[other]:
            lines = (seen.lines[one], seen.lines[other])
            shared = _id_at(upload, reading, lines[0])[:80]
            detail = f"Lines {lines[0]:,} and {lines[1]:,} share the id {shared}."
            errors = [{"line": line, "message": detail} for line in lines]
            return Refused(422, "import_duplicate", detail, errors)
    return None


def _id_at(upload: Upload, reading: Reading, line: int) -> str:
    for raw in raw_rows(upload.path, upload.content, reading):
        parsed = parse(raw, reading)
        if parsed.line == line and isinstance(parsed, ParsedPrompt):
            return parsed.external_id
    return ""


def _short(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _as_arrow(numbers: "array[int]") -> Any:
    return pa.Array.from_buffers(pa.uint64(), len(numbers), [None, pa.py_buffer(numbers)])


def _distinct(numbers: "array[int]") -> int:
    return int(pc.count_distinct(_as_arrow(numbers)).as_py()) if numbers else 0
