"""What differs between two versions, as the API tells it."""

from types import SimpleNamespace
from typing import Any

import pytest

from exports.models import DatasetVersion
from labeling.pseudonyms import pseudonym
from tests.exports.conftest import Frozen
from tests.exports.test_datasets_api import client_of
from tests.factories import make_demonstration, make_project, make_prompt, make_ranking

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def told(cast: SimpleNamespace, version: DatasetVersion, query: str = "") -> Any:
    return client_of(cast.erin).get(f"/api/datasets/{version.pk}/difference?{query}").json()


def test_labels_that_came(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry)
    frozen("preference")
    late = make_ranking(make_prompt(cast.project), cast.lucy)
    body = told(cast, frozen("preference"))
    assert (body["since"]["label"], body["to"]["label"]) == (
        "poems/preference@1",
        "poems/preference@2",
    )
    assert body["labels"] == {"added": 1, "removed": 0, "changed": 0, "same": 1}
    assert body["examples"]["added"] == [{"label": late.pk, "prompt_id": late.prompt.external_id}]
    assert body["recipe"] == []


def test_labels_that_went_and_rows_that_changed(cast: SimpleNamespace, frozen: Frozen) -> None:
    """Another pair rule gives other rows where there are several pairs; of two responses, one."""
    gone = make_ranking(make_prompt(cast.project), cast.larry, [1, 2])
    kept = make_ranking(make_prompt(cast.project), cast.lucy, [1, 2])
    other = make_ranking(make_prompt(cast.project), cast.lucy, [1, 2, 3])
    first = frozen("preference")
    lucys = {"not_labelers": [pseudonym("poems", cast.larry.pk)], "pairs": "adjacent"}
    body = told(cast, frozen("preference", recipe=lucys), f"since={first.pk}")
    assert body["labels"] == {"added": 0, "removed": 1, "changed": 1, "same": 1}
    assert [each["label"] for each in body["examples"]["removed"]] == [gone.pk]
    assert [each["label"] for each in body["examples"]["changed"]] == [other.pk] != [kept.pk]
    assert {"key": "pairs", "since": "all", "to": "adjacent"} in body["recipe"]


def test_every_config_has_its_labels(cast: SimpleNamespace, frozen: Frozen) -> None:
    prompt = make_prompt(cast.project)
    make_ranking(prompt, cast.larry)
    make_demonstration(prompt, cast.larry)
    configs = ["sft", "kto", "rankings", "labels", "reward", "prompt_completion"]
    versions = [frozen("preference", configs=configs) for _ in range(2)]
    make_demonstration(prompt, cast.lucy)
    versions.append(frozen("preference", configs=configs))
    for config in ["preference", *configs]:
        same = told(cast, versions[1], f"config={config}")["labels"]
        assert (same["added"], same["removed"], same["changed"]) == (0, 0, 0)
        more = told(cast, versions[2], f"config={config}")["labels"]
        assert more["added"] == (config in {"sft", "prompt_completion", "labels", "kto"}), config


def test_what_cannot_be_compared(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry)
    make_demonstration(make_prompt(cast.project), cast.larry)
    pairs, written = frozen("preference"), frozen("sft")
    alone = told(cast, pairs)
    assert (alone["code"], alone["status"]) == ("out_of_range", 400)
    assert "There is no version before poems/preference@1." in alone["detail"]
    assert told(cast, pairs, f"since={written.pk}")["detail"] == (
        "These versions have no config in common."
    )
    foreign = DatasetVersion.objects.create(
        project=make_project(), name="x", number=1, kind="sft", as_of=pairs.as_of
    )
    assert told(cast, pairs, f"since={foreign.pk}")["status"] == 404
    assert told(cast, pairs, "since=-1")["code"] == "page_invalid"
