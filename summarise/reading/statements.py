"""Which sentences state the problem, the method and the outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from summarise.models import Role
from summarise.reading.reading import Reading
from summarise.reading.sentence import OWN, Sentence
from summarise.scan import Section

_HOLDING = ("contains", "comprises", "consists of", "includes", "holds", "is a", "is an")
_PRELUDE = frozenset({Role.BACKGROUND, Role.OBJECTIVE})


@dataclass(frozen=True)
class PaperParts:
    """The sentences of each part of a paper, in order.

    Attributes:
        problem: Gap, difficulty or aim.
        method: What is proposed and how it works.
        results: What came out.
        own: All but instructions and what stands before the paper turns to its own work.
    """

    problem: tuple[Sentence, ...]
    method: tuple[Sentence, ...]
    results: tuple[Sentence, ...]
    own: tuple[Sentence, ...]

    def without(self, numbers: frozenset[int]) -> PaperParts:
        """The parts without some sentences of method and results, given by number."""
        method = tuple(s for s in self.method if s.number not in numbers)
        results = tuple(s for s in self.results if s.number not in numbers)
        return replace(self, method=method or self.method, results=results)


def parts_of(reading: Reading, name: str | None) -> PaperParts:
    """Sort the sentences of an abstract into problem, method and results.

    ``name`` is what the paper calls its proposal.
    """
    usable = [s for s in reading.sentences if not s.is_instruction and not s.is_administrative]
    turn = _turn(usable, name)
    results = [s for s in usable if _is_result(s, turn) and not (name and _presents(s, name))]
    if not any(s.hints_at_outcome or s.section in (Section.RESULT, Section.STUDY) for s in results):
        # A role alone is too weak for all.
        results = []
    method = [s for s in _without(usable, results) if _is_method(s, turn, name)]
    rest = _without(usable, [*results, *method])
    problem = [s for s in rest if _is_problem(s, turn)] or _fallback_problem(rest)
    problem = problem or [s for s in method[:1] if s.has_gap or s.has_aim]
    method = method or _fallback_method(_without(rest, problem))
    prelude = {s.number for s in rest if s.number < turn}
    own = (s for s in reading.sentences if not s.is_instruction and s.number not in prelude)
    return PaperParts(tuple(problem), tuple(method), tuple(results), tuple(own))


def _without(sentences: list[Sentence], taken: list[Sentence]) -> list[Sentence]:
    numbers = {sentence.number for sentence in taken}
    return [sentence for sentence in sentences if sentence.number not in numbers]


def _turn(usable: list[Sentence], name: str | None) -> int:
    """Number of the sentence in which the paper turns to its own work."""
    for sentence in usable:
        if sentence.proposes or sentence.role in (Role.METHOD, Role.RESULT):
            return sentence.number
        if _is_about(sentence, name):
            return sentence.number
        if (sentence.works or sentence.tells_own_work) and not sentence.has_aim:
            return sentence.number
        if sentence.has(OWN) and sentence.claims_outcome and not sentence.has_gap:
            return sentence.number
    return 1


def _is_about(sentence: Sentence, name: str | None) -> bool:
    """Whether its subject is what the paper proposes."""
    if name is None:
        return False
    return sentence.body.startswith(f"{name} ") or _presents(sentence, name)


def _presents(sentence: Sentence, name: str) -> bool:
    """Whether it says what the proposal is: "Our rule, Zeta, keeps …", "Zeta contains …"."""
    if sentence.body.startswith(tuple(f"{name} {verb} " for verb in _HOLDING)):
        return True
    return sentence.body.startswith(("Our ", "The ")) and f", {name}," in sentence.body[:80]


def _is_no_report(sentence: Sentence) -> bool:
    """Whether it can't be a result: an outlook, a question, set-up, or about the work of others."""
    if sentence.text.endswith("?") or sentence.section is Section.METHOD:
        return True
    return sentence.is_outlook or sentence.is_about_others or sentence.only_counts_sample


def _is_result(sentence: Sentence, turn: int) -> bool:
    if sentence.number < turn or _is_no_report(sentence):
        return False
    if sentence.role is Role.RESULT:
        return sentence.has_outcome or not sentence.proposes
    if sentence.role in _PRELUDE and not sentence.has_measurement:
        return False
    if sentence.proposes:
        return False
    return sentence.has_outcome and not _is_set_up(sentence)


def _is_set_up(sentence: Sentence) -> bool:
    """Whether its numbers describe how the work was done, not what came out."""
    if sentence.role is not Role.METHOD:
        return False
    if sentence.claims_outcome or sentence.has_estimate:
        return sentence.label_length > 0
    return sentence.label_length > 0 or sentence.works


def _is_method(sentence: Sentence, turn: int, name: str | None) -> bool:
    if sentence.number < turn or sentence.is_about_others:
        return False
    if _is_about(sentence, name):
        return True
    if sentence.role is Role.RESULT:
        return not sentence.is_outlook
    if sentence.role in _PRELUDE:
        is_own = sentence.proposes or sentence.works
        return is_own or not (sentence.has_gap or sentence.has_aim)
    return not sentence.is_outlook


def _is_problem(sentence: Sentence, turn: int) -> bool:
    if sentence.is_outlook:
        return False
    if sentence.number >= turn and not (sentence.role in _PRELUDE or sentence.is_about_others):
        return False
    return sentence.has_gap or sentence.has_aim


def _fallback_problem(rest: list[Sentence]) -> list[Sentence]:
    """Without any cue: the aim, else the last sentence of the background."""
    aims = [s for s in rest if s.role is Role.OBJECTIVE]
    return aims[:1] or [s for s in rest if s.role is Role.BACKGROUND][-1:]


def _fallback_method(rest: list[Sentence]) -> list[Sentence]:
    """Without any cue: the first sentence that the roles call method or aim."""
    told = [s for s in rest if s.role is Role.METHOD] or [
        s for s in rest if s.role is Role.OBJECTIVE
    ]
    return told[:1]
