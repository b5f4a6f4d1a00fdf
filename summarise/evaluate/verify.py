"""A stored run held against its own documents, answers and manifest again, offline.

Each record is read anew: its values must stand where it says, and what code derives from them
(sentences, links, unsupported words, unclaimed quantities) must come out the same. Its draft must
be what was answered: an answer that the run keeps, field by field, or, by the embedded extractor,
what the abstract gives. What it says of where it comes from must be what the manifest and the
answers say; likewise what a failure says. Counts, what was spent and the table, made again
whatever the manifest says of it, must be those of the files, and each file must have the hash that
the manifest has of it.

What differs is of two kinds. ``altered``: something contradicts its document, its answer, another
file or itself, or differs though this version of summarise made it. ``rules``: every value stands
where the record says, but another version made it, and this one derives something else.

What can't be held is said: a run that was made before hashes and cached answers were written down,
a record of which only the abstract is left, or that an extractor of earlier versions made, a
failure whose answers are gone, a run that was cut off. And files are only held against each other
and against the abstract: what no other file tells, or is changed everywhere alike, hashes included,
isn't noticed. ``docs/checking.md`` lists what that is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from summarise import __version__
from summarise.characters import counted, for_screen
from summarise.errors import SummariseError, told_fault
from summarise.evaluate.differences import Difference, DifferenceKind, Verdict
from summarise.evaluate.run_files import RunFiles
from summarise.evaluate.verify_row import OriginCheck, RecordCheck
from summarise.judging import JudgedCounts
from summarise.models import Failure, Record
from summarise.reading import Reading
from summarise.store import FAILURES, MANIFEST, RECORDS, Run, RunState, StoredRow, count_judged

if TYPE_CHECKING:
    from summarise.extract import Stream


@dataclass(slots=True)
class Verification:
    """The verification of a run, and its accounts so far: records, unless the name says else.

    ``unheld`` are those of which the run has no answer, so that only the abstract is left;
    likewise ``older``, which other settings made, shown until they are made anew. Of
    ``unheld_failures`` it lacks answers.
    """

    run: Run
    records: int = 0
    altered: int = 0
    rules: int = 0
    unheld: int = 0
    older: int = 0
    failures: int = 0
    altered_failures: int = 0
    unheld_failures: int = 0
    pending: int = 0
    altered_files: set[str] = field(default_factory=set)
    judged: JudgedCounts = field(default_factory=JudgedCounts)
    _versions: set[str] = field(default_factory=set)
    _streams: list[Stream] = field(default_factory=list)
    _asked: int = 0
    _has_loose: bool = False

    def verdicts(self) -> Iterator[Verdict]:
        """Verify the files and each record, in input order; only failures that differ are told."""
        try:
            for verdict in self._verdicts(RunFiles(self.run)):
                self._count(verdict)
                yield verdict
        except SummariseError as error:
            # Whatever stands behind a line that can't be read isn't verified.
            difference = Difference("content", "what can be read", error.message)
            verdict = Verdict(None, None, (difference,), Path(error.where or MANIFEST).name)
            self._count(verdict)
            yield verdict

    def _verdicts(self, files: RunFiles) -> Iterator[Verdict]:
        # It takes asyncio, which who only names a verification doesn't need.
        from summarise.extract import count_workers, streaming  # noqa: PLC0415

        yield from files.check_hashes()
        yield from files.check_manifest()
        count = count_workers(self.run.recorded, None, waits=False)
        with streaming(count, partial(_find_share, self.run)) as self._streams:
            for row in files.rows():
                verdict = self._row(row, files)
                if verdict is not None:
                    yield verdict
        self.judged = count_judged(self.run.judged_rows())
        hashes = self.run.manifest.hashes
        # All decisions are read, so that a damaged one is told.
        self._has_loose = bool(self.run.screening) and hashes is not None and not hashes.screening
        yield from files.check_counts()
        yield from files.check_table()
        yield from files.check_damage()

    def _row(self, row: StoredRow, files: RunFiles) -> Verdict | None:
        """What a document and its outcome come to; None where there is nothing to tell."""
        if row.kind is Record:
            return self._record(row, files)
        if row.kind is Failure:
            return self._failure(row, files)
        if self.run.manifest.state is RunState.COMPLETE and files.is_of_one_run:
            # A complete run has a record or a failure of each document.
            now = f"{row.document.content_hash} of the document"
            difference = Difference("content_hash", "no record with this text", now)
            return Verdict(row.document.doc_id, None, (difference,))
        self.pending += 1
        return None

    def _record(self, row: StoredRow, files: RunFiles) -> Verdict:
        found = self._found_elsewhere(row)
        try:
            record = _parsed(row, files)
        except ValidationError as error:
            files.altered.add(RECORDS)  # so that nothing is made of it
            return _unfit(row, "record", error)
        found = found or _find(row, record, files)
        verdict = Verdict(record.doc_id, record.provenance.version, found.own)
        if row.became is not Record:
            self.older += 1
            return verdict.with_more(found.doubts)
        files.add(record, row)
        kept = files.answers.of(row.document)
        origin = OriginCheck(record, row.document, kept, files)
        if origin.is_unheld:
            self.unheld += 1
        elif not verdict.is_altered:
            # Where a value was changed, that it wasn't answered either says nothing more.
            check = RecordCheck(record, Reading(row.document), files.schema)
            # Where it was looked at, all files may have seemed unaltered yet.
            answered = found.answered
            verdict = verdict.with_more(check.answered(kept) if answered is None else answered)
        verdict = verdict.with_more(origin.differences())
        # Where a value was changed, that it is doubted says nothing more either.
        return verdict if verdict.is_altered else verdict.with_more(found.doubts)

    def _found_elsewhere(self, row: StoredRow) -> _RecordFound | None:
        """What the process has found whose share the record is; None where it has ended."""
        self._asked += 1
        stream = self._streams[self._asked % len(self._streams)] if self._streams else None
        if stream is None or not (piece := stream.read()):
            return None
        found = _pieces().validate_json(piece)
        if found is None or found.at == row.at:
            return found
        stream.close()  # somebody writes the files meanwhile
        return None

    def _failure(self, row: StoredRow, files: RunFiles) -> Verdict | None:
        self.failures += 1
        try:
            failure = Failure.model_validate_json(row.line)
        except ValidationError as error:
            files.altered.add(FAILURES)
            return _unfit(row, "failure", error)
        files.add(failure, row)
        origin = OriginCheck(failure, row.document, files.answers.of(row.document), files)
        self.unheld_failures += origin.is_unheld and failure.provenance.extractor == "llm"
        differences = tuple(origin.differences())
        version = failure.provenance.version
        return Verdict(failure.doc_id, version, differences, FAILURES) if differences else None

    def _count(self, verdict: Verdict) -> None:
        if verdict.doc_id is None:
            self.altered_files.add(verdict.file)
        elif verdict.file == FAILURES:
            self.altered_failures += 1
        else:
            self.records += 1
            self.altered += verdict.is_altered
            if verdict.differences and not verdict.is_altered:
                self.rules += 1
                self._versions.add(str(verdict.version))

    @property
    def exit_code(self) -> int:
        """0 when nothing differs, else 1."""
        is_altered = self.altered or self.altered_failures or self.altered_files
        return int(bool(is_altered or self.rules))

    def closing_line(self) -> str:
        """The accounts, for a reader."""
        reasons = [f"{self.altered} altered"] if self.altered else []
        if self.rules:
            reasons.append(f"{self.rules} by the rules of {', '.join(sorted(self._versions))}")
        why = f" ({', '.join(reasons)})" if reasons else ""
        differ = f"{self.altered + self.rules} differ{why}"
        parts = [f"{counted(self.records, 'record')} verified, {differ}"]
        if self.altered_files:
            parts.append(f"changed: {', '.join(sorted(self.altered_files))}")
        if self.unheld:
            parts.append(f"{self.unheld} held against the abstract alone")
        if self.older:
            parts.append(f"{self.older} by earlier settings, held against the abstract alone")
        if self.failures:
            differ = f", {self.altered_failures} differ" if self.altered_failures else ""
            gone = self.unheld_failures
            unheld = f", {gone} not held: the answers are gone" if gone else ""
            parts.append(f"{counted(self.failures, 'failure')} without a record{differ}{unheld}")
        if self.pending:
            parts.append(f"{self.pending} not attempted")
        if told := self.judged.told():
            nowhere = self.judged.vouched
            alone = f", {nowhere:,} of them not in the abstract" if nowhere else ""
            parts.append(f"{told}, each valid for its field{alone}")
        if left := self.judged.offered.total():
            parts.append(f"{left:,} to be offered again")
        return "; ".join([*parts, *self._limits()])

    def _limits(self) -> Iterator[str]:
        """What of the run as a whole can't be held."""
        if self.run.manifest.state is RunState.RUNNING:
            yield "the run was cut off or goes on, so its counts and its table aren't held"
        elif self.run.manifest.refresh is not None:
            yield "not all was made anew by the last refresh, so its counts aren't held"
        if self.run.manifest.hashes is None and self.run.manifest.state is not RunState.RUNNING:
            yield "an older version made the run, so there are no hashes to hold its files against"
        if self._has_loose:
            yield "decisions about papers have no hash, so they are only held to be readable"
        if (strays := self.run.recorded - self.records) > 0:
            yield f"{counted(strays, 'record')} of no document that is here, so not held"
        if (version := self.run.manifest.identity.version) != __version__:
            yield f"{version} made the table, by rules of its own, so it isn't held"

    def to_json(self) -> str:
        """The accounts on one line."""
        names = [one.name for one in fields(self) if one.name != "run" and one.name[0] != "_"]
        accounts = {name: getattr(self, name) for name in names}
        accounts |= {
            "judged": self.judged.counts(),
            "altered_files": sorted(self.altered_files),
            "limits": list(self._limits()),
        }
        return to_json(accounts).decode()


@dataclass(frozen=True, slots=True)
class _RecordFound:
    """What differs in a record, whose line starts so: by itself, and by what it was made of.

    Where a value was changed, that it wasn't answered or is doubted says nothing more. None is of
    one that the run needn't hold the answers of.
    """

    at: int
    own: tuple[Difference, ...]
    answered: tuple[Difference, ...] | None = None
    doubts: tuple[Difference, ...] = ()


@cache
def _pieces() -> TypeAdapter[_RecordFound | None]:
    """How one process tells another what it has found."""
    return TypeAdapter(_RecordFound | None)


def _find(row: StoredRow, record: Record, files: RunFiles) -> _RecordFound:
    check = RecordCheck(record, Reading(row.document), files.schema)
    own = (*check.values(), *check.sentences(), *check.derived())
    if row.became is not Record:
        return _RecordFound(row.at, own, None, tuple(check.doubts()))
    if any(one.kind is DifferenceKind.ALTERED for one in own):
        return _RecordFound(row.at, own)
    kept = files.answers.of(row.document)
    is_unheld = OriginCheck(record, row.document, kept, files).is_unheld
    answered = None if is_unheld else tuple(check.answered(kept))
    return _RecordFound(row.at, own, answered, tuple(check.doubts()))


def _parsed(row: StoredRow, files: RunFiles) -> Record:
    record = Record.model_validate_json(row.line)
    files.schema.model_validate(record.draft)
    return record


def _find_share(run: Run, number: int, of: int) -> Iterator[bytes]:
    """What is found of every so manieth record, as ``_found_elsewhere`` takes it."""
    run = Run(run.path, run.manifest)
    files = RunFiles(run)
    records = (row for row in run.stored_rows() if row.kind is Record)
    for row in islice(records, (number - 1) % of, None, of):
        found = None
        with contextlib.suppress(ValidationError):
            found = _find(row, _parsed(row, files), files)
        yield _pieces().dump_json(found)


def _unfit(row: StoredRow, path: str, error: ValidationError) -> Verdict:
    """What is wrong with a line."""
    fault = for_screen(told_fault(error), 200, reveal=True)
    difference = Difference(path, "a line that can't be read back", fault)
    file = RECORDS if row.kind is Record else FAILURES
    version = None
    with contextlib.suppress(ValueError, LookupError, TypeError):
        version = str(from_json(row.line)["provenance"]["version"])
    return Verdict(row.document.doc_id, version, (difference,), file)
