"""`dataset_info.json`: how LLaMA-Factory reads the files of a version, given their folder as its
`dataset_dir`. Pure."""

from collections.abc import Sequence
from typing import Any

import orjson

from exports.writing import WrittenFile

TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "system_tag": "system",
}


def dataset_info(files: Sequence[WrittenFile]) -> bytes:
    """An entry for each file that LLaMA-Factory can read: conversations as they are, everything
    else in the dialects `alpaca` and `sharegpt`."""
    entries = {_name(file): entry for file in files if (entry := _entry(file))}
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(entries, option=options)


def _name(file: WrittenFile) -> str:
    """`preference_train_sharegpt`, and the shard's number where there are several."""
    config, _, rest = file.path.partition("/")
    shard, of = rest.partition("-")[2][:14].split("-of-")
    name = f"{config}_{file.split}_{file.format}"
    return name if int(of) == 1 else f"{name}_{int(shard)}"


def _entry(file: WrittenFile) -> dict[str, Any] | None:
    config = file.path.partition("/")[0]
    pair = {"chosen": "chosen", "rejected": "rejected"} if config == "preference" else {}
    judged = {"kto_tag": "kto_tag"} if config == "kto" else {}
    entry: dict[str, Any] = {"file_name": file.path, **({"ranking": True} if pair else {})}
    if file.format == "alpaca":
        names = {"prompt": "instruction", "query": "input", "system": "system"}
        answer = {} if pair else {"response": "output"}
        columns = {**names, "history": "history", **answer, **pair, **judged}
        return {**entry, "columns": columns}
    if file.format == "sharegpt":
        columns = {"messages": "conversations", "system": "system", **pair, **judged}
        return {**entry, "formatting": "sharegpt", "columns": columns}
    if config == "sft" and file.format in {"parquet", "jsonl"}:
        columns = {"messages": "messages"}
        return {**entry, "formatting": "sharegpt", "columns": columns, "tags": TAGS}
    return None
