"""An evaluation as Markdown that is read as it stands: aligned tables, lists within 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from summarise.characters import for_screen
from summarise.evaluate.scoring import Compared, Scores
from summarise.evaluate.signals import Signals
from summarise.models import Grounding

COLUMNS = 80
_SHOWN = 10
_SHOWN_CHARACTERS = 60


def evaluation_lines(found: Scores | Signals, *, full: bool = False) -> Iterator[str]:
    """The scores of a run, or its signals, as Markdown; in full with every entry that differs."""
    yield from _scores(found, full=full) if isinstance(found, Scores) else _signals(found)


def _scores(scores: Scores, *, full: bool) -> Iterator[str]:
    against = "and" if scores.symmetric else "against"
    yield f"# {quoted(scores.left)} {against} {quoted(scores.right)}"
    yield ""
    yield from _accounts(scores, None if full else _SHOWN)
    yield ""
    yield from _fields(scores)
    differing = [one for one in scores.compared if one.differing]
    if differing:
        yield from ("", "## What differs", "")
        shown = differing if full else differing[:_SHOWN]
        for one in shown:
            title = quoted(one.left.name, _SHOWN_CHARACTERS)
            if full:
                yield f"- {title}"
                yield from _differences(one, symmetric=scores.symmetric)
            else:
                yield from wrapped(f"{title}: {', '.join(one.differing)}", "- ")
        if len(shown) < len(differing):
            yield from ("", f"And {len(differing) - len(shown)} more; --full has all.")


def _accounts(scores: Scores, limit: int | None) -> Iterator[str]:
    paired, right = len(scores.compared), quoted(scores.right)
    other = "documents" if scores.symmetric else "gold summaries"
    total = paired + len(scores.right_only)
    missed = scores.right_only and not scores.symmetric
    rest = "; the others count as answered by nothing" if missed else ""
    yield from wrapped(f"{paired} of {total} {other} of {right} are in the run{rest}.")
    notes = {
        "Only in the run": [one.name for one in scores.left_only],
        f"Only in {right}": [one.name for one in scores.right_only],
        "Without a record": scores.without_summary,
        "With another text, so that sentences may be off": scores.other_text,
        "Unusable": scores.unusable,
    }
    for label, names in notes.items():
        yield from named(label, names, limit)


def _fields(scores: Scores) -> Iterator[str]:
    """A row for each field, and one for their mean."""
    before = () if scores.symmetric else ("precision", "recall")
    if scores.symmetric:
        heads = ["field", "agreement (F1)", "both", "first", "second"]
    else:
        heads = ["field", *before, "F1", "right", "run", "gold"]
    rows = [
        (
            name,
            *(f"{getattr(tally, figure):.3f}" for figure in (*before, "f1")),
            *map(str, (tally.matched, tally.predicted, tally.expected)),
        )
        for name, tally in scores.tallies.items()
    ]
    mean = ("**macro mean**", *("" for _ in before), f"{scores.macro_f1:.3f}", "", "", "")
    yield from table(heads, [*rows, mean])


def _differences(one: Compared, *, symmetric: bool) -> Iterator[str]:
    first, second = ("first", "second") if symmetric else ("run", "gold")
    for name, match in one.differing.items():
        words = "; ".join(
            f"only {side}: {', '.join(map(quoted, entries))}"
            for side, entries in ((first, match.extra), (second, match.missed))
            if entries
        )
        yield from wrapped(f"{name}: {words}", "  - ")


def _signals(found: Signals) -> Iterator[str]:
    yield f"# {quoted(found.run)}"
    yield ""
    counts = [("records", found.records), ("not attempted", found.pending)]
    counts += [(f"failed: {kind}", number) for kind, number in found.failures.most_common()]
    yield from _shares("documents", counts, found.documents)
    yield ""
    values = [(f"{kind}", found.values[kind]) for kind in Grounding]
    yield from _shares("verbatim values", values, found.values.total())
    yield ""
    counts = [
        ("flagged: a value missing or a statement unsupported", found.flagged),
        ("with doubts", found.doubtful),
        ("with unclaimed quantities", found.records_with_unclaimed),
        ("with corrected sentence numbers", found.corrected),
        ("with instructions in the abstract", found.instructed),
    ]
    yield from _shares("records", counts, found.records)
    yield ""
    yield from _shares("records with an empty field", found.empty.items(), found.records)
    yield ""
    mean = found.unclaimed / found.records if found.records else 0.0
    yield f"Unclaimed quantities: {found.unclaimed}, {mean:.1f} a record."
    yield f"Unsupported statements: {found.unsupported}."
    doubts = ", ".join(f"{number} {kind}" for kind, number in found.doubts.most_common())
    yield f"Doubts: {found.doubts.total()}{f' ({doubts})' if doubts else ''}."


def _shares(head: str, counts: Iterable[tuple[str, int]], total: int) -> Iterator[str]:
    rows = [
        (label, str(number), f"{number / total:.1%}" if total else "–") for label, number in counts
    ]
    yield from table((head, "count", "share"), [*rows, ("**all**", str(total), "")])


def quoted(text: str, limit: int = 200) -> str:
    """Any text as inline code of so many characters at most, so that nothing in it acts."""
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
    broken = partial(textwrap.wrap, text, break_long_words=False, break_on_hyphens=False)
    lines = broken(COLUMNS - len(lead))
    if any(line.count("`") % 2 for line in lines):
        lines = broken(COLUMNS - len(lead) - len("``"))
    is_code = False
    for at, line in enumerate(lines):
        begins, is_code = is_code, is_code ^ bool(line.count("`") % 2)
        indent = " " * len(lead) if at else lead
        lines[at] = f"{indent}{'`' if begins else ''}{line}{'`' if is_code else ''}"
    return lines


def named(label: str, names: Sequence[str], limit: int | None) -> Iterator[str]:
    """A count and a list of names, some or all, and nothing where there is none."""
    if not names:
        return
    yield ""
    yield f"{label}: {len(names)}"
    yield ""
    for name in names[:limit]:
        yield from wrapped(quoted(name), "- ")
    if limit is not None and len(names) > limit:
        yield f"- and {len(names) - limit} more; --full has all"
