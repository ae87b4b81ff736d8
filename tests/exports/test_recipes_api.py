"""Recipes before they are frozen: what they can name, what they take, what rows would come."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from exports.models import DatasetVersion
from labeling.actions.projects import publish_form
from labeling.kinds import LabelState, Pool
from labeling.models import Prompt, Task
from labeling.pseudonyms import pseudonym
from tests.exports.test_datasets_api import LIST, client_of
from tests.factories import accept, make_demonstration, make_prompt, make_ranking

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def post(client: Client, what: str, kind: str = "preference", **recipe: Any) -> Any:
    body = {"kind": kind, "recipe": recipe}
    return client.post(f"{LIST}/{what}", body, content_type="application/json").json()


@pytest.fixture
def labels(cast: SimpleNamespace) -> SimpleNamespace:
    """One label that is taken, and one for each reason why others are not."""
    prompt = make_prompt(cast.project, "Why is the sky blue by day?")
    taken = make_ranking(prompt, cast.larry, [1, 2], ["good", "bad"])
    make_demonstration(prompt, cast.larry)
    make_ranking(prompt, cast.lucy, [1, 2], state=LabelState.SUBMITTED)
    gold = make_ranking(prompt, cast.lucy, [1, 2])
    Task.objects.filter(pk=gold.task_id).update(pool=Pool.GOLD)
    judged = make_ranking(prompt, cast.lucy, [1, 2])
    Task.objects.filter(pk=judged.task_id).update(batch="evaluation:1")
    make_ranking(prompt, cast.lucy, [1, 2])
    return SimpleNamespace(prompt=prompt, taken=taken)


def test_what_is_left_out_and_why(
    cast: SimpleNamespace,
    labels: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(cast.erin)
    larry = pseudonym("poems", cast.larry.pk)
    with django_assert_max_num_queries(6):
        told = post(client, "counts", labelers=[larry], tags={"topic": ["code"]})
    assert told["labels"] == 0
    assert told["left_out"] == [
        {"why": "review", "labels": 1},
        {"why": "evaluation", "labels": 1},
        {"why": "kind", "labels": 1},
        {"why": "pool", "labels": 1},
        {"why": "labeler", "labels": 1},
        {"why": "prompt", "labels": 1},
    ]
    assert post(client, "counts", held_out_labelers=[larry])["left_out"][-1] == {
        "why": "held_out",
        "labels": 1,
    }


def test_rows_that_would_come(
    cast: SimpleNamespace,
    labels: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_ranking(make_prompt(cast.project, split="test"), cast.lucy, [1, 1])
    client = client_of(cast.erin)
    with django_assert_max_num_queries(12):
        told = post(client, "preview")
    assert told["rows"] == {"preference": {"train": 2, "test": 0}}
    assert (told["labels"], told["whole"]) == (3, True)
    assert told["left_out"] == [{"why": "no_rows", "labels": 1}]
    assert told["examples"]["preference"]["chosen"][0]["content"] == "good"
    assert post(client, "preview", min_agreement=0.5)["left_out"] == [
        {"why": "agreement", "labels": 3}
    ]
    question = labels.prompt.messages[0]["content"]
    unseen = post(client, "preview", decontaminate={"prompts": [question]})
    assert {"why": "unseen", "labels": 2} in unseen["left_out"]
    make_prompt(cast.project, f"{question} Please!", split="test")
    near = post(client, "preview")
    assert {"why": "near_duplicate", "labels": 2} in near["left_out"]
    assert near["rows"]["preference"]["train"] == 0
    assert post(client, "preview", near_duplicates="keep")["rows"] == told["rows"]
    assert not DatasetVersion.objects.exists()


def test_what_a_recipe_can_name(
    cast: SimpleNamespace,
    labels: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Prompt.objects.update(metadata={"topic": ["code", "math"], "language": "en", "n": 1})
    late = make_ranking(labels.prompt, cast.larry, state=LabelState.SUBMITTED)
    accept(late, cast.ron)
    scale = {"id": "help", "label": "Helpfulness", "of": "response", "min": 1, "max": 5}
    publish_form(project=cast.project, body={"criteria": [scale]}, by=cast.alice)
    client = client_of(cast.erin)
    with django_assert_max_num_queries(11):
        told = client.get(f"{LIST}/choices").json()
    assert [each["name"] for each in told["labelers"]] == ["larry", "lucy"]
    assert told["labelers"][0] == {
        "pseudonym": pseudonym("poems", cast.larry.pk),
        "name": "larry",
        "labels": 3,
    }
    assert [(each["name"], each["labels"]) for each in told["reviewers"]] == [("ron", 1)]
    assert {each["kind"]: each["labels"] for each in told["kinds"]} == {"demonstrate": 1, "rank": 5}
    assert told["pools"] == [{"pool": "gold", "labels": 1}, {"pool": "ordinary", "labels": 5}]
    assert (told["languages"], told["tags"]) == (
        ["en"],
        [{"key": "topic", "values": ["code", "math"]}],
    )
    assert told["criteria"] == [scale]
    assert told["first"] <= told["last"]


def test_what_can_still_be_amended_counts(cast: SimpleNamespace) -> None:
    """Freezing ends the time for amending, so such labels are taken."""
    label = make_ranking(make_prompt(cast.project), cast.larry)
    label.accepted_at = "2999-01-01T00:00:00Z"
    label.save()
    assert post(client_of(cast.erin), "counts")["labels"] == 1
