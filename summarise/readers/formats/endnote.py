"""Tags of EndNote (Refer): a percent sign, a letter or digit, the value (.enw)."""

from __future__ import annotations

import re

from summarise.readers import InputFormat
from summarise.readers.entry import (
    Entry,
    between_semicolons,
    most_precise,
    normalise_doi,
    one_line,
    to_date,
)
from summarise.readers.signs import head_of, mostly, one_of, opens
from summarise.readers.tagged import Grammar, TaggedRecord, read_records, undressed, what_is_several

_IS_ENDNOTE = one_of(opens("%0"), mostly(r"%[0-9A-Z@!?] \S", 0.5, least=2))
_DRESS = re.compile(r"[\s>\u200b\ufeff]{1,20}(?=%0)")
_LINE = re.compile(r"%([0-9A-Z@!?&$#^~<>()+*=,;\[\]\\|/.:-])(?:\s(.*)|\s*$)", re.DOTALL)


def _field(line: str, record: TaggedRecord | None) -> tuple[str, str] | None:
    found = _LINE.match(undressed(line, record, _DRESS))
    return (found[1], (found[2] or "").strip()) if found else None


_GRAMMAR = Grammar(
    _field, opens=frozenset({"0"}), once=frozenset({"T", "D", "X"}), strays=False, must_open=False
)


def _to_entry(record: TaggedRecord, name: str) -> Entry:
    title = record.first("T", "Q", "!")
    places = record.all("R", "U", "M")
    years = [year for text in record.all("D") if (year := to_date(text))]
    abstracts = list(dict.fromkeys(record.texts("X")))
    return Entry(
        name,
        record.line,
        title=title,
        abstract="\n".join(abstracts),
        doi=next(filter(None, map(normalise_doi, places)), None),
        venue=next((one for one in record.all("J", "B", "I") if one != title), None),
        volume=record.first("V"),
        issue=record.first("N"),
        pages=record.first("P"),
        publisher=record.first("I"),
        issn=record.first("@"),
        language=record.first("G"),
        citation_key=record.first("F"),
        authors=tuple(_names(record.lines("A"))),
        published=most_precise([*years, *_days(record.all("8"), years)]),
        url=next((one for one in record.all("U") if "://" in one), None),
        repairs=what_is_several(record.all("T"), abstracts),
    )


def _names(lines: list[str]) -> list[str]:
    """A name a line, or several with semicolons; EndNote ends those of groups with a comma."""
    names = (one_line(name).strip(",") for line in lines for name in between_semicolons(line))
    return list(filter(None, names))


def _days(dates: list[str], years: list[str]) -> list[str]:
    """Dates as they stand, and with the year where they have none."""
    return [one for text in dates for one in (text, f"{years[0]} {text}" if years else text)]


FORMAT = InputFormat(
    about="entries of tagged lines from %0 on, with an abstract in %X",
    recognises=lambda head: _IS_ENDNOTE(head_of(head)),
    entries=lambda source: read_records(source, _GRAMMAR, _to_entry),
    errors="surrogateescape",
)
