"""Makes the stored tables of each text format anew: ``python -m tests.format_goldens``.

Read the difference before you commit it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from unittest import mock

from summarise.models import DoubtKind, Row
from summarise.render import FORMATS, Style, table_view
from summarise.render.format import load_format
from tests.conftest import ROOT
from tests.records import NOTHING, TERN_ANSWER, make_document, make_failure, make_record

FOLDER = ROOT / "fixtures" / "golden"
TEXTS = ("csv", "tsv", "json", "jsonl", "html", "terminal", "latex", "bibtex", "ris", "csl")
"""The formats that are text, but for Markdown, whose tables ``test_render`` holds."""

LONG = "kestrel" * 715
"""A word of 5,005 characters."""

HOSTILE = (
    "A | B <script>alert(1)</script> ' \" &amp; {{x}} ${y}",
    "=1+1",
    "@SUM(A1)",
    "\x1b[31mred\x1b[0m \x1b]8;;http://x.example\x07link \u202egnp.exe\u202c \u2067a\u2069",
    "50% of \\textbf{x} & $y_1^2$ #1 ~ {z} \\input{/etc/passwd} \\end{document} ``q''",
    "👩‍🔬 😀 漢字 עברית العربية 𝒳 é \u0301 α≤β → ∞ ﬁ \u200b",
    "_x0041_ \x00 \x85 \u2028 \ufeff \ufffe tab\there\r\nline",
)
"""Texts that would break a table, act in a program, or are hard to set."""


def rows() -> Iterator[Row]:
    """A record with all that a record may have, one that failed, and one that waits."""
    document = make_document(reference={"doi": "10.5555/tern.1", "venue": "Gulls & Terns"})
    doubt = {"path": "results[0].baseline", "kind": DoubtKind.ORDER, "words": "“from 41.5%”"}
    yield document, make_record(document, TERN_ANSWER, doubts=[doubt])
    cut = make_document(doc_id="tern-2", title="Cut Short", url=None)
    yield cut, make_failure(cut)
    yield make_document(doc_id="tern-3", title="Not Yet Read", authors=(), url=None), None


def hostile_rows() -> Iterator[Row]:
    """The hostile texts in every place that a text can have, and one that failed by such a text."""
    for number, text in enumerate(HOSTILE, 1):
        document = make_document(
            doc_id=f"hostile-{number}",
            title=text,
            abstract=f"{text} One. Two.",
            authors=(text, text),
            organisation=text,
            published=text,
            url=f"https://papers.example/{text}",
        )
        answer = {
            **NOTHING,
            "problem": {"text": text, "sentences": [1]},
            "method": {"name": text, "also": [text], "text": text, "sentences": [1]},
            "data": [{"name": text, "role": "training", "size": text, "sentences": [1]}],
            "compute": [{"kind": "cost", "value": text, "sentences": []}],
        }
        yield document, make_record(document, answer)
    failed = make_document(doc_id="failed", title=HOSTILE[0], url="javascript:alert(1)")
    yield failed, make_failure(failed, message=" ".join(HOSTILE))


def written(name: str, shown: Iterator[Row], style: Style = Style.FACTS) -> bytes:
    """A table in a format; on a screen of 80 columns."""
    stream = io.BytesIO()
    with mock.patch.dict(os.environ, COLUMNS="80"):
        load_format(name).write(table_view(shown, style=style), stream)
    return stream.getvalue()


def stored() -> Iterator[tuple[str, bytes]]:
    """The names of the stored tables, with what they should hold."""
    for name in TEXTS:
        suffix = FORMATS[name][0]
        yield f"table{suffix}", written(name, rows())
        yield f"table_hostile{suffix}", written(name, hostile_rows())


def main() -> None:
    """Write the stored tables."""
    for name, content in stored():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
