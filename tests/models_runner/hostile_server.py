"""A model server on loopback that answers as it is told: well, or in every bad way there is."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Handler = Callable[["Told"], None]


class Told(BaseHTTPRequestHandler):
    """One request; `asked` is its body."""

    protocol_version = "HTTP/1.1"
    asked: dict[str, Any]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.asked = json.loads(self.rfile.read(length))
        server: Any = self.server
        server.calls.append({"path": self.path, "headers": dict(self.headers), **self.asked})
        try:
            server.behave(self)
        except OSError:
            self.close_connection = True

    def give(self, status: int, body: bytes, kind: str = "application/json", **more: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


def choice(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}, "finish_reason": "stop", **more}


def answer(*choices: dict[str, Any], tokens: int = 3) -> bytes:
    return json.dumps({"choices": list(choices), "usage": {"completion_tokens": tokens}}).encode()


def well(told: Told) -> None:
    """A text that shows the seed; no log-probabilities, as some servers have none."""
    told.give(200, answer(choice(f"seed {told.asked['seed']}")))


class Serving:
    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    @property
    def calls(self) -> list[dict[str, Any]]:
        return list(self._server.calls)

    def behave(self, handler: Handler) -> None:
        self._server.behave = handler


@contextmanager
def model_server(behave: Handler = well) -> Iterator[Serving]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    server.daemon_threads = True
    server.calls, server.behave = [], behave
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Serving(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
