"""The endpoint: one request in, one completion out, over an OpenAI-compatible API.

The only importer of openai and instructor, and only when a request is sent: computing keys, and so
a run whose answers are all known, loads neither.
"""

from summarise.endpoint.answer import read_completion
from summarise.endpoint.endpoint import Endpoint, Ledger
from summarise.endpoint.request import Correction, Request, Wire
from summarise.endpoint.request_log import RequestLog, is_other_file

__all__ = [
    "Correction",
    "Endpoint",
    "Ledger",
    "Request",
    "RequestLog",
    "Wire",
    "is_other_file",
    "read_completion",
]
