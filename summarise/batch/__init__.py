"""Many documents: read, extract, keep, render. The only event loop of the program."""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily

if TYPE_CHECKING:
    from summarise.batch.accounts import INTERRUPTED, Report
    from summarise.batch.advice import flags_of, run_command
    from summarise.batch.estimate import Estimate, estimate_run
    from summarise.batch.inputs import (
        Batch,
        InputAccount,
        Inspection,
        documents_batch,
        read_batch,
        selected,
    )
    from summarise.batch.members import InputOptions
    from summarise.batch.opening import PostOffice, RunOptions
    from summarise.batch.progress import ProgressLine, Standing, taken
    from summarise.batch.standing import listed_runs, run_lines, standing_of, told_holding
    from summarise.batch.work import arun, close_run, run
else:
    __getattr__ = lazily(__name__)
