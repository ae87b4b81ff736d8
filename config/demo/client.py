"""A person's or a program's hold on the HTTP API, patient with a server that dies and comes back.

Knows addresses and JSON; knows nothing of what the API is used for.
"""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http.cookiejar import CookieJar
from typing import Any

PATIENCE = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
ANSWER_SECONDS = 30.0
AWAY = {502, 503, 504}

Json = dict[str, Any]


class ApiProblem(Exception):
    """The server understood and refused; `code` and `detail` are those of its problem document."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


class ServerAway(Exception):
    """No answer: the request may or may not have been carried out."""


class Client:
    """Calls the API as one person. Not shared by threads."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._url = url
        self._patience = patience
        self._csrf = ""
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def sign_in(self, new_link: Callable[[], str]) -> Json:
        """Open a sign-in link and return the session. A link that was spent by a request whose
        answer got lost is replaced by another."""
        self._patiently(lambda: self._open(urllib.request.Request(new_link())))
        session = self.get("/api/session")
        self._csrf = session["csrf_token"]
        return session

    def get(self, path: str) -> Json:
        return self._patiently(lambda: self._send("GET", path, None, {}))

    def pages(self, path: str) -> Iterator[Json]:
        """Every row of a list."""
        cursor = None
        while True:
            joint = "&" if "?" in path else "?"
            listed = self.get(path if cursor is None else f"{path}{joint}cursor={cursor}")
            yield from listed["results"]
            cursor = listed["next"]
            if cursor is None:
                return

    def post(self, path: str, body: Json, headers: Mapping[str, str] | None = None) -> Json:
        """For requests that may be sent twice without harm: again until there is an answer."""
        return self._patiently(lambda: self._send("POST", path, _encoded(body), headers or {}))

    def upload(self, path: str, content: bytes, name: str) -> Json:
        headers = {"Content-Type": "application/x-ndjson", "X-File-Name": name}
        return self._patiently(lambda: self._send("POST", path, content, headers))

    def create(self, path: str, body: Json, key: str = "id") -> Json:
        """Add one row to the list at `path`, and only one: when no answer came, the list tells
        whether the row is there."""
        before = {row[key] for row in self.pages(path)}
        while True:
            try:
                return self._send("POST", path, _encoded(body), {})
            except ServerAway:
                for row in self.pages(path):
                    if row[key] not in before:
                        return row

    def _patiently(self, call: Callable[[], Json]) -> Json:
        deadline = time.monotonic() + self._patience
        pause = FIRST_PAUSE
        while True:
            try:
                return call()
            except ServerAway:
                if time.monotonic() > deadline:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _send(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> Json:
        request = urllib.request.Request(f"{self._url}{path}", content, method=method)
        request.add_header("Accept", "application/json")
        if content is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("X-CSRFToken", self._csrf)
        for name, value in headers.items():
            request.add_header(name, value)
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> Json:
        try:
            with self._opener.open(request, timeout=ANSWER_SECONDS) as answer:
                content = answer.read()
                is_json = answer.headers.get_content_type() == "application/json"
        except urllib.error.HTTPError as error:
            with error:
                raise _problem(error) from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            raise ServerAway(f"{request.full_url} did not answer: {error}") from error
        return json.loads(content) if is_json else {}


def _encoded(body: Json) -> bytes:
    return json.dumps(body).encode()


def _problem(error: urllib.error.HTTPError) -> ApiProblem | ServerAway:
    if error.code in AWAY:
        return ServerAway(f"{error.url} answered {error.code}")
    try:
        told = json.loads(error.read())
        return ApiProblem(error.code, str(told["code"]), str(told["detail"]))
    except (ValueError, KeyError, TypeError):
        return ApiProblem(error.code, "", error.reason)
    except (http.client.HTTPException, OSError) as lost:
        return ServerAway(f"{error.url} broke off its answer: {lost}")
