"""Which sentences state the problem, the method and the outcomes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from summarise.models import Role
from summarise.reading.clarity import PaperPart, Shares, shares_of
from summarise.reading.lexicon import AGE, EVIDENCE, OWN, REACHED_OUTCOME
from summarise.reading.reading import Reading
from summarise.reading.sentence import Sentence
from summarise.scan import METHOD_SECTIONS, PRELUDE, PRELUDES, Section, words

_HOLDING = (*("contains ", "comprises ", "consists of ", "includes ", "holds ", "is a ", "is an "),)
_RESULTS = frozenset({Section.RESULT, Section.STUDY})
_WERE = words("was were")
# Shares of a conclusion's words that stood there before.
_MOST_REPEATED = 0.55
_MOST_INTERPRETED = 0.35
_MOST_SAID = 0.7
# Sentences before a proposal that may tell its problem without saying that it is one.
_MOST_BEFORE = 2


@dataclass(frozen=True)
class PaperParts:
    """The sentences of each part of a paper, in order.

    Attributes:
        problem: Gap, difficulty or aim.
        method: What is proposed and how it works.
        results: What came out.
        own: All but instructions and what stands before the paper turns to its own work.
        usable: All but instructions, where code can be had, and what a publisher put behind them.
        shares: How likely each sentence is the one that tells a part best.
    """

    problem: tuple[Sentence, ...]
    method: tuple[Sentence, ...]
    results: tuple[Sentence, ...]
    own: tuple[Sentence, ...]
    usable: tuple[Sentence, ...]
    shares: Mapping[PaperPart, Shares]

    def without(self, numbers: frozenset[int]) -> PaperParts:
        """The parts without some sentences of method and results, given by number."""
        if not numbers:
            return self
        method = tuple(s for s in self.method if s.number not in numbers)
        results = tuple(s for s in self.results if s.number not in numbers)
        usable = tuple(s for s in self.usable if s.number not in numbers)
        return replace(self, method=method or self.method, results=results, usable=usable)


def parts_of(reading: Reading, name: str | None) -> PaperParts:
    """Sort the sentences of an abstract into problem, method and results.

    ``name`` is what the paper calls its proposal.
    """
    usable, turn = _turned(reading, name)
    results = _results(usable, turn, name)
    told = {s.number for s in results}
    left = [s for s in usable if s.number not in told and not _concludes(s, results)]
    method = [s for s in left if _is_method(s, turn, name)]
    if any(s.section in METHOD_SECTIONS for s in usable):
        # Whatever stands before them says why, and what for.
        method = [s for s in method if s.section not in PRELUDES]
    rest = _without(usable, [*results, *method])
    problem = _problem(rest, method, turn, name)
    method = method or [s for s in results if s.proposes] or _fallback_method(rest)
    prelude = {s.number for s in rest if s.number < turn}
    own = (s for s in reading.sentences if not s.is_instruction and s.number not in prelude)
    shares = shares_in(reading, name)
    return PaperParts(
        tuple(problem), tuple(method), tuple(results), tuple(own), tuple(usable), shares
    )


def turn_of(reading: Reading, name: str | None) -> int:
    """Number of the sentence in which the paper turns to its own work."""
    return _turned(reading, name)[1]


# Both are asked where the parts are told, and again where it is doubted what was told of them.
@lru_cache(maxsize=8)
def _turned(reading: Reading, name: str | None) -> tuple[list[Sentence], int]:
    """The usable sentences, and the number of the one that turns to the paper's own work."""
    usable = _usable(reading.sentences)
    return usable, _turn(usable, name)


@lru_cache(maxsize=8)
def shares_in(reading: Reading, name: str | None) -> Mapping[PaperPart, Shares]:
    """How likely each sentence is the one that tells a part best; ``name`` as in ``parts_of``."""
    return shares_of(reading.sentences, turn_of(reading, name), reading.title, name)


def _usable(sentences: tuple[Sentence, ...]) -> list[Sentence]:
    """All but instructions, where code can be had, and what a publisher put behind the abstract."""
    legal = (
        s.number for s in sentences[1:] if s.body.startswith(("©", "(c) ", "(C) ", "Copyright "))
    )
    end = next(legal, math.inf)
    return [
        s for s in sentences if s.number < end and not s.is_instruction and not s.is_administrative
    ]


def _without(sentences: list[Sentence], taken: list[Sentence]) -> list[Sentence]:
    numbers = {sentence.number for sentence in taken}
    return [sentence for sentence in sentences if sentence.number not in numbers]


def _turn(usable: list[Sentence], name: str | None) -> int:
    """Number of the sentence in which the paper turns to its own work."""
    opening = [s for s in usable if not s.is_about_earlier_work and s.section not in PRELUDES]
    told = next((s.number for s in opening if _is_own_work(s, name)), None)
    if told and any(_brings(s) for s in opening if s.number == told):
        # What stands before "we propose" is background, whatever its role seems to be.
        opening = [s for s in opening if s.number >= told or s.has_measurement]
    for sentence in opening:
        if sentence.number == told or sentence.role in (Role.METHOD, Role.RESULT):
            return sentence.number
    return 1


def _brings(sentence: Sentence) -> bool:
    return sentence.proposes or sentence.tells_topic or sentence.tells_own_work


def _is_own_work(sentence: Sentence, name: str | None) -> bool:
    """Whether it says what the authors bring, do or found."""
    if sentence.section in METHOD_SECTIONS or sentence.section is Section.RESULT:
        return True
    if sentence.proposes or _is_about(sentence, name):
        return True
    if sentence.states_aim or sentence.text.endswith("?"):
        return False
    if sentence.tells_topic or sentence.only_tells_doing:
        return True
    if (sentence.works or sentence.tells_own_work) and not sentence.has_aim:
        return True
    return sentence.has(OWN) and sentence.claims_outcome and not sentence.has_gap


def _is_about(sentence: Sentence, name: str | None) -> bool:
    """Whether its subject is what the paper proposes."""
    if name is None:
        return False
    return sentence.body.startswith(f"{name} ") or _presents(sentence, name)


def _presents(sentence: Sentence, name: str) -> bool:
    """Whether it says what the proposal is: "Our rule, Zeta, keeps …", "Zeta contains …"."""
    body = sentence.body
    if body.startswith(f"{name} ") and body.startswith(_HOLDING, len(name) + 1):
        return True
    return body.startswith(("Our ", "The ")) and f", {name}," in body[:80]


def _results(usable: list[Sentence], turn: int, name: str | None) -> list[Sentence]:
    found = [s for s in usable if _is_result(s, turn) and not (name and _presents(s, name))]
    if not any(s.hints_at_outcome or s.tells_relation or s.section in _RESULTS for s in found):
        # A role alone is too weak for all.
        return []
    evidence = next((s.number for s in found if _is_evidence(s)), 0)
    if not any(s.proposes for s in usable):
        evidence = 0
    found = [s for s in found if s.number >= evidence or not _is_rationale(s)]
    told = [s for s in found if not s.is_concluding]
    return [s for s in found if not s.is_concluding or _is_new(s, told, usable)]


def _is_evidence(sentence: Sentence) -> bool:
    """Whether it says that something was found: "Experiments show that …"."""
    return sentence.has(EVIDENCE) and sentence.claims_outcome


def _is_rationale(sentence: Sentence) -> bool:
    """Whether it only says what a part of the proposal is good for, before any evidence."""
    if sentence.section is not None or sentence.has_measurement or sentence.tells_finding:
        return False
    return not (sentence.has(_WERE) or sentence.has(EVIDENCE) or sentence.has(REACHED_OUTCOME))


def _concludes(sentence: Sentence, results: list[Sentence]) -> bool:
    """Whether it comes after results and draws a conclusion."""
    return sentence.is_concluding and any(s.number < sentence.number for s in results)


def _is_new(sentence: Sentence, told: list[Sentence], usable: list[Sentence]) -> bool:
    """Whether a conclusion adds to the results that were told before it."""
    if not told:
        return True
    if sentence.section is Section.CONCLUSION:
        most = _MOST_REPEATED
    elif sentence.has_measurement:
        return True
    else:
        most = _MOST_INTERPRETED if any(s.has_estimate for s in told) else _MOST_SAID
    said = set[str]().union(*(s.stems for s in usable if s.number < sentence.number))
    return len(sentence.stems & said) <= most * len(sentence.stems)


def _is_no_report(sentence: Sentence) -> bool:
    """Whether it can't be a result: an outlook, a question, set-up, or about the work of others."""
    if sentence.text.endswith("?") or sentence.section is Section.METHOD:
        return True
    if sentence.only_tells_doing or _only_sets_up(sentence):
        return True
    if sentence.section is None and sentence.tells_topic:
        return not (sentence.has_measurement or sentence.tells_finding or sentence.tells_relation)
    if sentence.is_about_earlier_work and sentence.has_clear_gap and not sentence.has(OWN):
        return True
    return sentence.is_outlook or sentence.is_about_others or sentence.only_tells_sample


def _only_sets_up(sentence: Sentence) -> bool:
    is_told = sentence.claims_outcome or (sentence.has_estimate and not sentence.has(AGE))
    return sentence.section is None and sentence.sets_up and not is_told


def _is_result(sentence: Sentence, turn: int) -> bool:
    if sentence.number < turn or _is_no_report(sentence):
        return False
    if sentence.role is Role.RESULT:
        return sentence.has_outcome or not (sentence.proposes or _only_tells_work(sentence))
    is_after = sentence.number > turn and sentence.tells_relation and not sentence.has_aim
    if sentence.role in PRELUDE and not (
        sentence.has_measurement
        or _compares_numbers(sentence)
        or sentence.tells_finding
        or is_after
    ):
        return False
    if sentence.proposes:
        return False
    if sentence.number > turn and sentence.tells_relation and not _tells_work(sentence):
        return True
    return _compares_numbers(sentence) or (sentence.has_outcome and not _is_set_up(sentence))


_PAIR = re.compile(r"\d[^()\d]{0,14} (?:vs\.?|versus) (?:[a-z]+ ){0,2}[~<>≈]?\d")
_VERSUS = words("vs versus")


def _compares_numbers(sentence: Sentence) -> bool:
    """Whether it sets one number against another: "10.6 vs 7.8 months"."""
    return sentence.has(_VERSUS) and _PAIR.search(sentence.lower) is not None


def _tells_work(sentence: Sentence) -> bool:
    return sentence.works or sentence.tells_topic or sentence.sets_up or sentence.has(OWN)


def _only_tells_work(sentence: Sentence) -> bool:
    """Whether it says what was done or looked at, and not what came of it."""
    if sentence.section in _RESULTS or sentence.section is Section.CONCLUSION:
        return False
    is_work = sentence.works or sentence.tells_topic or sentence.sets_up
    return is_work and not (sentence.hints_at_outcome or sentence.tells_relation)


# "The mean loss is 12% in wet years"
_IS_SHARE = re.compile(
    r"\b(?:is|was|are|were|averages?|averaged|amounts to) (?:about |only |up to |nearly )?"
    r"\d[\d.]*(?:[–-]\d[\d.]*)? ?(?:%|per ?cent)(?! of (?:the )?(?:sample|data|participants))"
)


def _is_set_up(sentence: Sentence) -> bool:
    """Whether its numbers describe how the work was done, not what came out."""
    if sentence.role is not Role.METHOD:
        return False
    if sentence.sets_up:
        return True
    if sentence.claims_outcome or sentence.has_estimate:
        return sentence.label_length > 0
    if sentence.label_length > 0 or sentence.works:
        return True
    return not (sentence.measures_change or _IS_SHARE.search(sentence.lower))


def _is_method(sentence: Sentence, turn: int, name: str | None) -> bool:
    if sentence.number < turn or sentence.is_about_others or _is_only_aim(sentence):
        return False
    if _is_about(sentence, name):
        return True
    if sentence.role is Role.RESULT:
        return not sentence.is_outlook
    if sentence.role in PRELUDE:
        is_own = sentence.proposes or sentence.tells_topic
        is_own = is_own or (sentence.works and not sentence.states_aim)
        return is_own or not (sentence.has_gap or sentence.has_aim)
    return not sentence.is_outlook or sentence.proposes or sentence.section in METHOD_SECTIONS


def _is_only_aim(sentence: Sentence) -> bool:
    return sentence.is_aim_alone and sentence.section not in METHOD_SECTIONS


def _problem(
    rest: list[Sentence], method: list[Sentence], turn: int, name: str | None
) -> list[Sentence]:
    """What states the gap, the difficulty or the aim, the clearest kind of it that there is."""
    stated = [s for s in rest if _is_problem(s, turn)]
    clear = [s for s in stated if s.has_clear_gap or s.states_aim or _is_own_prelude(s)]
    if any(s.number < turn for s in clear):
        return clear
    if stated:
        aims = [s for s in method[:3] if s.states_aim or _works_for(s)]
        return stated if clear or not aims else aims[:1]
    aims = [s for s in method if s.states_aim] or [
        s for s in method[:2] if s.has_clear_gap or s.has_purpose
    ]
    if aims or not any(s.number == turn and (s.proposes or _is_about(s, name)) for s in method):
        return aims[:1] or [s for s in rest if s.role is Role.OBJECTIVE][:1]
    # "Reading a plan takes four models. We present …": what the proposal follows at once.
    return [s for s in rest if s.number == turn - 1 and s.number <= _MOST_BEFORE]


def _works_for(sentence: Sentence) -> bool:
    """Whether it says what the authors did and what for."""
    is_work = sentence.works or sentence.only_tells_doing or sentence.tells_topic
    return is_work and sentence.has_purpose and not sentence.proposes


def _is_own_prelude(sentence: Sentence) -> bool:
    """Whether it says, before a section of methods, what the paper does."""
    is_own = sentence.proposes or sentence.tells_topic or sentence.tells_own_work
    return sentence.section in PRELUDES and (is_own or sentence.only_tells_doing)


def _is_problem(sentence: Sentence, turn: int) -> bool:
    if sentence.section is Section.OBJECTIVE and sentence.label_length:
        return True
    if sentence.is_outlook and not (sentence.is_about_others and sentence.has_clear_gap):
        return False
    if _is_only_aim(sentence):
        return True
    if sentence.number >= turn and not (sentence.role in PRELUDE or sentence.is_about_others):
        return False
    return sentence.has_gap or sentence.has_aim or _is_own_prelude(sentence)


def _fallback_method(rest: list[Sentence]) -> list[Sentence]:
    """Without any cue: the first sentence that the roles call method or aim."""
    told = [s for s in rest if s.role is Role.METHOD] or [
        s for s in rest if s.role is Role.OBJECTIVE
    ]
    return told[:1]
