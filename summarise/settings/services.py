"""The services that papers are fetched from: where each is, and which variable holds a key for it.

A key is for the service's own address alone. Where the user sets another one, a mirror for
example, none is sent to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import SecretStr

from summarise.errors import SettingsError


class ServiceSite(NamedTuple):
    """A service: what people call it, and its address up to where the paths of its API begin."""

    label: str
    base_url: str
    key_variable: str | None = None
    """The variable that its own documentation, or most of its clients, read a key from."""


SERVICES: Mapping[str, ServiceSite] = {
    # https://info.arxiv.org/help/api/user-manual.html
    "arxiv": ServiceSite("arXiv", "https://export.arxiv.org/api"),
    # https://www.crossref.org/documentation/retrieve-metadata/rest-api/
    "crossref": ServiceSite("Crossref", "https://api.crossref.org"),
    # https://developers.openalex.org/api-reference/authentication
    "openalex": ServiceSite("OpenAlex", "https://api.openalex.org", "OPENALEX_API_KEY"),
    # https://www.ncbi.nlm.nih.gov/books/NBK25497/
    "pubmed": ServiceSite(
        "PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", "NCBI_API_KEY"
    ),
    # https://api.semanticscholar.org/api-docs/graph
    "semantic_scholar": ServiceSite(
        "Semantic Scholar", "https://api.semanticscholar.org/graph/v1", "S2_API_KEY"
    ),
    # https://huggingface.co/docs/hub/api
    "huggingface": ServiceSite("Hugging Face", "https://huggingface.co/api"),
    # https://aclanthology.org/info/ids/
    "acl": ServiceSite("the ACL Anthology", "https://aclanthology.org"),
    # https://www.zotero.org/support/dev/web_api/v3/local_api
    "zotero": ServiceSite("Zotero", "http://localhost:23119/api"),
}


def service_keys(environ: Mapping[str, str]) -> dict[str, SecretStr]:
    """The keys that the environment holds, by the name of the service.

    Raises:
        SettingsError: One couldn't be sent.
    """
    keys = {}
    for name, site in SERVICES.items():
        variable = site.key_variable or ""
        if key := environ.get(variable, "").strip():
            check_key(key, variable)
            keys[name] = SecretStr(key)
    return keys


def check_key(key: str, where: str) -> None:
    """Refuse a key that no header could hold.

    Raises:
        SettingsError: It is one.
    """
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError(
            "the key holds a blank or another character that no key has",
            where=where,
            hint="Copy it again.",
        )
