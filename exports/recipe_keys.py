"""The keys of a recipe: what each is when nothing is said, and how a given value is read."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from exports.contamination import LONGEST_GRAM, SHORTEST_GRAM, USUAL_GRAM
from exports.moments import parse_moment, write_moment
from exports.pairs import RULES
from labeling.errors import Invalid
from labeling.kinds import Pool

FILES = ("parquet", "jsonl", "csv", "alpaca", "sharegpt", "openai")
USUAL_FILES = ("parquet", "jsonl")
MOST_VALUES = 1_000
LONGEST_VALUE = 200
MOST_UNSEEN = 10_000
LONGEST_UNSEEN = 100_000
MOST_UNSEEN_CHARACTERS = 1_000_000
PSEUDONYM = re.compile(r"labeler-[0-9a-f]{16}")


@dataclass(frozen=True)
class Key:
    """`read` gets the key's name and a given value, and returns it as it is stored."""

    usual: Callable[[], Any]
    read: Callable[[str, Any], Any]


def refuse(code: str, detail: str, field: str) -> NoReturn:
    raise Invalid(code, detail, field)


def _one_of(*allowed: str) -> Key:
    def read(key: str, value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            detail = f"{key} must be one of: {', '.join(allowed)}."
            refuse("out_of_range", detail, f"recipe.{key}")
        return value

    return Key(lambda: allowed[0], read)


def _some_of(allowed: Sequence[str], usual: Sequence[str]) -> Key:
    def read(key: str, value: Any) -> list[str]:
        if not isinstance(value, list) or not value or not all(each in allowed for each in value):
            detail = f"{key} must name at least one of: {', '.join(allowed)}."
            refuse("out_of_range", detail, f"recipe.{key}")
        return [each for each in allowed if each in value]

    return Key(lambda: list(usual), read)


def _read_moment(key: str, value: Any) -> str | None:
    if value is None:
        return None
    moment = parse_moment(value)
    if moment is None:
        detail = f"{key} must be a time with its zone, such as 2026-11-23T12:00:00Z."
        refuse("type_error", detail, f"recipe.{key}")
    return write_moment(moment)


def _read_texts(key: str, value: Any) -> list[str]:
    good = isinstance(value, list) and len(value) <= MOST_VALUES
    if not good or not all(
        isinstance(each, str) and 0 < len(each) <= LONGEST_VALUE for each in value
    ):
        detail = f"{key} must be a list of at most {MOST_VALUES:,} texts."
        refuse("type_error", detail, f"recipe.{key}")
    return sorted(set(value))


def _read_pseudonyms(key: str, value: Any) -> list[str]:
    names = _read_texts(key, value)
    if not all(PSEUDONYM.fullmatch(name) for name in names):
        detail = f"{key} must name people by pseudonyms, such as labeler-0123456789abcdef."
        refuse("out_of_range", detail, f"recipe.{key}")
    return names


def _read_share(key: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        refuse("out_of_range", f"{key} must be between 0 and 1, or null.", f"recipe.{key}")
    return float(value)


def _read_tags(key: str, value: Any) -> dict[str, list[str]]:
    """Values by the name of a metadata key."""
    names = list(value) if isinstance(value, dict) else []
    if not isinstance(value, dict) or len(names) > 20 or not all(map(_is_name, names)):
        detail = f"{key} must give a list of values for each of at most 20 metadata keys."
        refuse("type_error", detail, f"recipe.{key}")
    return {name: _read_texts(f"{key}.{name}", value[name]) for name in sorted(names)}


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_.-]{1,80}", name) is not None


def _read_criteria(key: str, value: Any) -> dict[str, dict[str, int]]:
    """Bounds by the name of a criterion."""
    if not isinstance(value, dict) or len(value) > 20 or not all(map(_is_name, value)):
        detail = f"{key} must give min and max for each of at most 20 criteria."
        refuse("type_error", detail, f"recipe.{key}")
    return {name: _read_bounds(f"{key}.{name}", value[name]) for name in sorted(value)}


def _read_bounds(key: str, value: Any) -> dict[str, int]:
    given = value if isinstance(value, dict) else {}
    low, high = given.get("min", -32768), given.get("max", 32767)
    whole = all(isinstance(each, int) and not isinstance(each, bool) for each in (low, high))
    if not given or not set(given) <= {"min", "max"} or not whole or low > high:
        detail = f"{key} must be whole numbers min and max, min at most max."
        refuse("out_of_range", detail, f"recipe.{key}")
    return {"min": low, "max": high}


def _read_unseen(key: str, value: Any) -> dict[str, Any] | None:
    """Prompts that nothing in the version may repeat, and by how many words in a row."""
    if value is None:
        return None
    given = value if isinstance(value, dict) else {}
    prompts, words = given.get("prompts"), given.get("words", USUAL_GRAM)
    for name in given:
        if name not in {"prompts", "words", "sha256"}:
            detail = f"The field {str(name)[:80]} is not known here."
            refuse("unknown_field", detail, f"recipe.{key}.{str(name)[:80]}")
    if not isinstance(prompts, list) or not _fit(prompts):
        detail = (
            f"{key}.prompts must be 1 to {MOST_UNSEEN:,} texts of at most {LONGEST_UNSEEN:,} "
            f"characters, {MOST_UNSEEN_CHARACTERS:,} together."
        )
        refuse("type_error", detail, f"recipe.{key}.prompts")
    if not isinstance(words, int) or not SHORTEST_GRAM <= words <= LONGEST_GRAM:
        detail = f"{key}.words must be between {SHORTEST_GRAM} and {LONGEST_GRAM}."
        refuse("out_of_range", detail, f"recipe.{key}.words")
    texts = sorted(set(prompts))
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return {"prompts": texts, "words": words, "sha256": digest}


def _fit(prompts: list[Any]) -> bool:
    texts = [each for each in prompts if isinstance(each, str) and 0 < len(each) <= LONGEST_UNSEEN]
    whole = 0 < len(texts) == len(prompts) <= MOST_UNSEEN
    return whole and sum(map(len, texts)) <= MOST_UNSEEN_CHARACTERS


KEYS: dict[str, Key] = {
    "since": Key(lambda: None, _read_moment),
    "until": Key(lambda: None, _read_moment),
    "labelers": Key(list, _read_pseudonyms),
    "not_labelers": Key(list, _read_pseudonyms),
    "held_out_labelers": Key(list, _read_pseudonyms),
    "reviewers": Key(list, _read_pseudonyms),
    "min_agreement": Key(lambda: None, _read_share),
    "tags": Key(dict, _read_tags),
    "languages": Key(list, _read_texts),
    "pools": _some_of(Pool.values, [Pool.ORDINARY.value]),
    "decontaminate": Key(lambda: None, _read_unseen),
    "near_duplicates": _one_of("leave_out", "keep"),
    "files": _some_of(FILES, USUAL_FILES),
    "pairs": _one_of(*RULES),
    "ties": _one_of("drop", "soft"),
    "margins": _one_of("strength", "none", "rank"),
    "weights": _one_of("equal", "per_ranking"),
    "per_task": _one_of("each", "first", "mode", "mean_rank"),
    "adjudicated": _one_of("prefer", "ignore"),
    "criteria": Key(dict, _read_criteria),
    "neutral": _one_of("good", "bad"),
    "desirable": _one_of("best", "best_worst"),
}
