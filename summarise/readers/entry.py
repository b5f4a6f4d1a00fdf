"""An entry as a format's reader found it, and the one place where it becomes a document or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import cast

from summarise.characters import HALF_CHARACTER
from summarise.errors import NoDocumentError
from summarise.models import Document, Reference, SkipKind, Skipped, content_hash, status_of
from summarise.readers import ID_NAMES, load_format
from summarise.readers.source import GET_ABSTRACTS, Source

MIN_ABSTRACT = 20
"""Fewest characters of text that can be an abstract."""
LARGEST = 8 << 20
"""Most characters of an entry that is cut out of a stream; what goes beyond them isn't held."""

_MANY = 4 * MIN_ABSTRACT
_LACKS = (
    r"(?: (?:available|provided|given|supplied|included|found|present|recorded))?"
    r"(?: (?:for|from|with|in|by|at|on) [\w'’ ]+)?"
)
# As Scopus has it, and PubMed: “Publisher: Abstract available from the publisher.” and, of an
# erratum, “[This corrects the article DOI: 10.1000/1.].”
_NOTICE = re.compile(
    rf"\W*(?:(?:there is )?no abstract(?: is| was)?{_LACKS}"
    rf"|(?:(?:an|the|this) )?abstract(?: is| was)? (?:not(?: yet)?{_LACKS}|unavailable{_LACKS})"
    r"|(?:publisher: )?abstract available from the publisher"
    r"|this (?:corrects|retracts|updates) the article (?:doi|pmid|on p|in)\b.*"
    r"|not available|n/?a|null|none)?\W*",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 120

_ID_FORMS = {"arxiv": "arXiv:{}", "pmid": "PMID:{}", "acl": "ACL:{}"}
_AS_GIVEN = (
    *("pmid", "acl", "openalex", "venue", "volume", "issue", "pages", "publisher", "issn"),
    *("language", "citation_key", "status"),
)
_as_given = attrgetter(*_AS_GIVEN)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
# https://info.arxiv.org/help/arxiv_identifier.html
_ARXIV = re.compile(
    r"(?:arxiv:\s*|https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/)?"
    r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})(?:v[0-9]+)?(?:\.pdf)?",
    re.IGNORECASE,
)
# https://aclanthology.org/info/ids/
ACL_ID = re.compile(r"[A-Z][0-9]{2}-[0-9]{4}|[0-9]{4}\.[a-z0-9_]+-[a-z0-9_]+\.[0-9]+")
"""Regular expression for a paper's id in the ACL Anthology."""
# Its first address is in older exports.
_ACL = re.compile(
    r"https?://(?:www\.)?(?:aclanthology\.org|aclweb\.org/anthology)"
    rf"/({ACL_ID.pattern})(?:\.pdf)?/?"
)
_RANGE = re.compile(r"\s*[-–—−]+\s*")
_DIGIT = re.compile(r"\d|\b[ivxlc]+\b", re.IGNORECASE)
_ISSN = re.compile(r"(?<![\w-])(\d{4})-?(\d{3}[\dXx])(?![\w-])")
BEFORE_INITIALS = re.compile(r",(?= ?(?:[A-Z]\.[ -]?)+(?:[,;&]|and\b|\Z))")
"""Regular expression for the comma in “Roe, A., & Doe, J. B.” that stands inside of a name."""
_INSIDE = "\0"
# “&” may stand in a name, but not behind initials.
_AND = re.compile(r" and |(?<=\.) & |, & ")
_OTHERS = re.compile(r"(?:\A(?:and )?|\s+and )others\Z|(?:\A|[\s,]+)et\.? al\.?\Z", re.IGNORECASE)
_HAS_MORE = "it has more authors than are named"
_ALL_DIGITS = re.compile(r"[12][0-9]{3} [0-9]{1,2}(?: [0-9]{1,2})?")
_CLOSING_YEAR = re.compile(r"(?<!\w)((?:1[5-9]|20)[0-9]{2})$")
_OPENING_YEAR = re.compile(r"\D{0,3}([12][0-9]{3})[a-z]?\b")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
"""Regular expression for the English name of a month, whole or short."""

_YEAR = r"(?P<year>[12][0-9]{3})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}(?:[-/.](?P<month>[0-9]{{1,2}})(?:[-/.](?P<day>[0-9]{{1,2}}))?)?(?:[T ][0-9].*)?",
        rf"{_YEAR}年(?:(?P<month>[0-9]{{1,2}})月(?:(?P<day>[0-9]{{1,2}})日)?)?",
        rf"{_YEAR} (?P<month>{MONTH})(?: (?P<day>[0-9]{{1,2}}))?",
        rf"(?P<month>{MONTH}) (?P<day>[0-9]{{1,2}})(?:, ?{_YEAR})?",
        rf"(?P<day>[0-9]{{1,2}}) (?P<month>{MONTH}),?(?: {_YEAR})?",
        rf"(?P<month>{MONTH}),? {_YEAR}",
        r"XXXX-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an input, with what its format gave and nothing checked yet.

    What it has in common with ``Document`` and ``Reference`` is explained there; ``doi`` and
    ``arxiv`` are in any notation, as are ``pages`` and ``issn``, which may be no such thing.
    """

    source: str
    line: int
    title: str | None = None
    abstract: str | None = None
    given_id: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    pmid: str | None = None
    acl: str | None = None
    openalex: str | None = None
    venue: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    publisher: str | None = None
    issn: str | None = None
    language: str | None = None
    citation_key: str | None = None
    status: str | None = None
    other_version: str | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organisation: str | None = None
    published: str | None = None
    url: str | None = None
    repairs: tuple[str, ...] = ()
    """What of the entry was mended or taken for something, each in a few words."""


def read_documents(source: Source) -> Iterator[Document | Skipped]:
    """Each entry of a source, as a document or as what is wrong with it; JSON lines are streamed.

    The same document may come twice: see ``unique``.

    Raises:
        InputError: It can't be read.
        NoDocumentError: After the last entry: none was a document.
    """
    fault: Skipped | None = None
    found = False
    for entry in load_format(source.format).entries(source):
        one = to_document(entry) if isinstance(entry, Entry) else entry
        if isinstance(one, Document):
            found = True
        else:
            fault = fault or one
        yield one
    if not found:
        raise _nothing_found(source, fault)


def _nothing_found(source: Source, fault: Skipped | None) -> NoDocumentError:
    detail = f" (line {fault.line}: {fault.reason})" if fault else ""
    about = load_format(source.format).about
    return NoDocumentError(
        f"no abstract found: read as {source.format}, looking for {about}{detail}",
        where=source.name,
        hint=f"{GET_ABSTRACTS} If it is in another format, name that with --format.",
    )


def to_document(entry: Entry) -> Document | Skipped:
    """The document that an entry is, with an identity, or the reason why there is none.

    Its abstract is the entry's without outer white space.
    """
    title = one_line(entry.title or "") or None
    abstract = (entry.abstract or "").strip()
    if len(abstract) <= _LONGEST_NOTICE and _NOTICE.fullmatch(one_line(abstract)):
        abstract = ""
    doi = normalise_doi(entry.doi) or normalise_doi(entry.url)
    arxiv = normalise_arxiv(entry.arxiv) or normalise_arxiv(entry.url)
    reference = _reference(entry, doi, arxiv)
    authors, repairs = entry.authors, entry.repairs
    if authors and (others := _OTHERS.search(authors[-1])):
        named = (*authors[:-1], authors[-1][: others.start()])
        authors, repairs = tuple(filter(None, named)), (*repairs, _HAS_MORE)
    identity = one_line(entry.given_id or "") or next(iter(own_ids(reference)), None)
    if fault := _fault(title, abstract, identity):
        told = skipped(entry.source, entry.line, *fault)
        is_paper = told.kind is SkipKind.NO_ABSTRACT
        names = {"title": _storable(title), "doc_id": _storable(identity)}
        return told.model_copy(update=names) if is_paper else told
    return checked(
        Document(
            doc_id=identity or f"sha256:{content_hash(title, abstract)[:16]}",
            title=title,
            abstract=abstract,
            authors=authors,
            author_count=len(authors) or entry.author_count,
            organisation=entry.organisation,
            published=entry.published,
            url=entry.url
            or (f"https://doi.org/{doi}" if doi else None)
            or (f"https://arxiv.org/abs/{arxiv}" if arxiv else None),
            reference=reference,
            repairs=repairs,
            source=entry.source,
            line=entry.line,
        )
    )


def _reference(entry: Entry, doi: str | None, arxiv: str | None) -> Reference:
    known = {"doi": doi, "arxiv": arxiv}
    if (other := normalise_doi(entry.other_version)) != doi:
        known["other_version"] = other
    given = dict(zip(_AS_GIVEN, _as_given(entry), strict=True))
    given["acl"] = given["acl"] or acl_of(entry.url)
    known |= {name: one_line(text) for name, text in given.items() if text}
    known["pages"] = normalise_pages(known.get("pages"))
    known["issn"] = normalise_issn(known.get("issn"))
    if known.get("publisher") == known.get("venue"):
        known["publisher"] = None
    known["status"] = known.get("status") or status_of(entry.title or "", entry.abstract or "")
    return cast("Reference", {name: value for name, value in known.items() if value})


def checked(document: Document) -> Document | Skipped:
    r"""A document, or the reason why none of its files could store it.

    JSON, and a program, can spell half a character (``\ud83d``) in any field.
    """
    texts: list[str] = []
    for value in vars(document).values():  # a model itself iterates ten times slower
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, tuple | dict):
            told = value.values() if isinstance(value, dict) else value
            texts.extend(one for one in told if isinstance(one, str))
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        source = HALF_CHARACTER.sub("�", document.source)
        half = ord(error.object[error.start])
        reason = f"its text holds half of a surrogate pair (\\u{half:04x})"
        return skipped(source, document.line or 0, reason)
    return document


def skipped(source: str, line: int, reason: str, kind: SkipKind = SkipKind.UNREADABLE) -> Skipped:
    """An entry that can't become a document, and why."""
    return Skipped(source=source, line=line, kind=kind, reason=reason)


def normalise_doi(text: str | None) -> str | None:
    """The bare DOI in lower case (DOIs ignore case), or None when the text isn't one."""
    found = _DOI.fullmatch((text or "").strip())
    return found[1].lower() if found else None


def normalise_arxiv(text: str | None) -> str | None:
    """The bare arXiv id without its version, or None when the text isn't one."""
    found = _ARXIV.fullmatch((text or "").strip())
    return found[1] if found else None


def normalise_pages(text: str | None) -> str | None:
    """Pages, or an article's number, with plain hyphens; None where no number is in it."""
    pages = _RANGE.sub("-", text or "").strip("-")
    return pages if _DIGIT.search(pages) else None


def page_range(first: str | None, last: str | None) -> str | None:
    """The pages from the first to the last, where that is another one."""
    return f"{first}-{last}" if first and last and first != last else first


def normalise_issn(text: str | None) -> str | None:
    """The first ISSN of a text, with its hyphen; None of an ISBN, or of anything else."""
    found = _ISSN.search(text or "")
    return f"{found[1]}-{found[2].upper()}" if found else None


def acl_of(url: str | None) -> str | None:
    """The ACL Anthology's id in an address of it."""
    found = _ACL.fullmatch((url or "").strip())
    return found[1] if found else None


def split_names(text: str) -> tuple[str, ...]:
    """The names in a text such as ``Roe, A.; Doe, J.`` or ``Ann Roe, Jo Doe and Al Poe``.

    A comma parts names only where each piece is more than one word, or one with its initials; else
    it stands inside of one.
    """
    if ";" in text or "；" in text:
        names = between_semicolons(text)
    else:
        names = _AND.split(BEFORE_INITIALS.sub(_INSIDE, one_line(text)))
        pieces = [piece for name in names for piece in name.split(",") if piece.strip()]
        names = pieces if all(" " in piece.strip() for piece in pieces) else names
    return tuple(filter(None, (one_line(name.replace(_INSIDE, ",")) for name in names)))


def between_semicolons(text: str) -> list[str]:
    """What stands between semicolons, those of Chinese included."""
    return text.replace("；", ";").split(";")


def to_edtf(text: str) -> str | None:
    """A date in EDTF: ``2024-12-23``, ``2024-12``, ``2024`` or, without a year, ``XXXX-12-23``.

    It may be written as ``2024-12-23T08:00:00Z``, ``2024/12``, ``Dec 23, 2024``, ``23 December``, …
    None when it is no date, isn't in the calendar, or could be read in more than one way.
    """
    text = one_line(text)
    for pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            return _edtf(parts.get("year"), parts.get("month"), parts.get("day"))
    return None


def to_date(text: str) -> str | None:
    """As ``to_edtf``, of a text that may say more, or less: a season, a span of months, a note.

    Of ``1999 Spring``, ``2002 Sep-Oct``, ``Article 10 2019`` and ``4/5/2019`` the year is kept.
    """
    text = one_line(text)
    if whole := to_edtf(text.replace(" ", "-") if _ALL_DIGITS.fullmatch(text) else text):
        return whole
    found = _OPENING_YEAR.match(text) or _CLOSING_YEAR.search(text)
    return found[1] if found else None


def first_date(texts: Iterable[str | None]) -> str | None:
    """The first of some texts that is a date; where none is, the year of the first that has one."""
    told = list(filter(None, texts))
    return next(filter(None, (read(text) for read in (to_edtf, to_date) for text in told)), None)


def most_precise(dates: Iterable[str]) -> str | None:
    """The first of some dates in EDTF; a later one counts where it says the same, and more."""
    best: str | None = None
    for text in dates:
        date_ = to_edtf(text)
        if date_ and (best is None or date_.startswith(best)):
            best = date_
    return best


def _edtf(year: str | None, month: str | None, day: str | None) -> str | None:
    if month is None:
        return year
    number = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
    try:
        # 2000 is a leap year: 29 February without a year is a day of the calendar.
        date(int(year or 2000), number, int(day or 1))
    except ValueError:
        return None
    parts = [year or "XXXX", f"{number:02}"]
    return "-".join([*parts, f"{int(day):02}"] if day else parts)


def one_line(text: str) -> str:
    """The text with each run of white space as one space and none around it."""
    # No other white space is printable, and most texts have none to mend.
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return " ".join(text.split())


def own_ids(reference: Reference) -> list[str]:
    """The ids that a document may have by what identifies it, the one that it takes first."""
    given = cast("dict[str, str]", reference)
    return [_ID_FORMS.get(name, "{}").format(given[name]) for name in ID_NAMES if name in given]


def _fault(title: str | None, abstract: str, identity: str | None) -> tuple[str, SkipKind] | None:
    """Reason and kind, when title and abstract don't make a document."""
    # Of most abstracts the beginning shows that they are long enough.
    is_short = len(one_line(abstract[:_MANY])) < MIN_ABSTRACT > len(one_line(abstract))
    if not is_short and any(map(str.isalpha, abstract)):
        return None
    told = f"the entry {shortened(identity)}" if identity else "the entry"
    name = f"“{shortened(title)}”" if title else told
    if not abstract:
        if title:
            return f"{name} has no abstract", SkipKind.NO_ABSTRACT
        return f"{name} has neither a title nor an abstract", SkipKind.UNREADABLE
    return f"{name} has too short an abstract: “{shortened(abstract)}”", SkipKind.NO_ABSTRACT


def _storable(text: str | None) -> str | None:
    """A text without halves of characters, which no file could store."""
    return text and text.encode(errors="replace").decode()


def shortened(text: str) -> str:
    """A text of an input as a message quotes it: one line, at most 60 characters."""
    text = _storable(one_line(text)) or ""
    return text if len(text) <= 60 else f"{text[:59]}…"
