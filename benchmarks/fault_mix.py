"""Which attempt of which document goes wrong, and how: decided by hash, not by order of arrival."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import blake2b


class Fault(StrEnum):
    """What an attempt meets."""

    NONE = "none"
    RATE_LIMITED = "rate_limited"
    INVALID = "invalid"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class FaultMix:
    """How often an attempt meets which fault.

    Attributes:
        rate_limited: Share of attempts answered by 429.
        retry_after: Seconds that such an answer asks for.
        invalid: Share of attempts answered by JSON that is cut off, as if it were whole.
        stalled: Share of attempts that get no answer for ``stall`` seconds.
        stall: Seconds until a stalled attempt is answered after all.
        seed: Another seed, other attempts.
    """

    rate_limited: float = 0.0
    retry_after: float = 1.0
    invalid: float = 0.0
    stalled: float = 0.0
    stall: float = 60.0
    seed: int = 0

    def fault(self, document: int, attempt: int) -> Fault:
        """What an attempt at a document meets; attempts are counted from 0."""
        share = draw(self.seed, document, attempt, "fault")
        for fault, limit in (
            (Fault.RATE_LIMITED, self.rate_limited),
            (Fault.INVALID, self.invalid),
            (Fault.STALLED, self.stalled),
        ):
            if share < limit:
                return fault
            share -= limit
        return Fault.NONE

    def told(self) -> str:
        """The mix in words."""
        return (
            f"{self.rate_limited:.0%} of calls answered by 429 with Retry-After "
            f"{self.retry_after:g}, {self.invalid:.0%} by invalid JSON, "
            f"{self.stalled:.0%} stalled for {self.stall:g} s"
        )

    def flags(self) -> list[str]:
        """The mix as flags of the server."""
        pairs = asdict(self).items()
        return [part for name, value in pairs for part in (flag(name), str(value))]


USUAL = FaultMix(rate_limited=0.10, retry_after=1.0, invalid=0.05, stalled=0.02, stall=60.0)
"""The mix of the fault rounds."""


def draw(seed: int, document: int, attempt: int, purpose: str) -> float:
    """A number in [0, 1) that these four decide."""
    key = f"{seed}:{document}:{attempt}:{purpose}".encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest()) / 2**64


def flag(name: str) -> str:
    """How a setting is written on the command line."""
    return "--" + name.replace("_", "-")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Let a parser take a mix."""
    for name, value in asdict(FaultMix()).items():
        parser.add_argument(flag(name), type=type(value), default=value, metavar="X")


def from_flags(given: argparse.Namespace) -> FaultMix:
    """The mix that was given."""
    return FaultMix(**{name: getattr(given, name) for name in asdict(FaultMix())})
