"""Which numbers say how, where, when or on whom something was measured, not what came out."""

from __future__ import annotations

import re

from summarise.ground import why_no_outcome
from summarise.models import QuantityKind
from summarise.numbers.extents import EXTENTS, is_extent
from summarise.numbers.groups import PEOPLE
from summarise.numbers.values import SentenceNumbers, ToldNumber
from summarise.scan import bare_words, words

_REACH = 60

_SETTING_NOUN = (
    r"(?:temperatures?|pressures?|depths?|distances?|diameters?|thickness(?:es)?|ages?|doses?"
    r"|dosages?|concentrations?|radius"
    r"|frequenc(?:y|ies)|wavelengths?|energ(?:y|ies)|speeds?|ranges?|periods?|budgets?|lengths?"
    r"|sizes?|windows?|horizons?|probabilit(?:y|ies)|levels?|thresholds?|intervals?|durations?"
    r"|heights?|altitudes?|latitudes?|intensit(?:y|ies)|mass(?:es)?|resolutions?|follow-up|ph|bmi"
    r"|redshifts?|payloads?|loads?|powers?|densit(?:y|ies)|volumes?|scales?|widths?|steps?"
    r"|samples?|confidence|overlaps?"
    r"|(?:heating|cooling|scan(?:ning)?|flow|sampling|learning|shear|strain|repetition) rates?)"
)
# Of a text in lower case.
_SETTING = re.compile(
    r"\b(?:at|for|over|across|under|spanning|within|in|with|to|from|of|covering|between|on"
    r"|containing|using) "
    rf"(?:[\w'’-]+ ){{0,3}}?{_SETTING_NOUN} ?(?:\([^()]{{1,20}}\) ?)?"
    r"(?:(?:of|from|between|up to|down to|above|below|at|to|around|is|longer than|larger than"
    r"|greater than|less than|as \w+ as|[=<>≤≥~]|exceeding|ranging from) ?)?"
    r"(?:[$]?\d[\d.,]*[$]?[^\d.;,]{0,8} (?:to|and|or) |(?:\d[\d.]*, (?:and |or )?){1,4})?[$~]?\Z"
)
_SETTINGS_BEGIN = words(
    """at for over across under spanning within in with to from of covering between on
    containing using"""
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
    r"|η2?|ES"
    r"|[A-Za-z][\w/-]{2,}|[A-Za-z]{2})[)}$]*\Z"
)
_LEVEL_AFTER = re.compile(
    r"[ -]?(?:(?:/spl mu/m|[μµu]m|mum|nm)?[ -](?:[\w-]+ )?(?:CMOS|process|technology|node)\b"
    r"|(?:points? )?scale\b|confidence|significance|credib|CL\b|C\.L\.|power\b|threshold"
    r"|LoA\b|limits? of agreement|(?:as (?:the|an?) (?:[\w-]+ )?)?cut-?off"
    r"|(?:upper|lower) (?:limit|bound)|level of|identity"
    r"|or (?:more|higher|greater|less|above|below|better)\b|training"
    r"|test(?:ing)? (?:set|split)|quantile|percentile)"
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


# "the recommended range of guidelines (50%"
_RULES = words("recommended recommendation recommendations guideline guidelines")
_RULED = re.compile(r"\b(?:recommend\w*|guidelines?)\b[^.;()]{0,30} \(?[≈~]? ?\Z")


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
    if _is_aside(before, after, said):
        return False
    if is_estimate or _is_label(text, one, before, after):
        return is_estimate and why_no_outcome(text, one.span, sentence.span) is None
    if one.is_share:
        return not (_SAMPLED_AFTER.match(after) or _is_condition(one, low, said, before, after))
    if is_extent(text, one, before, after) or _is_condition(one, low, said, before, after):
        return False
    is_measured = _PAIR_IN_BRACKET.match(after) is not None
    if (one.kind is QuantityKind.COUNT and not is_measured) or _counts_thing(text, one, after):
        return _is_counted_outcome(text, one, before, after)
    is_bare = one.kind is QuantityKind.NUMBER and _WHOLE.match(text, *one.span) is not None
    is_told = not is_bare or is_measured or goes_on or _CUE.search(before)
    return bool(is_told) and why_no_outcome(text, one.span, sentence.span) is None


def _is_aside(before: str, after: str, said: frozenset[str]) -> bool:
    """Whether it is an age, a follow-up, a part of the sample, a cause or a test statistic.

    ``said`` are the words before it, in lower case.
    """
    is_people = before.endswith(" of ") or not _PEOPLE_WORDS.isdisjoint(said)
    return bool(
        (is_people and _ABOUT_PEOPLE.search(before))
        or (before.endswith(_TIES) and _P_BEFORE.search(before))
        or (not _CASE_WORDS.isdisjoint(said) and _CASE.search(before))
        or (not _RULES.isdisjoint(said) and _RULED.search(before))
        or _PEOPLE_AFTER.match(after)
    )


_TIES = (": ", ", ", "and ", "or ", "±", "± ", "-", "- ", "−", "− ")
_P_BEFORE = re.compile(
    r"\b(?:confidence|credible) (?:levels?|limits?|bounds?): ?(?:[-+−]?[\d.]+, ?)?\Z"
    r"|(?:±|\+/[-−]) ?\Z|\b[pP]\s?[<>=≤≥]\s?\d?\.?\d+(?:, ?[<>=≤≥]? ?\d?\.\d+)*,? ?(?:and |or )?\Z"
)


def _is_condition(one: ToldNumber, low: str, said: frozenset[str], before: str, after: str) -> bool:
    """Whether a number says under which condition something was measured."""
    if _LEVEL_AFTER.match(after):
        return True
    if not _SETTINGS_BEGIN.isdisjoint(said) and _SETTING.search(low):
        return True
    if _is_bound(one, before, after):
        return True
    return _SIGNS.search(before) is not None and _is_behind_sign(before)


def _is_behind_sign(before: str) -> bool:
    """Whether the sign before a number makes it a bound or a setting."""
    if (bound := _BOUND.search(before)) and bound["before"] not in _TELLING:
        return True
    equal = _EQUALS.search(before)
    return equal is not None and _STATISTIC.match(equal["name"]) is None


_BEYOND = re.compile(r"(?P<verb>\w+) (?:[a-z]+er|more|less|worse) than (?:about |the )?\Z")
_REACHING = words(
    """is was are were be been takes took taken by to in within under achieves achieved reaches
    reached runs ran requires required at and needs need needed lasts lasted costs cost uses used
    has had have spent stays stayed remained"""
)
_BOUNDED = frozenset({*EXTENTS, QuantityKind.NUMBER, QuantityKind.COUNT})
_BARE_BRACKET = re.compile(r"\((?:[^()]{0,40}, )?(?:about |approximately |~)?\Z")
_COMPARING = re.compile(r"[^()]{0,40}\b(?:vs|versus|against|compared|than)\b")


def _is_bound(one: ToldNumber, before: str, after: str) -> bool:
    """Whether a number bounds or defines what is spoken of: "sites larger than 5 ha"."""
    if one.kind in _BOUNDED and " than " in before and (beyond := _BEYOND.search(before)):
        return beyond["verb"] not in _REACHING
    if one.kind in EXTENTS and "(" in before and _BARE_BRACKET.search(before):
        return not _COMPARING.match(after)
    return False


# "(6 vs 9 days; p < 0.04)"
_PAIR_IN_BRACKET = re.compile(
    r"(?: [a-zμµ°]{1,9})? (?:vs?\.?|versus) \d[\d,.]*\b(?!:)[^()]{0,30}[;,)]"
)
_CUE = re.compile(
    r"(?:\b(?:of|was|were|is|are|to|from|by|at|than|reach\w*|scor\w*|achiev\w+|attain\w*|obtain\w*"
    r"|vs\.?|versus|against|averag\w+|about|only|between|over|equals?)|[=≈]) ?[$~]?\Z"
)


_SPREAD_BEFORE = re.compile(r"\d\s?[(\[](?:\d[\d.]*; )?\Z")
_MATH_AROUND = re.compile(r":\d|\s?(?:\\(?:leq?|geq?|in|lt|gt|to|log|cdot|sqrt)\b|[{}^_])")
_MATH_ENDS = frozenset("{^_√/*+:×'’(")
_MATH_BEFORE = re.compile(
    r"(?:[{^_√/*]|\w\+|\d:|[×*]\s?|\\(?:leq?|geq?|in|log|frac|cdot)\s?|'|’|O\()\Z"
)
_SIZE = re.compile(r"\d ?[x×] ?\d|\d ?\\times ?\d")


def _is_label(text: str, one: ToldNumber, before: str, after: str) -> bool:
    """Whether its digits belong to a name, a formula or the size of a grid."""
    if _is_in_formula(before) or _MATH_AROUND.match(after) or _SIZE.search(text, *one.span):
        return True
    return one.kind is QuantityKind.NUMBER and _SPREAD_BEFORE.search(before) is not None


def _is_in_formula(before: str) -> bool:
    """Whether what stands before it is an operator."""
    may_be = before[-1:] in _MATH_ENDS or before[-2:-1] in _MATH_ENDS or "\\" in before
    return may_be and _MATH_BEFORE.search(before) is not None


_NOUN_AFTER = re.compile(
    r" (?!(?:on|in|of|for|and|with|over|to|by|from|at|the|a|an|than|as|vs?|versus|compared|when"
    r"|while|or|using|across|respectively|is|are|was|were|but|which|that|after|before|under"
    r"|among|between"
    r"|against|without|whereas|relative|more|less|higher|lower|fewer|better|worse|points?|times"
    r"|percent|out|per|mean|median|average|overall|per)\b)[a-z]"
)
_WHOLE = re.compile(r"\d[\d,]*\Z")


def _counts_thing(text: str, one: ToldNumber, after: str) -> bool:
    """Whether a bare number counts the thing behind it."""
    if one.kind is not QuantityKind.NUMBER or not _WHOLE.match(text, *one.span):
        return False
    return _NOUN_AFTER.match(after) is not None


_COMPARED_THINGS = re.compile(
    r"(?:models?|methods?|baselines|approaches|algorithms|datasets|data sets|benchmarks|corpora"
    r"|tasks?|languages|domains|settings|metrics|categories|tracks|aspects|dimensions|epochs"
    r"|questions|features|steps|layers|parameters|variants|studies|trials|articles|papers|groups"
    r"|countries|centers|centres|sites|participants|subjects|volunteers|interviews|runs|seeds)$"
)
_AMOUNT = (
    r"(?:(?:a total of|about|around|approximately|up to|at least|only|all|another|an?|some) )?"
)
_FINDING = re.compile(
    r"\b(?:finds?|found|identif(?:y|ies|ied)|detect(?:s|ed)?|uncover(?:s|ed)?|discover(?:s|ed)?"
    r"|reveal(?:s|ed)?|yield(?:s|ed)?|expos(?:es?|ed)|catch(?:es)?|caught|fix(?:es|ed)?"
    r"|solv(?:es?|ed)|recover(?:s|ed)?|observed?|achiev(?:es?|ed)|prevent(?:s|ed)?|confirm(?:s|ed)?"
    r"|produc(?:es?|ed)|generat(?:es?|ed)|w[io]ns?|requir(?:es?|ed)|takes?|took|needs?|needed"
    r"|there (?:was|were|are)|of which|(?:rose|fell|increased?|decreased?|rises?|falls?|grew|grows"
    r"|dropp?(?:ed|s)|reduced|declined|improved)(?: [\w ]{1,30})? (?:to|by|from)"
    rf"|vs\.?|versus|number of [\w ]{{1,40}} (?:was|were|is|to|by|from)) {_AMOUNT}\Z",
    re.IGNORECASE,
)
# "Leaks occurred in 4 patients"
_HAPPENED_IN = re.compile(
    r"\b(?:occurr\w+|recorded|observed|noted|seen|found|detected|needed|required|identified|present"
    r"|documented|achieved|reported|successful|positive|developed|performed successfully|failed"
    r"|confirmed|encountered|controlled|complete)(?: [a-z-]+){0,3}? in (?:only |all |another )?\Z"
)
_CASES = re.compile(
    rf"(?: [a-z-]+)? (?:{PEOPLE.pattern}|(?:specimens|knees|hips|breasts|limbs|tumou?rs)\b)"
)
_CLAUSE_BEFORE = re.compile(
    r"(?:^|[.;:,]\s|\b(?:and|while|whereas|but|that)\s)(?:RESULTS: |of which |of these, )?"
    rf"{_AMOUNT}\Z",
    re.IGNORECASE,
)
_FATE_AFTER = re.compile(
    r"(?: (?!(?:included|enrolled|were included|completed|participated|who|that)\b)[a-z-]+){0,6}?"
    r" (?:died|received|developed|showed|achieved|reported|experienced|survived|relapsed|responded"
    r"|required|underwent|preferred|failed|passed|remained|recovered|improved|occurred|progressed"
    r"|(?:was|were) (?:not )?(?!included|enrolled|recruited|randomi|analy|eligible|assigned"
    r"|screened|studied|assessed|evaluated|invited|selected|sampled|collected|reviewed"
    r"|retrieved|used|tested"
    r"|initiated|approached|referred|identified|followed|performed|obtained|taken|available|carried"
    r"|allocated|examined|interviewed|surveyed|women|men|male|female|white|aged)\w+)\b"
)
_SAMPLED_AFTER = re.compile(
    r" (?:[\w-]+ ){0,3}(?:were |was )?(?:eligible|included|enrolled|recruited|randomi[sz]ed|women"
    r"|men|males?|females?|returned|agreed to|consented|completed|dropped out|withdrew|planned"
    r"|participated|lost to)\b"
)


def _is_counted_outcome(text: str, one: ToldNumber, before: str, after: str) -> bool:
    """Whether it was the aim to count: "found 36 bugs", "12 patients died", not "on 12 bugs"."""
    if _CASES.match(f" {one.unit}") and _HAPPENED_IN.search(before):
        return True
    if _COMPARED_THINGS.search(one.unit):
        return False
    if text[one.span.start].isdigit() and _FINDING.search(before):
        return True
    return bool(_CLAUSE_BEFORE.search(before) and _FATE_AFTER.match(after))
