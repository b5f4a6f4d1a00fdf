"""PubMed by NCBI's E-utilities: articles and books by PMID, as XML.

https://www.ncbi.nlm.nih.gov/books/NBK25497/: three requests a second, ten with a key in
``NCBI_API_KEY``; a program names itself by ``tool``, and its user by ``email``. A PMID that isn't
known is missing from the answer; where all of them are, it is HTTP 400.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from summarise.sources.client import AskingPace, ServiceClient, ServiceFault
from summarise.sources.service import Service, ServiceAnswer, demand


def _ask(client: ServiceClient, _: str, pmids: Sequence[str]) -> Iterator[ServiceAnswer]:
    form = {"db": "pubmed", "retmode": "xml", "id": ",".join(pmids), "tool": "summarise"}
    if client.mailto:
        form["email"] = client.mailto
    try:
        content = client.post("efetch.fcgi", demand("pubmed_xml"), {}, data=form)
    except ServiceFault as fault:
        if "ID list is empty" in str(fault):
            return
        raise
    yield ServiceAnswer(content)


SERVICE = Service(
    "pubmed", "pubmed_xml", 200, AskingPace(0.4, key_parameter="api_key", keyed_seconds=0.11), _ask
)
