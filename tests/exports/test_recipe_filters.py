"""What each key of a recipe takes and leaves out, on real rows."""

import csv
import json
from types import SimpleNamespace
from typing import Any

import pytest

from exports.formats.registry import FORMATS
from exports.models import DatasetVersion
from labeling.kinds import JobState, LabelState, Pool, Split, TaskKind
from labeling.models import Prompt, Rating, Task
from labeling.pseudonyms import pseudonym
from tests.exports.conftest import Frozen
from tests.exports.test_freeze import rows_of
from tests.factories import accept, make_demonstration, make_prompt, make_ranking
from tests.late import Late

pytestmark = [pytest.mark.database, pytest.mark.django_db]
datasets = Late("datasets")


def chosen(version: DatasetVersion, split: str = "train") -> list[str]:
    return [row["chosen"][0]["content"] for row in rows_of(version, split)]


def name_of(person: Any) -> str:
    return pseudonym("poems", person.pk)


def test_people(cast: SimpleNamespace, frozen: Frozen) -> None:
    prompt = make_prompt(cast.project)
    make_ranking(prompt, cast.larry, [1, 2], ["larry's", "x"])
    late = make_ranking(prompt, cast.lucy, [1, 2], ["lucy's", "x"], state=LabelState.SUBMITTED)
    accept(late, cast.ron)
    larry, lucy, ron = map(name_of, (cast.larry, cast.lucy, cast.ron))
    assert chosen(frozen("preference", recipe={"labelers": [larry]})) == ["larry's"]
    assert chosen(frozen("preference", recipe={"not_labelers": [larry]})) == ["lucy's"]
    assert chosen(frozen("preference", recipe={"reviewers": [ron]})) == ["lucy's"]
    nobody = frozen("preference", recipe={"labelers": [ron]})
    assert (nobody.state, lucy in nobody.error) == (JobState.FAILED, False)


def test_held_out_labelers_are_never_trained_on(cast: SimpleNamespace, frozen: Frozen) -> None:
    for split in Split.values:
        prompt = make_prompt(cast.project, split=split)
        make_ranking(prompt, cast.larry, [1, 2], [f"larry {split}", "x"])
        make_ranking(prompt, cast.lucy, [1, 2], [f"lucy {split}", "x"])
    version = frozen("preference", recipe={"held_out_labelers": [name_of(cast.larry)]})
    assert chosen(version) == ["lucy train"]
    assert chosen(version, "test") == ["larry test", "lucy test"]


def test_tags_and_languages(cast: SimpleNamespace, frozen: Frozen) -> None:
    for number, metadata in enumerate(
        [{"topic": "code", "language": "en"}, {"topic": ["math", "code"]}, {"topic": "codes"}, {}]
    ):
        prompt = make_prompt(cast.project)
        Prompt.objects.filter(pk=prompt.pk).update(metadata=metadata)
        make_ranking(prompt, cast.larry, [1, 2], [str(number), "x"])
    assert chosen(frozen("preference", recipe={"tags": {"topic": ["code"]}})) == ["0", "1"]
    assert chosen(frozen("preference", recipe={"tags": {"topic": ["math", "codes"]}})) == ["1", "2"]
    assert chosen(frozen("preference", recipe={"languages": ["en", "de"]})) == ["0"]


def test_pools(cast: SimpleNamespace, frozen: Frozen) -> None:
    make_ranking(make_prompt(cast.project), cast.larry, [1, 2], ["ordinary", "x"])
    gold = make_ranking(make_prompt(cast.project), cast.larry, [1, 2], ["gold", "x"])
    Task.objects.filter(pk=gold.task_id).update(pool=Pool.GOLD)
    assert chosen(frozen("preference")) == ["ordinary"]
    assert chosen(frozen("preference", recipe={"pools": ["gold"]})) == ["gold"]


def test_prompts_that_must_stay_unseen(cast: SimpleNamespace, frozen: Frozen) -> None:
    for text in ("What is the capital of France?", "What is the capital of Peru?"):
        make_ranking(make_prompt(cast.project, text), cast.larry, [1, 2], [text, "x"])
    unseen = {"prompts": ["what is the capital of FRANCE"]}
    version = frozen("preference", recipe={"decontaminate": unseen})
    assert chosen(version) == ["What is the capital of Peru?"]
    assert (version.manifest["labels"], version.manifest["prompts"]) == (1, 1)
    for file in version.files.filter(format__in=["json", "markdown"]):
        assert b"FRANCE" not in file.location.read_bytes()


def test_ratings_and_flags_reach_the_raw_formats(cast: SimpleNamespace, frozen: Frozen) -> None:
    label = make_ranking(make_prompt(cast.project), cast.larry, [2, 1], ["b", "a"])
    for place, value in zip(label.placements.order_by("shown"), (1, 5), strict=True):
        Rating.objects.create(label=label, response=place.response, criterion="fit", value=value)
    Rating.objects.create(label=label, criterion="clear", value=3)
    version = frozen("ratings")
    assert [(row["criterion"], row["value"], row["response"]) for row in rows_of(version)] == [
        ("fit", 1.0, [{"role": "assistant", "content": "b"}]),
        ("fit", 5.0, [{"role": "assistant", "content": "a"}]),
        ("clear", 3.0, None),
    ]
    (raw,) = rows_of(frozen("labels"))
    assert [(each["content"], each["position"], each["rank"]) for each in raw["responses"]] == [
        ("b", 0, 2.0),
        ("a", 1, 1.0),
    ]
    assert raw["ratings"] == [{"criterion": "clear", "value": 3.0}]
    strict = {"criteria": {"fit": {"min": 4}}}
    assert chosen(frozen("preference", recipe=strict)) == ["a"]


def test_several_configs_and_files_in_one_version(
    cast: SimpleNamespace, frozen: Frozen, tmp_path: Any
) -> None:
    prompt = make_prompt(cast.project)
    make_ranking(prompt, cast.larry, [1, 2, 2], ["=best", "b", "c"])
    make_demonstration(prompt, cast.larry, "An ideal.")
    files = ["parquet", "jsonl", "csv", "alpaca", "sharegpt", "openai"]
    version = frozen("preference", configs=list(FORMATS), recipe={"files": files})
    assert version.error == ""
    assert set(version.configs) == set(FORMATS)
    folder = version.files.get(path="README.md").location.parent
    counts = {"preference": 2, "reward": 2, "kto": 4, "rankings": 1, "labels": 2}
    counts |= {"sft": 1, "prompt_completion": 1}
    cache = str(tmp_path / "cache")
    for config, rows in counts.items():
        loaded = datasets.load_dataset(str(folder), config, cache_dir=cache)
        assert loaded["train"].num_rows == rows == version.manifest["configs"][config]["train"]
    assert datasets.load_dataset(str(folder), cache_dir=cache)["train"].num_rows == 2
    with (folder / "preference/train-00000-of-00001.csv").open(newline="") as table:
        assert next(csv.DictReader(table))["chosen"] == "'=best"
    assert '"=best"' in (folder / "preference/train-00000-of-00001.alpaca.jsonl").read_text()
    info = json.loads((folder / "dataset_info.json").read_text())
    assert info["preference_train_sharegpt"]["ranking"] is True
    assert all((folder / entry["file_name"]).is_file() for entry in info.values())


def test_agreement_is_asked_for_and_told(cast: SimpleNamespace, frozen: Frozen) -> None:
    """Two tasks with two labelers each: one in full agreement, one in none."""
    for one, two in (([1, 2], [1, 2]), ([1, 2], [2, 1])):
        prompt = make_prompt(cast.project)
        first = make_ranking(prompt, cast.larry, one, ["a", "b"])
        second = make_ranking(prompt, cast.lucy, two, ["a", "b"])
        responses = {place.shown: place.response_id for place in first.placements.all()}
        for place in second.placements.all():
            place.response_id = responses[place.shown]
            place.save()
        second.task_id = first.task_id
        second.save()
    version = frozen("preference")
    assert (version.manifest["agreement"], version.manifest["shared_tasks"]) == (0.5, 2)
    assert [row["agreement"] for row in rows_of(version)] == [1.0, 1.0, 0.0, 0.0]
    assert b"50.0%" in version.files.get(path="README.md").location.read_bytes()
    agreed = frozen("preference", recipe={"min_agreement": 0.9, "per_task": "mode"})
    (row,) = rows_of(agreed)
    assert row["labeler"] == "2 labelers"
    (mean,) = rows_of(frozen("rankings", recipe={"min_agreement": 1.0, "per_task": "mean_rank"}))
    assert mean["ranking"] == [[0], [1]]


def test_kinds_of_task(cast: SimpleNamespace, frozen: Frozen) -> None:
    prompt = make_prompt(cast.project)
    make_demonstration(prompt, cast.larry, "An ideal.")
    make_ranking(prompt, cast.larry, [1, 2], ["a", "b"])
    assert frozen("kto").rows["train"] == 2
    both = {"include": [TaskKind.RANK.value, TaskKind.DEMONSTRATE.value]}
    assert frozen("kto", recipe=both).rows["train"] == 3
