"""Servers themselves: what one can do, found out by asking it, and a local model served by us.

The doctor sends a few short requests, each with an end: is the endpoint reachable, how strictly
does it hold a model to a schema, does it read a long request whole, how fast is it, and would a run
work? A local model is served by llama.cpp in a child process on loopback: the extra ``local``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarise.servers.about import asked_model, only_model
    from summarise.servers.doctor import examine
    from summarise.servers.findings import Diagnosis, Held, to_lines
    from summarise.servers.gguf import ModelFile, model_digest, read_model
    from summarise.servers.local import local_endpoint, local_settings
    from summarise.servers.plan import Plan, ServeOptions
    from summarise.servers.probes import MOST
    from summarise.servers.server import LocalServer, serve_until_interrupted

_NAMES = {
    "about": ("asked_model", "only_model"),
    "doctor": ("examine",),
    "findings": ("Diagnosis", "Held", "to_lines"),
    "gguf": ("ModelFile", "model_digest", "read_model"),
    "probes": ("MOST",),
    "local": ("local_endpoint", "local_settings"),
    "plan": ("Plan", "ServeOptions"),
    "server": ("LocalServer", "serve_until_interrupted"),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}

__all__ = [
    "MOST",
    "Diagnosis",
    "Held",
    "LocalServer",
    "ModelFile",
    "Plan",
    "ServeOptions",
    "asked_model",
    "examine",
    "local_endpoint",
    "local_settings",
    "model_digest",
    "only_model",
    "read_model",
    "serve_until_interrupted",
    "to_lines",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: who serves a model needs nothing of the doctor."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see above

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
