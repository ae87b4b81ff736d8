"""Near-duplicates, against a plain reference: sets of runs of three words."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from exports import resemblance
from exports.resemblance import SHARE, SHORT, Resembling
from tests.exports.test_round_trip import asked

IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
words = st.sampled_from(["a", "B", "c.", "(d)", "É", "漢字", "x_1", "2", "🙂"])
texts = st.lists(words, max_size=24).map(" ".join)


def words_in(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(rf"[{IDEOGRAPH}]|[^\W{IDEOGRAPH}]+", folded)


def runs_in(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def resemble(new: str, known: str) -> bool:
    mine, theirs = words_in(new), words_in(known)
    runs, others = runs_in(mine), runs_in(theirs)
    alike = bool(runs) and len(runs & others) >= SHARE * len(runs | others)
    none_replaced = set(mine) <= set(theirs) or set(mine) >= set(theirs)
    return alike and (none_replaced or len(theirs) >= SHORT)


@given(st.lists(texts, max_size=5), st.lists(texts, max_size=5), st.data())
def test_exactly_those_of_the_reference(
    known: list[str], new: list[str], data: st.DataObject
) -> None:
    """Random texts seldom resemble each other, so some are made of known ones."""
    for text in known:
        some = text.split()
        changed: bool = data.draw(st.booleans())
        if some and changed:
            some[data.draw(st.integers(0, len(some) - 1))] = data.draw(words)
        new = [*new, " ".join(some)]
    expected = [any(resemble(text, other) for other in known) for text in new]
    assert Resembling([known[:2], known[2:]]).repeated_by(new) == expected


def test_case_spacing_and_punctuation_do_not_count() -> None:
    known = Resembling([["Write a poem about the sea, please!"]])
    assert known.repeated_by(["write  a POEM about -- the sea please", "Write a poem"]) == [
        True,
        False,
    ]


def test_a_replaced_word_makes_a_short_text_another_one() -> None:
    """Wherever it stands; a word more does not, nor one replaced in a longer text."""
    short = "Tell me a short story about a fox and a hat."
    long = f"{short} Let it end well, and let the fox say at least one thing."
    assert Resembling([[short, long]]).repeated_by(
        [
            "Tell me a short story about a fox and a ball.",
            "Give me a short story about a fox and a hat.",
            f"{short} Please!",
            long.replace("hat", "ball"),
        ]
    ) == [False, False, True, True]


def test_real_prompts_are_found_again_and_unlike_each_other() -> None:
    said = ["\n".join(turn["content"] for turn in each.messages) for each in asked()]
    whole = [text for text in said if len(words_in(text)) >= 5]
    assert whole
    assert all(Resembling([said]).repeated_by([f"PLEASE,  {text.upper()}!!" for text in whole]))
    for place, text in enumerate(whole):
        others = whole[:place] + whole[place + 1 :]
        assert Resembling([others]).repeated_by([text]) == [False]


def test_long_texts_are_looked_at_in_slices() -> None:
    long = " ".join(f"word{number}" for number in range(60_000))
    assert len(long) > resemblance.SLICE
    assert Resembling([["short one here", long]]).repeated_by([long, "other words here", ""]) == [
        True,
        False,
        False,
    ]


def test_nothing_resembles_nothing() -> None:
    assert Resembling([]).repeated_by(["some words of a text", ""]) == [False, False]
    assert Resembling([["some words of a text"]]).repeated_by([]) == []
