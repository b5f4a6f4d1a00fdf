"""The endpoint: one request in, one completion out, over an OpenAI-compatible API.

The only importer of openai and instructor, and only when a request is sent: computing keys, and so
a run whose answers are all known, loads neither.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily
from summarise.endpoint.answer import (
    as_object,
    calls_in,
    choice_in,
    parsed,
    read_completion,
    read_json,
    retry_after,
    rows_in,
)
from summarise.endpoint.complaints import (
    is_about_input,
    is_about_wording,
    is_too_long,
    may_refuse,
    words_of,
)
from summarise.endpoint.dialect import Dialect, Memory
from summarise.endpoint.endpoint import Endpoint, Ledger
from summarise.endpoint.ladder import Ladder, follows
from summarise.endpoint.posted import Post, Posted, PostedEndpoint, Returned
from summarise.endpoint.request import Correction, Request, Wire, body_of, with_schema
from summarise.endpoint.request_log import LOG_BEGINNING, RequestLog

if TYPE_CHECKING:
    from summarise.endpoint.batches import BatchClient, Remote
    from summarise.endpoint.client import Caller, bound, trust_of
    from summarise.endpoint.faults import Answered, Site
else:
    # These need the SDK.
    __getattr__ = lazily(__name__)
