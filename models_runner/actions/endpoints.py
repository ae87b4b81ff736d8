"""Checkpoints that somebody's server runs: registered by address, with a key nobody reads back.

Only addresses on the operator's list (`TOUCHSTONE_ENDPOINTS`) may be registered, and the list is
looked at again at every call.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labeling.errors import Invalid
from labeling.models import Project
from labeling.sealing import seal, unseal
from models_runner.actions.checkpoints import checkpoint_dir, register_checkpoint
from models_runner.backends.openai_backend import FILE, Access
from models_runner.models import Checkpoint, EndpointKey
from models_runner.outbound import Forbidden

BACKEND = "openai"


def register_endpoint(
    *, project: Project, name: str, url: str, model: str, key: str = ""
) -> Checkpoint:
    """The next version of `name`: the model called `model` at `url`, the part of the address
    before `/chat/completions`. The same address and model again keep their version and take the
    new key."""
    try:
        settings.ENDPOINTS.check_url(url)
    except Forbidden as error:
        raise Invalid(error.code, error.detail, "url") from error
    with tempfile.TemporaryDirectory() as folder:
        told = json.dumps({"url": url, "model": model}, indent=1, sort_keys=True) + "\n"
        (Path(folder) / FILE).write_text(told)
        with transaction.atomic():
            checkpoint = register_checkpoint(
                folder=Path(folder), name=name, project=project, backend=BACKEND, move=False
            )
            if key:
                set_key(checkpoint=checkpoint, key=key)
    return checkpoint


def set_key(*, checkpoint: Checkpoint, key: str) -> None:
    """Take the place of the key that was there; an empty one removes it."""
    if checkpoint.backend != BACKEND:
        raise Invalid("checkpoint_backend", f"{checkpoint.label} needs no key.", "key")
    if key:
        EndpointKey.objects.update_or_create(checkpoint=checkpoint, defaults={"sealed": seal(key)})
    else:
        EndpointKey.objects.filter(checkpoint=checkpoint).delete()


def access_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """What opening the checkpoint's backend needs beside its folder."""
    if checkpoint.backend != BACKEND:
        return {}
    kept = EndpointKey.objects.filter(checkpoint=checkpoint).first()
    return {
        "access": Access(
            settings.ENDPOINTS, unseal(kept.sealed) if kept else "", settings.ENDPOINT_SECONDS
        )
    }


def describe_endpoint(checkpoint: Checkpoint) -> dict[str, Any] | None:
    """Its address and model, and whether it has a key; None for what is run here."""
    if checkpoint.backend != BACKEND:
        return None
    told = json.loads((checkpoint_dir(checkpoint) / FILE).read_text())
    is_set = EndpointKey.objects.filter(checkpoint=checkpoint).exists()
    return {"url": told["url"], "model": told["model"], "key": {"set": is_set}}
