"""A run directory as a whole: removed, or packed as one file and opened again.

Of a run that is removed the files go that a run makes, and nothing else that lies there.

One to be given away is packed as a zip archive of a folder with the files of the run, and
``pack.json``: their sizes and SHA-256, against which it is held when it is opened. A run holds no
key, and what packs one can make sure of it.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from pydantic import Field, ValidationError

from summarise.errors import InputError, RunError, refused
from summarise.models import Stored
from summarise.readers import DAMAGED, check_unpacked
from summarise.store.files import (
    ASIDE_PREFIX,
    ASIDE_SUFFIX,
    BY_PEOPLE,
    LOCK,
    MANIFEST,
    OWN,
    READ,
    in_use,
    telling,
    writing,
)
from summarise.store.manifest import demand_manifest, is_at_work, load_manifest, lock_run
from summarise.store.orders import ORDER_PREFIX
from summarise.store.writer import NEXT

_WAY_OUT = "remove it by hand"


@dataclass(frozen=True, slots=True)
class Removed:
    """What went of a run directory, and what lies there still: files that no run makes."""

    files: int
    left: tuple[str, ...]


def check_removable(path: Path) -> None:
    """Make sure that a path is a run directory, and that nobody writes it.

    Raises:
        RunError: It is a link, isn't a run directory, or is in use.
    """
    if path.is_symlink():
        raise RunError(
            "is a link, and what it leads to isn't removed through it",
            where=str(path),
            hint=f"Name the folder itself: {os.path.realpath(path)}",
        )
    if not path.exists():
        hint = "`summarise runs` lists those in outputs."
        raise RunError("isn't there", where=str(path), hint=hint)
    demand_manifest(path)
    if is_at_work(path):
        raise in_use(path)


def work_in(path: Path) -> list[str]:
    """The files in a run directory that hold what people have done."""
    there = (path / name for name in BY_PEOPLE)
    return [one.name for one in there if one.is_file() and one.stat().st_size]


def remove_run(path: Path, pages: Iterable[str] = (), *, takes_work: bool = False) -> Removed:
    """Remove the files of a run, and its directory where nothing else is in it.

    Of what else lies there the ``pages`` go, too, which were made of the run; what people have done
    goes where that is wanted, as nothing makes it again. The manifest goes last, so that what was
    cut off can be done again; a link goes itself.

    Raises:
        RunError: As ``check_removable``, or a file can't be removed.
    """
    check_removable(path)
    files = 0
    with telling(path, _WAY_OUT):
        lock = lock_run(path)
        try:
            kept = () if takes_work else work_in(path)
            own = (one for one in _own_files(path, pages) if one.name not in kept)
            for file in sorted(own, key=lambda one: one.name == MANIFEST):
                file.unlink()
                files += 1
        finally:
            lock.release()
        (path / LOCK).unlink(missing_ok=True)
        left = tuple(sorted(one.name for one in path.iterdir()))
        if not left:
            _remove_folder(path)
    return Removed(files, left)


def _own_files(path: Path, pages: Iterable[str]) -> list[Path]:
    """What a run makes, what is made of it, and what one leaves behind that was killed."""
    ours = (OWN - {LOCK}) | {f"{name}{NEXT}" for name in READ} | set(pages)
    left = {*path.glob(f"{ASIDE_PREFIX}*{ASIDE_SUFFIX}"), *path.glob(f"{ORDER_PREFIX}*")}
    there = (one for one in path.iterdir() if one.name in ours or one in left)
    return [one for one in there if one.is_symlink() or one.is_file()]


def _remove_folder(path: Path) -> None:
    try:
        Path(os.path.realpath(path)).rmdir()  # no system removes "."
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:  # something came meanwhile
            raise refused(error, path, "removed") from None


_LIST = "pack.json"
_FORMAT = "summarise run 1"
_PACKED = tuple(sorted(OWN - {LOCK}))
_BLOCK = 1 << 20
_LARGEST_LIST = 1 << 16
_MOST_UNPACKED = 1 << 36
# A time for all: that of the files says nothing, and an archive of the same run is the same.
_TIME = (1980, 1, 1, 0, 0, 0)


class _PackedFile(Stored):
    size: int = Field(ge=0, le=_MOST_UNPACKED)
    sha256: str


class _Contents(Stored):
    """What ``pack.json`` says."""

    format: str
    files: dict[str, _PackedFile]


class Pack(NamedTuple):
    """What was packed or opened: where it is, and how many files."""

    path: Path
    files: int


def pack_run(path: Path, target: Path, keys: Iterable[str] = ()) -> Pack:
    """Write a run directory as one archive.

    Raises:
        RunError: It isn't a run directory, is in use, can't be read or written; or one of these
            keys stands in a file.
    """
    demand_manifest(path)
    if is_at_work(path):
        raise in_use(path)
    if target.is_file() and not _is_packed(target):
        hint = "Choose another place to write to."
        raise RunError("is another file, and isn't written over", where=str(target), hint=hint)
    secret = [key.encode() for key in keys if key]
    # A name that isn't UTF-8 can't stand in an archive.
    name = path.resolve().name.encode(errors="replace").decode()
    files = dict[str, _PackedFile]()
    with writing(target) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (path / one for one in _PACKED):
            if file.is_file() and not file.is_symlink():
                with telling(file), archive.open(_entry(f"{name}/{file.name}"), "w") as packed:
                    files[file.name] = _copied(file, packed, secret)
        told = _Contents(format=_FORMAT, files=files).model_dump()
        archive.writestr(_entry(f"{name}/{_LIST}"), json.dumps(told, indent=2))
    return Pack(target, len(files))


def _entry(name: str) -> zipfile.ZipInfo:
    one = zipfile.ZipInfo(name, _TIME)
    one.compress_type, one.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return one


def _copied(file: Path, packed: IO[bytes], secret: list[bytes]) -> _PackedFile:
    digest, size, before = sha256(), 0, b""
    longest = max(map(len, secret), default=1)
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            seen = before + block
            if any(key in seen for key in secret):
                raise RunError(
                    "holds a key that is set now, so it isn't packed",
                    where=str(file),
                    hint="Take it out of the file, or make the run anew.",
                )
            before = seen[-longest:]
            digest.update(block)
            size += len(block)
            packed.write(block)
    return _PackedFile(size=size, sha256=digest.hexdigest())


def unpack_run(archive: Path, folder: Path | None = None, *, outputs: Path) -> Pack:
    """Open a packed run as a new run directory: the folder, or one in ``outputs`` of its name.

    Nothing is there until all of it is, as it was packed.

    Raises:
        InputError: It isn't a packed run, or is damaged.
        RunError: The folder is there already, or can't be written.
    """
    try:
        with archive.open("rb") as file, zipfile.ZipFile(file) as packed:
            name, contents = _contents(packed, archive)
            return _unpacked(packed, name, contents, folder or outputs / name)
    except FileNotFoundError:
        raise InputError("no such file", where=str(archive)) from None
    except DAMAGED as error:
        hint = "Get it anew; `summarise pack RUN` makes one."
        told = f"isn't a whole packed run ({error})"
        raise InputError(told, where=str(archive), hint=hint) from None
    except OSError as error:
        raise InputError(f"can't be read ({error.strerror})", where=str(archive)) from None


def _is_packed(path: Path) -> bool:
    """Whether a file is an archive of a run."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(PurePosixPath(name).name == _LIST for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _contents(packed: zipfile.ZipFile, archive: Path) -> tuple[str, _Contents]:
    """The name of the folder in an archive, and what is to be in it.

    Raises:
        ValueError: It holds anything but the files of one run.
    """
    entries = packed.infolist()
    if len(entries) > len(_PACKED) + 1:
        raise ValueError(f"{len(entries):,} files are in it")
    check_unpacked(sum(one.file_size for one in entries), archive.stat().st_size, str(archive))
    folders = {PurePosixPath(one.filename).parent.name for one in entries}
    name = folders.pop() if len(folders) == 1 else ""
    if not name or name in {".", ".."} or not name.isprintable() or "\\" in name or ":" in name:
        raise ValueError("it doesn't hold one folder")
    expected = {f"{name}/{one}" for one in (*_PACKED, _LIST)}
    for one in entries:
        is_link = stat.S_ISLNK(one.external_attr >> 16)
        if one.filename not in expected or is_link or one.flag_bits & 1:
            raise ValueError("it holds what no run makes")
    if f"{name}/{_LIST}" not in packed.namelist():
        raise ValueError(f"it has no {_LIST}")
    with packed.open(f"{name}/{_LIST}") as file:
        try:
            contents = _Contents.model_validate_json(_read(file, _LARGEST_LIST))
        except ValidationError:
            raise ValueError(f"its {_LIST} can't be understood") from None
    named = [PurePosixPath(one.filename).name for one in entries]
    if contents.format != _FORMAT or sorted(named) != sorted([*contents.files, _LIST]):
        raise ValueError(f"its {_LIST} tells of other files")
    if MANIFEST not in contents.files:
        raise ValueError(f"it has no {MANIFEST}")
    return name, contents


def _unpacked(packed: zipfile.ZipFile, name: str, contents: _Contents, folder: Path) -> Pack:
    if folder.exists():
        _refuse_taken(folder, name)
    aside = folder.with_name(f"{ASIDE_PREFIX}{secrets.token_hex(8)}")
    with telling(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir()
        try:
            for one, told in contents.files.items():
                _write_checked(packed.open(f"{name}/{one}"), aside / one, told)
            load_manifest(aside)  # one that can't be understood isn't opened
            if folder.exists():
                folder.rmdir()
            aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return Pack(folder, len(contents.files))


def _refuse_taken(folder: Path, name: str) -> None:
    """Refuse a folder in whose place no run can be put."""
    if folder.is_dir() and folder.samefile(Path.cwd()):
        hint = f"Name a new one with -o, such as {name}."
        raise RunError("is the folder that you are in", where=str(folder), hint=hint)
    hint = f"Name a new one with -o, such as {folder}-2."
    if not folder.is_dir() or any(folder.iterdir()):
        raise RunError("is there already", where=str(folder), hint=hint)


def _read(packed: IO[bytes], size: int) -> bytes:
    try:
        return packed.read(size)
    except OSError as error:
        if error.errno is None:  # of bzip2, which says so of what is damaged
            raise ValueError(str(error)) from None
        raise


def _write_checked(source: IO[bytes], target: Path, told: _PackedFile) -> None:
    digest, size = sha256(), 0
    with source, target.open("xb") as file:
        while block := _read(source, _BLOCK):
            size += len(block)
            if size > told.size:
                break
            digest.update(block)
            file.write(block)
    if (size, digest.hexdigest()) != (told.size, told.sha256):
        raise ValueError(f"{target.name} isn't what was packed")
