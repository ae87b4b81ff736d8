"""Settings, addresses, processes: what binds the apps into one installation."""

import os

# Read when numpy is first imported: its matrices here are small, and on a busy machine threads that
# wait for each other make one solution of equations take a hundred times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from config.celery import app as celery_app

__all__ = ["celery_app"]
