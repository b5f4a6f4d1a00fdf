r"""Reversible normalisation: one spelling for what differs in typography alone, and the way back.

``normalise`` rewrites a text so that two spellings of the same words become equal, and remembers
where each character came from:

========================  =====================================================================
dashes, math minus        ``-`` (also ``--`` and ``---``); quotes become ``'`` and ``"``
white space               one space for any run, line breaks and LaTeX ties (``Fig.~2``) included
invisible characters      dropped: soft hyphens, zero-width characters, direction marks, ™ and ®
compatibility characters  as in NFKC (ligatures, full width); accents are composed
superscripts              ``10²``, ``10^{2}`` and ``10<sup>2</sup>`` are ``10^2``, never ``102``
subscripts                ``CO₂``, ``CO$_2$``, ``CO<sub>2</sub>`` are ``CO2``; after a digit ``_2``
fractions                 ``½`` is ``1/2``, ``5½`` is ``5 1/2``; other numerals (``①``) stay
thousands                 a thin, no-break or LaTeX space inside a number becomes a comma; so does
                          a plain one where it groups (``12 450 people``, not ``day 12 450 people``)
decimal point             a raised one (``0·71``) becomes ``.``
factors                   ``10x``, ``10 ×``, ``10\times`` and ``10times`` are ``10×``
errors of a value         ``5^{+2}_{-1}``, ``5 (+2, −1)`` and the like are ``5 +2/-1``; what tells
                          their kind stands in brackets: ``± 3_{\rm stat}`` is ``±3 (stat)``
``±`` and ``%``           ``\pm``, ``+/-`` become ``±``; no space inside ``3 ± 1`` and ``46.3 %``
LaTeX residue             ``$…$``, braces, ``\textbf{x}``, ``\url{x}`` leave ``x``; ``\alpha`` is
                          ``α``; ``\%`` is ``%``; a backslash before a digit is a lost ``\$``
HTML residue              entities are decoded, tags dropped (block tags leave a space)
========================  =====================================================================

Letter case is kept, and so is everything else. The compatibility forms are those of Unicode
Standard Annex 15, https://www.unicode.org/reports/tr15/; what counts as ``$…$`` is pandoc's rule,
https://pandoc.org/MANUAL.html#math, so that ``$5 and $6`` keeps its money.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from operator import add, sub
from string import ascii_letters, digits
from typing import NamedTuple

from summarise.characters.clean import RAISED, for_screen
from summarise.characters.editors import EDITORS
from summarise.characters.markup import Edit, Editor, markup_edits, math_edits


@dataclass(frozen=True, slots=True)
class Pass:
    """Where each edit of one pass stands, in the text after it and in the text before it."""

    new_starts: tuple[int, ...]
    new_ends: tuple[int, ...]
    old_starts: tuple[int, ...]
    old_ends: tuple[int, ...]

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> Pass:
        """Those that were made, in order."""
        old_starts, old_ends, puts = zip(*edits, strict=True)
        sizes = [*map(len, puts)]
        grown = accumulate(map(sub, sizes, map(sub, old_ends, old_starts)), initial=0)
        new_starts = tuple(map(add, old_starts, grown))
        return cls(new_starts, tuple(map(add, new_starts, sizes)), old_starts, old_ends)

    def old_start(self, offset: int) -> int:
        """Where the character at ``offset`` of the new text starts in the old one."""
        index = bisect_right(self.new_starts, offset) - 1
        if index < 0:
            return offset
        if offset < self.new_ends[index]:
            return self.old_starts[index]
        return self.old_ends[index] + offset - self.new_ends[index]

    def old_end(self, offset: int) -> int:
        """Where the character before ``offset`` of the new text ends in the old one."""
        last = offset - 1
        index = bisect_right(self.new_starts, last) - 1
        if index < 0:
            return offset
        if last < self.new_ends[index]:
            return self.old_ends[index]
        return self.old_ends[index] + offset - self.new_ends[index]


def rewritten(text: str, editor: Editor, passes: list[Pass] | None = None) -> str:
    """Apply what an editor finds to a text; ``passes`` takes the way back, if anything changed."""
    edits = [edit for edit in editor(text) if text[edit[0] : edit[1]] != edit[2]]
    if not edits:
        return text
    if passes is not None:
        passes.append(Pass.of(edits))
    pieces: list[str] = []
    at = 0
    for start, end, put in edits:
        pieces += (text[at:start], put)
        at = end
    return "".join([*pieces, text[at:]])


class Normalised(NamedTuple):
    """A normalised text that knows where its characters came from."""

    text: str
    passes: tuple[Pass, ...] = ()
    """What was rewritten, in the order in which it was."""

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters of the original text behind ``text[start:end]`` begin and end.

        They are the smallest interval that covers them. Markup that was dropped at either edge
        stays outside; where one edit wrote several characters, all of its source is covered. Both
        ends never decrease as ``start`` and ``end`` grow.
        """
        if not self.passes:
            return start, end if end > start else start
        if start >= end:
            for step in reversed(self.passes):
                start = step.old_start(start)
            return start, start
        for step in reversed(self.passes):
            start, end = step.old_start(start), step.old_end(end)
        return start, end


# Each pass may lay bare what the next one rewrites (``&amp;lt;b&amp;gt;``). Real text needs two.
_MOST_ROUNDS = 12
# Text of these alone, without certain pairs, is normal already. To know that costs a twentieth of
# what the editors do, and most text is plain.
_USUAL = (ascii_letters + digits + " !\"#%&'()*+,-./:;<=>?@[]^_|").encode()
# A tag or an entity, and neither "p < 0.05" nor "this & that".
_MAY_BE_HTML = re.compile(r"[<&][/#A-Za-z]")
# "5 (+2, -1)", "5^+2_-1"
_MAY_BE_ERRORS = re.compile(r"[ ^(]\+ ?[0-9.]+ ?[ /,_]")
# "10x", "10 x", "10 %", "10times", "10 000". To look for one digit, in the place of all, takes a
# fifth of a search for any.
_ALIKE = bytes.maketrans(digits.encode(), b"0" * len(digits))
_UNUSUAL_NUMBER = re.compile(rb"0(?:[xt]| [x%0])")


def _is_normal(text: str) -> bool:
    if not text.isascii() or (raw := text.encode()).translate(None, _USUAL):
        return False
    pairs = "  " in text or "--" in text or ("'" in text and "''" in text)
    spread = "+" in text and ("+-" in text or "+/-" in text or _MAY_BE_ERRORS.search(text))
    html = ("<" in text or "&" in text) and _MAY_BE_HTML.search(text)
    return not (pairs or spread or html or _UNUSUAL_NUMBER.search(raw.translate(_ALIKE)))


# An abstract is normalised for its quantities and to ground a draft, a value for both, too.
@lru_cache(maxsize=128)
def normalise(text: str) -> Normalised:
    """Normalise a text as the module describes; doing it again changes nothing.

    Any text will do, lone surrogates included.
    """
    if _is_normal(text):
        return Normalised(text)
    passes: list[Pass] = []
    for _ in range(_MOST_ROUNDS):
        before = len(passes)
        for edits in EDITORS:
            text = rewritten(text, edits, passes)
        if len(passes) == before or _is_normal(text):
            break
    return Normalised(text, tuple(passes))


def normal_form(text: str) -> str:
    """The text of ``normalise``; of one that is normal already, without a look at what is kept."""
    return text if _is_normal(text) else normalise(text).text


# For a reader

_LOST_FACTOR = re.compile("times(?<=[0-9]times)")
_TAG_OR_ENTITY = re.compile(r"<[/A-Za-z]|&[#A-Za-z]")
# A tie holds words together: before a tilde behind a number or a blank nothing is one.
_MAY_HOLD = re.compile(r"[\\$&<]|~(?<=[^\W\d_]~)|--|``|''|\^[s{]|_\{|[0-9]t(?=imes)")
_BRACED = re.compile(r"\\|[\^_]\{")
_MAY_BE_COPIED = re.compile(r"times|\^|--|''")
_COPIED = re.compile(
    r"""
      (?P<factor>(?<=[0-9])times(?![^\W_]))
    | (?P<star>\^\\?(?:star|ast)(?![^\W_]))
    | (?P<dash>(?<=[^\W_])---?(?=[^\W_])|(?<=\ )---?(?=\ ))
    | (?P<opened>``(?=[^`']{1,300}''))
    | (?P<closed>(?<=[^\s'])''(?!'))
    """,
    re.VERBOSE,
)
# "10^-4", "s^-1)" and, before a letter, an isotope: "^87Rb"
_POWER = re.compile(
    r"(?:(?<=[\w)\]|⊙⊕])\^([-−]?\d{1,3})(?![\w^]|[.,]\d)|(?<![^\s(/-])\^(?=\d{1,3}[A-Z])(\d{1,3}))"
)
_PUT = {"factor": "×", "star": "*", "dash": "–", "opened": "“", "closed": "”"}


def readable(text: str) -> str:
    r"""A text without what LaTeX and copying left in it: ``\300,000`` is "$300,000".

    This is for showing alone: a value is stored, and looked for, as it stands. What may be the
    author's own stays: money ("$5 to $10"), braces of a set, a tilde before a number, a tag that
    none closes. There may be other characters in it than in the text: it isn't safe to show yet.
    """
    return text if _is_plain(text) else _read(text)


def readable_line(text: str) -> str:
    """A text as ``readable`` has it, on one line, safe to show: see ``for_screen``."""
    if _is_plain(text):
        # As below, which the texts of ten thousand records would pay for.
        return " ".join(text.split()) if "  " in text else text.strip()
    return for_screen(_read(text))


def _is_plain(text: str) -> bool:
    """Whether it is quick to know that LaTeX, HTML and copying left nothing in a text.

    Most text is plain. To look for a sign takes next to nothing where none is there.
    """
    if not text.isprintable():
        return False
    if "\\" in text or "$" in text or "~" in text or "^" in text or "`" in text:
        return False
    if ("-" in text and "--" in text) or ("'" in text and "''" in text):
        return False
    if ("<" in text or "&" in text) and _TAG_OR_ENTITY.search(text):
        return False
    if "{" in text and "_{" in text:
        return False
    return "times" not in text or _LOST_FACTOR.search(text) is None


def _read(text: str) -> str:
    if _MAY_HOLD.search(text) is None:
        return text
    read = rewritten(text, math_edits) if "$" in text else text
    # Of what is lowered only the braces are left by then.
    is_braced = any("{" in one and _BRACED.search(one) for one in (text, read))
    read = rewritten(read, partial(_markup_edits, is_braced=is_braced))
    if _MAY_BE_COPIED.search(read):
        read = rewritten(read, _copied_edits)
    if "^" in read:
        read = _POWER.sub(lambda found: (found[1] or found[2]).translate(RAISED), read)
    return read or text


def _markup_edits(text: str, *, is_braced: bool) -> Iterator[Edit]:
    """What grounding reads over, less what may be meant as it stands."""
    has_end = "</" in text  # found once for the whole text
    for edit in markup_edits(text):
        start = edit[0]
        match text[start]:
            case "<":
                is_meant = not has_end
            case "~":
                is_meant = not text[start - 1 : start].isalpha()
            case "{" | "}":
                is_meant = not is_braced
            case _:
                is_meant = False
        if not is_meant:
            yield edit


def _copied_edits(text: str) -> Iterator[Edit]:
    """What is left of a command that lost its backslash, and what TeX types as two characters."""
    is_quoted = False
    for match in _COPIED.finditer(text):
        kind = match.lastgroup or ""
        is_quoted = is_quoted or kind == "opened"
        if kind != "closed" or is_quoted:
            yield Edit(match.start(), match.end(), _PUT[kind])
