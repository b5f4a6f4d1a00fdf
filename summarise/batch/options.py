"""What a run does with its input and its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from summarise.batch.accounts import ProgressLine


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run does with its input and its folder; none of it can change an answer.

    Attributes:
        output: The run directory, None for ``outputs/<name of the input>``.
        limit: Do the first so many documents; others that the run directory holds stay as they are.
        only: Likewise, the documents with these ids.
        refresh: Make the records anew that are there already; what was answered isn't asked again.
        fresh_answers: Likewise, and ask anew.
        append: Add the documents to those that the run directory holds already.
        progress: Where progress is shown, None for nowhere.
        signals: Whether Ctrl-C and SIGTERM first let calls in flight finish.
        log: A file to which one event a request is appended, as a line of JSON.
        log_texts: Whether those events hold what was asked and answered.
        explain_cache: Whether to say why an answer isn't in the cache.
    """

    output: Path | None = None
    limit: int | None = None
    only: frozenset[str] = frozenset()
    refresh: bool = False
    fresh_answers: bool = False
    append: bool = False
    progress: ProgressLine | None = None
    signals: bool = False
    log: Path | None = None
    log_texts: bool = False
    explain_cache: bool = False

    @property
    def made_anew(self) -> str | None:
        """What of the run directory is made anew, in words that tell one choice from another."""
        if not (self.refresh or self.fresh_answers):
            return None
        how = "answers" if self.fresh_answers else "records"
        which = [f"first {self.limit}"] if self.limit is not None else []
        return " ".join([how, *which, *sorted(self.only)])
