"""Short phrases for what a paper is about, does and finds, cut from its own sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.drafting.announcements import FINDS, counts_what_follows
from summarise.drafting.antecedents import points_back
from summarise.drafting.clauses import CLAUSE, Clauses
from summarise.drafting.openings import ADVERBS, OWN_SUBJECT, cased, opened
from summarise.reading import DIFFICULTY, Sentence
from summarise.scan import Gated, words

MOST_WORDS = 15
FEWEST_WORDS = 4


CONCEDED = re.compile(
    r"(?:while|although|though|despite|even though|whereas|notwithstanding|in spite of)\b[^;]*?, ",
    re.IGNORECASE,
)
_CONCEDING = re.compile(r"(?:while|although|though|even though|whereas) ", re.IGNORECASE)
_THEY = re.compile(
    r"(?:they|it(?! (?:(?:is|was)(?! (?:[a-z]+ly )?[a-z]+ed (?:by|due|in|from)\b)|remains|has|would"
    r"|can|may)\b)) (?=\w)"
)
_YET_DO = re.compile(
    r", (?:yet|but) (?=(?:(?:often|rarely|still|also|usually) )?(?:have|has|can|cannot|are|is|do"
    r"|does|may|remains?|lacks?|fails?|suffers?|requires?) )"
)
_YET_THEY = re.compile(
    rf"(?:,? (?:yet|but)|; (?:yet|but|however|nonetheless|nevertheless),?) {_THEY.pattern}"
)
POINTING = re.compile(
    r"(?:these|those|such|both|it(?! (?:is|was|remains) (?:[a-z]+ly )?(?:un|not|diffic"
    r"|hard|challeng|import|cruc|essent|necess|im|infeas))|they|their|its|them|he|she"
    r"|this(?! (?:paper|study|work|article|review|survey|report|trial|thesis)\b)"
    r"|the (?:former|latter|two|above|problem|issue"
    r"|challenges?|(?:first|second) (?=[a-z]+s ))|doing so|all of|each of|neither)\b",
    re.IGNORECASE,
)
POINTS_BACK = Gated(
    words("this these those such that"),
    r"\bthat (?:gap|need|void|question|challenge)\b"
    r"|\b(?:this|these|those|such) (?:\w+ ){0,2}?(?:questions?|challenges?|issues?|problems?|gaps?"
    r"|objectives?|goals?|limitations?|assumptions?|strengths|advances|form|purpose|task|setting"
    r"|approach(?:es)?|methods?|factors?|difficult(?:y|ies)|models|datasets|process)\b"
    r"|\bthis (?:is|was|can|may|means|leads)\b",
)
AIMS = re.compile(
    rf"(?:{OWN_SUBJECT} {ADVERBS}(?:aim(?:s|ed)?|sought|seeks?|intend(?:s|ed)?|want(?:s|ed)?"
    r"|set out|attempt(?:s|ed)?|tr(?:y|ies|ied)|is aimed|was aimed|was (?:designed|undertaken"
    r"|conducted|performed|carried out)|were) "
    r"|(?:the|our) (?:[\w-]+ ){0,3}?(?:aims?|purposes?|objectives?|goals?)(?: (?:of|for|in)"
    r" (?:[\w-]+ ){0,5}?[\w-]+)? (?:is|are|was|were|has been)(?: therefore| thus)?"
    r":? (?:\((?:1|i|a)\) )?)"
    rf"(?=to [a-z])|{OWN_SUBJECT} {ADVERBS}(?:aim(?:s|ed)?|is aimed|was aimed) at (?=[a-z]+ing\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    rf"{OWN_SUBJECT} {ADVERBS}(?:ask(?:s|ed)?|wonder(?:s|ed)?|stud(?:y|ies|ied)|test(?:s|ed)?"
    r"|examine[sd]?|investigate[sd]?|explore[sd]?|determine[sd]?|assess(?:es|ed)?|analy[sz]e[sd]?"
    r"|consider(?:s|ed)?|address(?:es|ed)?|tackle[sd]?|focus(?:es|ed)? on|concerns)"
    r" (?:the (?:problem|challenge|question|task|issue) of )?"
    r"(?!(?:that|this|these|those|it|such|them|and)\b)(?=[\w$“\"])",
    re.IGNORECASE,
)


def asks_at(text: str, start: int) -> re.Match[str] | None:
    """What leads to an aim or a question at a place, or behind why it is asked."""
    setting = _SETTING.match(text, start)
    starts = (start, setting.end()) if setting else (start,)
    found = (pattern.match(text, at) for at in starts for pattern in (AIMS, _ASKS))
    return next(filter(None, found), None)


def problems_in(sentence: Sentence) -> Iterator[str]:
    """What a sentence says is wrong or wanted; at last with what it concedes."""
    text = sentence.body
    clauses = Clauses(text)
    opening = start = opened(text, len(text))
    is_aim = False
    if asked := asks_at(text, start):
        start, is_aim = asked.end(), True
    start = _behind_colon(sentence, start)
    if counts_what_follows(sentence, start) and (listed := LISTED.search(text, start)):
        start = listed.end()
        following = _FOLLOWING.search(text, start)
        end = following.start() if following else None
        end = clauses.fitting(start, MOST_WORDS, bare=True, whole=end)
        yield cased(clauses.phrase(start, end))
        if following and points_back(clauses.phrase(start, end)):
            after = clauses.fitting(following.end(), MOST_WORDS, bare=True)
            yield cased(clauses.phrase(following.end(), after))
            # "Radars face two limits: (1) their beams …"
            yield cased(clauses.phrase(opening, end))
        return
    if joined := _joined(clauses, start):
        yield cased(joined)
        return
    if (but := _contrasted(text, start)) is not None:
        yield from _told_behind(clauses, start, but)
        return
    main = _main_clause(clauses, start)
    starts = [start]
    if main is not None and not POINTING.match(text, main):
        starts.insert(0, main)
    for at in starts:
        past = max(
            past_difficulty(text, max(at, starts[0])),
            _past_question(clauses, at),
            _past_why(text, at),
        )
        end = _end_of_problem(clauses, at, past, is_aim=is_aim)
        yield cased(_SUBJECT_TOLD.sub(r"\g<asked> ", clauses.phrase(at, end)))


# "Whether the new lamp, which has two wicks, helps keepers": what is asked of it comes first.
_SUBJECT_TOLD = re.compile(
    r"^(?P<asked>(?:whether|how|why|if) [^,;:]{3,120}), (?:which|who|whose) [^,;:]{3,120}, "
    r"(?=[a-z]+s )",
    re.IGNORECASE,
)


def _end_of_problem(clauses: Clauses, at: int, past: int, *, is_aim: bool) -> int:
    """Where what is wrong or wanted ends that begins at a place and goes on past another."""
    text = clauses.text
    end = clauses.fitting(at, MOST_WORDS, past=past, bare=is_aim)
    if is_aim and (found := _AND_FOUND.search(text, at, end)):
        end = found.start()
    if is_aim and text.endswith(") ", 0, at) and (second := _FOLLOWING.search(text, at, end)):
        # "The aims were: (1) to count kites; (2) to mend them"
        end = second.start()
    if is_aim and not text.startswith("to ", at) and (also := AND_ACTS.search(text, at, end)):
        end = also.start() if clauses.count(at, also.start()) >= FEWEST_WORDS else end
    end = _past_aside(clauses, at, end, bare=is_aim) if past == at else end
    if past == at and _TURNS_ROUND.match(text, end):
        # "Kites serve towns, although their worth varies": what is wrong comes last.
        end = clauses.fitting(at, MOST_WORDS, past=end + len(", although"), bare=is_aim)
    is_vague = _VAGUE_END.search(text, max(at, end - 24), end) is not None
    if (clauses.count(at, end) < _TELLS_WHY or is_vague) and _CAUSE.match(text, end):
        # "Kites often tear due to …"
        end = clauses.fitting(at, MOST_WORDS, past=end + len(" due to"), bare=is_aim)
    return end


def _past_aside(clauses: Clauses, at: int, end: int, *, bare: bool) -> int:
    """Where a phrase ends whose fault is told behind a dash, else its end."""
    if not _FAULT_ASIDE.match(clauses.text, end):
        return end
    return clauses.fitting(at, MOST_WORDS, past=end + len(" -- "), bare=bare)


# "We study how kites tear and find that wet ones do": what came out is no question.
_AND_FOUND = re.compile(rf",? and (?:we )?{ADVERBS}{FINDS} (?:that|how)\b", re.IGNORECASE)
# "Lamps of old keepers and explored their worth": the second deed lacks who did it.
AND_ACTS = re.compile(
    rf",? and (?:then |also )?{ADVERBS}(?:(?:explor|determin|examin|assess|evaluat|investigat"
    r"|describ|compar|analy[sz]|estimat|discuss|identifi|drew|drawn?)(?:ed)? "
    r"|(?:develop|present|report|discuss|identify|propose|introduce|show|demonstrate|describe"
    r"|examine|explore|investigate|assess|evaluate|analy[sz]e)s? (?:the|an?|its|their|our|how"
    r"|whether|what|which|that|primary|preliminary|several|two)\b)"
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
    return cased(_DANGLING.sub("", _LEADS_ON.sub("", phrase)))


# "Lamps rely on oil -- a fuel that is dear"
_FAULT_ASIDE = re.compile(
    r" ?(?:--?-?|—|–) ?an? (?:[a-z-]+ ){1,3}?(?:that|which) (?:is|are|can|cannot|does|do|has|have"
    r"|remains?|limits?|fails?|makes?|leads?|requires?|incurs?) "
)
_TURNS_ROUND = re.compile(r", (?:although|though|but|yet|while|whereas|however)\b")
# "Since kites tear in gusts, we studied …": why it was asked.
_SETTING = re.compile(
    r"(?:since|as|because|given|taking|considering|in (?:view|light) of|owing to|due to|although"
    r"|while|though|despite)\b[^;:.]{3,180}?, "
    r"(?=(?:we|this (?:study|paper|work)|(?:our|the) (?:aim|goal|objective|purpose))\b)",
    re.IGNORECASE,
)


def _behind_colon(sentence: Sentence, start: int) -> int:
    """Where it is told what leads to a question or points back before a colon, or the start."""
    if behind := _QUESTION_BEHIND.search(sentence.body, start):
        return behind.end()
    colon = sentence.body.find(": ", start)
    is_told = colon > 0 and POINTS_BACK.search(sentence.lower, start, colon)
    return colon + 2 if is_told else start


def inner_in(sentence: Sentence) -> Iterator[str]:
    """A clause that names what is wrong: "Their worth is unknown, as no test covers kites"."""
    text, clauses = sentence.body, Clauses(sentence.body)
    if counts_what_follows(sentence) and not LISTED.search(text):
        # "There are two major limits of old lamps", and not which
        return
    for begin, end in clauses.inner(opened(text, len(text))):
        is_told = begin < past_difficulty(text, begin) <= end
        if is_told and FEWEST_WORDS < clauses.count(begin, end) <= CLAUSE:
            yield cased(clauses.phrase(begin, end))


LISTED = re.compile(r"(?:: | [-–—] ?(?=\(?[1ia]\)))(?:\(?(?:1|i|a)[).] )?")
_FOLLOWING = re.compile(r"[;,.]? (?:and |or )?\(?(?:2|ii|b)[).] ")
_SMALL_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def _main_clause(clauses: Clauses, start: int) -> int | None:
    """Where what is said begins behind what is conceded: "While A, such as B, do C, D do E"."""
    conceded = CONCEDED.match(clauses.text, start)
    if conceded is None:
        return None
    at = conceded.end()
    while (comma := clauses.text.find(", ", at)) >= 0:
        # "While kites, nets, and lamps have their use, they …": of a list, the last isn't all.
        is_last = clauses.text.startswith(("and ", "or "), at)
        if not is_last and clauses.verb(at, comma) is not None:
            return at
        at = comma + 2
    return at if clauses.verb(at) is not None else conceded.end()


def _told_behind(clauses: Clauses, start: int, but: int) -> Iterator[str]:
    if not POINTING.match(clauses.text, but):
        end = _past_aside(clauses, but, clauses.fitting(but, MOST_WORDS), bare=False)
        yield cased(clauses.phrase(but, end))
    if clauses.count(start, len(clauses.text)) <= _MOST_OF_TWO:
        yield cased(clauses.phrase(start, len(clauses.text)))


_MOST_OF_TWO = 30


def _contrasted(text: str, start: int) -> int | None:
    """Where the clause behind "but" begins that tells the fault, not the one before it."""
    but = _BUT.search(text, start)
    if but is None or start < past_difficulty(text, start) <= but.start():
        return None
    if but["while"] and past_difficulty(text, but.end()) == but.end():
        return None
    verb = Clauses(text).verb(but.end())
    if verb is None or verb.start == but.end():
        # "but can be dear": its subject stands before it.
        return None
    return but.end() if Clauses(text).verb(start, but.start()) else None


# "Two questions are open: (a) How can kites rise?"
_QUESTION_BEHIND = re.compile(
    r": (?:\([\w-]{1,3}\) )?(?=(?:What|How|Why|Which|Whether|Can|Does?) [^.:]{10,}\?)"
)


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
_VAGUE_END = re.compile(r"\b(?:challenges?|limitations?|difficulties|issues?|problems?|hurdles?)\Z")


def _past_why(text: str, start: int) -> int:
    """Behind the cause of what is only called hard, or the start."""
    why = _WHY.match(text, start)
    return why.end() if why else start


_BUT = re.compile(
    r"[,;] (?:(?:but(?! also)|yet|however,?|nonetheless,?|nevertheless,?) (?:in fact,? )?"
    r"|(?P<while>while|whereas|although|though) )(?=[a-z])"
)


_INDIRECT = re.compile(
    r"(?:[\w-]+ ){0,3}?(?:to (?:what|which) (?:extent|degree)|whether|how(?! to\b)) "
)


def _past_question(clauses: Clauses, start: int) -> int:
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


def _joined(clauses: Clauses, start: int) -> str | None:
    """The subject of what is conceded with what is said of it.

    "Although A do B, they do C" and "A do B, yet they do C" come to "A do C".
    """
    text = clauses.text
    if (conceding := _CONCEDING.match(text, start)) is not None:
        conceded = CONCEDED.match(text, start)
        they = conceded and _THEY.match(text, conceded.end())
        start = conceding.end()
    else:
        they = _YET_THEY.search(text, start) or _YET_DO.search(text, start)
    verb = clauses.verb(start, they.start()) if they else None
    if they is None or verb is None or verb.start <= start:
        return None
    subject = _ADVERBS_LAST.sub("", clauses.phrase(start, verb.start))
    if len(subject.split()) > MOST_WORDS - FEWEST_WORDS or _NO_SUBJECT.search(subject):
        return None
    end = clauses.fitting(
        they.end(),
        max(8, MOST_WORDS - len(subject.split())),
        past=past_difficulty(text, they.end()),
        bare=True,
    )
    if _VAGUE_END.search(text, max(they.end(), end - 24), end) and text.startswith(
        " such as ", end
    ):
        # "Nets do hold, but they have limits such as …"
        end = clauses.fitting(they.end(), MOST_WORDS, past=end + len(" such as"), bare=True)
    return f"{subject} {clauses.phrase(they.end(), end)}"


# "We show that kites rise, but can be dear": not we are dear.
_NO_SUBJECT = re.compile(r"^(?:we|i|this (?:paper|study))\b|\bbecause\b", re.IGNORECASE)
_ADVERBS_LAST = re.compile(r"(?: (?:often|still|also|[a-z]+ly))+\Z")
