"""What every peer is given: documents, a schema, instructions; and where its records go."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

MODEL = "invented"
KEY = "none"
INSTRUCTIONS = (
    "Extract the problem, the method, the data, the compute and the results of a paper from its "
    "abstract. Copy names, sizes and numbers word for word; write texts in one plain sentence; "
    "cite the numbers of the sentences that support each entry. What the abstract doesn't say is "
    "null or an empty list."
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Problem(_Part):
    """What is wrong or wanted."""

    text: str
    sentences: list[int]


class Method(_Part):
    """What is proposed."""

    name: str | None
    also: list[str]
    text: str
    sentences: list[int]


class Dataset(_Part):
    """A collection that is named or sized."""

    name: str | None
    role: Literal["introduced", "studied", "training", "evaluation", "unspecified"]
    size: str | None
    sentences: list[int]


class Resource(_Part):
    """A resource that is used or saved."""

    kind: Literal["hardware", "time", "cost", "model_size", "speedup", "other"]
    value: str
    sentences: list[int]


class Result(_Part):
    """An outcome."""

    claim: str
    metric: str | None
    value: str | None
    kind: Literal["change"] | None
    uncertainty: str | None
    group: str | None
    baseline: str | None
    comparator: str | None
    dataset: str | None
    sentences: list[int]


class Draft(_Part):
    """The same fields as summarise fills in."""

    problem: Problem
    method: Method
    data: list[Dataset]
    compute: list[Resource]
    results: list[Result]


@dataclass(frozen=True, slots=True)
class Task:
    """What a peer was asked to do.

    Attributes:
        documents: Each with ``id``, ``title`` and ``abstract``.
        output: File for the records.
        base_url: Of the endpoint.
        concurrency: Requests at a time.
        timeout: Seconds for a request, None for the tool's own default.
        folder: For whatever the tool keeps; the same one in a rerun.
        lenient: Whether the tool is told to go on where a row can't be done.
    """

    documents: list[dict[str, str]]
    output: Path
    base_url: str
    concurrency: int
    timeout: float | None
    folder: Path
    lenient: bool = False


def task() -> Task:
    """The task of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("documents", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--lenient", action="store_true")
    given = parser.parse_args()
    lines = given.documents.read_text(encoding="utf-8").splitlines()
    return Task(
        [json.loads(line) for line in lines],
        given.output,
        given.base_url,
        given.concurrency,
        given.timeout,
        given.folder,
        given.lenient,
    )


def user_message(document: dict[str, str]) -> str:
    """Title and abstract."""
    return f"Title: {document['title']}\nAbstract: {document['abstract']}"


def finish(work: Task, records: Iterable[tuple[str, Any]], errors: Iterable[object] = ()) -> None:
    """Write the records, by id of their document, and print the counts."""
    count = 0
    with work.output.open("w", encoding="utf-8") as file:
        for doc_id, record in records:
            file.write(json.dumps({"doc_id": doc_id, "record": record}) + "\n")
            count += 1
    kinds = sorted({type(error).__name__ for error in errors})
    print(json.dumps({"records": count, "errors": kinds}))
