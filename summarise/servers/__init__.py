"""Servers themselves: what one can do, found out by asking it, and a local model served by us.

The doctor sends a few short requests, each with an end: is the endpoint reachable, how strictly
does it hold a model to a schema, does it read a long request whole, how fast is it, and would a run
work? A local model is served by llama.cpp in a child process on loopback: the extra ``local``.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily

if TYPE_CHECKING:
    from summarise.servers.about import asked_model, only_model
    from summarise.servers.catalogue import file_models, local_servers, served_models
    from summarise.servers.doctor import examine
    from summarise.servers.findings import to_lines
    from summarise.servers.server import LocalServer, ServeOptions, local_endpoint
else:
    # Who serves a model needs nothing of the doctor.
    __getattr__ = lazily(__name__)
