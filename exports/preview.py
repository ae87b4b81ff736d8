"""What a recipe would make of the first tasks that it selects, by the very code that freezes."""

from collections import Counter
from typing import Any

from exports.making import Maker
from exports.models import DatasetVersion
from exports.reading import kept_for_tests, read_tasks
from labeling.kinds import Split

MOST_LABELS = 250
MOST_TEST_PROMPTS = 10_000
"""A recipe is previewed with every change, so no more held-out prompts than these are read to look
for near duplicates of them."""


def preview_of(version: DatasetVersion) -> dict[str, Any]:
    """Rows by config and split, an example of each config, and how many labels were left out and
    why. `whole` is false where there may be more tasks than were looked at."""
    test = kept_for_tests(version, MOST_TEST_PROMPTS)
    tasks = next(read_tasks(version, test, at_once=MOST_LABELS), [])
    maker = Maker(version.configs, version.recipe)
    rows: dict[str, Counter[str]] = {config: Counter() for config in version.configs}
    examples: dict[str, Any] = dict.fromkeys(version.configs)
    left_out: Counter[str] = Counter()
    for labels in tasks:
        if why := maker.why_not(labels):
            left_out[why] += len(labels)
            continue
        taken = maker.taken(labels)
        made = 0
        for config, split, some in maker.rows(taken):
            made += len(some)
            rows[config][split] += len(some)
            examples[config] = examples[config] or some[0]
        left_out["no_rows"] += 0 if made else len(taken)
    return {
        "labels": sum(map(len, tasks)),
        "whole": sum(map(len, tasks)) < MOST_LABELS,
        "rows": {
            config: {split: counts[split] for split in Split.values}
            for config, counts in rows.items()
        },
        "left_out": [{"why": why, "labels": count} for why, count in left_out.items() if count],
        "examples": examples,
    }
