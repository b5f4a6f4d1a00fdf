"""Papers that were fetched, in the answer cache, id by id: a fetch that was killed goes on.

An abstract may come later and a record be mended, so what was kept for 30 days is fetched anew, and
a paper without an abstract after a day. That there is no such paper isn't kept, nor a day of
Hugging Face's that may not be over.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pydantic import ValidationError

from summarise import __version__
from summarise.models import Completion, Document, SkipKind, Skipped, Stored
from summarise.settings import SERVICES, Settings
from summarise.sources.identifiers import Identifier
from summarise.sources.service import Service
from summarise.store import AnswerCache, Origin, Parts

Found = Document | Skipped

_DAY = 86_400
_DAYS, _DAYS_WITHOUT = 30, 1


class _KeptEntries(Stored):
    """The entries of an identifier, and when they were fetched, in seconds since 1970."""

    fetched: int
    entries: list[Found]


class KeptPapers:
    """The papers in the cache of the settings; none, where they say so. To be closed."""

    def __init__(self, settings: Settings) -> None:
        self._url_of = settings.service_url
        self._cache = AnswerCache(settings.cache_dir) if settings.cache else None

    def get(self, identifier: Identifier, chain: Sequence[Service]) -> list[Found] | None:
        """The entries of an identifier, None where none are kept, or not for long enough."""
        text = self._cache.get(self._key(identifier, chain)) if self._cache else None
        try:
            answer = Completion.model_validate_json(text or "")
            papers = _KeptEntries.model_validate_json(answer.text or "")
        except ValidationError:
            return None
        has_document = any(isinstance(one, Document) for one in papers.entries)
        days = _DAYS if has_document else _DAYS_WITHOUT
        return papers.entries if 0 <= time.time() - papers.fetched < days * _DAY else None

    def put(
        self, identifier: Identifier, chain: Sequence[Service], entries: Sequence[Found]
    ) -> None:
        """Keep the entries of an identifier."""
        is_there = any(
            isinstance(one, Document) or one.kind is SkipKind.NO_ABSTRACT for one in entries
        )
        day_before = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
        may_grow = identifier.scheme == "hf" and identifier.value >= day_before
        if self._cache is None or not is_there or may_grow:
            return
        name = chain[0].name
        papers = _KeptEntries(fetched=int(time.time()), entries=list(entries))
        answer = Completion(text=papers.model_dump_json(), finish_reason="stop", model=name)
        parts = Parts.of({"model": SERVICES[name].label, "base_url": self._url_of(name)})
        origin = Origin(parts, sha256(str(identifier).encode()).hexdigest()[:32])
        self._cache.put(self._key(identifier, chain), answer.model_dump_json(), origin)

    def flush(self) -> None:
        """Write what is pending."""
        if self._cache:
            self._cache.flush()

    def close(self) -> None:
        """Let go of the cache."""
        if self._cache:
            self._cache.close()

    def _key(self, identifier: Identifier, chain: Sequence[Service]) -> str:
        # Another version may read an answer in another way.
        asked = [__version__, str(identifier), *(self._url_of(one.name) for one in chain)]
        return sha256(json.dumps(asked).encode()).hexdigest()
