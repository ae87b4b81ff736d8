"""Settings of the test runs: a throw-away data folder, fast password hashes, no broker."""

import os
import tempfile

os.environ.setdefault("TOUCHSTONE_DATA", tempfile.mkdtemp(prefix="touchstone-test-"))

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATICFILES_DIRS = []
REQUESTS_PER_MINUTE = 0
CELERY_BROKER_URL = "memory://"
