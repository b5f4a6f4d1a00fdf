"""What makes records, and the one that needs no model; documents that none is made of."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel

from summarise import __version__
from summarise.characters import for_screen
from summarise.extract.drafts import Fault, failure
from summarise.extract.making import read_by_code
from summarise.models import (
    EMBEDDED,
    Document,
    Failure,
    FailureKind,
    Identity,
    Made,
    MadeRecord,
    Provenance,
)
from summarise.schema import Draft, schema_fingerprint
from summarise.store import utc_now

if TYPE_CHECKING:
    from summarise.extract.workers import Work, Workers

_AT_A_TIME = 4
"""Documents for each worker, so that none waits for the next one."""


class Extractor(Protocol):
    """What makes records."""

    identity: Identity
    """All that can change its answers."""
    waits: bool
    """Whether it waits for answers, and other documents go on meanwhile."""
    workers: Workers | None
    """Who helps it: see ``workers.employed``."""

    @property
    def width(self) -> int:
        """How many documents at a time keep it busy, now."""

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""

    def work(self) -> Work:
        """What a worker does for it."""

    async def extract(self, document: Document) -> Made:
        """Make a record of a document, or say why there is none.

        Raises:
            EndpointUnusable: No document can succeed.
            BudgetReached: It could cost more than may be spent.
            AdmissionClosed: The run is stopping.
            RunError: An answer can't be kept.
        """


class EmbeddedExtractor:
    """Reads by code alone: no model, no key, no network."""

    waits = False

    def __init__(self, schema: type[BaseModel] = Draft) -> None:
        self.workers: Workers | None = None
        self._schema = schema
        fingerprint = schema_fingerprint(schema)
        self.identity = Identity(
            extractor=EMBEDDED,
            fingerprint=hashed(EMBEDDED, __version__, fingerprint),
            schema_name=schema.__name__,
            schema_fingerprint=fingerprint,
            version=__version__,
        )

    @property
    def width(self) -> int:
        """One, as nothing is waited for; with workers as many as keep them busy."""
        return max(1, _AT_A_TIME * len(self.workers or ()))

    def close(self) -> None:
        """Nothing is ever sent."""

    def work(self) -> Work:
        """What a worker does for it."""
        from summarise.extract.elsewhere import work_by_code  # noqa: PLC0415

        return work_by_code(self._schema, self.identity)

    async def extract(self, document: Document) -> MadeRecord:
        """Make a record of a document."""
        if self.workers is None:
            return read_by_code(document, self._schema, self.identity)
        # It loads what processes need, of which verifying a run has none.
        from summarise.extract.elsewhere import read_elsewhere  # noqa: PLC0415

        return await read_elsewhere(document, self._schema, self.identity, self.workers)


def internal_failure(document: Document, error: Exception, identity: Identity) -> Failure:
    """The failure of a document that met a bug of ours."""
    told = for_screen(str(error), 200, reveal=True)
    message = f"a bug in summarise: {type(error).__name__}: {told}; see --debug"
    return _unasked(document, Fault(FailureKind.INTERNAL, message), identity)


MOST_CHARACTERS = 50_000
"""Title and abstract of one document. An abstract has some 1,500 characters, and none of 2,000 had
more than 5,000; so much ordinary text takes half a second to read, and some three seconds whatever
it repeats."""


def length_failure(document: Document, identity: Identity) -> Failure | None:
    """The failure of a document that is too long to be read; None where it isn't."""
    size = len(document.title or "") + len(document.abstract)
    if size <= MOST_CHARACTERS:
        return None
    message = (
        f"title and abstract have {size:,} characters, and no more than {MOST_CHARACTERS:,} are "
        "read; leave the abstract alone, or make several documents of it"
    )
    return _unasked(document, Fault(FailureKind.TOO_LONG, message), identity)


def _unasked(document: Document, fault: Fault, identity: Identity) -> Failure:
    provenance = Provenance(**dict(identity), created=utc_now())
    return failure(document, fault, None, provenance)


def hashed(*parts: str) -> str:
    """Hash of some texts: 16 hexadecimal digits."""
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
