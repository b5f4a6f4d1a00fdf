"""A table in GitHub-flavoured Markdown, in which every text reads as the same characters.

Nothing in the text can open a cell, a tag, a link, an image, emphasis, code or math. Where
renderers differ the form is the one that GitHub, pandoc and markdown-it all take: backslash escapes
(CommonMark 0.31, section 2.4), entities where a backslash isn't enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

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
# Between texts that are escaped together: none of them holds it, since they are clean.
_BETWEEN = "\0"
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def escape(text: str) -> str:
    """A text as Markdown that renders as that text.

    White space is folded and what ``for_screen`` drops is dropped. Bare addresses aren't links.
    Right-to-left text is isolated, so that it can't reorder what stands beside it.
    """
    return _escaped(for_screen(text))


def _escaped(text: str) -> str:
    """Likewise, of a text that is clean."""
    escaped = _without_signs(text)
    if has_right_to_left(text):
        return f"{_FIRST_STRONG_ISOLATE}{escaped}{_POP_ISOLATE}"
    return escaped


def _all_escaped(texts: Sequence[str]) -> Sequence[str]:
    """Likewise, of several: most have nothing to escape, and that is known of all at once."""
    together = _BETWEEN.join(texts)
    if has_right_to_left(together):
        return [*map(_escaped, texts)]
    escaped = _without_signs(together)
    return texts if escaped is together else escaped.split(_BETWEEN)


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
    return _linked(_escaped(text), url)


def _linked(escaped: str, url: str | None) -> str:
    if url is None:
        return escaped
    target = quoted_address(url).replace("&", "&amp;")
    return f"[{escaped}]({target})"


def lines_of(table: TableView) -> Iterator[str]:
    """The lines of a document: the table, the counts, what the marks mean, and the failures.

    Equal rows give equal lines: neither time nor machine enters.
    """
    yield from ("# Papers", "", _row(map(escape, table.columns)))
    yield _row("---" for _ in table.columns)
    for number, title, url, byline, notes, cells, _ in table.rows:
        beside = [*byline, *[note[0] for note in notes]]
        shown = [one[0] for cell in cells for line in cell for one in line]
        escaped = iter(_all_escaped([title, *beside, *shown]))
        paper = _linked(next(escaped), url)
        if byline:
            paper += _BREAK + " · ".join(islice(escaped, len(byline)))
        for _ in notes:
            paper += _BREAK + next(escaped)
        yield _row((str(number), paper, *[_cell(cell, escaped) for cell in cells]))
    yield from _closing(table.counts)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, escaped: Iterator[str]) -> str:
    """A cell; the texts of its stretches are the next of those that are ``escaped``."""
    pieces: list[str] = []
    for at, line in enumerate(cell):
        if at:
            pieces.append(_BREAK)
        # The stretches come first, so that no text is taken when there is none left.
        for one, shown in zip(line, escaped, strict=False):
            strength = one[1]
            if strength is _PLAIN:
                pieces.append(shown)
            elif strength is _STOP:
                pieces.append(one[0])
            elif strength is _NOTE:
                pieces.append(f"*{one[0]}*")
            elif strength is _STRUCK:
                pieces.append(f"~~{shown}~~")
            else:
                pieces.append(f"**{shown}**")
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
