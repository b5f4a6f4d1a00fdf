"""Digests, and the table of them."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from summarise.store import DigestTable, Offsets, digest

KEYS = st.integers(0, 2**64 - 1) | st.integers(0, 40) | st.integers(0, 40).map(lambda n: n << 32)


@given(st.lists(KEYS, max_size=300), st.lists(KEYS, max_size=40))
def test_table_is_a_dict(added: list[int], asked: list[int]) -> None:
    """A table numbers keys as a dict would that gives each new key the next number."""
    table, model = DigestTable(), dict[int, int]()
    for key in added:
        assert table.add(key) == model.setdefault(key, len(model))
    assert len(table) == len(model)
    for key in added + asked:
        assert table.number(key) == model.get(key)
        assert (key in table) == (key in model)


PLACES = st.lists(st.tuples(st.sampled_from(["put", "pop", "get"]), KEYS, st.integers(0, 2**62)))


@given(PLACES)
def test_offsets_are_a_dict(steps: list[tuple[str, int, int]]) -> None:
    """The last offset put counts, until it is taken out."""
    offsets, model = Offsets(), dict[int, int]()
    for what, key, offset in steps:
        if what == "put":
            offsets.put(key, offset)
            model[key] = offset
        elif what == "pop":
            assert offsets.pop(key) == model.pop(key, None)
        assert offsets.get(key) == model.get(key)
        assert (offsets.get(key, since=offset) is None) == (model.get(key, -1) < offset)
    assert len(offsets) == len(model)


def test_memory() -> None:
    """Of Python's memory a digest takes about 8 bytes, at the worst moment 30."""
    keys = [digest(str(number)) for number in range(50_000)]
    tracemalloc.start()
    table = DigestTable()
    for key in keys:
        table.add(key)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(table) == len(keys)
    assert peak / len(keys) < 30


def test_digest_takes_any_text() -> None:
    """Half a surrogate pair has a digest too, and different texts have different ones."""
    texts = ["", "a", "b", "\ud83d", "é", "e\u0301"]
    assert len({digest(text) for text in texts}) == len(texts)
    assert all(0 <= digest(text) < 2**64 for text in texts)
