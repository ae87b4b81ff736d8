"""What docs/client.md must name."""

from pathlib import Path

import pytest

from touchstone.cli import main
from touchstone.failures import Failure

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "client.md").read_text()


def test_every_command_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out.partition("COMMAND\n")[2].partition("options:")[0]
    names = [
        line.split()[0]
        for line in listed.splitlines()
        if line.startswith("    ") and line[4] != " "
    ]
    assert len(names) == 13
    assert [
        name for name in names if f"touchstone {name}" not in TEXT and f"`{name}`" not in TEXT
    ] == []


def test_every_exit_code_is_documented() -> None:
    codes = [Failure.code, *(each.code for each in Failure.__subclasses__())]
    assert [code for code in codes if f"| {code} |" not in TEXT] == []
