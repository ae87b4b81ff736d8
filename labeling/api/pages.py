"""Keyset pages: the same cost on the first page and on the last."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.request import Request

from labeling.errors import Invalid

MOST = 200
USUAL = 50


def page(
    request: Request, rows: QuerySet[Any], describe: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """One page of rows by falling id, and the cursor of the next; `limit` and `cursor` come
    from the query string."""
    limit = whole_number(request, "limit", USUAL, 1, MOST)
    cursor = whole_number(request, "cursor", 0, 0, 2**63 - 1)
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    found: list[Model] = list(rows.order_by("-pk")[: limit + 1])
    following = str(found[limit - 1].pk) if len(found) > limit else None
    return {"results": [describe(row) for row in found[:limit]], "next": following}


def whole_number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return usual
    if not (
        given.isascii() and given.isdigit() and len(given) < 20 and least <= int(given) <= most
    ):
        raise Invalid("page_invalid", f"{name} must be between {least} and {most}.", name)
    return int(given)


def choice(request: Request, name: str, allowed: list[str]) -> str:
    """A filter of the query string; empty when it is not given."""
    given = request.query_params.get(name, "")
    if given and given not in allowed:
        raise Invalid("filter_unknown", f"{name} must be one of: {', '.join(allowed)}.", name)
    return given
