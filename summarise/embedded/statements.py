"""Which sentences state the problem, the method and the outcomes."""

from __future__ import annotations

from dataclasses import dataclass

from summarise.embedded import cues
from summarise.embedded.reading import Reading, Sentence
from summarise.models import Role
from summarise.scan import Mention, title_name

_PRELUDE = frozenset({Role.BACKGROUND, Role.OBJECTIVE})


@dataclass(frozen=True)
class Parts:
    """The sentences of each part of a paper, in order.

    Attributes:
        problem: Gap, difficulty or aim.
        method: What is proposed and how it works.
        results: What came out.
        prelude: Numbers of the sentences before the paper turns to its own work.
    """

    problem: tuple[Sentence, ...]
    method: tuple[Sentence, ...]
    results: tuple[Sentence, ...]
    prelude: frozenset[int]


def parts_of(reading: Reading) -> Parts:
    """Sort the sentences of an abstract into problem, method and results."""
    usable = [s for s in reading.sentences if not s.is_instruction and not s.is_administrative]
    turn = _turn(usable)
    results = [s for s in usable if _is_result(s, turn)]
    method = [s for s in usable if s not in results and _is_method(s, turn)]
    rest = [s for s in usable if s not in results and s not in method]
    problem = [s for s in rest if _is_problem(s, turn)] or _fallback_problem(rest)
    if not method:
        method = [s for s in rest if s not in problem and s.number >= turn][:1]
    prelude = frozenset(s.number for s in rest if s.number < turn)
    return Parts(tuple(problem), tuple(method), tuple(results), prelude)


def _turn(usable: list[Sentence]) -> int:
    """Number of the sentence in which the paper turns to its own work."""
    for sentence in usable:
        if sentence.proposes or sentence.role in (Role.METHOD, Role.RESULT):
            return sentence.number
        if sentence.works and sentence.number > 1:
            return sentence.number
    return 1


def _is_result(sentence: Sentence, turn: int) -> bool:
    if sentence.number < turn:
        return False
    if sentence.role is Role.RESULT:
        return not (sentence.proposes and not sentence.has_outcome)
    if sentence.role in _PRELUDE and not sentence.has_measurement:
        return False
    if sentence.proposes:
        return False
    return sentence.has_outcome and not _is_set_up(sentence)


def _is_set_up(sentence: Sentence) -> bool:
    """Whether its numbers describe how the work was done, not what came out."""
    return sentence.role is Role.METHOD and (sentence.is_labelled or sentence.works)


def _is_method(sentence: Sentence, turn: int) -> bool:
    if sentence.number < turn:
        return False
    if sentence.proposes or sentence.role is Role.METHOD:
        return True
    if sentence.role is Role.OTHER or sentence.works:
        return True
    return sentence.role in _PRELUDE and not _is_about_others(sentence)


def _is_about_others(sentence: Sentence) -> bool:
    opening = sentence.words & cues.CONTRAST
    return bool(opening) or sentence.has_gap or sentence.has_aim


def _is_problem(sentence: Sentence, turn: int) -> bool:
    if sentence.role not in _PRELUDE and sentence.number >= turn:
        return False
    return sentence.has_gap or sentence.has_aim


def _fallback_problem(rest: list[Sentence]) -> list[Sentence]:
    """Without any cue: the aim, else the last sentence of the background."""
    aims = [s for s in rest if s.role is Role.OBJECTIVE]
    return aims[:1] or [s for s in rest if s.role is Role.BACKGROUND][-1:]


def problem_text(sentences: tuple[Sentence, ...]) -> str | None:
    """The clearest sentence of the problem, verbatim, or None."""
    return _best(sentences, lambda s: 2 * s.has_gap + s.has_aim)


def method_text(sentences: tuple[Sentence, ...]) -> str | None:
    """The clearest sentence of the method, verbatim, or None."""
    return _best(sentences, lambda s: 2 * s.proposes + (s.role is Role.METHOD))


def _best(sentences, weight):
    return max(sentences, key=lambda s: (weight(s), -s.number)).body if sentences else None


def method_name(reading: Reading) -> str | None:
    """Name of the main proposal: the title's own name, else the best introduced one."""
    title = reading.document.title or ""
    candidates = reading.mentions.methods
    titled = title_name(title)
    if titled:
        return _as_in_abstract(titled, candidates, reading.document.abstract)
    datasets = {m.text for m in reading.mentions.datasets}
    ranked = sorted(
        enumerate(candidates),
        key=lambda item: item[0] - 0.9 * (item[1].text in title) + 0.5 * (item[1].text in datasets),
    )
    return ranked[0][1].text if ranked else None


def _as_in_abstract(titled: str, candidates: tuple[Mention, ...], abstract: str) -> str:
    """The title's name, or the form of it that the abstract introduces."""
    at = abstract.find(f"{titled} (")
    if at >= 0:
        rest = abstract[at + len(titled) + 2 :]
        return next((c.text for c in candidates if rest.startswith(f"{c.text})")), titled)
    if titled not in abstract:
        start = titled[:5].casefold()
        return next((c.text for c in candidates if c.text.casefold().startswith(start)), titled)
    return titled
