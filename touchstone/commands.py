"""The commands. Each returns the whole of its result, as `--json` prints it."""

import json
import time
from argparse import Namespace
from getpass import getpass
from pathlib import Path
from sys import stdin

from touchstone import account as accounts
from touchstone.account import Account
from touchstone.failures import Failure, NotSignedIn
from touchstone.pulling import files_of, find, pull
from touchstone.server import Json, Server, part
from touchstone.showing import Progress

POLL_SECONDS = 0.5
ENDED = {"done", "failed", "cancelled"}


def _server() -> Server:
    return Server(accounts.current())


def login(given: Namespace) -> Json:
    """Ask for the token, or read it from standard input; it is kept once the server knows it."""
    token = getpass("API token: ") if stdin.isatty() else stdin.readline()
    if not given.url.startswith(("https://", "http://")):
        raise Failure(f"{given.url} must begin with https:// or http://.", "url")
    if not token.strip():
        raise NotSignedIn("No token was given. Make one in the app under Settings, API tokens.")
    account = Account(given.url.rstrip("/"), token.strip())
    who = _who(Server(account))
    accounts.store(account)
    return {"url": account.url, **who, "kept_in": str(accounts.path())}


def logout(given: Namespace) -> Json:
    return {"forgotten": accounts.forget()}


def whoami(given: Namespace) -> Json:
    return {"url": accounts.current().url, **_who(_server())}


def _who(server: Server) -> Json:
    session = server.get("/api/session")
    person, projects = session["person"], session["projects"]
    return {"person": person["name"], "projects": [each["slug"] for each in projects]}


def environment(given: Namespace) -> Json:
    account = accounts.current()
    return {"HF_ENDPOINT": account.hub, "HF_TOKEN": account.token}


def projects(given: Namespace) -> Json:
    return [
        {
            "slug": each["slug"],
            "name": each["name"],
            "state": each["state"],
            "roles": each["roles"],
            **each["counts"],
        }
        for each in _server().rows("/api/projects")
    ]


def import_file(given: Namespace) -> Json:
    server, file = _server(), Path(given.file)
    query = {"dry_run": "1"} if given.dry_run else {}
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            address = f"/api/projects/{part(given.project)}/imports"
            job = server.upload(address, stream, size, file.name, **query)
    except OSError as error:
        raise Failure(f"{given.file} cannot be read: {error.strerror}", "file") from error
    if given.dry_run:
        return job
    return _watched(server, f"/api/imports/{job['id']}", job, given)


def freeze(given: Namespace) -> Json:
    server = _server()
    body: dict[str, Json] = {"kind": given.kind}
    if given.config:
        body["configs"] = given.config
    if given.name:
        body["name"] = given.name
    if given.as_of:
        body["as_of"] = given.as_of
    if given.recipe:
        body["recipe"] = _recipe(given.recipe)
    version = server.post(f"/api/projects/{part(given.project)}/datasets", body)
    return _watched(server, f"/api/datasets/{version['id']}", version, given)


def _recipe(text: str) -> Json:
    """JSON as given, or the name of a file that holds it after an @."""
    try:
        return json.loads(Path(text[1:]).read_text() if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise Failure(f"The recipe is not JSON: {error}", "recipe") from error


def versions(given: Namespace) -> Json:
    rows = _server().rows(f"/api/projects/{part(given.project)}/datasets", limit=200)
    return [row for row in rows if given.name in {None, row["name"]}]


def diff(given: Namespace) -> Json:
    """Two versions by name, or one against the one before it."""
    server = _server()
    version = _version(server, given.version)
    query: dict[str, str | int] = (
        {"since": _version(server, given.since)["id"]} if given.since else {}
    )
    if given.config:
        query["config"] = given.config
    return server.get(f"/api/datasets/{version['id']}/difference", **query)


def _version(server: Server, named: str) -> Json:
    """The version that `project/name@number` names; the newest one that is done without @."""
    repository, _, revision = named.partition("@")
    project, _, name = repository.partition("/")
    number = revision.removeprefix("v")
    if not project or not name or not (number.isdigit() or revision in {"", "main"}):
        raise Failure(f"{named} is no version: write project/name@v3.", "repository")
    for row in server.rows(f"/api/projects/{part(project)}/datasets", limit=200):
        wanted = int(number) == row["number"] if number.isdigit() else row["state"] == "done"
        if row["name"] == name and wanted:
            return row
    raise Failure(f"There is no version {named}.", "not_found")


def checkpoints(given: Namespace) -> Json:
    query = {"project": given.project} if given.project else {}
    return list(_server().rows("/api/checkpoints", **query))


def runs(given: Namespace) -> Json:
    return list(_server().rows(f"/api/projects/{part(given.project)}/training-runs"))


def run(given: Namespace) -> Json:
    server, address = _server(), f"/api/training-runs/{given.id}"
    found = server.get(address)
    return _watched(server, address, found, given) if given.wait else found


def _watched(server: Server, address: str, job: Json, given: Namespace) -> Json:
    """A job once it has ended, unless nobody wants to wait. One that failed is a failure."""
    progress = Progress(quiet=given.quiet)
    while given.wait and job["state"] not in ENDED:
        told = job["progress"]
        words = (
            job["waiting"] or f"{job['state']}: {told['done']} of {told['total']} {told['unit']}"
        )
        progress.tell(words, told["done"], told["total"])
        time.sleep(POLL_SECONDS)
        job = server.get(address)
    progress.end()
    if job["state"] in {"failed", "cancelled"}:
        raise Failure(_why(job), f"job_{job['state']}")
    return job


def _why(job: Json) -> str:
    error = job["error"]
    said = error.get("detail") if isinstance(error, dict) else error
    return str(said or f"It was {job['state']}.")


def pull_files(given: Namespace) -> Json:
    server = _server()
    repository, _, revision = given.repository.partition("@")
    kind = "models" if given.checkpoint else "datasets"
    source = find(server, kind, repository, revision or "main")
    into = Path(given.into or repository.partition("/")[2])
    progress = Progress(quiet=given.quiet)
    files = list(files_of(server, source))
    fetched = [pull(server, source, file, into, progress.tell) for file in files]
    progress.end()
    return {
        "repository": repository,
        "commit": source.commit,
        "folder": str(into),
        "files": [vars(file) for file in files],
        "fetched": sum(fetched),
    }
