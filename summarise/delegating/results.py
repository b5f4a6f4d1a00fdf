"""What came back of an order: lines of JSON, each found by the key of its request.

A line is ``{"custom_id", "response": {"status_code", "body"}, "error"}``, in files of answers as in
those of errors (https://platform.openai.com/docs/guides/batch). Servers leave parts of it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from summarise.endpoint import Returned, as_object
from summarise.errors import InputError
from summarise.store import Offsets, Order, digest, telling

# Of one line, in bytes: answers have some thousands.
_LONGEST = 20_000_000
_UNAVAILABLE = 503
# What is worth asking again.
_PASSING = frozenset((408, 409, 429))


class Results:
    """The lines of a file, by key; each is given out once. Use it as a context manager.

    Args:
        path: The file; it is read once, and then at the places that are asked for.
        order: What the requests were like.
        wants: Whether a key is one of the order's that isn't answered yet.

    Attributes:
        answered: Lines that give an answer, as ``refused`` are those that the provider refuses.
        strange: Lines of other requests, or of some that came already.

    Raises:
        InputError: A line is no JSON object, as where the file was cut off.
        RunError: The file can't be read.
    """

    def __init__(self, path: Path, order: Order, wants: Callable[[str], bool]) -> None:
        self.answered = self.refused = self.strange = 0
        self._path, self._order = path, order
        self._places = Offsets()
        with telling(path):
            self._file = path.open("rb")
        try:
            for offset, told in self._lines():
                self._take(offset, told, wants)
        except BaseException:
            self._file.close()
            raise

    def find(self, key: str) -> Returned | None:
        """What came back for a request, once; None where nothing did."""
        offset = self._places.pop(digest(key))
        if offset is None:
            return None
        self._file.seek(offset)
        told = _object(self._file.readline())
        if told is None or told.get("custom_id") != key:
            return None
        return returned(told, self._order)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _take(self, offset: int, told: dict[str, Any], wants: Callable[[str], bool]) -> None:
        key = str(told.get("custom_id") or "")
        status = _status(told)
        if not wants(key) or self._places.get(digest(key)) is not None:
            self.strange += 1
        elif status is not None:
            self._places.put(digest(key), offset)
            self.answered += 200 <= status < 300
            self.refused += 400 <= status < 500 and status not in _PASSING

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The lines that say something, each with its place."""
        offset = number = 0
        while line := self._file.readline(_LONGEST):
            number += 1
            if line.strip():
                if (told := _object(line)) is None:
                    raise InputError(
                        "isn't a line of a batch's results; was the file cut off?",
                        where=f"{self._path}:{number}",
                        hint="Take it in once more.",
                    )
                yield offset, told
            offset += len(line)


def returned(told: dict[str, Any], order: Order) -> Returned:
    """A line of results, as if its request had been sent live."""
    response = as_object(told.get("response"))
    status = _status(told) or _UNAVAILABLE
    body = response.get("body") if "body" in response else response
    if not 200 <= status < 300:
        body = as_object(body) or {"error": told.get("error")}
    return Returned(status, body, order.mode, order.unsent)


def _status(told: dict[str, Any]) -> int | None:
    """The status of a line; None where the request wasn't come to: expired, or called off."""
    response = as_object(told.get("response"))
    status = response.get("status_code")
    if type(status) is int and 100 <= status < 600:
        return status
    if "choices" in as_object(response.get("body")) or "choices" in response:
        return 200
    code = as_object(told.get("error")).get("status_code")
    return code if type(code) is int and 400 <= code < 600 else None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        told = from_json(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
