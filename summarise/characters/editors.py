"""What differs in typography alone: characters, white space, forms of numbers, and markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from summarise.characters.markup import Edit, Editor, markup_edits, math_edits

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
    rf"(?P<decimals>(?<=\d\.)\d{{3}}(?:[{_GROUP_SPACES}]\d{{3}})*[{_GROUP_SPACES}]\d{{1,3}}(?!\d))"
    rf"|(?P<thousands>{_LEADING_GROUP}[{_GROUP_SPACES}](?=\d{{3}}(?!\d)))"
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
            case "decimals":
                put = "".join(filter(str.isdigit, old))
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
