"""The Python API: the same run from a script, from async code, and from a notebook."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from summarise import Record, SummariseError, asummarise, read, summarise
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, status
from tests.test_batch import documents

PAGE = ROOT / "fixtures" / "daily_papers.txt"


def test_a_file_by_the_embedded_extractor() -> None:
    """summarise(path) gives the records in input order, without writing into the working folder."""
    run = summarise(PAGE)
    records = list(run.records())
    assert [record.title for record in records] == [one.title for one in read(PAGE)]
    assert not list(run.failures())
    assert not Path("outputs").exists()


def test_documents_by_a_model(tmp_path: Path) -> None:
    """Documents of a program go to the model that is named, into the folder that is named."""
    with LoopbackServer() as server:
        run = summarise(
            documents(3), model="m", base_url=server.base_url, output=tmp_path / "r", cache=False
        )
        assert len(server.requests) == 3
    assert run.path == tmp_path / "r"
    assert all(isinstance(outcome, Record) for _, outcome in run.rows())


def test_in_a_running_loop() -> None:
    """Where a loop runs, as in a notebook, summarise() works and asummarise() can be awaited."""

    async def cell() -> tuple[int, int]:
        blocking = summarise(documents(2))
        awaited = await asummarise(documents(3))
        return len(list(blocking.records())), len(list(awaited.records()))

    assert asyncio.run(cell()) == (2, 3)


def test_a_stop_is_an_exception() -> None:
    """What stops a run on the command line raises here."""
    with LoopbackServer(lambda *_: status(401)) as server, pytest.raises(SummariseError):
        summarise(documents(1), model="m", base_url=server.base_url)


def test_an_unknown_setting_is_named() -> None:
    """A misspelt setting is an error that names the nearest."""
    with pytest.raises(SummariseError, match="concurrency"):
        summarise(documents(1), concurency=3)


def test_temporary_runs_go_with_their_result() -> None:
    """Without an output the run directory is removed with the result."""
    run = summarise(documents(1))
    path = run.path
    assert path.exists()
    del run
    assert not path.exists()


def test_a_run_without_a_name_gives_what_it_holds() -> None:
    """Its folder stays for as long as somebody goes through it."""
    assert len(list(summarise(documents(3)).rows())) == 3
    assert len(list(summarise(documents(3)).records())) == 3
    assert len(list(summarise(documents(3)).documents())) == 3
