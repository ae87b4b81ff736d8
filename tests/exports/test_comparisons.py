"""Pairs as rows, on random rankings and comparisons, against a plain reference."""

from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from exports.formats.registry import FORMATS
from exports.formats.shape import AcceptedLabel, Place
from exports.recipe import complete

rankings = st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abcdefg")), max_size=7)
rules = st.sampled_from(["all", "adjacent", "best_worst"])


def label_of(ranking: list[tuple[int, str]], strength: int | None = None) -> AcceptedLabel:
    """Places come best first, as they are read from the database."""
    ordered = sorted(enumerate(ranking), key=lambda each: (each[1][0], each[0]))
    places = [Place(rank, text, "m", shown, shown) for shown, (rank, text) in ordered]
    return AcceptedLabel(
        id=1,
        task_id=2,
        kind="rank",
        prompt_id="p",
        split="train",
        messages=[{"role": "user", "content": "Why?"}],
        labeler="l",
        guidelines_version=1,
        seconds=None,
        places=tuple(places),
        strength=strength,
        strongest=4,
    )


def reference(
    ranking: list[tuple[int, str]], rule: str, soft: bool
) -> list[tuple[str, str, int, int, float]]:
    """Every two different places that the rule's plain words take, sorted."""
    ranks = sorted({rank for rank, _ in ranking})
    found = []
    for better, worse in permutations(range(len(ranking)), 2):
        (high, text), (low, other) = ranking[better], ranking[worse]
        words = {
            "all": True,
            "adjacent": ranks.index(low) == ranks.index(high) + 1,
            "best_worst": high == ranks[0] and low == ranks[-1],
        }
        if high < low and text != other and words[rule]:
            found.append((text, other, high, low, 1.0))
    for one, two in combinations(range(len(ranking)), 2):
        (rank, text), (same, other) = ranking[one], ranking[two]
        if soft and rank == same and text != other and (rule != "best_worst" or len(ranks) == 1):
            found.append((text, other, rank, rank, 0.5))
    return sorted(found)


@given(rankings, rules, st.sampled_from(["drop", "soft"]))
def test_preference_rows_are_those_of_the_reference(
    ranking: list[tuple[int, str]], rule: str, ties: str
) -> None:
    recipe = complete(["preference"], {"pairs": rule, "ties": ties})
    rows = list(FORMATS["preference"].rows(label_of(ranking), recipe))
    sides = [
        (
            row["chosen"][0]["content"],
            row["rejected"][0]["content"],
            row["chosen_rank"],
            row["rejected_rank"],
            row["target"],
        )
        for row in rows
    ]
    assert sorted(sides) == reference(ranking, rule, ties == "soft")
    assert all(chosen != rejected for chosen, rejected, *_ in sides)
    ranks = [(row["chosen_rank"], row["rejected_rank"]) for row in rows]
    assert [chosen for chosen, _ in ranks] == sorted(chosen for chosen, _ in ranks)


@given(rankings, rules)
def test_margins_by_rank_grow_from_the_best_to_the_worst(
    ranking: list[tuple[int, str]], rule: str
) -> None:
    recipe = complete(["preference"], {"pairs": rule, "ties": "soft", "margins": "rank"})
    ranks = sorted({rank for rank, _ in ranking})
    for row in FORMATS["preference"].rows(label_of(ranking), recipe):
        steps = ranks.index(row["rejected_rank"]) - ranks.index(row["chosen_rank"])
        assert row["margin"] == (steps / (len(ranks) - 1) if steps else 0)


@given(rankings, rules)
def test_weights_of_a_ranking_add_up(ranking: list[tuple[int, str]], rule: str) -> None:
    recipe = complete(["reward"], {"pairs": rule, "weights": "per_ranking"})
    rows = list(FORMATS["reward"].rows(label_of(ranking), recipe))
    assert not rows or abs(sum(row["weight"] for row in rows) - 1) < 1e-9


def test_margins_of_a_comparison_are_those_of_its_strength() -> None:
    def margin(strength: int, **recipe: str) -> float:
        label = label_of([(1, "a"), (2, "b")], strength)
        (row,) = FORMATS["preference"].rows(label, complete(["preference"], recipe))
        return float(row["margin"])

    assert [round(margin(each), 3) for each in (1, 2, 3, 4)] == [0.0, 0.333, 0.667, 1.0]
    assert margin(4, margins="none") == 0.0


def test_only_responses_rated_well_enough_are_chosen() -> None:
    label = label_of([(1, "a"), (2, "b"), (3, "c")])
    rated = [
        Place(place.rank, place.text, "m", ratings={"fit": value})
        for place, value in zip(label.places, (2, 5, 5), strict=True)
    ]
    label = label._replace(places=tuple(rated))
    recipe = complete(["preference"], {"criteria": {"fit": {"min": 4}}})
    rows = list(FORMATS["preference"].rows(label, recipe))
    assert [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows] == [
        ("b", "c")
    ]


def test_good_and_bad_responses() -> None:
    label = label_of([(1, "a"), (2, "b"), (2, "c"), (3, "d")])

    def judged(label: AcceptedLabel, **recipe: str) -> str:
        rows = FORMATS["kto"].rows(label, complete(["kto"], recipe))
        return "".join(f"{row['completion'][0]['content']}{'-+'[row['label']]}" for row in rows)

    assert judged(label) == "a+b-c-d-"
    assert judged(label, desirable="best_worst") == "a+d-"
    none_good = label._replace(none_acceptable=True)
    assert judged(none_good) == "a-b-c-d-"


def test_raw_rankings_keep_ties_and_the_order_shown() -> None:
    label = label_of([(2, "x"), (1, "y"), (2, "z")])
    (row,) = FORMATS["rankings"].rows(label, complete(["rankings"], {}))
    assert [each["content"] for each in row["responses"]] == ["x", "y", "z"]
    assert row["ranking"] == [[1], [0, 2]]
