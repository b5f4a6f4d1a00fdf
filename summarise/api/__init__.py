"""What a program calls: the same run as on the command line, and its records to go on with."""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily

if TYPE_CHECKING:
    from summarise.api.call import asummarise, estimate, read, summarise
    from summarise.api.options import Options, ReadOptions
    from summarise.api.record import EvidenceSentence, Record, RecordEntry
    from summarise.api.run import Run
else:
    __getattr__ = lazily(__name__)
