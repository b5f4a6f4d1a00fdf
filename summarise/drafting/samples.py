"""The people, specimens, records and texts that a work counts since it observes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.drafting.apart import apart_in
from summarise.drafting.cues import (
    EXPERIMENT,
    MANY,
    OF_BEFORE,
    REACH,
    Cue,
    cue_of,
    is_being,
    is_known,
    noun_of,
    opens_study,
)
from summarise.drafting.purposes import is_learnt_from, purpose_of_count
from summarise.drafting.sizes import bounded
from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import Sentence
from summarise.scan import Section, Stretches, words

_WORKS = words("trials studies RCTs articles publications papers cohorts surveys records reports")
_NO_SAMPLE = words(
    """models LLMs GPUs TPUs cores nodes cards devices epochs steps iterations baselines settings
    languages domains recognizers recognisers tools metrics measures techniques approaches
    algorithms tasks factors variables parameters themes categories items criteria dimensions
    aspects stages phases groups arms conditions levels types kinds versions variants operators
    planners trackers solvers encoders decoders simulators generators controllers predictors
    deaths times points doses layers rules strategies interventions outcomes hypotheses hospitals
    centers centres countries cities states regions schools institutions departments units wards
    clinics strains questionnaires scales instruments questions folds seeds tokens frames
    words hours data features attributes parts properties ways findings mutations limitations
    challenges reasons contributions insights components modules experiments scenarios
    advances practices recommendations relations coefficients orders dB fields SNPs loci mutants
    problems options scores events environments agents policies networks classifiers detectors
    MLLMs VLMs LMs VLAs checkpoints learners methods judges datasets subsets sets splits collections
    benchmarks corpora"""
)
_HELD = words("questions tokens words frames hours features lines tasks problems events scenarios")
# Where a study was done; what it observes only where they are sampled.
_PLACES = words("hospitals countries cities states regions schools districts clinics departments")
_PANEL_BEFORE = re.compile(
    r"\b(?:panel|sample|survey|surveyed|data|dataset|cross-section)(?: [a-z]+)? "
    r"(?:of|for|on|from|across|covering) (?:the |all )?\Z",
    re.IGNORECASE,
)
_DATA_BEFORE = re.compile(r"\bdata (?:for|on|from|of) (?:the |all )?\Z", re.IGNORECASE)
_TRAINED_UNIT = words("tokens frames words tasks features questions problems")
SETS = re.compile(
    r"(?:datasets?|data sets?|benchmarks?|corpora|corpus|test sets?|databases|cohorts)$",
    re.IGNORECASE,
)
_AND_BEFORE = re.compile(r"(?:,| and| or| with|,? and in| versus)(?: the| another)? \Z")
# "18 adults with gout (cases) and 36 nurses", "were matched to 84 adults"
_SECOND_BEFORE = re.compile(
    r"(?:(?!\b(?:were|was|been|including|screened|which|whom|than)\b)[^.;:\d()]){0,110}?"
    r"\b(?:and|versus|vs\.?|as well as|compared (?:with|to)"
    r"|(?:were )?(?:age-|sex-)?matched (?:to|with))"
    r"(?: (?:in|with|to|from|of|by|for|among|the|another|a|an|group|control|sample|set))* \Z"
    # "documented by 12 nurses for 40 adults"
    r"| for \Z"
)
_LIKE_PEOPLE = re.compile(r"(?:[dnrst]ers|ors|ists|ians|ees)$")
_ELLIPTIC = re.compile(
    r"(?:(?!\b(?:were|was|had|including|whom|which)\b)[^.;:\d()]|\([^()]*\)){1,110}? "
    r"(?:and|versus|vs\.?) (?P<count>\d[\d,]*) "
    r"(?P<rest>(?:with(?:out)?|in the|from the|receiving)"
    r"(?: (?!(?:were|was|had|who|as|and)\b)[\w'’-]+){1,4}?)"
    r"(?=[,.;]| \(| (?:were|was|had|who|as|in|and|treated|underwent|completed)\b)"
)
# "A group of 40 nurses was enrolled as controls"
_AS_CONTROLS = re.compile(
    r"[^.;:\d]{0,110}?\b(?:(?:served|acted|recruited|enrolled|used|included|selected|chosen)"
    r" as (?:a |the )?(?:healthy |normal |matched )?controls?\b)"
)
_BRACKETS = re.compile(r" ?\([^()]*\)| ?\[[^\[\]]*\]")
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
_BY_BEFORE = re.compile(
    r"\b(?:accepted|documented|completed|answered|reported|returned|described|written|treated|kept"
    r"|owned|worn|used|filled (?:in|out)|given) by (?:the )?\Z"
)
_OTHERS_BEFORE = re.compile(
    r"\b(?:previous|prior|earlier|existing|recent|published|other) (?:[a-z]+ )?(?:stud(?:y|ies)"
    r"|trials?|works?|reports?|cohorts?|models?|methods?)\b",
    re.IGNORECASE,
)
# "Seven divers (3 female): 4 left-handed"
_VERBLESS = re.compile(r" \(\d+ (?:fe)?(?:males?|men|women|boys|girls)\b[^()]*\)[:.;]")
# "Of 90 nurses, 12 were excluded": those that are left were studied.
_EXCLUDED_AFTER = re.compile(
    r"(?:[^,;.:()]{0,40}),? (?:of (?:whom|which) )?(?:\d+|[a-z-]+)(?: \([^()]+\))? (?:[a-z]+ )?"
    r"(?:were|was) excluded\b"
)
# "(Group B - 39 nurses)"
_GROUP_BEFORE = re.compile(r"\((?:[Gg]roup|[Aa]rm|[Cc]ohort) \w{1,3} ?[-–—:=,;] ?(?:n ?= ?)?\Z")
# "90 nurses were invited. Of these, 40 accepted": the latter were studied.
_INVITED = re.compile(r"[^.;:]{0,120}? (?:were|was) (?:invited|approached|contacted|asked)\b")
_LATER_ACCEPTED = re.compile(
    r"(?:\d|(?:teen|ty|[a-z]-[a-z]+|ten|nine|eight|seven|six|five)\b)[^.;]{0,40} (?:accepted|agreed"
    r"|consented|participated|responded|completed|took part)\b"
)
_FAR = 900
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
        here = [] if found else _apart(sentence)
        here = here or _of_sentence(
            text, sentence, closed, totals, is_first=not found, is_proposal=is_proposal
        )
        for one in here:
            if one.cue is Cue.STRONG:
                kind = _kind(one.quantity)
                totals[kind] = max(totals.get(kind, 0), one.quantity.value or 0)
        found += here
    if not (found or is_proposal):
        found = _at_last(text, sentences, closed)
    best = max((one.cue for one in found), default=Cue.NONE)
    told = [one.sample for one in found if one.cue is best]
    return [one for one in told if any(map(str.isalpha, one.name.of(text)))]


def _at_last(text: str, sentences: Sequence[Sentence], closed: Stretches) -> list[_Counted]:
    """Where nothing else is told of a sample, the first whole that parts are counted of."""
    for sentence in sentences:
        if sentence.section is Section.CONCLUSION or sentence.is_about_others:
            continue
        for quantity in sentence.quantities:
            is_open = quantity.kind is QuantityKind.COUNT and not closed.cover(quantity.span.start)
            if is_open and _is_whole(text, sentence, quantity):
                sample = Sample(quantity.span, quantity.span, "studied", sentence)
                return [_Counted(sample, quantity, Cue.WEAK)]
    return []


def _is_whole(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether parts of it are counted: "Of 90 calls, 12 …", "12 of 90 calls", "90 men (9 old)"."""
    start, end = quantity.span
    if not quantity.unit or noun_of(quantity.unit) in _NO_SAMPLE or "%" in quantity.text:
        return False
    if _EXCLUDED_AFTER.match(text, end):
        return False
    before = text[sentence.body_start : start]
    if before in ("Of ", "Of the ", "Of a total of ", "Among "):
        return text.startswith(",", end) or is_known(quantity.unit)
    if not is_known(quantity.unit):
        return False
    opens = before == "" and is_being(quantity.unit) and _VERBLESS.match(text, end) is not None
    is_many = (quantity.value or 0) >= (_FEW if is_being(quantity.unit) else 2 * _FEW)
    since = max(sentence.span.start, start - REACH)
    return opens or (is_many and _PART.search(text, since, start) is not None)


def _of_sentence(
    text: str,
    sentence: Sentence,
    closed: Stretches,
    totals: dict[str, float],
    *,
    is_first: bool,
    is_proposal: bool,
) -> list[_Counted]:
    """What a sentence counts; ``totals`` are those of the sentences before it, by kind."""
    here: list[_Counted] = []
    for quantity in sentence.quantities:
        if quantity.kind is not QuantityKind.COUNT or closed.cover(quantity.span.start):
            continue
        if not _may_be_sample(text, sentence, quantity):
            continue
        is_second = _is_second_group(text, quantity, here)
        if not is_second and _is_part(text, sentence, quantity, here, totals):
            continue
        is_listed = here and _AND_BEFORE.search(
            text, here[-1].quantity.span.end, quantity.span.start
        )
        if is_second or (is_listed and is_known(quantity.unit)):
            cue, role = here[-1].cue, here[-1].sample.role
        else:
            cue = cue_of(text, sentence, quantity)
            if is_first and cue is not Cue.STRONG and opens_study(text, sentence, quantity):
                cue = Cue.STRONG
            role = purpose_of_count(
                text,
                sentence,
                quantity,
                is_people=is_being(quantity.unit),
                is_proposal=is_proposal,
            )
        if _INVITED.match(text, quantity.span.end) and _LATER_ACCEPTED.search(
            text, quantity.span.end, quantity.span.end + _FAR
        ):
            continue
        if cue is not Cue.NONE:
            whole = _whole(text, quantity.span)
            here.append(_Counted(Sample(whole, whole, role, sentence), quantity, cue))
    return _without_addends(here + _without_noun(text, here))


def _without_noun(text: str, here: Sequence[_Counted]) -> list[_Counted]:
    """A second group that lacks its noun: "30 adults with gout and 28 without it"."""
    if not here or here[-1].cue is not Cue.STRONG or not is_being(here[-1].quantity.unit):
        return []
    sentence, last = here[-1].sample.sentence, here[-1].quantity.span.end
    match = _ELLIPTIC.match(text, last, sentence.span.end)
    start = match.start("count") if match else -1
    quantity = next((q for q in sentence.quantities if q.span.start == start), None)
    if match is None or quantity is None:
        return []
    span = Span(start, match.end("rest"))
    return [_Counted(Sample(span, span, here[-1].sample.role, sentence), quantity, Cue.STRONG)]


_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:, ?|[ \u2009\u202f\xa0])\Z")
# "1,204 rural and 3,310 urban nurses": what is counted first has no noun of its own.
_PAIR_BEFORE = re.compile(r"(?<![\w.,])\d[\d,]* (?P<whose>(?:[a-z-]+ )?[a-z-]*[a-rt-z]) and \Z")
_REST = re.compile(r"\d{3}(?!\d)")


def _whole(text: str, span: Span) -> Span:
    """A count with its thousands before a space, and with what bounds it: "over 25 866 women"."""
    if is_being(text[span.start : span.end]) and " and " in text[span.start - 5 : span.start]:
        pair = _PAIR_BEFORE.search(text, max(0, span.start - 40), span.start)
        span = Span(pair.start(), span.end) if pair and not is_known(pair["whose"]) else span
    before = _THOUSANDS.search(text, max(0, span.start - 5), span.start)
    is_rest = before is not None and _REST.match(text, span.start)
    return bounded(text, Span(before.start(), span.end) if before and is_rest else span)


def _kind(quantity: Quantity) -> str:
    """What a total is the total of: people and animals are alike, other things by their noun."""
    return "beings" if is_being(quantity.unit) else noun_of(quantity.unit)


def _apart(sentence: Sentence) -> list[_Counted]:
    return [
        _Counted(Sample(one.name, one.size, "studied", sentence), one.quantity, Cue.STRONG)
        for one in apart_in(sentence)
    ]


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
    is_panel = is_panel or (noun == "deaths" and _DATA_BEFORE.search(text, since, start))
    if noun in _NO_SAMPLE and not (is_learnt or is_big or is_panel):
        return False
    is_rate = _RATE_BEFORE.search(text, since, start) is not None
    if _EXCLUDED_AFTER.match(text, end):
        return False
    if _PART.search(text, since, start) or (is_rate and not _is_done_by(text, quantity)):
        return False
    return not (_SHARE_AFTER.match(text, end) or _OTHERS_BEFORE.search(text, since, start))


def _is_done_by(text: str, quantity: Quantity) -> bool:
    """Whether people are counted who did something: "rated by 20 surgeons"."""
    start = quantity.span.start
    return (
        is_being(quantity.unit) and _BY_BEFORE.search(text, max(0, start - 24), start) is not None
    )


def _is_part(
    text: str,
    sentence: Sentence,
    quantity: Quantity,
    here: Sequence[_Counted],
    totals: dict[str, float],
) -> bool:
    """Whether it counts a part of a sample that is told already, or what it consists of."""
    start = quantity.span.start
    if here and _GROUP_BEFORE.search(text, max(0, start - REACH), start):
        return True
    for one in here[-_NEIGHBOURS:]:
        begin, end = one.quantity.span
        is_split = text[end:start] == ", " and OF_BEFORE.search(text, max(0, begin - REACH), begin)
        if is_split or _WITHIN.fullmatch(text, end, start):
            return True
        if start - end < 2 * REACH and _DIVIDED.search(text, end, start):
            return True
    if EXPERIMENT.search(text, max(sentence.span.start, start - REACH), start):
        return False
    if _AS_CONTROLS.match(text, quantity.span.end, sentence.span.end):
        return False
    return (quantity.value or 0) <= totals.get(_kind(quantity), -1)


def _is_second_group(text: str, quantity: Quantity, here: Sequence[_Counted]) -> bool:
    """Whether people stand beside others of the sentence: "20 adults with gout and 30 nurses"."""
    if not here or not is_being(here[-1].quantity.unit):
        return False
    noun = noun_of(quantity.unit)
    if not (is_being(noun) or (_LIKE_PEOPLE.search(noun) and noun not in _NO_SAMPLE)):
        return False
    between = _BRACKETS.sub("", text[here[-1].quantity.span.end : quantity.span.start])
    return _SECOND_BEFORE.fullmatch(between) is not None


def _without_addends(found: list[_Counted]) -> list[_Counted]:
    """Without those that add up to the first: "300 adults, 150 women and 150 men"."""
    if len(found) > 2:
        first, *rest = (one.quantity.value or 0 for one in found)
        if sum(rest) == first:
            return found[:1]
    return found
