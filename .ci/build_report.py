"""Builds what the page of ``summarise report`` is shown with, where Node is there.

Hatch runs it before it makes a wheel, or an installation that can be edited. Without Node, or
without what npm brings, the page is one to be read alone; the build goes on.
"""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("summarise", "report", "web")
BUILT = Path("summarise", "report", "built.py")
NEEDED = ("ci", "--omit=dev", "--fetch-retries=1", "--fetch-timeout=30000")


class ReportHook(BuildHookInterface):
    """Makes ``dist/``, unless it is of these sources already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web = Path(self.root, WEB)
        built_in = runpy.run_path(str(Path(self.root, BUILT)))["built_in"]
        if isinstance(built_in(web), str):
            shutil.rmtree(web / "dist", ignore_errors=True)
            _build(web)
        if not isinstance(built_in(web), str):
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
