"""Many documents: read, extract, keep, render. The only event loop of the program."""

from summarise.batch.accounts import INTERRUPTED, InputAccount, ProgressLine, Report
from summarise.batch.estimate import Estimate, estimate_run
from summarise.batch.inputs import (
    Batch,
    InputOptions,
    Inspection,
    documents_batch,
    read_batch,
    selected,
)
from summarise.batch.opening import RunOptions
from summarise.batch.work import arun, run

__all__ = [
    "INTERRUPTED",
    "Batch",
    "Estimate",
    "InputAccount",
    "InputOptions",
    "Inspection",
    "ProgressLine",
    "Report",
    "RunOptions",
    "arun",
    "documents_batch",
    "estimate_run",
    "read_batch",
    "run",
    "selected",
]
