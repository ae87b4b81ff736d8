"""What the OpenAPI schema says of every address beside its own answers: how to say who is calling,
and the ways of refusing, each as one problem (RFC 9457)."""

from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

REFUSALS = {
    "get": (400, 401, 403, 404, 409, 503),
    "head": (400, 401, 403, 404, 409, 503),
    "delete": (400, 401, 403, 404, 409, 412, 428, 503),
}
WRITING = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 503, 507)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs; it stays fixed."},
        "detail": {"type": "string", "description": "For people: what was wrong, in words."},
        "errors": {"type": "array", "items": {"type": "object"}},
        "request_id": {"type": "string"},
    },
}


def with_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: the schema with the refusals of every operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status in REFUSALS.get(method, WRITING):
                described = {"description": HTTPStatus(status).phrase, "content": content}
                operation["responses"].setdefault(str(status), described)
    return result


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "config.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "config.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class KeptSchema(SchemaGenerator):
    """Made once in a process: to make it takes a second, and anybody may ask for it."""

    def get_schema(self, request: object = None, public: bool = False) -> Any:
        return _made()


@cache
def _made() -> Any:
    maker: Any = SchemaGenerator  # its methods have no types
    return maker().get_schema(public=True)
