"""What comes in: documents, and entries that gave none."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Span(NamedTuple):
    """A half-open interval of characters: ``text[start:end]``. Stored as ``[start, end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of ``text`` that this span covers."""
        return text[self.start : self.end]


class Stored(BaseModel):
    """Base of everything that is written to a run directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Stored):
    """One input abstract with its metadata.

    Attributes:
        doc_id: Stable identity: the id given by the input, else DOI, arXiv id, or content hash.
        title: Title on one line, or None where the input has none.
        abstract: The abstract as the input holds it. All spans point into this text.
        authors: Names, where the input gives names.
        author_count: Number of authors, where that is all that the input gives.
        organisation: Organisation line of a Hugging Face page.
        published: Date in EDTF (ISO 8601-2): ``2024-12-23``, ``2024``; ``XXXX-09-18`` when the
            input gives no year.
        url: Where the paper can be read.
        source: Name of the file or stream it was read from.
        line: First line of the entry in the source, counted from 1.
    """

    doc_id: str
    title: str | None
    abstract: str
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organisation: str | None = None
    published: str | None = None
    url: str | None = None
    source: str = ""
    line: int | None = None

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


class Skipped(Stored):
    """An entry of an input that gave no document.

    Attributes:
        source: Name of the file or stream.
        line: Line on which the entry starts, counted from 1.
        reason: What is wrong with it and what to do, in one line.
    """

    source: str
    line: int
    kind: SkipKind
    reason: str
