"""The command-line client against a live server: what it prints, what it keeps, how it ends."""

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from exports.actions import settle
from exports.actions.freeze import freeze
from exports.models import DatasetVersion
from labeling.actions import jobs
from labeling.actions.imports import import_prompts
from labeling.actions.jobs import run_job
from labeling.kinds import Role
from labeling.models import ApiToken, PromptImport
from tests.factories import make_demonstration, make_member, make_project, make_prompt
from touchstone import account
from touchstone.cli import main
from touchstone.server import Server

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

Said = SimpleNamespace
Run = Callable[..., Said]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    settings.STORE = tmp_path / "store"
    settings.DATA = tmp_path
    monkeypatch.setattr(jobs, "_hint", lambda model, pk: None)
    monkeypatch.setattr(settle, "CLOCKS_AGREE_WITHIN", timedelta(0))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in (account.URL, account.TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cast(transactional_db: None) -> SimpleNamespace:
    """erin trains in poems, larry labels there."""
    project = make_project(name="Poems")
    erin, larry = (make_member(project, role) for role in (Role.ENGINEER, Role.LABELER))
    return SimpleNamespace(project=project, erin=erin, larry=larry)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """run("projects") is the exit code, the JSON and the text of what was printed."""

    def call(*words: str) -> Said:
        capsys.readouterr()
        code = main([*words, "--json"])
        printed = capsys.readouterr()
        return Said(code=code, json=json.loads(printed.out), err=printed.err)

    return call


@pytest.fixture
def signed_in(
    cast: SimpleNamespace, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> str:
    """erin's token in the environment, as in CI."""
    token = ApiToken.issue(cast.erin, "CI")
    monkeypatch.setenv(account.URL, live_server.url)
    monkeypatch.setenv(account.TOKEN, token)
    return token


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done while a command waits for them."""

    def work(seconds: float) -> None:
        for version in DatasetVersion.objects.filter(state="queued"):
            run_job(DatasetVersion, version.pk, freeze)
        for job in PromptImport.objects.filter(state="queued"):
            run_job(PromptImport, job.pk, import_prompts)

    monkeypatch.setattr("touchstone.commands.time", SimpleNamespace(sleep=work))


def frozen(cast: SimpleNamespace) -> DatasetVersion:
    make_demonstration(make_prompt(cast.project), cast.larry)
    version = DatasetVersion.objects.order_by("pk").last()
    assert version is not None
    run_job(DatasetVersion, version.pk, freeze)
    return DatasetVersion.objects.get(pk=version.pk)


def test_login_keeps_the_token_for_its_owner_alone(
    cast: SimpleNamespace, live_server: LiveServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchstone.commands.stdin", StringIO(ApiToken.issue(cast.erin, "x")))
    said = run("login", live_server.url)
    assert (said.code, said.json["projects"]) == (0, ["poems"])
    kept = account.path()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert run("whoami").json["person"] == cast.erin.name
    assert run("env").json["HF_ENDPOINT"] == f"{live_server.url}/hub"
    assert run("logout").json == {"forgotten": True}
    assert not kept.exists()


def test_a_token_that_does_not_work_is_not_kept(
    cast: SimpleNamespace, live_server: LiveServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchstone.commands.stdin", StringIO("tst_wrong\n"))
    said = run("login", live_server.url)
    assert (said.code, said.json["error"]["code"]) == (3, "token_invalid")
    assert "touchstone: This token is not valid." in said.err
    assert not account.path().exists()


def test_nobody_signed_in(run: Run) -> None:
    said = run("projects")
    assert (said.code, said.json["error"]["code"]) == (3, "not_signed_in")
    assert "touchstone login URL" in said.err


def test_lists(cast: SimpleNamespace, signed_in: str, run: Run) -> None:
    (project,) = run("projects").json
    assert (project["slug"], project["roles"]) == ("poems", ["engineer"])
    assert run("versions", "poems").json == []
    assert run("checkpoints").json == []
    assert run("runs", "poems").json == []


def test_tables_for_people(
    cast: SimpleNamespace, signed_in: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["projects"]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["slug", "name", "state", "roles", "prompts", "labels"]
    assert row.split() == ["poems", "Poems", "active", "engineer", "0", "0"]


def test_import_freeze_and_pull(
    cast: SimpleNamespace, signed_in: str, run: Run, worker: None, tmp_path: Path
) -> None:
    file = tmp_path / "prompts.jsonl"
    file.write_text('{"prompt": "Why?"}\n{"prompt": "How?"}\n')
    checked = run("import", "poems", str(file), "--dry-run").json
    assert (checked["rows"], checked["new"]) == (2, 2)
    assert cast.project.prompts.count() == 0
    done = run("import", "poems", str(file))
    assert (done.code, done.json["state"], done.json["new"]) == (0, "done", 2)
    for prompt in cast.project.prompts.all():
        make_demonstration(prompt, cast.larry)
    version = run("freeze", "poems", "sft", "--name", "letters").json
    assert (version["state"], version["repository"]) == ("done", "poems/letters")
    pulled = run("pull", "poems/letters@v1").json
    assert (pulled["commit"], pulled["fetched"]) == (version["hash"][:40], len(version["files"]))
    for listed in version["files"]:
        assert (tmp_path / "letters" / listed["path"]).stat().st_size == listed["bytes"]


@pytest.fixture
def version(cast: SimpleNamespace, signed_in: str, run: Run) -> DatasetVersion:
    make_demonstration(make_prompt(cast.project), cast.larry)
    run("freeze", "poems", "sft", "--no-wait")
    return frozen(cast)


def test_what_changed_between_versions(
    version: DatasetVersion,
    cast: SimpleNamespace,
    run: Run,
    worker: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    label = make_demonstration(make_prompt(cast.project), cast.larry)
    assert run("freeze", "poems", "sft").json["number"] == 2
    told = run("diff", "poems/sft").json
    assert (told["since"]["label"], told["labels"]["added"]) == ("poems/sft@1", 2)
    assert told["examples"]["added"][1]["label"] == label.pk
    assert run("diff", "poems/sft@v1", "poems/sft@2").json["labels"]["removed"] == 2
    assert main(["diff", "poems/sft"]) == 0
    assert "added            2 labels" in capsys.readouterr().out
    assert run("diff", "poems/sft@v9").json["error"]["detail"] == (
        "There is no version poems/sft@v9."
    )
    assert run("diff", "poems").json["error"]["code"] == "repository"


def test_pulling_again_fetches_what_is_missing_or_damaged(
    version: DatasetVersion, run: Run, tmp_path: Path
) -> None:
    count = version.files.count()
    assert run("pull", "poems/sft", "data").json["fetched"] == count
    assert run("pull", "poems/sft", "data").json["fetched"] == 0
    (tmp_path / "data" / "README.md").write_text("changed")
    (tmp_path / "data" / "manifest.json").unlink()
    assert run("pull", "poems/sft", "data").json["fetched"] == 2
    card = version.files.get(path="README.md").location.read_bytes()
    assert (tmp_path / "data" / "README.md").read_bytes() == card


def test_a_download_goes_on_where_it_broke_off(
    version: DatasetVersion, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = version.files.get(path="manifest.json")
    half = tmp_path / "data" / f".manifest.json.{file.sha256[:12]}.part"
    half.parent.mkdir()
    half.write_bytes(file.location.read_bytes()[:100])
    asked: list[str] = []
    send = Server.open

    def noting(server: Any, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        headers = headers or {}
        asked.extend(value for name, value in headers.items() if name == "Range")
        return send(server, method, path, body, headers)

    monkeypatch.setattr(Server, "open", noting)
    assert run("pull", "poems/sft", "data").code == 0
    assert asked == ["bytes=100-"]
    assert (tmp_path / "data" / "manifest.json").read_bytes() == file.location.read_bytes()
    assert not half.exists()


def test_a_file_that_is_not_what_was_promised(
    version: DatasetVersion, run: Run, tmp_path: Path
) -> None:
    file = version.files.get(path="README.md")
    file.location.write_bytes(b"#" * file.bytes)
    said = run("pull", "poems/sft", "data")
    assert (said.code, said.json["error"]["code"]) == (5, "damaged")
    assert "README.md arrived damaged" in said.err
    assert not list((tmp_path / "data").glob("*README*"))


def test_refusals(cast: SimpleNamespace, signed_in: str, run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    for words, code in [
        (("versions", "elsewhere"), "not_found"),
        (("pull", "poems/nothing"), "not_found"),
        (("pull", "poems"), "repository"),
        (("freeze", "poems", "sft", "--recipe", "{"), "recipe"),
        (("freeze", "poems", "sft", "--recipe", '{"pears": 1}'), "unknown_field"),
        (("import", "poems", "not-there.jsonl"), "file"),
        (("import", "poems", str(empty)), "import_empty"),
    ]:
        said = run(*words)
        assert (said.code, said.json["error"]["code"]) == (1, code), words


def test_a_job_that_fails(cast: SimpleNamespace, signed_in: str, run: Run, worker: None) -> None:
    said = run("freeze", "poems", "sft")
    assert said.code == 1
    assert said.json["error"]["code"] == "job_failed"
    assert "selects no accepted labels" in said.err


def test_a_login_that_cannot_work_says_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("touchstone.commands.stdin", StringIO("\n"))
    said = run("login", "https://touchstone.example.org")
    assert (said.code, "No token was given" in said.err) == (3, True)
    said = run("login", "touchstone.example.org")
    assert (said.code, "must begin with https://" in said.err) == (1, True)


def test_no_server(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(account.URL, "http://127.0.0.1:1")
    monkeypatch.setenv(account.TOKEN, "tst_any")
    said = run("projects")
    assert (said.code, said.json["error"]["code"]) == (4, "server_away")


def test_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["pull"])
    assert ended.value.code == 2
