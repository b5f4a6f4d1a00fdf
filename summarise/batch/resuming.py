"""The command that goes on with a run, as far as its directory tells it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from summarise.models import Identity
from summarise.schema import Draft
from summarise.settings import CAPS, PRESETS, Settings, is_loopback
from summarise.store import Manifest

BOUNDS = (*CAPS, "price_in", "price_out", "rpm", "tpm", "max_reasks", "cache")
"""The settings that bound what a run takes; who goes on with it would not want to lose one."""
MOST_NAMED = 5
"""Inputs that are named where a reader looks for what was read, one by one."""


def run_command(path: Path, held: Manifest, verb: tuple[str, ...] = ("run",)) -> str:
    """The command that goes on with a run, as far as its directory tells it."""
    words = ["summarise", *verb, *(_inputs(held) or ["INPUT"])]
    return shlex.join([*words, *flags_of(held.identity, held.settings), "-o", str(path)])


def flags_of(
    identity: Identity, bounds: Mapping[str, Any], base_url: str | None = None
) -> list[str]:
    """The flags by which records are made as they were, as far as that is told.

    ``bounds`` are settings that bound what it takes, as a manifest has them; where no base URL is
    known, it is that of the host.
    """
    words = []
    if identity.is_paid:
        words += ["--model", identity.model or "MODEL", *_endpoint(identity, base_url)]
    if identity.schema_name != Draft.__name__:
        words += ["--schema", "pico" if identity.schema_name == "Pico" else "SPEC"]
    if identity.prompt_version not in {None, Settings.model_fields["prompt_version"].default}:
        words += ["--prompt-version", identity.prompt_version or ""]
    if "temperature" in identity.sampling:
        words += ["--temperature", str(identity.sampling["temperature"])]
    if identity.is_paid:
        words += _bounds(bounds)
    return words


def _inputs(held: Manifest) -> list[str]:
    """What was read, as a user names it; nothing where that is more than a line holds."""
    files = [one.path or ("-" if one.name == "stdin" else "") for one in held.inputs]
    above = {os.path.dirname(one) for one in files if one}  # noqa: PTH120 - "" for none
    if len(files) > MOST_NAMED and len(above) == 1 and all(above):
        return list(above)
    known = list(dict.fromkeys(files))
    return known if all(known) and len(known) <= MOST_NAMED else []


def _bounds(bounds: Mapping[str, Any]) -> Iterator[str]:
    for name, value in bounds.items():
        flag = name.replace("_", "-")
        yield f"--no-{flag}" if value is False else f"--{flag}"
        if value is not False:
            yield str(value)


def _endpoint(identity: Identity, base_url: str | None) -> list[str]:
    host = identity.endpoint_host or ""
    name = urlsplit(f"//{host}").hostname or ""
    if host == "localhost":  # a model's own file
        return []
    for preset, one in PRESETS.items():
        url = str(one.values.get("base_url", ""))
        if urlsplit(url).netloc == host and base_url in {None, url}:
            return [] if preset == "openai" else ["--endpoint", preset]
    if base_url is not None:
        return ["--base-url", base_url]
    return ["--base-url", f"{'http' if is_loopback(name) else 'https'}://{host}/v1"]
