"""The files of requests that a provider takes: written line by line, cut by its limits."""

from __future__ import annotations

import json
from contextlib import ExitStack
from decimal import Decimal
from typing import IO, Any

from summarise.endpoint import Dialect, Posted
from summarise.store import Order, OrderBook, OrderState, telling

MOST_REQUESTS = 50_000
"""In one file, at all providers."""


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
        line = (
            (
                f'{{"custom_id": "{posted.key}", "method": "POST", "url": {self._route}, "body": '
            ).encode()
            + posted.body
            + b"}\n"
        )
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
