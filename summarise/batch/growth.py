"""What is new, changed and gone in a run since an older one, or since a day.

The day is one of the run itself, whose files keep what it was about then.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from summarise.errors import SettingsError
from summarise.store import Damage, Known, PileChanges, Run, compare_piles, remembered, unpack_run

_FLAG = "--changes-since"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def changes_of(run: Run, since: str) -> PileChanges:
    """What is new, changed and gone in a run.

    Args:
        run: As it is now.
        since: Another run directory, a packed run; or a day, whose end counts, or a time, on the
            clock of this machine unless it says which, of the run itself.

    Raises:
        SettingsError: It is neither.
        RunError: A directory can't be read.
        InputError: An archive isn't a packed run.
    """
    path = Path(since)
    with ExitStack() as stack:
        if path.is_file():
            outputs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            path = unpack_run(path, outputs=outputs).path
        if path.is_dir():
            old = Run(path)
            return compare_piles(lambda: _papers(old), lambda: _papers(run))
        papers = remembered(run.path, _moment(since), Damage())
        return compare_piles(lambda: papers, lambda: _papers(run))


def _papers(run: Run) -> Iterator[Known]:
    return map(Known.of, run.documents())


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{text!r} is neither a run directory nor a day",
            where=_FLAG,
            hint="Name an older run, a packed one, or a day such as 2026-10-27.",
        ) from None
    try:
        return (moment + timedelta(days=1 if _DAY.fullmatch(text) else 0)).astimezone()
    except OverflowError:
        raise SettingsError(f"{text} is past all time", where=_FLAG) from None
