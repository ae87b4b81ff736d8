"""Downloads a dataset version or a checkpoint into a folder: what is there already is kept, what
broke off goes on, and nothing gets its name before its SHA-256 is right."""

import hashlib
import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from touchstone.failures import Damaged, Failure, ServerAway
from touchstone.server import Json, Server, part

PIECE = 256 * 1024
TRIES = 5

Tell = Callable[[str, int, int], None]
"""Is told the path, the bytes that are there, and the bytes that there will be."""


@dataclass(frozen=True)
class Wanted:
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Source:
    """A repository at one commit, so that all files are of one version whatever is frozen
    meanwhile."""

    kind: str
    repository: str
    commit: str

    @property
    def about(self) -> str:
        return f"/hub/api/{self.kind}/{self.repository}"

    def file(self, path: str) -> str:
        prefix = "datasets/" if self.kind == "datasets" else ""
        parts = "/".join(part(each) for each in path.split("/"))
        return f"/hub/{prefix}{self.repository}/resolve/{self.commit}/{parts}"


def find(server: Server, kind: str, repository: str, revision: str) -> Source:
    """`revision` is main, a number with or without v, or a commit."""
    namespace, _, name = repository.partition("/")
    if not namespace or not name or "/" in name:
        raise Failure(f"{repository} is no repository: write namespace/name.", "repository")
    named = f"{part(namespace)}/{part(name)}"
    facts = server.get(f"/hub/api/{kind}/{named}/revision/{part(revision)}")
    return Source(kind, named, str(facts["sha"]))


def files_of(server: Server, source: Source) -> Iterator[Wanted]:
    for entry in server.linked(f"{source.about}/tree/{source.commit}", recursive="true"):
        if entry["type"] == "file":
            yield _wanted(entry)


def _wanted(entry: Json) -> Wanted:
    path = PurePosixPath(entry["path"])
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise Damaged(f"The server names a file outside of the folder: {entry['path']}")
    return Wanted(str(path), int(entry["size"]), str(entry["lfs"]["oid"]))


def pull(server: Server, source: Source, file: Wanted, into: Path, tell: Tell) -> bool:
    """Have the file in the folder; whether it had to be fetched. Raises `Damaged` when what
    arrived has another SHA-256, which leaves nothing behind."""
    target = into / file.path
    if target.is_file() and _sha256(target) == file.sha256:
        tell(file.path, file.bytes, file.bytes)
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{file.sha256[:12]}.part")
    _fetch(server, source.file(file.path), file, half, tell)
    if _sha256(half) != file.sha256:
        half.unlink()
        raise Damaged(f"{file.path} arrived damaged. Pull again.")
    half.replace(target)
    return True


def _fetch(server: Server, address: str, file: Wanted, half: Path, tell: Tell) -> None:
    """Go on where it broke off, a few times if need be."""
    for attempt in range(TRIES):
        have = half.stat().st_size if half.exists() else 0
        if have > file.bytes:
            half.unlink()
            have = 0
        if have == file.bytes and half.exists():
            return
        try:
            _append(server, address, file, half, have, tell)
        except ServerAway:
            if attempt == TRIES - 1:
                raise
    if half.stat().st_size != file.bytes:
        raise ServerAway(f"{file.path} broke off {TRIES} times. Pull again to go on with it.")


def _append(server: Server, address: str, file: Wanted, half: Path, have: int, tell: Tell) -> None:
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": f'"{file.sha256}"'}
    with server.open("GET", address, headers=headers) as answer:
        if have and answer.status != 206:
            have = 0
        with half.open("ab" if have else "wb") as stream:
            for piece in _pieces(answer):
                stream.write(piece)
                have += len(piece)
                tell(file.path, have, file.bytes)


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := answer.read(PIECE):
            yield piece
    except (http.client.HTTPException, OSError) as error:
        raise ServerAway(f"The download broke off: {error}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
