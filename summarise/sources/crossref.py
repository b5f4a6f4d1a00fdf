"""Crossref's REST API: works by DOI.

https://www.crossref.org/documentation/retrieve-metadata/rest-api/access-and-authentication/. Each
answer's headers say what is allowed, which the client heeds; a request a second is ours. With a
mail address it is the polite pool's. Several DOIs are asked for by a filter, whose values a comma
would part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from summarise.sources.client import AskingPace, ServiceClient
from summarise.sources.service import (
    Service,
    ServiceAnswer,
    as_lines,
    list_of,
    object_of,
    read_json,
)


def _ask(client: ServiceClient, _: str, dois: Sequence[str]) -> Iterator[ServiceAnswer]:
    contact = {"mailto": client.mailto} if client.mailto else {}
    apart = dois if len(dois) == 1 else [doi for doi in dois if "," in doi]
    for doi in apart:
        path = f"works/{quote(doi, safe='')}"
        work = client.find(path, contact, lambda content: as_lines([_message(content)]))
        if work is not None:
            yield ServiceAnswer(work, doi)
    if together := [doi for doi in dois if doi not in apart]:
        filters = ",".join(f"doi:{doi}" for doi in together)
        params = {"filter": filters, "rows": str(len(together)), **contact}
        works = client.get("works", params, lambda content: list_of(_message(content).get("items")))
        yield ServiceAnswer(as_lines(works))


def _message(content: bytes) -> dict[str, Any]:
    return object_of(object_of(read_json(content)).get("message"))


SERVICE = Service("crossref", "crossref", 40, AskingPace(1.0), _ask)
