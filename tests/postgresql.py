"""A PostgreSQL of one's own for as long as a context lasts: a cluster in a temporary folder,
reached by a unix socket, with no care for power cuts."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A server must not run as root; Debian's package brings this user.
SERVER_USER = "postgres" if os.getuid() == 0 else None
OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=200"
)


def find_binaries() -> Path | None:
    """The folder of an installed server's programs: Debian's newest, or the one on the path."""
    debian = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debian:
        return max(debian, key=lambda binaries: int(binaries.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def postgresql(binaries: Path) -> Iterator[str]:
    """The DATABASE_URL of a new, empty server."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-postgresql-"))
    try:
        if SERVER_USER:
            shutil.chown(folder, SERVER_USER)
        cluster = folder / "cluster"
        _run(binaries / "initdb", "-D", cluster, "-U", "touchstone", "-A", "trust", "-E", "UTF8")
        control = (binaries / "pg_ctl", "-D", cluster, "-w", "-s")
        _run(*control, "-l", folder / "log", "-o", f"{OPTIONS} -k {folder}", "start")
        try:
            _run(binaries / "createdb", "-h", folder, "-U", "touchstone", "touchstone")
            yield f"postgresql://touchstone@/touchstone?host={folder}"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(
        words, user=SERVER_USER, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}\n{done.stdout.decode(errors='replace')}")
