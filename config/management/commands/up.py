"""`manage.py up`: the whole installation on this host under one supervisor, until Ctrl-C."""

import signal
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config import installation, ready
from config.children import Children
from config.programs import web, workers
from config.sample import SampleProblem, is_wanted, make_sample
from models_runner.tiny.progress import Progress

WATCH_SECONDS = 0.5


class Stopped(Exception):
    """Somebody asked for an end."""


class Command(BaseCommand):
    help = "Start Touchstone: database, broker, web server and workers. Ctrl-C stops everything."
    requires_system_checks = ()  # they read our code, not the host: `make check` runs them

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGINT, _stop)
        signal.signal(signal.SIGTERM, _stop)
        children = None
        try:
            with installation.lock_data_folder():
                children = Children(settings.DATA / "logs", self._say)
                self._start(children)
                while True:
                    children.watch()
                    time.sleep(WATCH_SECONDS)
        except (installation.StartProblem, SampleProblem) as problem:
            raise CommandError(str(problem)) from None
        except Stopped:
            self._say("Stopping …")
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if children is not None:
                ready.FILE.unlink(missing_ok=True)
                children.stop()
        self._say("Stopped.")

    def _start(self, children: Children) -> None:
        installation.check_front_end()
        installation.check_port()
        installation.start_broker(children)
        installation.migrate()
        tiny = installation.tiny_checkpoint() if settings.SAMPLE else None
        children.keep(web())
        for program in workers():
            children.keep(program)
        installation.wait_for_web(children.log_of("web"))
        if tiny is not None and is_wanted():
            progress = Progress("Sampling for the sample project", sys.stdout)
            make_sample(tiny, progress, rest=children.watch)
        for line in ready.lines(ready.make_ready()):
            self._say(line)
        connection.close()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped
