"""How long an answer may be: whatever a server sends, no more of it is read, kept or unpacked."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import httpx2

from summarise.errors import RequestRejected

LONGEST = 16 * 2**20
"""Bytes of an answer, unpacked. Ours have some thousands, the longest lists of models a million."""


def bound(client: httpx2.AsyncClient) -> None:
    """Have a client read no answer that is longer; once more does nothing.

    Args:
        client: Over any transport. Where an answer is longer, its ``send`` raises
            ``RequestRejected``.
    """
    hooks = client.event_hooks
    others = [hook for hook in hooks.get("response", []) if hook is not _cut]
    # Whoever else reads the answer reads the bounded one.
    client.event_hooks = {**hooks, "response": [_cut, *others]}


async def _cut(response: httpx2.Response) -> None:
    response.stream = _Bounded(response)
    # What comes of the stream now is unpacked.
    response.headers.pop("content-encoding", None)


class _Bounded(httpx2.AsyncByteStream):
    """The body of an answer, unpacked piece by piece."""

    def __init__(self, response: httpx2.Response) -> None:
        self._packed = response.stream
        self._host = response.request.url.netloc.decode("ascii", "replace")
        self._answer = httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=response.stream,
            request=response.request,
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async with contextlib.aclosing(self._answer.aiter_bytes()) as pieces:
            async for piece in pieces:
                read += len(piece)
                if read > LONGEST:
                    raise RequestRejected(
                        f"the answer has more than {LONGEST // 2**20} MB, and isn't read",
                        where=self._host,
                        hint="Check the base URL: no model answers that much.",
                    )
                yield piece

    async def aclose(self) -> None:
        if isinstance(self._packed, httpx2.AsyncByteStream):
            await self._packed.aclose()
