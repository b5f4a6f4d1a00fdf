"""`verify`: a stored run is clean, and whatever is changed in it afterwards is found and told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import Document, summarise
from summarise.evaluate import Verification, verify, verify_row
from summarise.evaluate.differences import Difference, DifferenceKind, Verdict, shown, sides
from summarise.models import JudgedAs
from summarise.people import CellWish, judge_cell, merge_decisions
from summarise.schema import Evidence, Part, Statement, Verbatim
from summarise.store import Run
from summarise.store.files import Journal
from summarise.store.manifest import lock_run
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, answer
from tests.records import TERN_ANSWER, make_document, result_of

PAGE = ROOT / "fixtures" / "daily_papers.txt"
RESULT = TERN_ANSWER["results"][0]
# An answer that leaves a quantity unclaimed: the size of its data set.
UNSIZED = {**TERN_ANSWER, "data": [{**TERN_ANSWER["data"][0], "size": None}]}


@pytest.fixture
def embedded(tmp_path: Path) -> Path:
    """A run of the fixture page by the embedded extractor."""
    return summarise(PAGE, output=tmp_path / "embedded").path


@pytest.fixture
def answered(tmp_path: Path) -> Callable[..., Path]:
    """Makes a run of one document by a model that gives these answers."""

    def make(*answers: Any, document: Document | None = None, **settings: Any) -> Path:
        replies = [answer(json.dumps(one)) for one in answers or [TERN_ANSWER]]
        with LoopbackServer(replies) as server:
            return summarise(
                [document or make_document()],
                model="m",
                base_url=server.base_url,
                output=tmp_path / "answered",
                cache=False,
                **settings,
            ).path

    return make


def change(path: Path, name: str, edit: Callable[[dict[str, Any]], None], line: int = 0) -> None:
    """Edit one line of a file of JSON lines."""
    text = (path / name).read_text("utf-8")
    lines = [text] if name == "manifest.json" else text.splitlines()
    value = json.loads(lines[line])
    edit(value)
    lines[line] = json.dumps(value, ensure_ascii=False)
    (path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def verified(path: Path) -> tuple[list[Verdict], Verification]:
    """The verdicts on records that differ, and the accounts; `test_forgeries` is about files."""
    verification = Verification(Run(path))
    found = [one for one in verification.verdicts() if one.differences]
    return [one for one in found if one.doc_id is not None], verification


def without_hashes(path: Path) -> None:
    """Make a run one of before hashes were written down."""
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    del manifest["hashes"], manifest["sha256"]
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def paths(verdicts: list[Verdict]) -> list[str]:
    return [one.path for verdict in verdicts for one in verdict.differences]


def test_a_run_of_the_embedded_extractor_is_clean(embedded: Path) -> None:
    """Nothing differs in a run that nobody touched."""
    verdicts, verification = verified(embedded)
    assert verdicts == []
    assert verification.closing_line() == "14 records verified, 0 differ"
    assert verification.exit_code == 0


def test_a_run_of_a_model_is_clean(answered: Callable[..., Path]) -> None:
    """Nor does anything in one of a model, with flagged values and corrected sentences."""
    wrong = {
        **TERN_ANSWER,
        "problem": {"text": "Moor boats miss 12% of COVE-9.", "sentences": [1, 1, 9]},
        "results": [
            {**RESULT, "value": "99%", "sentences": []},
            {**RESULT, "value": "67.2 %", "claim": "TERNLOOP has 4 nests.", "sentences": [2]},
        ],
    }
    verdicts, verification = verified(answered(wrong, max_reasks=0))
    assert verdicts == []
    assert verification.records == 1


class Counts(Part):
    """What was counted."""

    birds: Verbatim | None
    change: Statement | None
    sentences: Evidence


class Study(Part):
    """A schema of one's own."""

    counts: list[Counts]


def test_a_run_with_dropped_keys_is_clean(answered: Callable[..., Path]) -> None:
    """What was left out of an answer is told by its record, and held against the answer."""
    path = answered({**TERN_ANSWER, "mood": "good"})
    verdicts, _ = verified(path)
    assert paths(verdicts) == []
    change(path, "records.jsonl", lambda record: record.update(corrections=[]))
    assert "corrections" in paths(verified(path)[0])


def test_missing_keys_are_held_against_the_answer(tmp_path: Path) -> None:
    """An answer that lacks a list is asked for once, and another run takes it from the cache."""
    method = {key: value for key, value in TERN_ANSWER["method"].items() if key != "also"}
    records = []
    with LoopbackServer([answer(json.dumps({**TERN_ANSWER, "method": method}))] * 2) as server:
        for name in ("first", "second"):
            found = summarise(
                [make_document()],
                model="m",
                base_url=server.base_url,
                output=tmp_path / name,
                cache_dir=tmp_path / "cache",
            )
            assert verified(found.path)[0] == []
            records.append(next(Run(found.path).records()))
        assert len(server.requests) == 1
    first, second = records
    assert first.draft == second.draft
    assert first.provenance.missing_keys == second.provenance.missing_keys == ("method.also",)
    for paths_ in ([], ["method.also", "method.text"], ["method.also", "foo"]):
        change(found.path, "records.jsonl", edits("provenance.missing_keys", paths_))
        assert "provenance.missing_keys" in paths(verified(found.path)[0])


def test_a_schema_of_ones_own(answered: Callable[..., Path]) -> None:
    """A run is verified by the schema that it was made with."""
    draft = {"counts": [{"birds": "Seabird", "change": "To 67.2%.", "sentences": [1]}]}
    path = answered(draft, schema=Study)
    assert next(Run(path).records()).draft["counts"][0]["sentences"] == [1, 4]
    assert verified(path)[0] == []
    change(path, "records.jsonl", edits("counts.0.change", "To 77.2%."))
    assert {"unsupported", "counts[0].sentences"} & set(paths(verified(path)[0]))


def test_a_draft_of_two_answers_is_clean(answered: Callable[..., Path]) -> None:
    """A record whose fields come from an answer and from its reask is what was answered."""
    first = {**TERN_ANSWER, "results": [{**RESULT, "value": "99%"}]}
    second = {**TERN_ANSWER, "data": []}
    path = answered(first, second)
    assert next(Run(path).records()).draft == {**TERN_ANSWER}
    assert verified(path)[0] == []


def test_a_value_that_stands_in_several_cited_sentences_is_clean(
    answered: Callable[..., Path],
) -> None:
    """Which place of a value was taken depends on numbers that grounding has since added to."""
    document = make_document(
        abstract="Kites saw 41 terns. We use nets. Later, 41 terns came to us."
    )
    draft = {
        **TERN_ANSWER,
        "problem": {"text": None, "sentences": []},
        "method": {"name": None, "also": [], "text": None, "sentences": []},
        "data": [],
        "compute": [],
        "results": [result_of("Kites saw 41 terns.", 3, metric="41 terns", value="Kites saw")],
    }
    path = answered(draft, document=document, max_reasks=0)
    record = next(Run(path).records())
    assert record.draft["results"][0]["sentences"] == [1, 3]
    assert {value.span for value in record.verbatims} == {(0, 9), (40, 48)}
    assert verified(path)[0] == []


def test_a_changed_number_in_the_draft(answered: Callable[..., Path]) -> None:
    """A number that was changed in the draft no longer is the one that was grounded."""

    def edit(record: dict[str, Any]) -> None:
        record["results"][0]["value"] = "68.2%"

    path = answered()
    change(path, "records.jsonl", edit)
    verdicts, verification = verified(path)
    assert [list(verdict.lines()) for verdict in verdicts] == [
        ["tern-1: results[0].value: stored “67.2%” as grounded, now “68.2%” in the draft"]
    ]
    expected = "1 record verified, 1 differ (1 altered); changed: records.jsonl"
    assert verification.closing_line() == expected
    assert verification.exit_code == 1


@pytest.mark.parametrize("shift", [-1, 1, 10_000])
def test_a_shifted_span(answered: Callable[..., Path], shift: int) -> None:
    """A span that doesn't cut its value out of the abstract is told, with both places."""

    def edit(record: dict[str, Any]) -> None:
        record["verbatims"][0]["span"][0] += shift
        record["verbatims"][0]["span"][1] += shift

    path = answered()
    change(path, "records.jsonl", edit)
    verdicts, _ = verified(path)
    assert paths(verdicts) == ["method.name"]
    assert verdicts[0].is_altered
    assert "exact at" in verdicts[0].differences[0].stored


@pytest.mark.parametrize("is_reasked", [False, True])
@pytest.mark.parametrize("is_known", [False, True])
def test_a_value_moved_to_the_same_words_elsewhere(
    answered: Callable[..., Path], is_reasked: bool, is_known: bool
) -> None:
    """Where a value stands is held, however many answers the record was made of, or none."""
    document = make_document(
        abstract="We show GULLBENCH, with 4,200 photos. The best model has an error of 6.4% on "
        "GULLBENCH, and GULLBENCH stays hard."
    )
    result = result_of("Error is 6.4%.", 2, metric="error", value="6.4%", dataset="GULLBENCH")
    draft = {
        **TERN_ANSWER,
        "problem": {"text": None, "sentences": []},
        "method": {"name": "GULLBENCH", "also": [], "text": None, "sentences": [1]},
        "data": [],
        "compute": [],
        "results": [result],
    }
    wrong = {**draft, "results": [{**result, "value": "99%"}]}
    path = answered(*([wrong, draft] if is_reasked else [draft]), document=document)
    assert verified(path)[0] == []
    if not is_known:
        change(path, "records.jsonl", lambda record: record["provenance"].update(cache_hit=True))
        change(path, "records.jsonl", lambda one: one["provenance"]["saved"].update(calls=9))
        (path / "answers.jsonl").write_bytes(b"")
        without_hashes(path)
    for number, elsewhere in ((0, document.abstract.rindex("GULLBENCH")), (3, 8)):
        before = next(Run(path).records()).verbatims[number]
        assert before.span is not None
        spans = f"verbatims.{number}.span"
        change(path, "records.jsonl", edits(spans, [elsewhere, elsewhere + 9]))
        told = [one for verdict in verified(path)[0] for one in verdict.differences]
        assert before.path in "".join(f"{one.path} {one.stored}" for one in told), number
        change(path, "records.jsonl", edits(spans, list(before.span)))


def number_and_span(record: dict[str, Any]) -> None:
    record["results"][0]["value"] = record["verbatims"][-3]["value"] = "41.5%"
    record["verbatims"][-3]["span"] = next(
        value["span"] for value in record["verbatims"] if value["path"] == "results[0].baseline"
    )


def edits(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """An edit that puts a value at ``a.0.b``."""

    def edit(record: dict[str, Any]) -> None:
        *owners, last = path.split(".")
        target: Any = record
        for name in owners:
            target = target[int(name) if name.isdigit() else name]
        target[int(last) if last.isdigit() else last] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (edits("links", ["https://example.org/x"]), "links"),
        (edits("unsupported", [{"path": "problem.text", "tokens": ["7"]}]), "unsupported"),
        (edits("unclaimed", []), "unclaimed"),
        (edits("sentence_spans", [[0, 20], [10, 30]]), "sentence_spans"),
        (edits("sentence_spans", [[0, 99_999]]), "sentence_spans"),
        (edits("title", "Another"), "title"),
        (edits("problem.sentences", [9]), "problem.sentences"),
        (edits("problem.sentences", [2]), "problem.sentences[0]"),
        (edits("problem.text", "Boats miss most nests."), "problem.text"),
        (edits("data.0.role", "evaluation"), "data[0].role"),
        (edits("data.0", None), "record"),
        (edits("data", "KITENEST"), "record"),
        (edits("provenance", None), "record"),
        (edits("content_hash", "0" * 32), "content_hash"),
        (edits("verbatims.0.grounding", "missing"), "method.name"),
        (edits("verbatims.0.source", "title"), "method.name"),
        (edits("verbatims.0.path", "method.text"), "method.name"),
        (number_and_span, "results[0].value"),
    ],
)
def test_whatever_is_changed_is_found(
    answered: Callable[..., Path], edit: Callable[[dict[str, Any]], None], path: str
) -> None:
    """Each part of a record that rests on the document or the answer is held against it."""
    folder = answered(UNSIZED, max_reasks=0)
    assert verified(folder)[0] == []
    change(folder, "records.jsonl", edit)
    verdicts, verification = verified(folder)
    assert path in paths(verdicts)
    assert verification.altered == 1


def test_a_changed_document(embedded: Path) -> None:
    """A document whose text was changed has no record any more, and that is told."""
    change(embedded, "documents.jsonl", edits("abstract", "We did something else."), line=3)
    verdicts, verification = verified(embedded)
    assert paths(verdicts) == ["content_hash"]
    assert verification.exit_code == 1


def test_a_changed_answer(answered: Callable[..., Path]) -> None:
    """A draft that no kept answer holds is told with what was answered."""
    path = answered()
    text = (path / "answers.jsonl").read_text("utf-8").replace("67.2%", "41.5%")
    (path / "answers.jsonl").write_text(text, encoding="utf-8")
    verdicts, _ = verified(path)
    assert paths(verdicts) == ["results[0].claim"]
    (path / "answers.jsonl").write_bytes(b"")
    assert paths(verified(path)[0]) == ["answers.jsonl"]


def test_an_answer_from_the_cache(answered: Callable[..., Path]) -> None:
    """An older run kept no answer that the cache gave; its record is held to its text, and told."""
    path = answered()
    without_hashes(path)

    def from_cache(record: dict[str, Any]) -> None:
        made = record["provenance"]
        taken = {name: made[name] for name in ("calls", "usage")}
        made["saved"] = {**taken, "cost": "0", "unpriced": 1}
        nothing = dict.fromkeys(made["usage"])
        made.update(calls=0, attempts=0, latency=0.0, usage=nothing, cost="0", cache_hit=True)

    def unspent(manifest: dict[str, Any]) -> None:
        nothing = dict.fromkeys(manifest["spent"]["usage"])
        manifest["spent"] = {"calls": 0, "usage": nothing, "cost": "0", "unpriced": 0}
        manifest["settled"] = {"answers_until": 0, "spent": manifest["spent"]}
        manifest["counts"].update(calls=0, cached=1)

    (path / "answers.jsonl").write_bytes(b"")
    change(path, "records.jsonl", from_cache)
    change(path, "manifest.json", unspent)
    verdicts, verification = verified(path)
    assert verdicts == []
    assert verification.closing_line().startswith(
        "1 record verified, 0 differ; 1 held against the abstract alone; an older version"
    )


def test_another_version_is_no_tampering(answered: Callable[..., Path]) -> None:
    """Where all values hold and another version made the record, its lists differ by its rules."""

    def older(record: dict[str, Any]) -> None:
        record["provenance"]["version"] = "0.0.9"
        record["unclaimed"] = []
        record["links"] = ["https://example.org/x"]

    path = answered(UNSIZED, max_reasks=0)
    without_hashes(path)
    change(path, "manifest.json", edits("identity.version", "0.0.9"))
    change(path, "records.jsonl", older)
    verdicts, verification = verified(path)
    assert paths(verdicts) == ["links", "unclaimed"]
    assert {one.kind for one in verdicts[0].differences} == {DifferenceKind.RULES}
    assert all(line.endswith("(made by 0.0.9)") for line in verdicts[0].lines())
    expected = "1 record verified, 1 differ (1 by the rules of 0.0.9)"
    assert verification.closing_line().startswith(expected)
    change(path, "records.jsonl", edits("results.0.value", "68.2%"))
    assert verified(path)[1].altered == 1


def test_another_version_of_the_embedded_extractor(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another version extracted is held to the text, not to what this one would extract."""
    monkeypatch.setattr(verify_row, "__version__", "99")
    monkeypatch.setattr(
        "summarise.evaluate.verify_row.read_abstract", lambda *_: pytest.fail("extracted anew")
    )
    assert verified(embedded)[0] == []


def test_failures_and_a_stopped_run(answered: Callable[..., Path]) -> None:
    """A document that failed, or that a stopped run never attempted, has nothing to verify."""
    with LoopbackServer([answer(""), answer(json.dumps(TERN_ANSWER))]) as server:
        documents = [make_document(doc_id="a", title="A"), make_document(doc_id="b", title="B")]
        url = server.base_url
        path = summarise(
            documents, model="m", base_url=url, output=Path("r"), cache=False, concurrency=1
        ).path
    verdicts, verification = verified(path)
    assert verdicts == []
    line = verification.closing_line()
    assert line == "1 record verified, 0 differ; 1 failure without a record"
    manifest = (path / "manifest.json").read_text("utf-8")
    manifest = manifest.replace('"complete"', '"interrupted"')
    (path / "manifest.json").write_text(manifest, encoding="utf-8")
    (path / "records.jsonl").write_bytes(b"")
    assert verified(path)[1].closing_line().endswith("; 1 not attempted")


@pytest.mark.parametrize("name", ["documents.jsonl", "records.jsonl"])
def test_a_damaged_file_is_one_clear_line(embedded: Path, name: str) -> None:
    """A line that isn't JSON any more is told with the file and the place."""
    content = (embedded / name).read_bytes()
    (embedded / name).write_bytes(content.replace(b"{", b"[", 1))
    verification = Verification(Run(embedded))
    told = [line for one in verification.verdicts() for line in one.lines()]
    (line,) = (line for line in told if line.startswith(f"{name}: lines"))
    assert "1 that can't, the first at byte 0" in line
    assert (verification.exit_code, name in verification.closing_line()) == (1, True)


def test_a_damaged_answer_is_one_clear_line(answered: Callable[..., Path]) -> None:
    """So is an answer that can't be read."""
    path = answered()
    change(path, "answers.jsonl", edits("completion", "none"))
    told = [line for one in Verification(Run(path)).verdicts() for line in one.lines()]
    assert any(line.startswith("answers.jsonl: lines") for line in told)


@pytest.mark.parametrize("damage", [lambda line: b"\xff" + line[1:], lambda line: b"{\n" + line])
def test_a_damaged_line_that_a_run_has_repaired_is_no_change(
    embedded: Path, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a kill while the line is blanked; what is changed later is told."""
    path = embedded / "records.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], damage(lines[1]), *lines[2:]]))
    assert "records.jsonl" in altered(embedded)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "blank", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            summarise(PAGE, output=embedded)
    run = summarise(PAGE, output=embedded)
    assert altered(embedded) == set()
    assert not run.damage.places
    drafts = [record.draft for record in summarise(PAGE).records()]
    assert [record.draft for record in run.records()] == drafts
    change(embedded, "records.jsonl", edits("title", "Moth"), line=2)
    summarise(PAGE, output=embedded)
    assert "records.jsonl" in altered(embedded)


@pytest.mark.parametrize("name", ["screening.jsonl", "corrections.jsonl"])
def test_what_people_said_is_held_against_the_manifest(embedded: Path, name: str) -> None:
    """A changed, cut, missing or longer file is named; the commands keep its hash right."""
    say(embedded, "Ann")
    say(embedded, "Ben")
    assert altered(embedded) == set()
    path, whole = embedded / name, (embedded / name).read_bytes()
    for content in (whole.replace(b"Ann", b"Eve", 1), whole[:-9], b"", whole + whole[:40]):
        path.write_bytes(content)
        assert name in altered(embedded)
    path.unlink()
    assert name in altered(embedded)
    path.write_bytes(whole.replace(b"Ann", b"Eve", 1))
    say(embedded, "Cleo")
    assert name in altered(embedded)


def test_a_kill_between_lines_and_manifest_is_mended(embedded: Path) -> None:
    """The lines are there, and ``verify`` names their file until the next command is done."""
    say(embedded, "Ann")
    before = (embedded / "manifest.json").read_bytes()
    say(embedded, "Ben")
    (embedded / "manifest.json").write_bytes(before)
    assert {"screening.jsonl", "corrections.jsonl"} <= altered(embedded)
    say(embedded, "Ben")
    assert altered(embedded) == set()


def test_decisions_made_while_a_run_is_at_work_are_hashed_when_it_ends(embedded: Path) -> None:
    """The manifest is the run's own meanwhile."""
    before = (embedded / "manifest.json").read_bytes()
    with lock_run(embedded):
        decide(embedded, "Ann")
        assert (embedded / "manifest.json").read_bytes() == before
    assert altered(embedded) == {"screening.jsonl"}
    summarise(PAGE, output=embedded)
    assert altered(embedded) == set()


def say(folder: Path, name: str) -> None:
    """Decide about the first document, and correct it, by these two commands."""
    decide(folder, name)
    judge_cell(folder, CellWish("1", "method.name", says=JudgedAs.CHECKED, by=name))


def decide(folder: Path, name: str) -> None:
    """Decide about the first document."""
    run = Run(folder)
    document = next(run.documents())
    decided = {
        "doc_id": document.doc_id, "content_hash": document.content_hash, "decision": "include",
        "reason": "", "note": "", "by": name, "at": "2026-11-27T12:00:00Z",
    }  # fmt: skip
    file = folder.with_name(f"{name}.jsonl")
    file.write_text(json.dumps(decided))
    merge_decisions(run, [file])


def altered(folder: Path) -> set[str]:
    """The files that differ from what the manifest says."""
    return {
        one.file for one in Verification(Run(folder)).verdicts() if one.differences and one.file
    }


def test_decisions_of_an_earlier_version_are_read(embedded: Path) -> None:
    """One that can't be read is told; that no hash holds the others, too."""
    say(embedded, "Ann")
    change(embedded, "manifest.json", edits("hashes.screening", None))
    limit = "; decisions about papers have no hash, so they are only held to be readable"
    assert verified(embedded)[1].closing_line().endswith(limit)
    with (embedded / "screening.jsonl").open("a", encoding="utf-8") as file:
        at = file.tell()
        file.write("no decision\n")
    verification = Verification(Run(embedded))
    told = [line for one in verification.verdicts() for line in one.lines()]
    (line,) = (line for line in told if line.startswith("screening.jsonl: lines"))
    assert f"1 that can't, the first at byte {at}" in line
    assert verification.exit_code == 1


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_further_processes_find_what_one_finds(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same verdicts in the same order, where one of them ends before its time as well."""
    change(embedded, "records.jsonl", edits("method.name", "Moth"), line=1)
    change(embedded, "records.jsonl", edits("sentence_spans", "none"), line=4)
    change(embedded, "records.jsonl", edits("doubts", []), line=6)
    change(embedded, "documents.jsonl", edits("abstract", "We count gulls."), line=9)
    alone = list(Verification(Run(embedded)).verdicts())
    assert sum(bool(one.differences) for one in alone) > 5
    monkeypatch.setattr("summarise.extract.count_workers", lambda *_, **__: 3)
    with_two, share = Verification(Run(embedded)), verify._find_share
    assert list(with_two.verdicts()) == alone
    assert with_two._asked == 13
    for number in (0, 2):
        monkeypatch.setattr(verify, "_find_share", partial(_cut_short, share, number))
        assert list(Verification(Run(embedded)).verdicts()) == alone


def _cut_short(
    share: Callable[[Run, int, int], Iterator[bytes]], one: int, run: Run, number: int, of: int
) -> Iterator[bytes]:
    """What a process finds that meets a bug at its second record."""
    return islice(share(run, number, of), 1 if number == one else None)


def test_many_differences_are_cut_short(embedded: Path) -> None:
    """A record shows three differences; the others are counted, and stand in --json."""

    def edit(record: dict[str, Any]) -> None:
        record.update(links=["x"], unsupported=[{"path": "p", "tokens": ["7"]}], title="T")
        record["verbatims"] = []

    change(embedded, "records.jsonl", edit)
    verdicts, _ = verified(embedded)
    lines = list(verdicts[0].lines())
    assert len(lines) == 4
    assert lines[-1].endswith("more; --json has all")
    assert len(json.loads(verdicts[0].to_json())["differences"]) > 3


def test_a_line_cannot_act_on_the_terminal() -> None:
    """What a document or an answer holds is shown on one line, without control characters."""
    one = Difference("links", "a\x1b[31m\nb" + "c" * 500, "\u202ed")
    (line,) = Verdict("id\r\x07", "0", (one,)).lines()
    assert line.isprintable()
    assert len(line) < 200


@pytest.mark.parametrize(
    ("stored", "now", "shown_stored", "shown_now"),
    [
        ("a" * 80 + "67%", "a" * 80 + "68%", "…" + "a" * 19 + "67%", "…" + "a" * 19 + "68%"),
        ("Ada\u200b Fenn", "Ada Fenn", "Ada‹U+200B› Fenn", "Ada Fenn"),
        ("Ada\u00a0Fenn", "Ada Fenn", "Ada‹U+00A0›Fenn", "Ada Fenn"),
        ("Аda", "Ada", "А‹U+0410›da", "Ada"),
        ("Beno\u0302", "Ben\u00f4", "Beno\u0302", "Benô‹U+00F4›"),
        ("x" * 100, "x" * 99, "x" * 20 + "x", "x" * 20),
    ],
)
def test_two_values_that_differ_look_different(
    stored: str, now: str, shown_stored: str, shown_now: str
) -> None:
    """A line shows where two values begin to differ, and names what nobody sees."""
    (line,) = Verdict("id", "0", (Difference("links", stored, now),)).lines()
    first, second = line.removeprefix("id: links: stored ").split(", now ")
    assert first != second
    assert (first[-len(shown_stored) :], second[-len(shown_now) :]) == (shown_stored, shown_now)


@given(st.recursive(st.integers() | st.text() | st.none(), st.lists))
def test_any_value_can_be_shown(value: Any) -> None:
    """Any JSON value has words, and a list loses and gains nothing against itself."""
    assert isinstance(shown(value), str)
    assert sides(value, value)[0] == sides(value, value)[1]
