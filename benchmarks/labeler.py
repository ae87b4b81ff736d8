"""What a labeler's browser loads before the first task."""

import gzip
import json
from pathlib import Path

from benchmarks.figure import Figure

DIST = Path(__file__).resolve().parents[1] / "frontend" / "dist"
ENTRY, ROUTE = "index.html", "src/features/label/Label.tsx"


def files_of_route(kind: str) -> set[str]:
    """The scripts (`file`) or styles (`css`) that the labeling page loads at once."""
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text())
    waiting, seen, files = [ENTRY, ROUTE], set(), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found = manifest[name].get(kind, [])
        files |= {found} if isinstance(found, str) else set(found)
        waiting += manifest[name].get("imports", [])
    return files


def gzipped_kib(files: set[str]) -> float:
    return sum(len(gzip.compress((DIST / file).read_bytes(), 6)) for file in files) / 1024


def main() -> None:
    scripts, styles = gzipped_kib(files_of_route("file")), gzipped_kib(files_of_route("css"))
    print(Figure("labeler.route_js_gzip_kib", scripts, "KiB", "<= 150").line())
    print(Figure("labeler.route_css_gzip_kib", styles, "KiB", "<= 30").line())


if __name__ == "__main__":
    main()
