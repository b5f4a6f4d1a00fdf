"""What an answer was asked with, part by part, and which parts two requests differ in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Self
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from summarise.characters import for_screen

UNKNOWN = "unknown"
PARTS_PREFIX = "parts:"
FINGERPRINT_LENGTH = 16
_NONE = "none"
_LONGEST_SHOWN = 40
_TAG = re.compile(r"([0-9a-f]+)/(first|reask)/([0-9a-f]{16})")
_VALUES = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True)
class Parts:
    """All that can change an answer, the document apart. Use ``Parts.of``.

    Attributes:
        values: Readable values, or short hashes, by name: ``base_url``, ``model``, ``prompt``, ….
        fingerprint: Hash of the values: 16 hexadecimal digits.
    """

    values: Mapping[str, str]
    fingerprint: str

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """Parts with these values.

        Args:
            values: By name. ``model`` and ``base_url`` are what answers are listed and removed by.
        """
        ordered = dict(sorted(values.items()))
        digest = sha256(json.dumps(ordered).encode()).hexdigest()
        return cls(ordered, digest[:FINGERPRINT_LENGTH])

    @classmethod
    def from_json(cls, text: str) -> Self | None:
        """Parts that were stored, None where they can't be read."""
        try:
            return cls.of(_VALUES.validate_json(text, strict=True))
        except ValidationError:
            return None

    def to_json(self) -> str:
        """The values, to be stored."""
        return json.dumps(dict(self.values))

    @property
    def key(self) -> str:
        """What they are stored under in the cache."""
        return PARTS_PREFIX + self.fingerprint

    @property
    def model(self) -> str:
        """The model, ``unknown`` where that isn't among them."""
        return self.values.get("model", UNKNOWN)

    @property
    def host(self) -> str:
        """Host and port of the base URL, ``unknown`` where that isn't among them."""
        try:
            return urlsplit(self.values.get("base_url", "")).netloc.lower() or UNKNOWN
        except ValueError:
            return UNKNOWN

    def changes(self, now: Parts) -> Iterator[str]:
        """What is different now, such as ``prompt v1 → v2``."""
        for name in sorted({*self.values, *now.values}):
            before, after = self.values.get(name, _NONE), now.values.get(name, _NONE)
            if before != after:
                yield f"{shown(name)} {shown(before)} → {shown(after)}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What one answer was asked with.

    Attributes:
        parts: The settings.
        document: Content hash of the document, hexadecimal digits.
        is_reask: Whether a corrected request was answered.
    """

    parts: Parts
    document: str
    is_reask: bool = False

    @property
    def tag(self) -> str:
        """What stands beside the answer in the cache."""
        return f"{self.scope}/{self.parts.fingerprint}"

    @property
    def scope(self) -> str:
        """What the tags of all answers to the same question about the document start with."""
        return f"{self.document}/{'reask' if self.is_reask else 'first'}"


@dataclass(frozen=True, slots=True)
class Tag:
    """What a stored tag says.

    Attributes:
        document: Content hash of the document.
        is_reask: Whether a corrected request was answered.
        fingerprint: Of the parts.
    """

    document: str
    is_reask: bool
    fingerprint: str


def read_tag(tag: object) -> Tag | None:
    """What a tag says, None where it isn't one of ours."""
    match = _TAG.fullmatch(tag) if isinstance(tag, str) else None
    return Tag(match[1], match[2] == "reask", match[3]) if match else None


def shown(value: str) -> str:
    """A stored value as one short piece of a line: an imported one may hold anything."""
    return for_screen(value, _LONGEST_SHOWN, reveal=True)
