"""Where a run hands its requests over, and picks up what came back.

Each step is on disk before the next one. A file that nobody has yet is written anew by the next
run. Whether a batch was made of a file where the answer to that was lost, the provider's list says.
"""

from __future__ import annotations

import shutil
from collections import Counter, deque
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import from_json
from typing_extensions import override

from summarise.admission import Budget
from summarise.batch import PostOffice
from summarise.characters import counted
from summarise.delegating.files import RequestFiles, Results, lines_of
from summarise.endpoint import Posted, Returned
from summarise.errors import EndpointError, EndpointUnusable, RunError
from summarise.settings import CAPS, Settings, known_of
from summarise.store import (
    ANSWERS,
    Damage,
    DigestTable,
    Order,
    OrderBook,
    OrderState,
    RunWriter,
    digest,
    replacing,
    telling,
    understood,
)

if TYPE_CHECKING:
    from summarise.endpoint import BatchClient, Remote

# Times that a request is posted which the provider fails to answer.
_TRIES = 3
# Orders in a row of which no answer came.
_VAIN = 2
_NO_BATCHES = frozenset((404, 405, 501))
# What makes the same requests again, of the same answers, within the same bounds; address and key
# are found by it.
_SETTINGS = (
    *("base_url", "api_key_env", "mode", "ladder", "omit", "temperature", "top_p", "seed"),
    *("reasoning_effort", "token_parameter", "seed_parameter", "extra_body", "max_output_tokens"),
    *("context", "max_reasks", "prompt_version", "schema_spec", "cache", "prompt_cache"),
    *("price_in", "price_out", "price_cached", "price_cache_written", *CAPS),
)


class OrderDesk(PostOffice):
    """A desk for one run after the other in the same folder.

    Args:
        sends: Whether requests without an answer are posted; else they are only counted.
        collects: Whether it is looked what came back.
        to: A file for the requests, which the user sees to; None where the provider gets them.
        received: Files that the user has of what came back.

    Attributes:
        unasked: Requests that would have been posted.
        failing: Why nothing more is posted: of several orders in a row no answer came.
        orders: Those of the folder.
        news: What happened to orders, in words.
    """

    def __init__(
        self,
        *,
        sends: bool = True,
        collects: bool = True,
        to: Path | None = None,
        received: tuple[Path, ...] = (),
    ) -> None:
        self._sends, self._collects = sends, collects
        self._to, self._received = to, received
        self.unasked = self._vain = 0
        self.failing: str | None = None
        self.news: list[str] = []
        self._tries: Counter[str] = Counter()
        self._awaited = DigestTable()
        self._taken: list[tuple[Order, Results]] = []
        self._is_introduced = False

    # What the run calls.

    @override
    def open(self, writer: RunWriter, settings: Settings, budget: Budget) -> None:
        self._writer, self._settings, self._budget = writer, settings, budget
        self.orders = OrderBook(writer.path)
        self.unasked, self._taken = 0, []
        # Who sends nothing has nothing to learn from an answer.
        self._is_introduced = not self._sends or self._to is not None or self._answers_size > 0
        self._files: RequestFiles | None = None

    @override
    async def begin(self) -> None:
        for order in self.orders:
            if order.state is OrderState.WRITTEN:
                self.orders.save(order.now(OrderState.DROPPED, reason="it was never sent"))
        is_asked = [o for o in self.orders.open if o.state is not OrderState.HANDED]
        if is_asked and not self._received:
            async with client_for(self._settings) as client:
                await self._look(client, is_asked)
        if self._received:
            self._take_received()
        for order in self.orders.open:
            if all(order.name != taken.name for taken, _ in self._taken):
                for key in self.orders.keys_of(order):
                    self._awaited.add(digest(key))
                self._budget.expect(order.requests, order.tokens, order.worst or Decimal(0))

    @override
    async def end(self, *, is_through: bool, sends: bool) -> int:
        if self._files is not None:
            self._files.finish() if sends else self._files.close()
            self._files = None
        for order, results in self._taken:
            results.close()
            if is_through:
                self._close(order, results)
        self._taken = []
        written = [order for order in self.orders if order.state is OrderState.WRITTEN]
        if written and sends:
            if self._to is not None:
                self._hand_out(written, self._to)
            else:
                async with client_for(self._settings) as client:
                    for order in written:
                        await self._send(client, order)
        if is_through and sends and self._sends and not (self._collects or written):
            wanted = "no batch was made" if self._to is None else f"{self._to} wasn't written"
            self.news.append(f"Nothing more is left to ask, so {wanted}.")
        self._awaited = DigestTable()
        return self.orders.awaited

    # What the endpoint asks.

    @property
    @override
    def is_introduced(self) -> bool:
        return self._is_introduced or any(results.answered for _, results in self._taken)

    @override
    def find(self, key: str) -> Returned | None:
        for _, results in self._taken:
            if (found := results.find(key)) is not None:
                self._tries[key] += 1
                return found
        return None

    @override
    def is_bought(self, key: str) -> bool:
        return self.is_awaited(key) or any(taken.holds(key) for _, taken in self._taken)

    @override
    def takes(self, key: str) -> bool:
        return self._tries[key] < _TRIES

    @override
    def is_awaited(self, key: str) -> bool:
        return digest(key) in self._awaited

    @override
    def put(self, posted: Posted) -> None:
        if not self._sends or self.failing is not None:
            self.unasked += 1
            return
        if self._files is None:
            known = known_of(self._settings.host)
            kept = {"model": self._settings.model, **self._settings.unusual(_SETTINGS)}
            about = {"host": self._settings.host, "settings": kept}
            self._files = RequestFiles(self.orders, known.batch_route, known.batch_limit, about)
            self._writer.begin()
        self._files.put(posted)
        # The same words about two documents are asked once, and then again for the other one.
        self._awaited.add(digest(posted.key))

    # How orders go.

    @property
    def _answers_size(self) -> int:
        answers = self._writer.path / ANSWERS
        return answers.stat().st_size if answers.is_file() else 0

    async def _send(self, client: BatchClient, order: Order) -> None:
        """Have an order answered."""
        try:
            file_id = await client.upload(self.orders.requests(order.name))
            order = self.orders.save(order.now(OrderState.CREATING, file_id=file_id))
            remote = await client.create(file_id)
        except EndpointUnusable as error:
            if error.status in _NO_BATCHES:
                raise EndpointUnusable(
                    f"has no batch API at {self._settings.base_url} ({error.message})",
                    where=self._settings.host,
                    hint="`summarise batch submit --to FILE` writes the requests for you to send.",
                ) from None
            raise
        except EndpointError as error:
            if order.state is OrderState.CREATING and error.status is not None:
                # It was refused, so nothing was made of it.
                self.orders.save(order.now(OrderState.DROPPED, reason=error.message))
            raise
        self.orders.save(order.now(OrderState.CREATED, batch_id=remote.id, status=remote.status))
        told = counted(order.requests, "request")
        self.news.append(f"batch {order.name} ({remote.id}): {told} sent to {order.host}")

    async def _look(self, client: BatchClient, orders: list[Order]) -> None:
        """Learn what has become of orders, and take in what is over."""
        for order in orders:
            if order.state is OrderState.CREATING:
                order = await made_of(client, self.orders, order)  # noqa: PLW2901
                if order.batch_id is None:
                    continue
            remote = await client.find(order.batch_id or "")
            if remote.status != order.status:
                order = self.orders.save(order.now(order.state, status=remote.status))  # noqa: PLW2901
            if remote.is_over and self._collects:
                await self._fetch(client, order, remote)

    async def _fetch(self, client: BatchClient, order: Order, remote: Remote) -> None:
        """Fetch what came of an order that is over."""
        if not remote.files:
            reason = remote.reason or f"the provider says {remote.status}, and gives no answers"
            self.orders.save(order.now(OrderState.DROPPED, reason=reason))
            self.news.append(f"batch {order.name} ({remote.id}) {remote.status}: {reason}")
            self._vain += 1
            self.failing = reason if self._vain >= _VAIN else None
            return
        path = self.orders.results(order.name)
        await client.download(remote.files, path)
        self._take(order, path)

    def _take(self, order: Order, path: Path) -> None:
        """Give out, from now on, what came back of an order."""
        if order.answers_from is None:
            order = self.orders.save(order.now(order.state, answers_from=self._answers_size))
        keys, kept = DigestTable(), DigestTable()
        for key in self.orders.keys_of(order):
            keys.add(digest(key))
        # What a run has kept of them that was killed is there already.
        answers, since = self._writer.path / ANSWERS, order.answers_from or 0
        told = understood(answers, lambda line: str(from_json(line)["key"]), Damage(), since)
        for _, key in told:
            if digest(key) in keys:
                kept.add(digest(key))

        def wants(key: str) -> bool:
            return digest(key) in keys and digest(key) not in kept

        results = Results(path, order, wants)
        results.answered += len(kept)
        self._taken.append((order, results))

    def _take_received(self) -> None:
        """Take in the files that the user has.

        Raises:
            RunError: No order is open, or nothing in them belongs to one.
        """
        orders = self.orders.open
        if not orders:
            raise RunError(
                "waits for no answers",
                where=str(self._writer.path),
                hint=f"`summarise status {self._writer.path}` says what it lacks, if anything.",
            )
        for one in self._received:
            with telling(one), one.open("rb") as source:
                deque(lines_of(source, one), maxlen=0)  # what is damaged is told by its name
        for order in orders:
            path = self.orders.results(order.name)
            with replacing(path) as file:
                for one in self._received:
                    with telling(one), one.open("rb") as source:
                        shutil.copyfileobj(source, file)
                    file.write(b"\n")
            self._take(order, path)
        for _, results in self._taken:
            if not (results.answered or results.refused):
                results.close()
        self._taken = [one for one in self._taken if one[1].answered or one[1].refused]
        if not self._taken:
            names = ", ".join(map(str, self._received))
            raise RunError(
                f"{names}: no line answers a request of this run",
                where=str(self._writer.path),
                hint="Name the files of results that belong to its requests.",
            )

    def _close(self, order: Order, results: Results) -> None:
        """Take note of what came of an order; nothing more is to come of it."""
        answered, refused = results.answered, results.refused
        left = max(0, order.requests - answered - refused)
        done = {"answered": answered, "refused": refused, "left": left}
        order = self.orders.save(order.now(OrderState.TAKEN, **done))
        self._vain = 0 if answered or refused else self._vain + 1
        if self._vain >= _VAIN:
            self.failing = f"{left:,} requests of batch {order.name} got no answer"
        strange = (
            f", {results.strange:,} lines of other requests or doubled" if results.strange else ""
        )
        self.news.append(f"batch {order.name}: {order.outcome}{strange}")

    def _hand_out(self, orders: list[Order], to: Path) -> None:
        """Give the user the files of some orders."""
        for number, order in enumerate(orders, 1):
            name = to if number == 1 else to.with_name(f"{to.stem}-{number}{to.suffix}")
            requests = self.orders.requests(order.name)
            with telling(name), requests.open("rb") as source, replacing(name) as file:
                shutil.copyfileobj(source, file)
            self.orders.save(order.now(OrderState.HANDED, to=str(name)))
            told = counted(order.requests, "request")
            self.news.append(f"batch {order.name}: {told} in {name}")


def client_for(settings: Settings) -> BatchClient:
    """What speaks to the provider of a run's orders."""
    from summarise.endpoint import BatchClient  # noqa: PLC0415 - it loads the SDK

    return BatchClient(settings)


async def made_of(client: BatchClient, book: OrderBook, order: Order) -> Order:
    """An order of whose making nothing was heard, with what was made of it; else it is dropped.

    Raises:
        EndpointError: The provider can't be asked.
    """
    remote = await client.made_of(order.file_id or "")
    if remote is None:
        return book.save(order.now(OrderState.DROPPED, reason="no batch was made of its file"))
    known = {"batch_id": remote.id, "status": remote.status}
    return book.save(order.now(OrderState.CREATED, **known))
