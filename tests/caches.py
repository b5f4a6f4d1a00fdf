"""Builds answer caches for tests: by us, as earlier versions made them, and damaged ones."""

from __future__ import annotations

import json
import pickle
import sqlite3
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from summarise.models import Completion, Usage
from summarise.store import AnswerCache, Origin, Parts
from tests.conftest import ROOT

LARGE = "n" * 50_000
"""Values from 32 KiB on had files of their own."""

OLD_NAMES = ("bees", "mice", "wasps")
"""What ``make_old_cache`` keeps answers under; that of the wasps is long, and has a file."""


def key_of(name: str) -> str:
    """The key of an invented request."""
    return sha256(name.encode()).hexdigest()


def answer(problem: str = "Bees are counted by hand.", *, latency: float = 0.5) -> str:
    """An answer as a run keeps it."""
    usage = Usage(input_tokens=900, output_tokens=80)
    text = json.dumps({"problem": {"text": problem}})
    return Completion(
        text=text, finish_reason="stop", model="invented-1-0124", usage=usage, latency=latency
    ).model_dump_json()


def origin(name: str, *, model: str = "invented-1", host: str = "127.0.0.1:9") -> Origin:
    """What an invented request was asked with."""
    parts = Parts.of({"base_url": f"http://{host}/v1", "model": model, "prompt": "v2"})
    return Origin(parts, key_of(name)[:32])


def fill(folder: Path, *names: str, model: str = "invented-1", host: str = "127.0.0.1:9") -> None:
    """Put an answer for each name."""
    with AnswerCache(folder) as cache:
        for name in names:
            cache.put(key_of(name), answer(f"Of {name}."), origin(name, model=model, host=host))


def held(folder: Path, *names: str) -> list[str]:
    """The names whose answers are still there."""
    with AnswerCache(folder) as cache:
        return [name for name in names if cache.get(key_of(name)) is not None]


def edit(folder: Path, sql: str, *values: object) -> None:
    """Change the database behind the cache's back."""
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as database:
        database.execute(sql, values)


def age(folder: Path, name: str, days: float) -> None:
    """Make an answer older."""
    store_at(folder, name, f"@{time.time() - days * 86_400:.6f}")


def store_at(folder: Path, name: str, when: str | None) -> None:
    """Say when an answer was stored: the end of its tag; None: without a tag."""
    tag = "substr(tag, 1, instr(tag || '@', '@') - 1) || ?"
    edit(folder, f"UPDATE Cache SET tag = {tag} WHERE key = ?", when, key_of(name))


def make_old_cache(folder: Path) -> None:
    """A cache as it was kept before the time of an answer stood beside it."""
    name = "c8/22/a264783d5ea19534c59b74c52a9e.val"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text(answer("Of wasps." + " And on." * 5000), encoding="utf-8")
    with closing(sqlite3.connect(folder / "cache.db")) as database:
        database.execute("PRAGMA auto_vacuum = FULL")
        database.executescript((ROOT / "fixtures" / "old_cache.sql").read_text("utf-8"))
        database.execute("PRAGMA journal_mode = WAL")


def move_to_file(folder: Path, key: str) -> Path:
    """Put a text into a file of its own, as was done with a long one; the file."""
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as database:
        statement = "SELECT value FROM Cache WHERE key = ?"
        ((text,),) = database.execute(statement, (key,)).fetchall()
        digits = key_of(key)
        name = f"{digits[:2]}/{digits[2:4]}/{digits[4:32]}.val"
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(text.encode())
        statement = "UPDATE Cache SET value = NULL, mode = 3, size = ?, filename = ? WHERE key = ?"
        database.execute(statement, (len(text), name, key))
    return folder / name


def plant_pickle(folder: Path, key: str, value: object, *, in_file: bool = False) -> None:
    """Put a pickle under a key, as diskcache does with what is no text."""
    pickled = pickle.dumps(value)
    row = "INSERT INTO Cache (key, raw, mode, filename, value) VALUES (?, 1, 4, ?, ?)"
    if not in_file:
        edit(folder, row, key, None, pickled)
        return
    digits = key_of(key)
    name = f"{digits[:2]}/{digits[2:4]}/{digits[4:32]}.val"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(pickled)
    edit(folder, row, key, name, None)
