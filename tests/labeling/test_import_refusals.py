"""Every kind of bad file: the exact code and words, and not a row stored."""

import io
import json
import pickle
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.test import Client

from labeling.actions.uploads import take_upload
from labeling.errors import Refused
from labeling.prompt_files import content
from labeling.prompt_files import parquet as parquet_files
from tests.labeling.conftest import signed_in
from tests.labeling.files import bring_in, lines, row, table, upload

BROKEN = "{broken"
TEN = [row(f"{n}?") for n in range(10)]
CHAT = {"role": "user", "content": "Why?"}
SAID = {"role": "assistant", "content": "So."}
GOOD = ["A?,1,x,y"] * 5
COLUMNS = "prompt,external_id,tag,note"


def csv(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def zipped(*entries: tuple[Any, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, body in entries:
            archive.writestr(entry, body)
    return sink.getvalue()


def a_link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("poems.jsonl")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def parquet(table: Any, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def swollen() -> bytes:
    """32 MiB of text in a few kB: one long text again and again."""
    index = pa.array([0] * 512, pa.int32())
    texts = pa.DictionaryArray.from_arrays(index, pa.array(["a" * 2**16]))
    return parquet(pa.table({"prompt": texts}))


def wide() -> bytes:
    return parquet(pa.table({f"c{n}": pa.array([], pa.string()) for n in range(10_000)}))


def extended() -> bytes:
    field = pa.field("prompt", pa.string(), metadata={b"ARROW:extension:name": b"arrow.uuid"})
    return parquet(pa.table([pa.array(["A?"])], schema=pa.schema([field])))


NOT_OURS = "The file is not CSV, JSONL or Parquet."
NO_ENTRY = "The archive has an entry that is not allowed."
NO_SCHEMA = "The Parquet schema is not supported."
EXPANDS = "The file expands to more than 1 GiB."
Body = bytes | Callable[[], bytes]
CASES: list[tuple[str, str, Body, int, str, str]] = [
    (
        "a broken line",
        "a.jsonl",
        lines(*TEN[:2], BROKEN, *TEN[3:]),
        *(422, "import_line", "Line 3: not valid JSON. 0 of 10 rows imported."),
    ),
    (
        "CSV without a prompt",
        "a.csv",
        csv("question,id", "A?,1"),
        *(422, "import_columns"),
        "Line 1: no column is named prompt or messages. 0 rows imported.",
    ),
    (
        "a ragged row",
        "a.csv",
        csv(COLUMNS, *GOOD, "B?,2,x"),
        *(422, "import_columns", "Line 7: 3 cells, 4 expected. 0 rows imported."),
    ),
    (
        "a badly quoted row",
        "a.csv",
        csv("prompt,id", '"A"?,1'),
        *(422, "import_columns"),
        "Line 2: badly quoted (',' expected after '\"'). 0 rows imported.",
    ),
    (
        "Latin-1",
        "a.jsonl",
        lines(row("x" * 1027)) + "é".encode("latin-1"),
        *(422, "import_encoding", "Byte 1,042 is not UTF-8."),
    ),
    (
        "UTF-16",
        "a.jsonl",
        lines(row()).decode().encode("utf-16"),
        *(422, "import_encoding", "Byte 1 is not UTF-8."),
    ),
    (
        "UTF-16 without a mark",
        "a.csv",
        "prompt,id".encode("utf-16-le"),
        *(422, "import_encoding", "Byte 1 is not UTF-8."),
    ),
    (
        "NUL in JSON",
        "a.jsonl",
        lines(*[row(f"{n}?") for n in range(41)], row("A\0?")),
        *(422, "import_char", 'Line 42: NUL character. Choose "remove NUL" to import.'),
    ),
    (
        "NUL in CSV",
        "a.csv",
        csv("prompt,id", "A\0?,1"),
        *(422, "import_char", 'Line 2: NUL character. Choose "remove NUL" to import.'),
    ),
    (
        "NUL in Parquet",
        "a.parquet",
        table(row("A?"), row("A\0?")),
        *(422, "import_char", 'Line 2: NUL character. Choose "remove NUL" to import.'),
    ),
    ("Parquet named CSV", "a.csv", table(row()), 415, "import_type", NOT_OURS),
    ("JSON Lines named CSV", "a.csv", lines(row()), 415, "import_type", NOT_OURS),
    ("CSV named Parquet", "a.parquet", csv("prompt", "A?"), 415, "import_type", NOT_OURS),
    (
        "a workbook",
        "a.csv",
        zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")),
        *(415, "import_type", NOT_OURS),
    ),
    ("a pickle", "a.jsonl", pickle.dumps({"prompt": "A?"}), 415, "import_type", NOT_OURS),
    ("an array", "a.csv", b"\x93NUMPY\x01\0v\0{'descr': '<f8'}", 415, "import_type", NOT_OURS),
    ("a program", "a.jsonl", b"MZ\x90\0\x03\0\0\0", 415, "import_type", NOT_OURS),
    ("a damaged zip", "a.jsonl", zipped(("a.jsonl", b"{}"))[:30], 415, "import_type", NOT_OURS),
    (
        "a zip that expands",
        "a.zip",
        lambda: zipped(("a.jsonl", b"\0" * 2**21)),
        *(413, "import_expands", EXPANDS),
    ),
    ("Parquet that expands", "a.parquet", swollen, 413, "import_expands", EXPANDS),
    (
        "a zip leading out",
        "a.zip",
        zipped(("../../x.jsonl", b"{}")),
        422,
        "archive_entry",
        NO_ENTRY,
    ),
    (
        "a link in a zip",
        "a.zip",
        zipped((a_link(), b"/etc/passwd")),
        422,
        "archive_entry",
        NO_ENTRY,
    ),
    (
        "a crowded zip",
        "a.zip",
        lambda: zipped(*((f"{n}", b"") for n in range(5000))),
        *(422, "archive_entry", NO_ENTRY),
    ),
    ("an extension type", "a.parquet", extended, 422, "import_schema", NO_SCHEMA),
    ("10,000 columns", "a.parquet", wide, 422, "import_schema", NO_SCHEMA),
    (
        "a damaged footer",
        "a.parquet",
        table(row())[:-9] + b"x" * 9,
        422,
        "import_schema",
        NO_SCHEMA,
    ),
    (
        "the same id twice",
        "a.jsonl",
        lines(*TEN[:3], row("A?", id="a1"), *TEN[4:8], row("B?", id="a1")),
        *(422, "import_duplicate", "Lines 4 and 9 share the id a1."),
    ),
    (
        "known ids with other content",
        "a.jsonl",
        lines(*(row(f"{n}!", external_id=f"a{n}") for n in (1, 2, 3))),
        *(409, "import_conflict", "3 ids exist with other content: a1, a2, a3."),
    ),
    ("an empty file", "a.jsonl", b"", 422, "import_empty", "The file has no rows."),
    ("blank lines", "a.jsonl", b"\xef\xbb\xbf\n \n", 422, "import_empty", "The file has no rows."),
    ("only a header", "a.csv", csv(COLUMNS), 422, "import_empty", "The file has no rows."),
    (
        "an unknown role",
        "a.jsonl",
        lines({"messages": [{"role": "tool", "content": "7"}]}),
        *(422, "import_chat", "Line 1: the role tool is unknown; use system, user, assistant."),
    ),
    (
        "no user turn",
        "a.jsonl",
        lines({"messages": [{"role": "system", "content": "Be brief."}]}),
        *(422, "import_chat", "Line 1: the last message must come from the user."),
    ),
    (
        "a last turn of the assistant",
        "a.jsonl",
        lines(*TEN[:4], {"messages": [CHAT, SAID]}),
        *(422, "import_chat", "Line 5: the last message must come from the user."),
    ),
    (
        "too many rows",
        "a.jsonl",
        lines(*TEN, *TEN),
        *(413, "import_too_large", "At most 1,000,000 rows or 200 MB per file."),
    ),
    (
        "a file name that leads out",
        "../a.jsonl",
        lines(row()),
        *(400, "filename_invalid"),
        "The file name is too long or has characters that are not allowed.",
    ),
]


@pytest.fixture
def mary(cast: SimpleNamespace, settings: Any, tmp_path: Path) -> Client:
    settings.DATA = tmp_path
    settings.IMPORT_MAX_ROWS = 50
    client = signed_in(cast.mary)
    bring_in(client, lines(*(row(f"{n}?", external_id=f"a{n}") for n in (1, 2, 3))))
    return client


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, but for sessions and what counts tries."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.label not in {"sessions.Session", "labeling.GuardedDoor"}
    }


@pytest.mark.parametrize(
    ("name", "body", "status", "code", "detail"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_it_is_refused_and_nothing_is_stored(
    mary: Client,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    body: Body,
    status: int,
    code: str,
    detail: str,
) -> None:
    settings.IMPORT_MAX_ROWS = 19 if code == "import_too_large" else 5000
    if code == "import_expands":
        monkeypatch.setattr(content, "MOST_EXPANDED", 2**20)
        monkeypatch.setattr(parquet_files, "MOST_EXPANDED", 2**20)
    before = everything()
    answer = upload(mary, body if isinstance(body, bytes) else body(), name=name)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert problem["detail"] == detail
    assert everything() == before


def test_the_same_file_again_is_said_and_adds_nothing(mary: Client) -> None:
    body = lines(*TEN)
    bring_in(mary, body)
    before = everything()
    answer = upload(mary, body)
    assert (answer.status_code, answer.json()["code"]) == (200, "already_imported")
    assert answer.json()["new"] == 0
    assert answer.json()["detail"].startswith("This file was imported on 20")
    assert everything() == before


def test_nul_is_removed_when_asked_for(mary: Client) -> None:
    body = lines(row("A\0?\0", external_id="nul"))
    looked = upload(mary, body, "?dry_run=1&remove_nul=1").json()
    assert (looked["bad"], looked["nul_removed"]) == (0, 2)
    assert bring_in(mary, body, "?remove_nul=1").new == 1
    assert mary.get("/api/projects/poems/prompts").json()["results"][0]["excerpt"] == "A?"


def test_a_cell_that_looks_like_a_formula_is_data(mary: Client) -> None:
    cells = ["=1+1", "+1", "-1", "@SUM(1)", "\tx"]
    bring_in(mary, csv("prompt,external_id", *(f"{c},f{n}" for n, c in enumerate(cells))), name="a")
    found = mary.get("/api/projects/poems/prompts").json()["results"]
    assert {each["messages"][0]["content"] for each in found} >= set(cells)


def test_bad_rows_can_be_left_out_and_taken_home(mary: Client) -> None:
    body = lines(row("A?"), BROKEN, {"prompt": 3, "=x": 1})
    looked = upload(mary, body, "?dry_run=1").json()
    assert (looked["rows"], looked["new"], looked["bad"]) == (3, 1, 2)
    assert looked["problem"]["code"] == "import_line"
    answer = mary.get(f"/api/projects/poems/imports/bad-rows?upload={looked['upload']}")
    text = answer.getvalue().decode()
    assert text.splitlines()[:2] == ["line,reason,row", "2,not valid JSON.,{broken"]
    job = bring_in(mary, body, f"?leave_out_bad=1&upload={looked['upload']}")
    assert (job.new, job.left_out) == (1, 2)


def test_an_upload_that_was_cut_off_is_not_taken(mary: Client, tmp_path: Path) -> None:
    before = everything(), sorted((tmp_path / "imports").iterdir())
    with pytest.raises(Refused, match="cut off after 4 of 9 bytes") as refused:
        take_upload([b'{"pr'], "poems.jsonl", 9)
    assert refused.value.code == "upload_incomplete"
    assert (everything(), sorted((tmp_path / "imports").iterdir())) == before


def test_a_full_disk_is_said_in_words(mary: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labeling.actions.uploads.os.fsync", full)
    answer = upload(mary, lines(row("A?")))
    assert answer.status_code == 507
    assert answer.json()["code"] == "storage_full"
    assert answer.json()["detail"] == "The server is out of space. Nothing was saved."


def test_many_bad_lines_are_counted_and_a_hundred_named(mary: Client, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 1000
    problem = upload(mary, lines(*[BROKEN] * 150)).json()
    assert problem["detail"] == (
        "Line 1: not valid JSON. 149 more lines are bad. 0 of 150 rows imported."
    )
    assert len(problem["errors"]) == 100
    assert json.dumps(problem)
