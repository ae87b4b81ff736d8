"""Changing an answer that was sent: until a review, a freeze or the end of the time for it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exports.actions.freeze import start_freeze
from labeling.actions.labels import end_amending
from labeling.models import Label, Project
from tests.labeling.conftest import JSON, claim, send_back, signed_in, submit

Tasks = Callable[..., None]


@pytest.fixture
def sent(cast: SimpleNamespace, tasks: Tasks) -> Any:
    """noor, a task of hers and the label she sent for it, in a project without reviews."""
    Project.objects.filter(pk=cast.project.pk).update(review="none")
    tasks("rank", responses=2)
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    label = submit(noor, assignment).json()["label"]["id"]
    return SimpleNamespace(noor=noor, assignment=assignment, label=label)


def reopen(client: Client, label: int) -> Any:
    return client.post(f"/api/labels/{label}/reopen", {}, JSON)


def revisions() -> list[tuple[int, str]]:
    return list(Label.objects.order_by("revision").values_list("revision", "state"))


def in_hand(client: Client) -> list[Any]:
    held: list[Any] = client.get("/api/projects/poems/assignments").json()["results"]
    return held


def test_a_sent_task_comes_back_with_its_answer_as_the_draft(sent: Any) -> None:
    opened = reopen(sent.noor, sent.label).json()["assignment"]
    assert opened["state"] == "reopened"
    assert opened["id"] == sent.assignment["id"]
    assert opened["responses"] == sent.assignment["responses"]
    assert opened["draft"]["answer"] == {"groups": [["A"], ["B"]], "none_acceptable": False}
    assert opened["previous_answer"] == opened["draft"]["answer"]
    assert opened["returned_reason"] is None
    assert in_hand(sent.noor) == [opened]


def test_sending_it_again_makes_the_next_revision(sent: Any) -> None:
    opened = reopen(sent.noor, sent.label).json()["assignment"]
    assert revisions() == [(1, "accepted")], "the label stands until then"
    other = {"groups": [["B"], ["A"]]}
    assert submit(sent.noor, opened, other, key="again").status_code == 201
    assert revisions() == [(1, "superseded"), (2, "accepted")]
    assert in_hand(sent.noor) == []
    [mine] = sent.noor.get("/api/labels/mine").json()["results"]
    assert (mine["revision"], mine["editable"]) == (2, True)


def test_it_can_be_put_away_as_it_was_sent(sent: Any) -> None:
    reopen(sent.noor, sent.label)
    assert sent.noor.delete(f"/api/labels/{sent.label}/reopen").status_code == 204
    assert in_hand(sent.noor) == []
    assert revisions() == [(1, "accepted")]
    assert reopen(sent.noor, sent.label).status_code == 200


def test_opening_it_twice_keeps_what_was_typed_since(sent: Any) -> None:
    opened = reopen(sent.noor, sent.label).json()["assignment"]
    draft = {"answer": {"groups": [["B"], ["A"]]}}
    version = {"If-Match": f'"{opened["draft_version"]}"'}
    sent.noor.put(f"/api/assignments/{opened['id']}/draft", draft, JSON, headers=version)
    assert reopen(sent.noor, sent.label).json()["assignment"]["draft"] == draft


def test_a_label_that_counts_is_locked(sent: Any) -> None:
    Label.objects.update(accepted_at=timezone.now())
    answer = reopen(sent.noor, sent.label)
    assert (answer.status_code, answer.json()["code"]) == (409, "label_locked")
    assert answer.json()["detail"] == "This label is locked."
    [mine] = sent.noor.get("/api/labels/mine").json()["results"]
    assert mine["editable"] is False


def test_opening_gives_the_whole_time_anew(sent: Any) -> None:
    Label.objects.update(accepted_at=timezone.now() + timedelta(seconds=1))
    reopen(sent.noor, sent.label)
    left = Label.objects.get().accepted_at - timezone.now()  # type: ignore[operator]
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)


def test_what_is_sent_after_the_lock_is_kept_as_a_draft(cast: SimpleNamespace, sent: Any) -> None:
    opened = reopen(sent.noor, sent.label).json()["assignment"]
    end_amending(project=cast.project, at=timezone.now())
    answer = submit(sent.noor, opened, {"groups": [["B"], ["A"]]}, key="again")
    assert (answer.status_code, answer.json()["code"]) == (409, "label_locked")
    assert answer.json()["detail"] == "This label is locked. Your text is kept as a draft."
    assert revisions() == [(1, "accepted")]
    assert in_hand(sent.noor) == [], "nothing is left to do with it"


def test_freezing_ends_the_time_for_amending(cast: SimpleNamespace, sent: Any) -> None:
    version = start_freeze(project=cast.project, kind="preference", by=cast.mary)
    assert Label.objects.get().accepted_at == version.as_of
    assert reopen(sent.noor, sent.label).json()["code"] == "label_locked"


def test_a_version_of_an_earlier_moment_leaves_labels_open(
    cast: SimpleNamespace, sent: Any
) -> None:
    earlier = timezone.now()
    start_freeze(project=cast.project, kind="preference", by=cast.mary, as_of=earlier)
    assert reopen(sent.noor, sent.label).status_code == 200


def test_no_time_for_amending_means_that_a_label_counts_at_once(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    Project.objects.filter(pk=cast.project.pk).update(review="none", amend_minutes=0)
    tasks("rank")
    noor = signed_in(cast.noor)
    label = submit(noor, claim(noor)).json()["label"]
    assert label["locked_at"] is not None
    assert reopen(noor, label["id"]).json()["code"] == "label_locked"


def test_a_label_that_waits_for_a_review_may_change_until_then(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    tasks("demonstrate")
    noor, rosa = signed_in(cast.noor), signed_in(cast.rosa)
    label = submit(noor, claim(noor)).json()["label"]["id"]
    opened = reopen(noor, label).json()["assignment"]
    assert rosa.post(f"/api/labels/{label}/review", {"verdict": "accept"}, JSON).status_code == 201
    answer = submit(noor, opened, {"text": "Better."}, key="again")
    assert answer.json()["code"] == "label_locked"
    assert revisions() == [(1, "accepted")]


def test_a_reopened_label_may_be_sent_back(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("demonstrate")
    noor = signed_in(cast.noor)
    label = submit(noor, claim(noor)).json()["label"]["id"]
    opened = reopen(noor, label).json()["assignment"]
    send_back(signed_in(cast.rosa), label)
    [held] = in_hand(noor)
    assert (held["state"], held["returned_reason"]) == ("returned", "Too short.")
    assert submit(noor, opened, {"text": "Better."}, key="again").status_code == 201
    assert revisions() == [(1, "superseded"), (2, "submitted")]


def test_nobody_elses_label_can_be_opened(cast: SimpleNamespace, sent: Any) -> None:
    for stranger in (cast.kenji, cast.rosa, cast.mary, cast.ada, cast.stan):
        assert reopen(signed_in(stranger), sent.label).status_code == 404
    assert reopen(sent.noor, 2**40).status_code == 404


def test_ones_own_work_is_searched_and_its_pace_leaves_idle_time_out(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    tasks("demonstrate", 3)
    noor = signed_in(cast.noor)
    for text, active in (("Owls hoot.", 5), ("Cats purr.", 20), ("Dogs bark.", 8)):
        submit(noor, claim(noor), {"text": text}, active_seconds=active, wall_seconds=900)
    found = noor.get("/api/labels/mine?search=PURR").json()
    assert [each["active_seconds"] for each in found["results"]] == [20]
    assert found["pace"] == [{"kind": "demonstrate", "labels": 3, "median_active_seconds": 8.0}]
