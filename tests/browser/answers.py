"""What the server would say, said in the page in its place: the page's own `fetch` asks here first.

Requests caught on their way by the browser would do the same, but then it keeps no cache, and every
load of a page asks for all of its scripts again."""

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page

Json = dict[str, Any]

ASK = """
const send = window.fetch;
window.pending = 0;
window.fetch = (...request) => {
  window.pending++;
  return ask(...request).finally(() => window.pending--);
};
const ask = async (to, options) => {
  const {pathname, search} = new URL(to, location.href);
  const said = navigator.onLine && window.answer ? await window.answer(pathname + search) : null;
  if (said === null) return send(to, options);
  if (said.status === 0) throw new TypeError("Failed to fetch");
  const headers = {"content-type": "application/json"};
  return new Response(JSON.stringify(said.body), {status: said.status, headers});
};
"""

SETTLED = """() => new Promise(done => {
  let frames = 0;
  let more = 1_000;
  const look = () => {
    frames = window.pending || !document.querySelector("h1") ? 0 : frames + 1;
    if (frames > 2 || --more === 0) done(more > 0);
    else requestAnimationFrame(look);
  };
  look();
})"""

_SAID: WeakKeyDictionary[BrowserContext, dict[str, Any]] = WeakKeyDictionary()


def say(page: Page, answers: Mapping[str, Any]) -> None:
    """By the end of an address's path: a body; a refusal, told by its status and maybe its code; or
    None, when nobody answers. What is said last holds."""
    context = page.context
    if context not in _SAID:
        _SAID[context] = {}
        context.expose_function("answer", lambda path: _answer(_SAID[context], path))
        watch(page)
    for path, answer in answers.items():
        _SAID[context].pop(path, None)
        _SAID[context][path] = answer


def silence(page: Page) -> None:
    """The server answers again."""
    _SAID.get(page.context, {}).clear()


def watch(page: Page) -> None:
    """From its next load on, the page counts what it asks for, so that `settle` can wait for it."""
    page.context.add_init_script(ASK)


def settle(page: Page) -> None:
    """Until it has a heading, asks for nothing any more, and shows what it was told; it looks at
    every frame, where Playwright's own waits look every half second."""
    assert page.evaluate(SETTLED), f"{page.url} goes on asking, or has no heading"


def _answer(said: dict[str, Any], address: str) -> Json | None:
    for path in reversed(said):
        if re.search(rf"/api/(.*/)?{path}(\?.*)?$", address):
            return _as_response(said[path])
    return None


def _as_response(answer: Any) -> Json:
    if answer is None:
        return {"status": 0}
    if isinstance(answer, int | tuple):
        status, code = answer if isinstance(answer, tuple) else (answer, "not_found")
        problem = {"code": code, "detail": "You are paused here: Read more.", "request_id": "r-1"}
        return {"status": status, "body": problem}
    return {"status": 200, "body": answer}
