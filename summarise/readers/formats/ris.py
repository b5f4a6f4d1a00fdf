"""RIS, as reference managers and publishers export it, in every form that they give it.

Tags may stand indented, in lower case, behind one space or three; a line ``TY`` opens an entry and
``ER`` closes it, and where one is missing the entry is read all the same. Ovid's export has such
tags, too: its entries open with their number (``<12. >``), and nothing closes them; behind the
``ER`` of its RIS stand a short name of the journal and an address, which are no entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from summarise.readers import InputFormat
from summarise.readers.entry import (
    Entry,
    between_semicolons,
    most_precise,
    normalise_doi,
    normalise_issn,
    one_line,
    page_range,
    to_date,
)
from summarise.readers.fields import noted_ids
from summarise.readers.signs import Head, head_of
from summarise.readers.tagged import Grammar, TaggedRecord, read_records, what_is_several

_ANY = re.compile(r"\s?[A-Z][A-Z0-9]\s{0,3}[-–—](?:\s|$)")
_TYPED = re.compile(r"\s?TY\s{0,3}[-–—](?:\s|$)")
_OPENS = re.compile(r"(?:[0-9]{1,4}[.)]?\s+)?TY\s{0,3}[-–—]\s{0,3}[A-Z]{3,10}\s*$", re.I | re.M)
_MEDLINE = re.compile(r"PM(?:ID|CR?) {0,2}-")
_LOOSE = re.compile(r"\s{0,9}[A-Z][A-Z0-9]\s{0,3}[-–—]", re.IGNORECASE)


def _is_ris(head: Head) -> bool:
    """Whether it is RIS, of any indent and case."""
    if _OPENS.match(head.text):
        return head.count(_LOOSE) > 2
    if _MEDLINE.match(head.opening):
        return False
    typed = any(map(_TYPED.match, head.lines))
    return head.count(_ANY) >= 3 if typed else head.mostly(_ANY, 0.5, least=4)


# The tag, the spaces behind it, the dash. What stands above an entry may be quoted or numbered.
_LINE = re.compile(
    r"(?P<indent>[\s>\u200b\ufeff]{0,20}(?:[0-9]{1,6}[.)]?\s{1,9}(?=TY))?)"
    r"(?P<tag>[A-Za-z][A-Za-z0-9])(?P<gap>\s{0,3})[-–—](?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_KNOWN = re.compile(
    "TY|A[1-5BDNUV]|BT|C[1-8ANPTY]|D[ABIOP]|E[DPRT]|I[DS]|J[12AFO]|K[1W]|L[1-4ABK]|M[1-3]|N[12V]|OP"
    "|P[BPY]|R[DINP]|S[ENPTV]|T[123AIT]|U[1-5R]|V[LO]|W[TV]|Y[12]"
)
_TYPE = re.compile(r"\s{0,9}[A-Za-z]{3,10}\s{0,9}")
# Some write what isn't in the standard by its name.
_NAMED = re.compile(r"(DOI|PMID) {0,3}[-–—:]\s+(\S+)\s*$")
_EXACT = "  "
_NUMBERED = re.compile(r"(\s{0,3})<[0-9]{1,7}\. ?>\s*$")
_OVID = "<>"
"""What stands for the number that opens an entry of Ovid's."""


def _field(line: str, record: TaggedRecord | None) -> tuple[str, str] | None:
    """Tag and value of a line.

    A tag that isn't written as the standard says counts where it is a known one in capitals, set
    off by spaces, or is written as the record's first line is: “we - the authors” is text.
    """
    tag = line[:2]
    if line[2:6] == "  - " and tag.isalnum() and tag.isupper():
        return tag, line[6:].strip()
    if "<" in line[:4] and _NUMBERED.match(line):
        return _OVID, ""
    if record and (numbered := _NUMBERED.match(record.opening)):
        line = line.removeprefix(numbered[1])
    found = _LINE.match(line)
    if found is None:
        named = _NAMED.match(line) if record else None
        return (named[1], named[2]) if named else None
    indent, written, gap, value = found.groups()
    tag = written.upper()
    if tag == "ER" and gap != _EXACT and value.strip():
        return None  # a receptor: “ER - positive”
    in_capitals = written == tag
    alike = record is not None and _is_alike(found, record.opening)
    parted = gap or value[:1].isspace()
    counts = in_capitals and parted and (alike or (gap == _EXACT and not indent))
    if not counts and _KNOWN.fullmatch(tag):
        set_off = in_capitals and value[:1].isspace() and (gap or record is None)
        counts = set_off or alike or (tag == "TY" and _TYPE.fullmatch(value))
    return (tag, value.strip()) if counts else None


def _is_alike(found: re.Match[str], opening: str) -> bool:
    """Whether a line is written in the way of another: the same spaces, the same case."""
    other = _LINE.match(opening)
    return (
        other is not None
        and found["gap"] == other["gap"]
        and found["indent"] == other["indent"]
        and found["tag"].isupper() == other["tag"].isupper()
    )


# What tags hold: https://en.wikipedia.org/wiki/RIS_(file_format), and what programs make of them.
_TITLES = ("TI", "T1", "CT", "BT", "ST")
_VENUES = ("JF", "JO", "T2", "JA", "J2", "J1", "BT", "PB")
# Y1 gives way to what has taken its place; of the others Ovid has the last two.
_DATES = ("PY", "DA", "Y1", "YR", "DP")
_DOIS = ("DO", "DOI", "DI", "M3", "L3", "N1", "UR")
_PMIDS = ("U1", "N1")
_ABSTRACTS = ("AB", "N2")
_AUTHORS = ("AU",)
_EDITORS = ("A2", "ED")
_READ = frozenset(
    (*_TITLES, *_VENUES, *_DATES, *_DOIS, *_PMIDS, *_ABSTRACTS, *_AUTHORS, *_EDITORS)
) | {"LA", "LG", "ID", "LB", "DB", "AN", "PMID", "C5", "VL", "IS", "SP", "EP", "AR", "C7", "SN"}
_SAME = {"A1": "AU"}
"""Tags that are read as another one, in their order."""
_GRAMMAR = Grammar(
    _field,
    opens=frozenset({"TY", _OVID}),
    closes=frozenset({"ER"}),
    unclosed=_OVID,
    once=frozenset({"TI", "T1"}),
    strays=False,
    told=frozenset((*_READ, *_SAME)),
    mark=(2, "  - "),
)
_ASIDE = re.compile(r"\s*\[[^\[\]]{0,60}\]\.?$")
_NO_LETTER = re.compile(r"[\W_]+")
_ALIKE = 120
"""Letters with which no two abstracts of a paper begin alike."""
_PMID = re.compile(r"(?:PMID:?\s*)?([0-9]{1,9})\s*(?:\[pmid\])?", re.IGNORECASE)
_ID_NOTE = re.compile(
    r"(?:arXiv|ACL|OpenAlex|PMID|Citation Key):\s*\S+(?:\s\[[\w.-]{1,20}\])?", re.IGNORECASE
)
_PMID_OF = {"AN": re.compile(r"pubmed|medline|^nlm$"), "C5": re.compile(r"embase")}
"""In which database's export a tag holds the PMID."""
_SEVERAL = re.compile(r";\s*(?=http)")
_DATE = re.compile(r"([0-9]{4})(?:/([0-9]{1,2})(?:/([0-9]{1,2}))?)?(?:/.*)?")


def _to_entry(record: TaggedRecord, name: str) -> Entry:
    return _RisFields(record).entry(name, record.line)


class _RisFields:
    """The values of a record by their tags, in order; those of one tag have their lines."""

    def __init__(self, record: TaggedRecord) -> None:
        self._values: dict[str, list[str]] = {}
        for given, lines in record.fields:
            tag = _SAME.get(given, given)
            if tag in _READ:
                value = lines[0] if len(lines) == 1 else "\n".join(lines)
                self._values.setdefault(tag, []).append(value)

    def entry(self, name: str, line: int) -> Entry:
        title = self._first(*_TITLES)
        abstracts = self._abstracts()
        noted = self._noted()
        return Entry(
            name,
            line,
            title=title,
            abstract="\n".join(abstracts),
            doi=next(filter(None, map(normalise_doi, self._all(*_DOIS))), None),
            arxiv=noted.get("arxiv"),
            pmid=self._pmid() or noted.get("pmid"),
            acl=noted.get("acl"),
            openalex=noted.get("openalex"),
            venue=next((venue for venue in self._all(*_VENUES) if venue != title), None),
            volume=self._first("VL"),
            issue=self._first("IS"),
            pages=page_range(self._first("SP"), self._first("EP")) or self._first("AR", "C7"),
            publisher=self._first("PB"),
            issn=next(filter(normalise_issn, self._all("SN")), None),
            language=self._first("LA", "LG"),
            citation_key=self._first("ID", "LB") or noted.get("citation_key"),
            authors=self._authors(*_AUTHORS) or self._authors(*_EDITORS),
            published=_date(tuple(self._all(*_DATES))),
            url=self._url(),
            repairs=what_is_several(self._titles(), abstracts),
        )

    def _all(self, *tags: str) -> Iterator[str]:
        for tag in tags:
            for value in self._values.get(tag, ()):
                if text := one_line(value):
                    yield text

    def _first(self, *tags: str) -> str | None:
        return next(self._all(*tags), None)

    def _titles(self) -> list[str]:
        """Those under one tag; under two tags is one, and a shorter one."""
        return max(self._values.get("TI", []), self._values.get("T1", []), key=len)

    def _noted(self) -> Mapping[str, str]:
        """The ids that are notes of their own."""
        if not (notes := self._values.get("N1")):
            return {}
        lines = (line.strip() for note in notes for line in note.split("\n"))
        return noted_ids(*filter(_ID_NOTE.fullmatch, lines))

    def _abstracts(self) -> list[str]:
        """Each abstract once: publishers write it under both tags, behind its name in one of them.

        Two that begin alike, or of which one holds the other, are one: the longer is kept.
        """
        values = (value for tag in _ABSTRACTS for value in self._values.get(tag, ()))
        texts = list(filter(None, map(str.strip, values)))
        if len(texts) < 2:
            return texts
        kept: list[tuple[str, str]] = []
        for text in texts:
            letters = _NO_LETTER.sub("", text.casefold()).removeprefix("abstract")
            twin = next((n for n, (_, other) in enumerate(kept) if _are_one(letters, other)), None)
            if twin is None and letters:
                kept.append((text, letters))
            elif twin is not None and len(letters) > len(kept[twin][1]):
                kept[twin] = text, letters
        return [text for text, _ in kept]

    def _authors(self, *tags: str) -> tuple[str, ...]:
        names = (
            name for line in dict.fromkeys(self._all(*tags)) for name in between_semicolons(line)
        )
        return tuple(filter(None, map(_name, names)))

    def _pmid(self) -> str | None:
        """Of PubMed, where the record says that it is."""
        for text in self._all(*_PMIDS):
            if "pmid" in text.lower() and (found := _PMID.fullmatch(text)):
                return found[1]
        database = (self._first("DB") or "").lower()
        tags = ["PMID", *(tag for tag, source in _PMID_OF.items() if source.search(database))]
        numbers = map(_PMID.fullmatch, self._all(*tags))
        return next((number[1] for number in numbers if number), None)

    def _url(self) -> str | None:
        """The first address; some programs write several on a line, behind semicolons."""
        return next((_SEVERAL.split(text, 1)[0] for text in self._all("UR")), None)


def _name(text: str) -> str:
    """A name without what stands in brackets behind it, such as an institution."""
    name = one_line(text.replace(",", ", "))
    return (_ASIDE.sub("", name) if "[" in name else name).strip(" ,")


@lru_cache(maxsize=4096)
def _date(texts: tuple[str, ...]) -> str | None:
    """The most precise date of publication; behind its third slash stands what else it is."""
    slashed = [found for text in texts if (found := _DATE.fullmatch(text))]
    dates = ["-".join(filter(None, found.groups())) for found in slashed]
    if dates and len(day := most_precise(dates) or "") == len("2024-03-12"):
        return day
    years = [year[:4] for text in texts if (year := to_date(text)) and year[0] != "X"]
    year = years[0] if years else ""
    in_words = [one for text in texts for one in (text, text.replace("/", " "), f"{text} {year}")]
    return most_precise([*dates, *in_words, *years])


def _are_one(letters: str, others: str) -> bool:
    """Whether the letters of two abstracts are those of one."""
    short, long = sorted((letters, others), key=len)
    return short in long or letters[:_ALIKE] == others[:_ALIKE]


FORMAT = InputFormat(
    about="entries of tagged lines from TY to ER, with an abstract in AB or N2",
    recognises=lambda head: _is_ris(head_of(head)),
    entries=lambda source: read_records(source, _GRAMMAR, _to_entry),
    errors="surrogateescape",
)
