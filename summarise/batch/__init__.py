"""Many documents: read, extract, keep, render. The only event loop of the program."""

# mypy: implicit-reexport

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarise.batch.accounts import INTERRUPTED, Report
    from summarise.batch.estimate import Estimate, estimate_run
    from summarise.batch.inputs import (
        Batch,
        InputAccount,
        InputOptions,
        Inspection,
        documents_batch,
        read_batch,
        selected,
    )
    from summarise.batch.opening import RunOptions
    from summarise.batch.progress import ProgressLine, Standing
    from summarise.batch.standing import listed_runs, run_lines, standing_of, told_holding
    from summarise.batch.work import arun, close_run, run

_HOMES = dict.fromkeys(("INTERRUPTED", "Report"), "accounts")
_HOMES |= dict.fromkeys(("Estimate", "estimate_run"), "estimate")
_HOMES |= dict.fromkeys(("Batch", "InputAccount", "InputOptions", "Inspection"), "inputs")
_HOMES |= dict.fromkeys(("documents_batch", "read_batch", "selected"), "inputs")
_HOMES |= {"RunOptions": "opening", "arun": "work", "close_run": "work", "run": "work"}
_HOMES |= {"ProgressLine": "progress", "Standing": "progress"}
_HOMES |= dict.fromkeys(("listed_runs", "run_lines"), "standing")
_HOMES |= dict.fromkeys(("standing_of", "told_holding"), "standing")


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that ``inspect`` pays for no extraction."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
