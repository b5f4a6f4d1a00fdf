"""BibTeX and BibLaTeX: one entry at a time. Fields are LaTeX; formulas stay as they are.

A file that uses ``crossref`` is read twice: the first time for what its entries inherit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.bibtex import BibEntry, Fields, pieces, read_piece
from summarise.readers.entry import Entry, first_date, normalise_arxiv, one_line, skipped
from summarise.readers.fields import OTHER_BYTES, OtherBytes, cleaned
from summarise.readers.latex import latex_to_text, unknown_commands
from summarise.readers.signs import ASIDE, head_of
from summarise.readers.source import Source

_KEY = re.compile(r"[^@]*@[^{(]*[{(]\s*+([^,={}\"]*+),")
_CROSSREF = re.compile(r"\bcrossref\s*=\s*[{\"]?\s*([^{}\",]+)", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_NAME_PART = re.compile(
    r"(?:^|,)\s*(family|given|prefix|suffix)\s*=\s*([^=]*?)\s*(?=$|,\s*[\w-]+\s*=)", re.IGNORECASE
)
_AND_ALONE = re.compile(r"(?<!\s)\s+and\s+", re.IGNORECASE)
_AND = re.compile(r"[{}]|(?<!\s)\s+and\s+", re.IGNORECASE)
# Behind the address of a publisher, too.
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_ARXIV = re.compile(r"arxiv:\s*(\S+)|\babs/(\S+)", re.IGNORECASE)
# Journals as the Astrophysics Data System abbreviates them: \apj.
_AAS = {
    "aap": "Astronomy and Astrophysics",
    "aj": "The Astronomical Journal",
    "apj": "The Astrophysical Journal",
    "apjl": "The Astrophysical Journal Letters",
    "apjs": "The Astrophysical Journal Supplement Series",
    "araa": "Annual Review of Astronomy and Astrophysics",
    "jcap": "Journal of Cosmology and Astroparticle Physics",
    "mnras": "Monthly Notices of the Royal Astronomical Society",
    "nat": "Nature",
    "pasp": "Publications of the Astronomical Society of the Pacific",
    "prd": "Physical Review D",
    "prl": "Physical Review Letters",
}
_INHERITED = ("year", "date", "month", "booktitle", "publisher", "journal", "language", "langid")
_ENDS = frozenset(":.?!–—")
_Read = Callable[..., str | None]
"""From the names of fields to the text of the first that has one."""
_DEEPEST = 8
"""Entries that inherit from each other, in a row."""


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    parents = _parents(source)
    macros: dict[str, str] = {}
    bytes_ = OtherBytes()
    for piece in pieces(source.lines()):
        if (found := bytes_.read(piece.text)) is None:
            yield skipped(source.name, piece.line, OTHER_BYTES)
            continue
        text, told = found
        for line, one in read_piece(piece._replace(text=text), macros):
            if isinstance(one, BibEntry):
                one.repairs.extend([told] if told else [])
                yield cleaned(_to_entry(one, parents, source.name, line))
            else:
                yield skipped(source.name, line, one)


def _parents(source: Source) -> dict[str, Fields]:
    """What can be inherited of the entries that others name, by key in lower case."""
    wanted = {
        one_line(key).lower()
        for line in source.lines()
        if "crossref" in line.lower()
        for found in _CROSSREF.finditer(line)
        for key in found[1].split(",")
    }
    if not wanted:
        return {}
    parents: dict[str, Fields] = {}
    macros: dict[str, str] = {}
    bytes_ = OtherBytes()
    for piece in pieces(source.lines()):
        key = _KEY.match(piece.text)
        is_wanted = key is not None and key[1].rstrip().lower() in wanted
        if is_wanted or piece.text.lstrip()[:7].lower() == "@string":
            text, _ = bytes_.read(piece.text) or ("", "")
            for _, one in read_piece(piece._replace(text=text), macros):
                if isinstance(one, BibEntry) and one.key.lower() not in parents:
                    kept = {name: one.fields.get(name, "") for name in (*_INHERITED, "crossref")}
                    kept["booktitle"] = one.fields.get("title") or kept["booktitle"]
                    parents[one.key.lower()] = {name: text for name, text in kept.items() if text}
    return parents


def _to_entry(raw: BibEntry, parents: Mapping[str, Fields], name: str, line: int) -> Entry:
    fields = _inherited(raw.fields, parents) if "crossref" in raw.fields else raw.fields

    def text(*keys: str) -> str | None:
        for key in keys:
            if (value := fields.get(key)) and not value.isspace():
                return one_line(latex_to_text(value)) or None
        return None

    abstract = fields.get("abstract", "")
    unknown = unknown_commands(fields.get("title", "")) + unknown_commands(abstract)
    told = [f"LaTeX that isn't known stays as it is: {', '.join(unknown)}"] if unknown else []
    url = text("url") or text("howpublished")
    url = url if url and re.match(r"https?://\S+$", url) else None
    of_type = (text("eprinttype", "archiveprefix") or "").lower()
    return Entry(
        name,
        line,
        title=_titled(text("title"), text("subtitle")),
        abstract="\n\n".join(
            filter(None, (one_line(latex_to_text(part)) for part in _PARAGRAPH.split(abstract)))
        ),
        doi=doi[0] if (doi := _DOI.search(text("doi") or "")) else None,
        arxiv=_arxiv(text, of_type),
        pmid=text("pmid") or (text("eprint") if of_type in {"pubmed", "pmid"} else None),
        acl=text("acl"),
        openalex=text("openalex"),
        venue=_AAS.get(fields.get("journal", "").strip("{} \\"))
        or text("journal", "journaltitle", "booktitle", "school", "institution", "publisher"),
        volume=text("volume"),
        issue=text("number", "issue"),
        pages=text("pages", "article-number", "eid"),
        publisher=text("publisher"),
        issn=text("issn"),
        language=text("language", "langid"),
        citation_key=raw.key or None,
        authors=_authors(fields.get("author") or fields.get("editor", "")),
        published=_date(text),
        url=url,
        repairs=(*dict.fromkeys(raw.repairs), *told),
    )


def _titled(title: str | None, subtitle: str | None) -> str | None:
    """A title with what stands below it, behind a colon unless a sign parts them."""
    if not (title and subtitle):
        return title or subtitle
    return f"{title}{'' if title[-1] in _ENDS else ':'} {subtitle}"


def _inherited(fields: Fields, parents: Mapping[str, Fields]) -> Fields:
    """Fields with what those that it names give; nothing of its own is replaced."""
    own = dict(fields)
    for _ in range(_DEEPEST):
        parent = parents.get(one_line(fields.get("crossref", "")).lower())
        if parent is None:
            break
        own = parent | {name: value for name, value in own.items() if value.strip()}
        fields = parent
    return own


def _arxiv(text: _Read, of_type: str) -> str | None:
    given = text("arxivid", "arxiv") or (text("eprint") if of_type in {"", "arxiv"} else None)
    if normalise_arxiv(given):
        return given
    told = (text("journal", "journaltitle"), text("volume"), text("number"), text("note"))
    found = (_ARXIV.search(one) for one in told if one)
    ids = ((one[1] or one[2]).rstrip(".,;]") for one in found if one)
    return next(filter(normalise_arxiv, ids), None)


def _date(text: _Read) -> str | None:
    """The most precise date that is one; of a range its start."""
    given, year, day = text("date") or "", text("year") or "", text("day") or ""
    month = (text("month") or "").rstrip(".").replace("~", " ")
    tried = [given, given.partition("/")[0]]
    if month.isdigit():
        tried.append("-".join(filter(None, (year, month, day))))
    elif month:
        tried += [f"{year} {month} {day}", f"{month} {year}", f"{month}, {year}"]
    return first_date((*tried, year))


def _authors(text: str) -> tuple[str, ...]:
    """Names as the file has them, parted by ``and`` where no brace is open."""
    if "{" not in text:
        names = _AND_ALONE.split(text)
    else:
        names, depth, start = [], 0, 0
        for found in _AND.finditer(text):
            if found[0] in "{}":
                depth += 1 if found[0] == "{" else -1
            elif depth <= 0:
                names.append(text[start : found.start()])
                start = found.end()
        names.append(text[start:])
    return tuple(filter(None, (_name(latex_to_text(name)) for name in names)))


def _name(text: str) -> str:
    """A name as BibTeX has it, where BibLaTeX may name its parts (``family=Roe, given=Ann``)."""
    text = one_line(text)
    if "=" not in text:
        return text
    part = {found[1].lower(): found[2] for found in _NAME_PART.finditer(text)}
    if "family" not in part:
        return text
    family = " ".join(filter(None, (part.get("prefix"), part["family"])))
    return ", ".join(filter(None, (family, part.get("suffix"), part.get("given"))))


_SIGN = re.compile(
    r"\s*@\s{0,9}(?:(?:comment|preamble|string)\s{0,9}[{(]"
    r"|\w{2,30}\s{0,9}[{(]\s{0,9}[^\s{}(),]*\s{0,9}(?:,|$))",
    re.IGNORECASE,
)
_SIGN_BELOW = re.compile(r"\s*[A-Za-z][\w-]{1,30}\s{0,9}=\s{0,9}[{\"\w]")
_ABOVE = 4


def _recognises(head: bytes) -> bool:
    """Whether it opens with an entry, comments and a line or two apart."""
    start = head_of(head)
    lines = [line.lstrip("\ufeff ") for line in start.lines]
    first = next((line for line in lines if not line.startswith("%")), "")
    if first.startswith(("This file was created with JabRef", "Encoding:")):
        return start.count(_SIGN) > 0
    return _SIGN.match(first) is not None or _has_entry_below(lines)


def _has_entry_below(lines: list[str]) -> bool:
    """Whether an entry stands below a line or two, such as “my references”."""
    for index, (line, below) in enumerate(pairwise(lines[:_ABOVE])):
        if _SIGN.match(line) and _SIGN_BELOW.match(below):
            return sum(map(len, lines[:index])) < ASIDE
    return False


FORMAT = InputFormat(
    about="entries such as “@article{…}” with an “abstract”",
    recognises=_recognises,
    entries=_entries,
    errors="surrogateescape",
)
