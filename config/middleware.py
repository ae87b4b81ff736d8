"""Gives every request an id, which error bodies and logs carry."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


def request_id(handler: Handler) -> Handler:
    def handle(request: HttpRequest) -> HttpResponse:
        identity = uuid.uuid4().hex[:16]
        request.META["touchstone.request_id"] = identity
        response = handler(request)
        response["X-Request-Id"] = identity
        return response

    return handle
