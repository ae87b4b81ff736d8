"""An engineer makes a token by keyboard, a program uses it, and she takes it back."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.installation import Installation


def asked(site: Installation, secret: str, path: str) -> tuple[int, str]:
    request = Request(f"{site.url}{path}", headers={"Authorization": f"Bearer {secret}"})
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, ""
    except HTTPError as error:
        with error:
            return error.code, json.load(error)["code"]


def press_through(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_token_from_making_to_revoking(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Edsger")
    page.get_by_role("button", name="account of Edsger").click()
    page.get_by_role("link", name="API tokens").click()
    page.get_by_label("What is it for").focus()
    page.keyboard.type("Night run")
    # Past the duration, off with reading, on with importing.
    press_through(page, "Tab", "Tab", "Space", "Tab", "Space")
    page.keyboard.press("Enter")
    status = page.get_by_text("The token Night run is made")
    expect(status).to_be_visible()
    secret = page.get_by_text("tst_").first.text_content() or ""
    row = page.get_by_role("row").filter(has_text="Night run")
    expect(row).to_contain_text("import, export")
    expect(row).to_contain_text(secret[:12])
    assert asked(site, secret, "/hub/api/models/touchstone/tiny") == (200, "")
    assert asked(site, secret, "/api/projects") == (403, "scope_missing")

    page.get_by_role("button", name="Revoke the token Night run").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").press("Enter")
    expect(row).to_contain_text("Revoked")
    assert asked(site, secret, "/hub/api/models/touchstone/tiny") == (401, "token_invalid")
    page.reload()
    expect(row).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)


def test_a_labeler_has_no_such_screen(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Noor")
    page.get_by_role("button", name="account of Noor").click()
    expect(page.get_by_role("link", name="My work")).to_be_visible()
    expect(page.get_by_role("link", name="API tokens")).to_have_count(0)
