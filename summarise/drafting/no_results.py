"""Sentences that stand among results and tell none: what was done, meant, hoped for or advised."""

from __future__ import annotations

import re
from collections.abc import Iterable

from summarise.drafting.announcements import (
    COUNTED,
    MERITS,
    NOT_FOUND,
    TESTS,
    announces,
    looks_ahead,
    reports_nothing,
)
from summarise.reading import OWN, Sentence
from summarise.scan import Gated, words

_PROCEEDING = words("achieved accomplished conducted carried done realized realised")
_GIVING = words(
    """experiment experiments evaluation evaluations study studies analysis analyses ablation
    results ablations assessment assessments comparison comparisons discussion discussions
    insight insights recommendations guidelines illustrate exemplify trained pretrained pre-trained
    fine-tuned finetuned tuned instantiated evaluated tested compared"""
)
_INTERPRETING = words(
    """potential importance promise need necessity value utility usefulness viability significance
    relevance questions"""
)
# Set-up, and what is given beside the outcome; before these a problem may be told in such words.
_GIVES = re.compile(
    r"^(?:(?:\S+ ){0,8}(?:is|was|are|were) (?:\w+ly )?(?:(?:instantiated|(?:pre-?)?trained"
    r"|(?:fine-?)?tuned) (?:on|under|in|with|using|for|from)|(?:evaluated|tested|compared)(?=[:.]))"
    r"|(?:[^,;.]{1,120}, )?(?:\w+ly, )?we (?:(?:also|further|then|first|\w+ly) )*"
    r"(?:illustrate|exemplify"
    r"|(?:present|provide|offer|include|give|report|add)s? (?:the )?results (?:from|of|for|on)"
    r"|(?:present|provide|offer|include|give|report|add)s? (?:[\w-]+ ){0,4}?(?:analys[ei]s"
    r"|experiments?|evaluations?|assessments?|ablations?|stud(?:y|ies)|comparisons?|discussions?"
    r"|insights?|recommendations|guidelines)))\b"
    rf"{NOT_FOUND}"
)
_QUALITY = (
    r"(?:accura|perform|result|improv|state-of|speed|reduc|gain|high|better|lower|converg|succe)"
)
# "This is achieved using two encoders", "Measurements are conducted by reading a log"
_PROCEEDS = re.compile(
    rf"^(?:(?!{_QUALITY})\S+ ){{1,10}}(?:is|are|was|were) (?:\w+ly )?(?:achieved|accomplished"
    r"|conducted|carried out|done|realized|realised) (?:by|using|through|via|with) "
)
_INTERPRETS = re.compile(
    r"^(?:[\w ]{1,24}, )?(?:these|our|the|this|such|all) (?:(?:[\w-]+ ){0,2}?(?:results?|findings?"
    r"|study|work|observations?|data|analys[ei]s|paper|experiments?|outcomes?|insights?) )?"
    r"(?:\w+ly )?(?:highlight|emphasi[sz]e|underscore|underline|illustrate|reinforce|motivate|show"
    r"|demonstrate|suggest|point to|call for)s? (?:that )?(?:there (?:is|are) |not only )?"
    r"(?:the |a |an )?(?:[\w-]+ ){0,2}?(?:potential|importance|promise|need|necessity|value"
    r"|utility|usefulness|viability|significance|relevance|questions) (?:of|for|to|that)\b"
)


_FEWEST = 3


def tells_no_outcome(sentence: Sentence) -> bool:
    """Whether it announces, or says how work was done, what is left, or how weighty it all is."""
    text = sentence.lower
    is_empty = len(sentence.words) < _FEWEST or reports_nothing(sentence) or _tells_scope(sentence)
    if is_empty or announces(sentence) or _LIMITS.search(text) or looks_ahead(sentence, text):
        return True
    if sentence.has(_PROCEEDING) and not sentence.has_measurement and _PROCEEDS.search(text):
        return True
    is_interpreted = sentence.has(_INTERPRETING) and _INTERPRETS.search(text)
    if is_interpreted or _SAYS_NOTHING.search(text) or _tells_set_up(sentence, text):
        return True
    if not sentence.has_measurement and _DESIGNS.match(text) and not _COMPARES.search(text):
        return True
    is_told = _ADVISES.search(text) or (_DOES.search(text) and not sentence.has_measurement)
    if is_told or (sentence.has(_TRIED_BY) and _TRIES_BY.search(text)):
        return _REPORTS.search(text) is None
    return sentence.has(_GIVING) and _GIVES.search(text) is not None


_PAPER = (
    r"(?:paper|article|study|work|report|review|survey|manuscript|chapter|editorial|commentary"
    r"|protocol|letter|essay|thesis|presentation)"
)
# What a paper goes through, what is given in it, that a merit was shown, and that it is the first.
_TELLS_SCOPE = Gated(
    words(
        """this the our we present it their to curves values coefficients constants parameters
        lifetimes spectra details examples rationales rationale principles mechanisms reasons
        implications points strengths aspects linkages topics countermeasures comparison
        comparisons analysis analyses"""
    ),
    rf"^(?:[\w ,]{{1,40}}, )?(?:this|the|our|the present|present) (?:[a-z-]+ ){{0,2}}?{_PAPER} "
    r"(?:will )?(?:also |then |further |thus )?(?:describes?|presents?|discuss(?:es)?|outlines?"
    r"|reviews?|explores?|examines?|summari[sz]es?|explains?|surveys?|considers?|focus(?:es)? on"
    r"|addresses|provides an? (?:[a-z-]+ )?(?:overview|review|summary|synopsis))\b"
    r"|^(?:[\w ,]{1,40}, )?we (?:will|shall) (?:also |then |further )?(?:review|discuss|explore"
    r"|describe|present|outline|summari[sz]e|examine|investigate|compare|assess|evaluate)\b"
    r"|^(?:[\w ,]{1,40}, )?we (?:previously|recently|earlier) [a-z]+"
    r"|^(?:the |our |their |all |its )?(?:[\w-]+ (?:and |of )?){0,5}?(?:curves|values|coefficients"
    r"|constants|parameters|lifetimes|spectra|details|examples|rationales?|principles|mechanisms"
    r"|reasons|implications|points|strengths|aspects|linkages|topics|countermeasures"
    r"|comparisons?|analys[ei]s)\b[^;:]{0,90}? (?:is|are|was|were) (?:also |then |[a-z]+ly )?"
    r"(?:reported|given|highlighted|addressed|provided|listed|explained|presented|outlined"
    r"|described|tabulated|suggested|illustrated|made|summari[sz]ed)\b"
    r"|^(?:the |our |their |its )?(?:[\w-]+ ){0,3}?(?:effectiveness|efficiency|performance"
    r"|feasibility|validity|usefulness|applicability|superiority|robustness|utility) of"
    r" [^;:]{3,140} (?:is|are|was|were|has been|have been) (?:also |then |[a-z]+ly )?"
    r"(?:demonstrated|shown|illustrated|verified|validated|confirmed|proved|proven)\b"
    # "To our knowledge, this is the first trial of salt on kites"
    r"|^(?:to (?:our|the best of our) knowledge,? )?(?:this|our|the present|it)(?: [a-z-]+){0,2}? "
    r"(?:is|was|represents|would be|would represent) (?:one of )?the first\b",
)
_CAME_OUT = re.compile(
    r"\b(?:f[io]und|finds|finding|show(?:s|ed|n|ing)? (?!in\b|by\b|through\b|on\b|with\b|via\b)"
    r"|reveal|conclu|demonstrat(?:e|es|ing)\b|suggests?\b|indicat|argu(?:e|es|ing)\b|because|that"
    r"|than|whereas|agreement|but not|no (?:significant )?(?:difference|effect|evidence))"
)


def _tells_scope(sentence: Sentence) -> bool:
    """Whether it says what a paper goes through or gives, and nothing that came of it."""
    text = sentence.lower
    if sentence.has_measurement or _TELLS_SCOPE.search(text) is None:
        return False
    return _CAME_OUT.search(text) is None


_TURNS = re.compile(r"\b(?:this|the present) (?:study|work|paper|research|analysis)\b")
_LAY = ("author summary", "plain language summary", "lay summary")


def lay_preludes(sentences: Iterable[Sentence]) -> frozenset[int]:
    """The numbers of the sentences with which a summary for lay readers begins anew.

    It tells what is known of its subject, until it comes to what the authors did.
    """
    found: list[int] = []
    is_prelude = False
    for sentence in sentences:
        is_prelude = is_prelude or sentence.lower.startswith(_LAY)
        is_prelude = is_prelude and not (sentence.has(OWN) or _TURNS.search(sentence.lower))
        found += [sentence.number] if is_prelude else []
    return frozenset(found)


# "Few nests limit this study", "Our study was limited by rain"
_LIMITS = Gated(
    words("limit limits limited limitation limitations"),
    r"\blimit(?:s|ed)? (?:this|our|these|the present) (?:[\w-]+ ){0,4}?(?:study|trial|analysis"
    r"|conclusions?|findings?|results|work)\b"
    r"|^(?:[\w ]{1,24}, )?(?:this|our|the|the present) (?:study|trial|analysis|work|results) "
    r"(?:is|are|was|were) limited (?:by|to)\b"
    r"|^(?:[\w ]{1,24}, )?(?:the |our |an? )?(?:[a-z]+ ){0,2}?limitations? (?:of|to) "
    r"(?:this|our|the) (?:present )?(?:study|trial|analysis|work)\b"
    r"|^(?:[\w ]{1,24}, )?(?:the |our |some |one |a )?(?:[a-z]+ ){0,2}?limitations? "
    r"(?:includes?|included|is|are|was|were)\b",
)
# Findings that "give insight", contributions that are counted up, attention that was given.
_SAYS_NOTHING = Gated(
    words(
        """provide provides give gives offer offers serve serves attention open
        represent mark contribution
        contributions us opens represents marks pinpoint apply applied discuss
        aim aims aimed seek sought intend intended hope hoped want wanted plan planned wish wished
        hypothesis hypotheses hypothesize hypothesise hypothesized hypothesised expect require
        seeks intends designed attempts requires demand demands need needs knowledge killing
        claiming devastating displacing"""
    ),
    r"^(?:[\w ]{1,24}, )?(?:the|our|these|this) (?:[\w-]+ )?(?:findings?|results?|study"
    r"|analys[ei]s|work"
    r"|paper|survey|review) (?:also |thus |further )?(?:provides?|gives?|offers?"
    r"|serves? as) (?:an? |us )?"
    r"(?:[a-z]+ ){0,2}?(?:overview|insights?|understanding|roadmap|basis|picture|perspectives?"
    r"|guidance|guidelines?)\b"
    r"|^(?:[\w ]{1,24}, )?(?:the|our|these|this) (?:[\w-]+ ){1,3}?(?:provides?|gives?|offers?) "
    r"(?:[a-z]+ ){0,3}?(?:indications?|information|clues|details|suggestions|ideas) "
    r"(?:regarding|about|on|as to|concerning)\b"
    # "Our hypothesis is that rain slows kites", "we further hypothesise a decline"
    r"|^(?:[\w ]{1,24}, )?(?:the |our )?(?:[a-z]+ )?hypothes[ei]s (?:is|are|was|were) that\b"
    r"|^(?:[\w ]{1,24}, )?(?:we|the authors|it is) (?:also |further |thus |therefore )?"
    r"(?:hypothesi[sz]ed?|expect)\b"
    # "To be safe, the mooring of kites requires careful assessment"
    r"|\b(?:requires?|demands?|needs?) (?:a )?(?:very |more |particular )?(?:careful|close"
    r"|cautious|thorough|rigorous|urgent) \w+"
    r"|^(?:[\w ]{1,24}, )?(?:the|our|these|this) [a-z]+ adds? (?:to )?(?:the |our |new )*"
    r"knowledge\b"
    # What a storm did is what a study of it starts from.
    r"|\b(?:killing|claiming|devastating|displacing) (?:[a-z]+ ){0,3}?[\d,]+ (?:[a-z]+ )?"
    r"(?:people|persons|lives|residents|houses|homes|families)\b"
    r"|^(?:special|particular) attention (?:was|is)\b"
    r"|^our (?:[a-z]+ )?contributions? (?:include|are|is|consists?)\b"
    r"|\b(?:allow|enabl|help)(?:s|ed|es) us to (?:identify|understand|study|investigate|explore"
    r"|analy[sz]e|assess|gain)\b"
    # "The Night Owl trial seeks to learn"
    r"|^(?:this|the|our) (?:[\w-]+ ){0,3}?(?:work|paper|study|trial|review|project|article)"
    r" (?:aims|seeks|intends|attempts|is designed) to\b"
    r"|^we (?:(?:aim|intend|want|wish)(?:ed)?|hoped?|plan(?:ned)?|seek|sought) to\b"
    r"|^(?:overall, |thus, )?[^,;:.]{2,60} (?:offer|open|represent|provide|mark)s? an? "
    r"(?:[a-z-]+ )?(?:direction|avenue|path|pathway|paradigm|blueprint|step|foundation)"
    r" (?:for|to|towards?|in)\b"
    r"|^(?:[\w ]{1,24}, )?we (?:then |further |finally |also )?(?:pinpoint|appl(?:y"
    r"|ied) (?:these|the"
    r"|our)|discuss)\b",
)
# "Scans should be kept for those who get worse", "another reason may be salt"
_ADVISES = Gated(
    words("should ought explanation reason cause"),
    r"^[\w,' -]{3,80}? (?:should|ought to) (?:not |also |always |only )?(?:be (?:considered"
    r"|offered|used"
    r"|performed|given|kept|preferred|encouraged|taken|made|avoided|recommended|included|evaluated"
    r"|investigated|reserved|assessed|monitored|treated|aware)|trigger|consider|receive|undergo"
    r"|focus|aim)\b|^(?:an?|the|one) (?:[a-z]+ )?(?:explanation|reason|cause) (?:could|may"
    r"|might) be\b",
)
# What the authors hand over or did, what was held, and what is only set beside something.
_DOES = Gated(
    words(
        """release share summarise summarize outline perform performed conduct conducted carried
        make provide held examined included enrolled recruited randomised randomized analysed
        analyzed reviewed studied interviewed invited screened treated considered used
        available compared simulation simulations evaluated investigated explored described
        addressed discussed comprises contains consists met fulfilled satisfied assessed
        summarised summarized presented outlined comprised called named
        termed dubbed compiled compile undertook undertaken can"""
    ),
    r"^(?:[^,;.]{3,90}, |in this [a-z]+ )?(?:we|this (?:paper|study|work|article))"
    r" (?:also |further |then |[a-z]+ly )?(?:release|share"
    r"|summari[sz]e|outline|perform(?:ed)?|conducted|carried out"
    r"|make an? (?:[a-z]+ )?(?:review|survey)"
    r"|provide (?:an? )?(?:[a-z]+ )?(?:evaluation|data|highlights|overview|details|examples?))\b"
    # "The society also performed joint analyses", "the authors compiled a summary"
    r"|^(?:[^\s,;:.]+ ){1,4}?(?:also |then |further )?(?:perform(?:ed)?|conduct(?:ed)?|carried out"
    r"|compiled?|undertook) (?:[\w-]+,? ){0,6}?(?:(?:[a-z]+-)?analys[ei]s|summary|overview"
    r"|reviews?|surveys?|searche?s?|interviews|inventory|list)\b"
    # "By sharing ropes, it can save time": what it might do, not what it did
    r"|^(?:[\w ]{1,24}, )?(?:(?:by|through|via|with) [^,;]{3,60}, )?(?:it|they) can (?!not\b)\w+ "
    r"|^(?:a total of )?(?:\d[\d,]*|[a-z-]+) (?:[\w-]+ ){0,3}?(?:focus groups|interviews|workshops"
    r"|patients|participants|subjects|adults|children|women|men|knees|eyes|cases)(?: [^,;.]{1,40})?"
    r" were (?:held|examined|included|enrolled|recruited|randomi[sz]ed|analy[sz]ed|reviewed|studied"
    r"|interviewed|invited|screened|treated with)\b"
    r"|\bdata (?:from|of|on) \d[\d.,]* (?:[\w-]+ ){1,4}?(?:were|are) (?:considered|used|available"
    r"|included|analy[sz]ed)\b"
    r"|\b(?:is|are|was|were) (?:also )?compared (?:with|to) (?:that|those) of\b"
    r"|\b(?:has|have) been (?:studied|examined|tested) (?:via|through|by) simulations?\b"
    # "The drag of wet kites is examined."
    r"|^(?:(?!that\b)[^\s,;:.]+ ){1,16}(?:is|are|was|were|has been|have been)"
    r" (?:[a-z]+ly )?(?:evaluated"
    r"|analy[sz]ed|investigated|examined|studied|explored|considered|described|included"
    r"|addressed|discussed)(?: and (?:evaluated|quantified|compared|analy[sz]ed|discussed))?"
    r"(?: (?:in|by|throughout) (?:this|the|our|the present) [a-z]+)?\.?$"
    r"|^(?!no\b)(?:(?!(?:that|which|who)\b)[^\s;:.]+ ){1,24}(?:is|are|was|were|has been|have been)"
    r" (?:[a-z]+ly |then |also )?(?:evaluated|analy[sz]ed|investigated|examined|studied|explored"
    r"|assessed|summari[sz]ed|presented|reviewed|outlined|compared)"
    r"(?: daily| weekly| monthly| yearly)?"
    r"(?: (?:in|by|over|with|to|using|for|on|at|from|across|under)\b[^;:]*)?\.?$"
    r"|^(?:our|the|this) (?:[a-z-]+ ){1,4}is (?:called|named|termed|dubbed)\b"
    r"|^(?:it|(?:the|our|this) (?:study|work|evaluation|paper)) (?:comprises|contains|consists of) "
    r"|^(?:the |our )?(?:[a-z]+ )?(?:sample|series|cohort|group|population) (?:included|comprised) "
    r"|^(?:\w+ )(?:[\w-]+ ){0,6}(?:met|fulfilled|satisfied) (?:the |our |all )?"
    r"(?:inclusion |eligibility |study |selection )?criteria\b[^,;]*$",
)
# "In the wind tunnel, we adopt a slack tether, achieving calm": what it is for is no outcome.
_DESIGNS = re.compile(
    r"(?:finally, )?"
    r"(?:(?:to|in|for|by|during|based on|recogni[sz]ing|considering)\b[^,;.]{3,90},? )?"
    r"we (?:also |further |then |first |next |primarily |mainly )?"
    r"(?:adopt|employ|utili[sz]e|leverage|incorporate|devise|design|introduce|develop|integrate"
    r"|compute|optimi[sz]e|train|build|construct|combine|define|formulate|target|focus)\b"
    # "Our second module ties ropes", "Zeta employs a winch"
    r"|(?:to [a-z]+ (?:this|these|it)\b[^,]{0,40}, )?(?:our|the) (?:first|second|third)"
    r" (?:pathway|module|stage|component|branch|step|phase)\b"
    r"|(?:[a-z]*-?[\w-]+|(?:our|the proposed) [a-z]+|it) (?:introduces|employs|adopts|incorporates"
    r"|integrates|utili[sz]es|leverages|combines|comprises) "
)
_COMPARES = re.compile(
    r"\b(?:outperform|surpass|state-of-the-art|exceed|(?:show|find|found|demonstrat|reveal)\w* that"
    r"|results? (?:show|demonstrate))"
)
_TRIED_BY = words(
    "demonstrate demonstrates show shows illustrate evaluate validate validated demonstrated"
)
# "We demonstrate its efficiency by implementing two algorithms", "is validated by replaying logs"
_TRIES_BY = re.compile(
    r"^(?:[\w, -]{1,40}, )?we (?:also |further |then )?(?:[a-z]+ly )?(?:demonstrate|show"
    r"|illustrate|evaluate"
    rf"|validate) (?:its|the|our|their|this) (?:[\w-]+ ){{0,2}}?(?:{'|'.join(sorted(MERITS))}"
    r"|efficiency|performance|approach|method|framework|flexibility|applicability)"
    r"(?: of (?:(?:the|our|its|this) )?(?:[\w-]+ ){0,2}?[\w-]+)? (?:by|on|in|with"
    r"|through|via|using) "
    r"|\b(?:is|are|was|were) (?:validated|demonstrated|illustrated) (?:by|on|through|using|with) "
)
_REPORTS = re.compile(
    r"\b(?:achiev|outperform|improv|surpass|finding|obtain|reach|higher|lower|(?<!to )better"
    r"|increas|reduc|significant|show(?:s|ing|ed)? that|demonstrat(?:es|ing|ed) that)\w*"
)


# "The mean period of follow-up was nine months"
_FOLLOWS_UP = re.compile(
    r"^(?:the )?(?:[a-z]+ )?(?:(?:length|duration|period) of )?(?:the )?follow-?up"
    r"(?: period| time| duration| interval)? (?:was|were|is|ranged|averaged|lasted)\b[^,;]*$"
)
# What was used where, what is brought, what a system does in a case, what results were treated.
_SETS_UP = re.compile(
    r"^(?:these|the|this|our|such|both) [^,;:.]{3,60} (?:was|were) (?:used|employed|implemented"
    r"|installed|fabricated) (?:in|as|on|for|with) "
    r"|^(?:[\w, -]{1,40}, |in this [a-z]+ )?we (?:introduce|present|propose|describe) an? "
    rf"|^(?:[a-z]+ ){{0,4}}{TESTS}(?: (?:of|from|on|for) [^,;:.]{{3,60}})? (?:are|were|is|was)"
    r" (?:[a-z]+ly )?(?:analy[sz]ed|discussed|given|described|summari[sz]ed|outlined)\b"
)
_WORKS = re.compile(
    rf"^(?:(?:our|the|this) )?(?:[\w-]+ )?[\w-]+ (?:identifies|uses|employs|combines|leverages"
    rf"|relies on|monitors|tracks) {COUNTED} [^:;.]{{3,80}}: ?\(?(?:i|1|a)\)"
    r"|^an? [^,;:.]{3,50} is (?:triggered|raised|invoked|activated|issued)"
    r" (?:when|if|once|whenever)\b"
)
_VAGUE_NOUN = (
    r"(?:(?:performance )?gaps|shortcomings|weaknesses|limitations|room for improvement"
    r"|(?:areas|aspects) (?:(?:requiring|needing) |for |of )?(?:further |future )?(?:improvements?"
    r"|attention|work))"
)
# "Uncover severe shortcomings and show aspects needing work", "has different features than kites"
_VAGUE = Gated(
    words("gaps shortcomings weaknesses limitations room areas aspects different"),
    r"(?:reveal|expos|uncover|highlight|show|identif|point)\w*(?: to| out)? (?:[a-z-]+ ){0,3}?"
    rf"{_VAGUE_NOUN}"
    r"(?: (?:of|in|among|across) (?:(?:the|these|all|current|existing|leading|today's|state-of"
    r"-the-art|[a-z]+) ){0,2}(?:models|methods|systems|approaches|tools|agents))?"
    r"(?: and (?:[a-z]+ )?(?:reveal|expos|highlight|show|identif|point)\w*(?: to| out)? "
    rf"(?:[a-z-]+ ){{0,3}}?{_VAGUE_NOUN})?\.?$"
    r"|(?:exhibit|show|ha|display)(?:s|ve)? (?:[a-z]+ )?different (?:properties|behaviou?rs"
    r"|characteristics|features)(?: (?:from|than|to|compared) [^,;:]{3,60})?\.?$",
)
_PRAISED = re.compile(
    r"^(?:both|these|this|the two|all) [^,;:.]{0,40}?(?:achiev|obtain|show|exhibit|deliver|yield"
    r"|attain|demonstrat)\w* (?:impressive|promising|good|strong|interesting|encouraging"
    r"|excellent"
    r"|satisfactory|remarkable) (?:performances?|results?|abilit(?:y|ies))"
    r"(?: (?:in|on|for|across) [^,;:]{3,80})?\.?$"
    r"|^we interpret (?:this|these|that|it|them) as\b"
)


# "The inland and coastal nurse split was 30 versus 20"
_SPLIT = re.compile(
    r"\b(?:patients?|participants?|subjects?|people|sample|gender|sex|cohort|nurses?|children"
    r"|users?|workers?|students?|sailors?)"
    r" (?:split|breakdown|distribution)\b(?:(?!\b(?:was|were|is)\b)[^.;%\d]){0,120}"
    r" (?:was|were|is) (?=\d)"
)
# One of them stands in all that the pattern finds.
_SPLIT_NOUNS = (" split", " breakdown", " distribution")


def _splits_sample(text: str) -> bool:
    """Whether a sentence says how many of a sample are in each group."""
    return any(map(text.__contains__, _SPLIT_NOUNS)) and _SPLIT.search(text) is not None


def _tells_set_up(sentence: Sentence, text: str) -> bool:
    """Whether it says how work was done, or calls something good, lacking or different, not how."""
    if _FOLLOWS_UP.match(text) or _splits_sample(text):
        return True
    if not sentence.has_estimate and (_VAGUE.search(text) or _PRAISED.match(text)):
        return True
    return bool(_SETS_UP.match(text) or _WORKS.match(text)) and not _REPORTS.search(text)
