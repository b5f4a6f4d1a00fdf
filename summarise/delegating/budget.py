"""What a part of a plan may cost, of what the plan may."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from summarise.delegating.plan import Shard, ShardPlan
from summarise.delegating.standing import is_whole, spent_of
from summarise.errors import RunError
from summarise.store import load_manifest

_ZERO = Decimal(0)
_LOOKS = 50


class PlanBudget:
    """What is left of what a plan may cost, for parts that are done one after the other.

    A part may cost its share of what is left, so that parts at work at the same time can't take it
    twice. What others have done meanwhile is looked for only when a fiftieth of what was left is
    done, or the looks at ten thousand parts would take longer than the work: until then their parts
    count as not begun, with a share each, so nothing is given away twice.
    """

    def __init__(self, folder: Path, plan: ShardPlan) -> None:
        self._folder, self._plan = folder, plan
        self._open = {shard.name: shard for shard in plan.shards}
        self._costs: dict[str, Decimal] = {}
        self._spent = _ZERO
        self._until_look = 0

    def share(self) -> Decimal | None:
        """US dollars that the next part may cost; None where a plan may cost anything.

        Raises:
            RunError: Nothing is left.
        """
        if self._plan.max_cost is None:
            return None
        if self._until_look == 0:
            self._look(list(self._open.values()))
            self._until_look = max(1, len(self._open) // _LOOKS)
        self._until_look -= 1
        share = (self._plan.max_cost - self._spent) / max(1, len(self._open))
        if share <= _ZERO:
            raise RunError(
                f"may cost ${self._plan.max_cost:,.2f} in all, and has",
                where=str(self._folder),
                hint="Raise max_cost in plan.json.",
            )
        return share

    def took(self, shard: Shard) -> None:
        """Take note of what a part has cost that was just worked on."""
        if self._plan.max_cost is not None:
            self._look([shard])

    def _look(self, shards: Iterable[Shard]) -> None:
        for shard in shards:
            path = self._folder / shard.name
            if (held := load_manifest(path)) is None:
                continue
            cost = spent_of(path, held).cost
            self._spent += cost - self._costs.get(shard.name, _ZERO)
            self._costs[shard.name] = cost
            if is_whole(held, shard):
                self._open.pop(shard.name, None)
