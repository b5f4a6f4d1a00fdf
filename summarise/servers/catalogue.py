"""Which models there are to ask: those that a server lists, and the files of this machine.

Asking is free. What a server or a file doesn't tell stays unknown.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from summarise.characters import for_screen
from summarise.endpoint import as_object, rows_in
from summarise.errors import EndpointError, SettingsError, TransportError
from summarise.models import checked_count
from summarise.servers.about import CONTEXTS, Desk, first_count, knock, reached, software_in
from summarise.servers.gguf import read_model
from summarise.settings import PRESETS, Settings, named_parameters

_NOT_RUNNING = "nobody answers there"
_SHOWN = 44
"""Characters of a model's id in a table of 80 columns; a longer one has a line of its own."""


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model, by the id that ``--model`` takes; None is "not told".

    Attributes:
        context: Tokens that the server keeps for it; of a file, what it was trained for.
        is_loaded: Whether it is in memory now.
        size: Bytes of its file.
        fault: Why its file can't be used.
    """

    id: str
    parameters: float | None = None
    context: int | None = None
    is_loaded: bool | None = None
    size: int | None = None
    fault: str | None = None

    def cells(self) -> tuple[str, ...]:
        """Id, parameters, size, context, and whether it is loaded."""
        if self.fault:
            return for_screen(self.id), for_screen(self.fault), "", "", ""
        loaded = {True: "loaded", False: "not loaded", None: ""}[self.is_loaded]
        count = self.parameters or 0
        short = f"{count / 1e9:.1f}B" if count >= 1e9 else f"{count / 1e6:.0f}M"
        return (
            for_screen(self.id),
            "" if self.parameters is None else short,
            "" if self.size is None else f"{self.size / 1e9:.1f} GB",
            "" if self.context is None else f"{self.context:,} tokens",
            loaded,
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models of one server, or of one folder.

    Attributes:
        flag: What chooses the server, as it is typed; empty for files.
        fault: Why there is no list.
    """

    place: str
    flag: str = ""
    software: str | None = None
    models: Sequence[ListedModel] = field(default_factory=tuple)
    fault: str | None = None

    def to_json(self) -> str:
        """For machines; null is unknown."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def lines(self) -> Iterator[str]:
        """For a reader."""
        software = f" ({self.software})" if self.software else ""
        flag = f"   {self.flag}" if self.flag else ""
        told = f": {self.fault}" if self.fault else flag
        yield f"{for_screen(self.place)}{software}{told}"
        rows = [one.cells() for one in self.models]
        widths = [max((len(row[at]) for row in rows), default=0) for at in range(5)]
        widths[0] = min(widths[0], _SHOWN)
        for name, *rest in rows:
            told = "  ".join(f"{c:>{w}}" for c, w in zip(rest, widths[1:], strict=True) if w)
            if len(name) > _SHOWN:
                yield f"  {name}"
                name = ""  # noqa: PLW2901 - it stands above
            yield f"  {name:<{widths[0]}}  {told}".rstrip()


def served_models(settings: Settings, flag: str = "") -> Catalogue:
    """What the server of the settings lists.

    Raises:
        EndpointError: It can't be reached, refuses the key, or has no list.
    """
    return asyncio.run(_served(settings, flag, is_wanted=True))


def local_servers(settings: Settings) -> list[Catalogue]:
    """What each usual server of this machine lists, at its usual address."""
    # No key was set for these addresses.
    keyless: dict[str, Any] = {"api_key": None, "withheld_key": None, "extra_headers": {}}

    async def all_() -> list[Catalogue]:
        asked = [
            _served(at, f"--endpoint {name}", usual=one.software)
            for name, one in PRESETS.items()
            if (url := one.values.get("base_url"))
            if (at := settings.model_copy(update={"base_url": url, **keyless})).is_local
        ]
        return list(await asyncio.gather(*asked))

    return asyncio.run(all_())


async def _served(
    settings: Settings, flag: str, *, usual: str | None = None, is_wanted: bool = False
) -> Catalogue:
    async with reached(settings) as (_, client):
        desk = Desk(settings, client)
        try:
            rows = await desk.models()
        except TransportError as error:
            if is_wanted:
                raise
            return Catalogue(settings.host, flag, usual, fault=error.message)
        if rows is None and is_wanted:
            await knock(settings)
            raise EndpointError(
                "has no list of models", where=settings.host, hint="Name one with --model."
            )
        if rows is None:
            return Catalogue(settings.host, flag, usual, fault=_NOT_RUNNING)
        software = software_in(rows)
        asks = settings.is_local and software in {None, "LM Studio"}
        more = await _told_beside(desk) if asks else {}
        found = [_listed(desk, row, more.get(str(row.get("id")), {})) for row in rows]
        software = software or next((str(one["software"]) for one in more.values()), usual)
        return Catalogue(settings.host, flag, software, found)


async def _told_beside(desk: Desk) -> dict[str, dict[str, Any]]:
    """What Ollama and LM Studio tell on pages of their own, by the model's id.

    https://docs.ollama.com/api, ``/api/tags`` and ``/api/ps``;
    https://lmstudio.ai/docs/developer/rest/endpoints, ``/api/v0/models``.
    """
    tags = rows_in((await desk.native("/api/tags")).get("models")) or []
    if tags:
        running = rows_in((await desk.native("/api/ps")).get("models")) or []
        loaded = {str(row.get("name")): row for row in running}
        return {
            str(row.get("name")): {
                "software": "Ollama",
                "size": row.get("size"),
                "parameters": named_parameters(
                    str(as_object(row.get("details")).get("parameter_size"))
                ),
                "is_loaded": row.get("name") in loaded,
                "context": loaded.get(str(row.get("name")), {}).get("context_length"),
            }
            for row in tags
        }
    rows = rows_in((await desk.native("/api/v0/models")).get("data")) or []
    return {
        str(row.get("id")): {
            "software": "LM Studio",
            "is_loaded": row.get("state") == "loaded",
            "context": row.get("loaded_context_length") or row.get("max_context_length"),
        }
        for row in rows
        if "state" in row
    }


def _listed(desk: Desk, row: dict[str, Any], more: dict[str, Any]) -> ListedModel:
    # llama.cpp: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
    own, status = as_object(row.get("meta")), as_object(row.get("status")).get("value")
    contexts = [more.get("context"), own.get("n_ctx"), *(row.get(name) for name in CONTEXTS)]
    name = desk.site.quote(str(row.get("id", "")))
    parameters = checked_count(own.get("n_params")) or more.get("parameters")
    is_loaded = more.get("is_loaded", True if own else None)
    return ListedModel(
        id=name,
        parameters=parameters or named_parameters(name),
        context=first_count(*contexts),
        is_loaded=status == "loaded" if isinstance(status, str) else is_loaded,
        size=checked_count(own.get("size") or more.get("size")),
    )


def file_models(paths: Iterable[Path]) -> Iterator[Catalogue]:
    """The GGUF files that are named or lie in folders, by their own metadata.

    Raises:
        SettingsError: One isn't there, or holds none.
    """
    for path in paths:
        below = sorted(path.rglob("*.[gG][gG][uU][fF]"))
        # Of a model in parts the first stands for all.
        firsts = [one for one in below if "-of-" not in one.name or "-00001-of-" in one.name]
        found = [path] if path.is_file() else firsts
        if not found:
            raise SettingsError(
                "holds no GGUF file" if path.is_dir() else "there is no such file or folder",
                where=str(path),
                hint="Name a .gguf file, or a folder with some.",
            )
        yield Catalogue(str(path), models=[_of_file(one) for one in found])


def _of_file(path: Path) -> ListedModel:
    try:
        model = read_model(path)
    except SettingsError as error:
        return ListedModel(str(path), fault=error.message)
    return ListedModel(str(path), model.parameters, model.trained_context, size=model.size)
