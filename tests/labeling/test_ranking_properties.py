"""What must hold of every ranking and of every split, whatever people and data bring."""

import hashlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.kinds import Split
from labeling.ranking import groups_of, letters, ranks_of
from labeling.splits import digest_of, group_of, split_of

few = settings(max_examples=60)


@st.composite
def rankings(draw: st.DrawFn) -> list[list[str]]:
    """Groups of up to 26 letters in any order, each letter once."""
    order = draw(st.permutations(letters(draw(st.integers(1, 26)))))
    cuts = draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    groups: list[list[str]] = []
    for letter, begins in zip(order, cuts, strict=True):
        if begins or not groups:
            groups.append([])
        groups[-1].append(letter)
    return groups


@few
@given(rankings())
def test_groups_come_back_from_their_ranks(groups: list[list[str]]) -> None:
    shown = sum(map(len, groups))
    ranks = ranks_of(groups, shown=shown, allow_ties=True)
    assert groups_of(ranks) == [sorted(group) for group in groups]
    assert sorted(set(ranks)) == list(range(1, len(groups) + 1))


@few
@given(rankings())
def test_ranks_come_back_from_their_groups(groups: list[list[str]]) -> None:
    ranks = ranks_of(groups, shown=sum(map(len, groups)), allow_ties=True)
    again = ranks_of(groups_of(ranks), shown=len(ranks), allow_ties=True)
    assert again == ranks


texts = st.text(min_size=1, max_size=40)
salts = st.text(min_size=1, max_size=10)
shares = st.floats(0, 0.9)


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def answered(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


@few
@given(st.lists(texts, max_size=30), salts, shares)
def test_a_group_is_never_in_two_splits(data: list[str], salt: str, share: float) -> None:
    """Nor does it move when data grow: a split follows from the group alone."""
    first: dict[str, Split] = {}
    for text in data:
        for variant in (text, f"  {text}\n", f" {text}\t "):
            group = group_of(said(variant))
            assert group == group_of(said(text))
            assert first.setdefault(group, split_of(group, salt, share)) == split_of(
                group, salt, share
            )


@few
@given(st.text(min_size=1, max_size=20), st.lists(texts, min_size=1, max_size=3))
def test_prompts_of_one_conversation_share_a_group(opening: str, later: list[str]) -> None:
    """Each continues the one before it."""
    first = said(f"{opening} and then some more words that make it long enough")
    turns = [turn for text in later for turn in (answered(text), *said(text))]
    talk = [*first, *turns]
    ends = [end for end, turn in enumerate(talk, 1) if turn["role"] == "user"]
    system = {"role": "system", "content": "Be kind."}
    groups = {group_of(talk[:end]) for end in ends} | {group_of([system, *first])}
    assert len(groups) == 1
    named = {group_of(said(text), {"conversation": "c1"}) for text in later}
    assert len(named) == 1
    assert named != {group_of(said(later[0]), {"conversation": "c2"})}


@few
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3))
def test_a_digest_is_that_of_the_canonical_json(contents: list[str]) -> None:
    """Keys in order, no spaces, nothing escaped that need not be: anybody can compute it."""
    messages = [{"role": "user", "content": content} for content in contents]
    canonical = json.dumps(messages, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest_of(messages) == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_greeting_makes_no_conversation() -> None:
    hello = [*said("Hello."), answered("Hello.")]
    assert group_of([*hello, *said("Who wrote Ulysses?")]) != group_of([*hello, *said("Sing.")])


@few
@given(texts, salts, shares, shares)
def test_a_greater_share_takes_nothing_out_of_the_test_split(
    text: str, salt: str, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    group = group_of(said(text))
    if split_of(group, salt, less) == Split.TEST:
        assert split_of(group, salt, more) == Split.TEST


@few
@given(salts, st.floats(0.05, 0.5))
def test_about_the_share_is_held_out(salt: str, share: float) -> None:
    drawn = [split_of(str(number), salt, share) for number in range(2000)]
    held_out = drawn.count(Split.TEST) / len(drawn)
    assert abs(held_out - share) < 6 * (share * (1 - share) / len(drawn)) ** 0.5
