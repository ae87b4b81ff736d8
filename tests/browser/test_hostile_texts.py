"""Hostile texts in prompts, responses and guidelines, in a real browser: no script runs, no request
leaves the origin, nothing is wider than the page, and the labeler can go on."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.hostile import HOSTILE
from tests.browser.projects import labels_of, make_project, prompt
from tests.installation import Installation

AT_ONCE = 9
SECONDS_TO_SHOW = 20


def prompts() -> list[dict[str, Any]]:
    """Each text as a turn of a conversation and as a response, nine to a prompt."""
    groups = [HOSTILE[start : start + AT_ONCE] for start in range(0, len(HOSTILE), AT_ONCE)]
    return [
        {
            "messages": [
                *({"role": ("user", "assistant")[place % 2], "content": text}
                  for place, text in enumerate(group[: len(group) // 2 * 2])),
                {"role": "user", "content": group[-1]},
            ],
            "responses": [
                {"model": f"model-{place}", "content": text} for place, text in enumerate(group)
            ],
        }
        for group in groups
    ]  # fmt: skip


def harmed(page: Page) -> dict[str, Any]:
    result: dict[str, Any] = page.evaluate(
        """() => ({
            ran: window.ran ?? null,
            foreign: document.querySelectorAll(
                "main script, main iframe, main object, main embed, main form, main link,"
                + "main style, main img, main video, main meta, main base").length,
            overflow: document.documentElement.scrollWidth - innerWidth,
        })"""
    )
    return result


@pytest.mark.timeout(180)
def test_do_no_harm(open_page: OpenPage, site: Installation) -> None:
    assert len(HOSTILE) >= 30
    asked = prompts()
    slug = make_project(
        site,
        "Hostile texts",
        asked,
        [{"kind": "rank", "per_task": AT_ONCE}],
        guidelines="\n\n".join(text for text in HOSTILE if len(text) < 10_000),
    )
    page = open_page("Noor")
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if f"{address.scheme}://{address.netloc}" != site.url and address.scheme != "blob":
            elsewhere.append(request.url)

    page.on("request", note)
    page.on("dialog", lambda dialog: elsewhere.append(f"dialog: {dialog.message}"))
    page.set_default_timeout(SECONDS_TO_SHOW * 1000)
    page.goto(f"{site.url}/label/{slug}")
    unharmed = {"ran": None, "foreign": 0, "overflow": 0}
    read_guidelines(page)
    for number in range(len(asked)):
        cards = page.get_by_role("article")
        expect(cards.first).to_be_visible(timeout=SECONDS_TO_SHOW * 1000)
        assert harmed(page) == unharmed
        page.keyboard.press("r")
        expect(page.get_by_role("button", name="Raw text")).to_have_attribute(
            "aria-pressed", "true"
        )
        assert harmed(page) == unharmed
        page.keyboard.press("r")
        joined = cards.filter(has_text="\U0001f469\u200d\U0001f4bb")
        expect(joined.get_by_title("Invisible character U+200D")).to_have_count(0)
        for _ in range(cards.count()):
            page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text(f"{number + 1} done")).to_be_visible()
    expect(page.locator("[data-saved]").or_(page.get_by_text("Nothing to label"))).to_be_visible()
    assert elsewhere == []
    assert len(labels_of(site, slug)) == len(asked)


def test_guidelines_of_one_line(open_page: OpenPage, site: Installation) -> None:
    """As long as guidelines may be."""
    line = "a" * 100_000
    slug = make_project(
        site, "One line", [prompt(1, 2)], [{"kind": "rank", "per_task": 2}], guidelines=line
    )
    page = open_page("Noor")
    page.goto(f"{site.url}/label/{slug}")
    read_guidelines(page, line[:1000])
    expect(page.get_by_role("article").first).to_be_visible()
    page.keyboard.type("12")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 done")).to_be_visible()


def read_guidelines(page: Page, words: str = "never ended") -> None:
    """A newcomer is shown them before the first task."""
    guide = page.get_by_role("dialog", name="Guidelines")
    expect(guide.get_by_text(words).first).to_be_attached()
    assert guide.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
    assert harmed(page)["ran"] is None
    page.keyboard.press("Escape")
    expect(guide).to_be_hidden()
