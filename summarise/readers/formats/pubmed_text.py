"""PubMed's “Abstract (text)”, as saved or copied: numbered entries of blocks with blank lines.

Of an entry the blocks are, in order: where it was published, the title, the authors, where they
work, the abstract by sections, the copyright, the identifiers, what its authors declare. The first
two are always there; the rest is told by how it opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.entry import LARGEST, Entry, normalise_doi, one_line, skipped, to_date
from summarise.readers.signs import head_of, holds
from summarise.readers.source import Source

_CITATION = r"[0-9]{1,6}\. [^.]{2,120}\. [12][0-9]{3}\b[^;]{0,30}[;.:]"
_IS_PUBMED = holds(r"PMID: ?[0-9]{1,9}\b", _CITATION)
_CITED = re.compile(_CITATION)
_OPENS = re.compile(r"([0-9]{1,6})\. (?=\S)")
_WHERE = re.compile(r"([^;:]{2,200}?)\. ([12][0-9]{3}(?: [A-Z][a-z]{2}[^;:.]{0,20})?)(?=[;:. ]|\Z)")
_CITED_DOI = re.compile(r"\bdoi: ?(10\.[^\s;]+)", re.IGNORECASE)
_AUTHOR = re.compile(
    r"[^\W\d_][\w'’.\- ]{0,60} [A-Z]{1,4}(?: (?:Jr|Sr|[1-9](?:st|nd|rd|th)))?"
    r"(?:\([\d#*]{1,3}\)|[#*])*"
)
_MARKS = re.compile(r"(?:\([0-9#*]{1,3}\)|[#*]){1,20}$")
_NOTICE = re.compile(
    r"(?:comment|erratum|update|retraction|expression of concern|corrected and republished"
    r"|republished|original report|summary for patients|reprint)s? (?:in|on|of|for|from)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"author information:|collaborators?(?: \([0-9]+\))?:|conflict of interest statement"
    r"|(?:copyright )?(?:©|\(c\) ?[12])|copyright [12][0-9]{3}|published by \S[^.]{1,80}\.\Z"
    r"|\[(?:article|comment|no authors|indexed)",
    re.IGNORECASE,
)
_ID = re.compile(r"(DOI|PMID|PMCID): ?(\S+)")


@dataclass(slots=True)
class _Blocks:
    """The lines of an entry, by blocks."""

    line: int
    number: int
    blocks: list[list[str]] = field(default_factory=list)
    size: int = 0
    is_identified: bool = False
    """Whether the block of its identifiers, the last one that matters, was read."""

    def take(self, text: str, *, opens_block: bool) -> None:
        self.size += len(text)
        if self.size > LARGEST:
            return
        if opens_block or not self.blocks:
            self.blocks.append([])
        self.blocks[-1].append(text)
        self.is_identified = self.is_identified or text.startswith("PMID:")


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    entry: _Blocks | None = None
    is_below_blank = True
    for number, line in enumerate(source.lines(), 1):
        text = line.strip(" \t\r\n\f\ufeff\u200b")
        start = _start(text, entry) if is_below_blank or entry is None else None
        if start is not None:
            if entry:
                yield _to_entry(entry, source.name)
            entry = _Blocks(number, start)
            text = text.partition(". ")[2]
        if entry and text:
            entry.take(text, opens_block=is_below_blank)
        is_below_blank = not text
    if entry:
        yield _to_entry(entry, source.name)


def _start(text: str, above: _Blocks | None) -> int | None:
    """The number with which a line opens an entry, rather than an item of the abstract above."""
    found = _OPENS.match(text)
    if found is None:
        return None
    is_cited = _CITED.match(text) is not None
    follows = above is not None and int(found[1]) == above.number + 1
    opens = is_cited if above is None else above.is_identified or (follows and is_cited)
    return int(found[1]) if opens else None


def _to_entry(entry: _Blocks, name: str) -> Entry | Skipped:
    if entry.size > LARGEST:
        return skipped(name, entry.line, f"the entry is longer than {LARGEST >> 20} MB")
    where, title, *rest = [one_line(" ".join(block)) for block in entry.blocks] + [""]
    blocks = entry.blocks[2:]
    cited, where_doi = _WHERE.match(where), _CITED_DOI.search(where)
    told = [_ID.match(line) for block in blocks for line in block]
    ids = {found[1]: found[2] for found in told if found}
    authors: tuple[str, ...] = ()
    paragraphs: list[str] = []
    for block, text in zip(blocks, rest, strict=False):
        if _ID.match(text):
            break
        if _ASIDE.match(text) or _NOTICE.fullmatch(block[0]):
            continue
        if not (authors or paragraphs) and (authors := _authors(text)):
            continue
        paragraphs.append(text)
    numbers = dict.fromkeys(found[2] for found in told if found and found[1] == "PMID")
    held = f"it holds {len(numbers)} PMIDs: the first line of another entry may be lost above it"
    return Entry(
        name,
        entry.line,
        title=title,
        abstract="\n\n".join(paragraphs),
        doi=normalise_doi(ids.get("DOI")) or (where_doi and where_doi[1].rstrip(".")) or None,
        pmid=ids.get("PMID"),
        venue=cited[1] if cited else None,
        authors=authors,
        published=to_date(cited[2]) if cited else None,
        repairs=(held,) if len(numbers) > 1 else (),
    )


def _authors(text: str) -> tuple[str, ...]:
    """The names in a block, if it is one of names: “Roe A(1), Doe JB(2); Net Group.”."""
    people, *groups = text.removesuffix(".").split(";")
    names = [name.strip() for name in people.split(",")]
    if 2 * sum(_AUTHOR.fullmatch(name) is not None for name in names) <= len(names):
        return ()
    return tuple(filter(None, (_MARKS.sub("", name.strip()).strip() for name in [*names, *groups])))


FORMAT = InputFormat(
    about="numbered entries with a citation, a title, an abstract and a PMID",
    recognises=lambda head: _IS_PUBMED(head_of(head)),
    entries=_entries,
)
