"""Marks each test that touches the database, so that it runs once on every database; refuses
tests that no lane would find, and slow imports at the head of a test file; begins with those that
take long, so that none is left over alone."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.lanes import PLACES, ROOT

LATE = ("torch", "transformers", "datasets", "scipy", "schemathesis")
DATABASE_FIXTURES = {"db", "transactional_db"}

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        uses = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or uses & DATABASE_FIXTURES:
            item.add_marker(pytest.mark.database)
        for mark, places in PLACES.items():
            if item.get_closest_marker(mark) and not _lies_in(item.path, places):
                raise pytest.UsageError(f"{item.nodeid} is marked {mark} and lies outside {places}")
    early = sorted(set(LATE) & set(sys.modules))
    if early:
        raise pytest.UsageError(f"Reading the tests loaded {', '.join(early)}: see tests/late.py")
    items.sort(key=_begins_later)


def _begins_later(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(mark) for mark in ("slow", "long"))


def _lies_in(file: Path, places: tuple[str, ...]) -> bool:
    return any(file.is_relative_to(ROOT / place) for place in places)
