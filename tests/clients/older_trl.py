"""The scripts that `trl sft` and its like launch in TRL 0.12, for two steps each with data and
model from an installation: `python older_trl.py PROJECT FOLDER`. One process for all, because
loading torch takes longest. `trl reward` was not a command yet; its script was there.
"""

import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

RUNS = [
    ("sft", "sft", ["--max_seq_length", "128"]),
    ("dpo", "preference", []),
    ("kto", "kto", []),
    ("reward_modeling", "preference", ["--max_length", "128"]),
]
"""Script, dataset, what its defaults do not fit. TRL 0.12 cannot make KTO's rows of pairs that have
further columns, so it reads a version of the kind `kto`."""
OPTIONS = {
    "model_name_or_path": "touchstone/tiny",
    "max_steps": "2",
    "per_device_train_batch_size": "2",
    "use_cpu": "true",
    "bf16": "false",
    "report_to": "none",
    "disable_tqdm": "true",
}


def main(project: str, folder: Path) -> None:
    found = find_spec("trl")
    assert found is not None
    assert found.origin is not None
    scripts = Path(found.origin).parent / "commands" / "scripts"
    for script, dataset, more in RUNS:
        given = {"dataset_name": f"{project}/{dataset}", "output_dir": str(folder / script)}
        words = [
            word for name, value in {**given, **OPTIONS}.items() for word in (f"--{name}", value)
        ]
        sys.argv = [script, *words, *more]
        runpy.run_path(str(scripts / f"{script}.py"), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
