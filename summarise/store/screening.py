"""What people have decided about the documents of a run, and what of it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from sys import intern
from typing import NamedTuple

from pydantic_core import to_json

from summarise.models import (
    Decided,
    Decision,
    Document,
    Inclusion,
    Opinion,
    Screened,
    ScreeningDecision,
)
from summarise.store.digests import DigestTable, digest
from summarise.store.document_lines import document_key
from summarise.store.files import (
    DOCUMENTS,
    DUPLICATES,
    LOCK,
    SCREENING,
    Damage,
    Journal,
    telling,
    understood,
)
from summarise.store.manifest import chains, is_at_work, load_manifest, lock_run, write_manifest
from summarise.store.people import id_of, ids_now

TextKey = tuple[str, str]
"""What a person has read: the id of a document, and the hash of its title and abstract then."""


def texts_now(
    run: Path, said: Collection[ScreeningDecision], damage: Damage
) -> dict[TextKey, TextKey]:
    """Of what people have read the documents of a run, where they hold it otherwise now.

    A document may have another id; see ``ids_now``. And a paper that several inputs have is read
    from the first of them, which may be another one than it was: who has read an entry that is left
    out, as it is the same paper, has decided about that.
    """
    ids = ids_now(run, said, damage)
    named = {
        (one.doc_id, one.content_hash): (ids.get(one.doc_id, one.doc_id), one.content_hash)
        for one in said
    }
    texts = _copied_texts(run, set(named.values()), damage)
    now = ((read, texts.get(text, text)) for read, text in named.items())
    return {read: text for read, text in now if read != text}


def _copied_texts(run: Path, read: Collection[TextKey], damage: Damage) -> dict[TextKey, TextKey]:
    """Of texts that people have read those of entries that are left out, and what is kept."""
    papers: dict[TextKey, str] = {}
    for _, copy in understood(run / DUPLICATES, _left_out, damage) if read else ():
        for name in (copy.doc_id, copy.of) if copy else ():
            if copy and (text := (name, copy.content_hash or "")) in read:
                papers.setdefault(text, copy.of)
    wanted = {one for (name, _), of in papers.items() for one in (name, of)}

    def wanted_in(line: bytes) -> Document | None:
        return Document.model_validate_json(line) if id_of(line) in wanted else None

    found = (one for _, one in understood(run / DOCUMENTS, wanted_in, damage)) if wanted else ()
    contents = {one.doc_id: one.content_hash for one in found if one}
    return {
        (name, content): (of, contents[of])
        for (name, content), of in papers.items()
        if of in contents and contents.get(name) != content
    }


def _left_out(line: bytes) -> Decided | None:
    """An entry that is left out, as its paper is there before it; none where a line tells else."""
    one = Decided.model_validate_json(line)
    return one if one.decision is Decision.DUPLICATE and one.content_hash else None


def add_decisions(run: Path, lines: Iterable[ScreeningDecision]) -> int:
    """Add decisions to those that a run keeps, where they aren't there; says how many.

    Where a process is writing the run, that adds their hash to the manifest when it ends.

    Raises:
        RunError: The file is in use or can't be written.
    """
    held, added = DigestTable(), 0
    with Journal(run / SCREENING) as journal:
        for decision in decisions_in(run, Damage()):
            held.add(digest(to_json(decision).decode()))
        for one in lines:
            text, known = to_json(one), len(held)
            held.add(digest(text.decode()))
            if len(held) > known:
                journal.append(text)
                added += 1
        journal.check_in_place()
    if not is_at_work(run):
        with telling(run / LOCK), lock_run(run):
            manifest = load_manifest(run)
            if manifest and (last := manifest.hashes):
                now = last.model_copy(update=chains(run, last, ("screening",)))
                if now != last:
                    write_manifest(run, manifest.model_copy(update={"hashes": now}))
    return added


class _Spoken(NamedTuple):
    at: datetime
    opinion: Opinion


class Screening:
    """What people have decided about the documents of a run; about 0.4 KB for each decision.

    Attributes:
        people: Who has screened documents, in the order in which they came; not who settles alone.
        opinions: How many of their decisions stand.
    """

    def __init__(self, decisions: Iterable[ScreeningDecision]) -> None:
        self._said: dict[int, dict[tuple[str, bool], _Spoken]] = {}
        ids: dict[int, int] = {}
        reasons = Spellings()
        for one in decisions:
            key, by, at = document_key(one.doc_id, one.content_hash), intern(one.by), one.moment
            said = self._said.setdefault(key, {})
            last = said.get((by, one.settles))
            if last is None or last.at <= at:
                reason, note = reasons.of(one.reason), intern(one.note)
                opinion = Opinion(by, one.decision, reason, note, one.at)
                said[by, one.settles] = _Spoken(at, opinion)
            ids[key] = digest(one.doc_id)
        self._decided = {ids[key] for key in ids if any(self._standing(key))}
        people = (by for key in ids for (by, settles), _ in self._standing(key) if not settles)
        self.opinions = Counter(people)
        self.people = tuple(self.opinions)

    def _standing(self, key: int) -> Iterator[tuple[tuple[str, bool], _Spoken]]:
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
        return self.is_about(document) and not self.of(document).counting

    def is_about(self, document: Document) -> bool:
        """Whether somebody has decided about a document, as it is or as it was."""
        return digest(document.doc_id) in self._decided

    def __len__(self) -> int:
        """How many documents somebody has decided about, those that aren't there now included."""
        return len(self._decided)


def load_screening(runs: Mapping[Path, Damage]) -> Screening:
    """What people have decided about the documents of some runs; nothing where there is no file."""
    return Screening(one for path, damage in runs.items() for one in decisions_of(path, damage))


class Spellings:
    """How names and reasons are written: as they were first, “ann” and “Ann” being one.

    A person types them anew in each browser, and a phone writes them with a capital.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._first: dict[str, str] = {}
        for text in texts:
            self.of(text)

    def of(self, text: str) -> str:
        """A text as it was first written."""
        return self._first.setdefault(text.casefold(), text)


def decisions_in(run: Path, damage: Damage) -> list[ScreeningDecision]:
    """All that was ever decided about the documents of a run, as people have read these."""
    parse = ScreeningDecision.model_validate_json
    said = [one for _, one in understood(run / SCREENING, parse, damage)]
    names = Spellings()
    called = ((one, names.of(one.by)) for one in said)
    return [one if one.by == by else one.model_copy(update={"by": by}) for one, by in called]


def decisions_of(run: Path, damage: Damage) -> list[ScreeningDecision]:
    """The same, about documents as the run holds them now."""
    said = decisions_in(run, damage)
    texts = texts_now(run, said, damage)
    now = ((one, texts.get((one.doc_id, one.content_hash))) for one in said)
    return [
        one if to is None else one.model_copy(update={"doc_id": to[0], "content_hash": to[1]})
        for one, to in now
    ]
