"""What a trainer's script does. Runs in a client's own virtual environment, which lacks this
product, with `HF_ENDPOINT` and `HF_TOKEN` set: reads lines of JSON, [FUNCTION, ARGUMENT...], and
prints what each returned as a line.
"""

import hashlib
import json
import os
import sys
from itertools import islice
from pathlib import Path
from typing import Any

Json = Any


def load(repository: str, config: str, revision: str) -> Json:
    """Each split's rows and its first row, through the cache."""
    from datasets import load_dataset

    loaded = load_dataset(repository, config or None, revision=revision or None)
    return {split: [rows.num_rows, rows[0]] for split, rows in loaded.items()}


def stream(repository: str, count: str) -> Json:
    from datasets import load_dataset

    rows = load_dataset(repository, split="train", streaming=True)
    return list(islice(rows, int(count)))


def snapshot(repository: str, kind: str, revision: str) -> Json:
    from huggingface_hub import snapshot_download

    folder = Path(snapshot_download(repository, repo_type=kind, revision=revision or None))
    return hashes(str(folder))


def hashes(folder: str) -> Json:
    """SHA-256 of every file in a folder, by path."""
    root = Path(folder)
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


def read_parquet(address: str) -> Json:
    import pandas

    frame = pandas.read_parquet(address)
    return [len(frame), list(frame.columns)]


def tags(repository: str) -> Json:
    from huggingface_hub import HfApi

    found = HfApi().list_repo_refs(repository, repo_type="dataset")
    return {each.name: each.target_commit for each in found.tags + found.branches}


def listing(repository: str) -> Json:
    from huggingface_hub import HfFileSystem

    return sorted(HfFileSystem().find(f"datasets/{repository}"))


def failure(function: str, *arguments: str) -> Json:
    """The type and the text of what goes wrong."""
    try:
        globals()[function](*arguments)
    except Exception as error:
        return [type(error).__name__, str(error)]
    return ["", "nothing went wrong"]


if __name__ == "__main__":
    for line in sys.stdin:
        name, *given = json.loads(line)
        print(json.dumps(globals()[name](*given), default=str), flush=True)
    # The older pyarrow's threads sometimes abort an interpreter that takes itself apart.
    os._exit(0)
