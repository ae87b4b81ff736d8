"""What a training run is asked to do: RUN_DIR/spec.json, read and checked. No torch."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from models_runner.trainers.arguments import validate
from models_runner.trainers.errors import TrainingError

SPEC_FILE = "spec.json"
KEYS = {"method", "base_dir", "train_files", "output_dir", "arguments", "seed"}


@dataclass(frozen=True)
class Spec:
    run_dir: Path
    method: str
    base_dir: Path
    train_files: tuple[Path, ...]
    output_dir: Path
    arguments: dict[str, int | float]
    seed: int
    digest: str

    @property
    def saves_dir(self) -> Path:
        """Where the trainer keeps what it needs to go on after a stop."""
        return self.run_dir / "saves"


def read_spec(run_dir: Path) -> Spec:
    path = run_dir / SPEC_FILE
    try:
        given = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TrainingError(f"{SPEC_FILE} of the training run cannot be read: {error}.") from error
    if not isinstance(given, dict) or not KEYS.issuperset(given) or "method" not in given:
        raise TrainingError(f"{SPEC_FILE} must hold {', '.join(sorted(KEYS))} and nothing else.")
    missing = KEYS - {"arguments", "seed"} - given.keys()
    if missing:
        raise TrainingError(f"{SPEC_FILE} lacks {', '.join(sorted(missing))}.")
    return Spec(
        run_dir=run_dir,
        method=given["method"],
        base_dir=Path(given["base_dir"]),
        train_files=tuple(Path(name) for name in given["train_files"]),
        output_dir=Path(given["output_dir"]),
        arguments=validate(given["method"], given.get("arguments", {})),
        seed=int(given.get("seed", 0)),
        digest=hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest(),
    )
