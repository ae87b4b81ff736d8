"""The arena in its states, with what the server would say in its place."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.screens import LONG, RESPONSES, SLUG, Json, place

PLACE = f"/projects/{SLUG}/arena"
ASKED = [{"role": "user", "content": "What should I read about **moons**?"}]
WAITS = "queued: no GPU worker is running; start one with: python manage.py worker generate"


def battle(state: str, one: str = "", other: str = "", **more: Any) -> Json:
    names = [{"id": 1, "label": "a-checkpoint-with-a-long-name-dpo@12"}, {"id": 2, "label": "b@1"}]
    first, second = names if more.get("vote") else (None, None)
    return {
        "id": 7, "state": state, "waiting": None, "error": None, "cancel_requested": False,
        "messages": ASKED, "vote": None,
        "responses": {
            "a": {"text": one, "checkpoint": first}, "b": {"text": other, "checkpoint": second}
        },
        **more,
    }  # fmt: skip


def arena(last: Json | None = None, checkpoints: int = 3) -> Any:
    answers: Any = {"arena": {"checkpoints": checkpoints, "last": last}, "battles/7": last}
    return place(PLACE, **answers)


def voted(page: Page) -> None:
    """By one key; then the conversation may go on."""
    done = battle("done", *RESPONSES[:2])
    answers: Any = {
        "arena": {"checkpoints": 2, "last": done},
        "battles/7/vote": battle("done", *RESPONSES[:2], vote="b"),
    }
    place(PLACE, **answers)(page)
    expect(page.get_by_role("button", name="A is better")).to_be_enabled()
    page.keyboard.press("b")
    page.get_by_label("Go on with the better response").wait_for()


def failed(page: Page) -> None:
    answers: Any = {
        "arena": {"checkpoints": 2, "last": battle("running", "So", "")},
        "battles/7": battle("failed", "So far", error="Response B: The endpoint is away."),
    }
    place(PLACE, **answers)(page)
    expect(page.get_by_label("Your message")).to_have_value(ASKED[0]["content"])


ARENA_SCREENS = {
    "arena without two checkpoints": arena(checkpoints=1),
    "arena, nobody to answer": arena(battle("queued", waiting=WAITS)),
    "arena, growing": arena(battle("running", LONG, "Sho")),
    "arena, failed": failed,
    "arena, voted": voted,
    "arena, to vote in a conversation": arena(
        battle(
            "done",
            RESPONSES[2],
            "",
            messages=[*ASKED, {"role": "assistant", "content": LONG}, *ASKED],
        )
    ),
}
