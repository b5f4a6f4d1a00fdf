"""The people, specimens, records and texts that a work counts since it observes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.drafting.cues import (
    EXPERIMENT,
    MANY,
    NOUN,
    REACH,
    Cue,
    cue_of,
    is_being,
    is_known,
    noun_of,
)
from summarise.drafting.purposes import is_learnt_from, purpose_of_count
from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import OWN, Sentence
from summarise.scan import Section, Stretches, words

_WORKS = words("trials studies RCTs articles publications papers cohorts surveys records reports")
_NO_SAMPLE = words(
    """models LLMs GPUs TPUs cores nodes cards devices epochs steps iterations baselines settings
    languages domains recognizers recognisers tools metrics measures techniques approaches
    algorithms tasks factors variables parameters themes categories items criteria dimensions
    aspects stages phases groups arms conditions levels types kinds versions variants operators
    deaths times points doses layers rules strategies interventions outcomes hypotheses hospitals
    centers centres countries cities states regions schools institutions departments units wards
    clinics strains questionnaires scales instruments questions folds seeds tokens frames
    words hours data features attributes parts properties ways findings mutations limitations
    challenges reasons contributions insights components modules experiments scenarios
    advances practices recommendations relations coefficients orders dB fields SNPs loci mutants
    problems options scores events environments agents"""
)
_HELD = words("questions tokens words frames hours features lines tasks problems events scenarios")
# Where a study was done; what it observes only where they are sampled.
_PLACES = words("hospitals countries cities states regions schools districts clinics departments")
_PANEL_BEFORE = re.compile(
    r"\b(?:panel|sample|survey|surveyed|data|dataset|cross-section)(?: [a-z]+)? "
    r"(?:of|for|on|from|across|covering) (?:the |all )?\Z",
    re.IGNORECASE,
)
_TRAINED_UNIT = words("tokens frames words tasks features questions problems")
SETS = re.compile(
    r"(?:datasets?|data sets?|benchmarks?|corpora|corpus|test sets?|databases|cohorts)$",
    re.IGNORECASE,
)
_AND_BEFORE = re.compile(r"(?:,| and| or| with|,? and in| versus)(?: the| another)? \Z")
_PART = re.compile(
    r"(?<![\w.,])(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: \([^()]{1,20}\))? (?:out )?of (?:the |all |these )?\Z",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(
    r"\s?[(\[]\s?(?:\d+/\d+[,;]? ?)?[≈~<>]?\d[\d.]*\s?\\?%(?! [A-Za-z])|\s?/\s?\d"
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
_RATE_BEFORE = re.compile(
    r"\b(?:per|every|each|than|least|first|last|top|number needed to|pass|within|after|by) \Z",
    re.IGNORECASE,
)
_OTHERS_BEFORE = re.compile(
    r"\b(?:previous|prior|earlier|existing|recent|published|other) (?:[a-z]+ )?(?:stud(?:y|ies)"
    r"|trials?|works?|reports?|cohorts?|models?|methods?)\b",
    re.IGNORECASE,
)
# "Of 90 eligible nurses, 58 completed the survey".
_OF_WHOM = re.compile(
    r"\b(?:Of|Among|From|Out of) (?:the |all |a total of )?\d[\d,]*(?: \([^()]{1,20}\))? "
    rf"(?P<noun>(?:[a-z-]+ ){{0,3}}?{NOUN})\b(?: [a-z][^,;.]{{0,60}})?, "
    r"(?P<count>\d[\d,]*)(?: \([^()]{1,30}\))?(?: \w+){0,2}? "
    r"(?:were (?:included|enrolled|analy[sz]ed|eligible|randomi[sz]ed|recruited)|completed"
    r"|responded|participated|agreed|consented|returned|met)\b"
)
# "604 of 1,386 invited pharmacists took part"
_ANSWERED = re.compile(
    rf"(?P<noun>(?P<count>\b\d[\d,]*) of (?:the )?\d[\d,]* (?:[a-z-]+ ){{0,3}}?{NOUN})\b"
    r"(?: \([^()]{1,30}\))?(?: \w+){0,2}? "
    r"(?:were (?:included|enrolled|analy[sz]ed|randomi[sz]ed|recruited)|completed|responded"
    r"|answered|participated|took part|agreed|consented|returned)\b"
)
# "undergraduates (N = 312)", "all children born in 2010 (N = 800,000)"
_N_IN_BRACKET = re.compile(
    r"(?<![-\w])(?P<noun>(?:(?!(?:and|or|of|in|with|to|the|for|by|from|on|all|our|were|was|are)\b)"
    rf"[a-z][\w-]* ){{0,2}}(?i:{NOUN}|sample))(?: [a-z][^(),.;]{{0,50}})? "
    r"\((?P<count>(?:total )?[Nn] ?= ?\d[\d,]*)(?=[);,])"
)
_SAMPLING = words(
    """included enrolled enroled recruited sampled surveyed interviewed participants participated
    completed responded answered agreed sample cohort survey study
    examined analysed analyzed randomised randomized"""
)
_ASKED = _SAMPLING | OWN
_SPLITS = ("Of ", "Among ", "From ", "Out of ")
_COUNTED_BY = ("N =", "N=", "n =", "n=")
_FEW = 10
_NEIGHBOURS = 6


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
    """Whether a data set can hold what is counted: no models, metrics or places."""
    return noun_of(unit) not in _NO_SAMPLE or noun_of(unit) in _HELD


class _Counted(NamedTuple):
    sample: Sample
    quantity: Quantity
    cue: Cue


def samples_of(
    text: str, sentences: Sequence[Sentence], closed: Stretches, *, is_proposal: bool
) -> list[Sample]:
    """The samples that some sentences count, in order.

    Parts of a sample that is told already are left out, as are outcomes.

    Args:
        text: What the sentences are parts of.
        sentences: Those about the paper's own work.
        closed: What is a fact about compute, or the size of something that has a name.
        is_proposal: Whether the paper proposes something, which then is evaluated.
    """
    found: list[_Counted] = []
    totals: dict[str, float] = {}
    for sentence in sentences:
        if sentence.is_about_others or sentence.section is Section.CONCLUSION:
            continue
        apart = None if found else _apart(sentence)
        here = [apart] if apart else []
        here = here or _of_sentence(text, sentence, closed, totals, is_proposal=is_proposal)
        for one in here:
            if one.cue is Cue.STRONG:
                kind = _kind(one.quantity)
                totals[kind] = max(totals.get(kind, 0), one.quantity.value or 0)
        found += here
    best = max((one.cue for one in found), default=Cue.NONE)
    return [one.sample for one in found if one.cue is best]


def _of_sentence(
    text: str,
    sentence: Sentence,
    closed: Stretches,
    totals: dict[str, float],
    *,
    is_proposal: bool,
) -> list[_Counted]:
    """What a sentence counts; ``totals`` are those of the sentences before it, by kind."""
    here: list[_Counted] = []
    for quantity in sentence.quantities:
        if quantity.kind is not QuantityKind.COUNT or closed.cover(quantity.span.start):
            continue
        if not _may_be_sample(text, sentence, quantity):
            continue
        if _is_part(text, sentence, quantity, here, totals):
            continue
        is_listed = here and _AND_BEFORE.search(
            text, here[-1].quantity.span.end, quantity.span.start
        )
        if is_listed and is_known(quantity.unit):
            cue, role = here[-1].cue, here[-1].sample.role
        else:
            cue = cue_of(text, sentence, quantity)
            role = purpose_of_count(
                text,
                sentence,
                quantity,
                is_people=is_being(quantity.unit),
                is_proposal=is_proposal,
            )
        if cue is not Cue.NONE:
            whole = _whole(text, quantity.span)
            here.append(_Counted(Sample(whole, whole, role, sentence), quantity, cue))
    return _without_addends(here)


_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}[ \u2009\u202f\xa0]\Z")
_REST = re.compile(r"\d{3}(?!\d)")


def _whole(text: str, span: Span) -> Span:
    """A count with its thousands before a space: "25 866 women"."""
    before = _THOUSANDS.search(text, max(0, span.start - 5), span.start)
    is_rest = before is not None and _REST.match(text, span.start)
    return Span(before.start(), span.end) if before and is_rest else span


def _kind(quantity: Quantity) -> str:
    """What a total is the total of: people and animals are alike, other things by their noun."""
    return "beings" if is_being(quantity.unit) else noun_of(quantity.unit)


def _apart(sentence: Sentence) -> _Counted | None:
    """A sample whose count stands apart from its noun: "Of 90 nurses, 58 completed the survey"."""
    start, text = sentence.span.start, sentence.text
    if not (sentence.quantities and sentence.has(_ASKED)):
        return None
    match = _OF_WHOM.search(text) if text.startswith(_SPLITS, sentence.label_length) else None
    match = match or (_ANSWERED.search(text) if " of " in text else None)
    is_open = match is None and any(map(text.__contains__, _COUNTED_BY))
    bracketed = _N_IN_BRACKET.search(text) if is_open else None
    match = match or bracketed
    if match is None or text.count("n =") + text.count("n=") > 1:
        return None
    noun, count = (Span(start + match.start(g), start + match.end(g)) for g in ("noun", "count"))
    is_whole = bracketed and count.start - noun.end == len(" (") and text[count.end - start] == ")"
    name = Span(noun.start, count.end + 1) if is_whole else noun
    if bracketed and any(q.span.start < noun.end <= q.span.end for q in sentence.quantities):
        return None
    quantity = next((q for q in sentence.quantities if q.span.start >= count.start), None)
    if quantity is None:
        return None
    return _Counted(Sample(name, count, "studied", sentence), quantity, Cue.STRONG)


def _may_be_sample(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a count can be one by its noun and by what stands beside it."""
    unit, noun = quantity.unit, noun_of(quantity.unit)
    start, end = quantity.span
    since = max(sentence.span.start, start - REACH)
    if not unit or SETS.search(unit) or unit.endswith(("cell lines", "case studies")):
        return False
    is_few = not any(c.isdigit() for c in quantity.text) and (quantity.value or 0) < _FEW
    if is_few and not (is_being(unit) or noun in _WORKS):
        return False
    is_learnt = noun in _TRAINED_UNIT and is_learnt_from(sentence, text, start)
    is_big = noun == "features" and (quantity.value or 0) >= MANY
    is_panel = noun in _PLACES and _PANEL_BEFORE.search(text, since, start)
    if noun in _NO_SAMPLE and not (is_learnt or is_big or is_panel):
        return False
    if _PART.search(text, since, start) or _RATE_BEFORE.search(text, since, start):
        return False
    return not (_SHARE_AFTER.match(text, end) or _OTHERS_BEFORE.search(text, since, start))


def _is_part(
    text: str,
    sentence: Sentence,
    quantity: Quantity,
    here: Sequence[_Counted],
    totals: dict[str, float],
) -> bool:
    """Whether it counts a part of a sample that is told already, or what it consists of."""
    start = quantity.span.start
    for one in here[-_NEIGHBOURS:]:
        end = one.quantity.span.end
        if _WITHIN.fullmatch(text, end, start):
            return True
        if start - end < 2 * REACH and _DIVIDED.search(text, end, start):
            return True
    if EXPERIMENT.search(text, max(sentence.span.start, start - REACH), start):
        return False
    return (quantity.value or 0) <= totals.get(_kind(quantity), -1)


def _without_addends(found: list[_Counted]) -> list[_Counted]:
    """Without those that add up to the first: "300 adults, 150 women and 150 men"."""
    if len(found) > 2:
        first, *rest = (one.quantity.value or 0 for one in found)
        if sum(rest) == first:
            return found[:1]
    return found
