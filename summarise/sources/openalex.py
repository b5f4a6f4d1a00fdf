"""OpenAlex: works by its own id or by DOI.

https://developers.openalex.org/api-reference/authentication. A single work is free; a list, here of
up to 50 works by a filter, is paid from what a day holds: little without a key, and a hundred times
as much with a free one in ``OPENALEX_API_KEY``. Its limit of a hundred requests a second is far
away. A work that was merged into another one redirects to it, and isn't taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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

# What parts values of a filter, and what negates one.
_NOT_IN_FILTERS = re.compile(r"[,|!]")


def _ask(client: ServiceClient, scheme: str, ids: Sequence[str]) -> Iterator[ServiceAnswer]:
    contact = {"mailto": client.mailto} if client.mailto else {}
    apart = ids if len(ids) == 1 else [one for one in ids if _NOT_IN_FILTERS.search(one)]
    for one in apart:
        name = f"doi:{one}" if scheme == "doi" else one
        path = f"works/{quote(name, safe=':')}"
        work = client.find(path, contact, lambda content: object_of(read_json(content)))
        if work is not None:
            yield ServiceAnswer(as_lines([work]), one)
    if together := [one for one in ids if one not in apart]:
        form = "https://doi.org/{}" if scheme == "doi" else "{}"
        values = "|".join(map(form.format, together))
        params = {"filter": f"{scheme}:{values}", "per_page": "100", **contact}
        told = client.get("works", params, lambda content: object_of(read_json(content)))
        yield ServiceAnswer(as_lines(list_of(told.get("results"))))


SERVICE = Service("openalex", "openalex", 50, AskingPace(0.2, key_parameter="api_key"), _ask)
