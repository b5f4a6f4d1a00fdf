"""How a plan stands: what of its parts is done, cut off or not begun, and who works on one.

Who works on a part has its lease, so that nobody else does: a file that comes into being by one
system call, or not at all, and is touched again and again by its holder. One that wasn't for long
is taken away by a rename, which only one can do. Times are those of the file system, of which all
machines have the same.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from summarise.characters import counted, for_screen
from summarise.delegating.plan import Shard, ShardPlan, maker_of, plan_command
from summarise.models import Record, Spent
from summarise.store import Manifest, Marks, Run, RunState, is_at_work, load_manifest, telling

FAILED = "failed in part"
_STATES = ("done", FAILED, "stopped", "at work", "cut off", "not begun")
_NAMED = 5
LONGEST = 120.0
"""Seconds after which a lease that wasn't touched is anybody's."""
_EVERY = LONGEST / 6
_WAIT = 0.02


@dataclass(slots=True)
class PlanStanding:
    """What has become of the parts of a plan.

    Attributes:
        parts: How many are in each state, in words.
        open: Names of those that aren't done, with their state.
        makers: Fingerprints of what made those that are begun.
        bounds: Settings that bound what they take, but for their share of the cost.
    """

    folder: Path
    plan: ShardPlan
    parts: Counter[str] = field(default_factory=Counter)
    open: list[tuple[str, str]] = field(default_factory=list)
    makers: set[str] = field(default_factory=set)
    bounds: dict[str, Any] = field(default_factory=dict)
    records: int = 0
    failures: int = 0
    spent: Spent = field(default_factory=Spent)

    @property
    def is_done(self) -> bool:
        """Whether each document has a record."""
        return self.parts["done"] == len(self.plan.shards)

    @property
    def next_step(self) -> tuple[str, str] | None:
        """What to do next, and the command that does it; None where others do all that is left."""
        name = shlex.quote(str(self.folder))
        if self.is_done:
            return "make one run of all", f"summarise merge {name} -o RUN"
        if self.parts["at work"] == len(self.open):
            return None
        if (maker := maker_of(self.folder)) is not None:
            told = "do the rest"
            if self.parts[FAILED] == len(self.open):
                told = f"try what failed again (`summarise merge {name} -o RUN` takes all as it is)"
            return told, plan_command(self.folder, maker, self.bounds)
        told = "begin, with a model's flags here (with none, code makes all)"
        return told, f"summarise run {name} --model MODEL"

    def to_json(self) -> str:
        """For machines; null is unknown."""
        maker, spent = maker_of(self.folder), self.spent
        return json.dumps(
            {
                "path": str(self.folder),
                "shards": len(self.plan.shards),
                "states": dict(self.parts),
                "documents": self.plan.documents,
                "records": self.records,
                "failures": self.failures,
                "model": maker.model if maker else None,
                "calls": spent.calls,
                "cost_usd": spent.cost_usd,
                "max_cost_usd": None if self.plan.max_cost is None else float(self.plan.max_cost),
                "open": dict(self.open),
                "next": self.next_step and self.next_step[1],
            }
        )

    def lines(self) -> Iterator[str]:
        """For a reader."""
        name, parts = for_screen(str(self.folder)), len(self.plan.shards)
        told = ", ".join(f"{self.parts[one]:,} {one}" for one in _STATES if self.parts[one])
        yield f"{name}: {counted(parts, 'shard')} of {self.plan.documents:,} documents: {told}"
        left = self.plan.documents - self.records - self.failures
        failed = f", {counted(self.failures, 'failure')}" if self.failures else ""
        yield f"  documents  {self.records:,} records{failed}, {left:,} not attempted"
        maker = maker_of(self.folder)
        if maker is not None and maker.is_paid:
            cost = "cost unknown" if self.spent.unpriced else f"${self.spent.cost:,.4f}"
            cap = f" of ${self.plan.max_cost:,.2f}" if self.plan.max_cost is not None else ""
            yield f"  cost       {counted(self.spent.calls, 'call')} to {maker.model}, {cost}{cap}"
        for shard, state in self.open[:_NAMED]:
            yield f"  {shard}      {state}"
        if (more := len(self.open) - _NAMED) > 0:
            yield f"  and {counted(more, 'more shard')}"
        if (step := self.next_step) is not None:
            what, command = step
            yield f"  next       {what}:"
            yield f"             {command}"

    def _count(self, path: Path, held: Manifest) -> None:
        """Add what a part has; where it was cut off, its manifest is of before that."""
        if is_behind(path, held):
            became = Counter(row.became for row in Run(path).stored_rows())
            records, pending = became[Record], became[None]
            failures = became.total() - records - pending
        else:
            records, failures = held.counts.get("records", 0), held.counts.get("failures", 0)
        self.records += records
        self.failures += failures
        self.spent = self.spent + spent_of(path, held)


def standing_of_plan(folder: Path, plan: ShardPlan) -> PlanStanding:
    """How a plan stands, by the manifests and leases of its parts.

    Raises:
        RunError: One can't be read.
    """
    standing = PlanStanding(folder, plan)
    for shard in plan.shards:
        held = load_manifest(folder / shard.name)
        state = "not begun" if held is None else state_left(folder / shard.name, shard, held)
        if Lease(folder, shard.name).is_taken:
            state = "at work"
        standing.parts[state] += 1
        if state != "done":
            standing.open.append((shard.name, state))
        if held is not None:
            standing.makers.add(held.identity.fingerprint)
            bounds = {k: v for k, v in held.settings.items() if k != "max_cost"}
            standing.bounds = bounds or standing.bounds
            standing._count(folder / shard.name, held)
    return standing


def state_left(path: Path, shard: Shard, held: Manifest) -> str:
    """The state in which a part was left that is begun, whoever works on it now."""
    if is_behind(path, held):
        return "cut off"
    if held.state is not RunState.COMPLETE or not shard.made(held.inputs):
        return "stopped"
    if held.counts.get("records", 0) == shard.documents:
        return "done"
    return FAILED if was_through(held, shard) else "stopped"


def was_through(held: Manifest, shard: Shard) -> bool:
    """Whether each document of a part had a record or a failure when a run of it last ended."""
    return held.counts.get("records", 0) + held.counts.get("failures", 0) == shard.documents


def is_done(folder: Path, shard: Shard) -> bool:
    """Whether a part has a record of each of its documents."""
    path = folder / shard.name
    held = load_manifest(path)
    return held is not None and state_left(path, shard, held) == "done"


def is_behind(path: Path, held: Manifest) -> bool:
    """Whether the files of a part aren't those of its manifest: it was cut off, or lost lines."""
    sizes, hashes = Marks.at_end(path), held.hashes
    is_short = hashes is not None and (
        sizes.records < hashes.records.until or sizes.failures < hashes.failures.until
    )
    return held.state is RunState.RUNNING or is_short


def spent_of(path: Path, held: Manifest) -> Spent:
    """What the answers of a part took; where it was cut off, its manifest is of before that."""
    return Run(path).read_answers()[0] if held.state is RunState.RUNNING else held.spent


class Lease:
    """A lease on a part of the plan in a folder; a context manager that gives it back."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.lease"
        self._token = secrets.token_hex(8)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self) -> bool:
        """Take it, if nobody has it; an old one not where its holder hangs and has the run yet.

        Raises:
            RunError: The folder can't be written.
        """
        with telling(self.path):
            aside = self.path.with_name(f"{self.path.name}.{self._token}")
            if self.is_old():
                with suppress(FileNotFoundError):
                    self.path.rename(aside)
            told = {"machine": _machine(), "pid": os.getpid(), "token": self._token}
            try:
                with self.path.open("x", encoding="utf-8") as file:
                    json.dump(told, file)
            except FileExistsError:
                aside.unlink(missing_ok=True)
                return False
            # Looked for where no third one can: who looks has its lock for a moment.
            if aside.exists() and is_at_work(self.path.with_suffix("")):
                aside.replace(self.path)
                return False
            aside.unlink(missing_ok=True)
        self._thread = threading.Thread(target=self._hold, daemon=True)
        self._thread.start()
        return True

    def is_old(self) -> bool:
        """Whether somebody has it who is dead here, or hasn't been heard of for long."""
        try:
            touched = self.path.stat().st_mtime
        except FileNotFoundError:
            return False
        # Its holder touches it by the same clock: what is to come was set by hand, or by a clock
        # that was put right since.
        return self._is_of_dead() or abs(self._now() - touched) > LONGEST

    def _now(self) -> float:
        """The time by the file system, as clocks differ; for who can't write there, by ours."""
        probe = self.path.with_name(f"{self.path.name}.{self._token}.now")
        try:
            probe.touch()
            return probe.stat().st_mtime
        except OSError:
            return time.time()
        finally:
            with suppress(OSError):
                probe.unlink()

    @property
    def is_taken(self) -> bool:
        """Whether somebody works on it, as far as can be told."""
        return self.path.exists() and not self.is_old()

    def give_back(self) -> None:
        """Let others have it."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(LONGEST)
        if self._is_ours():
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """It is taken already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.give_back()

    def _hold(self) -> None:
        """Touch it until it is given back; stop the run where somebody has taken it away."""
        while not self._over.wait(_EVERY):
            if not self._is_ours():
                # Who was asleep for so long finds another at work: as by Ctrl-C, all is kept.
                signal.raise_signal(signal.SIGTERM)
                return
            with suppress(OSError):
                os.utime(self.path)

    def _is_ours(self) -> bool:
        return self._told().get("token") == self._token

    def _is_of_dead(self) -> bool:
        """Whether its holder was a process of this machine, and isn't any more."""
        told = self._told()
        if told.get("machine") != _machine() or type(pid := told.get("pid")) is not int:
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False

    def _told(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, RecursionError):
            told = json.loads(self.path.read_text("utf-8"))
            return told if isinstance(told, dict) else {}
        return {}


def _machine() -> str:
    """What processes share that see each other's numbers: host, boot and, in containers, theirs."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
    with suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Have such a lease, for a moment; it is waited for."""
    lease = Lease(folder, name)
    while not lease.take():
        time.sleep(_WAIT)
    with lease:
        yield
