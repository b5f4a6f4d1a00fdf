"""Where the screening of a run stands: who has decided what, where they differ; and PRISMA's flow.

Documents are those that the run holds now, decisions those that stand: each person's last one on a
document as it is now. One that has changed since is open again.

How far two people agree beyond what chance would do is Cohen's kappa. J. Cohen (1960), "A
coefficient of agreement for nominal scales", Educational and Psychological Measurement 20(1),
37-46, https://doi.org/10.1177/001316446002000104: of the documents that both have decided on, p_o
is the share on which they say the same, p_e what that share would be if each of them gave as many
documents to each category by lot, and kappa = (p_o - p_e) / (1 - p_e). It isn't weighted; include,
exclude and maybe are three categories.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any, NamedTuple, Self

from summarise import __version__
from summarise.characters import for_screen
from summarise.errors import RunError
from summarise.models import (
    Document,
    Failure,
    Inclusion,
    Opinion,
    Record,
    Screened,
    ScreeningState,
    SkipKind,
    Skipped,
)
from summarise.store import SKIPPED, Manifest, Run, Screening, StoredRow, understood

_TITLE = 200
DIFFERING = "different reasons given"
"""In the place of a reason where those who exclude a document don't agree on it."""
WITHOUT = "no reason given"
MOST_COMPARED = 10
"""People, of whom each two are compared: of 3,000 there would be 4.5 million pairs."""
UNWEIGHTED = "Cohen 1960, doi:10.1177/001316446002000104"
"""Where the coefficient comes from."""
FLOW_SOURCE = "Page MJ et al. The PRISMA 2020 statement. BMJ 2021;372:n71. doi:10.1136/bmj.n71"
FLOW_BEGINNING = '{"format": "summarise flow 1",'
"""How the file begins that holds one for programs."""
_DOCUMENT = "document"
_UNCOUNTED = "the entries of its inputs weren't counted"


@dataclass(slots=True)
class Agreement:
    """What two people have said of the documents that both have decided on.

    Attributes:
        said: How many documents there are of each two decisions, that of the first person first.
    """

    one: str
    other: str
    said: Counter[tuple[Inclusion, Inclusion]] = field(default_factory=Counter)

    def add(self, one: Opinion, other: Opinion) -> None:
        """Count a document."""
        self.said[one.decision, other.decision] += 1

    @property
    def documents(self) -> int:
        """How many both have decided on."""
        return self.said.total()

    @property
    def agreed(self) -> int:
        """On how many of these they say the same."""
        return sum(number for (one, other), number in self.said.items() if one is other)

    @property
    def has_maybe(self) -> bool:
        """Whether a category besides include and exclude was used."""
        return any(Inclusion.MAYBE in pair for pair, number in self.said.items() if number)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa, from -1 to 1; None where it is undefined: see ``undefined``."""
        # Both sides times the square of the number of documents, so that nothing is rounded.
        possible = self.documents**2 - self._by_chance
        by_more = self.agreed * self.documents - self._by_chance
        return by_more / possible if possible else None

    @property
    def undefined(self) -> str | None:
        """Why there is no kappa; None where there is one."""
        if not self.documents:
            return "there is no document that both have decided on"
        if self.kappa is None:
            (decision, _), *_ = +self.said
            return f"both say {decision} of all, as they would by chance"
        return None

    @property
    def _by_chance(self) -> int:
        """The share on which they would agree by chance, times the square of the documents."""
        ones, others = Counter[Inclusion](), Counter[Inclusion]()
        for (one, other), number in self.said.items():
            ones[one] += number
            others[other] += number
        return sum(number * others[decision] for decision, number in ones.items())


class Conflict(NamedTuple):
    """A document on which people differ: its number in the run, its title, and what they say."""

    number: int
    title: str
    doc_id: str
    screened: Screened


@dataclass(slots=True)
class ScreeningSurvey:
    """What people have decided about the documents of a run, counted.

    Attributes:
        people: Who has screened, not who settles alone.
        opinions: How many of their decisions stand, on documents that aren't there now, too.
        states: How many of them each state has; they add up to all.
        decided: Of each person, how many decisions of each kind stand.
        by_people: How many documents were screened by so many people, 0 included; a decision that
            settles isn't counted here.
        left: On how many documents each person has not decided, settled ones apart.
        settled: How many have a decision that stands above the others, by whom.
        reasons: How many of those excluded for each reason, ``WITHOUT`` and ``DIFFERING`` included.
        pairs: How far each two people agree, before anything was settled; of many people only those
            who have decided most.
        conflicts: In the order of the run.
        changed: Documents that were decided about as they were before.
        gone: Documents that were decided about and that none of those counted is.
        records: Of how many documents there is a record; ``failed`` and ``pending`` likewise.
        unread: Of those without a record, how many were decided about.
    """

    path: Path
    people: tuple[str, ...]
    opinions: Counter[str] = field(default_factory=Counter)
    gone: int = 0
    documents: int = 0
    states: Counter[ScreeningState] = field(default_factory=Counter)
    decided: dict[str, Counter[Inclusion]] = field(default_factory=dict)
    by_people: Counter[int] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    pairs: list[Agreement] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    changed: int = 0
    records: int = 0
    failed: int = 0
    pending: int = 0
    unread: int = 0

    def __post_init__(self) -> None:
        """Have a count for everybody, 0 where they have decided nothing that stands."""
        self.decided = {one: Counter() for one in self.people}
        busiest = sorted(self.people, key=lambda one: -self.opinions[one])[:MOST_COMPARED]
        compared = [one for one in self.people if one in busiest]
        self.pairs = [Agreement(*two) for two in combinations(compared, 2)]

    @classmethod
    def of(cls, path: Path, screening: Screening) -> Self:
        """One that has counted no document yet."""
        return cls(path, screening.people, screening.opinions, gone=len(screening))

    @property
    def uncompared(self) -> int:
        """How many pairs of people aren't among ``pairs``."""
        return comb(len(self.people), 2) - len(self.pairs)

    @property
    def screened(self) -> int:
        """How many documents somebody has decided about."""
        return self.documents - self.states[ScreeningState.OPEN]

    @property
    def screeners(self) -> list[tuple[int, int]]:
        """By how many people how many documents were screened, most people first."""
        return sorted(((n, docs) for n, docs in self.by_people.items() if n and docs), reverse=True)

    @property
    def settled_alone(self) -> int:
        """How many documents have a decision that settles, and no opinion beside it."""
        return self.screened - sum(docs for _, docs in self.screeners)

    @property
    def decisions(self) -> int:
        """How many decisions stand, those that settle included."""
        return sum(map(Counter.total, self.decided.values())) + self.settled.total()

    def take(self, row: StoredRow, screening: Screening) -> None:
        """Count a document, the next one of the run, and what became of it."""
        screened = screening.of(row.document)
        self.add(row.document, screened)
        self.changed += not screened.counting and screening.is_changed(row.document)
        self.gone -= screening.is_about(row.document)
        self.records += row.became is Record
        self.failed += row.became is Failure
        self.pending += row.became is None
        self.unread += row.became is not Record and bool(screened.counting)

    def add(self, document: Document, screened: Screened) -> None:
        """Count what was decided about a document."""
        self.documents += 1
        state = screened.state
        self.states[state] += 1
        self.by_people[len(screened.opinions)] += 1
        for opinion in screened.opinions:
            self.decided[opinion.by][opinion.decision] += 1
        if screened.settled is not None:
            self.settled[screened.settled.by] += 1
        else:
            self.left.update(set(self.people).difference(one.by for one in screened.opinions))
        if state is ScreeningState.EXCLUDE:
            reasons = screened.reasons
            self.reasons[DIFFERING if len(reasons) > 1 else reasons[0] if reasons else WITHOUT] += 1
        elif state is ScreeningState.CONFLICT:
            title = for_screen(document.title or document.abstract, _TITLE)
            self.conflicts.append(Conflict(self.documents, title, document.doc_id, screened))
        if len(screened.opinions) > 1:
            said = {opinion.by: opinion for opinion in screened.opinions}
            for pair in self.pairs:
                if pair.one in said and pair.other in said:
                    pair.add(said[pair.one], said[pair.other])


def survey_screening(run: Run) -> ScreeningSurvey:
    """Where the screening of a run stands; one document at a time is held, and the conflicts.

    Raises:
        RunError: Its files can't be read.
    """
    return count_screened(run.path, run.screening, run.stored_rows())


def count_screened(path: Path, screening: Screening, rows: Iterable[StoredRow]) -> ScreeningSurvey:
    """The same, where the decisions and all rows of a run are at hand."""
    survey = ScreeningSurvey.of(path, screening)
    for row in rows:
        survey.take(row, screening)
    return survey


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of the records of a review, as a flow diagram of PRISMA 2020 tells it.

    M. J. Page et al. (2021), "The PRISMA 2020 statement: an updated guideline for reporting
    systematic reviews", BMJ 372:n71, https://doi.org/10.1136/bmj.n71. The boxes are those of its
    template for new reviews, as far as titles and abstracts go; what becomes of full texts a run
    doesn't know. All numbers are taken from the accounts of the run and from people's decisions,
    and add up:

        identified = removed before screening + to screen
        to screen  = records + failed + not attempted = screened + not screened yet
        screened   = excluded + maybe + conflicts + included

    What isn't known is None, never 0: what was identified where a run took a part of its inputs or
    read them in several states, and what is included where nobody has decided anything.

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
            "source": FLOW_SOURCE,
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
        return f"{FLOW_BEGINNING}{text.removeprefix('{')}\n"


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
    unknown = _why_unknown(run.manifest, skipped, survey.documents)
    if unknown:
        return Flow(name, None, None, unknown, survey)
    inputs = tuple(
        (
            for_screen("/".join(filter(None, (one.path or one.name, one.member))), 120),
            sum((one.entries or {}).values()),
        )
        for one in run.manifest.inputs
    )
    return Flow(name, inputs, {kind: skipped[kind] for kind in SkipKind}, "", survey)


def _why_unknown(manifest: Manifest, skipped: Counter[SkipKind], documents: int) -> str:
    """Why it isn't known what was identified; empty where it is.

    It is where what the inputs held, as the manifest has it, is what the folder holds.
    """
    counts = Counter[str]()
    for one in manifest.inputs:
        if one.is_part:
            return "the run took a part of its input"
        if one.entries is None:
            return _UNCOUNTED
        counts.update(one.entries)
    if not manifest.inputs:
        return _UNCOUNTED
    held = Counter({_DOCUMENT: documents, **{kind.value: n for kind, n in skipped.items()}})
    several = "its inputs were read at several times, and share papers or have changed"
    return "" if +counts == +held else several
