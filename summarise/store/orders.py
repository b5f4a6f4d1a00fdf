"""Orders: requests that a provider answers later, all of one file, and what has become of each.

``batches.jsonl`` holds a line for each change of one: the whole of it, so that the last line of an
order counts. It is on disk before the next step is taken: whoever is killed between two steps knows
which of them may have been done. Beside it lie, as long as an order is open, its requests, their
keys, and what came back.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import Field

from summarise.errors import RunError
from summarise.models import Stored
from summarise.store.digests import DigestTable, digest
from summarise.store.files import BATCHES, Damage, Journal, understood
from summarise.store.manifest import utc_now

ORDER_PREFIX = ".batch-"
"""How the names of the files of an open order begin."""


class OrderState(StrEnum):
    """What is known to have been done for an order."""

    WRITTEN = "written"
    """Its file is there, and nobody has it."""
    CREATING = "creating"
    """The provider has the file, and may have been told to answer it."""
    CREATED = "created"
    """It is answered, or was: ``batch_id`` names it."""
    HANDED = "handed"
    """The user has the file, and sees to the answers."""
    TAKEN = "taken"
    """What came back is in the run."""
    DROPPED = "dropped"
    """Nothing of it was answered, and nothing will be."""


_OPEN = frozenset({OrderState.CREATING, OrderState.CREATED, OrderState.HANDED})


class Order(Stored):
    """Requests that go together.

    Attributes:
        name: ``0001``, and so on.
        size: Of its file, in bytes.
        mode: How its requests hold the model to the schema.
        unsent: Sampling settings that they lack, since the endpoint refuses them.
        settings: What has to be set to make the same requests; no key, and no header.
        file_id: The provider's name of the file, as ``batch_id`` is that of the batch.
        status: In the provider's word, at the last look.
        to: Where the user has the file.
        answers_from: Where the run's answers began, in bytes, when its own were first taken in.
        tokens: Of the requests and their answers, at most.
        worst: US dollars that the answers can cost, None where no price is known.
        answered: Requests that were, when it was taken; likewise ``refused`` by the provider, and
            ``left``: without an answer, to be asked anew.
        reason: Why it was dropped.
        at: Time, ISO 8601 in UTC.
    """

    name: str
    state: OrderState
    requests: int
    size: int
    host: str
    mode: str
    unsent: tuple[str, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)
    file_id: str | None = None
    batch_id: str | None = None
    status: str | None = None
    to: str | None = None
    answers_from: int | None = None
    tokens: int = 0
    worst: Decimal | None = None
    answered: int = 0
    refused: int = 0
    left: int = 0
    reason: str | None = None
    at: str = ""

    @property
    def is_open(self) -> bool:
        """Whether answers may come that aren't in the run yet."""
        return self.state in _OPEN

    @property
    def outcome(self) -> str:
        """What came of its requests, in words, once it is taken."""
        told = [f"{self.answered:,} answered"]
        told += [f"{self.refused:,} refused"] if self.refused else []
        told += [f"{self.left:,} without an answer"] if self.left else []
        return ", ".join(told)

    def now(self, state: OrderState, **changes: Any) -> Self:
        """The order after a step."""
        return self.model_copy(update={"state": state, "at": utc_now(), **changes})


class OrderBook:
    """The orders of a run directory, in the order in which they were made.

    Raises:
        RunError: Their file can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / BATCHES
        lines = understood(self._path, Order.model_validate_json, Damage())
        self._orders = {order.name: order for _, order in lines}

    def __iter__(self) -> Iterator[Order]:
        """All of them."""
        return iter(tuple(self._orders.values()))

    @property
    def open(self) -> list[Order]:
        """Those of which answers may come."""
        return [order for order in self if order.is_open]

    @property
    def awaited(self) -> int:
        """Requests to which answers may come."""
        return sum(order.requests for order in self.open)

    @property
    def collecting(self) -> list[str]:
        """The command that takes in what comes: where the user has the file, it is to be named."""
        is_handed = any(order.state is OrderState.HANDED for order in self.open)
        named = ["--from", "RESULTS"] if is_handed else []
        return ["summarise", "batch", "collect", str(self._folder), *named]

    @property
    def next_name(self) -> str:
        """What the next one is called."""
        return f"{len(self._orders) + 1:04}"

    def save(self, order: Order) -> Order:
        """Keep what has become of one; it is on disk when this returns.

        Raises:
            RunError: It can't be written.
        """
        with Journal(self._path) as journal:
            journal.append(order.model_dump_json().encode())
            journal.sync()
        self._orders[order.name] = order
        if not order.is_open and order.state is not OrderState.WRITTEN:
            self.clear(order)
        return order

    def clear(self, order: Order) -> None:
        """Remove the files of an order that is over."""
        for path in (self.requests(order.name), self.keys(order.name), self.results(order.name)):
            path.unlink(missing_ok=True)

    def requests(self, name: str) -> Path:
        """Where the requests of an order are."""
        return self._folder / f"{ORDER_PREFIX}{name}.requests.jsonl"

    def keys(self, name: str) -> Path:
        """Where the keys of its requests are, one a line."""
        return self._folder / f"{ORDER_PREFIX}{name}.keys"

    def results(self, name: str) -> Path:
        """Where what came back is."""
        return self._folder / f"{ORDER_PREFIX}{name}.results.jsonl"

    def keys_of(self, order: Order) -> list[str]:
        """The keys of its requests.

        Raises:
            RunError: They aren't here.
        """
        path = self.keys(order.name)
        try:
            return path.read_text("ascii").split()
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(
                f"batch {order.name} isn't over, and what it asks isn't known here",
                where=str(path),
                hint="Take its answers in where it was sent; or `summarise batch cancel` it.",
            ) from error

    def asked(self) -> DigestTable:
        """Digests of the keys of all requests to which answers may come.

        Raises:
            RunError: They aren't known.
        """
        asked = DigestTable()
        for order in self.open:
            for key in self.keys_of(order):
                asked.add(digest(key))
        return asked


def refuse_open_orders(folder: Path) -> None:
    """Let nobody ask live what is being answered already.

    Raises:
        RunError: There are open orders.
    """
    book = OrderBook(folder)
    if book.awaited:
        raise RunError(
            f"{book.awaited:,} of its requests are in batches that are paid for",
            where=str(folder),
            hint=f"`{shlex.join(book.collecting)}` takes the answers in; "
            f"`summarise batch cancel {folder}` calls them off.",
        )
