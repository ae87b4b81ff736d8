"""Getting in: from an invitation to a password, a passkey and an authenticator app."""

import os
import re
import time
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from labeling.totp import PERIOD, code_at
from tests.browser.conftest import OpenPage
from tests.installation import Installation

PASSWORD = "a long and rare phrase"
EMAIL = "gast@example.org"
AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
VIEWS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1440), ("dark", 390))
PICTURES = os.environ.get("TOUCHSTONE_TEST_PICTURES")


def look(page: Page, name: str) -> None:
    """No violations; and a picture of it, in both themes, when a folder for them is named."""
    page.evaluate(AXE.read_text())
    found: Any = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    assert found == [], name
    for theme, width in VIEWS if PICTURES else ():
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{PICTURES}/{name}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


@pytest.fixture
def invitation(open_page: OpenPage, site: Installation) -> str:
    """The link that Mary sees, on a host name: passkeys know no bare addresses."""
    mary = open_page("Mary")
    mary.goto(f"{site.url}/projects/toy-assistant/people")
    mary.get_by_label("Name", exact=True).fill("Gast")
    mary.get_by_label("Email").fill(EMAIL)
    mary.get_by_role("button", name="Add", exact=True).click()
    shown = mary.get_by_text("/join/")
    expect(shown).to_be_visible()
    look(mary, "people")
    link = shown.inner_text()
    return link[link.index("http") :].strip().replace("127.0.0.1", "localhost")


def with_virtual_authenticator(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    keeps = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **keeps}})


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="account of").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def open_account(page: Page) -> None:
    page.get_by_role("button", name="account of").click()
    page.get_by_role("link", name="Account and security").click()
    expect(page.get_by_role("heading", name="Authenticator app")).to_be_visible()


def test_an_invited_person_gets_in_every_way(open_page: OpenPage, invitation: str) -> None:
    page = open_page()
    with_virtual_authenticator(page)
    page.goto(invitation)
    expect(page.get_by_role("heading", name="Join Toy assistant")).to_be_visible()
    look(page, "join")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My queues")).to_be_visible()

    open_account(page)
    look(page, "account")
    page.get_by_label("Name of the device").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Keep these codes in a safe place")).to_be_visible()
    look(page, "recovery-codes")
    sign_out(page)
    look(page, "sign-in")

    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="account of Gast")).to_be_visible()
    open_account(page)
    page.get_by_role("button", name="Set up an app").click()
    look(page, "authenticator")
    secret = page.get_by_text(re.compile("^[A-Z2-7]{32}$")).inner_text()
    page.get_by_label("Code").fill(code_at(secret, int(time.time()) // PERIOD))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Codes are asked for when you sign in")).to_be_visible()
    sign_out(page)

    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    look(page, "second-step")
    page.get_by_label("Code").fill(code_at(secret, int(time.time()) // PERIOD + 1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="account of Gast")).to_be_visible()
