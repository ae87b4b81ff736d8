"""The quality page's figures, pausing, disagreements and adjudication, through the HTTP API."""

from types import SimpleNamespace
from typing import Any

import pytest

from labeling.kinds import Role
from labeling.models import Adjudication, Response
from labeling.pseudonyms import pseudonym
from tests.factories import make_member
from tests.labeling.conftest import JSON, claim, signed_in, statements
from tests.labeling.test_quality_report import ask, rank, report

pytestmark = pytest.mark.database


def get(person: Any, path: str) -> Any:
    answer = signed_in(person).get(f"/api/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_before_the_first_label_there_is_nothing_to_say(cast: SimpleNamespace) -> None:
    body = get(cast.mary, "projects/poems/quality")
    assert body["figures"] is None
    assert body["working"] is None


def test_looking_starts_the_first_report(cast: SimpleNamespace) -> None:
    (task,) = ask(cast.project)
    rank(task, cast.noor, [1, 2, 3])
    assert get(cast.mary, "projects/poems/quality")["working"]["state"] == "queued"


def test_the_page_takes_few_statements_whatever_the_project_holds(cast: SimpleNamespace) -> None:
    tasks = ask(cast.project, 10)
    rank(tasks[0], cast.noor, [1, 2, 3])
    report(cast.project)
    with statements() as few:
        get(cast.mary, "projects/poems/quality")
    for task in tasks[1:]:
        rank(task, cast.noor, [1, 2, 3])
        rank(task, cast.kenji, [1, 2, 3])
    report(cast.project)
    with statements() as many:
        body = get(cast.mary, "projects/poems/quality")
    assert body["people"][str(cast.noor.pk)] == {"name": "noor", "paused": None}
    assert len(many) == len(few) <= 7, "\n".join(many)


def test_a_paused_labeler_is_told_why_and_let_in_again(cast: SimpleNamespace, tasks: Any) -> None:
    tasks("rank", 2)
    mary, noor = signed_in(cast.mary), signed_in(cast.noor)
    address = f"/api/projects/poems/members/{cast.noor.pk}/pause"
    assert mary.put(address, {"reason": "Read the guidelines."}, JSON).status_code == 204
    refused = noor.post("/api/projects/poems/claim", {}, JSON)
    assert refused.status_code == 409
    assert refused.json()["code"] == "labeler_paused"
    assert refused.json()["detail"] == "You are paused here: Read the guidelines."
    assert mary.delete(address).status_code == 204
    assert claim(noor) is not None


def test_only_managers_see_who_labeled(cast: SimpleNamespace) -> None:
    (task,) = ask(cast.project)
    rank(task, cast.noor, [1, 2, 3])
    report(cast.project)
    hidden = pseudonym("poems", cast.noor.pk)
    for who, name in ((cast.mary, "noor"), (cast.edsger, hidden)):
        (told,) = get(who, "projects/poems/quality")["people"].values()
        assert told == {"name": name, "paused": None}
    for who, name in ((cast.mary, "noor"), (cast.edsger, hidden), (cast.rosa, hidden)):
        for address in ("projects/poems/labels", f"tasks/{task.pk}/labels"):
            body = get(who, address)
            (label,) = body.get("results") or body["labels"]
            assert label["labeler"] == {"id": cast.noor.pk, "name": name}


def test_a_pause_needs_a_reason_and_someone_who_labels(cast: SimpleNamespace) -> None:
    mary = signed_in(cast.mary)
    empty = mary.put(f"/api/projects/poems/members/{cast.noor.pk}/pause", {"reason": " "}, JSON)
    assert empty.status_code == 400
    engineer = f"/api/projects/poems/members/{cast.edsger.pk}/pause"
    assert mary.put(engineer, {"reason": "No."}, JSON).status_code == 404


def test_all_answers_to_a_task_side_by_side(cast: SimpleNamespace) -> None:
    (task,) = ask(cast.project)
    rank(task, cast.noor, [1, 2, 3])
    rank(task, cast.kenji, [3, 2, 1])
    body = get(cast.rosa, f"tasks/{task.pk}/labels")
    assert [each["ranks"] for each in body["labels"]] == [[1, 2, 3], [3, 2, 1]]
    hidden = [pseudonym("poems", each.pk) for each in (cast.noor, cast.kenji)]
    assert [each["labeler"]["name"] for each in body["labels"]] == hidden
    assert body["agreement"] == 0
    assert body["labels"][0]["tau"] == pytest.approx(-1)
    assert [each["author"] for each in body["responses"]] == [None] * 3, "a reviewer judges blind"
    body = get(cast.mary, f"tasks/{task.pk}/labels")
    assert [each["labeler"]["name"] for each in body["labels"]] == ["noor", "kenji"]
    assert [each["author"] for each in body["responses"]] == ["tiny@0", "tiny@1", "tiny@2"]
    assert body["adjudication"] is None


def test_a_row_too_large_to_show_says_its_size_and_is_had_whole(cast: SimpleNamespace) -> None:
    (task,) = ask(cast.project)
    text = "é" * 60_000
    first = Response.objects.filter(prompt=task.prompt).earliest("pk")
    Response.objects.filter(pk=first.pk).update(content=text)
    addresses = f"tasks/{task.pk}/labels", f"prompts/{task.prompt_id}"
    for address in addresses:
        body = get(cast.mary, address)
        others = sum(len(each["content"]) for each in body["responses"]) - 50_000
        asked = body.get("prompt", body)
        size = 120_000 + others + len(asked["messages"][0]["content"])
        assert body["too_large"] == {"bytes": size}
        assert max(len(each["content"]) for each in body["responses"]) == 50_000
        whole = get(cast.mary, f"{address}?whole=1")
        assert whole["too_large"] is None
        assert text in [each["content"] for each in whole["responses"]]
    listed = get(cast.mary, "projects/poems/prompts?brief=1")["results"]
    assert [set(each) & {"messages", "excerpt"} for each in listed] == [{"excerpt"}]


def test_a_reviewer_decides_and_may_decide_again(cast: SimpleNamespace) -> None:
    (task,) = ask(cast.project)
    first, second = rank(task, cast.noor, [1, 2, 3]), rank(task, cast.kenji, [3, 2, 1])
    rosa = signed_in(cast.rosa)
    for label in (first, second):
        body = {"label": label.pk, "reason": "Reads better."}
        answer = rosa.put(f"/api/tasks/{task.pk}/adjudication", body, JSON)
        assert answer.status_code == 200, answer.content
        assert answer.json()["label"] == label.pk
    kept = Adjudication.objects.order_by("pk").values_list("label", "by")
    assert list(kept) == [(first.pk, cast.rosa.pk), (second.pk, cast.rosa.pk)]
    assert get(cast.mary, f"tasks/{task.pk}/labels")["adjudication"]["reason"] == "Reads better."


def test_nobody_decides_for_their_own_label_or_one_of_another_task(cast: SimpleNamespace) -> None:
    task, other = ask(cast.project, 2)
    own, foreign = rank(task, cast.rosa, [1, 2, 3]), rank(other, cast.noor, [1, 2, 3])
    rosa = signed_in(cast.rosa)
    address = f"/api/tasks/{task.pk}/adjudication"
    refused = rosa.put(address, {"label": own.pk}, JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_label")
    assert rosa.put(address, {"label": foreign.pk}, JSON).status_code == 404
    assert not Adjudication.objects.exists()


def test_what_labelers_disagree_on_and_what_two_of_them_labeled(cast: SimpleNamespace) -> None:
    agreed, disputed = ask(cast.project, 2)
    third = make_member(cast.project, Role.LABELER, "ines")
    for labeler in (cast.noor, cast.kenji):
        rank(agreed, labeler, [1, 2, 3])
    rank(disputed, cast.noor, [1, 2, 3])
    rank(disputed, third, [3, 2, 1])
    report(cast.project)
    found = get(cast.mary, "projects/poems/disagreements")["results"]
    assert [(each["id"], each["agreement"]) for each in found] == [(disputed.pk, 0.0)]
    two = f"labeler={cast.noor.pk}&other={cast.kenji.pk}"
    found = get(cast.mary, f"projects/poems/disagreements?{two}")["results"]
    assert [each["id"] for each in found] == [agreed.pk]


def test_labels_of_one_labeler_or_one_task(cast: SimpleNamespace) -> None:
    one, two = ask(cast.project, 2)
    first = rank(one, cast.noor, [1, 2, 3])
    second = rank(two, cast.kenji, [1, 2, 3])
    by_labeler = get(cast.mary, f"projects/poems/labels?labeler={cast.noor.pk}")["results"]
    by_task = get(cast.mary, f"projects/poems/labels?task={two.pk}")["results"]
    assert [each["id"] for each in by_labeler] == [first.pk]
    assert [each["id"] for each in by_task] == [second.pk]
    assert get(cast.mary, "projects/poems/labels?pool=gold")["results"] == []


def test_the_leaderboard_ranks_nobody_on_few_votes(cast: SimpleNamespace) -> None:
    for task in ask(cast.project, 30, responses=2):
        rank(task, cast.noor, [1, 2])
    report(cast.project)
    board = get(cast.edsger, "projects/poems/leaderboard")["board"]
    assert [(row["checkpoint"], row["votes"], row["rank"]) for row in board["rows"]] == [
        ("tiny@0", 30, None),
        ("tiny@1", 30, None),
    ]
    for task in ask(cast.project, 80, responses=2):
        rank(task, cast.noor, [1, 2])
    report(cast.project)
    board = get(cast.edsger, "projects/poems/leaderboard")["board"]
    assert [(row["checkpoint"], row["rank"]) for row in board["rows"]] == [
        ("tiny@0", 1),
        ("tiny@1", 2),
    ]
    assert board["pairs"][0][1] == [110, 0, 0]
    missing = signed_in(cast.edsger).get("/api/projects/poems/leaderboard?category=none")
    assert missing.json()["code"] == "filter_unknown"
