"""The accounts of a run: counts, closing lines, exit code.

entries          = documents + duplicates + unreadable + without an abstract
documents + kept = held = records + failures + not attempted
"""

from __future__ import annotations

import json
import logging
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from summarise.batch.advice import CommonFailure, commonest, told_outcomes
from summarise.batch.inputs import InputAccount
from summarise.batch.progress import duration, taken
from summarise.characters import counted, for_screen
from summarise.errors import BudgetReached, EndpointError, RunError, SummariseError
from summarise.judging import JudgedCounts
from summarise.models import (
    SKIPPED_AS,
    Document,
    Failure,
    FailureKind,
    Identity,
    Made,
    OutcomeCounts,
    Record,
    SettledRow,
    SkipKind,
    Skipped,
    Spent,
)
from summarise.reading import is_clinical
from summarise.schema import Draft
from summarise.store import PileChanges, Run

INTERRUPTED = 130
_NOTED_SKIPS = 20
_MORE_SKIPPED = "more entries gave no document; skipped.jsonl in the run directory has all"
_MORE_MENDED = "more entries were mended; documents.jsonl tells which"
_NAMED_INPUTS = 20
_LOG = logging.getLogger("summarise")


@dataclass
class SettledCounts(OutcomeCounts):
    """What all documents of a run directory have come to.

    Attributes:
        flagged: Records in which something deserves a second look.
        doubtful: Records with a doubt.
        unread: Records of abstracts in a language that the embedded extractor doesn't read.
        clinical: Records of clinical studies.
        outdated: Documents without a record by these settings, of which one of before is shown.
        examples: Of each kind of failure the first.
    """

    flagged: int = 0
    doubtful: int = 0
    unread: int = 0
    clinical: int = 0
    outdated: int = 0
    examples: dict[FailureKind, CommonFailure] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[SettledRow]) -> Self:
        """Count rows for which nobody else waits."""
        counts = cls()
        for row in rows:
            counts.settle(row)
        return counts

    def settle(self, row: SettledRow) -> None:
        """Take one row into account."""
        self.add(row.became)
        if isinstance(row.became, Record):
            self.flagged += row.became.is_flagged
            self.doubtful += bool(row.became.doubtful)
            self.unread += row.became.is_unread
            self.clinical += is_clinical(row.document.abstract)
        elif isinstance(row.became, Failure) and row.became.kind not in self.examples:
            self.examples[row.became.kind] = CommonFailure.of(row.document, row.became)
        self.outdated += row.shown is not row.became


@dataclass(slots=True)
class Report:
    """What a run has done so far; ``records``, ``outdated`` and so on are as in ``SettledCounts``.

    Attributes:
        inputs: What was read of each.
        kept: Documents that the run directory holds beside those of the input.
        pending: Documents that were not attempted, because the run was stopped.
        awaited: Of those, the ones whose answer is to come from a provider's batch.
        reused: Records that were there before this run.
        hidden: Documents without a record whose record of before has another schema, so that it
            can't be shown.
        cached: Documents whose answer came from the cache, or from the run directory.
        served: What the server called the model in its answers.
        spent: What the endpoint's answers of this run took.
        saved: What the answers took that weren't asked for again.
        lost: Calls that were sent and not answered, so may be billed.
        judged: What people have said of the values, in this folder.
        screening: What they have decided about its documents, in words; empty where nobody has.
        changes: What is new, changed and gone in the folder since the last run of it.
        since: When that was, as the manifest had it.
        stopped: Why no more documents were taken, where something stopped the run.
        unrendered: Why the table wasn't written, where it wasn't.
        table: The file of the table, where there is one of this run's.
        left_nothing: Whether there is no run directory, since nothing came into it.
    """

    identity: Identity
    inputs: tuple[InputAccount, ...] = ()
    documents: int = 0
    kept: int = 0
    skipped: Counter[SkipKind] = field(default_factory=Counter)
    records: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    common: CommonFailure | None = None
    pending: int = 0
    awaited: int = 0
    new: int = 0
    reused: int = 0
    outdated: int = 0
    hidden: int = 0
    flagged: int = 0
    doubtful: int = 0
    unread: int = 0
    clinical: int = 0
    cached: int = 0
    served: set[str] = field(default_factory=set)
    spent: Spent = field(default_factory=Spent)
    saved: Spent = field(default_factory=Spent)
    lost: int = 0
    judged: JudgedCounts = field(default_factory=JudgedCounts)
    screening: str = ""
    changes: PileChanges | None = None
    since: str = ""
    stopped: SummariseError | None = None
    unrendered: SummariseError | None = None
    table: Path | None = None
    left_nothing: bool = False
    interrupted: bool = False
    seconds: float = 0.0

    def read(self, entry: Document | Skipped) -> None:
        """Count an entry of the input."""
        if isinstance(entry, Document):
            self.documents += 1
        else:
            self.skipped[entry.kind] += 1

    def recall(self, counts: Mapping[str, int], held: int) -> None:
        """Take over what was read the last time, where that is what is held and nothing is read."""
        if counts.get("documents", 0) + counts.get("kept", 0) == held:
            self.documents = counts.get("documents", 0)
            self.skipped = Counter({kind: counts.get(kind.value, 0) for kind in SkipKind})

    def made(self, outcome: Made) -> None:
        """Count what it took to make an outcome in this run."""
        made = outcome.provenance
        self.served.update(filter(None, [made.served_model]))
        self.new += not isinstance(outcome, Failure)
        self.cached += made.cache_hit
        if made.cache_hit:
            self.saved = self.saved + made.saved

    def settle(self, counts: SettledCounts, held: int) -> None:
        """Take over what all documents of the run directory have come to.

        Raises:
            RunError: There are more or fewer of them than are held.
        """
        self.records, self.failures, self.pending = counts.records, counts.failures, counts.pending
        self.flagged, self.doubtful = counts.flagged, counts.doubtful
        is_usual = self.identity.schema_name == Draft.__name__
        self.unread, self.clinical = counts.unread, counts.clinical if is_usual else 0
        self.outdated = counts.outdated
        self.common = commonest(counts.failures, counts.examples)
        self.kept = held - self.documents
        self.reused = max(0, self.records - self.new)
        if counts.documents != held or self.kept < 0:
            raise RunError(
                f"the accounts don't balance: {counts.documents:,} of {held:,} documents are in "
                f"the run directory, {self.documents:,} were read",
                hint="Something else has written to it. Run the same command again.",
            )

    def follow(self, earlier: Report) -> None:
        """Tell of both, where this run went on with what an earlier one had read."""
        self.inputs, self.documents = earlier.inputs, earlier.documents
        self.skipped, self.kept = earlier.skipped, earlier.kept
        self.changes, self.since = earlier.changes, earlier.since
        self.new += earlier.new
        self.reused = max(0, self.records - self.new)
        self.cached += earlier.cached
        self.served |= earlier.served
        self.spent, self.saved = earlier.spent + self.spent, earlier.saved + self.saved
        self.seconds += earlier.seconds

    @property
    def entries(self) -> int:
        """Entries that the input holds."""
        return self.documents + self.skipped.total()

    @property
    def exit_code(self) -> int:
        """0 all done; 1 finished with failures; 3 stopped, work kept; 130 interrupted."""
        if self.interrupted:
            return INTERRUPTED
        if self.stopped is not None:
            return EndpointError.exit_code
        return int(bool(self.failures.total() or self.skipped[SkipKind.UNREADABLE]))

    @property
    def is_capped(self) -> bool:
        """Whether the same command would do no more than it has: what the run may take is taken."""
        return isinstance(self.stopped, BudgetReached)

    @property
    def stop(self) -> str | None:
        """What kept the run from its end, in one line."""
        what = "the table wasn't written" if self.stopped is self.unrendered else "stopped"
        return f"{what}: {self.stopped}" if self.stopped else None

    def counts(self) -> dict[str, int]:
        """The accounts as plain numbers, for the manifest and for machines."""
        return {
            "entries": self.entries,
            "documents": self.documents,
            "kept": self.kept,
            **{kind.value: self.skipped[kind] for kind in SkipKind},
            "records": self.records,
            "failures": self.failures.total(),
            "pending": self.pending,
            "reused": self.reused,
            "flagged": self.flagged,
            "doubtful": self.doubtful,
            "unread": self.unread,
            "clinical": self.clinical,
            "calls": self.spent.calls,
            "cached": self.cached,
            **(self.changes.counts() if self.changes else {}),
        }

    def json_lines(self, path: Path) -> Iterator[str]:
        """What became of each document that was attempted, in input order; then the account."""
        for _, outcome in () if self.left_nothing else Run(path).rows():
            if outcome is not None:
                kind = "record" if isinstance(outcome, Record) else "failure"
                yield f'{{"type":"{kind}",{outcome.exported()[1:]}'
        yield self._to_json(path)

    def _to_json(self, path: Path) -> str:
        """The account of a run in this directory, for machines; null is unknown."""
        spent = self.spent
        return json.dumps(
            {
                "type": "summary",
                "run": None if self.left_nothing else str(path),
                "exit_code": self.exit_code,
                "stopped": self.stop,
                **self.identity.told(),
                "served_models": sorted(self.served),
                **self.counts(),
                "failures": {kind.value: n for kind, n in self.failures.most_common()},
                "commonest_failure": None if self.common is None else asdict(self.common),
                "unanswered_calls": self.lost,
                "input_tokens": spent.usage.input_tokens,
                "output_tokens": spent.usage.output_tokens,
                "cost_usd": spent.cost_usd,
                "seconds": round(self.seconds, 3),
            },
            ensure_ascii=False,
        )

    def closing_lines(self) -> list[str]:
        """What a user reads at the end: the accounts, who made the records, and what lacks."""
        lines = [*self._inputs(), self.account()]
        folder = self._folder
        if self.changes is not None:
            day = self.since.partition("T")[0]
            lines.append(
                f"Since the last time ({day}): {self.changes.told()}. "
                f"`summarise table {folder} --changes-since {self.since}` shows them."
            )
        if self.judged:
            lines.append(f"Kept of what people said: {self.judged.told_of_run(folder)}")
        if self.screening:
            lines.append(f"Kept of what people decided: {self.screening}")
        # What stopped the run was told already.
        if self.common is not None and self.stopped is None:
            line = self.common.line()
            lines.append(f"{line[0].upper()}{line[1:]}")
        lines.append(self._extraction())
        if 2 * self.clinical > self.records:
            lines.append(
                f"{self.clinical:,} of {counted(self.records, 'record')} are of clinical studies; "
                "--schema pico tells population, intervention, comparison, outcomes and results"
            )
        if self.unrendered not in {None, self.stopped}:
            lines.append(f"The table wasn't written: {self.unrendered}")
        return lines

    @property
    def _folder(self) -> str:
        """The run directory as it is typed in a command."""
        return shlex.quote(str(self.table.parent)) if self.table else "RUN"

    def _inputs(self) -> Iterator[str]:
        """Of several inputs, how much of what each was read."""
        several = self.inputs if len(self.inputs) > 1 else ()
        for account in several[:_NAMED_INPUTS]:
            yield account.line()
        if len(several) > _NAMED_INPUTS:
            more = counted(len(several) - _NAMED_INPUTS, "more input")
            yield f"{more}; manifest.json in the run directory has all"

    def account(self) -> str:
        """How many documents there were, and what became of them, in one line."""
        parts = [counted(self.documents, "document")]
        if self.kept and not self.entries:
            # Nothing was read: the documents are those of the folder.
            return self._account([counted(self.kept, "document")])
        labels = SKIPPED_AS.items()
        skips = [counted(self.skipped[k], *told) for k, told in labels if self.skipped[k]]
        if skips:
            parts[0] += f" (and {', '.join(skips)})"
        if self.kept:
            parts.append(f"{self.kept:,} more in the folder")
        return self._account(parts)

    def _account(self, parts: list[str]) -> str:
        made = counted(self.records, "record")
        if self.reused:
            made += f" ({self.reused:,} from before)"
        outcomes = told_outcomes(made, self.failures, self.awaited, self.pending)
        if self.outdated:
            older = counted(self.outdated, "older record stays", "older records stay")
            outcomes.append(f"{older} in the table")
        if self.hidden:
            older = counted(self.hidden, "older record is", "older records are")
            outcomes.append(f"{older} kept, not shown: other fields")
        outcomes += self._signs()
        return f"{' + '.join(parts)} → {', '.join(outcomes)} in {duration(self.seconds)}"

    def _signs(self) -> Iterator[str]:
        """How many of the records are to be looked at."""
        if (flagged := self.flagged - self.judged.unflagged) > 0:
            yield f"{flagged:,} flagged ⚠"
        if (doubtful := self.doubtful - self.judged.undoubted) > 0:
            yield f"{doubtful:,} with doubts (?)"
        if self.unread:
            yield f"{self.unread:,} not read (not in English)"

    def _extraction(self) -> str:
        if not self.identity.is_paid:
            return (
                "Made by the embedded extractor: no model was asked, nothing was spent. "
                f"`summarise methods {self._folder}` tells how right it is; --model names a model."
            )
        calls = f"{counted(self.spent.calls, 'call')} to {self.identity.endpoint_host}"
        parts = [f"{calls}, {taken(self.spent)}" if self.spent.calls else calls]
        if self.lost:
            parts.append(f"{counted(self.lost, 'call')} without an answer, which may be billed")
        if self.cached:
            parts.append(f"{self.cached:,} from kept answers, which saved {taken(self.saved)}")
        served = sorted(self.served - {self.identity.model or ""})
        if served:
            parts.append(f"the server calls it {for_screen(', '.join(served), 100)}")
        return f"Made by {self.identity.model}: {'; '.join(parts)}"


def noted(entries: Iterable[Document | Skipped], report: Report) -> Iterator[Document | Skipped]:
    """Count entries as they pass; name those that give no document, and what was mended.

    Of many the first are named, and each that alone says of its paper that it was retracted.
    """
    numbers: Counter[bool] = Counter()
    last = ""
    for entry in entries:
        report.read(entry)
        is_skipped = isinstance(entry, Skipped)
        what = entry.reason if isinstance(entry, Skipped) else "; ".join(entry.repairs)
        told = f"{entry.source}:{entry.line or 0}: {'' if is_skipped else 'mended: '}{what}"
        if what and told != last:  # the papers of a feed that is kept in JSON are of one line
            last = told
            numbers[is_skipped] += 1
            is_marked = is_skipped and any(one.marked for one in entry.decided)
            if numbers[is_skipped] <= _NOTED_SKIPS or is_marked:
                _LOG.warning("%s", told)
            elif numbers[is_skipped] == _NOTED_SKIPS + 1:
                _LOG.warning(_MORE_SKIPPED if is_skipped else _MORE_MENDED)
        yield entry
