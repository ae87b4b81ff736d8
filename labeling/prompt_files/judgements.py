"""Understands rows that say which of two responses is better.

A preference row holds `chosen` and `rejected` (texts or messages, as TRL writes them), with or
without the `prompt` apart. A vote holds `winner` (`model_a`, `model_b`, `tie`, `tie (bothbad)`) or
the columns `winner_model_a`, `winner_model_b`, `winner_tie`, and the two responses with the models
that gave them, as the releases of Chatbot Arena and MT-bench do.
"""

from typing import Any

from labeling.prompt_files.parsed import (
    Judgement,
    ParsedPrompt,
    ParsedResponse,
    RawRow,
    Reading,
    RowProblem,
)
from labeling.prompt_files.rows import (
    UNKNOWN,
    as_list,
    author_of,
    chat,
    ended,
    labeler_of,
    last_turn,
    prompt_of,
    rest_of,
)

PREFERENCE_KEYS = {
    *("prompt", "messages", "external_id", "labeler", "judge"),
    *("chosen", "rejected", "chosen_model", "rejected_model"),
}
VOTE_KEYS = {
    *("prompt", "messages", "external_id", "labeler", "judge", "winner"),
    *("model_a", "model_b", "response_a", "response_b", "conversation_a", "conversation_b"),
    *("winner_model_a", "winner_model_b", "winner_tie"),
}
WINNERS = {
    **dict.fromkeys(("a", "model_a", "response_a", "left", "1"), (1, 2)),
    **dict.fromkeys(("b", "model_b", "response_b", "right", "2"), (2, 1)),
    **dict.fromkeys(("tie", "same", "equal", "0"), (1, 1)),
    **dict.fromkeys(("tie (bothbad)", "bothbad", "both_bad", "both bad", "neither"), (1, 1)),
}
BOTH_BAD = {"tie (bothbad)", "bothbad", "both_bad", "both bad", "neither"}
Messages = list[dict[str, str]]


def is_preference(row: dict[str, Any]) -> bool:
    return "chosen" in row and "rejected" in row


def is_vote(row: dict[str, Any]) -> bool:
    return "winner" in row or "winner_model_a" in row


def preference(raw: RawRow, row: dict[str, Any], reading: Reading) -> ParsedPrompt:
    """Two responses, the chosen one first; a label if it is known whose choice it was."""
    if "prompt" in row or "messages" in row:
        before = chat(row.get("prompt", row.get("messages")))
    else:
        before = _shared_beginning(row["chosen"], row["rejected"])
    responses = tuple(
        ParsedResponse(_model(row, f"{name}_model"), last_turn(row[name], name))
        for name in ("chosen", "rejected")
    )
    labeler = labeler_of(row, reading)
    judgement = Judgement(labeler, (1, 2)) if labeler else None
    rest = rest_of(row, PREFERENCE_KEYS)
    return prompt_of(raw, row.get("external_id"), ended(before), responses, rest, judgement)


def vote(raw: RawRow, row: dict[str, Any], reading: Reading) -> ParsedPrompt:
    """Two responses and the label of the voter."""
    ranks, both_bad = _verdict(row)
    before, texts = _voted_on(row)
    responses = tuple(
        ParsedResponse(_model(row, name), text)
        for name, text in zip(("model_a", "model_b"), texts, strict=True)
    )
    if responses[0] == responses[1]:
        raise RowProblem("import_line", "both responses and their models are the same.")
    labeler = labeler_of(row, reading) or "unknown"
    rest = rest_of(row, VOTE_KEYS)
    judgement = Judgement(labeler, ranks, both_bad)
    return prompt_of(raw, row.get("external_id"), ended(before), responses, rest, judgement)


def _shared_beginning(chosen: Any, rejected: Any) -> Messages:
    """What was said before the last turn, if it is the same on both sides."""
    better, worse = chat(chosen), chat(rejected)
    if better[:-1] != worse[:-1]:
        raise RowProblem("import_chat", "the two conversations differ before their last turn.")
    return better[:-1]


def _model(row: dict[str, Any], name: str) -> str:
    return author_of(row[name], name) if name in row else UNKNOWN


def _verdict(row: dict[str, Any]) -> tuple[tuple[int, int], bool]:
    if "winner" not in row:
        return _columns_verdict(row), False
    given = str(row["winner"]).strip()
    by_name = {row.get("model_a"): (1, 2), row.get("model_b"): (2, 1)}
    ranks = WINNERS.get(given.lower()) or by_name.get(given)
    if ranks is None:
        words = "use model_a, model_b, tie or tie (bothbad)."
        raise RowProblem("import_line", f"the winner {given[:80]} is unknown; {words}")
    return ranks, given.lower() in BOTH_BAD


def _columns_verdict(row: dict[str, Any]) -> tuple[int, int]:
    won = [str(row.get(f"winner_{side}", "0")) in {"1", "1.0", "True"} for side in _SIDES]
    if won.count(True) != 1:
        raise RowProblem("import_line", "exactly one of the winner columns must be 1.")
    return ((1, 2), (2, 1), (1, 1))[won.index(True)]


_SIDES = ("model_a", "model_b", "tie")


def _voted_on(row: dict[str, Any]) -> tuple[Messages, tuple[str, str]]:
    """The prompt, and what the two models responded."""
    if "conversation_a" in row and "conversation_b" in row:
        before = _shared_beginning(row["conversation_a"], row["conversation_b"])
        names = ("conversation_a", "conversation_b")
        return before, (last_turn(row[names[0]], names[0]), last_turn(row[names[1]], names[1]))
    texts = [_only_turn(row.get(f"response_{side}", ""), side) for side in "ab"]
    return chat(_only_turn(row.get("prompt", row.get("messages")), "prompt")), (texts[0], texts[1])


def _only_turn(given: Any, name: str) -> Any:
    """Some releases write each side as a JSON list of turns; we take conversations of one."""
    listed = as_list(given) if isinstance(given, str) else None
    if listed and all(isinstance(turn, str) for turn in listed):
        if len(listed) > 1:
            detail = f"{name} has {len(listed)} turns; only conversations of one can be read so."
            raise RowProblem("import_chat", detail)
        return listed[0]
    return given
