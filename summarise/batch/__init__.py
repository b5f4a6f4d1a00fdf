"""Many documents: read, extract, keep, render. The only event loop of the program."""

from summarise.batch.inputs import Batch, documents_batch, read_batch, selected
from summarise.batch.options import RunOptions
from summarise.batch.run import OUTPUTS, TABLE, arun, run

__all__ = [
    "OUTPUTS",
    "TABLE",
    "Batch",
    "RunOptions",
    "arun",
    "documents_batch",
    "read_batch",
    "run",
    "selected",
]
