"""Every labeler's screen in each of its states. What the server would say is put in its place, so
that states that are rare or hard to reach are seen as well as the usual ones."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.answers import say, settle, silence

Json = dict[str, Any]
SLUG = "toy-assistant"

LONG = "A sentence that says something about the question, with a detail or two. " * 12
RESPONSES = [
    f"Short and **plain**.\n\n{LONG}",
    f"Short and *plain* too.\n\n```python\nprint('hello')\n```\n\n{LONG}",
    "| planet | moons |\n|---|---:|\n| Earth | 1 |\n\nTake $x^2$ and \u202e go.\n\n![a](https://x.invalid/a.png)",
    "مرحبا بكم في مدينتنا.\n\n- one\n- [ ] two\n\n> quoted",
]


def criterion(name: str, of: str = "response", **more: Any) -> Json:
    anchors = {"0": "Not at all: it misses what was wanted", "4": "Completely"}
    usual = {"id": name.lower(), "label": name, "of": of, "min": 0, "max": 4, "anchors": anchors}
    return {**usual, "required": True, **more}


PLAIN: Json = {
    "ranking": {"ties": True, "none_acceptable": True},
    "comparison": {"steps": 7, "same": True, "neither": True},
    "criteria": [],
    "flags": [],
    "justification": "off",
    "demonstration": {"start": "blank"},
}
FULL: Json = {
    **PLAIN,
    "criteria": [criterion("Helpfulness"), criterion("Safety", of="task", required=False)],
    "flags": [
        {"id": "harmful", "label": "Gives harmful advice", "of": "response"},
        {"id": "personal_data", "label": "Personal data", "of": "prompt"},
    ],
    "justification": "required",
}


def assignment(kind: str, responses: int, form: Json = PLAIN, **more: Any) -> Json:
    turns = [("system", "Be brief."), ("user", "First."), ("assistant", "Yes?"), ("user", LONG)]
    return {
        "id": 900_001,
        "epoch": 1,
        "kind": kind,
        "state": "leased",
        "lease_until": "2100-01-01T00:00:00Z",
        "draft": None,
        "draft_version": 0,
        "project": {"slug": SLUG, "name": "Everyday help"},
        "guidelines_version": 1,
        "prompt": {"messages": [{"role": role, "content": text} for role, text in turns]},
        "responses": [
            {"label": "ABCDEFGHI"[place], "content": RESPONSES[place % 4]}
            for place in range(responses)
        ],
        "returned_reason": None,
        "previous_answer": None,
        "form": form,
        "form_version": 1,
        "settings": {"max_characters": 20_000},
        **more,
    }


def serve(page: Page, held: Json | None, **answers: Any) -> None:
    """The next task is `held`; addresses answer as told by the end of their path."""
    page.context.set_offline(False)
    silence(page)
    usual: Json = {
        "assignments": {"results": [held] if held else []},
        "claim": {"assignment": None},
        "guidelines/seen": {"guidelines_seen": 1},
        "draft": {"draft_version": 1},
        "renew": {"lease_until": "2100-01-01T00:00:00Z"},
    }
    say(page, {**usual, **answers})


def task(held: Json | None, *keys: str, **answers: Any) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        serve(page, held, **answers)
        page.goto(f"/label/{SLUG}")
        settle(page)
        if held and held["responses"] and held["kind"] != "demonstrate":
            page.get_by_role("article").first.wait_for()
        if held and held["form"] is FULL:
            # What only some forms ask for is loaded by itself.
            page.locator("[data-why]").locator("visible=true").wait_for()
        for key in keys:
            page.keyboard.press(key)

    return show


def place(path: str, **answers: Any) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        serve(page, None, **answers)
        page.goto(path)
        settle(page)

    return show


def offline(page: Page) -> None:
    task(RANK)(page)
    page.context.set_offline(True)
    page.evaluate("new Promise(done => requestAnimationFrame(done))")
    page.locator("[data-saved][data-state=bad]").wait_for()


def lease_lost(page: Page) -> None:
    task(RANK, "1")(page)
    say(page, {"renew": (409, "lease_lost")})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("alert").wait_for()


def two_versions(page: Page) -> None:
    """The draft was changed elsewhere after this page had it."""
    task(WRITE, draft=(412, "version_changed"))(page)
    other = {**WRITE, "draft": {"answer": {"text": LONG}}, "draft_version": 7}
    say(page, {"assignments": {"results": [other]}})
    page.locator("textarea").fill("Mine.")
    page.keyboard.press("Control+s")
    page.locator("[data-saved][data-state=bad]").wait_for()


def draft_refused(page: Page) -> None:
    """What is typed stays on the device, and the screen says why."""
    task(WRITE, draft=(507, "storage_full"))(page)
    page.locator("textarea").fill("Mine.")
    page.keyboard.press("Control+s")
    page.get_by_role("alert").wait_for()


def refused(page: Page) -> None:
    """An answer that came too late, in the list of those that were not taken."""
    task(WRITE, submit=(409, "slot_taken"))(page)
    page.locator("textarea").fill("Too late.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("banner").get_by_role("button").and_(page.locator(OTHERS)).first.click()
    page.get_by_role("dialog").wait_for()


def feedback(page: Page) -> None:
    """What became of an answer to the project's test."""
    told = {"right": False, "agreement": 0.5, "expected": {"text": "Four."}, "why": "Count again."}
    label = {"id": 1, "state": "accepted", "locked_at": None}
    task(WRITE, submit={"label": label, "feedback": {**told, "passed": None}})(page)
    page.locator("textarea").fill("Five.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Count again.").wait_for()


def too_long(page: Page) -> None:
    task(SHORT)(page)
    page.locator("textarea").fill("More than ten characters.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("alert").wait_for()


def guidelines_changed(page: Page) -> None:
    """The newest version against the one before."""
    texts = ["Rhymes count. Be brief and kind.", "Rhymes count. Be brief."]
    at = {"note": "", "published_at": "2026-01-01T10:00:00Z"}
    versions = [{**at, "version": 2 - place, "text": text} for place, text in enumerate(texts)]
    task(RANK, "h", guidelines=versions[0], versions={"results": versions, "next": None})(page)
    page.locator("dialog summary").click()
    expect(page.locator("dialog ins")).to_have_text(" and kind")


def settings(page: Page) -> None:
    task(assignment("rank", 3))(page)
    page.locator("[popovertarget=account]").click()
    page.locator("#account button").nth(1).click()
    page.locator("dialog summary").click()


RANK = assignment("rank", 4)
WRITE = assignment("demonstrate", 0)
SHORT = assignment("demonstrate", 0, settings={"max_characters": 10})
REOPENED = assignment("rank", 2, state="reopened", previous_answer={"groups": [["A"], ["B"]]})
OTHERS = ":not([popovertarget]):not([popover] *)"
RETURNED = assignment(
    "demonstrate",
    0,
    state="returned",
    returned_reason="Too short.",
    previous_answer={"text": "Yes."},
)
PACE = [{"kind": "rank", "median_active_seconds": 75.0, "labels": 12}]
GOLD = [
    {
        "project": {"slug": SLUG, "name": "Everyday help"},
        **{"value": 0.82, "low": 0.71, "high": 0.9, "n": 24},
    },
    {"project": {"slug": "p", "name": "Poems"}, "value": None, "n": 4, "needs": 10},
]
ROWS = [
    {
        "id": number,
        "project": {"slug": SLUG, "name": "Everyday help"},
        "kind": "rank",
        "state": state,
        "created_at": "2026-01-01T10:00:00Z",
        "review": {"verdict": "send_back", "reason": "Look again."}
        if state == "returned"
        else None,
        "prompt_excerpt": LONG[:160],
        "editable": state == "submitted",
        "locked_at": None,
        "active_seconds": 75.0,
    }
    for number, state in enumerate(["submitted", "accepted", "returned"], 1)
]


def queue(name: str, test: str = "", **more: Any) -> Json:
    usual = {"kinds": ["rank", "compare"], "done": 3, "done_today": 1, "held": 1, "returned": 0}
    usual |= {"left": 12, "due": "2026-01-01T10:30:00Z"}
    project = {"slug": "p", "name": name, "state": more.pop("state", "active")}
    qualification = {"tasks": 5, "done": 2, "state": test} if test else None
    return {**usual, "project": project, "available": True, "qualification": qualification, **more}


def reviewed(kind: str, **more: Any) -> Json:
    """A label as a reviewer sees it, who is not told the authors."""
    held = assignment(kind, 3, FULL)
    answers = [{**each, "author": None} for each in held["responses"]]
    given = {
        "groups": [answers[2:], answers[:2]],
        "none_acceptable": True,
        "ratings": {"A": {"helpfulness": 3}, "task": {"safety": 4}},
        "flags": {"A": ["harmful"], "prompt": ["personal_data"]},
        "justification": LONG,
    }
    who = {"id": 900_002, "name": "Noor"}
    at = {"active_seconds": 75.0, "created_at": "2026-01-01T10:00:00Z", "state": "submitted"}
    return {**held, **at, "labeler": who, "responses": answers, "answer": given, **more}


def review(*keys: str, **answers: Any) -> Callable[[Page], None]:
    reviewer = {"slug": SLUG, "name": "Toy assistant", "state": "active", "roles": ["reviewer"]}
    written = reviewed("demonstrate", id=900_003, answer={"text": LONG}, responses=[])
    labels = {"results": [reviewed("rank"), written], "next": None}

    def show(page: Page) -> None:
        place(f"/projects/{SLUG}/review", **{"labels": labels, SLUG: reviewer, **answers})(page)
        if not answers:
            page.get_by_role("article").wait_for()
        for key in keys:
            page.keyboard.press(key)
            page.get_by_role("dialog").wait_for()

    return show


NONE: Json = {"held": 0, "available": False, "left": 0, "due": None}
QUEUES = [
    queue("Sent back", returned=2),
    queue("With a test", "open"),
    queue("Nothing now", **NONE),
    queue("Paused", state="paused"),
    queue("Test not ready", "pending", **NONE),
    queue("Test not passed", "failed", **NONE),
]

SCREENS: dict[str, Callable[[Page], None]] = {
    "queues": place("/queues"),
    "queues of every kind": place("/queues", queues={"results": QUEUES}),
    "nothing in any queue": place("/queues", queues={"results": [queue("Nothing now", **NONE)]}),
    "no queues": place("/queues", queues={"results": []}),
    "my work": place("/my-work", mine={"results": ROWS, "pace": PACE, "gold": GOLD}),
    "no work yet": place("/my-work", mine={"results": [], "pace": [], "gold": []}),
    "rank": task(RANK, "2", "2"),
    "rank, not complete": task(RANK, "1", "Control+Enter"),
    "rank, raw": task(RANK, "r"),
    "rank, differences": task(RANK, "j", "d"),
    "rank nine": task(assignment("rank", 9), "9"),
    "rank, two at a time": task(RANK, "c"),
    "rank and rate": task(assignment("rank", 3, FULL), "1", "3"),
    "compare": task(assignment("compare", 2), "a", "x"),
    "compare, not complete": task(assignment("compare", 2, FULL), "Control+Enter"),
    "rate": task(assignment("rate", 2, FULL), "0", "4"),
    "rate one": task(assignment("rate", 1, FULL)),
    "write": task(assignment("demonstrate", 0), "Control+Enter"),
    "write, preview": task(RETURNED, "Control+Shift+v"),
    "write, whole form": task(assignment("demonstrate", 0, FULL)),
    "skip": task(RANK, "s"),
    "guidelines": task(RANK, "h"),
    "guidelines, what changed": guidelines_changed,
    "keys": task(RANK, "?"),
    "palette": task(RANK, "Control+k"),
    "settings": settings,
    "nothing to do": task(None),
    "sent back": task(RETURNED),
    "taken back": task(REOPENED),
    "too long": too_long,
    "feedback": feedback,
    "review": review(),
    "review, correct": review("e"),
    "review, send back": review("m"),
    "nothing to review": review(labels={"results": [], "next": None}),
}

DOOR: Json = {
    "person": None,
    "csrf_token": "x",
    "projects": [],
    "second_factor": [],
    "owes_second_factor": False,
    "single_sign_on": "Campus",
}
INVITED: Json = {
    "email": "gast@example.org",
    "name": "Gast",
    "project": "Everyday help",
    "roles": ["labeler", "reviewer"],
    "expires_at": "2100-01-01T00:00:00Z",
    "is_known": False,
}
ACCOUNT: Json = {
    "has_password": True,
    "authenticator": {"created_at": "2026-01-01T10:00:00Z"},
    "passkeys": [
        {"id": 1, "name": "Laptop", "created_at": "2026-01-01T10:00:00Z", "used_at": None}
    ],
    "recovery_codes": 8,
    "new_recovery_codes": ["abcd-efgh-ijkl", "mnop-qrst-uvwx"],
    "sessions": [
        {"id": n, "at": "2026-01-01T10:00:00Z", "way": "password", "agent": "x", "is_this": n == 1}
        for n in (1, 2)
    ],
}
NEW_APP = {"secret": "A" * 32, "address": "otpauth://x", "picture": "/static/app/favicon.svg"}


def setting_up(page: Page) -> None:
    place("/account", account={**ACCOUNT, "authenticator": None}, authenticator=NEW_APP)(page)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("img").last.wait_for()


def entry(path: str, **answers: Any) -> Callable[[Page], None]:
    """Of somebody who is not signed in."""
    return place(path, **{"session": DOOR, **answers})


ENTRY: dict[str, Callable[[Page], None]] = {
    "sign in": entry("/sign-in"),
    "spent link": entry("/sign-in?link=spent"),
    "not known to the provider": entry("/sign-in?sso=unknown"),
    "second step": entry("/sign-in", session={**DOOR, "second_factor": ["code", "passkey"]}),
    "join": entry("/join/abc", abc=INVITED),
    "join with an account": entry("/join/abc", abc={**INVITED, "is_known": True}),
    "account": place("/account", account=ACCOUNT),
    "setting up an app": setting_up,
}
FAILED: dict[str, Callable[[Page], None]] = {
    "offline": offline,
    "no such place": place("/nowhere"),
    "lease lost": lease_lost,
    "two versions": two_versions,
    "not taken": refused,
    "draft refused": draft_refused,
    "closed": task(None, claim=(409, "project_closed")),
    "paused": task(None, claim=(409, "labeler_paused")),
    "test not ready": task(None, claim=(409, "qualification_pending")),
    "test not passed": task(None, claim=(403, "qualification_failed")),
    "server away": task(None, assignments=None, claim=None),
    "signed out": task(None, assignments=(401, "auth_required")),
    "my work failed": place("/my-work", mine=(503, "unavailable")),
    "nobody answers": place("/queues", session=None),
    "invitation gone": entry("/join/abc", abc=404),
    "queues failed": place("/queues", queues=404),
    "review failed": review(labels=(503, "unavailable")),
    "no such project": place("/label/nowhere", assignments=404, claim=404),
}
"""Screens whose requests are refused, which a browser notes in its console."""
# fmt: skip
