"""What keeps the train split of a version apart from what models are tested on."""

from types import SimpleNamespace

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from exports.actions.freeze import start_freeze
from exports.models import DatasetVersion
from labeling.actions.adjudication import adjudicate
from labeling.kinds import JobState, Split
from labeling.models import Label, Placement, Prompt
from tests.exports.conftest import Frozen, work
from tests.exports.test_freeze import rows_of
from tests.exports.test_resemblance import resemble
from tests.factories import make_demonstration, make_project, make_prompt, make_ranking

pytestmark = [pytest.mark.database, pytest.mark.django_db]
POEM = "Write a short poem about the sea in winter"
words = st.sampled_from(["a", "b", "c", "d"])
prompts = st.tuples(st.sampled_from(Split.values), st.lists(words, min_size=3, max_size=8))


def said_by(version: DatasetVersion, split: str) -> set[str]:
    return {row["messages"][0]["content"] for row in rows_of(version, split)}


@hypothesis.settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(prompts, min_size=1, max_size=8))
def test_no_train_prompt_resembles_a_test_prompt(
    cast: SimpleNamespace, given_prompts: list[tuple[str, list[str]]]
) -> None:
    project = make_project(cast.alice)
    for split, some in given_prompts:
        make_demonstration(make_prompt(project, " ".join(some), split=split), cast.larry)
    version = work(start_freeze(project=project, kind="sft", by=cast.alice))
    test = {" ".join(some) for split, some in given_prompts if split == Split.TEST}
    train = {" ".join(some) for split, some in given_prompts if split == Split.TRAIN}
    kept = {text for text in train if not any(resemble(text, other) for other in test)}
    if kept or test:
        assert said_by(version, "train") == kept
        assert said_by(version, "test") == test
    else:
        assert version.state == JobState.FAILED


def test_what_is_left_out_is_told(cast: SimpleNamespace, frozen: Frozen) -> None:
    """Also when nobody labeled the test prompt; and a later one changes no earlier version."""
    make_demonstration(make_prompt(cast.project, f"{POEM}!"), cast.larry)
    make_demonstration(make_prompt(cast.project, "Something else entirely, please."), cast.larry)
    before = frozen("sft")
    make_prompt(cast.project, POEM, split=Split.TEST)
    assert before.rows["train"] == 2
    assert frozen("sft", as_of=before.as_of).hash == before.hash
    version = frozen("sft")
    assert (version.rows["train"], version.manifest["near_duplicates"]) == (1, 1)
    assert b"1 labels are left out" in version.files.get(path="README.md").location.read_bytes()
    assert frozen("sft", recipe={"near_duplicates": "keep"}).rows["train"] == 2


def test_a_system_message_makes_no_prompts_alike(cast: SimpleNamespace, frozen: Frozen) -> None:
    system = {"role": "system", "content": "You answer in one short sentence and are always kind."}
    for split, text in (("test", "Who wrote Ulysses, and when?"), ("train", "Why is it dark?")):
        prompt = make_prompt(cast.project, text, split=split)
        messages = [system, *prompt.messages]
        Prompt.objects.filter(pk=prompt.pk).update(messages=messages)
        make_demonstration(prompt, cast.larry)
    assert frozen("sft").rows == {"train": 1, "test": 1}


@pytest.fixture
def disputed(cast: SimpleNamespace) -> list[Label]:
    """larry and lucy rank the two responses of one task in opposite ways."""
    prompt = make_prompt(cast.project)
    first = make_ranking(prompt, cast.larry, [1, 2], ["a", "b"])
    second = make_ranking(prompt, cast.lucy, [2, 1], ["x", "y"])
    for shown, place in enumerate(first.placements.order_by("shown")):
        Placement.objects.filter(label=second, shown=shown).update(response=place.response_id)
    Label.objects.filter(pk=second.pk).update(task=first.task_id)
    return [first, second]


def test_no_chunk_cuts_a_task(
    cast: SimpleNamespace, frozen: Frozen, disputed: list[Label], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one that ends in the middle of it, nor one that is smaller than it."""
    make_ranking(make_prompt(cast.project), cast.larry, [1, 2])
    whole = frozen("preference")
    assert whole.manifest["shared_tasks"] == 1
    for size in (1, 2, 3):
        monkeypatch.setattr("exports.reading.CHUNK", size)
        assert frozen("preference", as_of=whole.as_of).hash == whole.hash


def test_a_decision_stands_for_its_task(
    cast: SimpleNamespace, frozen: Frozen, disputed: list[Label]
) -> None:
    larrys, lucys = disputed

    def decide(label: Label) -> None:
        adjudicate(by=cast.ron, task_id=larrys.task_id, label_id=label.pk)

    def chosen(version: DatasetVersion) -> list[str]:
        return [row["chosen"][0]["content"] for row in rows_of(version)]

    undecided = frozen("preference")
    assert chosen(undecided) == ["a", "b"]
    assert frozen("preference", recipe={"min_agreement": 0.9}).state == JobState.FAILED
    decide(lucys)
    once = frozen("preference")
    assert chosen(once) == ["b"]
    assert chosen(frozen("preference", recipe={"min_agreement": 0.9})) == ["b"]
    assert chosen(frozen("preference", recipe={"adjudicated": "ignore"})) == ["a", "b"]
    assert frozen("labels").rows["train"] == 2
    decide(larrys)
    assert chosen(frozen("preference")) == ["a"]
    for before in (undecided, once):
        assert frozen("preference", as_of=before.as_of).hash == before.hash
