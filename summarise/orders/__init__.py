"""Requests bought in bulk: by a provider's batch API, at its lower price, or by files.

A run hands its requests over to a desk, which writes them into files, has those answered, and gives
out what came back when the run asks again. The run itself is the usual one: what is answered later
is read, grounded, reasked and kept as what is answered at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarise.orders.dealing import (
        Dealt,
        cancel_orders,
        collect_orders,
        look_at_orders,
        run_by_orders,
        settings_of_orders,
        standing,
        submit_orders,
        submit_rest,
    )
    from summarise.orders.desk import OrderDesk

__all__ = [
    "Dealt",
    "OrderDesk",
    "cancel_orders",
    "collect_orders",
    "look_at_orders",
    "run_by_orders",
    "settings_of_orders",
    "standing",
    "submit_orders",
    "submit_rest",
]

_HOMES = dict.fromkeys(__all__, "dealing") | {"OrderDesk": "desk"}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: a help page needs none."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
