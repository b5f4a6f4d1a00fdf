"""A pile in parts that many machines can work on: each is a run, and all together make one.

    plan.json          what was read, in how many parts, and what holds for all of them
    00000.jsonl, …     the entries of each part, duplicates settled for the whole pile
    00000/, …          the run directory of each
    00000.lease        who works on it, touched again and again; old, it is anybody's

A part that was begun by a machine which died goes on elsewhere, with all that was answered: its run
directory is what counts. Nothing is ever placed but by taking a lease.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarise.shards.lease import Lease
    from summarise.shards.merging import merge_shards
    from summarise.shards.placing import place_shards
    from summarise.shards.plan import PLAN, ShardPlan, find_shard, load_plan, make_plan
    from summarise.shards.running import run_plan, run_shard
    from summarise.shards.standing import PlanStanding, standing_of_plan

__all__ = [
    "PLAN",
    "Lease",
    "PlanStanding",
    "ShardPlan",
    "find_shard",
    "load_plan",
    "make_plan",
    "merge_shards",
    "place_shards",
    "run_plan",
    "run_shard",
    "standing_of_plan",
]

_HOMES = dict.fromkeys(("PLAN", "ShardPlan", "find_shard", "load_plan", "make_plan"), "plan")
_HOMES |= {"Lease": "lease", "merge_shards": "merging", "place_shards": "placing"}
_HOMES |= {"run_plan": "running", "run_shard": "running"}
_HOMES |= {"PlanStanding": "standing", "standing_of_plan": "standing"}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
