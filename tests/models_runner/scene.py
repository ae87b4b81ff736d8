"""The cast and the stage of the tests of this app: people, a project, prompts, checkpoints."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from labeling.actions.people import add_member
from labeling.actions.projects import create_project
from labeling.actions.prompts import add_prompts
from labeling.kinds import JobState, Role
from labeling.models import Person, Project, Prompt
from labeling.prompt_files.parsed import ParsedPrompt
from models_runner.actions.checkpoints import register_checkpoint
from models_runner.models import Checkpoint, GenerationJob, TrainingRun


def person(name: str) -> Person:
    return Person.objects.create_person(email=f"{name}@example.org", name=name)


@dataclass
class Scene:
    """olga owns the project, mary manages, erik is engineer, lena labels, sven is a stranger."""

    project: Project
    olga: Person
    mary: Person
    erik: Person
    lena: Person
    sven: Person

    @property
    def prompts(self) -> list[Prompt]:
        return list(Prompt.objects.filter(project=self.project).order_by("pk"))


def build_scene(prompts: int = 6, test_share: float = 0.0) -> Scene:
    olga, mary, erik, lena, sven = map(person, ("olga", "mary", "erik", "lena", "sven"))
    project = create_project(name="Sums", creator=olga, test_share=test_share)
    add_member(project=project, person=mary, role=Role.MANAGER)
    add_member(project=project, person=erik, role=Role.ENGINEER)
    add_member(project=project, person=lena, role=Role.LABELER)
    create_project(name="Elsewhere", creator=sven)
    add_prompts(project=project, rows=[sum_prompt(number) for number in range(prompts)])
    return Scene(project, olga, mary, erik, lena, sven)


def sum_prompt(number: int) -> ParsedPrompt:
    text = f"What is {number // 9 + 1} plus {number % 9 + 1}?"
    return ParsedPrompt(number, f"sum-{number}", [{"role": "user", "content": text}])


def scripted(name: str = "parrot", project: Project | None = None) -> Checkpoint:
    """A checkpoint that answers by rule, without a model."""
    folder = Path(tempfile.mkdtemp(dir=settings.DATA))
    (folder / "about.json").write_text(json.dumps({"name": name}))
    return register_checkpoint(folder=folder, name=name, project=project, backend="scripted")


def expire(job: GenerationJob | TrainingRun) -> None:
    """Let the lease of a job end, as if its worker had died a while ago."""
    type(job)._default_manager.filter(pk=job.pk, state=JobState.RUNNING).update(
        lease_until="2020-01-01T00:00:00Z"
    )


def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hints go nowhere, at once."""
    monkeypatch.setattr("labeling.actions.jobs.current_app.send_task", lambda *_, **__: None)
