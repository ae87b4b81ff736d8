"""The few addresses outside the API: the app's page, sign-in links, the health check."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_safe

from config.api import plain_problem
from labeling.api.signing_in import Way, enter, own_path
from labeling.models import SignInLink


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in the person whom the link names; it works once."""
    person = SignInLink.spend(secret)
    if person is None:
        return HttpResponseRedirect("/sign-in?link=spent")
    return after(request, enter(request, person, Way.LINK), request.GET.get("next"))


def after(request: HttpRequest, inside: bool, wanted: str | None) -> HttpResponse:
    """On to the page that was wanted, or to the one that asks for the second factor."""
    return HttpResponseRedirect(own_path(wanted) if inside else "/sign-in")


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The one page of the app; its script finds its own way by the address."""
    index = settings.FRONTEND / "index.html"
    if not index.exists():
        return HttpResponse("The front end is not built. Run: make install", status=503)
    response = HttpResponse(index.read_bytes(), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def no_such_address(
    request: HttpRequest, exception: Exception | None = None, rest: str = ""
) -> HttpResponse:
    return plain_problem(request, 404, "not_found", "Not found.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses before any view is reached."""
    if isinstance(exception, DisallowedHost):
        return plain_problem(request, 400, "host_invalid", "This host name is not served.")
    return plain_problem(request, 400, "request_invalid", "The request cannot be read.")


def broken(request: HttpRequest) -> HttpResponse:
    """Something here failed; what, stands in the log beside the request's id."""
    detail = "Something failed on the server. Tell the operator the id of this request."
    return plain_problem(request, 500, "broken", detail)
