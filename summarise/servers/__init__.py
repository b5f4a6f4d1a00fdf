"""Servers themselves: what one can do, found out by asking it, and a local model served by us.

The doctor sends a few short requests, each with an end: is the endpoint reachable, how strictly
does it hold a model to a schema, does it read a long request whole, how fast is it, and would a run
work? A local model is served by llama.cpp in a child process on loopback: the extra ``local``.
"""

# mypy: implicit-reexport

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarise.servers.about import asked_model, only_model
    from summarise.servers.catalogue import file_models, local_servers, served_models
    from summarise.servers.doctor import examine
    from summarise.servers.findings import to_lines
    from summarise.servers.local import local_endpoint
    from summarise.servers.server import LocalServer, ServeOptions, serve_until_interrupted

_HOMES = {"examine": "doctor", "to_lines": "findings", "local_endpoint": "local"}
_CATALOGUE = ("file_models", "local_servers", "served_models")
_HOMES |= dict.fromkeys(_CATALOGUE, "catalogue")
_HOMES |= dict.fromkeys(("asked_model", "only_model"), "about")
_HOMES |= dict.fromkeys(("LocalServer", "ServeOptions", "serve_until_interrupted"), "server")


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: who serves a model needs nothing of the doctor."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
