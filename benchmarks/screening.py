"""What a day's work of several people costs: their files merged, counted, drawn and chosen by.

    python -m benchmarks.screening 20000 [--people 3]

Each person decides on every document, agreeing with the others on nine of ten; each file is what
the page of a report saves. CPU and peak memory of each command, the start of Python included; the
floor is a command that reads the same documents and no decision. The numbers of the flow have to
add up.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Cost, measured
from benchmarks.tables import figure, table
from summarise.models import Document

_REASONS = ("another topic", "another population", "no comparison", "other outcomes")
_NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eve")


def papers(count: int) -> Iterator[str]:
    """Invented abstracts of a sentence each: what is screened is of no matter here."""
    for number in range(count):
        text = f"Nets of metal {number:06} were cast and held {number % 97} fish in a year."
        told = {"id": f"net-{number:06}", "title": f"Metal nets {number:06}", "abstract": text}
        yield f"{json.dumps(told)}\n"


def write_people(run: Path, folder: Path, people: int) -> list[Path]:
    """A file of decisions for each person."""
    chance = random.Random(5)  # noqa: S311 - invented decisions
    names = _NAMES[:people]
    paths = [folder / f"{name.lower()}.jsonl" for name in names]
    lines: dict[Path, list[str]] = {path: [] for path in paths}
    held = (run / "documents.jsonl").read_bytes().splitlines()
    for number, document in enumerate(map(Document.model_validate_json, held)):
        common = chance.choices(("include", "exclude", "maybe"), (15, 80, 5))[0]
        for name, path in zip(names, paths, strict=True):
            decision = common if chance.random() < 0.9 else chance.choice(("include", "exclude"))
            told = {
                "doc_id": document.doc_id,
                "content_hash": document.content_hash,
                "decision": decision,
                "reason": chance.choice(_REASONS) if decision == "exclude" else "",
                "note": "",
                "by": name,
                "at": f"2026-11-{number // 4000 + 20}T{number // 500 % 8 + 9:02}:00:00.000Z",
            }
            lines[path].append(json.dumps(told))
    for path, told_ in lines.items():
        path.write_text("\n".join(told_) + "\n", "utf-8")
    return paths


def main() -> int:
    """Print a row for each command; 1 where a number isn't what it has to be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--people", type=int, default=3, choices=range(1, len(_NAMES) + 1))
    given = parser.parse_args()
    rows, is_right = [], True
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        run, pile = folder / "run", folder / "papers.jsonl"
        pile.write_text("".join(papers(given.count)), "utf-8")

        def cost(*arguments: object) -> Cost:
            command = [sys.executable, "-m", "summarise", *map(str, arguments)]
            return measured(command, cwd=folder, env=os.environ)

        cost("run", pile, "-o", run, "--quiet")
        files = write_people(run, folder, given.people)
        flow, chosen = folder / "flow.json", 'screening = "include"'
        steps = {
            "screen, nobody yet (floor)": ("screen", run),
            f"screen, {given.people} files merged": ("screen", run, *files),
            "the same again": ("screen", run, *files),
            "screen": ("screen", run),
            "screen --flow": ("screen", run, "--flow", flow, "--flow", folder / "flow.svg"),
            "table of what is included": ("table", run, "--where", chosen, "-o", "t.csv"),
            "status": ("status", run),
        }
        for name, arguments in steps.items():
            found = cost(*arguments)
            is_right = is_right and found.exit_code == 0
            print(found.errors, end="", file=sys.stderr)
            rows.append([name, figure(found.wall, 2), figure(found.cpu, 2), figure(found.rss, 0)])
        told = json.loads(flow.read_bytes())
        ends = sum(told[name] for name in ("included", "excluded", "maybe", "conflicts"))
        is_right = is_right and ends == told["screened"] == told["identified"] == given.count
    print(f"{given.count:,} documents, {given.people * given.count:,} decisions")
    print("\n".join(table(["command", "wall, s", "CPU, s", "MB"], rows)))
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
