"""The ACL Anthology: a paper by id, as BibTeX with its abstract.

``https://aclanthology.org/2023.acl-long.12.bib`` (https://aclanthology.org/faq/). There is no API,
and no rate is told: the files lie on a web server, and one a second does nobody harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from summarise.sources.client import AskingPace, ServiceClient
from summarise.sources.service import Service, ServiceAnswer, demand


def _ask(client: ServiceClient, _: str, ids: Sequence[str]) -> Iterator[ServiceAnswer]:
    for one in ids:
        content = client.find(f"{one}.bib", {}, demand("bibtex"))
        if content is not None:
            yield ServiceAnswer(content, one)


SERVICE = Service("acl", "bibtex", 1, AskingPace(1.0), _ask)
