"""Typed readers of the process environment, and the installation's own random secrets.

Settings are built from what this module returns; it knows nothing of Django.
"""

import hashlib
import json
import os
import secrets
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from models_runner.outbound import AllowList

LONGEST_SOCKET_PATH = 100


class EnvironmentProblem(Exception):
    """A variable of the environment cannot be used; the text says which and why."""


def text(name: str, default: str) -> str:
    return os.environ.get(name) or default


def number(name: str, default: int) -> int:
    given = os.environ.get(name)
    if not given:
        return default
    try:
        return int(given)
    except ValueError as error:
        raise EnvironmentProblem(f"{name} must be a whole number, not {given[:80]!r}.") from error


def flag(name: str, default: bool) -> bool:
    given = os.environ.get(name, "").strip().lower()
    if not given:
        return default
    if given in {"1", "true", "yes", "on"}:
        return True
    if given in {"0", "false", "no", "off"}:
        return False
    raise EnvironmentProblem(f"{name} must be yes or no, not {given[:80]!r}.")


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def mail(name: str) -> dict[str, Any]:
    """A mail server, as `smtp://user:password@host:587`; `smtp` goes over to TLS where there is a
    user, `smtps` speaks it from the beginning. Empty when none is named."""
    given = os.environ.get(name)
    if not given:
        return {}
    parts = urlsplit(given)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise EnvironmentProblem(f"{name} must be smtp://user:password@host:port, or smtps://.")
    tls = parts.scheme == "smtps"
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if tls else 587 if parts.username else 25),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": tls,
        "starttls": not tls and bool(parts.username),
    }


def endpoints(name: str) -> AllowList:
    """Model servers that may be called: origins and networks."""
    try:
        return AllowList.read(words(name, ""))
    except ValueError as error:
        raise EnvironmentProblem(f"{name}: {error}.") from error


def folder(name: str, default: Path) -> Path:
    """An absolute folder, created with mode 0700 if it is missing."""
    path = Path(text(name, str(default))).expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def socket_path(wanted: Path) -> Path:
    """`wanted`, or a path in a short private folder where that is too long for a unix socket."""
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_PATH:
        return wanted
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"touchstone-{os.getuid()}-{digest}"
    short.mkdir(exist_ok=True, mode=0o700)
    return short / wanted.name


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host of this name or address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def database(url: str, sqlite_file: Path) -> dict[str, Any]:
    """Django's settings for one database.

    `url` is empty (SQLite in `sqlite_file`), `sqlite:///path` or
    `postgresql://user:password@host:port/name?option=value`.
    """
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)) if url else sqlite_file)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise EnvironmentProblem(
            f"DATABASE_URL must begin with sqlite:/// or postgresql://, not {parts.scheme[:80]!r}."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 0, "max_size": 16, "timeout": 20}, **options},
    }


def _sqlite(file: Path) -> dict[str, Any]:
    # IMMEDIATE takes the write lock at BEGIN, so a transaction that reads first never fails
    # half way; FULL makes an acknowledged label survive a power cut.
    pragmas = (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
        "PRAGMA mmap_size=134217728;PRAGMA cache_size=-16000;"
    )
    return {
        "ENGINE": "config.sqlite",
        "NAME": str(file),
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
        "TEST": {"NAME": str(file.with_name("test.sqlite3"))},
    }


def storages(bucket: str, endpoint: str, region: str) -> dict[str, Any]:
    """Where files go, for Django's STORAGES: dataset versions also to `s3://NAME/FOLDER`, if that
    is given. Keys come from where Amazon's programs look for them, AWS_ACCESS_KEY_ID among them."""
    found: dict[str, Any] = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    if not bucket:
        return found
    parts = urlsplit(bucket)
    if parts.scheme != "s3" or not parts.netloc:
        raise EnvironmentProblem(f"TOUCHSTONE_BUCKET must be s3://NAME/FOLDER, not {bucket!r}.")
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": endpoint or None,
        "region_name": region or None,
        "signature_version": "s3v4",
        "addressing_style": "path" if endpoint else "auto",
        "file_overwrite": True,
    }
    return {**found, "bucket": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}}


def installation_secret(data: Path, name: str) -> str:
    """A random secret of this installation, made on first use and kept in `secrets.json` (0600)."""
    file = data / "secrets.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(48)
        write_private(file, json.dumps(known, indent=1))
    return known[name]


def write_private(file: Path, content: str) -> None:
    """Write `content` so that only the owner can read it and no reader sees half of it."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(content)
    partial.replace(file)
