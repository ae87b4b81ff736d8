"""Understands one row: `messages` (role and content, ending with a user turn) or `prompt` (a text
or such a list), with `responses` (texts, or objects with `content` and the author as `model` or
`author`), or a `completion`, or what `judgements` or `steps` read. Other keys are metadata."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from labeling.kinds import HUMAN
from labeling.prompt_files.parsed import (
    Judgement,
    ParsedPrompt,
    ParsedResponse,
    RawRow,
    Reading,
    RowProblem,
)
from labeling.splits import digest_of

ROLES = ("system", "user", "assistant")
MAX_ID = 200
MAX_AUTHOR = 150
UNKNOWN = "import:unknown"
PLAIN_KEYS = {"messages", "prompt", "external_id", "id", "responses", "completion"}


def with_fields(values: dict[str, Any], columns: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The row with its columns named by the fields that they stand for."""
    if not columns:
        return values
    taken = {column for _, column in columns}
    fields = {field for field, _ in columns}
    row = {key: each for key, each in values.items() if key not in taken and key not in fields}
    for field, column in columns:
        if column not in values:
            continue
        if field == "responses" and isinstance(values[column], str):
            said = {"author": column[:MAX_AUTHOR], "content": values[column]}
            row.setdefault("responses", []).append(said)
        else:
            row[field] = values[column]
    return row


def plain_prompt(raw: RawRow, row: dict[str, Any], reading: Reading) -> ParsedPrompt:
    """A row without a judgement; with the right choice, a last turn of the assistant is a response
    and, if its labeler is known, that labeler's demonstration."""
    said = _responses(row)
    judgement = None
    given = chat(row.get("messages", row.get("prompt")))
    if reading.last_turn_is_response and given and given[-1]["role"] == "assistant":
        content = given.pop()["content"]
        labeler = labeler_of(row, reading)
        judgement = Judgement(labeler) if labeler and not said else None
        said = (ParsedResponse(HUMAN if judgement else UNKNOWN, content), *said)
    keys = PLAIN_KEYS | {"labeler"} if judgement else PLAIN_KEYS
    own_id = row.get("external_id", row.get("id"))
    return prompt_of(raw, own_id, ended(given), said, rest_of(row, keys), judgement)


def prompt_of(
    raw: RawRow,
    own_id: Any,
    messages: list[dict[str, str]],
    responses: tuple[ParsedResponse, ...],
    metadata: dict[str, Any],
    judgement: Judgement | None = None,
) -> ParsedPrompt:
    if own_id is not None and (isinstance(own_id, bool) or not isinstance(own_id, str | int)):
        raise RowProblem("import_line", "external_id must be a text.")
    has_own_id = own_id not in (None, "")
    external_id = str(own_id) if has_own_id else f"sha256:{digest_of(messages)[:32]}"
    if len(external_id) > MAX_ID:
        raise RowProblem("import_line", f"external_id has more than {MAX_ID} characters.")
    return ParsedPrompt(
        raw.line,
        external_id,
        messages,
        responses,
        metadata,
        has_own_id,
        judgement,
        raw.nul_removed,
    )


def rest_of(row: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in known}


def labeler_of(row: Mapping[str, Any], reading: Reading) -> str:
    given = row.get("labeler", row.get("judge", reading.labeler))
    name = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if not isinstance(name, str) or len(name) > MAX_AUTHOR:
        raise RowProblem("import_line", "the labeler must be a short text.")
    return name.strip()


def chat(given: Any) -> list[dict[str, str]]:
    """The messages of a conversation: from a list, a list written as JSON, or one question."""
    if given is None:
        raise RowProblem("import_line", "neither messages nor prompt is given.")
    if isinstance(given, str):
        given = _chat_as_json(given) or [{"role": "user", "content": given}]
    if not isinstance(given, list) or not given:
        raise RowProblem("import_chat", "messages must be a list of role and content.")
    return [_message(each) for each in given]


def _chat_as_json(text: str) -> list[Any] | None:
    listed = as_list(text)
    first = listed[0] if listed else None
    return listed if isinstance(first, dict) and {"role", "content"} <= set(first) else None


def as_list(text: str) -> list[Any] | None:
    """The list that a cell of a table writes as JSON."""
    if not text.lstrip().startswith("["):
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, list) else None


def ended(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """The messages, if they end with something that a user said."""
    if not messages or messages[-1]["role"] != "user":
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


def _responses(row: Mapping[str, Any]) -> tuple[ParsedResponse, ...]:
    return (*_completion(row), *_listed(row.get("responses")))


def _completion(row: Mapping[str, Any]) -> Iterator[ParsedResponse]:
    given = row.get("completion")
    if given is not None:
        yield ParsedResponse(UNKNOWN, last_turn(given, "completion"))


def last_turn(given: Any, name: str) -> str:
    """The text of a response that is given as a text or as the assistant's message."""
    if isinstance(given, str):
        listed = _chat_as_json(given)
        if listed is None:
            return given
        given = listed
    messages = chat(given if isinstance(given, list) else [])
    if messages[-1]["role"] != "assistant":
        raise RowProblem("import_chat", f"{name} must end with a message of the assistant.")
    return messages[-1]["content"]


def _listed(given: Any) -> tuple[ParsedResponse, ...]:
    if isinstance(given, str):
        given = as_list(given) or given
    if given is None:
        return ()
    if not isinstance(given, list):
        raise RowProblem("import_line", "responses must be a list.")
    return tuple(_response(each, place) for place, each in enumerate(given, 1))


def _response(given: Any, place: int) -> ParsedResponse:
    if isinstance(given, str):
        return ParsedResponse(UNKNOWN, given)
    if not isinstance(given, dict):
        raise RowProblem("import_line", f"response {place} must be a text or an object.")
    content = given.get("content", given.get("text"))
    if not isinstance(content, str):
        raise RowProblem("import_line", f"response {place} has no content.")
    name = given.get("author", given.get("model", "unknown"))
    return ParsedResponse(author_of(name, f"response {place}"), content)


def author_of(name: Any, whose: str) -> str:
    if not isinstance(name, str) or not name or len(name) > MAX_AUTHOR:
        raise RowProblem("import_line", f"the author of {whose} must be a short text.")
    return f"import:{name}"
