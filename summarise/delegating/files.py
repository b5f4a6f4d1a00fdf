"""The files of a provider: of requests, cut by its limits; and of what came back, found by key.

What came back is lines of ``{"custom_id", "response": {"status_code", "body"}, "error"}``, in files
of answers as in those of errors (https://platform.openai.com/docs/guides/batch). Servers leave
parts of them out.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from pydantic_core import from_json

from summarise.endpoint import Dialect, Posted, Returned, as_object
from summarise.errors import InputError
from summarise.store import DigestTable, Offsets, Order, OrderBook, OrderState, digest, telling

MOST_REQUESTS = 50_000
"""In one file, at all providers."""
# Of one line, in bytes: answers have some thousands.
_LONGEST = 20_000_000
_UNAVAILABLE = 503
# What is worth asking again.
_PASSING = frozenset((408, 409, 429))


class RequestFiles:
    """Orders on their way into files.

    Args:
        route: What each request is addressed to.
        limit: Bytes that one file may have.
        about: What all orders have in common: ``host``, ``settings``.
    """

    def __init__(self, book: OrderBook, route: str, limit: int, about: dict[str, Any]) -> None:
        self._book, self._limit, self._about = book, limit, about
        self._route = json.dumps(route)
        self._open: tuple[IO[bytes], IO[bytes]] | None = None
        self._stack = ExitStack()
        self._name = ""
        self._dialect: Dialect | None = None
        self._requests = self._size = self._tokens = 0
        self._worst: Decimal | None = Decimal(0)

    def put(self, posted: Posted) -> None:
        """Write a request.

        Raises:
            RunError: The disk is full, or the folder gone.
        """
        lead = f'{{"custom_id": "{posted.key}", "method": "POST", "url": {self._route}, "body": '
        line = b"%s%s}\n" % (lead.encode(), posted.body)
        is_full = self._requests >= MOST_REQUESTS or self._size + len(line) > self._limit
        if self._open and (is_full or posted.dialect != self._dialect):
            self.finish()
        with telling(self._book.requests(self._name)):
            requests, keys = self._open or self._begin(posted.dialect)
            requests.write(line)
            keys.write(f"{posted.key}\n".encode())
        self._requests += 1
        self._size += len(line)
        self._tokens += posted.tokens
        known = self._worst is not None and posted.worst is not None
        self._worst = self._worst + posted.worst if known else None  # type: ignore[operator]

    def finish(self) -> None:
        """Close the files of an order, which is whole now."""
        if self._open is None or self._dialect is None:
            return
        with telling(self._book.requests(self._name)):
            self._stack.close()
        self._open = None
        self._book.save(
            Order(
                name=self._name,
                state=OrderState.WRITTEN,
                requests=self._requests,
                size=self._size,
                mode=self._dialect.mode,
                unsent=tuple(sorted(self._dialect.unsent)),
                tokens=self._tokens,
                worst=self._worst,
                **self._about,
            ).now(OrderState.WRITTEN)
        )

    def close(self) -> None:
        """Leave what isn't whole: nobody will read it."""
        self._stack.close()

    def _begin(self, dialect: Dialect) -> tuple[IO[bytes], IO[bytes]]:
        self._name, self._dialect = self._book.next_name, dialect
        self._requests = self._size = self._tokens = 0
        self._worst = Decimal(0)
        paths = self._book.requests(self._name), self._book.keys(self._name)
        requests, keys = (self._stack.enter_context(path.open("wb")) for path in paths)
        self._open = requests, keys
        return self._open


class Results:
    """The lines of a file, by key; each is given out once. Use it as a context manager.

    Args:
        path: The file; it is read once, and then at the places that are asked for.
        order: What the requests were like.
        wants: Whether a key is one of the order's that isn't answered yet.

    Attributes:
        answered: Lines that give an answer, as ``refused`` are those that the provider refuses.
        strange: Lines of other requests, or of some that came already.

    Raises:
        InputError: A line is no JSON object, as where the file was cut off.
        RunError: The file can't be read.
    """

    def __init__(self, path: Path, order: Order, wants: Callable[[str], bool]) -> None:
        self.answered = self.refused = self.strange = 0
        self._order = order
        self._places, self._given = Offsets(), DigestTable()
        with telling(path):
            self._file = path.open("rb")
        try:
            for offset, told in lines_of(self._file, path):
                self._take(offset, told, wants)
        except BaseException:
            self._file.close()
            raise

    def find(self, key: str) -> Returned | None:
        """What came back for a request, once; None where nothing did."""
        offset = self._places.pop(digest(key))
        if offset is None:
            return None
        self._file.seek(offset)
        told = _object(self._file.readline())
        if told is None or told.get("custom_id") != key:
            return None
        return returned(told, self._order)

    def holds(self, key: str) -> bool:
        """Whether an answer to a request came back that isn't given out yet."""
        known = digest(key)
        return known in self._given and self._places.get(known) is not None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _take(self, offset: int, told: dict[str, Any], wants: Callable[[str], bool]) -> None:
        key = str(told.get("custom_id") or "")
        status = _status(told)
        if not wants(key) or self._places.get(digest(key)) is not None:
            self.strange += 1
        elif status is not None:
            self._places.put(digest(key), offset)
            if 200 <= status < 300:
                self.answered += 1
                self._given.add(digest(key))
            self.refused += 400 <= status < 500 and status not in _PASSING


def lines_of(file: IO[bytes], path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a file of results that say something, each with its place; as ``Results``."""
    offset = number = 0
    while line := file.readline(_LONGEST):
        number += 1
        if line.strip():
            if (told := _object(line)) is None:
                raise InputError(
                    "isn't a line of a batch's results; was the file cut off?",
                    where=f"{path}:{number}",
                    hint="Take it in once more.",
                )
            yield offset, told
        offset += len(line)


def returned(told: dict[str, Any], order: Order) -> Returned:
    """A line of results, as if its request had been sent live."""
    response = as_object(told.get("response"))
    status = _status(told) or _UNAVAILABLE
    body = response.get("body") if "body" in response else response
    if not 200 <= status < 300:
        body = as_object(body) or {"error": told.get("error")}
    return Returned(status, body, order.mode, order.unsent)


def _status(told: dict[str, Any]) -> int | None:
    """The status of a line; None where the request wasn't come to: expired, or called off."""
    response = as_object(told.get("response"))
    status = response.get("status_code")
    if type(status) is int and 100 <= status < 600:
        return status
    if "choices" in as_object(response.get("body")) or "choices" in response:
        return 200
    code = as_object(told.get("error")).get("status_code")
    return code if type(code) is int and 400 <= code < 600 else None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        told = from_json(line.removeprefix(codecs.BOM_UTF8))
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
