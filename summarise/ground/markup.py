"""What LaTeX and HTML leave in an abstract: delimiters, commands, entities and tags."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5

from summarise.ground.edits import Edit

_MATH = re.compile(r"(?<!\\)(\${1,2})(?=[^\s$])([^$]{1,300}?)(?<=[^\s\\])\1(?!\d)")
# "$300 in fees (US$)" is no formula: it starts with a number and goes on in words.
_MONEY_PROSE = re.compile(r"\d.*?\s[A-Za-z]{2,}", re.DOTALL)
_SUBSCRIPT = re.compile(r"(?<![\d\\])_(?=[\w{\\])")


def math_edits(text: str) -> Iterator[Edit]:
    """Drop the delimiters of ``$…$`` and ``$$…$$``, and the marks of subscripts within."""
    if "$" not in text:
        return
    for match in _MATH.finditer(text):
        if _MONEY_PROSE.match(match[2]):
            continue
        yield Edit(match.start(1), match.end(1), "")
        first, last = match.span(2)
        for mark in _SUBSCRIPT.finditer(text, first, last):
            yield Edit(mark.start(), mark.end(), "")
        yield Edit(last, match.end(), "")


_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_SYMBOLS = {
    **dict(zip(_GREEK.split(), "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True)),
    "varepsilon": "ε",
    "vartheta": "θ",
    "varphi": "φ",
    "varrho": "ρ",
    "varsigma": "ς",
    "times": "×",
    "pm": "±",
    "mp": "∓",
    "cdot": "⋅",
    "div": "÷",
    "infty": "∞",
    "ell": "ℓ",
    "sim": "~",
    "approx": "≈",
    "simeq": "≃",
    "neq": "≠",
    "ne": "≠",
    "equiv": "≡",
    "le": "≤",
    "leq": "≤",
    "leqslant": "≤",
    "ge": "≥",
    "geq": "≥",
    "geqslant": "≥",
    "ll": "≪",
    "gg": "≫",
    "to": "→",
    "rightarrow": "→",
    "leftarrow": "←",
    "uparrow": "↑",
    "downarrow": "↓",
    "ldots": "...",
    "dots": "...",
    "cdots": "...",
    "circ": "°",
    "degree": "°",
    "textdegree": "°",
    "textmu": "μ",
    "textpm": "±",
    "texttimes": "×",
    "textendash": "-",
    "textemdash": "-",
    "textasciitilde": "~",
    "textbackslash": "\\",
    "lt": "<",
    "gt": ">",
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "o": "ø",
    "O": "Ø",
    "aa": "å",
    "AA": "Å",
    "l": "ł",
    "L": "Ł",
    "quad": " ",
    "qquad": " ",
    "newline": " ",
    **dict.fromkeys(("left", "right", "big", "Big", "displaystyle", "limits", "xspace"), ""),
}
_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    '"': "\u0308",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "c": "\u0327",
    "H": "\u030b",
    "k": "\u0328",
}
_BLOCK_TAGS = re.compile(r"p|br|div|title|sec|[ou]l|li|t[rdh]|h[1-6]")
_TAGS = (
    "b|i|u|em|strong|sub|sup|inf|p|br|span|div|title|sec|tt|code|a|italic|bold|sc|small|big|li|ul"
    "|ol|tr|td|th|h[1-6]|font|mml:\\w+|underline|monospace"
)
_MARKUP = re.compile(
    rf"""
      (?P<fraction>\\[dt]?frac\{{[^{{}}]*\}}\{{[^{{}}]*\}})
    | (?P<script>[\^_]\{{[^{{}}]*\}})
    | (?P<degree>\^\\circ(?![A-Za-z]))
    | (?P<wrapper>\\(?:text(?:bf|it|tt|sc|rm|sf|sl|up|md|normal)?|emph|url|href|mbox|underline
        |math(?:bf|it|rm|cal|bb|sf|tt|frak|scr|normal)|boldsymbol|bm|operatorname|ensuremath
        |textsuperscript|textsubscript|textcolor|hbox)\s*(?=\{{))
    | (?P<switch>\\(?:bf|it|em|rm|sf|tt|sc|bfseries|itshape|ttfamily|small|large|Large)
        (?![A-Za-z])\s*)
    | (?P<accent>\\(?:['"`^~=.]\s?\{{?(?P<letter>[A-Za-z])\}}?|[uvcHk]\{{(?P<braced>[A-Za-z])\}}))
    | (?P<symbol>\\[A-Za-z]+)
    | (?P<thin>\\,)
    | (?P<space>\\[;:>\s]|\\\\)
    | (?P<nothing>\\[!/()\[\]-])
    | (?P<escape>\\[%&\#_{{}}$~])
    | (?P<money>\\(?=\d))
    | (?P<entity>&(?:amp;)*(?P<name>\#\d{{1,7}}|\#[xX][0-9A-Fa-f]{{1,6}}|[A-Za-z]\w{{1,31}});)
    | (?P<tag><(?P<close>/?)(?:jats:)?(?P<tagname>(?i:{_TAGS}))
        (?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*/?>)
    | (?P<tie>(?<=[^\s~/(\[{{<>≤≥])~(?=[^\s~]))
    | (?P<joint>\}}(?=\{{))
    | (?P<brace>[{{}}])
    """,
    re.VERBOSE,
)
_STARTER = re.compile(r"[\\&<~{}^_]")


def markup_edits(text: str) -> Iterator[Edit]:
    """Write LaTeX commands and HTML entities as what they print, and drop the rest of both."""
    at = 0
    # Looking for the few characters that start markup first is twenty times faster.
    while starter := _STARTER.search(text, at):
        match = _MARKUP.match(text, starter.start())
        if match is None:
            at = starter.end()
            continue
        at = match.end()
        if match.lastgroup == "fraction":
            yield from _fraction_edits(match)
        elif match.lastgroup == "script":
            yield from _script_edits(text, match)
        else:
            yield Edit(match.start(), match.end(), _plain(match))


def _fraction_edits(match: re.Match[str]) -> Iterator[Edit]:
    start, end = match.span()
    opened = match.string.index("{", start)
    middle = match.string.index("}{", start)
    yield Edit(start, opened + 1, "")
    yield Edit(middle, middle + 2, "/")
    yield Edit(end - 1, end, "")


def _script_edits(text: str, match: re.Match[str]) -> Iterator[Edit]:
    start, end = match.span()
    mark = text[start] if text[start] == "^" or text[start - 1 : start].isdigit() else ""
    yield Edit(start, start + 2, mark)
    yield Edit(end - 1, end, " " if text[end : end + 1].isdigit() else "")


_FIXED = {
    "wrapper": "",
    "switch": "",
    "nothing": "",
    "degree": "°",
    "money": "$",
    "tie": " ",
    "joint": " ",
    "brace": "",
    "thin": "\u2009",
    "space": " ",
}


def _plain(match: re.Match[str]) -> str:
    """What one piece of markup stands for."""
    kind, old = match.lastgroup or "", match.group()
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "symbol":
        return _SYMBOLS.get(old[1:], old)
    if kind == "accent":
        return (match["letter"] or match["braced"]) + _ACCENTS[old[1]]
    if kind == "entity":
        return _decoded(match["name"], old)
    return _tag(match) if kind == "tag" else old[1:]


def _decoded(name: str, entity: str) -> str:
    if name.startswith("#"):
        return html.unescape(f"&{name};")
    return html5.get(f"{name};", entity)


def _tag(match: re.Match[str]) -> str:
    """What a tag stands for: a raised or lowered digit never joins the number before it."""
    text, name = match.string, match["tagname"].lower()
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if _BLOCK_TAGS.fullmatch(name):
        return " "
    if name not in ("sup", "sub", "inf"):
        return ""
    if match["close"]:
        return " " * after.isdigit()
    if name == "sup":
        return "^" * (after.isdigit() or after in tuple("+-−–"))
    return "_" * (before.isdigit() and after.isdigit())
