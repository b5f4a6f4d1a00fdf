"""Which modules one paper passes in a run with a model: the hands that it goes through.

    python -m benchmarks.way            # 55 at most is the goal
    python -m benchmarks.way --names

Counted are the modules of summarise of which a function runs between the reading of the input and
the end of the run; what is done at import isn't.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import summarise
from benchmarks.documents import write
from benchmarks.loopback import Loopback
from summarise.batch import RunOptions, read_batch, run
from summarise.settings import load_settings

_HOME = str(Path(summarise.__file__).parent)
_MODULE = "<module>"


@contextmanager
def noted_calls(note: Callable[[str], None]) -> Iterator[None]:
    """Tell the file of each function of summarise that is called, in any thread."""

    def profile(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name != _MODULE and code.co_filename.startswith(_HOME):
            note(code.co_filename)

    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def passed(folder: Path) -> set[str]:
    """The modules that one paper passes, as paths below the package."""
    files: set[str] = set()
    with Loopback(["--documents", "1"]) as server:
        documents = write(folder / "documents.jsonl", 1)
        flags = {"model": "invented", "base_url": server.base_url, "cache_dir": folder / "cache"}
        settings = load_settings(flags, {})
        with noted_calls(files.add):
            batch = read_batch([str(documents)])
            _, report = run(batch, settings, RunOptions(output=folder / "run"))
    if report.exit_code:
        raise SystemExit(f"the run left with {report.exit_code}: {report.stopped}")
    return {str(Path(file).relative_to(_HOME)) for file in files}


def main() -> None:
    """Count them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", action="store_true", help="name them as well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = passed(Path(folder))
    if arguments.names:
        print("\n".join(sorted(found)))
    print(f"{len(found)} modules")


if __name__ == "__main__":
    main()
