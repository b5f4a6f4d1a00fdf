"""How likely an entry would mislead whoever reads it alone: a linear model over its words.

What is likelier wrong than is worth it isn't told as if it were sure: classification with a reject
option (Chow 1970, "On optimum recognition error and reject tradeoff"; Geifman and El-Yaniv 2017,
arXiv 1705.08500). ``training/train_confidence.py`` trains the weights on entries that were judged
against their abstracts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import chain, compress, pairwise
from math import exp, log
from operator import attrgetter
from typing import Any

from summarise.drafting.acts import is_only_asked, is_plainly_done
from summarise.drafting.antecedents import points_back
from summarise.drafting.cues import is_surely_studied
from summarise.drafting.row_doubts import Reason, doubts_of_number
from summarise.models import Doubt, DoubtKind
from summarise.numbers import ReportedRow
from summarise.reading import PaperPart, Sentence, Shares


class EntryPart(StrEnum):
    """What an entry stands for; each has weights of its own."""

    PROBLEM = "problem"
    METHOD = "method"
    NAME = "name"
    """The name of what is proposed: whether it is the paper's own."""
    DATA = "data"
    COMPUTE = "compute"
    CLAIM = "claim"
    """A result in words."""


MOST_RISK = {
    EntryPart.PROBLEM: 0.18,
    EntryPart.METHOD: 0.15,
    EntryPart.NAME: 0.2,
    EntryPart.DATA: 0.19,
    EntryPart.COMPUTE: 0.3,
    EntryPart.CLAIM: 0.12,
}
"""From which on an entry is in doubt."""
_MOST_OF_PLAIN = 0.25
"""The same of a method that plainly tells a design."""
_FOR_NUMBERS = 0.5
"""What of it holds for a claim that tells a number: what that leaves out misleads more often."""
_UNLIKELY = 0.01

_TOKEN = re.compile(r"[a-z]+(?:['’-][a-z]+)*|\d+|[^\sa-z\d]")
_NEAR = 4
_WINDOW = 60
_SHORT, _LONG, _MANY = 8, 20, 10
_SAID = (
    *("has_clear_gap", "has_gap", "states_aim", "proposes"),
    *("tells_topic", "tells_own_work", "only_tells_doing", "is_about_others"),
)
_saying = attrgetter(*_SAID)
_TEXT = {
    EntryPart.PROBLEM: "text",
    EntryPart.METHOD: "text",
    EntryPart.DATA: "name",
    EntryPart.COMPUTE: "value",
    EntryPart.CLAIM: "claim",
}

Signs = dict[str, Collection[str]]
"""Signs by their sort; each counts once."""
Weights = dict[str, dict[str, float]]
AMOUNTS = "amount"
"""The sort of the weights that are multiplied by an amount: see ``signs_of``."""


def signs_of(
    part: EntryPart,
    entry: Mapping[str, Any],
    of: Sentence,
    sentences: Sequence[Sentence],
    shares: Mapping[PaperPart, Shares],
) -> tuple[Signs, dict[str, float]]:
    """What speaks for and against an entry of a draft: signs, and what is there more or less.

    Args:
        part: What the entry stands for.
        entry: As the draft has it; of a problem its ``text`` is enough, of a method with its name.
        of: The sentence that it is from.
        sentences: All of the abstract.
        shares: How likely each of them is the one that tells a part best.
    """
    at, count = sentences.index(of), len(sentences)
    signs: Signs = {
        "role": (of.role,),
        "section": (str(of.section),),
        "role before": (sentences[at - 1].role if at else "none",),
        "role behind": (sentences[at + 1].role if at + 1 < count else "none",),
        "said": [*compress(_SAID, _saying(of))],
    }
    amounts = {"place": (at + 1) / count, "count": count / _MANY}
    amounts |= {f"tells {told}": log(_UNLIKELY + own[of.number]) for told, own in shares.items()}
    text: str = entry[_TEXT[part]]
    said = _tokens(text)
    signs["word"], signs["pair"] = _grams(said)
    signs["in"] = of.words
    signs["first"], signs["last"] = said[:1], said[-1:]
    if len(said) < _SHORT:
        signs["is"] = ("short",)
    amounts |= {"length": len(said) / _LONG, "share": len(text) / len(of.text)}
    if part is EntryPart.METHOD:
        signs["name"] = (_place_of_name(entry["name"], of, sentences),)
    elif part is EntryPart.DATA or part is EntryPart.COMPUTE:
        _add_beside(signs, text, of.text)
        low = text.lower()
        times = sum([one.lower.count(low) for one in sentences])
        signs["times"] = (str(min(times, _NEAR)),)
    if part is EntryPart.DATA:
        has = ("sized" if entry["size"] else "unsized", "named" if _is_named(text) else "unnamed")
        signs["kind"] = (entry["role"], *has, " ".join((entry["role"], *has)))
    elif part is EntryPart.COMPUTE:
        signs["kind"] = (entry["kind"],)
    return signs, amounts


def _place_of_name(name: str | None, of: Sentence, sentences: Sequence[Sentence]) -> str:
    """Where the name of a method stands: what is told apart from it may be of something else."""
    if not name:
        return "none"
    if name in of.text:
        return "beside"
    return "apart" if any(name in one.text for one in sentences) else "title"


def signs_of_name(
    name: str, title: str, sentences: Sequence[Sentence]
) -> tuple[Signs, dict[str, float]]:
    """What speaks for and against a name of what a paper proposes: see ``signs_of``."""
    in_title = _place_in_title(name.lower(), title.lower())
    form = next(form for form, pattern in _FORMS if pattern.search(name))
    has = [one for one in sentences if name in one.text]
    times = sum([one.text.count(name) for one in has])
    signs: Signs = {
        "form": (form,),
        "title": (in_title, f"{in_title} {form}"),
        "times": (str(min(times, _NEAR)),),
    }
    signs["word"], signs["pair"] = _grams(_tokens(name))
    if not has:
        return signs, {}
    of = has[0]
    signs["role"] = (of.role,)
    signs["said"] = [*compress(_SAID, _saying(of))]
    _add_beside(signs, name, of.text)
    return signs, {"place": (sentences.index(of) + 1) / len(sentences)}


def _place_in_title(name: str, title: str) -> str:
    if not title:
        return "untitled"
    if name not in title:
        return "elsewhere"
    behind = title.removeprefix(name)
    return "heads" if behind != title and behind.lstrip(" \"'”’)")[:1] == ":" else "in"


_FORMS = (
    ("words", re.compile(" ")),
    ("capitals", re.compile(r"\A[A-Z]+s?\Z")),
    ("mixed", re.compile(r"[a-z\d][A-Z]")),
    ("numbered", re.compile(r"\d")),
    ("joined", re.compile("-")),
    ("capitalised", re.compile(r"\A[A-Z]")),
    ("plain", re.compile("")),
)


def _is_named(text: str) -> bool:
    """Whether a word of it, but the first, is in capitals, or one is in both: "MonoTune"."""
    return any(map(str.isupper, text[1:]))


def _tokens(text: str) -> list[str]:
    return ["0" if token.isdigit() else token for token in _TOKEN.findall(text.lower())]


def _grams(tokens: list[str]) -> tuple[set[str], set[str]]:
    """Words and pairs of words, the ends of what they stand in among these."""
    return {*tokens}, {*map(" ".join, pairwise(["^", *tokens, "$"]))}


def _add_beside(signs: Signs, words: str, text: str) -> None:
    """What stands right before and behind some words of a sentence, and how far from them."""
    at = text.find(words)
    if at < 0:
        return
    before, behind = _around(text, at, at + len(words), _NEAR)
    signs["before"], signs["behind"] = {*before}, {*behind}
    signs["before at"] = [f"{far} {token}" for far, token in enumerate(before)]
    signs["behind at"] = [f"{far} {token}" for far, token in enumerate(behind)]


def _around(text: str, start: int, end: int, most: int) -> tuple[list[str], list[str]]:
    """The tokens before and behind a part of a text, the nearest first."""
    # No token has a blank in it: so many words have at least as many tokens.
    before = text[max(0, start - _WINDOW) : start].split()[-most:]
    behind = text[end : end + _WINDOW].split()[:most]
    return _tokens(" ".join(before))[: -most - 1 : -1], _tokens(" ".join(behind))[:most]


@cache
def _weights() -> dict[str, Weights]:
    found = files("summarise.drafting").joinpath("confidence.json")
    weights: dict[str, Weights] = json.loads(found.read_text("utf-8"))
    return weights


def unsure_entries(
    draft: Mapping[str, Any],
    title: str,
    sentences: Sequence[Sentence],
    shares: Mapping[PaperPart, Shares],
    rows: Sequence[ReportedRow | None],
    *,
    needs: str | None = "dataset",
) -> Iterator[Doubt]:
    """The entries of a draft that are likelier to mislead than is worth it.

    That of a row's value says that the number may be no outcome; that of its metric, its group or
    the like, or of a name, that it may be another's. ``rows`` is what the number of each result was
    read as. Without the field that a number ``needs``, its measure doesn't tell it.
    """
    told = _doubt_of_name(draft["method"]["name"], title, sentences)
    if told:
        yield told
    for field, one in draft.items():
        is_list = isinstance(one, list)
        for at, entry in enumerate(one if is_list else [one]):
            of = source_of(entry, sentences)
            found: list[Reason] = []
            if field == "results":
                found += doubts_of_number(entry, rows[at], needs)
            if (part := _part_of(field, entry, found, needs)) and of:
                found += _of_part(part, entry, of, sentences, shares)
            if not found and told and field == "data":
                # What is introduced by that name isn't surer than the name.
                is_that = (entry["name"], entry["role"]) == (draft["method"]["name"], "introduced")
                found += [Reason("name", told.words)] if is_that else []
            owner = f"{field}[{at}]" if is_list else field
            for key, words in found:
                yield Doubt(path=f"{owner}.{key}", kind=DoubtKind.UNSURE, words=words)


def _doubt_of_name(name: str | None, title: str, sentences: Sequence[Sentence]) -> Doubt | None:
    if name is None:
        return None
    found = risk(_weights()[EntryPart.NAME], *signs_of_name(name, title, sentences))
    if found < MOST_RISK[EntryPart.NAME]:
        return None
    words = f"of names that stand like it, {found:.0%} aren't the paper's own"
    return Doubt(path="method.name", kind=DoubtKind.UNSURE, words=words)


def source_of(entry: Mapping[str, Any], sentences: Sequence[Sentence]) -> Sentence | None:
    """The sentence that an entry was cut from: of those it names, that with most of its words."""
    numbers = entry["sentences"]
    named = [one for one in sentences if one.number in numbers]
    if len(named) < 2:
        return named[0] if named else None
    said = (entry.get("text") or entry.get("claim") or "").lower().split()
    return max(named, key=lambda one: sum(map(one.words.__contains__, said)))


def _of_part(
    told: tuple[EntryPart, str],
    entry: Mapping[str, Any],
    of: Sentence,
    sentences: Sequence[Sentence],
    shares: Mapping[PaperPart, Shares],
) -> Iterator[Reason]:
    """What is doubtful of an entry as a part of the paper."""
    part, key = told
    if fault := _known_fault(part, entry):
        yield Reason(key, fault)
        return
    found = risk(_weights()[part], *signs_of(part, entry, of, sentences, shares))
    if found >= _limit(part, entry) and not is_surely_studied(entry, of):
        yield Reason(key, f"of entries that read like it, {found:.0%} are wrong, empty or clumsy")


def _limit(part: EntryPart, entry: Mapping[str, Any]) -> float:
    """The risk from which on a part of an entry is in doubt."""
    if part is EntryPart.METHOD and is_plainly_done(entry["text"]):
        return _MOST_OF_PLAIN
    most = MOST_RISK[part]
    return most * _FOR_NUMBERS if part is EntryPart.CLAIM and entry["value"] else most


def _known_fault(part: EntryPart, entry: Mapping[str, Any]) -> str | None:
    """What is wrong with an entry by itself, whatever stands around it."""
    if part is EntryPart.PROBLEM and points_back(entry["text"]):
        return "it leans on what stands before it in the abstract"
    if part is EntryPart.METHOD and is_only_asked(entry["text"]):
        return "what was asked: how isn't told"
    return None


def _part_of(
    name: str, entry: Mapping[str, Any], found: Sequence[Reason], needs: str | None
) -> tuple[EntryPart, str] | None:
    """What an entry of a field is doubted as, beside its number, and the key that is in doubt."""
    if name != "results":
        return _OF_FIELD[name] if entry.get("text", True) else None
    # A number that isn't told by its measure is told by its claim.
    is_measured = entry["value"] and entry["metric"] and (needs is None or entry[needs])
    return None if is_measured and not found else (EntryPart.CLAIM, "claim")


_OF_FIELD = {
    "problem": (EntryPart.PROBLEM, "text"),
    "method": (EntryPart.METHOD, "text"),
    "data": (EntryPart.DATA, "name"),
    "compute": (EntryPart.COMPUTE, "value"),
}


def risk(weights: Weights, signs: Signs, amounts: Mapping[str, float]) -> float:
    """How likely an entry misleads that has some signs; the amount "" always counts once."""
    measured = weights[AMOUNTS]
    told = measured[""] + sum([measured.get(name, 0.0) * n for name, n in amounts.items()])
    # Most signs have no weight: none of them is worth a step of a loop.
    known = [map(weights[sort].get, found) for sort, found in signs.items() if sort in weights]
    return 1 / (1 + exp(-told - sum(filter(None, chain.from_iterable(known)))))
