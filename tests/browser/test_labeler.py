"""A labeler's first minutes, by keyboard alone, in a fresh installation."""

from typing import Any

from playwright.sync_api import Page, expect

from config.demo.client import Client
from tests.browser.conftest import OpenPage
from tests.installation import Installation


def manager_of(site: Installation) -> Client:
    client = Client(site.url)
    client.sign_in(lambda: site.sign_in_link("Mary"))
    return client


def labels_by(site: Installation, name: str) -> list[dict[str, Any]]:
    """Oldest first, as the manager sees them."""
    listed = manager_of(site).pages("/api/projects/toy-assistant/labels")
    return [label for label in reversed(list(listed)) if label["labeler"]["name"] == name]


def shown_responses(page: Page) -> list[str]:
    """The texts of the responses in the order shown."""
    # Code and tables inside a response are groups too.
    bodies = page.get_by_role("article").locator("> [role=group]")
    expect(bodies.first).to_be_visible()
    found: list[str] = bodies.all_inner_texts()
    return [text.strip() for text in found]


def saved(page: Page, done: int) -> None:
    """The count says that so many labels are acknowledged, and nothing waits to be sent."""
    expect(page.get_by_text(f"{done} done")).to_be_visible()
    expect(page.locator("[data-saved]")).to_have_text("Saved")


def test_ranks_two_and_writes_one_by_keyboard(open_page: OpenPage, site: Installation) -> None:
    page = open_page("Noor")
    expect(page.get_by_role("heading", name="My queues")).to_be_visible()
    expect(page.get_by_role("listitem").get_by_role("link").first).to_be_focused()
    while page.evaluate("document.activeElement.getAttribute('href')") != "/label/toy-assistant":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Rank the responses")).to_be_visible()
    first = shown_responses(page)
    for digit in "1123"[: len(first)]:
        page.keyboard.press(digit)
    page.keyboard.press("Control+Enter")
    saved(page, 1)

    expect(page.get_by_role("heading", name="Rank the responses")).to_be_visible()
    second = shown_responses(page)
    for digit in "4321"[-len(second) :]:
        page.keyboard.press(digit)
    page.keyboard.press("Control+Enter")
    saved(page, 2)

    expect(page.get_by_role("heading", name="Write the ideal response")).to_be_visible()
    press_until_focused_editor(page)
    page.keyboard.type("Certainly. That is what I would *say*.\n\n- once\n- twice")
    page.keyboard.press("Control+Enter")
    saved(page, 3)

    ranked_first, ranked_second, written = labels_by(site, "Noor")
    texts = texts_of(ranked_first)
    assert [sorted(texts[0]), *texts[1:]] == [sorted(first[:2]), *[[text] for text in first[2:]]]
    texts = texts_of(ranked_second)
    assert texts == [[text] for text in reversed(second)]
    assert written["answer"]["text"] == "Certainly. That is what I would *say*.\n\n- once\n- twice"


def texts_of(label: Any) -> list[list[str]]:
    """The responses of each group, without the space around them, which no screen shows."""
    groups = label["answer"]["groups"]
    return [[each["content"].strip() for each in group] for group in groups]


def press_until_focused_editor(page: Page) -> None:
    for _ in range(40):
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            return
        page.keyboard.press("Tab")
    raise AssertionError("the editor is not reached with Tab")


def test_a_reload_keeps_what_was_written(open_page: OpenPage) -> None:
    page = open_page("Kenji")
    page.get_by_role("link", name="Start").click()
    while not reaches_writing(page):
        for _ in shown_responses(page):
            page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
    page.locator("textarea").fill("Half a senten")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    page.reload()
    expect(page.locator("textarea")).to_have_value("Half a senten")


def reaches_writing(page: Page) -> bool:
    """Whether the next task is to write; else it is to rank."""
    write = page.get_by_role("heading", name="Write the ideal response")
    rank = page.get_by_role("heading", name="Rank the responses")
    expect(write.or_(rank)).to_be_visible()
    return write.is_visible()


def test_a_spent_link_says_so(open_page: OpenPage, site: Installation) -> None:
    link = site.sign_in_link("Ines")
    page = open_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="My queues")).to_be_visible()
    stranger = open_page()
    stranger.goto(link)
    expect(stranger.get_by_text("was used already")).to_be_visible()
