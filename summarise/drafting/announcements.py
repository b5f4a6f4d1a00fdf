"""Sentences that say that something comes, or was tried, and not what.

And those that urge something, or tell what is hoped for, planned or supposed.
"""

from __future__ import annotations

import re

from summarise.reading import Sentence
from summarise.scan import Gated, Section, one_of, words

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
    r"|(?:clinical )?(?:trials? )?(?:registration|registry)[a-z]*(?=\W*(?:$|:|no\b|numbers?\b"
    r"|id\b|is\b|[a-z]{2,12}\W?\d|\d|www|http|identifier))"
    r"|(?:retro|pro)spectively registered|funded by|funding|jel codes?|keywords?"
    r"|editor(?:['’]s|ial)? note|ethic(?:s|al) approval|there (?:is|are) no copyright"
    r"|(?:the )?(?:(?:www\.)?(?:clinicaltrials?\.gov|isrctn)|nct ?\d{6}))\b|\W*©"
    r"|\[[^\]]*\]\.?$|\W*proprietary or commercial\b"
    # "[Extracted from the article] Copyright of the Journal of Kites is the property of"
    r"|\W*\[ ?(?:extracted )?from (?:the )?(?:author|article)"
    r"|[^.;]{0,20}\bcopyright\W{0,4}(?:©|\(c\)|(?:19|20)\d\d)"
    r"|(?:the|this|our) (?:trial|study|review|protocol) (?:is|was|has been) (?:[a-z]+ly )?"
    r"registered\b(?!.* and [a-z]+ed )"
    # Keywords: "kites;wet ropes;salt;lamps"
    r"|[^;:.]{2,40}(?:;\S[^;:.]{1,40}){3,}\.?$"
)
_LATER = (
    *("will be ", "database record", "future", "later", "further", "follow-up", "awaited"),
    "expected ",
)
# In a clause beside it something may have been found: "Salt cut drag, while gains will be …"
_PLANNED = re.compile(
    r"^(?:(?!, (?:while|whereas|and|but) )[^;])*?\bwill be (?:[a-z]+ly )?(?:published|presented"
    r"|reported|compared|assessed|evaluated|disseminated|conducted|analy[sz]ed|measured|explored"
    r"|examined|investigated|collected|recruited|randomi[sz]ed|invited|interviewed|introduced"
    r"|obtained)\b"
    r"|\bdatabase record\b"
    r"|\b(?:is|are|was|were) (?:left|reserved|deferred|planned|postponed) (?:for|to) (?:\w+ )?"
    r"(?:future|later|further|follow-up)\b|\b(?:is|are) (?:eagerly )?awaited\b"
    r"|\b(?:is|are) expected (?:in|by) (?:\d{4}|the (?:near|coming))\b"
)
# What came out, so that a sentence tells more than that something was looked at.
_FOUND = re.compile(
    r"(?<!\bto )\b(?:f[io]und|finds|finding|show|reveal|indicat|suggest|demonstrat|observe "
    r"|conclud|confirm|achiev|outperform|improv|reduc|increas|decreas|significant|associated"
    r"|higher|lower|better|more|less|fewer|highest|lowest|only|identified)"
)
_SEVERAL = (
    r"(?:\d[\d,]*|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -][a-z]+)?)"
)
# "A total of nine ropes were tested", "there were 4 men and 5 women", "the trials included 90 men"
_IS_SAMPLE = Gated(
    words(
        """were was took completed participated responded consented include included includes
        comprise comprised comprises involve involved involves contained contains enrolled
        recruited retrieved screened interviewed surveyed sampled"""
    ),
    rf"^(?:(?:a total of |in total,? |overall,? )?{_SEVERAL} "
    r"(?:(?!(?:that|of the|of these)\b)[^\s,;:]+ ){1,14}?"
    r"(?:(?:were|was) (?:then |finally |also |[a-z]+ly )?(?:tested|extracted|conducted"
    r"|included|available|collected|enrolled|recruited|interviewed|examined|reviewed|screened"
    r"|surveyed|retrieved|processed)|took (?:place|part)|completed|participated|responded"
    r"|consented)\b(?!.*\bonly\b)"
    r"|(?:[^,;]{3,60}, )?(?:n = )?\d[\d,]* (?:(?!(?:that|of the|of these)\b)[^\s,;:]+ ){1,10}?"
    r"(?:were|was) (?:then |also )?(?:screened|retrieved|enrolled|recruited|collected)\b"
    r"(?!.*\b(?:only|whereof|which)\b)"
    r"|(?:[^,;]{3,60}, )?we (?:also )?(?:included|enrolled|recruited|retrieved|screened|interviewed"
    r"|surveyed|sampled) (?:a total of )?\d(?!.*\b(?:only|whereof|which)\b)"
    r"|the (?:[\w-]+ ){0,3}?(?:database|data ?set|corpus|cohort|sample|registry) (?:contained"
    r"|contains|included|includes|comprised|comprises) (?:data on )?\d"
    rf"|there were {_SEVERAL} (?:women|men|males|females|boys|girls)\b"
    r"|(?:the|our|these|exploratory) (?:[a-z-]+ ){0,2}?(?:studies|trials|analyses|surveys|cohorts)"
    r" (?:included?|includes|comprised?|comprises|involved?|involves) (?:over |about |more than )?"
    r"\d)",
)
_LOOKING = (
    r"(?:probed|explored?|examined?|investigated?|elucidate|study|studied|analy[sz]ed?|determined?"
    r"|assess(?:ed)?|compared?|survey(?:ed)?|characteri[sz]ed?|described?|describes|discuss(?:es|ed)?"
    r"|review(?:s|ed)?|explores|examines|investigates|analy[sz]es|draws on|summari[sz]e[sd]?"
    r"|attempt(?:s|ed)? to)"
)
# What is looked at, shown, discussed or sorted, and not what came of it.
_POINTS_ON = Gated(
    words(
        """probed explore explored examine examined investigate
        investigated elucidate study studied analyse analysed analyze analyzed determine
        determined assess assessed compare compared survey surveyed characterise characterised
        characterize characterized describe described describes discuss discusses discussed
        review reviews reviewed explores examines investigates analyses analyzes draws
        summarise summarised summarises summarize summarized summarizes attempt attempts
        attempted presents outlines explains introduces results findings classified
        categorised categorized clarified grouped stratified divided coded calculated
        computed estimated measured recalculated derived subtracted hybridised hybridized
        benchmarked calibrated processed
        defined applied used employed constructed reconstructed chosen modified done integrated
        validated implemented adopted allow allows allowed enable enables enabled permit
        permits permitted"""
    ),
    rf"^(?:[^,;]{{1,200}}, )?(?:[a-z]+, )?(?:we|the authors|this (?:paper|study|article|work"
    r"|review|survey)|the (?:present|article|paper|study)(?: (?:study|paper|article|work))?)"
    rf" (?:also |then |further |next |first |finally |here |[a-z]+ly )?{_LOOKING}\b"
    r"|^(?:[\w ]{1,24}, )?(?:this|the|our|the present|present) (?:[a-z-]+ )?(?:paper|article|study"
    r"|work|report|review|survey) (?:also |then |further )?(?:describes|presents|discusses"
    r"|outlines|draws on|reviews|explains|introduces)\b"
    r"|^(?:[^,;.]{1,120}, )?(?:we (?:here )?report (?:here )?(?:the |on )?(?:results|findings)"
    r"|(?:the )?results (?:of [^,;]{3,80} )?(?:are|were) (?:reported|presented|given|discussed))\b"
    r"|\b(?:was|were) (?:then |also |further |[a-z]+ly )?(?:(?:classified|categori[sz]ed|clarified"
    r"|grouped|stratified|coded) (?:by|using|according to|based on)|divided"
    r" into (?:\d+|two|three|four|five|several) groups)\b"
    r"|\b(?:was|were) (?:then |also |further |[a-z]+ly )?(?:(?:calculated|computed|recalculated"
    r"|measured|derived|estimated|determined|processed|calibrated) (?:from|using|via|after|through)"
    r"|subtracted from|hybridi[sz]ed with|benchmarked on)\b"
    r"|\b(?:is|are) defined as\b|\b(?:allowed|enabled|permitted) to identify\b"
    r"|\b(?:was|were|is|are|have been|has been) (?:then |also |further |[a-z]+ly )?(?:applied|used"
    r"|employed|constructed|reconstructed|chosen|modified|processed|done|integrated|benchmarked"
    r"|validated|implemented|adopted) (?:to|for|using|with|by using|by means of|as|in order to|on"
    r"|\d+ times)\b"
    r"|\b(?:allow(?:ed|s)?|enable[ds]?|permit(?:ted|s)?) (?:us to |for )?(?:the |an? )?"
    r"(?:evaluation|examining|examination|quantification|assessment|investigation|investigating|analysis|studying"
    r"|exploration|exploring|assessing|evaluating) ",
)
# "This study is of great worth to planners", "the findings lay the groundwork for further work"
_IS_EMPTY = Gated(
    words(
        """groundwork merit merits value interest contribution contributions contributes starting
        insights data weight discussed forward exhibited illustrated procedure procedures
        recommendations suggestions discussions implications opportunity opportunities foundation
        foundations understanding knowledge information lines promising encouraging"""
    ),
    r"^(?:(?!\b(?:is|are|was|were|may|can|could|has|have|but|that)\b)[^;:]){3,200}? "
    r"(?:is|are|was|were|has been|have been) (?:also |then |[a-z]+ly )?(?:discussed|put forward"
    r"|exhibited|illustrated (?:with|by|using|on|for|in))\b(?!, the )"
    r"|^(?:[\w ]{1,24}, )?(?:these|the|our|this|it|such|together,? these),? "
    r"(?:(?:[a-z-]+ )?(?:findings?|results?|study|work|observations?|paper|survey|data)"
    r"(?: [a-z]+ in this study)?,? )?(?:also |thus,? |together |overall )?"
    r"(?:lay(?:s|ing)? the groundwork"
    r"|(?:is|are) of (?:great|high|considerable) (?:[a-z]+ and )?[a-z]+ (?:merits?|value"
    r"|interest)\b"
    r"|(?:is|are|makes?|represents?|constitutes?) an? (?:[a-z]+ )?contributions? to"
    r"|provide[sd]? (?:an? )?(?:[a-z]+ )?(?:starting point|insights into)"
    r"|provides? (?:[a-z]+ )?data (?:regarding|about|on)"
    r"|(?:will )?(?:give|lend)s? (?:further )?weight to|contributes both)\b"
    r"|\b(?:provide[sd]?|offer(?:s|ed)?) (?:an? |the )?(?:[a-z]+ )?opportunit(?:y|ies) to\b"
    r"|\blay(?:s|ing)? (?:the |a )?foundations?\b"
    r"|^(?:[\w ]{1,24}, )?(?:these|the|our|such|this) (?:[\w-]+ ){0,2}?(?:findings?|results?|data"
    r"|study|work|research|analys[ei]s) (?:ha(?:s|ve) )?(?:improved?|advanced?|expands?|extends?"
    r"|provides?) (?:our |useful |valuable )?(?:understanding|knowledge|information"
    r"|lines of thoughts?)\b"
    r"|^(?:these|the|our) (?:[a-z]+ )*results? (?:appear|seem|are|look)(?: to be)? (?:[a-z]+ )?"
    r"(?:promising|encouraging)\.?$"
    r"|^(?:the|this|our) (?:paper|article|study|report) (?:also )?(?:shows|gives) (?:the|a) "
    r"procedures?\b"
    r"|^(?:[\w ]{1,24}, )?(?:[a-z]+ )?(?:recommendations|suggestions|discussions|implications)"
    r" (?:are|were) (?:also )?(?:made|given|developed|offered|provided)\b",
)


def announces(sentence: Sentence) -> bool:
    """Whether it says that something comes or was tried, and not what: no fact is in it."""
    text = sentence.lower
    if sentence.has(_COUNTING) and counts_what_follows(sentence):
        return True
    if sentence.has(_TRIED) and _tells_of_trying(sentence, text):
        return True
    return is_notice(text)


def is_notice(text: str) -> bool:
    """Whether a sentence tells of plans or of the paper's own print, so that no number counts."""
    is_later = any(map(text.__contains__, _LATER)) and _PLANNED.search(text)
    return bool(is_later or _IMPRINT.match(text))


def reports_nothing(sentence: Sentence) -> bool:
    """Whether it says what was looked at, who took part or how weighty a study is, no more."""
    text = sentence.lower
    if _IS_EMPTY.search(text):
        return True
    if sentence.has_estimate:
        return False
    return bool(_IS_SAMPLE.search(text) or (_POINTS_ON.search(text) and not _FOUND.search(text)))


def _tells_of_trying(sentence: Sentence, text: str) -> bool:
    return bool(
        _TRIES.match(text)
        or (sentence.has(MERITS) and _SHOWS_OFF.search(text) and not _BETTER.search(text))
        or (sentence.has(_CARRYING_OUT) and _CARRIED_OUT.search(text))
    )


def counts_what_follows(sentence: Sentence, start: int = 0) -> bool:
    """Whether it counts things, from a place of its body on, that are then named."""
    return _ANNOUNCES.search(sentence.lower, start) is not None


# No part of a clause that hangs on another.
_MAIN = r"(?:(?!\b(?:that|which|who|whether|when|where|how|if|what)\b)[^;:])"
_AGENTS = (
    r"(?:researchers?|governments?|policy[- ]?makers?|stakeholders?|practitioners?|workers?"
    r"|professionals|authorities|organi[sz]ations?|clinicians?|providers?|agencies|institutions?"
    r"|communities|hospitals?|campaigns?|program(?:me)?s|managers?|leaders?|planners?|educators?"
    r"|schools?|physicians?|designers?|developers?|regulators?)"
)
# "Crews need to be told", "it is vital to dry ropes", "there is a need for lamps": by itself, not
# what somebody asked thinks.
_URGES = Gated(
    words(
        """should ought shall need needs important necessary essential vital crucial critical
        relevant imperative recommended needed advisable urgent warranted mandatory advocated
        considered call calls called advocate advocates plead pleads support supports underscore
        underscores highlight highlights emphasise emphasises emphasize emphasizes stress
        stresses indicate indicates imply implies reinforce reinforces underline underlines
        reveal reveals demonstrate demonstrates show shows has have must required
        needful require requires"""
    ),
    r"^(?!.*\b(?:agreed|felt|believed?|reported|perceived|thought|thinking|stated|emphasi[sz]ed"
    r"|according to|found|showed|revealed)\b)(?!(?:[a-z]+ ){0,3}(?:participants|respondents"
    r"|interviewees)\b)(?:"
    # "In harbours that are dark, crews should …": what hangs on another may stand first.
    r"(?:(?:in|where|when|if|as|because|although|since|given|while|for|to) [^;:]{3,160}, )?"
    rf"{_MAIN}{{3,200}}? "
    r"(?:should|ought to|shall)\b"
    rf"|{_MAIN}{{3,160}}? "
    r"(?<!not )(?<!the )(?<!would )needs? (?:to be|be [a-z]+ed|[a-z]+ing (?:prior|before))\b"
    rf"|{_MAIN}{{0,120}}?"
    rf"\b{_AGENTS} (?:[a-z]+ )?(?:needs? to|ha(?:s|ve) to|must) [a-z]+"
    r"|(?:[\w ]{1,24}, )?(?:further|more|additional|future|larger|long-term) [^,;:]{0,80}"
    r"\b(?:is|are) (?:[a-z]+ )?(?:required|needed|necessary)\b"
    r"|(?:[^;:]{3,60}, |[\w ]{1,24} )?there (?:is|are|remains|exists)(?:, [a-z]+,)? (?:[a-z]+ )?"
    r"(?:an? |the )?"
    r"(?:[a-z]+ ){0,2}?needs? (?:to|for|of)\b"
    r"|(?:[^;:]{3,90}, )?(?:[a-z]+ )?it is (?:[a-z]+ ){0,2}?(?:important|necessary|essential|vital"
    r"|crucial|critical|relevant|imperative|recommended|needed|advisable|urgent)"
    r"(?: for [^,;]{3,60})? (?:to|that)\b"
    r"|(?:[\w ]{1,24}, )?(?:such|this) (?:(?!that\b)[a-z-]+ ){1,6}?(?:is|are) (?:[a-z]+ )?"
    r"(?:essential|vital|crucial|important|necessary|critical) (?:for|to)\b"
    r"|(?:[\w ]{1,24}, )?(?:this|doing so|efforts to [^,;]{3,80}) requires?\b"
    r"|[^;:]{3,160}? (?:may|might) (?:also )?(?:have|need) to\b"
    r"|[^;:]{3,200}? (?:is|are|was|were) (?:[a-z]+ )?(?:needful|recommended|warranted"
    r"|mandatory|advocated"
    r"|called for|to be considered|advisable|urgently needed|imperative)(?=\.|$| (?:to|for|in)\b)"
    r"|(?:[\w ]{1,24}, )?(?:these|our|the|this|such) (?:[\w-]+ ){0,4}?(?:(?:call|advocate|plead)s?"
    r" for|(?:support|underscore|highlight|emphasi[sz]e|stress|indicate|imply|reinforce"
    r"|reveal|demonstrate|show"
    r"|underline)s? (?:an?|the) (?:[a-z]+ ){0,2}?needs?)\b)",
)
# Where a conclusion says of anything that it is essential, it urges it.
_CALLED_ESSENTIAL = Gated(
    words(
        """essential vital critical crucial important necessary needed required imperative key
        pivotal indispensable paramount"""
    ),
    r"^(?:(?!\b(?:that|which|who|where|when)\b)[^;:]){3,200}? (?:is|are) (?:[a-z]+ )?(?:essential"
    r"|vital|critical|crucial|important|necessary|needed|required|imperative|key|pivotal"
    r"|indispensable|paramount)(?=\.|$| (?:to|for|in|if|due|when)\b)",
)
# What is hoped for, planned, still under way, or what might lie behind a finding.
_OUTLOOKS = Gated(
    words(
        """will would could may might can potential expected anticipated hoped planned envisaged
        aims aim goal goals purpose objective expectation intention being underway ongoing trial
        study project programme program promising remains remain hypothesised hypothesized"""
    ),
    r"^(?!.*\b(?:found|finds?|shows?|showed|shown|reveal\w*|indicat\w+|suggest\w*|demonstrat\w+"
    r"|agreed|felt|believed?|reported|perceived|thought|stated|projected|clear)\b)(?:"
    r"[^;:]{3,200}? (?:will|would) (?:[a-z]+ )?(?:be (?:[a-z]+ly )?(?:key|essential|beneficial"
    r"|crucial|important|needed|necessary|conducive|useful|helpful|instrumental|required|critical"
    r"|vital|valuable|re-?[a-z]+ed)|help|contribute|guide|inform|give further)\b"
    r"|(?:(?!\b(?:is|are|was|were)\b)[^;:]){3,160}? (?:can|could|may|might) (?:also )?"
    r"(?:be (?:adopted|implemented|incorporated|integrated|included within)|prove|stand)\b"
    r"|(?:[\w ]{1,24}, )?(?!(?:during|according|including|regarding|following)\b)[a-z]{3,}ing "
    r"[^;:]{3,120}? (?:could|would) (?:also )?(?:have|help|improve|reduce|provide|increase)\b"
    r"|(?:[\w ]{1,24}, )?(?:this|these|that|the|it|such|they|those)\b(?: [\w-]+){0,10} "
    r"(?:could|may|might) (?:[a-z]+ )?(?:be|been) (?:[a-z]+ly |in part )?(?:related|attribut\w+"
    r"|explained|linked|due|ascribed|another)\b"
    r"|(?:[\w ]{1,24}, )?such [a-z]+ (?:may|could|might)\b|[^;:]{3,120}? (?:is|are) hypothesi[sz]ed"
    r" to\b"
    r"|(?:[\w ]{1,24}, )?it is (?:now )?(?:expected|anticipated|hoped|planned|envisaged)\b"
    r"|[^;:]{3,160}? (?:has|have) (?:the )?potential (?:to|for)\b"
    r"|[^;:]{3,160}? (?:is|are) expected to (?:improve|help|enhance|contribute|facilitate|serve"
    r"|benefit)\b"
    rf"|(?:(?!\b(?:that|which|who|whether|when|where|how|if|what)\b)[^;:]){{0,120}}?\b{_AGENTS} "
    r"(?:can|could|may|might) (?!have\b|not\b|also have\b)[a-z]+"
    r"|(?:[\w ]{1,24}, )?(?:these|the|our|such|this) (?:[\w-]+ ){0,4}?(?:findings?|results?|data"
    r"|observations?|measurements?|study|trial|work|research|project)\b(?: [\w-]+){0,8} will "
    r"(?:also )?[a-z]+"
    r"|[^;:]{3,160}? (?:is|are) promising (?:strategy|strategies)\b"
    r"|[^;:]{3,160}? (?:is|are) (?:now |currently )?(?:being (?:developed|tested|evaluated|prepared"
    r"|built|planned)|underway|ongoing)\b"
    r"|(?:[\w ]{1,24}, )?the (?:[\w-]+ ){1,4}?(?:trial|study|project|programme|program) is "
    r"[a-z]+ing\b"
    r"|(?:[\w ]{1,24}, )?(?:the|our) (?:[a-z-]+ ){0,3}?(?:goals?|aim|objective|purpose|expectation"
    r"|intention)(?: of [^,;:]{3,60})? (?:is|are|was|were) to\b"
    r"|[^;:]{3,120}? aims to\b"
    r"|[^;:]{3,160}? remains? (?:largely |still )?(?:unknown|unclear|poorly understood"
    r"|to be [a-z]+)\b)",
)


def looks_ahead(sentence: Sentence, text: str) -> bool:
    """Whether it urges something, or tells what is hoped for, planned or supposed."""
    if sentence.has_measurement:
        return False
    if sentence.section is not Section.RESULT and _URGES.search(text):
        return True
    is_urged = sentence.section is Section.CONCLUSION and _CALLED_ESSENTIAL.search(text)
    return bool(is_urged or _OUTLOOKS.search(text))
