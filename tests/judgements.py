"""What people say of records, for tests: judgements, and all places of a draft."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from summarise.judging import held_at, steps_of
from summarise.models import Document, JudgedAs, Judgement, Record

WORDS = ("TERNLOOP", "41.5%", "67.2%", "12K labelled strips", "nest recall", "a net", "")


def judged(
    document: Document, record: Record, path: str, value: Any = None, **told: Any
) -> Judgement:
    """What Ada says of a place: it is corrected, unless told otherwise."""
    added = path.endswith("[]")
    usual = {
        "doc_id": document.doc_id,
        "content_hash": document.content_hash,
        "path": path,
        "verdict": JudgedAs.CORRECTED,
        "was": None if added else held_at(record.draft, steps_of(path)),
        "value": value,
        "note": "",
        "by": "Ada Fenn",
        "at": "2026-11-27T09:30:00Z",
    }
    return Judgement.model_validate({**usual, **told})


def places(value: Any, path: str = "") -> Iterator[str]:
    """All paths of a draft, its lists' ends included."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, one in value.items():
            yield from places(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield f"{path}[]"
        for at, one in enumerate(value):
            yield from places(one, f"{path}[{at}]")


def any_judgements(document: Document, record: Record) -> st.SearchStrategy[list[Judgement]]:
    """Whatever people may say of a record, sensible or not."""
    known = list(places(record.draft))
    held = [held_at(record.draft, steps_of(path)) for path in known]
    values = st.one_of(st.sampled_from([*held, *WORDS, None, 5, [], {}, ["x"], {"name": "x"}]))
    paths = st.sampled_from([*known, "results[9].value", "none", "method.name.x", "data[0][0]"])
    times = st.integers(0, 59).map(lambda second: f"2026-11-27T09:30:{second:02}Z")

    def said(path: str, verdict: JudgedAs, values: tuple[Any, Any], at: str) -> Judgement | None:
        value, was = values
        is_added = path.endswith("[]")
        if is_added and (value is None or verdict not in {"corrected", "undone"}):
            return None
        told = {"verdict": verdict, "at": at, "by": at[-3]}
        if was != "as it is":
            told["was"] = was
        return judged(document, record, path, value if verdict == "corrected" else None, **told)

    was = st.one_of(st.just("as it is"), st.just("as it is"), values)
    made = st.builds(said, paths, st.sampled_from(JudgedAs), st.tuples(values, was), times)
    return st.lists(made, max_size=8).map(lambda ones: [one for one in ones if one is not None])
