"""A provider's batch API, in OpenAI's form: files go up, a batch is made of one, files come down.

https://platform.openai.com/docs/api-reference/batch; so do Azure, Groq, LiteLLM before vLLM, and
with words of its own Together (https://docs.together.ai/reference/batch-create). Gemini's
OpenAI-compatible path makes batches and takes no files
(https://ai.google.dev/gemini-api/docs/openai): there files are handed over by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx2
from openai import OpenAIError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from summarise.endpoint.answer import NotACompletion, as_object, read_json, rows_in
from summarise.endpoint.client import SDK_LOGS, open_http_client, open_sdk
from summarise.endpoint.faults import Site
from summarise.errors import EndpointError, RequestRejected, TransportError
from summarise.models import Stored, checked_count
from summarise.settings import Discretion, Settings, known_of
from summarise.store import replacing

_T = TypeVar("_T")
_WINDOW = "24h"
_LISTED, _MOST_PAGES = 100, 1_000
_LONGEST_WAIT = 20.0
# A file of results, in bytes: 50,000 answers of 40 kB.
_MOST = 2_000_000_000
_OVER = frozenset(("completed", "failed", "expired", "cancelled"))


class Remote(Stored):
    """A batch as the provider tells of it.

    Attributes:
        status: ``validating``, ``in_progress``, ``finalizing``, ``completed``, ``failed``,
            ``expired``, ``cancelling`` or ``cancelled``; in small letters.
        total: Requests, as are ``completed`` and ``failed``; None where it doesn't count them.
        reason: Why it failed as a whole.
        until: When it expires, in seconds since 1970.
    """

    id: str
    status: str
    input_file_id: str | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    total: int | None = None
    completed: int | None = None
    failed: int | None = None
    reason: str | None = None
    until: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be answered."""
        return self.status in _OVER

    @property
    def files(self) -> tuple[str, ...]:
        """The files that have come of it."""
        return tuple(one for one in (self.output_file_id, self.error_file_id) if one)


class BatchClient:
    """The files and batches of one account. Use it as an async context manager.

    What fails in transport is done again, as often as the settings say, where that can't double
    anything.

    Raises:
        EndpointUnusable: The key can't be sent.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._site = Site(settings)
        if fault := self._site.key_fault():
            raise fault
        self._sdk, self._headers = open_sdk(settings)
        # A file of results is longer than any other answer, and bounded where it is read.
        self._results, _ = open_sdk(settings, open_http_client(settings))
        self._discretion = Discretion(settings.key, *SDK_LOGS)
        self._known = known_of(settings.host)

    async def __aenter__(self) -> Self:
        """Nothing is opened before the first request."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        self._discretion.end()
        await self._sdk.close()
        await self._results.close()

    async def upload(self, path: Path) -> str:
        """Upload a file of requests; returns the provider's name of it.

        Raises:
            EndpointError: It isn't taken.
        """

        async def send() -> str:
            with path.open("rb") as file:
                asked = self._sdk.post(
                    "/files",
                    cast_to=httpx2.Response,
                    body={"purpose": self._known.batch_purpose},
                    files=[("file", (path.name.lstrip("."), file, "application/jsonl"))],
                    options=self._options(**{"Content-Type": "multipart/form-data"}),
                )
                told = await self._told(asked, None)  # a large file takes its time
            return str(told.get("id") or "")

        return self._named(await self._again(send))

    async def create(self, file_id: str) -> Remote:
        """Have the requests of a file answered. It isn't done again, whatever happens.

        Raises:
            EndpointError: It isn't done; or, where the error has no status, it may have been.
        """
        asked = {
            "input_file_id": file_id,
            "endpoint": self._known.batch_route,
            "completion_window": _WINDOW,
        }
        return self._remote(await self._once(partial(self._post, "/batches", asked)))

    async def find(self, batch_id: str) -> Remote:
        """What has become of a batch.

        Raises:
            EndpointError: It can't be heard.
        """
        told = await self._again(partial(self._get, f"/batches/{batch_id}"))
        return self._remote(told)

    async def made_of(self, file_id: str) -> Remote | None:
        """The batch that was made of a file, None where there is none.

        Raises:
            EndpointError: It can't be heard.
        """
        after = ""
        for _ in range(_MOST_PAGES):
            page = f"&after={after}" if after else ""
            told = await self._again(partial(self._get, f"/batches?limit={_LISTED}{page}"))
            found = [self._remote(row) for row in rows_in(told.get("data")) or ()]
            for one in found:
                if one.input_file_id == file_id:
                    return one
            if not told.get("has_more") or not found or after == found[-1].id:
                return None
            after = found[-1].id
        raise RequestRejected("lists batches without an end", where=self._settings.host)

    async def cancel(self, batch_id: str) -> Remote:
        """Call a batch off; what is answered already stays, and is paid for.

        Raises:
            EndpointError: It isn't done.
        """
        return self._remote(await self._again(partial(self._post, f"/batches/{batch_id}/cancel")))

    async def download(self, file_ids: tuple[str, ...], target: Path) -> None:
        """Write some files into one, whole or not at all.

        Raises:
            EndpointError: One can't be had, or is cut off.
            RunError: It can't be written.
        """
        # A server may repeat it. One that is no secret is filled up to what stands in no JSON.
        key = self._settings.key.encode().ljust(8, b"\0")

        async def receive() -> None:
            with replacing(target) as file:
                for file_id in file_ids:
                    rest = b""
                    async for piece in self._content(file_id):
                        whole = (rest + piece).replace(key, b"[key]")
                        file.write(whole[: -len(key)])
                        rest = whole[-len(key) :]
                    file.write(rest if rest.endswith(b"\n") else rest + b"\n")

        await self._again(receive)

    async def _content(self, file_id: str) -> AsyncIterator[bytes]:
        size = 0
        async with self._results.files.with_streaming_response.content(
            file_id, extra_headers=self._headers
        ) as response:
            pieces = response.iter_bytes(1 << 16)
            while True:
                try:
                    async with asyncio.timeout(self._settings.timeout):
                        piece = await anext(pieces, None)
                except TimeoutError:  # to who writes it, a fault of the disk
                    raise self._site.timed_out() from None
                if piece is None:
                    return
                size += len(piece)
                if size > _MOST:
                    raise RequestRejected(
                        f"a file of results has more than {_MOST // 10**9} GB, and isn't read",
                        where=self._settings.host,
                    )
                yield piece

    async def _get(self, path: str) -> dict[str, Any]:
        asked = self._sdk.get(path, cast_to=httpx2.Response, options=self._options())
        return await self._told(asked, self._settings.timeout)

    async def _post(self, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        asked = self._sdk.post(path, cast_to=httpx2.Response, body=body, options=self._options())
        return await self._told(asked, self._settings.timeout)

    def _options(self, **headers: str) -> Any:
        return {"headers": {**self._headers, **headers}, "follow_redirects": False}

    async def _told(
        self, asked: Awaitable[httpx2.Response], seconds: float | None
    ) -> dict[str, Any]:
        """The object in an answer; Together wraps that of a new batch."""
        async with asyncio.timeout(seconds):
            response = await asked
        told = as_object(read_json(response.content, self._settings.key))
        return as_object(told.get("job")) or told

    def _remote(self, told: dict[str, Any]) -> Remote:
        counts = as_object(told.get("request_counts"))
        errors = rows_in(as_object(told.get("errors")).get("data")) or ()
        reasons = [*(one.get("message") for one in errors), told.get("error")]
        told_reasons = [self._site.quote(str(one)) for one in reasons if one]
        return Remote(
            id=self._named(str(told.get("id") or "")),
            status=str(told.get("status") or "unknown").lower(),
            input_file_id=_text(told.get("input_file_id")),
            output_file_id=_text(told.get("output_file_id")),
            error_file_id=_text(told.get("error_file_id")),
            total=checked_count(counts.get("total")),
            completed=checked_count(counts.get("completed")),
            failed=checked_count(counts.get("failed")),
            reason="; ".join(told_reasons[:3]) or None,
            until=checked_count(told.get("expires_at")),
        )

    def _named(self, name: str) -> str:
        """A name that may stand in a path and on a screen.

        Raises:
            EndpointError: It is none.
        """
        if not name or len(name) > 200 or not all(c.isalnum() or c in "-_.:" for c in name):
            fault = NotACompletion("no file or batch in it")
            raise self._site.from_body(fault)
        return name

    async def _again(self, act: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Do something that may be done twice."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._settings.max_attempts),
            wait=wait_random_exponential(multiplier=0.5, max=_LONGEST_WAIT),
            retry=retry_if_exception(lambda error: isinstance(error, TransportError)),
            reraise=True,
        )
        done: _T = await retrying(self._once, act)
        return done

    async def _once(self, act: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        fault: EndpointError
        try:
            return await act()
        except NotACompletion as error:
            fault = self._site.from_body(error)
        except TimeoutError:
            fault = self._site.timed_out()
        except (OpenAIError, httpx2.HTTPError) as error:
            fault = self._site.from_sdk(error)
        # Outside the handlers: what the server echoed isn't to stay attached.
        raise fault


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
