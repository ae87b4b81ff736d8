from datetime import UTC, datetime

import pytest

from exports.moments import parse_moment, write_moment
from exports.recipe import complete, configs_of, published
from labeling.errors import Invalid


def test_a_stored_recipe_is_complete() -> None:
    assert complete(["sft"], {}) == {
        "include": ["demonstrate"],
        "since": None,
        "until": None,
        "labelers": [],
        "not_labelers": [],
        "held_out_labelers": [],
        "reviewers": [],
        "min_agreement": None,
        "tags": {},
        "languages": [],
        "pools": ["ordinary"],
        "decontaminate": None,
        "near_duplicates": "leave_out",
        "files": ["parquet", "jsonl"],
        "adjudicated": "prefer",
        "criteria": {},
    }
    pairs = complete(["preference"], {})
    assert pairs["include"] == ["rank", "compare"]
    assert (pairs["pairs"], pairs["ties"], pairs["margins"]) == ("all", "drop", "strength")
    assert (pairs["weights"], pairs["per_task"]) == ("equal", "each")


def test_several_configs_share_a_recipe() -> None:
    recipe = complete(["preference", "kto", "labels"], {"desirable": "best_worst", "ties": "soft"})
    assert recipe["include"] == ["rank", "compare", "demonstrate", "rate"]
    assert (recipe["desirable"], recipe["ties"]) == ("best_worst", "soft")


def test_configs_begin_with_the_kind() -> None:
    assert configs_of("kto", ["labels", "kto"]) == ["kto", "labels"]
    with pytest.raises(Invalid, match="configs must be one of"):
        configs_of("kto", ["poems"])


def test_prompts_that_must_stay_unseen_are_not_published() -> None:
    recipe = complete(["sft"], {"decontaminate": {"prompts": ["Secret question"], "words": 8}})
    assert recipe["decontaminate"]["prompts"] == ["Secret question"]
    told = published(recipe)["decontaminate"]
    assert (told["prompts"], told["words"], len(told["sha256"])) == (1, 8, 64)


def test_what_is_given_is_kept() -> None:
    recipe = complete(["preference"], {"pairs": "adjacent", "since": "2026-11-23T12:00:00+02:00"})
    assert recipe["pairs"] == "adjacent"
    assert recipe["since"] == "2026-11-23T10:00:00.000000Z"


def test_completing_twice_changes_nothing() -> None:
    once = complete(["preference"], {"until": "2026-11-23T12:00:00Z", "pairs": "best_worst"})
    assert complete(["preference"], once) == once


@pytest.mark.parametrize(
    ("kind", "given", "code", "field"),
    [
        ("preference", {"tie": "drop"}, "unknown_field", "recipe.tie"),
        ("reward", {"ties": "soft"}, "unknown_field", "recipe.ties"),
        ("preference", {"ties": "keep"}, "out_of_range", "recipe.ties"),
        ("preference", {"margins": 1}, "out_of_range", "recipe.margins"),
        ("preference", {"per_task": "median"}, "out_of_range", "recipe.per_task"),
        ("preference", {"min_agreement": 1.5}, "out_of_range", "recipe.min_agreement"),
        ("preference", {"min_agreement": True}, "out_of_range", "recipe.min_agreement"),
        ("sft", {"labelers": ["larry"]}, "out_of_range", "recipe.labelers"),
        ("sft", {"labelers": "larry"}, "type_error", "recipe.labelers"),
        ("sft", {"languages": [5]}, "type_error", "recipe.languages"),
        ("sft", {"tags": ["a"]}, "type_error", "recipe.tags"),
        ("sft", {"tags": {'a"b': ["c"]}}, "type_error", "recipe.tags"),
        ("sft", {"tags": {"topic": "code"}}, "type_error", "recipe.tags.topic"),
        ("sft", {"pools": []}, "out_of_range", "recipe.pools"),
        ("sft", {"pools": ["golden"]}, "out_of_range", "recipe.pools"),
        ("sft", {"files": ["xlsx"]}, "out_of_range", "recipe.files"),
        ("sft", {"criteria": {"fit": {}}}, "out_of_range", "recipe.criteria.fit"),
        ("sft", {"criteria": {"fit": {"min": 3, "max": 2}}}, "out_of_range", None),
        ("sft", {"criteria": {"fit": {"least": 3}}}, "out_of_range", "recipe.criteria.fit"),
        ("sft", {"decontaminate": {"prompts": []}}, "type_error", "recipe.decontaminate.prompts"),
        ("sft", {"decontaminate": {"prompts": ["a"], "words": 1}}, "out_of_range", None),
        ("sft", {"decontaminate": {"texts": ["a"]}}, "unknown_field", "recipe.decontaminate.texts"),
        ("sft", {"pairs": "all"}, "unknown_field", "recipe.pairs"),
        ("preference", {"pairs": "most"}, "out_of_range", "recipe.pairs"),
        ("preference", {"pairs": ["all"]}, "out_of_range", "recipe.pairs"),
        ("preference", {"include": ["demonstrate"]}, "out_of_range", "recipe.include"),
        ("sft", {"since": "yesterday"}, "type_error", "recipe.since"),
        ("sft", {"since": "2026-11-23T12:00:00"}, "type_error", "recipe.since"),
        ("sft", {"since": "0001-01-01T00:00:00+23:00"}, "type_error", "recipe.since"),
        ("sft", {"until": 5}, "type_error", "recipe.until"),
        ("sft", {"since": "2026-01-02T00:00Z", "until": "2026-01-01T00:00Z"}, "out_of_range", None),
        ("poems", {}, "out_of_range", "kind"),
    ],
)
def test_what_cannot_be_used_is_refused(
    kind: str, given: dict[str, object], code: str, field: str | None
) -> None:
    with pytest.raises(Invalid) as refusal:
        complete(configs_of(kind), given)
    assert refusal.value.code == code
    assert field in {None, refusal.value.errors[0]["field"]}


def test_moments_are_written_in_one_way() -> None:
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert write_moment(moment) == "2026-11-23T12:00:00.000000Z"
    assert parse_moment(write_moment(moment)) == moment
