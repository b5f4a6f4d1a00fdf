"""Which sentence tells best what is wrong or wanted, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from summarise.drafting.announcements import announces, counts_what_follows
from summarise.drafting.antecedents import points_back, resolved
from summarise.drafting.clauses import CLAUSE, Clauses
from summarise.drafting.openings import MAIN, OWN_SUBJECT, SUBORDINATING, cased, opened
from summarise.drafting.phrases import (
    FEWEST_WORDS,
    FOLLOWING,
    MOST_OF_WHOLE,
    MOST_WORDS,
    SAYS_LITTLE,
    VAGUE_END,
    asks_at,
    completed,
    end_of_problem,
    main_behind,
    past_aside,
    past_difficulty,
    past_question,
    past_why,
    stripped,
    tells_deed,
)
from summarise.reading import DIFFICULTY, PaperPart, PaperParts, Sentence, likeliest
from summarise.scan import Gated, Section, words


def problem_of(
    parts: PaperParts, name: str | None, sentences: Sequence[Sentence], done: Sentence | None
) -> tuple[str | None, Sentence | None]:
    """The gap, difficulty or aim, and the sentence that tells it best; None where none does.

    What can't be understood by itself is told where nothing else is.

    Args:
        parts: The paper's sentences of each part.
        name: What the paper calls its proposal.
        sentences: All of the abstract, in which what a phrase points back to can be named.
        done: The sentence that the method was told by, of which only what it is for is a problem.
    """
    shares = parts.shares[PaperPart.PROBLEM]
    before = {after.number: sentence.body for sentence, after in pairwise(sentences)}
    pointing: tuple[str, Sentence] | None = None
    for sentence in likeliest(shares, parts.usable, _LEAST):
        if announces(sentence) and not _LISTED.search(sentence.body):
            # "There are two major limits of old lamps", and not which
            continue
        phrases = _phrases_in(sentence, name, is_done=sentence is done)
        previous = before.get(sentence.number, "")
        found = ((phrase, previous) for phrase in phrases)
        # What a clause within it points back to stands in the sentence itself.
        inner = ((phrase, "") for phrase in _inner_in(sentence))
        for phrase, behind in _long_first(chain(found, inner)):
            named = stripped(resolved(phrase, behind))
            if _EMPTY.search(named) or tells_deed(named):
                continue
            if not points_back(named):
                return named, sentence
            if shares[sentence.number] >= _SURELY:
                pointing = pointing or (named, sentence)
    return pointing or (None, None)


_LEAST = 0.25
"""How likely a sentence must at least be the one that tells it: two of three below are wrong."""
_SURELY = 0.5


def repeats_method(problem: str, asked: Sentence, method: str) -> bool:
    """Whether the problem only says what was done, in the words that tell the method."""
    is_hard = asked.has(DIFFICULTY) and not _OURS.search(problem) and not _is_work(asked)
    if problem.startswith("To ") or (is_hard and not asked.proposes):
        # An aim or a difficulty is a problem, whatever else tells it.
        return False
    return problem.startswith(method) or method.startswith(problem)


_OURS = re.compile(rf"\b(?:our|{OWN_SUBJECT}|the (?:paper|study|survey|review))\b", re.IGNORECASE)


def _phrases_in(sentence: Sentence, name: str | None, *, is_done: bool) -> Iterator[str]:
    """What a sentence says of the problem: where it tells the work, first what that is for."""
    is_work = sentence.proposes or _only_works(sentence)
    if is_done or is_work or (_is_work(sentence) and not _is_told(sentence)):
        yield from _purposes_in(sentence, name)
        if (is_done and not _is_told(sentence)) or sentence.proposes:
            return
    yield from _problems_in(sentence)


# "To fill that gap", "Poorly constrained"
_EMPTY = re.compile(
    r"^\S+(?: \S+)?$|^To (?:fill|close|bridge|address|meet) (?:that|this|the|such an?) [a-z]+$"
)


def _long_first(phrases: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Phrases in their order, those of too few words to be understood by themselves last."""
    short: list[tuple[str, str]] = []
    for told in phrases:
        is_short = told[0].startswith("The ") and told[0].count(" ") + 1 < FEWEST_WORDS
        if is_short or SAYS_LITTLE.search(told[0]):
            short.append(told)
        else:
            yield told
    yield from short


def _is_told(sentence: Sentence) -> bool:
    """Whether its words say that something is lacking, hard or wanted."""
    if sentence.states_aim or sentence.section is Section.OBJECTIVE or sentence.has_clear_gap:
        return True
    start = opened(sentence.body, len(sentence.body))
    return asks_at(sentence.body, start) is not None


def _is_work(sentence: Sentence) -> bool:
    return sentence.works or sentence.only_tells_doing or sentence.tells_own_work


def _only_works(sentence: Sentence) -> bool:
    """Whether it says what was done, and only in a part what for."""
    if sentence.has(DIFFICULTY) or sentence.purpose is None or sentence.purpose == 0:
        return False
    start = opened(sentence.body, len(sentence.body))
    if asks_at(sentence.body, start):
        return False
    is_work = sentence.works or sentence.only_tells_doing
    return is_work and _WHAT_FOR.match(sentence.body, sentence.purpose) is not None


def _purposes_in(sentence: Sentence, name: str | None) -> Iterator[str]:
    """What is done is the method; what that is for may be a part of the same sentence.

    So may what others do: "Existing tools only count, whereas Zeta sorts".
    """
    text, clauses = sentence.body, Clauses(sentence.body)
    others = _OTHERS.match(text, opened(text, len(text)))
    if name is not None and others and (own := text.find(name)) > 0:
        begin, comma = others.start("who"), text.find(", ", 0, own)
        if clauses.verb(begin, comma) and clauses.count(begin, comma) > FEWEST_WORDS:
            yield cased(clauses.phrase(begin, comma))
    start = sentence.purpose
    if start is not None and _ASKED_BY_IT.search(text, max(0, start - 90), start):
        # "an algorithm that determines whether": what a thing does is nobody's aim.
        return
    # "for testing" and "focuses on" open no clause of their own.
    if start is not None and _WHAT_FOR.match(text, start):
        whole = main_behind(clauses, start)
        end = clauses.fitting(start, MOST_WORDS, whole=whole, bare=True)
        end = completed(clauses, start, end, whole)
        if clauses.count(start, end) > FEWEST_WORDS:
            yield cased(clauses.phrase(start, end))


_ASKED_BY_IT = re.compile(
    r"\b(?:(?:that|which) (?:[a-z]+ly )?[a-z]+s|and (?:asks|determines|decides)|needs?|ability"
    r"|potential|opportunity|efforts?|attempts?|failed|unable|able|proposals?|crucial|essential"
    r"|important|necessary|vital|who [^,;:]{3,60}|(?:impacts?|effects?) of [a-z]+ing [^,;:]{3,60}"
    r"|when|where"
    r"|(?:goals?|aims?|purposes?|objectives?) of (?!(?:this|our|the (?:present|current|paper|study"
    r"|article|work|review|trial|project))\b)[^,;:]{3,60} (?:is|are|was|were)"
    r"|how [a-z-]+ (?:engage|act|respond|work|organi[sz]e)\b[^,;:]{0,40}) \Z"
)
_OTHERS = re.compile(
    r"(?:(?:while|whereas|although|though|since|as) )?"
    r"(?P<who>(?:existing|previous|prior|current|conventional|most|many) )",
    re.IGNORECASE,
)
_WHAT_FOR = re.compile(r"(?:in order |so as )?to |whether ", re.IGNORECASE)


def _problems_in(sentence: Sentence) -> Iterator[str]:
    """What a sentence says is wrong or wanted; at last with what it concedes."""
    text = sentence.body
    clauses = Clauses(text)
    opening = start = opened(text, len(text))
    is_aim = False
    if asked := asks_at(text, start):
        start, is_aim = asked.end(), True
    start = _behind_colon(sentence, start)
    if counts_what_follows(sentence, start) and (listed := _LISTED.search(text, start)):
        start = listed.end()
        following = FOLLOWING.search(text, start)
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
    if main is not None and not _POINTING.match(text, main):
        starts.insert(0, main)
    for at in starts:
        past = max(
            past_difficulty(text, max(at, starts[0])),
            past_question(clauses, at),
            past_why(text, at),
        )
        end = end_of_problem(clauses, at, past, is_aim=is_aim)
        yield cased(_SUBJECT_TOLD.sub(r"\g<asked> ", clauses.phrase(at, end)))


# "Whether the new lamp, which has two wicks, helps keepers": what is asked of it comes first.
_SUBJECT_TOLD = re.compile(
    r"^(?P<asked>(?:whether|how|why|if) [^,;:]{3,120}), (?:which|who|whose) [^,;:]{3,120}, "
    r"(?=[a-z]+s )",
    re.IGNORECASE,
)


_CONCEDED = re.compile(
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
_POINTING = re.compile(
    r"(?:these|those|such|both|it(?! (?:is|was|remains) (?:[a-z]+ly )?(?:un|not|diffic"
    r"|hard|challeng|import|cruc|essent|necess|im|infeas))|they|their|its|them|he|she"
    r"|this(?! (?:paper|study|work|article|review|survey|report|trial|thesis)\b)"
    r"|the (?:former|latter|two|above|problem|issue"
    r"|challenges?|(?:first|second) (?=[a-z]+s ))|doing so|all of|each of|neither)\b",
    re.IGNORECASE,
)
_POINTS_BACK = Gated(
    words("this these those such that"),
    r"\bthat (?:gap|need|void|question|challenge)\b"
    r"|\b(?:this|these|those|such) (?:\w+ ){0,2}?(?:questions?|challenges?|issues?|problems?|gaps?"
    r"|objectives?|goals?|limitations?|assumptions?|strengths|advances|form|purpose|task|setting"
    r"|approach(?:es)?|methods?|factors?|difficult(?:y|ies)|models|datasets|process)\b"
    r"|\bthis (?:is|was|can|may|means|leads)\b",
)


def _behind_colon(sentence: Sentence, start: int) -> int:
    """Where it is told what leads to a question or points back before a colon, or the start."""
    if behind := _QUESTION_BEHIND.search(sentence.body, start):
        return behind.end()
    colon = sentence.body.find(": ", start)
    is_told = colon > 0 and _POINTS_BACK.search(sentence.lower, start, colon)
    return colon + 2 if is_told else start


def _inner_in(sentence: Sentence) -> Iterator[str]:
    """A clause that names what is wrong: "Their worth is unknown, as no test covers kites"."""
    text, clauses = sentence.body, Clauses(sentence.body)
    for begin, end in clauses.inner(opened(text, len(text))):
        is_told = begin < past_difficulty(text, begin) <= end
        if is_told and FEWEST_WORDS < clauses.count(begin, end) <= CLAUSE:
            yield cased(clauses.phrase(begin, end))


_LISTED = re.compile(r"(?:: | [-–—] ?(?=\(?[1ia]\)))(?:\(?(?:1|i|a)[).] )?")


def _main_clause(clauses: Clauses, start: int) -> int | None:
    """Where what is said begins behind what is conceded: "While A, such as B, do C, D do E"."""
    conceded = _CONCEDED.match(clauses.text, start)
    if conceded is None:
        return None
    at = conceded.end()
    while (comma := clauses.text.find(", ", at)) >= 0:
        # "While kites, nets, and lamps have their use, they …": of a list, the last isn't all.
        is_last = clauses.text.startswith(("and ", "or "), at)
        verb = clauses.verb(at, comma)
        if not is_last and verb is not None and verb.start > at:
            return at
        at = comma + 2
    return at if clauses.verb(at) is not None else conceded.end()


def _told_behind(clauses: Clauses, start: int, but: int) -> Iterator[str]:
    if not _POINTING.match(clauses.text, but):
        end = past_aside(clauses, but, clauses.fitting(but, MOST_WORDS), bare=False)
        yield cased(clauses.phrase(but, completed(clauses, but, end)))
    if clauses.count(start, len(clauses.text)) <= MOST_OF_WHOLE:
        yield cased(clauses.phrase(start, len(clauses.text)))


def _contrasted(text: str, start: int) -> int | None:
    """Where the clause behind "but" begins that tells the fault, not the one before it."""
    but = _BUT.search(text, start)
    if but is None or start < past_difficulty(text, start) <= but.start():
        return None
    if SUBORDINATING.match(text, start) and not MAIN.search(text, start, but.start()):
        # "If kites rise, but tear in gusts, they …": what is said of them is yet to come.
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


_BUT = re.compile(
    r"[,;] (?:(?:but(?! also)|yet|however,?|nonetheless,?|nevertheless,?) (?:in fact,? )?"
    r"|(?P<while>while|whereas|although|though) )(?=[a-z])(?!that\b)"
)


def _joined(clauses: Clauses, start: int) -> str | None:
    """The subject of what is conceded with what is said of it.

    "Although A do B, they do C" and "A do B, yet they do C" come to "A do C".
    """
    text = clauses.text
    if (conceding := _CONCEDING.match(text, start)) is not None:
        conceded = _CONCEDED.match(text, start)
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
    if VAGUE_END.search(text, max(they.end(), end - 24), end) and text.startswith(" such as ", end):
        # "Nets do hold, but they have limits such as …"
        end = clauses.fitting(they.end(), MOST_WORDS, past=end + len(" such as"), bare=True)
    end = completed(clauses, they.end(), end)
    return f"{subject} {clauses.phrase(they.end(), end)}"


# "We show that kites rise, but can be dear": not we are dear.
_NO_SUBJECT = re.compile(r"^(?:we|i|this (?:paper|study))\b|\bbecause\b", re.IGNORECASE)
_ADVERBS_LAST = re.compile(r"(?: (?:often|still|also|[a-z]+ly))+\Z")
