"""How runs stand, by their directories alone: one in full, those of a folder on a line each."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from textwrap import wrap
from typing import Any

from summarise.admission import format_usd
from summarise.batch.advice import MOST_NAMED, CommonFailure, commonest, run_command, told_outcomes
from summarise.batch.progress import taken
from summarise.characters import counted, for_screen, in_columns, noun_of
from summarise.errors import RunError, SummariseError
from summarise.judging import JudgedCounts
from summarise.models import Failure, FailureKind, Identity, OutcomeCounts, Record, Spent
from summarise.people import ScreeningSurvey, survey_json, told_screening
from summarise.schema import Draft
from summarise.settings import CAPS
from summarise.store import (
    CORRECTIONS,
    MANIFEST,
    OWN,
    RECORDS,
    Manifest,
    OrderBook,
    Run,
    RunState,
    count_judged,
    format_size,
    is_at_work,
    load_manifest,
    work_in,
)

_SERVED = re.compile(rb'"served_model":"((?:[^"\\]|\\.)*)"')
_WHOLE: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
_DEEPEST = 4
"""Folders below the one that is named in which runs are looked for."""
_MODEL_SHOWN = 20
_HEADINGS = ("last written", "by", "docs", "done", "failed", "cost", "run")


@dataclass(kw_only=True)
class RunStanding(OutcomeCounts):
    """What a run directory holds, and what is still to be done there.

    Attributes:
        served: What the server called the model in the last record, None where it didn't say.
        spent: What all its answers took, those included of a run that was cut off.
        kept: Answers that nothing was made of yet: the next run takes them up.
        orders: What was asked in batches.
        screening: What people have decided about it, None where nobody has.
        cut: What its files have lost since the last run, in words, by their names.
    """

    path: Path
    manifest: Manifest
    at_work: bool
    served: str | None
    spent: Spent
    kept: int
    orders: OrderBook
    common: CommonFailure | None
    files: int
    size: int
    judged: JudgedCounts
    screening: ScreeningSurvey | None
    cut: dict[str, str]

    @property
    def told_state(self) -> str:
        """The state, in words."""
        if self.at_work:
            return "a process is at work in it now"
        if self.cut:
            return "damaged"
        state = self.manifest.state
        return "cut off" if state is RunState.RUNNING else state.value

    @property
    def next_step(self) -> tuple[str, str]:
        """What to do next: what that does, and the command that does it."""
        if self.orders.awaited:
            return "take in what has been answered", shlex.join(self.orders.collecting)
        failed = self.failures.total()
        if self.cut.keys() - {CORRECTIONS}:  # which nothing makes again
            return "make anew what was lost", run_command(self.path, self.manifest)
        is_capped = any(name in self.manifest.settings for name in CAPS)
        limits = " (a limit that is reached is to be raised)" if is_capped else ""
        told = [f"do the rest{limits}"] if self.pending else []
        told += [f"try the {counted(failed, 'failure')} again"] if failed else []
        if told:
            return " and ".join(told), run_command(self.path, self.manifest)
        return "see the table", shlex.join(["summarise", "table", str(self.path)])

    def to_json(self) -> str:
        """For machines; null is unknown."""
        held, spent = self.manifest, self.spent
        return json.dumps(
            {
                "path": str(self.path),
                "state": held.state.value if self.at_work else self.told_state,
                "at_work": self.at_work,
                **held.identity.told(),
                "served_model": self.served,
                "created": held.created,
                "updated": held.updated,
                "inputs": [one.path or one.name for one in held.inputs],
                "documents": self.documents,
                "records": self.records,
                "failures": {kind.value: n for kind, n in self.failures.most_common()},
                "pending": self.pending,
                "cut": list(self.cut.values()),
                "awaited": self.orders.awaited,
                "changes": {name: held.counts.get(name, 0) for name in ("new", "changed", "gone")},
                "flagged": self._count("flagged"),
                "doubtful": self._count("doubtful"),
                "commonest_failure": self.common and asdict(self.common),
                "calls": spent.calls,
                "answers_kept": self.kept,
                "input_tokens": spent.usage.input_tokens,
                "output_tokens": spent.usage.output_tokens,
                "cost_usd": spent.cost_usd,
                "judged": self.judged.counts(),
                "screening": self.screening and json.loads(survey_json(self.screening)),
                "files": self.files,
                "bytes": self.size,
                "next": self.next_step[1],
            },
            ensure_ascii=False,
        )

    def lines(self, width: int = 80) -> Iterator[str]:
        """For a reader; a command stands on a line of its own, whole."""
        yield f"{for_screen(str(self.path))}: {self.told_state}"
        for label, text in self._told():
            if text:
                lead, rest = f"  {label:<11}", " " * 13
                yield from wrap(text, width, initial_indent=lead, subsequent_indent=rest, **_WHOLE)
        if self.at_work:
            yield "  next       wait for it, or stop it there with Ctrl-C: all is kept"
            return
        what, command = self.next_step
        yield f"  next       {what}:"
        yield f"             {command}"

    def _told(self) -> Iterator[tuple[str, str]]:
        held = self.manifest
        yield "made by", " ".join(_maker(held.identity, self.served))
        paths = (one.path and _shorter(one.path) for one in held.inputs)
        told = (for_screen(path or one.name) for path, one in zip(paths, held.inputs, strict=True))
        inputs = list(dict.fromkeys(told))
        shown = ", ".join(inputs[:MOST_NAMED]) or "nothing that was read whole"
        more = len(inputs) - MOST_NAMED
        yield "of", f"{shown} and {counted(more, 'more input')}" if more > 0 else shown
        yield "when", f"begun {told_day(held.created)}, last written {told_day(held.updated)}"
        yield "damaged", "; ".join(self.cut.values())
        yield "documents", self._documents()
        yield "", self.common.line() if self.common else ""
        yield "corrected", self.judged.told_of_run(shlex.quote(str(self.path)))
        if held.rendered is None and held.state is RunState.COMPLETE:
            yield "table", "is gone until the next run, since a cell was corrected"
        yield "screening", told_screening(self.screening) if self.screening else ""
        calls = counted(self.spent.calls, "call")
        paid = f"{calls}, {taken(self.spent)}" if self.spent.calls else "no call was answered"
        kept = counted(self.kept, "answer is", "answers are")
        paid += f"; {kept} kept, of which the next run makes records" if self.kept else ""
        yield "cost", paid if held.identity.is_paid else "nothing: no model was asked"
        yield "size", f"{counted(self.files, 'file')}, {format_size(self.size)}"

    def _documents(self) -> str:
        made = counted(self.records, "record")
        signs = {"flagged": "flagged ⚠", "doubtful": "with doubts (?)"}
        if told := [f"{n:,} {words}" for k, words in signs.items() if (n := self._count(k))]:
            made += f" ({', '.join(told)})"
        told = told_outcomes(made, self.failures, self.orders.awaited, self.pending)
        return f"{self.documents:,} → {', '.join(told)}"

    def _count(self, name: str) -> int | None:
        """Of the records as people had them; None where the manifest is of other records."""
        counts = self.manifest.counts
        if name not in counts or counts.get("records") != self.records:
            return None
        settled = {"flagged": self.judged.unflagged, "doubtful": self.judged.undoubted}
        return max(0, counts[name] - settled[name])


def standing_of(path: Path) -> RunStanding:
    """How the run in a directory stands.

    Raises:
        RunError: It isn't a run directory, or can't be read.
    """
    run, counts = Run(path), OutcomeCounts()
    first: dict[FailureKind, CommonFailure] = {}
    survey = ScreeningSurvey.of(path, run.screening) if run.screening else None
    for row in run.stored_rows():
        if survey is not None:
            survey.take(row, run.screening)
        if row.became is Record:
            counts.records += 1
        elif row.became is None:
            counts.pending += 1
        elif row.kind is Failure:
            failed = Failure.model_validate_json(row.line)
            counts.add(failed)
            first.setdefault(failed.kind, CommonFailure.of(row.document, failed))
        else:
            # Of one whose record by other settings is shown, the failure isn't among the rows.
            counts.failures[FailureKind.INTERNAL] += 1
    own = [path / name for name in OWN if (path / name).is_file()]
    spent, unused = run.read_answers()
    return RunStanding(
        **vars(counts),
        path=path,
        manifest=run.manifest,
        at_work=is_at_work(path),
        served=_served(path / RECORDS),
        spent=spent,
        kept=len(unused),
        orders=OrderBook(path),
        common=commonest(counts.failures, first),
        files=len(own),
        size=sum(one.stat().st_size for one in own),
        judged=count_judged(run.judged_rows()),
        screening=survey,
        cut=run.damage.cut,
    )


def _served(records: Path) -> str | None:
    """What the server called the model, in the last line that tells."""
    named: bytes | None = None
    if records.is_file():
        with records.open("rb") as file:
            for line in file:
                for found in _SERVED.finditer(line):
                    named = found[1]
    return None if named is None else str(json.loads(b'"' + named + b'"'))


def _shorter(path: str) -> str:
    """A path from the working folder; from the root, where that finds the file and is shorter."""
    absolute = Path(path).absolute()
    whole = Path(os.path.normpath(absolute)).as_posix()
    return whole if len(whole) < len(path) and absolute.exists() else path


def _maker(identity: Identity, served: str | None) -> Iterator[str]:
    if identity.is_paid:
        yield for_screen(identity.model or "a model")
        if served and served != identity.model:
            yield f"(the server calls it {for_screen(served)})"
        yield f"at {for_screen(identity.endpoint_host or 'an unknown endpoint')},"
        yield f"prompt {for_screen(identity.prompt_version or '?')},"
    else:
        yield "the embedded extractor,"
    name = for_screen(identity.schema_name)
    fields = "the usual fields" if name == Draft.__name__ else f"fields of {name}"
    yield f"{fields}, summarise {for_screen(identity.version)}"


def told_day(moment: str) -> str:
    """A time of the manifest, on the clock of this machine."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return for_screen(moment, 20)


def told_holding(standing: RunStanding) -> str:
    """What would be lost with a run, in words."""
    spent = standing.spent
    paid = f", which took {taken(spent)}" if spent.calls else ""
    records = counted(standing.records, "record")
    told = f"{records} of {standing.documents:,} {noun_of(standing.documents, 'document')}{paid}"
    if work := work_in(standing.path):
        told += f", and what people have done, which nothing makes again: {', '.join(work)}"
    return told


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run directory as its manifest describes it; ``fault`` where that can't be read."""

    path: Path
    manifest: Manifest | None = None
    at_work: bool = False
    fault: str | None = None

    def to_json(self) -> str:
        """For machines; null is unknown."""
        told: dict[str, Any] = {"path": str(self.path), "fault": self.fault}
        if (held := self.manifest) is not None:
            told |= {
                "state": held.state.value,
                "at_work": self.at_work,
                "updated": held.updated,
                **held.identity.told(),
                **{k: held.counts.get(k) for k in ("documents", "records", "failures", "pending")},
                "cost_usd": held.spent.cost_usd,
            }
        return json.dumps(told, ensure_ascii=False)

    def cells(self) -> tuple[str, ...]:
        """When, by whom, documents, done, failed, cost, where."""
        if (held := self.manifest) is None:
            return ("", "", "", "", "", "", f"{for_screen(str(self.path))}: {self.fault}")
        counts, spent = held.counts, held.spent
        documents = counts.get("documents", 0) + counts.get("kept", 0)
        cost = "unknown" if spent.unpriced == spent.calls else format_usd(spent.cost)
        known = (documents, counts.get("records"), counts.get("failures"))
        numbers = [f"{n:,}" if n is not None else "?" for n in known] if counts else ["?"] * 3
        is_cut = held.state is RunState.RUNNING and not self.at_work
        left = counts.get("pending", 0)
        note = "at work" if self.at_work else "cut off" if is_cut else f"{left:,} left" * bool(left)
        place = for_screen(str(self.path))
        return (
            told_day(held.updated),
            for_screen(held.identity.model or "embedded", _MODEL_SHOWN),
            *numbers,
            cost if spent.calls else "–",
            f"{place} ({note})" if note else place,
        )


def listed_runs(folder: Path) -> list[ListedRun]:
    """The run directories in a folder and some levels below, the last one first.

    Raises:
        RunError: The folder isn't there.
    """
    if not folder.is_dir():
        hint = "Runs are in outputs, unless -o named another folder."
        raise RunError("there is no such folder", where=str(folder), hint=hint)
    found = [_listed(path) for path in _below(folder)]
    return sorted(found, key=lambda one: one.manifest.updated if one.manifest else "", reverse=True)


def _listed(path: Path) -> ListedRun:
    try:
        return ListedRun(path, load_manifest(path), is_at_work(path))
    except SummariseError as error:
        return ListedRun(path, fault=error.message)


def _below(folder: Path) -> Iterator[Path]:
    pending = [(folder, 0)]
    while pending:
        here, depth = pending.pop()
        if (here / MANIFEST).is_file():
            yield here
        elif depth < _DEEPEST:
            try:
                inside = sorted(here.iterdir())
            except OSError:
                continue
            pending += [(p, depth + 1) for p in inside if p.is_dir() and not p.is_symlink()]


def run_lines(runs: list[ListedRun]) -> Iterator[str]:
    """A table of runs for a terminal; where they are comes last, so that it is never cut."""
    rows = [_HEADINGS, *(one.cells() for one in runs)]
    return in_columns(rows, texts=(0, 1, len(_HEADINGS) - 1))
