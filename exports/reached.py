"""How far the writing of a version has come, noted beside its files whenever all of them end.

After a kill the files up to there count, and reading goes on after the last task in them: the
selection is fixed by its moment, so the same rows follow. Knows nothing of attempts.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from exports.writing import WrittenFile

NOTE = ".reached.json"


@dataclass(frozen=True)
class Reached:
    """Everything up to `task` is in `files`; `labels` were read for it, and `tally` is the state
    of what was counted."""

    task: int = 0
    labels: int = 0
    tally: dict[str, Any] = field(default_factory=dict)
    files: tuple[WrittenFile, ...] = ()


def note(folder: Path, reached: Reached) -> None:
    """Once this returns, a kill or a loss of power costs only what follows."""
    half = folder / f"{NOTE}.part"
    with half.open("w") as stream:
        json.dump(asdict(reached), stream)
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(folder / NOTE)


def reached_in(folder: Path) -> Reached | None:
    """What the note says, if there is one and every file that it names is there, whole."""
    try:
        told = json.loads((folder / NOTE).read_text())
        files = tuple(WrittenFile(**each) for each in told.pop("files"))
        whole = all((folder / file.path).stat().st_size == file.bytes for file in files)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Reached(**told, files=files) if whole else None


def drop_the_rest(folder: Path) -> None:
    """Remove every file that the note does not name."""
    reached = reached_in(folder) or Reached()
    kept = {folder / NOTE, *(folder / file.path for file in reached.files)}
    for path in folder.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def forget(folder: Path) -> None:
    """The note is no part of a version."""
    (folder / NOTE).unlink(missing_ok=True)
