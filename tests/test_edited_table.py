"""A table that somebody edited is neither lost nor taken for the run's own."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from summarise import Document, summarise
from tests.records import make_document

EDITED = "# My own words\n"


def go(*documents: Document) -> Path:
    """Runs the embedded extractor in one folder; gives the table."""
    return summarise(documents or (make_document(),), output="run").path / "table.md"


def test_an_edited_table_is_put_aside(caplog: pytest.LogCaptureFixture) -> None:
    """The next run keeps what a person wrote under another name, says so, and makes the table."""
    table = go()
    made = table.read_bytes()
    table.write_text(EDITED, "utf-8")
    with caplog.at_level(logging.WARNING, "summarise"):
        go()
    assert table.read_bytes() == made
    assert (table.parent / "table.edited.md").read_text("utf-8") == EDITED
    kept = "table.md: isn't as the last run left it. It is kept as table.edited.md"
    assert [message.endswith(kept) for message in caplog.messages] == [True]


def test_nothing_that_was_put_aside_is_replaced() -> None:
    """A second edited table gets a name of its own, also when there are new documents."""
    table = go()
    for number in range(3):
        table.write_text(f"{EDITED}{number}", "utf-8")
        go(make_document(), make_document(doc_id=f"more-{number}", title=f"More {number}"))
    names = ("table.edited.md", "table.edited1.md", "table.edited2.md")
    texts = [(table.parent / name).read_text("utf-8") for name in names]
    assert texts == [f"{EDITED}{number}" for number in range(3)]


def test_a_table_of_a_run_is_just_replaced(caplog: pytest.LogCaptureFixture) -> None:
    """A table that nobody touched makes no noise and leaves nothing, whatever the next run adds."""
    table = go()
    go()
    go(make_document(), make_document(doc_id="more", title="More"))
    table.unlink()
    go(make_document(), make_document(doc_id="more", title="More"))
    assert {path.name for path in table.parent.glob("table*")} == {"table.md"}
    assert not caplog.messages


def test_an_edited_table_of_an_older_run(caplog: pytest.LogCaptureFixture) -> None:
    """Without a hash from before, a table that isn't what the records give is put aside."""
    table = go()
    manifest = json.loads((table.parent / "manifest.json").read_text("utf-8"))
    del manifest["hashes"], manifest["sha256"]
    (table.parent / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    go()
    assert not caplog.messages
    (table.parent / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    table.write_text(EDITED, "utf-8")
    go()
    assert (table.parent / "table.edited.md").read_text("utf-8") == EDITED
