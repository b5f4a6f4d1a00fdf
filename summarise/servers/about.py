"""What a server says of itself: its models, its software, its context and its slots.

Nothing here costs anything, and nothing here has to be there: what isn't told stays unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx2

from summarise import __version__
from summarise.endpoint import Answered, Caller, Site, as_object, bound, rows_in, trust_of
from summarise.errors import EndpointError, RequestRejected, SettingsError, TransportError
from summarise.models import checked_count
from summarise.servers.findings import Served
from summarise.servers.server import local_endpoint
from summarise.settings import (
    Mode,
    Settings,
    is_local_model,
    preset_of,
    refuse_outside,
    software_of,
)

_SECONDS = 10.0
_AGAIN = 1.0
"""Seconds until a server that loads its model is asked again."""
_LOG = logging.getLogger("summarise")
# Of an endpoint's models, in a message.
_NAMED = 12
_NAME_ONE = "Name one with --model."
# The context, in the row of a model: vLLM; OpenRouter and Together; Groq; Mistral.
# https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
# https://openrouter.ai/docs/api-reference/list-available-models
# https://console.groq.com/docs/api-reference#models
# https://docs.mistral.ai/api
CONTEXTS = ("max_model_len", "context_length", "context_window", "max_context_length")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a server answers questions about itself."""

    settings: Settings
    client: httpx2.AsyncClient

    @property
    def site(self) -> Site:
        """The words for what goes wrong there."""
        return Site(self.settings)

    async def models(self) -> list[dict[str, Any]] | None:
        """The rows of the list of models; None where there is no list.

        Raises:
            EndpointUnusable: The key is refused.
            RequestRejected: It has no end.
            TransportError: The server isn't ready yet, as one that loads its model.
        """
        response = await self._send("GET", f"{self.settings.base_url}/models")
        if response is not None and response.status_code in (401, 403, 503):
            said = Answered(response.status_code, _json(response), response.headers)
            fault = self.site.from_status(said)
            fault.hint = fault.hint or "It isn't ready yet: ask again in a moment."
            raise fault
        body = None if response is None or response.is_error else _json(response)
        # Together sends the list itself.
        return rows_in(body.get("data") if isinstance(body, dict) else body)

    async def native(self, path: str, asked: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a page beside ``/v1`` says, by POST if it is asked for something; else nothing."""
        root = self.settings.base_url.removesuffix("/v1")
        try:
            response = await self._send("POST" if asked else "GET", root + path, asked)
        except RequestRejected:
            return {}
        return as_object(None if response is None or response.is_error else _json(response))

    async def _send(
        self, method: str, url: str, asked: dict[str, Any] | None = None
    ) -> httpx2.Response | None:
        headers = {"User-Agent": f"summarise/{__version__}", **self.settings.extra_headers}
        if self.settings.key:
            headers["Authorization"] = f"Bearer {self.settings.key}"
        try:
            # Their own timeout is for each piece of an answer, of which there may be no end.
            async with asyncio.timeout(_SECONDS):
                return await self.client.request(
                    method, url, headers=headers, json=asked, timeout=_SECONDS
                )
        except (httpx2.HTTPError, TimeoutError):
            # The first real request says what is the matter, in the words of a run.
            return None


def told_by_list(desk: Desk, rows: list[dict[str, Any]] | None) -> Served:
    """What the rows of the list of models say of the server and of the model."""
    if rows is None:
        return Served()
    ids = tuple(desk.site.quote(str(row["id"])) for row in rows if row.get("id"))
    model = desk.settings.model or (ids[0] if len(ids) == 1 else None)
    row = next((row for row in rows if row.get("id") == model), {})
    software = software_in(rows)
    # llama.cpp: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
    own = as_object(row.get("meta"))
    told = [row.get(name) for name in CONTEXTS]
    return Served(
        software=software,
        models=ids,
        context=first_count(own.get("n_ctx"), *told),
        parameters=first_count(own.get("n_params")),
    )


async def ask_server(desk: Desk, served: Served) -> Served:
    """More, from the pages that each software has of its own; asked when the model is loaded."""
    if preset_of(desk.settings.base_url) is not None:
        # A provider has none of them.
        return served
    asked = [software for software in _PAGES if served.software in (software, None)]
    for software in asked:
        found = await _PAGES[software](desk, served)
        if found is not None:
            return found.model_copy(update={"software": software})
    return served


async def _llama_cpp(desk: Desk, served: Served) -> Served | None:
    """https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, ``/props``."""
    props = await desk.native("/props")
    if "total_slots" not in props:
        return None
    context = as_object(props.get("default_generation_settings")).get("n_ctx")
    return served.model_copy(
        update={
            "version": _version(desk, props.get("build_info")),
            "slots": first_count(props.get("total_slots")),
            "context": first_count(context, served.context),
        }
    )


async def _ollama(desk: Desk, served: Served) -> Served | None:
    """https://docs.ollama.com/api: its version, the loaded models, and what a model is."""
    told = await desk.native("/api/version")
    if not isinstance(told.get("version"), str):
        return None
    model = desk.settings.model
    shown = as_object((await desk.native("/api/show", {"model": model})).get("model_info"))
    rows = rows_in((await desk.native("/api/ps")).get("models")) or []
    # What the model was trained for is no context that the server keeps.
    row = next((r for r in rows if model in (r.get("name"), r.get("model"))), {})
    return served.model_copy(
        update={
            "version": _version(desk, told["version"]),
            "context": first_count(row.get("context_length")),
            "parameters": first_count(shown.get("general.parameter_count")),
        }
    )


async def _lm_studio(desk: Desk, served: Served) -> Served | None:
    """https://lmstudio.ai/docs/developer/rest/endpoints, ``/api/v0/models``."""
    rows = rows_in((await desk.native("/api/v0/models")).get("data"))
    if rows is None:
        return None
    row = next((r for r in rows if r.get("id") == desk.settings.model), {})
    return served.model_copy(update={"context": first_count(row.get("loaded_context_length"))})


async def _vllm(desk: Desk, served: Served) -> Served | None:
    """https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, ``/version``.

    Others have such a page too, so that only the list of models makes a server a vLLM.
    """
    if served.software is None:
        return None
    told = await desk.native("/version")
    return served.model_copy(update={"version": _version(desk, told.get("version"))})


_Page = Callable[[Desk, Served], Awaitable[Served | None]]
_PAGES: dict[str, _Page] = {
    "llama.cpp": _llama_cpp,
    "Ollama": _ollama,
    "LM Studio": _lm_studio,
    "vLLM": _vllm,
}


def _json(response: httpx2.Response) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return response.json()
    return None


def software_in(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """What the rows of a list of models say they are served by; None where they don't."""
    return next(filter(None, (software_of(row.get("owned_by")) for row in rows)), None)


def first_count(*told: object) -> int | None:
    """The first that is a count."""
    return next(filter(None, map(checked_count, told)), None)


def _version(desk: Desk, told: object) -> str | None:
    return desk.site.quote(told, 40) or None if isinstance(told, str) else None


class OnlyModel(NamedTuple):
    """The model of an endpoint that has one, and how many parameters the endpoint says it has."""

    host: str
    model: str
    parameters: int | None

    def settings(self, load: Callable[..., Settings]) -> Settings:
        """The settings of a run that asks it, which ``load`` makes of its name; that is told."""
        _LOG.info("%s has one model, %s, which is asked", self.host, self.model)
        return load(model=self.model).model_copy(update={"parameters": self.parameters})


def only_model(settings: Settings, hint: str = _NAME_ONE) -> OnlyModel:
    """The model of an endpoint that has one; the hint is for one that has several.

    Raises:
        SettingsError: It has several, or tells none.
        EndpointError: It can't be asked.
    """
    return asyncio.run(asked_model(settings, hint))


async def asked_model(settings: Settings, hint: str = _NAME_ONE) -> OnlyModel:
    """The model of an endpoint that has one, as ``only_model``, in a running event loop."""
    async with reached(settings) as (_, client):
        desk = Desk(settings, client)
        served = told_by_list(desk, rows := await _models_when_loaded(desk))
        if served.models is not None and len(served.models) == 1:
            if all(row.get("id") != served.models[0] for row in rows or ()):
                what = f"its only model's id can't be printed as it is, only as {served.models[0]}"
                raise SettingsError(what, where=settings.host, hint=hint)
            return OnlyModel(settings.host, served.models[0], served.parameters)
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


async def _models_when_loaded(desk: Desk) -> list[dict[str, Any]] | None:
    """The rows of the list of models; a server that loads is waited for, as a run does."""
    settings, started, is_told = desk.settings, time.monotonic(), False
    while True:
        try:
            return await desk.models()
        except TransportError as error:
            if not error.is_loading or time.monotonic() - started > settings.deadline:
                raise
            if not is_told:
                _LOG.warning("waiting: %s: %s", settings.host, error.message)
            is_told = True
        await asyncio.sleep(_AGAIN)


async def knock(settings: Settings) -> None:
    """Send a request that asks nothing, as a run sends it, to hear why nobody answers.

    Raises:
        EndpointError: The endpoint can't be reached, or refuses the key; in the words of a run.
    """
    caller = Caller(settings, "", None)
    try:
        await caller.complete(b"{}", settings.timeout, Mode.PROMPTED)
    except EndpointError as error:
        if error.status is None or error.status in (401, 403, 503):
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
    refuse_outside(settings)
    async with httpx2.AsyncClient(follow_redirects=False, **trust_of(settings)) as client:
        bound(client)
        yield settings, client
