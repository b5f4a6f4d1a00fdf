"""What a run does with its input and its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from summarise.readers import Format
from summarise.report import ProgressLine


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run does with its input and its folder; none of it can change an answer.

    Attributes:
        output: The run directory, None for ``outputs/<name of the input>``.
        format: Format of the inputs, None to find out.
        limit: Take the first so many documents.
        only: Take the documents with these ids.
        refresh: Make everything anew, whatever the run directory and the cache hold.
        append: Keep the documents that the run directory holds already.
        progress: Where progress is shown, None for nowhere.
        signals: Whether Ctrl-C and SIGTERM first let calls in flight finish.
        log: A file to which one event a request is appended, as a line of JSON.
        log_texts: Whether those events hold what was asked and answered.
        explain_cache: Whether to say why an answer isn't in the cache.
    """

    output: Path | None = None
    format: Format | None = None
    limit: int | None = None
    only: frozenset[str] = frozenset()
    refresh: bool = False
    append: bool = False
    progress: ProgressLine | None = None
    signals: bool = False
    log: Path | None = None
    log_texts: bool = False
    explain_cache: bool = False
