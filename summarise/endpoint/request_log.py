"""A log of the requests that were sent: one JSON line for each attempt.

Attributes have the names of the OpenTelemetry conventions for generative AI
(https://github.com/open-telemetry/semantic-conventions-genai, as of 2026; status: development) and
for HTTP (https://opentelemetry.io/docs/specs/semconv/http/http-spans/); what those don't name is
named ``summarise.…``. What isn't known is left out.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from summarise.models import Usage
from summarise.settings import masked, provider_at
from summarise.store import utc_now

_log = logging.getLogger(__name__)

# A value of our own, as the convention allows: the API is OpenAI's, the provider isn't known.
_COMPATIBLE = "openai_compatible"
_PORTS = {"http": 80, "https": 443}
LOG_BEGINNING = b'{"time":"'
"""Of each line of a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvent:
    """One request that was sent once, and how it ended.

    Attempts are counted from 1; ``key`` is that of the answer in the cache. Where no answer came,
    there is no status. ``error`` is the kind of the failure, such as ``timeout``; without one, a
    status from 400 on is its own kind. Request and response are kept by a log of texts only.
    """

    doc_id: str
    key: str
    attempt: int
    model: str
    base_url: str
    latency: float
    status: int | None = None
    error: str | None = None
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    served_model: str | None = None
    retry_after: float | None = None
    request: str | None = None
    response: str | None = None


class RequestLog:
    """A file that requests are appended to, one JSON line each, by one write.

    A log never stops a run: what goes wrong with the file is warned of once, and that line is
    lost. Several processes can share a file. Bodies are kept where texts are wanted; where a server
    or a document repeats the secret, ``[key]`` is written.
    """

    def __init__(self, path: Path, *, texts: bool = False, secret: str = "") -> None:
        self._path = path
        self._texts = texts
        self._secret = secret
        self._has_warned = False
        self._file: int | None = None
        try:
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            self._warn(error)

    def append(self, event: RequestEvent) -> None:
        """Write one line; the time in it is now."""
        file = self._file
        if file is None:
            return
        found = _attributes(event)
        if self._texts:
            found |= {"summarise.request": event.request, "summarise.response": event.response}
        told = {name: self._masked(value) for name, value in found.items() if value is not None}
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        # A lone surrogate, which JSON text may hold, has no UTF-8.
        self._write(file, line.encode("utf-8", "backslashreplace") + b"\n")

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def _write(self, file: int, line: bytes) -> None:
        # What a full disk took of the line before stays; this one begins below it.
        whole = b"\n" + line if _ends_torn(file) else line
        try:
            written = os.write(file, whole)
        except OSError as error:
            self._warn(error)
            return
        if written < len(whole):
            self._warn(OSError(None, "only a part was taken"))

    def _masked(self, value: object) -> object:
        if isinstance(value, str):
            return masked(value, self._secret)
        return [self._masked(part) for part in value] if isinstance(value, list) else value

    def _warn(self, error: OSError) -> None:
        if not self._has_warned:
            _log.warning(
                "%s: the request log can't be written (%s), so lines are missing from it; "
                "the run goes on",
                self._path,
                error.strerror,
            )
        self._has_warned = True


def _attributes(event: RequestEvent) -> dict[str, object]:
    """All of it by name, bodies apart; None isn't known."""
    failed = event.status is not None and event.status >= 400
    parts = urlsplit(event.base_url)
    return {
        "time": utc_now("milliseconds"),
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider_at(parts.hostname or "") or _COMPATIBLE,
        "server.address": parts.hostname or "",
        "server.port": parts.port or _PORTS.get(parts.scheme),
        "gen_ai.request.model": event.model,
        "gen_ai.response.model": event.served_model,
        "gen_ai.response.finish_reasons": event.finish_reason and [event.finish_reason],
        "gen_ai.usage.input_tokens": event.usage.input_tokens,
        "gen_ai.usage.output_tokens": event.usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": event.usage.cached_tokens,
        "gen_ai.usage.cache_creation.input_tokens": event.usage.cache_written_tokens,
        "http.response.status_code": event.status,
        "error.type": event.error or (str(event.status) if failed else None),
        "summarise.doc_id": event.doc_id,
        "summarise.key": event.key,
        "summarise.attempt": event.attempt,
        "summarise.latency": round(event.latency, 6),
        "summarise.retry_after": event.retry_after,
    }


def _ends_torn(file: int) -> bool:
    """Whether the last line of a file lacks its break."""
    size = os.lseek(file, 0, os.SEEK_END)
    if not size:
        return False
    os.lseek(file, size - 1, os.SEEK_SET)
    return os.read(file, 1) != b"\n"
