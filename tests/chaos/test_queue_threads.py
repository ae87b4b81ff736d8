"""Sixteen labelers at once, through the HTTP API, on the database as it is configured."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from labeling.actions.tasks import open_tasks
from labeling.kinds import Role, TaskKind
from labeling.models import Label, Placement
from tests.factories import make_member, make_project, make_prompt, make_response
from tests.labeling.conftest import claim, signed_in, submit

THREADS, TASKS, OVERLAP = 16, 200, 2


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_sixteen_labelers_give_every_task_two_labels_by_two_people() -> None:
    project = make_project(name="Poems")
    for _ in range(TASKS):
        prompt = make_prompt(project)
        for _ in range(4):
            make_response(prompt)
    open_tasks(project=project, kind=TaskKind.RANK, overlap=OVERLAP)
    people = [make_member(project, Role.LABELER, f"labeler-{n}") for n in range(THREADS)]
    clients = [signed_in(person) for person in people]
    together = threading.Barrier(THREADS, timeout=30)
    connection.close()

    def work(client: Client) -> tuple[int, list[int]]:
        together.wait()
        done, errors = 0, []
        try:
            while assignment := claim(client):
                status = submit(client, assignment).status_code
                done += status == 201
                errors += [status] if status != 201 else []
        finally:
            connection.close()
        return done, errors

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(work, clients))

    assert [error for _, errors in outcomes for error in errors] == []
    assert sum(done for done, _ in outcomes) == TASKS * OVERLAP
    labels = list(Label.objects.values_list("task", "labeler"))
    assert len(labels) == len(set(labels)) == TASKS * OVERLAP
    assert set(Counter(task for task, _ in labels).values()) == {OVERLAP}
    assert Placement.objects.count() == TASKS * OVERLAP * 4
