"""A page in Chromium, driven by its WebDriver; what it logs and asks for is kept.

``chromium`` and ``chromium-driver`` of Debian, and the package ``selenium`` of the extra ``dev``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.ui import WebDriverWait

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE = 60
"""Seconds for a page on a busy machine."""


class Browser(Chrome):
    """A browser that says what a page did."""

    def open_page(self, page: Path) -> None:
        """Open a file, and wait until it has shown its data."""
        self.told()
        self.get(page.as_uri())
        WebDriverWait(self, PATIENCE).until(
            lambda one: one.execute_script("return document.documentElement.dataset.ready")
        )

    def told(self) -> list[str]:
        """What was said in the console since it was last asked, violations of a policy included."""
        return [entry["message"] for entry in self._log("browser")]

    def asked(self) -> list[str]:
        """The addresses that were asked for since this was last called."""
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def _log(self, name: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.get_log(name)  # type: ignore[no-untyped-call]
        return entries

    def text(self, selector: str) -> str:
        """The text of the first element that a selector names, as it is in the page."""
        script = "return document.querySelector(arguments[0]).textContent"
        return str(self.execute_script(script, selector))

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that a selector names."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)"
        found: list[str] = self.execute_script(script, selector)
        return found

    def wait_for(self, script: str, *given: Any) -> None:
        """Wait until a script gives something true."""
        WebDriverWait(self, PATIENCE).until(lambda one: one.execute_script(script, *given))


@contextmanager
def browsing(width: int = 1280, height: int = 900) -> Iterator[Browser]:
    """A browser without a window.

    Raises:
        RuntimeError: There is none, or nothing to drive it by.
    """
    if BROWSER is None or DRIVER is None:
        raise RuntimeError("needs chromium and chromium-driver")
    options = ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("headless=new", "no-sandbox", "disable-gpu", f"window-size={width},{height}"):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    one = Browser(options=options, service=ChromeService(DRIVER))
    try:
        yield one
    finally:
        one.quit()
