"""Tasks of every kind by keyboard alone, once more without single keys, and by touch:
what the labeler meant is what is stored."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.projects import labels_of, make_project, prompt
from tests.browser.screens import PLAIN, criterion
from tests.installation import Installation

FORM = {**PLAIN, "criteria": [criterion("Helpfulness")], "justification": "optional"}
KINDS = {
    "Rank the responses": "rank",
    "Compare the responses": "compare",
    "Rate the responses": "rate",
    "Write the ideal response": "demonstrate",
}
THIRTY = {"rank": 8, "compare": 8, "rate": 7, "demonstrate": 7}
OFF = "localStorage.setItem('touchstone.settings', '{\"singleKeys\": false}')"


def mixed(site: Installation, name: str, counts: dict[str, int]) -> str:
    """A project with so many tasks of each kind."""
    tasks = [
        {"kind": kind, "limit": count, "per_task": 3 if kind == "rank" else 2}
        for kind, count in counts.items()
    ]
    prompts = [prompt(number, 3) for number in range(max(counts.values()))]
    return make_project(site, name, prompts, tasks, form=FORM)


def kind_of(page: Page, done: int) -> str:
    """The kind of the task that is shown after so many."""
    if done:
        expect(page.get_by_text(f"{done} done")).to_be_visible()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_focused()
    return KINDS[heading.inner_text()]


def work_through(page: Page, count: int, solve: Mapping[str, Callable[[Page], None]]) -> None:
    for done in range(count):
        solve[kind_of(page, done)](page)
    expect(page.get_by_text("Nothing to label now")).to_be_visible()
    expect(page.get_by_text("to send")).to_be_hidden()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def rank_by_keys(page: Page) -> None:
    """A 2, B 1, C 1, rated 4, 0 and 3; some looking around, one slip and its undoing."""
    press(page, "d", "d", "c", "c", "r", "r", "p", "p", "f", "f")
    press(page, "2", "4", "1", "0", "3", "Control+z", "ArrowUp", "1", "3", "Control+Enter")


def compare_by_keys(page: Page) -> None:
    """B much better though neither is acceptable; A rated 1, B 2."""
    press(page, "1", "2", "b", "b", "b", "x", "y", "y", "Control+Enter")


def rate_by_keys(page: Page) -> None:
    """A 3, then B 2 after being told that it is missing."""
    press(page, "3", "Control+Enter")
    expect(page.get_by_role("alert")).to_have_text("1 answer is missing: Helpfulness B.")
    press(page, "k", "j", "2", "Control+Enter")


def write_by_keys(page: Page) -> None:
    tab_to(page, "TEXTAREA")
    page.keyboard.type("Certainly.")
    press(page, "Escape")
    for key, name in (("?", "Keys"), ("h", "Guidelines")):
        press(page, key)
        dialog = page.get_by_role("dialog", name=name)
        expect(dialog).to_be_visible()
        press(page, "Escape")
        expect(dialog).to_be_hidden()
    press(page, "Control+Enter")


BY_KEYS = {
    "rank": rank_by_keys,
    "compare": compare_by_keys,
    "rate": rate_by_keys,
    "demonstrate": write_by_keys,
}


def tab_to(page: Page, tag: str) -> None:
    for _ in range(60):
        if page.evaluate("document.activeElement.tagName") == tag:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{tag} is not reached with Tab")


GROUP = """() => {
  const {type, name, checked, form} = document.activeElement;
  if (type !== "radio") return null;
  const group = document.getElementsByName(name);
  return [...group].some(each => each.checked) ? "answered" : "open";
}"""


def choose_all(page: Page) -> None:
    """The second button of every group, with Tab, Space and an arrow; then Submit with Enter."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(GROUP) == "open":
            press(page, "Space", "ArrowRight")
        if page.evaluate("document.activeElement.textContent").startswith("Submit"):
            page.keyboard.press("Enter")
            return
    raise AssertionError("Submit is not reached with Tab")


def write_and_tab(page: Page) -> None:
    tab_to(page, "TEXTAREA")
    page.keyboard.type("Certainly.")
    choose_all(page)


def choose_by_touch(page: Page) -> None:
    """The first number of every group, then Submit."""
    expect(page.get_by_text("Helpfulness").first).to_be_visible()
    for group in page.get_by_role("radiogroup").or_(page.locator("fieldset")).all():
        first = group.get_by_role("radio").first
        if group.is_visible() and first.count():
            first.tap()
    page.get_by_role("button", name="Submit").tap()


def write_by_touch(page: Page) -> None:
    # The next task stands ready, hidden.
    page.get_by_label("Your response").filter(visible=True).tap()
    page.keyboard.type("Certainly.")
    page.get_by_role("button", name="Submit").tap()


def groups(label: dict[str, Any]) -> list[list[str]]:
    """By the letters that the labeler saw."""
    return [sorted(each["label"] for each in group) for group in label["answer"]["groups"]]


def helpfulness(label: dict[str, Any]) -> dict[str, int]:
    return {letter: given["helpfulness"] for letter, given in label["answer"]["ratings"].items()}


@pytest.mark.timeout(180)
def test_by_keyboard(open_page: OpenPage, site: Installation) -> None:
    counts = THIRTY
    slug = mixed(site, "By keyboard", counts)
    page = open_page("Noor")
    page.goto(f"{site.url}/label/{slug}")
    work_through(page, sum(counts.values()), BY_KEYS)
    stored = labels_of(site, slug)
    assert Counter(label["kind"] for label in stored) == counts
    for label in stored:
        answer = label["answer"]
        if label["kind"] == "rank":
            assert groups(label) == [["B", "C"], ["A"]]
            assert helpfulness(label) == {"A": 4, "B": 0, "C": 3}
        elif label["kind"] == "rate":
            assert helpfulness(label) == {"A": 3, "B": 2}
        elif label["kind"] == "compare":
            assert groups(label) == [["B"], ["A"]]
            assert helpfulness(label) == {"A": 1, "B": 2}
            assert answer["strength"] == 3
            assert answer["none_acceptable"] is True
        elif label["kind"] == "demonstrate":
            assert answer["text"] == "Certainly."


@pytest.mark.timeout(180)
def test_without_single_keys(open_page: OpenPage, site: Installation) -> None:
    counts = THIRTY
    slug = mixed(site, "Without single keys", counts)
    page = open_page("Noor")
    page.evaluate(OFF)
    page.goto(f"{site.url}/label/{slug}")
    kind_of(page, 0)
    # Letters and digits do nothing by themselves.
    press(page, "1", "2", "s", "h", "?")
    expect(page.get_by_text("0 of 6 answered").locator("visible=true")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    solve = dict.fromkeys(["rank", "compare", "rate"], choose_all)
    work_through(page, sum(counts.values()), {**solve, "demonstrate": write_and_tab})
    stored = labels_of(site, slug)
    assert Counter(label["kind"] for label in stored) == counts
    for label in stored:
        if label["kind"] == "rank":
            assert groups(label) == [["A", "B", "C"]]
        if label["kind"] in {"rank", "rate", "compare"}:
            assert set(helpfulness(label).values()) == {1}
        else:
            assert label["answer"]["text"] == "Certainly."


def test_by_touch_on_a_phone(open_page: OpenPage, site: Installation) -> None:
    counts = dict.fromkeys(KINDS.values(), 2)
    slug = mixed(site, "By touch", counts)
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = open_page("Noor", **phone)
    page.goto(f"{site.url}/label/{slug}")
    solve = dict.fromkeys(["rank", "compare", "rate"], choose_by_touch)
    work_through(page, sum(counts.values()), {**solve, "demonstrate": write_by_touch})
    stored = labels_of(site, slug)
    assert Counter(label["kind"] for label in stored) == counts
    for label in stored:
        if label["kind"] == "rank":
            assert groups(label) == [["A", "B", "C"]]
        if label["kind"] == "demonstrate":
            assert label["answer"]["text"] == "Certainly."
        else:
            assert set(helpfulness(label).values()) == {0}
