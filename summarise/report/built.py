"""What a page shows its data with: built of ``web/`` by Node, and of the sources that are there.

The hook that builds a wheel runs this file by its path, so that it imports nothing of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

_PLAIN = "the page is to be read alone, without search and filters: "
ABSENT = (
    f"{_PLAIN}where summarise was installed, Node was missing; install Node, then summarise again, "
    "and write the report once more"
)
"""Said of a page, and to whoever made it, where nothing was built to show it with."""
STALE = (
    f"{_PLAIN}what shows it was built of other sources than those that are here; type npm ci, then "
    "npm run build, in summarise/report/web, and write the report once more"
)
"""The same where what was built may not know what this version tells a page."""


class Built(NamedTuple):
    """What shows the data."""

    script: str
    style: str
    licences: str
    """Of what the script was built of."""


def built_in(web: Traversable) -> Built | str:
    """What was built in a folder, else why that can't be used.

    A wheel brings it without its sources; where those are, ``dist/sources`` has to have their
    digest, which ``build.mjs`` writes.
    """
    folder = web / "dist"
    try:
        built = Built(*((folder / name).read_text("utf-8") for name in Built._fields))
        of = (folder / "sources").read_text("utf-8").strip()
    except FileNotFoundError:
        return STALE if (folder / "script").is_file() else ABSENT
    has_sources = (web / "src").is_dir()
    return STALE if has_sources and of != _digest(web) else built


def built_here() -> Built | str:
    """What this installation has, else why it has nothing that can be used."""
    return built_in(files("summarise.report") / "web")


def _digest(web: Traversable) -> str:
    """Of names and contents of all that the build is made of; ``build.mjs`` has the same."""
    digest = hashlib.sha256()
    for path in _sources(web):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _sources(web: Traversable) -> Iterator[Traversable]:
    yield from (web / name for name in ("build.mjs", "package-lock.json"))
    inside = (path for path in (web / "src").iterdir() if path.name.endswith((".ts", ".css")))
    yield from sorted(inside, key=lambda path: path.name)
