"""`manage.py create_admin ADDRESS NAME`: the first person of an installation without a sample."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from config.ready import sign_in_address
from labeling.models import Person


class Command(BaseCommand):
    help = "Create an admin, or make a known person one, and print a link that signs them in once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="their e-mail address")
        parser.add_argument("name", help="how they are called on the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"].lower()
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{address} is not an e-mail address.") from None
        person = Person.objects.filter(email=address).first()
        person = person or Person.objects.create_person(email=address, name=options["name"])
        person.is_superuser = person.is_active = True
        person.save()
        self.stdout.write(sign_in_address(person))
