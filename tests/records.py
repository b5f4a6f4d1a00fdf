"""Builds records and failures for tests: an answer, grounded by looking its values up verbatim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from summarise.models import (
    Document,
    Failure,
    FailureKind,
    GroundedValue,
    Grounding,
    Made,
    MadeRecord,
    Provenance,
    Record,
    Span,
)
from summarise.scan import sentence_spans
from summarise.schema import Draft, Kind, Leaf, Result, leaves

PROVENANCE = Provenance(
    extractor="llm",
    fingerprint="0" * 16,
    model="invented-1",
    endpoint_host="127.0.0.1:9",
    prompt_version="v1",
    schema_name="Draft",
    schema_fingerprint="1" * 16,
    version="0.1.0",
    created="2026-01-02T03:04:05Z",
)

NOTHING: Mapping[str, Any] = {
    "problem": {"text": None, "sentences": []},
    "method": {"name": None, "also": [], "text": None, "sentences": []},
    "data": [],
    "compute": [],
    "results": [],
}
"""An answer of the built-in schema that reports nothing."""


def make_record(
    document: Document,
    answer: Mapping[str, Any],
    schema: type[BaseModel] = Draft,
    **overrides: Any,
) -> Record:
    """A record of a document; a value that stands in neither of its texts is missing."""
    found = [
        _grounded(document, leaf)
        for leaf in leaves(schema, dict(answer))
        if leaf.kind is Kind.VERBATIM
    ]
    ours = {
        "doc_id": document.doc_id,
        "content_hash": document.content_hash,
        "title": document.title,
        "sentence_spans": sentence_spans(document.abstract),
        "verbatims": found,
        "provenance": PROVENANCE,
    }
    return Record.model_validate({**ours, **answer, **overrides})


def _grounded(document: Document, leaf: Leaf) -> GroundedValue:
    for source, text in (("abstract", document.abstract), ("title", document.title or "")):
        at = text.find(leaf.value)
        if at >= 0:
            span = Span(at, at + len(leaf.value))
            return GroundedValue(
                path=leaf.path,
                value=leaf.value,
                grounding=Grounding.EXACT,
                span=span,
                source=source,
            )
    return GroundedValue(path=leaf.path, value=leaf.value, grounding=Grounding.MISSING)


def stored(made: Made) -> Record | Failure:
    """What an extractor has made, as it is read back."""
    return Record.model_validate_json(made.line) if isinstance(made, MadeRecord) else made


def make_failure(document: Document, **overrides: Any) -> Failure:
    """A failure of a document: an answer that was cut."""
    ours = {
        "doc_id": document.doc_id,
        "content_hash": document.content_hash,
        "title": document.title,
        "kind": FailureKind.TRUNCATED,
        "message": "The answer was cut. Raise --max-output-tokens.",
        "provenance": PROVENANCE,
    }
    return Failure.model_validate({**ours, **overrides})


def make_document(**overrides: Any) -> Document:
    """A document of four sentences, with a title, authors and a date."""
    ours = {
        "doc_id": "tern-1",
        "title": "TERNLOOP: Counting Seabirds from Kites",
        "abstract": (
            "Seabird counts from boats miss most nests. We present TERNLOOP, a detector that reads "
            "kite photographs in strips. It is trained on KITENEST, 12K labelled strips, on 4 Moor "
            "GPUs. On COVE-9, TERNLOOP raises nest recall from 41.5% to 67.2%."
        ),
        "authors": ("Ada Fenn", "Bo Marl", "Cy Quay"),
        "published": "2023-09-30",
        "url": "https://papers.example/tern-1",
    }
    return Document.model_validate({**ours, **overrides})


def bee_papers(count: int) -> list[Document]:
    """Invented papers, each with words of its own."""
    return [
        Document(
            doc_id=f"bee-{n}",
            title=f"Paper {n} on bees",
            abstract=f"Bees get lost at hill {n}. We count them by HIVE{n}. It finds {n + 3} bees.",
        )
        for n in range(count)
    ]


def result_of(claim: str, *sentences: int, **values: Any) -> dict[str, Any]:
    """A result of a draft: what is named here, and nulls."""
    others = (name for name in Result.model_fields if name not in {"claim", "sentences"})
    return {"claim": claim, **{n: values.get(n) for n in others}, "sentences": list(sentences)}


TERN_ANSWER: Mapping[str, Any] = {
    "problem": {"text": "Counts from boats miss most nests.", "sentences": [1]},
    "method": {
        "name": "TERNLOOP",
        "also": [],
        "text": "A detector that reads kite photographs in strips.",
        "sentences": [2],
    },
    "data": [
        {
            "name": "KITENEST",
            "role": "training",
            "size": "12K labelled strips",
            "sentences": [3],
        },
        {"name": "COVE-9", "role": "evaluation", "size": None, "sentences": [4]},
    ],
    "compute": [{"kind": "hardware", "value": "4 Moor GPUs", "sentences": [3]}],
    "results": [
        result_of(
            "Nest recall rises to 67.2%.",
            4,
            metric="nest recall",
            value="67.2%",
            baseline="41.5%",
            dataset="COVE-9",
        )
    ],
}
"""The answer for ``make_document()``."""
