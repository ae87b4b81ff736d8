"""The trainer's saves: a torn one is never gone on from."""

from pathlib import Path

from models_runner.trainers.saves import free, last_whole, mark_whole


def make(saves_dir: Path, step: int, *, whole: bool = True) -> Path:
    save = saves_dir / f"checkpoint-{step}"
    save.mkdir(parents=True)
    (save / "model.safetensors").write_bytes(b"parameters")
    if whole:
        mark_whole(save)
    return save


def test_the_last_is_the_one_with_most_steps(tmp_path: Path) -> None:
    make(tmp_path, 9)
    last = make(tmp_path, 10)
    assert last_whole(tmp_path) == last


def test_a_torn_save_is_thrown_away(tmp_path: Path) -> None:
    whole = make(tmp_path, 5)
    torn = make(tmp_path, 10, whole=False)
    assert last_whole(tmp_path) == whole
    assert not torn.exists()


def test_without_a_whole_save_there_is_none(tmp_path: Path) -> None:
    make(tmp_path, 5, whole=False)
    assert last_whole(tmp_path) is None
    assert last_whole(tmp_path / "nowhere") is None


def test_saves_are_freed(tmp_path: Path) -> None:
    make(tmp_path / "saves", 5)
    free(tmp_path / "saves")
    free(tmp_path / "saves")
    assert not (tmp_path / "saves").exists()
