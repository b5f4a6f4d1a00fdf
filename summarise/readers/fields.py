"""What several formats write alike: names and dates in parts, ids in notes, tags, other bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from summarise.characters import listed, unmarked
from summarise.readers.abstracts import OF_ABSTRACTS, Mend
from summarise.readers.entry import (
    Entry,
    first_date,
    normalise_arxiv,
    normalise_doi,
    one_line,
    to_date,
    to_edtf,
)

NOT_UTF8 = re.compile("[\udc80-\udcff]")
"""A byte that isn't UTF-8."""
_MANY_BYTES = re.compile("[\udc80-\udcff]{3}")
# Letters of another encoding, which Windows-1252 has as signs: “żó³ty”.
_SIGN_IN_WORD = re.compile(r"[^\W\d_][¡-©«-´¶-¹»-¿×÷][^\W\d_]")
_ENOUGH_BYTES = 12
"""Bytes of another encoding from which it can be told."""
OTHER_BYTES = "isn't UTF-8; convert the file to it, e.g. iconv -f WINDOWS-1251 -t UTF-8 FILE"

_NOTED = re.compile(r"^[^\S\n]*([A-Za-z][A-Za-z ]{1,20}):\s*(\S.*)", re.MULTILINE)
_ARXIV_NOTED = re.compile(r"arxiv:\s*(\S+)", re.IGNORECASE)
_NOTES = {name: name for name in ("pmid", "doi", "acl", "openalex")}
_NOTES |= {"citation key": "citation_key"}

SUMMARY_BEGINS = "Summary by summarise:"
"""What a note begins with, or goes on with, that a table of ours holds: nothing in it is an id."""

# What is left in a title of an element, and so can't be text there.
_LEFT_OVER = re.compile(r"</[^\W\d_][\w:.-]{0,30}\s?>")
_STRAY = re.compile(r"\w<[^\W\d_]{2}")
# UTF-8 that was read as Windows-1252 or Latin-1: “Ã¼”, “â€™”.
_LEADS = "ÂÃÄÅÆÎÏÐÑØÙâãäåæçèé"
_MOJIBAKE = re.compile(f"[{_LEADS}][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]")
_BROKEN = re.compile(r"(?<![\w-])([^\W\d_]{2,40})-\n[ \t]{0,9}([^\W\d_]{2,40})(?![\w-])")
_WORD = re.compile(r"(?<![\w-])[^\W\d_]{2,}(?:-[^\W\d_]{2,})?(?![\w-])")
_TEXTS = ("title", "abstract", "venue")
_BLANK = re.compile(r"\n\s*\n")


def without_tags(text: str) -> str:
    """A text without markup, in paragraphs; what is hidden from readers keeps its own."""
    paragraphs = _BLANK.split(unmarked(text, keeps_unseen=True))
    return "\n\n".join(filter(None, map(one_line, paragraphs)))


def cleaned(entry: Entry, *names: str) -> Entry:
    """An entry without the markup of a page, with letters and labels as they were before exports.

    What was changed is said. What may be damage is said, too: a “<” inside of a title's word. Where
    ``names`` are given, only those fields are cleaned.
    """
    texts = {name: getattr(entry, name) or "" for name in _TEXTS}
    texts["authors"] = "\0".join(entry.authors)
    texts = {name: texts[name] for name in names or texts}
    whole = "\0".join(texts.values())
    abstract = texts.get("abstract", "")
    needed = any(one.is_needed(abstract if one.only else whole) for one in _MENDS)
    if not needed and "<" not in whole:
        return entry
    told: list[str] = []
    changed: dict[str, str] = {}
    for one in _MENDS:
        mended = {
            name: new
            for name, text in texts.items()
            if one.only in {"", name} and one.is_needed(text) and (new := one.mend(text)) != text
        }
        if mended:
            told.append(f"its {listed(mended)} {one.what}")
            texts |= mended
            changed |= mended
    if "<" in texts.get("title", "") and _LEFT_OVER.search(texts["title"]):
        changed["title"] = texts["title"] = _LEFT_OVER.sub("", texts["title"])
        told.append("its title held a part of an element, which is left out")
    if "<" in texts.get("title", "") and (stray := _STRAY.search(texts["title"])):
        told.append(f"“{stray[0]}” in its title may be damage")
    if not told:
        return entry
    people = texts["authors"].split("\0") if "authors" in changed else entry.authors
    return replace(
        entry,
        title=changed.get("title", entry.title),
        abstract=changed.get("abstract", entry.abstract),
        venue=changed.get("venue", entry.venue),
        authors=tuple(filter(None, map(one_line, people))),
        repairs=(*entry.repairs, *told),
    )


_JOINED = "held words broken at the end of a line; they are joined"


def joined_words(entry: Entry) -> Entry:
    """A pasted entry with the words of its abstract joined that the ends of lines broke."""
    abstract = entry.abstract or ""
    if not _has_broken_words(abstract) or (new := _rejoined(abstract)) == abstract:
        return entry
    return replace(entry, abstract=new, repairs=(*entry.repairs, f"its abstract {_JOINED}"))


def _has_markup(text: str) -> bool:
    return ("<" in text or "&" in text) and unmarked(text, keeps_unseen=True) != text


def _unmarked(text: str) -> str:
    return "\0".join(map(without_tags, text.split("\0")))


def _is_mojibake(text: str) -> bool:
    # To look for each letter takes a fifth of the time of the pattern.
    if text.isascii() or not any(map(text.__contains__, _LEADS)):
        return False
    return _MOJIBAKE.search(text) is not None


def _decoded_once(text: str) -> str:
    from ftfy import fix_encoding  # noqa: PLC0415 - few texts need it

    return fix_encoding(text)


def _has_broken_words(text: str) -> bool:
    return "-\n" in text


# What most words end with or begin with that have a hyphen of their own.
_HYPHENED = re.compile(
    r"(?:all|art|co|cross|data|deep|double|end|few|fine|full|half|hand|high|human|inter|large|less"
    r"|long|low|meta|more|most|multi|non|off|one|open|out|post|pre|quasi|real|self|semi|short"
    r"|single|small|state|sub|task|three|time|two|user|water|well|zero)-.*"
    r"|.*-(?:agnostic|aligned|art|attention|augmented|aware|based|blind|centric|conditioned"
    r"|controlled|dependent|dimensional|domain|driven|effective|efficient|end|entropy|fidelity"
    r"|fold|free|grained|guided|head|independent|informed|invariant|label\w*|layer|level|like|modal"
    r"|model|oriented|order|quality|range|related|resolution|scale|score|shot|source|specific|stage"
    r"|standard|step|style|supervised|task|term|the|time|to|trained|training|tun\w+|wise|world)",
    re.IGNORECASE,
)
_SUSPENDED = frozenset(("and", "or", "und", "oder", "et", "ou", "y", "o"))
"""What stands behind the hyphen of "pre- and post-test"."""


def _rejoined(text: str) -> str:
    """Words that a line's end broke: as they stand elsewhere, or where many lines end so, whole."""
    words = set(_WORD.findall(text.casefold()))
    # What is wrapped at the hyphens that it has anyway has few lines that end in one.
    is_split = text.count("-\n") > 1 and 10 * text.count("-\n") > text.count("\n")

    def mended(found: re.Match[str]) -> str:
        whole, apart = f"{found[1]}{found[2]}", f"{found[1]}-{found[2]}"
        for word in (whole, apart):
            if word.casefold() in words:
                return word
        if not is_split or found[2] in _SUSPENDED:
            return found[0]
        keeps = not found[2].islower() or found[1][1:].lower() != found[1][1:]
        keeps = keeps or {found[1].casefold(), found[2].casefold()} <= words
        return apart if keeps or _HYPHENED.fullmatch(apart) else whole

    return _BROKEN.sub(mended, text)


def names_in_parts(people: Any) -> tuple[str, ...]:
    """Names such as ``{"family": "Roe", "given": "Ann"}`` as ``Roe, Ann``."""
    names = []
    for one in people if isinstance(people, list) else ():
        if isinstance(one, dict):
            names.append(_name(one))
        elif isinstance(one, str):
            names.append(one_line(one))
    return tuple(filter(None, names))


def _name(person: Mapping[str, Any]) -> str:
    def part(*keys: str) -> str:
        texts = (person.get(key) for key in keys)
        return " ".join(one_line(text) for text in texts if isinstance(text, str) and text.strip())

    family = part("non-dropping-particle", "family", "familyName", "lastName")
    given = part("given", "givenName", "firstName", "dropping-particle")
    if not family:
        return given or part("literal") or part("name")
    return ", ".join(filter(None, (family, given, part("suffix"))))


def date_in_parts(date: Any) -> str | None:
    """A date of CSL, such as ``{"date-parts": [[2024, 3]]}`` or ``{"raw": "March 2024"}``."""
    if not isinstance(date, dict):
        return to_date(str(date)) if isinstance(date, str | int) else None
    parts = date.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        numbers = [str(part) for part in parts[0] if isinstance(part, str | int)]
        for length in (3, 2, 1):
            if found := to_edtf("-".join(numbers[:length])):
                return found
    return first_date(str(date.get(key) or "") for key in ("raw", "literal", "date-time"))


def noted_ids(*notes: str | None) -> dict[str, str]:
    """The ids that stand in a note a line each (``PMID: 123``, ``arXiv:2301.00042 [cs]``)."""
    ids: dict[str, str] = {}
    for whole in filter(None, notes):
        note = whole.partition(SUMMARY_BEGINS)[0]
        for found in _NOTED.finditer(note):
            if name := _NOTES.get(found[1].lower()):
                ids.setdefault(name, found[2].rstrip())
        given = _ARXIV_NOTED.search(note)
        if given and normalise_arxiv(arxiv := given[1].rstrip(".,;)]")):
            ids.setdefault("arxiv", arxiv)
    if not normalise_doi(ids.get("doi")):
        ids.pop("doi", None)
    return ids


def undecoded(text: str) -> re.Match[str] | None:
    """The first byte of a text that isn't UTF-8."""
    if text.isascii():
        return None
    try:
        text.encode()  # a tenth of the time of a search
    except UnicodeEncodeError:
        return NOT_UTF8.search(text)
    return None


class OtherBytes:
    """Reads what isn't UTF-8, text by text; what one was found to be is tried for the next, too."""

    def __init__(self) -> None:
        self._found: str | None = None

    def read(self, text: str) -> tuple[str, str] | None:
        """A text with such bytes as letters, and what is to be said of it, if it has any.

        As Windows-1252 where they stand alone among other letters, as in the languages of Western
        Europe. None where nothing tells what they are.
        """
        if undecoded(text) is None:
            return text, ""
        if (western := _as_western(text)) is not None:
            told = "bytes that aren't UTF-8 were read as Western European (Windows-1252)"
            return western, told
        raw = text.encode("utf-8", "surrogateescape")
        self._found = self._found or _guessed(raw.replace(b"\0", b"\n"))
        told = f"bytes that aren't UTF-8 were read as {self._found}, which is a guess"
        try:
            found = raw.decode(self._found or "utf-8")
        except UnicodeDecodeError:
            return None
        # What parts lines and values stays where it is.
        kept = all(found.count(mark) == text.count(mark) for mark in "\n\0")
        return (found, told) if kept else None


def _as_western(text: str) -> str | None:
    if _MANY_BYTES.search(text):
        return None
    try:
        found = NOT_UTF8.sub(lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp1252"), text)
    except UnicodeDecodeError:
        return None
    return None if _SIGN_IN_WORD.search(found) else found


def _guessed(raw: bytes) -> str | None:
    """The encoding that letters and their frequency tell."""
    if sum(byte > 0x7F for byte in raw) < _ENOUGH_BYTES:
        return None
    from charset_normalizer import from_bytes  # noqa: PLC0415 - for bytes that nothing else explains

    best = from_bytes(raw).best()
    return best.encoding if best and best.encoding not in {"utf_8", "ascii"} else None


def objects_in(values: Any) -> list[dict[str, Any]]:
    """The objects of what may be a list."""
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def first_text(values: Iterable[Any]) -> str | None:
    """The first text that isn't blank, on one line; of a list its first member; a number too."""
    for value in values:
        one = value[0] if isinstance(value, list) and value else value
        if isinstance(one, str | int | float) and not isinstance(one, bool):
            text = one_line(str(one))
            if text:
                return text
    return None


PAPERS = "https://huggingface.co/papers/"


def daily_paper(paper: Mapping[str, Any], around: Mapping[str, Any], name: str, line: int) -> Entry:
    """An entry of what Hugging Face tells of a paper, and of what stands around that; TeX stays."""
    paper_id = one_line(given) if isinstance(given := paper.get("id"), str) else ""
    summary = paper.get("summary") or around.get("summary")
    group = paper.get("organization") or around.get("organization")
    return Entry(
        name,
        line,
        title=first_text([paper.get("title"), around.get("title")]),
        abstract=summary if isinstance(summary, str) else None,
        given_id=None if normalise_arxiv(paper_id) else paper_id,
        arxiv=paper_id,
        authors=names_in_parts(paper.get("authors")),
        organisation=first_text([group.get("fullname"), group.get("name")])
        if isinstance(group, dict)
        else None,
        published=first_date(first_text([one.get("publishedAt")]) for one in (paper, around)),
        url=f"{PAPERS}{paper_id}" if paper_id else None,
    )


_MENDS = (
    Mend(_has_markup, _unmarked, "held markup, which is left out"),
    Mend(_is_mojibake, _decoded_once, "held letters that were decoded twice; read as one"),
    Mend(_has_broken_words, _rejoined, _JOINED),
    *OF_ABSTRACTS,
)
