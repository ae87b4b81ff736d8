"""A manager's first hour: a project, what is asked, a file, two labelers, their first answers, the
first figures, a decision where they disagree; and every screen of it without a fault."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import DESK, NARROW, PHONE, overflow, violations
from tests.browser.answers import watch
from tests.browser.conftest import OpenPage
from tests.browser.projects import prompt
from tests.installation import Installation

PROMPTS, RESPONSES = 8, 4
SLUG = "first-hour"
SCREENS = (
    *(
        "projects",
        "new-project",
        f"projects/{SLUG}",
        f"projects/{SLUG}/setup",
        f"projects/{SLUG}/guidelines",
    ),
    *(f"projects/{SLUG}/{name}" for name in ("import", "prompts", "tasks", "review", "quality")),
    *(f"projects/{SLUG}/{name}" for name in ("disagreements", "leaderboard", "people", "audit")),
    *("system", "people", "audit"),
)


@pytest.mark.long
@pytest.mark.timeout(240, func_only=True)
def test_from_nothing_to_the_first_figures(
    open_page: OpenPage, site: Installation, tmp_path: Path
) -> None:
    ada = open_page("Ada", base_url=site.url)
    create(ada)
    ask(ada)
    bring_in(ada, tmp_path)
    open_tasks(ada)
    change_tasks(ada)
    links = [invite(ada, name) for name in ("Lena", "Luis")]
    for link, best in zip(links, "14", strict=True):
        label(open_page(), link, best)
    see_figures(ada)
    decide(ada)
    limit(ada)
    shut_out(ada)
    assert faults(ada) == {}


def create(page: Page) -> None:
    """By keyboard alone."""
    page.goto("/projects")
    page.get_by_role("link", name="New project").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("region", name="Task").get_by_role("article")).to_have_count(4)
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.type("First hour")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="First hour")).to_be_focused()


def ask(page: Page) -> None:
    """What labelers will be asked, seen beside it while it is written; saved at once."""
    page.get_by_role("link", name="Set up").click()
    preview = page.get_by_role("region", name="Task")
    page.get_by_label("Compare", exact=True).check()
    expect(page.get_by_label("Compare", exact=True)).to_be_focused()
    expect(preview.get_by_role("article")).to_have_count(2)
    page.get_by_label("Rank", exact=True).check()
    page.get_by_label("Criteria").fill("Helpfulness 1-5")
    expect(preview.get_by_text("Helpfulness").first).to_be_visible()
    page.get_by_label("Criteria").fill("")
    page.get_by_label("Why, in words").select_option("optional")
    page.get_by_label("Text in Markdown").fill("Be **brief**.")
    page.get_by_role("radio", name="Guidelines", exact=True).check()
    region = page.get_by_role("region", name="Guidelines", exact=True)
    expect(region.get_by_text("brief", exact=True)).to_be_visible()
    page.get_by_label("What changed").fill("A rule.")
    page.get_by_label("Labels per task").fill("2")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.get_by_role("button", name="Save changes").click()
    said = "Version 2 of the form, version 2 of the guidelines."
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_hidden()


def bring_in(page: Page, folder: Path) -> None:
    rows = [json.dumps(prompt(number, RESPONSES)) for number in range(PROMPTS)]
    page.get_by_role("link", name="Import").click()
    bad = folder / "bad.jsonl"
    bad.write_text("\n".join([*rows[:2], "{broken"]))
    page.set_input_files("input[type=file]", bad)
    expect(page.get_by_text("Line 3: not valid JSON. 0 of 3 rows imported.")).to_be_visible()
    page.get_by_role("button", name="Another file").click()
    good = folder / "good.jsonl"
    good.write_text("\n".join(rows))
    page.set_input_files("input[type=file]", good)
    page.get_by_role("button", name=f"Import {PROMPTS} prompts").click()
    expect(page.get_by_role("row", name="good.jsonl")).to_contain_text("Done", timeout=30_000)


def open_tasks(page: Page) -> None:
    page.get_by_role("link", name="Open tasks for them").click()
    expect(page.get_by_label("Labels per task")).to_have_value("2")
    page.get_by_role("button", name="Open tasks").click()
    expect(page.get_by_text(f"{PROMPTS} tasks opened.")).to_be_visible()


def change_tasks(page: Page) -> None:
    """M6, by keyboard: find a task, close it, undo that, look into it."""
    page.get_by_label("Text of the prompt").focus()
    page.keyboard.type("Question 3:")
    page.keyboard.press("Enter")
    found = page.get_by_role("region", name="Tasks").get_by_role("table").get_by_role("row")
    expect(found).to_have_count(2)
    page.get_by_role("checkbox", name="Choose all that are shown").press("Space")
    page.get_by_role("button", name="Close", exact=True).press("Enter")
    expect(found.last).to_contain_text("Closed")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(found.last).to_contain_text("Open")
    found.last.get_by_role("link").press("Enter")
    expect(page.get_by_role("dialog").get_by_text("There is no answer yet.")).to_be_visible()
    expect(page.get_by_label("Right rank of D")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(found.last.get_by_role("link")).to_be_focused()


def invite(page: Page, name: str) -> str:
    """The link that the manager sends them."""
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Email").fill(f"{name.lower()}@example.com")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text(f"{name} is invited as labeler")).to_be_visible()
    found = re.search(r"http\S+/join/\S+", page.get_by_role("main").inner_text())
    assert found
    return found[0]


def label(page: Page, link: str, best: str) -> None:
    """Read the new guidelines, then rank everything: one labeler forwards, the other backwards."""
    page.goto(link)
    page.get_by_label("Choose a password").fill("a long and rare phrase")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Continue").or_(page.get_by_role("link", name="Start")).click()
    expect(page.get_by_role("dialog")).to_contain_text("Be brief.")
    page.keyboard.press("Escape")
    ranks = "1234" if best == "1" else "4321"
    for done in range(PROMPTS):
        if done:
            expect(page.get_by_text(f"{done} done")).to_be_visible()
            expect(page.locator("[data-saved]")).to_have_text("Saved")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.keyboard.type(ranks)
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing to label now")).to_be_visible()
    expect(page.get_by_text("to send")).to_be_hidden()
    page.goto("about:blank")


def see_figures(page: Page) -> None:
    page.get_by_role("link", name="Quality").click()
    again = page.get_by_role("button", name="Count again")
    expect(again).to_be_visible(timeout=20_000)
    again.click()
    expect(page.get_by_text(f"{2 * PROMPTS} labels").first).to_be_visible(timeout=20_000)
    expect(page.get_by_role("row", name=re.compile("^Lena"))).to_contain_text(str(PROMPTS))


def decide(page: Page) -> None:
    """M7: two answers side by side; one of them stands, by keyboard alone."""
    page.get_by_role("link", name="Disagreement", exact=True).click()
    page.get_by_role("region").get_by_role("link").first.press("Enter")
    expect(page.get_by_role("heading", name="Lena")).to_be_visible()
    expect(page.get_by_role("heading", name="Luis")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="This answer stands").first.press("Enter")
    page.keyboard.type("It reads the question.")
    assert violations(page) == []
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It reads the question.")).to_be_visible()
    expect(page.get_by_text("Stands", exact=True)).to_be_visible()
    page.get_by_role("button", name="Use as gold").first.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Use as gold").press("Enter")
    expect(page.get_by_role("heading", name="Expected answer")).to_be_visible()


def limit(page: Page) -> None:
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_role("region", name="Time worked")).to_contain_text("Luis")
    page.get_by_role("button", name="Change limits and skills of Luis").click()
    page.get_by_label("Labels per day").fill("40")
    page.get_by_label("Skills and languages").fill("law, lang:es")
    page.get_by_label("Pause, with a reason").fill("A word first.")
    page.keyboard.press("Enter")
    row = page.get_by_role("region", name="People").get_by_role("row", name=re.compile("^Luis"))
    expect(row).to_contain_text("40 a day, law, lang:es")
    expect(row).to_contain_text("Paused")


def shut_out(page: Page) -> None:
    page.get_by_role("link", name="Everybody").click()
    page.get_by_label("Name or address").fill("luis@")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Shut out Luis").click()
    page.get_by_role("button", name="Shut out", exact=True).last.click()
    expect(page.get_by_role("row", name=re.compile("^Luis"))).to_contain_text("Shut out")


def faults(page: Page) -> dict[str, list[str]]:
    """What axe finds, on a desk in the light and on a phone in the dark by turns, and what is too
    wide."""
    found = {}
    watch(page)
    for number, screen in enumerate(SCREENS):
        page.set_viewport_size(PHONE if number % 2 else DESK)
        page.emulate_media(color_scheme="dark" if number % 2 else "light")
        page.goto(f"/{screen}")
        problems = violations(page)
        page.set_viewport_size(NARROW)
        if overflow(page) > 0:
            problems.append(f"{overflow(page)} px too wide")
        if problems:
            found[screen] = problems
    return found
