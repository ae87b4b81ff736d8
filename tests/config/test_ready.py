"""What a started installation says in its terminal."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from config.ready import lines
from labeling.models import Person

EMPTY = {"url": "http://127.0.0.1:8000", "people": []}


def test_an_empty_installation_tells_how_its_first_admin_signs_in(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOUCHSTONE_PORT", raising=False)
    monkeypatch.setenv("TOUCHSTONE_DATA", "/srv/first round")
    command = ".venv/bin/python manage.py create_admin ADDRESS NAME"
    assert f"  TOUCHSTONE_DATA='/srv/first round' {command}" in lines(EMPTY)
    call_command("create_admin", "ada@example.org", "Ada", stdout=(said := StringIO()))
    assert Person.objects.get().is_superuser
    assert Client().get(said.getvalue().strip()).headers["Location"] == "/"
    assert not any("create_admin" in line for line in lines(EMPTY))
