"""What a run directory holds already, read without opening it for a run."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Self

from pydantic import BaseModel

from summarise.models import Answer, Completion, Document, Identity
from summarise.store import Damage
from summarise.store.files import ANSWERS, FAILURES, RECORDS, size_of, understood
from summarise.store.folders import manifest_for
from summarise.store.lines import Index, document_key, read_answers

# So many answers of the run directory tell what answers are like.
_SAMPLE = 1000


class Standing:
    """What a run directory holds already.

    Attributes:
        unused: Answers that nothing was made of yet, by key of the request.
    """

    def __init__(self, index: Index | None, since: int = 0) -> None:
        self._index = index
        self._since = since
        self._sample: dict[int, list[Completion]] = {}
        self.unused: dict[str, Completion] = {}

    @classmethod
    def of(cls, folder: Path, identity: Identity, schema: type[BaseModel]) -> Self:
        """Read a folder.

        Raises:
            RunError: It was made by other settings, or is damaged.
        """
        if not folder.is_dir():
            return cls(None)
        sizes = (size_of(folder / name) for name in (ANSWERS, RECORDS, FAILURES))
        manifest = manifest_for(folder, identity, schema).within(*sizes)
        damage = Damage()
        index = Index(folder, manifest, damage)
        standing = cls(index, manifest.records_from)
        standing.unused = read_answers(folder, manifest, index, damage)[1]
        answers = understood(
            folder / ANSWERS, Answer.model_validate_json, damage, manifest.answers_from
        )
        for _, answer in itertools.islice(answers, _SAMPLE):
            key = document_key(answer.doc_id, answer.content_hash)
            standing._sample.setdefault(key, []).append(answer.completion)
        return standing

    def has_record(self, document: Document) -> bool:
        """Whether nothing is left to do for a document."""
        key = document_key(document.doc_id, document.content_hash)
        return self._index is not None and self._index.record_offset(key, self._since) is not None

    def answers_for(self, document: Document) -> list[Completion]:
        """The answers to a document that are in the sample."""
        return self._sample.get(document_key(document.doc_id, document.content_hash), [])
