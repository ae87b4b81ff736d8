"""What the OpenAPI schema says of every address beside its own answers: the ways of refusing, each
as one problem (RFC 9457)."""

from http import HTTPStatus
from typing import Any

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
