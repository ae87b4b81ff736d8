"""Who is calling the HTTP API, what a program may do with a token, and who owes a second factor."""

from django.views import View
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.authentication import SessionAuthentication as DjangoSessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from labeling.api.fields import person
from labeling.api.scopes import TokenScopes
from labeling.api.signing_in import owes_second_factor
from labeling.errors import Refused
from labeling.kinds import Scope
from labeling.models import ApiToken, Person


class SessionAuthentication(DjangoSessionAuthentication):
    """A signed-in browser. Naming a scheme makes anonymous calls answer 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. One answer for unknown, expired and revoked tokens."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        if "token" in request.query_params or "access_token" in request.query_params:
            raise Refused(401, "token_in_url", "Send the token in the Authorization header.")
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = ApiToken.presented(secret.strip())
        if token is None:
            raise Refused(401, "token_invalid", "This token is not valid.")
        return token.caller, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScope(BasePermission):
    """What a token may do at an address. A view says in `token_scopes` which scope each method
    takes. A view that says nothing may be read with the scope read; whatever is not named is for
    people who are signed in, so that a new address never opens itself to programs."""

    def has_permission(self, request: Request, view: View) -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        scopes: TokenScopes = getattr(view, "token_scopes", {"GET": Scope.READ})
        wanted = scopes.get("GET" if request.method == "HEAD" else str(request.method))
        if wanted is None:
            detail = "No token may do this. Sign in to do it."
            raise Refused(403, "token_refused", detail)
        if wanted not in request.auth.scopes:
            raise Refused(403, "scope_missing", f"This token lacks the scope {wanted}.")
        return True


class StaffHaveSecondFactor(BasePermission):
    """Who runs something must have given a second factor in this browser, where the installation
    asks for one; their tokens, which they made with it, are not asked again. Views with
    `before_second_factor` are those by which one is set up."""

    def has_permission(self, request: Request, view: View) -> bool:
        if request.auth is not None or getattr(view, "before_second_factor", False):
            return True
        if owes_second_factor(request._request, person(request)):
            raise Refused(403, "mfa_required", "Set up a second factor first.")
        return True
