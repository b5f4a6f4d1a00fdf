"""The paragraph for a methods section: what it tells, and that it tells nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from summarise import __version__
from summarise.batch import RunOptions, documents_batch, read_batch, run
from summarise.evaluate import accuracy_page, methods_paragraph
from summarise.evaluate.methods import accuracy
from summarise.models import DoubtKind, Record
from summarise.settings import load_settings
from summarise.store import Run
from tests.conftest import ROOT
from tests.records import make_document
from tests.test_cli import Command, summarise

__all__ = ["summarise"]

Make = Callable[..., Run]


@pytest.fixture
def made(tmp_path: Path) -> Run:
    """The fixture page, by the embedded extractor."""
    batch = read_batch([str(ROOT / "fixtures" / "daily_papers.txt")])
    path, _ = run(batch, load_settings({}, {}), RunOptions(output=tmp_path / "run"))
    return Run(path)


def test_what_a_run_by_code_alone_says(made: Run) -> None:
    """Version, day, fields, counts that balance, what was checked, figures of unseen papers."""
    text = methods_paragraph(made)
    assert "\n" not in text
    created = made.manifest.updated[:10]
    assert text.startswith(
        f"Abstracts were summarised on {created} (UTC) with summarise, version {__version__}, by "
        "its embedded extractor, which works by code alone. Each record holds problem, method, "
        "data, compute and results (schema Draft, fingerprint "
    )
    assert "1 input held 15 entries: 14 documents and 1 duplicate." in text
    assert "14 documents gave 14 records and no failure." in text
    assert "values that records copy: all stand there." in text
    records = [one for _, one in made.rows() if isinstance(one, Record)]
    unsure = sum(doubt.kind is DoubtKind.UNSURE for one in records for doubt in one.doubts)
    assert f"Of {unsure} entries the extractor itself isn't sure: tables leave them out" in text
    unseen = [row for row in accuracy().rows if "unseen" in row.abstracts]
    for row in unseen:
        assert f"On {row.papers} abstracts ({row.abstracts}) the authors" in text
        assert f"a precision of {row.precision} and a recall of {row.recall}" in text
    assert text.count("measured on") == len(unseen)


def test_what_was_never_measured_is_said(tmp_path: Path) -> None:
    """Other fields have no figures, whoever fills them in."""
    settings = load_settings({"schema": "pico"}, {})
    path, _ = run(documents_batch([make_document()]), settings, RunOptions(output=tmp_path / "p"))
    text = methods_paragraph(Run(path))
    assert "population, intervention, comparison, outcome and results" in text
    assert text.endswith("haven't measured how right records of these fields are.")


def test_a_model_is_named_as_it_was_asked_and_served(made: Run) -> None:
    """Model, host, prompt and sampling; its accuracy isn't that of the embedded extractor."""
    manifest = json.loads((made.path / "manifest.json").read_text("utf-8"))
    manifest["identity"] |= {
        "extractor": "llm", "model": "tern-2", "endpoint_host": "api.example",
        "prompt_version": "v3",
        "prompt_fingerprint": "ab" * 8, "sampling": {"temperature": 0.0},
    }  # fmt: skip
    manifest["state"] = "stopped"
    (made.path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    lines = (made.path / "records.jsonl").read_text("utf-8")
    served = lines.replace('"served_model":null', '"served_model":"tern-2-2026"')
    (made.path / "records.jsonl").write_text(served, "utf-8")
    text = methods_paragraph(Run(made.path))
    prompt = "prompt v3, fingerprint abababababababab; temperature 0.0"
    assert f"by the model tern-2 (served as tern-2-2026) at api.example ({prompt})." in text
    assert "The run was stopped before its end." in text
    assert text.endswith("haven't measured how right records by this model are.")


def test_the_figures_are_those_of_the_page() -> None:
    """The first table of docs/accuracy.md, which is what is installed."""
    page = (ROOT / "docs" / "accuracy.md").read_text("utf-8")
    assert accuracy_page() == page
    found = accuracy()
    assert f"Measured on {found.date}, version {found.version}." in page
    assert len(found.rows) >= 4
    for row in found.rows:
        assert f"| {row.abstracts} | {row.who} | {row.papers} | {row.mean_f1} | " in page


def test_the_command(summarise: Command, made: Run) -> None:
    """The closing line of a run points to it; --accuracy prints the page."""
    told = summarise("methods", made.path)
    assert (told.code, told.err) == (0, "")
    assert told.out == f"{methods_paragraph(made)}\n"
    assert summarise("methods", made.path, "--accuracy").out == accuracy_page()
    again = summarise("run", ROOT / "fixtures" / "daily_papers.txt", "-o", made.path)
    assert f"`summarise methods {made.path}` tells how right it is" in again.err


def test_how_to_cite_it() -> None:
    """CITATION.cff has what CFF 1.2.0 requires, and the version of today."""
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(told)
    assert told["cff-version"] == "1.2.0"
    assert told["version"] == __version__
    assert told["license"] == "Apache-2.0"
