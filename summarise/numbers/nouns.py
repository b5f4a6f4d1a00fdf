"""Noun phrases beside a place of a text, and whether they name what can be measured.

Words are sorted by closed lists: those at which a phrase ends, nouns that measure ("rate"), nouns
that tell nothing alone ("performance"), and nouns of what is no measure ("patients").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.models import Span
from summarise.scan import words

MEASURES = words(
    """accuracy accuracies precision recall sensitivity specificity perplexity rate rates ratio
    ratios score scores error errors risk risks incidence prevalence frequency frequencies
    mortality survival morbidity probability probabilities likelihood proportion proportions
    percentage percentages fraction fractions share number numbers count counts level levels
    concentration concentrations density densities length duration time times latency
    throughput speed velocity cost costs price prices income incomes earnings wage wages
    efficiency efficiencies capacity conductivity resistance strength temperature pressure
    power energy energies gap bandgap width depth height weight mass volume area thickness
    distance coefficient coefficients correlation correlations agreement variance variation
    deviation bias index indices change changes difference differences gain gains improvement
    improvements reduction reductions increase increases decrease decreases decline loss losses
    coverage consumption emissions usage overhead fidelity resolution utilization utilisation
    adherence compliance attendance retention uptake satisfaction severity symptoms pain
    intensity amplitude lifetime half-life stay requirements returns elasticity growth
    employment unemployment output productivity inflation expenditure spending revenue sales
    demand volatility abundance richness biomass diversity activity titer titers titre titres
    expression affinity potency selectivity susceptibility stability odds hazard burden
    admissions deaths events infections complications relapse recurrence response responses
    remission success failure throughputs speedup performance turnout kappa values value
    estimates estimate boost speeds occupancy colonisation colonization size sizes yields lag
    delay delays conversion conversions lengths citations degradation"""
)
CHANGES = words(
    """gain gains improvement improvements reduction reductions increase increases decrease
    decreases boost change changes decline"""
)
SHARES = MEASURES & words(
    """accuracy accuracies precision recall sensitivity specificity score scores probability
    probabilities likelihood proportion proportions percentage percentages fraction fractions share
    odds correlation correlations agreement kappa"""
)
"""Nouns that measure without any unit but per cent and points."""
EMPTY = words(
    """performance value values level levels number numbers result results effect effects rate
    increase decrease change changes improvement improvements reduction average mean median
    total maximum minimum factor estimate estimates size sizes response responses activity
    output times time events yield yields loss range success"""
)
"""Nouns that tell nothing alone."""
NO_HEADS = words(
    """set sets dataset datasets corpus benchmark benchmarks total sample samples cohort group
    groups series collection subset factor majority population dose doses threshold cutoff
    cut-off age ages period follow-up order average mean median maximum minimum model models
    method methods patients participants subjects women men children adults people students
    physicians study studies analysis results experiments findings approach approaches system
    systems operators allele setting settings test tests data range corridor trial trials we it
    they one two three both each all most more half there this that these those which others
    rest remainder tool tools seats team benchmarking limit"""
)
_NO_FIRST = words(
    """we it they them itself one two three both each all most more half there this that these
    those which others patients participants subjects women men results findings experiments"""
)
_STOPS = words(
    """likely a an the its their our his her this these those that which who whom whose where when
    while whereas although since because if than as by from to at on into onto over under
    within without during after before between among across per via against and or but nor not
    no only also respectively out near is are was were be been being has have had having do
    does did can could may might must will would should we it they he she there i you with for
    in of about around up achieve achieves achieved achieving reach reaches reached reaching
    yield yielded yielding show shows showed showing shown obtain obtains obtained obtaining
    attain attains attained attaining report reports reported reporting demonstrate
    demonstrates demonstrated provide provides provided exhibit exhibits exhibited enable
    enables enabled outperform outperforms outperformed produce produces produced give gives
    gave deliver delivers delivered found find finds indicate indicates indicated reveal
    reveals revealed suggests suggested result resulted resulting using based compared improves
    improved improving reduces reduced reducing lowers lowered lowering raises raised raising
    cuts cutting increases increased increasing decreases decreased decreasing boosts boosted
    boosting surpasses surpassing exceeding exceeds ranging ranged rose fell grew dropped
    declined remained remains saves saved saving e.g i.e namely both either then thus hence
    however finally moreover furthermore even still yet just nearly almost approximately
    roughly higher lower greater better worse significantly significant similar comparable
    substantial substantially substantive remarkable competitive further new relatively
    markedly slightly associated correlated consistent more less fewer impressive
    detected received took overestimated underestimated puts put attributes attributed required
    requires shorter longer larger smaller highest lowest best largest smallest except
    different presents presented presenting tremendous published validate validates validated
    validating confirm confirms confirmed confirming highlight highlights highlighting"""
)
"""Words at which a noun phrase ends."""
_OF_ANOTHER = CHANGES | words("difference differences")
"""What measures only in what something else differs."""
_DETERMINERS = words("a an the its their our this these")
_LINKS = _DETERMINERS | words("of in for with to per")
_GOING_ON = MEASURES | words("of")
_VALUES = words("values value estimates")
_PARTS = words("percentage proportion share fraction number majority")
"""What says nothing without what it is of."""
_TOKEN = re.compile(r"[^\s,;()\[\]]+")
_MOST_WORDS = 12
_MOST_CHARACTERS = 160
_LONGEST = 90
_OF = " of"
_OF_WHAT = words("of per")
_ALONE = words(
    """year years month months week weeks day days hour hours minute minutes according aged
    portion part parts pattern"""
)
"""What no number measures without more words."""
_INDEFINITE = words("a an")


def measure_before(text: str, end: int, first: int) -> Span | None:
    """The noun phrase that ends at a place; from a measure on, where one leads to it by "of".

    "The frequency of the mutation" gives all of it but the article; "mortality in women" gives
    "mortality". ``first`` is where the search ends.
    """
    found: Span | None = None
    run: list[re.Match[str]] = []
    is_of = is_any = False
    for token in (*_tokens_back(text, end, first), None):
        word = token.group().lower() if token else ""
        if token and word not in _STOPS and not word[0].isdigit():
            run.append(token)
            continue
        if run:
            head = run[0].group().lower()
            is_outer = _is_measure(head) and head not in _OF_ANOTHER
            if found is None:
                found = Span(run[-1].start(), run[0].end())
            elif is_outer:
                found = Span(run[-1].start(), found.end if is_of else run[0].end())
            run = []
        if word not in _LINKS:
            break
        if word == "with" and found and (is_any or _is_measure(found.of(text).split()[-1].lower())):
            # "precision with a recall of", which is that of no precision
            break
        is_any = word in _INDEFINITE
        if word not in _DETERMINERS:
            is_of = word in _OF_WHAT
    return found


def _tokens_back(text: str, end: int, first: int) -> Iterator[re.Match[str]]:
    """The words before a place that only spaces part, the nearest first."""
    tokens = list(_TOKEN.finditer(text, max(first, end - _MOST_CHARACTERS), end))
    at = end
    for token in reversed(tokens[-_MOST_WORDS:]):
        if text[token.end() : at].strip():
            return
        yield token
        at = token.start()


def measure_behind(text: str, start: int, limit: int, *, to_measure: bool = False) -> Span | None:
    """The noun phrase that begins at a place, with what follows a measure by "of".

    It ends with its first measure if ``to_measure``.
    """
    end, last = start, ""
    for count, token in enumerate(_TOKEN.finditer(text, start, limit)):
        bare = token.group().rstrip(".:")
        word = bare.lower()
        is_apart = bool(text[end : token.start()].strip())
        if word == "of" and _is_measure(last) and not is_apart:
            return Span(start, _after_of(text, token.end(), limit))
        if is_apart or count > 5 or word in _STOPS or not word or word[0].isdigit():
            break
        end, last = token.start() + len(bare), word
        if bare != token.group() or (to_measure and word in MEASURES and _ends(text, end)):
            break
    return Span(start, end) if last else None


def _after_of(text: str, start: int, limit: int) -> int:
    """Where the phrase behind "of" ends; before the "of" where that is no noun phrase."""
    end = start
    for count, token in enumerate(_TOKEN.finditer(text, start, limit)):
        bare = token.group().rstrip(".:")
        word = bare.lower()
        if word in NO_HEADS or word[:1].isdigit():
            return start - len(_OF)
        is_stop = word in _STOPS and word not in _DETERMINERS
        if (
            is_stop
            or count > 4
            or (count and word.endswith("ing"))
            or text[end : token.start()].strip()
        ):
            break
        end = token.start() + len(bare)
        if bare != token.group():
            break
    return end if end > start else start - len(_OF)


def _ends(text: str, end: int) -> bool:
    """Whether neither "of" nor a further measure follows, as in "error rate"."""
    token = _TOKEN.match(text, end + 1)
    return token is None or token.group().rstrip(".,;:").lower() not in _GOING_ON


def _is_measure(word: str) -> bool:
    return word in MEASURES or word.rpartition("-")[2] in MEASURES


def telling(text: str, phrase: Span, *, must_measure: bool = False) -> Span | None:
    """A phrase without what adds nothing to it: "accuracy" of "accuracy improvement".

    None where nothing is left that can be measured. ``must_measure`` asks for a noun that measures.
    """
    tokens = list(_TOKEN.finditer(text, *phrase))
    of = next((i for i, token in enumerate(tokens) if token.group() == "of"), None)
    is_valued = False
    if of is None and len(tokens) > 1:
        last, before = (token.group().lower() for token in (tokens[-1], tokens[-2]))
        named = tokens[-2].group()
        is_valued = last in _VALUES and (_is_measure(before) or not named[1:].islower())
        is_change = last in CHANGES and before in MEASURES
        if (is_valued or is_change) and not (len(tokens) == 2 and before in EMPTY):
            tokens.pop()
    heads = tokens[:of]
    if not heads:
        return None
    head, first = heads[-1].group().lower().rstrip(".:"), tokens[0].group().lower()
    if head in NO_HEADS or first in _NO_FIRST or (len(tokens) == 1 and head in EMPTY):
        return None
    if len(tokens) == 1 and head in _ALONE:
        return None
    if len(tokens) == 1 and head in _PARTS and text.startswith(" of ", tokens[0].end()):
        return None
    if must_measure and not (is_valued or _is_measure(head)):
        return None
    found = Span(tokens[0].start(), tokens[-1].end())
    found = Span(found.start, found.start + len(found.of(text).rstrip(".:'’")))
    is_name_like = not text[found.start].isalpha() or found.end - found.start > _LONGEST
    return None if is_name_like else found


_NO_BEFORE = re.compile(
    r"\b(?:[Nn]o (?:(?:other|further|significant|major|serious) )?"
    r"|(?:not|never|rarely|seldom|hardly) (?:(?:be|been|have|had|to|a|[a-z]+ly) )?)\Z"
)
_SAID_OF = re.compile(
    r" (?:was|were|is|are|had been|has been|have been|remained)(?: [a-z]+ly| also| only| still)?"
    r" (?P<said>(?:not )?[a-z-]+)(?= (?:in|by|for|at|with|among|after)\b| (?:[a-z-]+ )?\(|[.,;])"
)
_PLAINLY = words(
    """seen found observed noted detected present reported identified recorded documented evident
    encountered diagnosed calculated estimated measured determined obtained achieved reached made
    established given performed done used taken applied carried expressed required needed
    associated correlated related higher lower greater smaller larger longer shorter better worse
    more less fewer similar comparable different equal increased decreased reduced raised improved
    elevated lowered enhanced highest lowest longest shortest
    undertaken provided significant common frequent high low as about
    approximately between from to in up down ranged ranging predicted aged according"""
)
"""What says no more of a thing than that it is there, how much, or how sure."""


_SHARE_BEHIND = re.compile(r" in (?:only |about |nearly )?\d")
_LEVELS = words(
    """higher lower greater smaller larger longer shorter increased decreased reduced raised
    improved elevated lowered enhanced"""
)
_OUTER = re.compile(r"\b(?:of|for|in|to|with) (?:the |an? )?\Z")


def tells_nothing(phrase: str) -> bool:
    """Whether a phrase alone only says that something was there: "noted"."""
    return phrase in _PLAINLY


def as_said(text: str, phrase: Span, end: int) -> Span | None:
    """A phrase with the words that turn it: "no leak", "salt was suspected in 9 owls".

    ``end`` is where its sentence ends. None where only a part of what is turned is in the phrase:
    "surgery" of "reasons for surgery were leaks in 9 owls".
    """
    start, stop = phrase
    none = _NO_BEFORE.search(text, max(0, start - 16), start)
    start = none.start() if none else start
    if text.endswith("less ", 0, start) and phrase.of(text).endswith("ed"):
        start -= len("less ")
    said = None if _is_measure(phrase.of(text).rpartition(" ")[2].lower()) else _SAID_OF
    found = said.match(text, stop, end) if said else None
    if found is None:
        return Span(start, stop)
    is_share = found["said"] in _LEVELS and _SHARE_BEHIND.match(text, found.end(), end)
    if found["said"] in _PLAINLY and not is_share:
        return Span(start, stop)
    if _OUTER.search(text, max(0, start - 12), start):
        return None
    return Span(start, found.end("said"))
