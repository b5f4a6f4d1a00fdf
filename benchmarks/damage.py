"""Damages exports at random places, reads what is left, and says where a rule was broken.

    python -m benchmarks.damage                        # 2,000 mutants of fixtures/exports
    python -m benchmarks.damage --count 20000 --seed 7 FOLDER

A mutant may be read or refused. A fault of ours is an exception that isn't `InputError`, an error
of more than one line, a title that holds marks of the format itself, a document that holds the
title of another one without saying that anything was amiss, and an entry that is gone though its
title is there, with fewer entries unreadable or mended than there are such.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.loopback import ROOT
from summarise.errors import InputError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import load_source, read_documents

_LIMIT = 10
"""Seconds after which a mutant hangs."""
_LARGEST = 200_000
"""Bytes of an export that is damaged; of a larger one its beginning."""
# What a title can't hold: an entry or field of BibTeX, a line with a tag, an element, an object.
_MARKUP = re.compile(
    r"@\w+\s*\{[^\s{}]*,|\b(?:abstract|author|title|year|doi)\s*=\s*[{\"]|^\s*[A-Z][A-Z0-9]  ?- "
    r"|\n(?:[A-Z][A-Z0-9]  - |[A-Z]{2,4} {0,2}- |%[0-9A-Z] )|</[a-zA-Z][\w:-]*\s*>"
    r"|<(?:i|b|p|sub|sup|jats:\w+|title|entry|paper|author)(?:\s[^<>]*)?>"
    r"|\"(?:title|abstract|authors?|DOI|id)\"\s*:|&(?:lt|gt|amp|quot|nbsp);",
    re.MULTILINE,
)
_TO_THE_END = re.compile(r"nothing below|cut short")
_QUOTED = 59
"""Letters of a title that a reason quotes."""
_FEWEST = 12
"""Letters of a title that is sought in other documents."""

Change = Callable[[bytes, random.Random], bytes]


class Fault(NamedTuple):
    """A rule that a mutant has broken."""

    rule: str
    detail: str


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _put(content: bytes, chance: random.Random) -> bytes:
    changed = content
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(changed) + 1)
        end = start + chance.choice((0, 0, 1, 7, 40))
        piece = chance.choice(
            (b"{", b"}", b'"', b"<", b">", b"@", b"\n\n", b"&", b"\\", b",", b"]")
        )
        changed = changed[:start] + piece + changed[end:]
    return changed


def _cut(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[start:] if chance.random() < 0.3 else content[: start + 1]


def _by_line(change: Callable[[list[bytes], random.Random], None]) -> Change:
    def changed(content: bytes, chance: random.Random) -> bytes:
        lines = content.splitlines(keepends=True)
        for _ in range(chance.randint(1, 3)):
            if len(lines) > 1:
                change(lines, chance)
        return b"".join(lines)

    return changed


def _swap(lines: list[bytes], chance: random.Random) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _double(lines: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines.insert(at, lines[at])


def _drop(lines: list[bytes], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines))]


def _encode(content: bytes, chance: random.Random) -> bytes:
    """Some lines in another encoding, with a letter that tells them apart."""
    name = chance.choice(("cp1252", "cp1251", "utf-16-le", "shift_jis", "gb18030"))
    letter = {"cp1251": "ж", "shift_jis": "網", "gb18030": "网"}.get(name, "é")
    lines = content.splitlines(keepends=True)
    for at in range(len(lines)):
        if chance.random() < 0.2:
            text = lines[at].decode("utf-8", "replace").replace("e", letter, 2)
            lines[at] = text.encode(name, "ignore")
    return b"".join(lines)


def _ends(content: bytes, chance: random.Random) -> bytes:
    return content.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\r\n")))


_CHANGES: dict[str, Change] = {
    "bytes flipped": _flip,
    "marks put in": _put,
    "cut": _cut,
    "lines swapped": _by_line(_swap),
    "lines doubled": _by_line(_double),
    "lines dropped": _by_line(_drop),
    "encodings mixed": _encode,
    "other line ends": _ends,
}


def mutants(content: bytes, seed: str) -> Iterator[tuple[str, bytes]]:
    """Any number of damaged copies, each with what was done; the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    while True:
        name = chance.choice(list(_CHANGES))
        yield name, _CHANGES[name](content, chance)


def read(path: Path) -> list[Document | Skipped] | str:
    """The entries of a file, or why it is refused."""
    found: list[Document | Skipped] = []
    try:
        found.extend(read_documents(load_source(path)))
    except InputError as error:
        if not found:
            return str(error)
    return found


class Whole(NamedTuple):
    """What an export holds that wasn't damaged."""

    entries: int
    titles: tuple[str, ...]
    """Of its documents; those that stand in no other text of it."""

    @classmethod
    def of(cls, path: Path) -> Whole:
        """What is read of a file."""
        found = read(path)
        documents = [one for one in found if isinstance(one, Document)]
        titles = {one.title for one in documents if one.title and len(one.title) >= _FEWEST}
        texts = [one.abstract for one in documents]
        alone = (title for title in titles if not any(title in text for text in texts))
        return cls(len(found), tuple(sorted(alone)))


def faults(found: list[Document | Skipped] | str, whole: Whole, text: str = "") -> Iterator[Fault]:
    """The rules that what was read of a mutant, which is this text, has broken."""
    if isinstance(found, str):
        if "\n" in found:
            yield Fault("an error has one line", repr(found))
        return
    for one in found:
        if isinstance(one, Skipped):
            if "\n" in one.reason:
                yield Fault("a reason has one line", repr(one.reason))
            continue
        if _MARKUP.search(one.title or ""):
            yield Fault("a title is no markup", repr(one.title))
        # A line that was moved may be a title; an entry that is gone was swallowed.
        if len(found) < whole.entries and not one.repairs and (held := _held(one, whole.titles)):
            yield Fault("no entry is swallowed", f"{one.title!r} holds {held!r}")
    there = [title for title in whole.titles if title in text]
    is_read = any(isinstance(one, Document) for one in found)  # else it was refused
    if is_read and len(found) < whole.entries and (gone := _gone(found, there)):
        yield Fault("no entry vanishes", f"{gone!r}")


def _gone(found: Iterable[Document | Skipped], titles: Iterable[str]) -> list[str]:
    """Titles that nothing of what was found tells of, unless as much of it is damaged."""
    told: list[str] = []
    damaged = 0
    for one in found:
        if isinstance(one, Document):
            told.append(f"{one.title}\n{one.abstract}")
            damaged += bool(one.repairs)
        else:
            told.append(one.reason)
            damaged += one.kind is SkipKind.UNREADABLE
            if _TO_THE_END.search(one.reason):
                return []
    text = "\n".join(told)
    gone = [title for title in titles if title[:_QUOTED] not in text]
    return gone if len(gone) > damaged else []


def _held(one: Document, titles: Iterable[str]) -> str | None:
    """The title of another document that this one holds."""
    text, own = f"{one.title}\n{one.abstract}", (one.title or "")[:200]
    return next((title for title in titles if title in text and title not in own), None)


def damage(path: Path, count: int, seed: str, folder: Path) -> Iterator[Fault]:
    """The rules that mutants of an export have broken; each is put into a folder to be read."""
    content = path.read_bytes()[:_LARGEST]
    whole = Whole.of(path)
    made = islice(mutants(content, f"{seed} {path.name}"), count)
    for number, (change, mutant) in enumerate(made):
        place = folder / path.name
        place.write_bytes(mutant)
        for fault in _tried(place, whole):
            kept = folder / f"{number}-{path.name}"
            kept.write_bytes(mutant)
            yield fault._replace(detail=f"{kept.name} ({change}): {fault.detail[:300]}")


def _tried(place: Path, whole: Whole) -> list[Fault]:
    def hangs(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(_LIMIT)
    try:
        text = place.read_bytes().decode(errors="replace")
        return list(faults(read(place), whole, text))
    except Exception as error:  # noqa: BLE001 - whatever it is, it shall not happen
        return [Fault("no exception but InputError", repr(error))]
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main() -> None:
    """Damage and read; leaves with 1 where a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "fixtures" / "exports")
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--work", type=Path, help="where mutants that break a rule are put")
    arguments = parser.parse_args()
    paths = sorted(path for path in arguments.folder.rglob("*") if path.is_file())
    paths = [path for path in paths if path.stat().st_size]
    broken: Counter[str] = Counter()
    with TemporaryDirectory() as temporary:
        folder = arguments.work or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(paths):
            each = arguments.count // len(paths) + (number < arguments.count % len(paths))
            for fault in damage(path, each, arguments.seed, folder):
                print(f"{fault.rule}: {fault.detail}", flush=True)
                broken[fault.rule] += 1
    told = ", ".join(f"{count} × {rule}" for rule, count in sorted(broken.items())) or "none"
    print(f"{arguments.count:,} mutants of {len(paths)} files; rules broken: {told}")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
