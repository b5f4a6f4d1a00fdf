"""Records of Web of Science (ISI): two letters, a space, the value; three spaces go on with it."""

from __future__ import annotations

import re

from summarise.readers import InputFormat
from summarise.readers.entry import (
    Entry,
    between_semicolons,
    normalise_doi,
    page_range,
    to_date,
    to_edtf,
)
from summarise.readers.signs import head_of, holds, one_of, opens
from summarise.readers.tagged import Grammar, TaggedRecord, read_records, undressed, what_is_several

_IS_ISI = one_of(
    opens("(?i:FN (?:ISI|Clarivate|Thomson|Web of))"), holds(r"PT [A-Z]$", r"(?:AU|TI) \S", r"ER$")
)
_DRESS = re.compile(r"[\s>\u200b\ufeff]{1,20}(?=(?:FN|VR|PT) )", re.IGNORECASE)
_LINE = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*$)", re.DOTALL)
_MAIL = re.compile(r"\s\([^()@]{1,64}@[^()]{1,200}\)")
_KNOWN = re.compile(
    "FN|VR|P[TDYMUGI]|A[BFUR]|TI|SO|LA|DT|DE|ID|C1|RP|EM|CR|NR|TC|SN|J[9I]|VL|IS|BP|EP|DI|UT|E[RF]"
)


def _field(line: str, record: TaggedRecord | None) -> tuple[str, str] | None:
    """Tag and value of a line; known tags may stand in small letters."""
    if line.startswith("   "):
        return None
    line = undressed(line, record, _DRESS)
    small = line[:2].islower() and _KNOWN.fullmatch(line[:2].upper())
    found = _LINE.match(line[:2].upper() + line[2:] if small and _is_small(record) else line)
    return (found[1], (found[2] or "").strip()) if found else None


def _is_small(record: TaggedRecord | None) -> bool:
    """Whether a record may have small tags: it has opened with one, or is still to open."""
    return record is None or "pt " in record.opening


_GRAMMAR = Grammar(
    _field, opens=frozenset({"PT"}), closes=frozenset({"ER"}), ignored=frozenset({"FN", "VR", "EF"})
)


def _to_entry(record: TaggedRecord, name: str) -> Entry:
    accession = (record.first("UT") or "").partition(":")
    return Entry(
        name,
        record.line,
        title=record.first("TI"),
        abstract="\n".join(record.all("AB")),
        doi=next(filter(normalise_doi, record.all("DI", "D2")), None),
        pmid=record.first("PM") or (accession[2] if accession[0] == "MEDLINE" else None),
        venue=record.first("SO", "JI", "J9", "SE", "PU"),
        volume=record.first("VL"),
        issue=record.first("IS"),
        pages=page_range(record.first("BP"), record.first("EP")) or record.first("AR"),
        publisher=record.first("PU"),
        issn=record.first("SN", "EI"),
        language=record.first("LA"),
        authors=_authors(record),
        published=_date(record),
        repairs=what_is_several(record.all("TI"), record.all("AB")),
    )


def _authors(record: TaggedRecord) -> tuple[str, ...]:
    """Whole names where there are any, and groups; a name a line, or several with semicolons."""
    lines = record.lines("AF") or record.lines("AU")
    names = (name for line in (*lines, *record.lines("CA")) for name in between_semicolons(line))
    return tuple(filter(None, (_MAIL.sub("", name).strip() for name in names)))


def _date(record: TaggedRecord) -> str | None:
    """The year, with the day of the issue where that names one (“JUN 8”)."""
    year, day = record.first("PY") or "", record.first("PD") or ""
    return to_edtf(f"{year} {day}") or to_date(year or day)


FORMAT = InputFormat(
    about="entries of tagged lines from PT to ER, with an abstract in AB",
    recognises=lambda head: _IS_ISI(head_of(head)),
    entries=lambda source: read_records(source, _GRAMMAR, _to_entry),
    errors="surrogateescape",
)
