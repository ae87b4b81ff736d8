"""The labeler's screens once more, stretched and from right to left."""

import pytest

from tests.browser.accessibility import complaints, stretch
from tests.browser.conftest import OpenPage
from tests.browser.screens import ENTRY, SCREENS
from tests.installation import Installation


@pytest.mark.long
@pytest.mark.timeout(480)
def test_every_screen_of_a_labeler(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Noor", base_url=site.url)
    stretch(page)
    assert complaints(page, "right to left", {**SCREENS, **ENTRY}) == {}
