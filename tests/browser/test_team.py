"""A manager's and an engineer's way through the screens: from a file to a dataset version, with a
labeler's rankings in between."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, Response, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_labeler import shown_responses
from tests.installation import Installation

RANKED = 10
SLUG = "real-prompts"
Groups = list[list[str]]
FILE = Path(os.environ.get("TOUCHSTONE_TEST_PROMPTS") or Path(__file__).parent / "odd.jsonl")
"""Prompts with responses; another file may be named to try one's own."""

LOAD = """
import sys, json
from datasets import load_dataset
rows = load_dataset("parquet", data_files=sys.argv[1:], split="train").to_list()
print(json.dumps(rows))
"""


def prompts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text().splitlines() if line.strip()]


def test_a_file_becomes_a_dataset_version(
    open_page: OpenPage, site: Installation, tmp_path: Path
) -> None:
    mary = open_page("Mary")
    create_project(mary, "Real prompts")
    import_file(mary)
    add_labeler(mary)
    open_rank_tasks(mary)
    ranked = rank_some(open_page("Kenji"))
    files = freeze_and_download(mary, tmp_path)
    rows = load(files)
    compare(rows, ranked)


def create_project(page: Page, name: str) -> None:
    page.goto(page.url.split("/queues")[0].rstrip("/") + "/projects")
    page.get_by_role("link", name="New project").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_text("Next step")).to_be_visible()


def import_file(page: Page) -> None:
    count = len(prompts())
    page.get_by_role("link", name="Import prompts").click()
    page.set_input_files("input[type=file]", FILE)
    page.get_by_role("button", name=f"Import {count} prompts").click()
    expect(page.get_by_role("row", name=FILE.name)).to_contain_text("Done", timeout=30_000)


def add_labeler(page: Page) -> None:
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Kenji")
    page.get_by_label("Email").fill("kenji@example.org")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Kenji is now labeler")).to_be_visible()


def open_rank_tasks(page: Page) -> None:
    most = min(max(len(prompt["responses"]) for prompt in prompts()), 9)
    page.get_by_role("link", name="Tasks").click()
    page.get_by_label("Responses per task").fill(str(most))
    page.get_by_role("button", name="Open tasks").click()
    expect(page.get_by_text("opened.")).to_be_visible()


def rank_some(page: Page) -> dict[str, Groups]:
    """Rank by digits, with ties; the groups of texts by prompt, best first, as typed."""
    shown: dict[int, Any] = {}
    sent: list[int] = []

    def note_task(response: Response) -> None:
        if response.request.method == "POST" and response.url.endswith("/claim"):
            assignment = response.json()["assignment"] or {"id": 0}
            shown[assignment["id"]] = assignment

    def note_answer(request: Request) -> None:
        found = re.search(r"/assignments/(\d+)/submit$", request.url)
        if found:
            sent.append(int(found[1]))

    page.on("response", note_task)
    page.on("request", note_answer)
    page.goto(page.url.split("/queues")[0].rstrip("/") + f"/label/{SLUG}")
    typed = []
    for number in range(RANKED):
        if number:
            expect(page.get_by_text(f"{number} done")).to_be_visible()
        count = len(shown_responses(page))
        ranks = [(place * 3 + number) % count // 2 + 1 for place in range(count)]
        page.keyboard.type("".join(map(str, ranks)))
        page.keyboard.press("Control+Enter")
        typed.append(ranks)
    expect(page.get_by_text(f"{RANKED} done")).to_be_visible()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert len(sent) == RANKED
    return {
        shown[pk]["prompt"]["messages"][-1]["content"]: grouped(shown[pk]["responses"], ranks)
        for pk, ranks in zip(sent, typed, strict=True)
    }


def grouped(responses: list[dict[str, str]], ranks: list[int]) -> Groups:
    pairs = list(zip(ranks, (each["content"] for each in responses), strict=True))
    return [[text for rank, text in pairs if rank == place] for place in sorted(set(ranks))]


def freeze_and_download(page: Page, folder: Path) -> list[Path]:
    freeze_by_keyboard(page)
    look_at_rows_by_keyboard(page)
    page.get_by_role("radio", name="Files").check()
    files: list[Path] = []
    for link in page.get_by_role("link", name=re.compile("parquet")).all():
        with page.expect_download() as download:
            link.click()
        files.append(folder / f"{len(files)}-{download.value.suggested_filename}")
        download.value.save_as(files[-1])
    assert files
    return files


def tab_to(page: Page, name: str) -> None:
    """Tab until the focus is on what is so called; fails where Tab does not get there."""
    wanted = page.get_by_label(name).or_(page.get_by_text(name, exact=True))
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(":focus").and_(wanted).count():
            return
    raise AssertionError(f"Tab never reached {name}")


def freeze_by_keyboard(page: Page) -> None:
    """Counts follow what is chosen; a recipe that takes nothing cannot be frozen."""
    page.get_by_role("link", name="Datasets").click()
    tab_to(page, "Freeze a version")
    page.keyboard.press("Enter")
    outcome = page.get_by_role("complementary", name="What it takes")
    expect(outcome).to_contain_text(f"{RANKED} labels")
    expect(outcome).to_contain_text("Nothing is left out.")
    tab_to(page, "Preferences")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(outcome).to_contain_text("The recipe takes no label.")
    expect(outcome).to_contain_text(f"{RANKED} are of another kind of task")
    expect(outcome.get_by_role("button", name="Freeze version")).to_be_disabled()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(outcome).to_contain_text(f"{RANKED} labels")
    tab_to(page, "Freeze version")
    page.keyboard.press("Enter")
    frozen = page.get_by_text("Frozen: its rows never change.")
    expect(frozen).to_be_visible(timeout=30_000)


def look_at_rows_by_keyboard(page: Page) -> None:
    """A histogram chooses the rows that are shown; a row has an address of its own."""
    filters = page.get_by_role("complementary", name="Filter")
    expect(filters).to_contain_text("rows")
    whole = int(filters.locator("strong").inner_text().split()[0].replace(",", ""))
    filters.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    expect(filters.locator("strong")).to_contain_text(" of ")
    kept = int(filters.locator("strong").inner_text().split()[0].replace(",", ""))
    assert 0 < kept < whole
    shown = page.get_by_role("region", name="Rows")
    expect(shown).to_contain_text(f"of {kept} rows" if kept > 10 else "Row ")
    shown.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"of {whole:,}")).to_have_count(1)
    page.get_by_role("link", name="All rows").press("Enter")
    page.get_by_role("button", name="Clear all").press("Enter")
    expect(filters.locator("strong")).to_have_text(f"{whole:,} rows")


def load(files: list[Path]) -> list[dict[str, Any]]:
    """The rows as `datasets` reads them."""
    command = [sys.executable, "-c", LOAD, *map(str, files)]
    cache = {**os.environ, "HF_HOME": str(files[0].parent / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=cache, timeout=120)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def compare(rows: list[dict[str, Any]], ranked: dict[str, Groups]) -> None:
    """Every pair of different places and texts, better first, and nothing else."""
    found = Counter(
        (row["prompt"][-1]["content"], row["chosen"][0]["content"], row["rejected"][0]["content"])
        for row in rows
    )
    expected = Counter(
        (prompt, better, worse)
        for prompt, groups in ranked.items()
        for place, group in enumerate(groups)
        for better in group
        for lower in groups[place + 1 :]
        for worse in lower
        if better != worse
    )
    assert found == expected
