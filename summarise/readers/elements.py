"""Elements of an XML export, cut out of a stream and parsed one at a time.

A parser ends at the first fault, and all below it would be lost; so each element is cut out by its
tags first, and a fault costs it alone. What is cut out is foreign: no entity is resolved, nothing
is fetched, and depth and size are bounded by the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from html.entities import html5
from sys import maxunicode
from typing import TYPE_CHECKING, NamedTuple

from summarise.characters import RAISED
from summarise.models import Skipped
from summarise.readers.entry import LARGEST, Entry, one_line, skipped
from summarise.readers.fields import cleaned, undecoded
from summarise.readers.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NAMESPACE = re.compile(
    r"""\s(xmlns(?::(?!xml)[A-Za-z_][A-Za-z0-9_.-]{0,40})?=(?:"[!-~]{1,400}?"|'[!-~]{1,400}?'))"""
)
_NOT_IN_VALUES = re.compile("[<&]")
_ROOTS = 50
"""Lines at the start in which the namespaces of the whole file are declared."""
_MOST_NAMESPACES = 100  # of a file: whatever is parsed is parsed with all of them
# What is text as it stands; a reference; and signs that open nothing.
_SIGN = re.compile(
    r"<!(?:\[CDATA\[.*?(?:\]\]>|\Z)|--.*?(?:-->|\Z))"
    r"|&(?:([^\W\d][\w.-]{0,63};)|\#([0-9]{1,7}|x[0-9A-Fa-f]{1,6});)?"
    r"|<(?=[\s0-9=<>&.,;()+*$%~-]|\Z)",
    re.DOTALL,
)
_OWN_ENTITIES = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_ILLEGAL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PLACE = re.compile(r"(?: line [0-9]+(?: and \S+)?)?, line [0-9]+, column [0-9]+.*\Z", re.DOTALL)


class CutElement(NamedTuple):
    """An element of a source, the line on which it starts, and what of it was repaired."""

    line: int
    element: Element
    repairs: tuple[str, ...]


class _Piece(NamedTuple):
    line: int
    text: str
    fault: str | None = None


def read_elements(
    source: Source, names: Iterable[str], heads: Iterable[str] = ()
) -> Iterator[CutElement | Skipped]:
    """Each element of some names, none of which holds another, or what is wrong with it.

    Of ``heads``, in which the others may stand, only start tags are given.
    """
    yield from elements_of(source.lines(), source.name, names, heads)


def elements_of(
    lines: Iterable[str], name: str, names: Iterable[str], heads: Iterable[str] = ()
) -> Iterator[CutElement | Skipped]:
    """As ``read_elements``, of the lines of a text that some source holds."""
    parse = _Parser()
    for piece in _pieces(parse.heard(lines), frozenset(names), frozenset(heads)):
        found = piece.fault or parse(piece)
        yield skipped(name, piece.line, found) if isinstance(found, str) else found


def to_entries(
    found: Iterable[CutElement | Skipped],
    name: str,
    to_entry: Callable[[CutElement, str], Entry | Skipped],
) -> Iterator[Entry | Skipped]:
    """The elements of a source as entries, cleaned."""
    for one in found:
        entry = one if isinstance(one, Skipped) else to_entry(one, name)
        yield entry if isinstance(entry, Skipped) else cleaned(entry)


def _pieces(lines: Iterable[str], names: frozenset[str], heads: frozenset[str]) -> Iterator[_Piece]:
    """The text of each element, cut out by its start and end tag."""
    wanted = "|".join(sorted(names | heads, key=len, reverse=True))
    tag = re.compile(rf"<(/?)(?:[A-Za-z][\w.-]{{0,40}}:)?({wanted})(?=[\s/>])[^<>]{{0,999}}>?")
    cut = _OpenElement()
    for number, line in enumerate(lines, 1):
        at = 0
        for found in tag.finditer(line):
            closes, name = found.groups()
            if closes and name == cut.name:
                yield cut.closed(line[at : found.end()])
                at = found.end()
            elif closes and name in names and cut.name is None:
                yield _Piece(number, "", f"starts without <{name}>, so that nothing of it was read")
            elif not closes and name in heads and cut.name is None:
                yield _Piece(number, found[0].rstrip("/>") + "/>")
            elif not closes and name in names:
                if cut.name is not None:
                    yield cut.broken("isn't closed before the next one starts")
                cut, at = _OpenElement(name, number), found.start()
                if found[0].endswith("/>"):
                    yield cut.closed(found[0])
                    at = found.end()
        cut.add(line[at:])
    if cut.name is not None:
        yield cut.broken("isn't closed; the file may have been cut short")


class _OpenElement:
    """The element that is open, if any, as far as it was read."""

    def __init__(self, name: str | None = None, line: int = 0) -> None:
        self.name = name
        self._line = line
        self._parts: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        self._size += len(text) if self.name else 0
        if self.name and self._size <= LARGEST:
            self._parts.append(text)

    def closed(self, text: str) -> _Piece:
        """Its whole text, and none is open then."""
        self.add(text)
        self.name = None
        if self._size > LARGEST:
            return _Piece(self._line, "", f"the entry is longer than {LARGEST >> 20} MB")
        return _Piece(self._line, "".join(self._parts))

    def broken(self, what: str) -> _Piece:
        return _Piece(self._line, "", f"<{self.name}> {what}")


class _Parser:
    """Parses one piece at a time, by the namespaces that its file declares at the start."""

    def __init__(self) -> None:
        from lxml import etree  # noqa: PLC0415 - whoever reads no XML doesn't pay for it

        self._etree = etree
        self._parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._namespaces: dict[str, str] = {}

    def heard(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines of the file, looked through for namespaces on their way."""
        for number, line in enumerate(lines):
            if number < _ROOTS:
                for found in _NAMESPACE.findall(line[:LARGEST]):
                    has_room = len(self._namespaces) < _MOST_NAMESPACES
                    if has_room and not _NOT_IN_VALUES.search(found):
                        self._namespaces.setdefault(found.partition("=")[0], f" {found}")
            yield line

    def __call__(self, piece: _Piece) -> str | CutElement:
        """What is wrong with a piece, or the element that it is."""
        text, repairs = piece.text, []
        if byte := undecoded(text):
            code = ord(byte[0]) - 0xDC00
            return f"it isn't UTF-8: byte 0x{code:02x}; convert the file to UTF-8"
        if _ILLEGAL.search(text):
            text = _ILLEGAL.sub("", text)
            repairs.append("control characters are left out")
        signs = _Signs()
        text = _SIGN.sub(signs.mended, text)
        repairs += signs.told.values()
        wrapped = f"<r{''.join(self._namespaces.values())}>{text}</r>".encode()
        try:
            root = self._etree.fromstring(wrapped, self._parser)
        except self._etree.XMLSyntaxError as error:
            line, column = error.position
            what = one_line(_PLACE.sub("", error.msg or "")) or "it can't be parsed"
            where = f"line {piece.line + line - 1}, column {column}"
            return f"broken XML at {where}: {what[0].lower()}{what[1:]}"
        return CutElement(piece.line, root[0], tuple(repairs))


class _Signs:
    """Mends the signs of a piece; ``told`` is what was mended, by its kind."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}

    def mended(self, sign: re.Match[str]) -> str:
        """A sign as XML has it: an entity of HTML is its character, what opens nothing is text."""
        name, number = sign.groups()
        if name in html5 and name not in _OWN_ENTITIES:
            self.told.setdefault("entity", f"&{name} isn't declared; read as in HTML")
            return escape(html5[name])
        # A name that nobody knows may be declared, and what it stands for is not guessed.
        if sign[0].startswith("<!") or name or (number and _is_character(number)):
            return sign[0]
        self.told.setdefault("sign", "“&” or “<” that opens nothing is read as text")
        return escape(sign[0])


def _is_character(number: str) -> bool:
    """Whether a reference is to a character that XML can hold."""
    code = int(number[1:], 16) if number.startswith("x") else int(number)
    is_half = 0xD800 <= code < 0xE000
    return 0 < code <= maxunicode and not is_half and not _ILLEGAL.match(chr(code))


_RAISED = RAISED | str.maketrans("=()ni", "⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−–=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₒₓ")
# Of styles those of EndNote.
_SHIFTS = {"sup": _RAISED, "sub": _LOWERED, "superscript": _RAISED, "subscript": _LOWERED}


def plain(element: Element | None) -> str:
    """The text of an element on one line, without its markup.

    What is raised or lowered stays so where there are characters for it: 10<sup>7</sup> isn't 107.
    """
    return "" if element is None else one_line("".join(_texts(element)))


def texts_at(element: Element, *places: str) -> Iterator[str]:
    """The texts of all at one place in an element, then of those at the next; none is empty."""
    return filter(None, (plain(one) for place in places for one in element.iterfind(place)))


def _texts(element: Element) -> Iterator[str]:
    """The text of an element, and what stands in and behind those in it; depth is the parser's."""
    name = local_name(element)
    shift = _SHIFTS.get(element.get("face", "") if name == "style" else name)
    own = element.text or ""
    if shift and len(element) == 0 and all(ord(one) in shift for one in own.strip()):
        own = own.strip().translate(shift)
    formula = "$" if name == "tex-math" else ""
    yield formula + own
    for inner in element:
        if isinstance(inner.tag, str):
            yield from _texts(inner)
        yield inner.tail or ""
    yield formula


def local_name(element: Element) -> str:
    """The name of an element, whatever its namespace."""
    return str(element.tag).rpartition("}")[2]
