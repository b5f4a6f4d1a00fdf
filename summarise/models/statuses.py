"""What speaks against relying on a paper: how publishers and databases write it.

They put it before a title, behind it, into an abstract in place of it, or among the types of a
publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

STATUSES = {
    "retracted": "retracted",
    "withdrawn": "withdrawn",
    "notice": "a notice of a retraction",
    "concern": "an expression of concern",
}
"""What a paper may be that is no longer relied on, or tells so of another, in words."""
# As publishers and databases write it: “RETRACTED: …”, “[Retracted] …”, “… (Retracted article. …)”.
_RETRACTED = re.compile(
    r"\A[\W_]{0,3}(?P<what>retracted|withdrawn)\b(?: (?:article|paper|chapter|publication))?"
    r"\s?[:\])]\s*"
    r"|[\[(](?P<end>retracted|withdrawn)\b[^\])]{0,200}[\])]\.?\s*\Z",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\W?(?:(?P<notice>(?:retraction|withdrawal)(?: (?:notice|note|statement)\b|:))"
    r"|(?:editorial )?expression of concern\b)",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(
    r"\W?th(?:is|e) (?:paper|article|submission|manuscript|preprint|work) (?:has been|was|is) "
    r"(?:withdrawn|retracted)\b",
    re.IGNORECASE,
)
_TYPES = {
    "retracted publication": "retracted",
    "retraction of publication": "notice",
    "retraction notice": "notice",
    "retraction": "notice",
    "withdrawal": "notice",
    "expression of concern": "concern",
}
# What else a publisher or a journal puts before a title; the title begins behind it.
_BEFORE = re.compile(
    r"\A\W*(?:(?:partial )?retract(?:ed|ion)|withdraw(?:n|al)|expression of concern|corrigendum"
    r"|correct(?:ed|ion)|erratum|editorial|commentary)(?: (?:article|paper|note|notice))?\]?: ",
    re.IGNORECASE,
)


def status_of(title: str, abstract: str) -> str | None:
    """The status of a paper, a key of ``STATUSES``, by how its title or its abstract begins."""
    if found := _RETRACTED.search(title):
        return (found["what"] or found["end"]).lower()
    if found := _NOTICE.match(title):
        return "notice" if found["notice"] else "concern"
    return "withdrawn" if _WITHDRAWN.match(abstract.lstrip()) else None


def status_of_types(types: Iterable[str]) -> str | None:
    """Likewise by the types of publication that it has."""
    found = (_TYPES.get(" ".join(one.split()).casefold()) for one in types)
    return next(filter(None, found), None)


def without_status(title: str) -> str:
    """A title without what a publisher put before it when the paper was retracted."""
    found = _RETRACTED.search(title)
    return title[found.end() :] if found and found["what"] else title


def without_notice(title: str) -> str:
    """A title without that, and without the kind of what it is: “Corrigendum: ”, “Editorial: ”."""
    return _BEFORE.sub("", without_status(title))
