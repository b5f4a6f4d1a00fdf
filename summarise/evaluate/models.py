"""Several models on the same documents: one run each, and one table of how they did.

The embedded extractor is run beside them: it is free, and the same every time. Each run has a
directory of its own, which ``summarise run`` could have made, so that comparing again asks for
nothing twice. What is compared needs no gold: values that stand nowhere in the abstract, statements
that say more than their evidence, quantities that nobody claims, how far the records of two runs
agree; and what the answers took. With gold there is F1 as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from pydantic import ValidationError

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
    selected,
)
from summarise.characters import counted, inert
from summarise.drafting import can_draft
from summarise.errors import InputError, SettingsError, SummariseError
from summarise.evaluate.candidates import Candidate
from summarise.evaluate.diff import diff_view
from summarise.evaluate.gold import Gold
from summarise.evaluate.models_table import Figures, ModelComparison, Pair, Speed, comparison_lines
from summarise.evaluate.scoring import Scores, against_gold, against_run
from summarise.evaluate.signals import RunTally
from summarise.models import Document, Row
from summarise.render import output_format
from summarise.schema import Draft, load_schema
from summarise.store import (
    MANIFEST,
    Run,
    RunPlace,
    put_aside,
    refuse_foreign,
    refuse_overwriting,
    replacing,
    telling,
)

_STORED = "comparison.json"
_TABLE = "comparison.md"


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How models are compared; none of it can change an answer.

    Those that a run has as well mean the same there: see ``RunOptions``.
    """

    output: Path
    """Gets the run directories and the table."""
    limit: int | None = None
    gold: Gold | None = None
    refresh: bool = False
    fresh_answers: bool = False
    progress: Callable[[], ProgressLine | None] = lambda: None
    signals: bool = False
    tell: Callable[[str], None] = lambda _: None
    """Takes the lines that a user reads on the way."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one candidate: a report of its run, or why that couldn't start.

    There is neither where nobody tried.
    """

    candidate: Candidate
    report: Report | None = None
    error: SummariseError | None = None

    @property
    def exit_code(self) -> int:
        """The exit code of ``summarise run``; nobody tries after an interruption."""
        if self.report is not None:
            return self.report.exit_code
        return INTERRUPTED if self.error is None else self.error.exit_code

    @property
    def has_run(self) -> bool:
        """Whether there is a run directory of it."""
        return self.report is not None and not self.report.left_nothing

    @property
    def trouble(self) -> str | None:
        """What stopped it, or kept it from running."""
        if self.report is None:
            return f"not run: {self.error or 'the comparison was interrupted before'}"
        if self.report.stop is not None:
            return self.report.stop
        return "interrupted" if self.report.interrupted else None


class Finished(NamedTuple):
    """A run that has come to figures, and the ids of the documents that have a record in it."""

    name: str
    path: Path
    ids: set[str]


def compare_models(
    batch: Batch, candidates: Sequence[Candidate], options: CompareOptions
) -> ModelComparison:
    """Run each candidate on the same documents, and put together what they came to.

    The embedded extractor runs first, where the candidates fill in its schema. A candidate that
    fails doesn't stop the others. Entries that give no document are told and stored once, by the
    first run. The folder gets the table and the figures.

    Raises:
        InputError: There is no gold of any of the documents.
        SettingsError: There is gold, and a candidate fills in a schema of its own.
        SchemaError: A candidate's schema can't be used.
        RunError: The folder can't be written.
    """
    entries = list(selected(batch.entries, options.limit))
    documents = [entry for entry in entries if isinstance(entry, Document)]
    all_ = _with_embedded(candidates, has_gold=options.gold is not None)
    gold: dict[str, int] = {}
    if options.gold is not None:
        rows = ((document, None) for document in documents)
        found = len(_against_gold(rows, options.gold, batch.name).compared)
        gold = {"gold": found, "gold_elsewhere": len(options.gold.summaries) - found}
    # Before anything is spent.
    before = _stored(options.output)
    refuse_foreign(options.output, (f"*/{MANIFEST}", *([_STORED] if before else ())))
    gold_path = options.gold.path if options.gold else None
    for name in (_STORED, _TABLE):
        refuse_overwriting(options.output / name, filter(None, [*batch.paths, gold_path]))
    with telling(options.output):
        options.output.mkdir(parents=True, exist_ok=True)
    calls = [_told_calls(documents, candidate, options) for candidate in candidates]
    if any(calls):
        # What sends requests takes a second to import, which isn't the first model's.
        from summarise.endpoint import Caller  # noqa: F401, PLC0415
    attempts = list(_attempt_all(replace(batch, entries=iter(entries)), documents, all_, options))
    comparison = _compared(batch.name, len(documents), attempts, options, before)
    comparison = comparison.model_copy(update=gold)
    left, made = (_files(one) if one else {} for one in (before, comparison))
    for name, content in made.items():
        with replacing(options.output / name) as file:
            file.write(content)
            ours = (sha256(one).hexdigest() for one in (content, left.get(name, b"")))
            put_aside(options.output / name, *ours)
    _write_differences(attempts, options)
    return comparison


def _write_differences(attempts: Iterable[Attempt], options: CompareOptions) -> None:
    """The cells of each two runs side by side, where they differ, in a file of their own."""
    done = [one.candidate.folder for one in attempts if one.has_run]
    for left, right in itertools.combinations(done, 2):
        table, _ = diff_view(Run(options.output / left), Run(options.output / right))
        path = options.output / f"{left}.vs.{right}.md"
        output_format("markdown", None).write(table, path)
        options.tell(f"cells side by side: {path}")


def _files(comparison: ModelComparison) -> dict[str, bytes]:
    """What a comparison is written down as."""
    lines = (f"{line}\n" for line in comparison_lines(comparison))
    return {_STORED: f"{comparison.to_json()}\n".encode(), _TABLE: "".join(lines).encode()}


def _with_embedded(candidates: Sequence[Candidate], *, has_gold: bool) -> list[Candidate]:
    """The candidates, and before them the embedded extractor, where it can be compared."""
    own = [c for c in candidates if load_schema(c.settings.schema_spec) is not Draft]
    if own and has_gold:
        raise SettingsError(
            "fills in a schema of its own, and gold is of the default one",
            where=own[0].name,
            hint="Leave --gold out, or --schema.",
        )
    if not all(can_draft(load_schema(c.settings.schema_spec)) for c in own):
        return list(candidates)
    return [Candidate.embedded(candidates[0].settings), *candidates]


def _told_calls(documents: Sequence[Document], own: Candidate, options: CompareOptions) -> int:
    """Tell what a run would take before anything is spent; gives its calls."""
    folder, settings = options.output / own.folder, own.settings
    if options.refresh or options.fresh_answers:
        # No record that is there counts.
        folder = folder / "anew"
    if options.fresh_answers:
        settings = settings.model_copy(update={"cache": False})
    try:
        found = estimate_run(documents, RunPlace(own.folder, wanted=folder), settings)
    except SummariseError:
        # What is wrong is told by the run itself.
        return 0
    options.tell(f"{own.name}: {_expected(found)}")
    return found.calls


def _expected(found: Estimate) -> str:
    if not found.calls:
        return "nothing to ask, all answers are there"
    calls = f"{counted(found.calls, 'call')} to {found.endpoint}"
    if found.cost is None:
        return f"{calls}, cost unknown"
    return f"{calls}, about {format_usd(found.cost)}, at most {format_usd(found.highest_cost)}"


def _attempt_all(
    batch: Batch,
    documents: Sequence[Document],
    candidates: Sequence[Candidate],
    options: CompareOptions,
) -> Iterator[Attempt]:
    """Each candidate's run, until the user interrupts one."""
    is_interrupted = False
    for candidate in candidates:
        attempt = Attempt(candidate) if is_interrupted else _attempt(batch, candidate, options)
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


def _compared(
    name: str,
    documents: int,
    attempts: Sequence[Attempt],
    options: CompareOptions,
    before: ModelComparison | None,
) -> ModelComparison:
    """The figures of all, each with its agreement with the others."""
    # Speeds that an earlier comparison has measured can't be measured again for free.
    known = before.models if before else ()
    earlier = {(one.folder, one.fingerprint): one.speed for one in known if one.speed}
    figures: list[Figures] = []
    finished: list[Finished] = []
    for attempt in attempts:
        tally = RunTally(run=attempt.candidate.name)
        figures.append(_figures(attempt, tally, options, earlier))
        if attempt.report is not None:
            path = options.output / attempt.candidate.folder
            finished.append(Finished(attempt.candidate.name, path, tally.ids))
    pairs = tuple(_pairs(finished))
    models = {one.name: one.model for one in figures}
    return ModelComparison(
        input=inert(name),
        documents=documents,
        gold=None,
        models=tuple(_with_agreement(one, pairs, models) for one in figures),
        pairs=pairs,
        # They grow with the gravity: a failure, a refusal to start, a stop, an interruption.
        exit_code=max(attempt.exit_code for attempt in attempts),
    )


def _figures(
    attempt: Attempt,
    tally: RunTally,
    options: CompareOptions,
    earlier: dict[tuple[str, str | None], Speed],
) -> Figures:
    """What one candidate came to, its agreement with the others apart; counted in the tally."""
    candidate, report = attempt.candidate, attempt.report
    folder = options.output / candidate.folder
    settings = candidate.settings
    figures = Figures(
        name=candidate.name,
        model=settings.model,
        endpoint=None if settings.model is None else settings.host,
        folder=inert(str(folder)),
        trouble=attempt.trouble,
    )
    if report is None:
        return figures
    nothing = itertools.repeat(None, report.pending)
    for outcome in nothing if report.left_nothing else (row[1] for row in Run(folder).rows()):
        tally.add(outcome)
    fingerprint = report.identity.fingerprint
    update: dict[str, object] = {
        "endpoint": report.identity.endpoint_host,
        "fingerprint": fingerprint,
        "counts": tally.counts,
        "speed": _speed(report, tally.latency)
        if report.new
        else earlier.get((figures.folder, fingerprint)),
    }
    if options.gold is not None and tally.records:
        scores = _against_gold(Run(folder).rows(), options.gold, candidate.name)
        update["macro_f1"] = scores.macro_f1
        update["f1"] = {name: one.f1 for name, one in scores.tallies.items()}
    return figures.model_copy(update=update)


def _speed(report: Report, latency: float) -> Speed | None:
    """How quick the run was; None where a part of it was made before, or came from the cache."""
    if report.reused or report.cached:
        return None
    return Speed(
        seconds=round(report.seconds, 3),
        records_per_second=report.new / report.seconds,
        in_flight=latency / report.seconds if report.identity.is_paid else None,
    )


def _stored(output: Path) -> ModelComparison | None:
    """What an earlier comparison left; of another version it may be none for us."""
    with suppress(OSError, ValidationError):
        return ModelComparison.model_validate_json((output / _STORED).read_bytes())
    return None


def _against_gold(rows: Iterable[Row], gold: Gold, name: str) -> Scores:
    """Rows against the gold of their documents; gold of other documents counts for nothing."""
    return replace(against_gold(rows, gold, run=name, name="gold"), right_only=())


def _pairs(runs: Iterable[Finished]) -> Iterator[Pair]:
    """Each two runs, held against each other over the documents of which both have a record.

    A document that failed says nothing about agreement, and is counted elsewhere.
    """
    for left, right in itertools.combinations(runs, 2):
        ids = left.ids & right.ids
        yield Pair(
            left=left.name,
            right=right.name,
            documents=len(ids),
            agreement=_agreement(left, right, ids) if ids else None,
        )


def _agreement(left: Finished, right: Finished, ids: set[str]) -> float | None:
    """The mean F1 of the fields; None where the records aren't of the built-in schema."""
    ours, theirs = (
        (row for row in Run(run.path).rows() if row[0].doc_id in ids) for run in (left, right)
    )
    try:
        return against_run(ours, theirs, run=left.name, other=right.name).macro_f1
    except InputError:
        return None


def _with_agreement(
    figures: Figures, pairs: Iterable[Pair], models: Mapping[str, str | None]
) -> Figures:
    """The figures of one run with its agreement with all others, whose models are given by name."""
    embedded: list[float] = []
    others: list[float] = []
    for pair in pairs:
        if figures.name in {pair.left, pair.right} and pair.agreement is not None:
            other = pair.right if pair.left == figures.name else pair.left
            (embedded if models[other] is None else others).append(pair.agreement)
    update = {
        "agreement_embedded": mean(embedded) if embedded else None,
        "agreement_models": mean(others) if others else None,
    }
    return figures.model_copy(update=update)
