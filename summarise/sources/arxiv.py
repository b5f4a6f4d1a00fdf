"""arXiv's API: papers by id, as Atom.

https://info.arxiv.org/help/api/user-manual.html. Its terms allow one request every three seconds,
over one connection (https://info.arxiv.org/help/api/tou.html). Ids that it doesn't know are missing
from the feed; and at times a feed is empty though the papers are there, so it is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from summarise.sources.client import AskingPace, ServiceClient
from summarise.sources.service import Service, ServiceAnswer, demand


def _ask(client: ServiceClient, _: str, ids: Sequence[str]) -> Iterator[ServiceAnswer]:
    params = {"id_list": ",".join(ids), "start": "0", "max_results": str(len(ids))}
    for _again in range(2):
        content = client.get("query", params, demand("atom"))
        if b"<entry" in content:
            yield ServiceAnswer(content)
            return


SERVICE = Service("arxiv", "atom", 100, AskingPace(3.0), _ask)
