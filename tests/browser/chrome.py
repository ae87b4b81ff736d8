"""A Chromium of its own with a profile folder that outlives it, so that it can be killed."""

import os
import signal
import subprocess
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from tests.browser.conftest import CHROMIUM, EXECUTABLE


class Chrome:
    """Started by `open`, killed by `kill`; what it kept on disk is there the next time."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self._playwright = playwright
        self._profile = profile
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Browser | None = None

    def open(self) -> Page:
        port = self._profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                *(EXECUTABLE, *CHROMIUM, "--headless=new", "--remote-debugging-port=0"),
                *(f"--user-data-dir={self._profile}", "--window-size=1440,900", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while not (port.exists() and port.read_text().count("\n")):
            assert time.monotonic() < deadline, "Chromium did not start"
            time.sleep(0.02)
        address = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
        self._browser = self._playwright.chromium.connect_over_cdp(address)
        return self._browser.contexts[0].new_page()

    def kill(self) -> None:
        """kill -9 of the browser and of all its processes."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._browser is not None:
            self._browser.close()
