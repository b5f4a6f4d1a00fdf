"""Sentences that say that something comes, or was tried, and not what."""

from __future__ import annotations

import re

from summarise.reading import Sentence
from summarise.scan import words

FINDS = (
    r"(?:show(?:s|ed|n)?|demonstrate[sd]?|reveal(?:s|ed)?|indicate[sd]?|finds?|found|confirm(?:s|ed)?"
    r"|prove[sdn]?|observe[sd]?|verif(?:y|ies|ied)|report(?:s|ed)?|validate[sd]?|establish(?:es|ed)?"
    r"|conclude[sd]?|discover(?:s|ed)?|suggest(?:s|ed)?|identify|identified|note[sd]?|illustrates?)"
)
"""What experiments and authors do."""
_COUNTED = (
    r"(?:two|three|four|five|six|several|multiple|some|many|various|a (?:number|series|set) of"
    r"|the following)"
)
_COUNTING = words("two three four five six several multiple some many various number set following")
_TRYING = words(
    """experiment experiments evaluation evaluations study studies analysis analyses simulation
    simulations results tests ablation ablations validation evaluate validate test conduct perform
    benchmark assess instantiate discuss review evaluated tested"""
)
_OF_ONES_OWN = (
    r"(?:innovations?|techniques?|designs?|methods?|contributions?|modules|components|strategies"
    r"|principles|limitations|challenges|drawbacks|issues|problems|aspects|steps|stages|parts|ways"
    r"|approaches|obstacles|experiments|models|variants|questions|shortcomings|reasons|properties|advantages|findings|insights|features)"
)
_COMES = (
    r"(?:propos\w+|introduc\w+|present\w*|develop\w*|devis\w+|design\w*|identif\w+|unveil\w*"
    r"|reveal\w*|offers?|contribut\w+|there (?:are|exist|remain)|fac(?:e[sd]?|ing)|ha(?:s|ve)"
    r"|mak(?:es?|ing)|suffer\w* from|are)"
)
_ANNOUNCES = re.compile(
    rf"\b{_COMES} {_COUNTED} (?:[\w-]+,? ){{0,4}}?{_OF_ONES_OWN}"
    r"(?:(?: (?:of|in|for|with) (?:[\w-]+ ){0,5}[\w-]+)?\.?$|(?: [\w-]+){0,12}:)"
    rf"|\b{_COUNTED} (?:[\w-]+,? ){{0,4}}?{_OF_ONES_OWN} (?:are|were|have been) (?:proposed"
    r"|introduced|presented|developed|designed)(?:\.?$|:)",
    re.IGNORECASE,
)
_TESTS = (
    r"(?:experiments?|evaluations?|stud(?:y|ies)|analys[ei]s|simulations?|results?|tests?"
    r"|comparisons?|ablations?|validations?|assessments?|trials)"
)
_SHOWS_OFF = re.compile(
    rf"\b{_TESTS}\b[^.;]{{0,100}}?\b(?:demonstrat|show|verif|validat|confirm|prov|support"
    r"|highlight|illustrat|corroborat|attest)\w*(?: to)? (?:the |its |our |their |both |great )?"
    r"(?:[\w-]+ ){0,3}?(?:effectiveness|usefulness|efficacy|validity|feasibility|superiority"
    r"|utility|potential|promise|merits?|advantages?|benefits?|significance|viability)"
    r"(?:(?:,| and)(?: and)? \w+){0,2} of (?:(?:the|our|this|these|proposed|each|\w+'s) )*[\w-]+"
    r"(?: [\w-]+){0,3}(?:, respectively)?\.?$"
    rf"|\b{_TESTS} (?:\w+ )*?(?:have been|has been|were|was|are|is) (?:\w+ )?(?:conducted"
    r"|performed|carried out|presented|provided)\b"
    r"|^(?:(?:\S+ ){0,8}(?:is|was|are|were) (?:\w+ly )?(?:evaluated|tested) (?:on|under|in|with)"
    r"|(?:\w+, )?(?:\w+ly, )?we (?:also |further |then |first |thoroughly |extensively )*"
    r"(?:evaluate|validate|test|conduct|perform|benchmark|assess|instantiate|discuss|review))\b"
    rf"(?!.*\b(?:{FINDS}|achiev\w+|outperform\w*|improv\w+|surpass\w*|finding|obtain\w*|reach\w*"
    r"|significant\w*|higher|lower|better|increas\w+|reduc\w+|reveal\w*|gains?)\b)",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"^\W*(?:copyright|©|all rights reserved|published by|no commercial"
    r"|(?:trial )?regist(?:ry|ration)|funded by|funding|jel codes?|keywords?)\b|^\W*©"
    r"|\bwill be (?:[a-z]+ly )?(?:published|presented"
    r"|reported|compared|assessed|evaluated|disseminated|conducted|analy[sz]ed|measured)\b",
    re.IGNORECASE,
)


def announces(sentence: Sentence) -> bool:
    """Whether it says that something comes or was tried, and not what: no fact is in it."""
    text = sentence.body
    if sentence.has(_COUNTING) and counts_what_follows(text):
        return True
    return bool((sentence.has(_TRYING) and _SHOWS_OFF.search(text)) or _IMPRINT.search(text))


def counts_what_follows(text: str, start: int = 0) -> bool:
    """Whether a sentence counts things that it, or another one, goes on to name."""
    return _ANNOUNCES.search(text, start) is not None
