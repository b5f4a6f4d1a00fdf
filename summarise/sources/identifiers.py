"""What a user names a paper by, such as ``arxiv:2310.00426`` or ``hf:2025-12-26``.

A DOI and an arXiv id of today's form are known without their scheme, as are the addresses of papers
at most services. What can't be an id of its scheme is refused before anybody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from summarise.errors import InputError
from summarise.readers import ACL_ID, normalise_arxiv, normalise_doi

_LONGEST = 300
# https://info.arxiv.org/help/doi.html
_ARXIV_DOI = "10.48550/arxiv."
_BARE_ARXIV = re.compile(r"[0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,3})?")
_ADDRESS = re.compile(r"https?://(?:www\.|export\.)?([^/?#\s]+/[^?#\s]*?)/?(?:[?#]\S*)?")
_PAGES = (
    ("arxiv", re.compile(r"arxiv\.org/(?:abs|pdf|html)/(.+?)(?:\.pdf)?")),
    ("arxiv", re.compile(r"huggingface\.co/papers/([0-9]{4}\.[0-9]{4,5})")),
    ("hf", re.compile(r"huggingface\.co/papers/date/([0-9-]+)")),
    ("doi", re.compile(r"(?:dx\.)?doi\.org/(.+)")),
    ("pmid", re.compile(r"pubmed\.ncbi\.nlm\.nih\.gov/([0-9]+)")),
    ("openalex", re.compile(r"(?:api\.)?openalex\.org/(?:works/)?([Ww][0-9]+)")),
    ("acl", re.compile(r"aclanthology\.org/([A-Za-z0-9._-]+?)(?:\.(?:pdf|bib))?")),
    ("acl", re.compile(r"aclweb\.org/anthology/([A-Za-z0-9-]+)(?:\.(?:pdf|bib))?")),
    ("s2", re.compile(r"semanticscholar\.org/paper/(?:[^/]+/)?([0-9a-f]{40})")),
)
"""Where the services have their pages of papers, without ``https://`` and ``www.``."""
_VERSION = re.compile(r"v[0-9]{1,3}\Z")
_SUBJECT_CLASS = re.compile(r"\.[A-Za-z]{2}(?=/)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One or more papers, by a scheme of ``SCHEMES`` and the normal form of what stands behind it.

    A version stays with an arXiv id: ``2310.00426v2``.
    """

    scheme: str
    value: str

    def __str__(self) -> str:
        """The identifier as a user writes it."""
        return f"{self.scheme}:{self.value}"


def _arxiv(text: str) -> str | None:
    bare = normalise_arxiv(text)
    if bare is None:
        return None
    month = int(bare[2:4]) if bare[:4].isdigit() else int(bare.partition("/")[2][2:4])
    if not 1 <= month <= 12:
        return None
    version = _VERSION.search(text.removesuffix(".pdf"))
    # Its interface knows the old ids without their subject class: math/0309136.
    return _SUBJECT_CLASS.sub("", bare).lower() + (version[0] if version else "")


def _doi(text: str) -> str | None:
    doi = normalise_doi(text)
    return doi if doi and doi.isprintable() else None


def _acl(text: str) -> str | None:
    return next(filter(ACL_ID.fullmatch, (text.upper(), text.lower())), None)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _of_form(form: str, case: Callable[[str], str] = str) -> Callable[[str], str | None]:
    return lambda text: case(text) if re.fullmatch(form, case(text)) else None


SCHEMES: Mapping[str, tuple[Callable[[str], str | None], str]] = {
    "arxiv": (_arxiv, "an arXiv id such as 2310.00426 or hep-th/9901001"),
    "doi": (_doi, "a DOI such as 10.1000/182"),
    "pmid": (_of_form("[1-9][0-9]{0,8}"), "a PubMed id such as 38000001: digits"),
    "hf": (_day, "a day of Hugging Face's daily papers such as 2025-12-26"),
    "openalex": (_of_form("W[0-9]{1,12}", str.upper), "a work of OpenAlex such as W2741809807"),
    "acl": (_acl, "an id of the ACL Anthology such as 2023.acl-long.12 or P18-1001"),
    "s2": (
        _of_form("[0-9a-f]{40}|[1-9][0-9]{0,11}", str.lower),
        "a paper of Semantic Scholar: 40 hexadecimal digits, or a corpus id",
    ),
    "zotero": (
        lambda text: text if text.isprintable() else None,
        "a collection of Zotero: its name, or its key of 8 characters",
    ),
}
"""What each scheme's ids become, None where they are none; and what is expected."""


def find_identifier(text: str) -> Identifier | None:
    """The identifier that a text is; None where it is none and may be the name of a file.

    Raises:
        InputError: It begins with a scheme, and what follows isn't an id of it.
    """
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    scheme, rest = scheme.lower(), rest.strip()
    if colon and scheme in SCHEMES:
        read, expected = SCHEMES[scheme]
        value = read(rest) if 0 < len(rest) <= _LONGEST else None
        if value is None:
            raise InputError(f"isn't {expected}", where=text[:_LONGEST])
    elif len(text) > _LONGEST:
        return None
    elif _BARE_ARXIV.fullmatch(text) and (value := _arxiv(text)):
        scheme = "arxiv"
    elif page := _page(text):
        scheme, value = page
    elif value := _doi(text):
        scheme = "doi"
    else:
        return None
    if scheme == "doi" and value.startswith(_ARXIV_DOI):
        own = _arxiv(value.removeprefix(_ARXIV_DOI))
        return Identifier("arxiv", own) if own else Identifier(scheme, value)
    return Identifier(scheme, value)


def _page(text: str) -> tuple[str, str] | None:
    """Scheme and id of a paper whose page is at an address."""
    address = _ADDRESS.fullmatch(text)
    if address is None:
        return None
    for scheme, pattern in _PAGES:
        found = pattern.fullmatch(address[1])
        if found and (value := SCHEMES[scheme][0](unquote(found[1]))):
            return scheme, value
    return None


def parse_identifier(text: str) -> Identifier:
    """The identifier that a text is.

    Raises:
        InputError: It is none.
    """
    if found := find_identifier(text):
        return found
    raise InputError(
        "isn't an identifier",
        where=text[:_LONGEST] or "an empty argument",
        hint=f"Write {', '.join(f'{name}:…' for name in SCHEMES)}; `summarise run` reads files.",
    )
