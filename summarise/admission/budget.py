"""Caps on what a run may spend: the worst case is reserved before a call, the rest given back.

A budget belongs to one event loop. It needs no lock: nothing is awaited between a look at the
totals and their change.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from summarise.admission.costs import Price, format_usd
from summarise.characters import counted
from summarise.errors import (
    BudgetReached,
    EndpointError,
    RequestRejected,
    SettingsError,
    TransportError,
)
from summarise.models import Spent, Usage

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Caps:
    """What the calls of a run may take at most: US dollars, tokens, requests; None is no cap."""

    cost: Decimal | None = None
    tokens: int | None = None
    calls: int | None = None


class _Amount(NamedTuple):
    """What one call takes."""

    cost: Decimal
    input_tokens: int
    output_tokens: int

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


class _Waiter(NamedTuple):
    """A call that doesn't fit yet; the future says whether it was let in or sent away."""

    need: _Amount
    admitted: asyncio.Future[bool]


@dataclass(slots=True)
class Tally:
    """What some calls took: US dollars (0 where no price is known), tokens, and their number."""

    cost: Decimal = _ZERO
    tokens: int = 0
    calls: int = 0

    def add(self, amount: _Amount, sign: int = 1) -> None:
        """Take a call into account, or with -1 out of it."""
        self.cost += sign * amount.cost
        self.tokens += sign * amount.tokens
        self.calls += sign


class Reservation:
    """The worst case of one call, held until it is known what became of it.

    The first of ``settle``, ``release``, ``keep`` and ``fail`` counts; later ones change nothing.
    """

    __slots__ = ("_budget", "_need")

    def __init__(self, budget: Budget, need: _Amount) -> None:
        self._budget: Budget | None = budget
        self._need = need

    def settle(self, usage: Usage) -> None:
        """The call was answered: spend what it took, and give the rest back.

        A count of tokens that the server didn't tell stays spent as reserved.
        """
        if budget := self._closed():
            budget._settle(self._need, usage)

    def release(self) -> None:
        """The call wasn't sent, or was refused before any work: give all back."""
        if budget := self._closed():
            budget._take_back(self._need)

    def keep(self) -> None:
        """The call was sent and not answered, so may be billed: all of it stays spent."""
        if budget := self._closed():
            budget.uncertain.add(self._need)
            budget._take_back(self._need)

    def fail(self, error: EndpointError) -> None:
        """The call failed: ``keep`` it where the server may have worked on it, else ``release``.

        It may where nothing was heard of it, or so much that it wasn't read.
        """
        match error:
            case (
                TransportError(connected=True, status=None, is_api=True)
                | RequestRejected(status=None)
            ):
                self.keep()
            case _:
                self.release()

    def _closed(self) -> Budget | None:
        """The budget, the first time; None later."""
        budget, self._budget = self._budget, None
        return budget


class Budget:
    """What calls have taken, and whether another one may be made.

    Attributes:
        spent: What the answered calls took; the worst case where the server told no tokens.
        uncertain: The worst case of the calls that were sent and not answered.
        held: The worst case of the calls in flight.
        is_capped: Whether there is a bound.

    Args:
        before: That of runs that are over, under whose caps this one is, too.

    Raises:
        SettingsError: The cost is capped and no price is known.
    """

    def __init__(self, caps: Caps, price: Price | None, before: Budget | None = None) -> None:
        if caps.cost is not None and price is None:
            raise SettingsError(
                "no price is known for this model at this endpoint",
                where="--max-cost",
                hint="Give --price-in and --price-out, in US dollars per million tokens, "
                "or cap the run with --max-tokens or --max-calls.",
            )
        self._caps = caps
        self._price = price
        self.is_capped = caps != Caps()
        self.spent, self.uncertain, self.held = Tally(), Tally(), Tally()
        self._earlier = Tally()
        if before is not None:
            self.spent, self.uncertain = before.spent, before.uncertain
        self._waiting: deque[_Waiter] = deque()

    def expect(self, calls: int, tokens: int, cost: Decimal) -> None:
        """Count calls that are answered elsewhere, by the worst that they can take."""
        uncertain = self.uncertain
        uncertain.calls += calls
        uncertain.tokens += tokens
        uncertain.cost += cost

    def count(self, spent: Spent) -> None:
        """Count what earlier runs of the same work took; where a price was unknown, by that of now.

        A count of tokens that the server didn't tell is nothing here: it isn't known any more.
        """
        sent, answered = spent.usage.input_tokens or 0, spent.usage.output_tokens or 0
        told = Usage(input_tokens=sent, output_tokens=answered)
        priced = self._price.of(told) if self._price and spent.unpriced else None
        cost = spent.cost if priced is None else max(priced, spent.cost)
        for tally in (self.spent, self._earlier):
            tally.cost += cost
            tally.tokens += sent + answered
            tally.calls += spent.calls

    async def reserve(self, input_tokens: int, output_tokens: int) -> Reservation:
        """Hold the worst case of a call, as soon as it fits beside those in flight.

        First come, first served: a small call doesn't overtake a large one that waits.

        Raises:
            BudgetReached: It can't fit, whatever becomes of the calls in flight.
        """
        cost = self._price.worst(input_tokens, output_tokens) if self._price else _ZERO
        need = _Amount(cost, input_tokens, output_tokens)
        if self.is_capped and (self._waiting or self._must_wait(need)):
            await self._turn(need)
        else:
            self.held.add(need)
        return Reservation(self, need)

    async def _turn(self, need: _Amount) -> None:
        """Wait until it fits, and hold it."""
        waiter = _Waiter(need, asyncio.get_running_loop().create_future())
        is_admitted = False
        if not self._never_fits(need):
            self._waiting.append(waiter)
            try:
                is_admitted = await waiter.admitted
            except asyncio.CancelledError:
                self._leave(waiter)
                raise
        if not is_admitted:
            raise self._reached(need)

    def _leave(self, waiter: _Waiter) -> None:
        """Forget one who was cancelled, perhaps after it was admitted."""
        if waiter.admitted.cancelled():
            if waiter in self._waiting:
                self._waiting.remove(waiter)
        elif waiter.admitted.result():
            self.held.add(waiter.need, -1)
        self._admit()

    def _admit(self) -> None:
        """Let in who waits, in order, as far as it fits; send away who can never fit."""
        while self._waiting:
            need, admitted = self._waiting[0]
            if admitted.cancelled():
                pass
            elif self._never_fits(need):
                admitted.set_result(False)
            elif self._must_wait(need):
                return
            else:
                self.held.add(need)
                admitted.set_result(True)
            self._waiting.popleft()

    def _cap_beside(self, need: _Amount, *totals: Tally) -> str | None:
        """The cap that a call would exceed beside those of the totals."""
        caps = self._caps
        if caps.calls is not None and sum(t.calls for t in totals) + 1 > caps.calls:
            return "calls"
        if caps.tokens is not None and sum(t.tokens for t in totals) + need.tokens > caps.tokens:
            return "tokens"
        if caps.cost is not None and sum(t.cost for t in totals) + need.cost > caps.cost:
            return "cost"
        return None

    def _must_wait(self, need: _Amount) -> str | None:
        """The cap that a call exceeds beside those that were made and those in flight."""
        return self._cap_beside(need, self.spent, self.uncertain, self.held)

    def _never_fits(self, need: _Amount) -> str | None:
        """The cap that a call exceeds even if all calls in flight are given back."""
        return self._cap_beside(need, self.spent, self.uncertain)

    def _settle(self, need: _Amount, usage: Usage) -> None:
        sent = usage.input_tokens or need.input_tokens
        answered = need.output_tokens if usage.output_tokens is None else usage.output_tokens
        cost: Decimal | None = _ZERO
        if self._price:
            told = {"input_tokens": sent, "output_tokens": answered}
            cost = self._price.of(usage.model_copy(update=told))
        self.spent.add(_Amount(need.cost if cost is None else cost, sent, answered))
        self._take_back(need)

    def _take_back(self, need: _Amount) -> None:
        self.held.add(need, -1)
        self._admit()

    def _reached(self, need: _Amount) -> BudgetReached:
        spent, maybe, cap = self.spent, self.uncertain, self._never_fits(need)
        before = self._earlier
        match cap:
            case "cost":
                limit = format_usd(self._caps.cost)
                costs = spent.cost, maybe.cost, need.cost, before.cost
                amounts = [format_usd(cost) for cost in costs]
            case "tokens":
                limit = f"{self._caps.tokens:,} tokens"
                tokens = spent.tokens, maybe.tokens, need.tokens, before.tokens
                amounts = [f"{n:,}" for n in tokens]
            case _:
                limit = counted(self._caps.calls or 0, "call")
                amounts = [f"{n:,}" for n in (spent.calls, maybe.calls, 1, before.calls)]
        earlier = f", {amounts[3]} of it in earlier runs" if before.calls else ""
        lost = f", up to {amounts[1]} by calls without an answer" if maybe.calls else ""
        return BudgetReached(
            f"the limit is {limit}: {amounts[0]} spent{earlier}{lost}, the next call could take "
            f"{amounts[2]}",
            where=f"--max-{cap}",
            hint="Raise it, then run the same command again: it does the rest.",
        )
