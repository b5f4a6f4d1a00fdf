"""A draft of a record by code alone, in the words of the abstract."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from summarise.ground import Grounded
from summarise.models import Document, Doubt
from summarise.reading import PaperParts, Reading, parts_of
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
    from summarise.drafting.problems import problem_text

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
    results = results_of(reading, parts.results, closed)
    if schema is Pico:
        return _study_of(reading, parts, data, results)
    problem = problem_text(parts.problem, name, reading.sentences)
    method, told = method_of(parts, name, reading.title, reading.sentences)
    if method is None:
        problem, method, parts = _told_elsewhere(reading, parts, name, problem)
    if method and method.startswith(_AIMS):
        # What somebody aims at isn't what they did.
        problem, method = problem or method, None
    elif problem and problem == method:
        problem = None
    if told and name and name not in told.text and _is_untold(name, parts, reading):
        # The name is that of something else than what is told.
        name = None
    return {
        "problem": {"text": problem, "sentences": [s.number for s in parts.problem]},
        "method": {
            "name": name,
            "also": [],
            "text": method,
            "sentences": [s.number for s in parts.method],
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


def _told_elsewhere(
    reading: Reading, parts: PaperParts, name: str | None, problem: str | None
) -> tuple[str | None, str | None, PaperParts]:
    """Problem and method, and the parts that tell them, where no sentence of the method's does."""
    # ruff: noqa: PLC0415
    from summarise.drafting.acts import tells_deed
    from summarise.drafting.methods import compared_in, done_in
    from summarise.drafting.problems import problem_text

    if name is None and (done := done_in(reading.sentences)):
        return problem, done[0], replace(parts, method=(done[1],))
    if compared := compared_in((*parts.problem, *parts.method), name):
        others = tuple(s for s in parts.problem if s != compared[1])
        if instead := problem_text(others, name, reading.sentences):
            # A gap is told as well, so that the aim can stand for what was done.
            return instead, compared[0], replace(parts, problem=others, method=(compared[1],))
    # A sentence that tells no deed says nothing of the method in its words, either.
    told = parts.method if name else tuple(filter(tells_deed, parts.method))
    return problem, None, replace(parts, method=told)


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

    if schema is Draft:
        return tuple(unsure_entries(draft, reading.title, reading.sentences))
    if schema is not Pico:
        return ()
    from summarise.drafting.pico import unsure_findings

    return tuple(unsure_findings(draft["results"], reading.sentences))


_AIMS = ("To ", "Whether ", "How ")


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
