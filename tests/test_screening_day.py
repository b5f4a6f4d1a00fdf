"""A day of several people on a run by a model: nothing they did is lost, whatever happens to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from summarise import summarise as make_run
from summarise.batch import standing_of
from summarise.errors import RunError
from summarise.models import Document
from summarise.people import Flow, flow_of, merge_decisions, survey_screening
from summarise.store import SCREENING, Run
from summarise.store.files import Journal
from tests.loopback import LoopbackServer, draft_answer, status
from tests.test_people import decided

COUNT, EACH = 60, 7
"""Documents, and of how many one is refused by the server."""
NAMES = ("Ann", "Ben", "Cleo")


def documents(numbers: Iterable[int]) -> Iterator[Document]:
    """Invented papers."""
    for n in numbers:
        name = f"Bees of kind {n} {'refused ' * (n % EACH == 0)}"
        yield Document(doc_id=f"bee-{n}", title=name, abstract=f"{name} made {n} jars of honey.")


def reply(_: int, body: Any) -> Any:
    """A server that refuses some documents."""
    return status(400, message="no") if "refused" in str(body) else draft_answer(body)


def write(folder: Path, run: Run) -> list[Path]:
    """A file of each person, who decide on all documents: the third not always as the others."""
    paths = []
    for at, name in enumerate(NAMES):
        lines = [
            decided(
                document,
                "exclude" if (n + (at == 2) * (n % 5 == 0)) % 3 else "include",
                by=name,
                reason="another topic" if n % 2 else "no comparison",
                at=f"2026-11-27T{9 + at:02}:{n:02}:00.125Z",
            ).model_dump_json(exclude={"settles"})
            for n, document in enumerate(run.documents())
        ]
        paths.append(folder / f"{name}.jsonl")
        paths[-1].write_text("\n".join(lines) + "\n", "utf-8")
    return paths


def flow(path: Path) -> Flow:
    """The flow of a run as it is now; it balances, or there is none."""
    return flow_of(Run(path), survey_screening(Run(path)))


def test_a_day_of_three_people(tmp_path: Path) -> None:
    """A server that fails, a merge that is cut off, a full rerun, a grown pile: all counts hold."""
    refused = len(range(0, COUNT, EACH))
    with LoopbackServer(reply) as server:
        how: dict[str, Any] = {
            "model": "m",
            "base_url": server.base_url,
            "output": tmp_path / "run",
        }
        path = make_run(list(documents(range(COUNT))), **how).path
        assert standing_of(path).failures.total() == refused
        files = write(tmp_path, Run(path))
        merge_decisions(Run(path), files)
        whole = (path / SCREENING).read_bytes()
        _cut(path / SCREENING, whole, 0.6)
        merging = merge_decisions(Run(path), files)
        assert (merging.refused, (path / SCREENING).read_bytes()) == ([], whole)
        told = json.loads(flow(path).to_json())
        assert (told["screened"], told["screened_by"]) == (COUNT, {"3": COUNT})
        assert told["extraction_failed"] == told["screened_without_record"] == refused
        assert told["conflicts"] == COUNT // 5 - COUNT // 15
        server.script = ()
        make_run(list(documents(range(COUNT))), **how)
        mended = json.loads(flow(path).to_json())
        lost = ("extraction_failed", "screened_without_record")
        assert [mended[name] for name in lost] == [0, 0]
        assert _without(mended, *lost, "records") == _without(told, *lost, "records")
        make_run(list(documents(range(5, COUNT + 9))), refresh=True, **how)
        grown = json.loads(flow(path).to_json())
        assert (grown["to_screen"], grown["not_screened"]) == (COUNT + 4, 9)
        assert (path / SCREENING).read_bytes() == whole


def _cut(file: Path, whole: bytes, share: float) -> None:
    """Leave a part of a file, as a kill does: its last line is torn."""
    end = int(len(whole) * share)
    file.write_bytes(whole[: end if whole[end - 1 : end] != b"\n" else end - 1])


def _without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: one for name, one in told.items() if name not in names}


def test_two_who_merge_at_once_lose_nothing(tmp_path: Path) -> None:
    """The second one is told to wait; what it has is taken in when it comes again."""
    path = make_run(list(documents(range(3))), output=tmp_path / "run").path
    files: Sequence[Path] = write(tmp_path, Run(path))
    with Journal(path / SCREENING), pytest.raises(RunError, match="another process is writing"):
        merge_decisions(Run(path), files[:1])
    merge_decisions(Run(path), files)
    assert survey_screening(Run(path)).by_people == {3: 3}
