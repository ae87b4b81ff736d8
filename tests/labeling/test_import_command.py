"""`manage.py import_prompts`: the same work and words as the page, for the shell."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labeling.models import Prompt, PromptImport
from tests.labeling.files import lines, row


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    file = tmp_path / "poems.jsonl"
    file.write_bytes(lines(row("A?", responses=["Yes"]), row("B?")))
    return file


def said(capsys: pytest.CaptureFixture[str], file: Path, project: str = "poems") -> str:
    call_command("import_prompts", project, str(file))
    return capsys.readouterr().out


def test_it_imports_and_counts(
    cast: SimpleNamespace, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, file) == "2 new prompts, 0 already there.\n"
    assert Prompt.objects.filter(project=cast.project).count() == 2


def test_the_same_file_twice_adds_nothing(
    cast: SimpleNamespace, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, file)
    assert said(capsys, file).endswith("0 new prompts.\n")
    assert (Prompt.objects.count(), PromptImport.objects.count()) == (2, 1)


def test_every_bad_line_is_named(
    cast: SimpleNamespace, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(lines(row("A?"), *("{broken",) * 150))
    with pytest.raises(CommandError) as refused:
        said(capsys, file)
    assert refused.value.returncode == 1
    assert str(refused.value) == (
        "Line 2: not valid JSON. 149 more lines are bad. 0 of 151 rows imported."
    )
    named = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in named] == [f"Line {n}" for n in range(2, 152)]
    assert not Prompt.objects.exists()


def test_an_unknown_project(db: None, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="There is no project nowhere"):
        said(capsys, file, "nowhere")


def test_a_missing_file(
    cast: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="No such file"):
        said(capsys, tmp_path / "nothing.jsonl")
