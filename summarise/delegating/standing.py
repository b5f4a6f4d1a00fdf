"""How a plan stands: what of its parts is done, at work, cut off, or not begun."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from summarise.batch import standing_of
from summarise.characters import counted, for_screen
from summarise.delegating.lease import lease_of
from summarise.delegating.plan import Shard, ShardPlan, maker_of
from summarise.models import Spent
from summarise.store import Manifest, RunState, load_manifest

_STATES = ("done", "failed in part", "stopped", "at work", "cut off", "not begun")
_NAMED = 5


@dataclass(slots=True)
class PlanStanding:
    """What has become of the parts of a plan.

    Attributes:
        parts: How many are in each state, in words.
        open: Names of those that aren't done, with their state.
        makers: Fingerprints of what made those that are begun.
        spent: What the answers of all took.
    """

    folder: Path
    plan: ShardPlan
    parts: Counter[str] = field(default_factory=Counter)
    open: list[tuple[str, str]] = field(default_factory=list)
    makers: set[str] = field(default_factory=set)
    records: int = 0
    failures: int = 0
    spent: Spent = field(default_factory=Spent)

    @property
    def is_done(self) -> bool:
        """Whether each document has a record."""
        return self.parts["done"] == len(self.plan.shards)

    def to_json(self) -> str:
        """For machines; null is unknown."""
        maker, spent = maker_of(self.folder), self.spent
        return json.dumps(
            {
                "path": str(self.folder),
                "shards": len(self.plan.shards),
                "states": dict(self.parts),
                "documents": self.plan.documents,
                "records": self.records,
                "failures": self.failures,
                "model": maker.model if maker else None,
                "calls": spent.calls,
                "cost_usd": None if spent.unpriced else float(spent.cost),
                "max_cost_usd": None if self.plan.max_cost is None else float(self.plan.max_cost),
                "open": dict(self.open),
            }
        )

    def lines(self) -> Iterator[str]:
        """For a reader."""
        name, parts = for_screen(str(self.folder)), len(self.plan.shards)
        told = ", ".join(f"{self.parts[one]:,} {one}" for one in _STATES if self.parts[one])
        yield f"{name}: {counted(parts, 'shard')} of {self.plan.documents:,} documents: {told}"
        left = self.plan.documents - self.records - self.failures
        failed = f", {counted(self.failures, 'failure')}" if self.failures else ""
        yield f"  documents  {self.records:,} records{failed}, {left:,} not attempted"
        maker = maker_of(self.folder)
        if maker is not None and maker.is_paid:
            cost = "cost unknown" if self.spent.unpriced else f"${self.spent.cost:,.4f}"
            cap = f" of ${self.plan.max_cost:,.2f}" if self.plan.max_cost is not None else ""
            yield f"  cost       {counted(self.spent.calls, 'call')} to {maker.model}, {cost}{cap}"
        for shard, state in self.open[:_NAMED]:
            yield f"  {shard}      {state}"
        if (more := len(self.open) - _NAMED) > 0:
            yield f"  and {counted(more, 'more shard')}"
        if self.is_done:
            yield f"  next       summarise merge {name} -o RUN"
        elif self.parts["at work"] < len(self.open):
            yield f"  next       summarise run {name}"


def standing_of_plan(folder: Path, plan: ShardPlan) -> PlanStanding:
    """How a plan stands, by the manifests and leases of its parts.

    Raises:
        RunError: One can't be read.
    """
    standing = PlanStanding(folder, plan)
    for shard in plan.shards:
        held = load_manifest(folder / shard.name)
        state = _state(folder, shard, held)
        standing.parts[state] += 1
        if state != "done":
            standing.open.append((shard.name, state))
        if held is not None:
            standing.makers.add(held.identity.fingerprint)
            standing.records += held.counts.get("records", 0)
            standing.failures += held.counts.get("failures", 0)
            standing.spent = standing.spent + spent_of(folder / shard.name, held)
    return standing


def _state(folder: Path, shard: Shard, held: Manifest | None) -> str:
    if lease_of(folder, shard.name).is_taken:
        return "at work"
    if held is None:
        return "not begun"
    if held.state is RunState.RUNNING:
        return "cut off"
    if is_whole(held, shard):
        return "done"
    is_through = held.state is RunState.COMPLETE and not held.counts.get("pending")
    return "failed in part" if is_through else "stopped"


def is_done(folder: Path, shard: Shard) -> bool:
    """Whether a part has a record of each of its documents."""
    held = load_manifest(folder / shard.name)
    return held is not None and is_whole(held, shard)


def is_whole(held: Manifest, shard: Shard) -> bool:
    """Likewise, by the manifest of its run."""
    return held.state is RunState.COMPLETE and held.counts.get("records", 0) == shard.documents


def spent_of(path: Path, held: Manifest) -> Spent:
    """What the answers of a part took; where it was cut off, its manifest is of before that."""
    return standing_of(path).spent if held.state is RunState.RUNNING else held.spent
