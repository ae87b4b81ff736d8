"""`manage.py import_prompts PROJECT FILE`: the import of the prompts page, from the shell.

Does the work itself unless a worker was quicker, and waits for the end either way.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.actions.import_check import check_upload
from labeling.actions.imports import already_words, import_prompts, start_import
from labeling.actions.jobs import run_job
from labeling.actions.uploads import take_upload
from labeling.errors import Refused
from labeling.kinds import JobState
from labeling.models import Project, PromptImport
from labeling.prompt_files.parsed import Reading

CHUNK = 1 << 20
LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Import prompts, responses and labels from JSON Lines, CSV or Parquet: all rows or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's short name, as in its address")
        parser.add_argument("file", type=Path, help="JSON Lines, CSV or Parquet")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD:COLUMN",
            help="take a column for a field, as --map prompt:question",
        )
        parser.add_argument("--labeler", default="", help="whose judgements the file holds")
        parser.add_argument("--remove-nul", action="store_true", help="remove NUL characters")
        parser.add_argument("--leave-out-bad", action="store_true", help="import the good rows")
        parser.add_argument(
            "--last-turn-is-response",
            action="store_true",
            help="take a last turn of the assistant as a response",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        reading = Reading(
            columns=tuple(_pair(each) for each in options["map"]),
            remove_nul=options["remove_nul"],
            leave_out_bad=options["leave_out_bad"],
            last_turn_is_response=options["last_turn_is_response"],
            labeler=options["labeler"],
        )
        try:
            self._import(project, options["file"], reading)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None
        except Refused as refusal:
            for problem in refusal.errors:
                self.stderr.write(f"Line {problem['line']}: {problem['message']}")
            raise CommandError(refusal.detail) from None

    def _import(self, project: Project, file: Path, reading: Reading) -> None:
        upload = take_upload(_chunks(file), file.name[:255])
        checked = check_upload(project=project, upload=upload, reading=reading, most_problems=None)
        if checked.problem:
            raise checked.problem
        job, is_new = start_import(
            project=project, upload=upload, reading=reading, checked=checked, by=None
        )
        if not is_new and job.is_finished:
            self.stdout.write(f"{already_words(job)} 0 new prompts.")
            return
        job = _finished(job)
        if job.state != JobState.DONE:
            raise CommandError(job.error or "The import was cancelled.")
        self.stdout.write(f"{job.new} new prompts, {job.duplicate} already there.")


def _pair(given: str) -> tuple[str, str]:
    field, _, column = given.partition(":")
    return field, column


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _finished(job: PromptImport) -> PromptImport:
    while True:
        run_job(PromptImport, job.pk, import_prompts)
        job = PromptImport.objects.get(pk=job.pk)
        if job.is_finished:
            return job
        time.sleep(LOOK_SECONDS)
