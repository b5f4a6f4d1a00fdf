"""What differs in typography alone: LaTeX, HTML, characters, white space and forms of numbers."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from html.entities import html5
from typing import NamedTuple


class Edit(NamedTuple):
    """``text[start:end]`` is to be written as ``put``."""

    start: int
    end: int
    put: str


Editor = Callable[[str], Iterator[Edit]]
"""Finds what to rewrite in a text: edits in order, without overlaps."""

# LaTeX and HTML

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
_BLOCK_TAGS = re.compile(r"p|br|div|title|sec|[ou]l|li|t[rdh]|h[1-6]")
_TAGS = (
    "b|i|u|em|strong|sub|sup|inf|p|br|span|div|title|sec|tt|code|a|italic|bold|sc|small|big|li|ul"
    "|ol|tr|td|th|h[1-6]|font|mml:\\w+|underline|monospace"
)
_ABOVE = r"\^\{?\s?\+\s?\d*\.?\d+\s?\}?"
_BELOW = r"_\{?\s?[-−–]\s?\d*\.?\d+\s?\}?"
_MARKUP = re.compile(
    rf"""
      (?P<errors>{_ABOVE}\s?{_BELOW}|{_BELOW}\s?{_ABOVE})
    |      (?P<fraction>\\[dt]?frac\{{[^{{}}]*\}}\{{[^{{}}]*\}})
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
        return _decoded(match["name"], old)
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


# Characters, white space and forms of numbers

_PLAIN = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
    **dict.fromkeys("‘’‚‛′‹›´ʹʼ＇", "'"),
    **dict.fromkeys("“”„‟″«»〝〞＂", '"'),
    **dict.fromkeys("∼˜", "~"),
    "☉": "⊙",
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("✕✖⨯", "×"),
    "∗": "*",
    **dict.fromkeys("º˚", "°"),
    **dict.fromkeys("™®℠\u034f\u115f\u1160\u3164\uffa0", ""),
    **dict.fromkeys(map(chr, range(0xFE00, 0xFE10)), ""),
}
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\uff9e\uff9f"
_SUPERS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"
_SUBS = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"
_LEADING_GROUP = r"(?:(?<=(?<!\d)\d)|(?<=(?<!\d)\d\d)|(?<=(?<!\d)\d\d\d))"
_GROUP_SPACES = "\u00a0\u2006-\u200a\u202f"
_CHARACTER = re.compile(
    rf"(?P<thousands>{_LEADING_GROUP}[{_GROUP_SPACES}](?=\d{{3}}(?!\d)))"
    rf"|(?P<super>[{_SUPERS}]+)|(?P<sub>[{_SUBS}]+)"
    rf"|(?P<composed>[^\s{_SUPERS}{_SUBS}]?[{_MARKS}]{{1,30}}|[\u1100-\u11ff]{{2,}})"
    r"|[^\x00-\x7f]"
)
# Without any of these, each character that isn't ASCII stands for itself, which is quick to find.
_IN_COMPANY = re.compile(rf"[{_GROUP_SPACES}{_SUPERS}{_SUBS}{_MARKS}\u1100-\u11ff]")
_ALONE_CHARACTER = re.compile(r"[^\x00-\x7f]")


def _character_edits(text: str) -> Iterator[Edit]:
    """Write characters in their plain form, as ASCII where it has one."""
    if text.isascii():
        return
    has_company = _IN_COMPANY.search("".join(_ALONE_CHARACTER.findall(text)))
    for match in (_CHARACTER if has_company else _ALONE_CHARACTER).finditer(text):
        old, kind = match.group(), match.lastgroup
        if kind is None and _folded(old) == old:
            continue
        before = text[match.start() - 1 : match.start()]
        match kind:
            case "thousands":
                put = ","
            case "super":
                put = "^" + _unscripted(old)
            case "sub":
                put = "_" * before.isdigit() + _unscripted(old)
            case "composed":
                put = unicodedata.normalize("NFC", "".join(map(_folded, old)))
            case _:
                put = _folded(old)
                if put[:1].isdigit() and before.isdigit() and not old.isdecimal():
                    put = " " + put
        yield Edit(match.start(), match.end(), put)


def _unscripted(scripts: str) -> str:
    return unicodedata.normalize("NFKC", scripts).replace("−", "-")


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    """The plain form of one character that isn't ASCII."""
    if character in _PLAIN:
        return _PLAIN[character]
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    tag, *codes = unicodedata.decomposition(character).split() or [""]
    if category == "Zs" or not tag.startswith("<"):
        return unicodedata.normalize("NFC", character)
    parts = "".join(_folded(chr(int(code, 16))) for code in codes)
    if tag == "<super>":
        return "^" + parts
    if category == "No" and tag not in ("<fraction>", "<sub>"):
        return character
    return unicodedata.normalize("NFC", parts)


_BLANK = re.compile(r"\s{2,}|[^\S ]")
_ODD_SPACE = re.compile(r"[^\S ]")


def _blank_edits(text: str) -> Iterator[Edit]:
    """Write runs of white space, and any white space that is no space, as one space."""
    # No white space but the space itself is printable.
    if "  " in text or not (text.isprintable() or _ODD_SPACE.search(text) is None):
        for match in _BLANK.finditer(text):
            yield Edit(match.start(), match.end(), " ")


# It starts with a set of characters, not with a choice: the engine then skips letters fast, and
# faster still where the set has ranges alone ("\d" is many).
_FORM = re.compile(
    r"""[0-9)%+\-'`\x80-\U0010ffff](?:
      (?<=\d)(?:
          (?P<percent>\ (?=%))
        | (?P<factor>\ ×\ ?(?=\d)|×\ (?=10\^)|\ ?×|\ x\ ?(?=\d)|x(?![^\W\d])|times(?!\w)
            |\ ?[·⋅∙]\ ?(?=10\^))
        | (?P<point>·(?=\d))
        | (?P<groups>(?:\ [0-9]{3})+(?!\d))
        )
    | (?<=\d)(?P<errors>\ ?(?P<opened>\()?\+\ ?(?P<above>\d*\.?\d+)
            (?:\ ?[/,]\ ?|\ )-\ ?(?P<below>\d*\.?\d+)(?(opened)\)))
    | (?<=\))(?P<power>\ ?×\ ?(?=10\^))
    | (?<=[\d)%])(?P<spread>\ ?(?:±|\+/-|\+-)\ ?(?=[\d.]))
    | (?P<sign>(?<=\+)/-)
    | (?P<dash>(?<=-)-+)
    | (?P<quote>(?<=')'|(?<=`)`)
    | (?P<tick>(?<=`))
    )""",
    re.VERBOSE,
)
_AFTER_NUMBER = {"percent": "", "factor": "×", "power": "×", "point": ".", "spread": "±"}
# What a number belongs to that stands before it: "on day 28", "types 1 and 2", "COVID 19".
_NUMBERED = re.compile(
    r"(?:\b(?i:day|week|month|year|visit|wave|round|time|phase|stage|grade|type|class|level|group|arm"
    r"|cohort|study|studie|trial|experiment|table|fig|figure|section|chapter|question|item|step|epoch"
    r"|layer|seed|top|rank|version|no|number|age|aged|covid|january|february|march|april|may|june|july"
    r"|august|september|october|november|december)s?\.?"
    r"|(?!\b[A-Z]{2}[A-Z$]\ |\b(?:CI|CrI|HR|OR|RR|SD|SE)\ )\b\w*[A-Z]\w*[A-Z\d]\w*)"
    r"(?: \d{1,3}(?:(?:, \d{1,3})*,? (?:and|or|to|-)|,))? \Z"
)
_YEAR_BEFORE = re.compile(r"\b(?:1[89]|20)\d\d,? \Z")
# "12 450 mg doses", "10 500-bed hospitals": how many things, and how large each is.
_SIZED = re.compile(
    r"[\w%×]|[ -](?:[kcdmnpμGMTK]?(?:g|m|l|L|W|Hz|V|J|B|bp|s|Pa|mol)|min|h|px|day|week|month|year)"
    r"[ -](?:[a-z-]+ )?[a-z]{2,}s\b|-[a-z]{2,}(?: [a-z]+)? [a-z]{2,}s\b"
)
_HEAD = re.compile(r"(?<![\w.,^{\\])[1-9]\d{0,2}\Z")
_LETTER_DASH = re.compile(r"[^\W\d]-\Z")
_REACH = 32
_ALONE = {"sign": "±", "dash": "-", "quote": '"', "tick": "'"}


def _form_edits(text: str) -> Iterator[Edit]:
    """Write percentages, factors, spreads, decimal points, dashes and quotes in one way.

    And thousands that a plain space groups: see ``_is_grouped``.
    """
    for match in _FORM.finditer(text):
        kind = match.lastgroup or ""
        if kind == "groups":
            if _is_grouped(text, match.start() + 1, match.end()):
                for at in range(match.start() + 1, match.end(), 4):
                    yield Edit(at, at + 1, ",")
        elif kind == "errors":
            yield Edit(match.start() + 1, match.end(), f" +{match['above']}/-{match['below']}")
        elif kind in _ALONE:
            yield Edit(match.start(), match.end(), _ALONE[kind])
        else:
            yield Edit(match.start() + 1, match.end(), _AFTER_NUMBER[kind])


def _is_grouped(text: str, start: int, end: int) -> bool:
    """Whether groups of three digits, each behind a space, go on the number before ``start``.

    They do behind one to three digits that no digit, letter or decimal point precedes, where no
    further number stands on either side (a year apart: "in 2020 12 450 people"). Two groups, or one
    of three noughts, are always meant so ("1 200 000", "3 000"), but for a list of numbers of three
    digits ("100 200 300"). A single other group may be a number of its own. It is one where the
    first number is the name of something ("on day 28 120 people", "COVID 19 100 cases") or counts
    what the second measures ("12 450 mg doses", "2 100x lenses"). Elsewhere, as in "12 450
    patients" and "12 450 mg", the space groups.
    """
    before = max(0, start - _REACH)
    head = _HEAD.search(text, before, start)
    if head is None or (text[end : end + 1] == " " and text[end + 1 : end + 2].isdigit()):
        return False
    at = head.start()
    if text[at - 1 : at] == " " and text[at - 2 : at - 1].isdigit():
        if _YEAR_BEFORE.search(text, before, at) is None:
            return False
    elif _LETTER_DASH.search(text, before, at):
        return False
    if text.endswith("000", start, end):
        return True
    if end - start > 4:
        return start - at < 3
    return not (_NUMBERED.search(text, before, at) or _SIZED.match(text, end))


EDITORS: tuple[Editor, ...] = (
    math_edits,
    markup_edits,
    _character_edits,
    _blank_edits,
    _form_edits,
)
"""In the order of their use."""
