"""What the SDK raises and the server refuses, told in our own errors.

A message quotes the server in one line, without control characters and without the key, even where
the server echoes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
import httpx2
import openai

from summarise.endpoint.answer import NotACompletion, as_object, page_in, retry_after
from summarise.endpoint.complaints import is_moderated
from summarise.errors import (
    EndpointError,
    EndpointUnusable,
    RequestRejected,
    TransportError,
    TransportKind,
)
from summarise.settings import (
    Settings,
    is_out_of_quota,
    key_variable_at,
    masked,
    set_key,
    start_of,
)

# The server was never reached. httpx2's own only count where no aiohttp error lies below them: the
# aiohttp transport calls every broken connection a ConnectTimeout.
_UNREACHED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.ProxyError,
)
_TIMEOUTS = (TimeoutError, httpx2.TimeoutException)
_QUOTED = 200
_CHECK_URL = "Check the base URL: most end in /v1."
_VERSION = re.compile(r"/v\d")
# llama.cpp: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, 503.
_LOADING = re.compile(r"\bloading\b", re.IGNORECASE)
_IN_FULL = 600
_HINTS = (
    (
        re.compile("certificate.verify.failed", re.IGNORECASE),
        "SSL_CERT_FILE=FILE.pem names the certificate that it goes by.",
    ),
    # OpenSSL 3.0, and later ones, of an answer that isn't TLS.
    (
        re.compile("wrong.version.number|record.layer.failure", re.IGNORECASE),
        "Is it http:// rather than https://?",
    ),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """The part of an unsuccessful answer that says why."""

    status: int
    error: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """Where requests go, and the words for what goes wrong there."""

    settings: Settings

    def from_sdk(self, error: openai.OpenAIError | httpx2.HTTPError) -> EndpointError:
        """Our error for one of the SDK's, judged by its deepest cause; or for that cause alone."""
        # That of the nearest base class that has one.
        mapped = next(_MAPPED[base] for base in type(error).__mro__ if base in _MAPPED)
        return mapped(self, error)

    def from_body(self, fault: NotACompletion) -> EndpointError:
        """Our error for a 200 without a completion: by the error that stands in it, if one does."""
        code = as_object(fault.error).get("code")
        if type(code) is int and 400 <= code < 600:
            return self.from_status(Answered(code, {"error": fault.error}))
        if fault.is_page:
            error = TransportError(
                f"answers with {self.quote(str(fault))}, not as an API",
                kind=TransportKind.UNAVAILABLE,
                where=self.settings.host,
                hint=_CHECK_URL,
            )
            error.is_api = False
            return error
        told = _message_of({"error": fault.error}) if fault.error else str(fault)
        return TransportError(
            f"the answer isn't a chat completion: {self.quote(told)}",
            kind=TransportKind.UNAVAILABLE,
            where=self.settings.host,
        )

    def from_status(self, answered: Answered) -> EndpointError:
        """Our error for an HTTP status other than success."""
        error = self._judged(answered)
        error.status, error.headers = answered.status, answered.headers
        error.told = self._in_full(answered)
        return error

    def _judged(self, answered: Answered) -> EndpointError:
        status, is_page = answered.status, page_in(answered.error) is not None
        if 300 <= status < 400:
            return self._redirected(answered)
        if status in (401, 403) and not _is_moderation(answered.error):
            return self._refused(answered)
        if status in (404, 405):
            hint = f"Check the model ({self.settings.model}) and the base URL"
            hint += "" if _VERSION.search(self.settings.base_url) else " (most end in /v1)"
            hint = f"{hint}; `summarise models` lists what is served."
            return self._unusable(self._told(answered), _CHECK_URL if is_page else hint)
        error = _error_in(answered.error)
        codes = {str(error.get("code")), str(error.get("type"))}
        if status == 402 or (status == 429 and is_out_of_quota(codes)):
            hint = "Check the plan and the billing of the account."
            return self._unusable(f"no quota left: {self._told(answered)}", hint)
        if status in (408, 409, 429) or not 400 <= status < 500:
            passing = TransportError(
                self._told(answered),
                kind=TransportKind.RATE_LIMITED if status == 429 else TransportKind.UNAVAILABLE,
                retry_after=retry_after(answered.headers),
                where=self.settings.host,
            )
            told = _message_of(answered.error)
            passing.is_loading = status == 503 and _LOADING.search(told) is not None
            return passing
        return RequestRejected(self._told(answered), where=self.settings.host)

    def timed_out(self, seconds: float | None = None) -> TransportError:
        """The whole answer wasn't there in time, by default that of the settings."""
        allowed = self.settings.timeout if seconds is None else seconds
        flag = "--timeout" if allowed >= self.settings.timeout else "--deadline"
        return TransportError(
            f"no answer within {allowed:.3g} s",
            kind=TransportKind.TIMEOUT,
            where=self.settings.host,
            hint=f"Allow more with {flag}.",
        )

    def key_fault(self) -> EndpointUnusable | None:
        """What keeps a request from being sent at all: no key where one is asked for, or a bad one.

        That a host asks for a key is known of the presets' own.
        """
        key = self.settings.key
        if not key and key_variable_at(self.settings.host):
            return self._unusable("needs a key, and none is set", self._key_hint)
        if not all("!" <= character <= "~" for character in key):
            return self._unusable(
                f"{self._key_name} holds a character that no key has",
                "Copy it again: white space, a quotation mark or a line break slipped in.",
            )
        return None

    def quote(self, text: str, limit: int = _QUOTED) -> str:
        """A text of the server's: one line, bounded, without control characters or the key."""
        shown = masked(text, self.settings.key)[:10_000]
        printable = "".join(c if c.isprintable() else " " for c in shown)
        line = " ".join(printable.split())
        return line if len(line) <= limit else line[: limit - 1] + "…"

    @property
    def _key_name(self) -> str:
        name = self.settings.api_key_env
        return f"the key in {name}" if name else "the key"

    def _told(self, answered: Answered) -> str:
        message = self.quote(_message_of(answered.error) or page_in(answered.error) or "")
        return f"{message} (HTTP {answered.status})" if message else f"HTTP {answered.status}"

    def _in_full(self, answered: Answered) -> str:
        """The server's words, and the parameter and the code that some put beside them."""
        error = _error_in(answered.error)
        beside = (str(error[name]) for name in ("param", "code") if error.get(name))
        return self.quote(" ".join([_message_of(answered.error), *beside]), _IN_FULL)

    def _unusable(self, message: str, hint: str) -> EndpointUnusable:
        return EndpointUnusable(message, where=self.settings.host, hint=hint)

    def _refused(self, answered: Answered) -> EndpointUnusable:
        if self.settings.key:
            return EndpointUnusable(
                f"{self._key_name} was refused by {self.settings.host}: {self._told(answered)}",
                hint="Check that it is a key of this endpoint, and what it may do.",
            )
        return self._unusable(f"a key is needed: {self._told(answered)}", self._key_hint)

    @property
    def _key_hint(self) -> str:
        if withheld := self.settings.withheld_key:
            return (
                f"{withheld} was set for another host, so it isn't sent; "
                f"use --api-key-env {withheld} to send it."
            )
        if variable := key_variable_at(self.settings.host):
            return set_key(variable)
        return "Give the variable that holds the key with --api-key-env NAME."

    def _redirected(self, answered: Answered) -> EndpointUnusable:
        location = answered.headers.get("location", "")
        try:
            host = urlsplit(urljoin(answered.url, location)).netloc.rpartition("@")[2]
        except ValueError:
            host = ""
        target = f" to {self.quote(host)}" if location and host else ""
        return self._unusable(
            f"redirects{target} (HTTP {answered.status}), and a key isn't sent after a redirect",
            "Set --base-url to the address itself.",
        )


def _status_error(site: Site, error: Any) -> EndpointError:
    response: httpx2.Response = error.response
    answered = Answered(error.status_code, error.body, response.headers, str(response.url))
    return site.from_status(answered)


def _connection_error(site: Site, error: Any) -> EndpointError:
    cause: BaseException = error
    one: BaseException | None = error
    while one is not None:
        if isinstance(one, EndpointError):
            # A server that is started by the first request tells itself why it couldn't.
            return one
        if isinstance(one, aiohttp.ClientError | httpx2.HTTPError):
            cause = one  # the deepest that isn't Python's own
        one = one.__cause__
    reached = not isinstance(cause, _UNREACHED)
    if reached and isinstance(cause, _TIMEOUTS):
        return site.timed_out()
    told = site.quote(_reason(cause)) or type(cause).__name__
    return TransportError(
        f"the connection broke: {told}" if reached else f"can't be reached: {told}",
        kind=TransportKind.TIMEOUT if isinstance(cause, _TIMEOUTS) else TransportKind.UNAVAILABLE,
        connected=reached,
        where=site.settings.host,
        hint=None if reached else _hint_of(told, site.settings),
    )


def _hint_of(told: str, settings: Settings) -> str:
    """What to do where a server wasn't reached, by what the system says."""
    hint = next((hint for words, hint in _HINTS if words.search(told)), None)
    start = start_of(settings.base_url) if settings.is_local else None
    return hint or start or "Check the base URL, and that the server runs."


def _reason(cause: BaseException) -> str:
    """The system's words, where aiohttp wraps them in the address and the repr of a TLS context."""
    inner = getattr(cause, "certificate_error", None) or getattr(cause, "os_error", None) or cause
    if isinstance(inner, ConnectionError) and inner.errno:
        return os.strerror(inner.errno)
    return getattr(inner, "strerror", None) or str(inner)


def _unreadable(site: Site, error: Any) -> EndpointError:
    return site.from_body(NotACompletion(str(error)))


def _unexpected(site: Site, error: Any) -> EndpointError:
    """The SDK refuses to work at all, or raises what only other parts of its API raise."""
    told = f"the SDK can't send: {site.quote(str(error))} ({type(error).__name__})"
    return EndpointUnusable(told, where=site.settings.host)


_Mapped = Callable[[Site, Any], EndpointError]
_MAPPED: dict[type[Exception], _Mapped] = {
    openai.APIStatusError: _status_error,
    openai.APIConnectionError: _connection_error,
    httpx2.HTTPError: _connection_error,  # of a stream, which the SDK doesn't wrap
    openai.APIResponseValidationError: _unreadable,
    openai.APIError: _unreadable,
    # Raised by parsing helpers, webhooks and websockets, none of which is on our path.
    openai.LengthFinishReasonError: _unexpected,
    openai.ContentFilterFinishReasonError: _unexpected,
    openai.InvalidWebhookSignatureError: _unexpected,
    openai.WebSocketConnectionClosedError: _unexpected,
    openai.WebSocketQueueFullError: _unexpected,
    openai.OpenAIError: _unexpected,
}


def _message_of(body: object) -> str:
    """The server's own words: in the shapes of OpenAI, vLLM, Ollama and FastAPI, else as text."""
    if isinstance(body, dict):
        for key in ("error", "message", "detail"):
            if body.get(key):
                return _message_of(body[key])
        return ""
    if isinstance(body, str):
        # A page made for people says nothing in one line.
        return "" if body.lstrip()[:1] == "<" else body
    return str(body) if body else ""


def _is_moderation(body: object) -> bool:
    """Whether a 403 is about this input alone: by its words, or OpenRouter's ``flagged_input``."""
    if "flagged_input" in as_object(_error_in(body).get("metadata")):
        return True
    return is_moderated(_message_of(body))


def _error_in(body: object) -> dict[str, Any]:
    """The object that says why: what stands under ``error``, which the SDK has often unpacked."""
    return as_object(as_object(body).get("error", body))
