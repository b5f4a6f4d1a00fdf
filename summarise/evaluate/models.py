"""Several models on the same documents: one run each, and one table of how they did.

The embedded extractor is run beside them: it is free, and the same every time. Each run has a
directory of its own, which ``summarise run`` could have made, so that comparing again asks for
nothing twice. What is compared needs no gold: values that stand nowhere in the abstract, statements
that say more than their evidence, quantities that nobody claims, how far the records of two runs
agree; and what the answers took. With gold there is F1 as well.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from statistics import mean

from pydantic import ValidationError

from summarise.admission import format_usd
from summarise.batch import (
    INTERRUPTED,
    Batch,
    ProgressLine,
    RunOptions,
    estimate_run,
    run,
    selected,
)
from summarise.characters import counted, inert
from summarise.drafting import can_draft
from summarise.errors import InputError, SettingsError, SummariseError
from summarise.evaluate.diff import diff_view
from summarise.evaluate.gold import Gold
from summarise.evaluate.scores_table import COLUMNS, quoted, table, wrapped
from summarise.evaluate.scoring import Scores, against_gold, against_run
from summarise.evaluate.signals import RunCounts, Signals
from summarise.models import (
    EMBEDDED,
    Document,
    Grounding,
    Outcome,
    Provenance,
    Record,
    Row,
    Spent,
    Stored,
)
from summarise.render import output_format
from summarise.schema import Draft, load_schema
from summarise.settings import Settings, is_local_model
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
# What every file system takes, whatever letter case it tells apart.
_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_FOLDER_CHARACTERS = 60
# Names that stand for nothing but themselves in Markdown.
_PLAIN = re.compile(r"[A-Za-z0-9.:/@+=-]+(_[A-Za-z0-9.:/@+=-]+)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of those that are compared, with a name and a run directory of its own."""

    name: str
    folder: str
    settings: Settings


def named_candidates(
    endpoints: Sequence[str], models: Sequence[str], load: Callable[..., Settings]
) -> tuple[Candidate, ...]:
    """The candidates that a user names: each endpoint ``NAME`` or ``NAME=MODEL``.

    The models are at the endpoint that is named without one, else where the settings say. ``load``
    builds the settings for ``endpoint`` and ``model``, each a name or None. The embedded extractor
    runs beside them, named or not.

    Raises:
        SettingsError: It isn't clear who is meant, one has no model, or two are the same.
    """
    named: list[str | None] = [one for one in models if one != EMBEDDED]
    parts = [endpoint.partition("=") for endpoint in endpoints]
    open_ = [name for name, _, model in parts if not model]
    if len(open_) > 1 and len(named) > 1:
        raise SettingsError(
            f"it isn't clear which of {len(named)} models is at which of {len(open_)} endpoints",
            where="--model",
            hint="Write --endpoint NAME=MODEL for each.",
        )
    chosen: list[tuple[str | None, str | None]] = [
        (name, one) for name, _, model in parts for one in ([model] if model else named or [None])
    ]
    if not open_:
        chosen += [(None, one) for one in named or [None] if one or not endpoints]
    settings = [load(endpoint=endpoint, model=model) for endpoint, model in chosen]
    places = Counter(endpoint for endpoint, _ in chosen)
    candidates: list[Candidate] = []
    for (endpoint, _), own in zip(chosen, settings, strict=True):
        if own.model is None:
            raise SettingsError(
                "no model is named, so there is nothing to compare",
                where=f"--endpoint {endpoint}" if endpoint else "compare-models",
                hint="Name some with --model, or with --endpoint NAME=MODEL.",
            )
        # The shortest name that tells it from the others: its model's, its endpoint's, both.
        name = f"{endpoint or ''}={own.model}"
        short = own.model if endpoint is None or len(places) == 1 else endpoint
        if short != EMBEDDED and (short == own.model or places[endpoint] == 1):
            name = short
        bare = own.model_copy(update={"endpoint": None})
        for other in candidates:
            if other.settings.model_copy(update={"endpoint": None}) == bare:
                raise SettingsError(
                    f"is the same model with the same settings as {other.name}",
                    where=name,
                    hint="Name each once; --base-url counts for every endpoint.",
                )
        candidates.append(Candidate(name, _folder(endpoint, own.model, own), own))
    return tuple(candidates)


def _folder(endpoint: str | None, model: str, settings: Settings) -> str:
    """A name for a run directory that depends on nothing but this endpoint and this model."""
    place, shown = endpoint or settings.host, model
    if is_local_model(model, settings.base_url):
        place, shown = "file", Path(model).stem
    full = f"{place}-{shown}"
    safe = _UNSAFE.sub("-", full.lower())[:_FOLDER_CHARACTERS].strip("-.")
    if safe == full and shown == model:
        return safe
    # What was changed could have been another name's, too.
    exact = sha256("\0".join((place, model)).encode())
    return f"{safe}-{exact.hexdigest()[:6]}"


class Figures(Stored):
    """What one of the compared came to. None is unknown, or doesn't apply.

    Agreement is the mean F1 of the fields, ``f1`` against gold by field.
    """

    name: str
    model: str | None
    """None: the embedded extractor."""
    endpoint: str | None
    folder: str
    fingerprint: str | None = None
    """Of all that can change an answer."""
    trouble: str | None = None
    """What stopped it, or kept it from running."""
    exit_code: int = 0
    """That of ``summarise run``."""
    counts: RunCounts | None = None
    records_per_second: float | None = None
    """Of a run that made all its records in one go, from its start to its table."""
    agreement_embedded: float | None = None
    agreement_models: float | None = None
    macro_f1: float | None = None
    f1: Mapping[str, float] = {}


class Pair(Stored):
    """Two of the compared, by name, held against each other."""

    left: str
    right: str
    documents: int
    """How many documents have a record in both runs."""
    agreement: float | None


class ModelComparison(Stored):
    """Several models on the same documents, the embedded extractor first."""

    input: str
    documents: int
    gold: int | None
    """Gold summaries of these documents; None where there was no gold."""
    gold_elsewhere: int = 0
    """Gold summaries of other documents, which count for nothing."""
    models: tuple[Figures, ...]
    pairs: tuple[Pair, ...]
    exit_code: int
    """The gravest of the runs': 0, 1, 2, 3 or 130."""

    def to_json(self) -> str:
        """All of it as JSON."""
        return self.model_dump_json(indent=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions(RunOptions):
    """How models are compared: as each is run, in a folder of the one for all."""

    output: Path
    gold: Gold | None = None
    quiet: bool = False
    tell: Callable[[str], None] = lambda _: None
    """Takes the lines that a user reads on the way."""


def compare_models(
    batch: Batch, candidates: Sequence[Candidate], options: CompareOptions
) -> ModelComparison:
    """Run each candidate on the same documents, and put together what they came to.

    The embedded extractor runs first, where the candidates fill in its schema. A candidate that
    fails doesn't stop the others. Entries that give no document are told and stored once, by the
    first run. The folder gets the table, the figures, and for each two runs a table of the cells in
    which they differ.

    Raises:
        InputError: There is no gold of any of the documents.
        SettingsError: There is gold, and a candidate fills in a schema of its own.
        SchemaError: A candidate's schema can't be used.
        RunError: The folder can't be written.
    """
    entries = list(selected(batch.entries, options.limit))
    documents = [entry for entry in entries if isinstance(entry, Document)]
    all_ = _with_embedded(candidates, has_gold=options.gold is not None)
    gold, elsewhere = None, 0
    if options.gold is not None:
        rows = ((document, None) for document in documents)
        gold = len(_against_gold(rows, options.gold, batch.name).compared)
        elsewhere = len(options.gold.summaries) - gold
    before: ModelComparison | None = None
    with suppress(OSError, ValidationError):  # of another version it may be none for us
        before = ModelComparison.model_validate_json((options.output / _STORED).read_bytes())
    left = _files(before) if before else {}
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
    # Speeds that an earlier comparison has measured can't be measured again for free.
    known = before.models if before else ()
    speeds = {(one.folder, one.fingerprint): one.records_per_second for one in known}
    figures: list[Figures] = []
    done: list[tuple[Candidate, set[str]]] = []
    for candidate in all_:
        # Entries without a document are the first run's alone.
        given = replace(batch, entries=iter(documents if figures else entries))
        is_over = bool(figures) and figures[-1].exit_code == INTERRUPTED
        its, ids = _attempt(None if is_over else given, candidate, options, speeds)
        figures.append(its)
        done += [(candidate, ids)] if ids else []
    pairs = tuple(_pairs(done, options))
    comparison = ModelComparison(
        input=inert(batch.name),
        documents=len(documents),
        gold=gold,
        gold_elsewhere=elsewhere,
        models=tuple(_with_agreement(one, pairs) for one in figures),
        pairs=pairs,
        # They grow with the gravity: a failure, a refusal to start, a stop, an interruption.
        exit_code=max(one.exit_code for one in figures),
    )
    for name, content in _files(comparison).items():
        with replacing(options.output / name) as file:
            file.write(content)
            ours = (sha256(one).hexdigest() for one in (content, left.get(name, b"")))
            put_aside(options.output / name, *ours)
    return comparison


def _with_embedded(candidates: Sequence[Candidate], *, has_gold: bool) -> list[Candidate]:
    """The candidates, and before them the embedded extractor, where it can be compared."""
    schemas = {one.name: load_schema(one.settings.schema_spec) for one in candidates}
    own = [name for name, schema in schemas.items() if schema is not Draft]
    if own and has_gold:
        raise SettingsError(
            "fills in a schema of its own, and gold is of the default one",
            where=own[0],
            hint="Leave --gold out, or --schema.",
        )
    if not all(map(can_draft, schemas.values())):
        return list(candidates)
    settings = candidates[0].settings.model_copy(update={"model": None})
    return [Candidate(EMBEDDED, EMBEDDED, settings), *candidates]


def _files(comparison: ModelComparison) -> dict[str, bytes]:
    """What a comparison is written down as."""
    lines = (f"{line}\n" for line in comparison_lines(comparison))
    return {_STORED: f"{comparison.to_json()}\n".encode(), _TABLE: "".join(lines).encode()}


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
    told = "nothing to ask, all answers are there"
    if found.calls:
        cost = "cost unknown"
        if found.cost is not None:
            most = format_usd(found.highest_cost)
            cost = f"about {format_usd(found.cost)}, at most {most}"
        told = f"{counted(found.calls, 'call')} to {found.endpoint}, {cost}"
    options.tell(f"{own.name}: {told}")
    return found.calls


def _attempt(
    batch: Batch | None,
    candidate: Candidate,
    options: CompareOptions,
    speeds: Mapping[tuple[str, str | None], float | None],
) -> tuple[Figures, set[str]]:
    """Run a candidate, unless there is no batch; gives also the ids of documents with a record."""
    name, settings = candidate.name, candidate.settings
    folder = options.output / candidate.folder
    figures = Figures(
        name=name,
        model=settings.model,
        endpoint=None if settings.model is None else settings.host,
        folder=inert(str(folder)),
        trouble="not run: the comparison was interrupted before",
        exit_code=INTERRUPTED,
    )
    if batch is None:
        return figures, set()
    progress = ProgressLine(quiet=options.quiet)
    run_options = replace(options, output=folder, limit=None, progress=progress)
    try:
        _, report = run(batch, settings, run_options)
    except SummariseError as error:
        update: dict[str, object] = {"trouble": f"not run: {error}", "exit_code": error.exit_code}
        options.tell(f"{name}: {update['trouble']}")
        return figures.model_copy(update=update), set()
    trouble = report.stop or ("interrupted" if report.interrupted else None)
    # Who made its records needs no telling where no model did.
    closing = report.closing_lines()[: None if report.identity.is_paid else 1]
    for line in [*filter(None, [trouble]), *closing]:
        options.tell(f"{name}: {line}")
    outcomes = itertools.repeat(None, report.pending)
    counts, ids = _counts_of(
        outcomes if report.left_nothing else (row[1] for row in Run(folder).rows())
    )
    fingerprint = report.identity.fingerprint
    update = {
        "endpoint": report.identity.endpoint_host,
        "fingerprint": fingerprint,
        "trouble": trouble,
        "exit_code": report.exit_code,
        "counts": counts,
    }
    if not report.new:
        update["records_per_second"] = speeds.get((figures.folder, fingerprint))
    elif not (report.reused or report.cached):
        update["records_per_second"] = report.new / report.seconds
    if options.gold is not None and counts.records:
        scores = _against_gold(Run(folder).rows(), options.gold, name)
        update["macro_f1"] = scores.macro_f1
        update["f1"] = {field: one.f1 for field, one in scores.tallies.items()}
    return figures.model_copy(update=update), ids


def _counts_of(outcomes: Iterable[Outcome | None]) -> tuple[RunCounts, set[str]]:
    """What a run holds, and the ids of the documents that have a record."""
    signals, ids, made = Signals(), set[str](), list[Provenance]()
    for outcome in outcomes:
        signals.add(outcome)
        if outcome is not None:
            made.append(outcome.provenance)
        if isinstance(outcome, Record):
            ids.add(outcome.doc_id)
    answers = [spent for one in made for spent in (one.spent, one.saved) if spent.calls]
    spent, calls = sum(answers, Spent()), sum(one.calls for one in made)
    latency = sum(one.latency for one in made)
    counts = RunCounts(
        records=signals.records,
        failures={str(kind): number for kind, number in signals.failures.most_common()},
        pending=signals.pending,
        values=signals.values.total(),
        missing=signals.values[Grounding.MISSING],
        unsupported=signals.unsupported,
        unclaimed=signals.unclaimed,
        reasks=sum(one.reasks for one in made),
        spent=spent,
        cost=spent.known_cost,
        untold=sum(one.usage.total is None for one in answers),
        answer_seconds=round(latency / calls, 3) if calls else None,
    )
    return counts, ids


def _against_gold(rows: Iterable[Row], gold: Gold, name: str) -> Scores:
    """Rows against the gold of their documents; gold of other documents counts for nothing."""
    return replace(against_gold(rows, gold, run=name, name="gold"), right_only=())


def _pairs(done: Sequence[tuple[Candidate, set[str]]], options: CompareOptions) -> Iterator[Pair]:
    """Each two runs, held against each other over the documents of which both have a record.

    A document that failed says nothing about agreement, and is counted elsewhere. The cells of both
    side by side, where they differ, go to a file.
    """
    for (left, ours), (right, theirs) in itertools.combinations(done, 2):
        runs = [Run(options.output / one.folder) for one in (left, right)]
        ids, agreement = ours & theirs, None
        if ids:
            rows = ((row for row in run.rows() if row[0].doc_id in ids) for run in runs)
            with suppress(InputError):  # the records aren't of the built-in schema
                agreement = against_run(*rows, run=left.name, other=right.name).macro_f1
        yield Pair(left=left.name, right=right.name, documents=len(ids), agreement=agreement)
        path = options.output / f"{left.folder}.vs.{right.folder}.md"
        output_format("markdown", None).write(diff_view(*runs)[0], path)
        options.tell(f"cells side by side: {path}")


def _with_agreement(figures: Figures, pairs: Iterable[Pair]) -> Figures:
    """The figures of one run with its agreement with the others."""
    embedded: list[float] = []
    models: list[float] = []
    for pair in pairs:
        if pair.agreement is not None and figures.name in {pair.left, pair.right}:
            other = pair.right if pair.left == figures.name else pair.left
            (embedded if other == EMBEDDED else models).append(pair.agreement)
    update = {
        "agreement_embedded": mean(embedded) if embedded else None,
        "agreement_models": mean(models) if models else None,
    }
    return figures.model_copy(update=update)


# The rows of the table in their order, with what their labels don't say.
_ROWS = {
    "records": "",
    "failures": "documents that were tried and have no record",
    "not attempted": "documents that a stop left",
    "values": "names, numbers and sizes copied from the abstracts; in brackets, here and below, "
    "for each record",
    "grounded": "values that stand in the abstract or its title",
    "missing": "values that stand in neither",
    "unsupported": "statements with a number or name that their evidence doesn't hold",
    "unclaimed": "quantities of the abstracts that no field holds; not all of them matter",
    "agreement, embedded": "with the embedded extractor: mean F1 of the fields, over the documents "
    "of which both have a record; a field that both leave empty counts as 1, and 1 isn't to say "
    "right",
    "agreement, models": "with each other model, in the same way, and the mean of these",
    "reasks": "corrected requests after an answer with faults",
    "calls": "answers, reasks included",
    "tokens in": "",
    "tokens out": "",
    "cost": "of these answers when they were bought, in this run or an earlier one; ≥, here and "
    "for tokens: a part isn't known",
    "seconds/answer": "from a request to its answer, mean",
    "records/s": "when all records were made in one go, none of them from the cache",
    "F1, mean": "against gold, the mean of the fields below; a document without a record counts as "
    "answered by nothing",
}


def comparison_lines(comparison: ModelComparison) -> Iterator[str]:
    """The comparison as Markdown: a row for each figure, a column for each of the compared.

    Rows in which nobody has a figure are left out. No value is called the best: what counts more,
    a cent or a quantity left out, isn't for a table to say.
    """
    columns = [_cells(figures) for figures in comparison.models]
    names = dict.fromkeys(itertools.chain(_ROWS, *columns))
    labels = [one for one in names if any(one in cells for cells in columns)]
    rows = [(one, *(cells.get(one, "–") for cells in columns)) for one in labels]
    heads = [figures.name for figures in comparison.models]
    lines = list(table(("", *heads), rows))
    # Names that act in a table, or make it wider than a terminal, stand in the list alone.
    if len(lines[0]) > COLUMNS or not all(map(_PLAIN.fullmatch, heads)):
        heads = [str(number) for number in range(1, len(heads) + 1)]
        lines = list(table(("", *heads), rows))
    yield f"# Models compared on {quoted(comparison.input)}"
    yield ""
    text = f"{counted(comparison.documents, 'document')}."
    if comparison.gold is not None:
        text += f" Gold summaries of them: {comparison.gold:,}"
        text += f" ({comparison.gold_elsewhere:,} of others)." if comparison.gold_elsewhere else "."
    yield from wrapped(text)
    yield ""
    for head, figures in zip(heads, comparison.models, strict=True):
        who = "the embedded extractor, by code alone"
        if figures.model is not None:
            who = f"{quoted(figures.model)} at {quoted(figures.endpoint or 'unknown')}"
        label = head if head == figures.name else f"{head}, {quoted(figures.name)}"
        yield from wrapped(f"{label}: {who}, in {quoted(figures.folder)}", "- ")
        if figures.trouble is not None:
            # On one line, and nothing in the server's words acts.
            yield from wrapped(quoted(figures.trouble, 400), "  - ")
    yield from ("", *lines, "")
    for one in labels:
        if about := _ROWS.get(one):
            yield from wrapped(f"{one}: {about}", "- ")


def _cells(figures: Figures) -> dict[str, str]:
    """What one of the compared has in the table, by row."""
    cells: dict[str, str] = {}
    if figures.model is None:
        cells["cost"] = format_usd(Decimal(0))
    if counts := figures.counts:
        cells["records"] = f"{counts.records:,}"
        cells["failures"] = f"{sum(counts.failures.values()):,}"
        if counts.pending:
            cells["not attempted"] = f"{counts.pending:,}"
        cells |= _of_records(counts) | _of_answers(counts)
    shares = {
        "agreement, embedded": figures.agreement_embedded,
        "agreement, models": figures.agreement_models,
        "F1, mean": figures.macro_f1,
        **{f"F1 {name}": f1 for name, f1 in figures.f1.items()},
    }
    cells |= {name: f"{share:.3f}" for name, share in shares.items() if share is not None}
    if figures.records_per_second is not None:
        cells["records/s"] = f"{figures.records_per_second:.2f}"
    return cells


def _of_records(counts: RunCounts) -> dict[str, str]:
    """What the records hold; without any, a count of faults would be a praise."""
    if not counts.records:
        return {}
    cells = {}
    for name in ("values", "missing", "unsupported", "unclaimed"):
        number = getattr(counts, name)
        cells[name] = f"{number:,} ({number / counts.records:.2f})"
    if counts.grounded is not None:
        # Rounded down: 100 % is said only where nothing is missing.
        cells["grounded"] = f"{math.floor(counts.grounded * 1000) / 10:.1f}%"
    return cells


def _of_answers(counts: RunCounts) -> dict[str, str]:
    """What the answers took."""
    spent = counts.spent
    if not spent.calls:
        return {}
    cells = {"reasks": f"{counts.reasks:,}", "calls": f"{spent.calls:,}"}
    usage = {"tokens in": spent.usage.input_tokens, "tokens out": spent.usage.output_tokens}
    for name, tokens in usage.items():
        about = "≥ " if counts.untold else ""
        cells[name] = "unknown" if tokens is None else f"{about}{tokens:,}"
    about = "≥ " if spent.unpriced else ""
    is_unknown = spent.unpriced == spent.calls
    cells["cost"] = "unknown" if is_unknown else f"{about}{format_usd(spent.cost)}"
    if counts.answer_seconds is not None:
        cells["seconds/answer"] = f"{counts.answer_seconds:.2f}"
    return cells
