"""What a settings file may say that nobody named: one that just lies in the working folder.

Whoever unpacks a folder and works in it has not read its ``summarise.toml``. So such a file names
no secret but the key of a known endpoint, for that endpoint alone; it imports no code, and reads
and writes nothing outside its folder. One that the user names may do all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from summarise.errors import SettingsError
from summarise.schema import SUFFIXES
from summarise.settings.keys import is_variable
from summarise.settings.layers import CONFIG_NAME, CONFIG_VARIABLE, Layer
from summarise.settings.presets import PRESETS

_FOUND = f"a {CONFIG_NAME} that was only found in the folder"


def vet_found(layers: Sequence[Layer], over: Sequence[Layer]) -> None:
    """Refuse what the layers of a file that was only found may not set, unless one goes over it.

    Raises:
        SettingsError: It names code to import, or a place outside its folder.
    """
    for name, (reaches, what) in _REACHING.items():
        layer = next((one for one in (*over, *layers) if name in one.values), None)
        if layer is not None and layer in layers and reaches(layer.values[name]):
            value = layer.values[name]
            flag = f"--{name.replace('_', '-')} {value}"
            # Not every command has a flag for it.
            if name == "cache_dir":
                flag = f"SUMMARISE_CACHE_DIR={value}"
            raise SettingsError(
                f"{_FOUND} {what}, so not {value!r}",
                where=layer.spell(name),
                hint=f"Say it by {_by_hand(flag)}.",
            )


def vet_key(variable: str, base_url: str, layer: Layer, serves: Callable[[str, str], bool]) -> None:
    """Refuse a key that a layer of a file that was only found would send where it isn't meant to.

    ``serves`` says whether the key of a preset, by its name, is for a base URL.

    Raises:
        SettingsError: The variable isn't that of a known endpoint, or the address isn't there.
    """
    owners = _owners_of(variable)
    if any(serves(name, base_url) for name in owners):
        return
    where = layer.spell("api_key_env")
    # Who puts the key itself there shouldn't see it on the screen.
    shown = variable if is_variable(variable) else "NAME"
    hint = f"Say it by {_by_hand(f'--api-key-env {shown}')}."
    if owners:
        told = f"{_FOUND} names no other address for the key of {owners[0]} than its own"
        raise SettingsError(told, where=where, hint=hint)
    raise SettingsError(
        f"{_FOUND} names no variable but the keys of known endpoints", where=where, hint=hint
    )


def vet_typed_key(variable: str, base_url: str, serves: Callable[[str, str], bool]) -> None:
    """Refuse a typed key of a known endpoint at an address that only a found file names."""
    owners = _owners_of(variable)
    if owners and not any(serves(name, base_url) for name in owners):
        raise SettingsError(
            f"{variable} is the key of {owners[0]}, and {_FOUND} leads to {base_url}",
            where="--api-key-env",
            hint=f"Say where it goes by {_by_hand(f'--base-url {base_url}')}.",
        )


def _owners_of(variable: str) -> list[str]:
    """Names of the presets whose key a variable holds."""
    return [name for name, one in PRESETS.items() if one.values.get("api_key_env") == variable]


def _by_hand(flag: str) -> str:
    return f"{flag}, or name the file: --config {CONFIG_NAME}, or {CONFIG_VARIABLE}={CONFIG_NAME}"


def _is_module(spec: Any) -> bool:
    return isinstance(spec, str) and ":" in spec[1:] and Path(spec).suffix.lower() not in SUFFIXES


def _is_outside(path: Any) -> bool:
    """Whether a path leads out of the working folder, by itself or by a link on its way."""
    here = Path.cwd().resolve()
    try:
        return not (here / Path(str(path)).expanduser()).resolve().is_relative_to(here)
    except (OSError, RuntimeError, ValueError):
        return True


def _is_foreign(spec: Any) -> bool:
    return _is_module(spec) or _is_outside(spec)


_REACHING: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "schema": (_is_foreign, "imports no module, and names no schema outside of it"),
    "prompt_version": (_is_outside, "names no prompts outside of it"),
    "cache_dir": (_is_outside, "names no cache outside of it"),
}
