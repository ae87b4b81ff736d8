from datetime import UTC, datetime

import pytest

from exports.recipe import complete, parse_moment, write_moment
from labeling.errors import Invalid


def test_a_stored_recipe_is_complete() -> None:
    usual = {"include": ["rank"], "since": None, "until": None, "pairs": "all"}
    assert complete("preference", {}) == usual
    assert complete("sft", {}) == {"include": ["demonstrate"], "since": None, "until": None}


def test_what_is_given_is_kept() -> None:
    recipe = complete("preference", {"pairs": "adjacent", "since": "2026-11-23T12:00:00+02:00"})
    assert recipe["pairs"] == "adjacent"
    assert recipe["since"] == "2026-11-23T10:00:00.000000Z"


def test_completing_twice_changes_nothing() -> None:
    once = complete("preference", {"until": "2026-11-23T12:00:00Z", "pairs": "best_worst"})
    assert complete("preference", once) == once


@pytest.mark.parametrize(
    ("kind", "given", "code", "field"),
    [
        ("preference", {"ties": "drop"}, "unknown_field", "recipe.ties"),
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
        complete(kind, given)
    assert refusal.value.code == code
    assert field in {None, refusal.value.errors[0]["field"]}


def test_moments_are_written_in_one_way() -> None:
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert write_moment(moment) == "2026-11-23T12:00:00.000000Z"
    assert parse_moment(write_moment(moment)) == moment
