"""A labeler's day of 1,000 tasks in a real Chromium against a real server, with everything going
wrong that can: what is lost or doubled, and how much typing. Takes about ten minutes."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.figure import Figure
from tests.browser.long_day import Plan, play
from tests.installation import installation

PLAN = Plan(tasks=1_000, reloads=30, browser_kills=10, server_kills=8, taken_away=20, taken_back=20)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder) / "data") as site,
        sync_playwright() as playwright,
    ):
        outcome = play(site, playwright, Path(folder) / "profile", PLAN)
    print(outcome, file=sys.stderr)
    verdict = outcome.verdict
    for name, value, unit, goal in (
        ("tasks_answered", verdict.answered, "tasks", ">= 950"),
        ("tasks_unlabeled", verdict.unlabeled, "tasks", "<= 0"),
        ("labels_lost", len(verdict.lost), "labels", "<= 0"),
        ("labels_doubled", len(verdict.doubled), "labels", "<= 0"),
        ("labels_changed", len(verdict.changed), "labels", "<= 0"),
        ("typing_lost", outcome.typing_lost_seconds, "s", "<= 5"),
    ):
        print(Figure(f"labeler_day.{name}", value, unit, goal).line())


if __name__ == "__main__":
    main()
