"""What LaTeX and HTML leave in a text, as what it prints."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from html.entities import html5
from typing import NamedTuple


class Edit(NamedTuple):
    """``text[start:end]`` is to be written as ``put``."""

    start: int
    end: int
    put: str


Editor = Callable[[str], Iterator[Edit]]
"""Finds what to rewrite in a text: edits in order, without overlaps."""

# A digit behind it means money ("$5 and $6"), unless it closes a mere sign: "0.48$\pm$0.02".
# It starts with the dollar, which the engine skips to: an escaped one is told by looking back.
_MATH = re.compile(
    r"(\$(?<!\\\$)\$?)(?=[^\s$])"
    r"(?:(\\[A-Za-z]{2,}|\\?[-+<>=~±≤≥≈×−])\1(?=\d)|([^$]{1,300}?)(?<=[^\s\\])\1(?!\d))"
)
# "$300 in fees (US$)" is no formula: it starts with a number and goes on in words.
_MONEY_PROSE = re.compile(r"\d[^\\]*?\s[A-Za-z]{2,}")
_COMMAND_END = re.compile(r"\\[A-Za-z]+\Z")
# Not the error below a value: "5^{+2}_{-1}".
_SUBSCRIPT = re.compile(r"(?<![\d\\])_(?=[\w\\]|\{(?!\s?[-−–]\s?[\d.]))")


def math_edits(text: str) -> Iterator[Edit]:
    """Drop the delimiters of ``$…$`` and ``$$…$$``, and the marks of subscripts within."""
    if "$" not in text:
        return
    for match in _MATH.finditer(text):
        inside = match[2] or match[3]
        if _MONEY_PROSE.match(inside):
            continue
        first, last = match.end(1), match.end() - len(match[1])
        yield Edit(match.start(1), first, "")
        for mark in _SUBSCRIPT.finditer(text, first, last):
            # Likewise in what is lowered: "\Omega_m".
            ends_command = _COMMAND_END.search(text, first, mark.start())
            yield Edit(mark.start(), mark.end(), "\\!" if ends_command else "")
        # Else a command would go on in the letters behind it: "$^\circ$C".
        is_cut = text[match.end() : match.end() + 1].isalpha() and _COMMAND_END.search(inside)
        yield Edit(last, match.end(), "{}" if is_cut else "")


_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_PRINTED = r"""
    varepsilon ε vartheta θ varphi φ varrho ρ varsigma ς times × pm ± mp ∓ cdot ⋅ div ÷ infty ∞
    ell ℓ sim ~ approx ≈ simeq ≃ neq ≠ ne ≠ equiv ≡ le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥
    lesssim ≲ gtrsim ≳ ll ≪ gg ≫ to → rightarrow → leftarrow ← uparrow ↑ downarrow ↓ ldots ...
    dots ... cdots ...
    circ ° degree ° textdegree ° textmu μ textpm ± texttimes × textendash - textemdash -
    propto ∝ in ∈ subset ⊂ sum ∑ prod ∏ int ∫ sqrt √ partial ∂ nabla ∇ hbar ℏ odot ⊙ oplus ⊕
    otimes ⊗ perp ⊥ parallel ∥ langle ⟨ rangle ⟩ vert | mid | ast * star * prime ′ dagger †
    textasciitilde ~ textbackslash \ lt < gt > ss ß ae æ AE Æ oe œ o ø O Ø aa å AA Å l ł L Ł
"""
_SYMBOLS = {
    **dict(zip(_GREEK.split(), "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True)),
    **dict(zip(_PRINTED.split()[::2], _PRINTED.split()[1::2], strict=True)),
    **{name: name for name in ("log", "ln", "exp", "sin", "cos", "tan", "max", "min", "lim")},
    **dict.fromkeys(("quad", "qquad", "newline"), " "),
    **dict.fromkeys(("left", "right", "big", "Big", "displaystyle", "limits", "xspace"), ""),
}
_ACCENTS = dict(
    zip(
        "'`\"^~=.uvcHk",
        "\u0301\u0300\u0308\u0302\u0303\u0304\u0307\u0306\u030c\u0327\u030b\u0328",
        strict=True,
    )
)
APART = (
    r"p|sec|title|br|hr|div|li|ul|ol|list|list-item|label|abstract|h[1-6]|tr|td|th|table"
    r"|disp-formula"
)
"""Regular expression for the names of elements that stand apart from their neighbours."""
INSIDE = (
    r"i|b|u|s|em|strong|span|a|sc|small|big|scp|inf|sup|sub|font|tt|q|code|italic|bold|underline"
    r"|roman|monospace|sans-serif|strike|ext-link|xref|uri|email|inline-formula|alternatives"
    r"|tex-math|inline-graphic|named-content|styled-content|fn|math|semantics"
    r"|m(?:row|style|fenced|sqrt|sup|sub|subsup|frac|over|under|underover|text|space|i|n|o|td)"
)
"""Likewise for those inside of a sentence."""
_BLOCK_TAGS = re.compile(APART)
_TAGS = rf"{APART}|{INSIDE}|mml:\w+"
_ABOVE = r"\^\{?\s?\+\s?\d*\.?\d+\s?\}?"
_BELOW = r"_\{?\s?[-−–]\s?\d*\.?\d+\s?\}?"
BOTH_ERRORS = rf"(?:{_ABOVE}\s?{_BELOW}|{_BELOW}\s?{_ABOVE})"
"""Pattern of the errors above and below a value in LaTeX: ``^{+2}_{-1}``."""
_ENTITY = r"&(?:amp;)*(?P<name>\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]\w{1,31});"
ENTITY = re.compile(_ENTITY)
"""A character by its name or number, however often its ampersand was escaped."""
_MARKUP = re.compile(
    rf"""
      (?P<errors>{BOTH_ERRORS})
    | (?P<fraction>\\[dt]?frac\{{[^{{}}]*\}}\{{[^{{}}]*\}})
    | (?P<degree>\^(?:\{{\s*\\circ\s*\}}|\\circ(?![A-Za-z])))
    | (?P<label>(?<=\d)_\{{\s*(?:\\(?:rm|text|mathrm)(?![A-Za-z])\s*\{{?\s*)?
        (?P<said>[A-Za-z]{{3,}}\.?)\s*\}}{{1,2}})
    | (?P<script>[\^_]\{{[^{{}}]*\}})
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
    | (?P<entity>{_ENTITY})
    | (?P<tag><(?P<close>/?)(?:jats:|html:)?(?P<tagname>(?i:{_TAGS}))
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
    return _markup_within(text, 0, len(text))


def _markup_within(text: str, at: int, until: int) -> Iterator[Edit]:
    # Looking for the few characters that start markup first is twenty times faster.
    while starter := _STARTER.search(text, at, until):
        match = _MARKUP.match(text, starter.start())
        if match is None:
            at = starter.end()
            continue
        at = match.end()
        if match.lastgroup == "fraction":
            yield from _fraction_edits(match)
        elif match.lastgroup == "script":
            yield from _script_edits(text, match)
        elif match.lastgroup == "errors":
            yield Edit(match.start(), match.end(), _both_errors(match))
        elif match.lastgroup == "label":  # "0.4_{\rm stat}"
            yield Edit(match.start(), match.end(), f" ({match['said']})")
        else:
            yield Edit(match.start(), match.end(), _plain(match))


def _fraction_edits(match: re.Match[str]) -> Iterator[Edit]:
    start, end = match.span()
    opened = match.string.index("{", start)
    middle = match.string.index("}{", start)
    yield Edit(start, opened + 1, "")
    yield from _markup_within(match.string, opened + 1, middle)
    yield Edit(middle, middle + 2, "/")
    yield from _markup_within(match.string, middle + 2, end - 1)
    yield Edit(end - 1, end, "")


def _script_edits(text: str, match: re.Match[str]) -> Iterator[Edit]:
    start, end = match.span()
    mark = text[start] if text[start] == "^" or text[start - 1 : start].isdigit() else ""
    yield Edit(start, start + 2, mark)
    yield from _markup_within(text, start + 2, end - 1)
    yield Edit(end - 1, end, " " if text[end : end + 1].isdigit() else "")


_FIXED = {
    **dict.fromkeys(("wrapper", "switch", "nothing", "brace"), ""),
    **dict.fromkeys(("tie", "joint", "space"), " "),
    "degree": "°",
    "money": "$",
    "thin": "\u2009",
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
        return decoded(match["name"])
    return _tag(match) if kind == "tag" else old[1:]


_ERROR = re.compile(r"[-+−–]\s?[\d.]+")


def _both_errors(match: re.Match[str]) -> str:
    """The errors above and below a value, in the order of speech: " +2/-1"."""
    # A plus sign sorts before each of the minus signs.
    above, below = sorted(error.replace(" ", "") for error in _ERROR.findall(match.group()))
    before = match.string[match.start() - 1 : match.start()]
    # Above and below a letter they are indices.
    mark = "^" if before.isalpha() else " " * (not before.isspace() and before != "")
    return f"{mark}{above}/-{below[1:]}"


def decoded(name: str) -> str:
    """The character of an entity; the entity where none has that name."""
    if name.startswith("#"):
        return html.unescape(f"&{name};")
    return html5.get(f"{name};", f"&{name};")


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
