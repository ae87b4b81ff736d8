"""The web process stays small: what is only for models never enters it."""

import json
import subprocess
import sys

HEAVY = {"torch", "transformers", "trl", "datasets", "tokenizers", "safetensors", "accelerate"}

# As gunicorn does: import the application, then answer requests that load every view.
SERVE = """
import json, sys
from config.wsgi import application
from django.test import Client
from django.urls import get_resolver

get_resolver().url_patterns
paths = ("/healthz", "/api/schema/")
statuses = [Client(headers={"host": "localhost"}).get(path).status_code for path in paths]
modules = {name.split(".")[0] for name in sys.modules}
print(json.dumps({"statuses": statuses, "modules": sorted(modules)}))
"""


def test_the_web_process_loads_nothing_that_runs_models(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVE],
        capture_output=True,
        text=True,
        env={"TOUCHSTONE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["statuses"][0] == 200
    assert not HEAVY & set(told["modules"])
