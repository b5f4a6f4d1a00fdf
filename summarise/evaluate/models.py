"""Compares models: runs them, and puts together what they came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from summarise.batch import Batch, Report, selected
from summarise.characters import inert
from summarise.errors import SettingsError
from summarise.evaluate.candidates import Candidate
from summarise.evaluate.figures import Figures, ModelComparison, Speed, Tally
from summarise.evaluate.models_table import comparison_lines
from summarise.evaluate.runs import (
    Attempt,
    CompareOptions,
    attempt_all,
    load_client,
    told_estimates,
)
from summarise.evaluate.scores import Finished, gold_comparison, gold_of, pairs_of, with_agreement
from summarise.models import Document
from summarise.schema import Draft, load_schema
from summarise.store import MANIFEST, Run, refuse_foreign, replacing, telling

_STORED = "comparison.json"
_TABLE = "comparison.md"


def compare_models(
    batch: Batch, candidates: Sequence[Candidate], options: CompareOptions
) -> ModelComparison:
    """Run each candidate on the same documents, and put together what they came to.

    The embedded extractor runs first, where the candidates fill in its schema. A candidate that
    fails doesn't stop the others. Entries that give no document are told and stored once, by the
    first run. The folder gets the table and the figures.

    Args:
        batch: The documents.
        candidates: What to compare.
        options: How.

    Raises:
        InputError: There is no gold of any of the documents.
        SettingsError: There is gold, and a candidate fills in a schema of its own.
        SchemaError: A candidate's schema can't be used.
        RunError: The folder can't be written.
    """
    entries = list(selected(batch.entries, options.limit))
    documents = [entry for entry in entries if isinstance(entry, Document)]
    all_ = _with_embedded(candidates, has_gold=options.gold is not None)
    scored = gold_of(documents, options.gold, batch.name) if options.gold else None
    _make_folder(options.output)
    if any(told_estimates(documents, candidates, options)):
        load_client()
    whole = replace(batch, entries=iter(entries))
    attempts = list(attempt_all(whole, documents, all_, options))
    comparison = _compared(batch.name, len(documents), attempts, options)
    if options.gold is not None and scored is not None:
        elsewhere = len(options.gold.summaries) - scored
        comparison = comparison.model_copy(update={"gold": scored, "gold_elsewhere": elsewhere})
    _store(comparison, options.output)
    return comparison


def _with_embedded(candidates: Sequence[Candidate], *, has_gold: bool) -> list[Candidate]:
    """The candidates, and before them the embedded extractor, where it can be compared."""
    own = [c for c in candidates if load_schema(c.settings.schema_spec) is not Draft]
    if own and has_gold:
        raise SettingsError(
            "fills in a schema of its own, and gold is of the default one",
            where=own[0].name,
            hint="Leave --gold out, or --schema.",
        )
    if own:
        return list(candidates)
    return [Candidate.embedded(candidates[0].settings), *candidates]


def _compared(
    name: str, documents: int, attempts: Sequence[Attempt], options: CompareOptions
) -> ModelComparison:
    """The figures of all, each with its agreement with the others."""
    earlier = _stored_speeds(options.output)
    figures = [_figures(attempt, options, earlier) for attempt in attempts]
    finished = [
        Finished(one.name, options.output / attempt.candidate.folder, attempt.tally.ids)
        for one, attempt in zip(figures, attempts, strict=True)
        if one.counts is not None
    ]
    pairs = tuple(pairs_of(finished))
    models = {one.name: one.model for one in figures}
    return ModelComparison(
        input=inert(name),
        documents=documents,
        gold=None,
        models=tuple(with_agreement(one, pairs, models) for one in figures),
        pairs=pairs,
        # They grow with the gravity: a failure, a refusal to start, a stop, an interruption.
        exit_code=max(attempt.exit_code for attempt in attempts),
    )


def _figures(
    attempt: Attempt, options: CompareOptions, earlier: dict[tuple[str, str | None], Speed]
) -> Figures:
    """What one candidate came to, its agreement with the others apart."""
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
    counts = attempt.tally.counts(Run(folder).rows())
    fingerprint = report.identity.fingerprint
    update: dict[str, object] = {
        "endpoint": report.identity.endpoint_host,
        "fingerprint": fingerprint,
        "counts": counts,
        "speed": _speed(report, attempt.tally)
        if report.new
        else earlier.get((inert(str(folder)), fingerprint)),
    }
    if options.gold is not None and counts.records:
        scores = gold_comparison(Run(folder).rows(), options.gold, candidate.name)
        update["macro_f1"] = scores.macro_f1
        update["f1"] = {name: tally.f1 for name, tally in scores.tallies.items()}
    return figures.model_copy(update=update)


def _speed(report: Report, tally: Tally) -> Speed | None:
    """How quick the run was; None where a part of it was made before, or came from the cache."""
    if report.reused or report.cached:
        return None
    is_paid = report.identity.is_paid
    return Speed(
        seconds=round(report.seconds, 3),
        records_per_second=report.new / report.seconds,
        in_flight=tally.latency / report.seconds if is_paid else None,
    )


def _stored_speeds(output: Path) -> dict[tuple[str, str | None], Speed]:
    """The speeds that an earlier comparison has measured: they can't be measured again for free."""
    try:
        stored = ModelComparison.model_validate_json((output / _STORED).read_bytes())
    except (OSError, ValidationError):
        # Speeds are a help, and a file of another version holds none for us.
        return {}
    return {(one.folder, one.fingerprint): one.speed for one in stored.models if one.speed}


def _make_folder(path: Path) -> None:
    """Make the folder before anything is spent."""
    refuse_foreign(path, (_STORED, f"*/{MANIFEST}"))
    with telling(path, "Choose another folder with -o."):
        path.mkdir(parents=True, exist_ok=True)


def _store(comparison: ModelComparison, output: Path) -> None:
    with replacing(output / _STORED) as file:
        file.write(f"{comparison.to_json()}\n".encode())
    with replacing(output / _TABLE) as file:
        file.writelines(f"{line}\n".encode() for line in comparison_lines(comparison))
