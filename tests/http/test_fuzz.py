"""Requests made up from the API's own schema, by people of every role: nothing breaks, and nothing
answers otherwise than the schema says.

TOUCHSTONE_FUZZ_EXAMPLES is how many requests each operation gets; some hundreds make a long run.
"""

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, seed, settings
from pytest_django import Settings

from config.wsgi import application
from labeling.actions import jobs
from tests.authorization.matrix import PEOPLE
from tests.authorization.stage import Stage, build_stage
from tests.late import Late

schemathesis = Late("schemathesis")
EXAMPLES = int(os.environ.get("TOUCHSTONE_FUZZ_EXAMPLES", "3"))
SEED = int(os.environ.get("TOUCHSTONE_FUZZ_SEED", "1"))
CSRF = "a" * 32
few = settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def stage(db: None, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Stage:
    monkeypatch.setattr(jobs, "_hint", lambda model, pk: None)
    settings.STORE = tmp_path
    return build_stage()


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As Django's own test client does: requests leave the connection of the test open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def headers_of(stage: Stage, who: str) -> dict[str, str]:
    caller = stage.clients[who]
    cookies = f"csrftoken={CSRF}" + (f"; sessionid={caller.session}" if caller.session else "")
    found = {"Cookie": cookies, "X-CSRFToken": CSRF, "Host": "localhost"}
    return {**found, "Authorization": f"Bearer {caller.token}"} if caller.token else found


def fill(stage: Stage, case: Any) -> None:
    """Every other request is about rows that are there."""
    written = re.sub(r"{(\w+)}", r"<\1>", case.operation.full_path)
    for name in case.path_parameters:
        before = re.search(rf"([\w-]+)/<{name}>", written)
        known = before and stage.parameters.get(f"{before[1]}/<{name}>")
        value = known.split("/")[1] if known else stage.parameters.get(f"<{name}>")
        if value:
            case.path_parameters[name] = value


def try_operation(stage: Stage, operation: Any, people: Iterator[str]) -> Iterator[str]:
    """The requests that broke something, as commands."""
    documented = set(operation.definition.raw["responses"])
    filled = itertools.cycle([True, True, False])
    wrong: list[str] = []

    @seed(SEED)
    @few
    @given(case=operation.as_strategy())
    def attempt(case: Any) -> None:
        who = next(people)
        if next(filled) and case.path_parameters:
            fill(stage, case)
        with transaction.atomic():
            status = case.call(headers=headers_of(stage, who)).status_code
            transaction.set_rollback(True)
        if status >= 500 or str(status) not in documented:
            wrong.append(f"{status} for {who}: {case.as_curl_command()[:600]}")

    attempt()
    yield from wrong


@pytest.mark.long
def test_the_api_keeps_to_its_schema(stage: Stage) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]
    people = itertools.cycle(PEOPLE)
    wrong = [line for each in operations for line in try_operation(stage, each, people)]
    assert len(operations) > 60
    assert not wrong, "\n".join(wrong)
