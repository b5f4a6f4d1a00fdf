"""What became of the records of a review, as a flow diagram of PRISMA 2020 tells it.

M. J. Page et al. (2021), "The PRISMA 2020 statement: an updated guideline for reporting systematic
reviews", BMJ 372:n71, https://doi.org/10.1136/bmj.n71. The boxes are those of its template for new
reviews, as far as titles and abstracts go; what becomes of full texts a run doesn't know. All
numbers are taken from the accounts of the run and from people's decisions, and add up:

    identified = removed before screening + to screen
    to screen  = records + failed + not attempted = screened + not screened yet
    screened   = excluded + maybe + conflicts + included

What isn't known is None, never 0: what was identified where a run took a part of its inputs or read
them in several states, and what is included where nobody has decided anything.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from summarise import __version__
from summarise.characters import for_screen
from summarise.errors import RunError
from summarise.models import ScreeningState, SkipKind, Skipped
from summarise.people.survey import ScreeningSurvey
from summarise.store import SKIPPED, Input, Manifest, Run, understood

SOURCE = "Page MJ et al. The PRISMA 2020 statement. BMJ 2021;372:n71. doi:10.1136/bmj.n71"
FORMAT = '{"format": "summarise flow 1",'
"""How the file begins that holds one for programs."""
_DOCUMENT = "document"
_PART = "the run took a part of its input"
_UNCOUNTED = "the entries of its inputs weren't counted"
_SEVERAL = "its inputs were read at several times, and share papers or have changed"


@dataclass(frozen=True, slots=True)
class Flow:
    """The numbers of a flow diagram.

    Attributes:
        name: Of the run.
        inputs: Each input with the number of its entries; None where they aren't known.
        removed: Entries that gave no document, by why; None likewise.
        unknown: Why they aren't.
        survey: What became of the documents.

    Raises:
        RunError: The numbers don't add up, which is a bug of ours.
    """

    name: str
    inputs: tuple[tuple[str, int], ...] | None
    removed: dict[SkipKind, int] | None
    unknown: str
    survey: ScreeningSurvey

    def __post_init__(self) -> None:
        """Make sure that the boxes balance."""
        survey, states = self.survey, self.survey.states
        sums = {
            "records to screen": (survey.documents, states.total()),
            "records made": (survey.documents, survey.records + survey.failed + survey.pending),
            "records screened": (survey.screened, sum(self.decided.values())),
            "records excluded": (states[ScreeningState.EXCLUDE], survey.reasons.total()),
        }
        if self.identified is not None and self.removed is not None:
            given = survey.documents + sum(self.removed.values())
            sums["records identified"] = (self.identified, given)
        for box, (whole, parts) in sums.items():
            if whole != parts:
                raise RunError(
                    f"the flow doesn't balance: {whole:,} {box}, their parts are {parts:,}",
                    where=self.name,
                    hint="This is a bug of summarise; please tell us.",
                )

    @property
    def identified(self) -> int | None:
        """Entries of all inputs."""
        return None if self.inputs is None else sum(entries for _, entries in self.inputs)

    @property
    def decided(self) -> dict[ScreeningState, int]:
        """Documents by what stands of the decisions on them, open ones apart."""
        states = (one for one in ScreeningState if one is not ScreeningState.OPEN)
        return {one: self.survey.states[one] for one in states}

    @property
    def is_done(self) -> bool:
        """Whether each document is included or excluded."""
        included, excluded = ScreeningState.INCLUDE, ScreeningState.EXCLUDE
        return self.survey.documents == self.decided[included] + self.decided[excluded]

    def to_json(self) -> str:
        """For programs; null isn't known."""
        survey = self.survey
        counts = {state.value: n if survey.screened else None for state, n in self.decided.items()}
        told: dict[str, Any] = {
            "source": SOURCE,
            "version": __version__,
            "run": self.name,
            "identified": self.identified,
            "inputs": self.inputs
            and [{"name": name, "entries": entries} for name, entries in self.inputs],
            "removed": self.removed and {kind.value: n for kind, n in self.removed.items()},
            "unknown": self.unknown or None,
            "to_screen": survey.documents,
            "records": survey.records,
            "extraction_failed": survey.failed,
            "not_attempted": survey.pending,
            "not_screened": survey.states[ScreeningState.OPEN],
            "screened": survey.screened,
            "screened_without_record": survey.unread,
            "screened_by": {str(n): docs for n, docs in sorted(survey.by_people.items()) if n},
            "excluded": counts["exclude"],
            "reasons": dict(survey.reasons.most_common()) if survey.screened else None,
            "maybe": counts["maybe"],
            "conflicts": counts["conflict"],
            "included": counts["include"],
            "is_done": self.is_done,
            "reports_sought": None,
            "reports_not_retrieved": None,
            "reports_assessed": None,
            "reports_excluded": None,
            "studies_included": None,
        }
        text = json.dumps(told, ensure_ascii=False, indent=2)
        return f"{FORMAT}{text.removeprefix('{')}\n"


def flow_of(run: Run, survey: ScreeningSurvey) -> Flow:
    """The numbers of the flow diagram of a run.

    Raises:
        RunError: A file can't be read.
    """
    name = for_screen(run.path.resolve().name)
    skipped = Counter[SkipKind]()
    parse = Skipped.model_validate_json
    for _, one in understood(run.path / SKIPPED, parse, run.damage):
        skipped[one.kind] += 1
    unknown = _unknown(run.manifest, skipped, survey.documents)
    if unknown:
        return Flow(name, None, None, unknown, survey)
    inputs = tuple((_told(one), sum((one.entries or {}).values())) for one in run.manifest.inputs)
    return Flow(name, inputs, {kind: skipped[kind] for kind in SkipKind}, "", survey)


def _unknown(manifest: Manifest, skipped: Counter[SkipKind], documents: int) -> str:
    """Why it isn't known what was identified; empty where it is.

    It is where what the inputs held, as the manifest has it, is what the folder holds.
    """
    counts = Counter[str]()
    for one in manifest.inputs:
        if one.is_part:
            return _PART
        if one.entries is None:
            return _UNCOUNTED
        counts.update(one.entries)
    if not manifest.inputs:
        return _UNCOUNTED
    held = Counter({_DOCUMENT: documents, **{kind.value: n for kind, n in skipped.items()}})
    return "" if +counts == +held else _SEVERAL


def _told(one: Input) -> str:
    """An input as a user knows it."""
    inside = f"/{one.member}" if one.member else ""
    return for_screen(f"{one.path or one.name}{inside}", 120)
