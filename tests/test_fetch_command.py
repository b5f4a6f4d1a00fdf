"""``summarise fetch``, and identifiers as the input of other commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ftfy import fix_encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarise import asummarise, read
from summarise.models import STATUSES, Document
from summarise.readers import Entry, to_document
from summarise.settings import SERVICES
from summarise.sources import client as http
from tests import services
from tests.services import Asked, FakeService, Reply
from tests.test_cli import Command, summarise

__all__ = ["summarise"]


@pytest.fixture
def call(summarise: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process, where no service is waited for."""
    monkeypatch.setattr(http, "pause", lambda _: None)
    return summarise


def _answer(asked: Asked) -> Reply:
    """Papers below 50; above there is none."""
    ids = [one for one in asked.params["id_list"].split(",") if one < "2310.00050"]
    return Reply(services.feed(*ids))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeService]:
    """ArXiv, as the environment says where it is."""
    with FakeService(_answer) as server:
        sources = dict.fromkeys(SERVICES, server.base_url)
        monkeypatch.setenv("SUMMARISE_SOURCES", json.dumps(sources))
        yield server


@pytest.mark.usefixtures("server")
def test_documents_come_as_json_lines(call: Command) -> None:
    """On stdout a line each, in order; the account on stderr; 1 where an id gave none."""
    left = call("fetch", "arxiv:2310.00002", "2310.00001", "arxiv:2310.00099")
    lines = [Document.model_validate_json(line) for line in left.out.splitlines()]
    assert [one.doc_id for one in lines] == ["arXiv:2310.00002", "arXiv:2310.00001"]
    assert left.code == 1
    reason, account = left.err.splitlines()
    assert reason == "summarise: arxiv:2310.00099: arXiv: there is no such paper"
    assert account.startswith("arxiv:2310.00002 and 2 more (")
    assert account.endswith(" (fetched): 3 entries = 2 documents + 1 unreadable")


def _lines(name: str) -> list[str]:
    return Path(name).read_text().splitlines()


@pytest.mark.usefixtures("server")
def test_a_file_of_documents_is_read_again(call: Command) -> None:
    """With ids, authors, dates and all."""
    assert call("fetch", "arxiv:2310.00001", "arxiv:2310.00002", "-o", "papers.jsonl").code == 0
    fetched = [Document.model_validate_json(one) for one in _lines("papers.jsonl")]
    again = read("papers.jsonl")
    assert len(again) == 2
    place = {"source": "", "line": None}
    assert [one.model_copy(update=place) for one in again] == [
        one.model_copy(update=place) for one in fetched
    ]
    assert again[0].reference == {"arxiv": "2310.00001"}
    assert call("run", "papers.jsonl").code == 0


# Letters that were decoded twice are mended when they are read.
_TEXT = st.text(max_size=30).map(fix_encoding)
# Of a title markup and broken words are mended, too.
_TITLE = st.text(max_size=30).map(lambda text: fix_encoding(re.sub("[<&-]", "", text)))
_NAME = _TEXT.map(lambda text: " ".join(text.split())).filter(bool)
_ENTRIES = st.builds(
    Entry,
    source=st.just("s"),
    line=st.just(1),
    title=_TITLE,
    abstract=_TEXT.map(lambda text: f"{services.ABSTRACT} {text}"),
    authors=st.lists(_NAME, max_size=3).map(tuple),
    author_count=st.just(None),
    doi=st.sampled_from([None, "10.1000/A", "10.1000/é(1);2"]),
    published=st.sampled_from([None, "2024", "2024-12", "2024-12-23", "XXXX-09-18"]),
    url=st.sampled_from([None, "https://arxiv.org/abs/2310.00001", "ftp://x"]),
    organisation=st.one_of(st.none(), _NAME),
    status=st.sampled_from([None, *STATUSES]),
    repairs=st.lists(_NAME, max_size=2).map(tuple),
    **dict.fromkeys(("pmid", "venue", "language", "citation_key"), st.one_of(st.none(), _TEXT)),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=_ENTRIES)
def test_what_is_fetched_is_read_again_as_it_was(tmp_path: Path, entry: Entry) -> None:
    """Whatever a paper holds: JSON lines lose nothing of a document but its place."""
    document = to_document(entry)
    if isinstance(document, Document):
        path = tmp_path / "papers.jsonl"
        path.write_text(document.model_dump_json() + "\n", encoding="utf-8")
        (again,) = read(path)
        place = {"source": "", "line": None}
        assert again.model_copy(update=place) == document.model_copy(update=place)


@pytest.mark.usefixtures("server")
def test_nothing_fetched_leaves_the_file(call: Command) -> None:
    """What was fetched before isn't lost to a service that is away."""
    Path("papers.jsonl").write_text("kept\n")
    left = call("fetch", "arxiv:2310.00099", "-o", "papers.jsonl")
    assert left.code == 1
    assert "papers.jsonl wasn't written" in left.err
    assert Path("papers.jsonl").read_text() == "kept\n"


def test_ids_come_from_standard_input(call: Command, server: FakeService) -> None:
    """One a line."""
    left = call("fetch", "-", stdin=b"arxiv:2310.00001\n\n 2310.00002 \n")
    assert left.out.count("\n") == 2
    assert len(server.requests) == 1


@pytest.mark.parametrize("command", ["fetch", "run", "estimate"])
def test_a_wrong_identifier_is_refused_before_anybody_is_asked(
    call: Command, server: FakeService, command: str
) -> None:
    """One line that says what is expected; exit code 2."""
    left = call(command, "arxiv:2310.00001", "doi:abc")
    assert left.code == 2
    assert left.err == "summarise: doi:abc: isn't a DOI such as 10.1000/182\n"
    assert not server.requests


def test_offline_is_one_line(call: Command) -> None:
    """Of every command that would fetch."""
    for command in ("fetch", "inspect", "run", "estimate"):
        left = call(command, "arxiv:2310.00001", "--offline")
        assert left.code == 2, command
        assert left.err.startswith("summarise: --offline: arXiv (export.arxiv.org) isn't on")
        assert left.err.count("\n") == 1


def test_a_run_takes_identifiers(call: Command, server: FakeService) -> None:
    """Those side by side are one input, which is fetched together, beside a file."""
    Path("more.jsonl").write_text(json.dumps({"title": "Bogs", "abstract": services.ABSTRACT}))
    left = call("run", "arxiv:2310.00001", "arxiv:2310.00099", "more.jsonl", "2310.00003")
    assert left.code == 1
    assert "more (a68f7ada):2: arxiv:2310.00099: arXiv: there is no such paper" in left.err
    assert "3 documents (and 1 unreadable entry)" in left.err
    assert Path("outputs/arxiv-2310.00001-and-1-more-and-2-more/table.md").is_file()
    assert len(server.requests) == 2
    again = call("run", "arxiv:2310.00001", "arxiv:2310.00099", "more.jsonl", "2310.00003")
    assert "3 records (3 from before)" in again.err
    manifest = json.loads(
        Path("outputs/arxiv-2310.00001-and-1-more-and-2-more/manifest.json").read_text()
    )
    assert [one["entries"] for one in manifest["inputs"]] == [
        {"document": 1, "unreadable": 1},
        {"document": 1},
        {"document": 1},
    ]
    assert call("verify", "outputs/arxiv-2310.00001-and-1-more-and-2-more").code == 0


def test_a_file_of_that_name_wins(call: Command, server: FakeService) -> None:
    """Who has a file called like an id means the file."""
    Path("2310.00001").write_text(json.dumps({"title": "Bogs", "abstract": services.ABSTRACT}))
    assert call("inspect", "2310.00001").out.startswith("2310.00001:1: Bogs")
    assert not server.requests


def test_nothing_found_is_no_run(call: Command, server: FakeService) -> None:
    """One line, with the reason; no folder."""
    left = call("run", "arxiv:2310.00099")
    assert left.code == 2
    assert "arxiv:2310.00099: no abstract was found (arXiv: there is no such paper)" in left.err


@pytest.mark.usefixtures("server")
def test_other_commands_take_them(call: Command) -> None:
    """``inspect`` and ``estimate`` read what a run would."""
    left = call("inspect", "arxiv:2310.00001")
    assert left.code == 0
    assert "arxiv:2310.00001:1: Herons of the 2310.00001 fens [arXiv:2310.00001]" in left.out
    assert call("estimate", "arxiv:2310.00001", "--json").code == 0


async def _run() -> list[str | None]:
    run = await asummarise("arxiv:2310.00001", output="run")
    return [record.title for record in run.records()]


@pytest.mark.usefixtures("server", "call")
def test_a_program_takes_them() -> None:
    """``read`` and ``summarise`` as well as the commands."""
    import asyncio

    assert [one.doc_id for one in read("arxiv:2310.00001")] == ["arXiv:2310.00001"]
    assert asyncio.run(_run()) == ["Herons of the 2310.00001 fens"]


def test_a_name_cannot_act_on_the_screen_or_the_folder(call: Command, server: FakeService) -> None:
    """Neither a service's text nor an identifier does."""
    left = call("run", "doi:10.1000/../../x\u202e")
    assert left.code in {1, 2}
    assert "\u202e" not in left.err
    assert not Path("../x").exists()
