import pytest

from exports.formats.registry import FORMATS
from exports.formats.shape import AcceptedLabel, Place, Step
from exports.models.versions import DatasetKind
from exports.recipe import defaults

RESERVED = {
    *("images", "image", "tools", "chat_template_kwargs", "input_ids", "labels", "prompt_ids"),
    *("chosen_ids", "rejected_ids", "completion_mask", "assistant_masks"),
}
TRLS_OWN = {"stepwise": {"labels"}}
"""Where a reserved name has the meaning for which it is reserved."""
LABEL = AcceptedLabel(
    id=7,
    task_id=3,
    kind="rank",
    prompt_id="p1",
    split="train",
    messages=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"}],
    labeler="labeler-1",
    guidelines_version=2,
    seconds=12.5,
    none_acceptable=True,
    demonstration="Good day.",
    places=(
        Place(1, "best", "a", 11, 2, {"fit": 5}, ("rude",)),
        Place(2, "tied", "b", 12, 0, {"fit": 2}),
        Place(2, "too", "c", 13, 1, steps=(Step(0, 1, 1), Step(1, 3, 0))),
    ),
)


def test_every_kind_has_a_format() -> None:
    assert set(FORMATS) == set(DatasetKind.values)


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_have_the_columns_and_no_reserved_ones(kind: str) -> None:
    names = FORMATS[kind].schema.names
    rows = list(FORMATS[kind].rows(LABEL, defaults(kind)))
    assert rows
    assert all(list(row) == names for row in rows)
    assert not (RESERVED - TRLS_OWN.get(kind, set())) & set(names)


def test_sft_rows() -> None:
    (row,) = FORMATS["sft"].rows(LABEL, defaults("sft"))
    assert row["messages"] == [*LABEL.messages, {"role": "assistant", "content": "Good day."}]
    assert (row["prompt_id"], row["label_id"], row["labeler"]) == ("p1", 7, "labeler-1")


def test_preference_rows() -> None:
    rows = list(FORMATS["preference"].rows(LABEL, defaults("preference")))
    sides = [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows]
    assert sides == [("best", "tied"), ("best", "too")]
    assert rows[1]["chosen_author"] == "a"
    assert rows[1]["rejected_author"] == "c"
    assert {row["ranking_id"] for row in rows} == {7}
    assert all(row["prompt"] == LABEL.messages and row["none_acceptable"] for row in rows)
