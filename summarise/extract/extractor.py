"""What makes records; and the one that needs no model."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Protocol

from summarise.characters import for_screen
from summarise.extract.answers import Fault, failure
from summarise.models import (
    EMBEDDED,
    Document,
    Failure,
    FailureKind,
    Identity,
    Outcome,
    Provenance,
    Record,
)
from summarise.reading import Reading, embedded_draft
from summarise.schema import Draft, schema_fingerprint
from summarise.store import utc_now
from summarise.version import __version__


class Extractor(Protocol):
    """What makes records."""

    identity: Identity
    """All that can change its answers."""

    @property
    def width(self) -> int:
        """How many documents at a time keep it busy, now."""

    def close(self) -> None:
        """Send nothing more; what is in flight may finish."""

    async def extract(self, document: Document) -> Outcome:
        """Make a record of a document, or say why there is none.

        Raises:
            EndpointUnusable: No document can succeed.
            BudgetReached: It could cost more than may be spent.
            AdmissionClosed: The run is stopping.
            RunError: An answer can't be kept.
        """


class EmbeddedExtractor:
    """Reads by code alone: no model, no key, no network."""

    def __init__(self) -> None:
        fingerprint = schema_fingerprint(Draft)
        self.identity = Identity(
            extractor=EMBEDDED,
            fingerprint=hashed(EMBEDDED, __version__, fingerprint),
            schema_name=Draft.__name__,
            schema_fingerprint=fingerprint,
            version=__version__,
        )

    @property
    def width(self) -> int:
        """One: nothing is waited for."""
        return 1

    def close(self) -> None:
        """Nothing is ever sent."""

    async def extract(self, document: Document) -> Record:
        """Make a record of a document."""
        reading = Reading(document)
        draft = embedded_draft(reading)
        provenance = Provenance(**self.identity.model_dump(), cost=Decimal(0), created=utc_now())
        return reading.record(reading.ground(Draft, draft), provenance)


def internal_failure(document: Document, error: Exception, identity: Identity) -> Failure:
    """The failure of a document that met a bug of ours."""
    told = for_screen(str(error), 200, reveal=True)
    message = f"a bug in summarise: {type(error).__name__}: {told}; see --debug"
    return _unasked(document, Fault(FailureKind.INTERNAL, message), identity)


MOST_CHARACTERS = 50_000
"""Title and abstract of one document. An abstract has some 1,500 characters, and none of 2,000 had
more than 5,000; whatever it repeats, so much text takes no more than some two seconds to read,
during which nothing else is done, not even for Ctrl-C."""


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
    provenance = Provenance(**identity.model_dump(), created=utc_now())
    return failure(document, fault, None, provenance)


def hashed(*parts: str) -> str:
    """Hash of some texts: 16 hexadecimal digits."""
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
