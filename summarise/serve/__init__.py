"""A local model, served by llama.cpp in a child process on loopback: the extra ``local``."""

from summarise.serve.digest import model_digest
from summarise.serve.foreground import serve_until_interrupted
from summarise.serve.gguf import ModelFile, read_model
from summarise.serve.local import local_endpoint, local_settings
from summarise.serve.plan import Plan, ServeOptions
from summarise.serve.server import LocalServer

__all__ = [
    "LocalServer",
    "ModelFile",
    "Plan",
    "ServeOptions",
    "local_endpoint",
    "local_settings",
    "model_digest",
    "read_model",
    "serve_until_interrupted",
]
