"""The two files that tell what a dataset version is: the manifest, for programs, and the data
card `README.md`, for people and for `datasets`. Pure; the same facts give the same bytes.

Neither names the version's number: the same labels, recipe and moment are the same data.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from exports.formats.registry import FORMATS
from exports.writing import WrittenFile

MANIFEST_FORMAT = 1


@dataclass(frozen=True)
class Facts:
    """What is known of a version once its rows are written."""

    project: str
    kind: str
    recipe: dict[str, Any]
    as_of: str
    labels: int
    labelers: int
    prompts: int
    guidelines_versions: list[int]
    rows: dict[str, int]


def manifest_of(facts: Facts, files: Sequence[WrittenFile]) -> dict[str, Any]:
    """Everything that determines the version, and the hash of each of its files."""
    listed = [asdict(file) for file in sorted(files, key=lambda file: file.path)]
    return {"manifest": MANIFEST_FORMAT, **asdict(facts), "files": listed}


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(manifest, option=options)


def hash_of(manifest: bytes) -> str:
    """The hash of a version: the SHA-256 of its `manifest.json`."""
    return hashlib.sha256(manifest).hexdigest()


def card_of(facts: Facts) -> bytes:
    """The data card: front matter that names the files of each split, then words."""
    parts = [_front_matter(facts), _heading(facts), _counts(facts), _collection(facts)]
    parts += [_columns(facts), _limits(facts)]
    return "\n".join(parts).encode()


def _front_matter(facts: Facts) -> str:
    lines = ["---", "configs:", f"- config_name: {facts.kind}", "  default: true", "  data_files:"]
    for split, count in facts.rows.items():
        if count:
            lines += [f"  - split: {split}", f"    path: {facts.kind}/{split}-*.parquet"]
    return "\n".join([*lines, "---", ""])


def _heading(facts: Facts) -> str:
    return (
        f"# {facts.project}: {FORMATS[facts.kind].title}\n\n"
        f"A dataset version that Touchstone froze from the labels accepted up to {facts.as_of}.\n"
        "`manifest.json` holds its recipe and the SHA-256 of every file.\n"
    )


def _counts(facts: Facts) -> str:
    rows = "".join(f"| {split} | {count:,} |\n" for split, count in facts.rows.items())
    return f"## Rows\n\n| split | rows |\n|---|---|\n{rows}"


def _collection(facts: Facts) -> str:
    versions = ", ".join(str(number) for number in facts.guidelines_versions)
    return (
        "## How it was collected\n\n"
        f"{facts.labels:,} labels by {facts.labelers:,} people on {facts.prompts:,} prompts, "
        f"given under guidelines version {versions}.\n{FORMATS[facts.kind].words(facts.recipe)}"
    )


def _columns(facts: Facts) -> str:
    columns = FORMATS[facts.kind].columns
    rows = "".join(f"| {name} | {meaning} |\n" for name, _, meaning in columns)
    return f"## Columns\n\n| column | meaning |\n|---|---|\n{rows}"


def _limits(facts: Facts) -> str:
    return (
        "## Limits\n\n"
        "Labels are opinions of the people above, not facts. Labels of evaluations are never part "
        "of a dataset version.\n"
    )
