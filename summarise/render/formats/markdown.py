"""A table in GitHub-flavoured Markdown, in which every text reads as the same characters.

Nothing in the text can open a cell, a tag, a link, an image, emphasis, code or math. Where
renderers differ the form is the one that GitHub, pandoc and markdown-it all take: backslash escapes
(CommonMark 0.31, section 2.4), entities where a backslash isn't enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import ascii_letters, digits

from summarise.characters import for_screen, has_right_to_left
from summarise.render.format import (
    Cell,
    OutputFormat,
    RowCounts,
    Strength,
    TableView,
    Target,
    quoted_address,
    write_lines,
)

_BREAK = "<br>"
_STOP, _PLAIN, _NOTE = Strength.STOP, Strength.PLAIN, Strength.NOTE
_STRUCK = Strength.STRUCK

_ESCAPES = str.maketrans(
    {
        # "#", "!", "+" and "." act only at the start of a line or before a bracket: not in a cell.
        **{character: "\\" + character for character in "\\`*_~^[]$"},
        # Tables are split at pipes before backslashes are read, so "\\|" would be ambiguous.
        "|": "&#124;",
        "<": "&lt;",
        ">": "&gt;",
        "&": "&amp;",
        "\u200b": "&#8203;",
    }
)
# With a colon at most besides these there is nothing to escape but an address.
_INERT = f"{ascii_letters}{digits} !\"%'()+,-./;=?".encode()
_NOTHING, _NONE = (b"", b":"), ("", ":")
# Of the other characters those that most cells have, if any.
_HARMLESS = "…–—×±≤≥°’“”″Δα"
# GitHub looks for @user and :emoji: in the finished page, where no escape is left to stop it. Only
# a character between does; the zero-width space is what Dependabot and Renovate use as well. An
# address such as a@b.example can't call anybody; it may become a mailto link.
_ACTS_LATER = re.compile(r"(?<![^\W_])@(?=[A-Za-z0-9])|:(?=[a-z0-9+_-]+:)")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def escape(text: str) -> str:
    """A text as Markdown that renders as that text.

    White space is folded and what ``for_screen`` drops is dropped. Bare addresses aren't links.
    Right-to-left text is isolated, so that it can't reorder what stands beside it.
    """
    return _escaped(for_screen(text))


def _escaped(text: str) -> str:
    """Likewise, of a text that is clean."""
    if _is_inert(text):
        return text
    if "@" in text or text.count(":") > 1:
        text = _ACTS_LATER.sub("\\g<0>\u200b", text)
    escaped = text.translate(_ESCAPES)
    # GitHub reads a bare address from the source, escapes and all: keep it from seeing one.
    escaped = escaped.replace("://", "&#58;//").replace("www.", "www&#46;")
    if has_right_to_left(escaped):
        return f"{_FIRST_STRONG_ISOLATE}{escaped}{_POP_ISOLATE}"
    return escaped


def _is_inert(text: str) -> bool:
    left = text.encode().translate(None, _INERT)
    if left not in _NOTHING and left.decode().strip(_HARMLESS) not in _NONE:
        return False
    return "://" not in text and "www." not in text


def link(text: str, url: str | None) -> str:
    """A clean text, linked to a web address where there is one."""
    if url is None:
        return _escaped(text)
    target = quoted_address(url).replace("&", "&amp;")
    return f"[{_escaped(text)}]({target})"


def lines_of(table: TableView) -> Iterator[str]:
    """The lines of a document: the table, the counts, what the marks mean, and the failures.

    Equal rows give equal lines: neither time nor machine enters.
    """
    yield from ("# Papers", "", _row(map(escape, table.columns)))
    yield _row("---" for _ in table.columns)
    for row in table.rows:
        paper = link(row.title, row.url)
        if row.byline:
            paper += _BREAK + " · ".join(map(_escaped, row.byline))
        for note in row.notes:
            paper += _BREAK + _escaped(note.text)
        yield _row((str(row.number), paper, *map(_cell, row.cells)))
    yield from _closing(table.counts)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    pieces: list[str] = []
    is_inert = _is_inert("".join([one[0] for line in cell for one in line]))
    for at, line in enumerate(cell):
        if at:
            pieces.append(_BREAK)
        for text, strength, evidence, _ in line:
            if strength is _STOP:
                pieces.append(text)
            elif strength is _NOTE:
                pieces.append(f"*{text}*")
            elif strength is _STRUCK:
                pieces.append(f"~~{_escaped(text)}~~")
            elif evidence:
                pieces.append(f"\\[{_escaped(text[1:-1])}\\]")
            else:
                shown = text if is_inert else _escaped(text)
                pieces.append(shown if strength is _PLAIN else f"**{shown}**")
    return "".join(pieces)


def _closing(counts: RowCounts) -> Iterator[str]:
    for note in counts.notes:
        yield from ("", escape(note))
    documents, became = counts.summary()
    yield from ("", f"**{documents}**: {became}")
    if legend := counts.legend:
        yield from ("", "## Marks", "")
        yield from (f"- {escape(mark.sign)} : {escape(mark.meaning)}" for mark in legend)
    if counts.listed:
        yield from ("", "## Failures", "")
        for one in counts.listed:
            yield f"- **{one.kind}**: {link(one.title, one.url)}: {escape(one.message)}"
        if counts.unlisted:
            yield f"- and {counts.unlisted} more, marked in the table"


def _write(table: TableView, target: Target) -> None:
    write_lines(lines_of(table), target)


FORMAT = OutputFormat(_write, is_page=True)
