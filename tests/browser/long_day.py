"""A labeler's long day, played in a Chromium that is killed, against a server that is killed, over
a network that loses, doubles and refuses requests, while somebody else takes tasks away."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Error, Page, Playwright

from config.demo.client import ApiProblem, Client
from tests.browser.chrome import Chrome
from tests.browser.faults import BadNetwork
from tests.browser.ledger import Ledger, Place, Verdict
from tests.browser.projects import Json, make_project, prompt
from tests.chaos.test_demo_survives import kill
from tests.installation import Installation

PATIENCE = 120.0
KINDS = {"Rank the responses": "rank", "Write the ideal response": "demonstrate"}
NETWORK = {"lost": 0.05, "answer lost": 0.05, "doubled": 0.05, "unavailable": 0.02}
RESPONSES = 3

LOOK = """() => {
  const shown = each => each.checkVisibility();
  const heading = [...document.querySelectorAll("h1")].find(shown);
  const main = document.querySelector("main");
  if (!heading || !main) return null;
  const cards = [...main.querySelectorAll("article[data-card]")].filter(shown);
  return {
    heading: heading.textContent,
    question: Number(/Question (\\d+):/.exec(main.innerText)?.[1] ?? -1),
    cards: cards.map(each => each.querySelector("[data-body]").textContent),
    marks: cards.map(each => Number(each.querySelector("input[type=radio]:checked")?.value ?? 0)),
    text: [...main.querySelectorAll("textarea")].find(shown)?.value ?? "",
    lost: main.innerText.includes("You no longer hold this task"),
    over: main.innerText.includes("Nothing to label now"),
  };
}"""
ON_DEVICE = """async () => {
  const kept = {};
  for (const {name} of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    await new Promise(done => open.onsuccess = done);
    const store = open.result.transaction("answers").objectStore("answers");
    const [keys, values] = [store.getAllKeys(), store.getAll()];
    await new Promise(done => values.onsuccess = done);
    keys.result.forEach((key, place) => kept[key] = values.result[place]);
    open.result.close();
  }
  return kept;
}"""
EXPIRE = """UPDATE labeling_slot SET lease_until = '2020-01-01 00:00:00' WHERE state = 'leased' AND
task_id = (SELECT t.id FROM labeling_task t JOIN labeling_prompt p ON p.id = t.prompt_id
           JOIN labeling_project j ON j.id = t.project_id
           WHERE j.slug = ? AND p.external_id = ? AND t.kind = ?)"""


@dataclass(frozen=True)
class Plan:
    """How many tasks, and how often what goes wrong."""

    tasks: int
    reloads: int
    browser_kills: int
    server_kills: int
    taken_away: int
    taken_back: int
    network: dict[str, float] = field(default_factory=lambda: dict(NETWORK))
    seconds_of_typing: float = 2.0
    seed: int = 1


@dataclass
class Outcome:
    verdict: Verdict
    typing_lost_seconds: float
    happened: Counter[str]
    network: Counter[str]
    seconds: float


def play(site: Installation, playwright: Playwright, profile: Path, plan: Plan) -> Outcome:
    """A project with half the tasks to rank and half to write, one label each, worked through by
    Noor, of which Kenji takes some away."""
    half = plan.tasks // 2
    tasks: list[Json] = [{"kind": "rank", "per_task": RESPONSES}, {"kind": "demonstrate"}]
    prompts = [prompt(number, RESPONSES) for number in range(half)]
    slug = make_project(site, "A long day", prompts, tasks, labelers=("Noor", "Kenji"))
    profile.mkdir()
    chrome = Chrome(playwright, profile)
    try:
        return Day(site, slug, chrome, plan).play()
    finally:
        chrome.kill()


class Day:
    def __init__(self, site: Installation, slug: str, chrome: Chrome, plan: Plan) -> None:
        self._site, self._slug, self._chrome, self._plan = site, slug, chrome, plan
        self._random = Random(plan.seed)
        self._network = BadNetwork(Random(plan.seed + 1), plan.network)
        self._ledger = Ledger("Noor", plan.tasks)
        self._lost_on_screen: list[Place] = []
        self._typing_lost = 0.0
        self._happened: Counter[str] = Counter()
        self._kenji = Client(site.url)
        self._kenji.sign_in(lambda: site.sign_in_link("Kenji"))
        self._page: Page

    def play(self) -> Outcome:
        began = time.monotonic()
        self._open()
        events = self._timetable()
        turn = 0
        while (seen := self._next_task()) is not None:
            for event in events.pop(turn, []):
                event()
                seen = self._next_task()
                if seen is None:
                    break
            if seen is not None:
                self._answer(seen)
            turn += 1
        verdict = self._end()
        verdict.lost += self._lost_on_screen
        seconds = time.monotonic() - began
        return Outcome(verdict, self._typing_lost, self._happened, self._network.met, seconds)

    def _timetable(self) -> dict[int, list[Callable[[], None]]]:
        """What happens before which turn."""
        events: dict[int, list[Callable[[], None]]] = {}
        plan = self._plan
        many: list[tuple[int, Callable[[], None]]] = [
            (plan.reloads, self._reload),
            (plan.browser_kills, self._kill_browser),
            (plan.server_kills, self._kill_server),
            (plan.taken_away, self._take_away),
            (plan.taken_back, self._take_back),
        ]
        for count, event in many:
            for _ in range(count):
                # What is to be written comes in the second half.
                first = plan.tasks // 2 + 5 if event == self._kill_browser else 2
                turn = self._random.randrange(first, plan.tasks * 9 // 10)
                events.setdefault(turn, []).append(event)
        return events

    # The page

    def _open(self) -> None:
        self._page = self._chrome.open()
        self._network.lay_over(self._page)
        self._page.set_default_timeout(PATIENCE * 1000)
        self._go()

    def _go(self) -> None:
        address = f"{self._site.url}/label/{self._slug}"
        self._patiently(lambda: self._page.goto(address, wait_until="commit"))

    def _patiently(self, load: Callable[[], Any]) -> None:
        """Until the server, which may just be starting, answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                load()
                return
            except Error:
                assert time.monotonic() < deadline, "the page does not load"
                time.sleep(0.2)

    def _look(self) -> Any:
        """None while a page is being loaded."""
        try:
            return self._page.evaluate(LOOK)
        except Error:
            return None

    def _next_task(self) -> Any:
        """What is shown once it is a task; None when there are no more."""
        deadline = time.monotonic() + PATIENCE
        seen = None
        while time.monotonic() < deadline:
            seen = self._look()
            if seen is None:
                time.sleep(0.02)
            elif seen["lost"]:
                self._ledger.told.add(place_of(seen))
                self._page.get_by_role("button", name="Go to the next task").click()
            elif seen["heading"] in KINDS and seen["question"] >= 0:
                return seen
            elif seen["heading"] == "Sign in":
                # The browser was killed before it had written down who is signed in.
                self._patiently(lambda: self._page.goto(self._site.sign_in_link("Noor")))
                self._go()
            elif seen["over"]:
                return None
            else:
                time.sleep(0.02)
        raise AssertionError(f"no task was shown: {seen}")

    def _answer(self, seen: Any) -> None:
        place = place_of(seen)
        if place in self._ledger.meant:
            self._check_again(place, seen)
        meant = self._rank(seen) if place[0] == "rank" else self._write(place)
        self._ledger.meant[place] = meant
        self._page.keyboard.press("Control+Enter")
        deadline = time.monotonic() + 10
        while (now := self._look()) and not now["lost"] and place_of(now) == place:
            assert time.monotonic() < deadline, f"not sent: {now}"
            time.sleep(0.005)

    def _check_again(self, place: Place, seen: Any) -> None:
        """A task comes again when it was taken back, or when the browser was killed before its
        answer was written down; what was answered is there."""
        self._happened["came again"] += 1
        if not (seen["text"] if place[0] == "demonstrate" else all(seen["marks"])):
            self._lost_on_screen.append(place)

    def _rank(self, seen: Any) -> Any:
        count = len(seen["cards"])
        ranks = [self._random.randint(1, count) for _ in range(count)]
        self._page.keyboard.type("".join(map(str, ranks)))
        pairs = list(zip(ranks, seen["cards"], strict=True))
        return [{text for rank, text in pairs if rank == n} for n in sorted(set(ranks))]

    def _write(self, place: Place) -> str:
        text = f"Answer to question {place[1]}, number {self._random.randrange(10**6)}."
        self._page.locator("textarea:visible").first.focus()
        self._page.keyboard.press("Control+a")
        self._page.keyboard.type(text)
        return text

    # What goes wrong

    def _reload(self) -> None:
        self._happened["reloads"] += 1
        self._patiently(lambda: self._page.reload(wait_until="commit"))

    def _kill_server(self) -> None:
        self._happened["server kills"] += 1
        kill(self._site, "gunicorn")

    def _kill_browser(self) -> None:
        """In the middle of a text, if the task is to write one."""
        seen = self._next_task()
        if seen is None:
            return
        self._happened["browser kills"] += 1
        typed = self._type_slowly() if place_of(seen)[0] == "demonstrate" else []
        self._chrome.kill()
        killed = time.monotonic()
        self._open()
        if typed:
            self._happened["browser kills while typing"] += 1
            self._measure_loss(place_of(seen), typed, killed)

    def _type_slowly(self) -> list[float]:
        """When each character was typed."""
        self._page.locator("textarea:visible").first.fill("")
        times: list[float] = []
        until = time.monotonic() + self._plan.seconds_of_typing
        while time.monotonic() < until:
            self._page.keyboard.type("abcdefghi"[len(times) % 9])
            times.append(time.monotonic())
            time.sleep(0.03)
        return times

    def _measure_loss(self, place: Place, typed: list[float], killed: float) -> None:
        while (seen := self._next_task()) is not None and place_of(seen) != place:
            # One that was taken back, of which the page had not heard, comes first.
            self._answer(seen)
        assert seen is not None, "the task is gone"
        kept = len(seen["text"])
        if kept < len(typed):
            since = typed[kept - 1] if kept else typed[0]
            self._typing_lost = max(self._typing_lost, killed - since)

    def _take_away(self) -> None:
        """The lease of the task shown ends, and Kenji answers it first."""
        seen = self._next_task()
        if seen is None:
            return
        kind, question = place_of(seen)
        with closing(sqlite3.connect(self._site.data / "db.sqlite3", timeout=30)) as database:
            database.execute(EXPIRE, (self._slug, f"question-{question}", kind))
            database.commit()
        try:
            claimed = self._kenji.post(f"/api/projects/{self._slug}/claim", {})["assignment"]
        except ApiProblem:
            return
        if claimed is None:
            return
        answer: dict[str, Any] = {"text": "By Kenji."}
        if claimed["kind"] == "rank":
            answer = {"groups": [[each["label"]] for each in claimed["responses"]]}
        body = {"epoch": claimed["epoch"], "answer": answer}
        key = {"Idempotency-Key": f"kenji-{claimed['id']}"}
        self._kenji.post(f"/api/assignments/{claimed['id']}/submit", body, key)
        self._happened["taken away"] += 1

    def _take_back(self) -> None:
        """The answer sent last is taken back, if it can be; it is answered anew in this turn."""
        before = self._next_task()
        if before is None:
            return
        self._page.keyboard.press("Control+z")
        until = time.monotonic() + 5
        while time.monotonic() < until:
            now = self._look()
            if now and place_of(now) != place_of(before):
                self._happened["taken back"] += 1
                return
            time.sleep(0.02)

    def _end(self) -> Verdict:
        """The network is good again; all that waits is sent, and the ledger is compared."""
        self._network.stop()
        self._go()
        deadline = time.monotonic() + PATIENCE
        while any(key.startswith("unsent:") for key in self._kept()):
            assert time.monotonic() < deadline, "some answers were not sent"
            time.sleep(0.2)
        refused = [value for key, value in self._kept().items() if key.startswith("refused:")]
        return self._ledger.compare(self._site, self._slug, refused)

    def _kept(self) -> dict[str, Any]:
        found: dict[str, Any] = self._page.evaluate(ON_DEVICE)
        return found


def place_of(seen: Any) -> Place:
    return KINDS.get(seen["heading"], ""), seen["question"]
