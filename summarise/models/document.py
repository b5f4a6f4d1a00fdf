"""What comes in: documents, entries that gave none, and what code finds in an abstract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, with_config
from pydantic_core import core_schema
from typing_extensions import TypedDict


class Span(NamedTuple):
    """A half-open interval of characters: ``text[start:end]``. Stored as ``[start, end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of ``text`` that this span covers."""
        return text[self.start : self.end]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """One that is made already isn't made again: a record holds some forty."""
        made = handler(source)
        taken = core_schema.union_schema(
            [core_schema.is_instance_schema(cls), made], mode="left_to_right"
        )
        return core_schema.json_or_python_schema(json_schema=made, python_schema=taken)


class Stored(BaseModel):
    """Base of everything that is written to a run directory."""

    # Of texts, keys alone come again often enough to be worth pydantic's cache of them.
    model_config = ConfigDict(frozen=True, extra="forbid", cache_strings="keys", defer_build=True)

    def exported(self) -> str:
        """It as JSON on one line."""
        return self.model_dump_json()


@with_config(ConfigDict(extra="forbid"))
class Reference(TypedDict, total=False):
    """What a paper is cited and found again by, as far as its input says; a key is there or not.

    Attributes:
        doi: Bare, in lower case.
        arxiv: Without version: ``2310.00426``, ``hep-th/9901001``.
        pmid: Of PubMed, digits.
        acl: Of the ACL Anthology: ``2023.acl-long.12``.
        openalex: ``W2741809807``.
        venue: Journal, proceedings or publisher, by name.
        volume: Of the journal or series, as are issue and ISSN.
        pages: ``94-100``, ``7, 12-15``; of an article that has a number instead, that: ``e0212``.
        publisher: By name, where the venue is something else.
        issn: The first that is given: ``1234-567X``.
        language: As the input has it: ``eng``, ``de``.
        citation_key: By which the input's user cites it, ``roe2024fen``; else by which a program of
            theirs knows it, ``ABCD2345``.
        status: What speaks against relying on it: a key of ``STATUSES``.
        other_version: DOI of another version of the work: of a preprint its article, and back.
    """

    doi: str
    arxiv: str
    pmid: str
    acl: str
    openalex: str
    venue: str
    volume: str
    issue: str
    pages: str
    publisher: str
    issn: str
    language: str
    citation_key: str
    status: str
    other_version: str


class Decision(StrEnum):
    """What is made of two documents that are alike.

    Attributes:
        DUPLICATE: They are one paper; the later one is left out.
        KEPT: Likewise, but the user takes papers as often as they are there.
        GROUP: They are two versions of one work, such as preprint and article; both are kept.
        APART: Something says that they are two papers; both are kept.
    """

    DUPLICATE = "duplicate"
    KEPT = "kept"
    GROUP = "group"
    APART = "apart"


class Decided(Stored):
    """An entry held against a document before it, what was made of that, and why.

    Attributes:
        doc_id: Of the entry, as it has or would have it.
        source: Where the entry is, as is ``line``.
        of: The id of the document before it.
        of_source: Where that is, as is ``of_line``; a run directory, and the number of the row
            there, where it was known before.
        reason: In words; the two places are told by it, too.
        marked: What speaks against relying on the paper, where only the entry says so that is left
            out: a key of ``STATUSES``.
        content_hash: Of an entry that is left out, its title and abstract: who has read them has
            read the paper.
    """

    decision: Decision
    doc_id: str
    title: str | None
    source: str
    line: int | None
    of: str
    of_source: str
    of_line: int | None
    reason: str
    marked: str | None = None
    content_hash: str | None = None


class Document(Stored):
    """One input abstract with its metadata.

    Attributes:
        doc_id: Stable identity: the id given by the input, else DOI, arXiv id, or content hash.
        title: On one line.
        abstract: The abstract as the input holds it. All spans point into this text.
        author_count: Number of authors, where that is all that the input gives.
        organisation: Organisation line of a Hugging Face page.
        published: Date in EDTF (ISO 8601-2): ``2024-12-23``, ``2024``; ``XXXX-09-18`` when the
            input gives no year.
        repairs: What was mended when it was read, one line each.
        decided: What it was held against of the documents before it.
        source: Name of the file or stream.
        line: On which the entry starts, counted from 1.
    """

    doc_id: str
    title: str | None
    abstract: str
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organisation: str | None = None
    published: str | None = None
    url: str | None = None
    reference: Reference = Reference()
    repairs: tuple[str, ...] = ()
    decided: tuple[Decided, ...] = ()
    source: str = ""
    line: int | None = None

    def __hash__(self) -> int:
        """By its id and what it says: the mappings in it have none."""
        return hash((self.doc_id, self.content_hash))

    @property
    def version_of(self) -> str | None:
        """The id of the document before it that is another version of the same work."""
        if not self.decided:
            return None
        found = (one.of for one in self.decided if one.decision is Decision.GROUP)
        return next(found, None)

    @property
    def status(self) -> str | None:
        """What speaks against relying on it, in words."""
        return STATUSES.get(self.reference.get("status", "")) if self.reference else None

    @cached_property
    def content_hash(self) -> str:
        """Hash of what the model sees (title and abstract): 32 hexadecimal digits."""
        return content_hash(self.title, self.abstract)


def content_hash(title: str | None, abstract: str) -> str:
    """Hash of a title and an abstract, the part of a document that can change an answer."""
    return sha256(f"{title or ''}\0{abstract}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


class SkipKind(StrEnum):
    """Why an entry of an input gave no document."""

    UNREADABLE = "unreadable"
    NO_ABSTRACT = "no_abstract"
    DUPLICATE = "duplicate"


SKIPPED_AS = {
    SkipKind.DUPLICATE: ("duplicate", "duplicates"),
    SkipKind.UNREADABLE: ("unreadable entry", "unreadable entries"),
    SkipKind.NO_ABSTRACT: ("entry without an abstract", "entries without an abstract"),
}
"""What an account calls such an entry, and several."""


class Skipped(Stored):
    """An entry of an input that gave no document, and in one line what is wrong and what to do.

    Attributes:
        decided: Of a duplicate, what it was held against.
        title: Of one without an abstract, as the input has it; people find the paper by it.
        doc_id: Likewise, where the input gives one: a DOI, a PMID.
    """

    source: str
    line: int
    kind: SkipKind
    reason: str
    decided: tuple[Decided, ...] = ()
    title: str | None = None
    doc_id: str | None = None


class Role(StrEnum):
    """Rhetorical role of a sentence, as in CSAbstruct (Cohan et al. 2019, arXiv 1909.04054)."""

    BACKGROUND = "background"
    OBJECTIVE = "objective"
    METHOD = "method"
    RESULT = "result"
    OTHER = "other"


class QuantityKind(StrEnum):
    """What a quantity measures, as far as its unit and its neighbours tell."""

    PERCENT = "percent"
    POINTS = "points"
    FACTOR = "factor"
    TIME = "time"
    COMPUTE_TIME = "compute_time"
    HARDWARE = "hardware"
    PARAMETERS = "parameters"
    MEMORY = "memory"
    BATCH_SIZE = "batch_size"
    EMISSIONS = "emissions"
    MONEY = "money"
    COUNT = "count"
    MEASURE = "measure"
    INTERVAL = "interval"
    P_VALUE = "p_value"
    YEAR = "year"
    NUMBER = "number"


class Quantity(Stored):
    """A quantity in an abstract.

    Attributes:
        text: Verbatim, number with unit: ``64 V100 GPUs``, ``46.3%``.
        span: In the abstract.
        value: With multipliers applied (``5M`` is 5e6); None for a range.
        unit: Unit or counted noun as it stands.
    """

    text: str
    span: Span
    kind: QuantityKind
    value: float | None = None
    unit: str | None = None


class NormalisedQuantity(Stored):
    """A quantity in a unit in which abstracts can be compared.

    Attributes:
        text: Verbatim: ``15,000 A100 GPU days``.
        span: In the abstract.
        unit: ``GPU-hours``, ``TPU-hours``, ``CPU-hours``, ``core-hours``, ``parameters``, ``×``, or
            a currency sign.
        arithmetic: How it was come by: ``15,000 × 24 = 360,000 GPU-hours``.
    """

    text: str
    span: Span
    value: float
    unit: str
    arithmetic: str


STATUSES = {
    "retracted": "retracted",
    "withdrawn": "withdrawn",
    "notice": "a notice of a retraction",
    "concern": "an expression of concern",
}
"""What a paper may be that is no longer relied on, or tells so of another, in words."""
# As publishers and databases write it: “RETRACTED: …”, “[Retracted] …”, “… (Retracted article. …)”.
_RETRACTED = re.compile(
    r"\A[\W_]{0,3}(?P<what>retracted|withdrawn)\b(?: (?:article|paper|chapter|publication))?"
    r"\s?[:\])]\s*"
    r"|[\[(](?P<end>retracted|withdrawn)\b[^\])]{0,200}[\])]\.?\s*\Z",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\W?(?:(?P<notice>(?:retraction|withdrawal)(?: (?:notice|note|statement)\b|:))"
    r"|(?:editorial )?expression of concern\b)",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(
    r"\W?th(?:is|e) (?:paper|article|submission|manuscript|preprint|work) (?:has been|was|is) "
    r"(?:withdrawn|retracted)\b",
    re.IGNORECASE,
)
_TYPES = {
    "retracted publication": "retracted",
    "retraction of publication": "notice",
    "retraction notice": "notice",
    "retraction": "notice",
    "withdrawal": "notice",
    "expression of concern": "concern",
}
# What else a publisher or a journal puts before a title; the title begins behind it.
_BEFORE = re.compile(
    r"\A\W*(?:(?:partial )?retract(?:ed|ion)|withdraw(?:n|al)|expression of concern|corrigendum"
    r"|correct(?:ed|ion)|erratum|editorial|commentary|(?-i:EXPRESS))"
    r"(?: (?:article|paper|note|notice))?\]?: ",
    re.IGNORECASE,
)


def status_of(title: str, abstract: str) -> str | None:
    """The status of a paper, a key of ``STATUSES``, by how its title or its abstract begins."""
    if found := _RETRACTED.search(title):
        return (found["what"] or found["end"]).lower()
    if found := _NOTICE.match(title):
        return "notice" if found["notice"] else "concern"
    return "withdrawn" if _WITHDRAWN.match(abstract.lstrip()) else None


def status_of_types(types: Iterable[str]) -> str | None:
    """The status of a paper, a key of ``STATUSES``, by its types of publication."""
    found = (_TYPES.get(" ".join(one.split()).casefold()) for one in types)
    return next(filter(None, found), None)


def without_status(title: str) -> str:
    """A title without what a publisher put before it when the paper was retracted."""
    found = _RETRACTED.search(title)
    return title[found.end() :] if found and found["what"] else title


def without_notice(title: str) -> str:
    """A title without that, and without the kind of what it is: “Corrigendum: ”, “EXPRESS: ”."""
    return _BEFORE.sub("", without_status(title))
