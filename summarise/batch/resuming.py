"""The command that goes on with a run, as far as its directory tells it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from summarise.models import Identity
from summarise.schema import Draft
from summarise.settings import CAPS, PRESETS, Settings, is_loopback
from summarise.store import Manifest

BOUNDS = (*CAPS, "price_in", "price_out", "rpm", "tpm", "max_reasks", "cache")
"""The settings that bound what a run takes; who goes on with it would not want to lose one."""
MOST_NAMED = 5
"""Inputs that are named where a reader looks for what was read, one by one."""


def run_command(path: Path, held: Manifest) -> str:
    """The command that goes on with a run, as far as its directory tells it."""
    identity = held.identity
    words = ["summarise", "run", *(_inputs(held) or ["INPUT"])]
    if identity.is_paid:
        words += ["--model", identity.model or "MODEL", *_endpoint(identity)]
    if identity.schema_name != Draft.__name__:
        words += ["--schema", "pico" if identity.schema_name == "Pico" else "SPEC"]
    if identity.prompt_version not in {None, Settings.model_fields["prompt_version"].default}:
        words += ["--prompt-version", identity.prompt_version or ""]
    if "temperature" in identity.sampling:
        words += ["--temperature", str(identity.sampling["temperature"])]
    if identity.is_paid:
        words += _bounds(held)
    return shlex.join([*words, "-o", str(path)])


def _inputs(held: Manifest) -> list[str]:
    """What was read, as a user names it; nothing where that is more than a line holds."""
    files = [one.path or ("-" if one.name == "stdin" else "") for one in held.inputs]
    above = {os.path.dirname(one) for one in files if one}  # noqa: PTH120 - "" for none
    if len(files) > MOST_NAMED and len(above) == 1 and all(above):
        return list(above)
    known = list(dict.fromkeys(files))
    return known if all(known) and len(known) <= MOST_NAMED else []


def _bounds(held: Manifest) -> Iterator[str]:
    for name, value in held.settings.items():
        flag = name.replace("_", "-")
        yield f"--no-{flag}" if value is False else f"--{flag}"
        if value is not False:
            yield str(value)


def _endpoint(identity: Identity) -> list[str]:
    host = identity.endpoint_host or ""
    name = urlsplit(f"//{host}").hostname or ""
    if host == "localhost":  # a model's own file
        return []
    for preset, one in PRESETS.items():
        url = str(one.values.get("base_url", ""))
        if urlsplit(url).netloc == host:
            return [] if preset == "openai" else ["--endpoint", preset]
    return ["--base-url", f"{'http' if is_loopback(name) else 'https'}://{host}/v1"]
