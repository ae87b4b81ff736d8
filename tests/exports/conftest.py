"""A store of its own for each test, no messages sent, and the people around one project."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_django import Settings

from exports.actions import settle
from exports.actions.freeze import freeze, start_freeze
from exports.models import DatasetVersion
from labeling.actions import jobs
from labeling.actions.jobs import run_job
from labeling.kinds import Role
from tests.factories import make_member, make_person, make_project

Frozen = Callable[..., DatasetVersion]


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.STORE = tmp_path / "store"
    monkeypatch.setattr(jobs, "_hint", lambda model, pk: None)
    monkeypatch.setattr(settle, "CLOCKS_AGREE_WITHIN", timedelta(0))
    return tmp_path / "store"


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """alice owns the project, erin is its engineer, larry and lucy label in it, ron reviews,
    charlie is a stranger with a project of his own."""
    alice = make_person("alice")
    project = make_project(alice, name="Poems")
    return SimpleNamespace(
        project=project,
        alice=alice,
        erin=make_member(project, Role.ENGINEER, "erin"),
        larry=make_member(project, Role.LABELER, "larry"),
        lucy=make_member(project, Role.LABELER, "lucy"),
        ron=make_member(project, Role.REVIEWER, "ron"),
        charlie=make_project(make_person("charlie"), name="Other").created_by,
    )


@pytest.fixture
def frozen(cast: SimpleNamespace) -> Frozen:
    """Starts a freeze and does its work: frozen("sft", recipe={...})."""

    def run(kind: str, **facts: Any) -> DatasetVersion:
        version = start_freeze(project=cast.project, kind=kind, by=cast.erin, **facts)
        return work(version)

    return run


def work(version: DatasetVersion) -> DatasetVersion:
    """What a worker does with a version's row; returns the row as it then is."""
    run_job(DatasetVersion, version.pk, freeze)
    return DatasetVersion.objects.select_related("project").get(pk=version.pk)
