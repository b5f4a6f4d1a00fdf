"""What the head of a GGUF file says of its model.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Only what planning needs is
read; whether the tensors are whole and the architecture is known, llama.cpp finds out.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from summarise.errors import RunError, SettingsError
from summarise.settings import named_parameters
from summarise.store import replacing

_STRING, _ARRAY = 8, 9
# Numbers by their type, as ``struct`` spells them; 8 and 9 are no numbers.
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
# Longer ones are no metadata: a file that claims them is broken, and would cost the memory.
_LONGEST = 1 << 22
_MOST_KEYS = 1 << 16
_CACHE_BYTES = 2  # of a number in the KV cache: 16-bit floats
_PART = re.compile(r"-00001-of-(\d{5})(?=\.gguf$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model as its file, or the first of its parts, describes it; None is "not told".

    ``cache_bytes`` are those of KV cache that one token of context takes, with 16-bit numbers; an
    upper bound where some layers attend to a window only.
    """

    path: Path
    parts: tuple[Path, ...]
    size: int
    trained_context: int | None = None
    cache_bytes: int | None = None
    parameters: float | None = None


def read_model(path: Path) -> ModelFile:
    """Read the head of a GGUF file.

    Raises:
        SettingsError: It isn't there, can't be read, isn't GGUF, or lacks a part.
    """
    parts: tuple[Path, ...] = (path,)
    if match := _PART.search(path.name):
        # llama.cpp finds the others by the name of the first.
        numbers = range(1, int(match[1]) + 1)
        names = (f"-{number:05}-of-{match[1]}" for number in numbers)
        parts = tuple(path.with_name(path.name.replace(match[0], name)) for name in names)
    try:
        with path.open("rb") as file:
            keys = _keys(file)
        size = sum(part.stat().st_size for part in parts)
    except FileNotFoundError as error:
        missing = error.filename if error.filename is not None else path
        raise SettingsError(
            "there is no such file", where=str(missing), hint="Name a GGUF file with its path."
        ) from None
    except OSError as error:
        raise SettingsError(f"can't be read ({error.strerror})", where=str(path)) from None
    except ValueError as error:
        raise SettingsError(
            f"isn't a whole GGUF file ({error})",
            where=str(path),
            hint="Check the download; a local model is one file in GGUF.",
        ) from None

    def number(name: str) -> int | None:
        value = keys.get(name)
        return value if type(value) is int and value > 0 else None

    own = keys.get("general.architecture")
    layers, heads = number(f"{own}.block_count"), number(f"{own}.attention.head_count")
    width = number(f"{own}.embedding_length")
    head = width // heads if width and heads else None
    key = number(f"{own}.attention.key_length") or head
    value = number(f"{own}.attention.value_length") or head
    each = keys.get(f"{own}.attention.head_count_kv")
    if isinstance(each, list):  # one a layer
        cached = sum(one for one in each if type(one) is int and one > 0)
    else:
        cached = (number(f"{own}.attention.head_count_kv") or heads or 0) * (layers or 0)
    return ModelFile(
        path,
        parts,
        size,
        trained_context=number(f"{own}.context_length"),
        cache_bytes=cached * (key + value) * _CACHE_BYTES or None if key and value else None,
        parameters=float(number("general.parameter_count") or 0)
        or named_parameters(str(keys.get("general.size_label"))),
    )


def _keys(file: BinaryIO) -> dict[str, Any]:
    """The metadata before the vocabulary, which all writers put last."""
    if file.read(4) != b"GGUF":
        raise ValueError("it doesn't begin with GGUF")
    version, _, count = _read(file, "IQQ")
    if version not in {2, 3} or count > _MOST_KEYS:
        raise ValueError(f"version {version} with {count} keys")
    keys: dict[str, Any] = {}
    for _ in range(count):
        name = _value(file, _STRING)
        if name.startswith("tokenizer."):
            break
        keys[name] = _value(file, *_read(file, "I"))
    return keys


def _read(file: BinaryIO, code: str, count: int = 1) -> tuple[Any, ...]:
    """What comes next, as ``struct`` spells it: so many numbers, or bytes."""
    size = count * struct.calcsize(f"<{code}")
    if size > _LONGEST:
        raise ValueError(f"a value of {size} bytes in its head")
    data = file.read(size)
    if len(data) < size:
        raise ValueError("it ends within its head")
    return struct.unpack(f"<{count}{code}", data)


def _value(file: BinaryIO, kind: int) -> Any:
    """The value that comes next; the texts of a list are read and not kept."""
    if kind == _STRING:
        return _read(file, "s", *_read(file, "Q"))[0].decode("utf-8", "replace")
    if kind in _SCALARS:
        return _read(file, _SCALARS[kind])[0]
    if kind != _ARRAY:
        raise ValueError(f"a value of unknown type {kind}")
    kind, count = _read(file, "IQ")
    if kind in _SCALARS:
        return list(_read(file, _SCALARS[kind], count))
    if kind != _STRING:
        raise ValueError(f"a list of unknown type {kind}")
    for _ in range(count):
        _value(file, _STRING)
    return None


_MEMO = "models.json"
# Hashing runs at 1 to 2 GB a second, or as fast as the disk: longer ones are announced.
_LARGE = 2 * 10**9
_LOG = logging.getLogger("summarise")


def model_digest(model: ModelFile, memo_folder: Path) -> str:
    """SHA-256 of all parts of a model, in hexadecimal; a memo keeps it until a file changes.

    Raises:
        SettingsError: A part can't be read.
    """
    memo = memo_folder / _MEMO
    known: Any = None
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(memo.read_bytes())
    if not isinstance(known, dict):
        known = {}
    try:
        mark = [[str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns] for p in model.parts]
        name = str(mark[0][0])
        entry = known.get(name)
        if isinstance(entry, dict) and entry.get("mark") == mark:
            return str(entry["sha256"])
        if model.size > _LARGE:
            _LOG.info("%s: reading %.1f GB, to know it again", model.path.name, model.size / 1e9)
        digests = []
        for part in model.parts:
            with part.open("rb") as file:
                digests.append(hashlib.file_digest(file, "sha256"))
    except OSError as error:
        raise SettingsError(f"can't be read ({error.strerror})", where=str(model.path)) from None
    digest = digests[0].hexdigest()
    if len(digests) > 1:
        digest = hashlib.sha256(b"".join(one.digest() for one in digests)).hexdigest()
    # Without a memo the next run hashes again.
    with contextlib.suppress(OSError, RunError):
        memo.parent.mkdir(parents=True, exist_ok=True)
        with replacing(memo, private=True) as file:
            file.write(json.dumps({**known, name: {"mark": mark, "sha256": digest}}).encode())
    return digest
