"""A draft of a record by code alone, in the words of the abstract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from summarise.ground import Grounded
from summarise.models import Document, Doubt
from summarise.reading import PaperPart, PaperParts, Reading, Sentence, Shares, parts_of, shares_in
from summarise.scan import MIXED, Stretches, title_name
from summarise.schema import Draft, Pico

__all__ = ["can_draft", "embedded_draft", "name_of", "read_abstract", "unsure_of"]


def can_draft(schema: type[BaseModel]) -> bool:
    """Whether a schema is one of those that code alone fills in."""
    return schema in (Draft, Pico)


def embedded_draft(reading: Reading, schema: type[BaseModel] = Draft) -> dict[str, Any]:
    """Draft a record from the words of the abstract alone, as if no instruction stood there.

    Returns:
        JSON values valid for the schema. Every verbatim value is a substring of the abstract or the
        title; problem, method and claims are clauses of it, asides left out. All is empty where the
        abstract isn't in English.
    """
    # Their patterns take longer to load than most commands to run.
    # ruff: noqa: PLC0415
    from summarise.drafting import compute, materials
    from summarise.drafting.methods import method_of
    from summarise.drafting.outcomes import results_of
    from summarise.drafting.problems import problem_of, repeats_method

    if reading.language is not None:
        reading = Reading(Document(doc_id=reading.document.doc_id, title=None, abstract=""))
    name = name_of(reading)
    parts = parts_of(reading, name)
    resources = compute.compute_of(reading, parts)
    closed = Stretches(r.span for r in resources)
    parts = parts.without(compute.only_resources(reading, closed))
    found = materials.data_of(reading, closed, parts)
    for material in found:
        closed.add(material.name)
        if material.size:
            closed.add(material.size)
    data = [materials.as_json(reading, m) for m in found]
    results = _main_first(
        results_of(reading, parts.results, closed), parts.shares[PaperPart.RESULTS]
    )
    if schema is Pico:
        return _study_of(reading, parts, data, results)
    method, done = method_of(parts, name, reading.title, reading.sentences)
    problem, asked = problem_of(parts, name, reading.sentences, done)
    if problem and asked and method and repeats_method(problem, asked, method):
        problem, asked = None, None
    elif problem == method:
        # What is hard or asked for isn't what was done.
        method, done = None, None
    if done and name and name not in done.text and _is_untold(name, parts, reading):
        # The name is that of something else than what is told.
        name = None
    return {
        "problem": {"text": problem, "sentences": _numbers(parts.problem, asked)},
        "method": {
            "name": name,
            "also": [],
            "text": method,
            "sentences": _numbers(parts.method, done),
        },
        "data": data,
        "compute": [compute.as_json(reading, r) for r in resources],
        "results": results,
    }


def _study_of(
    reading: Reading,
    parts: PaperParts,
    data: list[dict[str, Any]],
    results: list[dict[str, Any]],
) -> dict[str, Any]:
    """The draft of a clinical study from its parts, its data and its results."""
    # ruff: noqa: PLC0415
    from summarise.drafting.pico import pico_draft

    return pico_draft(reading, parts, data, results)


def _main_first(results: list[dict[str, Any]], shares: Shares) -> list[dict[str, Any]]:
    """Results in their order, those of the sentence that is likely to tell the most first."""
    numbers = {row["sentences"][0] for row in results}
    main = max(numbers, key=lambda number: shares[number], default=0)
    return sorted(results, key=lambda row: row["sentences"][0] != main)


def _numbers(sentences: Sequence[Sentence], best: Sentence | None) -> list[int]:
    """Of the sentences that tell a part, with the one that tells it best; none without that."""
    return sorted({best.number, *(sentence.number for sentence in sentences)}) if best else []


def read_abstract(reading: Reading, schema: type[BaseModel] = Draft) -> Grounded:
    """What the embedded extractor makes of an abstract: grounded, doubted, nothing of it refused.

    What its grounding doesn't find, and what its doubts say is another's, it takes back.
    """
    from summarise.drafting.refusals import without_refused

    grounded = reading.doubted(reading.ground(schema, embedded_draft(reading, schema)))
    for _ in range(_TAKEN_BACK):
        draft = without_refused(grounded)
        if draft is None:
            break
        grounded = reading.doubted(reading.ground(schema, draft))
    return grounded


# What goes with a part may be all that another part was held against.
_TAKEN_BACK = 3


def unsure_of(
    reading: Reading, schema: type[BaseModel], draft: dict[str, Any]
) -> tuple[Doubt, ...]:
    """What the embedded extractor isn't sure of in a draft of its own."""
    # ruff: noqa: PLC0415
    from summarise.drafting.confidence import unsure_entries
    from summarise.drafting.outcomes import row_of

    if not can_draft(schema):
        return ()
    shares, sentences = shares_in(reading, name_of(reading)), reading.sentences
    rows = [row_of(reading, result) for result in draft["results"]]
    if schema is Draft:
        return tuple(unsure_entries(draft, reading.title, sentences, shares, rows))
    from summarise.drafting.pico import unsure_findings

    return tuple(unsure_findings(draft["results"], sentences, shares, rows))


# Asked for a draft, and again where that is doubted.
@lru_cache(maxsize=8)
def name_of(reading: Reading) -> str | None:
    """The name of the main proposal: the title's own, else the one that is introduced best."""
    return _titled(reading) or _best(reading)


def _titled(reading: Reading) -> str | None:
    """The name before the title's colon, where the abstract bears it out."""
    titled = title_name(reading.title)
    if titled is None:
        return None
    proposals = reading.mentions.proposals
    for one in proposals:
        if one.text.casefold() == titled.casefold():
            return one.text
    if " " not in titled and MIXED.search(titled):
        return titled
    others = any(not one.is_side for one in proposals)
    return None if others or titled.casefold() not in reading.text.casefold() else titled


def _best(reading: Reading) -> str | None:
    """The candidate that is introduced best; one that the title names goes before others."""
    title, datasets = reading.title.casefold(), reading.dataset_names
    ranked = sorted(
        enumerate(reading.mentions.proposals),
        key=lambda item: (
            item[0]
            - 1.5 * item[1].is_in(title)
            + 1.5 * (item[1].text in datasets)
            + item[1].is_side
        ),
    )
    return ranked[0][1].text if ranked else None


def _is_untold(name: str, parts: PaperParts, reading: Reading) -> bool:
    """Whether neither the title, spelt out or not, nor a sentence of the method holds a name."""
    title, low = reading.title.casefold(), name.casefold()
    is_titled = low in title or low in "".join(word[0] for word in re.findall(r"\w+", title))
    return not is_titled and not any(name in s.text for s in parts.method)
