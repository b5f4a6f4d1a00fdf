"""What a plan may cost, dealt out to those at work on its parts, so that none of it lies idle.

All of them write into one account, one at a time: what each part has cost, and what is held for one
that is worked on. So the looks at ten thousand parts are made once, not by each worker for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from summarise.admission import format_usd
from summarise.delegating.plan import Shard, ShardPlan
from summarise.delegating.standing import alone, spent_of, state_left
from summarise.errors import BudgetReached
from summarise.models import Stored
from summarise.store import PLAN, load_manifest, replacing, telling

_ZERO = Decimal(0)
_NAME = "budget"


class _PartCost(Stored):
    """What a part has cost, and what is held for who works on it, in US dollars."""

    spent: Decimal = _ZERO
    held: Decimal = _ZERO
    is_done: bool = False


_ACCOUNT = TypeAdapter(dict[str, _PartCost])  # the parts that are begun, by name


class PlanBudget:
    """What is left of what a plan may cost."""

    def __init__(self, folder: Path, plan: ShardPlan) -> None:
        self._folder, self._plan = folder, plan
        self._path = folder / f"{_NAME}.json"

    def hold(self, shard: Shard, shares: int | None = 1) -> Decimal | None:
        """Hold US dollars for a part whose lease one has; None where a plan may cost anything.

        A share is what is left for each part that isn't done and has none; at most all that is left
        is held, and all of it where no number of ``shares`` is given. What was held for whoever had
        the lease before is free.

        Raises:
            BudgetReached: Nothing is left.
        """
        if self._plan.max_cost is None:
            return None
        with self._opened() as parts:
            parts[shard.name] = self._found(shard)
            taken = sum((one.spent + one.held for one in parts.values()), _ZERO)
            free = self._plan.max_cost - taken
            if free <= _ZERO:
                raise self.reached(parts)
            others = sum(one.is_done or one.held > _ZERO for one in parts.values())
            share = free / max(1, len(self._plan.shards) - others)
            held = free if shares is None else min(free, shares * share)
            parts[shard.name] = parts[shard.name].model_copy(update={"held": held})
        return held

    def settle(self, shard: Shard) -> None:
        """Give back what a part hasn't taken of what was held for it."""
        if self._plan.max_cost is not None:
            with self._opened() as parts:
                parts[shard.name] = self._found(shard)

    def reached(self, parts: dict[str, _PartCost] | None = None) -> BudgetReached:
        """The error of who can't go on, which tells what of the budget is spent."""
        if parts is None:
            parts = self._load()
        spent = sum((one.spent for one in parts.values()), _ZERO)
        held = sum((one.held for one in parts.values()), _ZERO)
        told = f"the plan may cost {format_usd(self._plan.max_cost)}: {format_usd(spent)} spent"
        if held:
            rest = f"{told}, {format_usd(held)} held for shards at work"
            hint = "Run the same command when those are done: it takes what they leave."
        else:
            rest = f"{told}, too little left for the next call"
            hint = f"Raise max_cost in {self._folder / PLAN}, then run the same command again."
        return BudgetReached(rest, where=str(self._folder), hint=hint)

    def _found(self, shard: Shard) -> _PartCost:
        """What a part has come to, by its run directory."""
        path = self._folder / shard.name
        if (held := load_manifest(path)) is None:
            return _PartCost()
        is_done = state_left(path, shard, held) == "done"
        return _PartCost(spent=spent_of(path, held).cost, is_done=is_done)

    @contextmanager
    def _opened(self) -> Iterator[dict[str, _PartCost]]:
        """The account, to be changed by nobody else meanwhile."""
        with alone(self._folder, _NAME):
            parts = self._load()
            yield parts
            with replacing(self._path) as file:
                file.write(_ACCOUNT.dump_json(parts))

    def _load(self) -> dict[str, _PartCost]:
        """The account as it is; made from the parts where there is none, or none to be read."""
        with telling(self._path), suppress(FileNotFoundError, ValidationError):
            return _ACCOUNT.validate_json(self._path.read_bytes())
        found = ((one.name, self._found(one)) for one in self._plan.shards)
        return {name: part for name, part in found if part != _PartCost()}
