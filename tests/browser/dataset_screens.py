"""The screens on dataset versions in their states, with what the server would say in its place."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.browser.answers import settle
from tests.browser.screens import LONG, SLUG, Json, serve

PLACE = f"/projects/{SLUG}/datasets"
HASH = "0123456789abcdef" * 4
RECIPE: Json = {
    "include": ["rank", "compare"],
    "since": "2026-01-01T00:00:00Z",
    "until": None,
    "labelers": ["labeler-0123456789abcdef"],
    "not_labelers": [],
    "held_out_labelers": ["labeler-aaaaaaaaaaaaaaaa"],
    "reviewers": [],
    "min_agreement": 0.7,
    "tags": {"topic": ["code", "letters"]},
    "languages": ["en"],
    "pools": ["ordinary", "gold"],
    "decontaminate": {"prompts": ["What is the capital of France?"], "words": 13},
    "files": ["parquet"],
    "pairs": "adjacent",
    "ties": "soft",
    "margins": "rank",
    "weights": "per_ranking",
    "per_task": "mode",
    "criteria": {"helpfulness": {"min": 3, "max": 4}},
}
FILE = {"bytes": 1_234_567, "sha256": HASH, "rows": 1_200, "split": "train", "format": "parquet"}
FILES = [
    {**FILE, "path": f"preference/{split}-00000-of-00001.parquet", "url": "/x", "split": split}
    for split in ("train", "test")
]


def version(number: int, state: str, **more: Any) -> Json:
    return {
        "id": number,
        "repository": f"{SLUG}/preference-with-a-long-name",
        "name": "preference-with-a-long-name",
        "number": number,
        "kind": "preference",
        "configs": ["preference", "labels"],
        "hash": HASH if state == "done" else None,
        "recipe": RECIPE,
        "as_of": "2026-11-25T10:00:00Z",
        "rows": {"train": 1_200, "test": 120},
        "files": FILES if state == "done" else [],
        "state": state,
        "attempt": 1,
        "progress": {"done": 300, "total": 900, "unit": "labels"},
        "error": "The recipe selects no accepted labels." if state == "failed" else None,
        "waiting": "queued: no worker is running; start one." if state == "queued" else None,
        "cancel_requested": False,
        "created_at": "2026-11-25T10:00:00Z",
        "started_at": None,
        "finished_at": None,
        **more,
    }


ROW = {
    "prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": LONG}],
    "chosen": [{"role": "assistant", "content": "x" * 900}],
    "rejected": [{"role": "assistant", "content": "مرحبا بكم في مدينتنا."}],
    "margin": 0.333,
    "labeler": "labeler-0123456789abcdef",
    "agreement": None,
    "responses": [{"id": 1, "content": LONG, "ratings": [{"criterion": "help", "value": 3}]}],
}
STEPPED = {
    "prompt": "Is 2 + 2 odd?",
    "completions": ["2 + 2 is 4.", LONG],
    "labels": [True, False],
    "step_values": [0, -1],
    "author": "import:gpt-x",
}
COUNT = {"rows": 600, "kept": 200}
COLUMNS = {
    "columns": [
        {"name": "prompt", "type": "list of {role, content}", "meaning": "what was answered"}
    ],
    "total": 1_200,
    "kept": 400,
    "facets": [
        {
            "column": "chosen_characters",
            "shape": "bars",
            "bars": [
                {"low": 0, "high": 500, **COUNT},
                {"low": 500, "high": None, **COUNT},
            ],
            "empty": {"rows": 3, "kept": 0},
        },
        {
            "column": "labeler",
            "shape": "values",
            "values": [{"value": f"labeler-{place:016x}", **COUNT} for place in range(9)],
            "rest": 7,
            "empty": {"rows": 0, "kept": 0},
        },
        {
            "column": "target",
            "shape": "values",
            "values": [{"value": 1.0, "rows": 1_200, "kept": 400}],
            "rest": 0,
            "empty": {"rows": 0, "kept": 0},
        },
    ],
}
SOMEBODY = [
    {"pseudonym": name, "name": "Noor", "labels": 9}
    for name in ("labeler-0123456789abcdef", "labeler-aaaaaaaaaaaaaaaa")
]
CHOICES = {
    "first": "2026-01-01T00:00:00Z",
    "last": "2026-11-01T00:00:00Z",
    "kinds": [{"kind": "rank", "labels": 12}],
    "pools": [{"pool": "ordinary", "labels": 12}],
    "labelers": SOMEBODY,
    "reviewers": SOMEBODY[:1],
    "languages": ["en", "de"],
    "tags": [{"key": "topic", "values": ["code", "letters"]}],
    "criteria": [
        {"id": "helpfulness", "label": "Helpfulness", "of": "response", "min": 0, "max": 4}
    ],
}
COUNTS = {
    "labels": 1_234,
    "labelers": 3,
    "prompts": 400,
    "splits": {"train": 1_100, "test": 134},
    "left_out": [{"why": why, "labels": 10} for why in ("review", "pool", "prompt")],
    "exact": False,
}
PREVIEW = {
    "labels": 300,
    "whole": False,
    "rows": {"preference": {"train": 900, "test": 90}, "labels": {"train": 270, "test": 30}},
    "left_out": [{"why": "agreement", "labels": 5}],
    "examples": {"preference": ROW, "labels": None},
}
CARD = {
    "card": "---\nconfigs: []\n---\n# Preferences\n\n## Rows\n\nSome.",
    "labels": 900,
    "labelers": 3,
    "prompts": 400,
    "guidelines_versions": [1],
    "agreement": 0.8,
    "shared_tasks": 90,
}
DIFFERENCE = {
    "config": "preference",
    "since": {"id": 5, "label": "preference@5"},
    "to": {"id": 1, "label": "preference@1"},
    "recipe": [{"key": "pairs", "since": "all", "to": "adjacent"}],
    "labels": {"added": 40, "removed": 0, "changed": 1, "same": 900},
    "examples": {
        "added": [{"label": 7, "prompt_id": "x" * 80}],
        "removed": [],
        "changed": [{"label": 8, "prompt_id": "prompt-8"}],
    },
}
NONE: Json = {"results": [], "next": None}
RUN: Json = {
    "id": 12,
    "state": "done",
    "method": "dpo",
    "name": "second-dpo",
    "dataset": {"id": 1, "label": "preference@1"},
    "checkpoint": {"id": 3, "label": "second-dpo-with-a-long-name@1"},
    "created_at": "2026-11-25T10:00:00Z",
}
ANSWERS: Json = {
    "choices": CHOICES,
    "counts": COUNTS,
    "preview": PREVIEW,
    "datasets/1/card": CARD,
    "datasets/1/difference": DIFFERENCE,
    "columns": COLUMNS,
    "rows": {"rows": [ROW, STEPPED], "places": [3, 700], "total": 400},
    "training-runs": {"results": [RUN], "next": None},
    "checkpoints": NONE,
    "datasets/1": version(1, "done"),
    "datasets/2": version(2, "failed"),
    "datasets/3": version(3, "running"),
    "datasets/4": version(4, "queued"),
    f"projects/{SLUG}/datasets": {
        "results": [
            version(number, state)
            for number, state in enumerate(["done", "failed", "running", "queued", "done"], 1)
        ],
        "next": None,
    },
}


def show(path: str, opened: bool = False, **more: Any) -> Callable[[Page], None]:
    """The screen at an address, with every part of it that opens opened."""

    def go(page: Page) -> None:
        serve(page, None, **{**ANSWERS, **more})
        page.goto(f"{PLACE}{path}")
        settle(page)
        if opened:
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    return go


FILTERED = "where=chosen_characters:0..500&where=labeler:labeler-0000000000000001"
DATASET_SCREENS: dict[str, Callable[[Page], None]] = {
    "datasets": show(""),
    "rows": show(f"/1?view=rows&{FILTERED}"),
    "how to use it": show("/1?view=use"),
    "recipe": show("/1?view=recipe", True),
    "changes": show("/1?view=changes"),
    "card": show("/1?view=card", True),
    "failed": show("/2"),
    "in progress": show("/3"),
    "queued": show("/4"),
    "no version": show("", False, **{f"projects/{SLUG}/datasets": NONE}),
    "no held-out rows": show(
        "/1?view=rows&split=test",
        columns={**COLUMNS, "total": 0, "kept": 0, "facets": []},
        rows={"rows": [], "places": [], "total": 0},
    ),
    "freeze again": show("/freeze?from=1", True),
    "freeze nothing": show("/freeze", counts={**COUNTS, "labels": 0}),
}
