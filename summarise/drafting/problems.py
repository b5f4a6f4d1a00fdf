"""Which sentence tells best what is wrong or wanted, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from summarise.drafting.announcements import announces
from summarise.drafting.antecedents import THESE_USUAL, points_back, resolved
from summarise.drafting.clauses import Clauses
from summarise.drafting.confidence import EntryPart, surest
from summarise.drafting.openings import ADVERBS, OWN_SUBJECT, cased, opened
from summarise.drafting.phrases import (
    CONCEDED,
    FEWEST_WORDS,
    LISTED,
    MOST_WORDS,
    POINTING,
    POINTS_BACK,
    asks_at,
    inner_in,
    past_difficulty,
    problems_in,
    stripped,
)
from summarise.models import Role
from summarise.reading import DIFFICULTY, Sentence
from summarise.scan import PRELUDES, Gated, Section, words

_PRAISE = Gated(
    words(
        """achieved made shown demonstrated received witnessed attracted gained become emerged
        promising impressive remarkable potential confident regarded well"""
    ),
    r"\b(?:achieved|made(?! it\b)|shown|demonstrated|received|witnessed|attracted|gained|become"
    r"|emerged"
    r"|promising|impressive|remarkable|great potential|confident|widely regarded|well[- ]known)\b",
)


def problem_text(
    sentences: Sequence[Sentence], name: str | None, told: Sequence[Sentence] = ()
) -> str | None:
    """The clearest gap, difficulty or aim among some sentences, or None where there is none.

    Args:
        sentences: Those that state the problem.
        name: What the paper calls its proposal.
        told: All of the abstract, in which what a phrase points back to can be named.
    """
    found = surest(EntryPart.PROBLEM, _problems(sentences, name, told), told or sentences)
    return found[1] if found else None


def _problems(
    sentences: Sequence[Sentence], name: str | None, told: Sequence[Sentence]
) -> Iterator[tuple[Sentence, str]]:
    """What each sentence says of the problem, the clearest first."""
    urgency = {s.number: _urgency(s) - 4 * (name is not None and name in s.text) for s in sentences}
    before = {after.number: sentence.body for sentence, after in pairwise(told)}
    behind_proposal = {after.number for sentence, after in pairwise(told) if sentence.proposes}
    brings = (s.number for s in told if s.proposes or s.body.startswith(f"{name} "))
    proposed = next(brings, 0)
    own = next((s.number for s in told if s.proposes or _is_work(s)), 0)
    rejected: list[int] = []

    def rank(sentence: Sentence) -> int:
        is_trivial = _TRIVIAL.match(sentence.body, opened(sentence.body, len(sentence.body)))
        is_gap = _UNKNOWN.search(sentence.lower) is not None
        is_goal = name is None and sentence.states_aim
        return urgency[sentence.number] - 4 * bool(is_trivial) + 3 * is_gap + 2 * is_goal

    for sentence in sorted(sentences, key=rank, reverse=True):
        is_aim = sentence.section is Section.OBJECTIVE or sentence.is_aim_alone
        is_minor = urgency[sentence.number] < _CLEAR and not is_aim
        if rejected and is_minor and sentence.number + 1 not in rejected:
            # What is next best only leads to what can't be told by itself.
            continue
        if _is_no_problem(sentence):
            continue
        is_before = name is not None and (sentence.number < proposed or sentence.is_about_others)
        is_before = is_before and (len(sentences) > 1 or sentence.has_gap or sentence in told[:1])
        # What the first of the work was for may be the problem; later it is that of a step.
        is_first = sentence.number <= own
        is_told = is_before or _is_told(sentence, is_first=is_first)
        if not (is_told or (sentence.has_purpose and is_first) or _OTHERS.match(sentence.body)):
            # Before a proposal anything may be its problem; elsewhere it is background.
            continue
        is_work = urgency[sentence.number] < 0 or _only_works(sentence) or not is_told
        phrases = _purposes_in(sentence, name) if is_work else problems_in(sentence)
        previous = before.get(sentence.number, "")
        found = ((phrase, previous) for phrase in phrases)
        # What a clause within it points back to stands in the sentence itself.
        inner = ((phrase, "") for phrase in inner_in(sentence))
        for phrase, behind in _long_first(chain(found, inner)):
            named = stripped(resolved(phrase, behind))
            if named != phrase and sentence.number in behind_proposal:
                # "We propose two kites. These kites are …": what a proposal is, is no problem.
                continue
            if not (points_back(named) or _EMPTY.search(named)):
                yield sentence, named
                break
        else:
            if is_told:
                rejected.append(sentence.number)


# "To fill that gap", "Poorly constrained"
_EMPTY = re.compile(
    r"^\S+(?: \S+)?$|^To (?:fill|close|bridge|address|meet) (?:that|this|the|such an?) [a-z]+$"
)


def _long_first(phrases: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Phrases in their order, those of too few words to be understood by themselves last."""
    short: list[tuple[str, str]] = []
    for told in phrases:
        if told[0].startswith("The ") and told[0].count(" ") + 1 < FEWEST_WORDS:
            short.append(told)
        else:
            yield told
    yield from short


# "The method aims to keep kites aloft": what is proposed, and what that is to do.
_AIM_OF_PROPOSAL = re.compile(
    r"(?:the|our|this)(?: proposed| presented| developed| new)?(?: [\w-]+)? (?:method(?:ology)?"
    r"|approach|framework|technique|algorithm|architecture|pipeline|tool|model|system)"
    rf" {ADVERBS}(?:aims|seeks|strives|intends|is (?:designed|intended)) to\b",
    re.IGNORECASE,
)
# "Rather than folding kites, our method rolls them", "We focused on nurses to avoid gaps"
_OF_PROPOSAL = re.compile(
    r"(?:[^,;.]{3,120}, )?(?:our|the proposed) (?:[\w-]+ ){0,3}?(?:method(?:ology)?|approach"
    r"|framework|technique|algorithm|architecture|pipeline|tool|model|system|design)\b"
    r"|we (?:have |only |therefore )?focus(?:ed)? on (?!(?:the (?:problem|question|task))\b)",
    re.IGNORECASE,
)
# "We have reported that kites tear": what was known before.
_REPORTED = re.compile(
    r"(?:we|i) (?:have )?(?:previously |recently |earlier )?(?:reported|shown|demonstrated|found"
    r"|described|observed)\b",
    re.IGNORECASE,
)
# "Gusts will be counted and kites will be followed": a plan
_PLANNED = re.compile(r"[^;:.]{3,160}? will be [a-z]+ed\b(?!.*\b(?:however|but|unless)\b)")
_NO_PROBLEMS = (_AIM_OF_PROPOSAL, _OF_PROPOSAL, _REPORTED, _PLANNED)
# "Calm days remain a major challenge for kites", and not why
_TRIVIAL = re.compile(
    r"[^;:]{3,120}? (?:remains?|is|are|continues? to be|poses?|presents?)(?: still)? (?:an? )?"
    r"(?:[a-z-]+ly )?(?:(?:major|significant|great|big|key|important|serious|critical|open"
    r"|long-?standing|fundamental|formidable|considerable|common|main|central|challenging"
    r"|difficult) )*"
    r"(?:challenges?|problems?|tasks?|issues?|challenging|difficult)\b"
    r"(?!,?(?: [a-z]+)? (?:due|because|since|as|owing|given|if|unless|that|with))",
    re.IGNORECASE,
)
_CLEAR = 2
_OPENING = 120
# "By reading 259 papers, the survey identifies challenges": what it does, no challenge.
_TELLS_WORK = re.compile(
    rf"\b(?:{OWN_SUBJECT}|the (?:paper|survey|study|review|article)) {ADVERBS}(?:identif"
    rf"|analy[sz]|review|present|provid|summari|discuss"
    rf"|cover|compar"
    r"|describ|report)[a-z]*\b",
    re.IGNORECASE,
)


def _is_no_problem(sentence: Sentence) -> bool:
    """Whether it says what the paper does, what its proposal is for, or what was known before."""
    if not sentence.has_purpose and _TELLS_WORK.search(sentence.body, 0, _OPENING):
        return True
    is_known = sentence.is_about_earlier_work and not sentence.has_clear_gap
    return is_known or any(pattern.match(sentence.body) for pattern in _NO_PROBLEMS)


def _is_told(sentence: Sentence, *, is_first: bool) -> bool:
    """Whether its words say that something is lacking, hard or wanted; else it may only seem so.

    ``is_first`` says that no work was told of before it, so that what it asks is what all asks.
    """
    if sentence.states_aim or sentence.section is Section.OBJECTIVE:
        return True
    section = sentence.section
    if section not in PRELUDES and (section is not None or _is_finding(sentence)):
        return False
    if _only_seems_hard(sentence):
        return False
    if sentence.has_clear_gap:
        return is_first or not _is_work(sentence)
    if sentence.section is Section.BACKGROUND and sentence.has(_WRONG):
        return True
    start = opened(sentence.body, len(sentence.body))
    return (is_first or sentence.tells_topic) and asks_at(sentence.body, start) is not None


def _only_seems_hard(sentence: Sentence) -> bool:
    """Whether its one word for a difficulty says how things are: "remains the usual cure"."""
    return (
        sentence.has(DIFFICULTY)
        and not sentence.words & _CONTRASTS
        and past_difficulty(sentence.body, 0) == 0
    )


_CONTRASTS = words("however but yet despite nevertheless nonetheless although though while whereas")


def _is_work(sentence: Sentence) -> bool:
    return sentence.works or sentence.only_tells_doing or sentence.tells_own_work


def _is_finding(sentence: Sentence) -> bool:
    return sentence.role is Role.RESULT and not sentence.is_about_others


_WRONG = words(
    """problem problems issue issues risk risks threat threats burden bias biases failure failures
    degradation absence prone vulnerable susceptible declining loss decline declines
    concern concerns defect defects error errors fault faults slow"""
)


def _only_works(sentence: Sentence) -> bool:
    """Whether it says what was done, and only in a part what for."""
    if sentence.has(DIFFICULTY) or sentence.purpose is None or sentence.purpose == 0:
        return False
    start = opened(sentence.body, len(sentence.body))
    if asks_at(sentence.body, start):
        return False
    is_work = sentence.works or sentence.only_tells_doing
    return is_work and _WHAT_FOR.match(sentence.body, sentence.purpose) is not None


def _urgency(sentence: Sentence) -> int:
    """How clearly a sentence says what is wrong or wanted."""
    text = sentence.body
    start = opened(text, len(text))
    conceded = CONCEDED.match(text, start)
    main = conceded.end() if conceded else start
    difficulty = sentence.has(DIFFICULTY) and past_difficulty(text, main) > main
    told = 4 * difficulty + sentence.has_gap + sentence.has_aim
    told += 4 * (asks_at(text, start) is not None)
    if sentence.proposes or announces(sentence):
        told -= 0 if LISTED.search(text) else 6
    told += sentence.body.startswith(_TURNS) + 4 * sentence.limits_others
    if not THESE_USUAL.match(text, start):
        points = POINTS_BACK.search(sentence.lower) is not None
        told -= 3 if POINTING.match(text, start) else 2 * points
    if _PRAISE.search(sentence.lower, main) and not (
        (start and difficulty) or {"but", "yet"} & sentence.words
    ):
        told -= 3
    return told


# What nobody knows yet is what a paper is for, before what is hard or dear in general.
_UNKNOWN = Gated(
    words(
        """known unknown unclear unexplored understudied underexplored under-explored understood
        under-studied undocumented uncertain lacking scarce sparse scant few limited lack no not
        elusive gap gaps little less nothing never rarely hardly poorly under"""
    ),
    r"\b(?:little|less|not much|nothing) (?:is|has been|was) (?:\w+ )?(?:known|understood|reported)"
    r"|\b(?:is|are|remains?|was|were)(?: still)? (?:[a-z]+ly )?(?:unknown|unclear|unexplored"
    r"|under-?(?:studied|explored)|undocumented|uncertain|lacking|scarce|sparse|scant|elusive"
    r"|(?:poorly|not (?:well|fully|yet|properly|clearly)) (?:understood|known|documented"
    r"|studied))\b"
    r"|\b(?:not|never|rarely|hardly) (?:yet )?been (?:[a-z]+ly |well )?(?:studied|examined"
    r"|investigated|explored|documented|reported|evaluated|assessed|tested|described|determined|established"
    r"|quantified|analy[sz]ed)\b"
    r"|\b(?:no|few|limited|scant|scarce|little|lack of)(?: [a-z-]+){0,4} (?:study|studies|research"
    r"|information|evidence|data|knowledge|literature|attention|understanding)\b",
)
_TURNS = ("However", "Yet", "But ", "Unfortunately", "Nevertheless", "Nonetheless")


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
        whole = _main_behind(clauses, start)
        end = clauses.fitting(start, MOST_WORDS, whole=whole, bare=True)
        if clauses.count(start, end) > FEWEST_WORDS:
            yield cased(clauses.phrase(start, end))


def _main_behind(clauses: Clauses, start: int) -> int | None:
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
_ASKED_BY_IT = re.compile(
    r"\b(?:(?:that|which) (?:[a-z]+ly )?[a-z]+s|and (?:asks|determines|decides)|needs?|ability"
    r"|potential|opportunity|efforts?|attempts?|failed|unable|able|proposals?|crucial|essential"
    r"|important|necessary|vital|who [^,;:]{3,60}|(?:impacts?|effects?) of [a-z]+ing [^,;:]{3,60}"
    r"|how [a-z-]+ (?:engage|act|respond|work|organi[sz]e)\b[^,;:]{0,40}) \Z"
)
_OTHERS = re.compile(
    r"(?:(?:while|whereas|although|though|since|as) )?"
    r"(?P<who>(?:existing|previous|prior|current|conventional|most|many) )",
    re.IGNORECASE,
)
_WHAT_FOR = re.compile(r"(?:in order |so as )?to |whether ", re.IGNORECASE)
