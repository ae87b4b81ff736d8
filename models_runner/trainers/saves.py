"""The trainer's saves: which are whole, which is the last, and when they may go. No torch.

The trainer writes a save as a folder of many files. One that a kill tore lacks the mark that is
put in last, and is thrown away.
"""

import os
import shutil
from pathlib import Path

MARK = "whole"
PREFIX = "checkpoint-"


def mark_whole(save: Path) -> None:
    """Say that everything in the folder has been written and has reached the disk."""
    for path in save.iterdir():
        flush(path)
    (save / MARK).touch()
    flush(save / MARK)
    flush(save)


def last_whole(saves_dir: Path) -> Path | None:
    """The whole save with the most steps; torn ones are removed on the way."""
    saves = sorted(saves_dir.glob(f"{PREFIX}*"), key=_steps)
    for save in saves:
        if not (save / MARK).exists():
            shutil.rmtree(save)
    whole = [save for save in saves if save.exists()]
    return whole[-1] if whole else None


def free(saves_dir: Path) -> None:
    shutil.rmtree(saves_dir, ignore_errors=True)


def _steps(save: Path) -> int:
    number = save.name.removeprefix(PREFIX)
    return int(number) if number.isdigit() else -1


def flush(path: Path) -> None:
    """Wait until a file, or a folder's list of files, has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
