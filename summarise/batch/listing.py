"""The runs of a folder, one line each, by their manifests alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from summarise.admission import format_usd
from summarise.batch.standing import told_day
from summarise.characters import clip, for_screen
from summarise.errors import RunError, SummariseError
from summarise.store import MANIFEST, Manifest, RunState, is_at_work, load_manifest

_DEEPEST = 4
"""Folders below the one that is named in which runs are looked for."""
_MODEL_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run directory as its manifest describes it; ``fault`` where that can't be read."""

    path: Path
    manifest: Manifest | None = None
    at_work: bool = False
    fault: str | None = None

    def to_json(self) -> str:
        """For machines; null is unknown."""
        told: dict[str, Any] = {"path": str(self.path), "fault": self.fault}
        if (held := self.manifest) is not None:
            told |= {
                "state": held.state.value,
                "at_work": self.at_work,
                "updated": held.updated,
                **held.identity.told(),
                **{k: held.counts.get(k) for k in ("documents", "records", "failures", "pending")},
                "cost_usd": None if held.spent.unpriced else float(held.spent.cost),
            }
        return json.dumps(told, ensure_ascii=False)

    def cells(self) -> tuple[str, ...]:
        """When, by whom, documents, done, failed, cost, where."""
        if (held := self.manifest) is None:
            return ("", "", "", "", "", "", f"{for_screen(str(self.path))}: {self.fault}")
        counts, spent = held.counts, held.spent
        model = for_screen(held.identity.model or "embedded")
        documents = counts.get("documents", 0) + counts.get("kept", 0)
        cost = "unknown" if spent.unpriced == spent.calls else format_usd(spent.cost)
        known = (documents, counts.get("records"), counts.get("failures"))
        numbers = [f"{n:,}" if n is not None else "?" for n in known] if counts else ["?"] * 3
        is_cut = held.state is RunState.RUNNING and not self.at_work
        left = counts.get("pending", 0)
        note = "at work" if self.at_work else "cut off" if is_cut else f"{left:,} left" * bool(left)
        place = for_screen(str(self.path))
        return (
            told_day(held.updated),
            clip(model, _MODEL_SHOWN),
            *numbers,
            cost if spent.calls else "–",
            f"{place} ({note})" if note else place,
        )


_HEADINGS = ("last written", "by", "docs", "done", "failed", "cost", "run")


def listed_runs(folder: Path) -> list[ListedRun]:
    """The run directories in a folder and some levels below, the last one first.

    Raises:
        RunError: The folder isn't there.
    """
    if not folder.is_dir():
        hint = "Runs are in outputs, unless -o named another folder."
        raise RunError("there is no such folder", where=str(folder), hint=hint)
    found = [_listed(path) for path in _below(folder)]
    return sorted(found, key=lambda one: one.manifest.updated if one.manifest else "", reverse=True)


def _below(folder: Path) -> Iterator[Path]:
    pending = [(folder, 0)]
    while pending:
        here, depth = pending.pop()
        if (here / MANIFEST).is_file():
            yield here
        elif depth < _DEEPEST:
            try:
                inside = sorted(here.iterdir())
            except OSError:
                continue
            pending += [(p, depth + 1) for p in inside if p.is_dir() and not p.is_symlink()]


def _listed(path: Path) -> ListedRun:
    try:
        held = load_manifest(path)
    except SummariseError as error:
        return ListedRun(path, fault=error.message)
    return ListedRun(path, held, is_at_work(path))


def run_lines(runs: list[ListedRun]) -> Iterator[str]:
    """A table of runs for a terminal; where they are comes last, so that it is never cut."""
    rows = [_HEADINGS, *(one.cells() for one in runs)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADINGS) - 1)]
    for row in rows:
        lead = [
            f"{cell:<{width}}" if at < 2 else f"{cell:>{width}}"
            for at, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join([*lead, row[-1]])
