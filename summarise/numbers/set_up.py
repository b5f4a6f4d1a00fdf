"""Which numbers say how, where, when or on whom something was measured, not what came out."""

from __future__ import annotations

import re

from summarise.ground import why_no_outcome
from summarise.models import QuantityKind, Span
from summarise.numbers.no_outcomes import (
    EXTENTS,
    SAMPLED_AFTER,
    WHOLE,
    counts_thing,
    is_counted_outcome,
    is_extent,
    is_label,
    tells_change,
)
from summarise.numbers.uncertainty import is_p_value
from summarise.numbers.values import SentenceNumbers, ToldNumber
from summarise.scan import bare_words, one_of, words

_REACH = 60

_SETTING_NOUN = (
    r"(?:temperatures?|pressures?|depths?|distances?|diameters?|thickness(?:es)?|ages?|doses?"
    r"|dosages?|concentrations?|radius"
    r"|frequenc(?:y|ies)|wavelengths?|energ(?:y|ies)|speeds?|ranges?|periods?|budgets?|lengths?"
    r"|sizes?|windows?|horizons?|probabilit(?:y|ies)|levels?|thresholds?|intervals?|durations?"
    r"|heights?|altitudes?|latitudes?|intensit(?:y|ies)|mass(?:es)?|resolutions?|follow-up|ph|bmi"
    r"|redshifts?|payloads?|loads?|powers?|densit(?:y|ies)|volumes?|scales?|widths?|steps?"
    r"|samples?|confidence|overlaps?"
    r"|(?:mask(?:ing)?|dropout|sparsity|down-?sampling|keep) (?:ratios?|rates?)"
    r"|(?:heating|cooling|scan(?:ning)?|flow|sampling|learning|shear|strain|repetition) rates?)"
)
# Of a text in lower case.
_SETTING = re.compile(
    r"\b(?:at|for|over|across|under|spanning|within|in|with|to|from|of|covering|between|on"
    r"|containing|using) "
    rf"(?:[\w'’-]+ ){{0,3}}?{_SETTING_NOUN} ?(?:\([^()]{{1,20}}\) ?)?(?:\((?:i\.e|e\.g)\.,? )?"
    r"(?:(?:of|from|between|up to|down to|above|below|at|to|around|is|longer than|larger than"
    r"|greater than|less than|as \w+ as|[=<>≤≥~]|exceeding|ranging from) ?)?"
    r"(?:[$]?\d[\d.,]*[$]?[^\d.;,]{0,8} (?:to|and|or) |(?:\d[\d.]*, (?:and |or )?){1,4})?[$~]?\Z"
)
_SETTINGS_BEGIN = words(
    """at for over across under spanning within in with to from of covering between on
    containing using"""
)
# Of these no set-up is told in per cent.
_ACHIEVED_NOUN = re.compile(
    r"\b(?:powers?|energ(?:y|ies)|speeds?|mass(?:es)?|heights?|volumes?) of "
)
# Without one of them there is neither a bound nor an equation.
_SIGNS = re.compile(r"[<>≤≥&\\=≈]")
_BOUND = re.compile(
    r"(?P<before>[\w)]*)\s?(?:(?<!<[bi])[<>≤≥]=?|&[lg]t;|\\(?:leq?|geq?|lt|gt)\b)\s?\Z"
)
_TELLING = words(
    """that find found only of was is were are to by reached reaches achieves achieved in than
    from about at yielding"""
)
_EQUALS = re.compile(r"(?P<name>[^\s,;()\[\]=]+)\s?[=≈]\s?[$~]?\Z")
_STATISTIC = re.compile(
    r"[$\\({]*(?:r|R|rs|r_s|r[\^]?2|R[\^]?2|r²|R²|rho|ρ|β|\\?beta|B|b|d|g|κ|\\?kappa|τ|tau|ICC"
    r"|[ηω]_?p?\^?[2²]?|γ|ES"
    r"|[A-Za-z][\w/-]{2,}|[A-Za-z]{2})[)}$]*\Z"
)
_NO_STATISTIC = re.compile(
    r"(?:pH|df|alpha|eps\w*|lambda|sigma|dim\w*|size|nu|mu|min|max|log|np)\Z"
)
_CONDITION = re.compile(
    r"\b(?:when|where|with|for|if|at|setting|case|from|and|through|using|step) \$?[^ ]*\s?=\s?\Z"
)
_LEVEL_AFTER = re.compile(
    r"[ -]?(?:(?:/spl mu/m|[μµu]m|mum|nm)?[ -](?:[\w-]+ )?(?:CMOS|process|technology|node)\b"
    r"|(?:points? )?scale\b|confidence|significance|credib|CL\b|C\.L\.|power\b|threshold"
    r"|LoA\b|limits? of agreement|(?:as (?:the|an?) (?:[\w-]+ )?)?cut-?off"
    r"|(?:upper|lower) (?:limit|bound)|level of|identity"
    r"|or (?:more|higher|greater|less|above|below|better)\b|training"
    r"|test(?:ing)? (?:set|split)|quantile|percentile)"
)
_SOLUTION_AFTER = re.compile(
    r" ?\((?:wt|v|w)|\s?(?:wt|w/v|v/v|w/w|vol)\b"
    r"| M (?!(?:param|pairs|samples|tokens|images|and|in|on|of|for|with|to|at|by|or)\b)[a-z]"
)


_PEOPLE_WORDS = words("age aged ages follow followed followup followedup")
_ABOUT_PEOPLE = re.compile(
    r"\b[Aa]ges?\b(?![^.;\d]*(?:\b[a-z]?[HOR]R\b|ratio\b))[^.;\d]{0,20}\Z"
    r"|\b[Aa]ges? (?:ranged|ranging|varied|varying)\b[^.;\d]{0,40}\Z"
    r"|\b[Aa]ged (?:(?:about|over|under|between|from|up to) "
    r"|[≥≤<>~] ?|[^.;()]{1,30}\((?:mean|median)(?: age)?[:,]? ?)?\Z"
    r"|\b[Aa]ges?\b(?:[^.;]|\.\d){0,60}(?<=\d)(?: years)? \((?:mean )?difference,? ?[-−–]?\Z"
    r"|\b[Ff]ollow(?:ed)?[- ]?up\b[^.;,\d]{0,24}\Z"
    r"|\b(?:detect|exclude|assum\w+|hypothesi[sz]\w+|powered|margin) [^.;\d]{0,40} of \Z"
)
_PEOPLE_AFTER = re.compile(
    r"[)\]]?,? (?:of (?:the |all )?[\w-]+ )?(?:were |was |are |is )?"
    r"(?:women|men|females?|males?|girls|boys|white|black)\b(?! (?:had|who|with|and|than))"
)
_CASE_WORDS = words(
    """if once unless when whenever measured tested varied swept simulated recorded sampled heated
    cooled monitored trained operated every each per poorest richest top bottom lowest highest
    upper lower learning one two three four five six seven eight nine ten"""
)
# "If it exceeds 3.5 mmol/L": what follows holds under this condition.
_CASE = re.compile(
    r"\b(?:[Ii]f|[Oo]nce|[Uu]nless|[Ww]hen(?:ever)?) [^,;.]{0,50}\b(?:exceed\w*|is|are|was|were"
    r"|falls?|reach\w*|drops?|above|below|over|under) (?:\w+ )?\Z"
    r"|\b(?:[Mm]easured|[Tt]ested|(?:was|were|by|and|when) varied|[Ss]wept|[Ss]imulated"
    r"|[Rr]ecorded|[Ss]ampled|[Hh]eated"
    r"|[Cc]ooled|[Mm]onitored|[Tt]rained|[Oo]perated) (?:from|between|at|over|for|on) "
    r"(?:-?[\d.]+ ?\S{0,3} (?:to|and) )?\Z"
    r"|\b(?:every|each|[Pp]er) (?:additional |extra )?\Z"
    r"|\b(?:poorest|richest|top|bottom|lowest|highest|upper|lower) \Z|\blearning rate of \Z"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten) to \Z"
)

_CASE_OPENS = ("At ", "Under ", "Given ")
_OPENING_CASE = re.compile(r"(?:\A|[.:;] )(?:At|Under|Given) [^,;]{1,50}\Z")


_DIFFERS_AFTER = re.compile(r" (?:higher|lower|more|less|fewer|greater|longer|shorter|better)\b")
# "Our findings are three-fold:"
_FOLD = re.compile(
    r"\b(?:contributions?|findings?|aims?|goals?|purposes?|objectives?|reasons?|novelty) (?:is"
    r"|are) \Z"
)
_CAUSE_BEFORE = re.compile(r"\b(?:increase|decrease|change|reduction|rise|dose|cut)s? of \Z")
_CAUSE_AFTER = re.compile(
    r"(?: (?:in|of) (?:[\w'’-]+ ){1,5}?)? ?(?:(?:is|was|were|are) associated|rais(?:ed|es)"
    r"|reduc(?:ed|es)|led|leads?|increase|raise|reduce|lower|improve|caus(?:ed|es)"
    r"|increas(?:ed|es)|lower(?:ed|s)|improv(?:ed|es))\b"
)
# "raises accuracy on more than 40% of the data sets": on how many, not how much.
_TRIED_BEFORE = re.compile(r"\b(?:on|in|for|across) (?:[a-z]+ than |over |about |at least )?\Z")
_TRIED_AFTER = re.compile(
    r" of (?:the |all |our )?(?:[\w-]+ ){0,2}(?:data ?sets|benchmarks|tasks|domains)\b"
)
_DECIMAL = re.compile(r"[-−+]?\d*[.·]\d+ ")
# "in agreement with the theoretical value of 0.63"
_AGREED_WORDS = words("agreement consistent close line similar")
_AGREED = re.compile(
    r"\b(?:in (?:[a-z]+ )?agreement with|consistent with|close to|in line with|similar to)"
    r" [^.;,]{0,60}\Z"
)
_GIVEN = re.compile(
    r"\b(?:with|using|on|from|given) (?:only |just |as little as )?\Z", re.IGNORECASE
)
_MATERIAL = re.compile(
    r"(?: of (?:the |all |its )?(?:[a-z]+ )?| (?:[a-z-]+ ){0,2})(?:labels|data|training|annotations"
    r"|parameters|samples|budget|tokens|examples|images|supervision|compute|steps)\b(?! effic)"
)
# "70% of the maps were used for training"
_SPLIT_AFTER = re.compile(
    r"(?: of (?:the |our |all )?(?:[\w-]+ ){1,3}?)? ?(?:is|are|was|were) ?(?:then )?(?:used|kept"
    r"|reserved|held|set aside|taken) ?(?:out )?(?:for|in|as|to) (?:the )?"
    r"(?:train|test|valid|calibrat|fit)"
)
# "(range 2-19, median 7": of what stands before the bracket
_FURTHER_MEAN = re.compile(r"\d ?\([^()]*\d[^()]*[,;] ?(?:median|mean)[:=]? ?\Z")
# "the recommended range of guidelines (50%"
_RULES = words("recommended recommendation recommendations guideline guidelines")
_RULED = re.compile(r"\b(?:recommend\w*|guidelines?)\b[^.;()]{0,30} \(?[≈~]? ?\Z")
_MEANS = words("median mean")
_NOT_SO = re.compile(r"\b(?:is|was|are|were|be|reach) not (?:yet |always |quite )?\Z")
# "surpasses the skill of weavers (81%"
_SURPASSING = words(
    """surpass surpasses surpassed surpassing outperform outperforms outperformed outperforming
    exceed exceeds exceeded exceeding beat beats beaten beating"""
)
_SURPASSED = re.compile(rf"\b{one_of(_SURPASSING)} (?:the |its )?(?:[\w-]+ ){{1,5}}\(\Z")
# "A cut of the time to 9 days is advisable."
_ADVISED = ("advis", "recommended", "warranted")
_ADVISED_AFTER = re.compile(
    r"[^.;,]{0,30} (?:is|are) (?:therefore )?(?:advisable|advised|recommended|warranted)\b"
)
# "The p-values of salt and sand were 0.3 and 0.04"
_TEST = re.compile(
    r"\b(?:[tFzZ]|χ2|χ²|[Cc]hi\(?2\)?|(?<=[(\[])2)(?:\s?\([^()]{1,14}\))?\s?=\s?\Z"
    r"|[χ]\S{0,3}\s?=\s?\Z"
)


# "The inland and coastal nurse split was 30 versus 20"
_SPLIT = re.compile(
    r"\b(?:patients?|participants?|subjects?|people|sample|gender|sex|cohort|nurses?|children"
    r"|users?|workers?|students?|sailors?)"
    r" (?:split|breakdown|distribution)\b(?:(?!\b(?:was|were|is)\b)[^.;%\d]){0,120}"
    r" (?:was|were|is) (?=\d)"
)
# One of them stands in all that the pattern finds, which is asked of each number.
_SPLIT_NOUNS = (" split", " breakdown", " distribution")
_MORE = re.compile(r"(?:\d[\d,]*|versus|vs\.?|and|to|[,:/ ])*")


def splits_sample(text: str, within: Span) -> bool:
    """Whether a sentence says how many of a sample are in each group."""
    return _split_in(text, within) is not None


def _is_in_split(text: str, within: Span, at: int) -> bool:
    split = _split_in(text, within)
    return split is not None and _MORE.fullmatch(text, split.end(), at) is not None


def _split_in(text: str, within: Span) -> re.Match[str] | None:
    start, end = within
    for noun in _SPLIT_NOUNS:
        if text.find(noun, start, end) >= 0:
            return _SPLIT.search(text, start, end)
    return None


def is_outcome(
    text: str, sentence: SentenceNumbers, one: ToldNumber, *, goes_on: bool, is_estimate: bool
) -> bool:
    """Whether a number is what came out, and not how, where, when or on whom it was measured.

    ``goes_on`` says that it goes on a list of outcomes, ``is_estimate`` that the text tells how
    sure it is.
    """
    start, end = one.span
    before = text[max(sentence.span.start, start - _REACH) : start]
    after = text[end : min(sentence.span.end, end + _REACH)]
    low = before.lower()
    said = bare_words(low)
    if (
        _is_aside(before, after, said)
        or _is_in_split(text, sentence.span, start)
        or is_p_value(text, sentence.span, start)
    ):
        return False
    if is_estimate or is_label(text, sentence, one, before, after):
        return is_estimate and why_no_outcome(text, one.span, sentence.span) is None
    if one.is_share:
        return not (SAMPLED_AFTER.match(after) or _is_condition(one, low, said, before, after))
    is_signed = text[start] == "+"
    if is_extent(text, one, before, after) or _is_condition(
        one, low, said, before, after, is_signed=is_signed
    ):
        return False
    is_measured = (
        (_DECIMAL.match(text, *one.span) and _CUE.search(before))
        or _PAIR_AFTER.match(after)
        or (_PAIR_IN_BRACKET.match(after) and _BRACKET_OPENS.search(before))
    )
    if (one.kind is QuantityKind.COUNT and not is_measured) or counts_thing(text, one, after):
        return goes_on or is_counted_outcome(text, one, before, after)
    is_bare = one.kind is QuantityKind.NUMBER and WHOLE.match(text, *one.span) is not None
    is_told = not is_bare or is_measured or goes_on or _CUE.search(before)
    return (
        bool(is_told or _is_scored(sentence, one))
        and why_no_outcome(text, one.span, sentence.span) is None
    )


def _is_aside(before: str, after: str, said: frozenset[str]) -> bool:
    """Whether it is an age, a follow-up, a part of the sample, a cause or a test statistic.

    ``said`` are the words before it, in lower case.
    """
    is_of = before.endswith(" of ")
    is_people = is_of or not _PEOPLE_WORDS.isdisjoint(said)
    if (is_people and _ABOUT_PEOPLE.search(before)) or (
        before.endswith(_TIES) and _P_BEFORE.search(before)
    ):
        return True
    is_case = (not _CASE_WORDS.isdisjoint(said) and _CASE.search(before)) or (
        any(map(before.__contains__, _CASE_OPENS)) and _OPENING_CASE.search(before)
    )
    if is_case and not _DIFFERS_AFTER.match(after):
        return True
    if "=" in before[-2:] and _TEST.search(before):
        return True
    is_fold = before.endswith(("is ", "are ")) and after[:1] in ":.," and _FOLD.search(before)
    if is_fold or (not _AGREED_WORDS.isdisjoint(said) and _AGREED.search(before)):
        return True
    if (
        _PEOPLE_AFTER.match(after)
        or _SPLIT_AFTER.match(after)
        or (not _MEANS.isdisjoint(said) and _FURTHER_MEAN.search(before))
        or (not _RULES.isdisjoint(said) and _RULED.search(before))
        or ("not" in said and _NOT_SO.search(before))
        or (not _SURPASSING.isdisjoint(said) and _SURPASSED.search(before) and "vs" not in after)
        or (any(map(after.__contains__, _ADVISED)) and _ADVISED_AFTER.match(after))
        or (_MATERIAL.match(after) and _GIVEN.search(before))
        or (after.startswith(" of ") and _TRIED_AFTER.match(after) and _TRIED_BEFORE.search(before))
    ):
        return True
    return is_of and bool(_CAUSE_BEFORE.search(before) and _CAUSE_AFTER.match(after))


_TIES = (": ", ", ", "and ", "or ", "±", "± ", "-", "- ", "−", "− ")
_P_BEFORE = re.compile(
    r"\b(?:confidence|credible) (?:levels?|limits?|bounds?): ?(?:[-+−]?[\d.]+, ?)?\Z"
    r"|(?:±|\+/[-−]) ?\Z|\b[pP]\s?[<>=≤≥]\s?\d?\.?\d+(?:, ?[<>=≤≥]? ?\d?\.\d+)*,? ?(?:and |or )?\Z"
)


def _is_condition(
    one: ToldNumber,
    low: str,
    said: frozenset[str],
    before: str,
    after: str,
    *,
    is_signed: bool = False,
) -> bool:
    """Whether a number says under which condition something was measured.

    One with a plus before it, which ``is_signed`` says, is a change and no bound.
    """
    if _LEVEL_AFTER.match(after) or _SOLUTION_AFTER.match(after):
        return True
    if not _CUT_OFF_WORDS.isdisjoint(said) and _CUT_OFF.search(before):
        return True
    if "scale" in said and _SCALE.search(before):
        return True
    setting = None if _SETTINGS_BEGIN.isdisjoint(said) else _SETTING.search(low)
    is_share = one.kind is QuantityKind.PERCENT
    is_achieved = setting and is_share and _ACHIEVED_NOUN.search(setting.group())
    if setting and not is_achieved and not tells_change(before):
        return True
    if not is_signed and _is_bound(one, before, after):
        return True
    return _SIGNS.search(before) is not None and _is_behind_sign(before)


def _is_behind_sign(before: str) -> bool:
    """Whether the sign before a number makes it a bound or a setting."""
    if (bound := _BOUND.search(before)) and bound["before"] not in _TELLING:
        return True
    equal = _EQUALS.search(before)
    return equal is not None and _is_setting(equal["name"], before)


def _is_setting(name: str, before: str) -> bool:
    """Whether what equals a number is a setting or a variable, and no statistic: "pH = 5"."""
    condition = _CONDITION.search(before)
    if _STATISTIC.match(name) is None or _NO_STATISTIC.match(name):
        return condition is not None or not ("_" in name or "\\" in name)
    # "a score of 80% at IoU = 0.5"
    return condition is not None and (len(name) < 2 or condition.group().startswith("at "))


_BEYOND = re.compile(r"(?P<verb>\w+) (?:[a-z]+er|more|less|worse) than (?:about |the )?\Z")
_REACHING = words(
    """is was are were be been takes took taken by to in within under achieves achieved reaches
    reached runs ran requires required at and needs need needed lasts lasted costs cost uses used
    has had have spent stays stayed remained"""
)
# "a cut-off of 12 points": where a test is called positive, not what came out
_CUT_OFF = re.compile(
    r"\b(?:cut-?(?:off|point)s?|cut (?:off|point)s?|thresholds?)\b"
    r"(?: (?:values?|scores?|levels?|points?))?(?: in the range)?"
    r"(?: (?:for|of|in) (?:the |an? )?(?:[\w/-]+ ){1,4}?)?"
    r"(?: ?(?:of|at|was|is|were|set at|set to|being|[:=(,]))? ?(?:at )?[<>≤≥~]? ?\Z"
    r"|\bpossible (?:(?:total |overall )?(?:scores?|points?)(?: of|:| =|,)? ?)?\Z",
    re.IGNORECASE,
)
# "Calm was 3 (scale 1-4)"
_SCALE = re.compile(r"[(,;] ?(?:[\w-]+ )?scale(?: of| from|:|,)? ?(?:\d+ ?(?:-|–|to) ?)?\Z")
_CUT_OFF_WORDS = words("cut cutoff cutoffs cutpoint cutpoints threshold thresholds possible")
_BOUNDED = frozenset({*EXTENTS, QuantityKind.NUMBER, QuantityKind.COUNT})
_DEFINED = re.compile(r"\b[Aa]n? (?:[\w-]+ ){1,3}of (?P<least>at least |≥ ?|more than )?\Z")
_IS_AFTER = re.compile(r" (?:or (?:more|greater|better|higher) )?(?:is|was|were|occurred) \w+")
_BARE_BRACKET = re.compile(r"\((?:[^()]{0,40}, )?(?:about |approximately |~)?\Z")
_COMPARING = re.compile(r"[^()]{0,40}\b(?:vs|versus|against|compared|than)\b")


def _is_bound(one: ToldNumber, before: str, after: str) -> bool:
    """Whether a number bounds or defines what is spoken of: "sites larger than 5 ha"."""
    if one.kind in _BOUNDED and " than " in before and (beyond := _BEYOND.search(before)):
        return beyond["verb"] not in _REACHING
    if " of " in before and (defined := _DEFINED.search(before)) and _IS_AFTER.match(after):
        return one.kind in EXTENTS or defined["least"] is not None
    if one.kind in EXTENTS and "(" in before and _BARE_BRACKET.search(before):
        return not _COMPARING.match(after)
    return False


_PAIR_AFTER = re.compile(r" (?:vs\.?|versus) \d+\.\d")
# "(6 vs 9 days; p < 0.04)"
_PAIR_IN_BRACKET = re.compile(
    r"(?: [a-zμµ°]{1,9})? (?:vs?\.?|versus) \d[\d,.]*\b(?!:)[^()]{0,30}[;,)]"
)
_BRACKET_OPENS = re.compile(r"\((?:[a-z -]{3,30}[,:]? )?\Z")
_CUE = re.compile(
    r"(?:\b(?:of|was|were|is|are|to|from|by|at|than|reach\w*|scor\w*|achiev\w+|attain\w*|obtain\w*"
    r"|vs\.?|versus|against|averag\w+|about|only|between|over|equals?)|[=≈]) ?[$~]?\Z"
)


def _is_scored(sentence: SentenceNumbers, one: ToldNumber) -> bool:
    """Whether a metric stands right before a number."""
    at = one.span.start
    return any(at - 3 <= metric.span.end <= at for metric in sentence.metrics)
