"""The Hub endpoint for checkpoints: those of a project, and those of the whole installation."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from labeling.kinds import Role
from labeling.models import ApiToken, Person
from models_runner.models import Checkpoint, CheckpointFile
from tests.factories import make_member, make_person, make_project

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def cast(db: None, settings: Settings, tmp_path: Path) -> SimpleNamespace:
    """erin trains in poems and larry labels there; olga owns another project."""
    settings.STORE = tmp_path
    project = make_project(name="Poems")
    return SimpleNamespace(
        project=project,
        erin=make_member(project, Role.ENGINEER, "erin"),
        larry=make_member(project, Role.LABELER, "larry"),
        olga=make_project(make_person("olga"), name="Other").created_by,
    )


def make_checkpoint(name: str, version: int, digit: str, **facts: Any) -> Checkpoint:
    checkpoint = Checkpoint.objects.create(
        name=name,
        version=version,
        backend="transformers",
        folder=f"checkpoints/{name}/{version}",
        digest=digit * 64,
        **facts,
    )
    content = f'{{"version": {version}}}'
    file = CheckpointFile.objects.create(
        checkpoint=checkpoint, path="config.json", bytes=len(content), sha256=digit * 64
    )
    file.location.parent.mkdir(parents=True)
    file.location.write_text(content)
    return checkpoint


def program(person: Person, **facts: Any) -> Client:
    token = ApiToken.issue(person, "test", **facts)
    return Client(headers={"Authorization": f"Bearer {token}"})


def config(client: Client, repository: str, revision: str = "main") -> Any:
    answer = client.get(f"/hub/{repository}/resolve/{revision}/config.json")
    return answer.getvalue().decode() if answer.status_code == 200 else answer.status_code


def test_files_and_facts(cast: SimpleNamespace) -> None:
    make_checkpoint("tiny", 1, "a")
    make_checkpoint("sft", 1, "b", project=cast.project)
    make_checkpoint("sft", 2, "c", project=cast.project)
    client = program(cast.erin)
    assert config(client, "touchstone/tiny") == '{"version": 1}'
    assert config(client, "poems/sft") == '{"version": 2}'
    assert config(client, "poems/sft", "v1") == config(client, "poems/sft", "b" * 40)
    facts = client.get("/hub/api/models/poems/sft/revision/v1").json()
    assert (facts["id"], facts["sha"]) == ("poems/sft", "b" * 40)
    assert facts["siblings"] == [{"rfilename": "config.json"}]
    (entry,) = client.get("/hub/api/models/touchstone/tiny/tree/main").json()
    assert (entry["path"], entry["lfs"]["oid"]) == ("config.json", "a" * 64)


def test_who_may_pull_them(cast: SimpleNamespace) -> None:
    make_checkpoint("tiny", 1, "a")
    make_checkpoint("sft", 1, "b", project=cast.project)
    erin, olga = program(cast.erin), program(cast.olga)
    assert config(olga, "touchstone/tiny") == '{"version": 1}'
    assert config(olga, "poems/sft") == 404
    assert config(erin, "poems/tiny") == config(erin, "touchstone/sft") == 404
    assert config(program(cast.erin, scopes=["read"]), "touchstone/tiny") == 403
    assert config(Client(), "touchstone/tiny") == 401
    labeler = Client()
    labeler.force_login(cast.larry)
    assert config(labeler, "touchstone/tiny") == config(labeler, "poems/sft") == 404
