"""How the HTTP API speaks: what a body may hold, and one shape for every refusal.

The defaults of Django REST framework named in the settings live here; no address does.
"""

import json
import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

import orjson
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from labeling.errors import Refused

log = logging.getLogger(__name__)

MAX_DEPTH = 32
MAX_BODY_BYTES = 1024 * 1024


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
        request = (parser_context or {}).get("request")
        if request and request.headers.get("Content-Encoding", "identity") != "identity":
            raise Refused(415, "media_type", "Send application/json without compression.")
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
        value = json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        value = None
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line_starts = before.rfind(b"\n") + 1
        where = f"line {before.count(10) + 1}, column {error.start - line_starts + 1}"
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


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        _refuse_constant(digits[:80])
    return number


def _whole(digits: str) -> int:
    """No column, and no answer, holds more than 64 bits."""
    number = int(digits) if len(digits) <= 20 else 2**64
    if not -(2**63) <= number < 2**64:
        _refuse_constant(f"{digits[:20]}…")
    return number


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
    refused = _as_refused(error, context["view"])
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
    # Whatever the client would rather have: a problem has one form.
    request.accepted_renderer = JSONRenderer()
    request.accepted_media_type = JSONRenderer.media_type
    content_type = "application/problem+json"
    return Response(body, status=refused.status, headers=headers, content_type=content_type)


def _as_refused(error: Exception, view: Any) -> Refused | None:
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
        return _framework_refusal(error, view)
    return None


def _framework_refusal(error: exceptions.APIException, view: Any) -> Refused:
    methods = [name for name in view.allowed_methods if name not in {"HEAD", "OPTIONS"}]
    known = {
        401: ("auth_required", "Sign in or send an API token."),
        404: ("not_found", "Not found."),
        405: ("method_not_allowed", f"Use {' or '.join(methods)}."),
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
