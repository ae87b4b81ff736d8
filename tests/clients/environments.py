"""Virtual environments of clients, kept between runs: made anew when what they hold changes.

`python -m tests.clients.environments` makes them all; a test makes what is missing."""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.kept import KEPT, locked

HERE = Path(__file__).parent
CONSTRAINTS = HERE.parents[1] / "requirements" / "constraints.txt"
ENVIRONMENTS = {
    "newest": (HERE / "newest.txt", CONSTRAINTS),
    "old": (HERE / "old.txt",),
}
PRODUCT = sysconfig.get_path("purelib")
TORCH = ("torch", "torchgen", "functorch", "torch-*.dist-info")
WITH_TORCH = {"old"}
"""Environments that borrow the product's torch: unpacking another one takes a minute."""


def environment(name: str) -> Path:
    """The folder of a ready environment. Its name tells what is in it."""
    requirements, *others = ENVIRONMENTS[name]
    holds = hashlib.sha256(b"".join(each.read_bytes() for each in [requirements, *others]))
    if name in WITH_TORCH:
        # Another checkout's torch may be gone tomorrow.
        holds.update(PRODUCT.encode())
    folder = KEPT / f"clients-{name}-{holds.hexdigest()[:16]}"
    with locked(KEPT / f"clients-{name}.lock"):
        if not (folder / "complete").exists():
            _make(folder, requirements, with_torch=name in WITH_TORCH)
    return folder


def _make(folder: Path, requirements: Path, with_torch: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    if with_torch:
        own = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
        for name in TORCH:
            for there in Path(PRODUCT).glob(name):
                (own / there.name).symlink_to(there)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    # Few of the modules are ever imported: each is compiled when it is.
    install = ["install", "-q", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*pip, *install, "-r", str(requirements)], check=True)
    (folder / "complete").touch()


if __name__ == "__main__":
    with ThreadPoolExecutor() as together:
        list(together.map(environment, ENVIRONMENTS))
