"""Every address of the installation with its methods, read from the URL configuration."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
ODD = {r"^(api|hub|static)(/(?P<rest>(?s:.*)))?$": "<api|hub|static>/<rest>", "^": ""}
"""Regular expressions, as the matrix names them."""


def routes() -> Iterator[tuple[str, str]]:
    """(method, path) of every route; the path has its parameters as <name>."""
    for path, view in _patterns("", get_resolver().url_patterns):
        for method in methods_of(view):
            yield method, f"/{path}"


def methods_of(view: object) -> list[str]:
    """The methods that a view class implements; GET for a function."""
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is None:
        return ["GET"]
    return [
        name.upper() for name in cls.http_method_names if name != "options" and hasattr(cls, name)
    ]


def _patterns(
    before: str, patterns: list[URLPattern | URLResolver]
) -> Iterator[tuple[str, object]]:
    for each in patterns:
        part = str(each.pattern)
        path = before + ODD.get(part, CONVERTER.sub(r"<\1>", part))
        if isinstance(each, URLResolver):
            yield from _patterns(path, each.url_patterns)
        else:
            yield path, each.callback
