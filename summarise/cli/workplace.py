"""The folder that an agent works in: what it may read, make and spend there, and how it is stopped.

Whatever is asked for comes from outside. A path is followed to its end before it is used, no name
imports code, and no argument makes a model be asked that the user didn't name.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import NoReturn

from summarise.admission import Budget, Caps
from summarise.batch import Batch, ProgressLine, Report, RunOptions, Standing, arun
from summarise.cli.options import named_folder
from summarise.errors import RunError, SettingsError
from summarise.models import EMBEDDED
from summarise.schema import SUFFIXES
from summarise.settings import Settings, is_local_model
from summarise.store import OUTPUTS, Run

_OWN_LIBRARY = "zotero:"


class Stopped(Exception):
    """Whoever asked doesn't wait any more."""


@dataclass(slots=True)
class Job:
    """Something at work in a thread, as whoever waits for it sees it.

    Attributes:
        report: Told how many documents are done, of how many, and how many of these failed.
    """

    report: Callable[[int, int, int], None] = lambda *_: None
    _stopped: threading.Event = field(default_factory=threading.Event)
    _at_work: tuple[asyncio.AbstractEventLoop, asyncio.Task[object]] | None = None

    def stop(self) -> None:
        """End a run where it is, from any thread; what was made is kept."""
        self._stopped.set()
        if self._at_work is not None:
            loop, task = self._at_work
            with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                loop.call_soon_threadsafe(task.cancel)

    def check(self) -> None:
        """Raise ``Stopped`` where nobody waits any more."""
        if self._stopped.is_set():
            raise Stopped

    def run(self, batch: Batch, settings: Settings, options: RunOptions) -> tuple[Path, Report]:
        """``batch.run``, in a loop of this thread; raises ``Stopped`` where it is stopped."""
        try:
            return asyncio.run(self._run(batch, settings, options))
        except asyncio.CancelledError:
            raise Stopped from None
        finally:
            self._at_work = None

    async def _run(
        self, batch: Batch, settings: Settings, options: RunOptions
    ) -> tuple[Path, Report]:
        if (task := asyncio.current_task()) is not None:
            self._at_work = asyncio.get_running_loop(), task
        self.check()
        return await arun(batch, settings, options)


class JobProgress(ProgressLine):
    """The progress of a run, told to whoever waits for a job."""

    def __init__(self, job: Job) -> None:
        super().__init__(quiet=True)
        self._job = job

    def update(self, standing: Standing) -> None:
        """Tell the counts."""
        if standing.done:
            self._job.report(standing.done, standing.total, sum(standing.failed.values()))


@dataclass(slots=True)
class Workplace:
    """A folder, which is the working directory, and what the user lets an agent do there.

    Attributes:
        root: The folder; no link is on its path.
        settings: Those of each run, with the model that the user named.
        may_spend: Whether the user has set a cap. It holds for all runs together.
    """

    root: Path
    settings: Settings
    may_spend: bool
    _spent: Budget = field(default_factory=lambda: Budget(Caps(), None))
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def path(self, name: str) -> Path:
        """Where a name leads, from the root.

        Raises:
            RunError: That is outside of the root, or nowhere.
        """
        try:
            end = Path(os.path.realpath(self.root / name))
        except (OSError, ValueError) as error:
            raise RunError(f"is no path ({error})", where=repr(name[:200])) from None
        if not end.is_relative_to(self.root):
            raise RunError(
                "leads out of the folder that is served, and nothing outside of it is used",
                where=name,
                hint="Name what lies in that folder, by its path from there.",
            )
        return end.relative_to(self.root)

    def input(self, name: str) -> str:
        """An input as it is read: a file, folder or pattern below the root, or an identifier.

        Raises:
            RunError: It is none of these.
        """
        if name == "-" or name.strip().lower().startswith(_OWN_LIBRARY):
            what = "stdin" if name == "-" else "the user's own library"
            raise RunError(f"is {what}, which isn't read for an agent", where=name)
        path = self.path(name)
        if not os.path.lexists(path):
            return name
        if not (path.is_file() or path.is_dir()):
            # Who opens a pipe waits for somebody to write to it.
            raise RunError("is neither a file nor a folder, and isn't read", where=name)
        return str(path)

    def run(self, name: str) -> Run:
        """A run directory; none of its files lies elsewhere.

        Raises:
            RunError: It isn't one, or leads out of the root.
        """
        return Run(self._inside(self.path(name)))

    def output(self, name: str | None, batch: Batch) -> Path | None:
        """The folder of a run; None for one of its own in ``outputs``.

        Raises:
            RunError: It would lead out of the root.
            SettingsError: It is named like a file.
        """
        if name is not None:
            folder = named_folder(self.path(name))
            return folder and self._inside(folder)
        own = self.path(str(OUTPUTS))
        for one in own.glob(f"{escape(batch.name.strip('.'))}*") if own.is_dir() else ():
            self._inside(self.path(str(one)))
        return None

    def _inside(self, folder: Path) -> Path:
        """A folder, after a look at whether all that is in it lies below the root."""
        for one in folder.iterdir() if folder.is_dir() else ():
            self.path(str(one))
        return folder

    def settings_for(self, model: str | None, schema: str | None, *, sends: bool) -> Settings:
        """The settings of a run or, where nothing is sent, of an estimate.

        Raises:
            SettingsError: It may not ask that model, or its schema is code.
        """
        own = self.settings.model
        wanted = (own if self.may_spend or not sends else None) if model is None else model
        wanted = None if wanted == EMBEDDED else wanted
        if wanted is not None and wanted != own and (sends or is_local_model(wanted)):
            named = f"{own} alone" if own else "none"
            _refuse(wanted, f"isn't what the user named: {named} may be asked")
        if wanted is not None and sends and not self.may_spend:
            _refuse(wanted, "isn't asked, since the user has set no cap on what is spent")
        more: dict[str, object] = {"model": wanted, "lacks_model": False}
        if schema is not None:
            more["schema_spec"] = self._schema(schema)
        return self.settings.model_copy(update=more)

    def _schema(self, spec: str) -> str:
        """A schema by its name, or a file of fields below the root; a class would be code."""
        if Path(spec).suffix.lower() in SUFFIXES:
            return str(self.path(spec))
        if ":" in spec:
            raise SettingsError(
                "would be code, and none is run for an agent",
                where=f"schema {spec}",
                hint="Name a built-in one, or a .toml or .yaml file of fields.",
            )
        return spec

    def extract(
        self, job: Job, batch: Batch, settings: Settings, output: Path | None, limit: int | None
    ) -> tuple[Path, Report]:
        """Make a run. Those that spend go one after the other, so that the caps hold for all.

        Raises:
            Stopped: Nobody waits for the job any more.
        """
        options = RunOptions(
            output=output, limit=limit, progress=JobProgress(job), spent_before=self._spent
        )
        spends = settings.model is not None
        with self._one_at_a_time if spends else contextlib.nullcontext():
            return job.run(batch, settings, options)


def _refuse(model: str, why: str) -> NoReturn:
    raise SettingsError(
        why,
        where=f"model {model}",
        hint="Who starts the server names a model with --model and a cap with --max-cost, "
        "--max-tokens or --max-calls. By model embedded, code alone reads.",
    )
