"""One run after the other: what each would take, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from summarise.admission import format_usd
from summarise.batch import (
    INTERRUPTED,
    Batch,
    Estimate,
    ProgressLine,
    Report,
    RunOptions,
    estimate_run,
    run,
)
from summarise.characters import counted
from summarise.errors import SummariseError
from summarise.evaluate.candidates import Candidate
from summarise.evaluate.figures import Tally
from summarise.evaluate.gold import Gold
from summarise.models import Document, Identity


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How models are compared; none of it can change an answer.

    Attributes:
        output: The folder for the run directories and the table.
        limit: Take the first so many documents.
        gold: What to score the runs against, None for nothing.
        refresh: Make the records anew; what was answered isn't asked again.
        fresh_answers: Likewise, and ask anew.
        progress: Makes the line on which the progress of a run is shown.
        signals: Whether Ctrl-C and SIGTERM first let calls in flight finish.
        tell: Takes the lines that a user reads on the way.
    """

    output: Path
    limit: int | None = None
    gold: Gold | None = None
    refresh: bool = False
    fresh_answers: bool = False
    progress: Callable[[], ProgressLine | None] = lambda: None
    signals: bool = False
    tell: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one candidate.

    Attributes:
        candidate: Which.
        report: Of its run; None where it couldn't start.
        error: Why it couldn't start; None where nobody tried.
        tally: What its rows were counted with.
    """

    candidate: Candidate
    report: Report | None = None
    error: SummariseError | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def exit_code(self) -> int:
        """As that of ``summarise run``; nobody tries after an interruption."""
        if self.report is not None:
            return self.report.exit_code
        return INTERRUPTED if self.error is None else self.error.exit_code

    @property
    def trouble(self) -> str | None:
        """What stopped it, or kept it from running."""
        if self.report is None:
            return f"not run: {self.error or 'the comparison was interrupted before'}"
        if self.report.stopped is not None:
            return f"stopped: {self.report.stopped}"
        return "interrupted" if self.report.interrupted else None


def told_estimates(
    documents: Sequence[Document], candidates: Sequence[Candidate], options: CompareOptions
) -> list[int]:
    """Tell what each run would take before anything is spent; gives the calls of each."""
    calls = []
    for candidate in candidates:
        folder, settings = options.output / candidate.folder, candidate.settings
        if options.refresh or options.fresh_answers:
            # No record that is there counts.
            folder = folder / "anew"
        if options.fresh_answers:
            settings = settings.model_copy(update={"cache": False})
        try:
            found = estimate_run(documents, partial(_in_place, folder), settings)
        except SummariseError:
            # What is wrong is told by the run itself.
            continue
        calls.append(found.calls)
        options.tell(f"{candidate.name}: {_expected(found)}")
    return calls


def _in_place(folder: Path, _: Identity) -> Path:
    return folder


def _expected(found: Estimate) -> str:
    if not found.calls:
        return "nothing to ask, all answers are there"
    calls = f"{counted(found.calls, 'call')} to {found.endpoint}"
    if found.cost is None:
        return f"{calls}, cost unknown"
    return f"{calls}, about {format_usd(found.cost)}, at most {format_usd(found.highest_cost)}"


def load_client() -> None:
    """Import what sends requests: the second that it takes isn't the first model's."""
    from summarise.endpoint import Caller  # noqa: F401, PLC0415


def attempt_all(
    batch: Batch,
    documents: Sequence[Document],
    candidates: Sequence[Candidate],
    options: CompareOptions,
) -> Iterator[Attempt]:
    """Each candidate's run, until the user interrupts one."""
    is_interrupted = False
    for candidate in candidates:
        if is_interrupted:
            yield Attempt(candidate)
            continue
        attempt = _attempt(batch, candidate, options)
        is_interrupted = attempt.exit_code == INTERRUPTED
        yield attempt
        batch = replace(batch, entries=iter(documents))


def _attempt(batch: Batch, candidate: Candidate, options: CompareOptions) -> Attempt:
    run_options = RunOptions(
        output=options.output / candidate.folder,
        refresh=options.refresh,
        fresh_answers=options.fresh_answers,
        progress=options.progress(),
        signals=options.signals,
    )
    try:
        _, report = run(batch, candidate.settings, run_options)
    except SummariseError as error:
        options.tell(f"{candidate.name}: not run: {error}")
        return Attempt(candidate, error=error)
    attempt = Attempt(candidate, report)
    # Who made its records needs no telling where no model did.
    closing = report.closing_lines()[: None if report.identity.is_paid else 1]
    for line in [*filter(None, [attempt.trouble]), *closing]:
        options.tell(f"{candidate.name}: {line}")
    return attempt
