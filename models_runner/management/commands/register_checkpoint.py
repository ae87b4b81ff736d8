"""`manage.py register_checkpoint SOURCE --name NAME`: one's own model, from a folder or a hub."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.errors import Refused
from labeling.models import Project
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.foreign_checkpoints import REPOSITORY, add_folder, add_from_hub, pin
from models_runner.checkpoint_files import chat_template_of
from models_runner.models import Checkpoint


class Command(BaseCommand):
    help = (
        "Register a model: a folder of this host, or owner/name on the hub that HF_ENDPOINT names "
        "(huggingface.co without it), read with HF_TOKEN. Safetensors only, never remote code."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="a folder, or owner/name on a hub")
        parser.add_argument("--name", required=True, help="its name here")
        parser.add_argument("--project", help="the slug of its project (the whole installation)")
        parser.add_argument(
            "--revision", help="a commit, tag or branch of the hub; its commit is taken (main)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if options["project"] and project is None:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            checkpoint, is_new = self._register(
                options["source"], options["revision"], options["name"], project
            )
        except Refused as refusal:
            for problem in refusal.errors:
                self.stderr.write(f"{problem['field']}: {problem['message']}")
            raise CommandError(refusal.detail) from None
        except OSError as error:
            raise CommandError(
                f"{error.filename or options['source']}: {error.strerror}."
            ) from None
        self._tell(checkpoint, is_new)

    def _register(
        self, source: str, revision: str | None, name: str, project: Project | None
    ) -> tuple[Checkpoint, bool]:
        folder = Path(source)
        if folder.is_dir():
            if revision:
                raise CommandError(f"{source} is a folder of this host; --revision is for a hub.")
            return add_folder(folder=folder, name=name, project=project)
        if not REPOSITORY.fullmatch(source):
            told = "There is no such folder on this host, and a hub's names are owner/name."
            problem = {"field": source, "message": told}
            raise Refused(400, "model_path", "Choose a model from the list.", [problem])
        pinned = pin(source, revision or "main")
        self.stdout.write(f"{source} on {pinned.hub}: {pinned.asked} is commit {pinned.commit}")
        return add_from_hub(pinned=pinned, name=name, project=project, say=self.stdout.write)

    def _tell(self, checkpoint: Checkpoint, is_new: bool) -> None:
        if not is_new:
            self.stdout.write(f"{checkpoint.label} has these files already. Nothing was added.")
            return
        self.stdout.write(
            f"{checkpoint.label} is registered: {checkpoint.architecture}, "
            f"{checkpoint.parameters:,} parameters, {checkpoint.files.count()} files."
        )
        if not chat_template_of(checkpoint_dir(checkpoint)):
            self.stdout.write("It has no chat template: it takes plain text only.")
