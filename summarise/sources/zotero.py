"""Zotero's local API: the items of a collection, from the program that runs on this machine.

https://www.zotero.org/support/dev/web_api/v3/local_api: no key, no limits. It must be allowed in
Zotero's settings (Advanced: "Allow other applications on this computer to communicate with
Zotero"). A collection is known by its key or its name; collections inside of it aren't read. It is
asked by the same client as all services, which bounds what is read and stays on this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from summarise.sources.client import AskingPace, ServiceClient, ServiceFault
from summarise.sources.service import (
    PAGE,
    Service,
    ServiceAnswer,
    as_lines,
    list_of,
    object_of,
    pages,
    read_json,
)

_USER = "users/0"
_KEY = re.compile(r"[A-Z0-9]{8}")
_ALLOW = 'allow it in Zotero\'s settings, Advanced: "Allow other applications …"'


def _ask(client: ServiceClient, _: str, names: Sequence[str]) -> Iterator[ServiceAnswer]:
    for name in names:
        key = _collection(client, name)
        for items in _pages(client, f"{_USER}/collections/{key}/items/top"):
            yield ServiceAnswer(as_lines(items), name)


def _collection(client: ServiceClient, name: str) -> str:
    """The key of a collection.

    Raises:
        ServiceFault: There is none, or several, of that name.
    """
    named: list[tuple[str, str]] = []
    for page in _pages(client, f"{_USER}/collections"):
        for one in page:
            inner = object_of(object_of(one).get("data", {}))
            named.append((str(object_of(one).get("key", "")), str(inner.get("name", ""))))
    if name in {key for key, _ in named} and _KEY.fullmatch(name):
        return name
    keys = [key for key, called in named if called.casefold() == name.casefold()]
    if len(keys) > 1:
        raise ServiceFault(
            f"several collections are called so; name one by its key: {', '.join(keys)}"
        )
    if not keys or not _KEY.fullmatch(keys[0]):
        raise ServiceFault("there is no such collection")
    return keys[0]


def _pages(client: ServiceClient, path: str) -> Iterator[list[Any]]:
    def page(number: int) -> list[Any]:
        start = str(number * PAGE)
        params = {"format": "json", "v": "3", "limit": str(PAGE), "start": start}
        return client.get(path, params, lambda content: list_of(read_json(content)))

    try:
        yield from pages(page)
    except ServiceFault as fault:
        if fault.status == 403:
            raise ServiceFault(f"{fault}; {_ALLOW}", is_lasting=True) from None
        raise


SERVICE = Service("zotero", "zotero", 1, AskingPace(0.0), _ask, is_kept=False)
