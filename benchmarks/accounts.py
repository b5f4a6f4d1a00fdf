"""What a run directory holds, counted line by line, without the program that wrote it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.tools import read_lines


@dataclass(frozen=True, slots=True)
class Accounts:
    """The books of one run directory.

    Attributes:
        documents: Lines of ``documents.jsonl``.
        records: Documents with a record.
        failures: Documents with a failure and no record.
        lost: Documents with neither.
        duplicated: Lines of ``records.jsonl`` beyond one for each document.
        answers: Whole lines of ``answers.jsonl``, copies of what the cache gave apart.
    """

    documents: int
    records: int
    failures: int
    lost: int
    duplicated: int
    answers: int

    @classmethod
    def of(cls, run: Path) -> Self:
        """Count."""
        documents = {line["doc_id"] for line in read_lines(run / "documents.jsonl")}
        records = Counter(line["doc_id"] for line in read_lines(run / "records.jsonl"))
        failed = {line["doc_id"] for line in read_lines(run / "failures.jsonl")} - set(records)
        return cls(
            documents=len(documents),
            records=len(records),
            failures=len(failed),
            lost=len(documents - set(records) - failed),
            duplicated=records.total() - len(records),
            answers=sum(not line.get("cached") for line in read_lines(run / "answers.jsonl")),
        )
