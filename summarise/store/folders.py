"""Which folder a run goes to, whether it may go on in one, and how it is opened."""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from pydantic import BaseModel

from summarise.errors import RunError
from summarise.models import Identity
from summarise.schema import Draft, schema_fingerprint, to_plain, versions_of
from summarise.settings import Settings
from summarise.store.files import (
    ANSWERS,
    ASIDE_PREFIX,
    BATCHES,
    DATABASE,
    FAILURES,
    LOCK,
    MANIFEST,
    OWN,
    RECORDS,
    Journal,
    file_hash,
    is_other_file,
    telling,
)
from summarise.store.manifest import (
    InputPlace,
    Manifest,
    Marks,
    Refresh,
    RunState,
    load_manifest,
    lock_run,
    utc_now,
)
from summarise.store.writer import RunWriter, tidy

OUTPUTS = Path("outputs")
_CACHE = frozenset((DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"))
_USUAL = Settings.model_fields["prompt_version"].default
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|\Z)", re.IGNORECASE)
_LONGEST = 60
_LOG = logging.getLogger("summarise")


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run of some inputs goes: where the user wants it, else to a folder of its own.

    Attributes:
        name: What that folder is called after.
        inputs: What is read.
        wanted: The folder that the user names, None where none is.
        outputs: What folders of their own are in.
    """

    name: str
    inputs: tuple[InputPlace, ...] = ()
    wanted: Path | None = None
    outputs: Path = OUTPUTS

    def folder(self, identity: Identity) -> Path:
        """The folder of a run by an identity.

        It is called after the input, after the model where there is one, and after the schema and
        the prompt where they aren't the usual ones. Whatever is held
        already, by a run of another file of that name or by another model, gets company with a
        number.

        Raises:
            InputError: The run would write over one of its inputs.
        """
        folder = self.wanted or self._own(identity)
        read = [Path(one.path) for one in self.inputs if one.path]
        for name in sorted(OWN):
            refuse_overwriting(folder / name, read, is_named=False)
        return folder

    def begun(self, identity: Identity) -> Path | None:
        """The folder of a run whose prompt and schema, this identity's, were once the usual."""
        return self.wanted or self._continued(self._once_usual(identity), identity)

    def _once_usual(self, identity: Identity) -> Iterator[Path]:
        """Where an identity's run may be whose name doesn't tell the prompt."""
        if identity.is_paid:
            plain = f"{self._usual.name}{_plain_suffix(identity)}"
            yield from _taken(self._usual.with_name(plain))
        # Before models had folders of their own, all runs of an input were in the same place.
        yield self._usual

    def _own(self, identity: Identity) -> Path:
        wanted = self._usual.with_name(f"{self._usual.name}{_suffix(identity)}")
        taken = list(_taken(wanted))
        held = self._continued((*taken, *self._once_usual(identity)), identity)
        if held is not None:
            return held
        if not taken:
            return wanted
        free = _numbered(wanted, len(taken) + 1)
        _LOG.warning("%s holds %s; this run goes to %s", wanted, _held(wanted), free)
        return free

    @property
    def _usual(self) -> Path:
        # An input called "..txt" is no way out of the folder.
        name = self.name.strip(".") or "input"
        # Windows takes the name of a device for it, whatever stands behind a dot.
        if sys.platform == "win32" and _DEVICE.match(name):
            name = f"_{name}"
        return self.outputs / name

    def _continued(self, folders: Iterable[Path], identity: Identity) -> Path | None:
        """The first of some folders that holds what a run goes on with."""
        for folder in folders:
            held = load_manifest(folder)
            if held is not None and _is_continued(held, self.inputs, identity):
                return folder
        return None


def other_folder(path: Path, identity: Identity) -> Path:
    """A folder beside this one that is free, or holds what this identity made."""
    wanted = path.with_name(f"{path.name.removesuffix(_suffix(identity))}{_suffix(identity)}")
    for folder in _taken(wanted):
        held = load_manifest(folder)
        if held is not None and held.identity.fingerprint == identity.fingerprint:
            return folder
    return _numbered(wanted, len(list(_taken(wanted))) + 1)


def refuse_foreign(
    path: Path, marks: Sequence[str] = (MANIFEST,), besides: Path | None = None
) -> None:
    """Make sure that nothing but our own files can be overwritten in a folder, if it is there.

    A file of a pattern of ``marks`` tells that it is ours; a log of requests may be ``besides``.

    Raises:
        RunError: It isn't a folder, or holds other files and none of ours.
    """
    with telling(path):
        try:
            # Path.resolve raises a RuntimeError where links lead in a circle.
            own = None if besides is None else os.path.realpath(besides)
            others = (entry for entry in path.iterdir() if os.path.realpath(entry) != own)
            foreign = sorted(entry.name for entry in others if not _is_remnant(entry))
        except FileNotFoundError:
            return
    if foreign and not any(next(path.glob(mark), None) for mark in marks):
        raise RunError(
            f"isn't empty and holds no run ({foreign[0]} is there), so nothing is written to it",
            where=str(path),
            hint="Choose a new folder with -o.",
        )


def refuse_overwriting(
    path: Path,
    read: Iterable[Path] = (),
    runs: Iterable[Manifest] = (),
    *,
    is_named: bool = True,
    table: Path | None = None,
    beginning: bytes = b"",
) -> None:
    """Make sure that a file which is written is none that is read, nor an input of these runs.

    An input is known by its place, and by its content wherever it was. Where the user has named the
    file, it is none of a run's own, but for this ``table``, nor of a cache; and what is there has
    the ``beginning`` of such a file.

    Raises:
        RunError: It is.
    """
    end, inputs = Path(os.path.realpath(path)), [one for run in runs for one in run.inputs]
    places = [*read, *(Path(one.path) for one in inputs if one.path)]
    is_own = is_named and (table is None or not _is_same(end, table))
    if is_own and end.name.lower() in OWN and (end.parent / MANIFEST).exists():
        what = "a file of a run"
    elif is_named and end.name.lower() in _CACHE:
        what = "a file of a cache"
    elif any(_is_same(path, place) for place in places) or (
        inputs and file_hash(path) in {one.sha256 for one in inputs if one.sha256}
    ):
        what = "an input"
    elif is_other_file(path, beginning):
        what = "another file"
    else:
        return
    hint = "Choose another place to write to."
    raise RunError(f"is {what}, and isn't written over", where=str(path), hint=hint)


def _is_same(path: Path, other: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):  # one isn't there, or can't be
        return path.samefile(other)
    return False


def _is_remnant(path: Path) -> bool:
    """Whether a file is what a run leaves that was killed before its manifest was there."""
    if path.name.startswith(ASIDE_PREFIX) or path.name == LOCK:
        return True
    return path.name in OWN and path.is_file() and not path.stat().st_size


def _taken(wanted: Path) -> Iterator[Path]:
    """A folder and its numbered company, as far as they are there."""
    return itertools.takewhile(Path.exists, (_numbered(wanted, n) for n in itertools.count(1)))


def _numbered(wanted: Path, number: int) -> Path:
    return wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")


def _is_continued(held: Manifest, places: Sequence[InputPlace], identity: Identity) -> bool:
    """Whether a run of these inputs by this identity goes on with what a folder holds."""
    if not (_have_one_maker(held.identity, identity) or _was_usual(held.identity, identity)):
        return False
    # A run that was killed at its beginning doesn't know its inputs yet.
    return not held.inputs or all(any(map(new.holds, held.inputs)) for new in places)


def _have_one_maker(old: Identity, new: Identity) -> bool:
    if not (old.is_paid or new.is_paid):
        return old.schema_name == new.schema_name
    names = ("extractor", "model", "schema_fingerprint", "prompt_version")
    return all(getattr(old, name) == getattr(new, name) for name in names)


def _was_usual(old: Identity, new: Identity) -> bool:
    """Whether a run by today's usual prompt may go on with, or make anew, one by an earlier."""
    names = ("extractor", "model", "schema_name")
    is_same = all(getattr(old, name) == getattr(new, name) for name in names)
    return is_same and new.prompt_version == _USUAL != old.prompt_version


def _held(folder: Path) -> str:
    held = load_manifest(folder)
    if held is None:
        return "other files"
    names = ", ".join(one.path or one.name for one in held.inputs) or "another input"
    return f"the run of {names} by {held.identity.model or 'the embedded extractor'}"


def _suffix(identity: Identity) -> str:
    """What tells a folder from that of the embedded extractor by the default schema."""
    prompt = identity.prompt_version
    told = "" if prompt in {_USUAL, None} else f".{_safe(PurePath(prompt or '').name)}"
    return _plain_suffix(identity) + told


def _plain_suffix(identity: Identity) -> str:
    """Likewise where the prompt is the usual one."""
    model = identity.model or ""
    name = model[:-5] if model.lower().endswith(".gguf") else model
    parts = [_safe(name)] if identity.is_paid else []
    if identity.schema_fingerprint not in map(schema_fingerprint, versions_of(Draft)):
        parts.append(_safe(identity.schema_name))
    return "".join(f".{part}" for part in parts)


def _safe(name: str) -> str:
    """A name as a part of a folder's name: no separator, no dot in front, of a bounded length."""
    return _UNSAFE.sub("-", name)[:_LONGEST].strip(".-") or "model"


def manifest_for(
    path: Path, identity: Identity, schema: type[BaseModel], *, refresh: str | None = None
) -> Manifest:
    """The manifest to go on with: the old one where its records still count, else a new start.

    Raises:
        RunError: It holds paid records, or records of another schema, made by other settings, and
            nothing is to be made anew; or a part is, and what the rest holds would go from view.
    """
    old = load_manifest(path)
    form = to_plain(schema)
    if old is None:
        now = utc_now()
        return Manifest(identity=identity, schema_form=form, created=now, updated=now)
    ends = Marks.at_end(path)
    begun = None if refresh is None else Refresh(what=refresh, since=ends)
    if old.identity.fingerprint == identity.fingerprint:
        last = old.refresh
        goes_on = not begun or (last is not None and last.what == refresh and not last.is_done)
        now_made = {"identity": identity, "schema_form": form}
        return old.model_copy(update=now_made if goes_on else {**now_made, "refresh": begun})
    is_same_schema = old.identity.schema_fingerprint == identity.schema_fingerprint
    is_loss = old.identity.is_paid and not identity.is_paid
    loses_rest = begun is not None and begun.is_part and (is_loss or not is_same_schema)
    # Where a model is served was misspelt, and is put right: nothing was, or will be, answered.
    had_answers = (ends.answers, ends.records) != (old.answers_from, old.records_from)
    is_void = not (had_answers or (path / BATCHES).exists())
    is_refused = not is_void and (old.identity.is_paid or (identity.is_paid and not is_same_schema))
    if loses_rest or (begun is None and is_refused):
        how = "all of it anew here with --refresh and without --limit and --only"
        raise RunError(
            f"was made with {identity_differences(old.identity, identity)}",
            where=str(path),
            hint=f"Write to another folder with -o {other_folder(path, identity)}, "
            f"or make {how if loses_rest else 'it anew here with --refresh'}.",
        )
    shown_from = old.records_from if old.shown_from is None else old.shown_from
    # The old lines stay in the files, for whoever wants them; they just don't count any more.
    return old.model_copy(
        update={
            "identity": identity,
            "schema_form": form,
            "answers_from": ends.answers,
            "records_from": ends.records,
            "failures_from": ends.failures,
            "shown_from": shown_from if is_same_schema else ends.records,
            "refresh": begun,
        }
    )


def identity_differences(old: Identity, new: Identity) -> str:
    """What makes answers otherwise now than before, in words: ``model a (now b)``."""
    names = {
        "extractor": "extractor",
        "model": "model",
        "endpoint_host": "endpoint",
        "prompt_version": "prompt",
        "prompt_fingerprint": "prompt text",
        "schema_name": "schema",
        "schema_fingerprint": "schema fields",
        "sampling": "sampling settings",
    }
    changed = [
        f"{label} {getattr(old, name) or 'none'} (now {getattr(new, name) or 'none'})"
        for name, label in names.items()
        if getattr(old, name) != getattr(new, name)
    ]
    return ", ".join(changed) or "other settings of the endpoint"


def open_run(
    path: Path,
    identity: Identity,
    schema: type[BaseModel] = Draft,
    *,
    refresh: str | None = None,
    besides: Path | None = None,
) -> RunWriter:
    """Open or make a run directory for one run by this identity.

    To ``refresh`` is to make something anew: see ``Refresh.what``. A new directory may hold the log
    of requests already, ``besides``.

    Raises:
        RunError: It is in use, can't be written, holds other files, or holds paid records of
            another model, prompt or schema and nothing is to be made anew: see ``manifest_for``.
    """
    refuse_foreign(path, besides=besides)
    is_new = not path.exists()
    with telling(path):
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with telling(path / LOCK):
        lock = lock_run(path, "or choose another folder with -o")
    try:
        tidy(path)
        # A new start is counted from the end of whole lines.
        for journal in (path / name for name in (ANSWERS, RECORDS, FAILURES)):
            if journal.exists():
                Journal(journal).close()
        held = load_manifest(path)
        manifest = manifest_for(path, identity, schema, refresh=refresh)
        begun = held is None or held.identity.fingerprint == identity.fingerprint
        writer = RunWriter(path, manifest, lock, has_begun=begun, refreshes=refresh is not None)
    except BaseException:
        lock.release()
        raise
    with contextlib.ExitStack() as stack:
        stack.push(writer)
        if held is None:
            writer.save_manifest(state=RunState.RUNNING)
        writer.is_new = writer.is_void = is_new
        stack.pop_all()
    return writer
