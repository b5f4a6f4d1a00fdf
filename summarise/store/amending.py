"""Add corrections of people to a run directory.

The lines go first, and are on the disk before the manifest has their hash. After a kill between the
two `verify` names the file, which holds more than the manifest knows; the next command that adds
lines, or the run itself, takes them in. The other way round a kill would lose them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from summarise.models import Judgement
from summarise.store.files import CORRECTIONS, LOCK, TABLE, put_aside, telling
from summarise.store.manifest import (
    RunState,
    chains,
    contents_hash,
    demand_manifest,
    load_manifest,
    lock_run,
    size_of,
    write_manifest,
    write_table,
)
from summarise.store.people import append_judgements

_UNDOABLE = 100
"""Commands that can be undone, one after the other."""


class Amendment(contextlib.AbstractContextManager["Amendment"]):
    """A run directory that no run is writing while people's lines are put into it.

    Attributes:
        manifest: As it is; what ``finish`` writes is based on it.

    Raises:
        RunError: It isn't a run directory, is in use, or can't be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        held = demand_manifest(path)
        with telling(path / LOCK, "copy the run to where you may write"):
            self._lock = lock_run(path)
        # It may have been another before nobody else could write it.
        self.manifest = load_manifest(path) or held
        self._size = self._end
        known = self.manifest.hashes.corrections.until if self.manifest.hashes else self._size
        self._is_begun = self._size != known
        self._parts = list(self.manifest.corrected)
        if self._is_begun and self._size > (until := self._until):
            # A command was killed before it could say what it had added.
            self._parts.append((until, self._size))

    @property
    def _end(self) -> int:
        return size_of(self._path / CORRECTIONS)

    @property
    def _until(self) -> int:
        """Where what the manifest knows of ends."""
        hashes = self.manifest.hashes
        known = hashes.corrections.until if hashes else 0
        return max([known, *(end for _, end in self._parts)])

    def append(
        self, judgements: Sequence[Judgement], undoes: tuple[int, int] | None = None
    ) -> None:
        """Add lines, on the disk when this returns; they may undo a part that was added before.

        Raises:
            RunError: They can't be written.
        """
        if undoes is not None:
            self._parts = [part for part in self._parts if part != undoes]
            self._is_begun = True
        if judgements:
            begin = self._end
            append_judgements(self._path, judgements)
            self._is_begun = True
            if undoes is None:
                self._parts.append((begin, self._end))

    @property
    def last_part(self) -> tuple[int, int] | None:
        """From where to where the last command that isn't undone has added lines."""
        return self._parts[-1] if self._parts else None

    def finish(self, lines: Callable[[], Iterable[str]], *, drops: bool = False) -> bool:
        """Write table and manifest where there is something new; tells whether the table was.

        The table of a run that was cut off is left to the next run, as is one that was never there.
        Who ``drops`` it has none, rather than one that isn't right any more, until it is written by
        what comes next; what a person made of it is kept.

        Raises:
            RunError: They can't be written.
        """
        if not self._is_begun:
            return False
        held, path = self.manifest, self._path
        changes: dict[str, object] = {"corrected": tuple(self._parts[-_UNDOABLE:])}
        is_complete = held.state is RunState.COMPLETE
        was_written = held.rendered is not None and held.state is not RunState.RUNNING
        writes = (was_written or is_complete) and not drops
        if held.hashes is not None:
            last = held.hashes
            hashes: dict[str, object] = {**chains(path, last, ("corrections", "screening"))}
            if writes:
                hashes["table"] = write_table(path / TABLE, lines(), last.table)
                changes["rendered"] = contents_hash(path, held, last.documents)
            elif was_written:
                put_aside(path / TABLE, last.table)
                with telling(path / TABLE):
                    (path / TABLE).unlink(missing_ok=True)
                hashes["table"] = changes["rendered"] = None
            changes["hashes"] = last.model_copy(update=hashes)
        write_manifest(path, held.model_copy(update=changes))
        return writes

    def __exit__(self, *_: object) -> None:
        """Let others write it."""
        self._lock.release()
