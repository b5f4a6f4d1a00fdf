"""Sources into documents: one file a format, one table of formats, one stream of entries.

A format is a module with a reader (text stream, name of the source → documents and skipped
entries), a test that recognises it, and a phrase that says what it looks for. A new one needs that
module, a member of ``Format`` and a line in ``_FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import PurePath
from typing import NamedTuple, TextIO

from summarise.errors import InputError
from summarise.models import Document, Skipped
from summarise.readers import hf, html, jsonl, text
from summarise.readers.duplicates import unique
from summarise.readers.entry import checked
from summarise.readers.foreign import refuse_foreign, refuse_foreign_json
from summarise.readers.source import Source, load_source, open_text

__all__ = [
    "Format",
    "Source",
    "checked",
    "load_source",
    "read_documents",
    "sniff",
    "unique",
]

_HEAD = 1 << 16


class Format(StrEnum):
    """What an input is written in."""

    HF = "hf"
    HTML = "html"
    JSONL = "jsonl"
    TEXT = "text"


class _Reader(NamedTuple):
    read: Callable[[TextIO, str], Iterator[Document | Skipped]]
    recognises: Callable[[str], bool]
    suffixes: frozenset[str]
    looked_for: str


# In the order of sniffing; the last one takes whatever the others leave.
_FORMATS = {
    Format.JSONL: _Reader(jsonl.read_jsonl, jsonl.recognises, jsonl.SUFFIXES, jsonl.LOOKED_FOR),
    Format.HTML: _Reader(html.read_html, html.recognises, html.SUFFIXES, html.LOOKED_FOR),
    Format.HF: _Reader(hf.read_hf, hf.recognises, frozenset(), hf.LOOKED_FOR),
    Format.TEXT: _Reader(text.read_text, text.recognises, frozenset(), text.LOOKED_FOR),
}


def sniff(head: str, name: str) -> Format:
    """Tell the format of an input.

    Args:
        head: The start of its text.
        name: Its file name; a suffix such as ``.jsonl`` settles the matter.
    """
    suffix = PurePath(name).suffix.lower()
    for format_, reader in _FORMATS.items():
        if suffix in reader.suffixes:
            return format_
    return next(format_ for format_, reader in _FORMATS.items() if reader.recognises(head))


def read_documents(
    source: Source,
    format: Format | None = None,  # noqa: A002 - the name of the flag
) -> Iterator[Document | Skipped]:
    """Read the documents of a source, in its order; JSON lines are streamed.

    Args:
        source: From ``load_source``.
        format: What it is written in; None tells by name and content.

    Yields:
        Each entry, as a document or as what is wrong with it. The same document may come twice:
        see ``unique``.

    Raises:
        InputError: The input is in a format that no reader takes; or, after the last entry, none
            was a document.
    """
    with open_text(source) as stream:
        if format is None:
            format = _told(stream.read(_HEAD), source.name)  # noqa: A001
            stream.seek(0)
        fault: Skipped | None = None
        found = False
        for entry in _FORMATS[format].read(stream, source.name):
            if isinstance(entry, Document):
                found = True
            else:
                fault = fault or entry
            yield entry
    if not found:
        raise _nothing_found(source.name, format, fault)


def _told(head: str, name: str) -> Format:
    """The format of an input that one of the readers is made for."""
    format_ = sniff(head, name)
    if format_ is Format.JSONL:
        refuse_foreign_json(head, name)
    elif format_ is not Format.HTML:
        refuse_foreign(head, name)
    return format_


def _nothing_found(name: str, format_: Format, fault: Skipped | None) -> InputError:
    detail = f" (line {fault.line}: {fault.reason})" if fault else ""
    others = ", ".join(other for other in Format if other is not format_)
    return InputError(
        f"no abstract found: read as {format_}, looking for {_FORMATS[format_].looked_for}{detail}",
        where=name,
        hint=f"If it is in another format, name it with --format ({others}).",
    )
