"""Semantic Scholar's Academic Graph: papers by its own id, a corpus id, or a DOI.

https://api.semanticscholar.org/api-docs/graph: up to 500 ids in one POST, answered in their order,
null for what it doesn't know, and HTTP 400 where it knows none. With a key in ``S2_API_KEY`` one
request a second; without one everybody shares 100 requests in five minutes, so that a 429 is usual.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from summarise.sources.client import AskingPace, ServiceClient, ServiceFault
from summarise.sources.service import Service, ServiceAnswer, as_lines, list_of, read_json

_FIELDS = "title,abstract,authors,externalIds,corpusId,venue,journal,publicationDate,year,url"


def _ask(client: ServiceClient, scheme: str, ids: Sequence[str]) -> Iterator[ServiceAnswer]:
    def read(content: bytes) -> list[Any]:
        papers = list_of(read_json(content))
        if len(papers) != len(ids):
            raise ServiceFault("it answered with more or fewer papers than were asked for")
        return papers

    named = [_named(scheme, one) for one in ids]
    try:
        papers = client.post("paper/batch", read, {"fields": _FIELDS}, json={"ids": named})
    except ServiceFault as fault:
        if "No valid paper ids" in str(fault):
            return
        raise
    for one, paper in zip(ids, papers, strict=True):
        if paper is not None:
            yield ServiceAnswer(as_lines([paper]), one)


def _named(scheme: str, value: str) -> str:
    if scheme == "doi":
        return f"DOI:{value}"
    return f"CorpusId:{value}" if value.isdecimal() and len(value) < 40 else value


SERVICE = Service(
    "semantic_scholar",
    "semantic_scholar",
    200,
    AskingPace(3.0, key_header="x-api-key", keyed_seconds=1.0),
    _ask,
)
