"""What a browser loads of the built front end, read from its manifest: no browser is asked."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

DIST = Path(__file__).resolve().parents[2] / "frontend" / "dist"
ENTRY, TEAM = "index.html", "src/features/team/Team.tsx"
LABEL = "src/features/label/Label.tsx"
KIB = 1024


@cache
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIST / ".vite" / "manifest.json").read_text())
    return found


def screens() -> list[str]:
    """The screens of managers and engineers: what is loaded when one is opened."""
    found: list[str] = manifest()[TEAM]["dynamicImports"]
    return found


def files_of(kind: str, *entries: str) -> set[str]:
    """The scripts (`file`) or styles (`css`) that these entries load at once."""
    waiting, seen, files = list(entries), set(), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found = manifest()[name].get(kind, [])
        files |= {found} if isinstance(found, str) else set(found)
        waiting += manifest()[name].get("imports", [])
    return files


def gzipped_kib(files: set[str]) -> float:
    return sum(len(gzip.compress((DIST / file).read_bytes(), 9)) for file in files) / KIB


def added_kib(entry: str) -> float:
    """What an entry that is loaded on demand adds to the label screen."""
    return gzipped_kib(files_of("file", entry) - files_of("file", ENTRY, LABEL))
