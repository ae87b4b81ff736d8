"""One HTTP call to a server and its answer, or the failure that it stands for.

Knows nothing of what the calls are for. The token goes to one server: where that sends on to its
store, the store is asked without it.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from touchstone.account import Account
from touchstone.failures import Failure, NotSignedIn, ServerAway

ANSWER_SECONDS = 60.0

Json = Any
Body = bytes | IO[bytes]


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *given: Any, **named: Any) -> None:
        return None


class Server:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._opener = build_opener(_NoRedirect)

    def get(self, path: str, **query: str | int) -> Json:
        return self._json("GET", _address(path, query))

    def post(self, path: str, body: Json) -> Json:
        headers = {"Content-Type": "application/json"}
        return self._json("POST", path, json.dumps(body).encode(), headers)

    def upload(self, path: str, file: IO[bytes], size: int, name: str, **query: str) -> Json:
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
            "X-File-Name": name,
        }
        return self._json("POST", _address(path, query), file, headers)

    def rows(self, path: str, **query: str | int) -> Iterator[Json]:
        """Every row of a list, page by page."""
        cursor: dict[str, str | int] = {}
        while True:
            page = self.get(path, **query, **cursor)
            yield from page["results"]
            if not page["next"]:
                return
            cursor = {"cursor": page["next"]}

    def linked(self, path: str, **query: str) -> Iterator[Json]:
        """Every entry of a list that says in `Link` whether more follows the last one."""
        address = _address(path, query)
        while True:
            with self.open("GET", address) as answer:
                entries, link = json.load(answer), answer.headers.get("Link", "")
            yield from entries
            if 'rel="next"' not in link or not entries:
                return
            address = _address(path, {**query, "cursor": entries[-1]["path"]})

    def _json(
        self, method: str, path: str, body: Body | None = None, headers: Mapping[str, str] = {}
    ) -> Json:
        try:
            with self.open(method, path, body, headers) as answer:
                return json.load(answer)
        except (ValueError, http.client.HTTPException, OSError) as error:
            raise ServerAway(f"{self._account.url} broke off its answer: {error}") from error

    def open(
        self, method: str, path: str, body: Body | None = None, headers: Mapping[str, str] = {}
    ) -> http.client.HTTPResponse:
        """The open answer to a request; the caller reads and closes it."""
        request = Request(f"{self._account.url}{path}", data=body, method=method)
        request.add_header("Authorization", f"Bearer {self._account.token}")
        request.add_header("Accept", "application/json")
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=ANSWER_SECONDS)
        except HTTPError as error:
            with error:
                if error.code == 302 and method == "GET":
                    return self._elsewhere(error.headers.get("Location", ""), headers)
                raise _failure(error, path) from error
        except (URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise ServerAway(f"{self._account.url} does not answer: {reason}") from error
        return answer

    def _elsewhere(self, location: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """The answer of the store that the server sends to, which gets to see no token."""
        if not location.startswith(("https://", "http://")):
            raise Failure("The server sends to an address that is none.", "redirect")
        request = Request(location)
        for name, value in headers.items():
            if name != "If-Range":
                request.add_header(name, value)
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=ANSWER_SECONDS)
        except HTTPError as error:
            with error:
                raise ServerAway(f"The store answered {error.code} {error.reason}.") from error
        except (URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise ServerAway(f"The store does not answer: {reason}") from error
        return answer


def _address(path: str, query: Mapping[str, str | int]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def part(text: str) -> str:
    """A text as one part of an address."""
    return quote(text, safe="")


def _failure(error: HTTPError, path: str) -> Failure:
    try:
        told = json.loads(error.read())
        word, detail = str(told["code"]), str(told["detail"])
    except (ValueError, KeyError, TypeError, http.client.HTTPException, OSError):
        word, detail = "", f"The server answered {error.code} {error.reason}."
    if error.code == 404:
        detail = f"Not found: {path.partition('?')[0]}. It is not there, or not for this token."
    if error.code == 401:
        return NotSignedIn(detail, word)
    if error.code in {502, 503, 504}:
        return ServerAway(detail, word)
    return Failure(detail, word)
