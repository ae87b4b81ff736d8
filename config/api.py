"""How the HTTP API speaks: who is calling, what a body may hold, and one shape for every refusal.

The defaults of Django REST framework named in the settings live here; no address does.
"""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

import orjson
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.authentication import SessionAuthentication as DjangoSessionAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import Refused
from labeling.models import ApiToken, Person

log = logging.getLogger(__name__)

MAX_DEPTH = 32
MAX_BODY_BYTES = 1024 * 1024


class SessionAuthentication(DjangoSessionAuthentication):
    """A signed-in browser. Naming a scheme makes anonymous calls answer 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. One answer for unknown, expired and revoked tokens."""

    def authenticate(self, request: Request) -> tuple[Person, str] | None:
        if "token" in request.query_params or "access_token" in request.query_params:
            raise Refused(401, "token_in_url", "Send the token in the Authorization header.")
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        person = ApiToken.person_of(secret.strip())
        if person is None:
            raise Refused(401, "token_invalid", "This token is not valid.")
        return person, "token"

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str)


class StrictJSONParser(BaseParser):
    """UTF-8 JSON objects only: no duplicate keys, no NaN, no NUL, no half surrogates, no more
    than 32 levels."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise Refused(413, "body_too_large", "The body is larger than 1 MiB.")
        return strict_json_object(body)


def strict_json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; raises `Refused` with the place of the first fault."""
    where = "line 1, column 1"
    try:
        text = body.decode("utf-8")
        _refuse_depth(text)
        value = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        value = None
    except (UnicodeDecodeError, ValueError):
        value = None
    if not isinstance(value, dict):
        detail = f"The body is not a valid UTF-8 JSON object ({where})."
        raise Refused(400, "json_invalid", detail)
    _refuse_characters(value, "")
    return value


def _refuse_depth(text: str) -> None:
    depth = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                detail = f"The body is nested deeper than {MAX_DEPTH} levels."
                raise Refused(400, "json_too_deep", detail)
        elif character in "]}":
            depth -= 1


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refused(400, "json_duplicate_key", f"The key {twice[:80]} appears twice.")
    return value


def _refuse_constant(name: str) -> None:
    raise Refused(400, "type_error", f"{name} is not a number that can be stored.")


def _refuse_characters(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise Refused(400, "char_nul", f"{path} contains a NUL character.")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise Refused(400, "char_surrogate", f"{path} contains half of a surrogate pair.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_characters(key, path or "A key")
            _refuse_characters(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            _refuse_characters(inner, f"{path}[{place}]")


def problem(
    request_id: str, status: int, code: str, detail: str, errors: list[dict[str, Any]]
) -> dict[str, Any]:
    """The RFC 9457 body of one refusal."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors,
        "request_id": request_id,
    }


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's exception handler: every refusal as problem JSON."""
    refused = _as_refused(error)
    if refused is None:
        return None
    request = context["request"]
    body = problem(
        request.META.get("touchstone.request_id", ""),
        refused.status,
        refused.code,
        refused.detail,
        refused.errors,
    )
    headers = dict(refused.headers)
    if refused.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    response = Response(body, status=refused.status, headers=headers)
    response.content_type = "application/problem+json"
    return response


def _as_refused(error: Exception) -> Refused | None:
    if isinstance(error, Refused):
        return error
    if isinstance(error, exceptions.ValidationError):
        return _validation(error)
    if isinstance(error, OperationalError):
        log.exception("database unavailable")
        detail = "Temporarily unavailable. Your text is kept in this page."
        return Refused(503, "unavailable", detail, headers={"Retry-After": "2"})
    if isinstance(error, Http404):
        return Refused(404, "not_found", "Not found.")
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        if "CSRF" in str(error):
            return Refused(403, "csrf_failed", "The page is out of date. Reload and try again.")
        return Refused(403, "forbidden", "You may not do this.")
    if isinstance(error, exceptions.APIException):
        return _framework_refusal(error)
    return None


def _framework_refusal(error: exceptions.APIException) -> Refused:
    known = {
        401: ("auth_required", "Sign in or send an API token."),
        404: ("not_found", "Not found."),
        405: ("method_not_allowed", "This method is not allowed here."),
        415: ("media_type", "Send application/json without compression."),
    }
    code, detail = known.get(error.status_code, (str(error.get_codes()), str(error.detail)))
    return Refused(error.status_code, code, detail)


def _validation(error: exceptions.ValidationError) -> Refused:
    errors = list(_flatten(error.get_full_details(), ""))
    first = errors[0]
    code = first["code"] if first["code"] in {"unknown_field", "type_error"} else "invalid"
    return Refused(
        400,
        code,
        first["message"],
        [{"field": each["field"], "message": each["message"]} for each in errors],
    )


def _flatten(details: Any, path: str) -> Any:
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": path, "message": str(details["message"]), "code": str(details["code"])}
    elif isinstance(details, dict):
        for key, inner in details.items():
            yield from _flatten(inner, f"{path}.{key}" if path else str(key))
    else:
        for inner in details:
            yield from _flatten(inner, path)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = "The page is out of date. Reload and try again."
    return plain_problem(request, 403, "csrf_failed", detail)


def plain_problem(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """A refusal from outside Django REST framework's views."""
    body = problem(request.META.get("touchstone.request_id", ""), status, code, detail, [])
    return JsonResponse(body, status=status, content_type="application/problem+json")
