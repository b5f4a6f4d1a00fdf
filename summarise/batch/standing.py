"""How a run stands, by its directory alone: what it holds, what it lacks, what comes next."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from textwrap import wrap
from typing import Any
from urllib.parse import urlsplit

from summarise.batch.failing import CommonFailure, commonest
from summarise.batch.progress import taken
from summarise.characters import counted, for_screen, noun_of
from summarise.judging import JudgedCounts
from summarise.models import Failure, FailureKind, Identity, Record, Spent
from summarise.people import ScreeningSurvey, survey_json, told_screening
from summarise.schema import Draft
from summarise.settings import PRESETS, Settings, is_loopback
from summarise.store import (
    OWN,
    RECORDS,
    Manifest,
    OrderBook,
    Run,
    RunState,
    count_judged,
    is_at_work,
    work_in,
)

_NAMED_INPUTS = 5
_SERVED = re.compile(rb'"served_model":"((?:[^"\\]|\\.)*)"')
_USUAL_PROMPT = Settings.model_fields["prompt_version"].default
_WHOLE: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


@dataclass(frozen=True, slots=True)
class RunStanding:
    """What a run directory holds, and what is still to be done there.

    Attributes:
        state: As the manifest has it; ``running`` and not ``at_work`` is cut off.
        served: What the server called the model in the last record, None where it didn't say.
        failures: By reason.
        spent: What all its answers took, those included of a run that was cut off.
        kept: Answers that nothing was made of yet: the next run takes them up.
        awaited: Requests to which a provider's batches are to give answers.
        common: The commonest reason, with an example.
        judged: What people have said of its values.
        screening: What people have decided about it, None where nobody has.
        command: What does the rest, or what reads the result.
    """

    path: Path
    manifest: Manifest
    at_work: bool
    served: str | None
    records: int
    pending: int
    failures: Counter[FailureKind]
    spent: Spent
    kept: int
    awaited: int
    common: CommonFailure | None
    files: int
    size: int
    judged: JudgedCounts
    screening: ScreeningSurvey | None

    @property
    def documents(self) -> int:
        """All that the directory holds."""
        return self.records + self.failures.total() + self.pending

    @property
    def told_state(self) -> str:
        """The state, in words."""
        if self.at_work:
            return "a process is at work in it now"
        state = self.manifest.state
        return "cut off" if state is RunState.RUNNING else state.value

    @property
    def is_done(self) -> bool:
        """Whether the same command would do nothing."""
        return not (self.pending or self.failures)

    @property
    def command(self) -> str:
        """What to type next."""
        if self.awaited:
            return shlex.join(["summarise", "batch", "collect", str(self.path)])
        return _look_at(self.path) if self.is_done else run_command(self.path, self.manifest)

    def to_json(self) -> str:
        """For machines; null is unknown."""
        held, spent = self.manifest, self.spent
        common = self.common
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
                "awaited": self.awaited,
                "changes": {name: held.counts.get(name, 0) for name in ("new", "changed", "gone")},
                "flagged": self._count("flagged") if self._knows("flagged") else None,
                "doubtful": self._count("doubtful") if self._knows("doubtful") else None,
                "commonest_failure": None if common is None else asdict(common),
                "calls": spent.calls,
                "answers_kept": self.kept,
                "input_tokens": spent.usage.input_tokens,
                "output_tokens": spent.usage.output_tokens,
                "cost_usd": None if spent.unpriced else float(spent.cost),
                "judged": self.judged.counts(),
                "screening": self.screening and json.loads(survey_json(self.screening)),
                "files": self.files,
                "bytes": self.size,
                "next": self.command,
            },
            ensure_ascii=False,
        )

    def _knows(self, name: str) -> bool:
        return not self._is_stale and name in self.manifest.counts

    @property
    def _is_stale(self) -> bool:
        return self.manifest.counts.get("records") != self.records

    def lines(self, width: int = 80) -> Iterator[str]:
        """For a reader; a command stands on a line of its own, whole."""
        yield f"{for_screen(str(self.path))}: {self.told_state}"
        for label, text in self._told():
            if text:
                lead = f"  {label:<11}"
                rest = " " * len(lead)
                yield from wrap(text, width, initial_indent=lead, subsequent_indent=rest, **_WHOLE)
        if self.at_work:
            yield "  next       wait for it, or stop it there with Ctrl-C: all is kept"
            return
        yield f"  next       {self._why()}"
        yield f"             {self.command}"

    def _told(self) -> Iterator[tuple[str, str]]:
        held = self.manifest
        yield "made by", " ".join(_maker(held.identity, self.served))
        inputs = list(dict.fromkeys(for_screen(one.path or one.name) for one in held.inputs))
        shown = ", ".join(inputs[:_NAMED_INPUTS]) or "nothing that was read whole"
        more = len(inputs) - _NAMED_INPUTS
        yield "of", f"{shown} and {counted(more, 'more input')}" if more > 0 else shown
        yield "when", f"begun {told_day(held.created)}, last written {told_day(held.updated)}"
        yield "documents", self._documents()
        yield "", self.common.line() if self.common else ""
        yield "corrected", self.judged.told_of_run(shlex.quote(str(self.path)))
        yield "screening", told_screening(self.screening) if self.screening else ""
        calls = counted(self.spent.calls, "call")
        paid = f"{calls}, {taken(self.spent)}" if self.spent.calls else "no call was answered"
        kept = counted(self.kept, "answer is", "answers are")
        paid += f"; {kept} kept, of which the next run makes records" if self.kept else ""
        yield "cost", paid if held.identity.is_paid else "nothing: no model was asked"
        yield "size", f"{counted(self.files, 'file')}, {_bytes(self.size)}"

    def _documents(self) -> str:
        made = counted(self.records, "record")
        if not self._is_stale:
            signs = {"flagged": "flagged ⚠", "doubtful": "with doubts (?)"}
            told = [f"{n:,} {words}" for k, words in signs.items() if (n := self._count(k))]
            made += f" ({', '.join(told)})" if told else ""
        failed = counted(self.failures.total(), "failure")
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in self.failures.most_common())
        rest = f", {self.awaited:,} in batches" if self.awaited else ""
        if (left := self.pending - self.awaited) > 0:
            rest += f", {left:,} not attempted"
        return f"{self.documents:,} → {made}, {failed}{kinds and f' ({kinds})'}{rest}"

    def _count(self, name: str) -> int:
        settled = {"flagged": self.judged.unflagged, "doubtful": self.judged.undoubted}
        return max(0, self.manifest.counts.get(name, 0) - settled.get(name, 0))

    def _why(self) -> str:
        """What the command does."""
        if self.awaited:
            return "take in what a provider has answered:"
        failed = self.failures.total()
        again = f"try the {counted(failed, 'failure')} again" if failed else ""
        rest = "do the rest" if self.pending else ""
        return f"{' and '.join(filter(None, (rest, again))) or 'see the table'}:"


def standing_of(path: Path) -> RunStanding:
    """How the run in a directory stands.

    Raises:
        RunError: It isn't a run directory, or can't be read.
    """
    run = Run(path)
    failures, records, pending = Counter[FailureKind](), 0, 0
    first: dict[FailureKind, CommonFailure] = {}
    survey = ScreeningSurvey(path, run.screening.people) if run.screening else None
    for row in run.stored_rows():
        if survey is not None:
            survey.take(row, run.screening)
        if row.became is Record:
            records += 1
        elif row.became is Failure and row.kind is Failure:
            failed = Failure.model_validate_json(row.line)
            failures[failed.kind] += 1
            first.setdefault(failed.kind, CommonFailure.of(row.document, failed))
        else:
            # Of one whose record by other settings is shown, the failure isn't among the rows.
            failures.update([FailureKind.INTERNAL] if row.became is Failure else [])
            pending += row.became is None
    own = [path / name for name in OWN if (path / name).is_file()]
    spent, unused = run.read_answers()
    return RunStanding(
        path,
        run.manifest,
        is_at_work(path),
        _served(path / RECORDS),
        records,
        pending,
        failures,
        spent,
        len(unused),
        sum(order.requests for order in OrderBook(path).open),
        commonest(failures, first),
        len(own),
        sum(one.stat().st_size for one in own),
        count_judged(run.judged_rows()),
        survey,
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


def _maker(identity: Identity, served: str | None) -> Iterator[str]:
    if identity.is_paid:
        yield for_screen(identity.model or "a model")
        if served and served != identity.model:
            yield f"(the server calls it {for_screen(served)})"
        yield f"at {for_screen(identity.endpoint_host or 'an unknown endpoint')},"
        yield f"prompt {for_screen(identity.prompt_version or '?')},"
    else:
        yield "the embedded extractor,"
    is_usual = identity.schema_name == Draft.__name__
    fields = "the usual fields" if is_usual else f"fields of {for_screen(identity.schema_name)}"
    yield f"{fields}, summarise {for_screen(identity.version)}"


def run_command(path: Path, held: Manifest) -> str:
    """The command that goes on with a run, as far as its directory tells it."""
    identity = held.identity
    words = ["summarise", "run", *(_inputs(held) or ["INPUT"])]
    if identity.is_paid:
        words += ["--model", identity.model or "MODEL", *_endpoint(identity)]
    if identity.schema_name != Draft.__name__:
        words += ["--schema", "pico" if identity.schema_name == "Pico" else "SPEC"]
    if identity.prompt_version not in {None, _USUAL_PROMPT}:
        words += ["--prompt-version", identity.prompt_version or ""]
    for name, value in identity.sampling.items():
        words += [f"--{name}", str(value)] if name == "temperature" else []
    return shlex.join([*words, "-o", str(path)])


def _inputs(held: Manifest) -> list[str]:
    """What was read, as a user names it; nothing where that is more than a line holds."""
    files = [one.path or ("-" if one.name == "stdin" else "") for one in held.inputs]
    above = {os.path.dirname(one) for one in files if one}  # noqa: PTH120 - "" for none
    if len(files) > _NAMED_INPUTS and len(above) == 1 and all(above):
        return list(above)
    known = list(dict.fromkeys(files))
    return known if all(known) and len(known) <= _NAMED_INPUTS else []


def _endpoint(identity: Identity) -> list[str]:
    host = identity.endpoint_host or ""
    name = urlsplit(f"//{host}").hostname or ""
    if host == "localhost":  # a model's own file
        return []
    for preset, one in PRESETS.items():
        url = str(one.values.get("base_url", ""))
        if urlsplit(url).netloc == host:
            return [] if preset == "openai" else ["--endpoint", preset]
    return ["--base-url", f"{'http' if is_loopback(name) else 'https'}://{host}/v1"]


def _look_at(path: Path) -> str:
    return shlex.join(["summarise", "table", str(path)])


def told_day(moment: str) -> str:
    """A time of the manifest, on the clock of this machine."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return for_screen(moment, 20)


def _bytes(size: int) -> str:
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return counted(size, "byte")


def told_holding(standing: RunStanding) -> str:
    """What would be lost with a run, in words."""
    spent = standing.spent
    paid = f", which took {taken(spent)}" if spent.calls else ""
    records = counted(standing.records, "record")
    told = f"{records} of {standing.documents:,} {noun_of(standing.documents, 'document')}{paid}"
    if work := work_in(standing.path):
        told += f", and what people have done, which nothing makes again: {', '.join(work)}"
    return told
