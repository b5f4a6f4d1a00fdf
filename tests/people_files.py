"""What three invented people say of some papers, and the flow that comes of it, for docs/.

``python -m tests.golden`` makes them anew: a decision names the content of its document, as the
readers of today read it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from summarise.batch import InputOptions, RunOptions, read_batch, run
from summarise.models import Document
from summarise.people import drawn, flow_of, merge_decisions, survey_screening
from summarise.settings import Settings
from summarise.store import Run

ROOT = Path(__file__).parent.parent
FILES = ROOT / "fixtures" / "screening"
FLOW = ROOT / "docs" / "flow.svg"
INPUTS = {
    "search.nbib": ROOT / "fixtures" / "exports" / "bands.nbib",
    "library.ris": ROOT / "fixtures" / "exports" / "zotero_same.ris",
    "page.txt": ROOT / "fixtures" / "daily_papers.txt",
}
"""What is screened, by the name that it has in docs/screening.md."""

_DECIDED = {"i": "include", "m": "maybe", "e": "exclude"}
_SAID = {"Ann": "eeeimiiiiieieeeiiii", "Ben": "eeeimieiiiiieeeiiii", "Cleo": "----i-i---e--------"}
"""What each says of the documents, in their order; - is nothing."""
_REASONS = {11: "no comparison", 15: "another method or intervention", 7: "no method of its own"}
_NOTES = {("Ben", 7): "a benchmark alone", ("Ann", 11): "one model, nothing to hold it against"}


def files() -> dict[str, str]:
    """The content of each person's file, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        documents = list(_screened(Path(folder)).documents())
    return {f"{name.lower()}.jsonl": "".join(_lines(name, documents)) for name in _SAID}


def _screened(folder: Path) -> Run:
    for name, source in INPUTS.items():
        shutil.copy(source, folder / name)
    batch = read_batch([str(folder / name) for name in INPUTS], InputOptions())
    path, _ = run(batch, Settings(), RunOptions(output=folder / "review"))
    return Run(path)


def _lines(name: str, documents: list[Document]) -> list[str]:
    """A line for each decision, one a minute, from nine o'clock on."""
    lines = []
    hour = 9 + list(_SAID).index(name)
    for number, (document, said) in enumerate(zip(documents, _SAID[name], strict=True), 1):
        if said == "-":
            continue
        reason = _REASONS.get(number, "another topic") if said == "e" else ""
        told = {
            "doc_id": document.doc_id,
            "content_hash": document.content_hash,
            "decision": _DECIDED[said],
            "reason": reason,
            "note": _NOTES.get((name, number), ""),
            "by": name,
            "at": f"2026-11-27T{hour:02}:{number:02}:00.000Z",
        }
        lines.append(f"{json.dumps(told, ensure_ascii=False)}\n")
    return lines


def flow() -> str:
    """The drawing when all is decided."""
    with tempfile.TemporaryDirectory() as folder:
        review = _screened(Path(folder))
        merge_decisions(review, [FILES / "ann.jsonl", FILES / "ben.jsonl"])
        merge_decisions(review, [FILES / "cleo.jsonl"], settling="Cleo")
        review = Run(review.path)
        numbers = flow_of(review, survey_screening(review))
    named = tuple((Path(name).name, n) for name, n in numbers.inputs or ())
    return "".join(f"{line}\n" for line in drawn(replace(numbers, inputs=named)))


def main() -> None:
    """Replace them."""
    FILES.mkdir(exist_ok=True)
    for name, content in files().items():
        (FILES / name).write_text(content, "utf-8")
    FLOW.write_text(flow(), "utf-8")
