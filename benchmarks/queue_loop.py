"""The figures of `benchmarks.queue` on one database. Run by `benchmarks.queue`, which sets Django
up and names the database, the data folder and the port in the environment."""

import random
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.figure import Figure
from config.children import Children
from config.demo.client import Client
from config.installation import wait_for_web
from config.programs import web
from config.ready import sign_in_address
from labeling.actions.tasks import open_tasks
from labeling.kinds import Role, Split, TaskKind
from labeling.models import Label, Project, Prompt, Response
from labeling.splits import digest_of, group_of
from tests.factories import make_member, make_project, open_many_tasks

LABELERS, LOOPS = 8, 60
FEW, MANY = 10_000, 1_000_000
ROUNDS = 3
PROMPT_WORDS, RESPONSE_WORDS, RESPONSES = 40, 210, 4

Clock = Callable[[], float]


def main() -> None:
    call_command("migrate", verbosity=0)
    prefix = "queue." if connection.vendor == "sqlite" else f"queue.{connection.vendor}_"
    project = make_project(name="Bench")
    ranked = LOOPS * LABELERS * ROUNDS
    add_rankings(project, ranked)
    labelers = [make_member(project, Role.LABELER) for _ in range(LABELERS)]
    open_many_tasks(project, FEW - ranked)
    analyze()
    with web_server() as processes:
        clients = [Client(settings.PUBLIC_URL) for _ in labelers]
        for client, person in zip(clients, labelers, strict=True):
            client.sign_in(partial(sign_in_address, person))
        cpu = partial(cpu_seconds, [*processes, *database_processes()])
        cpu_ms_per_loop(clients, project, cpu)
        few = cpu_ms_per_loop(clients, project, cpu)
        open_many_tasks(project, MANY - FEW)
        analyze()
        many = cpu_ms_per_loop(clients, project, cpu)
    done = Label.objects.filter(project=project).count()
    assert done == ranked, f"{done} labels for {ranked} loops"
    print(Figure(f"{prefix}loop_cpu_ms", few, "ms of CPU per claim and submit", "<= 12").line())
    print(Figure(f"{prefix}loop_growth", many / few, "1M tasks / 10k tasks", "<= 1.2").line())


def add_rankings(project: Project, count: int) -> None:
    """Prompts with responses of the usual length, and a ranking task for each."""
    words = Words(random.Random(1))
    messages = [[{"role": "user", "content": words(PROMPT_WORDS)}] for _ in range(count)]
    Prompt.objects.bulk_create(
        [
            Prompt(
                project=project,
                external_id=f"bench-{number}",
                messages=each,
                digest=digest_of(each),
                group=group_of(each),
                split=Split.TRAIN,
            )
            for number, each in enumerate(messages)
        ],
        batch_size=500,
    )
    prompts = Prompt.objects.filter(project=project).only("id")
    Response.objects.bulk_create(
        [
            Response(
                prompt=prompt,
                author="tiny@1",
                origin="bench",
                index=index,
                content=words(RESPONSE_WORDS),
            )
            for prompt in prompts
            for index in range(RESPONSES)
        ],
        batch_size=500,
    )
    open_tasks(project=project, kind=TaskKind.RANK, split=Split.TRAIN, per_task=RESPONSES)


class Words:
    """Running text of made-up words of five letters."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._known = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=5)) for _ in range(4000)]

    def __call__(self, count: int) -> str:
        return " ".join(self._rng.choices(self._known, k=count))


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def web_server() -> Iterator[list[psutil.Process]]:
    """The processes of the web server that `make run` starts."""
    children = Children(settings.DATA / "logs", print)
    children.keep(web())
    try:
        wait_for_web(children.log_of("web"))
        yield psutil.Process().children(recursive=True)
    finally:
        children.stop()


def database_processes() -> list[psutil.Process]:
    """PostgreSQL's first process, whose children come and go; none for SQLite."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    parent = psutil.Process(backend).parent()
    assert parent is not None
    return [parent]


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """User and system seconds of these processes and of all that they started."""
    total = 0.0
    for process in processes:
        total += sum(process.cpu_times()[:4])
        for child in process.children(recursive=True):
            if child not in processes:
                total += sum(child.cpu_times()[:2])
    return total


def cpu_ms_per_loop(clients: Sequence[Client], project: Project, cpu: Clock) -> float:
    """Milliseconds of CPU for one claim and one submit, over `LOOPS` of each labeler."""
    begun = cpu()
    threads = [threading.Thread(target=label, args=(each, project.slug)) for each in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (cpu() - begun) * 1000 / (len(clients) * LOOPS)


def label(client: Client, slug: str) -> None:
    for _ in range(LOOPS):
        assignment = client.post(f"/api/projects/{slug}/claim", {})["assignment"]
        groups = [[each["label"]] for each in assignment["responses"]]
        client.post(
            f"/api/assignments/{assignment['id']}/submit",
            {"epoch": assignment["epoch"], "answer": {"groups": groups}},
            {"Idempotency-Key": str(uuid.uuid4())},
        )
