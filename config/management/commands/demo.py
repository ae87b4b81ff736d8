"""`manage.py demo`: the whole loop without a person, in a few minutes."""

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from config.demo.client import ApiProblem, Client, ServerAway
from config.demo.people import Labeler, Reviewer
from config.demo.report import Report
from config.demo.server import running_installation
from config.demo.stages import Loop, Sizes
from config.demo.watching import StageFailed, Team
from config.installation import StartProblem
from config.ready import sign_in_address
from config.sample import ENGINEER, LABELERS, MANAGER, REVIEWER, address_of
from labeling.kinds import Role
from labeling.models import Person

FILE = settings.DATA / "demo-report.json"


class Command(BaseCommand):
    help = "Play the whole loop with scripted people and say whether the new model is better."
    requires_system_checks = ()  # they read our code, not the host: `make check` runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="other prompts, other moods")

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        report = Report()
        FILE.unlink(missing_ok=True)
        try:
            with running_installation(self._say) as told:
                self._play(told["url"], report, options["seed"])
        except (StartProblem, StageFailed, ApiProblem, ServerAway) as problem:
            report.failure = str(problem)
        except KeyboardInterrupt:
            report.failure = "stopped by hand."
        for line in ["", *report.table(), "", report.verdict()]:
            self._say(line)
        report.write(FILE)
        if not report.ok:
            raise CommandError(f"The demo failed. Report: {FILE}")

    def _play(self, url: str, report: Report, seed: int) -> None:
        manager, engineer = Client(url), Client(url)
        labelers = [Labeler(url, name, _link_for(name), seed) for name in LABELERS]
        reviewer = Reviewer(url, _link_for(REVIEWER))
        manager.sign_in(_link_for(MANAGER))
        engineer.sign_in(_link_for(ENGINEER))
        reviewer.sign_in()
        for labeler in labelers:
            labeler.sign_in()
        connection.close()
        roles = {ENGINEER: Role.ENGINEER, REVIEWER: Role.REVIEWER}
        roles |= dict.fromkeys(LABELERS, Role.LABELER)
        loop = Loop(Team(manager, engineer, labelers, reviewer), report, seed=seed, sizes=Sizes())
        loop.run({address_of(name): str(role) for name, role in roles.items()})

    def _say(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _link_for(name: str) -> Callable[[], str]:
    return lambda: sign_in_address(Person.objects.get(email=address_of(name)))


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
