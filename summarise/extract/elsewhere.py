"""Making a record in another process: what is said there, what is done there, and both ends.

Where a worker ends before its time, what it was at is done here, from the start.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from summarise.extract.drafts import Read
from summarise.extract.making import Making, read_by_code
from summarise.extract.prompts import Prompt
from summarise.extract.workers import LEAVE, Work, Worker, WorkerLost, Workers
from summarise.models import Document, Identity, MadeRecord, Provenance

# What is asked for, and what an answer is.
_QUESTION, _TAKE, _RECORD, _READ = 1, 2, 3, 4
_TEXT, _FAULTS, _LINE, _NOTHING = 11, 12, 13, 14


class Maker(Protocol):
    """A document on its way to a record, wherever that is made."""

    async def question(self) -> str:
        """As ``Making.question``."""

    async def take(self, read: Read, provenance: Provenance) -> tuple[str, ...]:
        """As ``Making.take``; the provenance is that of the record, if no better draft comes."""

    async def record(self, provenance: Provenance) -> MadeRecord | None:
        """As ``Making.record``."""

    def leave(self) -> None:
        """Nothing more will be asked."""


def maker_for(document: Document, prompt: Prompt, workers: Workers | None, *, waits: bool) -> Maker:
    """Who makes the record of a document: a worker, or this process where that is to do it.

    It does a share where it ``waits`` for no answers.
    """
    if workers is not None and (worker := workers.needed(waits=waits)) is not None:
        return _Elsewhere(document, prompt, worker, workers.number())
    return _Here(Making(document, prompt))


class _Here:
    """In this process."""

    def __init__(self, making: Making) -> None:
        self._making = making

    async def question(self) -> str:
        return self._making.question()

    async def take(self, read: Read, _: Provenance) -> tuple[str, ...]:
        return self._making.take(read)

    async def record(self, provenance: Provenance) -> MadeRecord | None:
        return self._making.record(provenance)

    def leave(self) -> None:
        pass


class _Elsewhere:
    """By a worker."""

    def __init__(self, document: Document, prompt: Prompt, worker: Worker, number: int) -> None:
        self._document = document
        self._prompt = prompt
        self._worker = worker
        self._number = number
        self._taken: list[Read] = []
        self._made: MadeRecord | None = None

    @cached_property
    def _here(self) -> Making:
        """What the worker would have come to by now."""
        making = Making(self._document, self._prompt)
        for read in self._taken:
            making.take(read)
        return making

    async def question(self) -> str:
        try:
            _, text = await self._worker.ask(_QUESTION, self._number, to_json(self._document))
        except WorkerLost:
            return self._here.question()
        return text.decode()

    async def take(self, read: Read, provenance: Provenance) -> tuple[str, ...]:
        self._made = None
        told = to_json((*read, provenance))
        try:
            came, answer = await self._worker.ask(_TAKE, self._number, told)
        except WorkerLost:
            faults = self._here.take(read)
            self._taken.append(read)
            return faults
        self._taken.append(read)
        if came == _FAULTS:
            return tuple(from_json(answer))
        self._made = self._written(provenance, answer)
        return ()

    async def record(self, provenance: Provenance) -> MadeRecord | None:
        if self._made is not None and self._made.provenance is provenance:
            return self._made
        try:
            came, line = await self._worker.ask(_RECORD, self._number, to_json(provenance))
        except WorkerLost:
            return self._here.record(provenance)
        return self._written(provenance, line) if came == _LINE else None

    def _written(self, provenance: Provenance, line: bytes) -> MadeRecord:
        document = self._document
        return MadeRecord(document.doc_id, document.content_hash, provenance, line)

    def leave(self) -> None:
        # With the record it has forgotten the document.
        if self._made is None:
            self._worker.leave(self._number)


def work_on_answers(prompt: Prompt) -> Work:
    """What a worker does where a model is asked."""
    makings: dict[int, Making] = {}

    def work(task: int, number: int, payload: bytes) -> tuple[int, bytes] | None:
        if task == LEAVE:
            makings.pop(number, None)
            return None
        if task == _QUESTION:
            document = Document.model_validate_json(payload)
            making = makings[number] = Making(document, prompt)
            return _TEXT, making.question().encode()
        making = makings[number]
        if task == _TAKE:
            draft, dropped, missing, told = from_json(payload)
            if faults := making.take(Read(draft, tuple(dropped), tuple(missing))):
                return _FAULTS, to_json(faults)
        else:
            told = from_json(payload)
        made = making.record(Provenance.model_validate(told))
        if made is None:
            return _NOTHING, b""
        del makings[number]  # nothing more is asked about it
        return _LINE, made.line

    return work


async def read_elsewhere(
    document: Document, schema: type[BaseModel], identity: Identity, workers: Workers
) -> MadeRecord:
    """As ``read_by_code``, by a worker as long as there is one."""
    if (worker := workers.idlest()) is not None:
        try:
            _, answer = await worker.ask(_READ, workers.number(), to_json(document))
        except WorkerLost:
            pass
        else:
            told, _, line = answer.partition(b"\n")
            provenance = Provenance.model_validate_json(told)
            return MadeRecord(document.doc_id, document.content_hash, provenance, line)
    return read_by_code(document, schema, identity)


def work_by_code(schema: type[BaseModel], identity: Identity) -> Work:
    """What a worker does where none is asked."""

    def work(task: int, _: int, payload: bytes) -> tuple[int, bytes] | None:
        if task == LEAVE:
            return None
        made = read_by_code(Document.model_validate_json(payload), schema, identity)
        return _LINE, made.provenance.model_dump_json().encode() + b"\n" + made.line

    return work
