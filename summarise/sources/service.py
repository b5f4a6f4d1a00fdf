"""What a service is: how it is asked, in which format it answers, and how its answer is checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from summarise.readers import load_format
from summarise.sources.client import AskingPace, ServiceClient, ServiceFault


class ServiceAnswer(NamedTuple):
    """Papers, in the format of their service.

    Attributes:
        asked: The id that all of them are about; None where each of them says its own.
    """

    content: bytes
    asked: str | None = None


class Service(NamedTuple):
    """One service.

    Attributes:
        name: Of ``settings.SERVICES``.
        format: Of the readers.
        most: Ids that it takes at once.
        ask: From a client, a scheme and ids that are its own, to its answers. Raises
            ``ServiceFault``.
        is_kept: Whether its answers are kept for other runs.
    """

    name: str
    format: str
    most: int
    pace: AskingPace
    ask: Callable[[ServiceClient, str, Sequence[str]], Iterator[ServiceAnswer]]
    is_kept: bool = True


def read_json(content: bytes) -> Any:
    """The value of an answer; raises ``ServiceFault`` where it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ServiceFault("its answer isn't JSON", may_pass=True) from None


def object_of(value: Any) -> dict[str, Any]:
    """A part of an answer that is to be an object; raises ``ServiceFault`` where it isn't."""
    if not isinstance(value, dict):
        raise ServiceFault("its answer isn't as its documentation has it", may_pass=True)
    return value


def list_of(value: Any) -> list[Any]:
    """A part of an answer that is to be a list; raises ``ServiceFault`` where it isn't."""
    if not isinstance(value, list):
        raise ServiceFault("its answer isn't as its documentation has it", may_pass=True)
    return value


PAGE = 100
"""Papers on a page, of what comes in pages."""
_MOST_PAGES = 1000


def pages(ask: Callable[[int], list[Any]]) -> Iterator[list[Any]]:
    """What comes in pages, by their number from 0, until one is empty.

    A service may give all at once, and the same again for the next page.

    Raises:
        ServiceFault: There is no end to it.
    """
    before: list[Any] = []
    for number in range(_MOST_PAGES):
        page = ask(number)
        if not page or (page == before and len(page) != PAGE):
            return
        if page == before:
            break
        yield page
        before = page
    raise ServiceFault("it answers with page after page, and comes to no end")


def as_lines(objects: Iterable[Any]) -> bytes:
    """JSON lines of objects, as the readers take them; what is none is an entry of nothing."""
    return b"\n".join(json.dumps(one if isinstance(one, dict) else {}).encode() for one in objects)


def demand(format_: str) -> Callable[[bytes], bytes]:
    """What lets an answer of a format of the readers pass, and raises ``ServiceFault`` else."""

    def read(content: bytes) -> bytes:
        if not load_format(format_).recognises(content[: 1 << 16]):
            told = "a page" if content[:2000].lstrip().lower().startswith(b"<!doctype") else "text"
            raise ServiceFault(f"it answered with {told} that isn't {format_}", may_pass=True)
        return content

    return read
