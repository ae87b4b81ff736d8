"""Some tasks of a labeler's long day, with one of each thing that can go wrong. The whole day, of
1,000 tasks, is played by `make bench ONLY=labeler_day`."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.long_day import Plan, play
from tests.installation import Installation

PLAN = Plan(
    tasks=24, reloads=1, browser_kills=1, server_kills=1, taken_away=1, taken_back=1, seed=3
)


@pytest.mark.long
@pytest.mark.timeout(480)
def test_nothing_is_lost_or_doubled(
    site: Installation, tmp_path: Path, playwright: Playwright
) -> None:
    outcome = play(site, playwright, tmp_path / "profile", PLAN)
    print(outcome)
    verdict = outcome.verdict
    assert verdict.unlabeled == 0
    assert (verdict.lost, verdict.doubled, verdict.changed) == ([], [], [])
    assert outcome.typing_lost_seconds <= 5
    assert outcome.happened["browser kills while typing"] == 1
    assert outcome.happened["server kills"] == 1
