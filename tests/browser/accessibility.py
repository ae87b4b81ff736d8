"""What axe-core finds on screens, in light and dark, on a phone, from right to left; and what is
wider than a page of 320 pixels."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.browser.answers import settle

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}

CHECK = """only => axe.run(document, {runOnly: only, resultTypes: ["violations"]}).then(found =>
  found.violations.map(each => `${each.id}: ${each.nodes.map(n => n.target).join(", ")}`))"""
# What another theme can change.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

NAMES = {"Toy assistant", "nowhere"}

# Texts that stand on the screen and came from no catalog: those of the catalog are stretched and in
# brackets. What people and models wrote is left out, and so are names and keys.
LITERALS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  const theirs = "[data-scrolls], [data-body], textarea, select, kbd, code, td, legend, header,"
    + "[class*=_text_], [class*=message], [class*=preview], [class*=who], [class*=anchors],"
    + "[class*=choice], [class*=note], [class*=code], [class*=list] :is(h2, span),"
    + "[class*=difference], [class*=excerpt], [class*=card] p, [class*=facts] a";
  while (walker.nextNode()) {
    const {parentElement: parent, data} = walker.currentNode;
    if (!/\\p{L}{3}/u.test(data) || !parent.checkVisibility() || parent.closest(theirs)) continue;
    if (/\\d{4}$|\\d:\\d\\d$/.test(data)) continue;
    if (!/[\\[\\]~]/.test(data)) found.push(data.trim().slice(0, 60));
  }
  return found;
}"""


def violations(page: Page, only: Any = RULES) -> list[str]:
    # A new size or theme is on the screen, and what measures itself has measured.
    settle(page)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(CHECK, only)
    return found


def overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def stretch(page: Page) -> None:
    """Into the stretched language of tests, from right to left, so that a word that is in no
    catalog is seen."""
    page.evaluate("localStorage.setItem('touchstone.settings', '{\"language\": \"ar-XB\"}')")


def complaints(
    page: Page, wanted: str, screens: Mapping[str, Callable[[Page], None]]
) -> dict[str, list[str]]:
    """By screen and by how it is looked at; screens without any are left out."""
    found: dict[str, list[str]] = {}

    def note(screen: str, problems: list[str]) -> None:
        if problems:
            found[screen] = problems

    for name, show in screens.items():
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        show(page)
        note(f"{name}, {wanted}", violations(page))
        if wanted == "light":
            page.emulate_media(color_scheme="dark")
            note(f"{name}, dark", violations(page, COLOURS))
            page.set_viewport_size(PHONE)
            note(f"{name}, phone", violations(page))
        else:
            found_words = set(page.evaluate(LITERALS)) - NAMES
            note(f"{name}, not in the catalog", sorted(found_words))
        page.set_viewport_size(NARROW)
        settle(page)
        wider = overflow(page)
        note(f"{name}, narrow", [f"{wider} px too wide"] if wider > 0 else [])
    return found
