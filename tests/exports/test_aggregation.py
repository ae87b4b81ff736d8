"""Several rankings of one task made into one."""

import pytest

from exports.aggregation import aggregated, agreement_of
from exports.formats.shape import AcceptedLabel, Place


def ranking(number: int, *ranks: int) -> AcceptedLabel:
    """A label that ranks responses 0, 1, … in this order."""
    places = sorted(
        (
            Place(rank, f"r{response}", "m", response, response)
            for response, rank in enumerate(ranks)
        ),
        key=lambda place: (place.rank or 0, place.shown),
    )
    return AcceptedLabel(
        id=number,
        task_id=1,
        kind="rank",
        prompt_id="p",
        split="train",
        messages=[],
        labeler=f"l{number}",
        guidelines_version=1,
        seconds=1.0,
        places=tuple(places),
    )


def ranks_of(label: AcceptedLabel) -> list[float | None]:
    return [place.rank for place in sorted(label.places, key=lambda place: place.response_id)]


THREE = [ranking(1, 1, 2, 3), ranking(2, 2, 1, 3), ranking(3, 2, 1, 3)]


def test_each_and_first() -> None:
    assert aggregated(THREE, "each") == THREE
    assert [label.id for label in aggregated(THREE, "first")] == [1]


def test_the_commonest_ranking() -> None:
    (label,) = aggregated(THREE, "mode")
    assert (ranks_of(label), label.labeler, label.seconds) == ([2, 1, 3], "3 labelers", None)
    (tied,) = aggregated([ranking(1, 2, 1), ranking(2, 1, 2)], "mode")
    assert ranks_of(tied) == [2, 1]


def test_mean_ranks() -> None:
    (label,) = aggregated(THREE, "mean_rank")
    assert ranks_of(label) == [2, 1, 3]
    assert [place.text for place in label.places] == ["r1", "r0", "r2"]
    (even,) = aggregated([ranking(1, 1, 2), ranking(2, 2, 1)], "mean_rank")
    assert ranks_of(even) == [1, 1]


def test_tied_responses_share_the_ranks_that_they_cover() -> None:
    """1, 1, 2 counts as 1.5, 1.5, 3: a dense 2 would put the last one too near."""
    (label,) = aggregated([ranking(1, 1, 1, 2), ranking(2, 3, 2, 1)], "mean_rank")
    assert ranks_of(label) == [3, 1, 2]  # means 2.25, 1.75, 2


def test_a_label_alone_keeps_its_labeler() -> None:
    assert aggregated(THREE[:1], "mode") == THREE[:1]
    assert aggregated(THREE[:1], "mean_rank")[0].labeler == "l1"


@pytest.mark.parametrize(
    ("two", "agreement"),
    [((1, 2), 1.0), ((2, 1), 0.0), ((1, 1), 0.5)],
)
def test_agreement_on_a_pair(two: tuple[int, int], agreement: float) -> None:
    assert agreement_of([ranking(1, 1, 2), ranking(2, *two)]) == agreement


def test_agreement_needs_two() -> None:
    assert agreement_of(THREE[:1]) is None
    assert agreement_of(THREE) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
