"""The verbs and the joints that tie a number to the noun that it measures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from summarise.models import Span
from summarise.numbers import PEOPLE_WORDS, as_said, measure_behind, telling
from summarise.scan import Ended, one_of

# "r=0.48", "OR, 1.860", "FD: β, 0.112", "odds ratio [OR] 4.5", "AUC of 0.87", "pass@1 (67.4%"
_LETTERS = r"(?:[rRρβκγητχd]|rho|tau|kappa|[ηχR]\^?[2²]|[rR]\(2\)|R-?squared)"
STATISTIC = Ended(
    ("of", "was", "were", "from", *"(=,:≈<>≤≥~", *ascii_uppercase),
    rf"(?:(?<![\w-])(?P<letter>(?:(?:Pearson|Spearman|Cohen)(?:'s|’s)? )?{_LETTERS})"
    r"(?: ?[=,:]| of| was| ?≈)"
    r"|(?<![\w-])(?P<acronym>[A-Za-z]{0,2}[A-Z][A-Z\d]{1,7}(?:/[A-Z][A-Z\d]{1,6})?(?:@\d+)?)"
    r"(?: \w\d)? ?(?:[=:]|(?P<comma>,))"
    r"|(?<![\w-])(?P<before>PPV|NPV|AUC|AUROC|ICC|NNT) \("
    r"|(?<![\w-])(?P<interval>a?[OHR]R|IRR) [(\[](?:\d\d% ?)?Cr?I[)\]]"
    r" (?:ranged from|ranging from|was|were|of)"
    r"|(?<=[(\[])(?P<opening>[a-z]{0,2}[A-Z]{2,5}) "
    r"|\b(?P<ratio>(?:(?:odds|hazard|risk|rate) ratio|OR|HR|RR)) (?:per|for|comparing|of|in) "
    r"[^()\[\]=;,]{3,70}[=,:]) ?"
    r"[<>≤≥~≈]?\Z",
)
# "0.93 ± 0.02 in SSIM", "3-12% on RMSE"
IN_METRIC = re.compile(
    r"\s?(?:\\?%|dB|points?)?(?:\s?(?:±|\+/?-|\$\\pm\$) ?[\d.]+%?)?(?: (?:dB|points?))? (?:in|on) "
    r"(?:the )?"
)
OF = re.compile(
    r" (?:by between|of|ranging (?:from|between)|equal to|exceeding|reaching|between|above"
    r"|below|by|from|at)"
    r" ?\Z"
)
# "root gap error (RGE) of 3%"
ACRONYM = Ended(")", r" \([A-Za-z]*[A-Z][\w@.-]{0,11}\)\Z")
# "an effect on moult (=0.8)": a coefficient whose letter was lost
EFFECT_ON = re.compile(r"\b(?:effects?|impact|influence) on (?:the |their )?[^(),;]{1,60}\Z")
DIFFERS = re.compile(
    r"(?:\b(?:higher|lower|greater|better|worse|less|more|in terms of"
    r"|(?:differed|lower|higher|better|worse) in)|[\d)]\)? and) \Z"
)
COPULA = re.compile(
    r" (?:(?:is|are|was|were|be|lies?|lay|stands?|stood|remained|remains|reached|reaches"
    r"|averaged|averages|fell|falls|rose"
    r"|rises|drops|dropped|increased|increases|decreased|decreases|declined|declines|grew|grows"
    r"|improved|improves|shrank|shrinks|doubled|went|ranged|ranges|differed|changed|stayed|stays"
    r"|changes|varies|numbered|exceeded|exceeds|recovered|amounted|amounts|totalled|totaled"
    r"|varied|occurred|(?:has|have|had)"
    r" been)"
    r"(?: (?:significantly|substantially|markedly|consistently|only|still|also|then|even|further"
    r"|reduced|increased|lowered|raised|improved|estimated|found|observed|calculated|reported|seen"
    r"|measured|determined|present|detected|identified|isolated|recorded|confirmed"
    r"|equal|higher|lower|up|down|slightly|strongly|on average|noted))*"
    r"(?: (?:by|from|to|at|as|in|between|within))?(?: be)?(?: (?:below|above|under|over))?) ?\Z"
)
IN_WORDS = re.compile(
    r" did not (?:differ|change)\b|"
    r" (?:was|were|is|are) (?:half|twice|[\w.]+ times|[\w-]+fold) as [a-z]+\b|"
    r" (?:was|were|is|are|remained)(?: (?:not|also|significantly|substantially|markedly|much"
    r"|slightly|statistically|consistently|more|less|most|the))*"
    r" (?:higher|lower|greater|smaller|larger|longer|shorter|similar|comparable|different|better"
    r"|worse|frequent|common|reduced|increased|improved|elevated|highest|lowest|largest)\b"
)
OBJECT = re.compile(
    r"\b(?:increas|reduc|lower|rais|cut|improv|decreas|narrow|lift|boost|shorten|extend|halv|doubl"
    r"|enhanc|chang|surpass|sav)(?:e|es|ed|ing|s|ts|ting)? "
    r"(?:the |its |a |an |their |annual |reported )?"
)
OBJECT_GAP = re.compile(r"(?:, and |, | and )(?:the |its |their )?")
# "cuts the wear of ropes and nets": of what, and no second object
WITHIN_OBJECT = re.compile(r"\b(?:between|of|for|in|on|from|to|with|among)\b")
BY = Ended(("by", "to", "from"), r" (?:by|to|from) ?\Z")
GAPPED = Ended(
    ("by", "to"),
    r" (?:by|to) (?:[^\s,;()]+ ){1,4}?(?:and|, and) (?:the |its |their )?"
    r"(?P<metric>(?!\w+(?:[^s]s|ed|ing) \w)[A-Za-z][\w-]*(?: [A-Za-z][\w-]*){0,2}) (?:by|to) ?\Z",
)
OBJECT_END = re.compile(r" (?:of|by|from|to|on|in|for|at|with|after|among|and|while|compared)\b|,")
ADJUNCT = re.compile(
    r"(?: \([^()]{1,60}\))?(?:,[^,;:]{1,80},)?"
    r"(?: (?:of|for|in|at|on|among|with|between|within|near|per|to|from|during|after|by|under"
    r"|across|without|against)"
    r"\b[^;:]{0,120})?"
)
PARTICIPLE = re.compile(r"[a-z]+(?:ed|ing)\b.*")
COMPLEMENT = re.compile(
    r" (?:of|per|at|to|under) (?:the )?(?!models?\b|methods?\b|systems?\b)[a-z\d][\w%+/-]*"
    r"(?: (?!(?:in|among|for|after|during|between|by|on|from|and)\b)[\w%+/-]+){0,5}"
)
SUBJECT_START = re.compile(
    r"(?:, (?:and |or )?| that |: )(?:the |their |its |an? |our )?| and (?:the|their|its) "
)
# "growth in dry, damp, and wet plots was": of whom, up to the last of them
OF_WHOM = re.compile(
    r"\b(?:in|of|for|with|among|between|on|by) (?:the )?[\w -]{1,30}(?:, [\w -]{1,30})+,"
    r" (?:and|or) \Z"
)
# Nor has "between A and the B was" a subject of its own behind "and".
NO_SUBJECT = re.compile(rf"\bbetween [^,;()]{{1,80}} and (?:the |their |its )\Z|{OF_WHOM.pattern}")
FIRST_DETERMINER = re.compile(
    r"(?:[•*-] )?(?:[Tt]he |[Aa]n? |[Ii]ts |[Tt]heir |[Oo]ur )?"
    r"(?:(?:[Mm]ean|[Mm]edian|[Aa]verage) [(\[][^()\[\]]{1,24}[)\]] )?"
)
CHANGE_IN = re.compile(
    r"\b(?:differences?|changes?|reductions?|increases?|decreases?|declines?|improvements?|gains?"
    r"|drops?|rise|fall|savings?|loss|enhancements?)(?P<seen> was| were)?(?: \w+)? in"
    r" (?:the |their |its )?"
)
CHANGE_OF = re.compile(
    r"(?:[a-z-]+ )?(?:differences?|changes?|reductions?|increases?|decreases?|declines?|gains?"
    r"|improvements?|drops?|rise) (?:in|(?P<sides>between)) (?:the )?(?![A-Z][a-z]+\b)"
)
CHANGE_IN_AFTER = re.compile(
    r"[-‐]?(?: ?percentage[ ‐-]points?)?"
    r"(?: \(?(?:relative|absolute|average|mean|median|significant|overall)\)?)?"
    r" (?:differences?|changes?|reductions?|increases?|decreases?|declines?|improvements?|gains?"
    r"|drops?|rise|fall|savings?|boost|enhancements?)(?: in| of) (?:the |their |its )?"
)
WHOSE_BEFORE = re.compile(r"\b(?:on|in|for|with|by|among|between|under) (?:the )?\Z")
SUBJECT_GAP = re.compile(r", and |, | and ")
COORDINATED = re.compile(
    r"(?:[)\]] [A-Z][\w-]*(?: [a-z]+)?(?=,| and\b))?(?: \([^()]{1,90}\))?(?: (?:on|for|in|with"
    r"|at|of|by|among|to) [^,;()]{1,50}?)?,? ?"
    r"(?:and |or |, )?"
    r"(?:that of [^,;()]{1,40} |[a-z]+ (?=(?:with|at|in|by) ))?(?:(?:from|by|in|at|with|to) )?\Z"
    r"|(?: \([^()]{1,20}\))? to \Z"
)
COMPARED_AFTER = re.compile(
    r" (?:fewer|more|less|higher|lower|greater|better|as many|as much"
    r"|(?:times )?(?:shorter|longer|smaller|larger|faster|slower|stronger|weaker)) "
)
NEXT_VALUES = re.compile(r"(?:,? (?:and|or|to|vs\.?|versus) [-+]?\d[\d.,]*(?:\s?[%°]|\s\w+)?)?")
# "reaches 3% and 4% RGE in ponds"
ACRONYM_AFTER = re.compile(
    r" (?P<metric>[A-Z][a-zA-Z]{0,2}[A-Z][A-Z@\d-]{0,8})"
    r"(?= (?:on|in|for|at|over|and|with|across|when)\b|[,.;)])"
)
ACHIEVED = re.compile(
    r"\b(?:achiev|reach|obtain|attain|yield|deliver|record)\w* (?:an? |up to )?"
    r"(?:[\d.]+ ?\S+ and )?\Z"
)
AFTER = re.compile(
    r"-? (?:(?:in|for) (?:the |its |their )?|of (?:the )?(?:total )?(?=vari|heritab)|(?=[\w-])"
    r"|of its |(?<=points )of (?:the )?)"
)
LIKELY = re.compile(
    r" (?:times )?(?:more|less|as|higher|lower|faster|slower)(?: likely| than| as)\b"
)
# "9% more likely to be read twice by owls"
LIKELY_TO = re.compile(
    r" (?:times )?(?P<metric>(?:more|less|as) likely to (?:be )?[a-z-]+"
    r"(?: (?!(?:and|or|than|compared|when|if|in|by|for|on|at|as|but|while|relative|versus|vs)\b)"
    r"[\w-]+){0,4})"
)
LISTED = re.compile(r"(?: \([^()]{1,60}\))?,? (?:and )?")
SHARE_OF_CASES = re.compile(r"\d[\d,]*(?:/\d| [a-z]+ \(| \(| of )")
# "81% at IoU = 0.5 and 70%"
SETTING = Ended("=", r"\bat [\w@-]+ ?= ?\Z")
SAME = re.compile(r"(?: [a-z-]+){0,2} \(| (?:out )?of (?:the )?| to |, from ")
# "commoner in patients with a low score (": of whom, and not what
_OF_PEOPLE_WITH = re.compile(
    rf"\b(?:in|among|for) (?:[a-z]+ )?{one_of(PEOPLE_WORDS)} with (?:[\w-]+ ){{0,4}}[\w-]+\Z"
)
# "rust was correlated with rain (0.71": which is no rain
_RELATED_TO = re.compile(
    r"\b(?:correlat|associat|relat|link)\w*(?: [a-z]+)? (?:to|with) (?:[\w-]+ ){0,5}[\w-]+\Z"
)
# "better than the first growth (4 vs. 2"
_THAN_THAT = re.compile(
    r"\b(?:than|close to|similar to|comparable (?:to|with)|different from"
    r"|(?:compared|in comparison) (?:to|with)) (?:[\w'’-]+ ){0,7}"
    r"[\w'’-]+\Z"
)
OF_OTHERS = (_OF_PEOPLE_WITH, _RELATED_TO, _THAN_THAT)
EXAMPLE_BEFORE = re.compile(r"\b(?:such as|including|in terms of both) [^().;]{0,40}\Z")
OTHER_NOUN = re.compile(
    r"-|/|(?<=agreement) with\b| (?:analys[ei]s|metrics?|measures?|tests?|testing|assessment"
    r"|prediction|estimation|guarantees?|bounds?|resection|models?|studies|study|experiments?"
    r"|simulations?|runs?)\b"
)


# "At 12 weeks mean scores were": the time is no part of what was scored.
_TIME_FIRST = re.compile(r"(?:days|weeks|months|years|hours|minutes) (?=[a-zA-Z])")
_AFTER_NUMBER = re.compile(r"\d \Z")
_RATIO = re.compile(
    r"[HOR]R\b|IRR\b|(?:odds|hazards?|risk|rate|prevalence) ratios?\b|relative risk"
)
_ADJUSTED = re.compile(
    r"(?<![\w-])(?:(?:fully|multivaria(?:te|ble))[- ])?(?:(?:un|age-)?adjusted|crude) \Z",
    re.IGNORECASE,
)


def whole_metric(text: str, metric: Span, first: int) -> Span:
    """A metric with the word that says whether it is adjusted, and without a time before it."""
    start, end = metric
    time = _TIME_FIRST.match(text, start, end)
    if time and _AFTER_NUMBER.search(text, max(first, start - 3), start):
        return Span(time.end(), end)
    if _RATIO.match(text, start, end):
        adjusted = _ADJUSTED.search(text, max(first, start - 30), start)
        return Span(adjusted.start(), end) if adjusted else metric
    return metric


_DONE = (
    r"reported|received|used|showed|demonstrated|experienced|considered|felt|believed|knew|agreed"
    r"|disagreed|preferred|achieved|completed|developed|required|needed|underwent|attended|visited"
    r"|began|started|stopped|suffered|owned|lived|sought|chose|thought|indicated|expressed"
    r"|recogni[sz]ed|heard|perceived|wanted|survived|died|responded|smoked|consumed|belonged"
    r"|contained|carried|mentioned|stated|identified|recommended|arrived|exceeded|failed|gave"
    r"|relapsed|understood|answered|cited|refused|declined|acknowledged|supported|accepted"
    r"|complained|tested"
)
# "(97%) of gulls had", " owls were", " reported": what is said, behind who did or had it
_SAID_OF_SHARE = re.compile(
    r"[)\]]?(?: (?:of|out of) (?:(?:all|the|these|those|our|study) )*[A-Za-z][\w'’+/-]*"
    r"(?: (?!(?:of|and|or|but|while|whereas|than|vs|versus|at|by|as|when|was|were|had)\b)"
    r"[\w'’+/-]+){0,5}?"
    rf"| (?:[a-z-]+ ){{0,2}}{one_of(PEOPLE_WORDS)})?"
    r" (?:also |only )?(?:(?:(?:had|have|has|were|was|are|is)(?: been)?(?: also)?"
    r"|(?:can|could) be) (?:(?<=had )an? |(?<=have )an? |(?<=has )an? )?"
    rf"|(?=(?:(?:did|do|does|had|were|was) not|never|(?:[a-z]+ly )?(?:{_DONE})) ))"
    r"(?P<said>(?!(?:included|found|seen|observed|noted|used|male|female|men|women|enrolled|higher"
    r"|lower|greater|similar|significant\w*|taken|from|in|at|on|aged|between|also|an?|the|more|less"
    r"|associated|due|excluded|considered|available|evaluated|assessed|performed|eligible"
    r"|somewhat)\b)"
    r"[A-Za-z][^,;:()\[\]]*)"
)
_VERB_WITH = re.compile(rf"(?:[a-z]+ly )?(?:{_DONE}) [\w-]+")
_MOST_SAID = 11
# Where a predicate ends, and where it may.
_SAID_ENDS = re.compile(
    r"\.?(?= |\Z)(?: (?:and|while|but|whereas|compared|than|vs\.?|versus|respectively|which|who"
    r"|when|although|because|despite|followed|during|before|after|at(?! least| most)|between"
    r"|according|if|from)\b|\.|\Z)"
)
_SAID_MAY_END = re.compile(
    r" (?:in|on|for|with|within|by|to|of|as|that|about|towards?|among|prior)\b"
)
_OF_QUANTITY = re.compile(
    r"\b(?:majority|most|half|thirds?|quarters?|fifths?|few|minority|many|proportion|\d+|all)\b"
    r"[^,;.()]{0,60} [(\[](?:\d[\d/]*[;,] |[nN] ?= ?\d[\d/]*[;,] )?[<>≥≤~]? ?\Z",
    re.IGNORECASE,
)


_FIRST_OF_ALL = (
    r"(?:most (?:common(?:ly)?|frequent(?:ly)?|prevalent|important|often|popular)"
    r"(?: (?:reported|used|cited|mentioned|observed|identified|encountered|studied|isolated))?"
    r"|main|leading|predominant|commonest|top|primary|major|preferred) "
)
_RANKED_NOUN = (
    r"(?P<noun>(?!(?:in|of|for|to|was|were|are|is|used|reported|cited|mentioned|observed)\b)"
    r"[A-Za-z][\w/-]*"
    r"(?: (?!(?:in|of|for|to|was|were|are|is|included|among|with|at|that|by)\b)[\w/-]+){0,3}"
    r"(?: (?:of|for|to) (?!(?:was|were|are|is)\b)[\w/-]+"
    r"(?: (?!(?:was|were|are|is|in|among|at|with|by|from)\b)[\w/-]+){0,4})?)"
    r"(?: (?:in|among|at|with|by|from)\b[^();]{1,80}?)?"
)
# "The most common leak was rust (31%", and "Gulls were the main prey in ponds (31%"
_RANKED = re.compile(
    rf"\b[Tt]he {_FIRST_OF_ALL}{_RANKED_NOUN},? (?:was|were|is|are|included|being)"
    r"(?: the| an?)? [^();]{2,70} \("
)
_IS_FIRST = re.compile(
    rf"\b(?:was|were|is|are|being)(?: also)? the {_FIRST_OF_ALL}{_RANKED_NOUN} \("
)
_NEXT_RANK = r",? (?:and |followed by |then )?(?:and |by )?[^();.]{2,60} \("
_A_RANK = r"[\dnN][^()]{0,30}\)"
_RANKS_ON = re.compile(rf"{_A_RANK}(?:{_NEXT_RANK}{_A_RANK})*{_NEXT_RANK}(?:[nN] ?= ?\d+[;,] )?")
_FOLLOWED = re.compile(r"[^()]{0,20}\),? followed by ")
# "Salt (31%) and sand (12%) were cited as the main reasons for it"
_LISTED_AS = re.compile(
    r"[^()]{0,20}\)(?:(?:,|,? and) [^();.]{2,60} \(\d[^()]{0,30}\)){0,6},? (?:was|were|are|is)"
    r" (?:(?:mentioned|cited|named|reported|identified|perceived|regarded|listed|given|seen|stated)"
    rf" as (?:the |an? )?|the (?={_FIRST_OF_ALL}))"
    r"(?P<said>[A-Za-z][\w-]*(?: (?!(?:and|while|but|whereas|than|which|who|when)\b)[\w/-]+){0,9})"
)
_RANKING = (
    *("most ", "main ", "leading ", "predominant ", "commonest ", "top ", "primary ", "major "),
    "preferred ",
)


def ranked(text: str, share: Span, within: Span, *, is_said: bool = False) -> Span | None:
    """What is ranked where a share in brackets is of one: "the main leak was rust (31%)".

    What stands alone before "was the main leak" is itself measured, unless nothing else is said.
    """
    start = max(within.start, share.start - 3 * _REACH)
    before = text[start : share.start]
    if not before.endswith("(") or not any(map(before.__contains__, _RANKING)):
        return None
    goes_on = is_said or _FOLLOWED.match(text, share.end, within.end)
    for pattern in (_RANKED, _IS_FIRST):
        for found in pattern.finditer(text, start, share.start):
            is_first = found.end() == share.start and (goes_on or pattern is _RANKED)
            if is_first or _RANKS_ON.fullmatch(text, found.end(), share.start):
                return Span(*found.span("noun"))
    return None


# "wash ropes at dawn" of "41% wash ropes at dawn, 30% dry them, 12% …"
_ITEM = re.compile(
    r"% (?P<said>(?!(?:of|in|for|with|to|on|at|by|from|and|or|vs|versus|respectively|were|was|are"
    r"|is|had|have|than|higher|lower|more|less|among|when|while|but|as|between|compared|after|per|CI"
    r"|over|under|did|do|the|points?|if)\b)[a-z][^,;:()\d%]{2,60}?)(?=,? and \d|[,;] \d|\.?\Z)"
)
_MANY_ITEMS = 3


def said_of_share(text: str, share: Span, within: Span) -> Span | None:
    """What is said of so many of some people or things: "62% of gulls had a strong beak"."""
    start, end = share
    is_bracketed = text.startswith((")", "]"), end)
    if is_bracketed and (listed := _LISTED_AS.match(text, end, within.end)):
        return Span(*listed.span("said"))
    if first := ranked(text, share, within, is_said=True):
        return first
    item = _ITEM.match(text, end - 1, within.end)
    if item and sum(1 for _ in _ITEM.finditer(text, *within)) >= _MANY_ITEMS:
        return Span(*item.span("said"))
    of = _OF_QUANTITY.search(text, max(within.start, start - _REACH), start)
    if of is None if is_bracketed else text[start - 1] in "([":
        return None
    return _predicate(text, end, within)


def _predicate(text: str, end: int, within: Span) -> Span | None:
    """What is said of a share that ends at a place, up to where its clause ends."""
    found = _SAID_OF_SHARE.match(text, end, within.end)
    if found is None:
        return None
    first, last = found.span("said")
    verb = _VERB_WITH.match(text, first, last)
    ends = _SAID_ENDS.search(text, verb.end() if verb else first, last)
    last = ends.start() if ends else last
    while text.count(" ", first, last) >= _MOST_SAID:
        cuts = [one.start() for one in _SAID_MAY_END.finditer(text, first, last)]
        if not cuts:
            return None
        last = cuts[-1]
    said = text[first:last].rstrip(" .")
    is_torn = said.endswith(_TORN) or (verb and last < verb.end())
    return None if is_torn else Span(first, first + len(said))


_REACH = 90
_TORN = (" of", " in", " to", " the", " a", " an", " that", " with", " for", " by", " not", " and")


_ACRONYM = re.compile(r"[A-Z]{2,}s?\b")
_LEVEL_FIRST = re.compile(
    r"(?:[a-z]+ly |much |far )?(?:higher|lower|greater|smaller|larger|longer|shorter|better|worse) "
)


def level_in(text: str, predicate: Span, end: int) -> Span | None:
    """A predicate, or the measure of which it has more or less: "had a far higher moult rate"."""
    level = _LEVEL_FIRST.match(text, *predicate)
    if level is None:
        return as_said(text, predicate, end)
    whole = measure_behind(text, level.end(), end)
    if whole and _ACRONYM.match(text, *whole):
        return whole
    return whole and telling(text, whole, must_measure=True)


def is_untied(row: Mapping[str, Any]) -> bool:
    """Whether a row tells an effect, and neither whose nor against what: "OR 1.8"."""
    return not any(map(row.get, _SIDES)) and _EFFECT.fullmatch(row["metric"]) is not None


def is_effect(metric: str) -> bool:
    """Whether it is a ratio, a difference or a coefficient, by its name alone."""
    return _EFFECT.fullmatch(metric) is not None


_SIDES = ("group", "comparator", "dataset")
_EFFECT = re.compile(
    r"(?:(?:un)?adjusted |crude |pooled |mean |overall |summary |(?:standardi[sz]|weight)ed )*"
    r"(?:a?[HOR]RR?|a?OR|IRR|SMD|WMD|MD|A?RD|AD|NNT|NNH|ES|r|R2|R²|β|beta|b|d|g|ρ|rho|slope"
    r"|elasticity|(?:Cohen|Hedges)['’]?s?['’]? [dg]"
    r"|(?:(?:odds|hazards?|risk|rate|prevalence) )?ratios?|relative risks?|(?:risk )?differences?"
    r"|effect sizes?|(?:correlation |regression )?coefficients?|correlations?|numbers? needed to"
    r" treat)",
    re.IGNORECASE,
)
