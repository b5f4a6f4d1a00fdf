"""A table in GitHub-flavoured Markdown, in which every text reads as the same characters.

Nothing in the text can open a cell, a tag, a link, an image, emphasis, code or math. Where
renderers differ the form is the one that GitHub, pandoc and markdown-it all take: backslash escapes
(CommonMark 0.31, section 2.4), entities where a backslash isn't enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.characters import for_screen, has_right_to_left
from summarise.render.format import (
    RowCounts,
    RowView,
    Strength,
    TableView,
    quoted_address,
    text_format,
)

_PLAIN, _STOP = Strength.PLAIN, Strength.STOP
# What is ours in a row while its texts are escaped, and what stands between them, so that nothing
# is read across: none of these is in a text, since all are clean.
_BETWEEN, _BREAK, _NEXT, _OPEN, _CLOSE = "\0\1\2\3\4"
_SIGNS = {Strength.STRONG: "\5", Strength.NOTE: "\6", Strength.STRUCK: "\7"}
_MARKUP = {"\0": "", "\1": "<br>", "\2": " | ", "\3": "[", "\5": "**", "\6": "*", "\7": "~~"}

# In the order in which they are put: "&" and the backslash come before what is written with them.
_ESCAPES = {
    "&": "&amp;",
    # "#", "!", "+" and "." act only at the start of a line or before a bracket: not in a cell.
    **{character: "\\" + character for character in "\\`*_~^[]$"},
    # Tables are split at pipes before backslashes are read, so "\\|" would be ambiguous.
    "|": "&#124;",
    "<": "&lt;",
    ">": "&gt;",
    "\u200b": "&#8203;",
    # GitHub reads a bare address from the source, escapes and all: keep it from seeing one.
    "://": "&#58;//",
    "www.": "www&#46;",
}
# GitHub looks for @user and :emoji: in the finished page, where no escape is left to stop it. Only
# a character between does; the zero-width space is what Dependabot and Renovate use as well. An
# address such as a@b.example can't call anybody; it may become a mailto link.
_CALL = re.compile(r"@(?<![^\W_]@)(?=[A-Za-z0-9])")
_EMOJI = re.compile(r":(?=[a-z0-9+_-]+:)")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def escape(text: str) -> str:
    """A text as Markdown that renders as that text.

    White space is folded and what ``for_screen`` drops is dropped. Bare addresses aren't links.
    Right-to-left text is isolated, so that it can't reorder what stands beside it.
    """
    return _escaped(for_screen(text))


def _escaped(text: str) -> str:
    """Likewise, of a text that is clean."""
    return _without_signs(_isolated(text))


def _isolated(text: str) -> str:
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}" if has_right_to_left(text) else text


def _without_signs(text: str) -> str:
    if "@" in text:
        text = _CALL.sub("\\g<0>\u200b", text)
    if text.count(":") > 1 and _EMOJI.search(text):
        text = _EMOJI.sub("\\g<0>\u200b", text)
    for sign, put in _ESCAPES.items():
        if sign in text:
            text = text.replace(sign, put)
    return text


def link(text: str, url: str | None) -> str:
    """A clean text, linked to a web address where there is one."""
    return _escaped(text) if url is None else f"[{_escaped(text)}{_closing_link(url)}"


def _closing_link(url: str) -> str:
    return f"]({quoted_address(url).replace('&', '&amp;')})"


def lines_of(table: TableView) -> Iterator[str]:
    """The lines of a document: the table, the counts, what the marks mean, and the failures.

    Equal rows give equal lines: neither time nor machine enters.
    """
    yield from (f"# {table.columns[1]}s", "", f"| {' | '.join(map(escape, table.columns))} |")
    yield f"| {' | '.join('---' for _ in table.columns)} |"
    yield from map(_row, table.rows)
    yield from _closing(table.counts)


def _row(row: RowView) -> str:
    """A row, all of whose texts are escaped at once: most have nothing to escape."""
    pieces = _pieces(row)
    together = _BETWEEN.join(pieces)
    if has_right_to_left(together):
        together = _BETWEEN.join(map(_isolated, pieces))
    shown = _without_signs(together)
    for sign, put in _MARKUP.items():
        shown = shown.replace(sign, put)
    if row.url is not None:
        shown = shown.replace(_CLOSE, _closing_link(row.url))
    return f"| {row.number} | {shown} |"


def _pieces(row: RowView) -> list[str]:
    """The texts of a row as they are, with what is ours between them."""
    pieces = [row.title] if row.url is None else [_OPEN, row.title, _CLOSE]
    for at, part in enumerate(row.byline):
        pieces += (" · " if at else _BREAK, part)
    for note in row.notes:
        pieces += (_BREAK, note.text)
    for cell in row.cells:
        pieces.append(_NEXT)
        for at, line in enumerate(cell):
            if at:
                pieces.append(_BREAK)
            for text, strength, _, _ in line:
                if strength is _PLAIN or strength is _STOP:
                    pieces.append(text)
                else:
                    pieces += (_SIGNS[strength], text, _SIGNS[strength])
    return pieces


def _closing(counts: RowCounts) -> Iterator[str]:
    for note in counts.notes:
        yield from ("", escape(note))
    documents, became = counts.summary()
    yield from ("", f"**{documents}**: {became}")
    if legend := counts.legend:
        yield from ("", "## Marks", "")
        yield from (f"- {escape(mark.sign)} : {mark.meaning}" for mark in legend)
    if counts.listed:
        yield from ("", "## Failures", "")
        for one in counts.listed:
            yield f"- **{one.kind}**: {link(one.title, one.url)}: {escape(one.message)}"
        if counts.unlisted:
            yield f"- and {counts.unlisted:,} more, marked in the table"


FORMAT = text_format(lines_of, end="\n", is_page=True)
