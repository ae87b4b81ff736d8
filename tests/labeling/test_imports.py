"""Importing prompts through the HTTP API: atomic, never twice, bad lines named by number."""

import os
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from labeling.actions import imports, prompts
from labeling.actions.imports import import_prompts
from labeling.actions.jobs import reconcile, run_job
from labeling.kinds import JobState, ProjectState
from labeling.models import Project, Prompt, PromptImport, Response
from labeling.prompt_files import reading
from tests.exports.test_freeze_crash import share_no_connection
from tests.labeling.conftest import signed_in
from tests.labeling.files import IMPORTS, PROMPTS, bring_in, lines, row, upload


@pytest.fixture
def mary(cast: SimpleNamespace) -> Client:
    return signed_in(cast.mary)


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_a_file_becomes_prompts_with_responses(mary: Client, cast: SimpleNamespace) -> None:
    job = bring_in(
        mary,
        lines(
            row(external_id="a", responses=[{"content": "Old pond", "model": "gpt-x"}, "Frog"]),
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Why?"},
                ],
                "external_id": "b",
                "topic": "causes",
            },
        ),
    )
    assert (job.state, job.new, job.duplicate) == (JobState.DONE, 2, 0)
    a, b = Prompt.objects.filter(project=cast.project).order_by("external_id")
    assert a.messages == [{"role": "user", "content": "Write a haiku."}]
    assert [message["role"] for message in b.messages] == ["system", "user"]
    assert b.metadata == {"topic": "causes"}
    assert a.created_at == b.created_at == job.published_at, "nobody had them before"
    said = set(Response.objects.filter(prompt=a).values_list("author", "content"))
    assert said == {("import:gpt-x", "Old pond"), ("import:unknown", "Frog")}


def test_equal_responses_of_one_author_are_all_kept(mary: Client) -> None:
    again = {"content": "Yes.", "author": "gpt-x"}
    bring_in(mary, lines(row(external_id="a", responses=[again, again, "Yes."])))
    assert Counter(Response.objects.values_list("author", flat=True)) == {
        "import:gpt-x": 2,
        "import:unknown": 1,
    }


def test_a_dry_run_counts_and_stores_nothing(mary: Client) -> None:
    bring_in(mary, lines(row("Known?", external_id="a")))
    body = lines(row("Known?", external_id="a"), row("New?", external_id="b", responses=["Yes"]))
    answer = upload(mary, body, "?dry_run=1").json()
    assert (answer["rows"], answer["new"], answer["duplicate"]) == (2, 1, 1)
    assert answer["preview"][1] == {
        "line": 2,
        "labeler": None,
        "external_id": "b",
        "messages": [{"role": "user", "content": "New?"}],
        "responses": 1,
    }
    assert Prompt.objects.count() == PromptImport.objects.count() == 1


class TestTwice:
    BODY = lines(*(row(f"{n}?", external_id=f"p{n}", responses=["Yes", "No"]) for n in range(5)))

    def test_the_same_file_is_recognised(self, mary: Client) -> None:
        bring_in(mary, self.BODY)
        answer = upload(mary, self.BODY)
        assert answer.status_code == 200
        body = answer.json()
        assert (body["code"], body["new"], body["duplicate"]) == ("already_imported", 0, 5)
        assert body["detail"].startswith("This file was imported on 20")
        assert PromptImport.objects.count() == 1

    def test_a_file_that_still_waits_is_not_queued_again(self, mary: Client) -> None:
        first, second = upload(mary, self.BODY), upload(mary, self.BODY)
        assert first.status_code == second.status_code == 202
        assert first.json()["id"] == second.json()["id"]

    def test_a_failed_file_can_be_tried_again(self, mary: Client) -> None:
        first = upload(mary, self.BODY).json()["id"]
        PromptImport.objects.update(state=JobState.FAILED)
        assert upload(mary, self.BODY).json()["id"] != first

    def test_the_same_rows_in_another_file_add_nothing(self, mary: Client) -> None:
        bring_in(mary, self.BODY)
        job = bring_in(mary, self.BODY + b"\n\n")
        assert (job.new, job.duplicate) == (0, 5)
        assert (Prompt.objects.count(), Response.objects.count()) == (5, 10)

    def test_new_responses_of_known_prompts_are_added(self, mary: Client) -> None:
        bring_in(mary, self.BODY)
        bring_in(mary, lines(row("0?", external_id="p0", responses=["Yes", "Maybe"])))
        said = Response.objects.filter(prompt__external_id="p0").values_list("content", flat=True)
        assert sorted(said) == ["Maybe", "No", "Yes"]

    def test_a_worker_that_does_it_twice_adds_nothing(self, mary: Client) -> None:
        job = bring_in(mary, self.BODY)
        PromptImport.objects.update(state=JobState.QUEUED)
        run_job(PromptImport, job.pk, import_prompts)
        assert (Prompt.objects.count(), Response.objects.count()) == (5, 10)

    def test_without_ids_the_text_is_the_id(self, mary: Client) -> None:
        bring_in(mary, lines(row("A?"), row("B?")))
        job = bring_in(mary, lines(row("B?"), row("C?")))
        assert (job.new, job.duplicate) == (1, 1)

    def test_rows_without_ids_that_say_the_same_keep_all_responses(self, mary: Client) -> None:
        bring_in(mary, lines(row("A?", responses=["Yes"]), row("A?", responses=["No"])))
        assert Prompt.objects.count() == 1
        assert sorted(Response.objects.values_list("content", flat=True)) == ["No", "Yes"]

    def test_another_project_knows_nothing_of_it(self, mary: Client, cast: SimpleNamespace) -> None:
        bring_in(mary, self.BODY)
        stan = signed_in(cast.stan)
        answer = stan.post("/api/projects/elsewhere/imports", self.BODY, "application/x-ndjson")
        assert answer.status_code == 202


class TestBadFiles:
    def test_all_bad_lines_are_named_by_number(self, mary: Client) -> None:
        body = lines(row("Fine?"), "{broken", row("Fine too?"), {"text": "?"}, "[]")
        answer = upload(mary, body)
        assert answer.status_code == 422
        problem = answer.json()
        assert problem["code"] == "import_line"
        assert problem["detail"] == (
            "Line 2: not valid JSON. 2 more lines are bad. 0 of 5 rows imported."
        )
        assert [each["line"] for each in problem["errors"]] == [2, 4, 5]
        assert not PromptImport.objects.exists()
        assert not Prompt.objects.exists()

    def test_known_ids_with_other_content_are_named(self, mary: Client) -> None:
        bring_in(mary, lines(*(row(f"{n}?", external_id=f"a{n}") for n in range(3))))
        answer = upload(mary, lines(*(row(f"{n}!", external_id=f"a{n}") for n in range(3))))
        assert answer.status_code == 409
        assert answer.json()["code"] == "import_conflict"
        assert answer.json()["detail"].startswith("3 ids exist with other content: a0, a1, a2.")

    def test_too_large_a_file(self, mary: Client, settings: Any, data_folder: Path) -> None:
        settings.IMPORT_MAX_BYTES = 100
        answer = upload(mary, lines(*(row(f"{n}?") for n in range(10))))
        assert (answer.status_code, answer.json()["code"]) == (413, "import_too_large")
        assert list((data_folder / "imports").iterdir()) == []

    def test_too_many_rows(self, mary: Client, settings: Any) -> None:
        settings.IMPORT_MAX_ROWS = 3
        answer = upload(mary, lines(*(row(f"{n}?") for n in range(4))))
        assert (answer.status_code, answer.json()["code"]) == (413, "import_too_large")

    @pytest.mark.parametrize("name", ["../x.jsonl", "a/b", "a\\b", "x" * 256, ""])
    def test_bad_file_names(self, mary: Client, name: str) -> None:
        answer = upload(mary, lines(row()), name=name)
        assert (answer.status_code, answer.json()["code"]) == (400, "filename_invalid")


class TestAllOrNothing:
    def test_a_failure_half_way_stores_nothing(
        self, mary: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("the connection was lost")

        job = upload(mary, lines(row("A?", responses=["Yes"]))).json()["id"]
        with monkeypatch.context() as broken:
            broken.setattr(imports, "_publish", fail)
            run_job(PromptImport, job, import_prompts)
        assert mary.get(PROMPTS).json()["results"] == []
        run_job(PromptImport, job, import_prompts)
        assert (Prompt.objects.count(), Response.objects.count()) == (1, 1)

    def test_a_conflict_that_came_meanwhile_fails_in_words(
        self, mary: Client, cast: SimpleNamespace
    ) -> None:
        job = upload(mary, lines(row("A?", external_id="a"), row("B?", external_id="b"))).json()
        bring_in(mary, lines(row("Other?", external_id="b")))
        run_job(PromptImport, job["id"], import_prompts)
        assert Prompt.objects.count() == 1
        shown = mary.get(f"/api/imports/{job['id']}").json()
        assert shown["state"] == "failed"
        assert shown["error"]["code"] == "import_conflict"

    def test_a_file_that_is_gone_is_said_in_words(self, mary: Client, data_folder: Path) -> None:
        job = upload(mary, lines(row())).json()["id"]
        for file in (data_folder / "imports").iterdir():
            file.unlink()
        run_job(PromptImport, job, import_prompts)
        shown = mary.get(f"/api/imports/{job}").json()
        assert (shown["state"], shown["attempt"]) == ("failed", 1)
        assert shown["error"]["detail"] == "The uploaded file is gone. Upload it again."


def test_the_list_says_why_an_import_waits(mary: Client) -> None:
    upload(mary, lines(row()))
    shown = mary.get(IMPORTS).json()["results"][0]
    assert shown["waiting"].startswith("queued: no worker is running; start one with")


def test_what_a_killed_upload_left_is_swept_and_what_goes_on_stays(
    mary: Client, data_folder: Path
) -> None:
    for name, hours in (("left", 2), ("goes-on", 0)):
        file = data_folder / "imports" / name / "upload"
        file.parent.mkdir(parents=True)
        file.write_text("half")
        then = timezone.now().timestamp() - hours * 3600
        for each in (file, file.parent):
            os.utime(each, (then, then))
    assert bring_in(mary, lines(row())).state == JobState.DONE
    left = [each.name for each in (data_folder / "imports").iterdir() if each.is_dir()]
    assert left == ["goes-on"]


def killed_after(batches: int) -> None:
    """Import in a process of its own that dies by SIGKILL in the middle."""
    real = prompts.store_prompts
    left = [batches]

    def store(**facts: Any) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        real(**facts)

    with mock.patch("labeling.actions.imports.store_prompts", store):
        run_job(PromptImport, PromptImport.objects.get().pk, import_prompts)


@pytest.mark.django_db(transaction=True)
def test_kill_9_half_way_and_again_gives_every_row_once(
    mary: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 50)
    rows = [row(f"{n}?", external_id=f"p{n}", responses=["a", "b", "c", "d"]) for n in range(500)]
    upload(mary, lines(*rows))
    share_no_connection()
    child = os.fork()
    if child == 0:
        killed_after(batches=6)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    job = PromptImport.objects.get()
    assert (job.state, job.progress_done) == (JobState.RUNNING, 250)
    assert mary.get(PROMPTS).json()["results"] == []
    assert mary.get("/api/projects/poems").json()["counts"]["responses"] == 0
    PromptImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    reconcile()
    run_job(PromptImport, job.pk, import_prompts)
    job.refresh_from_db()
    assert (job.state, job.new, job.duplicate) == (JobState.DONE, 500, 0)
    assert (Prompt.objects.count(), Response.objects.count()) == (500, 2000)
    assert not Project.objects.filter(state=ProjectState.ARRIVING).exists()


def test_a_failed_import_leaves_nothing_behind(mary: Client, data_folder: Path) -> None:
    body = lines(*(row(f"{n}?") for n in range(3)))
    job = upload(mary, body).json()["id"]
    file = next((data_folder / "imports").iterdir())
    file.write_bytes(body + b"\n{broken")
    run_job(PromptImport, job, import_prompts)
    assert mary.get(f"/api/imports/{job}").json()["state"] == "failed"
    assert not Prompt.objects.exists()
    assert not Project.objects.filter(state=ProjectState.ARRIVING).exists()
