"""Markdown that is read as it stands: aligned tables, and lists within 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from summarise.characters import for_screen

_COLUMNS = 80


def quoted(text: str, limit: int = 200) -> str:
    """A text as inline code, so that nothing in it acts.

    Args:
        text: Any text.
        limit: Characters at most.
    """
    line = for_screen(text.replace("`", "'"), limit, reveal=True)
    return f"`{line or ' '}`"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table of which the first column is text and the others are numbers."""
    widths = [max(3, *map(len, column)) for column in zip(heads, *rows, strict=True)]
    rules = ["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    for row in (heads, rules, *rows):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield f"| {' | '.join(cells)} |"


def wrapped(text: str, lead: str = "") -> list[str]:
    """A text in lines of 80 columns, broken at spaces.

    Inline code that is broken ends with its line and begins again on the next: Markdown looks for
    the beginnings of blocks before it looks for code, and would find one in the middle of a name.
    """
    lines = _broken(text, _COLUMNS - len(lead))
    if any(line.count("`") % 2 for line in lines):
        lines = _broken(text, _COLUMNS - len(lead) - len("``"))
    is_code = False
    for at, line in enumerate(lines):
        begins, is_code = is_code, is_code ^ bool(line.count("`") % 2)
        indent = " " * len(lead) if at else lead
        lines[at] = f"{indent}{'`' if begins else ''}{line}{'`' if is_code else ''}"
    return lines


def _broken(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def named(label: str, names: Sequence[str], limit: int | None) -> Iterator[str]:
    """A count and a list of names, nothing where there is none.

    Args:
        label: What they are.
        names: Any texts.
        limit: How many to show at most, None for all.
    """
    if not names:
        return
    yield ""
    yield f"{label}: {len(names)}"
    yield ""
    for name in names[:limit]:
        yield from wrapped(quoted(name), "- ")
    if limit is not None and len(names) > limit:
        yield f"- and {len(names) - limit} more; --full has all"
