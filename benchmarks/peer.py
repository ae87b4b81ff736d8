"""A generation job on a real OpenAI-compatible server, `transformers serve` on loopback: 50 prompts
with 4 responses each, while the server and the worker are killed with -9 in turn.

    python -m benchmarks.peer

The server ignores `n`, and answers one request at a time. Takes some minutes; not part of
`make bench`.
"""

import os
import subprocess
import sys
import tempfile
from socket import create_server

# Django's models can be imported only once it is set up.
TRY = "import django; django.setup(); from benchmarks.peer_kills import main; main()"


def main() -> int:
    with create_server(("127.0.0.1", 0)) as free:
        origin = f"http://127.0.0.1:{free.getsockname()[1]}"
    with tempfile.TemporaryDirectory(prefix="touchstone-peer-") as data:
        ours = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TOUCHSTONE_DATA": data,
            "TOUCHSTONE_ENDPOINTS": origin,
        }
        clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        return subprocess.run([sys.executable, "-c", TRY, origin], env={**clean, **ours}).returncode


if __name__ == "__main__":
    sys.exit(main())
