"""Where a noun phrase for people ends: behind what sets them apart, before what they do.

"adults with gout in Delvia | using a lamp", "nurses aged 20 to 60 years | were asked".
"""

from __future__ import annotations

import re

from summarise.drafting.clauses import Clauses
from summarise.drafting.cues import is_being
from summarise.scan import words

_MOST_WORDS = 15

_PARTICIPLE = re.compile(r"(?:[a-z-]+ly )?(?P<word>[a-z-]+(?:ed|ing))\b")
_BEHIND_PARTICIPLE = re.compile(
    r" (?:[a-z]+ly |as |up |out )?(?:in|with|at|from|to|by|for|under|between|on|as|\d|within|into"
    r"|through|via|during|after|against|of|over|about|above|below|more|less|or|and)\b"
)
# Past tenses that are no participles of a noun before them: "nurses agreed to", "adults died in".
_TELLS = words(
    """participated responded consented agreed belonged lived died worked resided suffered presented
    volunteered returned dropped showed experienced entered arrived preferred tended smoked
    considered believed reported declined occurred remained continued failed answered completed
    perceived scored differed perceive reported developed attended joined needed decreased
    increased consisted comprised ranged averaged amounted varied"""
)

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_NO_PLACE = (
    r"(?:this|our|these|those|that|each|both|order|terms|comparison|relation|response|addition"
    r"|total|whom|which|analys[ie]s|baseline|follow-?up|enrol\w+|inclusion|recruitment|study"
    rf"|{_MONTH}|(?:early |late |mid-?)?(?:19|20)\d\d|intervention|control|treatment group"
    r"|(?:\d+|one|two|three|four|five|six|eight|twelve|several)[ -](?:weeks?|months?|days?|hours?"
    r"|min\w*|time)|(?:the )?(?:experimental|intervention|control|exposed|placebo|INT) "
    r"|the (?:(?:present|current|final|same|two|three|following|first|last|past|previous|whole"
    r"|intervention|control|experimental|placebo|main|study|trial|analysis|period|year|baseline"
    r"|survey|sample|cohort|effect|risk|impact|prevalence|use|development|intent\w*|assessment"
    r"|management|prevention|treatment|context|presence|absence|time|number)\b|\d)"
    r"|the (?:[\w+-]+ ){1,5}(?:arm|group)s?\b"
    r"|an? (?:[\w-]+,? ){0,6}?(?:trial|study|design|survey|sample|cohort|ratio|analysis|manner"
    r"|fashion|way|questionnaire)\b|(?:[a-z-]+ ){0,2}(?:trials?|studies|surveys)\b)"
)
_STOPS = re.compile(
    r"(?:[;:?!]|\.(?= |$)|\.$| [-–—]+ |[—\"“”*])|(?P<comma>,)(?!\d{3})"
    r"| (?:on|over|to|by|between)\b(?!-)"
    r"| (?:using|via|through|throughout|during|when|while|whilst|whereas|although|if|whether"
    r"|because|since|until|than|versus|vs|compared|per(?! (?:day|week|month|year)\b)"
    r"|according|based|followed|assigned|allocated"
    r"|randomi[sz]ed|randomly|as|so|then|thus|but|both|we|it|this|these|that|which|how|what|why"
    r"|towards?|regarding|concerning|about|into|onto|despite|except|excluding|including|such"
    r"|also|respectively|where|before|matched|stratified|starting|beginning|leading|resulting"
    r"|who (?:were|was) (?:then |subsequently |randomly )*(?:randomi[sz]ed|assigned|allocated)"
    r"|in whom|within|alike|along|relative|toward|will|would|can|could|may|might|should|must)"
    r"\b(?!-)"
    r"| (?:and|or) (?:to|the"
    r"|their(?! (?:[a-z]+ )?(?:child|famil|carer|caregiver|parent|partner|spouse|newborn|infant"
    r"|mother|relative|bab))"
    r"|its|an?|our|of|in|on|for|from|by|then|also|thus|we|associated"
    r"|whether|how|what|identify|assess|explore|determine|compare|evaluate|examine|investigate"
    r"|factors|related|describe|estimate|test|is|are|was|were|had|has|have|did|it|that|this|not|no"
    r"|used|completed|collected|followed|analy[sz]ed|[a-z]+ (?:its|their)"
    r"|[a-z]+ly [a-z]+(?:ing|ed))\b"
    r"| (?<!who )(?:returned|agreed|consented|participated|responded|answered|volunteered)\b"
    rf"| (?:in|within|for|from|at|of|under|across|among) {_NO_PLACE}"
    r"| for (?:(?:a|the|at least|up to|its|their|[a-z-]+ing)\b)"
    r"| after (?:\d|one|two|three|adjust|the|an? |control|intervention|random|remov|exclu)"
    r"| with (?:(?:an? )?(?:[a-z]+ )?(?:information|data|records|measurements)\b"
    r"|(?:an? )?(?:mean|median|average|regard|respect|data|95|follow|total|response"
    r"|complete|the|this|these|available|ages? rang)|(?:an? )?(?:[a-z-]+ )?"
    r"(?:questionnaire|survey|trial|intervention))"
)
_TAKES_TO = words(
    """admitted exposed referred applying presenting linked subjected willing able unable likely
    planning intending access presented up close living resistant allergic related due wanting
    adherent admission restricted wishing trying belonging willingness returning coming relating
    migrants immigrants refugees visitors newcomers eligible intend attached confined
    addicted sentenced prior"""
)
_BEFORE_AN_AGE = words("aged age ages years or and")
_COMPARING = words("more less older younger greater")
_OBJECT = re.compile(r" (?:an?|the|their|how)\b")
_IN_A_PLACE = re.compile(r" (?:in|at|from|of|near|within|across) .*[A-Z]")
_NO_AGENT = words("stratified matched followed used assessed measured confirmed evaluated divided")
_AGES = re.compile(
    r" (?:the )?(?:ages?\b|\d{1,2}(?: ?(?:years?|months?|weeks?|days?))? (?:and|to) \d{1,3}\b)"
)
_IS_PLACE = re.compile(
    r", (?:(?:[Ss]outh|[Nn]orth|[Ee]ast|[Ww]est|[Cc]entral|[a-z-]+(?:ern|ral|wide)) ?"
    r"(?:[a-z]+ern )?)?(?:the )?[A-Z][\w.’'-]*\w(?:(?: of| and)? [A-Z][\w’'-]*\w)*"
    r"(?=[,.;:]|$| (?:in|between|from|were|was|during|using|and|to|who|with|aged|had|by)\b)"
)
_LIST = re.compile(
    r"(?:, (?!(?:and|or|who|we|the|a|an|to|in|which|with)\b)(?:[\w/-]+ ){0,2}[\w/-]+){1,5},?"
    r" (?:and|or) (?!(?:to|the|their|its|an?|we|was|were|how|whether)\b)[\w/-]+(?= |\.|,|$)"
)
# "in a small, windy town"
_ADJECTIVES = re.compile(r", (?=[a-z-]+ [a-z])")
_AFTER_ARTICLE = re.compile(r" (?:in|of|from|at|with) (?:an?|the) [\w-]+\Z")
_AGED = re.compile(
    r", (?:mainly |mostly |all )?(?:aged|who(?= (?:are|were|have|had|live))|living"
    r"|attending|residing|diagnosed|born|admitted|treated|registered) "
)
_WHO = re.compile(
    r" (?:who|whose)\b(?: [a-z]+ly)?(?: (?:had|have|has|were|was|are|is|did|do|may|could|can|never"
    r"|not|been|also|either|all|ever|currently))*(?: [\w-]+)?"
)
_HANGS = re.compile(
    r" (?:and|or|of|in|on|at|from|with|without|for|to|by|the|an?|as|than|their|its|all"
    r"|(?<! or )both|who|whose|not|also|only|either|were|are|is|was|had|have|has|[a-z]+ly|aged"
    r"|between|about|approximately|under|over|after|before|more|less|across|within|during|among|newly|ages"
    r"|representing|reporting|experiencing|presenting|residing|seeking|requesting|taking|needing"
    r"|requiring|obtained|extracted|identified|living|treated|seen|born|enrolled|included|recruited|participating|attending|receiving"
    r"|undergoing|having"
    r"|selected|followed|at least|ranging|who [a-z]+|(?:and|or) \d[\d,]{2,})$"
)
_BARE_PARTICIPLE = re.compile(r" [a-z]+(?:ed|ing)")
_NEW_SUBJECT = re.compile(r",? and (?:the )?(?P<who>[\w-]+)$")
_BREAKS = re.compile(
    r"(?= (?:who|with|without|from|in|at|between|for|aged|living|attending|[a-z]+ing|[a-z]+ed)\b)"
)
_EMPTY_COMPLEMENT = re.compile(
    r"(?: (?:who|were|had|eligible|included|enrolled|recruited|participat\w+|consent\w*|completed?"
    r"|in|for|inclusion|and|responded|agreed|invited|the|study|survey|trial|approached|selected"
    r"|from|at|evaluated|completing|available|analy[sz]ed|randomly|met|criteria|took|part|all"
    r"|interviewed|surveyed|[A-Z]{2,}|involved|groups?|arms?|by|using|random|simple|convenience"
    r"|stratified|cluster|purposive|systematic|sampling))*"
)


def end_of_phrase(clauses: Clauses, start: int, head: int) -> int:
    """Where the noun phrase ends that begins at a place and whose noun ends at another."""
    plain = clauses.text
    if plain.startswith((" and ", " or "), head) or _is_told_next(plain, head):
        return head
    limit = _first_stop(plain, head)
    who = _WHO.search(plain, head, limit)
    verb = clauses.verb(head, limit, plain[start:head].rpartition(" ")[2])
    if verb and who and verb.start > who.start():
        # "nurses who work at night sleep": the verb of the whole is yet to come.
        verb = clauses.verb(verb.end if "whose" in who.group() else who.end(), limit)
    if verb:
        limit = verb.start - 1
        last = _NEW_SUBJECT.search(plain, head, limit)
        # "… who work and porters | were asked"
        limit = last.start() if last and is_being(last["who"]) else limit
    limit = _whole(plain, head, limit)
    if len(plain[start:limit].split()) <= _MOST_WORDS:
        return limit
    ends = [_whole(plain, head, match.start()) for match in _BREAKS.finditer(plain, head, limit)]
    # "who were treated" with what?
    ends = [end for end in ends if not plain.endswith(("ed", "ing"), head, end)]
    fitting = [end for end in ends if len(plain[start:end].split()) <= _MOST_WORDS]
    return max(fitting, default=head)


def says_nothing(complement: str) -> bool:
    """Whether what stands behind a noun for people only says that they took part."""
    return _EMPTY_COMPLEMENT.fullmatch(complement) is not None


def _is_told_next(plain: str, head: int) -> bool:
    """Whether what follows is the verb though it may be a participle: "nurses agreed to"."""
    told = _PARTICIPLE.match(plain, head + 1)
    if told is None or told["word"] == "aged":
        return False
    is_bound = told["word"].endswith("ing") or _BEHIND_PARTICIPLE.match(plain, told.end())
    return told["word"] in _TELLS or not is_bound


def _whole(plain: str, head: int, limit: int) -> int:
    """A place, or the one before what hangs there: "adults with gout and"."""
    while hanging := _HANGS.search(plain, head, limit):
        limit = hanging.start()
    return head if _BARE_PARTICIPLE.fullmatch(plain, head, limit) else limit


def _first_stop(plain: str, head: int) -> int:
    """Where at the latest the phrase ends."""
    past = head
    for stop in _STOPS.finditer(plain, head):
        if stop.start() < past:
            continue
        if stop["comma"]:
            further = _past_comma(plain, head, stop.start())
        else:
            further = stop.end() if _belongs(stop, plain[head : stop.start()]) else None
        if further is None:
            return stop.start()
        past = further
    return len(plain)


def _past_comma(plain: str, head: int, at: int) -> int | None:
    """Where what a comma parts ends that is of the phrase: of a place, or of a list."""
    said = plain[head:at]
    found = _AGED.match(plain, at)
    if _IN_A_PLACE.search(said):
        found = found or _IS_PLACE.match(plain, at)
    if " " in said:
        found = found or _LIST.match(plain, at)
    if _AFTER_ARTICLE.search(said):
        found = found or _ADJECTIVES.match(plain, at)
    return found.end() if found else None


def _belongs(stop: re.Match[str], said: str) -> bool:
    """Whether a preposition goes with the word before it: "exposed to", "aged over"."""
    last = said.rpartition(" ")[2].lower()
    follows = stop.string[stop.end() : stop.end() + 40]
    match stop.group().strip():
        case "on" | "over":
            is_theirs = not said and not _OBJECT.match(follows)
            return is_theirs or last in _BEFORE_AN_AGE
        case "to":
            return last in _TAKES_TO or follows[1:2].isdigit()
        case "by":
            return last.endswith("ed") and last not in _NO_AGENT
        case "between":
            return last in ("aged", "age", "ages") or _AGES.match(follows) is not None
        case "than":
            return last in _COMPARING
        case _:
            return False
