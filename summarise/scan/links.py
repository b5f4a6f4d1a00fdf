"""URLs in an abstract, without the punctuation and LaTeX around them."""

from __future__ import annotations

import re

from summarise.models import Span
from summarise.scan.mentions import Mention, MentionKind

# A scheme, "www.", or one of the hosts that abstracts name without a scheme.
_URL = re.compile(
    r"(?:https?://|ftp://|\bwww\.(?=\w)|\b(?:github|gitlab|huggingface|zenodo|osf|doi)"
    r"\.(?:com|org|io|co)/)"
    r"[^\s<>\"{}|\\^`\u201c\u201d]+",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'*\u2019\u00b7"
_PAIRS = {")": "(", "]": "["}


def find_links(text: str) -> tuple[Mention, ...]:
    """Find every URL of a text.

    Args:
        text: An abstract.

    Returns:
        The URLs in order. Trailing punctuation and closing brackets without a partner inside the
        URL are left out; ``\\url{…}`` and braces are unwrapped.
    """
    if "/" not in text and "www." not in text:
        return ()
    found = []
    for match in _URL.finditer(text):
        url = _trimmed(match.group())
        span = Span(match.start(), match.start() + len(url))
        found.append(Mention(url, span, MentionKind.LINK))
    return tuple(found)


def _trimmed(url: str) -> str:
    while url:
        last = url[-1]
        opener = _PAIRS.get(last)
        unmatched = opener is not None and url.count(opener) < url.count(last)
        if last not in _TRAILING and not unmatched:
            break
        url = url[:-1]
    return url
