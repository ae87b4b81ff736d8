"""Reads prompt files (JSON Lines). Knows what a row may look like; knows nothing of rows in the
database.

A row holds `messages` (a list of role and content that ends with a user turn) or `prompt` (a text
or such a list), optionally `external_id`, optionally `responses`: texts, or objects with `content`
and the author's name as `model` or `author`. Other keys are kept as metadata.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from labeling.errors import Refused
from labeling.splits import digest_of

ROLES = ("system", "user", "assistant")
MAX_ERRORS = 100
MAX_ID = 200
KNOWN_KEYS = {"messages", "prompt", "external_id", "id", "responses"}


@dataclass(frozen=True)
class ParsedResponse:
    author: str
    content: str


@dataclass(frozen=True)
class ParsedPrompt:
    """One row of a file. `external_id` is derived from the text when the file gives none."""

    line: int
    external_id: str
    messages: list[dict[str, str]]
    responses: tuple[ParsedResponse, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return digest_of(self.messages)


class RowProblem(Exception):
    """What is wrong with one row."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_jsonl(lines: Iterable[bytes]) -> list[ParsedPrompt]:
    """All rows of a file; raises one `Refused` (422) that names the bad lines, or says that the
    file is empty. Blank lines are passed over."""
    prompts: list[ParsedPrompt] = []
    problems: list[dict[str, Any]] = []
    codes: list[str] = []
    rows = 0
    for number, raw in _lines(lines):
        rows += 1
        try:
            prompts.append(parse_row(number, raw))
        except RowProblem as problem:
            codes.append(problem.code)
            problems.append({"line": number, "message": str(problem)})
    _refuse_bad_lines(problems, codes, rows)
    if not prompts:
        raise Refused(422, "import_empty", "The file has no rows.")
    return _without_repeats(prompts)


def _lines(lines: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    offset = 0
    for number, raw in enumerate(lines, 1):
        body = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        try:
            text = body.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            place = offset + error.start + (len(raw) - len(body)) + 1
            detail = f"Byte {place:,} is not UTF-8. 0 rows imported."
            raise Refused(422, "import_encoding", detail) from error
        offset += len(raw)
        if text:
            yield number, text


def _refuse_bad_lines(problems: list[dict[str, Any]], codes: list[str], rows: int) -> None:
    if not problems:
        return
    first = problems[0]
    more = f" {len(problems) - 1} more lines are bad." if len(problems) > 1 else ""
    detail = f"Line {first['line']}: {first['message']}{more} 0 of {rows} rows imported."
    raise Refused(422, codes[0], detail, problems[:MAX_ERRORS])


def _without_repeats(prompts: list[ParsedPrompt]) -> list[ParsedPrompt]:
    seen: dict[str, ParsedPrompt] = {}
    for prompt in prompts:
        other = seen.setdefault(prompt.external_id, prompt)
        if other is not prompt and not prompt.external_id.startswith("sha256:"):
            detail = (
                f"Lines {other.line} and {prompt.line} share the id {prompt.external_id[:80]}. "
                "0 rows imported."
            )
            lines = [{"line": line, "message": detail} for line in (other.line, prompt.line)]
            raise Refused(422, "import_duplicate", detail, lines)
    return list(seen.values())


def parse_row(line: int, text: str) -> ParsedPrompt:
    """One line of a JSON Lines file; raises `RowProblem`."""
    row = _json_object(text)
    if "\\u0000" in text and _has_nul(row):
        raise RowProblem("import_char", "NUL character.")
    messages = _messages(row)
    given = row.get("external_id", row.get("id"))
    if given is not None and not isinstance(given, str | int):
        raise RowProblem("import_line", "external_id must be a text.")
    external_id = str(given) if given not in (None, "") else f"sha256:{digest_of(messages)[:32]}"
    if len(external_id) > MAX_ID:
        raise RowProblem("import_line", f"external_id has more than {MAX_ID} characters.")
    metadata = {key: value for key, value in row.items() if key not in KNOWN_KEYS}
    return ParsedPrompt(line, external_id, messages, _responses(row), metadata)


def _json_object(text: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise RowProblem("import_line", "not valid JSON.") from error
    if not isinstance(row, dict):
        raise RowProblem("import_line", "not a JSON object.")
    return row


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(_has_nul(inner) for inner in value)


def _messages(row: dict[str, Any]) -> list[dict[str, str]]:
    given = row.get("messages", row.get("prompt"))
    if given is None:
        raise RowProblem("import_line", "neither messages nor prompt is given.")
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    if not isinstance(given, list) or not given:
        raise RowProblem("import_chat", "messages must be a list of role and content.")
    messages = [_message(each) for each in given]
    if messages[-1]["role"] != "user":
        raise RowProblem("import_chat", "the last message must come from the user.")
    if not messages[-1]["content"].strip():
        raise RowProblem("import_chat", "the last message is empty.")
    return messages


def _message(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or not isinstance(given.get("content"), str):
        raise RowProblem("import_chat", "a message must have a role and a content, both texts.")
    if given.get("role") not in ROLES:
        role = str(given.get("role"))[:80]
        raise RowProblem("import_chat", f"the role {role} is unknown; use {', '.join(ROLES)}.")
    return {"role": given["role"], "content": given["content"]}


def _responses(row: dict[str, Any]) -> tuple[ParsedResponse, ...]:
    given = row.get("responses") or []
    if not isinstance(given, list):
        raise RowProblem("import_line", "responses must be a list.")
    return tuple(_response(each, place) for place, each in enumerate(given, 1))


def _response(given: Any, place: int) -> ParsedResponse:
    if isinstance(given, str):
        return ParsedResponse("import:unknown", given)
    if not isinstance(given, dict):
        raise RowProblem("import_line", f"response {place} must be a text or an object.")
    content = given.get("content", given.get("text"))
    if not isinstance(content, str):
        raise RowProblem("import_line", f"response {place} has no content.")
    name = given.get("author", given.get("model", "unknown"))
    if not isinstance(name, str) or not name or len(name) > 150:
        raise RowProblem("import_line", f"the author of response {place} must be a short text.")
    return ParsedResponse(f"import:{name}", content)


def numbered(responses: Iterable[ParsedResponse]) -> Iterator[tuple[int, ParsedResponse]]:
    """Each response with how many equal ones (author and text) stood before it in its row."""
    seen: Counter[ParsedResponse] = Counter()
    for response in responses:
        yield seen[response], response
        seen[response] += 1
