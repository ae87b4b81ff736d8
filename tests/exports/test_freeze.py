"""What a dataset version takes, and that it is the same for the same moment."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from exports.actions.freeze import start_freeze
from exports.card import hash_of
from exports.models import DatasetVersion
from labeling.errors import Conflict, Invalid
from labeling.kinds import JobState, LabelState, Split
from labeling.models import Label
from labeling.pseudonyms import pseudonym
from tests.exports.conftest import Frozen, work
from tests.factories import accept, make_demonstration, make_project, make_prompt, make_ranking

pytestmark = [pytest.mark.database, pytest.mark.django_db]
EMPTY = "The recipe selects no accepted labels."


def rows_of(version: DatasetVersion, split: str = "train") -> list[dict[str, Any]]:
    files = version.files.filter(split=split, format="parquet")
    return [row for file in files for row in pq.read_table(file.location).to_pylist()]


def minutes_ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def test_demonstrations_become_sft_rows(cast: SimpleNamespace, frozen: Frozen) -> None:
    prompt = make_prompt(cast.project, "Why?")
    label = make_demonstration(prompt, cast.larry, "Because.", active_seconds=3.5)
    version = frozen("sft")
    assert (version.state, version.error) == (JobState.DONE, "")
    assert rows_of(version) == [
        {
            "messages": [
                {"role": "user", "content": "Why?"},
                {"role": "assistant", "content": "Because."},
            ],
            "prompt_id": prompt.external_id,
            "label_id": label.pk,
            "characters": 8,
            "labeler": pseudonym("poems", cast.larry.pk),
            "guidelines_version": 1,
            "seconds": 3.5,
        }
    ]


def test_rankings_become_pairs(cast: SimpleNamespace, frozen: Frozen) -> None:
    prompt = make_prompt(cast.project)
    make_ranking(prompt, cast.larry, ranks=[3, 1, 2, 2], texts=["worst", "best", "b", "c"])
    rows = rows_of(frozen("preference"))
    sides = [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows]
    assert sides == [
        ("best", "b"),
        ("best", "c"),
        ("best", "worst"),
        ("b", "worst"),
        ("c", "worst"),
    ]
    assert [(row["chosen_rank"], row["rejected_rank"]) for row in rows[1:4]] == [
        (1, 2),
        (1, 3),
        (2, 3),
    ]
    assert {row["chosen_author"] for row in rows} == {"tiny@2", "tiny@3", "tiny@4"}


def test_the_pair_rule_of_the_recipe_holds(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry, ranks=[1, 2, 3])
    assert len(rows_of(frozen("preference"))) == 3
    assert len(rows_of(frozen("preference", recipe={"pairs": "adjacent"}))) == 2
    assert len(rows_of(frozen("preference", recipe={"pairs": "best_worst"}))) == 1


def test_numbers_and_names(cast: SimpleNamespace) -> None:
    def start(kind: str, **facts: Any) -> str:
        return start_freeze(project=cast.project, kind=kind, by=cast.erin, **facts).label

    assert start("sft") == "poems/sft@1"
    assert start("sft") == "poems/sft@2"
    assert start("preference") == "poems/preference@1"
    assert start("sft", name="best") == "poems/best@1"
    with pytest.raises(Conflict, match="holds sft versions"):
        start("preference", name="best")


def test_a_moment_to_come_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Invalid, match="future"):
        start_freeze(project=cast.project, kind="sft", by=cast.erin, as_of=minutes_ago(-1))


def test_the_manifest_tells_what_there_is(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    make_demonstration(make_prompt(cast.project, split=Split.TEST), cast.lucy)
    version = frozen("sft")
    files = {file.path: file for file in version.files.all()}
    content = files["manifest.json"].location.read_bytes()
    manifest = json.loads(content)
    assert manifest == version.manifest
    assert version.hash == hash_of(content)
    assert version.rows == manifest["rows"] == {"train": 1, "test": 1}
    assert (manifest["labels"], manifest["labelers"], manifest["prompts"]) == (2, 2, 2)
    assert {file["path"] for file in manifest["files"]} | {"manifest.json"} == set(files)
    assert sorted(files) == [
        "README.md",
        "dataset_info.json",
        "manifest.json",
        "sft/test-00000-of-00001.jsonl",
        "sft/test-00000-of-00001.parquet",
        "sft/train-00000-of-00001.jsonl",
        "sft/train-00000-of-00001.parquet",
    ]


def test_names_and_numbers_do_not_change_the_data(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry)
    one = frozen("preference")
    two = frozen("preference", as_of=one.as_of)
    three = frozen("preference", name="other", as_of=one.as_of)
    hashes = [{file.path: file.sha256 for file in each.files.all()} for each in (one, two, three)]
    assert hashes[0] == hashes[1] == hashes[2]
    assert one.hash == two.hash == three.hash
    assert frozen("preference", recipe={"pairs": "adjacent"}, as_of=one.as_of).hash != one.hash


def submit_later(cast: SimpleNamespace, prompt: Any) -> None:
    make_ranking(prompt, cast.lucy)


def accept_later(cast: SimpleNamespace, prompt: Any) -> None:
    label = make_ranking(prompt, cast.lucy, state=LabelState.SUBMITTED, at=minutes_ago(5))
    accept(label, cast.ron)


def send_back_later(cast: SimpleNamespace, prompt: Any) -> None:
    label = make_ranking(prompt, cast.lucy, state=LabelState.SUBMITTED, at=minutes_ago(5))
    Label.objects.filter(pk=label.pk).update(state=LabelState.RETURNED)


FRESH = {"id", "revision", "state", "created_at", "accepted_at", "idempotency_key"}


def redo_later(cast: SimpleNamespace, prompt: Any) -> None:
    label = make_ranking(prompt, cast.lucy, state=LabelState.SUPERSEDED, at=minutes_ago(5))
    Label.objects.create(
        **{
            field.attname: getattr(label, field.attname)
            for field in Label._meta.concrete_fields
            if field.name not in FRESH
        },
        revision=2,
        state=LabelState.ACCEPTED,
        accepted_at=timezone.now(),
        idempotency_key="again",
    )


@pytest.mark.parametrize("event", [submit_later, accept_later, send_back_later, redo_later])
def test_what_comes_later_changes_nothing(
    cast: SimpleNamespace, frozen: Frozen, event: Callable[..., None]
) -> None:
    prompt = make_prompt(cast.project)
    make_ranking(prompt, cast.larry, at=minutes_ago(10))
    before = frozen("preference", as_of=minutes_ago(1))
    event(cast, prompt)
    assert before.hash == frozen("preference", as_of=before.as_of).hash != ""


def test_a_label_counts_from_its_acceptance(cast: SimpleNamespace, frozen: Frozen) -> None:
    label = make_demonstration(
        make_prompt(cast.project), cast.larry, state=LabelState.SUBMITTED, at=minutes_ago(10)
    )
    accept(label, cast.ron, at=minutes_ago(5))
    assert frozen("sft", as_of=minutes_ago(6)).error.startswith(EMPTY)
    assert frozen("sft", as_of=minutes_ago(4)).rows == {"train": 1, "test": 0}
    since = frozen("sft", recipe={"since": minutes_ago(6).isoformat()})
    until = frozen("sft", recipe={"until": minutes_ago(6).isoformat()})
    assert (since.state, until.state) == (JobState.DONE, JobState.FAILED)


@pytest.mark.parametrize(
    "state", [LabelState.SUBMITTED, LabelState.RETURNED, LabelState.SUPERSEDED]
)
def test_only_accepted_labels_count(
    cast: SimpleNamespace, frozen: Frozen, state: LabelState
) -> None:
    make_ranking(make_prompt(cast.project), cast.larry, state=state)
    assert frozen("preference").error.startswith(EMPTY)


def test_evaluations_and_other_projects_never_train(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry, batch="evaluation:1")
    make_ranking(make_prompt(make_project()), cast.larry)
    version = frozen("preference")
    assert (version.state, version.rows, version.hash) == (JobState.FAILED, {}, "")
    assert version.error.startswith(EMPTY)
    assert not version.files.exists()


def test_rankings_of_ties_alone_are_said_in_words(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry, ranks=[1, 1])
    assert "no ranking puts one text above another" in frozen("preference").error


def test_a_split_without_rows_has_no_files(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_demonstration(make_prompt(cast.project, split=Split.TEST), cast.larry)
    version = frozen("sft")
    assert version.rows == {"train": 0, "test": 1}
    assert not version.files.filter(split="train").exists()
    card = version.files.get(path="README.md").location.read_text()
    assert "split: test" in card
    assert "split: train" not in card


@hypothesis.settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(Split.values), st.lists(st.integers(1, 3), max_size=4)),
        max_size=8,
    )
)
def test_splits_never_separate_responses_of_one_prompt(
    cast: SimpleNamespace, prompts: list[tuple[str, list[int]]]
) -> None:
    project = make_project(cast.alice)
    for split, worst_ranks in prompts:
        prompt = make_prompt(project, split=split)
        for worst in worst_ranks:
            make_ranking(prompt, cast.larry, ranks=[1, worst, worst])
    version = work(start_freeze(project=project, kind="preference", by=cast.alice))
    train, test = ({row["prompt_id"] for row in rows_of(version, split)} for split in Split.values)
    assert not train & test
    expected = [split for split, worst_ranks in prompts for worst in worst_ranks if worst > 1]
    if expected:
        assert version.rows == {split: 2 * expected.count(split) for split in Split.values}
    else:
        assert version.state == JobState.FAILED


def test_chunks_lose_nothing(
    cast: SimpleNamespace, frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = [make_demonstration(make_prompt(cast.project), cast.larry) for _ in range(11)]
    whole = frozen("sft")
    monkeypatch.setattr("exports.reading.CHUNK", 2)
    cut = frozen("sft", as_of=whole.as_of)
    assert [row["label_id"] for row in rows_of(cut)] == [label.pk for label in labels]
    assert cut.hash == whole.hash


def test_labelers_are_pseudonyms(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    for file in frozen("sft").files.all():
        assert b"larry" not in file.location.read_bytes()


def test_a_version_that_is_done_is_left_alone(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    version = frozen("sft")
    again = work(version)
    assert (again.hash, again.attempt) == (version.hash, version.attempt)


def test_the_store_holds_the_version_and_nothing_else(
    cast: SimpleNamespace, frozen: Frozen, store: Path
) -> None:
    make_demonstration(make_prompt(cast.project), cast.larry)
    version = frozen("sft")
    assert [path.name for path in (store / "datasets/poems/sft").iterdir()] == ["1"]
    assert sum(path.is_file() for path in store.rglob("*")) == version.files.count()
