"""Whether a sentence that counts as the method's says what was done, and how."""

from __future__ import annotations

import re

from summarise.drafting.openings import ADVERBS, OWN_SUBJECT

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
