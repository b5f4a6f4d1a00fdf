"""The way to an endpoint: a client that reaches it, and the model that it has."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx2

from summarise.doctor.server import Desk, ask_models
from summarise.endpoint.bounds import bound
from summarise.endpoint.sdk import Caller
from summarise.errors import EndpointError, SettingsError
from summarise.serve import local_endpoint
from summarise.settings import Mode, Settings, is_local_model

_NAMED = 12
_NAME_ONE = "Name one with --model."


def only_model(settings: Settings, hint: str = _NAME_ONE) -> str:
    """The model of an endpoint that has one.

    Args:
        settings: Of the endpoint.
        hint: What to do where it has several.

    Raises:
        SettingsError: It has several, or tells none.
        EndpointError: It can't be asked.
    """
    return asyncio.run(asked_model(settings, hint))


async def asked_model(settings: Settings, hint: str = _NAME_ONE) -> str:
    """Likewise, in a running event loop."""
    async with reached(settings) as (_, client):
        served = await ask_models(Desk(settings, client))
        if served.models is not None and len(served.models) == 1:
            return served.models[0]
        if not served.models:
            await knock(settings)
    names = served.models or ()
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = ", ".join(names[:_NAMED])
    raise SettingsError(
        f"has {len(names)} models: {listed}{more}" if names else "tells no models",
        where=settings.host,
        hint=hint,
    )


async def knock(settings: Settings) -> None:
    """Send a request that asks nothing, as a run sends it, to hear why nobody answers.

    Raises:
        EndpointError: The endpoint can't be reached, or refuses the key; in the words of a run.
    """
    caller = Caller(settings, "", None)
    try:
        await caller.complete(b"{}", settings.timeout, Mode.PROMPTED)
    except EndpointError as error:
        if error.status is None or error.status in (401, 403):
            raise
    finally:
        await caller.aclose()


@contextlib.asynccontextmanager
async def reached(settings: Settings) -> AsyncIterator[tuple[Settings, httpx2.AsyncClient]]:
    """Settings that reach the endpoint, and a client to do so; a model's file is served for it."""
    if is_local_model(settings.model, settings.base_url):
        async with local_endpoint(settings) as (local, client):
            bound(client)
            yield local, client
        return
    if settings.offline and not settings.is_local:
        raise SettingsError(
            f"{settings.host} isn't on this machine, and --offline opens nothing else",
            where="base_url",
            hint="Name a server of this machine, such as --endpoint ollama.",
        )
    # A proxy of the environment can't reach this machine's own servers.
    trusting = not (settings.is_local or settings.offline)
    async with httpx2.AsyncClient(trust_env=trusting, follow_redirects=False) as client:
        bound(client)
        yield settings, client
