"""Builds what the page of ``summarise report`` is shown with, where Node is there.

Hatch runs it before it makes a wheel, or an installation that can be edited. Without Node, or
without what npm brings, the page is one to be read alone; the build goes on.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("summarise", "report", "web")
SOURCES = ("src/*", "build.mjs", "package-lock.json")
NEEDED = ("ci", "--omit=dev", "--fetch-retries=1", "--fetch-timeout=30000")


class ReportHook(BuildHookInterface):
    """Makes ``dist/``, unless it is as new as its sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web = Path(self.root, WEB)
        built = web / "dist" / "script"
        sources = [path for pattern in SOURCES for path in web.glob(pattern)]
        latest = max(path.stat().st_mtime for path in sources)
        if not built.exists() or built.stat().st_mtime < latest:
            shutil.rmtree(built.parent, ignore_errors=True)
            _build(web)
        if built.exists():
            build_data["artifacts"].append(f"{WEB.as_posix()}/dist/*")


def _build(web: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        print("no Node: reports will be plain pages", file=sys.stderr)
        return
    for command in (NEEDED, ("run", "build")):
        done = subprocess.run([npm, *command], check=False, cwd=web, capture_output=True, text=True)
        if done.returncode:
            told = done.stderr.strip()[-1000:]
            print(f"npm {command[0]}: {told}\nreports will be plain pages", file=sys.stderr)
            return
