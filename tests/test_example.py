"""The committed example run and the README show what the program does today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from summarise.evaluate import Verification
from summarise.models import DoubtKind, Record
from summarise.store import Run
from tests import golden

AGAIN = "; `python -m tests.golden` makes it anew"
_UNSURE_PROBLEM = ("problem.text", DoubtKind.UNSURE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The fixture page, by the embedded extractor."""
    return Run(golden.example(tmp_path_factory.mktemp("example") / "run"))


def test_the_example_table_is_what_the_page_gives(made: Run) -> None:
    """outputs/example/table.md is, byte for byte, the table of the fixture page."""
    expected = (golden.EXAMPLE / "table.md").read_text("utf-8")
    assert (made.path / "table.md").read_text("utf-8") == expected, AGAIN


def test_the_example_opens_and_verifies() -> None:
    """What is committed is a run of today: every command takes it, and nothing in it differs."""
    verification = Verification(Run(golden.EXAMPLE))
    assert not any(verdict.differences for verdict in verification.verdicts()), AGAIN
    assert verification.closing_line() == "14 records verified, 0 differ", AGAIN


def test_the_readme_shows_the_example_and_the_figures() -> None:
    """The first rows of the table, and how right it is, as the page of accuracy has it."""
    assert golden.readme() == golden.README.read_text("utf-8"), AGAIN


def test_the_page_gives_a_record_for_each_document(made: Run) -> None:
    """At least 12 documents, all told of, none flagged; of one the problem is no sure one."""
    rows = list(made.rows())
    assert len(rows) >= 12
    for document, outcome in rows:
        assert isinstance(outcome, Record), document.title
        assert outcome.draft["problem"]["text"], document.title
        if (document.title or "").startswith("Clean or Leaking?"):
            # How things are done stands first there, and nothing is said to be wrong.
            assert _UNSURE_PROBLEM in {(doubt.path, doubt.kind) for doubt in outcome.doubts}
        assert outcome.draft["method"]["text"], document.title
        assert outcome.is_grounded, document.title


def test_every_span_is_exact(made: Run) -> None:
    """Each span of each record cuts its value out of the abstract or the title."""
    for document, record in made.rows():
        assert isinstance(record, Record)
        for value in record.verbatims:
            text = document.abstract if value.source == "abstract" else document.title or ""
            assert value.span is not None
            assert value.span.of(text) == value.value
        for span in record.sentence_spans:
            assert span.of(document.abstract).strip() == span.of(document.abstract) != ""


def test_no_index_address_in_the_lock() -> None:
    """The lock pins by hash and names no registry."""
    lock = Path(golden.ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    pins = re.findall(r"^[a-z0-9][^ ]*==", lock, re.MULTILINE)
    assert len(pins) > 30
    assert lock.count("--hash=sha256:") >= len(pins)
