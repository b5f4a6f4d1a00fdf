r"""BibTeX and BibLaTeX into entries with fields: cut at each line that begins with ``@``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from summarise.readers.entry import MONTHS, one_line

_LONGEST = 1 << 20
"""Characters of the longest entry, and of a value with its abbreviations replaced."""
# They may be made of each other, and so grow without bound.
_LONGEST_MACRO, _MOST_MACROS = 2_000, 10_000
_OPENS = re.compile(r"[ \t\ufeff]*@\s*(\w[\w:+-]*)\s*(?:[{(]|$)")
_TYPE = re.compile(
    r"article|(?:in)?(?:book|proceedings|collection)|booklet|conference|manual|misc|unpublished|online"
    r"|(?:masters|phd)?thesis|(?:tech)?report|string|comment|preamble|dataset|software",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\s*@\s*(?P<kind>\w[\w:+-]*)\s*[{(]")
# Below the beginning of a line, with its key: it may be prose.
_FURTHER = re.compile(r"@(?P<kind>\w+)\s*[{(](?=\s*+[^\s,{}()=]*\s*,)")
_COMMENTED = re.compile(r"[^\S\n]*%")
# It may hold brackets, as old DOIs do.
_KEY = re.compile(r"\s*+([^,={}\"]*+),|\s*([^,={}()\"\s]+)\s*(?=[)}])")
# Between fields, Biber takes the rest of a line behind % for a comment.
_BETWEEN = r"(?:[\s,;]|%[^\n]*(?:\n|$))*"
_FIELD = re.compile(rf"{_BETWEEN}([^\W\d][\w:.+/*-]*(?: [\w-]+){{0,3}})\s*=\s*")
_ANY_FIELD = re.compile(r"[\s,;]*([^\s={},;\"](?:[^\n={},\"]*[^\s={},\"])?)\s*=\s*")
_CLOSING = re.compile(rf"{_BETWEEN}[)}}]")
# Most values; nothing of them has to be looked at.
_PLAIN = re.compile(r"\{([^{}]*)\}(?=,)")
_JOINED = re.compile(r"\s*#\s*")
_BARE = re.compile(r"[^\s,{}()\"#=%]+")
_BRACE = re.compile(r"[{}]")
# A quotation mark that stands before anything else is one of the text.
_AFTER_QUOTE = re.compile(r"\s*(?:[,#})]|$)|\s+[\w-]+\s*=\s*[{\"\w]")
_QUOTE = re.compile(r"[{}\"]")
_NAMES = (
    "abstract|author|booktitle|date|doi|editor|eprint|file|isbn|issn|journal|journaltitle|keywords"
    "|language|month|note|number|pages|publisher|title|url|volume|year"
)
_HOLDS_FIELD = re.compile(rf"[\s,](?:{_NAMES})\s*=\s*[{{\"]", re.IGNORECASE)
_LEFT_OVER = re.compile(rf"[\s}}]*+(?:,\s*)?(?:{_NAMES})\s*=\s*[{{\"\w]", re.IGNORECASE)
# A field between entries, on a line that isn't commented out.
_LOST = re.compile(r"^[ \t]*((?:title|author|abstract)\s*=\s*[{\"].*)", re.I | re.M)
_SURPLUS = re.compile(r"\s*\}(?=\s*,\s*[^\W\d][\w-]*\s*=)")
_ESCAPED = "\ufdda\ufddb"
"""What stands for escaped braces where they don't count; no text has these."""

Fields = dict[str, str]


class _DamagedEntry(Exception):
    """An entry can't be told from what is around it."""


class Piece(NamedTuple):
    """The text from one line with an ``@`` to the next, with the number of its first line."""

    text: str
    line: int
    is_cut: bool = False
    """Whether more of it was dropped than can be one entry."""


@dataclass(slots=True)
class BibEntry:
    """An entry with its fields as they are written."""

    key: str
    fields: Fields
    repairs: list[str] = field(default_factory=list)


def pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """The text of each entry, abbreviation or comment, and what stands above the first one."""
    parts: list[str] = []
    first, held, number = 1, 0, 0
    for number, line in enumerate(lines, 1):
        found = _OPENS.match(line) if "@" in line else None
        # A type alone begins an entry where it is one that is in use.
        if found and (line[found.end() - 1] in "{(" or _TYPE.fullmatch(found[1])):
            if parts:
                yield Piece("".join(parts), first, held > _LONGEST)
            parts, first, held = [], number, 0
        held += len(line)
        if held <= _LONGEST:
            parts.append(line)
    if parts or held:
        yield Piece("".join(parts), first, held > _LONGEST)


def read_piece(piece: Piece, macros: dict[str, str]) -> Iterator[tuple[int, BibEntry | str]]:
    """The entries of a piece with their lines, or what is wrong with one.

    Abbreviations that it defines are added to ``macros``.
    """
    text = piece.text
    if piece.is_cut and "@" in text:
        yield piece.line, f"is longer than {_LONGEST:,} characters, as no entry is; close it"
        return
    line, counted, position = piece.line, 0, 0
    found = _FIRST.match(text) or _FURTHER.search(text)
    while found:
        start, kind = found.start("kind"), found["kind"].lower()
        yield from _lost(piece, position, start)
        line, counted = line + text.count("\n", counted, start), start
        try:
            if _COMMENTED.match(text, text.rfind("\n", 0, start) + 1):
                position = start
            elif kind in {"comment", "preamble"}:
                position = _end(text, found.end(), quoted=False) + 1
            elif kind == "string":
                position = _define(text, found.end(), macros)
            else:
                entry, position = _by_braces(text, found.end(), macros)
                yield line, entry
        except _DamagedEntry as fault:
            if kind not in {"comment", "preamble", "string"}:
                yield line, _past_escapes(text[found.end() :], macros) or str(fault)
            return
        found = _FURTHER.search(text, position)
    yield from _lost(piece, position, len(text))


def _lost(piece: Piece, start: int, end: int) -> Iterator[tuple[int, str]]:
    """What is wrong where a field stands beside the entries of a piece."""
    if lost := _LOST.search(piece.text, start, end):
        line = piece.line + piece.text.count("\n", 0, lost.start(1))
        told = one_line(lost[1])[:40]
        yield line, f"belongs to no entry, and looks like one: “{told}…”; mend its first line"


def _define(text: str, start: int, macros: dict[str, str]) -> int:
    found = _FIELD.match(text, start)
    if found is None:
        return start
    value, position = _value(text, found.end(), macros, [])
    if len(value) <= _LONGEST_MACRO and len(macros) < _MOST_MACROS:
        macros[found[1].lower()] = value
    return position


def _by_braces(
    text: str, start: int, macros: Mapping[str, str], form: re.Pattern[str] = _FIELD
) -> tuple[BibEntry, int]:
    """An entry from behind its first brace, and where it ends; commas may be missing."""
    key = _KEY.match(text, start)
    position = key.end() if key else start
    repairs: list[str] = []
    pairs: list[tuple[str, str]] = []
    while found := form.match(text, position):
        if pairs and "," not in text[position : found.start(1)]:
            repairs.append(f"a comma is missing before “{found[1]}”")
        start = found.end()
        if plain := _PLAIN.match(text, start):
            pairs.append((found[1], plain[1]))
            position = plain.end()
            continue
        value, position = _value(text, start, macros, repairs)
        pairs.append((found[1], value))
        if surplus := _SURPLUS.match(text, position):
            repairs.append(f"a brace too many after “{found[1]}”")
            position = surplus.end()
    if closing := _CLOSING.match(text, position):
        position = closing.end()
    elif rest := one_line(text[position:]).strip(", "):
        raise _DamagedEntry(f"is damaged at “{rest[:40]}”; mend it there")
    else:
        repairs.append("its closing brace is missing")
    if behind := _LEFT_OVER.match(text, position):
        raise _DamagedEntry(f"is closed before “{one_line(behind[0]).lstrip('}, ')[:40]}”; mend it")
    name = (key[1] or "").rstrip() if key else ""
    return _checked(BibEntry(name, _unique(pairs, repairs), repairs)), position


def _past_escapes(body: str, macros: Mapping[str, str]) -> BibEntry | None:
    r"""An entry from behind its first brace, where it is whole if ``\{`` and ``\}`` don't count."""
    hidden = body.replace(r"\{", _ESCAPED[0]).replace(r"\}", _ESCAPED[1])
    try:
        entry, end = _by_braces(hidden, 0, macros, _ANY_FIELD)
    except _DamagedEntry:
        return None
    if hidden[end:].strip():
        return None

    def shown(text: str) -> str:
        return text.replace(_ESCAPED[0], r"\{").replace(_ESCAPED[1], r"\}")

    fields = {shown(name): shown(text) for name, text in entry.fields.items()}
    told = "its braces don't match; escaped ones were not counted"
    return BibEntry(shown(entry.key), fields, [told, *map(shown, entry.repairs)])


def _unique(pairs: list[tuple[str, str]], repairs: list[str]) -> Fields:
    """Fields by name in lower case; of two the first that holds something, as BibTeX has it."""
    fields: Fields = {}
    for name, value in pairs:
        key = name.strip().lower()
        if not fields.get(key):
            fields[key] = value
        elif value.strip() and one_line(value) != one_line(fields[key]):
            repairs.append(f"of several fields “{key}” the first was taken")
    return fields


def _checked(raw: BibEntry) -> BibEntry:
    for name in ("title", "abstract", "author"):
        text = raw.fields.get(name, "")
        if "=" in text and (found := _HOLDS_FIELD.search(text)):
            inner = one_line(found[0]).strip(", ")
            raise _DamagedEntry(f"its “{name}” isn't closed before “{inner}”; close it")
    return raw


def _value(text: str, start: int, macros: Mapping[str, str], repairs: list[str]) -> tuple[str, int]:
    """A value with its parts joined and its abbreviations replaced, and where it ends."""
    parts: list[str] = []
    position, length = start, 0
    while True:
        part, position = _part(text, position, macros, repairs)
        parts.append(part)
        length += len(part)
        if length > _LONGEST:
            raise _DamagedEntry(f"a value is longer than {_LONGEST:,} characters")
        joined = _JOINED.match(text, position)
        if not joined:
            return "".join(parts), position
        position = joined.end()


def _part(text: str, start: int, macros: Mapping[str, str], repairs: list[str]) -> tuple[str, int]:
    opened = text[start : start + 1]
    if opened in {"{", '"'}:
        end = _end(text, start + 1, quoted=opened == '"', repairs=repairs)
        return text[start + 1 : end], end + 1
    found = _BARE.match(text, start)
    if found is None:
        if text[start : start + 1] == ",":
            return "", start
        raise _DamagedEntry(f"has a field without a value at “{one_line(text[start:])[:40]}”")
    word = found[0]
    if word.isdigit() or word.lower() in MONTHS:
        return word, found.end()
    if word.lower() not in macros:
        repairs.append(f"the abbreviation “{word}” isn't defined; it stands for itself")
    return macros.get(word.lower(), word), found.end()


def _end(text: str, start: int, *, quoted: bool, repairs: list[str] | None = None) -> int:
    """Where the brace or quotation mark stands that closes a value."""
    depth = 0
    for found in (_QUOTE if quoted else _BRACE).finditer(text, start):
        if found[0] == "{":
            depth += 1
        elif found[0] == '"':
            if depth == 0 and _AFTER_QUOTE.match(text, found.end()):
                return found.start()
            if depth == 0 and repairs is not None:
                repairs.append("quotation marks stand inside of a value in quotation marks")
        elif depth == 0 and not quoted:
            return found.start()
        else:
            depth -= 1
    where = one_line(text[start : start + 80])[:40]
    raise _DamagedEntry(f"has a value that isn't closed: “{where}…”; close it with a brace")
