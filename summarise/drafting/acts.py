"""Whether a sentence that counts as the method's says what was done and how, and up to where."""

from __future__ import annotations

import re

from summarise.drafting.clauses import CLAUSE, Clauses
from summarise.drafting.openings import ADVERBS, OWN_SUBJECT
from summarise.drafting.phrases import MOST_WORDS

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


def is_plainly_done(phrase: str) -> bool:
    """Whether a phrase of a method tells a design, and not only what is asked."""
    return bool(_PLAINLY.search(phrase)) and not (
        _ONLY_ASKS.match(phrase) or phrase.startswith(("This ", "To ", "Test"))
    )


_BY = (
    r"(?P<how>(?:using|analy[sz]ing|drawing (?:up)?on|exploiting|leveraging|combining|based on"
    r"|assembling|linking|tracking|examining|reviewing|comparing) (?![^,]*\b(?:this|these|those|our"
    r"|it|them)\b)(?:[^,;:]|,(?=\d)){12,140}), (?:we|it|i|the authors"
    rf"|(?:this|the) (?:paper|study|article)) {ADVERBS}"
)
# "Analyzing nine years of logs, we find that …"
_FOUND_BY = re.compile(
    rf"{_BY}(?:find|found|show|document|reveal|demonstrate)(?:e?s|e?d)?\b", re.IGNORECASE
)
# "Using logs of harbours, it examines how …"
_ASKED_BY = re.compile(
    rf"{_BY}(?:examine|investigate|explore|study|studie|assess|evaluate|ask|test)(?:e?s|e?d)?\b",
    re.IGNORECASE,
)


def found_by(text: str) -> str | None:
    """From what, or how, a sentence finds something: that alone is the method of it."""
    match = _FOUND_BY.match(text)
    return match["how"] if match else None


def asked_by(text: str) -> str | None:
    """From what, or how, a sentence asks something: with what is asked it is the method of it."""
    match = _ASKED_BY.match(text)
    return match["how"] if match else None


# "Subjects were 40 divers", "Divers of three clubs were recruited", "the survey was run in May"
_WHO_OR_WHEN = re.compile(
    r"(?:the )?(?:participants?|subjects?|patients?|respondents?|sample|informants?) (?:were|was"
    r"|included|comprised|consisted of) (?:\d|(?!(?:[a-z]+ly )?[a-z]+(?:ed|en)\b)[a-z])"
    r"|[^,;:]{3,160}\b(?:was|were) (?:eligible|included|enrol+ed|recruited|screened)"
    r"(?: (?:in|to) [^,;:]{3,40})?\Z"
    r"|(?:this|the|our) (?:[\w-]+ ){0,4}?(?:study|survey|trial|research|experiment) (?:was|were)"
    r" (?:conducted|carried out|performed|undertaken|run) (?:between|from|in|during|at|over)\b",
    re.IGNORECASE,
)
_AIMS_AT = re.compile(
    rf"(?:(?:to|{OWN_SUBJECT}) {ADVERBS})?(?:aim|investigat|examin|explor|assess|evaluat|describ"
    r"|determin|identif|stud(?:y|i)|analy[sz]|deal|address|focus)[a-z]* "
    r"|(?:the|an?) [^,;:.]{5,120} (?:was|were) (?:investigated|examined|studied|explored"
    r"|assessed)\b",
    re.IGNORECASE,
)
_HOW = re.compile(_WAY, re.IGNORECASE)


def is_outdone(phrase: str, other: str) -> bool:
    """Whether what a phrase leaves open, another tells: only who took part, when, or what for."""
    if is_plainly_done(phrase) or _HOW.search(phrase):
        return False
    if _WHO_OR_WHEN.match(phrase):
        return is_plainly_done(other) or _HOW.search(other) is not None
    return _AIMS_AT.match(phrase) is not None and is_plainly_done(other)


_WHOLE, _WITH_ARMS = 30, 40
"""Words of a clause told with its last adjunct, and of one that says what each arm is given."""
_ROOM = 160
"""Characters up to which a phrase is told with all of its clause."""
# "Divers were tried" (with two lamps)
_ADJUNCT = re.compile(
    r" (?:in|on|for|with|from|across|using|through|via|by|under|during|among|within|at|to|when"
    r"|where|over|into)\b"
)
# What came of it is no part of the method: "and find that nets hold", "while wicks stay dry".
_COMES_OF_IT = re.compile(
    r"\b(?:f[io]u?nd(?:s|ing)?|show(?:s|ed|n|ing)?|reveal\w*|lead(?:s|ing)? to|led to|result\w*"
    r"|achiev\w*|outperform\w*|improv\w*|conclu\w*|observed|than|although|whereas|while"
    r"|(?:un)?successful\w*)\b"
)
_ALLOCATES = re.compile(
    r"\b(?:randomi[sz]ed|randomly|allocated|assigned|divided|split|switched|received|crossed)\b"
)
# "were assigned at random" (to wear lamps), "were split into two groups" (: …)
_ARMS = re.compile(
    r"(?:,? (?:to|into|with|at|or|versus|and \d+|in (?:a |an )?[a-z-]+ (?:fashion|manner|order))\b"
    r"|: )"
)
_THEN_DONE = re.compile(
    r",? and (?:was|were) (?:(?:then|subsequently|afterwards|later) [a-z]+|(?:randomly )?"
    r"(?:randomi[sz]ed|assigned|allocated|divided|given|treated|interviewed|followed))\b"
)


def farther(clauses: Clauses, start: int, end: int, most: int = CLAUSE) -> int:
    """Where a phrase ends that goes past an end, or that end where it would be too long."""
    more = clauses.fitting(start, MOST_WORDS, past=end + 1, bare=True)
    return more if clauses.count(start, more) <= most else end


def done_until(clauses: Clauses, start: int, *, bare: bool) -> int:
    """Where a phrase ends that tells what was done: not amid what each arm of a trial is given.

    ``bare`` says that it needs no verb.
    """
    text = clauses.text
    end = clauses.fitting(start, MOST_WORDS, bare=bare)
    if not _COMES_OF_IT.search(text, end) and _has_room(clauses, start, len(text)):
        return len(text)
    if _ADJUNCT.match(text, end):
        more = farther(clauses, start, end, _WHOLE)
        if len(clauses.phrase(start, end)) > _ROOM or _has_room(clauses, start, more):
            end = more
    if _THEN_DONE.match(text, end):
        end = farther(clauses, start, end, _WITH_ARMS)
    if _ALLOCATES.search(text, start, end) and _ARMS.match(text, end):
        end = farther(clauses, start, end, _WITH_ARMS)
    return end


def _has_room(clauses: Clauses, start: int, end: int) -> bool:
    """Whether a phrase is short enough to be shown whole."""
    return clauses.count(start, end) <= _WHOLE and len(clauses.phrase(start, end)) <= _ROOM
