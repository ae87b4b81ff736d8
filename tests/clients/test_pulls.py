"""Unmodified clients pull from a running installation as if it were the Hub: the newest pair of
`datasets` and `huggingface_hub`, and one two years older."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.clients.conftest import PROJECT, Hub, output_of
from tests.clients.pulls import hashes
from tests.installation import manage

SFT, PREFERENCE = f"{PROJECT}/sft", f"{PROJECT}/preference"
Pull = Callable[..., Any]


def counts(hub: Hub, label: str) -> dict[str, int]:
    return {split: rows for split, rows in hub.versions[label]["rows"].items() if rows}


def test_load_dataset(hub: Hub, pull: Pull) -> None:
    """Whole; by the name of its config; by number, tag and commit."""
    loaded = pull("load", SFT, "", "")
    assert {split: rows for split, (rows, _) in loaded.items()} == counts(hub, "sft@2")
    assert [turn["role"] for turn in loaded["train"][1]["messages"]] == ["user", "assistant"]
    assert pull("load", SFT, "sft", "") == loaded
    commits = pull("tags", SFT)
    assert commits["main"] == commits["v2"] != commits["v1"]
    for revision in ("v1", "1", commits["v1"]):
        assert pull("load", SFT, "sft", revision) == loaded


def test_streaming(hub: Hub, pull: Pull) -> None:
    pairs = pull("stream", PREFERENCE, "20")
    assert len(pairs) == 20
    assert all(pair["chosen"] != pair["rejected"] for pair in pairs)


def test_snapshot_download(hub: Hub, pull: Pull) -> None:
    """Every byte of a dataset version, and of a checkpoint."""
    assert pull("snapshot", SFT, "dataset", "v1") == hub.hashes("sft@1")
    assert pull("snapshot", SFT, "dataset", "") == hub.hashes("sft@2")
    model = pull("snapshot", "touchstone/tiny", "model", "")
    assert {"config.json", "model.safetensors"} <= set(model)


def test_the_command(hub: Hub, client: Path, pull: Pull, tmp_path: Path) -> None:
    """`hf download`, called `huggingface-cli download` in the older pair."""
    program = next(each for name in ("hf", "huggingface-cli") if (each := client / name).exists())
    into = tmp_path / "files"
    words = ["download", PREFERENCE, "--repo-type", "dataset", "--local-dir", str(into)]
    output_of([str(program), *words], hub.variables(tmp_path / "home"))
    assert hashes(str(into)) == hub.hashes("preference@1")
    assert pull("load", str(into), "", "") == pull("load", PREFERENCE, "", "")


def test_pandas(hub: Hub, pull: Pull) -> None:
    path = next(
        path for path in hub.hashes("sft@1") if path.endswith("parquet") and "train" in path
    )
    rows, columns = pull("read_parquet", f"hf://datasets/{SFT}/{path}")
    assert rows == hub.versions["sft@2"]["rows"]["train"]
    assert "messages" in columns
    assert pull("read_parquet", f"hf://datasets/{SFT}@v1/{path}") == [rows, columns]
    assert f"datasets/{SFT}/{path}" in pull("listing", SFT)


def test_what_clients_say_when_refused(hub: Hub, pull: Pull) -> None:
    """Nobody is left to guess: each names the repository or the token."""
    words = ("create_token", "edsger@example.org", "reads only", "--scope", "read")
    read_only = manage(hub.environment, *words)
    absent = pull("failure", "snapshot", f"{PROJECT}/nothing", "dataset", "")
    assert absent[0] == "RepositoryNotFoundError"
    no_version = pull("failure", "snapshot", SFT, "dataset", "v99")
    assert no_version[0] == "RevisionNotFoundError"
    anonymous = pull("failure", "snapshot", SFT, "dataset", "", token="")
    assert anonymous[0] == "RepositoryNotFoundError"
    assert "Sign in or send an API token." in anonymous[1]
    unknown = pull("failure", "tags", SFT, token="hf_of_somebody_else")
    assert "Invalid credentials in Authorization header" in unknown[1]
    narrow = pull("failure", "tags", SFT, token=read_only)
    assert "This token lacks the scope export." in narrow[1]
    assert pull("failure", "load", f"{PROJECT}/nothing", "", "")[0] == "DatasetNotFoundError"
