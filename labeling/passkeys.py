"""Passkeys: what a browser is asked and what it answers, by WebAuthn.

`host` is the host name of the page, `origin` its scheme and address; a passkey works for one host
name alone. Knows nothing of requests.
"""

from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from labeling.errors import Invalid
from labeling.models import Passkey, Person

Json = dict[str, Any]


@dataclass(frozen=True)
class Site:
    host: str
    origin: str

    def server(self) -> Fido2Server:
        entity = PublicKeyCredentialRpEntity(id=self.host, name="Touchstone")
        return Fido2Server(entity, verify_origin=lambda origin: origin == self.origin)


def registration(site: Site, person: Person) -> tuple[Json, Json]:
    """What to ask the browser for a new passkey, and the state to check its answer by."""
    user = PublicKeyCredentialUserEntity(
        id=str(person.pk).encode(), name=person.email, display_name=person.name
    )
    options, state = site.server().register_begin(
        user,
        credentials=_credentials(person),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def registered(site: Site, state: Json, answer: Json) -> AttestedCredentialData:
    """The key that the browser made; raises `Invalid` unless it answers what was asked."""
    try:
        found = site.server().register_complete(state, answer)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused() from error
    if found.credential_data is None:
        raise _refused()
    return found.credential_data


def question(site: Site, person: Person | None) -> tuple[Json, Json]:
    """What to ask the browser to prove who is there; anybody's passkey when no person is given."""
    options, state = site.server().authenticate_begin(
        credentials=_credentials(person) if person else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def answered(site: Site, state: Json, answer: Json) -> Passkey:
    """The passkey that gave the answer; raises `Invalid` when the proof does not hold."""
    passkey = Passkey.objects.select_related("person").filter(key_id=answer.get("rawId")).first()
    if passkey is None or not passkey.person.is_active:
        raise _refused()
    try:
        site.server().authenticate_complete(state, [_credential(passkey)], answer)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused() from error
    return passkey


def _credentials(person: Person) -> list[AttestedCredentialData]:
    return [_credential(passkey) for passkey in person.passkeys.all()]


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.data))


def _refused() -> Invalid:
    return Invalid("passkey_invalid", "This passkey was not accepted. Try again.")
