"""Feeds each reader with what breaks readers, and says what it did with it.

    python -m benchmarks.fuzz                            # a minute, all readers
    python -m benchmarks.fuzz --seconds 600 ris bibtex   # ten minutes, two of them

With atheris (`pip install atheris`) what is fed is led by what code it reaches; without it, exports
are damaged at random. A reader is broken by an exception that isn't `InputError`, an error of more
than one line, an input that takes ten seconds, and memory beyond the bound.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.loopback import ROOT

try:
    import atheris

    _led = (
        atheris.instrument_imports(["summarise.readers"]) if "--one" in sys.argv else nullcontext()
    )
except ImportError:
    atheris, _led = None, nullcontext()

with _led:
    from benchmarks.damage import mutants
    from summarise.errors import InputError
    from summarise.readers import FORMATS, Source, load_format, read_documents
    from summarise.readers.source import HEAD

_EXPORTS = ROOT / "fixtures" / "exports"
_SLOWEST = 10
"""Seconds that no input may take."""
_MOST_MEMORY = 900
"""MB that a reader may take, atheris's own included."""
_LONGEST = 30_000
"""Bytes of an input."""


def feed(name: str, content: bytes) -> None:
    """Read a content in one format, as a file of it would be."""
    source = Source("fuzz", content=content, format=name)
    source.is_binary = load_format(name).is_binary
    try:
        if not source.is_binary:
            source.check(content[:HEAD])
        for entry in read_documents(source):
            if "\n" in str(getattr(entry, "reason", "")):
                raise AssertionError(entry)
    except InputError as error:
        if "\n" in str(error):
            raise AssertionError(str(error)) from None


def seeds(name: str) -> list[bytes]:
    """Exports of a format, and one of another."""
    own = [
        content
        for path in sorted(_EXPORTS.iterdir())
        if load_format(name).recognises((content := path.read_bytes())[:HEAD])
    ]
    return own or [(_EXPORTS / "nets.bib").read_bytes()]


def fuzz(name: str, seconds: float, folder: Path) -> None:
    """Feed one reader for a while; doesn't return where atheris does it."""
    if atheris is None:
        _by_chance(name, seconds)
        return
    for number, content in enumerate(seeds(name)):
        (folder / f"{name}{number}").write_bytes(content[:_LONGEST])
    with atheris.instrument_imports(include=["summarise.readers"]):
        load_format(name)
    flags = [f"-max_total_time={max(int(seconds), 1)}", f"-timeout={_SLOWEST}"]
    flags += [f"-rss_limit_mb={_MOST_MEMORY}", f"-max_len={_LONGEST}"]
    flags += [f"-artifact_prefix={folder}/", "-verbosity=0", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *flags, str(folder)], lambda content: feed(name, content))
    atheris.Fuzz()


def _by_chance(name: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    made = [mutants(content, name) for content in seeds(name)]
    for count, (_, content) in enumerate(chain.from_iterable(zip(*made, strict=True)), 1):
        began = time.monotonic()
        feed(name, content[:_LONGEST])
        if time.monotonic() - began > _SLOWEST:
            raise AssertionError("an input takes too long")
        if time.monotonic() > end:
            print(f"stat::number_of_executed_units: {count}", file=sys.stderr)
            return


def _told(name: str, seconds: float, work: Path) -> str | None:
    """What was found, where anything was; prints a line of what was done."""
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.fuzz", "--one", "--seconds", str(seconds)]
    began = time.monotonic()
    done = subprocess.run(
        [*command, "--work", str(folder), name],
        capture_output=True, text=True, check=False, cwd=ROOT, errors="replace",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told = dict(
        line.removeprefix("stat::").split(":", 1)
        for line in done.stderr.splitlines()
        if line.startswith("stat::")
    )
    fed = int(told.get("number_of_executed_units", "0"))
    memory = told.get("peak_rss_mb") or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    took = f"{time.monotonic() - began:5.0f} s, {int(memory):4} MB"
    is_broken = done.returncode != 0
    print(f"{name:17} {fed:8,} inputs, {took}{'  BROKEN' if is_broken else ''}", flush=True)
    return done.stderr[-3_000:] if is_broken else None


def main() -> None:
    """Feed all of them in turn; leaves with 1 where one was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", default=list(FORMATS))
    parser.add_argument("--seconds", type=float, default=60, help="for all of them together")
    parser.add_argument("--work", type=Path, help="where inputs are kept; those that break, too")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        if arguments.one:
            fuzz(arguments.formats[0], arguments.seconds, work)
            return
        each = arguments.seconds / len(arguments.formats)
        found = [told for name in arguments.formats if (told := _told(name, each, work))]
    print(*found, sep="\n\n", file=sys.stderr)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
