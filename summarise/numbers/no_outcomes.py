"""Numbers that are no outcome: of names, counts of people and things, how far and how long."""

from __future__ import annotations

import re

from summarise.models import QuantityKind
from summarise.numbers.groups import PEOPLE
from summarise.numbers.nouns import MEASURES
from summarise.numbers.values import SentenceNumbers, ToldNumber
from summarise.scan import DIGITS, SPELLED, words

_NAME_BEFORE = re.compile(r"\b[A-Z][\w-]* \Z")
_SPREAD_BEFORE = re.compile(r"\d\s?[(\[](?:\d[\d.]*; )?\Z")
_OUT_OF_ENDS = ("of", "of ", "/", "/ ")
_OUT_OF = re.compile(r"\d[.·]\d+ (?:out of|/) ?\Z")
_MATH_AROUND = re.compile(r":\d|\s?(?:\\(?:leq?|geq?|in|lt|gt|to|log|cdot|sqrt)\b|[{}^_])")
_MATH_ENDS = frozenset("{^_√/*+:×'’(")
_MATH_BEFORE = re.compile(
    r"(?:[{^_√/*]|\w\+|\d:|[×*]\s?|\\(?:leq?|geq?|in|log|frac|cdot)\s?|'|’|O\()\Z"
)
_LATITUDE = re.compile(r"\s?°\s?[NSEW]\b")
_TESLA = re.compile(r"\d(?:\.\d+)? ?T")
# "25(OH)D"
_SUBSTANCE_AFTER = re.compile(r"\([A-Z][A-Za-z]?\d?\)[A-Z]")
# "the richest 1% of farms"
_TOP = re.compile(
    r"\b(?:top|bottom|largest|smallest|richest|poorest|wealthiest|upper|lower|oldest|youngest|highest"
    r"|lowest|best|worst) \Z"
)
_SIZE = re.compile(r"\d ?[x×] ?\d|\d ?\\times ?\d")
_NUMBERED = words(
    """exon intron codon chromosome chapter item question figure table version zone lead class phase
    type grade stage line task step layer subtype genotype serotype section criterion category tier
    scenario experiment study trial aim objective hypothesis"""
)
"""What is told from others by a number: "exon 7", "non-type 2"."""
_FRACTION = re.compile(r"\d+/\d+\b")
_WORD_AFTER = re.compile(
    r" (?:pattern|type|stain|expression|phenotype|profile|status|genotype|allele|antibod)"
)
# A number in bold is no formula.
_SET_IN = ("\\textbf{", "\\mathbf{", "\\textit{", "\\emph{", "\\underline{")
# "rust-1, -2 and -4"
_HYPHENS = frozenset("-‐−")
_FURTHER_SUFFIX = re.compile(r"[^\W\d]-\d+(?:, -\d+)*,? (?:and |or |to )?\Z")
_VERSION = re.compile(r"\d{1,2}\.0")
_NO_NOUNS = MEASURES | words(
    """with from about over under only than between until after mean median average approximately
    nearly almost around roughly exactly least most versus plus minus equals above below were took
    rose fell grew reach reaches equal cost costs need needs used lasts"""
)


def is_label(
    text: str, sentence: SentenceNumbers, one: ToldNumber, before: str, after: str
) -> bool:
    """Whether its digits belong to a name, a formula or the size of a grid."""
    is_set = before.endswith(_SET_IN) and "}" not in text[one.span.start : one.span.end]
    if not is_set and (_is_in_formula(before) or _MATH_AROUND.match(after)):
        return True
    if _LATITUDE.match(after) or (after[:1] == "(" and _SUBSTANCE_AFTER.match(after)):
        return True
    if after[:4] == " of " and one.kind is QuantityKind.PERCENT and _TOP.search(before):
        return True
    # "4,096× 512 cells"
    is_grid = one.kind is QuantityKind.FACTOR and after.lstrip()[:1].isdigit()
    if (
        is_grid
        or _is_stain(text, one, before, after)
        or _SIZE.search(text, *one.span)
        or _TESLA.fullmatch(text, *one.span)
    ):
        return True
    return one.kind is QuantityKind.NUMBER and _is_named(text, sentence, one, before, after)


def _is_named(
    text: str, sentence: SentenceNumbers, one: ToldNumber, before: str, after: str
) -> bool:
    """Whether a bare number goes on what stands before it."""
    if _SPREAD_BEFORE.search(before) and after[:1] in (")", "]", ";"):
        return True
    word = before[:-1].rpartition(" ")[2].rpartition("-")[2].lower()
    if (before.endswith(" ") and word in _NUMBERED) or _is_version(text, one, before):
        return True
    at = one.span.start
    if text[at] in _HYPHENS and _FURTHER_SUFFIX.search(before):
        return True
    if not _NAME_BEFORE.search(before):
        return False
    if any(m.span.end <= at <= m.span.end + 2 for m in sentence.metrics):
        return False
    return at - sentence.span.start > len(before.split(" ", maxsplit=1)[0]) and after[:1] != "%"


def _is_in_formula(before: str) -> bool:
    """Whether what stands before it is an operator, or the first part of a score."""
    may_be = before[-1:] in _MATH_ENDS or before[-2:-1] in _MATH_ENDS or "\\" in before
    if may_be and _MATH_BEFORE.search(before):
        return True
    return before.endswith(_OUT_OF_ENDS) and _OUT_OF.search(before) is not None


def _is_version(text: str, one: ToldNumber, before: str) -> bool:
    """Whether a number is the version of what stands right before it: "craft 5.0"."""
    return bool(_VERSION.fullmatch(text, *one.span)) and _is_behind_noun(before)


def _is_stain(text: str, one: ToldNumber, before: str, after: str) -> bool:
    """Whether a fraction stands within a name: "rust 5/30 patterns"."""
    is_fraction = _FRACTION.match(text, *one.span) is not None
    return is_fraction and _WORD_AFTER.match(after) is not None and _is_behind_noun(before)


def _is_behind_noun(before: str) -> bool:
    """Whether a noun that measures nothing stands right before a number."""
    if not before.endswith(" "):
        return False
    word = before[:-1].rpartition(" ")[2]
    is_noun = len(word) > 3 and word.isalpha() and not word.endswith(("ed", "ly", "er", "ing"))
    return is_noun and word.lower() not in _NO_NOUNS


_NOUN_AFTER = re.compile(
    r" (?!(?:on|in|of|for|and|with|over|to|by|from|at|the|a|an|than|as|vs?|versus|compared|when"
    r"|while|or|using|across|respectively|is|are|was|were|but|which|that|after|before|under"
    r"|among|between"
    r"|against|without|whereas|relative|more|less|higher|lower|fewer|better|worse|points?|times"
    r"|percent|out|per|mean|median|average|overall|per)\b)[a-z]"
)
WHOLE = re.compile(rf"{DIGITS}\Z")


def counts_thing(text: str, one: ToldNumber, after: str) -> bool:
    """Whether a bare number counts the thing behind it."""
    if one.kind is not QuantityKind.NUMBER or not WHOLE.match(text, *one.span):
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
    r"|on average|an average of"
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
_CASES_AFTER = re.compile(
    rf"(?: [a-z-]+)? (?:{PEOPLE.pattern}|(?:specimens|knees|hips|breasts|limbs|tumou?rs)\b)"
)
_SHARE_AFTER = re.compile(r"(?: [a-z]+)? \(\d")
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
SAMPLED_AFTER = re.compile(
    r"(?! of (?:the |these |our |all )?(?:[a-z-]+ ){0,2}(?:women|men|males?|females?)\b)"
    r" (?:[\w-]+ ){0,3}(?:were |was )?(?:eligible|included|enrolled|recruited|randomi[sz]ed|women"
    r"|men|males?|females?|returned|agreed to|consented|completed|dropped out|withdrew|planned"
    r"|participated|lost to)\b"
)


# "There were 212 patients, of whom 96 were women"
_THERE_WERE = re.compile(r"\b[Tt]here were (?:a total of )?\Z")
_IS_SAMPLE = re.compile(
    r"(?: with [\w ]{3,40})?(?:[.:]| and \d|,? (?:of (?:which|whom)"
    r"|in (?:the|this|our) (?:[a-z]+ )?(?:study|sample|cohort|series|group|analysis)"
    r"|with a (?:mean|median)|who met|eligible)\b)"
)


def is_counted_outcome(text: str, one: ToldNumber, before: str, after: str) -> bool:
    """Whether it was the aim to count: "found 36 bugs", "12 patients died", not "on 12 bugs"."""
    are_cases = _CASES_AFTER.match(after) or _CASES_AFTER.match(f" {one.unit}")
    if are_cases and _HAPPENED_IN.search(before) and not _SHARE_AFTER.match(after):
        return True
    if _COMPARED_THINGS.search(one.unit):
        return False
    if not text[one.span.start].isdigit():
        last = before.removesuffix(" and ").rstrip(",").rpartition(" ")[2].lower()
        if last.partition("-")[0] in SPELLED:
            # The last of "nine, four and six owls"
            return False
        return bool(_CLAUSE_BEFORE.search(before) and _FATE_AFTER.match(after))
    if _FINDING.search(before):
        return not (_THERE_WERE.search(before) and _IS_SAMPLE.match(after))
    is_fate = _CLAUSE_BEFORE.search(before) and _FATE_AFTER.match(after)
    return bool(is_fate) or one.unit.startswith("fewer ")


EXTENTS = frozenset({QuantityKind.MEASURE, QuantityKind.TIME})
_ABOUT = (
    r"(?:(?:about|around|approximately|only|up to|over|nearly|almost|at least|at most|just"
    r"|more than|less than|fewer than|~|≈) ?)?"
)
_WITHIN = re.compile(
    r"\b(?:within|along|every|for|after|over|during|below|above|per|between|until|till|before|since"
    r"|throughout|up to|older than|younger than|links of|(?<!compared )with|in|every|exceeding"
    r"|first|last|past|next|at)"
    rf" (?:the |a |an |each |only |(?:first|last|past|next|previous) ){{0,2}}{_ABOUT}\Z",
    re.IGNORECASE,
)
# "at 6 and 9 kHz", "at 2, 4, and 9 years"
_LISTED_AT = re.compile(
    r"\b(?:at|after|for|over|during|within) (?:\d[\d.]*(?:°|[ -](?:hour|day|week|month|year)s?)?"
    r"(?:, (?:and |or )?| and | or )){1,6}\Z"
)
_LIST_ENDS = (", ", " and ", " or ")
_LIST_OF_TIMES = re.compile(
    r"(?:, (?:and |or )?| and | or )(?:\d[\d.]*(?:, (?:and |or )?| and | or )){0,5}\d[\d.]*[ -]?"
    r"(?:(?:second|minute|hour|day|week|month|year)s?|min|h|[kMG]?Hz|[cmk]?m|K|°C)\b"
)
_AT = re.compile(r"\b(?:at|after|for|over|during|within) (?:\d[\d.]*, ){0,5}\Z")
_GIVEN_DOSE = re.compile(
    r"\b(?:given|receiv\w+|administered|injected|taking|infus\w+|doses? of) (?:an? |only )?\Z"
)
_DOSE = re.compile(r"[\d.,]+ ?(?:[mµμ]?g|mL|ml|IU|Gy|mmol|units?)(?:/\w+)*\Z")
_STANDS = re.compile(
    r"\b(?:works?|operat\w+|stood|stands?|stays?|stayed|remain\w*|peak\w*|estimated|measured|valued"
    r"|converg\w+|saturat\w+|mapped|run|runs|complet\w+|finish\w*|take[sn]?|solved|processed"
    r"|generated|done) (?:at|in|with) [a-z ]{0,12}\Z"
)
_OF_TIME_AFTER = re.compile(
    r"[\s-]?(?:of )?(?:follow|later\b|ago\b|old\b|apart\b|prior\b|or (?:more|older|longer|less"
    r"|younger|above|below|higher)|post|after (?:the|treatment|surgery|baseline|\w+ion\b)|from now"
    r"|of (?:age|treatment|therapy|training|data|audio|video|speech|experience|storage|culture))"
)
_PERIOD_AFTER = re.compile(
    r"(?! ?[a-zµμ]{1,3}(?:[-−]\d|[⁻¹²³^]))[ -](?!(?:\w+[ -]){0,2}?(?:benefit|gain|improvement"
    r"|increase|reduction|difference|delay"
    r"|extension|decrease|longer|shorter|faster|slower|lag|loss|advantage)s?\b)"
    r"(?!(?:in|with|for|vs|versus|and|or|compared|than|per|on|to|from|at|after|before|when|while|is"
    r"|was|but|by|the|as|under|over|during|without|within|among|between|across|through|against|of"
    r"|which|that|then|only|using|via|higher|lower|more|less|better|worse|older|later|and|so|since"
    r"|because|if|where|overall|relative|above|below|were|are|has|had|have|whereas|respectively"
    r"|until|into|along|each|both|rather|instead|compared)\b)[A-Za-z]"
)
# The first of "30 day and 1 year mortality"
_TIMES_GO_ON = re.compile(r"(?:,| and| or) \d+[ -](?:hour|day|week|month|year)s?[ -](?!\()[a-z]")
_REACHED = re.compile(
    r"\b(?:achiev|reach|attain|yield|obtain|deliver|provid|show|exhibit|giv)\w* (?:an? )?\Z"
)
_RATHER_AFTER = re.compile(r",? (?:rather than|instead of|compared (?:with|to)|versus|vs\.?) ")
_CHANGED = re.compile(r"\bfrom (?:[^.;]|\.\d){1,40} to (?:about |only )?\Z")
_CHANGED_FROM = re.compile(r"\bfrom (?:about |only )?\Z")
_ADJECTIVE = re.compile(r"(?:[\d.,]+|[A-Za-z]+)[-‐](?!one\b|two\b)[^\W\d_]\S*\Z")
_DEFINED_AS = re.compile(r"\bdefined as [^();]*\Z")
# "4-6 months (OR: 3.6"
_RATIO_AFTER = re.compile(
    r" \((?:adjusted |crude )?(?:(?:odds|hazard|risk|rate) ratio|a?[HOR]R\b)", re.I
)
_FROM_BEFORE = re.compile(r"\bfrom (?:[\d.]+ ?\S{0,4} to )?\Z", re.IGNORECASE)
_CHANGING = re.compile(
    r"\b(?:increas|decreas|ris|rose|fell|fall|drop|reduc|improv|shorten|lengthen|gr[eo]w"
    r"|declin|chang"
    r"|lower|rais|cut|shr[aiu]nk|extend|slow|went|prolong|boost|slash)\w*\b",
    re.IGNORECASE,
)
# "Yields ranged from 2 to 5 t", not "ages ranged from".
_RANGED = re.compile(
    r"\b(?:(?:varied|ranged|varies|ranges?|vary) (?:from|between)"
    r"|(?:was|were|is|are|lay|lies?|fell) (?:with)?in (?:the|a) range(?: of| from| between)?"
    r"|levels from) \Z"
)
_PEOPLE_RANGE = re.compile(
    r"\b(?:[Aa]ges?|[Dd]os(?:es?|ages?)|[Ff]ollow-up|[Tt]imes?)\b[^.;]{0,40}\Z"
)
_SINCE_AFTER = re.compile(r" (?:after|before|following|post|prior to)\b")
_TOLD = re.compile(r"(?:\b(?:is|was|were|of|by|to|averaged|lasted|took|than)|[=(]) ?\Z")
# "after four sessions of 20 min"
_SESSION = re.compile(
    r"\b(?:treatments?|sessions?|exposures?|courses?|applications?|irradiations?|meetings?|lessons?"
    r"|bouts|videos|recordings|immersions?) of (?:about |only |up to )?(?:\d[\d.]*(?:-|–| to ))?\Z"
)
_FOR_SO_LONG = re.compile(r" of (?!the\b|benefit|gain|delay|improvement|reduction|life)[a-z-]+")
_TOOK = re.compile(
    r"\b(?:is|was|were|are|took|takes?|requir\w+|needs?|needed|by|to|than|of|mean|median"
    r"|average|sav\w+"
    r"|lost|gain\w*) (?:about |only |an? |approximately )?\Z"
)
_PEOPLE_BEFORE = re.compile(
    r"\b(?:men|women|males|females|patients|children|adults|girls|boys|people|participants"
    r"|subjects)"
    r" (?:from |between |of )?(?:\d+ (?:to|and) )?\Z"
)


def _is_time(before: str, after: str) -> bool:
    """Whether a time is since when, for how long, or how old: "within 5 min of cues"."""
    if _SINCE_AFTER.match(after) and not _TOLD.search(before):
        return True
    if _FOR_SO_LONG.match(after) and not _TOOK.search(before):
        return True
    if " of " in before and _SESSION.search(before):
        return True
    return _PEOPLE_BEFORE.search(before) is not None


def is_extent(text: str, one: ToldNumber, before: str, after: str) -> bool:
    """Whether a time or a measure says how far or how long: "at 45 K", "12-week course"."""
    if one.kind not in EXTENTS:
        is_first = one.kind is QuantityKind.NUMBER and _LIST_OF_TIMES.match(after)
        return bool(is_first and _AT.search(before))
    is_defined = "defined as " in before and _DEFINED_AS.search(before)
    is_dose = _DOSE.match(text, *one.span) and _GIVEN_DOSE.search(before)
    if is_defined or is_dose or (before.endswith(_LIST_ENDS) and _LISTED_AT.search(before)):
        return True
    if _RATHER_AFTER.match(after) or (_CHANGED.search(before) and _CHANGING.search(before)):
        return False
    if (
        _TIMES_GO_ON.match(after)
        or (after[:2] == " (" and _RATIO_AFTER.match(after))
        or _OF_TIME_AFTER.match(after)
        or (one.kind is QuantityKind.TIME and _is_time(before, after))
    ):
        return True
    is_period = _PERIOD_AFTER.match(after) and not _REACHED.search(before)
    if is_period or _ADJECTIVE.match(text, *one.span):
        return True
    return _is_reach(before)


def _is_reach(before: str) -> bool:
    """Whether what stands before a number says from where, till where or how far."""
    if _RANGED.search(before) and not _PEOPLE_RANGE.search(before):
        return False
    is_from = before[-5:].lower().endswith(("from ", " to ")) and _FROM_BEFORE.search(before)
    if is_from and not _CHANGING.search(before):
        return True
    return _WITHIN.search(before) is not None and not _STANDS.search(before)


def tells_change(before: str) -> bool:
    """Whether what stands before a number says that something changed from or to it."""
    is_from = _CHANGED.search(before) or _CHANGED_FROM.search(before)
    return is_from is not None and _CHANGING.search(before) is not None
