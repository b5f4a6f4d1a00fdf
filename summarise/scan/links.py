"""URLs in an abstract, without the punctuation and LaTeX around them."""

from __future__ import annotations

import re

from summarise.models import Span
from summarise.scan.mentions import Mention, MentionKind
from summarise.scan.wordlists import either_case, one_of

# A scheme, "www.", or one of the hosts that abstracts name without a scheme.
_STARTS = (
    "https?://", "ftp://", r"www\.(?=\w)", r"github\.com/", r"gitlab\.com/", r"huggingface\.co/",
    r"zenodo\.org/", r"osf\.io/", r"doi\.org/", r"arxiv\.org/",
)  # fmt: skip
_URL = re.compile(one_of(either_case(_STARTS)) + r"[^\s<>\"{}|\\^`\u201c\u201d\u3002\uff0c\uff09]+")
_SIGNS = ("://", "www.", ".com/", ".org/", ".io/", ".co/")
_TRAILING = ".,;:!?'*\u2019\u00b7"
_PAIRS = {")": "(", "]": "["}


def find_links(text: str) -> tuple[Mention, ...]:
    r"""Find every URL of a text.

    Args:
        text: An abstract.

    Returns:
        The URLs in order. Trailing punctuation and closing brackets without a partner inside the
        URL are left out; ``\url{…}`` and braces are unwrapped.
    """
    if not any(sign in text for sign in _SIGNS):
        return ()
    found = []
    for match in _URL.finditer(text):
        if text[match.start() - 1 : match.start()].isalnum() and match.start():
            continue
        url = _trimmed(match.group())
        span = Span(match.start(), match.start() + len(url))
        found.append(Mention(url, span, MentionKind.LINK))
    return tuple(found)


def _trimmed(url: str) -> str:
    surplus = {closer: url.count(closer) - url.count(opener) for closer, opener in _PAIRS.items()}
    end = len(url)
    while end and (url[end - 1] in _TRAILING or surplus.get(url[end - 1], 0) > 0):
        end -= 1
        if url[end] in surplus:
            surplus[url[end]] -= 1
    return url[:end]
