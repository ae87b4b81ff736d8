"""A training run and measurements in states that are rare, with what the server would say."""

from typing import Any

from tests.browser.screens import LONG, SLUG, Json, place

JOB: Json = {
    "id": 5, "attempt": 2, "error": None, "waiting": None, "cancel_requested": False,
    "progress": {"done": 41, "total": 200, "unit": "steps"}, "created_at": "2026-11-25T10:00:00Z",
    "started_at": "2026-11-25T10:00:00Z", "finished_at": None, "results": None,
}  # fmt: skip
NAMED: Json = {"id": 1, "label": "a-checkpoint-with-quite-a-long-name@12"}
RUN: Json = {
    **JOB, "state": "running", "phase": "training", "still_seconds": 540, "method": "dpo",
    "name": "b", "dataset": NAMED, "base": NAMED, "arguments": {"max_steps": 200}, "seed": 1,
    "checkpoint": None, "measurements": [], "last_metrics": {"loss": 0.3},
}  # fmt: skip
SAVES: Json = {
    "prompts": [[{"role": "user", "content": "What is 2 plus 2?"}]],
    "results": [{"step": step, "texts": [LONG]} for step in (20, 40)],
}
PROBED = {"world": {"facts": 12, "forward": 0.75, "backward": 0.25, "both": 0.2, "reversed": None}}
MEASURED: Json = {**JOB, "checkpoint": NAMED, "dataset": NAMED, "evaluation": None}
MEASUREMENTS: list[Json] = [
    {**MEASURED, "id": 3, "kind": "probes", "state": "done", "dataset": None, "results": PROBED},
    {**MEASURED, "id": 2, "kind": "likelihood", "state": "failed", "error": "Out of memory."},
]


def run(**more: Any) -> Any:
    answers: Any = {
        "training-runs/5": {**RUN, **more},
        "training-runs/5/metrics": {"results": [], "next": None},
        "training-runs/5/samples": SAVES,
        "training-runs/5/log": {"text": "Step 41"},
    }
    return place(f"/projects/{SLUG}/training/5", **answers)


def evaluations(measurements: Any) -> Any:
    answers: Any = {
        "evaluations": {"results": [], "next": None},
        "measurements": measurements,
        "checkpoints": {"results": [], "next": None},
    }
    return place(f"/projects/{SLUG}/evaluations", **answers)


RUN_SCREENS = {
    "run that stands still": run(),
    "measured without people": evaluations({"results": MEASUREMENTS, "next": None}),
}
