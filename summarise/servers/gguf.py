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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from summarise.errors import RunError, SettingsError
from summarise.settings import named_parameters
from summarise.store import replacing

_MAGIC = b"GGUF"
_STRING, _ARRAY = 8, 9
# Numbers by their type, as ``struct`` spells them; 8 and 9 are no numbers.
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
_FLOATS = {6, 12}
# Longer ones are no metadata: a file that claims them is broken, and would cost the memory.
_LONGEST_STRING = 1 << 24
_MOST_KEYS = 1 << 16
# Lists up to this length hold one number a layer; longer ones are vocabularies.
_MOST_LAYERS = 1024
_CACHE_BYTES = 2  # of a number in the KV cache: 16-bit floats
_PART = re.compile(r"-00001-of-(\d{5})(?=\.gguf$)", re.IGNORECASE)

Value = int | float | bool | str | list[int]


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
    try:
        with path.open("rb") as file:
            keys = _keys(file)
        parts = _parts(path)
        size = sum(part.stat().st_size for part in parts)
    except FileNotFoundError as error:
        missing = error.filename if error.filename is not None else path
        raise SettingsError(
            "there is no such file", where=str(missing), hint="Name a GGUF file with its path."
        ) from None
    except OSError as error:
        raise SettingsError(f"can't be read ({error.strerror})", where=str(path)) from None
    except (ValueError, struct.error) as error:
        raise SettingsError(
            f"isn't a whole GGUF file ({error})",
            where=str(path),
            hint="Check the download; a local model is one file in GGUF.",
        ) from None
    return ModelFile(path, parts, size, *_dimensions(keys), _parameters(keys))


def _parts(path: Path) -> tuple[Path, ...]:
    """The files of a model; llama.cpp finds those of a split one by the name of the first."""
    match = _PART.search(path.name)
    if match is None:
        return (path,)
    count = match[1]
    return tuple(
        path.with_name(path.name.replace(match[0], f"-{number:05}-of-{count}"))
        for number in range(1, int(count) + 1)
    )


def _keys(file: BinaryIO) -> dict[str, Value]:
    """The metadata before the vocabulary, which all writers put last."""
    if file.read(4) != _MAGIC:
        raise ValueError("it doesn't begin with GGUF")
    version, _, count = struct.unpack("<IQQ", _read(file, 20))
    if version not in {2, 3} or count > _MOST_KEYS:
        raise ValueError(f"version {version} with {count} keys")
    keys: dict[str, Value] = {}
    for _ in range(count):
        name = _string(file)
        if name.startswith("tokenizer."):
            break
        value = _value(file, _number(file, "I"))
        if value is not None:
            keys[name] = value
    return keys


def _read(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise ValueError("it ends within its head")
    return data


def _number(file: BinaryIO, code: str) -> int:
    return int(struct.unpack(f"<{code}", _read(file, struct.calcsize(f"<{code}")))[0])


def _string(file: BinaryIO) -> str:
    size = _number(file, "Q")
    if size > _LONGEST_STRING:
        raise ValueError(f"a text of {size} bytes in its head")
    return _read(file, size).decode("utf-8", "replace")


def _value(file: BinaryIO, kind: int) -> Value | None:
    """The value that comes next; None for a list that isn't one of numbers, one a layer."""
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        return _list(file)
    if kind not in _SCALARS:
        raise ValueError(f"a value of unknown type {kind}")
    code = f"<{_SCALARS[kind]}"
    value: int | float | bool = struct.unpack(code, _read(file, struct.calcsize(code)))[0]
    return value


def _list(file: BinaryIO) -> list[int] | None:
    kind, count = struct.unpack("<IQ", _read(file, 12))
    if kind in _SCALARS and kind not in _FLOATS and count <= _MOST_LAYERS:
        code = f"<{count}{_SCALARS[kind]}"
        return [int(n) for n in struct.unpack(code, _read(file, struct.calcsize(code)))]
    if kind in _SCALARS:
        file.seek(count * struct.calcsize(f"<{_SCALARS[kind]}"), 1)
    elif kind == _STRING:
        for _ in range(count):
            _string(file)
    else:
        raise ValueError(f"a list of unknown type {kind}")
    return None


def _dimensions(keys: Mapping[str, Value]) -> tuple[int | None, int | None]:
    """Trained context, and bytes of KV cache a token."""
    architecture = keys.get("general.architecture")

    def number(name: str) -> int | None:
        value = keys.get(f"{architecture}.{name}")
        return value if type(value) is int and value > 0 else None

    layers, heads = number("block_count"), number("attention.head_count")
    width = number("embedding_length")
    head = width // heads if width and heads else None
    key = number("attention.key_length") or head
    value = number("attention.value_length") or head
    cached = _cached_heads(keys.get(f"{architecture}.attention.head_count_kv"), layers, heads)
    if cached is None or key is None or value is None:
        return number("context_length"), None
    return number("context_length"), cached * (key + value) * _CACHE_BYTES


def _parameters(keys: Mapping[str, Value]) -> float | None:
    count = keys.get("general.parameter_count")
    if type(count) is int and count > 0:
        return float(count)
    return named_parameters(str(keys.get("general.size_label")))


def _cached_heads(value: Value | None, layers: int | None, heads: int | None) -> int | None:
    """KV heads of all layers together."""
    if isinstance(value, list):
        return sum(value)
    per_layer = value if type(value) is int and value > 0 else heads
    return layers * per_layer if layers and per_layer else None


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
    try:
        mark = [[str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns] for p in model.parts]
        known = _load(memo)
        name = mark[0][0]
        entry = known.get(str(name))
        if isinstance(entry, dict) and entry.get("mark") == mark:
            return str(entry["sha256"])
        digest = _hash(model)
    except OSError as error:
        raise SettingsError(f"can't be read ({error.strerror})", where=str(model.path)) from None
    _save(memo, {**known, str(name): {"mark": mark, "sha256": digest}})
    return digest


def _hash(model: ModelFile) -> str:
    if model.size > _LARGE:
        _LOG.info("%s: reading %.1f GB, to know it again", model.path.name, model.size / 1e9)
    digests = []
    for part in model.parts:
        with part.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256"))
    if len(digests) == 1:
        return digests[0].hexdigest()
    return hashlib.sha256(b"".join(d.digest() for d in digests)).hexdigest()


def _load(memo: Path) -> dict[str, object]:
    """What is remembered; a broken memo is an empty one."""
    try:
        known = json.loads(memo.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _save(memo: Path, known: dict[str, object]) -> None:
    """Remember, if that is possible: without a memo the next run hashes again."""
    with contextlib.suppress(OSError, RunError):
        memo.parent.mkdir(parents=True, exist_ok=True)
        with replacing(memo, private=True) as file:
            file.write(json.dumps(known).encode())
