"""JSON lines, one object a document; also an array of objects, and objects over several lines.

Keys are compared without case, ``_``, ``-`` and spaces: ``paper_id`` and ``paperId`` are one.
A line is held whole, as far as any text is, since a value is known by its end alone; one that can't
be read costs only itself. So does one in an array, or over several lines, as long as its braces
tell where it ends; else the fault ends the reading there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from summarise.models import STATUSES, Skipped
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, first_date, one_line, skipped, split_names
from summarise.readers.fields import NOT_UTF8, cleaned, names_in_parts
from summarise.readers.json_objects import KINDS, OpenBracket, broken, loaded, not_text
from summarise.readers.source import Source, decoded, joined
from summarise.readers.table import cell_text

_IDS = ("docid", "id", "paperid")
_ABSTRACTS = ("abstract", "summary", "abstracttext", "paperabstract")
_DATES = (
    *("published", "publicationdate", "publishedat", "firstpublicationdate", "date"),
    *("year", "publicationyear", "pubyear"),
)
_LISTS = frozenset(
    (
        *("results", "result", "resultlist", "collection", "papers", "documents", "records"),
        *("items", "data"),
    )
)
"""What answers of interfaces call the list of their papers: Europe PMC, bioRxiv, and Semantic
Scholar, where no more of a paper was asked for than anybody has."""
_NESTED = 3
_URLS = ("url", "link", "paperurl")
_AUTHORS = ("authors", "author", "authorstring")
_ARXIV = ("arxivid", "arxiv", "eprint")
_SCALARS = frozenset((str, int, float))
_SPACE = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\s*+(?:,\s*+)?(?:[{\]]|\Z)")
_DECODER = json.JSONDecoder()


class _Unusable(Exception):
    """A field holds something else than it should."""


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    """Line by line, where it is one object a line."""
    lines, name = source.lines(), source.name
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        begun = [line]
        if _breaks_off(line):
            # What only lost its end isn't gone on with by a line of its own.
            begun += _until_text(lines)
        text = "".join(begun)
        if line.lstrip().startswith("[") or (len(begun) > 1 and _breaks_off(text) is not None):
            yield from _read_values(text + joined(lines, name), name, number)  # on several lines
            return
        for later, text in enumerate(chain(begun, lines), number):
            if text.strip():
                yield from _read_line(text, name, later)


def _breaks_off(text: str) -> bool | None:
    """Whether a text is the beginning of a JSON value; None where it is neither that nor one."""
    try:
        _DECODER.raw_decode(text.strip())
    except json.JSONDecodeError as error:
        return True if error.pos >= len(text.strip()) else None
    except (ValueError, RecursionError):
        return None
    return False


def _until_text(lines: Iterator[str]) -> Iterator[str]:
    """The next lines, up to one that isn't blank."""
    for line in lines:
        yield line
        if line.strip():
            return


def _read_line(text: str, name: str, line: int) -> Iterator[Entry | Skipped]:
    value = loaded(text, name, line)
    if isinstance(value, Skipped):
        yield value
    else:
        yield from _to_entries(value, name, line)


def _read_values(text: str, name: str, first_line: int) -> Iterator[Entry | Skipped]:
    """Values that stand one after another, in an array or not."""
    opening = re.match(r"\s*\[", text)
    position = opening.end() if opening else 0
    line, counted = first_line, 0
    # Then each object is cut out by its braces: to say where a text is broken all of it is read.
    is_broken = False
    while True:
        position = space.end() if (space := _SPACE.match(text, position)) else position
        line, counted = line + text.count("\n", counted, position), position
        if position == len(text) or text[position] == "]":
            break
        start = position
        if is_broken and (end := _end_of_object(text, start)) is not None:
            value, position = loaded(text[start:end], name, line), end
        else:
            try:
                value, position = _DECODER.raw_decode(text, start)
            except (ValueError, RecursionError) as error:
                if not is_broken:
                    is_broken = True
                    continue
                fault = broken(error, name, line, first_line)
                told = f"{fault.reason}; nothing below it was read"
                yield fault.model_copy(update={"reason": told})
                return
        if isinstance(value, Skipped):
            yield value
        elif byte := NOT_UTF8.search(text, start, position):
            yield not_text(byte, name, line, line + text.count("\n", start, byte.start()))
        else:
            yield from _to_entries(value, name, line)
    if position == len(text) and opening:
        yield skipped(name, line, "the array isn't closed; the file may have been cut short")
    elif text[position + 1 :].strip():
        yield skipped(name, line, "nothing below the end of the array was read")


def _end_of_object(text: str, start: int) -> int | None:
    """Where an object ends by its braces; None where none begins, or no other value is behind."""
    end = OpenBracket().end_in(text, start) if text[start] == "{" else None
    return end if end and _NEXT.match(text, end) else None


def _to_entries(value: Any, name: str, line: int) -> Iterator[Entry | Skipped]:
    """The entry that a value is, or those in its list, where it is an answer around one."""
    for one in _listed(value, _NESTED) or (value,):
        yield _to_entry(one, name, line)


def _listed(value: Any, depth: int) -> list[Any] | None:
    if not isinstance(value, dict) or depth == 0:
        return value if isinstance(value, list) and depth < _NESTED else None
    spelled = {_spelled(key): inner for key, inner in value.items()}
    if any(spelled.get(key) for key in ("title", *_ABSTRACTS)):
        return None
    found = (_listed(spelled[key], depth - 1) for key in spelled if key in _LISTS)
    return next(filter(None, found), None)


def _to_entry(value: Any, name: str, line: int) -> Entry | Skipped:
    if not isinstance(value, dict):
        kind = KINDS.get(type(value), "a text")
        return skipped(name, line, f"not an object with an “abstract”, but {kind}")
    try:
        fields = _Fields(value)
        return cleaned(fields.entry(name, line), *fields.of_a_page)
    except _Unusable as fault:
        return skipped(name, line, str(fault))


class _Fields:
    """An object, with its keys in one spelling."""

    def __init__(self, value: dict[str, Any]) -> None:
        self._values: dict[str, Any] = {}
        for key, item in value.items():
            if item not in (None, "", [], {}):
                self._values.setdefault(_spelled(key), item)
        reference = value.get("reference")
        # As a run and `fetch` write documents.
        self._is_document = isinstance(reference, dict)
        for key, item in reference.items() if isinstance(reference, dict) else ():
            self._values.setdefault(_spelled(key), item)

    def entry(self, name: str, line: int) -> Entry:
        """The entry that the object describes; raises ``_Unusable`` where a text of it is none."""
        return Entry(
            name,
            line,
            title=self._text("title"),
            abstract=self._text(*_ABSTRACTS),
            given_id=self._scalar(*_IDS),
            doi=self._scalar("doi"),
            arxiv=self._scalar(*_ARXIV),
            pmid=self._scalar("pmid", "pubmedid"),
            acl=self._scalar("acl", "aclid", "anthologyid"),
            openalex=self._scalar("openalex", "openalexid"),
            venue=self._scalar("venue", "journal", "journalname", "containertitle", "booktitle"),
            volume=self._scalar("volume"),
            issue=self._scalar("issue"),
            pages=self._scalar("pages", "page"),
            publisher=self._scalar("publisher"),
            issn=self._scalar("issn"),
            language=self._scalar("language", "lang"),
            citation_key=self._scalar("citationkey", "citekey"),
            authors=_names(next(filter(None, map(self._values.get, _AUTHORS)), None)),
            author_count=self._count(),
            organisation=self._scalar("organisation") if self._is_document else None,
            status=self._status(),
            other_version=self._scalar("otherversion") if self._is_document else None,
            published=first_date(map(self._scalar, _DATES)),
            url=self._scalar(*_URLS),
            repairs=_names(self._values.get("repairs") if self._is_document else None),
        )

    @property
    def of_a_page(self) -> tuple[str, ...]:
        """Which texts may hold the markup of one: of abstracts those of Europe PMC."""
        others = ("title", "venue", "authors")
        return (*others, "abstract") if "abstracttext" in self._values else others

    def _scalar(self, *keys: str) -> str | None:
        """The first of some fields that holds a text or a number, as text."""
        for key in keys:
            value = self._values.get(key)
            if type(value) in _SCALARS:
                return one_line(cell_text(value)) or None
        return None

    def _status(self) -> str | None:
        status = self._scalar("status")
        return status if self._is_document and status in STATUSES else None

    def _count(self) -> int | None:
        count = self._values.get("authorcount")
        return count if type(count) is int and count > 0 else None

    def _text(self, *keys: str) -> str | None:
        for key in keys:
            value = self._values.get(key)
            if isinstance(value, str):
                if value.strip():
                    return value
            elif value is not None:
                kind = KINDS.get(type(value), type(value).__name__)
                raise _Unusable(f"its “{key}” is {kind}, not text")
        return None


@lru_cache(maxsize=1024)
def _spelled(key: str) -> str:
    return re.sub(r"[_\-\s]", "", key).lower()


def _names(value: Any) -> tuple[str, ...]:
    """Names in a list of texts or of objects, or in one text."""
    return split_names(value) if isinstance(value, str) else names_in_parts(value)


FORMAT = InputFormat(
    about="objects with an “abstract” (or “summary”)",
    recognises=lambda head: re.match(r"\s*(?:\[\s*)?\{\s*(?:\"|\})", decoded(head)) is not None,
    entries=_entries,
    errors="surrogateescape",
)
