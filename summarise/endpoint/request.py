"""A request, and its body: serialised once, with only the user message inserted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any, assert_never
from urllib.parse import urlsplit

from pydantic import BaseModel

from summarise.models import Completion
from summarise.schema import wire_schema
from summarise.settings import Mode, Settings


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reask says.

    Attributes:
        completion: The answer that had faults.
        faults: What is wrong with it, one line each, worded for the model.
    """

    completion: Completion
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for one document.

    Attributes:
        user: The user message.
        correction: Given when the request is a reask.
    """

    user: str
    correction: Correction | None = None


class Body:
    """The body of every request of a run, without its user message.

    The static messages come first and are the same bytes in all requests, so that the prefix
    caches of providers and of local servers hit.

    Attributes:
        function: The name of the schema on the wire; in tools mode, of the function to call.
        fingerprint: Hash of the base URL and of all that is sent, the user message apart.
    """

    def __init__(
        self, settings: Settings, messages: Sequence[Mapping[str, str]], schema: type[BaseModel]
    ) -> None:
        self.function = wire_name(schema)
        prefix = json.dumps({"model": settings.model, "messages": [dict(m) for m in messages]})
        # Cut off the brackets that close the list and the body: what follows is still to come.
        self._head = prefix[:-2] + (", " if messages else "") + '{"role": "user", "content": '
        self._tail = ", " + json.dumps(_options(settings, self.function, schema))[1:]
        static = (settings.base_url, settings.mode, self._head, self._tail)
        self._salt = sha256(json.dumps(static).encode())
        self.fingerprint = self._salt.hexdigest()

    def with_user(self, user: str, corrections: Sequence[Mapping[str, Any]] = ()) -> bytes:
        """The whole body: ``json.dumps`` of everything, in ASCII.

        Args:
            user: The user message.
            corrections: Messages that follow it in a reask.
        """
        reask = "".join(", " + json.dumps(message) for message in corrections)
        return f"{self._head}{json.dumps(user)}}}{reask}]{self._tail}".encode()

    def key(self, request: Request) -> str:
        """Hash of everything that can change the answer to a request."""
        key = self._salt.copy()
        key.update(json.dumps(request.user).encode())
        if request.correction is not None:
            # instructor words the rest of a reask.
            said = [request.correction.completion.text, *request.correction.faults]
            key.update(json.dumps([_instructor_version(), *said]).encode())
        return key.hexdigest()


@cache
def _instructor_version() -> str:
    return version("instructor")


def wire_name(schema: type[BaseModel]) -> str:
    """The name of a schema in the characters that OpenAI allows: letters, digits, ``_``, ``-``."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]


def _options(settings: Settings, function: str, schema: type[BaseModel]) -> dict[str, Any]:
    """All of the body but model and messages."""
    limit = "max_completion_tokens" if _is_openai(settings.base_url) else "max_tokens"
    return {
        **_hold(settings.mode, function, wire_schema(schema)),
        **settings.sampling,
        limit: settings.max_output_tokens,
    }


def _hold(mode: Mode, function: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The part of the body that holds the model to the schema, one way for each mode."""
    match mode:
        case Mode.JSON_SCHEMA:
            wire = {"name": function, "strict": True, "schema": schema}
            return {"response_format": {"type": "json_schema", "json_schema": wire}}
        case Mode.TOOLS:
            wire = {"name": function, "strict": True, "parameters": schema}
            return {
                "tools": [{"type": "function", "function": wire}],
                "tool_choice": {"type": "function", "function": {"name": function}},
            }
        case _:
            assert_never(mode)


def _is_openai(base_url: str) -> bool:
    """Whether the server is OpenAI's own, whose newer models refuse ``max_tokens``."""
    host = urlsplit(base_url).hostname or ""
    return host == "api.openai.com" or host.endswith((".api.openai.com", ".openai.azure.com"))
