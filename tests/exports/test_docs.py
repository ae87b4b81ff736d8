"""What docs/datasets.md must name."""

from pathlib import Path

import pytest

from exports.formats.registry import FORMATS
from exports.pairs import RULES
from exports.recipe import defaults

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "datasets.md").read_text()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_column_and_recipe_key_is_documented(kind: str) -> None:
    names = [*FORMATS[kind].schema.names, *defaults(kind), kind]
    assert [name for name in names if f"`{name}`" not in TEXT] == []


def test_every_pair_rule_is_documented() -> None:
    assert [rule for rule in RULES if f"`{rule}`" not in TEXT] == []
