"""What people have done on a run: lines of theirs, kept in its directory, of which none is lost.

A person's file is taken in line by line. What can't be used is named by its line, and costs itself
alone. What is there already isn't written again, so that taking in a file twice, or once more after
a kill, does no harm. To take something back is to write another line: the file is appended to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from sys import intern
from typing import NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import to_json

from summarise.characters import for_screen
from summarise.errors import InputError
from summarise.models import (
    Document,
    Inclusion,
    Opinion,
    Screened,
    ScreeningDecision,
    Stored,
)
from summarise.store.digests import DigestTable, digest
from summarise.store.files import SCREENING, Damage, Journal, reading, understood
from summarise.store.lines import document_key

_Work = TypeVar("_Work", bound=Stored)


class RefusedLine(NamedTuple):
    """A line of a person's file that can't be used: ``file:line``, and what is wrong with it."""

    where: str
    why: str


def read_work(path: Path, kind: type[_Work]) -> Iterator[tuple[str, _Work] | RefusedLine]:
    """The lines of a person's file, each with its place; empty ones are passed over.

    Raises:
        InputError: There is no such file.
        RunError: It can't be read.
    """
    with reading(path) as file:
        if file is None:
            raise InputError("no such file", where=str(path))
        for number, line in enumerate(file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if not text:
                continue
            where = f"{path}:{number}"
            try:
                yield where, kind.model_validate_json(text)
            except ValidationError as error:
                yield RefusedLine(where, _fault(error))


def _fault(error: ValidationError) -> str:
    """What is wrong with a line, by its first fault."""
    first, *more = error.errors(include_url=False, include_context=False, include_input=False)
    where = ".".join(map(str, first["loc"]))
    told = f"{where}: {first['msg']}" if where else first["msg"]
    return for_screen(f"{told}{f', and {len(more)} more' if more else ''}", 200, reveal=True)


def append_work(run: Path, name: str, lines: Iterable[Stored]) -> int:
    """Add lines to what a run keeps of people's work, those that aren't there; says how many.

    Raises:
        RunError: The file is in use or can't be written.
    """
    held, added = DigestTable(), 0
    with Journal(run / name) as journal:
        for _, line in understood(run / name, bytes.decode, Damage()):
            held.add(digest(line))
        for one in lines:
            text, known = to_json(one), len(held)
            held.add(digest(text.decode()))
            if len(held) > known:
                journal.append(text)
                added += 1
        journal.check_in_place()
    return added


class _Said(NamedTuple):
    at: datetime
    opinion: Opinion


class Screening:
    """What people have decided about the documents of a run; about 0.4 KB for each decision.

    Attributes:
        people: Who has screened documents, in the order in which they came; not who settles alone.
    """

    def __init__(self, decisions: Iterable[ScreeningDecision]) -> None:
        self._said: dict[int, dict[tuple[str, bool], _Said]] = {}
        ids: dict[int, int] = {}
        for one in decisions:
            key, by, at = document_key(one.doc_id, one.content_hash), intern(one.by), one.moment
            said = self._said.setdefault(key, {})
            last = said.get((by, one.settles))
            if last is None or last.at <= at:
                reason, note = intern(one.reason), intern(one.note)
                opinion = Opinion(by, one.decision, reason, note, one.at)
                said[by, one.settles] = _Said(at, opinion)
            ids[key] = digest(one.doc_id)
        self._decided = {ids[key] for key in ids if any(self._standing(key))}
        people = (by for key in ids for (by, settles), _ in self._standing(key) if not settles)
        self.people = tuple(dict.fromkeys(people))

    def _standing(self, key: int) -> Iterator[tuple[tuple[str, bool], _Said]]:
        """What was said of a document and not taken back, by whom, and whether that settles it."""
        for who, said in self._said.get(key, {}).items():
            if said.opinion.decision is not Inclusion.UNDECIDED:
                yield who, said

    def of(self, document: Document) -> Screened:
        """What has been decided about a document as it is now."""
        standing = list(self._standing(document_key(document.doc_id, document.content_hash)))
        settled = [said for (_, settles), said in standing if settles]
        last = max(settled, key=lambda one: one.at).opinion if settled else None
        return Screened(tuple(said.opinion for (_, settles), said in standing if not settles), last)

    def is_changed(self, document: Document) -> bool:
        """Whether it was decided about as it was before, and hasn't been since it changed."""
        return digest(document.doc_id) in self._decided and not self.of(document).counting

    def __bool__(self) -> bool:
        """Whether anybody has decided anything."""
        return bool(self._decided)


def load_screening(runs: Mapping[Path, Damage]) -> Screening:
    """What people have decided about the documents of some runs; nothing where there is no file."""
    parse = ScreeningDecision.model_validate_json
    return Screening(
        one
        for path, damage in runs.items()
        for _, one in understood(path / SCREENING, parse, damage)
    )
