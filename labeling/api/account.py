"""A person's own account: password, authenticator app, passkeys, recovery codes, sessions.

Only a signed-in browser comes here; a token may not.
"""

import base64
import time
from io import BytesIO
from typing import Any

import qrcode
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from qrcode.image.svg import SvgPathImage
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import passkeys, totp
from labeling.actions.sign_in import end_sessions, limited, set_password
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.scopes import NO_TOKENS
from labeling.api.session import QUESTION, Code
from labeling.api.signing_in import STRONG, Way, remember, require_fresh, site_of
from labeling.errors import Conflict, Invalid, NotFound
from labeling.models import Authenticator, Passkey, Person, RecoveryCode, SignedIn

SECRET = "authenticator_secret"
MOST_PASSKEYS = 20


class NewPassword(StrictSerializer):
    current = Text(max_length=1000, required=False, allow_null=True)
    password = Text(max_length=1000)


class NewPasskey(StrictSerializer):
    name = Text(max_length=100, trim_whitespace=True)
    credential = serializers.DictField()


class AccountPart(APIView):
    token_scopes = NO_TOKENS
    before_second_factor = True


def describe(request: Request) -> dict[str, Any]:
    who = person(request)
    app = Authenticator.objects.filter(person=who).first()
    return {
        "has_password": who.has_usable_password(),
        "authenticator": app and {"created_at": app.created_at},
        "passkeys": list(who.passkeys.values("id", "name", "created_at", "used_at")),
        "recovery_codes": RecoveryCode.objects.filter(person=who).count(),
        "sessions": [_describe_session(each, request) for each in _living(who)],
    }


def _living(who: Person) -> list[SignedIn]:
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(SignedIn.objects.filter(person=who, session_key__in=alive))


def _describe_session(row: SignedIn, request: Request) -> dict[str, Any]:
    is_this = row.session_key == request._request.session.session_key
    return {"id": row.pk, "at": row.at, "way": row.way, "agent": row.agent, "is_this": is_this}


class AccountView(AccountPart):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(describe(request))


class PasswordView(AccountPart):
    @extend_schema(request=NewPassword, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """A new password ends every other session."""
        given, who = read(NewPassword, request), person(request)
        if who.has_usable_password():
            with limited(f"password:{who.email}"):
                if not who.check_password(given.get("current") or ""):
                    raise Invalid("sign_in_failed", "The current password is wrong.", "current")
        else:
            require_fresh(request._request)
        kept = {name: request._request.session.get(name) for name in (STRONG, "proved_at")}
        set_password(person=who, password=given["password"])
        login(request._request, who)
        request._request.session.update({**kept, "proved_at": time.time()})
        remember(request._request, who, Way.PASSWORD)
        return Response(describe(request))


class AuthenticatorView(AccountPart):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """A new secret to put into an app; it counts once a code of it was given."""
        require_fresh(request._request)
        secret = request._request.session[SECRET] = totp.new_secret()
        address = totp.address(secret, person(request).email, "Touchstone")
        return Response({"secret": secret, "address": address, "picture": _picture(address)})

    @extend_schema(request=Code, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request) -> Response:
        given, who = read(Code, request), person(request)
        secret = request._request.session.get(SECRET)
        if secret is None:
            raise Conflict("nothing_waits", "Ask for a new secret first.")
        with limited(f"code:{who.pk}"):
            step = totp.step_of(secret, given["code"].replace(" ", ""), time.time())
            if step is None:
                raise Invalid("code_wrong", "This code is wrong or was used before.", "code")
        del request._request.session[SECRET]
        Authenticator.keep(who, secret, step)
        return _strengthened(request)

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request) -> Response:
        require_fresh(request._request)
        Authenticator.objects.filter(person=person(request)).delete()
        return Response(describe(request))


def _picture(address: str) -> str:
    """The QR code of an address, as a data: URL of SVG."""
    drawn = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=20).save(drawn)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}"


def _strengthened(request: Request) -> Response:
    """A factor was set up in this session; the first time, recovery codes come with it."""
    who = person(request)
    request._request.session[STRONG] = True
    has_codes = RecoveryCode.objects.filter(person=who).exists()
    codes = [] if has_codes else RecoveryCode.renew(who)
    return Response({**describe(request), "new_recovery_codes": codes})


class PasskeyQuestionView(AccountPart):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        require_fresh(request._request)
        who = person(request)
        if who.passkeys.count() >= MOST_PASSKEYS:
            raise Conflict("too_many_passkeys", f"At most {MOST_PASSKEYS} passkeys are kept.")
        question, state = passkeys.registration(site_of(request._request), who)
        request._request.session[QUESTION] = state
        return Response(question)


class PasskeysView(AccountPart):
    @extend_schema(request=NewPasskey, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        given, who = read(NewPasskey, request), person(request)
        state = request._request.session.pop(QUESTION, None)
        if state is None:
            raise Conflict("nothing_waits", "Ask for a question first.")
        site = site_of(request._request)
        key = passkeys.registered(site, state, given["credential"])
        key_id = base64.urlsafe_b64encode(key.credential_id).decode().rstrip("=")
        _, is_new = Passkey.objects.get_or_create(
            key_id=key_id, defaults={"person": who, "name": given["name"], "data": bytes(key)}
        )
        if not is_new:
            raise Conflict("passkey_known", "This passkey is known already.")
        answer = _strengthened(request)
        answer.status_code = 201
        return answer


class PasskeyView(AccountPart):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, pk: int) -> Response:
        require_fresh(request._request)
        deleted, _ = Passkey.objects.filter(pk=pk, person=person(request)).delete()
        if not deleted:
            raise NotFound
        return Response(describe(request))


class RecoveryCodesView(AccountPart):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        require_fresh(request._request)
        codes = RecoveryCode.renew(person(request))
        return Response({**describe(request), "new_recovery_codes": codes})


class SessionsView(AccountPart):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request) -> Response:
        """Sign out everywhere else."""
        here = request._request.session.session_key or ""
        end_sessions(person=person(request), keeping=here)
        return Response(describe(request))
