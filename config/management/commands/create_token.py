"""`manage.py create_token ADDRESS NAME`: a token with which a person's programs call the API."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.actions.tokens import issue_token
from labeling.errors import Refused, RoleMissing
from labeling.kinds import Scope
from labeling.models import Person


class Command(BaseCommand):
    help = "Print a new API token of a person. It is shown once and kept only as a hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")
        parser.add_argument("name", help="what the token is for, such as: training cluster")
        parser.add_argument("--days", type=int, default=365, help="how long it works (365)")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="what it may do; may be repeated (all)",
        )
        parser.add_argument(
            "--project",
            action="append",
            help="the slug of a project that it opens; may be repeated (all of the person's)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email=options["address"].lower(), is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody has the address {options['address']}.")
        try:
            _, secret = issue_token(
                person=person,
                name=options["name"][:100],
                scopes=options["scope"] or Scope.values,
                projects=options["project"],
                days=options["days"],
            )
        except RoleMissing:
            raise CommandError(
                f"{person.name} manages and trains in no project. "
                "Only managers, engineers and admins may have a token."
            ) from None
        except Refused as error:
            raise CommandError(error.detail) from None
        self.stdout.write(secret)
