"""What an engineer's screen costs: four runs of 50,000 measurements each, laid over each other,
from the last measurement's arrival to the frame with the curves, in a real Chromium against a real
server. The measurements are made in the page: reading them from a disk is no part of it."""

import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.figure import Figure
from tests.browser.conftest import CHROMIUM, EXECUTABLE
from tests.browser.projects import make_project, prompt
from tests.installation import installation

CURVES, POINTS, TIMES = 4, 50_000, 7
RUN = {
    **{"state": "done", "method": "sft", "name": "curves", "seed": 1, "arguments": {}},
    **{"base": None, "checkpoint": None, "dataset": {"id": 1, "label": "demonstrations@1"}},
    **{"created_at": "2026-01-01T10:00:00Z", "started_at": None, "finished_at": None},
    **{"progress": None, "last_metrics": {}, "measurements": [], "results": None},
    **{"waiting": None, "error": None},
}
MEASURED = f"""
const send = window.fetch;
const points = Array.from({{length: {POINTS}}}, (_, at) => {{
  const noise = Math.sin(at * 12.9898) * 43758.5453;
  const loss = 3 / (1 + at / 5000) + (noise - Math.floor(noise)) / 4;
  return {{step: at + 1, seconds: at / 2, values: {{loss}}}};
}});
const said = body => Object.assign(new Response("{{}}"), {{json: async () => body}});
window.fetch = async (to, options) => {{
  const {{pathname}} = new URL(to, location.href);
  if (pathname.endsWith("/metrics")) {{
    window.came = performance.now();
    return said({{results: points, next: null}});
  }}
  if (pathname.endsWith("/training-runs")) return said({{results: window.runs, next: null}});
  return send(to, options);
}};
window.drawn = new Promise(done => new MutationObserver((_, observer) => {{
  if (!document.querySelector("canvas")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - window.came)));
}}).observe(document, {{childList: true, subtree: true}}));
"""


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder) / "data") as site,
        sync_playwright() as playwright,
    ):
        slug = make_project(site, "Curves", [prompt(1, 2)], [])
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(site.sign_in_link("Mary"))
        runs = [{**RUN, "id": number} for number in range(1, CURVES + 1)]
        page.add_init_script(f"window.runs = {json.dumps(runs)}; {MEASURED}")
        chosen = ",".join(str(run["id"]) for run in runs)
        address = f"{site.url}/projects/{slug}/training?compare={chosen}"
        draws = [first_draw(page, address) for _ in range(TIMES)]
        browser.close()
    figure = Figure("engineer.curves_first_draw", statistics.median(draws), "ms", "<= 200")
    print(figure.line(), flush=True)


def first_draw(page: Page, address: str) -> float:
    """Milliseconds, in a page that was loaded anew."""
    page.goto(address)
    drawn: float = page.evaluate("drawn")
    return drawn


if __name__ == "__main__":
    main()
