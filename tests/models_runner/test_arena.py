"""The arena: two blind checkpoints answer at once, a person votes, the vote counts."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from labeling.actions.jobs import Lease, request_cancel, run_job
from labeling.actions.quality import ask_for_report, latest_report, write_report
from labeling.kinds import JobState
from labeling.models import Label, Person, Prompt, QualityReport, Response, Task
from models_runner import loaded
from models_runner.actions import arena
from models_runner.actions.arena import answer
from models_runner.backends.protocol import (
    PromptTooLong,
    Sample,
    SampleRequest,
    SamplingFailed,
    SamplingParameters,
)
from models_runner.backends.scripted_backend import ScriptedBackend
from models_runner.models import Battle, Checkpoint
from tests.models_runner.scene import Scene, build_scene, no_broker, scripted

pytestmark = [pytest.mark.database, pytest.mark.django_db]
ARENA = "/api/projects/sums/arena"


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")
    monkeypatch.setattr(arena, "TELL_SECONDS", 0.01)
    no_broker(monkeypatch)
    loaded.close_all()


@pytest.fixture
def scene() -> Scene:
    scripted("parrot")
    scripted("magpie")
    return build_scene(prompts=1)


def call(who: Person, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    client = APIClient()
    client.force_authenticate(who)
    return getattr(client, method)(path, body, format="json")


def ask(scene: Scene, message: str = "What is 2 plus 2?", **more: Any) -> Any:
    return call(scene.erik, "post", ARENA, {"message": message, **more})


def work(pk: int) -> Battle:
    run_job(Battle, pk, answer)
    return Battle.objects.get(pk=pk)


def answered(scene: Scene, **more: Any) -> int:
    pk = int(ask(scene, **more).json()["id"])
    assert work(pk).state == JobState.DONE
    return pk


def vote(scene: Scene, pk: int, choice: str) -> Any:
    return call(scene.erik, "post", f"/api/battles/{pk}/vote", {"vote": choice})


class Loud(ScriptedBackend):
    """Does `before` whenever it tells how far it is; then fails, if it is to."""

    def __init__(self, before: Callable[[], None], error: Exception | None = None) -> None:
        super().__init__(Path("/nowhere"))
        self.before, self.error = before, error

    def sample_aloud(
        self, request: SampleRequest, parameters: SamplingParameters, tell: Callable[[str], None]
    ) -> Sample:
        for count in range(1000):
            tell("word " * count)
            self.before()
            if self.error:
                raise self.error
        raise AssertionError("nobody told it to stop")


class AtOnce(ScriptedBackend):
    """Is done before it tells how far it is."""

    def sample_aloud(
        self, request: SampleRequest, parameters: SamplingParameters, tell: Callable[[str], None]
    ) -> Sample:
        return self.sample([request], parameters)[0]


def test_names_are_told_by_the_vote_alone(scene: Scene) -> None:
    begun = ask(scene)
    assert begun.status_code == 201
    pk = begun.json()["id"]
    assert "no GPU worker is running" in begun.json()["waiting"]
    work(pk)
    seen = call(scene.erik, "get", f"/api/battles/{pk}").json()
    assert seen["state"] == "done"
    assert all(each["text"] for each in seen["responses"].values())
    assert "parrot" not in str(seen)
    told = vote(scene, pk, "a").json()
    assert {each["checkpoint"]["label"] for each in told["responses"].values()} == {
        "parrot@1",
        "magpie@1",
    }
    assert call(scene.mary, "get", f"/api/battles/{pk}").status_code == 404


@pytest.mark.parametrize(
    ("choice", "ranks", "none"),
    [
        ("a", [1, 2], False),
        ("b", [2, 1], False),
        ("tie", [1, 1], False),
        ("both_bad", [1, 1], True),
    ],
)
def test_a_vote_is_an_ordinary_label(
    scene: Scene, choice: str, ranks: list[int], none: bool
) -> None:
    battle = Battle.objects.get(pk=answered(scene))
    assert vote(scene, battle.pk, choice).status_code == 200
    label = Label.objects.get()
    placed = label.placements.order_by("shown").values_list("rank", "response__author")
    authors = [battle.first.label, battle.second.label]
    assert list(placed) == list(zip(ranks, authors, strict=True))
    assert (label.labeler, label.none_acceptable) == (scene.erik, none)
    assert label.task.batch == "arena"
    texts = Response.objects.filter(origin=battle.origin).values_list("content", flat=True)
    assert set(texts) == {battle.first_text, battle.second_text}


def test_a_vote_counts_once_and_in_the_leaderboard(scene: Scene) -> None:
    pk = answered(scene)
    assert vote(scene, pk, "b").json() == vote(scene, pk, "b").json()
    other = vote(scene, pk, "tie")
    assert (other.status_code, other.json()["code"]) == (409, "already_voted")
    assert Task.objects.count() == Label.objects.count() == 1
    ask_for_report(scene.project)
    run_job(QualityReport, QualityReport.objects.get().pk, write_report)
    report = latest_report(scene.project)
    assert report is not None
    won = Battle.objects.get(pk=pk).second.label
    rows = {row["checkpoint"]: (row["wins"], row["losses"]) for row in report.boards[0]["rows"]}
    assert rows.pop(won) == (1, 0)
    assert list(rows.values()) == [(0, 1)]
    for page in ("quality", "labels", "tasks", "hours.csv"):
        assert call(scene.mary, "get", f"/api/projects/sums/{page}").status_code == 200


def test_a_conversation_goes_on_from_the_better_response(scene: Scene) -> None:
    pk = answered(scene)
    early = ask(scene, "And 3?", after=pk)
    assert (early.status_code, early.json()["code"]) == (409, "battle_not_won")
    vote(scene, pk, "b")
    battle = Battle.objects.get(pk=answered(scene, message="And 3?", after=pk))
    assert [each["role"] for each in battle.messages] == ["user", "assistant", "user"]
    assert battle.messages[1]["content"] == Battle.objects.get(pk=pk).second_text
    vote(scene, battle.pk, "both_bad")
    arena_prompts = Prompt.objects.filter(external_id__startswith="arena:")
    assert arena_prompts.count() == 2
    assert arena_prompts.values("group").distinct().count() == 1
    assert ask(scene, "Go on", after=battle.pk).json()["code"] == "battle_not_won"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PromptTooLong(0, 9, 9, 9), "Response B: The prompt has 9 tokens"),
        (SamplingFailed("endpoint_away", "It is away.", may_pass=True), "Response B: It is away."),
        (OSError("/store/magpie"), "Response B failed; the worker's log says why."),
    ],
)
def test_when_one_side_fails_no_vote_counts(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    pk = ask(scene).json()["id"]
    second = Battle.objects.get(pk=pk).second_id
    failing = {second: Loud(lambda: None, error)}
    monkeypatch.setattr(
        arena, "loaded_backend", lambda key, *_: failing.get(key, ScriptedBackend(Path()))
    )
    battle = work(pk)
    assert battle.state == JobState.FAILED
    assert battle.error.startswith(said)
    assert vote(scene, pk, "a").json()["code"] == "battle_not_answered"
    assert not Label.objects.exists()


@pytest.mark.parametrize("is_done", [False, True])
def test_both_sides_are_seen_while_one_writes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    """Whether the other writes too or has written all; until somebody gives up."""
    pk = ask(scene).json()["id"]
    first = Battle.objects.get(pk=pk).first_id
    slow = Loud(lambda: time.sleep(0.005))
    sides = {first: AtOnce(Path())} if is_done else {}
    monkeypatch.setattr(arena, "loaded_backend", lambda key, *_: sides.get(key, slow))
    seen: list[tuple[str, str]] = []

    class Watched(Lease):
        def heartbeat(self, **columns: Any) -> None:
            super().heartbeat(**columns)
            row = Battle.objects.get(pk=pk)
            seen.append((row.first_text, row.second_text))
            if all(seen[-1]):
                request_cancel(row)

    monkeypatch.setattr("labeling.actions.jobs.Lease", Watched)
    assert work(pk).state == JobState.CANCELLED
    assert all(seen[-1])


def test_it_takes_two_and_something_to_say(scene: Scene) -> None:
    assert ask(scene, "  ").json()["code"] == "text_empty"
    assert ask(scene, "x" * 200_000).json()["code"] == "text_too_long"
    assert call(scene.erik, "get", ARENA).json() == {"checkpoints": 2, "last": None}
    Battle.objects.all().delete()
    Checkpoint.objects.filter(name="magpie").delete()
    lonely = ask(scene)
    assert (lonely.status_code, lonely.json()["code"]) == (409, "too_few_checkpoints")


def test_the_last_battle_is_there_after_a_reload(scene: Scene) -> None:
    pk = ask(scene).json()["id"]
    assert call(scene.erik, "get", ARENA).json()["last"]["id"] == pk
    assert call(scene.mary, "get", ARENA).json()["last"] is None
    assert call(scene.erik, "post", f"/api/battles/{pk}/cancel").json()["state"] == "cancelled"
    assert call(scene.lena, "get", ARENA).status_code == 403
