"""Which server, and with which token: from the environment, else from a file that only its owner
may read."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from touchstone.failures import NotSignedIn

URL, TOKEN = "TOUCHSTONE_URL", "TOUCHSTONE_TOKEN"


@dataclass(frozen=True)
class Account:
    url: str
    token: str

    @property
    def hub(self) -> str:
        """What `HF_ENDPOINT` has to be."""
        return f"{self.url}/hub"


def path() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "touchstone" / "account.json"


def current() -> Account:
    """The account to use; each variable of the environment goes before the file."""
    stored: dict[str, str] = {}
    if path().exists():
        stored = json.loads(path().read_text())
    url, token = (os.environ.get(name) or stored.get(name, "") for name in (URL, TOKEN))
    if not url or not token:
        detail = f"Sign in first: touchstone login URL. Or set {URL} and {TOKEN}."
        raise NotSignedIn(detail)
    return Account(url.rstrip("/"), token)


def store(account: Account) -> None:
    """Keep the account with mode 0600, whole or not at all."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = file.with_suffix(".new")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump({URL: account.url, TOKEN: account.token}, stream)
    half.replace(file)


def forget() -> bool:
    """Whether there was something to forget."""
    there = path().exists()
    path().unlink(missing_ok=True)
    return there
