r"""A table in LaTeX, of booktabs and longtable, for pdflatex and xelatex.

The file compiles by itself, on A4 across. In a document of one's own it is ``\input`` where the
table shall stand: its widths are parts of the line there, and on a page of two columns it takes
both. Every text is set as it reads: nothing in it is a command (``escape``). What the fonts of
LaTeX don't have is set by xelatex where its font has it, else named in brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby, zip_longest

from summarise.characters import INVISIBLE, counted, has_right_to_left
from summarise.render.format import (
    Cell,
    Line,
    RowCounts,
    RowView,
    Strength,
    Stretch,
    TableView,
    quoted_address,
    shares_of,
    text_format,
    text_of,
)
from summarise.render.references import Citations

_OPENING = r"""% By itself: pdflatex or xelatex. In a document of your own: load array, booktabs,
% longtable and amssymb, and hyperref for links, then \input this file. To have it cite its papers
% by their keys in the .bib of the same table: \newcommand{\summarisecite}[1]{~\cite{#1}} above.
\makeatletter
\let\summariseend\relax
\ifx\@classoptionslist\relax
  \documentclass{article}
  \usepackage[a4paper,landscape,margin=15mm]{geometry}
  \ifdefined\XeTeXversion\usepackage{fontspec}\else\usepackage[T1]{fontenc}\usepackage{lmodern}\fi
  \usepackage{array,booktabs,longtable,amssymb}
  \usepackage[hidelinks]{hyperref}
  \def\summariseend{\end{document}}
  \begin{document}
\fi
\if@twocolumn\onecolumn\let\summariseend\twocolumn\fi
\providecommand{\href}[2]{#2}
\providecommand{\summarisecite}[1]{}
% What a font may lack, and its name.
\ifdefined\XeTeXversion
  \def\summarisetry#1{\ifx#1\relax\else
    \iffontchar\font`#1 \else\let\summarisehas\undefined\fi\expandafter\summarisetry\fi}
  \def\summarisesign#1#2{\let\summarisehas\relax\summarisetry#1\relax
    \ifdefined\summarisehas#1\else[#2]\fi}
\else
  \def\summarisesign#1#2{[#2]}
\fi
\ifdefined\summarisewidth\else\newdimen\summarisewidth\fi
\makeatother
\begingroup
\footnotesize
\setlength{\parindent}{0pt}
\setlength{\tabcolsep}{4pt}
\setlength{\summarisewidth}{\dimexpr\linewidth-NUMBER-GAPS\tabcolsep\relax}
"""
_NUMBER_WIDTH = 2


# A row isn't broken between pages: one that may be higher than half a page goes on in another.
_LETTERS_OF_LINE = 110
_LINES_OF_ROW = 25

_MAY_ACT = re.compile(r"[^ !'()*+,\-./0-9:;=?@A-Z\[\]a-z]")
_LIGATURES = re.compile("-(?=-)|'(?=')|,(?=,)")
_LONG_WORD = re.compile(r"[^\s-]{16,}")
_HYPHENATED = 24
# Marks upon marks are composed in a time that grows with their square; few stand on a letter.
_PIECE = re.compile("(?s:.{1,500})[\u0300-\u036f]{0,9}")
_BREAK = "\0"  # no clean text has one
_HIDDEN = re.compile(f"[{INVISIBLE}]")
_OURS = {
    _BREAK: r"\hspace{0pt}",
    "⚠": r"\textbf{(!)}",
    "✎": r"\textbf{*}",
    "✓": r"\ensuremath{\checkmark}",
    "✗": r"\ensuremath{\otimes}",
    # A decimal point of some journals; that of text stands between blanks of its own: 1 · 04.
    "·": r"\ensuremath{\cdot}",
    '"': r"\textquotedbl",
    "`": r"\textasciigrave",
    "|": r"\textbar",
}
# What pylatexenc writes by commands of other packages.
_UNSET = frozenset("ℋℐℒℛℬℰℱℳ⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞ŉƕƞȨȩəɛɸʔʞ˛ΐϒ‑∟∬∭∯∰∱∻∾≆≋≌≙≛≸≹⊧⊨⊫⊶⊷⊹⊾⋘⋙⋨⋰↜↝⇅⇵⌆⌕◯♩♭♮♯⨏⨖")
_CYRILLIC, _MATHEMATICAL = range(0x400, 0x500), range(0x1D400, 0x1D800)
_ACCENTS = dict(
    zip(
        map(chr, (0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x30A, 0x30B, 0x30C)),
        "`'^~=u.\"rHv",
        strict=True,
    )
)
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+\Z")
_NAMED = 3


def escape(text: str) -> str:
    """A clean text as LaTeX that is set as that text, in one line of the source."""
    if not text.isascii():
        text = _HIDDEN.sub(
            "", _PIECE.sub(lambda piece: unicodedata.normalize("NFC", piece[0]), text)
        )
    text = _LONG_WORD.sub(_breakable, text)
    if _MAY_ACT.search(text):
        runs = groupby(text, key=lambda one: _command(one) is not None)
        text = "".join(
            "".join(_command(one) or "" for one in run) if is_set else _sign("".join(run))
            for is_set, run in runs
        )
    return _LIGATURES.sub(r"\g<0>{}", text)


def _breakable(word: re.Match[str]) -> str:
    """A word that may be wider than its column, with places to break it; LaTeX has hyphens."""
    is_plain = word[0].isalpha() and len(word[0]) < _HYPHENATED
    return word[0] if is_plain else _BREAK.join(re.findall(".{1,8}", word[0]))


@lru_cache(maxsize=1 << 12)
def _command(character: str) -> str | None:
    """How a character is set with the fonts that LaTeX has anyway, None where it isn't."""
    if not _MAY_ACT.match(character):
        return character
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return f"\\{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    code, command = ord(character), _OURS.get(character)
    if command is None and code not in _MATHEMATICAL:
        is_known = character not in _UNSET and code not in _CYRILLIC
        command = _commands().get(code) if is_known else None
    if command is not None:
        return f"{command}{{}}" if _COMMAND_AT_END.search(command) else command
    plain = unicodedata.normalize("NFKC", character)
    commands = [_command(one) for one in plain] if plain != character else [None]
    return None if None in commands else "".join(filter(None, commands))


@cache
def _commands() -> dict[int, str]:
    from pylatexenc.latexencode import get_builtin_uni2latex_dict  # noqa: PLC0415 - it is slow

    found: dict[int, str] = get_builtin_uni2latex_dict()
    return found


def _sign(run: str) -> str:
    """Characters that a font may lack, and what names them then."""
    names = [unicodedata.name(one, "") for one in run]
    kinds = {name.partition(" ")[0] for name in names}
    if len(names) > 1 and len(kinds) == 1 and (kind := kinds.pop()):
        told = counted(len(names), f"{kind if len(kind) < 4 else kind.capitalize()} sign")
    else:
        shown = [name.lower() or f"U+{ord(one):04X}" for one, name in zip(run, names, strict=True)]
        more = [f"{len(shown) - _NAMED} more"] if len(shown) > _NAMED else []
        told = ", ".join([*shown[:_NAMED], *more])
    # Without a name it is no character; a line that runs to the left needs more than a font.
    if all(names) and not has_right_to_left(run):
        return f"\\summarisesign{{{run}}}{{{told}}}"
    return f"[{told}]"


def _link(text: str, url: str | None) -> str:
    if url is None:
        return escape(text)
    address = re.sub("([%#&_~])", r"\\\1", quoted_address(url))
    return f"\\href{{{address}}}{{{escape(text)}}}"


def _line(line: Line) -> str:
    commands = {Strength.NOTE: "emph", Strength.STRONG: "textbf"}
    pieces = []
    for text, strength, _, _ in line:
        shown, command = escape(text), commands.get(strength)
        pieces.append(f"\\{command}{{{shown}}}" if command else shown)
    return "".join(pieces)


def lines_of(table: TableView) -> Iterator[str]:
    """The lines of the file: the table, the counts, what the marks mean, and the failures."""
    shares, rows = shares_of(table)
    yield _OPENING.replace("NUMBER", f"{_NUMBER_WIDTH}em").replace("GAPS", str(2 * len(shares)))
    columns = "".join(
        f"\n  >{{\\raggedright\\arraybackslash}}p{{{share:.4f}\\summarisewidth}}"
        for share in (int(share * 10_000) / 10_000 for share in shares)
    )
    yield f"\\begin{{longtable}}{{@{{}}>{{\\raggedleft}}p{{{_NUMBER_WIDTH}em}}{columns}@{{}}}}"
    head = " & ".join(f"\\textbf{{{escape(title)}}}" for title in table.columns)
    yield f"\\toprule\n{head} \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot"
    citations = Citations(table.columns)
    for row in rows:
        yield from _row(row, citations.key_of(row), [share * _LETTERS_OF_LINE for share in shares])
        yield "\\addlinespace"
    yield "\\end{longtable}"
    yield from _closing(table.counts)
    yield "\\endgroup\n\\summariseend"


def _row(row: RowView, key: str, widths: list[float]) -> Iterator[str]:
    """A row; what would be too high for a page goes on below."""
    paper: Cell = [[Stretch(" · ".join(row.byline))]] if row.byline else []
    paper += [[note] for note in row.notes]
    columns = [
        list(_parts(cell, int(width) + 1))
        for cell, width in zip((paper, *row.cells), widths, strict=True)
    ]
    title = _link(row.title, row.url) + (f"\\summarisecite{{{key}}}" if key else "")
    columns[0][:1] = [r" \newline ".join(filter(None, [title, *columns[0][:1]]))]
    for parts in zip_longest([str(row.number)], *columns, fillvalue=""):
        yield f"{' & '.join(parts)} \\\\"


def _parts(cell: Cell, width: int) -> Iterator[str]:
    """The entries of a cell below each other, in parts that fit on a page."""
    part: list[str] = []
    height = 0
    for line in cell:
        for piece in _pieces(line, _LINES_OF_ROW * width):
            lines = len(text_of(piece)) // width + 1
            if part and height + lines > _LINES_OF_ROW:
                yield r" \newline ".join(part)
                part, height = [], 0
            part.append(_line(piece))
            height += lines
    yield r" \newline ".join(part)


def _pieces(line: Line, most: int) -> Iterator[Line]:
    """A line in pieces of at most so many letters, broken at blanks where it can be."""
    piece: Line = []
    room = most
    for stretch in line:
        text = stretch.text
        while len(text) > room:
            cut = text.rfind(" ", 0, room) + 1 or room
            yield [*piece, stretch._replace(text=text[:cut])]
            piece, room, text = [], most, text[cut:]
        piece.append(stretch._replace(text=text))
        room -= len(text)
    yield piece


def _closing(counts: RowCounts) -> Iterator[str]:
    documents, became = counts.summary()
    yield from (f"{escape(note)}\\par" for note in counts.notes)
    yield f"\\textbf{{{escape(documents)}}}: {escape(became)}\\par"
    if legend := counts.legend:
        yield "\\medskip\\textbf{Marks}\\par"
        yield from (f"{escape(mark.sign)} : {escape(mark.meaning)}\\par" for mark in legend)
    if counts.listed:
        yield "\\medskip\\textbf{Failures}\\par"
        for one in counts.listed:
            told = f"{_link(one.title, one.url)}: {escape(one.message)}"
            yield f"\\textbf{{{escape(one.kind)}}}: {told}\\par"
        if counts.unlisted:
            yield f"and {counts.unlisted:,} more, marked in the table\\par"


FORMAT = text_format(lines_of, end="\n", is_page=True)
