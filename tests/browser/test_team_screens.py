"""axe-core finds nothing on the screens of datasets, rounds and arena, nor on those that failed."""

import pytest
from playwright.sync_api import Browser

from tests.browser.accessibility import complaints, stretch
from tests.browser.arena_screens import ARENA_SCREENS
from tests.browser.conftest import OpenPage
from tests.browser.dataset_screens import DATASET_SCREENS
from tests.browser.round_screens import ROUND_SCREENS
from tests.browser.run_screens import RUN_SCREENS
from tests.browser.screens import FAILED
from tests.installation import Installation

pytestmark = pytest.mark.long


@pytest.mark.parametrize("wanted", ["light", "right to left"])
@pytest.mark.timeout(120)
def test_screens_that_failed(chromium: Browser, site: Installation, wanted: str) -> None:
    context = chromium.new_context(base_url=site.url, reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.sign_in_link("Noor"))
    if wanted != "light":
        stretch(page)
    assert complaints(page, wanted, FAILED) == {}
    context.close()


@pytest.mark.timeout(240)
def test_every_screen_on_datasets(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Mary", base_url=site.url)
    assert complaints(page, "light", DATASET_SCREENS) == {}


@pytest.mark.timeout(120, func_only=True)
def test_every_screen_on_runs_rounds_and_the_arena(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Edsger", base_url=site.url)
    assert complaints(page, "light", RUN_SCREENS | ROUND_SCREENS | ARENA_SCREENS) == {}
