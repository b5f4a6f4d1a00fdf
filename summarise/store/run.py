"""A run directory, read only; what is new, changed and gone in it; and a plan that isn't one."""

from __future__ import annotations

import contextlib
import logging
import re
import shlex
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self, TypeVar

from pydantic import BaseModel

from summarise.characters import counted
from summarise.errors import InputError, RunError, SettingsError
from summarise.models import Document, Failure, Identity, Record, Row, SettledRow, Spent
from summarise.schema import schema_of
from summarise.store.digests import Offsets
from summarise.store.document_lines import FEW, Lines, StoredRow, document_key, find_document
from summarise.store.files import (
    BY_PEOPLE,
    DOCUMENTS,
    FAILURES,
    MANIFEST,
    RECORDS,
    Damage,
    telling,
)
from summarise.store.lines import Index, KeptAnswers, stored_documents
from summarise.store.manifest import (
    Manifest,
    Marks,
    RunState,
    demand_manifest,
    load_manifest,
    size_of,
)
from summarise.store.pairing import Known, PileChanges, compare_piles, remembered
from summarise.store.people import JudgedRow, Overlay, overlay_of
from summarise.store.screening import Screening, load_screening

_T = TypeVar("_T")
_LOG = logging.getLogger("summarise")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

PLAN = "plan.json"
"""The name of the plan in its folder."""
# Others call files of theirs so, too.
_OURS = re.compile(rb'"shards"\s*:')


class Run:
    """A run directory, read only; without a manifest it is taken for what it says about itself.

    Records are those of ``records.jsonl`` with what people said of them laid over; only
    ``stored_rows`` and ``record_lines`` give them as they were extracted.

    Attributes:
        damage: The lines that were met so far and can't be understood.

    Raises:
        RunError: It isn't a run directory, or one of a later version.
    """

    def __init__(self, path: Path, manifest: Manifest | None = None) -> None:
        self.path = path
        if manifest is None and (manifest := load_manifest(path)) is None:
            refuse_plan(path, "a run", RunError)
            manifest = demand_manifest(path, "Name the folder that `summarise run` printed.")
        self.manifest = manifest
        self.damage = Damage()
        self._known: dict[str, tuple[int, Document]] = {}

    @classmethod
    def to_continue(cls, path: Path, identity: Identity, schema: type[BaseModel]) -> Self:
        """A directory as a run would take it up, without opening it; it need not be there.

        Raises:
            RunError: The run would be refused: see ``open_run``.
        """
        from summarise.store.folders import manifest_for  # noqa: PLC0415 - of settings, too

        return cls(path, manifest_for(path, identity, schema).within(Marks.at_end(path)))

    @cached_property
    def schema(self) -> type[BaseModel]:
        """What its records were extracted with.

        Raises:
            SchemaError: The manifest is damaged.
        """
        return schema_of(self.manifest.schema_form, str(self.path / MANIFEST))

    @cached_property
    def screening(self) -> Screening:
        """What people have decided about its documents."""
        return load_screening({self.path: self.damage})

    def documents(self) -> Iterator[Document]:
        """The documents in input order."""
        # Whoever goes through a run keeps it: the folder of one without a name goes when it does.
        yield from self._to_the_end(stored_documents(self.path / DOCUMENTS, self.damage))

    def rows(self) -> Iterator[Row]:
        """Each document in input order with its record or failure, None if it has neither yet."""
        overlay = self._read_overlay()
        index = Index(self.path, self.manifest, self.damage)
        for row in self._to_the_end(index.settled_rows()):
            yield _shown(row, overlay)

    def extracted_rows(self) -> Iterator[Row]:
        """As ``rows``, without what people said of them."""
        index = Index(self.path, self.manifest, self.damage)
        for row in self._to_the_end(index.settled_rows()):
            yield _shown(row, None)

    def placed_rows(self) -> Iterator[tuple[int, Row]]:
        """As ``rows``, each with a place by which ``rows_by_place`` finds it again."""
        overlay = self._read_overlay()
        for place, row in self._to_the_end(self._standing.placed_rows()):
            yield place, _shown(row, overlay)

    @contextlib.contextmanager
    def rows_by_place(self) -> Iterator[Callable[[int], Row]]:
        """What reads the row at a place again, so that none has to be held."""
        overlay = self._read_overlay()
        with self._standing.rows_by_place() as row_at:
            yield lambda place: _shown(row_at(place), overlay)

    def record_lines(self) -> Iterator[bytes]:
        """The lines of its records, not understood, in the order in which they were written."""
        return self._standing.record_lines()

    def shown_lines(self) -> Iterator[bytes]:
        """The lines of its records with what people said of them; the judged ones come first."""
        lines, overlay = self.record_lines(), self._read_overlay()
        return overlay.lines(lines, self.stored_rows()) if overlay else lines

    def judged_rows(self, only: Collection[str] | None = None) -> Iterator[JudgedRow]:
        """The documents that people have judged, in input order; then what is about others.

        Where some ids are given, of those ``only``.
        """
        if overlay := self._read_overlay():
            rows = enumerate(self.stored_rows(), 1) if only is None else self.rows_about(only)
            yield from overlay.rows(rows, only)

    def _read_overlay(self) -> Overlay | None:
        # Somebody may have judged more of it since.
        return overlay_of(self.path, self.schema, self.damage)

    def stored_rows(self) -> Iterator[StoredRow]:
        """Each document in input order with the line about it, not yet understood."""
        return self._to_the_end(self._standing.stored_rows())

    def _to_the_end(self, rows: Iterable[_T]) -> Iterator[_T]:
        """What there is of each document; then a word of what the files have lost since."""
        self.check_whole()
        held = 0
        for held, row in enumerate(rows, 1):  # noqa: B007 - read below
            yield row
        if self.manifest.state is not RunState.RUNNING:  # whose counts are those of the run before
            count = self.accounted
            held += len(self.damage.places.get(DOCUMENTS, ()))
            self._tell_cut(DOCUMENTS, held, count, "documents")
        for name in (RECORDS, FAILURES, *BY_PEOPLE):
            self._tell_lost(name)

    def tell_lost_of_people(self) -> None:
        """Say what is lost of what people said; a run that goes on takes what is left for all."""
        for name in BY_PEOPLE:
            self._tell_lost(name)

    def _tell_lost(self, name: str) -> None:
        """Say what is lost of a file that is appended to."""
        known = getattr(self.manifest.hashes, Path(name).stem, None)
        # Damage is told, and the file may be shorter by an edit.
        if known is not None and name not in self.damage.places:
            self._tell_cut(name, size_of(self.path / name), known.until, "bytes")

    def _tell_cut(self, name: str, held: int, of: int, what: str) -> None:
        """Say, once, that a file holds less than the last run left there."""
        if held < of and name not in self.damage.cut:
            self.damage.cut[name] = told = f"{name} holds {held:,} of {of:,} {what}"
            again = "" if name in BY_PEOPLE else ", or make the run again: it makes what is lost"
            _LOG.warning("%s: %s of the last run; put the file back%s", self.path, told, again)

    def check_whole(self) -> None:
        """Make sure that what the manifest counts is there: an absent file reads as an empty one.

        Raises:
            RunError: The file of the documents is gone, or of the records; or the whole folder.
        """
        counts = self.manifest.counts
        records = counts.get("records", 0)
        documents = sum(counts.get(name, 0) for name in ("records", "failures", "pending"))
        for name, count in ((DOCUMENTS, documents), (RECORDS, records)):
            if count and not (self.path / name).exists():
                is_gone = not self.path.exists()
                raise RunError(
                    f"is gone, with {counted(count, name.removesuffix('s.jsonl'))}",
                    where=str(self.path if is_gone else self.path / name),
                    hint="Put it back, or make the run again: the same command does what is lost.",
                )

    @property
    def accounted(self) -> int:
        """How many documents the last run left, by its account."""
        return sum(self.manifest.counts.get(name, 0) for name in ("documents", "kept"))

    @property
    def recorded(self) -> int:
        """How many documents have a record, those that aren't here any more included."""
        return len(self._standing.records)

    def answers(self) -> KeptAnswers:
        """The answers that its records were made of, by document."""
        return KeptAnswers(self.path, self.manifest, self.damage)

    @cached_property
    def _standing(self) -> Index:
        return Index(self.path, self.manifest, self.damage)

    def has_record(self, document: Document) -> bool:
        """Whether nothing is left to do for a document; read once from the files."""
        key = document_key(document.doc_id, document.content_hash)
        return self._standing.records.get(key, self.manifest.records_from) is not None

    def read_answers(self) -> tuple[Spent, Offsets]:
        """What its answers took, and where, by digest of the key, those are that nobody used yet.

        Of a run that was cut off the manifest doesn't tell.
        """
        return self._standing.read_answers(self.manifest.settled)

    def records(self) -> Iterator[Record]:
        """The records in input order."""
        return (outcome for _, outcome in self.rows() if isinstance(outcome, Record))

    def failures(self) -> Iterator[Failure]:
        """The failures in input order."""
        return (outcome for _, outcome in self.rows() if isinstance(outcome, Failure))

    def find(self, wanted: int | str) -> Row:
        """The row with this number or id, else the only one whose title has these words.

        Of the records only that of the document is read, so of damage in others nothing is told.

        Args:
            wanted: Number of a row, counted from 1 in the order of the table, which is all that an
                ``int`` can be; an id, ``id:3`` where it is the number of a row as well;
                DOI, arXiv id, PMID, … or citation key; or words,
                in any order, of which those that stand together in a title come first.

        Raises:
            RunError: There is none, or more than one.
        """
        number, document = find_document(self.documents(), wanted, str(self.path))
        self._known[document.doc_id] = number, document
        return _shown(self._lines.settled_row(document), self._read_overlay())

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.path, self.manifest, self.damage)

    def rows_about(self, ids: Collection[str]) -> Iterator[tuple[int, StoredRow]]:
        """The rows of the documents with these ids, each with its number; a few are looked for."""
        if len(ids) > FEW:
            rows = enumerate(self.stored_rows(), 1)
            yield from (one for one in rows if one[1].document.doc_id in ids)
            return
        left = set(ids).difference(self._known)
        for number, document in enumerate(self.documents() if left else (), 1):
            if document.doc_id in left:
                self._known[document.doc_id] = number, document
                left.discard(document.doc_id)
                if not left:
                    break
        known = (self._known[one] for one in ids if one in self._known)
        for number, document in sorted(known, key=lambda one: one[0]):
            yield number, self._lines.stored_row(document)


def _shown(row: SettledRow, overlay: Overlay | None) -> Row:
    """A row as it is shown: with what people said of it laid over."""
    if overlay is None:
        return row.document, row.shown
    return row.document, overlay.shown(row.document, row.shown)


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
    with contextlib.ExitStack() as stack:
        if path.is_file():
            from summarise.store.whole_runs import unpack_run  # noqa: PLC0415 - hardly ever needed

            outputs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            path = unpack_run(path, outputs=outputs).path
        if path.is_dir():
            old = Run(path)
            return compare_piles(lambda: _papers(old), lambda: _papers(run))
        papers = remembered(run.path, _until(since), Damage())
        return compare_piles(lambda: papers, lambda: _papers(run))


def _papers(run: Run) -> Iterator[Known]:
    return map(Known.of, run.documents())


def _until(text: str) -> datetime:
    """The end of a day, or a time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{text!r} is neither a run directory nor a day",
            where="--changes-since",
            hint="Name an older run, a packed one, or a day such as 2026-10-27.",
        ) from None
    try:
        return (moment + timedelta(days=1 if _DAY.fullmatch(text) else 0)).astimezone()
    except OverflowError:
        raise SettingsError(f"{text} is past all time", where="--changes-since") from None


def plan_in(folder: Path) -> bytes | None:
    """The plan in a folder as it was written, None where there is none of ours.

    Raises:
        RunError: It can't be read.
    """
    path = folder / PLAN
    if not path.is_file():
        return None
    with telling(path):
        content = path.read_bytes()
    return content if _OURS.search(content) else None


def refuse_plan(folder: Path, wanted: str, error: type[InputError | RunError]) -> None:
    """Say of a folder that holds a plan that it isn't what is ``wanted``, by such an error."""
    if plan_in(folder) is not None:
        name = shlex.quote(str(folder))
        raise error(
            f"is a plan of shards, not {wanted}",
            where=str(folder),
            hint=f"`summarise status {name}` shows how it stands, and `summarise merge {name} "
            "-o RUN` makes a run of it.",
        )
