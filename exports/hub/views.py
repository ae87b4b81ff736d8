"""The read-only routes of a Hub. Thin: a shelf finds the version, `shapes` tells of it."""

from typing import IO, Any
from urllib.parse import parse_qs, urlencode

from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exports.hub import shapes
from exports.hub.errors import EntryMissing, Missing, RepositoryMissing
from exports.hub.shelves import NEWEST, Shelf, Version
from exports.sending import AnyAccept, Download, send
from labeling.api.fields import person
from labeling.api.pages import whole_number
from labeling.errors import Refused
from labeling.kinds import Scope

PAGE = 1000
MOST_FORM_BYTES = 1024 * 1024
BAD_CREDENTIALS = "Invalid credentials in Authorization header"


class HubView(APIView):
    """Refusals are problem JSON like everywhere; their headers say the same to Hub clients."""

    token_scopes = {"GET": Scope.EXPORT, "POST": Scope.EXPORT}
    content_negotiation_class = AnyAccept
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "\0" in request._request.path:
            raise RepositoryMissing

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        code, message = _for_clients(exc, response.data)
        response.data["error"] = response.data["detail"]
        response["X-Error-Message"] = message
        if code:
            response["X-Error-Code"] = code
        return response


def _for_clients(error: Exception, problem: Any) -> tuple[str, str]:
    """`X-Error-Code` and `X-Error-Message`. Without a token a repository may be there or not, as
    on the Hub; clients tell a token that does not work by one fixed message."""
    if isinstance(error, Missing):
        return error.code_for_clients, error.message_for_clients
    if problem["code"] == "token_invalid":
        return "", BAD_CREDENTIALS
    if problem["status"] == 401:
        return "RepoNotFound", problem["detail"]
    return "", problem["detail"]


class Form(BaseParser):
    """A URL-encoded form: a list of values for each name."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, list[str]]:
        body = stream.read(MOST_FORM_BYTES + 1)
        if len(body) > MOST_FORM_BYTES:
            raise Refused(413, "body_too_large", "The body is larger than 1 MiB.")
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FORM_BYTES)


class ResolveView(HubView):
    """A file. Its path is looked up among the version's; it never reaches the file system."""

    def get(
        self, request: Request, shelf: Shelf, namespace: str, name: str, revision: str, path: str
    ) -> HttpResponseBase:
        version = shelf.version(person(request), namespace, name, revision)
        file = version.file(path)
        name = path.rpartition("/")[2]
        download = Download(file.find, file.bytes, file.sha256, name, key=file.key)
        response = send(request, download)
        response["X-Repo-Commit"] = version.commit
        if revision != version.commit and not file.key:
            response["Cache-Control"] = "private, no-cache"
        return response

    def head(self, request: Request, **where: Any) -> HttpResponseBase:
        return self.get(request, **where)


class RepositoryView(HubView):
    def get(
        self, request: Request, shelf: Shelf, namespace: str, name: str, revision: str = NEWEST
    ) -> Response:
        version = shelf.version(person(request), namespace, name, revision)
        return Response(shapes.repository(version, version.files(), _flag(request, "blobs")))


class TreeView(HubView):
    """Files and folders, a page at a time; `Link` leads to the next page."""

    def get(
        self,
        request: Request,
        shelf: Shelf,
        namespace: str,
        name: str,
        revision: str,
        folder: str = "",
    ) -> Response:
        version = shelf.version(person(request), namespace, name, revision)
        found = shapes.tree(version.files(), folder, _flag(request, "recursive"))
        if folder and not found:
            raise EntryMissing(version.commit)
        limit = whole_number(request, "limit", PAGE, 1, PAGE)
        after = request.query_params.get("cursor", "")
        rest = [entry for at, entry in found.items() if at > after]
        page = _told(request.query_params.get("expand"), rest[:limit], version)
        headers = {"X-Repo-Commit": version.commit}
        if len(rest) > limit:
            headers["Link"] = _next(request, page[-1]["path"])
        return Response(page, headers=headers)


def _next(request: Request, cursor: str) -> str:
    query = {**request.query_params.dict(), "cursor": cursor}
    address = request.build_absolute_uri(f"{request._request.path}?{urlencode(query)}")
    return f'<{address}>; rel="next"'


class PathsView(HubView):
    """The entries of the paths that a form names. Clients send no CSRF token with it; it changes
    nothing."""

    parser_classes = [Form]

    def post(
        self, request: Request, shelf: Shelf, namespace: str, name: str, revision: str
    ) -> Response:
        form: Any = request.data
        version = shelf.version(person(request), namespace, name, revision)
        entries = shapes.paths(version.files(), form.get("paths", []))
        return Response(_told(form.get("expand", [""])[0], entries, version))


class ReferencesView(HubView):
    def get(self, request: Request, shelf: Shelf, namespace: str, name: str) -> Response:
        return Response(shapes.references(shelf.versions(person(request), namespace, name)))


class NothingView(HubView):
    """Every other address. A name without a namespace is a repository that is not here."""

    def get(self, request: Request) -> Response:
        raise RepositoryMissing

    post = get


def _told(expand: str | None, entries: list[shapes.Json], version: Version) -> list[shapes.Json]:
    if not _true(expand):
        return entries
    return [shapes.with_commit(entry, version) for entry in entries]


def _flag(request: Request, name: str) -> bool:
    return _true(request.query_params.get(name))


def _true(given: str | None) -> bool:
    return (given or "").lower() in {"true", "1"}
