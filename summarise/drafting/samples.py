"""The people, specimens, records and texts that a work counts since it observes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarise.drafting.counts import (
    AND_BEFORE,
    WORKS,
    apart_in,
    is_asked,
    is_control,
    is_harmed,
    is_of_each,
    is_one_of_several,
    is_second_group,
    whole_count,
)
from summarise.drafting.cues import (
    REACH,
    is_being,
    is_called_sample,
    is_known,
    is_studied,
    noun_of,
    opens_study,
)
from summarise.drafting.purposes import is_learnt_from, purpose_of_count
from summarise.models import Quantity, QuantityKind, Role, Span
from summarise.reading import OWN, Sentence
from summarise.scan import Gated, words

SETS = re.compile(
    r"(?:datasets?|data sets?|benchmarks?|corpora|corpus|test sets?|cohorts)$", re.IGNORECASE
)
# "17 trials with 1,263 people", "4,100 requests in 230 projects": one sample.
_WITHIN = re.compile(
    r",? (?:[a-z]+ )?(?:in|from|across|at|of|with|by|for|on|involving|comprising|including"
    r"|covering) (?:the |a total of |these )?|,? \((?:[Nn] ?= ?|total )?"
)
_DIVIDED = re.compile(
    r"\b(?:consisting|including|comprising|covering|spanning|across|of (?:whom|which|these)"
    r"|among (?:them|these)|divided|split"
    r"|assigned|allocated|whereas|respectively|namely|each|followed by)\b|[:(]",
    re.IGNORECASE,
)
# "90 women aged 20 or more from 12 villages": where they live
_PLACES = words("villages sites districts municipalities counties towns communities settlements")
_WHERE = re.compile(r"\b(?:from|in|across|at) (?:[a-z]+ )?\Z")
_NEIGHBOURS = 6
_OPENS_PARTS = ("Of ", "Of the ", "Among ")


class Sample(NamedTuple):
    """Something counted that the work observes, learns from or is tested on.

    Attributes:
        name: The count with its noun, or the noun where the count stands apart.
        role: As in ``schema.Data``.
    """

    name: Span
    size: Span
    role: str
    sentence: Sentence


class _Counted(NamedTuple):
    sample: Sample
    quantity: Quantity


def samples_of(text: str, sentences: Sequence[Sentence], *, is_proposal: bool) -> list[Sample]:
    """The samples that some sentences count, in order.

    Parts of a sample that is told already are left out, as are outcomes.

    Args:
        text: What the sentences are parts of.
        sentences: Those about the paper's own work.
        is_proposal: Whether the paper proposes something, which then is evaluated.
    """
    found: list[_Counted] = []
    totals: dict[str, float] = {}
    asked: list[_Counted] = []
    planned = _planned(sentences)
    # What will be taken in is the sample of a protocol alone, which has no other.
    for sentence in sorted(sentences, key=lambda s: s.number in planned):
        if found and sentence.number in planned:
            break
        here = [] if found else _apart(sentence)
        here = here or _of_sentence(
            text, sentence, totals, is_first=not found, is_proposal=is_proposal
        )
        # "We screened 90 nurses and enrolled 40 nurses"
        taken = [one for one in here if not is_asked(text, sentence, one.quantity)]
        if here and not (taken or found):
            # Of those the answer counts how many took part, who are the sample.
            asked = asked or here
        for one in taken:
            kind = _kind_of(text, one)
            totals[kind] = max(totals.get(kind, 0), one.quantity.value or 0)
        found += taken
    told = [one.sample for one in _with_cases(text, found) or _unread(text, asked)]
    if not (told or is_proposal):
        told = _at_last(text, sentences)
    return [one for one in told if any(map(str.isalpha, one.name.of(text)))]


def _planned(sentences: Sequence[Sentence]) -> set[int]:
    """Numbers of the sentences about what is to come, where it tells who will be taken in."""
    to_come = [s for s in sentences if s.has(_TO_COME)]
    plans = {s.number for s in to_come if _PLANS.search(s.lower)}
    return plans | {s.number for s in to_come if " will " in s.lower} if plans else plans


def _with_cases(text: str, found: list[_Counted]) -> list[_Counted]:
    """The samples, but none where of people only those are told with whom others are compared."""
    beings = [one for one in found if is_being(one.quantity.unit)]
    if beings and len(beings) == len(found):
        return [] if all(is_control(text, one.quantity) for one in beings) else found
    return found


def _unread(text: str, asked: list[_Counted]) -> list[_Counted]:
    """Those only asked; of works that were found none where others were taken in behind them."""
    return [
        one
        for one in asked
        if noun_of(one.quantity.unit) not in WORKS
        or not _READ_BEHIND.search(text, one.quantity.span.end)
    ]


# "Ninety papers were found. Twelve were included."
_READ_BEHIND = re.compile(
    r"\b(?:were|was) (?:[a-z]+ )?(?:included|eligible)\b|\bmet \w+ criteria\b"
)
_TO_COME = words("will target")
_PLANS = re.compile(
    r"\bwill (?:be )?(?:[a-z]+ly )?(?:enrol|recruit|includ|randomi[sz]|invit|survey|interview)"
    r"|\btarget (?:recruitment|sample)"
)


def _at_last(text: str, sentences: Sequence[Sentence]) -> list[Sample]:
    """Where nothing else is told of a sample, wholes that parts are counted of, or places.

    "In 12 of 90 ponds of the coast and 9 of 84 ponds of the hills": both are told.
    """
    for sentence in sentences:
        wholes = list(_wholes(text, sentence))
        if wholes or (wholes := list(_few_places(sentence))[:1]):
            return wholes
    return []


def _wholes(text: str, sentence: Sentence) -> Iterator[Sample]:
    told: set[str] = set()
    for quantity in sentence.quantities:
        start, least = quantity.span.start, _FEW if is_being(quantity.unit) else 2 * _FEW
        if quantity.text in told:
            continue
        is_many = is_known(quantity.unit) and (quantity.value or 0) >= least
        is_split = not told and text[sentence.body_start : start] in _OPENS_PARTS
        is_given = noun_of(quantity.unit) in _GIVEN
        if is_given or not (is_split or _is_of_noun(text, sentence, quantity)):
            continue
        part = _PART.search(text, max(sentence.span.start, start - REACH), start)
        if is_split or (is_many and part and not _ONE.match(part.group())):
            told.add(quantity.text)
            yield Sample(quantity.span, quantity.span, "studied", sentence)


_GIVEN = words("doses times points")
# "one of ninety lamps": about one, whatever the others are
_ONE = re.compile(r"(?:one|1) ", re.IGNORECASE)


# "to compare the carp of three lakes"
_FEW_PLACES = Gated(
    words(
        """lakes ponds rivers streams reservoirs estuaries bays lagoons reefs islands catchments
        sub-catchments watersheds basins wells springs sites plots transects forests woodlands
        orchards meadows wetlands marshes glaciers beaches caves villages farms herds colonies"""
    ),
    r"\b(?:in|at|from|of|across|on|among) (?:the |all )?(?P<name>(?:two|three|four|five|six|seven"
    r"|eight|nine) (?:[a-z-]+ ){0,3}?(?:lakes|ponds|rivers|streams|reservoirs|estuaries|bays"
    r"|lagoons|reefs|islands|(?:sub-)?catchments|watersheds|basins|wells|springs|sites|plots"
    r"|transects|forests|woodlands|orchards|meadows|wetlands|marshes|glaciers|beaches|caves"
    r"|villages|farms|herds|colonies))\b",
)


def _few_places(sentence: Sentence) -> Iterator[Sample]:
    """Few places of which the work says that it is about them."""
    if sentence.states_aim or sentence.works or sentence.tells_topic:
        for match in _FEW_PLACES.finditer(sentence.text):
            start, end = match.span("name")
            name = Span(sentence.span.start + start, sentence.span.start + end)
            yield Sample(name, name, "studied", sentence)


def _of_sentence(
    text: str, sentence: Sentence, totals: dict[str, float], *, is_first: bool, is_proposal: bool
) -> list[_Counted]:
    """What a sentence counts; ``totals`` are those of the sentences before it, by kind."""
    here: list[_Counted] = []
    for quantity in sentence.quantities:
        if quantity.kind is not QuantityKind.COUNT or not _may_be_sample(text, sentence, quantity):
            continue
        is_second = bool(here) and is_second_group(text, quantity, here[-1].quantity)
        if not is_second and _is_part(text, quantity, here, totals):
            continue
        is_listed = here and AND_BEFORE.search(
            text, here[-1].quantity.span.end, quantity.span.start
        )
        if is_second or (is_listed and is_known(quantity.unit)):
            role = here[-1].sample.role
        elif is_studied(text, sentence, quantity) or (
            is_first and opens_study(text, sentence, quantity)
        ):
            role = purpose_of_count(
                text, sentence, quantity, is_people=is_being(quantity.unit), is_proposal=is_proposal
            )
        else:
            continue
        whole = whole_count(text, quantity.span)
        here.append(_Counted(Sample(whole, whole, role, sentence), quantity))
    counted = [one.quantity for one in here]
    return [one for one in here if not is_one_of_several(text, sentence, one.quantity, counted)]


def _kind_of(text: str, one: _Counted) -> str:
    """What a sample is the total of, whose count may stand apart from its noun."""
    is_people = is_being(one.sample.name.of(text).partition(" (")[0])
    return "beings" if is_people else _kind(one.quantity)


def _kind(quantity: Quantity) -> str:
    """What a total is the total of: people and animals are alike, other things by their noun."""
    return "beings" if is_being(quantity.unit) else noun_of(quantity.unit)


def _apart(sentence: Sentence) -> list[_Counted]:
    return [
        _Counted(Sample(one.name, one.size, "studied", sentence), one.quantity)
        for one in apart_in(sentence)
    ]


def _is_part(
    text: str, quantity: Quantity, here: Sequence[_Counted], totals: dict[str, float]
) -> bool:
    """Whether it counts a part of a sample that is told already, or what it consists of."""
    start = quantity.span.start
    for one in here[-_NEIGHBOURS:]:
        end = one.quantity.span.end
        if _WITHIN.fullmatch(text, end, start):
            return True
        if _DIVIDED.search(text, end, start):
            return True
        is_place = noun_of(quantity.unit) in _PLACES and is_being(one.quantity.unit)
        if is_place and _WHERE.search(text, end, start):
            return True
    return (quantity.value or 0) <= totals.get(_kind(quantity), -1)


_NO_SAMPLE = words(
    """models llms gpus tpus cores nodes cards devices epochs steps iterations baselines settings
    languages domains recognizers recognisers tools metrics measures techniques approaches
    algorithms tasks factors variables parameters themes categories items criteria dimensions
    aspects stages phases groups arms conditions levels types kinds versions variants operators
    planners trackers solvers encoders decoders simulators generators controllers predictors
    deaths times points doses layers rules strategies interventions outcomes hypotheses hospitals
    centers centres countries cities states regions schools institutions departments units wards
    provinces prefectures
    clinics strains questionnaires scales instruments questions folds seeds tokens frames
    words hours data attributes parts properties ways findings mutations limitations
    challenges reasons contributions insights components modules experiments scenarios
    advances practices recommendations relations coefficients orders db fields snps loci mutants
    problems options scores events environments agents policies networks classifiers detectors
    mllms vlms lms vlas checkpoints learners methods judges datasets subsets sets splits collections
    benchmarks corpora investigators indicators"""
)
# Few of them are what is measured, not what it is measured of.
_BY_FEW = {"tests": 20}
_MODELLED = re.compile(
    r"\b(?:first|second|base|worst|best) case\b|\bCase [1-9A-D]\b|\bnormally distributed\b"
    r"|\b(?:simulat|scenario|optimi[sz]ation)",
)
_TAXA = words("species genus genera orders taxa phyla subfamilies tribes")
# What a work finds of them it didn't begin with.
_FINDINGS = words(
    """proteins genes peptides metabolites compounds molecules classes clusters profiles loci
    species lineages isoforms transcripts lines planets phenotypes subtypes patterns"""
)
_FINDING_BEFORE = re.compile(
    r"\b(?:identif(?:y|ies|ied|ying)|detect(?:s|ed|ing)?|discover(?:s|ed)?|reveal(?:s|ed|ing)?"
    r"|assigned to|expect) "
    r"(?:a total of |over |about |around |at least |approximately |\d+ and )?\Z"
)
_FOUND_AFTER = re.compile(r" (?:was|were) (?:[a-z]+ly )?(?:found|identified|detected|discovered)\b")
_MANY_PEOPLE = 1_000_000
# What is no sample, but may be what a model learns from, or what a set holds.
_LEARNT = words("tokens frames words questions problems")
_HELD = words("questions tokens words frames hours features lines tasks problems events scenarios")
_PART = re.compile(
    r"(?<![\w.,])(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: \([^()]{1,20}\))? (?:out )?of (?:the |all |these )?\Z",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(r"\s?[(\[]\s?[≈~<>]?\d[\d.]*\s?\\?%(?! [A-Za-z])")
# A year before a name, a share of a group: "9/20 divers", "61 (57%) divers"
_NO_COUNT = re.compile(
    r"(?:19|20)\d\d (?:[A-Z][\w-]* ){2,}|\d+/\d|[^()]{1,20}\(\d[\d.]*\s?%(?! of)"
)
_BOUND_AFTER = re.compile(r" or (?:more|fewer|less)\b")
_RATE_BEFORE = re.compile(
    r"\b(?:per|every|each|than|least|first|last|top|number needed to|pass|within|after|by|other"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|\d) in"
    r"|remaining|(?:maximum|minimum)(?: number)? of|special issue (?:including|of|with)) \Z",
    re.IGNORECASE,
)
_FEW = 10


def may_be_held(unit: str | None) -> bool:
    """Whether a data set can hold what is counted: no models, measures or places."""
    return noun_of(unit) not in _NO_SAMPLE or noun_of(unit) in _HELD


def _is_of_noun(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a count can be one by its noun."""
    noun = noun_of(quantity.unit)
    if not noun or (noun in _BY_FEW and (quantity.value or 0) < _BY_FEW[noun]):
        return False
    if noun in _NO_SAMPLE:
        if noun in _LEARNT:
            return is_learnt_from(sentence, text, quantity.span.start)
        return is_called_sample(text, sentence, quantity)
    if noun == "cases" and (quantity.value or 0) < _FEW and _MODELLED.search(text):
        # "Two cases are simulated"
        return False
    # "of three orders and 18 families"
    return noun != "families" or not sentence.has(_TAXA)


def _may_be_sample(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a count can be one by its noun and by what stands beside it."""
    unit, noun = quantity.unit, noun_of(quantity.unit)
    start, end = quantity.span
    if not unit or not _is_of_noun(text, sentence, quantity):
        return False
    is_few = not any(c.isdigit() for c in quantity.text) and (quantity.value or 0) < _FEW
    if is_few and not (is_being(unit) or noun in WORKS):
        return False
    since = max(sentence.span.start, start - REACH)
    if is_of_each(text, quantity) or is_harmed(text, sentence, quantity):
        return False
    if _is_background(sentence, quantity) or (
        noun in _FINDINGS
        and (_FINDING_BEFORE.search(text, since, start) or _FOUND_AFTER.match(text, end))
    ):
        return False
    if _NO_COUNT.match(quantity.text) or text.startswith("% (", start - 3):
        # "the 2015 Delvia Sowing indicators", "21.1% (766 cases)"
        return False
    is_other = _RATE_BEFORE.search(text, since, start) or _PART.search(text, since, start)
    return not (is_other or _SHARE_AFTER.match(text, end) or _BOUND_AFTER.match(text, end))


def _is_background(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it counts a whole people of which only the setting is told."""
    return (
        (quantity.value or 0) >= _MANY_PEOPLE
        and is_being(quantity.unit)
        and sentence.role is Role.BACKGROUND
        and not (sentence.states_aim or sentence.has(OWN))
    )
