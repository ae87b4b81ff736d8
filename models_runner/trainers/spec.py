"""What a training run is asked to do: RUN_DIR/spec.json, read and checked. No torch."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from models_runner.trainers.arguments import validate
from models_runner.trainers.errors import TrainingError

SPEC_FILE = "spec.json"
NEEDED = {"method", "base_dir", "train_files", "output_dir"}
KEYS = NEEDED | {"arguments", "seed", "prompts"}


@dataclass(frozen=True)
class Spec:
    """`base_dir` is None when the method makes a checkpoint from nothing. `prompts` are lists of
    messages that are answered at every save, for people to see what the training does."""

    run_dir: Path
    method: str
    base_dir: Path | None
    train_files: tuple[Path, ...]
    output_dir: Path
    arguments: dict[str, int | float]
    seed: int
    digest: str
    prompts: tuple[list[dict[str, str]], ...] = ()

    @property
    def base(self) -> Path:
        """The base's folder, for methods that need one."""
        if self.base_dir is None:
            raise TrainingError(f"{self.method} needs a base checkpoint.")
        return self.base_dir

    @property
    def processes(self) -> int:
        return int(self.arguments["processes"])

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
    missing = NEEDED - given.keys()
    if missing:
        raise TrainingError(f"{SPEC_FILE} lacks {', '.join(sorted(missing))}.")
    return Spec(
        run_dir=run_dir,
        method=given["method"],
        base_dir=Path(given["base_dir"]) if given["base_dir"] else None,
        train_files=tuple(Path(name) for name in given["train_files"]),
        output_dir=Path(given["output_dir"]),
        arguments=validate(given["method"], given.get("arguments", {})),
        seed=int(given.get("seed", 0)),
        prompts=tuple(given.get("prompts", ())),
        digest=hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest(),
    )
