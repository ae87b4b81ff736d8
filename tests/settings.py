"""Settings of the test runs: a throw-away data folder, fast password hashes, no broker."""

import atexit
import os
import shutil
import tempfile

if "TOUCHSTONE_DATA" not in os.environ:
    folder = tempfile.mkdtemp(prefix="touchstone-test-")
    os.environ["TOUCHSTONE_DATA"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATICFILES_DIRS = []
REQUESTS_PER_MINUTE = 0
CELERY_BROKER_URL = "memory://"
# Each client of each test would look for static files anew, of which there are none.
WHITENOISE_USE_FINDERS = False
