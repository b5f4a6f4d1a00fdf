"""A draft of a record by code alone, in the words of the abstract."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from summarise.models import Document
from summarise.reading import PaperParts, Reading, parts_of
from summarise.scan import Stretches
from summarise.schema import Draft, Pico

__all__ = ["can_draft", "embedded_draft"]


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
    from summarise.drafting.pico import pico_draft
    from summarise.drafting.problems import problem_text
    from summarise.drafting.proposal import is_by_product, name_in, names_of

    if reading.language is not None:
        reading = Reading(Document(doc_id=reading.document.doc_id, title=None, abstract=""))
    name, also = names_of(reading)
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
        return pico_draft(reading, parts, data, results)
    problem = problem_text(parts.problem, name, reading.sentences)
    minor = name is not None and is_by_product(reading, name)
    method, told = method_of(parts, None if minor else name, reading.title, reading.sentences)
    if problem and problem == method:
        # What somebody aims at isn't what they did.
        problem, method = (problem, None) if problem.startswith(_AIMS) else (None, method)
    if told and name and name not in told.text:
        if told_name := name_in(reading, told):
            name, also = told_name, ()
        elif minor or _is_untold(name, parts, reading):
            # The name is that of something else than what is told.
            name, also = None, ()
    return {
        "problem": {"text": problem, "sentences": [s.number for s in parts.problem]},
        "method": {
            "name": name,
            "also": list(also),
            "text": method,
            "sentences": [s.number for s in parts.method],
        },
        "data": data,
        "compute": [compute.as_json(reading, r) for r in resources],
        "results": results,
    }


_AIMS = ("To ", "Whether ", "How ")


def _is_untold(name: str, parts: PaperParts, reading: Reading) -> bool:
    """Whether neither the title nor a sentence of the method holds a name."""
    from summarise.drafting.proposal import is_titled

    return not is_titled(reading, name) and not any(name in s.text for s in parts.method)
