"""What stands beside a number and tells what it is: a metric, a month, an interval, a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from summarise.models import QuantityKind, Span
from summarise.scan.names import Mention
from summarise.scan.patterns import bare_words, beginnings, either_case, matches_at, one_of, words
from summarise.scan.units import UNIT

_ACRONYMS = words(
    """F1 Dice DSC mIoU IoU mAP AP50 AP75 AP AUROC AU-ROC ROC-AUC AUPRC AUC BLEU-4 BLEU-1 BLEU
    sacreBLEU ROUGE-L ROUGE-1 ROUGE-2 ROUGE METEOR CIDEr SPICE chrF COMET BERTScore CLIPScore FID
    FVD KID LPIPS PSNR SSIM WER CER RMSE MAE MSE MAPE MRR NDCG nDCG EER MCC Elo R2 R² aHR HR aOR
    OR RR IRR ICER QALYs QALY SMD MD pass@1 Recall@1 R@1 R@5 Hits@1 Hits@10 P@1 EM"""
)
# "~" stands for a space or a hyphen.
_WORDS = words(
    """accuracy accuracies precision recall sensitivity specificity perplexity win~rates?
    success~rates? error~rates? error mortality survival incidence prevalence throughput latency
    F-scores? F-measure scores? correlations? agreement kappa hazard~ratios? odds~ratios?
    risk~ratios? rate~ratios? relative~risk effect~sizes? response~rates? hit~rates? attendance
    area~under~the~curve     abundance richness yield"""
)
_CORE = one_of([*map(re.escape, _ACRONYMS), *either_case(_WORDS)]).replace("~", "[ -]")
METRIC = rf"{_CORE}(?:@\d+)?(?:[ -]scores?)?\b"
"""Pattern of a metric's name."""

METRIC_UNIT = re.compile(
    r" (?:mIoU|IoU|mAP|AP|BLEU|ROUGE(?:-[L12])?|METEOR|CIDEr|SPICE|F1|FID|AUC|AUROC|WER|PSNR"
    r"|points?|pts)\b(?: points?)?"
)
"""A metric that stands behind its number, as a unit does: ``+0.8 mIoU``."""

_METRIC_BEFORE = re.compile(
    rf"\b{METRIC}(?: (?:value|score|coefficient)s?)?(?: [(\[][^()\[\]]{{1,20}}[)\]])?"
    r"(?:\s?[=:,(]\s?| (?:of|is|was|at|to|by|reached|around|about|approximately)"
    r" (?:about |\w+ )?| )?\Z"
)

_METRIC = re.compile(rf"(?<!\w){METRIC}")
# The plain letters and digits that one begins with: "F" of an F-score.
_METRICS_BEGIN = beginnings(
    {
        re.split("[^A-Za-z0-9]", form)[0]
        for word in (*_ACRONYMS, *either_case(_WORDS))
        for form in (word.replace("s?", ""), word.replace("?", ""))
    }
)
# Words before a metric that belong to its name: "zero-shot accuracy", "top-1 error".
_MODIFIERS = re.compile(
    r"(?:\b(?:[\w-]+-[\w-]+|average|mean|overall|median|test|validation|balanced|classification"
    r"|diagnostic|prediction|predictive|linear|probing|hip|all-cause|macro|micro|human|preference"
    r"|recognition|detection|segmentation|retrieval|top|zero|relative|absolute|pooled|adjusted)"
    r"[ -]){1,3}\Z"
)
_LONGEST_WORD = 60


def is_behind_metric(before: str) -> bool:
    """Whether a metric stands right before a number, at the end of what stands before that."""
    if said_in(before).isdisjoint(_METRICS_BEGIN):
        return False
    return _METRIC_BEFORE.search(before) is not None


@lru_cache(maxsize=4)
def said_in(before: str) -> frozenset[str]:
    """The words of what stands before a number, in lower case: most rules need one of a few."""
    return bare_words(before.lower())


_LABEL_WORD = (
    r"(?:fig(?:ure)?s?\.?|tab(?:le)?s?\.?|sec(?:tion)?s?\.?|eqs?\.?|equations?|chapter|appendix"
    r"|algorithm|theorem|lemma|steps?|stages?|phases?|types?|grades?|version|levels?|tier|class"
    r"|rq|refs?\.?|no\.|task|track|part|question|hypothesis|groups?|stud(?:y|ies)|experiments?|top|layer"
    r"|python|cuda|fold)"
)
_LABELLED = re.compile(rf"\b{_LABEL_WORD}[\s-](?:\d+\w?(?:,| and|-|–| or| to)\s)?\Z")
_LABEL_WORDS = words(
    """fig figs figure figures tab tabs table tables sec secs section sections eq eqs equation
    equations chapter appendix algorithm theorem lemma step steps stage stages phase phases type
    types grade grades version level levels tier class rq ref refs no task track part question
    hypothesis group groups study studies experiment experiments top layer python cuda fold"""
)


def is_labelled(before: str) -> bool:
    """Whether a word that counts things off stands right before a number: "Table ", "step "."""
    if said_in(before).isdisjoint(_LABEL_WORDS):
        return False
    return _LABELLED.search(before.lower()) is not None


_CUE = re.compile(
    r"\b(?:of|was|is|by|to|from|than|at|under|over|below|above|about|only|and|or|with|reached"
    r"|median|mean|between|average|averaging|=|≈|~|<|>|≤|≥) ?\Z"
)
_CUE_ENDS = (
    *("of", "was", "is", "by", "to", "from", "than", "at", "under", "over", "below", "above"),
    *("about", "only", "and", "or", "with", "reached", "median", "mean", "between", "average"),
    *("averaging", *"=≈~<>≤≥"),
)


def is_cued(before: str) -> bool:
    """Whether a word or a sign right before a number says that it measures."""
    return before.removesuffix(" ").endswith(_CUE_ENDS) and _CUE.search(before) is not None


def find_metrics(text: str) -> tuple[Mention, ...]:
    """Find every name of a metric in a text, with the words that narrow it down."""
    found: list[Mention] = []
    for match in matches_at(_METRIC, text, _METRICS_BEGIN):
        start, end = match.span()
        if text[start - 1 : start] == "-":
            start = _word_start(text, start)
        narrow = _MODIFIERS.search(text[max(0, start - 40) : start])
        if narrow is not None:
            start -= narrow.end() - narrow.start()
        found.append(Mention(text[start:end], Span(start, end)))
    return tuple(found)


def _word_start(text: str, at: int) -> int:
    least = max(0, at - _LONGEST_WORD)
    while at > least and (text[at - 1].isalnum() or text[at - 1] == "-"):
        at -= 1
    return at


_YEAR = re.compile(r"(?:19|20)\d\d")
# Years before 1900 look like counts: something must say that they are none.
_EARLY_YEAR = re.compile(r"1[0-8]\d\d")
_ANY_YEAR = r"(?:1\d|20)\d\d"
_YEARS_BEFORE = re.compile(rf"\b(?:between|from) (?:{_ANY_YEAR} (?:and|to) )?\Z")
_YEARS_AFTER = re.compile(rf" (?:and|to) {_ANY_YEAR}(?![\w%]|[.,]\d)")
_YEARS_IN_BRACKETS = re.compile(rf"\s?[-–—]\s?{_ANY_YEAR}\)")
_MEASURED_BEFORE = re.compile(
    rf"\b(?:{METRIC}|(?:temperature|energ|elevation|altitude|wavelength|frequen|rating|value|cost"
    r"|price|size|number|rang)\w*)",
    re.IGNORECASE,
)
_CHANGED_BEFORE = re.compile(
    r"\b(?:rose|ris|fell|fall|increas|decreas|improv|reduc|drop|gr[eo]w|rais|lower|declin|gain|cut"
    r"|scal)\w*\b.* from (?:\d{4} to )?\Z",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(r" \(\d| (?:of|out of|vs\.?|versus)\b|[/±]")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_MONTHS = words(
    """jan january feb february mar march apr april may jun june jul july aug august sep sept
    september oct october nov november dec december"""
)
_AFTER_MONTH = re.compile(rf"\b{_MONTH}\.?,? (?:\d{{1,2}},? )?\Z", re.IGNORECASE)
_BEFORE_MONTH = re.compile(rf" {_MONTH}\b", re.IGNORECASE)
_DATE_CUE = re.compile(
    r"\b(?:in|since|during|until|till|early|late|mid|year|al\.?,?|before|after)[\s(]\Z",
    re.IGNORECASE,
)
_DATE_CUES = words("in since during until till early late mid year al before after")


def is_date(text: str, match: re.Match[str], before: str) -> bool:
    """Whether a number, were it counted, is a day or a year beside a month or "since"."""
    digits = match["digits"]
    if len(digits) <= 2 and digits.isdigit():
        return _BEFORE_MONTH.match(text, match.end()) is not None
    return bool(
        len(digits) == 4
        and _YEAR.fullmatch(digits)
        and not match["scale"]
        and (
            (not said_in(before).isdisjoint(_DATE_CUES) and _DATE_CUE.search(before))
            or _is_behind_month(before)
        )
    )


def is_beside_month(text: str, end: int, before: str) -> bool:
    """Whether a month stands before a number or behind its end."""
    return _is_behind_month(before) or _BEFORE_MONTH.match(text, end) is not None


def _is_behind_month(before: str) -> bool:
    if before[-1:] != " " or said_in(before).isdisjoint(_MONTHS):
        return False
    return _AFTER_MONTH.search(before) is not None


def is_year(
    text: str, match: re.Match[str], before: str, measures: Callable[[str, int], bool]
) -> bool:
    """Whether a number with neither unit nor counted noun is a year: "between 1640 and 1890".

    ``measures`` tells whether a unit or a counted noun stands in the text at a position.
    """
    if len(match["digits"]) != 4 or match["power"] or match["scale"]:
        return False
    if _EARLY_YEAR.fullmatch(match["digits"]):
        return _is_early_year(text, match.end(), before, measures)
    return _YEAR.fullmatch(match["digits"]) is not None


def _is_early_year(text: str, end: int, before: str, measures: Callable[[str, int], bool]) -> bool:
    if before.endswith("("):
        return _YEARS_IN_BRACKETS.match(text, end) is not None
    if _SHARE_AFTER.match(text, end) or _MEASURED_BEFORE.search(before):
        return False
    if _CHANGED_BEFORE.search(before):
        return False
    if (cue := _YEARS_BEFORE.search(before)) is None:
        return _DATE_CUE.search(before) is not None
    if cue.group().strip() not in ("between", "from"):
        return True
    later = _YEARS_AFTER.match(text, end)
    return later is not None and not measures(text, later.end())


_CONFIDENCE = (
    r"(?:C(?:r)?I|HDI|UI|(?:[Cc]onfidence|[Cc]redib(?:le|ility)|[Uu]ncertainty|[Pp]rediction)"
    r" (?:[Ii]nterval|[Ll]imit))s?"
)
_LEVEL_AFTER = re.compile(
    rf"%(?: (?:and|or) \d\d(?:\.\d)?%)? ?-?(?:{_CONFIDENCE}|C\.?L\.?|C\.I\.|[Cc]redible"
    r"|(?:upper |lower )?[Cc]onfidence)(?![a-z])"
)
_LEVEL_BEFORE = re.compile(r"\bC(?:r)?I ?\(?\Z")
_MARKS = ("CI", "nterval", "imit", "IQR", "ange", "SD", "SE", "HDI", "UI", "tile")
_SPREAD_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:\d\d(?:\.\d+)?% ?-?)?{_CONFIDENCE}(?: ?\(?\d\d%\)?)?"
    r"(?: ?[(\[](?:\d\d% ?)?C(?:r)?I[)\]])?"
    r"|(?P<alone>IQR|[Ii]nter-?quartile range(?: [(\[]IQR[)\]])?|SDs?|SEM?|[Ss]tandard deviation"
    r"|[Ss]tandard error)|(?P<range>(?<=[(\[,;] )[Rr]anges?|(?<=[(\[])[Rr]anges?))"
    r"[)\]]?(?: of| from| was| were)?(?: ?[:=,;])? ?[(\[]?\Z"
)
# What ends it, but for the signs and blanks behind it.
_SPREAD_ENDS = (
    *("I", "Is", "nterval", "ntervals", "imit", "imits", "IQR", "ange", "anges", "SD", "SDs", "SE"),
    *("SEM", "eviation", "rror", ")", "]", "%", " of", " from", " was", " were"),
)
_UNTIL = re.compile(r" ?(?:-|to|,|;|and) ?")
_BOUND = re.compile(r"[-+]?(?:\d[\d,]*(?<!,)(?:\.\d+)?|\.\d+)")


def is_level(text: str, end: int, digits: str, before: str) -> bool:
    """Whether a number is the level of an interval: "95% CI", "at 90% confidence".

    ``digits`` end at ``end`` of the text, and ``before`` is what stands before them.
    """
    if text[end : end + 1] != "%" or digits[0] not in "56789":
        return False
    is_behind = "I" in before[-3:] and _LEVEL_BEFORE.search(before)
    return bool(is_behind or _LEVEL_AFTER.match(text, end))


def spread_at(text: str, before: str, start: int) -> tuple[int, int] | None:
    """From where a spread is named to the end of its last number, the first one at ``start``.

    ``before`` is what stands before that; None where it names no spread.
    """
    may_be = before.rstrip(" ([:=,;").endswith(_SPREAD_ENDS)
    if not (may_be and any(map(before.__contains__, _MARKS))):
        return None
    name = _SPREAD_BEFORE.search(before)
    if name is None:
        return None
    end = _after_bound(text, start)
    until = _UNTIL.match(text, end)
    if until and _BOUND.match(text, until.end()):
        end = _after_bound(text, until.end())
    elif not name["alone"]:
        return None
    if name.group().rstrip()[-1:] in ("(", "[") and text[end : end + 1] in (")", "]"):
        end += 1
    return start - len(before) + name.start(), end


def _after_bound(text: str, start: int) -> int:
    """Where a bound with its unit ends."""
    bound = _BOUND.match(text, start)
    end = bound.end() if bound else start
    unit = UNIT.match(text, end)
    return unit.end() if unit else end


_RANGE_GAP = re.compile(r" ?[-~] ?|-? to ")
_SHARED_POWER = re.compile(r"\((?:[-+]?[\d.,]+±){0,3}[-+]?\Z")
_PLUS_MINUS_GAP = re.compile(r" ?± ?")
_SLASH_GAP = re.compile(r" ?/ ?")
_SHARED_UNIT_GAP = re.compile(
    r"[,;]?\s(?:vs\.?|versus|against|compared (?:to|with)|to|and|or|than)\s|,\s(?:and\s|or\s)?"
)
_BARE = frozenset({QuantityKind.NUMBER, QuantityKind.YEAR})
_UNSHARED = _BARE | {QuantityKind.P_VALUE, QuantityKind.INTERVAL, QuantityKind.HARDWARE}


class Found(NamedTuple):
    """A quantity in the making.

    Attributes:
        value: The number, with multipliers applied; None for a range.
        unit: Unit or counted noun as it stands.
        glued: It stands right behind a dash or a slash, so that it must join what is before it.
    """

    start: int
    end: int
    kind: QuantityKind
    value: float | None
    unit: str | None = None
    glued: bool = False


def joined(text: str, found: Sequence[Found]) -> list[Found]:
    """Join ranges, ± and slashes, and pass a unit on to the numbers that share it.

    The quantities of ``text`` come and go by their start; of two that overlap, the longer stays.
    """
    done: list[Found] = []
    for left in reversed(found):
        if done:
            done[-1:] = _combined(text, left, done[-1])
        else:
            done.append(left)
    if done and done[-1].glued:
        done.pop()
    done.reverse()
    return done


def _combined(text: str, left: Found, right: Found) -> list[Found]:
    """What two neighbours become, the right one first."""
    if right.start < left.end:
        return [left if left.end - left.start >= right.end - right.start else right]
    gap = text[left.end : right.start]
    if len(gap) <= _LONGEST_JOIN and (whole := _whole(text, left, right, gap)) is not None:
        return [whole]
    if right.glued:
        return [left]
    is_share = left.glued and text[left.start - 1] == "/"
    if not is_share and len(gap) <= _LONGEST_GAP and _SHARED_UNIT_GAP.fullmatch(gap):
        left, right = _sharing(left, right)
    return [right, left]


_LONGEST_JOIN, _LONGEST_GAP = 5, 20


def _whole(text: str, left: Found, right: Found, gap: str) -> Found | None:
    """One quantity of two, or None where they are two."""
    if left.kind not in _BARE and left.kind is not right.kind:
        return None
    if gap == ")×" and text.startswith("10^", right.start):
        # "(3.1±0.2)×10^-4 m": a power that value and error share
        opened = _SHARED_POWER.search(text, max(0, left.start - _LONGEST_GAP), left.start)
        return opened and right._replace(start=opened.start(), value=None)
    if left.unit is not None and left.kind is QuantityKind.COUNT:
        return None
    value: float | None = None
    if _PLUS_MINUS_GAP.fullmatch(gap) or (
        gap == " " and text[right.start] == "+" and "/-" in text[right.start : right.end]
    ):
        value = left.value
    elif _RANGE_GAP.fullmatch(gap):
        is_change = text[max(0, left.start - 5) : left.start].lower() == "from "
        if gap == " to " and (is_change or left.glued):
            return None
    elif not _SLASH_GAP.fullmatch(gap):
        return None
    kind = right.kind if right.kind not in _BARE else left.kind
    return Found(left.start, right.end, kind, value, right.unit or left.unit, left.glued)


def _sharing(left: Found, right: Found) -> tuple[Found, Found]:
    """Give the unit of one number to its bare neighbour: "12 vs. 480 GPU days"."""
    is_scaled = left.kind is QuantityKind.COUNT and left.unit is None
    is_size = is_scaled and right.kind is QuantityKind.PARAMETERS
    if is_size or (left.kind is QuantityKind.NUMBER and right.kind not in _UNSHARED):
        left = left._replace(kind=right.kind, unit=right.unit)
    elif right.kind is QuantityKind.NUMBER and left.kind is QuantityKind.MONEY:
        right = right._replace(kind=left.kind, unit=left.unit)
    return left, right
