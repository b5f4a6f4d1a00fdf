"""Which sentence tells best what is wrong or wanted, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from summarise.drafting.announcements import announces
from summarise.drafting.antecedents import points_back, resolved
from summarise.drafting.clauses import Clauses
from summarise.drafting.openings import OWN_SUBJECT, cased, opened
from summarise.drafting.phrases import (
    FEWEST_WORDS,
    LISTED,
    MOST_WORDS,
    asks_at,
    inner_in,
    problems_in,
    stripped,
)
from summarise.reading import DIFFICULTY, PaperPart, PaperParts, Sentence, likeliest
from summarise.scan import Section


def problem_of(
    parts: PaperParts, name: str | None, told: Sequence[Sentence], done: Sentence | None
) -> tuple[str | None, Sentence | None]:
    """The gap, difficulty or aim, and the sentence that tells it best; None where none does.

    What can't be understood by itself is told where nothing else is.

    Args:
        parts: The paper's sentences of each part.
        name: What the paper calls its proposal.
        told: All of the abstract, in which what a phrase points back to can be named.
        done: The sentence that the method was told by, of which only what it is for is a problem.
    """
    shares = parts.shares[PaperPart.PROBLEM]
    before = {after.number: sentence.body for sentence, after in pairwise(told)}
    pointing: tuple[str, Sentence] | None = None
    for sentence in likeliest(shares, told, _LEAST):
        phrases = _phrases_in(sentence, name, is_done=sentence is done)
        previous = before.get(sentence.number, "")
        found = ((phrase, previous) for phrase in phrases)
        # What a clause within it points back to stands in the sentence itself.
        inner = ((phrase, "") for phrase in inner_in(sentence))
        for phrase, behind in _long_first(chain(found, inner)):
            named = stripped(resolved(phrase, behind))
            if _EMPTY.search(named):
                continue
            if not points_back(named):
                return named, sentence
            if shares[sentence.number] >= _SURELY:
                pointing = pointing or (named, sentence)
    return pointing or (None, None)


_LEAST = 0.25
"""How likely a sentence must at least be the one that tells it: two of three below are wrong."""
_SURELY = 0.5


def _phrases_in(sentence: Sentence, name: str | None, *, is_done: bool) -> Iterator[str]:
    """What a sentence says of the problem: where it tells the work, first what that is for."""
    if announces(sentence) and not LISTED.search(sentence.body):
        # "There are two major limits of old lamps", and not which
        return
    is_work = sentence.proposes or _only_works(sentence)
    if is_work or (_is_work(sentence) and not _is_told(sentence)):
        yield from _purposes_in(sentence, name)
        if is_done or sentence.proposes:
            return
    yield from problems_in(sentence)


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
