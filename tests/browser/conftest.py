"""One installation and one Chromium for all journeys; a page that complains fails its test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.installation import Installation, lived_in

CHROMIUM = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
EXECUTABLE = shutil.which("chromium") or "/usr/bin/chromium"
# The same engine without the windows around it, at about half the cost.
WINDOWLESS = shutil.which("chromium-headless-shell") or EXECUTABLE
OpenPage = Callable[..., Page]

# Two journeys share the processors with two servers and their workers.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with lived_in(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=WINDOWLESS, args=list(CHROMIUM))
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: Installation) -> Iterator[OpenPage]:
    """open_page("Noor") is a new window in which Noor has just signed in by a link."""
    contexts = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.text} {message.location.get('url', '')}")

    def make(name: str | None = None, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = chromium.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        if name is not None:
            page.goto(site.sign_in_link(name))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
