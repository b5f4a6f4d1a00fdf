"""Work of a run that others do: requests, a provider in its own time; parts of a pile, machines.

**Orders** are requests bought in bulk, by a provider's batch API, at its lower price, or by files.
A run hands them over to a desk, which writes them into files, has those answered, and gives out
what came back when the run asks again. The run itself is the usual one: what is answered later is
read, grounded, reasked and kept as what is answered at once.

**Shards** are the parts of a pile; each is a run, and all together make one:

    plan.json          what was read, in how many parts, and what holds for all of them
    00000.jsonl, …     the entries of each part, duplicates settled for the whole pile
    00000/, …          the run directory of each
    00000.lease        who works on it, touched again and again; old, it is anybody's

A part that was begun by a machine which died goes on elsewhere, with all that was answered: its run
directory is what counts. Nothing is ever placed but by taking a lease.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily

if TYPE_CHECKING:
    from summarise.delegating.dealing import (
        Dealt,
        cancel_orders,
        collect_orders,
        how_far,
        look_at_orders,
        run_by_orders,
        settings_of_orders,
        submit_orders,
    )
    from summarise.delegating.desk import OrderDesk
    from summarise.delegating.placing import place_shards
    from summarise.delegating.plan import ShardPlan, find_shard, load_plan, make_plan
    from summarise.delegating.running import merge_shards, run_plan, run_shard
    from summarise.delegating.standing import Lease, standing_of_plan
else:
    __getattr__ = lazily(__name__)
