"""The screens on rounds in their states, with what the server would say in its place."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.screens import SLUG, Json, place

PLACE = f"/projects/{SLUG}/rounds"
LONG = "a-checkpoint-with-quite-a-long-name"


def row(kind: str, label: str, state: str = "done", **more: Any) -> Json:
    usual = {"id": 1, "done": 3, "total": 9, "waiting": None, "error": None}
    return {**usual, "kind": kind, "label": label, "state": state, **more}


def rate(checkpoint: str, share: float) -> Json:
    counts = {"n": 73, "prompts": 73, "wins": 55, "ties": 9, "losses": 9}
    return {
        "checkpoint": checkpoint, "over": "tiny@1", "rate": share, "low": share - 0.1,
        "high": min(share + 0.1, 1.0), **counts,
    }  # fmt: skip


def stages(reached: int, state: str) -> list[Json]:
    rows = [
        [row("dataset", f"{SLUG}/preference@2")],
        [
            row("training_run", f"{LONG}-dpo@1", state if reached == 1 else "done"),
            row("measurement", "likelihood", "queued", waiting="queued: no GPU worker is running"),
        ],
        [row("evaluation", "", "labeling" if reached == 2 else "done")],
        [row("generation_job", f"{LONG}-dpo@1")],
        [row("measurement", "closest_pairs")],
        [],
    ]
    names = ["freeze", "train", "evaluate", "sample", "choose", "open"]
    states = ["done"] * reached + [state] + ["waiting"] * (5 - reached)
    return [
        {"stage": name, "state": found, "rows": rows[at] if found != "waiting" else []}
        for at, (name, found) in enumerate(zip(names, states, strict=True))
    ]


def turn(number: int, state: str, reached: int = 5, **more: Any) -> Json:
    done = state == "done"
    base: Json = {
        "id": number,
        "label": f"{LONG}-dpo@{number - 1}" if number > 1 else f"{LONG}-sft@1",
    }
    best: Json = {"id": number + 1, "label": f"{LONG}-dpo@{number}"}
    return {
        "id": number, "number": number, "state": state, "error": None, "by_rule": number > 1,
        "stage": stages(reached, state)[reached]["stage"], "started_by": "Edsger",
        "method": "dpo", "name": LONG, "base": base, "baseline": {"id": 9, "label": "tiny@1"},
        "reward_base": {"id": 9, "label": "tiny@1"}, "policy": "uncertain", "task_kind": "rank",
        "next_prompts": 240, "samples_per_prompt": 4, "held_out": None, "seed": 1,
        "stages": stages(reached, state), "best": best if done else None,
        "results": {
            "win_rates": [rate(base["label"], 0.6), rate(best["label"], 0.7 + number / 20)],
            "reward_accuracy": {
                "checkpoint": f"{LONG}-reward@{number}", "accuracy": 0.8, "low": 0.7, "high": 0.9,
                "pairs": 190, "by_strength": [],
            },
        } if done else None,
        "tasks_opened": 240 if done else None, "created_at": "2026-11-25T10:00:00Z",
        "finished_at": None, **more,
    }  # fmt: skip


RULE = {**turn(1, "done"), "every": 500, "set_by": "Edsger", "error": "The project has no prompts."}
NO_RULE: Json = {"rule": None, "new_comparisons": 12}
FAILED_ROUND = turn(2, "failed", 1, error="Training run 7 was failed: Out of memory.")


def listed(rounds: list[Json], rule: Json = NO_RULE) -> Any:
    answers: Any = {"rounds": {"results": rounds, "next": None}, "round-rule": rule}
    return place(PLACE, **answers)


def one(found: Json) -> Any:
    def show(page: Page) -> None:
        answers: Any = {f"rounds/{found['id']}": found}
        place(f"{PLACE}/{found['id']}", **answers)(page)
        page.get_by_role("heading", name="Stages").wait_for()

    return show


def as_rule(page: Page) -> None:
    listed([turn(2, "done"), turn(1, "done")])(page)
    page.get_by_label("A rule instead of one round").check()


ROUND_SCREENS = {
    "no rounds": listed([]),
    "rounds, a rule": listed(
        [turn(3, "running", 2), turn(2, "done"), turn(1, "done")],
        {"rule": RULE, "new_comparisons": 120},
    ),
    "rounds, setting a rule": as_rule,
    "round that people work on": one(turn(2, "running", 2)),
    "round that failed": one(FAILED_ROUND),
    "round that is done": one(turn(2, "done")),
}
