"""Single sign-on by OpenID Connect: to the provider that the environment names, and back.

Authlib speaks the protocol: state, nonce, PKCE, and the signature, issuer, audience and times of
the identity token. Here is only who may come in by it.
"""

import logging
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET
from joserfc.errors import JoseError
from requests import RequestException

from config.views import after
from labeling.actions.sign_in import person_by_identity
from labeling.api.signing_in import Way, enter

log = logging.getLogger(__name__)

NEXT = "sso_next"
TIMEOUT = 10


def _provider() -> Any:
    if not settings.SSO_ISSUER:
        raise Http404
    return OAuth().register(
        "sso",
        client_id=settings.SSO_CLIENT_ID,
        client_secret=settings.SSO_CLIENT_SECRET,
        server_metadata_url=f"{settings.SSO_ISSUER}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
        },
    )


def _back(reason: str) -> HttpResponse:
    return HttpResponseRedirect(f"/sign-in?sso={reason}")


@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider; `next` is where to go afterwards."""
    provider = _provider()
    request.session[NEXT] = request.GET.get("next", "")[:1000]
    try:
        answer: HttpResponse = provider.authorize_redirect(
            request, request.build_absolute_uri("/sso/callback")
        )
    except (OAuthError, RequestException, ValueError, RuntimeError):
        log.exception("The single sign-on provider cannot be used")
        return _back("unreachable")
    return answer


@require_GET
def finish(request: HttpRequest) -> HttpResponse:
    """Back from the provider, which vouches for somebody or says why not."""
    provider = _provider()
    wanted = request.session.get(NEXT)
    try:
        claims = provider.authorize_access_token(request).get("userinfo")
    except (OAuthError, JoseError, RequestException, ValueError, KeyError, TypeError) as error:
        log.warning("Single sign-on was refused: %s", type(error).__name__)
        return _back("refused")
    if not claims:
        return _back("refused")
    person = person_by_identity(
        issuer=settings.SSO_ISSUER,
        subject=str(claims["sub"]),
        email=str(claims.get("email", "")) if claims.get("email_verified") is True else "",
        name=str(claims.get("name", ""))[:200],
    )
    if person is None:
        return _back("unknown")
    return after(request, enter(request, person, Way.SSO), wanted)
