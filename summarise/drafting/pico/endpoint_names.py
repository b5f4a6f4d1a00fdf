"""What the name of an outcome is, and the lists that outcomes are told in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from summarise.drafting.clauses import Clauses
from summarise.models import Span
from summarise.reading import FORMS, is_finite
from summarise.scan import SPELLED, words

_MOST_WORDS = 8
_MOST_OF_PEOPLE = 12
_MOST_LISTED = 10

_NO_FIRST = words(
    """with that which whether to by of in on at for from as and or than but nor if when where while
    after before during within among between without per via through under over about against since
    until because due despite not no only also both either neither each every all any some most
    many more less few fewer several other others another such same this these those there it its
    they them their he she his her we our us who whom whose what how why half majority part total
    overall approximately nearly almost around higher lower greater smaller better worse similar
    different significant significantly respectively however is are was were be been being has have
    had do does did can could may might will would should must baseline having taking using based
    compared according including included likely unlikely able unable aware eligible present absent
    further additional vs versus i.e e.g once twice experienced agreed reported achieved showed
    received required felt previous currently altogether often irrespective regarding results
    result finding findings an a the potential possible new novel one two three"""
)
_SPELLED = frozenset(SPELLED)
_NO_LAST = words(
    """to of in on at for from by with and or than that as the a an is are was were be been being
    has have had showed shown show up into per between among within its their this these those other
    significantly respectively both not no very more less most least higher lower greater positive
    negative significant similar different common rare likely unlikely able aware infected affected
    alone only also too well vs versus pre post"""
)
# Alone they tell nothing.
_EMPTY = words(
    """positive negative mild moderate severe normal abnormal high low aware unaware married single
    urban rural pregnant obese overweight underweight physical sexual emotional economic male
    female mean median average total range ratio ratios value values rate rates level levels
    number numbers count counts score scores proportion proportions percentage percentages
    frequency prevalence incidence outcome outcomes result results effect effects impact
    difference differences change changes reduction improvement increase decrease group groups
    comparison comparisons analysis analyses study studies trial trials intervention interventions
    treatment treatments therapy model models factor factors predictor predictors determinants
    association associations relationship relationships correlation correlations correlates
    characteristics variables variable measure measures data information sample samples response
    reach off risk risks odds hazard likelihood probability performance status use year years
    month months day days week weeks age sex gender others cases case time efficacy effectiveness
    safety feasibility benefit benefits quality evidence role questionnaire questionnaires
    interviews interview parity habit subgroup subgroups exposure exposures method methods people
    cohort test tests survey surveys article articles record records literature intensity severity
    awareness small large good poor stable area disease diseases condition conditions fit
    prevalences incidences importance participation primary secondary main endpoint endpoints
    end-point specificity gain gains equivalence patient participant distribution patterns pattern
    trend trends extent magnitude feasible yes
    life health care facility society general"""
)
_PEOPLE = words(
    """patients participants subjects adults children adolescents individuals women men infants
    neonates newborns boys girls volunteers nurses physicians students survivors veterans residents
    workers people persons mothers athletes controls smokers donors recipients users carriers
    households citizens teachers males females staff pharmacists doctors respondents employees
    families parents caregivers schools hospitals clinics centres centers villages countries mice
    rats trials studies articles records clusters practitioners providers professionals regions
    areas cities districts pupils learners youth youths elderly population populations cohort group
    groups arm arms
    personnel examiners assessors community communities"""
)
_STATISTIC = re.compile(
    r"\b(?:a?[HOIRP]RR?|APR|AORs?|CIs?|IQR|SDs?|SEM?|W?MDs?|SMDs?|ARR|RRR|NNT|NNH|PAF|AUC|SUCRA|ICC"
    r"|ROC|LOD|RERI|MR)\Z"
    r"|(?i:\b(?:ratios?|p[- ]values?|coefficients?|odds|hazards?|intervals?|effect sizes?"
    r"|percentiles?|(?:standard )?deviations?|number needed to [a-z]+|maximum value))\Z"
)
# What is no measure, whatever stands before it: "associated factors", "the control group".
_NO_HEAD = words(
    """differences difference regression analysis analyses model models statistics heterogeneity
    association associations correlation correlations relationship relationships link links
    predictor predictors determinants determinant factor factors covariate covariates variable
    variables confounders significance bias likelihood power method methods characteristics
    intervention interventions programme programmes program programs groups group arm arms effect
    effects efficacy effectiveness impact impacts outcome outcomes endpoint endpoints questionnaire
    questionnaires interviews hypothesis hypotheses trial trials studies study article articles
    guidelines protocol protocols follow-up follow-ups samples sample system systems data
    information evidence literature role mechanism mechanisms benefit benefits strategy strategies
    approach approaches"""
)
# "adjusted odds ratio", "mean difference": a number about others, not what was measured.
_OF_NUMBERS = re.compile(
    r"\A(?:(?:[a-z]+-)?(?:un)?adjusted |pooled |crude |cox |estimated |absolute |relative |mean "
    r"|median |weighted |overall |standardi[sz]ed |within-[a-z]+ |(?:negative )?binomial "
    r"|incident |treatment )*"
    r"(?:(?:odds|hazards?|(?:incidence |incident )?rates?|risk|relative|attributable|prevalence"
    r"|incidence|mean) (?:ratios?|risks?|differences?|hazards?|reductions?)"
    r"|(?:hazards?|odds) (?:of|for)|effect sizes?|(?:in|de)creases?\Z|reductions?\Z|differences?"
    r"|scores?\Z|correlations?|betas?\Z|β|τ²?|I²)\b"
    r"|\A(?:statistical|potential|possible|clinical) ",
    re.IGNORECASE,
)
_ARTICLES = words("a an the")
_DETERMINER = words("a an the this that these those his her their its our all each any every no")
_TURNS = words("by to with as in at from within on for into after among during that through")
# What ends in "-ed" and is no participle, or qualifies a noun as often.
_NOUN_ED = words("need speed bed seed weed breed feed unmet")
_ADVERB_TOO = words(
    "daily weekly monthly yearly early elderly family hourly anomaly assembly supply"
)
_NUMBER = re.compile(
    r"[,:]|-\Z|[a-z]{3}\d+[a-z]{3}|\A[\d.,%/±<>=≥≤+-]+\Z|[=%<>≥≤±]|\A\d+(?:st|nd|rd|th)\Z"
)
_GOOD_FIRST = re.compile(r"[A-Za-z\u0370-\u03ff]|\d+(?:-[a-z]|\.\d+-[a-z])")
_OF_PEOPLE = re.compile(
    r"(?:(?:the )?(?:proportions?|percentages?|numbers?|shares?|rates?|frequency|prevalence"
    r"|incidence|fraction) of |[a-z]+ (?:proportion|percentage|number) of )",
    re.IGNORECASE,
)


def names_measured(name: str) -> bool:
    """Whether a phrase may name what a study measures: no verb, number, statistic, or group."""
    low = [token.strip(",;:()").lower() for token in name.split(" ")]
    most = _MOST_OF_PEOPLE if _OF_PEOPLE.match(name) else _MOST_WORDS
    return not (
        len(low) > most
        or len(name) < len("abc")
        or not _GOOD_FIRST.match(name)
        or _is_open(low)
        or not _SPELLED.isdisjoint(low)
        or any(map(_NUMBER.search, name.split(" ")))
        or _STATISTIC.search(name)
        or _OF_NUMBERS.match(name)
        or _has_other_head(low)
        or (most == _MOST_OF_PEOPLE and low[-1] in _PEOPLE)
        or any(_is_verb(word, after) for word, after in pairwise(low))
    )


def _is_open(low: list[str]) -> bool:
    """Whether a phrase begins or ends as no noun phrase does, or is a word that tells nothing."""
    first, last, second = low[0], low[-1], low[1] if len(low) > 1 else ""
    return (
        first in _NO_FIRST
        or last in _NO_LAST
        or second in _DETERMINER
        or (not second and (first in _EMPTY or first in _PEOPLE))
        or _SPELLED.issuperset(first.split("-"))
        or (_is_participle(first) and (not second or second in _TURNS or second in _EMPTY))
        or _is_participle(last)
        or _is_adjective(last)
        or _is_adverb(first)
        or _is_adverb(last)
    )


def _has_other_head(low: list[str]) -> bool:
    """Whether what stands before the first preposition is people, a study or a participle."""
    head = next((at for at, word in enumerate(low) if at and word in _HEAD_ENDS), len(low)) - 1
    word = low[head]
    is_cut = head + 1 < len(low) and _is_participle(word)
    return word in _NO_HEAD or not _PEOPLE.isdisjoint(word.split("/")) or is_cut


def _is_verb(word: str, after: str) -> bool:
    """Whether a word of a phrase is a verb by what follows it: "took an", "was"."""
    if word in _PEOPLE and after.endswith("ing"):
        return True
    if after in _ARTICLES and not word.endswith("s") and word not in _HEAD_ENDS:
        return True
    is_form = word in FORMS and not word.endswith("ed") and after != "of"
    return is_form and is_finite("", word, after)


_HEAD_ENDS = words(
    """of in on at for from by with to who that among during after within as regarding about
    concerning"""
)


def cut_to_measured(metric: str) -> str | None:
    """What a result is of, where a phrase in it names that: no verb before, no setting behind."""
    bare = _cut(_LEADS.sub("", _TELLING.sub("", _VERB_LAST.sub("", metric))))
    return bare if names_measured(bare) and not _OF_SAMPLE.fullmatch(bare) else None


# Of those who took part.
_OF_SAMPLE = re.compile(
    r"(?:[a-z]+ )?(?:response|participation) rates?|(?:mean|median) (?:age|follow-up|values?)"
    r"|sample size",
    re.IGNORECASE,
)
# "reported a fear of falls", "scored good knowledge"
_TELLING = re.compile(
    r"\A(?:reported|scored|confirmed|expressed|experienced|showed|exhibited|had|have|has)"
    r" (?:having |receiving |an? |the |(?=(?:good|poor|low|high|positive|negative|severe|mild)\b))"
)


_VERB_LAST = re.compile(r"(?<=\w{3})(?: (?:was|were|is|are))?(?: [a-z]{3,}ed)\Z")


def _is_participle(word: str) -> bool:
    return word.endswith("ed") and len(word) > len("need") and word not in _NOUN_ED


def _is_adjective(word: str) -> bool:
    """Whether a word's end is that of an adjective: "clinical", whose noun stands behind."""
    return word.endswith(_ADJECTIVE_ENDS) and word not in _NOUNS_LIKE_THEM


_ADJECTIVE_ENDS = ("al", "ic", "ous", "ary", "able", "ible", "ive", "ular", "istant", "endent")
_NOUNS_LIKE_THEM = words(
    """survival arousal withdrawal refusal removal referral disposal approval denial appraisal
    hospital interval animal mineral metal signal proposal retrieval potential capital material
    logic topic clinic traffic arsenic metric epidemic pandemic antibiotic panic arithmetic summary
    salary library vocabulary diary vegetable table perspective initiative narrative incentive
    analgesic antipsychotic bronchodilator ambulatory plastic goal"""
)


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and word not in _ADVERB_TOO


# Lists of them.

_ASIDE = re.compile(r" ?[(\[][^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*[)\]]")
_STOP = re.compile(
    r"(?<!\b[A-Z])[.:?](?!\d)(?!\w)|,? and (?:to|its|their|whether|how|we|the use of)\b"
    r"|;(?= (?:a|the|this|secondary|we)\b)|[)\]]| [-–—] |--|\n"
)
_JOINT = re.compile(r"(?:,|;) (?:and|or|as well as) |[,;] | and (?!\d)| as well as ")
_OXFORD = re.compile(r"[,;] (?:and|or|as well as) ")
# When, in whom and how it was measured.
_ADJUNCT = re.compile(
    r" (?:at|after|before|from|within|during|over|by|between|through|throughout|up to|as|on|in"
    r"|among|amongst|with|for (?!age\b|height\b|gestational\b)|that|but|which|who|whose|according"
    r"|(?:assessed|measured|evaluated|determined|recorded|reported|rated) (?=[a-z]+ly\b|by|using"
    r"|with|at|in|on|from|through|via|before|after|as|for|during)|obtained|collected|defined"
    r"|based (?:up)?on|was|were|is|are|will|can|when|where|while|across|compared|versus|vs|until"
    r"|via|per|under|using|following|without|related to|due to|associated|than|against|relative"
    r"|including|such as|because|if|whether|rather|beyond|into|towards?|upon|both"
    r"|to (?:be|[a-z]+ (?:the|a|an|their|best)|assess|determine|evaluate|measure|examine|compare"
    r"|inform|guide|identify|improve|reduce|help|support|the))\b.*",
    re.DOTALL,
)
# "change from baseline in pain": of what it is one stands behind.
_LEADS_ON = re.compile(
    r"(?:(?:[\w-]+ ){0,2}(?:changes?|gains?|reductions?|improvements?|increases?|decreases?"
    r"|declines?)(?: from baseline| over time)? (?:in|of|from)"
    r"|(?:[\w-]+ )?(?:time|days) (?:to|from)|(?:[\w-]+ )?time spent (?:in|on|at|with)"
    r"|(?:[\w-]+ ){0,2}engagement (?:in|with)"
    r"|(?:[\w'’-]+ )?knowledge (?:of|about) and attitudes? (?:to|towards?)"
    r"|(?:[\w-]+ )?knowledge (?:about|on|of|regarding|towards?)"
    r"|(?:[\w-]+ ){0,2}(?:attitudes?|perceptions?|adherence|satisfaction|exposure|access|return"
    r"|compliance|willingness|intention|response|resistance|readiness)"
    r" (?:to|towards?|with|among)) (?:the )?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\A(?:\(?(?:[1-9]|[ivx]{1,4}|[a-e])[.)] )")
_LEADS = re.compile(
    r"\A(?:(?:the|a|an|both|also|its|their|our|his|her|as|follows|on|in|of|any|either|overall"
    r"|assess|to|(?:improv|reduc|increas|decreas|prevent|lower|promot|enhanc|manag)(?:e|ing)) )+",
    re.IGNORECASE,
)
_BREAKS = words(
    """as which defined measured including such with where who assessed while whereas but when using
    among we it this that compared is are was were based a an given resulting suggesting e.g i.e
    namely particularly especially although because rather so then"""
)


def listed(text: str, start: int, *, is_stated: bool = False) -> Iterator[str]:
    """The names of a list that begins at a place; the first alone, where no end of it is told."""
    if start >= len(text):
        return
    masked = _ASIDE.sub(_hidden, text)
    stop = _STOP.search(masked, start)
    end = stop.start() if stop else len(text)
    verb = _verb(text, start, end)
    masked = masked[start : verb.start if verb else end]
    pieces = list(_pieces(masked, is_stated=is_stated))
    is_around = False
    for piece in pieces[:_MOST_LISTED]:
        if is_around and piece.joint == " and ":
            # "on pain in Delvia and Morland"
            continue
        bare = _NUMBERED.sub("", piece.text.strip(" \x00,;"))
        opening = bare.split(" ", 1)[0].lower()
        if opening in _BREAKS and not bare.lower().startswith(("as follows", "a ", "an ")):
            return
        name = _cut(_LEADS.sub("", bare))
        is_around = _SETTING.search(bare, len(name)) is not None
        if names_measured(name):
            yield name
        elif not is_stated:
            return


def _hidden(aside: re.Match[str]) -> str:
    """What stands for an aside: the whole of a short one that its noun goes on behind.

    "gout severity (GS) score" is one name; no bracket is left in what stands for it.
    """
    told, after = aside.group(), _WORD_BEHIND.match(aside.string, aside.end())
    if after and _SHORT_FORM.fullmatch(told) and not _ADJUNCT.match(after.group()):
        word = after[1]
        if word not in _HEAD_ENDS | _NO_LAST | _BREAKS and not _is_participle(word):
            return told.replace("(", _OPENED).replace(")", _CLOSED)
    return "\x00" * len(told)


_OPENED, _CLOSED = "\x01", "\x02"
_SHORT_FORM = re.compile(r" \([A-Z][\w-]{1,9}\)")
_WORD_BEHIND = re.compile(r" ([a-z][\w-]+)")


def _verb(text: str, start: int, end: int) -> Span | None:
    """The first verb, but for a participle before its noun: "number of reported falls"."""
    clauses = Clauses(text)
    verb = clauses.verb(start, end)
    while verb and (
        text[start : verb.start].strip().rpartition(" ")[2].lower() in _BEFORE_NOUN
        or verb.of(text) in _NO_HEAD | _NOUNS_BEHIND
    ):
        verb = clauses.verb(verb.end, end)
    return verb


# "health services use", "symptoms score"
_NOUNS_BEHIND = words("use score scores")
_BEFORE_NOUN = words("of in on at for from by with and or the a an") | {""}


class _ListPart(NamedTuple):
    """A member of a list, and what joins it to the one before."""

    text: str
    joint: str


def _pieces(masked: str, *, is_stated: bool) -> Iterator[_ListPart]:
    """A list in pieces: to its last "and", or to the first comma where there is none."""
    is_oxford = _OXFORD.search(masked) is not None
    at, before, is_last = 0, "", False
    for joint in _JOINT.finditer(masked):
        is_comma, joins = joint.group()[0] in ",;", joint.group().strip(",; ")
        if is_oxford and not is_comma:
            continue
        if joins == "and" and not is_comma and _is_one(masked[at : joint.start()], masked, joint):
            continue
        yield _ListPart(masked[at : joint.start()], before)
        at, before = joint.end(), joint.group()
        if not is_stated and (is_last or not (joins or " and " in masked[at:])):
            return
        is_last = bool(joins)
    yield _ListPart(masked[at:], before)


def _is_one(before: str, masked: str, joint: re.Match[str]) -> bool:
    """Whether "and" joins two words before what both are of: "incidence and severity of pain"."""
    behind = _ADJUNCT.sub("", re.split(r"[,;]| and ", masked[joint.end() :])[0]).split()
    bare = _LEADS.sub("", before).split()
    return len(behind) > 1 and (len(bare) == 1 or _is_adjective(bare[-1]))


def _cut(name: str) -> str:
    """A name without what tells when, in whom or how it was measured."""
    name = name.partition("\x00")[0].strip(" ,;:'\"“”")
    leads = _LEADS_ON.match(name)
    at = leads.end() if leads else 0
    people = _OF_PEOPLE.match(name)
    if people and not leads:
        found = _WITH_WHAT.match(name, people.end())
        at = found.end() if found and found[1] in _PEOPLE else at
    cut = name[:at] + _ADJUNCT.sub("", name[at:])
    return cut.strip(" ,;:").replace(_OPENED, "(").replace(_CLOSED, ")")


# "proportion of adults with gout"
_WITH_WHAT = re.compile(r"(?:[\w-]+ ){0,3}?([a-z]+) (?:with|who|achieving|having|without|that|in) ")
_SETTING = re.compile(r"\b(?:among|amongst|in|using|by|via|across|from|with|between)\b")
