"""Prompt files for tests, and their way in through the HTTP API."""

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.test import Client

from labeling.actions.imports import import_prompts
from labeling.actions.jobs import run_job
from labeling.models import PromptImport

IMPORTS = "/api/projects/poems/imports"
PROMPTS = "/api/projects/poems/prompts"


def row(text: str = "Write a haiku.", **facts: Any) -> dict[str, Any]:
    return {"prompt": text, **facts}


def lines(*rows: Any) -> bytes:
    """Rows as JSON Lines; a text stands as it is."""
    texts = (each if isinstance(each, str) else json.dumps(each) for each in rows)
    return "\n".join(texts).encode()


def table(*rows: dict[str, Any]) -> bytes:
    """Rows as a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), sink)
    return sink.getvalue()


def upload(client: Client, body: bytes, query: str = "", name: str = "poems.jsonl") -> Any:
    return client.post(
        f"{IMPORTS}{query}", body, "application/x-ndjson", headers={"X-File-Name": name}
    )


def bring_in(
    client: Client, body: bytes, query: str = "", name: str = "poems.jsonl"
) -> PromptImport:
    """Upload a good file and let a worker import it."""
    answer = upload(client, body, query, name)
    assert answer.status_code == 202, answer.content
    run_job(PromptImport, answer.json()["id"], import_prompts)
    return PromptImport.objects.get(pk=answer.json()["id"])
