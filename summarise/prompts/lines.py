"""Untrusted text as lines of a prompt: nothing that hides, nothing that ends a line or the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

from summarise.characters import INVISIBLE

# What could end a line or hide in one: a sentence takes exactly one line of the prompt.
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Characters that nobody sees and that a model may read. A joiner between two letters of a script
# that needs it (Persian, Hindi, emoji) stays.
_JOINER = "[\u200c\u200d]"
_UNSEEN = re.compile(
    f"(?!{_JOINER})[{INVISIBLE}]"
    rf"|{_JOINER}(?![^\x00-\x7f])|(?<![^\x00-\x7f]){_JOINER}|(?<={_JOINER}){_JOINER}"
)
# Half of a UTF-16 pair can't be written as UTF-8: some servers refuse the whole request for it.
_SURROGATE = re.compile("[\ud800-\udfff]")


def one_line(text: str) -> str:
    """A text as one line, without what a reader of the abstract wouldn't see.

    Line breaks of every kind and control characters become spaces; zero-width, bidirectional and
    tag characters go, and half a surrogate pair becomes U+FFFD. Grounding compares normal forms
    that lack the same characters, so a value that is copied from this line is found in the text.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
        # With one joiner gone the next may stand where it isn't needed.
        text = _UNSEEN.sub("", text)
    return _BREAKS.sub(" ", text).strip()


def fence_for(lines: Iterable[str], seed: str, digits: int) -> str:
    """A word that stands nowhere in a text.

    Args:
        lines: The text.
        seed: A hash of it: equal texts get equal fences.
        digits: Length of the word, in hexadecimal digits; more where so few stand in the text.
    """
    text = "\n".join(lines).lower()
    while (word := seed[:digits]) in text:
        seed = sha256(seed.encode()).hexdigest()
        digits += 1
    return word
