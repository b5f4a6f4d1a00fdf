"""The plan: a pile read once, its duplicates settled, and cut into parts."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError
from pydantic_core import to_json

from summarise import __version__
from summarise.batch import Batch, flags_of
from summarise.errors import InputError, RunError
from summarise.models import Document, Identity, Skipped, Stored
from summarise.store import (
    PLAN,
    DigestTable,
    Input,
    digest,
    identity_differences,
    load_manifest,
    plan_in,
    replacing,
    telling,
    utc_now,
)

_MAKER = "maker.json"
_SUFFIX = ".jsonl"
_DIGITS = 5
_MOST = 10**_DIGITS
_FORM = rf"[0-9]{{{_DIGITS}}}"
_NAME = re.compile(_FORM)
_Told = TypeVar("_Told", bound=Stored)


class Shard(Stored):
    """A part of a plan.

    Attributes:
        name: Digits alone: its files are called so, and a plan may come from anybody.
        sha256: Of the file of its entries.
    """

    name: str = Field(pattern=f"^{_FORM}$")
    documents: int
    skipped: int
    sha256: str

    def made(self, inputs: tuple[Input, ...]) -> bool:
        """Whether a run is of this part, by its inputs; one that was killed early knows none."""
        return not inputs or any(one.sha256 == self.sha256 for one in inputs)


class ShardPlan(Stored):
    """What a pile was cut into.

    Attributes:
        inputs: What was read.
        ids: SHA-256 of the ids of all documents, in order, each with a line break.
        max_cost: US dollars that all parts together may cost.
    """

    version: str
    created: str
    size: int = Field(ge=1)
    documents: int
    ids: str
    inputs: tuple[Input, ...]
    shards: tuple[Shard, ...]
    max_cost: Decimal | None = None


class PlanMaker(Identity):
    """What makes the records of a plan, and where that is asked; None where nothing is."""

    base_url: str | None = None


def make_plan(batch: Batch, folder: Path, size: int, max_cost: Decimal | None = None) -> ShardPlan:
    """Cut a pile into parts of so many documents; one part is in memory at a time.

    Raises:
        RunError: The folder holds something, or can't be written.
        InputError: A document's id is there twice, or an input can't be read.
    """
    with telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RunError(
                "isn't empty, and a plan is made in a folder of its own",
                where=str(folder),
                hint="Name a new folder with -o.",
            )
    shards: list[Shard] = []
    ids, all_ids, documents = DigestTable(), hashlib.sha256(), 0
    for entries in _parts(batch.entries, size):
        if len(shards) == _MOST:
            raise InputError(
                f"would be cut into more than {_MOST:,} parts", hint="Cut larger ones with --size."
            )
        held = [one for one in entries if isinstance(one, Document)]
        for document in held:
            if ids.add(digest(document.doc_id)) < documents:
                raise InputError(f"two documents have the id {document.doc_id!r}")
            documents += 1
            all_ids.update(f"{document.doc_id}\n".encode("utf-8", "surrogatepass"))
        name = f"{len(shards):0{_DIGITS}}"
        hashed = hashlib.sha256()
        with replacing(folder / f"{name}{_SUFFIX}") as file:
            for one in entries:
                kind = b"document" if isinstance(one, Document) else b"skipped"
                line = b'{"%s":%s}\n' % (kind, to_json(one))
                hashed.update(line)
                file.write(line)
        shards.append(
            Shard(
                name=name,
                documents=len(held),
                skipped=len(entries) - len(held),
                sha256=hashed.hexdigest(),
            )
        )
    plan = ShardPlan(
        version=__version__,
        created=utc_now(),
        size=size,
        documents=documents,
        ids=all_ids.hexdigest(),
        inputs=batch.inputs(),
        shards=tuple(shards),
        max_cost=max_cost,
    )
    # It comes last: without it there is no plan.
    with replacing(folder / PLAN) as file:
        file.write(to_json(plan, indent=1) + b"\n")
    return plan


def _parts(entries: Iterator[Document | Skipped], size: int) -> Iterator[list[Document | Skipped]]:
    part: list[Document | Skipped] = []
    held = 0
    for entry in entries:
        if held == size and isinstance(entry, Document):
            yield part
            part, held = [], 0
        part.append(entry)
        held += isinstance(entry, Document)
    if part:
        yield part


class _Read(Stored):
    """A line of a part that holds a document."""

    document: Document


class _Left(Stored):
    """A line of a part that holds what isn't read."""

    skipped: Skipped


def load_plan(folder: Path) -> ShardPlan | None:
    """The plan in a folder, None where there is none of ours.

    Raises:
        RunError: It is damaged, or can't be read.
    """
    if (content := plan_in(folder)) is None:
        return None
    return _parsed(ShardPlan, content, folder / PLAN)


def _parsed(kind: type[_Told], content: bytes, path: Path) -> _Told:
    try:
        return kind.model_validate_json(content)
    except ValidationError:
        told, hint = (
            "isn't a plan that this version can read",
            "Make it anew with `summarise shard`.",
        )
        raise RunError(told, where=str(path), hint=hint) from None


def find_shard(path: Path) -> tuple[Path, ShardPlan, Shard] | None:
    """The folder, the plan and the part that a path names, None where it names no part.

    Raises:
        RunError: The plan beside it is damaged.
    """
    folder = path.parent
    plan = load_plan(folder) if _NAME.fullmatch(path.name) else None
    if plan is None:
        return None
    return next(((folder, plan, one) for one in plan.shards if one.name == path.name), None)


def check_entries(folder: Path, shard: Shard) -> None:
    """Have the entries of a part, and those of its run, be those that were planned.

    Raises:
        RunError: Their file is gone, or isn't as it was written; or the run is another's.
    """
    held = load_manifest(folder / shard.name)
    if held is not None and not shard.made(held.inputs):
        raise RunError(
            "holds the run of other entries than the plan has for it",
            where=str(folder / shard.name),
            hint=f"Move it away; `summarise run {folder}` makes it anew.",
        )
    path = folder / f"{shard.name}{_SUFFIX}"
    with telling(path), path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != shard.sha256:
            raise RunError(
                "isn't as the plan was made: it was changed since",
                where=str(path),
                hint="Put it back as it was, or make the plan anew with `summarise shard`.",
            )


def entries_of(folder: Path, shard: Shard) -> Iterator[Document | Skipped]:
    """The entries of a part, whose hash was checked.

    Raises:
        RunError: A line is no entry, though the plan has its hash.
    """
    path = folder / f"{shard.name}{_SUFFIX}"
    with telling(path), path.open("rb") as file:
        for line in file:
            if line.startswith(b'{"skipped"'):
                yield _parsed(_Left, line, path).skipped
            else:
                yield _parsed(_Read, line, path).document


def batch_of(folder: Path, plan: ShardPlan, shard: Shard) -> Batch:
    """A part, checked, as what a run is made from; it says of which inputs it holds entries."""
    sources: set[str] = set()

    def entries() -> Iterator[Document | Skipped]:
        for entry in entries_of(folder, shard):
            sources.add(entry.source)
            yield entry

    def inputs() -> tuple[Input, ...]:
        names = [one.name for one in plan.inputs]
        part = Input(
            name=shard.name,
            sha256=shard.sha256,
            path=str(folder / shard.name),
            entries={"document": shard.documents},
            # Documents that a program handed over may name any source.
            holds=tuple([name for name in names if name in sources] or names),
        )
        return (part,)

    return Batch(entries(), (), (), inputs, shard.name)


def check_maker(folder: Path, identity: Identity, base_url: str) -> None:
    """Have all parts made by the same model, prompt and schema: those of the first one.

    Its address counts as well: what answers elsewhere under the same name may be another model.

    Raises:
        RunError: They were begun by others.
    """
    path = folder / _MAKER
    told = {**dict(identity), "base_url": base_url if identity.is_paid else None}
    given = PlanMaker.model_validate(told)
    if (held := maker_of(folder)) is None:
        held = given
        with replacing(path) as file:
            file.write(to_json(given) + b"\n")
    if held.fingerprint != given.fingerprint:
        raise RunError(
            f"was begun with {identity_differences(held, given)}: "
            "its parts have to be made by the same settings",
            where=str(folder),
            hint=f"`{plan_command(folder, held)}` goes on; or make another plan.",
        )


def maker_of(folder: Path) -> PlanMaker | None:
    """What makes the records of a plan, None where it isn't begun."""
    path = folder / _MAKER
    if not path.is_file():
        return None
    with telling(path):
        return _parsed(PlanMaker, path.read_bytes(), path)


def plan_command(folder: Path, maker: PlanMaker, bounds: Mapping[str, Any] | None = None) -> str:
    """The command that goes on with a plan; ``bounds`` are as a manifest has its settings."""
    flags = flags_of(maker, bounds or {}, maker.base_url)
    return shlex.join(["summarise", "run", str(folder), *flags])
