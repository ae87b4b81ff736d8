"""Which values the database can hold, on every database alike."""

import math
from typing import Any

from labeling.prompt_files.parsed import RowProblem

MAX_DEPTH = 32
BIGGEST = 2**63


def refuse_what_cannot_be_stored(value: Any, depth: int = 0) -> None:
    """Raises `RowProblem` for NUL, half surrogates, huge numbers and deep nesting."""
    if depth > MAX_DEPTH:
        raise RowProblem("import_line", f"nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        _refuse_characters(value)
    elif isinstance(value, int | float):
        if not math.isfinite(value) or not -BIGGEST <= value < BIGGEST:
            raise RowProblem("import_line", "a number that cannot be stored.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_characters(key)
            refuse_what_cannot_be_stored(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            refuse_what_cannot_be_stored(inner, depth + 1)


def _refuse_characters(text: str) -> None:
    if "\0" in text:
        raise RowProblem("import_char", "NUL character.")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise RowProblem("import_char", "half of a surrogate pair.")


def without_nul(value: Any) -> tuple[Any, int]:
    """The value with every NUL taken out of its texts and keys, and how many there were."""
    if isinstance(value, str):
        return value.replace("\0", ""), value.count("\0")
    if isinstance(value, list):
        cleaned = [without_nul(inner) for inner in value]
        return [inner for inner, _ in cleaned], sum(count for _, count in cleaned)
    if isinstance(value, dict):
        pairs = [(without_nul(key), without_nul(inner)) for key, inner in value.items()]
        removed = sum(key[1] + inner[1] for key, inner in pairs)
        return {key[0]: inner[0] for key, inner in pairs}, removed
    return value, 0


def storable(values: dict[str, Any], remove_nul: bool) -> tuple[dict[str, Any], int]:
    """The values as they may be stored, and how many NULs were removed for that."""
    removed = 0
    if remove_nul:
        values, removed = without_nul(values)
    refuse_what_cannot_be_stored(values)
    return values, removed
