"""Which counts of people or things are what came out: "12 patients died", not "12 patients"."""

from __future__ import annotations

import re

from summarise.models import QuantityKind
from summarise.numbers.groups import PEOPLE
from summarise.numbers.values import ToldNumber
from summarise.scan import DIGITS, SPELLED

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
    return bool(_CLAUSE_BEFORE.search(before) and _FATE_AFTER.match(after))
