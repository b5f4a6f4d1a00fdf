"""The people, specimens, records and texts that a work counts since it observes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarise.drafting.apart import apart_in
from summarise.drafting.cues import (
    REACH,
    bounded,
    is_being,
    is_called_sample,
    is_known,
    is_studied,
    noun_of,
    opens_study,
)
from summarise.drafting.purposes import is_learnt_from, purpose_of_count
from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import Sentence
from summarise.scan import Gated, words

_WORKS = words("trials studies rcts articles publications papers cohorts surveys records reports")
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
    benchmarks corpora"""
)
# What is no sample, but may be what a model learns from, or what a set holds.
_LEARNT = words("tokens frames words questions problems")
_HELD = words("questions tokens words frames hours features lines tasks problems events scenarios")
SETS = re.compile(
    r"(?:datasets?|data sets?|benchmarks?|corpora|corpus|test sets?|cohorts)$", re.IGNORECASE
)
_AND_BEFORE = re.compile(r"(?:,| and| or| with|,? and in| versus)(?: the| another)? \Z")
# "18 adults with gout (cases) and 36 nurses", "were matched to 84 adults"
_SECOND_BEFORE = re.compile(
    r"(?:(?!\b(?:were|was|been|including|screened|which|whom|than)\b)[^.;:\d()]){0,110}?"
    r"\b(?:and|versus|vs\.?|as well as|compared (?:with|to)"
    r"|(?:were )?(?:age-|sex-)?matched (?:to|with)|(?:were|was) compared (?:with|to)"
    r"|were [a-z]+ed,? as well as)"
    r"(?: (?:in|with|to|from|of|by|for|among|the|another|a|an|group|control|sample|set|data))* \Z"
)
_BRACKETS = re.compile(r" ?\([^()]*\)| ?\[[^\[\]]*\]")
_PART = re.compile(
    r"(?<![\w.,])(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: \([^()]{1,20}\))? (?:out )?of (?:the |all |these )?\Z",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(r"\s?[(\[]\s?[≈~<>]?\d[\d.]*\s?\\?%(?! [A-Za-z])")
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
_YEAR = re.compile(r"(?:19|20)\d\d (?:[A-Z][\w-]* ){2,}.*")
_RATE_BEFORE = re.compile(
    r"\b(?:per|every|each|than|least|first|last|top|number needed to|pass|within|after|by) \Z",
    re.IGNORECASE,
)
_FEW = 10
_NEIGHBOURS = 6
_SPLITS = ("Of ", "Of the ", "Among ")


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


def may_be_held(unit: str | None) -> bool:
    """Whether a data set can hold what is counted: no models, measures or places."""
    return noun_of(unit) not in _NO_SAMPLE or noun_of(unit) in _HELD


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
    planned = {s.number for s in sentences if s.has(_TO_COME) and _PLANS.search(s.lower)}
    # What will be taken in is the sample of a protocol alone, which has no other.
    for sentence in sorted(sentences, key=lambda s: s.number in planned):
        if found and sentence.number in planned:
            break
        here = [] if found else _apart(sentence)
        here = here or _of_sentence(
            text, sentence, totals, is_first=not found, is_proposal=is_proposal
        )
        if here and not found and all(_is_asked(text, one) for one in here):
            # Of those the answer counts how many took part, who are the sample.
            asked = asked or here
            continue
        if any(_is_asked(text, one) for one in here):
            # "We screened 90 nurses and enrolled 40 nurses"
            here = [one for one in here if not _is_asked(text, one)]
        for one in here:
            kind = _kind_of(text, one)
            totals[kind] = max(totals.get(kind, 0), one.quantity.value or 0)
        found += here
    told = [one.sample for one in found or asked]
    if not (told or is_proposal):
        told = list(_at_last(text, sentences))[:1]
    return [one for one in told if any(map(str.isalpha, one.name.of(text)))]


_TO_COME = words("will target")
_PLANS = re.compile(
    r"\bwill (?:be )?(?:[a-z]+ly )?(?:enrol|recruit|includ|randomi[sz]|invit|survey|interview)"
    r"|\btarget (?:recruitment|sample)"
)
_ASKED = re.compile(
    r"(?:[^.;:\d]{0,90}?)\b(?:was|were) (?:[a-z]+ly )?(?:invited|approached|contacted|mailed)\b"
)
_ASKED_BEFORE = re.compile(
    r"\b(?:(?:sent|mailed|distributed|emailed|handed) (?:out )?to|[Ww]e screened"
    r"|(?:pre-?tested|piloted|pilot-tested) (?:in|on|with|among|by)"
    r"|target population (?:was|were|of|comprised|included|consisted of)) "
    r"(?:the |all |a total of )*\Z"
)
# "In all, 90 papers were retrieved": of those few are read.
_FOUND_WORKS = re.compile(
    r"(?:[^.;:\d]{0,40}?)\b(?:was|were) (?:[a-z]+ly )?(?:retrieved|identified|screened"
    r"|found|located)\b"
)
_FOUND_BEFORE = re.compile(
    r"\b(?:yielded|retrieved|identified|returned|found|screened) (?:a total of )?\Z"
)


def _is_asked(text: str, one: _Counted) -> bool:
    """Whether it counts those who were only asked to take part."""
    start, end = one.quantity.span
    before = _ASKED_BEFORE.search(text, max(one.sample.sentence.span.start, start - REACH), start)
    if noun_of(one.quantity.unit) in _WORKS:
        since = max(one.sample.sentence.span.start, start - REACH)
        if _FOUND_BEFORE.search(text, since, start) or _FOUND_WORKS.match(text, end):
            return True
    return before is not None or _ASKED.match(text, end, one.sample.sentence.span.end) is not None


def _at_last(text: str, sentences: Sequence[Sentence]) -> Iterator[Sample]:
    """Where nothing else is told of a sample, wholes that parts are counted of, or places."""
    for sentence in sentences:
        for quantity in sentence.quantities:
            start, least = quantity.span.start, _FEW if is_being(quantity.unit) else 2 * _FEW
            is_many = is_known(quantity.unit) and (quantity.value or 0) >= least
            is_split = text[sentence.body_start : start] in _SPLITS and quantity.unit is not None
            since = max(sentence.span.start, start - REACH)
            if is_split or (is_many and _PART.search(text, since, start)):
                yield Sample(quantity.span, quantity.span, "studied", sentence)
        yield from _few_places(sentence)


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
        is_second = _is_second_group(text, quantity, here)
        if not is_second and _is_part(text, quantity, here, totals):
            continue
        is_listed = here and _AND_BEFORE.search(
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
        whole = _whole(text, quantity.span)
        here.append(_Counted(Sample(whole, whole, role, sentence), quantity))
    return here


_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:, ?|[ \u2009\u202f\xa0])\Z")
# "1,204 rural and 3,310 urban nurses": what is counted first has no noun of its own.
_PAIR_BEFORE = re.compile(
    r"(?<![\w.,])\d[\d,]* (?P<whose>(?:[a-z-]+[a-rt-z] ){0,2}[a-z-]*[a-rt-z]) and \Z"
)
_REST = re.compile(r"\d{3}(?!\d)")
_BOTH_SEXES = re.compile(
    r"(?:(?<=\bmen) and women|(?<=\bwomen) and men|(?<=\bboys) and girls|(?<=\bgirls) and boys"
    r"|(?<=\bmales) and females|(?<=\bfemales) and males)\b"
)


def _whole(text: str, span: Span) -> Span:
    """A count with its thousands before a space, and with what bounds it: "over 25 866 women"."""
    if is_known(text[span.start : span.end]) and " and " in text[span.start - 5 : span.start]:
        pair = _PAIR_BEFORE.search(text, max(0, span.start - 60), span.start)
        span = Span(pair.start(), span.end) if pair and not is_known(pair["whose"]) else span
    both = _BOTH_SEXES.match(text, span.end) if is_being(text[span.start : span.end]) else None
    span = Span(span.start, both.end()) if both else span
    before = _THOUSANDS.search(text, max(0, span.start - 5), span.start)
    is_rest = before is not None and _REST.match(text, span.start)
    return bounded(text, Span(before.start(), span.end) if before and is_rest else span)


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


def _may_be_sample(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a count can be one by its noun and by what stands beside it."""
    unit, noun = quantity.unit, noun_of(quantity.unit)
    start = quantity.span.start
    if not unit:
        return False
    if noun in _NO_SAMPLE and not (
        (noun in _LEARNT and is_learnt_from(sentence, text, start))
        or (noun not in _LEARNT and is_called_sample(text, sentence, quantity))
    ):
        return False
    is_few = not any(c.isdigit() for c in quantity.text) and (quantity.value or 0) < _FEW
    if is_few and not (is_being(unit) or noun in _WORKS):
        return False
    since = max(sentence.span.start, start - REACH)
    if is_being(unit) and _is_harmed(text, sentence, quantity):
        return False
    if _YEAR.fullmatch(quantity.text) or text.startswith("% (", start - 3):
        # "the 2015 Delvia Sowing indicators", "21.1% (766 cases)"
        return False
    is_other = _RATE_BEFORE.search(text, since, start) or _PART.search(text, since, start)
    return not (is_other or _SHARE_AFTER.match(text, quantity.span.end))


# "killing 40 people", "60 people lost their homes": whom a disaster struck, nobody studied
_HARMING = re.compile(
    r"\b(?:kill|injur|drown|displac|evacuat|wound|maim|strand|claim)\w*"
    r" (?:the lives of |over |about |nearly |at least |more than |up to |some |around )*\Z",
    re.IGNORECASE,
)
_HARMED = re.compile(
    r" (?:were |was |have been |had been )?(?:killed|drowned|displaced|evacuated|stranded|perished"
    r"|lost their (?:lives|homes?))\b"
)
_TAKING = words("included enrolled recruited interviewed surveyed we participants sample")


def _is_harmed(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it counts those whom an event struck, of whom no sample is told."""
    start, end = quantity.span
    since = max(sentence.span.start, start - REACH)
    struck = _HARMING.search(text, since, start) or _HARMED.match(text, end)
    return struck is not None and not sentence.has(_TAKING)


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


def _is_second_group(text: str, quantity: Quantity, here: Sequence[_Counted]) -> bool:
    """Whether people stand beside others of the sentence: "20 adults with gout and 30 nurses"."""
    if not here or not is_being(quantity.unit):
        return False
    between = _BRACKETS.sub("", text[here[-1].quantity.span.end : quantity.span.start])
    return _SECOND_BEFORE.fullmatch(between) is not None
