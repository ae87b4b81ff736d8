"""The labeler's screens in every state: axe-core finds nothing, on a desk or a phone, in light or
dark, every word is in the catalog, and nothing is too wide.

All of them stretched and from right to left, which is harder on each; in English those that are
made of the most parts.
"""

import pytest

from tests.browser.accessibility import complaints, stretch
from tests.browser.conftest import OpenPage
from tests.browser.screens import ENTRY, SCREENS
from tests.installation import Installation

pytestmark = pytest.mark.long
EVERY = {**SCREENS, **ENTRY}
IN_ENGLISH = (
    *("queues of every kind", "my work", "rank", "rank, two at a time", "rank and rate"),
    *("compare", "rate", "write, whole form", "guidelines", "review, correct", "join", "account"),
)


@pytest.mark.timeout(480)
def test_from_right_to_left(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Noor", base_url=site.url)
    stretch(page)
    page.reload()
    assert complaints(page, EVERY) == {}


@pytest.mark.timeout(240)
def test_in_english(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Noor", base_url=site.url)
    assert complaints(page, {name: EVERY[name] for name in IN_ENGLISH}) == {}
