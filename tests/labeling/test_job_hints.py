"""When a message is sent for a job row, and what happens when nobody can be told."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from labeling.actions import jobs
from labeling.actions.jobs import HINT_AGAIN_AFTER, job_models, reconcile
from labeling.models import PromptImport

Sent = list[tuple[str, Any, str]]
HINT = jobs._hint
"""The real one, which the other tests of this folder replace."""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    messages: Sent = []

    def send(name: str, args: Any, queue: str) -> None:
        messages.append((name, args, queue))

    monkeypatch.setattr(current_app, "send_task", send)
    monkeypatch.setattr(jobs, "_hint", HINT)
    return messages


@pytest.fixture
def job(cast: SimpleNamespace) -> PromptImport:
    return PromptImport.objects.create(
        project=cast.project, file_name="a.jsonl", digest="0" * 64, path="/nowhere"
    )


def test_a_hint_holds_the_row_id_and_nothing_else(job: PromptImport, sent: Sent) -> None:
    reconcile()
    assert sent == [("labeling.promptimport", [job.pk], "default")]


def test_a_hint_is_sent_when_the_row_is_committed(
    job: PromptImport, sent: Sent, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue(job)
        assert sent == []
    assert len(sent) == 1


def test_a_waiting_row_is_not_hinted_again_at_once(job: PromptImport, sent: Sent) -> None:
    reconcile()
    reconcile()
    assert len(sent) == 1


def test_a_row_that_waits_long_is_hinted_again(job: PromptImport, sent: Sent) -> None:
    reconcile()
    PromptImport.objects.update(hinted_at=timezone.now() - HINT_AGAIN_AFTER - timedelta(seconds=1))
    reconcile()
    assert len(sent) == 2


def test_a_broker_that_is_down_delays_and_loses_nothing(
    job: PromptImport, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise BrokerDown("nobody there")

    with monkeypatch.context() as broken:
        broken.setattr(current_app, "send_task", refuse)
        reconcile()
    PromptImport.objects.update(hinted_at=timezone.now() - timedelta(minutes=1))
    reconcile()
    assert len(sent) == 1


def test_every_kind_of_job_has_a_function_that_takes_its_hint() -> None:
    current_app.loader.import_default_modules()
    assert {jobs.task_name(model) for model in job_models()} <= set(current_app.tasks)
