"""`manage.py sign_in_link ADDRESS`: a new link that signs a person in once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.ready import sign_in_address
from labeling.models import Person


class Command(BaseCommand):
    help = "Print a new link that signs a person in once and works for seven days."
    requires_system_checks = ()  # they read our code, not the host: `make check` runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email=options["address"].lower(), is_active=True).first()
        if person is None:
            raise CommandError(
                f"Nobody has the address {options['address']}. "
                "A first admin is made with: manage.py create_admin ADDRESS NAME"
            )
        self.stdout.write(sign_in_address(person))
