"""Statistics in clinical sentences: what a number is by them, and whether they leave an effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from summarise.ground.lexicon import stem
from summarise.ground.source import Around, says
from summarise.models import Span
from summarise.scan import words

_EFFECTS = words(
    """effect difference differ association associated interaction evidence impact influence affect
    modify clear relation correlation advantage detectable apparent"""
)
EFFECTS = frozenset(map(stem, _EFFECTS))
"""Stems of what a study may find none of."""

_NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)"
# The second number of one match may be the first of the next: "-0.6%, -3.9% to 2.8%".
_INTERVAL = re.compile(
    rf"(?<![\w.+-])(?=(?P<low>{_NUMBER}) ?%?(?: to |, ?|; ?|-)(?P<high>{_NUMBER})"
    r"(?![\w.]*\d|% ?C))"
)
_RATIO = re.compile(
    r"\b(?:ratios?|relative risks?|a?(?:[HOR]|SH|IR|P)R)\b(?:(?!difference|reduction|points).)*\Z"
)
_P_VALUE = re.compile(r"\b[pP][^\d<;,.()]{0,20}(?:=|(?P<above>[>≥])) ?(?P<p>0?\.\d+)")
_SIGNIFICANT = re.compile(r"\b[Ss]ignificant(?:ly)?\b")
_DENIED = re.compile(
    r"\b(?:non?|not|never|neither|nor|without|lost|barely|fail\w*|clinically|\w+n't)\b",
    re.IGNORECASE,
)
_T_VALUE = re.compile(
    r"(?<![\w-])t(?:-stat(?:istic)?|-value)?(?: ?\(\d+\))?(?: of| was|:| ?=) ?"
    r"-?(?P<t>\d+\.\d+)(?![\d%])"
)
_ERROR = re.compile(
    r"(?:\bSE|\b[Ss]\.[Ee]\.|\b[Ss]tandard error)(?: of|[:=,]| ?=)? ?(?P<error>\d*\.?\d+)%?\Z"
)
_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
# Less than this many standard errors from 0, nothing is significant at the 10 per cent level.
_FEWEST_ERRORS = 1.64
_LEVEL = 0.05
_FARTHEST = 80


def leaves_no_effect(sentence: str, start: int = 0, end: int | None = None) -> bool:
    """Whether an interval of a sentence holds no effect, or a p-value of it is above 0.05.

    0 is in the interval of a difference, 1 in that of a ratio. What stands before ``start`` or
    behind ``end`` is only read for what an interval is of.
    """
    end = len(sentence) if end is None else end
    for found in _P_VALUE.finditer(sentence, start, end):
        p = float(found["p"])
        if p > _LEVEL or (found["above"] and p == _LEVEL):
            return True
    for found in _T_VALUE.finditer(sentence, start, end):
        if float(found["t"]) < _FEWEST_ERRORS:
            return True
    for found in _INTERVAL.finditer(sentence, start, end):
        low, high = float(found["low"]), float(found["high"])
        if low < 0 <= high:
            return True
        if 0 < low <= 1 <= high:
            at = found.start()
            if _RATIO.search(sentence, max(0, at - _FARTHEST), at):
                return True
    return False


def is_within_error(value: str, uncertainty: str) -> bool:
    """Whether a difference or a slope is less than its standard error tells from 0."""
    error, amount = _ERROR.search(uncertainty), _AMOUNT.search(value)
    if error is None or amount is None:
        return False
    return float(amount.group().replace(",", "")) < _FEWEST_ERRORS * float(error["error"])


def is_called_significant(statement: str) -> bool:
    """Whether a statement speaks of something significant, and doesn't deny it."""
    return _SIGNIFICANT.search(statement) is not None and _DENIED.search(statement) is None


# What a number is by the marks and the numbers around it

_PEOPLE = (
    r"(?:\w+ ){0,2}?(?:patients|participants|subjects|adults|children|women|men|people|individuals"
    r"|volunteers|respondents|students|infants|athletes|controls|cases|samples|studies|trials|mice"
    r"|rats|users|readers|sessions|workers|households|countries|datasets|benchmarks|tasks|pupils"
    r"|firms|schools|villages|teachers|employees|managers)\b"
)
_OF_PEOPLE = re.compile(rf" {_PEOPLE}")
_ARE_PEOPLE = re.compile(rf"[\d,. ]+ {_PEOPLE}\Z")
_SAMPLING = words(
    """among of in from enrolled included recruited randomized randomised analyzed analysed studied
    sampled interviewed surveyed across on with over the these all"""
)
_SAMPLED = re.compile(
    r"\b(?:among|of|in|from|enrolled|included|recruited|randomi[sz]ed|total of|analy[sz]ed"
    r"|studied|sampled|interviewed|surveyed|across|on|with|over)(?: the| these| all)? \Z",
    re.IGNORECASE,
)
# "Rashes were seen in 12 patients": they are what was found.
_FOUND_IN = re.compile(
    r"\b(?:occur|s(?:aw|een)|observ|report|record|not(?:ed|iced)|found|develop|diagnos|detect|present)"
    r"\w* (?:only )?in \Z"
)
_OUT_OF = re.compile(r"\d[\d,]*(?: ?\(\d[\d.]*%\)|%)? of (?:the |all )?\Z")
_WHOLE = re.compile(r"\d[\d,]*(?: [a-z]+)?\Z")
_AT_RISK = re.compile(
    r"\d[\d,. ]*(?: million)? ?(?:person|patient|participant|woman|child)-(?:years|months|days)\Z"
)
_TRIALS = re.compile(r"(?:trials|studies|RCTs|cohorts|comparisons), \Z")
_OF_THEM = re.compile(r"\d[\d,]* [a-z]+\Z")
_TIME = re.compile(r"\d+[ -](?:day|week|month|year|hour|minute|h|min)s?\Z")
_HAPPENS_AT = re.compile(
    r"\b(?:peak|maxim|occur|onset|appear|diagnos|reach|median|mean)\w*(?: [a-z]+)? at \Z"
)
_IN_BRACKET = re.compile(r"\d%? ?(?:[^\W\d_/%]{1,6} )?\(\Z")
_SPREAD_ANNOUNCED = re.compile(r"[(\[±] ?S[DE]M?[)\]]|\bS[DE]M?\)")


_SIZE = re.compile(r"\d[\d,]*(?:(?:\.\d+)? (?:thousand|million|billion))?\Z")

# "F(1, 48) = 5.2, p < .05", "χ²(2, N = 90) = 7.1", "t-statistic of 2.9", "(t = 3.6)"
_LETTER = r"(?<![\w-])(?:[tFQHUWzZ]|(?:[Cc]hi|χ|X)[- ]?(?:²|2|\^2|squared?))"
_FREEDOM = re.compile(rf"(?:{_LETTER}|(?<![\w-])r) ?\((?:df ?= ?)?(?:\d[\d.]*, ?(?:[nN] ?= ?)?)?\Z")
_FREEDOM_ON = re.compile(r"(?:, ?(?:[nN] ?= ?)?\d[\d.,]*)?\) ?[=<>]")
_TEST = re.compile(
    rf"(?:(?P<bare>{_LETTER}) ?= ?|{_LETTER} ?\([\d., nNdf=]+\) ?= ?"
    r"|(?<![\w-])[tFzZ][- ](?:stat(?:istic)?s?|values?|ratios?)(?:,| of| =| was|:)? ?"
    r"|\bWald (?:statistic|χ²)(?: of| =| was|:)? ?)-?\Z"
)
_TEST_MARKS, _TEST_REACH = ("=", "stat", "-val", "t val", "-ratio", "Wald"), 20
_P_ON = re.compile(r"[,;] ?[pP](?:[- ]value)? ?[<>=≤]")
_TEST_NAMED = re.compile(rf"{_LETTER}\b|{_LETTER}\Z|\b(?:test|Wald|[tFz]-)", re.IGNORECASE)


def statistic_of_test(at: Around, metric: str = "") -> str | None:
    """Whether a number is the statistic of a test, which its row doesn't call it, in words."""
    if not (at.text[-1:].isdigit() and any(map(at.before[-_TEST_REACH:].count, _TEST_MARKS))):
        return None
    if (found := _TEST.search(at.before)) is None:
        return None
    is_bracketed = at.before.endswith("(", 0, found.start()) and at.after.startswith(")")
    if found["bare"] and not (
        _P_ON.match(at.after) or (is_bracketed and found["bare"] not in "zZ")
    ):
        return None
    if metric and _TEST_NAMED.match(metric):
        return None
    return f"“{found.group()}{at.text}” is the statistic of a test"


# "A 10% increase in fees lowers trade by 4%": what was changed isn't what came of it.
_ONE_MORE = words("a an each every any additional extra further")
_CAUSE = re.compile(
    r"[^,.;:()\d]{0,25}?(?: (?:increase|decrease|rise|fall|drop|reduction|decline|cut|growth|change"
    r"|shortfall|hike|gain|loss|shock)s? (?:in|of|to)| of)"
    r" (?:(?!(?:and|or|which|that|but|by|while|for|than)\b)[\w'-]+ ){1,9}?"
    r"(?:(?:reduce|lower|raise|increase|decrease|boost|depresse|cause|improve|predict|yield|imply"
    r"|translate|correspond|result)(?:d|s|ed)?|implies|leads|led|cuts?"
    r"|(?:is|was|are|were) (?:associated|linked))\b[^;]*?\d"
)


def by_statistics(at: Around) -> str | None:
    """What a number is that is none of an outcome: a denominator, a time point, a spread."""
    return _of_design(at) or _of_sample(at)


def _of_design(at: Around) -> str | None:
    """What a number is by the test, or by the change of a cause, that it belongs to."""
    if at.after[:1] in (",", ")") and "(" in at.before[-9:] and _FREEDOM.search(at.before):
        return "a degree of freedom" if _FREEDOM_ON.match(at.after) else None
    is_cause = at.last in _ONE_MORE and _CAUSE.match(at.after)
    return "a change of something else" if is_cause else None


def _of_sample(at: Around) -> str | None:
    """What a number is by those who were counted, and by when."""
    before, text = at.before, at.text
    if at.last in _SAMPLING and _is_sample(at):
        return "the size of a sample"
    if at.last == "of" and _WHOLE.match(text) and _OUT_OF.search(before):
        return "a number that others are counted of"
    if at.last == "at" and _TIME.match(text) and not _HAPPENS_AT.search(before):
        return "a time of measurement"
    if before.endswith("(") and at.after.startswith(")") and "S" in before:
        is_spread = _SPREAD_ANNOUNCED.search(before) and _IN_BRACKET.search(before)
        return "a spread" if is_spread else None
    if before.endswith("s, ") and _TRIALS.search(before) and _OF_THEM.match(text):
        return "the size of a sample"
    return "a time at risk" if text[-1] == "s" and _AT_RISK.match(text) else None


def _is_sample(at: Around) -> bool:
    is_number = _SIZE.match(at.text)
    if _FOUND_IN.search(at.before):
        return False
    people = _OF_PEOPLE.match(at.after) if is_number else _ARE_PEOPLE.match(at.text)
    return people is not None and _SAMPLED.search(at.before) is not None


# Which statistic a number is

_NAMED = r"""
    (?P<hazard_ratio>(?:sub(?:distribution\ )?)?hazards?\ ratios?|a?S?HR)
    |(?P<odds_ratio>(?:diagnostic\ )?odds\ ratios?|a?OR|AOR)
    |(?P<risk_ratio>relative\ risks?|risk\ ratios?|a?RR)
    |(?P<rate_ratio>(?:incidence\ )?rate\ ratios?|a?IRR)
    |(?P<prevalence_ratio>prevalence\ ratios?|a?PR)
    |(?P<standardised_difference>standardi[sz]ed\ mean\ differences?|SMD|Cohen's\ d|Hedges'?\ g
        |[dg](?=\ ?=|\Z))
    |(?P<mean_difference>mean\ differences?|W?MD)
    |(?P<risk_difference>(?:risk|rate)\ differences?|absolute\ risk\ reductions?|ARR)
    |(?P<heterogeneity>I(?:²|2|\^2)|(?:τ|[Tt]au)(?:²|2|\^2)?)
    |(?P<cluster_correlation>intra-?c(?:luster|lass)\ correlation(?:\ coefficient)?|ICC)
    |(?P<correlation>(?:[\w-]+\ )?correlations?(?:\ coefficients?)?|ρ|r(?=\ ?=|\Z))
    |(?P<slope>β|γ|[bB](?=\ ?=|\Z))
    |(?P<share_explained>(?:partial\ )?[ηω]p?(?:²|2|\^2)|Δ?R(?:²|2|\^2))
    |(?P<number_needed>numbers?\ needed\ to\ [a-z]+|NN[TH])
    |(?P<agreement>[Kk]appa|κ)
    |(?P<area>AU(?:RO)?C|[Cc]-(?:statistic|index)|area\ under\ the\ (?:ROC\ )?curve)
    |(?P<sensitivity>[Ss]ensitivity)
    |(?P<specificity>[Ss]pecificity)
    |(?P<positive_value>[Pp]ositive\ predictive\ value|PPV)
    |(?P<negative_value>[Nn]egative\ predictive\ value|NPV)
    |(?P<positive_likelihood>[Pp]ositive\ likelihood\ ratio|LR\+)
    |(?P<negative_likelihood>[Nn]egative\ likelihood\ ratio|LR-)
"""
_STATISTIC = re.compile(
    rf"""(?<![\w-])(?:(?:(?P<crude>[Uu]nadjusted|[Cc]rude|[Uu]nivaria(?:te|ble))
    |(?P<adjusted>(?:[\w-]+[- ])?[Aa]djusted|[Mm]ultivaria(?:te|ble)))\ )?(?:{_NAMED})(?![\w-])""",
    re.VERBOSE,
)
_IS = (
    r"(?: ?[(\[][^()\[\]\d]{0,20}[)\]])?(?: (?:for|of|in) (?:(?!was|were|is)[a-z-]+ ?){1,4}?)?"
    r"(?:,| of| was| were| is|:| ?=)? ?"
)
_CRUDE = re.compile(r"\b(?:[Uu]nadjusted|[Cc]rude) ")
_ADJUSTED = re.compile(r"(?<![Uu]n)[Aa]djusted|\ba[HOR]R\b")
_TO_NUMBER = re.compile(rf"{_IS}\Z")
_TO_ANOTHER = re.compile(rf"{_IS}(?={_NUMBER})")


class Statistic(NamedTuple):
    """A statistic that a text names, and whether it is adjusted; None where that isn't said."""

    kind: str
    is_adjusted: bool | None
    span: Span


def statistics_in(text: str, start: int = 0, end: int | None = None) -> Iterator[Statistic]:
    """The statistics that a text names, in order."""
    for found in _STATISTIC.finditer(text, start, len(text) if end is None else end):
        is_adjusted = True if found["adjusted"] else False if found["crude"] else None
        yield Statistic(str(found.lastgroup), is_adjusted, Span(*found.span()))


@lru_cache(maxsize=1024)
def statistics_of(metric: str) -> tuple[Statistic, ...]:
    """The statistics that a metric names."""
    return tuple(statistics_in(metric))


def is_ratio(metric: str) -> bool:
    """Whether a metric is a ratio of risks, in which 1 is no effect."""
    named = statistics_of(metric)
    return bool(named) and named[0].kind.endswith("ratio")


def tells_both(text: str) -> bool:
    """Whether a text has adjusted statistics and others."""
    is_crude = "nadjusted" in text or "rude " in text
    return is_crude and _CRUDE.search(text) is not None and _ADJUSTED.search(text) is not None


def other_statistic(at: Around, metric: str, is_told: bool) -> str | None:
    """Whether the statistic named right before a number is another than that of its row.

    ``is_told`` says that a metric without a word on it is taken for an adjusted one.
    """
    named = list(statistics_in(at.before, max(0, len(at.before) - _FARTHEST)))
    if not named or _TO_NUMBER.match(at.before, named[-1].span.end) is None:
        return None
    own, told = named[-1], statistics_of(metric)
    is_adjusted = True if is_told and told[0].is_adjusted is None else told[0].is_adjusted
    is_other = own.kind not in [one.kind for one in told] or (
        is_adjusted is not None and own.is_adjusted is (not is_adjusted)
    )
    return says(at.before[own.span.start :], at.text) if is_other else None


def has_another_number(at: Around, metric: str) -> str | None:
    """Whether the statistic of a row is only named behind its number, and with another one."""
    kind = statistics_of(metric)[0].kind
    if any(one.kind == kind for one in statistics_in(at.before)):
        return None
    behind = [one for one in statistics_in(at.after) if one.kind == kind]
    for one in behind:
        number = _TO_ANOTHER.match(at.after, one.span.end)
        if number is None:
            return None
        words = says(at.after[one.span.start : number.end() + 6])
    return words if behind else None


# Which number an interval or a p-value is of

_NAMED_SPREAD = r"(?:S[DE]M?\b|[Ss]\.[ed]\.|[Ss]tandard (?:error|deviation)|t-stat)"
_OWN_SPREAD = re.compile(
    r"[^\d,;()]{0,15}(?: ?\((?![nN] ?=)[^()]*\d| ?(?:±|\+/-) ?\d"
    rf"|[,;] (?:\d\d(?:\.\d)? ?% ?C|[-+]?\d[\d.]*%? to [-+]?\d|{_NAMED_SPREAD}))"
    rf"|[^\d,;()]{{16,45}}\((?:{_NAMED_SPREAD}|\d\d ?% ?C)"
)
_SPREAD_OF = re.compile(
    r"(?P<number>(?:[-+~<>$€£]|(?<![\w.])\.)?\d[\d.,]*%?)[^\d()]{0,45}[(\[]?[^\d()]{0,25}\Z"
)
_OWN_BRACKETS = re.compile(
    r"(?:[^()\[\];]{0,15}?|[^()\[\];\d]{16,45}?)[(\[][^()]*[)\]]|[^()]{0,80}?\)"
)
_ANY_P = re.compile(r"\b[pP](?:[ -]?values?)? ?[<>=≤≥] ?\d?\.\d+")
_REACH = 80


def spread_of_another(text: str, number: Span, home: Span, spread: list[Span]) -> str | None:
    """Behind which number an interval stands, if that is another and this one has its own.

    ``spread`` is where an interval, a spread or a p-value stands; its first place is the row's.
    """
    start, first = number.end, spread[0].start
    if text[first] in "pP":
        return _p_of_another(text, number, home, spread)
    if 0 <= first - start < len(" (95% CI: "):
        return None
    of = _SPREAD_OF.search(text, max(home.start, first - _REACH), first)
    if of is None or number.start <= of.start("number") < start:
        return None
    own = _OWN_SPREAD.match(text, start, min(home.end, start + _REACH))
    if own is None or start <= first < own.end() or len(set(spread)) > 1:
        return None
    return f"the abstract has it behind “{of['number']}”"


def _p_of_another(text: str, number: Span, home: Span, spread: list[Span]) -> str | None:
    """Whether the brackets of a number hold another p-value than one that stands elsewhere."""
    own = _OWN_BRACKETS.match(text, number.end, home.end)
    if own is None or (told := _ANY_P.search(own.group())) is None:
        return None
    is_own = any(own.start() <= place.start < own.end() for place in spread)
    return None if is_own else says(told.group())


# Whose a number is

_WORD_OF_THEM = re.compile(r"[a-z]{4,}")
_PERSONS = (
    r"(?:patients|women|men|children|adults|infants|girls|boys|people|smokers|twins|residents)"
)
_ANY_PERSONS = words(
    """patients women men children adults infants people residents treated with without from given
    receiving these those both group groups arms were that this control placebo total trial"""
)
_SUBGROUP = re.compile(
    rf"(?:\A|[;,] (?:and |but )?)(?:[Ii]n|[Aa]mong) (?P<first>(?:[\w-]+ ){{0,3}}{_PERSONS}\b"
    rf"(?: (?!the\b)[\w-]+){{0,5}}),? (?:the |(?:\w+ ){{1,3}}?(?:was|were|fell|rose|is|are) )"
    rf"|\b(?:in|among) (?P<near>(?:[\w-]+ ){{1,3}}{_PERSONS}) \([^()\d]{{0,30}}\Z"
)


def of_subgroup(at: Around, told: str) -> str | None:
    """The subgroup that a sentence gives a value to, if nothing of a row tells of it, in words."""
    if "n " not in at.before and "mong " not in at.before:
        return None
    named = list(_SUBGROUP.finditer(at.before))
    if not named:
        return None
    found = named[-1]
    who = found["first"] or found["near"]
    own = set(_WORD_OF_THEM.findall(who.lower())) - _ANY_PERSONS
    is_told = not own or not own.isdisjoint(_WORD_OF_THEM.findall(told.lower()))
    return None if is_told else says(found.group())
