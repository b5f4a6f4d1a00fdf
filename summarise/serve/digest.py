"""The content hash of a model, computed once for each file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from pathlib import Path

from summarise.errors import RunError, SettingsError
from summarise.files import replacing
from summarise.serve.gguf import ModelFile

_MEMO = "models.json"
# Hashing runs at 1 to 2 GB a second, or as fast as the disk: longer ones are announced.
_LARGE = 2 * 10**9
_LOG = logging.getLogger("summarise")


def model_digest(model: ModelFile, memo_folder: Path | None = None) -> str:
    """SHA-256 of all parts of a model, as 64 hexadecimal digits.

    Args:
        model: Of which file.
        memo_folder: Where the hash is remembered until the file changes; None remembers nothing.

    Raises:
        SettingsError: A part can't be read.
    """
    memo = None if memo_folder is None else memo_folder / _MEMO
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


def _load(memo: Path | None) -> dict[str, object]:
    """What is remembered; a broken memo is an empty one."""
    if memo is None:
        return {}
    try:
        known = json.loads(memo.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _save(memo: Path | None, known: dict[str, object]) -> None:
    """Remember, if that is possible: without a memo the next run hashes again."""
    if memo is None:
        return
    with contextlib.suppress(OSError, RunError):
        memo.parent.mkdir(parents=True, exist_ok=True)
        with replacing(memo, private=True) as file:
            file.write(json.dumps(known).encode())
