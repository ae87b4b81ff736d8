"""What other tools write, and what becomes of it: CSV, Parquet, TRL rows, votes of an arena."""

import gzip
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from labeling.actions.imports import import_prompts
from labeling.actions.jobs import run_job
from labeling.kinds import HUMAN, LabelState, SlotState
from labeling.models import Label, Person, Placement, Prompt, PromptImport, Response, Slot, Task
from tests.labeling.conftest import signed_in
from tests.labeling.files import bring_in, lines, row, table, upload

USER = {"role": "user", "content": "Why?"}


def says(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


@pytest.fixture
def mary(cast: SimpleNamespace, settings: Any, tmp_path: Path) -> Client:
    settings.DATA = tmp_path
    return signed_in(cast.mary)


def stored() -> dict[str, list[tuple[str, str]]]:
    """Author and text of every response, by what was asked."""
    found: dict[str, list[tuple[str, str]]] = {}
    for prompt in Prompt.objects.order_by("pk"):
        said = prompt.responses.order_by("author", "content")
        found[prompt.messages[-1]["content"]] = [(each.author, each.content) for each in said]
    return found


def verdicts() -> list[tuple[str, dict[str, int], bool]]:
    """Each ranking: by whom, the rank of every author, whether none was acceptable."""
    return [
        (
            label.labeler.name,
            {each.response.author: each.rank for each in label.placements.order_by("shown")},
            label.none_acceptable,
        )
        for label in Label.objects.order_by("pk").select_related("labeler")
    ]


def test_a_table_with_mapped_columns(mary: Client) -> None:
    body = b'qid;question;gpt-x;notes\n7;"Why; and\nhow?";So.;n\n8;When?;;m\n'
    query = "?map=prompt:question&map=external_id:qid&map=responses:gpt-x"
    looked = upload(mary, body, f"{query}&dry_run=1", "poems.csv").json()
    assert looked["columns"] == ["qid", "question", "gpt-x", "notes"]
    bring_in(mary, body, query, "poems.csv")
    assert stored() == {"Why; and\nhow?": [("import:gpt-x", "So.")], "When?": []}
    assert Prompt.objects.get(external_id="7").metadata == {"notes": "n"}


def test_a_table_says_at_a_look_which_columns_it_has(mary: Client) -> None:
    looked = upload(mary, b"question,answer\nWhy?,So.\n", "?dry_run=1", "poems.csv").json()
    assert looked["columns"] == ["question", "answer"]
    assert looked["problem"]["code"] == "import_columns"


def test_cells_may_hold_lists_as_json(mary: Client) -> None:
    chat = json.dumps([USER, says("So."), {"role": "user", "content": "And?"}]).replace('"', '""')
    said = json.dumps(["Yes", {"model": "m", "content": "No"}]).replace('"', '""')
    bring_in(mary, f'messages,responses\n"{chat}","{said}"\n'.encode(), name="a.csv")
    assert stored() == {"And?": [("import:m", "No"), ("import:unknown", "Yes")]}


def test_parquet(mary: Client) -> None:
    rows: list[dict[str, Any]] = [
        {"messages": [USER], "responses": [{"model": "m", "content": "So."}], "id": 7, "n": 1.5},
        {"messages": [{"role": "user", "content": "When?"}], "responses": None, "id": 8, "n": None},
    ]
    bring_in(mary, table(*rows), name="poems.parquet")
    assert stored() == {"Why?": [("import:m", "So.")], "When?": []}
    assert Prompt.objects.get(external_id="7").metadata == {"n": 1.5}


def test_gzip_is_unpacked(mary: Client) -> None:
    assert bring_in(mary, gzip.compress(lines(row("A?"))), name="poems.jsonl.gz").new == 1


class TestPreferences:
    """Rows as TRL reads them."""

    ROWS = [
        {"prompt": "Why?", "chosen": "Because.", "rejected": "No."},
        {"prompt": [USER], "chosen": [says("So.")], "rejected": [says("Never.")]},
        {"chosen": [USER, says("Thus.")], "rejected": [USER, says("Nay.")], "judge": "kim"},
    ]

    def test_become_responses_and_no_label_when_nobody_chose(self, mary: Client) -> None:
        job = bring_in(mary, lines(*self.ROWS[:2]))
        assert (job.new, job.labels) == (1, 0)
        assert [text for _, text in stored()["Why?"]] == ["Because.", "Never.", "No.", "So."]
        assert not Label.objects.exists()

    def test_become_labels_of_a_named_labeler(self, mary: Client) -> None:
        job = bring_in(mary, lines(*self.ROWS), "?labeler=The+crowd")
        assert (job.new, job.labels) == (1, 3)
        assert sorted(name for name, _, _ in verdicts()) == ["The crowd", "The crowd", "kim"]
        best = Placement.objects.filter(rank=1).values_list("response__content", flat=True)
        assert sorted(best) == ["Because.", "So.", "Thus."]

    def test_must_differ_in_the_last_turn_only(self, mary: Client) -> None:
        other = {"role": "user", "content": "When?"}
        bad = {"chosen": [USER, says("A")], "rejected": [other, says("B")]}
        problem = upload(mary, lines(bad)).json()
        assert problem["detail"] == "Line 1: the two conversations differ before their last turn."


def test_conversations_end_with_a_response_when_asked_for(mary: Client) -> None:
    body = lines({"messages": [USER, says("So.")]})
    bring_in(mary, body, "?last_turn_is_response=1")
    assert stored() == {"Why?": [("import:unknown", "So.")]}
    assert not Label.objects.exists()


def test_and_are_demonstrations_when_it_is_known_whose(mary: Client) -> None:
    body = lines({"messages": [USER, says("So.")]})
    bring_in(mary, body, "?last_turn_is_response=1&labeler=kim")
    label = Label.objects.get()
    assert (label.kind, label.labeler.name, label.state) == ("demonstrate", "kim", "accepted")
    assert label.response is not None
    assert (label.response.author, label.response.content) == (HUMAN, "So.")


class TestSteps:
    """Responses judged step by step, as TRL writes them."""

    @staticmethod
    def solved(*values: Any, **facts: Any) -> dict[str, Any]:
        steps = ["2 + 2 is 4.", "", "So 5 🦄."][: len(values)]
        return {"prompt": "Why?", "completions": steps, "labels": list(values), **facts}

    def test_are_marks_on_the_text(self, mary: Client) -> None:
        rows = [
            self.solved(True, 0, False, labeler="kim", model="gpt-x"),
            self.solved(1, -1, -1, labeler="lee", model="gpt-x"),
        ]
        job = bring_in(mary, lines(*rows))
        assert (job.new, job.labels) == (1, 2)
        assert stored() == {"Why?": [("import:gpt-x", "2 + 2 is 4.\n\nSo 5 🦄.")]}
        kims, lees = Label.objects.order_by("pk")
        assert kims.task_id == lees.task_id
        assert (kims.kind, kims.labeler.name, kims.state) == ("rate", "kim", LabelState.ACCEPTED)
        marks = list(kims.steps.order_by("start").values_list("start", "end", "value"))
        assert marks == [(0, 11, 1), (12, 12, 0), (13, 20, -1)]
        assert list(lees.steps.order_by("start").values_list("value", flat=True)) == [1, -1, -1]

    @pytest.mark.parametrize(
        ("bad", "said"),
        [
            ({"labels": [True]}, "there are 2 completions and 1 labels; a step needs both."),
            ({"labels": [True, 7]}, "the label of step 2 is unknown; use true or false, or 1,"),
            ({"labels": "good"}, "labels must be a list."),
            ({"completions": ["x", 3]}, "completions must be texts."),
        ],
    )
    def test_that_do_not_fit_are_said_to(self, mary: Client, bad: Any, said: str) -> None:
        answer = upload(mary, lines({**self.solved(True, False), **bad}))
        assert answer.status_code == 422
        assert said in json.dumps(answer.json())
        assert not Prompt.objects.exists()


class TestVotes:
    """Pairwise votes with the ids of their labelers, and ties."""

    @staticmethod
    def vote(winner: str, judge: str, **facts: Any) -> dict[str, Any]:
        texts = {"response_a": "A says.", "response_b": "B says."}
        models = {"model_a": "vicuna", "model_b": "alpaca"}
        return {"prompt": "Why?", **texts, **models, "winner": winner, "judge": judge, **facts}

    def test_of_one_pair_by_several_people_are_one_task(self, mary: Client) -> None:
        rows = [
            self.vote("model_a", "j1", turn=1),
            self.vote("model_b", "j2"),
            self.vote("tie", "j3"),
            self.vote("tie (bothbad)", "j4"),
        ]
        job = bring_in(mary, lines(*rows))
        assert (job.new, job.labels) == (1, 4)
        a, b = "import:vicuna", "import:alpaca"
        assert verdicts() == [
            ("j1", {a: 1, b: 2}, False),
            ("j2", {a: 2, b: 1}, False),
            ("j3", {a: 1, b: 1}, False),
            ("j4", {a: 1, b: 1}, True),
        ]
        task = Task.objects.get()
        assert (task.overlap, task.task_responses.count()) == (4, 2)
        assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.DONE}
        assert set(Label.objects.values_list("state", flat=True)) == {LabelState.ACCEPTED}

    def test_swapped_sides_are_the_same_pair(self, mary: Client) -> None:
        swapped = self.vote("model_b", "j2")
        for kind in ("response", "model"):
            a, b = f"{kind}_a", f"{kind}_b"
            swapped[a], swapped[b] = swapped[b], swapped[a]
        bring_in(mary, lines(self.vote("model_a", "j1"), swapped))
        assert Task.objects.count() == 1
        assert {tuple(sorted(ranks.items())) for _, ranks, _ in verdicts()} == {
            (("import:alpaca", 2), ("import:vicuna", 1))
        }

    def test_again_add_nothing_and_more_of_them_join(self, mary: Client) -> None:
        bring_in(mary, lines(self.vote("model_a", "j1")))
        job = bring_in(mary, lines(self.vote("model_b", "j1"), self.vote("model_b", "j2")))
        assert (job.new, job.duplicate, job.labels) == (0, 1, 1)
        assert Task.objects.get().overlap == 2
        assert [name for name, _, _ in verdicts()] == ["j1", "j2"]
        assert Response.objects.count() == 2

    def test_a_worker_that_does_it_twice_adds_nothing(self, mary: Client) -> None:
        job = bring_in(mary, lines(self.vote("model_a", "j1")))
        PromptImport.objects.update(state="queued")
        run_job(PromptImport, job.pk, import_prompts)
        assert Label.objects.count() == 1
        job.refresh_from_db()
        assert (job.new, job.labels) == (1, 1)

    def test_their_labelers_cannot_sign_in_and_belong_to_this_project_alone(
        self, mary: Client, cast: SimpleNamespace
    ) -> None:
        bring_in(mary, lines(self.vote("model_a", "j1")))
        stan = signed_in(cast.stan)
        answer = stan.post(
            "/api/projects/elsewhere/imports",
            lines(self.vote("tie", "j1")),
            "application/x-ndjson",
        )
        run_job(PromptImport, answer.json()["id"], import_prompts)
        people = Person.objects.filter(name="j1")
        assert people.count() == 2
        assert not any(each.is_active or each.has_usable_password() for each in people)
        members = mary.get("/api/projects/poems/members").json()["results"]
        assert "j1" not in {each["person"]["name"] for each in members}

    def test_as_the_arena_releases_them(self, mary: Client) -> None:
        """Conversations on both sides, in Parquet; question ids that repeat."""
        rows = [
            {
                "question_id": "q1",
                "model_a": "vicuna",
                "model_b": "alpaca",
                "winner": winner,
                "judge": f"arena_user_{n}",
                "conversation_a": [USER, says("A says.")],
                "conversation_b": [USER, says("B says.")],
                "turn": 1,
                "language": "English",
            }
            for n, winner in enumerate(["model_a", "tie"])
        ]
        assert bring_in(mary, table(*rows), name="arena.parquet").labels == 2
        assert Prompt.objects.get().metadata["language"] == "English"

    def test_with_a_column_for_each_outcome(self, mary: Client) -> None:
        body = (
            "prompt,response_a,response_b,model_a,model_b,winner_model_a,winner_model_b,winner_tie\n"
            '"[""Why?""]","[""A""]","[""B""]",m1,m2,0,1,0\n'
        )
        bring_in(mary, body.encode(), name="arena.csv")
        assert verdicts() == [("unknown", {"import:m1": 2, "import:m2": 1}, False)]

    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"winner": "maybe"}, "the winner maybe is unknown"),
            ({"model_a": 3}, "the author of model_a must be a short text."),
            ({"judge": ["j1"]}, "the labeler must be a short text."),
            ({"prompt": '["One?", "Two?"]'}, "prompt has 2 turns"),
            (
                {"response_b": "A says.", "model_b": "vicuna"},
                "both responses and their models are the same.",
            ),
        ],
    )
    def test_that_cannot_be_read(self, mary: Client, facts: dict[str, Any], words: str) -> None:
        problem = upload(mary, lines({**self.vote("tie", "j1"), **facts})).json()
        assert problem["detail"].startswith(f"Line 1: {words}")


def test_prompts_keep_the_order_of_the_file(mary: Client) -> None:
    bring_in(mary, lines(*(row(f"{n}?") for n in range(5))))
    assert list(stored()) == [f"{n}?" for n in range(5)]
