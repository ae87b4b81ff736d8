"""Around every request: an id, which error bodies and logs carry, and no parameter unheard."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from config.api import plain_problem

TOKEN_NAMES = {"token", "access_token"}
Handler = Callable[[HttpRequest], HttpResponse]


def request_id(handler: Handler) -> Handler:
    def handle(request: HttpRequest) -> HttpResponse:
        identity = uuid.uuid4().hex[:16]
        request.META["touchstone.request_id"] = identity
        response = handler(request)
        response["X-Request-Id"] = identity
        return response

    return handle


class Heard(QueryDict):
    """The parameters of an address, which remembers the names that a view asked for."""

    def __init__(self, given: QueryDict) -> None:
        self.names: set[str] = set()
        super().__init__(given.urlencode())
        self.names.clear()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().getlist(name, default)


def known_parameters(handler: Handler) -> Handler:
    """Refuses an answer of the API to a reading request that had a parameter nobody asked for: a
    filter that is misspelt would otherwise give everything, as if it had matched."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not (request.method == "GET" and request.path.startswith("/api/") and request.GET):
            return handler(request)
        heard = Heard(request.GET)
        vars(request)["GET"] = heard
        response = handler(request)
        unheard = set(heard.keys()) - heard.names
        if response.status_code >= 300 or not unheard:
            return response
        allowed = ", ".join(sorted(filter(None, heard.names - TOKEN_NAMES))) or "none"
        detail = f"The filter is not known. Allowed: {allowed}."
        return plain_problem(request, 400, "filter_unknown", detail)

    return handle
