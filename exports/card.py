"""The files that tell what a dataset version is: the manifest, for programs, and the data card
`README.md`, for people and for `datasets`. Pure; the same facts give the same bytes.

Neither names the version's number: the same labels, recipe and moment are the same data.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from exports.formats.registry import FORMATS
from exports.resemblance import SHARE
from exports.writing import WrittenFile

MANIFEST_FORMAT = 1
Counts = dict[str, dict[str, int]]
"""Rows by config and split."""


@dataclass(frozen=True)
class Facts:
    """What is known of a version once its rows are written. `agreement` is the mean over the
    `shared_tasks` that several people ranked; `near_duplicates` counts labels that were left out
    because their prompts resemble some of the test split."""

    project: str
    kind: str
    configs: Counts
    recipe: dict[str, Any]
    as_of: str
    labels: int
    labelers: int
    prompts: int
    guidelines_versions: list[int]
    agreement: float | None
    shared_tasks: int
    near_duplicates: int

    @property
    def rows(self) -> dict[str, int]:
        """Of the config that is read when none is named."""
        return self.configs[self.kind]


def manifest_of(facts: Facts, files: Sequence[WrittenFile]) -> dict[str, Any]:
    """Everything that determines the version, and the hash of each of its files."""
    listed = [asdict(file) for file in sorted(files, key=lambda file: file.path)]
    told = {**asdict(facts), "rows": facts.rows}
    return {"manifest": MANIFEST_FORMAT, **told, "files": listed}


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(manifest, option=options)


def hash_of(manifest: bytes) -> str:
    """The hash of a version: the SHA-256 of its `manifest.json`."""
    return hashlib.sha256(manifest).hexdigest()


def card_of(facts: Facts, files: Sequence[WrittenFile]) -> bytes:
    """The data card: front matter that names the files of each split, then words."""
    parts = [_front_matter(facts, files), _heading(facts), _counts(facts), _collection(facts)]
    parts += [_columns(config) for config in facts.configs] + [_limits(facts)]
    return "\n".join(parts).encode()


def _front_matter(facts: Facts, files: Sequence[WrittenFile]) -> str:
    """Each config that has rows; `datasets` reads Parquet where there is some."""
    suffixes = {file.format for file in files}
    suffix = "parquet" if "parquet" in suffixes else "jsonl" if "jsonl" in suffixes else "csv"
    lines = ["---", "configs:"]
    for config, splits in facts.configs.items():
        if not any(splits.values()):
            continue
        lines.append(f"- config_name: {config}")
        lines += ["  default: true"] if config == facts.kind else []
        lines.append("  data_files:")
        for split, count in splits.items():
            if count:
                pattern = f"{config}/{split}-*-of-?????.{suffix}"
                lines += [f"  - split: {split}", f'    path: "{pattern}"']
    return "\n".join([*lines, "---", ""])


def _heading(facts: Facts) -> str:
    return (
        f"# {facts.project}: {FORMATS[facts.kind].title}\n\n"
        f"A dataset version that Touchstone froze from the labels accepted up to {facts.as_of}.\n"
        "`manifest.json` holds its recipe and the SHA-256 of every file.\n"
    )


def _counts(facts: Facts) -> str:
    rows = "".join(
        f"| {config} | {split} | {count:,} |\n"
        for config, splits in facts.configs.items()
        for split, count in splits.items()
    )
    return f"## Rows\n\n| config | split | rows |\n|---|---|---|\n{rows}"


def _collection(facts: Facts) -> str:
    versions = ", ".join(str(number) for number in facts.guidelines_versions)
    words = "\n".join(
        f"**{config}**: {FORMATS[config].words(facts.recipe)}" for config in facts.configs
    )
    return (
        "## How it was collected\n\n"
        f"{facts.labels:,} labels by {facts.labelers:,} people on {facts.prompts:,} prompts, "
        f"given under guidelines version {versions}.\n{_agreement(facts)}\n{words}"
    )


def _agreement(facts: Facts) -> str:
    if facts.agreement is None:
        return "No task was ranked by more than one person, so nothing is known of agreement.\n"
    return (
        f"Two people who ranked the same task put two responses in the same order in "
        f"{facts.agreement:.1%} of cases (mean over {facts.shared_tasks:,} tasks; a tie against an "
        "order counts as half; not corrected for chance).\n"
    )


def _columns(config: str) -> str:
    columns = FORMATS[config].columns
    rows = "".join(f"| {name} | {meaning} |\n" for name, _, meaning in columns)
    return f"## Columns of {config}\n\n| column | meaning |\n|---|---|\n{rows}"


def _limits(facts: Facts) -> str:
    limits = [
        "Labels are opinions of the people above, not facts.",
        "Labels of evaluations are never part of a dataset version.",
        "All rows of a prompt are in one split, and so are those of prompts that differ only in "
        "case, spacing or punctuation; prompts that say the same in other words may be apart.",
    ]
    if facts.recipe.get("near_duplicates") == "leave_out":
        limits.append(
            f"{facts.near_duplicates:,} labels are left out: the test split of the project has a "
            f"prompt that shares at least {SHARE:.0%} of the runs of three words with theirs."
        )
    if set(facts.recipe["pools"]) == {"ordinary"}:
        limits.append("Tasks that tell about labelers (gold, calibration, trial) are left out.")
    if held_out := facts.recipe["held_out_labelers"]:
        limits.append(f"Labels of {len(held_out)} held-out people are in the test split only.")
    if unseen := facts.recipe["decontaminate"]:
        limits.append(
            f"Prompts that repeat one of {unseen['prompts']:,} given ones, or {unseen['words']} "
            "words in a row of one, are left out."
        )
    return "## Limits\n\n" + "".join(f"- {limit}\n" for limit in limits)
