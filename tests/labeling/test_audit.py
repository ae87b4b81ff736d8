"""Who did what: a row for each change, in its transaction, never changed, one chain."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from exports.actions.freeze import start_freeze
from labeling.actions.audit import first_broken, record
from labeling.models import AuditEvent, Invitation
from tests.labeling.conftest import claim, signed_in, submit
from tests.labeling.files import bring_in, lines, row

PROJECT = "/api/projects/poems"
JSON = "application/json"


def actions() -> list[tuple[str, str]]:
    """What happened after the people were there, and by whom."""
    events = AuditEvent.objects.exclude(action="project.created").select_related("actor")
    return [(each.action, each.actor.name if each.actor else "") for each in events.order_by("pk")]


def test_accepting_all_is_one_event(cast: SimpleNamespace, tasks: Any) -> None:
    tasks("demonstrate", 2)
    noor, rosa = signed_in(cast.noor), signed_in(cast.rosa)
    for _ in range(2):
        submit(noor, claim(noor))
    for accepted in (2, 0):
        answer = rosa.post(f"{PROJECT}/labels/accept-all", {}, JSON)
        assert answer.json() == {"accepted": accepted}
    assert actions() == [("label.reviewed", "rosa")]


def test_what_people_change_is_recorded(
    cast: SimpleNamespace, tasks: Any, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    mary, rosa, noor = (signed_in(each) for each in (cast.mary, cast.rosa, cast.noor))
    mary.patch(PROJECT, {"gold_share": 0.1, "guidelines": "Be kind."}, JSON)
    mary.post(f"{PROJECT}/form", {"form": {"ranking": {"ties": False}}}, JSON)
    mary.patch(f"{PROJECT}/members/{cast.noor.pk}/limits", {"labels_per_day": 9}, JSON)
    mary.post(f"{PROJECT}/members", {"email": "a@b.org", "name": "A", "role": "labeler"}, JSON)
    mary.delete(f"{PROJECT}/members/{cast.kenji.pk}/labeler")
    bring_in(mary, lines(row("Why?")))
    tasks("demonstrate")
    label = submit(noor, claim(noor)).json()["label"]["id"]
    rosa.post(f"/api/labels/{label}/review", {"verdict": "accept"}, JSON)
    start_freeze(project=cast.project, kind="sft", by=cast.edsger)
    assert actions() == [
        ("project.changed", "mary"),
        ("guidelines.published", "mary"),
        ("form.published", "mary"),
        ("member.limited", "mary"),
        ("member.invited", "mary"),
        ("member.removed", "mary"),
        ("import.started", "mary"),
        ("import.published", "mary"),
        ("label.reviewed", "rosa"),
        ("dataset.frozen", "edsger"),
    ]
    changed = AuditEvent.objects.get(action="project.changed")
    assert (changed.before, changed.after) == ({"gold_share": 0.0}, {"gold_share": 0.1})
    assert first_broken() is None


def test_what_is_rolled_back_was_never_done(cast: SimpleNamespace) -> None:
    before = AuditEvent.objects.count()
    with transaction.atomic():
        record(by=cast.mary, action="project.changed", project=cast.project)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == before


def test_the_database_refuses_to_change_an_event(cast: SimpleNamespace) -> None:
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        AuditEvent.objects.update(action="nothing.happened")


def without_trigger(statement: str) -> None:
    table = "labeling_auditevent"
    drop = {
        "sqlite": "DROP TRIGGER audit_never_changes",
        "postgresql": f"DROP TRIGGER audit_never_changes ON {table}",
    }
    with connection.cursor() as cursor:
        cursor.execute(drop[connection.vendor])
        cursor.execute(statement.format(table=table))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET action = 'nothing' WHERE id = (SELECT MIN(id) + 1 FROM {table})",
        "DELETE FROM {table} WHERE id = (SELECT MIN(id) FROM {table})",
        "DELETE FROM {table} WHERE id = (SELECT MIN(id) + 1 FROM {table})",
    ],
)
def test_tampering_is_found(cast: SimpleNamespace, statement: str) -> None:
    for number in range(3):
        record(by=cast.mary, action="test", project=cast.project, after={"n": number})
    assert first_broken() is None
    without_trigger(statement)
    assert first_broken() is not None


def test_what_is_about_somebody_tells_their_name(cast: SimpleNamespace) -> None:
    mary = signed_in(cast.mary)
    mary.patch(f"{PROJECT}/members/{cast.noor.pk}/limits", {"labels_per_day": 9}, JSON)
    limited, created = mary.get(f"{PROJECT}/audit").json()["results"]
    assert limited["about"] == f"person:{cast.noor.pk}"
    assert limited["name"] == "noor"
    assert created["name"] is None


def test_an_invitation_is_followed_to_its_end(cast: SimpleNamespace, client: Client) -> None:
    mary = signed_in(cast.mary)
    for name in ("Gast", "Gunda"):
        who = {"email": f"{name}@example.org", "name": name, "role": "labeler"}
        link = mary.post(f"{PROJECT}/members", who, JSON).json()["sign_in"]
    mary.delete(f"/api/invitations/{Invitation.objects.get(name='Gast').pk}")
    secret = link.rpartition("/")[2]
    password = {"name": "Gunda", "password": "a long and rare phrase"}
    assert client.post(f"/api/join/{secret}", password, JSON).status_code == 200
    told = mary.get(f"{PROJECT}/audit").json()["results"][:4]
    assert [(each["action"], each["actor"]["name"], each["name"]) for each in told] == [
        ("invitation.accepted", "Gunda", "Gunda"),
        ("invitation.revoked", "mary", "Gast"),
        ("member.invited", "mary", "Gunda"),
        ("member.invited", "mary", "Gast"),
    ]


def test_managers_read_their_project_and_admins_all(cast: SimpleNamespace) -> None:
    mine = signed_in(cast.mary).get(f"{PROJECT}/audit").json()["results"]
    assert [(each["action"], each["actor"]["name"]) for each in mine] == [
        ("project.created", "mary")
    ]
    everything = signed_in(cast.ada).get("/api/audit?check=1").json()
    assert len(everything["results"]) == 2
    assert everything["broken"] is None
