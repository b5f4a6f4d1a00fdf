"""Characters, white space and number forms that differ in typography alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from summarise.ground.edits import Edit

_PLAIN = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
    **dict.fromkeys("‘’‚‛′‹›´ʹʼ＇", "'"),
    **dict.fromkeys("“”„‟″«»〝〞＂", '"'),
    "∼": "~",
    "˜": "~",
    "∗": "*",
    "⁄": "/",
    "∕": "/",
    "✕": "×",
    "✖": "×",
    "⨯": "×",
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


def character_edits(text: str) -> Iterator[Edit]:
    """Write characters in their plain form, as ASCII where it has one."""
    if text.isascii():
        return
    pattern = _CHARACTER if _IN_COMPANY.search(text) else _ALONE_CHARACTER
    for match in pattern.finditer(text):
        old = match.group()
        before = text[match.start() - 1 : match.start()]
        match match.lastgroup:
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
                if put != old and put[:1].isdigit() and before.isdigit() and not old.isdecimal():
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


def blank_edits(text: str) -> Iterator[Edit]:
    """Write runs of white space, and any white space that is no space, as one space."""
    if "  " in text or _ODD_SPACE.search(text):
        for match in _BLANK.finditer(text):
            yield Edit(match.start(), match.end(), " ")


# It starts with a set of characters, not with a choice: the engine then skips letters fast.
_FORM = re.compile(
    r"""[\d)%+\-'`](?:
      (?<=\d)(?:
          (?P<percent>\ (?=%))
        | (?P<factor>\ ×\ ?(?=\d)|\ ?×|\ x\ ?(?=\d)|x(?![^\W\d])|times(?!\w)
            |\ ?[·⋅∙]\ ?(?=10\^))
        | (?P<point>·(?=\d))
        )
    | (?<=[\d)%])(?P<spread>\ ?(?:±|\+/-|\+-)\ ?(?=[\d.]))
    | (?P<sign>(?<=\+)/-)
    | (?P<dash>(?<=-)-+)
    | (?P<quote>(?<=')'|(?<=`)`)
    | (?P<tick>(?<=`))
    )""",
    re.VERBOSE,
)
_AFTER_NUMBER = {"percent": "", "factor": "×", "point": ".", "spread": "±"}
_ALONE = {"sign": "±", "dash": "-", "quote": '"', "tick": "'"}


def form_edits(text: str) -> Iterator[Edit]:
    """Write percentages, factors, spreads, decimal points, dashes and quotes in one way."""
    for match in _FORM.finditer(text):
        kind = match.lastgroup or ""
        if kind in _ALONE:
            yield Edit(match.start(), match.end(), _ALONE[kind])
        else:
            yield Edit(match.start() + 1, match.end(), _AFTER_NUMBER[kind])
