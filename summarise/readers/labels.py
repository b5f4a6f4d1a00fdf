"""Labels at line starts (``Title:``, ``Abstract:``, ``DOI:``), and the entry that they make.

Labels of metadata are read above the abstract, and where the whole file is labelled, below it too.
What stands above an abstract's label without one of its own belongs to no field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from summarise.readers.blocks import Line
from summarise.readers.dates import to_edtf
from summarise.readers.entry import Entry, normalise_arxiv, normalise_doi, split_names

TITLE = "title"
"""Label of a title, as ``label_of`` gives it."""

ABSTRACT = "abstract"
"""Label of an abstract, as ``label_of`` gives it."""

_LABEL = re.compile(
    r"[#>*_\s]*(title|abstract|authors?|date|year|published|doi|arxiv(?: id)?|id|url|link|keywords?"
    r"|journal|venue)[*_]*\s*[:：][*_]*\s*",
    re.IGNORECASE,
)
# Alone on its line, in bold, or as journals print it: “Abstract—We”, “Abstract. We”.
_ABSTRACT_LABEL = re.compile(
    r"[#>*_\s]*abstract(?:[*_]*\s*[:：.—–]+[*_]*\s*|[*_]+\s*|[*_\s#]*\Z)", re.IGNORECASE
)


# Bounded: each bracket of a text could open one.
_LINK = re.compile(r"\[([^\]]{1,400})\]\((https?://[^)\s]{1,500})\)")


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one entry.

    Attributes:
        lines: All but those of the title.
        title: Where the layout gave one.
        line: Number of its first line.
        labelled: Whether the whole file is labelled.
    """

    lines: list[Line]
    title: str | None
    line: int
    labelled: bool = False


def label_of(line: Line) -> str | None:
    """The label that a line starts with, in lower case."""
    if _ABSTRACT_LABEL.match(line.text):
        return ABSTRACT
    found = _LABEL.match(line.text)
    return found[1].lower() if found else None


def _value(line: Line) -> str:
    """What stands after the label of a line."""
    found = _ABSTRACT_LABEL.match(line.text) or _LABEL.match(line.text)
    return line.text[found.end() :].strip("*_ ") if found else line.text


def is_abstract_label(text: str) -> bool:
    """Whether a text says nothing but “Abstract”."""
    return _ABSTRACT_LABEL.fullmatch(text) is not None


def to_entry(part: Part, text: str, name: str) -> Entry:
    """Read the labels of a part; the rest is the abstract.

    Args:
        part: Lines of ``text``.
        text: The whole source.
        name: Name of the source.
    """
    walk = _Walk(Entry(name, part.line), part)
    for line in part.lines:
        walk.take(line)
    entry = walk.entry
    title, url = _unlinked(" ".join(walk.title) or part.title or "")
    abstract = text[walk.start : walk.end]
    return replace(entry, title=title or None, abstract=abstract, url=entry.url or url)


def _unlinked(title: str) -> tuple[str, str | None]:
    """A title without Markdown's marks, and the address that it links to."""
    found = _LINK.search(title)
    title = _LINK.sub(r"\1", title)
    if label := _LABEL.match(title):
        title = title[label.end() :] if label[1].lower() == TITLE else title
    if title[:2] in {"**", "__"} and title[:2] == title[-2:]:
        title = title[2:-2]
    return title.strip(), found[2] if found else None


class _Walk:
    """One pass over the lines of an entry: labels first, then the abstract."""

    def __init__(self, entry: Entry, part: Part) -> None:
        self.entry = entry
        self.title: list[str] = []
        self.start = self.end = 0
        self._labelled = part.labelled
        self._waits = any(label_of(line) == ABSTRACT for line in part.lines)
        self._label: str | None = None

    def take(self, line: Line) -> None:
        """Read the next line."""
        label = label_of(line)
        began = self.end > 0
        if label == ABSTRACT and not began:
            self._begin(line)
        elif label and (not began or self._labelled):
            self._label = label
            self._set(label, _value(line))
        elif self._label == TITLE and not line.after_blank and not began:
            self.title.append(line.text)
        elif self._label == ABSTRACT or not (began or self._waits):
            self._extend(line)

    def _begin(self, line: Line) -> None:
        self._label, self._waits = ABSTRACT, False
        found = _ABSTRACT_LABEL.match(line.text)
        if found and found.end() < len(line.text):
            self.start, self.end = line.start + found.end(), line.end

    def _extend(self, line: Line) -> None:
        self._label = ABSTRACT
        self.start = self.start if self.end else line.start
        self.end = line.end

    def _set(self, label: str, value: str) -> None:
        if not value:
            return
        match label:
            case "title":
                self.title = [value]
            case "author" | "authors":
                self.entry = replace(self.entry, authors=split_names(value))
            case "date" | "year" | "published":
                self.entry = replace(self.entry, published=to_edtf(value))
            case "doi" if normalise_doi(value):
                self.entry = replace(self.entry, doi=value)
            case "arxiv" | "arxiv id" if normalise_arxiv(value):
                self.entry = replace(self.entry, arxiv=value)
            case "id":
                self.entry = replace(self.entry, given_id=value)
            case "url" | "link":
                self.entry = replace(self.entry, url=value)
