"""Phrases that tell what is wrong or wanted: what an aim begins behind, and where they end."""

from __future__ import annotations

import re

from summarise.drafting.announcements import FINDS
from summarise.drafting.antecedents import points_back
from summarise.drafting.clauses import Clauses
from summarise.drafting.openings import ADVERBS, OWN_SUBJECT, cased
from summarise.reading import DIFFICULTY
from summarise.scan import bare_words, words

MOST_WORDS = 15
FEWEST_WORDS = 4
MOST_OF_WHOLE = 30
"""Words of a sentence that is told as it stands, rather than without its end."""


def end_of_problem(clauses: Clauses, at: int, past: int, *, is_aim: bool) -> int:
    """Where what is wrong or wanted ends that begins at a place and goes on past another."""
    text = clauses.text
    end = clauses.fitting(at, MOST_WORDS, past=past, bare=is_aim)
    last = _last_end(clauses, at, is_aim=is_aim)
    end = min(end, last)
    end = past_aside(clauses, at, end, bare=is_aim) if past == at else end
    if past == at and _TURNS_ROUND.match(text, end):
        # "Kites serve towns, although their worth varies": what is wrong comes last.
        end = clauses.fitting(at, MOST_WORDS, past=end + len(", although"), bare=is_aim)
    is_vague = VAGUE_END.search(text, max(at, end - 24), end) is not None
    if (clauses.count(at, end) < _TELLS_WHY or is_vague) and _CAUSE.match(text, end):
        # "Kites often tear due to …"
        end = clauses.fitting(at, MOST_WORDS, past=end + len(" due to"), bare=is_aim)
    return completed(clauses, at, end, last)


def _last_end(clauses: Clauses, at: int, *, is_aim: bool) -> int:
    """Where what else a sentence goes on to tell begins: what was done, a second aim or deed."""
    text = clauses.text
    if label := _LABEL.search(text, at):
        return label.start()
    if not is_aim:
        main = main_behind(clauses, at) if _FOR_DEED.match(text, at) else None
        is_deed = main is not None and _WAS_DONE.match(text, main)
        return main if main and is_deed else len(text)
    if found := _AND_FOUND.search(text, at) or _AND_WE.search(text, at):
        return found.start()
    is_counted = text.endswith(") ", 0, at) or (
        _COUNTS_UP.match(text, at) and clauses.count(at, len(text)) > MOST_OF_WHOLE
    )
    if is_counted and (second := FOLLOWING.search(text, at)):
        # "The aims were: (1) to count kites; (2) to mend them"
        return second.start()
    also = None if text.startswith("to ", at) else AND_ACTS.search(text, at)
    is_whole = also is not None and clauses.count(at, also.start()) >= FEWEST_WORDS
    return also.start() if also and is_whole else len(text)


# "To mend kites, we …"; but "to mend kites, glue is needed" tells all of a need.
_FOR_DEED = re.compile(r"to (?!(?:our|my|date|this|that)\b)", re.IGNORECASE)
_WAS_DONE = re.compile(
    rf", (?:{OWN_SUBJECT}\b|(?:(?!\b(?:that|which|who|where)\b)[^,;:]){{3,160}}?"
    r" (?:(?:was|were|(?:has|have) been) (?:[a-z]+ly )?(?:[a-z]+ed|done|made|built|chosen)"
    r"|(?:is|are) (?:performed|conducted|carried out|presented|proposed|developed|used|applied"
    r"|introduced|described))\b)",
    re.IGNORECASE,
)
# Where labels stand amid a text: "is unclear Methods: Kites …"
_LABEL = re.compile(
    r"\.? (?:Materials and )?(?:Aims?|Objectives?|Methods?|Methodology|Results?|Design|Setting"
    r"|Purpose|Conclusions?)(?:/[A-Z]\w+)?(?:: |(?<!\bThe) (?=[A-Z][a-z]+ (?:were|was|[a-z]+ed) ))"
)


def completed(clauses: Clauses, at: int, end: int, last: int | None = None) -> int:
    """Where a phrase ends without the loss of what its sentence says behind it.

    All is told of a sentence that is short enough; of a longer one, at least what a word asks for
    that the phrase would end in: "there is no way" to mend kites.

    Args:
        clauses: Of the sentence.
        at: Where the phrase begins.
        end: Where it would end.
        last: Where it ends at the latest.
    """
    text = clauses.text
    label = _LABEL.search(text, at)
    last = last or (label.start() if label else len(text))
    if end >= last:
        return last
    leaves = _LEAVES.search(text, end, last)
    if leaves is None and clauses.count(at, last) <= MOST_OF_WHOLE:
        # What points back would cost the phrase that can be understood.
        is_named = points_back(clauses.phrase(at, end)) or not points_back(clauses.phrase(at, last))
        return last if is_named else end
    if _ASKS_FOR_MORE.search(text, max(at, end - 40), end) and (more := _MORE.match(text, end)):
        told = clauses.fitting(at, MOST_WORDS, past=more.end() + 1, bare=True, whole=last)
        return told if clauses.count(at, told) <= _MOST_COMPLETED else end
    return end


# "to: (1) count kites; (2) mend them"
_COUNTS_UP = re.compile(r"to(?: [a-z]+)?:? \(?(?:1|i|a)[).] ")
_MOST_COMPLETED = 40
# "Kites tear; here, we mend them": what the paper does is no part of the problem.
_LEAVES = re.compile(
    rf"[,;:]? (?:(?:and|so|thus|hence|therefore|which|herein|here),? )*"
    rf"(?:{OWN_SUBJECT}\b|{ADVERBS}{FINDS} (?:that|how)\b)|;|(?<=[a-z])\.(?-i:[A-Z])",
    re.IGNORECASE,
)
_ASKS_FOR_MORE = re.compile(
    r"\b(?:way|means|gaps?|needs?|potential|promise|ability|capacity|lack|belief|demand|changes"
    r"|framework|data|tools?|methods|methodologies|factors|effects?|challenges?"
    r"|limitations?|difficulties|issues?|problems?|hurdles?|questions?|drawbacks?|barriers?"
    r"|small|large|even|possible)\Z",
    re.IGNORECASE,
)
_MORE = re.compile(
    r",? (?:to|in|of|for|that|on|between|within|with|due to|thus|by|though|when|where|as)\b"
    r"|, (?:such as|including|namely|among them|despite|which|where|yet|but)\b|: "
)


def past_aside(clauses: Clauses, at: int, end: int, *, bare: bool) -> int:
    """Where a phrase ends whose fault is told behind a dash, else its end."""
    if not _FAULT_ASIDE.match(clauses.text, end):
        return end
    return clauses.fitting(at, MOST_WORDS, past=end + len(" -- "), bare=bare)


FOLLOWING = re.compile(r"[;,.]? (?:and |or )?\(?(?:2|ii|b)[).] ")
# "We study how kites tear and find that wet ones do": what came out is no question.
_AND_WE = re.compile(r", (?:and )?(?:then )?we (?!(?:also )?(?:aim|seek|sought|ask))")
_AND_FOUND = re.compile(rf",? and (?:we )?{ADVERBS}{FINDS} (?:that|how)\b", re.IGNORECASE)
# "Lamps of old keepers and explored their worth": the second deed lacks who did it.
AND_ACTS = re.compile(
    rf",? and (?:then |also )?{ADVERBS}(?:(?:explor|determin|examin|assess|evaluat|investigat"
    r"|describ|compar|analy[sz]|estimat|discuss|identifi|drew|drawn?)(?:ed)? "
    r"|(?:develop|present|report|discuss|identify|propose|introduce|show|demonstrate|describe"
    r"|examine|explore|investigate|assess|evaluate|analy[sz]e)s? (?:the|an?|its|their|our|how"
    r"|whether|what|which|that|primary|preliminary|several|two)\b)"
)
# "Lamps rely on oil -- a fuel that is dear"
_FAULT_ASIDE = re.compile(
    r" ?(?:--?-?|—|–) ?an? (?:[a-z-]+ ){1,3}?(?:that|which) (?:is|are|can|cannot|does|do|has|have"
    r"|remains?|limits?|fails?|makes?|leads?|requires?|incurs?) "
)
_TURNS_ROUND = re.compile(r", (?:although|though|but|yet|while|whereas|however)\b")
# "Flying remains a hard task due to gusts and …": that it is hard alone says nothing.
_WHY = re.compile(
    r"(?:(?! (?:that|which|due|because) )[^;:]){3,120} (?:is|are|remains?|poses?|presents?|faces?"
    r"|becomes?)"
    r" (?:an? )?(?:[a-z-]+ ){0,3}?(?:challenging|challenges?|difficult|hard|nontrivial|non-trivial"
    r"|limited"
    r"|intricate)(?: (?:task|problem|issue|challenge|endeavou?r)s?)?,? "
    r"(?:(?:primarily |mainly |largely )?(?:due|owing) to|because of|because|given) (?:[^\s,;:]+ "
    r"){2}"
)


_TELLS_WHY = 7
_CAUSE = re.compile(r",? (?:due to|owing to|because|(?:for|in) [a-z -]{3,30} due to)\b")
VAGUE_END = re.compile(r"\b(?:challenges?|limitations?|difficulties|issues?|problems?|hurdles?)\Z")


def past_why(text: str, start: int) -> int:
    """Behind the cause of what is only called hard, or the start."""
    why = _WHY.match(text, start)
    return why.end() if why else start


_INDIRECT = re.compile(
    r"(?:[\w-]+ ){0,3}?(?:to (?:what|which) (?:extent|degree)|whether|how(?! to\b)) "
)


def past_question(clauses: Clauses, start: int) -> int:
    """Behind the verb of the question that a phrase opens with: "to what extent kites … rise"."""
    question = _INDIRECT.match(clauses.text, start)
    verb = clauses.verb(question.end()) if question else None
    return verb.end if verb else start


def past_difficulty(text: str, start: int) -> int:
    """Where the first word of a difficulty ends behind a place, or that place."""
    low = text.lower()
    if DIFFICULTY.isdisjoint(_SMALL_WORD.findall(low, start)):
        return start
    for word in _SMALL_WORD.finditer(low, start):
        at = word.start()
        if word.group() in DIFFICULTY and not (
            _STAYS.match(low, at) or low.endswith(_OF_WHOM, 0, at)
        ):
            return word.end()
    return start


# "patients suffering from gout", "where resources are limited": who or where it is
_OF_WHOM = tuple(
    f"{who} "
    for who in (
        *("patients", "people", "children", "women", "men", "adults", "those", "individuals"),
        *("persons", "infants", "resources are"),
    )
)


# "The harp remains central to music": nothing is hard about that.
_STAYS = re.compile(
    r"remains? (?:an? |the )?(?:[a-z]+ly )?(?:integral|essential|central|important|critical|crucial"
    r"|key|standard|gold|(?:primary|main|preferred|best|only|usual) (?:intervention|tool|treatment"
    r"|approach|option|method|way|source|means|strategy|therapy)|popular|common|mainstay"
    r"|cornerstone|widely|vital|fundamental (?!chall))"
)


_SMALL_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def main_behind(clauses: Clauses, start: int) -> int | None:
    """Where the main clause begins behind an aim: "To count kites on lakes, nets were hung"."""
    for comma in re.finditer(", ", clauses.text[start:]):
        at, after = start + comma.start(), start + comma.end()
        if _SIDE_CLAUSE.match(clauses.text, after):
            continue
        if _THEIR_WORK.match(clauses.text, after) or clauses.verb(after, None, "it"):
            return at
    return None


_THEIR_WORK = re.compile(rf"{OWN_SUBJECT} ", re.IGNORECASE)
_SIDE_CLAUSE = re.compile(r"(?:which|who|whose|where|that|and|or|but|as|when|while|including)\b")


_PAPER = (
    r"(?:paper|study|work|article|review|survey|report|analysis|meta-analysis|trial|research"
    r"|thesis|project|investigation|protocol|experiment|chapter|programme?)"
)
# "this systematic review and meta-analysis", "the present open trial"
_WORK = rf"(?:{OWN_SUBJECT}|(?:this|the (?:present|current)) (?:[\w-]+ ){{1,5}}?{_PAPER})"
_AIM_TO = r"(?=to(?: [a-z]+)?:? (?:\(?(?:1|i|a)\) )?[a-z])"
AIMS = re.compile(
    rf"(?:{_WORK} {ADVERBS}(?:aim(?:s|ed)?|sought|seeks?|intend(?:s|ed)?|want(?:s|ed)?"
    r"|set out|attempt(?:s|ed)?|tr(?:y|ies|ied)|is aimed|was aimed|was (?:designed|undertaken"
    r"|conducted|performed|carried out|taken up|initiated)|were) "
    r"|(?:the|our) (?:[\w-]+ ){0,3}?(?:aims?|purposes?|objectives?|goals?)"
    # "The aim of a lamp is to shine" is no aim of the paper.
    rf"(?: (?:of|for|in) (?:(?:[\w-]+ ){{0,5}}?{_PAPER}(?: \([\w -]+\))?"
    r"|(?:this|our|the (?:present|current)) (?:[\w-]+ ){0,5}?[\w-]+))?"
    r" (?:is|are|was|were|has been)(?: therefore| thus)?:? (?:\((?:1|i|a)\) )?)"
    rf"{_AIM_TO}|{OWN_SUBJECT} {ADVERBS}(?:aim(?:s|ed)?|is aimed|was aimed) at (?=[a-z]+ing\b)",
    re.IGNORECASE,
)
# "This study used kites and sought to …"
_DID_AND_SOUGHT = re.compile(
    rf"{_WORK} [^;:.,]{{3,80}}? and (?:aim(?:s|ed)?|sought|seeks?) {_AIM_TO}", re.IGNORECASE
)
_DEEDS = (
    r"(?:conduct(?:s|ed)?|perform(?:s|ed)?|carr(?:y|ies|ied) out|use[sd]?|integrate[sd]?"
    r"|combine[sd]?|appl(?:y|ies|ied)|employ(?:s|ed)?|construct(?:s|ed)?|collect(?:s|ed)?"
    r"|record(?:s|ed)?|adapt(?:s|ed)?|leverage[sd]?)"
)
# "We hung nets to study the gulls of two bays"
_DID_TO = re.compile(
    rf"{OWN_SUBJECT} {ADVERBS}{_DEEDS} (?:(?!\b(?:that|which|who|how|whether)\b)[^;:]){{3,200}}? "
    r"(?:in order )?(?=to (?:[a-z]+ly )?(?:evaluate|assess|explore|examine|investigate|determine"
    r"|understand|study|test|identify|estimate|quantify|compare|elucidate|clarify|characteri[sz]e"
    r"|analy[sz]e|probe)\b)",
    re.IGNORECASE,
)
_FILLS = re.compile(
    r"to (?:fill|close|bridge|address|meet|tackle|overcome) (?:this|that|the|these|such an?)"
    r"(?: [a-z]+){1,3}, ",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"{OWN_SUBJECT} {ADVERBS}(?:ask(?:s|ed)?|wonder(?:s|ed)?|stud(?:y|ies|ied)|test(?:s|ed)?"
    r"|examine[sd]?|investigate[sd]?|explore[sd]?|determine[sd]?|assess(?:es|ed)?|analy[sz]e[sd]?"
    r"|consider(?:s|ed)?|address(?:es|ed)?|tackle[sd]?|(?:is )?focus(?:s?es|s?ed|s?ing)? on"
    r"|concerns|is (?:concerned with|devoted to))"
    r" (?:the (?:problem|challenge|question|task|issue) of )?"
    r"(?!(?:that|this|these|those|it|such|them|and|the (?:last|latter|former|same))\b)"
    r"(?=[\w$“\"])",
    re.IGNORECASE,
)


def asks_at(text: str, start: int) -> re.Match[str] | None:
    """What leads to an aim or a question at a place, or behind why it is asked."""
    setting = _WHY_ASKED.match(text, start)
    starts = (start, setting.end()) if setting else (start,)
    found = [pattern.match(text, at) for at in starts for pattern in (AIMS, _ASKS)]
    if aside := _WHAT_FOR_ASIDE.match(text, start):
        found.append(AIMS.match(text, aside.end()))
    found.extend(pattern.match(text, start) for pattern in (_DID_AND_SOUGHT, _DID_TO))
    if fills := _FILLS.match(text, start):
        found.insert(0, _ASKS.match(text, fills.end()))
    return next(filter(None, found), None)


# "Since kites tear in gusts, we studied …": why it was asked.
_WHY_ASKED = re.compile(
    r"(?:since|as|because|given|taking|considering|in (?:view|light) of|owing to|due to|although"
    r"|while|though|despite)\b[^;:.]{3,180}?, "
    r"(?=(?:we|this (?:study|paper|work)|(?:our|the) (?:aim|goal|objective|purpose))\b)",
    re.IGNORECASE,
)


# "For the good of the crews, the aim of this study is to …"
_WHAT_FOR_ASIDE = re.compile(
    r"(?:for|to|with|by|using|based on|following|as (?:a )?part of|building on|motivated by"
    r"|in (?:the|this|that|such a) (?:context|light|view|setting))\b[^;:.]{0,140}?, "
    r"(?=(?:we|this|the|our)\b)",
    re.IGNORECASE,
)


# "keepers living" (by the sea), "of lamps and" (to mend them)
_DANGLING = re.compile(
    r"(?:,? (?:and|or|but)(?: so)?|,? (?:often|again|importantly|namely|specifically|especially)"
    r"|,? (?:living|residing|working|suffering|aged|covering|focusing|presenting|looking))+$"
)
_LEADS_ON = re.compile(
    r"^(?:Therefore|Thus|Hence|Then|(?:First|Second|Third|Fourth)ly|Finally)"
    r"(?:, (?:and )?| )(?=[a-z])"
)


def stripped(phrase: str) -> str:
    """A phrase without what leads on from the one before, and without what points on behind it."""
    if FOLLOWING.search(phrase) is None:
        phrase = _COUNTED.sub(r"\g<to> ", phrase)
    return cased(_DANGLING.sub("", _LEADS_ON.sub("", phrase)))


# "To examine: (1) kites"
_COUNTED = re.compile(
    r"^(?P<to>to(?: [a-z]+)?)(?:: (?:\(?(?:1|i|a)[).] )?| \(?(?:1|i|a)[).] )", re.IGNORECASE
)


# "Existing ways remain limited", "results have been mixed": of what?
SAYS_LITTLE = re.compile(
    r"^(?:(?:the|an?|many|several|some|significant|important|existing|previous|current|prior|recent"
    r"|mainstream|these|fundamental|major|key|critical|serious|numerous) )*(?:[a-z-]+ )?"
    r"(?:explanations?|approaches|methods|studies|techniques|solutions|gaps?|challenges?"
    r"|limitations?|questions?|problems?|issues|results|findings|models|works?|evidence"
    r"|literature|research) (?:still |also |often |however )*"
    r"(?:(?:is|are|remains?|has been|have been|were|was) (?:[a-z]+ly )?(?:incomplete|limited"
    r"|in?conclusive|inconsistent|conflicting|mixed|contradictory|scarce|lacking|unresolved|open"
    r"|unanswered|needed|insufficient|sparse)|remains?|exists?|persists?"
    r"|(?:faces?|ha(?:s|ve)|suffers? from) (?:[a-z]+ ){0,2}(?:challenges|limitations|issues"
    r"|drawbacks|shortcomings))(?: in practical applications| to date| so far)?$",
    re.IGNORECASE,
)


def tells_deed(phrase: str) -> bool:
    """Whether it says only what was made or done: "A new kite is described"."""
    if _OWN_DEED.match(phrase):
        return True
    verb = Clauses(phrase).verb(0)
    if (
        phrase.startswith("To ")
        or verb is None
        or not _FOR_SOMETHING.isdisjoint(bare_words(phrase.lower()))
    ):
        return False
    return _DEED.match(phrase, verb.start) is not None


# A review is told by what it is of: "We conducted an overview of ropes".
_OWN_DEED = re.compile(
    rf"{OWN_SUBJECT} {ADVERBS}{_DEEDS} (?!.*\b(?:reviews?|meta-analys[ei]s|overview)\b)",
    re.IGNORECASE,
)
_FOR_SOMETHING = DIFFICULTY | words("aim aims purpose objective goal because since need needed")
_DEED = re.compile(
    r"(?:(?:is|are|was|were) (?:[a-z]+ly |also |then |here )*(?:described|reported|presented"
    r"|proposed|introduced|applied|performed|carried out|calculated|computed|recorded|detected"
    r"|chosen|constructed|fabricated|synthesi[sz]ed|prepared|grown|collected|derived|implemented)"
    r"|(?:has|have) been (?:(?!(?:rare|on|hard|scarce)ly )[a-z]+ly )*(?:developed|calculated"
    r"|computed|performed|recorded|measured|carried out|constructed|fabricated|synthesi[sz]ed"
    r"|prepared|determined)(?= (?:for|using|with|by|from|in|to|at|on|and) |[.,]?$))\b"
)
