"""Whether a sentence that counts as the method's says what was done, and how."""

from __future__ import annotations

import re

from summarise.drafting.announcements import announces
from summarise.drafting.clauses import Clauses
from summarise.drafting.openings import ADVERBS, OWN_SUBJECT
from summarise.models import Role
from summarise.reading import EVIDENCE, Sentence
from summarise.scan import BRACKETED, METHOD_SECTIONS, Gated, words

# "This paper addresses the problem of calm days."
_ONLY_TOPIC = re.compile(
    r"(?:[^,;:.]{3,40}, )?"
    rf"{OWN_SUBJECT} {ADVERBS}(?:(?:address|tackl|investigat|consider)(?:e?s|e|ed)? the "
    r"(?:challenge|problem|issue|question) of |focus(?:e[sd])? on )"
    r"(?:(?! (?:by|using|with|through|via|based) )[^,;:.]){3,90}(?:[.,]|\Z)",
    re.IGNORECASE,
)


def says_how(sentence: Sentence) -> int:
    """2 where it tells more than that something comes, what or who is looked at, and where.

    1 where it only says of which design a study was, what it wants to know, or one step of many,
    else 0.
    """
    text = sentence.body
    is_place = _PLACE.fullmatch(text) and Clauses(text).verb(0) is None
    if is_place or _ONLY_TOPIC.match(text):
        return 0
    if announces(sentence) or _EVALUATES_ITSELF.match(text):
        design = _DESIGN.search(text)
        return 2 if design and _OF_WHOM.search(text, design.end()) else 1 if design else 0
    if _ONLY_SAMPLE.match(BRACKETED.sub("", text)):
        return 0
    return 1 if _STEP.search(text) or _ONLY_ASKS.match(text) else 2


# "We enrolled 40 divers with gout", "Nine divers, of whom four were old", "Divers were divided into
# two groups".
_NUMBER = (
    r"(?:\d[\d,]*|(?:a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-[a-z]+)?)"
    r"(?: (?:hundred|thousand)(?: and [a-z-]+)?)?)"
)
_HOW = (
    r"(?:using|by means|underwent|and [a-z]+ed|who (?:were|received)|with [a-z-]+ing"
    r"|treated|randomi[sz]\w+|to (?:receive|compare)|compar\w+|measur\w+)"
)
_TAKEN_IN = (
    r"(?:were|was) (?:[a-z]+ly )?(?:included|enrol+ed|recruited|selected|invited|obtained|used"
    r"|identified|available|eligible|admitted|seen|studied|analy[sz]ed|reviewed|registered"
    r"|examined|evaluated|assessed)"
    r"(?: (?:in|into|to|for|from|at|between|during|over|via|by|through) [^,;:]*)?\.?$"
)
_WHEN = r"(?:(?:between|from|during|in|over) [^,;:]*, )?"
_PEOPLE = (
    r"(?:patients|participants|subjects|women|men|children|adults|students|individuals|infants"
    r"|animals|rats|mice|eyes|cases|volunteers|families)"
)
_ONLY_SAMPLE = re.compile(
    r"(?:we |in this [a-z-]+ (?:study|trial), (?:we )?)?(?:[a-z]+ly )?(?:enrol+ed|recruited"
    rf"|included|studied|identified) (?:a total of |data (?:from|on|of) )?{_NUMBER} "
    rf"(?:(?! {_HOW} )[^;:])*$"
    rf"|{_WHEN}(?:(?:a total of |(?:the |all )?(?!a )){_NUMBER}|all|consecutive) "
    rf"(?:(?! (?:was|were|who|which|underwent|received|using) )[^;:.])* {_TAKEN_IN}"
    rf"|{_WHEN}{_PEOPLE}\b[^;:.,]* {_TAKEN_IN}"
    rf"|(?:consecutive |all )?{_NUMBER} (?:[a-z-]+ ){{0,4}}[a-z]+s(?:, of whom [^;:.]*)?\.?$"
    rf"|an? (?:[\w-]+ ){{0,2}}(?:group|sample|cohort|series) of [^;:.,]* {_TAKEN_IN}"
    r"|(?:the |this )?(?:[\w-]+ )?(?:group|sample|cohort|population|study|series)"
    rf" (?:consisted of|comprised|included|involved) (?:a total of )?{_NUMBER} "
    rf"|(?:out )?of (?:the|all|these|a) [^,;:]*, {_NUMBER} (?:[a-z]+ ){{0,2}}(?:were|was|had) "
    r"|(?:the )?(?:[\w-]+ ){1,6}(?:were|was) (?:randomly |equally )?(?:divided|split|assigned"
    r"|allocated|separated|randomi[sz]ed) (?:in)?to (?:one of )?(?:two|three|four|five|\d)"
    r" (?:equal )?groups\.?$"
    r"|the (?:first|second|third|next|last|final) (?:part|section|half|chapter)\b"
    r"|(?:the )?(?:overall |total )?(?:(?:response|participation|completion) rate|(?:mean|median)"
    r" (?:age|follow-up|duration)) (?:was|were|of)\b"
    # one of several groups alone
    r"|(?=[^;]* in (?:the )?group (?:\d|[ivx]+|[a-d])\.?$)(?![^;]*\bgroups?\b[^;]*\bgroup\b)",
    re.IGNORECASE,
)
_EVALUATES_ITSELF = re.compile(
    r"(?:this|our) (?:work|paper|study) evaluates\b"
    r"|[^.;]{3,80} will (?:also )?be (?:tested|evaluated|assessed)\b",
    re.IGNORECASE,
)
_DESIGN = re.compile(
    r"\b(?:randomi[sz]ed|prospective|retrospective|cohort|cross-sectional|case-control|controlled"
    r"|survey|regression|questionnaires?|interviews?|blind(?:ed)?|observational|longitudinal"
    r"|qualitative|multicent(?:er|re))\b",
    re.IGNORECASE,
)


# "A survey was conducted among divers who …", "a study was done, based on the logs of …"
_OF_WHOM = re.compile(
    r"\b(?:among|with|of|on|based on|using|comparing) (?:[\w-]+ ){2,}", re.IGNORECASE
)
# By what or on what something is done: "using logs", "in a panel of harbours".
_WAY = (
    r"\b(?:using|by (?:[a-z]+ing|means|an?)|with [a-z-]+ing|through (?!the\b)|via|based on|from \d"
    r"|among \d|in \d|(?:with|in|from|of|on|through|an?|the) (?:[\w‐-]+ ){0,4}?(?:trials?|cohorts?"
    r"|samples?|surveys?|experiments?|data|interviews?|regressions?|models?))\b"
)
# "We evaluated the effects of lamps on divers", and not by what
_ONLY_ASKS = re.compile(
    rf"(?:[^,;:.]{{3,40}}, )?{OWN_SUBJECT} {ADVERBS}(?:evaluat|investigat|examin|explor|assess"
    r"|stud(?:y|i)|analy[sz]|determin|quantif|test|ask)[a-z]* (?:(?:whether|how|why|if|to what"
    r"|which|what|when|who)\b|(?:the )?(?:[\w-]+ ){0,3}?"
    r"(?:impacts?|effects?|feasibility|efficacy|effectiveness|associations?|relationships?|links?"
    r"|influence|role|safety|relation|determinants|drivers|consequences|prevalence|extent)\b)"
    rf"(?!.*{_WAY})",
    re.IGNORECASE,
)
# "This paper deals with the harm of lamps to gulls", and not how
_ONLY_DEALS = re.compile(
    rf"(?:[^,;:.]{{3,40}}, )?(?:{OWN_SUBJECT}|our (?:work|paper|study)) {ADVERBS}"
    r"(?:deals? with|focus(?:es|ed)? on) (?:the|an?|how) "
    rf"(?!.*{_WAY})(?!.*, [a-z]+ing )"
    r"(?!.*\b(?:investigation|experiment|campaign|framework|model|method)s?\b)",
    re.IGNORECASE,
)
# What is done by the way, or first of several things.
_STEP = Gated(
    words(
        """first firstly second secondly transported shipped stored aliquoted frozen thawed
        centrifuged consent invited sampling statistics reliability analysed analyzed"""
    ),
    r"^(?:the )?(?:results|data|findings) (?:was|were) (?:statistically )?analy[sz]ed"
    r"(?: statistically)?\.?$"
    r"|^(?:first|firstly|second|secondly), (?:an?|the|all) [^;:]*\b(?:was|were)\b"
    r"|\b(?:was|were) first \w+ed\b"
    r"|\b(?:was|were) (?:[a-z]+ly )?(?:transported|shipped|stored|aliquoted|frozen|thawed"
    r"|centrifuged)\b"
    r"|\b(?:was|were) invited to (?:participate|take part|join)\b"
    r"|\b(?:signed|gave|provided) (?:an? |their )?(?:written )?(?:informed )?consent\.?$"
    r"|\bsampling (?:[a-z]+ )?(?:was|were) (?:applied|used|employed|adopted|done)\b"
    r"|^(?:descriptive|summary) statistics (?:was|were)\b|\breliability was (?:calcul|assess)",
    re.IGNORECASE,
)
# Of which design, on what, or by whose answers: clear in any field.
_PLAINLY = re.compile(
    r"\b(?:randomi[sz]ed|(?:pro|retro)spective|cohorts?|cross-sectional|case-control|longitudinal"
    r"|controlled (?:trial|study|experiment)|questionnaires?|interview(?:s|ed)|qualitative|trials?"
    r"|field ?work|data ?sets? of|simulations?"
    r"|(?:divided|split|assigned|allocated) (?:in)?to (?:two|three|four))\b"
    r"|^(?:using|analy[sz]ing|drawing on|exploiting|linking|combining|we analy[sz]e) [^;:]*"
    r"\b(?:data|records|reviews|filings|panels?|experiments?|designs?|logs|archives)\b",
    re.IGNORECASE,
)


# "Examine the harm of lamps to gulls"
_ASKED = re.compile(
    r"(?:aim(?:s|ed|ing)? to [a-z]+|investigat|examin|explor|assess|evaluat|describ|determin"
    r"|identif|understand)[a-z]* "
    rf"(?!.*(?:{_WAY}|\d|\b(?:across|under|in (?:a|an|two|three|four))\b))",
    re.IGNORECASE,
)


def is_only_asked(phrase: str) -> bool:
    """Whether a phrase of a method tells what was asked, and neither how nor of how many."""
    return _ASKED.match(phrase) is not None and not _PLAINLY.search(phrase)


def only_asks(sentence: Sentence) -> bool:
    """Whether it tells what is asked or dealt with, and neither how nor of what."""
    if sentence.section in METHOD_SECTIONS:
        return False
    return bool(_ONLY_ASKS.match(sentence.body) or _ONLY_DEALS.match(sentence.body))


def tells_deed(sentence: Sentence) -> bool:
    """Whether it tells an act, and more than what is asked."""
    return tells_act(sentence, None) and not only_asks(sentence)


def is_plainly_done(phrase: str) -> bool:
    """Whether a phrase of a method tells a design, and not only what is asked."""
    return bool(_PLAINLY.search(phrase)) and not (
        _ONLY_ASKS.match(phrase) or phrase.startswith(("This ", "To ", "Test"))
    )


# "Teaching hospital, Level II centre."
_PLACE = Gated(
    words(
        """hospital hospitals center centers centre centres clinic clinics university universities
        department departments unit units practice practices laboratory laboratories institution
        institutions"""
    ),
    r"(?:(?:[\w-]+,?|[(][^()]+[)]) ){0,8}?"
    r"\b(?:hospitals?|cent(?:er|re)s?|clinics?|universit(?:y|ies)|departments?|units?|practices?"
    r"|laborator(?:y|ies)|institutions?)\b(?:(?:,| in| of| at) [A-Z][\w, .-]{2,60})?\.?",
)


def _only_finds(sentence: Sentence, name: str | None) -> bool:
    """Whether it says what was seen, not what was done."""
    if _HIGHLIGHTS.match(sentence.body):
        return True
    if sentence.works or sentence.proposes or sentence.tells_topic or sentence.only_tells_doing:
        return False
    if sentence.has(EVIDENCE) and sentence.claims_outcome:
        return True
    if _FOUND.search(sentence.lower) or _FINDING.match(sentence.body):
        return True
    # "Our rule, Zeta, keeps a tally; it adds 3% to the time": what is named is told, too.
    is_told = name is not None and name in sentence.body and not sentence.claims_outcome
    return sentence.role is Role.RESULT and not is_told


def tells_act(sentence: Sentence, name: str | None) -> bool:
    """Whether it says of its own work, or in the past, that something was done.

    By its likely role alone a sentence may be about what others do, or what is so: "Lamps are
    sometimes hung from kites".

    Args:
        sentence: One that counts as the method's.
        name: What the paper calls its proposal.
    """
    is_how = told_by(sentence.body) is not None
    if not is_how and (_only_finds(sentence, name) or _INVITES.search(sentence.lower)):
        return False
    is_own = is_how or sentence.proposes or sentence.tells_own_work or sentence.tells_topic
    if is_own or sentence.section in METHOD_SECTIONS:
        return True
    if name is not None and name in sentence.body:
        return True
    if _USUAL.search(sentence.lower):
        return False
    if sentence.works or sentence.only_tells_doing or sentence.sets_up:
        return True
    return _ACT.search(sentence.lower) is not None


# "We document that kites tear", "we show how they do", "we document large changes in …"
_FINDING = re.compile(
    r"(?:[^;:.]{3,90}, )?(?:we|i|the authors?|this (?:paper|study|article|work)) "
    rf"{ADVERBS}(?:demonstrate|show|find|found|document|establish|argue|reveal|conclude|observe)"
    r"(?:e?d|s)? (?:that|how|why|(?:an? )?(?:strong|significant|substantial|large|robust|positive"
    r"|negative|no|new evidence)) (?!.* (?:by|through) [a-z]+ing )",
    re.IGNORECASE,
)
# "This study highlights the need of dry lamps"
_HIGHLIGHTS = re.compile(
    rf"{OWN_SUBJECT} {ADVERBS}(?:highlight|underscore|underline|emphasi[sz]e)s? "
    r"(?:that|how|the (?:importance|need|potential|value|costs?|role|benefits?|significance))\b",
    re.IGNORECASE,
)
# "Members were invited to contribute an article"
_INVITES = re.compile(
    r"\b(?:was|were|been|are) (?:[a-z]+ly )?(?:invited|asked|encouraged|commissioned|solicited) to"
    r" (?:contribute|submit|write|publish|author)\b"
)
# "Analyzing nine years of logs, we find that …", "Using logs of harbours, it examines how …"
_TOLD_BY = re.compile(
    r"(?P<how>(?:using|analy[sz]ing|drawing (?:up)?on|exploiting|leveraging|combining|based on"
    r"|assembling|linking|tracking|examining|reviewing|comparing) (?![^,]*\b(?:this|these|those|our"
    r"|it|them)\b)(?:[^,;:]|,(?=\d)){12,140}), (?:we|it|i|the authors"
    rf"|(?:this|the) (?:paper|study|article)) {ADVERBS}(?:find|found|show|document|reveal"
    r"|demonstrate|examine|investigate|explore|study|studie|assess|evaluate|ask|test)(?:e?s"
    r"|e?d)?\b",
    re.IGNORECASE,
)


def told_by(text: str) -> str | None:
    """From what, or how, a sentence asks or finds something: that alone is the method of it."""
    match = _TOLD_BY.match(text)
    return match["how"] if match else None


_USUAL = re.compile(
    r"\b(?:is|are) (?:sometimes|often|usually|commonly|widely|generally|frequently|typically"
    r"|traditionally|currently|increasingly|particularly|routinely) |^(?:usually|traditionally"
    r"|typically|generally|currently), "
)
# "The tails were weighed", "kites will be reviewed", "we then held them", "the framework lifts"
_ACT = re.compile(
    r"\b(?:was|were|been|will be) (?:[a-z]+ly )?(?:[a-z]+ed|made|built|done|held|taken|given|drawn"
    r"|grown|shown|set|kept|put|run|chosen|begun|fed|bred|cut|spun|split|sought)\b"
    r"|\b(?:we|i)(?: have| had)? (?:[a-z]+ly )?(?!(?:are|were|can|may|will|believe|hope|argue|show"
    r"|shown|find|found|observe)d?\b)[a-z]{3,}\b"
    r"|\b(?:is|are) (?:[a-z]+ly )?(?:performed|conducted|carried out|considered|examined|compared"
    r"|analy[sz]ed|simulated|estimated|computed|evaluated|assessed|tested|quantified)\b"
    r"|^this (?:paper|study|article|work) (?:draws|relies|rests|builds) (?:up)?on\b"
    r"|\b(?:our|the) (?:[\w-]+ ){0,3}?(?:method(?:ology)?|approach|framework|technique|algorithm"
    r"|architecture|pipeline|tool|model|system|network|module|stage|part|step)s? (?:[a-z]+ly )?"
    r"[a-z]+s\b|^it (?:also |first )?(?!(?:is|was|has|shares|shows|exhibits|resembles|differs"
    r"|belongs|lacks|occurs|remains) )[a-z]+s\b"
)
# "Near lakes, kites were much higher": what was seen is no method.
_FOUND = re.compile(
    r"\b(?:was|were) (?:[a-z]+ ){0,2}?(?:higher|lower|greater|larger|smaller|longer|shorter|better"
    r"|worse|more (?:frequent|common|likely)|(?:associated|correlated) with|(?:up|down)regulated"
    r"|elevated)\b"
    r"|\b(?:our|the proposed) (?:[\w-]+ )?(?:approach|method|model|framework|system|policy)"
    r" (?:[a-z]+ly )?(?:succeeds|outperforms|surpasses|achieves|attains|exceeds)\b"
    r"|^(?!we |i |this )[^,;:.]{3,140} (?:revealed|showed|demonstrated|indicated) (?!to )"
)
