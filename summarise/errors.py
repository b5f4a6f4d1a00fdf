"""What can stop a run, as exceptions with a message, a place, a hint and an exit code.

    SummariseError                 2   usage, configuration or input
    ├── SettingsError              2   a flag, a variable or summarise.toml is wrong
    ├── InputError                 2   an input can't be read at all
    │   └── NoDocumentError        2   it could, and holds no abstract
    ├── SchemaError                2   a schema that strict mode can't take
    ├── PromptError                2   a prompt template is missing or broken
    ├── RunError                   2   a run directory is refused, locked, absent or unwritable
    │   └── NoRoom                 3   the disk is full: the run stops, work kept
    ├── CacheError                 2   a command can't use the answer cache; a run goes on without
    └── EndpointError              3   (never raised itself)
        ├── EndpointUnusable       3   wrong key, unknown model, no quota, nobody there: run stops
        ├── TransportError         3   a timeout, a dropped connection, 429 or 5xx: tried again
        ├── RequestRejected        3   this request alone was refused: one document fails
        ├── BudgetReached          3   a cap on cost, tokens or calls: the run stops, work kept
        └── AdmissionClosed        3   the run is stopping, so this request isn't sent any more

What may happen to one document is data, not an exception: see ``models.Failure``.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

_SHOWN = 60  # characters of a value that can't be used
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REMEDIES = {
    **dict.fromkeys(_FULL, "Make room"),
    errno.EISDIR: "Move away what stands in its place",
    errno.ENOTDIR: "Move away the file that stands where a folder belongs",
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "Allow more open files with ulimit -n"),
    errno.ELOOP: "Remove the link in its place or on its path",
    errno.ENAMETOOLONG: "Shorten its name",
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM),
        "Close the program that has it open"
        if sys.platform == "win32"
        else "See with ls -ld who has the right to this",
    ),
    errno.EROFS: "Have its file system mounted for writing",
    errno.ENOENT: "Make the folder that it belongs in",
}

_MUST_BE = {
    "a whole number": ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
    "a number": ("float_type", "float_parsing", "decimal_type", "decimal_parsing"),
    "a finite number": ("finite_number",),
    "true or false": ("bool_type", "bool_parsing"),
    "text": ("string_type", "path_type"),
    "a list": ("list_type", "tuple_type"),
    "a table of names and values": ("dict_type",),
    "an object": ("model_type", "model_attributes_type"),
    "{expected}": ("enum", "literal_error"),
    "more than {gt:g}": ("greater_than",),
    "at least {ge:g}": ("greater_than_equal",),
    "less than {lt:g}": ("less_than",),
    "at most {le:g}": ("less_than_equal",),
}
_FAULTS = {
    **{kind: f"must be {what}" for what, kinds in _MUST_BE.items() for kind in kinds},
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have at most {max_length} entries",
    "string_too_short": "must have {min_length} or more characters",
    "string_pattern_mismatch": "must fit the pattern {pattern}",
    "missing": "is missing",
    "extra_forbidden": "is unknown",
    "json_invalid": "isn't JSON: {error}",
    "value_error": "{error}",
}
"""What is wrong with a value, by the kind of pydantic's error, with what it says beside that."""


class SummariseError(Exception):
    """A condition that stops the command: what happened, where, and what the user can do next."""

    exit_code = 2

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """How it crosses to another process: as it is, whatever its class is made from."""
        return _restored, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        """The message as one line: ``where: message. Hint``."""
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.hint}" if self.hint else ""
        end = "" if self.message.endswith((".", "!", "?")) or not advice else "."
        return f"{place}{self.message}{end}{advice}"


def _restored(kind: type[SummariseError], args: tuple[object, ...]) -> SummariseError:
    return kind.__new__(kind, *args)


class SettingsError(SummariseError):
    """A flag, an environment variable or ``summarise.toml`` holds something unusable."""


def check_limit(limit: object) -> None:
    """Make sure that a number of documents or rows is one.

    Raises:
        SettingsError: It is none from 1 on.
    """
    if type(limit) is not int or limit < 1:
        raise SettingsError(f"{limit!r} is no whole number from 1 on", where="--limit")


def check_choice(kind: str, name: str, known: Iterable[str], where: str) -> None:
    """Refuse a name that the user gave for one of a few things of a kind.

    Raises:
        SettingsError: It isn't among the known ones.
    """
    known = list(known)
    if name not in known:
        raise SettingsError(f"there is no {kind} {name!r}", where=where, hint=meant(name, known))


def meant(name: str, known: Iterable[str], spelled: Callable[[str], str] = str) -> str:
    """The hint for a name that isn't known: the nearest ones; all where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - most names are known

    known = list(known)
    if near := get_close_matches(name, known, n=2):
        return f"Did you mean {' or '.join(map(spelled, near))}?"
    return f"Choose one of {', '.join(map(spelled, known))}."


def path_of(steps: Sequence[str | int]) -> str:
    """The path that some steps make, such as ``results[0].value``."""
    told = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
    return "".join(told).removeprefix(".")


def first_fault(error: ValidationError) -> tuple[tuple[str | int, ...], str]:
    """Where the first value is that isn't what it must be, and what that is, in one line."""
    fault = error.errors(include_url=False)[0]
    told = _FAULTS.get(fault["type"], "can't be used").format_map(fault.get("ctx", {}))
    return fault["loc"], told


def told_fault(error: ValidationError) -> str:
    """The first fault of some data, behind the path of its place, with the value where it tells."""
    steps, told = first_fault(error)
    if told.startswith("must"):
        told += f", not {repr(error.errors(include_url=False)[0]['input'])[:_SHOWN]}"
    return f"{path_of(steps)}: {told}" if steps else told


class InputError(SummariseError):
    """An input can't be read at all: absent, empty, binary or without any abstract."""


class NoDocumentError(InputError):
    """An input that could be read, and in which no entry is a document."""


class SchemaError(SummariseError):
    """A schema that OpenAI's strict mode, or grounding, can't take."""


class PromptError(SummariseError):
    """A prompt version doesn't exist, or its templates are broken."""


class RunError(SummariseError):
    """A run directory is locked, unwritable, absent, or made from other input or settings."""


class NoRoom(RunError):
    """The disk is full. What was written before is kept."""

    exit_code = 3


def refused(error: OSError, where: object, deed: str = "written", way_out: str = "") -> RunError:
    """What the system refused to do with a file, what mends that, and the ``way_out`` besides."""
    kind = NoRoom if error.errno in _FULL else RunError
    hint = ", or ".join(filter(None, (_REMEDIES.get(error.errno or 0), way_out)))
    hint = hint and f"{hint[0].upper()}{hint[1:]}."
    return kind(f"can't be {deed} ({error.strerror})", where=str(where), hint=hint)


class CacheError(SummariseError):
    """The answer cache is absent, locked, damaged or not ours, and a command was to work on it."""


class EndpointError(SummariseError):
    """Base of what an endpoint can do to us.

    Attributes:
        attempts: How often the request was sent before it was given up.
        status: Of HTTP, None where no answer came.
        told: More of the server's own words than the message quotes, and the names beside them.
    """

    exit_code = 3
    attempts = 1
    status: int | None = None
    headers: Mapping[str, str] = {}
    told: str = ""


class EndpointUnusable(EndpointError):
    """No request can succeed: wrong key, unknown model, no quota, nobody there. The run stops."""


class TransportKind(StrEnum):
    """How the way to an endpoint failed."""

    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"


class TransportError(EndpointError):
    """The request may succeed if it is sent again: timeout, dropped connection, 429, 5xx.

    Args:
        retry_after: Seconds that the server asked us to wait, if it did.
        connected: Whether the server was reached at all.

    Attributes:
        is_api: Whether what answered is an API, not a page for people.
        is_loading: Whether the server says that it will be ready by and by.
    """

    is_api = True
    is_loading = False

    def __init__(
        self,
        message: str,
        *,
        kind: TransportKind,
        retry_after: float | None = None,
        connected: bool = True,
        where: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.kind = kind
        self.retry_after = retry_after
        self.connected = connected


class RequestRejected(EndpointError):
    """The endpoint refused this request alone (400, 413, 422), or answered it without end.

    Sending it again can't help.
    """


class BudgetReached(EndpointError):
    """The next call could exceed a cap that the user has set. What was paid for is kept."""

    attempts = 0


class AdmissionClosed(EndpointError):
    """The run is stopping: a request that waited for its turn isn't sent any more."""
