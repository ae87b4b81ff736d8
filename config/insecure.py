"""What must not be on a network: an installation that others can reach refuses to start while one
of these holds. Settings are its only caller; it knows nothing of Django.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config.environment import EnvironmentProblem, is_loopback

SHORTEST_KEY = 50
FEWEST_CHARACTERS = 10
PRIVATE_FILES = ("secrets.json", "ready.json")


@dataclass(frozen=True)
class Exposure:
    """How an installation stands on the network. `key` is the secret key when the environment
    gives one, else empty."""

    data: Path
    url: str
    bind: str
    hosts: list[str]
    key: str = ""
    redis_url: str = ""
    database_url: str = ""

    @property
    def is_local(self) -> bool:
        """Whether this machine alone can reach it."""
        return is_loopback(self.bind) and is_loopback(urlsplit(self.url).hostname or "")


def refuse_insecure(exposure: Exposure) -> None:
    """Raises `EnvironmentProblem` with all that is wrong, and how each is put right."""
    found = list(_readable_by_others(exposure))
    if not exposure.is_local:
        found += [*_key(exposure), *_address(exposure), *_services(exposure)]
    if found:
        raise EnvironmentProblem("Touchstone refuses to start:\n- " + "\n- ".join(found))


def _readable_by_others(exposure: Exposure) -> Iterator[str]:
    for name in PRIVATE_FILES:
        file = exposure.data / name
        if file.exists() and file.stat().st_mode & 0o004 and exposure.data.stat().st_mode & 0o005:
            yield f"Every user of this machine can read {file}. Run: chmod 600 {file}"


def _key(exposure: Exposure) -> Iterator[str]:
    key = exposure.key
    if not key:
        return
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        yield (
            f"TOUCHSTONE_SECRET_KEY is too easy to guess: give {SHORTEST_KEY} random characters, "
            "or leave it out and one is made and kept in the data folder."
        )
    if key.startswith("django-insecure"):
        yield "TOUCHSTONE_SECRET_KEY is an example key. Leave it out and one is made."


def _address(exposure: Exposure) -> Iterator[str]:
    parts = urlsplit(exposure.url)
    if any("*" in host for host in exposure.hosts):
        yield "TOUCHSTONE_HOSTS must name the hosts that are served; * serves any."
    if parts.scheme != "https":
        yield (
            f"Passwords and labels would cross the network in the clear ({exposure.url}, listening "
            f"on {exposure.bind}). Put a proxy with TLS in front, listen on 127.0.0.1, and set "
            "TOUCHSTONE_URL=https://… and TOUCHSTONE_BEHIND_PROXY=yes"
        )
    if parts.hostname and parts.hostname not in exposure.hosts and "*" not in exposure.hosts:
        yield f"TOUCHSTONE_HOSTS lacks {parts.hostname}, the host of TOUCHSTONE_URL."


def _services(exposure: Exposure) -> Iterator[str]:
    for name, url in (("REDIS_URL", exposure.redis_url), ("DATABASE_URL", exposure.database_url)):
        parts = urlsplit(url)
        if parts.hostname and not is_loopback(parts.hostname) and not parts.password:
            yield f"{name} reaches {parts.hostname} without a password. Set one there and here."
