"""The stage on which the matrix is tried: every person, and one row of everything to reach for."""

import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.conf import settings
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData

from exports.models import DatasetFile, DatasetVersion
from labeling.actions.claim import claim_next
from labeling.actions.people import add_member
from labeling.actions.tasks import open_tasks
from labeling.api.signing_in import PROVED_AT
from labeling.kinds import JobState, LabelState, Role, TaskKind
from labeling.models import ApiToken, Invitation, Passkey, Person, PromptImport, SignInLink
from models_runner.models import (
    Battle,
    Checkpoint,
    CheckpointFile,
    Evaluation,
    GenerationJob,
    Measurement,
    Round,
    TrainingRun,
)
from tests.authorization.matrix import PEOPLE, Row
from tests.factories import make_demonstration, make_member, make_person, make_project, make_prompt

MISSING = 2**40


@dataclass
class Stage:
    """`parameters` fills the addresses: by name, and `<pk>` by what stands before it."""

    clients: dict[str, "Caller"]
    parameters: dict[str, str]

    def address(self, path: str, missing: bool = False) -> str:
        """The address of a row that is there, or of one that is not."""
        found = path
        for name, value in self.parameters.items():
            absent = "no-such-project" if name == "<slug>" else f"{name.split('<')[0]}{MISSING}"
            found = found.replace(name, absent if missing and name in KEYS else value)
        return found

    def body(self, row: Row) -> dict[str, Any] | None:
        """The row's good body, with the keys of rows that are there."""
        return row.body and {name: self._key(value) for name, value in row.body.items()}

    def _key(self, value: Any) -> Any:
        known = self.parameters.get(f"{value[1:-1]}/<pk>") if isinstance(value, str) else None
        return int(known.split("/")[1]) if known else value


KEYS = {"<slug>", "<namespace>"}
"""The parameters that name a row; filled below with those that end in <pk>."""


@dataclass
class Caller:
    """One person's way of calling: their session or their token."""

    session: str = ""
    token: str = ""

    def call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        client = Client(raise_request_exception=False)
        if self.session:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        content = {} if body is None else {"data": body, "content_type": "application/json"}
        if method in {"GET", "HEAD"}:
            content = {}
        return getattr(client, method.lower())(path, headers=headers, **content)


def build_stage() -> Stage:
    manager = make_person("manager")
    project = make_project(manager, name="Poems", review="all")
    project.memberships.exclude(role=Role.MANAGER).delete()
    people = {role.value: make_member(project, role) for role in Role if role != Role.MANAGER}
    people |= {"manager": manager, "peer": make_member(project, Role.LABELER, "peer")}
    people |= {"new": make_person("new"), "admin": make_person("admin")}
    elsewhere = make_project(make_person("other"), name="Elsewhere")
    people["other"] = elsewhere.created_by
    add_member(project=elsewhere, person=people["other"], role=Role.REVIEWER)
    Person.objects.filter(pk=people["admin"].pk).update(is_superuser=True)
    callers = {name: Caller(session=_session(who)) for name, who in people.items()}
    dead = ApiToken.issue(people["engineer"], "dead")
    ApiToken.objects.update(revoked_at=timezone.now())
    callers |= {
        "anon": Caller(),
        "dead": Caller(token=dead),
        "token": Caller(token=ApiToken.issue(people["engineer"], "living")),
        "reader": Caller(token=ApiToken.issue(people["engineer"], "reader", scopes=["read"])),
    }
    assert set(callers) == set(PEOPLE)
    secret = SignInLink.issue(people["labeler"])
    _, invited = Invitation.issue(project, "gast@example.org", "Gast", ["labeler"], manager)
    parameters = {
        **_rows(project, people),
        **_words(project, people),
        "sign-in/<secret>": f"sign-in/{secret}",
        "join/<secret>": f"join/{invited}",
    }
    return Stage(callers, parameters)


def _session(person: Person) -> str:
    client = Client()
    client.force_login(person)
    session = client.session
    session[PROVED_AT] = time.time()
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _words(project: Any, people: dict[str, Person]) -> dict[str, str]:
    """Parameters that are not the key of a row, in whatever address they stand."""
    return {
        "<slug>": project.slug,
        "<person_id>": str(people["peer"].pk),
        "<role>": "labeler",
        "<path>": "card.json",
        "<api|hub|static>": "api",
        "<namespace>": project.slug,
        "<name>": "sft",
        "<revision>": "main",
        "<folder>": "sft",
        "<rest>": "nothing-here",
    }


def any_key() -> bytes:
    """What is stored of a passkey."""
    public = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())  # type: ignore[no-untyped-call]
    return bytes(AttestedCredentialData.create(Aaguid.NONE, b"k" * 16, public))


def _rows(project: Any, people: dict[str, Person]) -> dict[str, str]:
    """One row of everything that an address may name: `collection/<pk>` and its key."""
    prompt, labeler, engineer = make_prompt(project), people["labeler"], people["engineer"]
    label = make_demonstration(prompt, labeler, state=LabelState.SUBMITTED)
    make_prompt(project)
    open_tasks(project=project, kind=TaskKind.DEMONSTRATE)
    held = claim_next(labeler=labeler, slug=project.slug)
    assert held is not None
    version = DatasetVersion.objects.create(
        project=project, name="sft", number=1, kind="sft", as_of=timezone.now(), hash="0" * 64,
        state=JobState.DONE, finished_at=timezone.now(), created_by=engineer,
    )  # fmt: skip
    checkpoint = Checkpoint.objects.create(
        name="tiny", version=1, backend="scripted", folder="tiny/1", digest="0" * 64
    )
    _published(version, project)
    ApiToken.issue(engineer, "living")
    rows = {
        "tokens": ApiToken.objects.latest("pk"),
        "prompts": prompt,
        "labels": label,
        "tasks": label.task,
        "assignments": held.assignment,
        "imports": PromptImport.objects.create(project=project, file_name="a", digest="0" * 64),
        "datasets": version,
        "checkpoints": checkpoint,
        "generation-jobs": GenerationJob.objects.create(
            project=project, checkpoint=checkpoint, samples_per_prompt=1
        ),
        "training-runs": TrainingRun.objects.create(
            project=project, dataset_version=version, base=checkpoint, name="next"
        ),
        "passkeys": Passkey.objects.create(
            person=labeler, name="Phone", key_id="k", data=any_key()
        ),
        "people": people["peer"],
        "invitations": Invitation.issue(project, "a@example.org", "A", ["labeler"], engineer)[0],
        "measurements": Measurement.objects.create(
            project=project, kind="probes", checkpoint=checkpoint
        ),
        "rounds": Round.objects.create(
            project=project,
            number=1,
            method="dpo",
            base=checkpoint,
            baseline=checkpoint,
            policy="random",
            task_kind="rank",
            next_prompts=1,
            samples_per_prompt=2,
            name="a",
            created_by=engineer,
            dataset_version=version,
        ),
        "battles": Battle.objects.create(
            project=project,
            messages=[{"role": "user", "content": "Why?"}],
            first=checkpoint,
            second=Checkpoint.objects.get(name="sft"),
            created_by=engineer,
        ),
        "evaluations": Evaluation.objects.create(
            project=project, baseline=checkpoint, created_by=engineer
        ),
    }
    KEYS.update(f"{name}/<pk>" for name in rows)
    return {f"{name}/<pk>": f"{name}/{row.pk}" for name, row in rows.items()}


def _published(version: DatasetVersion, project: Any) -> None:
    """The same two files in a dataset version and in a checkpoint of the same name."""
    checkpoint = Checkpoint.objects.create(
        project=project, name="sft", version=1, backend="scripted", folder="sft/1", digest="0" * 64
    )
    facts = {"bytes": 2, "sha256": "0" * 64}
    for path in ("card.json", "sft/train.json"):
        for file in (
            DatasetFile.objects.create(version=version, path=path, format="json", **facts),
            CheckpointFile.objects.create(checkpoint=checkpoint, path=path, **facts),
        ):
            file.location.parent.mkdir(parents=True, exist_ok=True)
            file.location.write_text("{}")
