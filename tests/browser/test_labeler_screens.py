"""axe-core finds nothing on any labeler's screen, in light and dark and on a phone."""

import pytest

from tests.browser.accessibility import complaints
from tests.browser.conftest import OpenPage
from tests.browser.screens import ENTRY, SCREENS
from tests.installation import Installation


@pytest.mark.long
@pytest.mark.timeout(480)
def test_every_screen_of_a_labeler(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Noor", base_url=site.url)
    assert complaints(page, "light", {**SCREENS, **ENTRY}) == {}
