"""How a proof of who somebody is becomes a session, and what the session remembers of it.

`strong` stands in a session that began with a second factor, a passkey or single sign-on, or in
which one was set up; `proved_at` is when.
"""

import time
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from labeling.actions.sign_in import is_staff, second_factors
from labeling.errors import Refused
from labeling.models import Person, SignedIn
from labeling.passkeys import Site

WAITING = "waiting"
STRONG = "strong"
PROVED_AT = "proved_at"
PATIENCE = 15 * 60
FRESH = 60 * 60


class Way(StrEnum):
    PASSWORD = "password"
    LINK = "link"
    INVITATION = "invitation"
    PASSKEY = "passkey"
    SSO = "sso"
    CODE = "code"


ENOUGH = {Way.PASSKEY, Way.SSO, Way.CODE}
"""Ways that need no second factor after them."""


def enter(request: HttpRequest, who: Person, way: Way) -> bool:
    """Sign in; or, when this way is not enough for the person, wait for their second factor and
    answer False."""
    if way not in ENOUGH and second_factors(who):
        request.session.flush()
        request.session[WAITING] = {"person": who.pk, "until": time.time() + PATIENCE}
        return False
    request.session.pop(WAITING, None)
    login(request, who)
    request.session[PROVED_AT] = time.time()
    if way in ENOUGH:
        request.session[STRONG] = True
    remember(request, who, way)
    return True


def remember(request: HttpRequest, who: Person, way: str) -> None:
    """List this session among the person's."""
    request.session.save()
    SignedIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "person": who,
            "way": way,
            "agent": request.headers.get("User-Agent", "")[:300].replace("\0", ""),
        },
    )


def waiting(request: HttpRequest) -> Person | None:
    """Who has given a first factor in this browser and owes the second."""
    kept = request.session.get(WAITING)
    if not kept or kept["until"] < time.time():
        return None
    return Person.objects.filter(pk=kept["person"], is_active=True).first()


def owes_second_factor(request: HttpRequest, who: Person) -> bool:
    """Whether this browser's session is too weak for what the person runs."""
    if not settings.SECOND_FACTOR_REQUIRED or request.session.get(STRONG):
        return False
    return is_staff(who)


def require_fresh(request: HttpRequest) -> None:
    """Raise unless the person proved themselves lately: a session that was left open must not be
    enough to take an account over."""
    if time.time() - request.session.get(PROVED_AT, 0) > FRESH:
        detail = "Sign out and in again first: it is more than an hour since you last did."
        raise Refused(403, "sign_in_again", detail)


def site_of(request: HttpRequest) -> Site:
    """The site of this request, whose host name was checked against the allowed ones."""
    origin = f"{request.scheme}://{request.get_host()}"
    return Site(host=urlsplit(origin).hostname or "", origin=origin)


def own_path(wanted: str | None) -> str:
    """Where to go after signing in: a path of this site, else its start."""
    path = wanted or ""
    is_own = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_own else "/"
