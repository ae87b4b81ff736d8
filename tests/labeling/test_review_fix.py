"""A reviewer who corrects an answer: the fix counts, the original stays visible to its labeler."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from labeling.models import Label, Review
from tests.labeling.conftest import JSON, claim, signed_in, submit

Tasks = Callable[..., None]
FIXES: dict[str, dict[str, Any]] = {
    "demonstrate": {"text": "The right response."},
    "rank": {"groups": [["B"], ["A"]], "none_acceptable": True},
    "compare": {"groups": [["A", "B"]], "strength": 0, "none_acceptable": False},
}


def review(client: Client, label: int, **body: Any) -> Any:
    return client.post(f"/api/labels/{label}/review", body, JSON)


@pytest.mark.parametrize("kind", FIXES)
def test_a_fix_is_accepted_in_the_place_of_the_label(
    cast: SimpleNamespace, tasks: Tasks, kind: str
) -> None:
    tasks(kind, responses=2)
    noor, rosa = signed_in(cast.noor), signed_in(cast.rosa)
    label = submit(noor, claim(noor)).json()["label"]["id"]
    answer = review(rosa, label, verdict="fix", answer=FIXES[kind], reason="B is wrong.")
    assert (answer.status_code, answer.json()["state"]) == (201, "accepted")
    original, fixed = Label.objects.order_by("revision")
    assert fixed.pk == answer.json()["id"]
    assert (original.state, original.labeler) == ("superseded", cast.noor)
    assert (fixed.labeler, fixed.revision, fixed.shown) == (cast.rosa, 2, original.shown)
    [mine] = noor.get("/api/labels/mine").json()["results"]
    assert mine["review"] == {"verdict": "fix", "reason": "B is wrong."}
    whole = noor.get(f"/api/labels/{label}").json()
    assert whole["fixed_answer"] == FIXES[kind]
    assert whole["answer"] != FIXES[kind]
    assert rosa.get("/api/labels/mine").json()["results"] == [], "a fix is not her own work"


def test_a_wrong_fix_changes_nothing(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank", responses=2)
    noor, rosa = signed_in(cast.noor), signed_in(cast.rosa)
    label = submit(noor, claim(noor)).json()["label"]["id"]
    answer = review(rosa, label, verdict="fix", answer={"groups": [["A"]]})
    assert (answer.status_code, answer.json()["code"]) == (400, "ranking_incomplete")
    assert not Review.objects.exists()
    assert Label.objects.get().state == "submitted"


@pytest.mark.parametrize(
    "body", [{"verdict": "fix"}, {"verdict": "accept", "answer": {"text": "x"}}]
)
def test_an_answer_comes_with_a_fix_and_with_no_other_verdict(
    cast: SimpleNamespace, tasks: Tasks, body: Any
) -> None:
    tasks("demonstrate")
    noor = signed_in(cast.noor)
    label = submit(noor, claim(noor)).json()["label"]["id"]
    answer = review(signed_in(cast.rosa), label, **body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "answer"


@pytest.mark.parametrize("verdict", ["accept", "send_back", "fix"])
def test_nobody_reviews_a_label_of_their_own(
    cast: SimpleNamespace, tasks: Tasks, verdict: str
) -> None:
    tasks("demonstrate")
    rosa = signed_in(cast.rosa)
    label = submit(rosa, claim(rosa)).json()["label"]["id"]
    body = {"answer": {"text": "x"}} if verdict == "fix" else {"reason": "x"}
    answer = review(rosa, label, verdict=verdict, **body)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_label")
    assert answer.json()["detail"] == "You cannot review your own label."


def test_a_label_is_decided_once(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("demonstrate")
    noor, rosa = signed_in(cast.noor), signed_in(cast.rosa)
    label = submit(noor, claim(noor)).json()["label"]["id"]
    assert review(rosa, label, verdict="fix", answer={"text": "x"}).status_code == 201
    for number in Label.objects.values_list("pk", flat=True):
        answer = review(signed_in(cast.mary), number, verdict="accept")
        assert (answer.status_code, answer.json()["code"]) == (409, "label_locked")
