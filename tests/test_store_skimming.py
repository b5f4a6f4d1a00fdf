"""Records of which only what a page shows is built: they are what they would be as a whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from summarise.models import Record
from summarise.render import Style, View, view_of
from summarise.schema import Draft, misfit, shape_of
from summarise.store import Run
from summarise.store.skimming import SkimmedRecord, skimmer_of

EXAMPLE = Path(__file__).parents[1] / "outputs" / "example"
SHAPE = shape_of(Draft)
OTHERS: list[Any] = [None, True, 7, 1.5, "missing", "2", "", [], {}, ["a"], [[3, 1]], {"a": 1}]
"""What somebody may put in the place of a value."""


def lines() -> list[bytes]:
    """Those of the example, the one first that says most."""
    found = (EXAMPLE / "records.jsonl").read_bytes().splitlines()
    return sorted(found, key=len, reverse=True)


def edited(value: Any) -> Iterator[Any]:
    """A value of JSON with one place in it put right, or wrong, or left out."""
    yield from OTHERS
    if isinstance(value, dict):
        yield {**value, "another": 1}
        for key, held in value.items():
            yield {name: one for name, one in value.items() if name != key}
            yield from ({**value, key: one} for one in edited(held))
    elif isinstance(value, list):
        for at, held in enumerate(value[:2]):
            yield from ([*value[:at], one, *value[at + 1 :]] for one in edited(held))


def whole_of(line: bytes) -> Record | None:
    """The record of a line as `Run.rows()` has it."""
    try:
        record = Record.model_validate_json(line)
    except ValidationError:
        return None
    return record if misfit(SHAPE, record.draft) is None else None


def as_far_as_shown(value: Any, model: Any) -> Any:
    """A value without what the other, of the same place, doesn't hold."""
    if isinstance(value, dict) and isinstance(model, dict):
        return {key: as_far_as_shown(value[key], model[key]) for key in model}
    if isinstance(value, list) and isinstance(model, list):
        return [as_far_as_shown(one, two) for one, two in zip(value, model, strict=True)]
    return value


def test_a_line_that_is_no_record_is_skimmed_by_nobody() -> None:
    """Whatever is edited in a line: what is skimmed is a record, and says the same."""
    skimmer, skimmed, refused = skimmer_of(SHAPE), 0, 0
    for told in edited(json.loads(lines()[0])):
        line = json.dumps(told).encode()
        whole = whole_of(line)
        try:
            one = skimmer.read(line)
        except ValidationError:
            refused += whole is None
            continue
        assert whole is not None, told
        skimmed += 1
        assert one.draft == as_far_as_shown(whole.draft, one.draft)
        assert one.draft.keys() == whole.draft.keys() & {field.name for field in SHAPE.inside}
        for name in ("missing", "unsupported", "doubts", "instructions", "verbatim_count"):
            assert getattr(one, name) == getattr(whole, name), name
        for name in ("is_flagged", "is_unread", "doubtful", "input_was_cut", "judgements"):
            assert getattr(one, name) == getattr(whole, name), name
    assert skimmed > 100
    assert refused > 1000


def test_the_rest_is_built_when_it_is_asked_for() -> None:
    """Each field of a skimmed record is that of the whole one; an unknown name is none."""
    for line in lines():
        whole = Record.model_validate_json(line)
        for name in Record.model_fields:
            try:
                one = skimmer_of(SHAPE).read(line)
            except ValidationError:
                assert whole.written_in or whole.input_was_cut
                continue
            assert getattr(one, name) == getattr(whole, name)
            with pytest.raises(AttributeError, match="nowhere"):
                _ = one.nowhere


@pytest.mark.parametrize("style", Style)
def test_pages_are_the_same(style: Style) -> None:
    """Rows of skimmed records are those of whole ones, and some are skimmed."""
    kinds: set[type] = set()
    pages: list[Any] = []
    for is_page in (True, False):
        view = View(where="results or not results", style=style)
        table = view_of([Run(EXAMPLE)], view, is_page=is_page)
        rows = list(table.rows)
        kinds.update(type(row.row[1]) for row in rows if row.row)
        pages.append([row._replace(row=None) for row in rows])
        pages.append(vars(table.counts))
    assert pages[:2] == pages[2:]
    assert SkimmedRecord in kinds


def test_rows_that_are_read_some_at_a_time_keep_their_order_and_places(tmp_path: Path) -> None:
    """However many there are: each comes once, where `rows` has it, and is found again."""
    shutil.copy(EXAMPLE / "manifest.json", tmp_path)
    for name in ("documents.jsonl", "records.jsonl"):
        held = (EXAMPLE / name).read_bytes().replace(b'{"doc_id":"', b'{"doc_id":"%d-')
        (tmp_path / name).write_bytes(b"".join(held.replace(b"%d", b"%d" % n) for n in range(20)))
    run = Run(tmp_path)
    rows = list(run.extracted_rows())
    assert len(rows) > 100
    with run.rows_by_place() as row_at:
        placed = run.placed_rows(skims=True)
        for (place, (document, shown)), row in zip(placed, rows, strict=True):
            assert row == (document, row[1]) == row_at(place)
            assert isinstance(shown, Record)
            assert isinstance(row[1], Record)
            assert shown.draft == as_far_as_shown(row[1].draft, shown.draft)
