"""The endpoint: one request in, one completion out, over an OpenAI-compatible API.

The only importer of openai and instructor, and only when a request is sent: computing keys, and so
a run whose answers are all known, loads neither.
"""

# mypy: implicit-reexport

from importlib import import_module
from typing import TYPE_CHECKING, Any

from summarise.endpoint.answer import (
    as_object,
    calls_in,
    choice_in,
    parsed,
    read_completion,
    read_json,
    retry_after,
)
from summarise.endpoint.complaints import is_about_input, is_about_wording, may_refuse, words_of
from summarise.endpoint.dialect import Dialect, Ladder, Memory, follows
from summarise.endpoint.endpoint import Endpoint, Ledger
from summarise.endpoint.posted import Post, Posted, PostedEndpoint, Returned
from summarise.endpoint.request import Correction, Request, Wire, body_of, with_schema
from summarise.endpoint.request_log import LOG_BEGINNING, RequestLog

if TYPE_CHECKING:
    from summarise.endpoint.batches import BatchClient, Remote
    from summarise.endpoint.client import Caller, bound
    from summarise.endpoint.faults import Answered, Site

_HOMES = {"BatchClient": "batches", "Remote": "batches"}
_HOMES |= {"Answered": "faults", "Caller": "client", "Site": "faults", "bound": "client"}


def __getattr__(name: str) -> Any:
    """Import what needs the SDK when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
