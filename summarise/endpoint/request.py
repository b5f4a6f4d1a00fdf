"""A request, its body, and the wording of a correction.

A body is serialised once, with only the user message inserted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, assert_never

from pydantic import BaseModel

from summarise.admission import characters
from summarise.endpoint.complaints import Extra
from summarise.endpoint.dialect import Dialect
from summarise.models import Completion
from summarise.schema import wire_schema
from summarise.settings import Mode, PromptCache, Settings

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

_version = cache(version)
_SHOWN = frozenset({Mode.JSON_OBJECT, Mode.PROMPTED})
"""Modes in which the endpoint isn't told the schema, so that the model is."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reask says: the answer, and its faults, one line each, worded for the model."""

    completion: Completion
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for one document: a user message, and in a reask a correction."""

    user: str
    correction: Correction | None = None
    room: int = 1
    """How many times the usual number of tokens the answer may have; 2 after one was cut off."""
    doc_id: str = ""
    """To be named in logs; it isn't sent."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """A body around its user message, and the characters of its other messages."""

    head: str
    spoken: int
    has_cache_key: bool


@dataclass(frozen=True, slots=True)
class Wire:
    """A schema as it goes over the wire: a name in the characters that OpenAI allows, and JSON."""

    name: str
    schema: dict[str, Any]

    @classmethod
    def of(cls, schema: type[BaseModel]) -> Wire:
        """A schema of ours.

        Raises:
            SchemaError: It can't be put into the strict subset.
        """
        name = re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]
        return cls(name, wire_schema(schema))


class Body:
    """The body of requests that ask the same thing, without the user message.

    All that is the same in all requests comes first, and the user message last, so that the prefix
    caches of providers and of local servers hit; behind it stands only what a reask adds, and the
    key by which a provider finds its cache. ``fingerprint`` is a hash of the base URL and of
    all that is asked there, the user message apart. How it is worded for the endpoint isn't in it,
    unless the user chose that: a run goes on where a mode is found not to work.
    """

    def __init__(
        self, settings: Settings, messages: Sequence[Mapping[str, str]], schema: type[BaseModel]
    ) -> None:
        wire = Wire.of(schema)
        self.function, self.schema, self._wire = wire.name, wire.schema, wire
        self.max_output_tokens = settings.max_output_tokens
        self._settings = settings
        self._messages = [dict(message) for message in messages]
        self._worded: dict[tuple[Dialect, int], _Wording] = {}
        self._salt = sha256(json.dumps(self._asked(), sort_keys=True).encode())
        self.fingerprint = self._salt.hexdigest()

    def with_user(
        self,
        user: str,
        corrections: Sequence[Mapping[str, Any]] = (),
        room: int = 1,
        dialect: Dialect | None = None,
        cache_key: int = 0,
    ) -> bytes:
        """The whole body: ``json.dumps`` of everything, in ASCII.

        Corrections are the messages that follow the user's in a reask; no dialect stands for the
        one before anything was learned. The ``cache_key`` is which of the keys of this body is
        sent, where the endpoint takes one.
        """
        around = self._around(dialect or Dialect.of(self._settings), room)
        reask = "".join(", " + json.dumps(message) for message in corrections)
        key = f', "prompt_cache_key": "{self.fingerprint[:32]}-{cache_key}"'
        end = key if around.has_cache_key else ""
        return f"{around.head}{json.dumps(user)}}}{reask}]{end}}}".encode()

    def spoken(self, dialect: Dialect) -> int:
        """The ``characters`` of the static messages, without what is sent beside them."""
        return self._around(dialect, 1).spoken

    @cached_property
    def characters(self) -> int:
        """The ``characters`` of everything but the user message, before anything was learned."""
        return len(self.with_user(""))

    @property
    def parts(self) -> dict[str, str]:
        """What an answer depends on, the prompt and the schema apart, by name and in words."""
        settings = self._settings
        headers = json.dumps(settings.extra_headers, sort_keys=True)
        more = {
            "token_parameter": settings.token_parameter,
            "seed_parameter": settings.seed_parameter,
            # Headers may hold what opens a gateway, and the cache is given away.
            "extra_headers": settings.extra_headers and sha256(headers.encode()).hexdigest()[:8],
            "extra_body": settings.extra_body,
        }
        return {
            "base_url": settings.base_url,
            "model": settings.model or "",
            "mode": settings.mode or f"by the ladder {' → '.join(settings.ladder)}",
            "max_output_tokens": str(settings.max_output_tokens),
            **{name: str(value) for name, value in settings.sampling.items()},
            **{name: json.dumps(value, sort_keys=True) for name, value in more.items() if value},
        }

    def _around(self, dialect: Dialect, room: int) -> _Wording:
        """What comes before the user message and after it: made once for each wording."""
        worded = self._worded.get((dialect, room))
        if worded is None:
            settings = self._settings
            messages = with_schema(self._messages, dialect.mode, self.schema)
            spoken = sum(characters(str(message["content"])) for message in messages)
            options = _options(settings, dialect, room * self.max_output_tokens, self._wire)
            marked = _marked(messages, dialect.prompt_cache(settings))
            prefix = json.dumps({"model": settings.model, **options, "messages": marked})
            # Cut off the brackets that close the list and the body: what follows is still to come.
            head = prefix[:-2] + (", " if messages else "") + '{"role": "user", "content": '
            has_key = (
                dialect.prompt_cache(settings) is PromptCache.OPENAI
                and "prompt_cache_key" not in settings.extra_body
            )
            worded = self._worded[dialect, room] = _Wording(head, spoken, has_key)
        return worded

    def _asked(self) -> dict[str, Any]:
        """Everything that can change an answer, in JSON."""
        settings = self._settings
        headers = {name.lower(): value for name, value in settings.extra_headers.items()}
        return {
            "base_url": settings.base_url,
            "model": settings.model,
            "messages": self._messages,
            "function": self.function,
            "schema": json.dumps(self.schema),
            "mode": settings.mode or list(settings.ladder),
            "sampling": settings.sampling,
            "names": [settings.token_parameter, settings.seed_parameter],
            "max_output_tokens": settings.max_output_tokens,
            "extra": [headers, settings.extra_body],
        }

    def key(self, request: Request) -> str:
        """Hash of everything that can change the answer to a request."""
        key = self._salt.copy()
        key.update(json.dumps(request.user).encode())
        if request.correction is not None:
            # instructor words the rest of a reask.
            said = [request.correction.completion.text, *request.correction.faults]
            key.update(json.dumps([_version("instructor"), *said]).encode())
        if request.room != 1:
            key.update(f"room {request.room}".encode())
        return key.hexdigest()


def body_of(
    settings: Settings,
    messages: Sequence[Mapping[str, str]],
    dialect: Dialect,
    limit: int,
    wire: Wire | None = None,
) -> bytes:
    """A body that is asked once; the schema isn't added to its messages, whatever the mode."""
    marked = _marked(messages, dialect.prompt_cache(settings))
    options = _options(settings, dialect, limit, wire)
    if "prompt_cache_options" in options:
        options.setdefault("prompt_cache_key", sha256(json.dumps(marked).encode()).hexdigest()[:32])
    return json.dumps({"model": settings.model, **options, "messages": marked}).encode()


def _options(settings: Settings, dialect: Dialect, limit: int, wire: Wire | None) -> dict[str, Any]:
    """All of a body but model and messages."""
    sampling = {s: settings.sampling[n] for n, s in dialect.sampling(settings).items()}
    held = _held(dialect, wire.name, wire.schema) if wire else {}
    options = {**held, **sampling, dialect.token_parameter: limit}
    if dialect.prompt_cache(settings) is PromptCache.OPENAI:
        # Else the end of each abstract is a breakpoint as well, so that all of it is written.
        options["prompt_cache_options"] = {"mode": "explicit"}
    return {**options, **settings.extra_body}


# How the last part of a prompt that is to be cached is marked.
_MARKS: Mapping[PromptCache, dict[str, Any]] = {
    PromptCache.OPENAI: {"prompt_cache_breakpoint": {"mode": "explicit"}},
    PromptCache.ANTHROPIC: {"cache_control": {"type": "ephemeral"}},
}


def _marked(
    messages: Sequence[Mapping[str, Any]], cache: PromptCache | None
) -> list[Mapping[str, Any]]:
    """The messages, the end of the last one marked as the end of what is to be cached."""
    if cache is None or not messages:
        return list(messages)
    *others, last = messages
    part = {"type": "text", "text": last["content"], **_MARKS[cache]}
    return [*others, {**last, "content": [part]}]


def _held(dialect: Dialect, function: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The part of the body that holds the model to the schema."""
    strict = {"strict": True} if Extra.STRICT not in dialect.unsent else {}
    match dialect.mode:
        case Mode.JSON_SCHEMA:
            form = {"name": function, "strict": True, "schema": schema}
            return {"response_format": {"type": "json_schema", "json_schema": form}}
        case Mode.JSON_SCHEMA_LOOSE:
            form = {"name": function, "schema": schema}
            return {"response_format": {"type": "json_schema", "json_schema": form}}
        case Mode.TOOLS:
            wire = {"name": function, **strict, "parameters": schema}
            return {
                "tools": [{"type": "function", "function": wire}],
                "tool_choice": {"type": "function", "function": {"name": function}},
            }
        case Mode.JSON_OBJECT:
            return {"response_format": {"type": "json_object"}}
        case Mode.PROMPTED:
            return {}
        case _:
            assert_never(dialect.mode)


def with_schema(
    messages: list[dict[str, Any]], mode: Mode, schema: dict[str, Any]
) -> list[dict[str, Any]]:
    """The static messages, with the schema in the system prompt where the mode needs it there.

    It joins the message that is there, since some chat templates take one system message only.
    """
    if mode not in _SHOWN:
        return messages
    told = (
        "Answer with one JSON object and nothing else: no other words, no code fence. "
        f"It has to fit this JSON schema:\n{json.dumps(schema, ensure_ascii=False)}"
    )
    if messages and messages[0]["role"] == "system":
        system = {**messages[0], "content": f"{messages[0]['content'].rstrip()}\n\n{told}\n"}
        return [system, *messages[1:]]
    return [{"role": "system", "content": told}, *messages]


# Of an answer, in characters: ours have some thousands. Of its faults, and of each, in characters.
_MOST_QUOTED, _MOST_FAULTS, _LONGEST_FAULT = 12_000, 10, 500


def correction_messages(
    correction: Correction, mode: Mode, function: str
) -> tuple[dict[str, Any], ...]:
    """The faulty answer and what is wrong with it, as the messages that follow the user's.

    Of both no more than a beginning: a hundred thousand faults aren't sent back.
    """
    # instructor takes a third of a second to import, and most runs never reask.
    import instructor  # noqa: PLC0415
    from instructor.processing.response import handle_reask_kwargs  # noqa: PLC0415

    modes = {
        Mode.JSON_SCHEMA: instructor.Mode.JSON_SCHEMA,
        Mode.JSON_SCHEMA_LOOSE: instructor.Mode.JSON_SCHEMA,
        Mode.TOOLS: instructor.Mode.TOOLS,
        Mode.JSON_OBJECT: instructor.Mode.JSON,
        Mode.PROMPTED: instructor.Mode.MD_JSON,
    }
    told = [f"- {_beginning(fault, _LONGEST_FAULT)}" for fault in correction.faults[:_MOST_FAULTS]]
    if (more := len(correction.faults) - _MOST_FAULTS) > 0:
        told.append(f"- and {more:,} more of the kind.")
    faults = ValueError("\n".join(told))
    text = correction.completion.text
    answer = _as_received(text and _beginning(text, _MOST_QUOTED), mode, function)
    kwargs = handle_reask_kwargs({"messages": []}, modes[mode], answer, faults)
    return tuple(kwargs["messages"])


def _beginning(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _as_received(text: str | None, mode: Mode, function: str) -> ChatCompletion:
    """The answer in the SDK's type, which instructor takes apart."""
    from openai.types.chat import ChatCompletion  # noqa: PLC0415

    message: dict[str, Any] = {"role": "assistant", "content": text}
    if mode is Mode.TOOLS and text is not None:
        called = {"name": function, "arguments": text}
        call = {"id": "call_1", "type": "function", "function": called}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return ChatCompletion.model_validate(
        {"id": "", "object": "chat.completion", "created": 0, "model": "", "choices": [choice]}
    )
