"""What the label screen costs: bytes before the first task, and main-thread time from the key that
ranks to its mark, and from the key that submits to the next task on the screen. Wall times are for
`make bench`."""

import gzip
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, Response, expect

from tests.browser.conftest import OpenPage
from tests.browser.projects import make_project, prompt
from tests.browser.screens import FULL
from tests.installation import Installation

KIB = 1024
SUBMITS = 20
WARM = 2
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
USUAL_BARE = 22
"""Milliseconds that two processors of 2.5 GHz, otherwise idle, take for `DRAWN_BARE`, which has
nothing of the product. Where other work shares the processors it takes longer, and so does all
else."""
DRAWN_BARE = """() => {
  const place = document.createElement('div')
  place.id = 'bare'
  for (let number = 0; number < 320; number++) {
    const line = document.createElement('p')
    line.textContent = `${number} says what it has to say, and then a little more. `.repeat(3)
    place.append(line)
  }
  document.body.prepend(place)
}"""


def text(number: int, place: int) -> str:
    """A response as models write them: a heading, two paragraphs, a list, some code."""
    said = f"Answer {place} to question {number} says what it has to say, and then a little more. "
    points = "\n".join(f"- point {point} of **answer {place}**" for point in range(6))
    code = f"```python\nprint({number})\n```"
    return f"## Answer {place}\n\n{said * 6}\n\n{points}\n\n{code}\n\n{said * 4}"


def prompts(count: int, responses: int) -> list[dict[str, Any]]:
    return [
        {
            "prompt": f"Question {number}: what would you say?",
            "responses": [
                {"model": f"model-{place}", "content": text(number, place)}
                for place in range(responses)
            ],
        }
        for number in range(count)
    ]


def test_little_is_loaded_before_the_first_task(open_page: OpenPage, site: Installation) -> None:
    """Also where the label form asks for everything at once. What comes only with a formula or with
    code has a limit of its own."""
    plain = [prompt(number, 3) for number in range(3)]
    slug = make_project(site, "Whole form", plain, [{"kind": "rank", "per_task": 3}], form=FULL)
    page = open_page("Noor")
    loaded: dict[str, int] = {}

    def note(response: Response) -> None:
        if "/static/app/assets/" in response.url:
            loaded[response.url] = len(gzip.compress(response.body(), 9))

    page.on("response", note)
    page.goto(f"{site.url}/label/{slug}")
    expect(page.get_by_role("article").first).to_be_visible()
    expect(page.get_by_text("Why?").first).to_be_visible()

    def kib(ending: str) -> float:
        return sum(size for url, size in loaded.items() if url.endswith(ending)) / KIB

    assert 100 < kib(".js") <= 150
    assert 1 < kib(".css") <= 12


def thread_seconds(cdp: CDPSession) -> float:
    """Main-thread time of the page so far."""
    listed = cdp.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in listed if each["name"] == "TaskDuration"))


def shown(page: Page, words: str) -> Locator:
    """Not those of the next task, which is there but hidden."""
    return page.get_by_text(words, exact=True).locator("visible=true")


@dataclass(frozen=True)
class Costs:
    """Milliseconds of main-thread time until what was done is painted."""

    ranks: list[float]
    submits: list[float]
    bare: list[float]
    """Of `DRAWN_BARE`."""


def costs(page: Page) -> Costs:
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    ranks, submits, bare = [], [], []

    def cost(act: Callable[[], object]) -> float:
        before = thread_seconds(cdp)
        act()
        page.evaluate(PAINTED)
        return (thread_seconds(cdp) - before) * 1000

    def press(key: str) -> float:
        return cost(lambda: page.keyboard.press(key))

    for number in range(SUBMITS + WARM):
        bare.append(cost(lambda: page.evaluate(DRAWN_BARE)))
        page.evaluate("document.getElementById('bare').remove()")
        # As a labeler who reads: by the first key the task after this one is there.
        page.wait_for_timeout(250)
        ranks += [press(digit) for digit in "1234"]
        expect(shown(page, "4 of 4 ranked")).to_be_visible()
        submits.append(press("Control+Enter"))
        expect(page.get_by_text(f"{number + 1} done")).to_be_visible()
        expect(shown(page, "0 of 4 ranked")).to_be_visible()
    return Costs(ranks[4 * WARM :], submits[WARM:], bare[WARM:])


def test_a_rank_and_the_next_task_cost_little(open_page: OpenPage, site: Installation) -> None:
    count = SUBMITS + WARM + 3
    slug = make_project(site, "Cost", prompts(count, 4), [{"kind": "rank", "per_task": 4}])
    page = open_page("Noor")
    page.goto(f"{site.url}/label/{slug}")
    expect(page.get_by_role("article").first).to_be_visible()
    cost = costs(page)
    for name, values in asdict(cost).items():
        print(f"{name}, main thread: {sorted(round(value) for value in values)} ms")
    slower = max(1, statistics.median(cost.bare) / USUAL_BARE)
    assert statistics.median(cost.ranks) <= 16 * slower
    assert statistics.quantiles(cost.ranks, n=50, method="inclusive")[-1] <= 60 * slower
    assert statistics.median(cost.submits) <= 50 * slower
    assert statistics.quantiles(cost.submits, n=20, method="inclusive")[-1] <= 80 * slower
