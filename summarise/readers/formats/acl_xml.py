"""XML of the ACL Anthology: a collection of volumes, each with its papers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.elements import CutElement, local_name, plain, read_elements
from summarise.readers.entry import ACL_ID, Entry, to_date
from summarise.readers.signs import all_of, contains, head_of, is_xml, one_of, opens
from summarise.readers.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ROOT = r"<(?:collection|volume)\s[^<>]{0,400}\bid="
_IS_ACL = one_of(opens(_ROOT), all_of(is_xml, contains(_ROOT)))
_PAGES = "https://aclanthology.org/"


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    volume = _Volume()
    for found in read_elements(source, ("meta", "paper"), heads=("collection", "volume")):
        if isinstance(found, Skipped):
            yield found
        elif local_name(found.element) == "paper":
            yield volume.paper(found, source.name)
        else:
            volume.take(found.element)


class _Volume:
    """What the papers of a volume share, as far as it was read."""

    def __init__(self) -> None:
        self._collection = self._number = ""
        self._venue: str | None = None
        self._date: str | None = None

    def take(self, element: Element) -> None:
        """Read the start of a collection or a volume, or what a volume says of itself."""
        match local_name(element):
            case "collection":
                self._collection, self._number = element.get("id", ""), ""
            case "volume":
                self._number, self._venue, self._date = element.get("id", ""), None, None
            case _:
                self._venue = plain(element.find("booktitle")) or None
                self._date = _date(element)

    def paper(self, found: CutElement, name: str) -> Entry:
        paper = found.element
        acl, address = self._id(paper), plain(paper.find("url"))
        return Entry(
            name,
            found.line,
            title=plain(paper.find("title")),
            abstract=plain(paper.find("abstract")),
            doi=plain(paper.find("doi")) or None,
            acl=acl,
            venue=self._venue,
            pages=plain(paper.find("pages")) or None,
            language=plain(paper.find("language")) or None,
            citation_key=plain(paper.find("bibkey")) or None,
            authors=tuple(filter(None, map(_name, paper.iterfind("author")))),
            published=_date(paper) or self._date,
            url=address if "://" in address else f"{_PAGES}{acl}/" if acl else None,
            repairs=found.repairs,
        )

    def _id(self, paper: Element) -> str | None:
        """As its address says, or made of the numbers of collection, volume and paper."""
        address, number = plain(paper.find("url")), paper.get("id", "")
        if ACL_ID.fullmatch(address):
            return address
        if not (self._collection and self._number and number.isdecimal()):
            return None
        if "." in self._collection:
            return f"{self._collection}-{self._number}.{number}"
        width = 4 - len(self._number)
        return f"{self._collection}-{self._number}{int(number):0{width}}"


def _name(author: Element) -> str:
    last, first = plain(author.find("last")), plain(author.find("first"))
    return ", ".join(filter(None, (last, first))) or plain(author)


def _date(element: Element) -> str | None:
    parts = [plain(element.find(name)) for name in ("year", "month")]
    return to_date(" ".join(filter(None, parts))) if parts[0] else None


FORMAT = InputFormat(
    about="paper elements of a volume, with an abstract",
    recognises=lambda head: _IS_ACL(head_of(head)),
    entries=_entries,
    errors="surrogateescape",
)
