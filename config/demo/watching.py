"""Waiting for what the product does: jobs and rounds, watched through the HTTP API until they end,
and noted in the report."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from config.demo.client import Client, Json
from config.demo.people import Labeler, Reviewer
from config.demo.report import Report, Stage, Training, measured_words
from models_runner.tiny.progress import Progress

POLL_SECONDS = 0.5
ENDED = {"done", "failed", "cancelled"}


class StageFailed(Exception):
    """A stage did not give what it should; the text says what went wrong."""


@dataclass
class Team:
    """Everybody the demo needs, signed in."""

    manager: Client
    engineer: Client
    labelers: Sequence[Labeler]
    reviewer: Reviewer


class Watching:
    """Waits on behalf of the team, in one project."""

    def __init__(self, team: Team, report: Report) -> None:
        self._team = team
        self._report = report
        self._project = ""
        self._round = ""

    @contextmanager
    def _stage(self, name: str) -> Iterator[list[str]]:
        """Times a stage; what it appends to the yielded list is told in the report."""
        lines: list[str] = []
        began = time.monotonic()
        try:
            yield lines
        finally:
            stage = Stage(f"{name}{self._round}", lines, time.monotonic() - began)
            self._report.stages.append(stage)

    def _path(self, rest: str) -> str:
        return f"/api/projects/{self._project}/{rest}"

    def _note_version(self, version: Json, lines: list[str]) -> None:
        self._report.dataset_versions += 1
        rows = version["rows"]
        lines.append(
            f"{version['repository']} version {version['number']}: {rows['train']} train rows, "
            f"{rows['test']} held out, sha256 {version['hash'][:12]}"
        )

    def _trained(self, run: int, lines: list[str]) -> Json:
        """Note what came out of a run that is done; the checkpoint."""
        done = self._team.engineer.get(f"/api/training-runs/{run}")
        made: Json = done["checkpoint"]
        seconds = _moment(done["finished_at"]) - _moment(done["started_at"])
        self._report.training_runs.append(
            Training(done["method"], round(seconds, 1), made["label"])
        )
        loss = done["last_metrics"].get("loss")
        told = "" if loss is None else f", last loss {loss:.3f}"
        lines.append(f"{made['label']} from {done['base']['label']}: {_steps(done)}{told}")
        lines += [self._measured(each["id"]) for each in done["measurements"]]
        return made

    def _measured(self, measurement: int) -> str:
        """What was found on held-out rows, in words, once it is found."""
        done = self._wait(f"/api/measurements/{measurement}", "Measuring on held-out rows")
        self._report.measurements.append(
            {"checkpoint": done["checkpoint"]["label"], "kind": done["kind"], **done["results"]}
        )
        return measured_words(done["kind"], done["results"])

    def _judged(self, evaluation: int, judge: Json) -> str:
        """A reward model's word on the same samples; it counts for nothing here."""
        body = {"kind": "judged", "checkpoint": judge["id"], "evaluation": evaluation}
        begun = self._team.engineer.create(self._path("measurements"), body)
        return self._measured(begun["id"])

    def _past(self, path: str, stage: str, title: str) -> dict[str, list[Json]]:
        """Wait until a round has left a stage; the rows of all its stages, by kind."""
        progress = Progress(title, sys.stdout)
        while True:
            told = self._team.engineer.get(path)
            states = {each["stage"]: each for each in told["stages"]}
            if states[stage]["state"] == "done":
                break
            if told["state"] != "running":
                raise StageFailed(f"{title}: {told['state']}: {told['error']}")
            rows = states[stage]["rows"] or [{"done": 0, "total": 0}]
            shares = [row["done"] / row["total"] if row["total"] else 0.0 for row in rows]
            waiting = next((row["waiting"] for row in rows if row.get("waiting")), None)
            progress.show(min(sum(shares) / len(rows), 0.99), waiting or told["stage"])
            time.sleep(POLL_SECONDS)
        progress.show(1.0, "done")
        found: dict[str, list[Json]] = {}
        for each in told["stages"]:
            for row in each["rows"]:
                found.setdefault(row["kind"], []).append(row)
        return found

    def _wait(self, path: str, title: str, ends: Sequence[str] | set[str] = ()) -> Json:
        """Watch a job until it ends; raises `StageFailed` with its own words if it failed."""
        progress = Progress(title, sys.stdout)
        while True:
            row = self._team.engineer.get(path)
            if row["state"] in (ends or ENDED):
                break
            progress.show(_share(row), _words(row))
            time.sleep(POLL_SECONDS)
        if row["state"] in {"failed", "cancelled"}:
            raise StageFailed(f"{title}: {row['state']}: {row['error']}")
        progress.show(1.0, "done")
        return row


def _share(row: Json) -> float:
    told = row.get("progress") or row.get("tasks") or {"done": 0, "total": 0}
    total = told.get("total", told.get("planned", 0))
    return min(told["done"] / total, 0.99) if total else 0.0


def _words(row: Json) -> str:
    if row.get("waiting"):
        return str(row["waiting"])
    loss = (row.get("last_metrics") or {}).get("loss")
    return row["state"] if loss is None else f"loss {loss:.2f}"


def _moment(told: str) -> float:
    return datetime.fromisoformat(told).timestamp()


def _steps(run: Json) -> str:
    return f"{run['progress']['done']} {run['progress']['unit']}"
