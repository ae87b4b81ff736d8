"""What a labeler's screen costs: what a browser loads before the first task, and how long a labeler
waits, on the clock, in a real Chromium against a real server. The same in main-thread time is a
test."""

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from benchmarks.figure import Figure
from tests.browser.bundles import ENTRY, LABEL, added_kib, files_of, gzipped_kib
from tests.browser.conftest import CHROMIUM, EXECUTABLE
from tests.browser.projects import make_project
from tests.browser.test_label_cost import prompts
from tests.installation import Installation, installation

TASKS, RESPONSES, WARM = 30, 4, 2
SLOWER = 4
# 10 Mbit/s and 40 ms, as the reference.
NETWORK = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10e6 / 8,
    "uploadThroughput": 10e6 / 8,
}
# Milliseconds from each submit to the frame in which the next task is on the screen.
SUBMITS = """() => {
  window.submits = [];
  addEventListener("keydown", event => {
    if (event.key !== "Enter") return;
    const painted = () => submits.push(performance.now() - event.timeStamp);
    requestAnimationFrame(() => setTimeout(painted));
  }, true);
}"""
EVENTS = """() => {
  window.events = [];
  new PerformanceObserver(list => events.push(...list.getEntries().map(each => each.duration)))
    .observe({type: "event", durationThreshold: 16});
}"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def main() -> None:
    for figure in (*bytes_loaded(), *waits()):
        print(figure.line(), flush=True)


def bytes_loaded() -> Iterator[Figure]:
    scripts, styles = (gzipped_kib(files_of(kind, ENTRY, LABEL)) for kind in ("file", "css"))
    yield Figure("labeler.route_js_gzip_kib", scripts, "KiB", "<= 150")
    yield Figure("labeler.route_css_gzip_kib", styles, "KiB", "<= 12")
    formulas = added_kib("src/ui/text/Formula.tsx")
    yield Figure("labeler.formulas_js_gzip_kib", formulas, "KiB", "<= 80")
    code = added_kib("src/ui/text/Code.tsx")
    yield Figure("labeler.code_js_gzip_kib", code, "KiB", "<= 25")


def waits() -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder) / "data") as site,
        sync_playwright() as playwright,
    ):
        with labeling(site, playwright, "Usual", usual) as page:
            submits, presses = work(page)
        yield from percentiles("submit_to_painted", submits, 50, 100)
        # The slowest but one in fifty, as the web's own measure of a page's answers to input.
        slowest = percentile(presses or [0], 98)
        yield Figure("labeler.input_to_paint_p98", slowest, "ms", "<= 100")
        with labeling(site, playwright, "Slower", slower) as page:
            submits, _ = work(page)
        yield Figure("labeler.slow_submit_to_painted_p95", percentile(submits, 95), "ms", "<= 300")
        with labeling(site, playwright, "First", far_away) as page:
            yield Figure("labeler.first_paint", page.evaluate(FIRST_PAINT), "ms", "<= 1800")


def percentiles(name: str, values: list[float], median: int, p95: int) -> Iterator[Figure]:
    yield Figure(f"labeler.{name}_p50", statistics.median(values), "ms", f"<= {median}")
    yield Figure(f"labeler.{name}_p95", percentile(values, 95), "ms", f"<= {p95}")


def percentile(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def usual(page: Page) -> None:
    """As the machine is."""


def slower(page: Page) -> None:
    devtools(page, "Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def far_away(page: Page) -> None:
    slower(page)
    devtools(page, "Network.emulateNetworkConditions", NETWORK)


def devtools(page: Page, command: str, values: dict[str, Any]) -> None:
    page.context.new_cdp_session(page).send(command, values)


@contextmanager
def labeling(
    site: Installation, playwright: Playwright, name: str, condition: Callable[[Page], None]
) -> Iterator[Page]:
    """Noor before the first task of a project of her own, in a browser with nothing kept."""
    tasks = [{"kind": "rank", "per_task": RESPONSES}]
    slug = make_project(site, name, prompts(TASKS + WARM + 3, RESPONSES), tasks)
    browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=list(CHROMIUM))
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(site.sign_in_link("Noor"))
    condition(page)
    page.goto(f"{site.url}/label/{slug}")
    page.get_by_role("article").first.wait_for()
    yield page
    browser.close()


def work(page: Page) -> tuple[list[float], list[float]]:
    """Some tasks by keys: milliseconds of each submit, and of each input that took a while."""
    page.evaluate(SUBMITS)
    page.evaluate(EVENTS)
    for done in range(TASKS + WARM):
        page.wait_for_timeout(300)
        page.keyboard.type("1234")
        page.keyboard.press("Control+Enter")
        page.get_by_text(f"{done + 1} done").wait_for()
    submits: list[float] = page.evaluate("submits")
    presses: list[float] = page.evaluate("events")
    print(f"submits {[round(each) for each in sorted(submits)]}", file=sys.stderr)
    return submits[WARM:], presses


if __name__ == "__main__":
    main()
