"""Checkpoints made elsewhere: a folder of this host, or a repository on a hub at one commit.

A hub is asked for the commit first, then for texts alone; the weights come when the texts are good.
Nothing of it is run, and torch is not needed.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from httpx2 import HTTPError
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

from labeling.actions.audit import record
from labeling.errors import Refused
from labeling.models import Project
from models_runner.actions.checkpoints import (
    check_name,
    incoming,
    publish_checkpoint,
    staged_checkpoint,
)
from models_runner.checkpoint_files import (
    INDEX,
    TOKENIZERS,
    UNSAFE_WEIGHTS,
    WEIGHTS,
    check_shards,
    check_texts,
    shards_of,
)
from models_runner.models import Checkpoint

REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
COMMIT = re.compile(r"[0-9a-f]{40}")
TEXTS = {
    *("config.json", "generation_config.json", INDEX, "chat_template.jinja"),
    *(*TOKENIZERS, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    "merges.txt",
}
ONE_FILE = "model.safetensors"


@dataclass(frozen=True)
class Pinned:
    """A repository on a hub at one commit, and how large the files are that may be taken."""

    hub: str
    repository: str
    asked: str
    commit: str
    sizes: dict[str, int]

    @property
    def source(self) -> dict[str, str]:
        return {"hub": self.hub, "repository": self.repository, "commit": self.commit}


def add_folder(*, folder: Path, name: str, project: Project | None) -> tuple[Checkpoint, bool]:
    """The version of `name` that the files of `folder` are, and whether it is new. They are copied,
    and audited as done by the operator. Raises `Refused` for what may not be registered."""
    check_name(name)
    check_texts(folder)
    _check_room(sum(path.stat().st_size for path in folder.iterdir() if path.is_file()))
    told = {"folder": str(folder.resolve())}
    return _add(folder, name, project, link=False, lineage={}, told=told)


def add_from_hub(
    *, pinned: Pinned, name: str, project: Project | None, say: Callable[[str], None]
) -> tuple[Checkpoint, bool]:
    """As `add_folder`, of the files that `pinned` names; each is told as it comes. A commit that
    was registered before is not downloaded again."""
    check_name(name)
    source = pinned.source
    known = Checkpoint.objects.filter(name=name, project=project, lineage__source=source).first()
    if known is not None:
        return known, False
    with incoming(name) as folder:
        _download(pinned, folder, say)
        told = {**source, "asked": pinned.asked}
        lineage = {"source": source}
        return _add(folder, name, project, link=True, lineage=lineage, told=told)


def _add(
    folder: Path,
    name: str,
    project: Project | None,
    *,
    link: bool,
    lineage: dict[str, Any],
    told: dict[str, str],
) -> tuple[Checkpoint, bool]:
    with staged_checkpoint(folder=folder, name=name, link=link) as staged, transaction.atomic():
        known = set(Checkpoint.objects.filter(name=name).values_list("pk", flat=True))
        checkpoint = publish_checkpoint(
            staged, project=project, is_toy=False, base=None, lineage=lineage
        )
        is_new = checkpoint.pk not in known
        if is_new:
            record(
                by=None,
                action="checkpoint.register",
                project=project,
                about=checkpoint.label,
                after={**told, "digest": checkpoint.digest},
            )
    return checkpoint, is_new


def pin(repository: str, revision: str = "main") -> Pinned:
    """Ask the hub of HF_ENDPOINT which commit a branch, tag or commit of a repository is."""
    api = _api()
    with _refusals(api.endpoint, repository):
        info = api.model_info(repository, revision=revision, files_metadata=True)
    commit = info.sha or ""
    if not COMMIT.fullmatch(commit) or (COMMIT.fullmatch(revision) and commit != revision):
        raise _not_allowed(repository, f"{api.endpoint} names no commit for {revision}.")
    listed = {each.rfilename: each.size or 0 for each in info.siblings or []}
    for path in listed:
        if path.startswith("/") or ".." in path.split("/"):
            told = [{"field": _plain(path), "message": "It leads out of the repository."}]
            raise Refused(400, "model_path", "Choose a model from the list.", told)
    sizes = {name: size for name, size in listed.items() if _is_wanted(name)}
    if not any(name.endswith(WEIGHTS) for name in sizes):
        unsafe = [name for name in listed if name.endswith(UNSAFE_WEIGHTS)]
        told = [{"field": name, "message": "It may hold code."} for name in unsafe]
        raise Refused(422, "model_not_safetensors", "Only safetensors weights are loaded.", told)
    return Pinned(api.endpoint, repository, revision, commit, sizes)


def _is_wanted(path: str) -> bool:
    return path in TEXTS or ("/" not in path and path.endswith(WEIGHTS))


def _api() -> HfApi:
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT"), library_name="touchstone")


def _download(pinned: Pinned, folder: Path, say: Callable[[str], None]) -> None:
    texts = sorted(TEXTS & pinned.sizes.keys())
    weights = {name for name in pinned.sizes if name.endswith(WEIGHTS)}
    _check_room(sum(pinned.sizes[name] for name in texts))
    _fetch(pinned, texts, folder, say)
    check_texts(folder)
    check_shards(folder, weights)
    chosen = shards_of(folder) or (weights & {ONE_FILE}) or weights
    _check_room(sum(pinned.sizes[name] for name in chosen))
    _fetch(pinned, sorted(chosen), folder, say)


def _fetch(pinned: Pinned, names: list[str], folder: Path, say: Callable[[str], None]) -> None:
    for name in names:
        say(f"  {name}, {pinned.sizes[name]:,} bytes")
        with _refusals(pinned.hub, pinned.repository):
            _api().hf_hub_download(
                pinned.repository, name, revision=pinned.commit, local_dir=folder
            )


def _check_room(needed: int) -> None:
    store = Path(settings.STORE)
    store.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(store).free
    if needed > free:
        told = [{"field": "store", "message": f"{needed:,} bytes are needed, {free:,} are free."}]
        raise Refused(507, "storage_full", "The server is out of space. Nothing was saved.", told)


@contextmanager
def _refusals(hub: str, repository: str) -> Iterator[None]:
    """The hub's refusals and the network's as this product's."""
    try:
        yield
    except HFValidationError as error:
        raise _not_allowed(repository, str(error)) from error
    except HfHubHTTPError as error:
        if error.response.status_code >= 500:
            raise _unreachable(hub, error) from error
        why = _plain(error.server_message or "not found").rstrip(".")
        told = f"{hub} says: {why}. A private one needs HF_TOKEN."
        raise _not_allowed(repository, told) from error
    except (HTTPError, LocalEntryNotFoundError) as error:
        raise _unreachable(hub, error) from error


def _plain(text: str) -> str:
    """A stranger's words, fit for a terminal."""
    return "".join(each for each in text[:200] if each.isprintable())


def _not_allowed(repository: str, why: str) -> Refused:
    told = [{"field": repository, "message": why}]
    return Refused(400, "model_not_allowed", "Pin an allowed model to a commit.", told)


def _unreachable(hub: str, error: Exception) -> Refused:
    detail = f"{hub} cannot be reached: {error} Check HF_ENDPOINT and the network, and try again."
    return Refused(502, "hub_unreachable", detail)
