"""What stands in the cache: whole answers, and what they were asked with, part by part."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from summarise.characters import for_screen
from summarise.models import Completion

UNKNOWN = "unknown"
PARTS_PREFIX = "parts:"
_FINGERPRINT = 16
_LONGEST_SHOWN = 40
_TAG = re.compile(r"(?:([0-9a-f]+)/(first|reask)/([0-9a-f]{16}))?(?:@(\d{1,12}\.\d{6}))?")
_LATEST = 253_402_300_799  # the year 9999
_VALUES = TypeAdapter(dict[str, str])


class Refused(Exception):
    """An entry of the cache that no run of ours has written so; the message says why."""


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
        """Parts by name. Answers are listed and removed by ``model`` and ``base_url``."""
        ordered = dict(sorted(values.items()))
        return cls(ordered, sha256(json.dumps(ordered).encode()).hexdigest()[:_FINGERPRINT])

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
            before, after = self.values.get(name, "none"), now.values.get(name, "none")
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
    def scope(self) -> str:
        """What the tags of all answers to the same question about the document start with."""
        return _scope(self.document, self.is_reask)


class Tag(NamedTuple):
    """What stands beside an answer, each part empty where it isn't known.

    Attributes:
        fingerprint: Of the parts that it was asked with.
        stored: When, in seconds since 1970.
    """

    document: str = ""
    is_reask: bool = False
    fingerprint: str = ""
    stored: float = 0.0

    @property
    def scope(self) -> str:
        """That of the origin."""
        return _scope(self.document, self.is_reask)


def _scope(document: str, is_reask: bool) -> str:
    return f"{document}/{'reask' if is_reask else 'first'}"


def write_tag(origin: Origin | None, stored: float) -> str:
    """The tag of an answer that was asked so, and stored then (seconds since 1970)."""
    asked = f"{origin.scope}/{origin.parts.fingerprint}" if origin else ""
    return f"{asked}@{stored:.6f}"


def read_tag(tag: object) -> Tag:
    """What a tag says; nothing, where it isn't one of ours."""
    match = _TAG.fullmatch(tag) if isinstance(tag, str) else None
    if match is None:
        return Tag()
    document, question, fingerprint, stored = match.groups(default="")
    when = float(stored or 0)
    return Tag(document, question == "reask", fingerprint, when if when <= _LATEST else 0.0)


def shown(value: str) -> str:
    """A stored value as one short piece of a line: an imported one may hold anything."""
    return for_screen(value, _LONGEST_SHOWN, reveal=True)


def read_answer(text: str) -> Completion:
    """The answer that a text holds.

    Raises:
        Refused: It holds none, or one that no run would have kept.
    """
    try:
        completion = Completion.model_validate_json(text)
    except ValidationError:
        raise Refused("isn't an answer of ours") from None
    demand_whole(completion)
    return completion


def demand_whole(completion: Completion) -> None:
    """Refuse an answer that no run would have kept.

    Raises:
        Refused: It was declined or cut off, or is no JSON object with something in it.
    """
    if completion.refusal or completion.finish_reason in ("length", "content_filter"):
        raise Refused("is an answer that was declined or cut off")
    try:
        values = from_json(completion.text or "")
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Refused("holds no JSON object")
    if not values:
        raise Refused("holds an empty object")
