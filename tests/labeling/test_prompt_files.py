"""Reading prompt files: every way a row can be wrong, and that nothing else can come out."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import Refused
from labeling.prompt_files.content import Content
from labeling.prompt_files.parsed import BadRow, ParsedPrompt, Reading, numbered
from labeling.prompt_files.reading import read_prompts
from tests.labeling.files import lines, row

USER = {"role": "user", "content": "Why?"}
DEEP = "[" * 40 + "]" * 40
BAD_ROWS: list[tuple[str, Any, str, str]] = [
    ("cut", '{"prompt": "A', "import_line", "not valid JSON."),
    ("a list", [], "import_line", "not a JSON object."),
    ("a bare text", '"A?"', "import_line", "not a JSON object."),
    ("no prompt", {}, "import_line", "neither messages nor prompt is given."),
    ("prompt is a number", {"prompt": 3}, "import_chat", "messages must be a list"),
    ("no messages", {"messages": []}, "import_chat", "messages must be a list"),
    ("a message is a text", {"messages": ["Why?"]}, "import_chat", "a message must have"),
    ("content is a list", {"messages": [{**USER, "content": ["?"]}]}, "import_chat", "a message"),
    ("role", {"messages": [{"role": "tool", "content": ""}]}, "import_chat", "the role tool"),
    (
        "ends with the assistant",
        {"messages": [USER, {"role": "assistant", "content": "So."}]},
        "import_chat",
        "the last message must come from the user.",
    ),
    ("blank", row("  \n"), "import_chat", "the last message is empty."),
    ("id is true", row(external_id=True), "import_line", "external_id must be a text."),
    ("id is a list", row(external_id=[1]), "import_line", "external_id must be a text."),
    ("id too long", row(external_id="x" * 201), "import_line", "external_id has more than 200"),
    ("responses is a text", row(responses="Yes"), "import_line", "responses must be a list."),
    ("responses is empty text", row(responses=""), "import_line", "responses must be a list."),
    ("a number responds", row(responses=["A", 3]), "import_line", "response 2 must be a text"),
    ("response without content", row(responses=[{}]), "import_line", "response 1 has no content."),
    (
        "author is a number",
        row(responses=[{"content": "A", "model": 3}]),
        "import_line",
        "the author of response 1 must be a short text.",
    ),
    ("NUL", row("A\0?"), "import_char", "NUL character."),
    ("NUL in metadata", row(tags=[{"a\0": 1}]), "import_char", "NUL character."),
    ("half a surrogate", r'{"prompt": "\ud83d?"}', "import_char", "half of a surrogate pair."),
    ("NaN", '{"prompt": "A?", "x": NaN}', "import_line", "a number that cannot be stored."),
    ("infinite", '{"prompt": "A?", "x": 1e999}', "import_line", "a number that cannot be"),
    ("huge", row(x=2**63), "import_line", "a number that cannot be stored."),
    ("5,000 digits", '{"prompt": "A?", "x": ' + "9" * 5000 + "}", "import_line", "not valid JSON."),
    ("deep", '{"prompt": "A?", "x": ' + DEEP + "}", "import_line", "nested deeper than 32"),
    ("bottomless", "[" * 100_000, "import_line", "not valid JSON."),
]


def read(tmp_path: Path, body: bytes) -> list[ParsedPrompt | BadRow]:
    file = tmp_path / "file"
    file.write_bytes(body)
    return list(read_prompts(file, Content.JSONL, Reading()))


@pytest.mark.parametrize(
    ("bad", "code", "words"),
    [case[1:] for case in BAD_ROWS],
    ids=[case[0] for case in BAD_ROWS],
)
def test_bad_rows(tmp_path: Path, bad: Any, code: str, words: str) -> None:
    good, found = read(tmp_path, lines(row("Fine?"), bad))
    assert isinstance(good, ParsedPrompt)
    assert isinstance(found, BadRow)
    assert (found.line, found.code) == (2, code)
    assert found.message.startswith(words)


def test_bytes_that_are_not_utf_8_are_placed(tmp_path: Path) -> None:
    body = lines(row("A?")) + b"\r\n" + b'{"prompt": "caf\xe9?"}'
    with pytest.raises(Refused, match=r"Byte 34 is not UTF-8.") as refused:
        read(tmp_path, body)
    assert refused.value.code == "import_encoding"


def test_a_line_that_is_too_long_is_bad_and_the_next_is_read(tmp_path: Path) -> None:
    body = lines(row("A?"), row("x" * 5_000_000), row("B?"))
    first, second, third = read(tmp_path, body)
    assert isinstance(second, BadRow)
    assert (second.line, second.message) == (2, "longer than 4 MiB.")
    assert isinstance(first, ParsedPrompt)
    assert isinstance(third, ParsedPrompt)


def test_what_else_is_read(tmp_path: Path) -> None:
    body = b"\xef\xbb\xbf" + lines(row("A?", id=7, source="web", responses=None))
    (prompt,) = read(tmp_path, body + b"\r\n\n")
    assert isinstance(prompt, ParsedPrompt)
    assert (prompt.line, prompt.external_id, prompt.metadata) == (1, "7", {"source": "web"})
    assert prompt.responses == ()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant"]), "content": texts}
    ),
    max_size=3,
)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(-1e18, 1e18)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def parsed(text: str) -> ParsedPrompt | BadRow:
    file = FOLDER / "row"
    file.write_text(text)
    (found,) = read_prompts(file, Content.JSONL, Reading())
    return found


FOLDER = Path(tempfile.mkdtemp(dir=settings.DATA))


@given(
    messages=messages,
    last=texts.filter(str.strip),
    said=st.lists(texts, max_size=3),
    other=st.dictionaries(st.text("xyz", min_size=1, max_size=3), values, max_size=3),
)
def test_a_good_row_comes_out_as_it_went_in(
    messages: list[dict[str, str]], last: str, said: list[str], other: dict[str, Any]
) -> None:
    whole = [*messages, {"role": "user", "content": last}]
    given_row = {**other, "messages": whole, "responses": said}
    for ascii_only in (True, False):
        prompt = parsed(json.dumps(given_row, ensure_ascii=ascii_only))
        assert isinstance(prompt, ParsedPrompt)
        assert prompt.messages == whole
        assert prompt.metadata == other
        assert [response.content for response in prompt.responses] == said


KEYS = ["messages", "prompt", "responses", "chosen", "rejected", "winner", "conversation_a"]


@given(values | st.dictionaries(st.sampled_from(KEYS), values))
def test_any_json_is_read_or_refused_in_words(value: Any) -> None:
    found = parsed(json.dumps(value))
    assert isinstance(found, ParsedPrompt) or found.message


@given(st.sampled_from(sorted(Content)), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: str, body: bytes) -> None:
    file = FOLDER / "bytes"
    file.write_bytes(body)
    with suppress(Refused):
        list(read_prompts(file, content, Reading()))


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_equal_responses_are_told_apart_by_number(said: list[str]) -> None:
    prompt = parsed(json.dumps(row(responses=said)))
    assert isinstance(prompt, ParsedPrompt)
    assert len(set(numbered(prompt.responses))) == len(said)
