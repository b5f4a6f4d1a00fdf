"""What the page of a report is told, and the file that it is."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import batch, cli
from summarise.batch import RunOptions, documents_batch
from summarise.characters import for_screen
from summarise.models import Quantity, QuantityKind, Row, Span
from summarise.report import BEGINNING, page, write_report
from summarise.report.built import ABSENT, STALE, Built, built_in
from summarise.report.lines import lines_of
from summarise.report.opened import _pieces
from summarise.schema import Draft
from summarise.settings import Settings
from summarise.store import Run
from summarise.store.files import Damage
from tests.format_goldens import hostile_rows, rows
from tests.processes import run
from tests.records import NOTHING, TERN_ANSWER, make_document, make_record


def run_of(folder: Path, *made: Row) -> Run:
    """A run that has these rows."""
    identity = SimpleNamespace(model="invented-1", extractor="llm")
    manifest = SimpleNamespace(identity=identity, created="2026-01-02T03:04:05Z", counts={})
    return cast(
        "Run",
        SimpleNamespace(
            path=folder,
            schema=Draft,
            manifest=manifest,
            damage=Damage(),
            rows=lambda: iter(made),
            judged_rows=lambda: iter(()),
        ),
    )


def told(folder: Path, *made: Row) -> list[dict[str, Any]]:
    """What the page is told of these rows, without the head and the accounts."""
    _, *lines, _ = lines_of(run_of(folder, *made))
    return [json.loads(line) for line in lines]


def test_a_value_marks_its_words(tmp_path: Path) -> None:
    """What stands in the marked pieces of a value's number is what was grounded."""
    document = make_document()
    record = make_record(document, TERN_ANSWER)
    (row,) = told(tmp_path, (document, record))
    pieces = [piece for sentence in row["sentences"] for piece in sentence]
    by_value: dict[int, str] = {}
    for text, numbers in (piece for piece in pieces if isinstance(piece, list)):
        for number in numbers:
            by_value[number] = by_value.get(number, "") + text
    found = {row["values"][number][1]: text for number, text in by_value.items()}
    expected = {
        for_screen(value.value): for_screen(value.span.of(document.abstract))
        for value in record.verbatims
        if value.span and value.source == "abstract"
    }
    assert found == expected
    assert len(found) > 5


def test_the_abstract_is_whole(tmp_path: Path) -> None:
    """Sentence by sentence, whatever is marked in it."""
    document = make_document()
    (row,) = told(tmp_path, (document, make_record(document, TERN_ANSWER)))
    sentences = [
        "".join(piece if isinstance(piece, str) else piece[0] for piece in sentence)
        for sentence in row["sentences"]
    ]
    assert for_screen(" ".join(sentences)) == for_screen(document.abstract)


WORDS = st.text(st.sampled_from("abc 𝒳é\n\u202e\x00\u200b"), max_size=40)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=6)


@given(WORDS, SPANS)
def test_pieces_make_the_text(text: str, found: list[list[int]]) -> None:
    """However values overlap, all pieces together are the text, and each mark is its words."""
    spans = [Span(min(start, len(text)), min(end, len(text))) for start, end in found]
    places = [(span, number) for number, span in enumerate(spans)]
    pieces = _pieces(text, Span(0, len(text)), places)
    whole = "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)
    assert " ".join(whole.split()) == for_screen(text, reveal=True)
    for number, span in enumerate(spans):
        marked = "".join(
            piece[0] for piece in pieces if isinstance(piece, list) and number in piece[1]
        )
        assert " ".join(marked.split()) == for_screen(span.of(text), reveal=True)


def test_what_needs_eyes(tmp_path: Path) -> None:
    """A doubt, a value that is missing: the row says so, and the value why."""
    document = make_document()
    doubtful = dict(rows_by_id())["tern-1"]
    wrong = {**TERN_ANSWER, "results": [{**TERN_ANSWER["results"][0], "value": "99%"}]}
    first, second, clean = told(
        tmp_path,
        doubtful,
        (document, make_record(document, wrong)),
        (document, make_record(document, TERN_ANSWER)),
    )
    assert [one["needsEyes"] for one in (first, second, clean)] == [True, True, False]
    assert [value[2] for value in first["values"] if value[2]] == ["doubt"]
    assert ["99%", "missing"] in [value[1:3] for value in second["values"]]


def rows_by_id() -> list[tuple[str, Row]]:
    return [(row[0].doc_id, row) for row in rows()]


def test_what_has_no_record(tmp_path: Path) -> None:
    """A failure says why; what waits has its abstract; both are rows."""
    _, failed, waiting = told(tmp_path, *rows())
    assert failed["failure"][0]
    assert "values" not in failed
    assert waiting["sentences"]
    assert "failure" not in waiting


def test_a_record_of_other_words_marks_nothing(tmp_path: Path) -> None:
    """The abstract has changed since: its places are those of another text."""
    document = make_document()
    record = make_record(document, TERN_ANSWER, content_hash="0" * 64)
    (row,) = told(tmp_path, (document, record))
    assert row["isStale"]
    assert all(isinstance(piece, str) for sentence in row["sentences"] for piece in sentence)


BUILT = Built("show('<b>')", "a { b: c }", "a 1.0\n\nA licence.")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Built:
    monkeypatch.setattr(page, "built_here", lambda: BUILT)
    return BUILT


def data_in(content: str) -> list[Any]:
    """The lines that a page holds."""
    packed = re.search(r'<script type="application/gzip" id="run">([^<]*)<', content)
    assert packed
    lines = zlib.decompress(
        base64.b85decode(packed[1].replace(",", "<")), zlib.MAX_WBITS | 16
    ).decode()
    return [json.loads(line) for line in lines.rstrip("\n").split("\n")]


def test_the_page_holds_all(tmp_path: Path, built: Built) -> None:
    """The data, the licences, and a policy that allows this script and this style alone."""
    made = run_of(tmp_path, *rows(), *hostile_rows())
    assert write_report(made, tmp_path / "x.html") is None
    content = (tmp_path / "x.html").read_text("utf-8")
    head, *lines, accounts = data_in(content)
    assert head["columns"][:3] == ["#", "Paper", "Problem"]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert accounts["documents"] == f"{len(lines)} documents"
    assert built.licences in content
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', content)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    for part in (built.script, built.style):
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    # Nothing of a paper stands in the page as it is.
    assert "alert(1)" not in content


@pytest.mark.parametrize("why", [ABSENT, STALE])
def test_a_page_to_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """Where nothing was built, or for another version, the same table is there, and says why."""
    monkeypatch.setattr(page, "built_here", lambda: why)
    assert write_report(run_of(tmp_path, *rows(), *hostile_rows()), tmp_path / "x.html") == why
    content = (tmp_path / "x.html").read_text("utf-8")
    assert f"<p>{why}.</p>" in content
    assert "TERNLOOP" in content
    assert "<script" not in content
    assert "default-src 'none'" in content


def test_what_was_built_of_other_sources_is_not_used(tmp_path: Path) -> None:
    """A source that has changed, came or went since; a wheel has none, and takes what it brings."""
    sources = {"build.mjs": "1", "package-lock.json": "{}", "src/a.ts": "2", "src/b.css": "3"}
    parts = {name: name for name in (*Built._fields, "sources")}
    for name, content in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert built_in(tmp_path) == ABSENT
    (tmp_path / "dist").mkdir()
    for name, content in parts.items():
        (tmp_path / "dist" / name).write_text(content)
    assert built_in(tmp_path) == STALE
    digest = hashlib.sha256(b"build.mjs 1\n1package-lock.json 2\n{}a.ts 1\n2b.css 1\n3")
    (tmp_path / "dist" / "sources").write_text(f"{digest.hexdigest()}\n")
    (tmp_path / "src" / ".a.ts.swp").write_text("An editor's.")
    assert built_in(tmp_path) == Built("script", "style", "licences")
    for name, content in sources.items():
        (tmp_path / name).write_text(f"{content} ")
        assert built_in(tmp_path) == STALE
        (tmp_path / name).write_text(content)
    (tmp_path / "src" / "c.ts").touch()
    assert built_in(tmp_path) == STALE
    (tmp_path / "dist" / "licences").unlink()
    shutil.rmtree(tmp_path / "src")
    assert built_in(tmp_path) == STALE
    (tmp_path / "dist" / "licences").write_text("licences")
    assert built_in(tmp_path) == Built("script", "style", "licences")


def damaged_run(folder: Path) -> Run:
    """A run of three papers: the line of the second has lost its end, the third is gone."""
    texts = {
        "A Tern": "Terns nest here. We count 40 terns.",
        "A Gull": "Gulls nest there.",
        "An Auk": "Auks dive.",
    }
    made = [make_document(doc_id=title, title=title, abstract=texts[title]) for title in texts]
    path, _ = batch.run(documents_batch(made), Settings(), RunOptions(output=folder))
    documents = path / "documents.jsonl"
    first, second, _ = documents.read_text().splitlines()
    documents.write_text(f"{first}\n{second[:40]}\n")
    return Run(path)


LOST = ["1 line is damaged in documents.jsonl", "documents.jsonl holds 2 of 3 documents"]


def test_what_a_run_lost_is_told(
    tmp_path: Path, built: Built, caplog: pytest.LogCaptureFixture
) -> None:
    """A line that is damaged, and a document that isn't there: in the page's data, and logged."""
    made = damaged_run(tmp_path / "r")
    write_report(made, tmp_path / "x.html")
    *_, accounts = data_in((tmp_path / "x.html").read_text("utf-8"))
    assert accounts["losses"] == LOST
    assert {f"{made.path}: {loss}" for loss in LOST} <= set(caplog.messages)


def test_what_a_run_lost_is_told_in_a_page_to_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same, in the page, and by the command."""
    damaged_run(tmp_path / "r")
    monkeypatch.setattr(page, "built_here", lambda: ABSENT)
    monkeypatch.setattr(sys, "argv", ["summarise", "report", str(tmp_path / "r")])
    with pytest.raises(SystemExit):
        cli.main()
    told = capsys.readouterr().err
    content = (tmp_path / "r" / "report.html").read_text("utf-8")
    for loss in LOST:
        assert f"<p>⚠ {loss}: see <code>summarise verify</code></p>" in content
        assert loss in told
    assert ABSENT in told


def test_the_command(tmp_path: Path) -> None:
    """It says where the page is, writes it again, and writes over nothing else."""
    (tmp_path / "a.txt").write_text("A Tern\n\nTerns nest here. We count 40 terns in 2 colonies.\n")
    assert run("run", "a.txt", "-o", "r", "--format", "text", cwd=tmp_path).returncode == 0
    for _ in range(2):
        done = run("report", "r", cwd=tmp_path)
        assert (done.returncode, done.stdout.strip()) == (0, b"r/report.html")
    assert (tmp_path / "r" / "report.html").read_bytes().startswith(BEGINNING)
    assert run("verify", "r", cwd=tmp_path).returncode == 0
    (tmp_path / "own.html").write_text("mine")
    refused = run("report", "r", "-o", "own.html", cwd=tmp_path)
    assert refused.returncode != 0
    assert b"is another file, and isn't written over" in refused.stderr
    assert (tmp_path / "own.html").read_text() == "mine"


def test_a_value_says_where_it_is(tmp_path: Path) -> None:
    """Each has its path, and what the record holds there where that isn't the text."""
    document = make_document()
    answer = {
        **TERN_ANSWER,
        "compute": [{"kind": "model_size", "value": "4\u202e", "sentences": []}],
    }
    record = make_record(document, answer)
    (row,) = told(tmp_path, (document, record))
    held = {value[4]: value[5] if len(value) > 5 else value[1] for value in row["values"]}
    for path, value in held.items():
        assert value == at_path(record.draft, path)
    assert held["compute[0].kind"] == "model_size"
    assert held["compute[0].value"] == "4\u202e"
    paths = [entry[2] for entries in row["entries"] for entry in entries]
    assert {"problem", "method", "data[0]", "results[0]"} <= set(paths)
    assert row["hash"] == document.content_hash


def at_path(draft: Any, path: str) -> Any:
    for part in re.findall(r"\w+", path):
        draft = draft[int(part) if part.isdigit() else part]
    return draft


def test_the_head_says_what_can_be_given(tmp_path: Path) -> None:
    """Each field with its kind, its choices, and what is inside; and by what a run is known."""
    head = json.loads(next(lines_of(run_of(tmp_path))))
    shape = {field["name"]: field for field in head["shape"]}
    assert list(shape) == ["problem", "method", "data", "compute", "results"]
    role = next(field for field in shape["data"]["inside"] if field["name"] == "role")
    assert role["kind"] == "choice"
    assert "introduced" in role["choices"]
    assert shape["data"]["isList"]
    assert shape["results"]["evidence"] == ["sentences", True]
    assert head["runId"] == json.loads(next(lines_of(run_of(tmp_path))))["runId"]
    assert head["runId"] != json.loads(next(lines_of(run_of(tmp_path / "other"))))["runId"]
    assert head["reasons"]


def test_what_no_value_holds_is_marked(tmp_path: Path) -> None:
    """A quantity that was left out has its place and its kind."""
    document = make_document()
    words = "12K labelled strips"
    start = document.abstract.index(words)
    span = Span(start, start + len(words))
    left = Quantity(text=words, span=span, kind=QuantityKind.COUNT, value=12e3, unit="strips")
    record = make_record(document, NOTHING, unclaimed=[left])
    (row,) = told(tmp_path, (document, record))
    assert row["unclaimed"] == [[words, "count"]]
    pieces = [piece for sentence in row["sentences"] for piece in sentence]
    assert [words, [-1]] in pieces
