"""`manage.py worker QUEUE...`: do the background work of these queues."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import celery  # noqa: F401 (makes ours the current application)
from config.programs import QUEUES
from config.worker import work


class Command(BaseCommand):
    help = "Do background work: default (imports, datasets), generate (sampling), train."
    requires_system_checks = ()  # they read our code, not the host: `make check` runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queues", nargs="+", choices=QUEUES, metavar="QUEUE")
        parser.add_argument("--name", default="", help="shown on the system page")

    def handle(self, *args: Any, **options: Any) -> None:
        work(options["queues"], options["name"])
