"""The scripts that TRL's commands launch, for two steps each with data and model from an
installation: `python trl_scripts.py PROJECT FOLDER`, in an environment with the TRL of today or of
two years ago. One process for all, because loading torch takes longest.
"""

import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

TWO_STEPS = {
    "max_steps": "2",
    "per_device_train_batch_size": "2",
    "use_cpu": "true",
    "bf16": "false",
    "report_to": "none",
    "disable_tqdm": "true",
}
TODAY_ON_CPU = {"gradient_checkpointing": "false", "dataloader_pin_memory": "false"}
Run = tuple[str, str, dict[str, str]]
"""Script, dataset, what its defaults do not fit."""
TODAY: list[Run] = [
    (method, dataset, TODAY_ON_CPU)
    for method, dataset in (("sft", "sft"), ("dpo", "preference"), ("reward", "preference"))
]
# TRL 0.12 has no `trl reward`, only its script. It cannot make KTO's rows of pairs that have
# further columns, so it reads a version of the kind `kto`.
OLDER: list[Run] = [
    ("sft", "sft", {"max_seq_length": "128"}),
    ("dpo", "preference", {}),
    ("kto", "kto", {}),
    ("reward_modeling", "preference", {"max_length": "128"}),
]


def main(project: str, folder: Path) -> None:
    found = find_spec("trl")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    older = package / "commands" / "scripts"
    scripts, runs = (older, OLDER) if older.exists() else (package / "scripts", TODAY)
    for script, dataset, more in runs:
        given = {
            "model_name_or_path": "touchstone/tiny",
            "dataset_name": f"{project}/{dataset}",
            "output_dir": str(folder / script),
        }
        options = {**given, **TWO_STEPS, **more}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        sys.argv = [script, *words]
        runpy.run_path(str(scripts / f"{script}.py"), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
