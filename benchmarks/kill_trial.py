"""One kind of job under kill -9: a worker in a process of its own, killed at a random moment, and
another one after it. Knows nothing of what the job does."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL

MOST_LATE = 60
"""How many jobs may have ended before the moment of their kill."""


@dataclass(frozen=True)
class Case:
    """`start` makes a job and returns it; `work` is what a worker does with it, carried out in a
    process of its own; `expire` is what the reconciler sees of a dead worker; `check` raises unless
    the job ended well."""

    name: str
    start: Callable[[], Any]
    work: Callable[[Any], None]
    expire: Callable[[Any], None]
    check: Callable[[Any], None]


def let_go() -> None:
    """Close every connection to the database, those that wait in a pool as well: two processes
    that shared one would read each other's answers."""
    connections.close_all()
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, PostgreSQL):
            connection.close_pool()


def in_a_process(work: Callable[[Any], None], job: Any) -> int:
    """Start a worker for the job; its process id."""
    let_go()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        work(job)
        status = 0
    finally:
        os._exit(status)


def kill(child: int, with_children: bool) -> None:
    started = psutil.Process(child).children(recursive=True) if with_children else []
    os.kill(child, signal.SIGKILL)
    for each in started:
        if each.is_running():
            each.kill()


def ended(child: int) -> bool:
    found, status = os.waitpid(child, os.WNOHANG)
    if found and os.waitstatus_to_exitcode(status):
        raise RuntimeError("the worker ended with an error of its own")
    return bool(found)


def killed(case: Case, job: Any, after: float, with_children: bool) -> bool:
    """Whether the worker was still at work when it was killed."""
    child = in_a_process(case.work, job)
    until = time.monotonic() + after
    while time.monotonic() < until:
        if ended(child):
            return False
        time.sleep(0.002)
    if ended(child):
        return False
    kill(child, with_children)
    os.waitpid(child, 0)
    return True


def to_the_end(case: Case, job: Any) -> float:
    began = time.monotonic()
    child = in_a_process(case.work, job)
    while not ended(child):
        time.sleep(0.005)
    return time.monotonic() - began


def trial(case: Case, times: int, chance: random.Random) -> tuple[int, list[str]]:
    """How many kills hit, and what went wrong."""
    job = case.start()
    takes = to_the_end(case, job)
    case.check(job)
    hit, late, wrong = 0, 0, []
    while hit < times and late < MOST_LATE:
        job = case.start()
        moment = chance.uniform(0, takes)
        if not killed(case, job, moment, with_children=hit % 2 == 1):
            late += 1
            continue
        hit += 1
        case.expire(job)
        try:
            to_the_end(case, job)
            case.check(job)
        except Exception as error:
            wrong.append(f"{case.name} killed after {moment:.3f} s: {error!r}")
    return hit, wrong
