"""Understands rows that judge a response step by step, as TRL's stepwise supervision writes them:
`prompt`, `completions` (the steps) and `labels`, one for each step.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from labeling.prompt_files.parsed import (
    Judgement,
    ParsedPrompt,
    ParsedResponse,
    ParsedStep,
    RawRow,
    Reading,
    RowProblem,
)
from labeling.prompt_files.rows import (
    UNKNOWN,
    author_of,
    chat,
    ended,
    labeler_of,
    prompt_of,
    rest_of,
)

KEYS = {
    *("prompt", "messages", "external_id", "labeler", "judge"),
    *("completions", "labels", "model"),
}
SEPARATOR = "\n"
"""Stands between the steps in the text of the response."""
GOOD, NEUTRAL, BAD = 1, 0, -1
VALUES = {
    **dict.fromkeys(("true", "+", "1", "good", "positive"), GOOD),
    **dict.fromkeys(("0", "neutral"), NEUTRAL),
    **dict.fromkeys(("false", "-", "-1", "bad", "negative"), BAD),
}


def is_stepwise(row: dict[str, Any]) -> bool:
    return "completions" in row and "labels" in row


def stepwise(raw: RawRow, row: dict[str, Any], reading: Reading) -> ParsedPrompt:
    """One response and what was said of each of its steps."""
    texts, values = _list(row["completions"], "completions"), _list(row["labels"], "labels")
    if not texts or len(texts) != len(values):
        detail = f"there are {len(texts)} completions and {len(values)} labels; a step needs both."
        raise RowProblem("import_line", detail)
    if not all(isinstance(each, str) for each in texts):
        raise RowProblem("import_line", "completions must be texts.")
    author = author_of(row["model"], "model") if "model" in row else UNKNOWN
    said = ParsedResponse(author, SEPARATOR.join(texts))
    steps = tuple(_steps(texts, values))
    judgement = Judgement(labeler_of(row, reading) or "unknown", steps=steps)
    before = ended(chat(row.get("prompt", row.get("messages"))))
    rest = rest_of(row, KEYS)
    return prompt_of(raw, row.get("external_id"), before, (said,), rest, judgement)


def _list(given: Any, name: str) -> list[Any]:
    """A list, or one that a cell of a table writes as JSON."""
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            given = None
    if not isinstance(given, list):
        raise RowProblem("import_line", f"{name} must be a list.")
    return given


def _steps(texts: list[str], values: list[Any]) -> Iterator[ParsedStep]:
    start = 0
    for place, (text, value) in enumerate(zip(texts, values, strict=True), 1):
        known = VALUES.get(str(value).lower())
        if known is None:
            words = "use true or false, or 1, 0 (neutral) and -1."
            raise RowProblem("import_line", f"the label of step {place} is unknown; {words}")
        yield ParsedStep(start, start + len(text), known)
        start += len(text) + len(SEPARATOR)
