"""What LaTeX, and copying from a page, left in a text, as a reader expects it.

This is for showing alone: a value is stored, and looked for, as it stands. What may be the author's
own stays: money ("$5 to $10"), braces of a set, an operator, a tilde before a number,
a tag that none closes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.typography.editors import Edit, markup_edits, math_edits
from summarise.typography.normal import rewritten

# Most text has none of these, and to know that is quick.
_MAY_HOLD = re.compile(r"[\\$&<~]|--|``|''|\^[s{]|_\{|[0-9]t(?=imes)")
_BRACED = re.compile(r"\\|[\^_]\{")
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
_PUT = {"factor": "×", "star": "*", "dash": "–", "opened": "“", "closed": "”"}


def readable(text: str) -> str:
    r"""A text without what LaTeX and copying left in it: ``\300,000`` is "$300,000".

    It may hold other characters than the text did, so it is still to be made safe to show.
    """
    if _MAY_HOLD.search(text) is None:
        return text
    read = text
    for edits in (math_edits, _markup_edits, _copied_edits):
        read = rewritten(read, edits, [])
    return read or text


def _markup_edits(text: str) -> Iterator[Edit]:
    """What grounding reads over, less what may be meant as it stands."""
    keeps_braces, keeps_tags = _BRACED.search(text) is None, "</" not in text
    for edit in markup_edits(text):
        old = text[edit.start : edit.end]
        if keeps_tags and old.startswith("<"):
            continue
        if old == "~" and not text[edit.start - 1 : edit.start].isalpha():
            continue
        if not (keeps_braces and old in {"{", "}"}):
            yield edit


def _copied_edits(text: str) -> Iterator[Edit]:
    """What is left of a command that lost its backslash, and what TeX types as two characters."""
    is_quoted = False
    for match in _COPIED.finditer(text):
        kind = match.lastgroup or ""
        is_quoted = is_quoted or kind == "opened"
        if kind != "closed" or is_quoted:
            yield Edit(match.start(), match.end(), _PUT[kind])
