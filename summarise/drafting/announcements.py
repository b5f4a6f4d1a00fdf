"""Sentences that say that something comes, or was tried, and not what."""

from __future__ import annotations

import re

from summarise.reading import Sentence
from summarise.scan import Gated, one_of, words

FINDS = (
    r"(?:show(?:s|ed|n)?|demonstrate[sd]?|reveal(?:s|ed)?|indicate[sd]?|finds?|found"
    r"|confirm(?:s|ed)?"
    r"|prove[sdn]?|observe[sd]?|verif(?:y|ies|ied)|report(?:s|ed)?|validate[sd]?"
    r"|establish(?:es|ed)?"
    r"|conclude[sd]?|discover(?:s|ed)?|suggest(?:s|ed)?|identify|identified|note[sd]?|illustrates?)"
)
"""What experiments and authors do."""
COUNTED = (
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
    r"|approaches|obstacles|experiments|models|variants|questions|shortcomings|reasons"
    r"|properties|advantages|findings|insights|features)"
)
_COMES = (
    r"(?:propos\w+|introduc\w+|present\w*|develop\w*|devis\w+|design\w*|identif\w+|unveil\w*"
    r"|reveal\w*|offers?|contribut\w+|there (?:are|exist|remain)|fac(?:e[sd]?|ing)|ha(?:s|ve)"
    r"|mak(?:es?|ing)|suffer\w* from|leads? to|are)"
)
_ANNOUNCES = Gated(
    words(
        """innovation innovations technique techniques design designs method methods
        contribution contributions modules components strategies principles limitations
        challenges drawbacks issues problems aspects steps stages parts ways approaches
        obstacles experiments models variants questions shortcomings reasons properties
        advantages findings insights features"""
    ),
    rf"\b{_COMES} {COUNTED} (?:[\w-]+,? ){{0,4}}?{_OF_ONES_OWN}"
    r"(?:(?: (?:of|in|for|with) (?:[\w-]+ ){0,5}[\w-]+)?\.?$"
    r"|(?: [\w-]+){0,12}(?::| [-–—] ?\(?[a1i]\)))"
    # "proposes two designs aimed at keeping kites aloft", however long it goes on
    rf"|\b(?:propos|introduc|present|develop|devis)\w*(?: and \w+)? {COUNTED} "
    r"(?:[\w-]+,? ){0,4}?(?:innovations|techniques|designs|methods|modules|components"
    r"|strategies|approaches)"
    r"(?: that| which)? (?:to|for|(?:which )?aim(?:s|ed|ing)? (?:at|to)) [^,;:.()]{1,140}\.?$"
    rf"|\b{COUNTED} (?:[\w-]+,? ){{0,4}}?{_OF_ONES_OWN} (?:are|were|have been) (?:proposed"
    r"|introduced|presented|developed|designed)(?:\.?$|:)",
)
TESTS = (
    r"(?:experiments?|evaluations?|stud(?:y|ies)|analys[ei]s|simulations?|results?|tests?"
    r"|comparisons?|ablations?|validations?|assessments?|trials|modell?ing|measurements?"
    r"|calculations?"
    r"|characteri[sz]ation)"
)
NOT_FOUND = (
    rf"(?!.*\b(?:{FINDS}|achiev\w+|outperform\w*|improv\w+|surpass\w*|finding|obtain\w*|reach\w*"
    r"|significant\w*|higher|lower|better|increas\w+|reduc\w+|reveal\w*|gains?)\b)"
)
MERITS = words(
    """effectiveness usefulness efficacy validity feasibility superiority utility potential promise
    merit merits advantage advantages benefit benefits significance viability universality
    robustness versatility generality capability capabilities practicality applicability"""
)
_SHOWS_OFF = re.compile(
    rf"(?:\b{TESTS}\b|^(?:\w+, )?(?:we|our|this|the) )[^.;]{{0,100}}?"
    r"\b(?:demonstrat|show|verif|validat|confirm|prov|support|highlight|illustrat|corroborat"
    r"|attest)\w*(?: to)? (?:the |its |our |their |both |great )?"
    rf"(?:[\w-]+ ){{0,3}}?{one_of(MERITS)}(?:(?:,| and)(?: and)? (?:[\w-]+ ){{0,2}}\w+){{0,2}}"
    r"(?: (?:of|for|in|on) [^.;:]*)?\.?$"
)
_TRIED = _TRYING | MERITS
_BETTER = re.compile(
    r"\b(?:superior|achiev\w+|outperform\w*|improv\w+|surpass\w*|higher|lower|better|reduc\w+"
    r"|increas\w+|significant\w*|state-of\S*)\b"
)
_CARRYING_OUT = words("conducted performed carried presented provided undertaken")
_CARRIED_OUT = re.compile(
    rf"\b{TESTS} (?:\w+ )*?(?:have been|has been|were|was|are|is) (?:\w+ )?(?:conducted"
    r"|performed|carried out|presented|provided|undertaken)\b"
)
_TRIES = re.compile(
    r"(?:(?:\S+ ){0,8}(?:is|was|are|were) (?:\w+ly )?(?:evaluated|tested) (?:on|under|in|with)"
    r"|(?:\w+, )?(?:\w+ly, )?we (?:also |further |then |first |thoroughly |extensively )*"
    r"(?:evaluate|validate|test|conduct|perform|benchmark|assess|instantiate|discuss|review))\b"
    rf"{NOT_FOUND}"
)
_IMPRINT = re.compile(
    r"\W*(?:graphical abstract|copyright|©|all rights reserved|published by|no commercial"
    r"|(?:trial )?regist(?:ry|ration)|funded by|funding|jel codes?|keywords?)\b|\W*©"
    r"|\[[^\]]*\]\.?$|\W*proprietary or commercial\b"
)
_LATER = (
    "will be ",
    "database record",
    "future",
    "later",
    "further",
    "follow-up",
    "awaited",
    "expected ",
)
_PLANNED = re.compile(
    r"\bwill be (?:[a-z]+ly )?(?:published|presented"
    r"|reported|compared|assessed|evaluated|disseminated|conducted|analy[sz]ed|measured)\b"
    r"|\bdatabase record\b"
    r"|\b(?:is|are|was|were) (?:left|reserved|deferred|planned|postponed) (?:for|to) (?:\w+ )?"
    r"(?:future|later|further|follow-up)\b|\b(?:is|are) (?:eagerly )?awaited\b"
    r"|\b(?:is|are) expected (?:in|by) (?:\d{4}|the (?:near|coming))\b"
)


def announces(sentence: Sentence) -> bool:
    """Whether it says that something comes or was tried, and not what: no fact is in it."""
    text = sentence.lower
    if sentence.has(_COUNTING) and counts_what_follows(sentence):
        return True
    if sentence.has(_TRIED) and _tells_of_trying(sentence, text):
        return True
    is_later = any(map(text.__contains__, _LATER)) and _PLANNED.search(text)
    return bool(is_later or _IMPRINT.match(text))


def _tells_of_trying(sentence: Sentence, text: str) -> bool:
    return bool(
        _TRIES.match(text)
        or (sentence.has(MERITS) and _SHOWS_OFF.search(text) and not _BETTER.search(text))
        or (sentence.has(_CARRYING_OUT) and _CARRIED_OUT.search(text))
    )


def counts_what_follows(sentence: Sentence, start: int = 0) -> bool:
    """Whether it counts things, from a place of its body on, that are then named."""
    return _ANNOUNCES.search(sentence.lower, start) is not None
