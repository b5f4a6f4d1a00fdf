"""What a program calls: the same run as on the command line, and its records to go on with."""

from summarise.api.call import asummarise, read, summarise
from summarise.api.options import Options, ReadOptions
from summarise.api.record import EvidenceSentence, Record, RecordEntry
from summarise.api.run import Run

__all__ = [
    "EvidenceSentence",
    "Options",
    "ReadOptions",
    "Record",
    "RecordEntry",
    "Run",
    "asummarise",
    "read",
    "summarise",
]
