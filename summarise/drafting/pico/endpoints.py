"""What a clinical study sets out to measure, in the words of its abstract or title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from summarise.drafting.pico.endpoint_names import listed
from summarise.models import Span
from summarise.reading import Reading, Sentence
from summarise.scan import Gated, Section, Stretches, one_of, words


class MeasuredOutcome(NamedTuple):
    """Something measured, its role as the abstract has it, its sentence; 0 is the title."""

    name: str
    role: str
    sentence: int


def endpoints_of(reading: Reading) -> list[MeasuredOutcome]:
    """What the study says that it measures, from what says it best to what says it least.

    Where it states its outcomes, what it aims at in general isn't gone into.
    """
    told = [s for s in reading.sentences if not s.is_instruction]
    stated = [one for s in told for one in _stated(s)]
    if any(one.role in _RANKED for one in stated):
        return stated
    aims = [s for s in told if s.states_aim or s.tells_topic or s.section is Section.OBJECTIVE]
    asked = [
        MeasuredOutcome(name, "unspecified", s.number) for s in aims for name in _asked(s.body)
    ]
    titled = [_titled(name, (*aims, *told)) for name in _asked(reading.title, _TITLE_QUESTIONS)]
    measured = [one for s in told for one in _measured(s)]
    if (titled or asked) and not any("random" in s.lower for s in told):
        # What else was measured than what was asked about is as likely to be an exposure.
        measured = []
    return [*stated, *titled, *asked, *measured]


_RANKED = ("primary", "secondary")


def _titled(name: str, sentences: Iterable[Sentence]) -> MeasuredOutcome:
    """A name of the title, as the first sentence that has it spells it."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    for sentence in sentences:
        if found := whole.search(sentence.text):
            return MeasuredOutcome(found.group(), "unspecified", sentence.number)
    return MeasuredOutcome(name, "unspecified", 0)


# Where they stand.

_ROLE = r"(?P<role>co-?primary|primary|main|principal|key|secondary|safety|other|exploratory)"
_STATED = re.compile(
    rf"(?:\b{_ROLE} (?:(?:and|or) [a-z]+ )?(?:(?:efficacy|clinical|safety|study|composite|health"
    r"|patient-reported|effectiveness|secondary|trial) ){0,2})?\b(?P<noun>outcomes?|end[ -]?points?"
    r")(?: (?:measures?|variables?|parameters?))?"
    r"(?: (?:of interest|of (?:the|this|our) (?:study|trial|review)))?"
    r"(?: (?:was|were|is|are|will be|include[sd]?|including|will include|comprise[sd]?"
    r"|assess(?:ed)?|considered (?:was|were)|assessed (?:was|were|included?)|being|such as)\b"
    r"(?: defined as)?"
    r":?(?: the)?"
    r"|(?:[;,:]| ?[-–—]) ?)\s*(?:as follows: ?)?(?=\S)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:main|primary|secondary|key)(?: and secondary)? outcomes?(?: and)?(?: measures?)?"
    r"\s*[:.]?\s*(?=[A-Z0-9])",
    re.IGNORECASE,
)
_IS_OUTCOME = re.compile(
    r" (?:was|were|will be|served as|is|are) (?:(?:used|considered|selected|assessed|chosen) as )?"
    rf"(?:the|a|our) {_ROLE} (?:[a-z]+ )?(?:outcomes?|end[ -]?points?)",
    re.IGNORECASE,
)
_ROLES = {"secondary": "secondary", "other": "unspecified", "exploratory": "unspecified"}
_HARM = re.compile(
    r"\badverse|\bharms?\b|side[ -]effects?|toxicit|complications?|\btolerability", re.IGNORECASE
)


def role_of(name: str, told: str | None = None) -> str:
    """Harm for adverse events, else as the abstract calls it."""
    if _HARM.search(name) or (told and told.lower() == "safety"):
        return "harm"
    return _ROLES.get(told.lower(), "primary") if told else "unspecified"


def _stated(sentence: Sentence) -> Iterator[MeasuredOutcome]:
    """What a sentence calls an outcome."""
    if sentence.has(_OUTCOME_WORDS) or sentence.label_length:
        text = sentence.text
        for match in _STATED.finditer(text):
            if match["role"] is None and not _LONE.match(text, match.start()):
                continue
            for name in listed(text, match.end(), is_stated=match["noun"].endswith("s")):
                yield MeasuredOutcome(name, role_of(name, match["role"]), sentence.number)
        label = _LABELLED.match(text) if sentence.label_length else None
        if label and not _STATED.search(text):
            for name in listed(text, label.end(), is_stated=True):
                yield MeasuredOutcome(name, role_of(name, "primary"), sentence.number)
        if found := _IS_OUTCOME.search(text):
            for name in listed(text[: found.start()], sentence.label_length):
                yield MeasuredOutcome(name, role_of(name, found["role"]), sentence.number)


_OUTCOME_WORDS = words(
    """outcome outcomes endpoint endpoints end-point end-points point points variable variables"""
)
# "Outcomes were …", "The outcome measure was …", but no "poor outcomes were seen".
_LONE = re.compile(r"(?<![a-z] )(?<![a-z])|(?<=[Tt]he )|(?<=[Oo]ur )|(?<=[Ss]tudy )")


# What is asked, and measured.

_RATES = words(
    """prevalence prevalences seroprevalence seroprevalences incidence incidences frequency burden
    severity mortality survival causes rate rates magnitude intensity occurrence proportion
    proportions coverage uptake extent distribution risk"""
)
_RATE = rf"(?:(?:sero-)?{one_of(_RATES)})"
_UNNAMED = r"(?:(?![.;]|\bwe\b).|\.(?=\d))"


class _Question(NamedTuple):
    """What leads to something measured, and where that stands."""

    pattern: Gated
    place: Callable[[re.Match[str]], Span]


def _behind(match: re.Match[str]) -> Span:
    return Span(match.end(), len(match.string))


def _at(match: re.Match[str]) -> Span:
    return Span(match.start("name"), len(match.string))


def _before_deed(match: re.Match[str]) -> Span:
    """What stands behind "effect on", without "of giving lamps" behind that."""
    deed = re.search(r" of [a-z]+ing ", match.string[match.end() :])
    return Span(match.end(), match.end() + deed.start() if deed else len(match.string))


def _behind_and(match: re.Match[str]) -> Span:
    """The second of "between A and B"; of "A and B and C" the last, but a risk goes first."""
    start, sides = match.start("sides"), _AROUND.split(match["sides"])[0]
    joints = [*re.finditer(r" and (?:the )?", sides)]
    if not joints:
        return Span(start, start)
    if _IS_RISK.match(sides):
        return Span(start, start + joints[0].start())
    return Span(start + (joints[0] if "," in sides else joints[-1]).end(), start + len(sides))


_AROUND = re.compile(
    r",? (?:among|amongst|in|within|during|at|using|by|via|across|from|for|with)\b"
    r"|, (?:and|as|while)\b"
)


_IS_RISK = re.compile(r"(?:the )?(?:risk|incidence|odds|prevalence|mortality)\b", re.IGNORECASE)
_ENDINGS = ("e", "ed", "es", "ing", "")


def _forms(stems: str, endings: Iterable[str] = _ENDINGS) -> frozenset[str]:
    return frozenset(stem + end for stem in stems.split() for end in endings)


_ACTS = "improv reduc increas decreas prevent lower promot enhanc alleviat reliev"
_ASKS = "assess measur evaluat examin determin estimat investigat explor describ compar"
# "the effect of swimming on pain and sleep"
_EFFECT = Gated(
    words("effect effects impact impacts influence benefit benefits role"),
    r"\b(?:effects?|impacts?|influence|benefits?|role)(?:,? (?:and|or) [a-z]+)?"
    rf" of {_UNNAMED}{{3,200}}? (?:on|upon|in (?=[a-z]+ing\b))"
    r" (?!(?:a|the) (?:basis|sample|cohort))(?:both )?",
    re.IGNORECASE,
)
_EFFECT_ON = Gated(
    words("effects effect impact influence"),
    r"\b(?:effects?|impact|influence) (?:up)?on ",
    re.IGNORECASE,
)
_BETWEEN = Gated(
    words(
        """association associations relationship relationships link links correlation
        correlations"""
    ),
    r"\b(?:associations?|relationships?|links?|correlations?) between"
    r" (?P<sides>(?:[^.;:]|\.(?=\d)){3,200}? and [^.;:]{3,120})",
    re.IGNORECASE,
)
_ASSOCIATION = Gated(
    words("association associations relationship relationships correlation correlations"),
    r"\b(?:associations?|relationships?|correlations?) of"
    rf" (?:(?! (?:among|in) ){_UNNAMED}){{3,120}}? (?:with|to|and) ",
    re.IGNORECASE,
)
# "factors associated with falls"
_FACTORS = Gated(
    words("factor factors predictors determinants correlates"),
    r"\b(?:factors?|predictors|determinants|correlates)"
    r" (?:of|for|(?:associated|related|linked|correlated) (?:with|to)|influencing|affecting"
    r"|contributing to|that (?:influence|affect|predict)) ",
    re.IGNORECASE,
)
# "the yearly incidence of falls"; who is "at high risk of" them isn't what is asked.
_RATE_OF = Gated(
    _RATES,
    r"(?<!\bat )(?<!high )(?<!low )(?<!increased )(?<!elevated )(?<!higher )(?<!lower )"
    rf"\b(?:the )?(?P<name>(?:(?<=the )(?:[a-z-]+ ){{1,2}})?{_RATE}"
    rf"(?:,? (?:and|or) {_RATE})? (?:of|for|from) )(?=\w)",
    re.IGNORECASE,
)
# "whether swimming eases pain"
_WHETHER = Gated(
    words("whether if"),
    rf"\b(?:whether|if) {_UNNAMED}{{3,120}}?\b(?:improves?|reduces?|increases?|decreases?"
    r"|lowers?|prevents?|enhances?|affects?|influences?|predicts?|(?:is|are|was|were)"
    r" (?:[a-z]+ly )?(?:associated with|related to|linked to)) (?=\w)",
    re.IGNORECASE,
)
# "effective in reducing falls"
_IMPROVING = Gated(
    _forms(_ACTS, ("ing",)),
    rf"\b(?:in|at|on|for) {one_of(_forms(_ACTS, ('ing',)))} (?=\w)",
    re.IGNORECASE,
)
# "A lamp to reduce falls": in a title; an aim as wide as that needn't be what is measured.
_TO_IMPROVE = Gated(
    _forms(_ACTS, ("e", "")),
    rf"\bto {one_of(_forms(_ACTS, ('e', '')))} (?=\w)",
    re.IGNORECASE,
)
# "we assessed knowledge of gout"
_ASSESSED = Gated(
    _forms(_ASKS),
    rf"\b{one_of(_forms(_ASKS))} (?:the )?"
    r"(?=(?:[\w'’/-]+ ){0,5}?(?:knowledge|attitudes?|awareness|perceptions?"
    r"|quality of life|adherence|satisfaction|mortality|survival|prevalence|incidence"
    r"|practices?|well-?being|symptoms|acceptability|feasibility|costs?|cost-effectiveness"
    r"|behaviou?rs?|intake|status|outcomes|rates?|levels?|performance|concentrations?)\b)",
    re.IGNORECASE,
)
# "Prevalence and determinants of stunting"
_RATE_AND_MORE = Gated(
    words("prevalence incidence"),
    r"\b(?:prevalence|incidence)(?:,| and|,? &)(?: [a-z-]+,?| &){1,8}?"
    r" (?:of|for|(?:associated|related) (?:with|to)) (?=\w)",
    re.IGNORECASE,
)
_QUESTIONS = (
    _Question(_EFFECT, _behind),
    _Question(_EFFECT_ON, _before_deed),
    _Question(_BETWEEN, _behind_and),
    _Question(_ASSOCIATION, _behind),
    _Question(_FACTORS, _behind),
    _Question(_RATE_OF, _at),
    _Question(_WHETHER, _behind),
    _Question(_IMPROVING, _behind),
    _Question(_ASSESSED, _behind),
    _Question(_RATE_AND_MORE, _behind),
)
_TITLE_QUESTIONS = (*_QUESTIONS, _Question(_TO_IMPROVE, _behind))


def _asked(text: str, questions: Iterable[_Question] = _QUESTIONS) -> Iterator[str]:
    """What an aim or a title asks of, best first; what has an effect is no outcome."""
    gone = Stretches()
    for question in questions:
        for match in question.pattern.finditer(text):
            if not gone.cover(match.start()):
                start, end = question.place(match)
                yield from listed(text[:end], start)
                gone.add(Span(match.start(), start))


_MEASURED = re.compile(
    r"\b(?:was|were|will be) (?:(?:also|then|all|each|further|[a-z]+ly) )?"
    r"(?:assessed|measured|evaluated|recorded|quantified|determined|monitored|estimated|calculated"
    r"|ascertained|collected|examined|obtained)"
    r"(?: (?:and|or) [a-z]+)?(?: [a-z]+ly)?"
    r"(?: (?:using|by|with|at|before|from|through|via|in|on|after|every|throughout|and|during|as"
    r"|for)\b|[.,])",
    re.IGNORECASE,
)
_WE_MEASURED = re.compile(
    r"\bwe (?:also )?(?:assessed|measured|evaluated|recorded|quantified|monitored) (?:the )?"
)
_MEASURING = words(
    """assessed measured evaluated recorded quantified determined monitored estimated calculated
    ascertained examined"""
)


def _measured(sentence: Sentence) -> Iterator[MeasuredOutcome]:
    """What a sentence of the methods says was measured."""
    if not sentence.has(_MEASURING) or sentence.section not in _MEASURES_IN:
        return
    text = sentence.body
    verb = _MEASURED.search(text)
    if verb:
        subject = text[: verb.start()].rstrip()
        opening = _OPENING.match(subject)
        yield from (
            MeasuredOutcome(name, role_of(name), sentence.number)
            for name in listed(subject, opening.end() if opening else 0)
        )
    for match in _WE_MEASURED.finditer(text):
        for name in listed(text, match.end()):
            yield MeasuredOutcome(name, role_of(name), sentence.number)


_MEASURES_IN = frozenset({None, Section.METHOD, Section.STUDY, Section.OBJECTIVE})
_OPENING = re.compile(r"(?:[A-Z][a-z]+ly|Finally|In addition|Moreover|Furthermore|Then|Also), ")
