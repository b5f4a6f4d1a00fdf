"""`verify` against forgeries: whatever is changed in a finished run is told, with what and where.

Each forgery is a function that edits a copy of a run: it is named by what it does, and says on
which run it works and what a line of `verify` must name. Those that nothing can notice stand in a
table of their own, as they do in the documentation of `verify`.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from summarise import cli
from summarise.batch import RunOptions, read_batch, run
from summarise.models import Record
from summarise.render import render_record
from summarise.settings import Settings
from summarise.store import Chain, Manifest, Run, file_hash
from summarise.store.manifest import chained, contents_hash, manifest_hash
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, Reply, answer, refusal
from tests.records import TERN_ANSWER, make_document

RESULT = TERN_ANSWER["results"][0]
WRONG = {**TERN_ANSWER, "results": [{**RESULT, "value": "99%"}]}
PICO = {
    "population": {"text": "Nests of seabirds.", "size": None, "sentences": [1]},
    "intervention": {"name": "TERNLOOP", "text": "It reads photographs.", "sentences": [2]},
    "comparison": {"name": "boats", "text": None, "sentences": [1]},
    "outcome": [{"name": "nest recall", "role": "primary", "sentences": [4]}],
    "results": [
        {
            "claim": "Nest recall rises to 67.2%.",
            "outcome": "nest recall",
            "value": "67.2%",
            "kind": None,
            "uncertainty": None,
            "group": None,
            "baseline": "41.5%",
            "comparator": None,
            "sentences": [4],
        }
    ],
}


class Folder:
    """A run directory to be edited by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> str:
        return (self.path / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, "utf-8")

    def lines(self, name: str) -> list[str]:
        return self.read(name).splitlines()

    def put(self, name: str, lines: list[str]) -> None:
        self.write(name, "".join(f"{line}\n" for line in lines))

    def get(self, name: str, line: int = 0) -> Any:
        return json.loads(self.lines(name)[line])

    def number(self, name: str, doc_id: str) -> int:
        """The number of the line about a document."""
        return [json.loads(line).get("doc_id") for line in self.lines(name)].index(doc_id)

    def edit(self, name: str, at: int | str, /, **changes: Any) -> None:
        """Put values at paths such as ``results__0__value`` of one line, by its number or id."""
        lines = self.lines(name)
        number = self.number(name, at) if isinstance(at, str) else at
        lines[number] = _dumped(_edited(json.loads(lines[number]), changes))
        self.put(name, lines)

    def manifest(self, **changes: Any) -> None:
        self.write("manifest.json", json.dumps(_edited(self.loaded(), changes), indent=2) + "\n")

    def loaded(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.read("manifest.json"))
        return loaded

    def drop(self, name: str, line: int) -> None:
        lines = self.lines(name)
        del lines[line]
        self.put(name, lines)

    def replace(self, old: str, new: str, *names: str) -> None:
        """Put one text in the place of another in files."""
        for name in names:
            assert old in self.read(name), name
            self.write(name, self.read(name).replace(old, new))


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _edited(value: Any, changes: Mapping[str, Any]) -> Any:
    for path, new in changes.items():
        *owners, last = [int(part) if part.isdigit() else part for part in path.split("__")]
        target = value
        for part in owners:
            target = target[part]
        target[last] = new
    return value


# Finished runs, each made once a process.


def _entries(path: Path, *, more: int = 0) -> Path:
    """An input of four documents, one of them twice, and an entry without an abstract."""
    documents = [_document(number) for number in range(1, 5 + more)]
    entries = [*documents, documents[0], {"id": "t9", "title": "Nothing"}]
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), "utf-8")
    return path


def _document(number: int) -> dict[str, Any]:
    one = make_document()
    return {
        "id": f"t{number}",
        "title": f"TERNLOOP {'I' * number}: Counting Seabirds",
        "abstract": one.abstract * (500 if number == 6 else 1),
        "authors": list(one.authors),
        "published": one.published,
        "url": f"https://papers.example/t{number}",
    }


def _replies(number: int, body: Any) -> Reply:
    """Good answers; the second document needs a correction, the fourth gets none."""
    asked = json.dumps(body["messages"])
    if body["model"] == "refuses":
        return refusal()
    if "TERNLOOP IIII:" in asked:
        return answer("")
    if "Pico" in json.dumps(body["response_format"]):
        return answer(json.dumps(PICO))
    is_first = "TERNLOOP II:" in asked and "99%" not in asked
    return answer(json.dumps(WRONG if is_first else TERN_ANSWER))


class Maker:
    """Makes runs below a folder, all with one cache."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._server = LoopbackServer(_replies)

    @cache  # noqa: B019 - as long as the process
    def run(self, name: str) -> Path:
        """The run of this name."""
        if name.endswith("_older"):
            return self._older(self.run(name.removesuffix("_older")), self.base / name)
        make: Callable[[Path], object] = getattr(self, name)
        make(self.base / name)
        return self.base / name

    def embedded(self, path: Path) -> None:
        self._go(path)

    def grown(self, path: Path) -> None:
        """A run that was made twice, of three documents and then of five."""
        self._go(path, RunOptions(output=path, limit=3))
        self._go(path, more=1)

    def model(self, path: Path) -> None:
        self._asked(path)

    def cached(self, path: Path) -> None:
        self.run("model")
        self._asked(path)

    def refused(self, path: Path) -> None:
        self._asked(path, model="refuses", cache=False)

    def long(self, path: Path) -> None:
        """A run of which the sixth document is too long."""
        self._go(path, more=2)

    def stopped(self, path: Path) -> None:
        self._asked(path, max_calls=1, concurrency=1, cache=False)

    def pico(self, path: Path) -> None:
        self._asked(path, schema="pico")

    def assisted(self, path: Path) -> None:
        """A run of a version in which a small model chose among what code had found."""
        shutil.copytree(self.run("model"), path)
        run = Folder(path)
        small = {"extractor": "assisted", "model": "tiny-135M", "prompt_version": "assist-1"}
        run.manifest(**{f"identity__{name}": value for name, value in small.items()})
        parts = {"problem.text": "model", "method.name": "code", "method.text": "model"}
        for name, more in ((RECORDS, {"parts": parts}), (FAILURES, {})):
            changes = {f"provenance__{key}": one for key, one in {**small, **more}.items()}
            for number in range(len(run.lines(name))):
                run.edit(name, number, **changes)
        for number in range(len(run.lines(ANSWERS))):
            run.edit(ANSWERS, number, task="method.text")
        run.manifest(settled__answers_until=len(run.read(ANSWERS).encode()))
        rehash(run)

    def _asked(self, path: Path, **settings: Any) -> None:
        if not self._server.requests:
            self._server.__enter__()
        more = {"model": "m", "base_url": self._server.base_url, "price_in": 1, "price_out": 2}
        self._go(path, **{**more, **settings})

    def _go(
        self, path: Path, options: RunOptions | None = None, more: int = 0, **settings: Any
    ) -> None:
        batch = read_batch([str(_entries(self.base / "birds.jsonl", more=more))])
        made = Settings.model_validate(
            {"cache_dir": self.base / "cache", "timeout": 10.0, "mode": "json_schema", **settings}
        )
        run(batch, made, options or RunOptions(output=path))

    @staticmethod
    def _older(path: Path, older: Path) -> Path:
        """The run as it was before hashes and cached answers were written down."""
        shutil.copytree(path, older)
        folder = Folder(older)
        manifest = folder.loaded()
        for name in ("hashes", "sha256"):
            manifest.pop(name, None)
        answers = [json.loads(line) for line in folder.lines("answers.jsonl")]
        kept = [one for one in answers if not one.pop("cached", False)]
        folder.put("answers.jsonl", [_dumped(one) for one in kept])
        if manifest["settled"]["answers_until"]:
            size = (older / "answers.jsonl").stat().st_size
            manifest["settled"]["answers_until"] = size
        folder.write("manifest.json", json.dumps(manifest, indent=2) + "\n")
        return older

    def close(self) -> None:
        self._server.stop()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Makes runs."""
    maker = Maker(tmp_path_factory.mktemp("runs"))
    yield maker
    maker.close()


Told = Callable[[Path], tuple[int, str]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """What `summarise verify` says of a folder: its exit code and its lines."""

    def call(path: Path) -> tuple[int, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["summarise", "verify", str(path)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out + err

    return call


class Forgery(NamedTuple):
    """One way to change a run.

    Attributes:
        run: What it works on.
        names: What a line must name.
        edit: Does it.
    """

    run: str
    names: str
    edit: Callable[[Folder], object]

    @property
    def name(self) -> str:
        return f"{self.run}-{self.edit.__name__}"


FORGERIES: list[Forgery] = []
UNNOTICED: list[Forgery] = []
Edit = Callable[[Folder], object]


def forgery(run: str, names: str, table: list[Forgery] = FORGERIES) -> Callable[[Edit], Edit]:
    """Enter a function into a table of forgeries."""

    def enter(edit: Edit) -> Edit:
        table.append(Forgery(run, names, edit))
        return edit

    return enter


RECORDS, DOCUMENTS, ANSWERS = "records.jsonl", "documents.jsonl", "answers.jsonl"
FAILURES, SKIPPED, TABLE, MANIFEST = "failures.jsonl", "skipped.jsonl", "table.md", "manifest.json"
LATER = "2031-01-01T00:00:00Z"


# 1. Documents.


@forgery("embedded", DOCUMENTS)
def documents_emptied(run: Folder) -> None:
    run.write(DOCUMENTS, "")


@forgery("embedded_older", "counts.documents")
def documents_emptied_in_an_older_run(run: Folder) -> None:
    run.write(DOCUMENTS, "")


@forgery("embedded", DOCUMENTS)
def documents_gone(run: Folder) -> None:
    (run.path / DOCUMENTS).unlink()


@forgery("embedded", DOCUMENTS)
def a_document_dropped(run: Folder) -> None:
    run.drop(DOCUMENTS, 1)


@forgery("model_older", "counts.documents")
def a_document_dropped_in_an_older_run(run: Folder) -> None:
    run.drop(DOCUMENTS, 1)


@forgery("embedded", DOCUMENTS)
def a_document_added(run: Folder) -> None:
    run.put(DOCUMENTS, [*run.lines(DOCUMENTS), _dumped({**run.get(DOCUMENTS), "doc_id": "x"})])


@forgery("embedded_older", DOCUMENTS)
def a_document_doubled(run: Folder) -> None:
    run.put(DOCUMENTS, [*run.lines(DOCUMENTS), run.lines(DOCUMENTS)[0]])


@forgery("embedded_older", DOCUMENTS)
def a_document_in_the_place_of_another(run: Folder) -> None:
    lines = run.lines(DOCUMENTS)
    run.put(DOCUMENTS, [lines[0], lines[0], *lines[2:]])


@forgery("embedded", DOCUMENTS)
def documents_in_another_order(run: Folder) -> None:
    run.put(DOCUMENTS, run.lines(DOCUMENTS)[::-1])


@forgery("embedded", "t2")
def the_abstract_of_a_document(run: Folder) -> None:
    run.edit(DOCUMENTS, "t2", abstract="Nothing of all this.")


@forgery("model", "t1: url")
def the_url_of_a_document(run: Folder) -> None:
    run.edit(DOCUMENTS, "t1", url="https://elsewhere.example/")


@forgery("model", "t3: authors")
def the_authors_of_a_document(run: Folder) -> None:
    run.edit(DOCUMENTS, "t3", authors=["Nobody"])


@forgery("embedded", DOCUMENTS)
def the_organisation_of_a_document(run: Folder) -> None:
    run.edit(DOCUMENTS, "t1", organisation="Another Place")


@forgery("embedded", DOCUMENTS)
def the_line_of_a_document(run: Folder) -> None:
    run.edit(DOCUMENTS, "t1", line=99)


@forgery("embedded", "another: content_hash")
def the_id_of_a_document(run: Folder) -> None:
    run.edit(DOCUMENTS, "t1", doc_id="another")


@forgery("embedded", DOCUMENTS)
def a_document_that_is_no_json(run: Folder) -> None:
    run.put(DOCUMENTS, ["{", *run.lines(DOCUMENTS)[1:]])


# 2. Records: what they repeat, what they say, what code derives.


@forgery("embedded", "t1: title")
def the_title_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", title="Another")


@forgery("embedded", "t2: url")
def the_url_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t2", url="https://elsewhere.example/")


@forgery("model_older", "t1: url")
def the_url_of_a_record_in_an_older_run(run: Folder) -> None:
    run.edit(RECORDS, "t1", url="https://elsewhere.example/")


@forgery("embedded", "t1: authors")
def the_authors_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", authors=["Nobody"])


@forgery("grown", "t1: authors")
def the_authors_of_a_record_from_before(run: Folder) -> None:
    run.edit(RECORDS, "t1", authors=["Nobody"])


@forgery("embedded", "t1: author_count")
def the_number_of_authors(run: Folder) -> None:
    run.edit(RECORDS, "t1", author_count=11)


@forgery("embedded", "t1: published")
def the_date_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", published="1999")


@forgery("embedded", "t1: problem.text")
def the_problem_of_an_embedded_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", problem__text="Boats miss most nests.")


@forgery("model", "t1: problem.text")
def the_problem_of_a_model(run: Folder) -> None:
    run.edit(RECORDS, "t1", problem__text="Boats miss most nests.")


@forgery("cached", "t1: problem.text")
def the_problem_of_a_cached_answer(run: Folder) -> None:
    run.edit(RECORDS, "t1", problem__text="Boats miss most nests.")


@forgery("cached", "t1: results[0].claim")
def the_claim_of_a_cached_answer(run: Folder) -> None:
    run.edit(RECORDS, "t1", results__0__claim="Recall falls from 67.2% to 41.5%.")


@forgery("pico", "t1: population.text")
def the_population_of_a_trial(run: Folder) -> None:
    run.edit(RECORDS, "t1", population__text="Seabird counts.")


@forgery("pico", "t1: results[0].value")
def the_value_of_a_trial(run: Folder) -> None:
    run.edit(RECORDS, "t1", results__0__value="76.2%")


@forgery("model", "t2: results[0].value")
def a_value_of_the_first_answer(run: Folder) -> None:
    run.edit(RECORDS, "t2", results__0__value="99%")


@forgery("model", "t1: data[0].role")
def the_role_of_data(run: Folder) -> None:
    run.edit(RECORDS, "t1", data__0__role="evaluation")


@forgery("model", "t1: results")
def a_result_dropped(run: Folder) -> None:
    run.edit(RECORDS, "t1", results=[])


@forgery("model", "t1: method.sentences")
def the_sentences_of_the_method(run: Folder) -> None:
    run.edit(RECORDS, "t1", method__sentences=[2, 3])


@forgery("model", "t1: method.name")
def the_span_of_a_name(run: Folder) -> None:
    run.edit(RECORDS, "t1", verbatims__0__span=[0, 8])


@forgery("model", "t1: verbatims")
def what_was_cited_first(run: Folder) -> None:
    run.edit(RECORDS, "t1", verbatims__0__cited=[4])


@forgery("embedded", "t1: corrections")
def corrections_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", corrections=["checked by an expert"])


@forgery("model", "t1: corrections")
def corrections_of_a_model(run: Folder) -> None:
    run.edit(RECORDS, "t1", corrections=["checked by an expert"])


@forgery("embedded", "t1: unclaimed")
def unclaimed_quantities(run: Folder) -> None:
    one = {"text": "S", "span": [0, 1], "kind": "number", "value": 1.0, "unit": None}
    run.edit(RECORDS, "t1", unclaimed=[one])


@forgery("model", "t1: unsupported")
def unsupported_statements(run: Folder) -> None:
    run.edit(RECORDS, "t1", unsupported=[{"path": "problem.text", "tokens": ["7"]}])


@forgery("model", "t1: instructions")
def instructions_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", instructions=[1])


@forgery("model", "t1: links")
def links_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", links=["https://elsewhere.example/"])


@forgery("model", "t1: content_hash")
def the_hash_of_a_records_text(run: Folder) -> None:
    run.edit(RECORDS, "t1", content_hash="0" * 32)


@forgery("embedded", RECORDS)
def records_emptied(run: Folder) -> None:
    run.write(RECORDS, "")


@forgery("stopped", RECORDS)
def a_record_deleted_of_a_stopped_run(run: Folder) -> None:
    run.drop(RECORDS, 0)


@forgery("stopped_older", "counts.records")
def a_record_deleted_of_an_older_stopped_run(run: Folder) -> None:
    run.drop(RECORDS, 0)


@forgery("embedded", "counts.records")
def a_complete_run_called_stopped_with_a_record_deleted(run: Folder) -> None:
    run.manifest(state="stopped")
    run.drop(RECORDS, 1)


@forgery("embedded", RECORDS)
def a_complete_run_called_running_with_a_record_deleted(run: Folder) -> None:
    run.manifest(state="running")
    run.drop(RECORDS, 1)


@forgery("embedded", RECORDS)
def a_later_record_of_the_same_document(run: Folder) -> None:
    record = {**run.get(RECORDS), "url": "https://elsewhere.example/"}
    run.put(RECORDS, [*run.lines(RECORDS), _dumped(record)])


@forgery("embedded", RECORDS)
def a_record_of_no_document(run: Folder) -> None:
    run.put(RECORDS, [*run.lines(RECORDS), _dumped({**run.get(RECORDS), "doc_id": "x"})])


@forgery("embedded", RECORDS)
def a_record_that_is_no_json(run: Folder) -> None:
    run.put(RECORDS, ["nothing", *run.lines(RECORDS)[1:]])


@forgery("embedded", "t1: record")
def a_record_without_its_draft(run: Folder) -> None:
    lines = run.lines(RECORDS)
    record = json.loads(lines[0])
    del record["method"]
    run.put(RECORDS, [_dumped(record), *lines[1:]])


# 3. Provenance.


@forgery("model", "t1: provenance.model")
def the_model_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__model="a-better-one")


@forgery("model", "t1: provenance.served_model")
def the_served_model(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__served_model="a-better-one")


@forgery("model_older", "t1: provenance.served_model")
def the_served_model_of_an_older_run(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__served_model="a-better-one")


@forgery("model", "t1: provenance.endpoint_host")
def the_host_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__endpoint_host="elsewhere.example")


@forgery("model", "t1: provenance.sampling")
def the_sampling_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__sampling={"temperature": 0.0})


@forgery("model", "t1: provenance.prompt_version")
def the_prompt_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__prompt_version="v9")


@forgery("model", "t1: provenance.schema_fingerprint")
def the_schema_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__schema_fingerprint="0" * 16)


@forgery("model", "t1: provenance.cost")
def the_cost_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__cost="0.01")


@forgery("model_older", "t1: provenance.cost")
def the_cost_of_a_record_in_an_older_run(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__cost="0.01")


@forgery("embedded", "t1: provenance.cost")
def the_cost_of_an_embedded_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__cost="0.01")


@forgery("model", "t2: provenance.usage")
def the_tokens_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t2", provenance__usage__output_tokens=1)


@forgery("model", "t2: provenance")
def the_calls_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t2", provenance__calls=1)


@forgery("model", "t2: provenance.reasks")
def the_reasks_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t2", provenance__reasks=0)


@forgery("model", "t1: provenance.attempts")
def the_attempts_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__attempts=0)


@forgery("model", "t1: provenance.latency")
def the_latency_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__latency=0.0001)


@forgery("model", "t1: provenance.input_was_cut")
def whether_the_input_was_cut(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__input_was_cut=True)


@forgery("model", "t1: provenance.mode")
def the_mode_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__mode="tools")


@forgery("model", "t1: provenance.created")
def the_time_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__created=LATER)


@forgery("embedded_older", "t1: provenance.created")
def the_time_of_an_older_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__created="1999-01-01T00:00:00Z")


@forgery("model", "t1: provenance.parts")
def the_parts_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__parts={"problem": "code"})


@forgery("model", "t1: problem.text")
def a_cache_hit_and_another_problem(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__cache_hit=True, problem__text="Boats miss most nests.")


@forgery("model_older", "t1: provenance.cache_hit")
def a_cache_hit_alone(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__cache_hit=True)


@forgery("embedded", "t1: provenance.extractor")
def another_extractor_and_another_problem(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__extractor="llm", problem__text="Boats miss most nests.")


@forgery("model", "t1: provenance.extractor")
def the_embedded_extractor_in_the_place_of_a_model(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__extractor="embedded", provenance__version="0.0.1")


@forgery("embedded", "t1: provenance.version")
def another_version_and_another_problem(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__version="9", problem__text="Boats miss most nests.")


@forgery("model", "t1: provenance.version")
def another_version_of_a_model(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__version="9", links=["https://elsewhere.example/"])


@forgery("model", "t1: provenance.fingerprint")
def the_fingerprint_of_a_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__fingerprint="0" * 16)


@forgery("cached", "t1: provenance.saved")
def what_the_cache_saved(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__saved__cost="100")


@forgery("cached", "t1: provenance")
def an_answer_of_the_cache_called_bought(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__cache_hit=False)


@forgery("assisted", "t1: provenance.fingerprint")
def who_made_an_assisted_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", provenance__fingerprint="0" * 16)


@forgery("assisted", "t1: results[0].value")
def a_value_of_an_assisted_record(run: Folder) -> None:
    run.edit(RECORDS, "t1", results__0__value="99%")


# 4. Failures and skipped entries.


@forgery("model", FAILURES)
def the_message_of_a_failure(run: Folder) -> None:
    run.edit(FAILURES, 0, message="The server was down.")


@forgery("model_older", "t4: message")
def the_message_of_an_older_failure(run: Folder) -> None:
    run.edit(FAILURES, 0, message="The server was down.")


@forgery("model", "t4: kind")
def the_kind_of_a_failure(run: Folder) -> None:
    run.edit(FAILURES, 0, kind="refused")


@forgery("model", "t4: raw_text")
def what_a_failure_was_answered(run: Folder) -> None:
    run.edit(FAILURES, 0, raw_text="I won't.")


@forgery("model", "t4: title")
def the_title_of_a_failure(run: Folder) -> None:
    run.edit(FAILURES, 0, title="Another")


@forgery("model", "t4: provenance.model")
def the_model_of_a_failure(run: Folder) -> None:
    run.edit(FAILURES, 0, provenance__model="a-better-one")


@forgery("model", "t4: provenance.cost")
def the_cost_of_a_failure(run: Folder) -> None:
    run.edit(FAILURES, 0, provenance__cost="0")


@forgery("model", FAILURES)
def a_failure_deleted(run: Folder) -> None:
    run.write(FAILURES, "")


@forgery("model_older", "t4")
def a_failure_deleted_in_an_older_run(run: Folder) -> None:
    run.write(FAILURES, "")


@forgery("embedded", "counts.failures")
def a_record_turned_into_a_failure(run: Folder) -> None:
    record = run.get(RECORDS, 1)
    kept = ("doc_id", "content_hash", "title", "provenance")
    failure = {name: record[name] for name in kept}
    run.drop(RECORDS, 1)
    run.put(FAILURES, [_dumped({**failure, "kind": "refused", "message": "No."})])


@forgery("embedded", SKIPPED)
def skipped_emptied(run: Folder) -> None:
    run.write(SKIPPED, "")


@forgery("embedded_older", "counts.duplicate")
def a_skipped_entry_dropped_in_an_older_run(run: Folder) -> None:
    run.put(SKIPPED, [one for one in run.lines(SKIPPED) if '"duplicate"' not in one])


@forgery("embedded", SKIPPED)
def the_reason_of_a_skipped_entry(run: Folder) -> None:
    run.edit(SKIPPED, 0, reason="it was empty")


@forgery("embedded_older", "counts.no_abstract")
def the_kind_of_a_skipped_entry(run: Folder) -> None:
    for number, line in enumerate(run.lines(SKIPPED)):
        if '"no_abstract"' in line:
            run.edit(SKIPPED, number, kind="unreadable")


# 5. Answers.


@forgery("model", ANSWERS)
def answers_emptied(run: Folder) -> None:
    run.write(ANSWERS, "")


@forgery("model_older", "t1: answers.jsonl")
def an_answer_deleted_in_an_older_run(run: Folder) -> None:
    kept = [one for one in run.lines(ANSWERS) if '"doc_id":"t1"' not in one]
    run.put(ANSWERS, kept)


@forgery("cached", "t1: answers.jsonl")
def a_cached_answer_deleted(run: Folder) -> None:
    kept = [one for one in run.lines(ANSWERS) if '"doc_id":"t1"' not in one]
    run.put(ANSWERS, kept)


@forgery("model", "spent")
def the_cost_of_an_answer(run: Folder) -> None:
    run.edit(ANSWERS, 0, completion__cost="0")


@forgery("model_older", "spent")
def the_tokens_of_an_older_answer(run: Folder) -> None:
    run.edit(ANSWERS, 0, completion__usage__input_tokens=1)


@forgery("model", "t1: results[0].claim")
def the_text_of_an_answer(run: Folder) -> None:
    run.replace("rises to 67.2%", "falls to 41.5%", ANSWERS)


@forgery("cached", "t1: results[0].claim")
def the_text_of_a_cached_answer(run: Folder) -> None:
    run.replace("rises to 67.2%", "falls to 41.5%", ANSWERS)


@forgery("model", "spent")
def an_answer_called_cached(run: Folder) -> None:
    run.edit(ANSWERS, 0, cached=True)


@forgery("model", ANSWERS)
def the_key_of_an_answer(run: Folder) -> None:
    run.edit(ANSWERS, 0, key="0" * 64)


@forgery("model", "spent")
def an_answer_added(run: Folder) -> None:
    run.put(ANSWERS, [*run.lines(ANSWERS), run.lines(ANSWERS)[0]])


# 6. The manifest.


@forgery("model", "counts.records")
def the_count_of_records(run: Folder) -> None:
    run.manifest(counts__records=30)


@forgery("model_older", "counts.flagged")
def the_count_of_flagged_in_an_older_run(run: Folder) -> None:
    run.manifest(counts__flagged=2)


@forgery("model", "counts.failures")
def the_count_of_failures(run: Folder) -> None:
    run.manifest(counts__failures=0)


@forgery("model", "counts.entries")
def the_count_of_entries(run: Folder) -> None:
    run.manifest(counts__entries=400)


@forgery("model", MANIFEST)
def counts_emptied(run: Folder) -> None:
    run.manifest(counts={})


@forgery("model", "spent")
def what_was_spent(run: Folder) -> None:
    run.manifest(spent__cost="0")


@forgery("model_older", "spent")
def what_was_spent_in_an_older_run(run: Folder) -> None:
    run.manifest(spent__calls=1)


@forgery("model", "t1: provenance.model")
def the_model_of_the_run(run: Folder) -> None:
    run.manifest(identity__model="a-better-one")


@forgery("model_older", "t1: provenance.model")
def the_model_of_an_older_run(run: Folder) -> None:
    run.manifest(identity__model="a-better-one")


@forgery("model", "identity.schema_fingerprint")
def the_schema_of_the_run(run: Folder) -> None:
    run.manifest(identity__schema_fingerprint="0" * 16)


@forgery("pico", "schema")
def a_description_in_the_schema(run: Folder) -> None:
    run.manifest(schema_form__description="Another")


@forgery("model", MANIFEST)
def the_input_of_the_run(run: Folder) -> None:
    run.manifest(inputs__0__name="other.jsonl")


@forgery("model", MANIFEST)
def the_hash_of_the_input(run: Folder) -> None:
    run.manifest(inputs__0__sha256="0" * 64)


@forgery("model", MANIFEST)
def when_the_run_was_made(run: Folder) -> None:
    run.manifest(created="1999-01-01T00:00:00Z")


@forgery("model", MANIFEST)
def a_complete_run_called_interrupted(run: Folder) -> None:
    run.manifest(state="interrupted")


@forgery("model", MANIFEST)
def old_records_made_to_count_no_more(run: Folder) -> None:
    run.manifest(records_from=len(run.lines(RECORDS)[0].encode()) + 1)


@forgery("model", MANIFEST)
def figures_that_were_settled(run: Folder) -> None:
    run.manifest(settled__spent__cost="0")


# 7. The table.


@forgery("embedded", TABLE)
def a_cell_of_the_table(run: Folder) -> None:
    run.replace("67.2%", "97.2%", TABLE)


@forgery("embedded_older", TABLE)
def a_cell_of_an_older_table(run: Folder) -> None:
    run.replace("67.2%", "97.2%", TABLE)


@forgery("model", TABLE)
def the_table_gone(run: Folder) -> None:
    (run.path / TABLE).unlink()


@forgery("pico", TABLE)
def a_line_added_to_the_table(run: Folder) -> None:
    run.write(TABLE, run.read(TABLE) + "Checked by an expert.\n")


def untold(run: Folder, rendered: str | None, table: bool = True, **changes: Any) -> None:
    """Change a cell, and take out or garble what tells what the table was made of."""
    run.replace("67.2%", "97.2%", TABLE)
    run.manifest(**changes)
    rehash(run)
    run.manifest(rendered=rendered)
    if not table:
        run.manifest(hashes__table=None)
    resign(run)


@forgery("embedded", TABLE)
def a_cell_and_nothing_told_of_the_table(run: Folder) -> None:
    untold(run, None)


@forgery("model", TABLE)
def a_cell_and_garbage_told_of_the_table(run: Folder) -> None:
    untold(run, "garbage")


@forgery("model", TABLE)
def a_cell_and_no_hash_of_the_table(run: Folder) -> None:
    untold(run, None, table=False)


@forgery("stopped", "rendered: stored nothing, now what the table was made of")
def a_cell_of_a_stopped_run_and_nothing_told_of_the_table(run: Folder) -> None:
    untold(run, None)


@forgery("embedded", TABLE)
def a_cell_of_a_run_called_running(run: Folder) -> None:
    untold(run, run.loaded()["rendered"], state="running")


# 8. Several files that agree with each other.


@forgery("embedded", "t1")
def a_number_of_record_and_document_and_table(run: Folder) -> None:
    run.replace("67.2%", "97.2%", RECORDS, DOCUMENTS, TABLE)


@forgery("model", ANSWERS)
def a_claim_of_record_and_answer_and_table(run: Folder) -> None:
    run.replace("rises to 67.2%", "falls to 41.5%", RECORDS, ANSWERS)


@forgery("model", DOCUMENTS)
def authors_of_record_and_document_and_table(run: Folder) -> None:
    run.replace("Ada Fenn", "Eve Else", RECORDS, DOCUMENTS, TABLE)


@forgery("model", MANIFEST)
def the_model_everywhere_but_in_the_answers(run: Folder) -> None:
    run.replace('"model":"m"', '"model":"n"', RECORDS, FAILURES)
    run.manifest(identity__model="n")


# 9. Hashes made anew as well: what is left is what the files say of each other.


def rehash(run: Folder) -> None:
    """Write down the hashes of what the files are now."""
    manifest = run.loaded()
    chains = {
        name: chained(run.path / f"{name}.jsonl", Chain()).model_dump()
        for name in ("answers", "records", "failures")
    }
    manifest["hashes"] = {
        "documents": file_hash(run.path / DOCUMENTS),
        "skipped": file_hash(run.path / SKIPPED),
        "duplicates": file_hash(run.path / "duplicates.jsonl"),
        "gone": file_hash(run.path / "gone.jsonl"),
        "table": file_hash(run.path / TABLE),
        **chains,
    }
    held = Manifest.model_validate(manifest)
    manifest["rendered"] = contents_hash(run.path, held, manifest["hashes"]["documents"])
    run.write(MANIFEST, json.dumps(manifest, indent=2) + "\n")
    resign(run)


def resign(run: Folder) -> None:
    """Write down the hash of what the manifest is now."""
    run.manifest(sha256=manifest_hash(run.read(MANIFEST).encode()))


def unhash(run: Folder) -> None:
    """Take the hashes out, so that the run looks like an older one."""
    manifest = run.loaded()
    del manifest["hashes"], manifest["sha256"]
    run.write(MANIFEST, json.dumps(manifest, indent=2) + "\n")


def rehashed(run: str, edit: Edit, names: str | None = None) -> None:
    """Enter a forgery of above with new hashes."""
    (names_before,) = (one.names for one in FORGERIES if one.edit is edit)

    def and_rehash(folder: Folder) -> None:
        edit(folder)
        rehash(folder)

    and_rehash.__name__ = f"{edit.__name__}_and_the_hashes"
    forgery(run, names or names_before)(and_rehash)


rehashed("embedded", the_problem_of_an_embedded_record)
rehashed("model", the_claim_of_a_cached_answer)
rehashed("cached", the_claim_of_a_cached_answer)
rehashed("model", the_text_of_an_answer)
rehashed("embedded", a_cell_of_the_table)
rehashed("embedded", a_document_dropped, "counts.documents")
rehashed("embedded", the_url_of_a_record)
rehashed("model", the_model_of_a_record)
rehashed("model", the_cost_of_a_record)
rehashed("cached", what_the_cache_saved)
rehashed("model", the_kind_of_a_failure)
rehashed("model", the_count_of_records)
rehashed("model", what_was_spent)
rehashed("embedded", skipped_emptied, "counts.duplicate")
rehashed("stopped", a_record_deleted_of_a_stopped_run, "counts.records")


rehashed("model", the_prompt_of_a_record)
rehashed("model", another_version_of_a_model)
rehashed("embedded", documents_in_another_order, "line")
rehashed("embedded", the_line_of_a_document, "t2: line: stored 2, now at least 99")
rehashed("embedded", a_record_of_no_document, "counts.reused")
rehashed("model", a_record_of_no_document, "counts.reused")


def forged(run: str, names: str, name: str, file: str, at: int | str = 0, **changes: Any) -> None:
    """Enter an edit of one line, or of the manifest, with new hashes."""

    def edit(folder: Folder) -> None:
        folder.manifest(**changes) if file == MANIFEST else folder.edit(file, at, **changes)
        rehash(folder)

    edit.__name__ = name
    forgery(run, names)(edit)


for key, to in {"prompt_version": "v9", "schema_name": "Other", "version": "9"}.items():
    forged("model", key, f"{key}_of_a_record", RECORDS, "t1", **{f"provenance__{key}": to})
    forged("model", key, f"{key}_of_the_run", MANIFEST, **{f"identity__{key}": to})
    forged("cached", key, f"{key}_of_the_run_again", MANIFEST, **{f"identity__{key}": to})
forged("embedded", "identity.fingerprint", "version", MANIFEST, identity__version="9")
for key, number in {"attempts": 9, "reasks": 1}.items():
    forged("model", key, f"{key}_of_a_record", RECORDS, "t1", **{f"provenance__{key}": number})
forged("embedded", "t2: source", "source_of_a_document", DOCUMENTS, "t2", source="b.jsonl")
forged("embedded", "source", "source_of_a_skipped_entry", SKIPPED, source="b.jsonl")
forged("embedded", "line", "line_of_a_skipped_entry", SKIPPED, line=99)
forged("model", "source", "name_of_an_input", MANIFEST, inputs__0__name="other.jsonl")
forged("model", "inputs", "path_of_an_input", MANIFEST, inputs__0__path="other.jsonl")
forged("stopped", "content_hash", "stopped_called_complete", MANIFEST, state="complete")
forged("embedded", "state", "complete_called_stopped", MANIFEST, state="stopped")
for key in ("calls", "cached", "reused"):
    forged("model", "counts.", f"count_of_{key}", MANIFEST, **{f"counts__{key}": 1})
forged("cached", "counts.cached", "count_of_cached_of_a_cached_run", MANIFEST, counts__cached=1)
forged("model", "t4: answered_until", "answered_until", FAILURES, answered_until=7)
forged("model", "t4: message", "kind_of_a_failure", FAILURES, kind="too_long")
forged("model", "t4: message", "message_of_a_failure", FAILURES, message="Fine.")
forged("long", "t6: message", "too_long", FAILURES, message="title and abstract have 9 characters")
forged("long", "t6: message", "too_long_refused", FAILURES, kind="refused", message="No.")
forged("model", "t4", "text_of_a_failed_answer", ANSWERS, "t4", completion__text="Gulls.")
forged("refused", "t1: raw_text", "text_of_a_refusal", ANSWERS, "t1", completion__text="Yes.")


@forgery("embedded", TABLE)
def hashes_taken_out_and_a_cell_of_the_table(run: Folder) -> None:
    unhash(run)
    run.replace("67.2%", "97.2%", TABLE)


for one_run in ("embedded", "model"):
    forged(one_run, "inputs: stored nothing", "inputs_emptied", MANIFEST, inputs=[])
    forged(one_run, "a SHA-256", "hash_of_an_input", MANIFEST, inputs__0__sha256="none")
    for mark in ("answers_from", "records_from", "failures_from", "shown_from"):
        forged(one_run, mark, f"{mark}_beyond_the_file", MANIFEST, **{mark: 10**6})
forged("model", "a SHA-256", "key_of_an_answer", ANSWERS, key="none")


@forgery("model", "author_count")
def fewer_authors_than_are_named_and_the_hashes(run: Folder) -> None:
    for name in (DOCUMENTS, RECORDS):
        run.edit(name, "t1", author_count=1)
    rehash(run)


# What nothing can notice: docs/checking.md says so.


@forgery("embedded", "authors", UNNOTICED)
def authors_everywhere(run: Folder) -> None:
    run.replace("Ada Fenn", "Eve Else", RECORDS, DOCUMENTS, TABLE)
    rehash(run)


@forgery("model", "an answer", UNNOTICED)
def an_answer_its_record_and_the_table(run: Folder) -> None:
    run.replace("rises to 67.2%", "moves to 67.2%", RECORDS, ANSWERS)
    rehash(run)


@forgery("model", "the model", UNNOTICED)
def the_model_everywhere(run: Folder) -> None:
    run.replace('"model":"m"', '"model":"n"', RECORDS, FAILURES)
    run.manifest(identity__model="n")
    rehash(run)


@forgery("model", "hash of an input", UNNOTICED)
def what_an_input_held(run: Folder) -> None:
    run.manifest(inputs__0__sha256="0" * 64)
    rehash(run)


@forgery("model", "times of the run", UNNOTICED)
def when_the_directory_was_made(run: Folder) -> None:
    run.manifest(created="1999-01-01T00:00:00Z")
    rehash(run)


@forgery("model", "interrupted", UNNOTICED)
def a_complete_run_called_interrupted_and_the_hashes(run: Folder) -> None:
    run.manifest(state="interrupted")
    rehash(run)


@forgery("embedded", "skipped", UNNOTICED)
def why_an_entry_was_skipped(run: Folder) -> None:
    run.edit(SKIPPED, 0, reason="it was empty")
    rehash(run)


@forgery("embedded", "was piped in", UNNOTICED)
def that_an_input_was_a_file(run: Folder) -> None:
    run.manifest(inputs__0__path=None)
    rehash(run)


@forgery("embedded", "skipped", UNNOTICED)
def where_an_entry_was_skipped(run: Folder) -> None:
    run.edit(SKIPPED, 0, line=run.get(DOCUMENTS, 3)["line"])
    rehash(run)


@forgery("model", "key of an answer", UNNOTICED)
def the_key_of_an_answer_and_the_hashes(run: Folder) -> None:
    run.edit(ANSWERS, 0, key="0" * 64)
    rehash(run)


@forgery("model", "later one outdates", UNNOTICED)
def a_record_told_twice(run: Folder) -> None:
    run.put(RECORDS, [run.lines(RECORDS)[0], *run.lines(RECORDS)])
    rehash(run)


@forgery("embedded", "hashes", UNNOTICED)
def hashes_taken_out_and_the_line_of_a_document(run: Folder) -> None:
    unhash(run)
    run.edit(DOCUMENTS, "t4", line=99)


RUNS = ("embedded", "grown", "model", "cached", "stopped", "pico", "assisted", "refused", "long")


@pytest.mark.parametrize("name", [*RUNS, *(f"{one}_older" for one in RUNS)])
def test_a_run_that_nobody_touched_is_clean(made: Maker, told: Told, name: str) -> None:
    """Without a forgery nothing is told of any of these runs, however old."""
    code, said = told(made.run(name))
    assert (code, said.count("\n")) == (0, 1), said


def test_a_run_that_a_small_model_assisted_opens(made: Maker, told: Told) -> None:
    """Its records are held against the abstract alone, name the parts, and render as they did."""
    path = made.run("assisted")
    assert "3 held against the abstract alone" in told(path)[1]
    run_ = Run(path)
    records = [record for _, record in run_.rows() if isinstance(record, Record)]
    assert {record.provenance.parts["problem.text"] for record in records} == {"model"}
    assert "assisted extractor · tiny-135M" in render_record(run_.find("1"), run_.schema)


@pytest.mark.parametrize("one", FORGERIES, ids=[one.name for one in FORGERIES])
def test_a_forgery_is_told(made: Maker, told: Told, tmp_path: Path, one: Forgery) -> None:
    """A run that was changed leaves with 1, and a line names what and where."""
    path = Path(shutil.copytree(made.run(one.run), tmp_path / "forged"))
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    one.edit(Folder(path))
    assert {file.name: file.read_bytes() for file in path.iterdir()} != before
    code, said = told(path)
    assert code == 1, said
    assert one.names in said, said


@pytest.mark.parametrize("one", UNNOTICED, ids=[one.name for one in UNNOTICED])
def test_what_nothing_can_notice_is_documented(
    made: Maker, told: Told, tmp_path: Path, one: Forgery
) -> None:
    """Whoever changes all files alike, hashes included, isn't noticed, and the docs say so."""
    path = Path(shutil.copytree(made.run(one.run), tmp_path / "forged"))
    one.edit(Folder(path))
    assert told(path)[0] == 0
    assert one.names in " ".join((ROOT / "docs/checking.md").read_text("utf-8").split())
