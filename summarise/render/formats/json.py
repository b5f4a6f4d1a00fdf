"""A run as one JSON document: ``rows``, each as in ``jsonl``, and what they come to as ``counts``.

In ``counts`` stand how many ``documents`` gave ``records``, ``failed`` by kind, or are ``pending``;
of the ``values`` copied from abstracts how many are ``grounded``; how many cells are ``doubtful``
and records ``flagged``; and ``summary``, the same in words;
``notes`` are what else is to be said of the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import to_json

from summarise.characters import inert_json
from summarise.render.format import RowCounts, TableView, text_format
from summarise.render.formats.jsonl import json_of


def _pieces(table: TableView) -> Iterator[str]:
    yield '{"rows": ['
    for at, row in enumerate(table.rows):
        yield f"{',' if at else ''}\n{json_of(row, table)}"
    yield f'\n],\n"counts": {_counts(table.counts)}}}\n'


def _counts(counts: RowCounts) -> str:
    shown = ("documents", "records", "pending", "values", "grounded", "doubtful", "flagged")
    told = to_json(
        {
            **{name: getattr(counts, name) for name in shown},
            **({"judged": counts.judged.counts()} if counts.judged else {}),
            "failed": dict(sorted(counts.failures.items())),
            "summary": ": ".join(counts.summary()),
            "notes": counts.notes,
        }
    )
    return inert_json(told.decode())


FORMAT = text_format(_pieces)
