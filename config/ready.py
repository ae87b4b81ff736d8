"""What a started installation tells people and programs: the ready line and `ready.json`."""

import json
import os
import shlex
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from config.environment import installation_secret, write_private
from config.sample import ENGINEER, address_of, sample_people
from exports.models import DatasetVersion
from labeling.kinds import JobState
from labeling.models import ApiToken, Person, Project, SignInLink
from models_runner.models import Checkpoint

FILE = settings.DATA / "ready.json"
WHICH = ("TOUCHSTONE_DATA", "TOUCHSTONE_PORT", "TOUCHSTONE_URL")
"""Settings that another terminal needs as well, to speak of this installation."""


def sign_in_address(person: Person) -> str:
    """A new address that signs this person in once."""
    return f"{settings.PUBLIC_URL}/sign-in/{SignInLink.issue(person)}"


def make_ready() -> dict[str, Any]:
    """Write `ready.json` anew and return what it holds. Sign-in links that were told before and
    never used stop working; the token stays the same from start to start."""
    people = sample_people()
    SignInLink.objects.filter(person__in=[each for each, _ in people], used_at=None).delete()
    told = {
        "url": settings.PUBLIC_URL,
        "hub": f"{settings.PUBLIC_URL}/hub",
        "people": [
            {"name": person.name, "role": role, "sign_in": sign_in_address(person)}
            for person, role in people
        ],
        "token": _token(),
        "projects": list(Project.objects.order_by("slug").values_list("slug", flat=True)),
        "datasets": _names(DatasetVersion.objects.filter(state=JobState.DONE)),
        "checkpoints": _names(Checkpoint.objects.all()),
    }
    write_private(FILE, json.dumps(told, indent=1) + "\n")
    return told


def _token() -> str | None:
    engineer = Person.objects.filter(email=address_of(ENGINEER)).first()
    if engineer is None:
        return None
    secret = f"tst_{installation_secret(settings.DATA, 'sample_token')}"
    ApiToken.objects.filter(name="ready.json").exclude(person=engineer).delete()
    return ApiToken.issue(engineer, "ready.json", secret=secret)


def _names(versions: QuerySet[Any]) -> list[str]:
    return sorted({version.repository for version in versions.select_related("project")})


def lines(told: dict[str, Any]) -> list[str]:
    """What is printed: the ready line, then who may sign in where."""
    people = told["people"]
    width = max((len(f"{each['name']} ({each['role']})") for each in people), default=0)
    shown = [f"Touchstone is ready: {told['url']}"]
    if people:
        shown += ["", "Sign in as (each link works once):"]
        for each in people:
            who = f"{each['name']} ({each['role']})"
            shown.append(f"  {who:<{width}}  {each['sign_in']}")
        shown.append(f"A new link for anyone: {_command('sign_in_link ADDRESS')}")
    elif not Person.objects.exists():
        shown += ["", "Nobody can sign in yet. The first admin, with a link that works once:"]
        shown.append(f"  {_command('create_admin ADDRESS NAME')}")
    shown += ["", "Ctrl-C stops everything."]
    return shown


def _command(words: str) -> str:
    """As it is typed in another terminal."""
    given = {name: os.environ[name] for name in WHICH if os.environ.get(name)}
    told = [f"{name}={shlex.quote(value)}" for name, value in given.items()]
    return " ".join([*told, ".venv/bin/python manage.py", words])
