"""The endpoint: one request in, one completion out, over an OpenAI-compatible API.

The only importer of openai and instructor, and only when a request is sent: computing keys, and so
a run whose answers are all known, loads neither.
"""

from summarise.endpoint.answer import read_completion
from summarise.endpoint.endpoint import Endpoint, Ledger
from summarise.endpoint.request import Correction, Request, Wire

__all__ = ["Correction", "Endpoint", "Ledger", "Request", "Wire", "read_completion"]
