"""What servers say when they don't take a request as it is worded: which part of it they mean.

Each pattern was met in a tracker; its address stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from summarise.errors import EndpointError
from summarise.settings import Mode, Sampling, TokenParameter


class Extra(StrEnum):
    """What changes no answer, and can be left out."""

    STRICT = "strict"
    """In the definition of a function."""
    PROMPT_CACHE = "prompt_cache"
    """All that is said to the endpoint's prompt cache."""


Parameter = Sampling | TokenParameter | Extra
"""What is sent beside the messages, the mode apart."""

Complaint = Mode | Parameter
"""The part of a request that a refusal is about."""

# Statuses by which a server may say that it doesn't take a part; vLLM does so by a 500 at times:
# https://github.com/vllm-project/vllm/issues/13260
_STATUSES = frozenset({400, 422, 500, 501})
# OpenRouter: no host takes all parameters. Else a 404 is about the address or the model.
_NO_HOST = "no endpoints found"

_FORMAT = frozenset({Mode.JSON_SCHEMA, Mode.JSON_SCHEMA_LOOSE, Mode.JSON_OBJECT})
SENDS_SCHEMA = frozenset({Mode.JSON_SCHEMA, Mode.JSON_SCHEMA_LOOSE, Mode.TOOLS})
"""Modes in which the schema itself is sent, to be held to."""
_TOOLS = frozenset({Mode.TOOLS})
_HELD = _FORMAT | _TOOLS


def _of(pattern: str, modes: frozenset[Mode]) -> tuple[re.Pattern[str], frozenset[Mode]]:
    return re.compile(pattern, re.IGNORECASE), modes


# Words about the part of a body by which a mode holds the model to the schema, and such modes.
_PATTERNS = (
    # LM Studio, "'response_format.type' must be 'json_schema' or 'text'":
    # https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189
    # DeepSeek, "This response_format type is unavailable now":
    # https://github.com/ItzCrazyKns/Vane/issues/969
    # Azure's old API versions, "response_format value as json_schema is enabled only for …":
    # https://github.com/crmne/ruby_llm/issues/600
    # Groq, "The model only supports response formats: [json text]":
    # https://github.com/TypeWhisper/typewhisper-win/issues/26
    _of(r"response.?formats?", _FORMAT),
    _of(r"json.?schema|structured.?outputs?", SENDS_SCHEMA),
    # Groq, "invalid schema for response format: … minItems is not supported":
    # https://github.com/i-am-bee/beeai-framework/issues/1215
    # Azure by OpenRouter, "The compiled grammar is too large":
    # https://github.com/openstory-so/openstory/issues/1302
    _of(
        r"(invalid|unsupported) schema|schema (is|has|contains)\b.*(support|large|complex)",
        SENDS_SCHEMA,
    ),
    # llama.cpp, "Failed to initialize samplers: failed to parse grammar", for tools as well:
    # https://github.com/ggml-org/llama.cpp/issues/23990
    # https://github.com/QwenLM/qwen-code/issues/10530
    # vLLM, a 500 of guided generation: https://github.com/vllm-project/vllm/issues/13260
    _of(r"grammar|samplers?\b|guided.?(json|decoding|generation)", _HELD),
    # Ollama, "… does not support tools": https://github.com/ollama/ollama/issues/11131
    # LM Studio, "Invalid tool_choice type: 'object'":
    # https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/670
    # DeepSeek, "deepseek-reasoner does not support this tool_choice":
    # https://github.com/deepseek-ai/DeepSeek-R1/issues/836
    # vLLM, "… requires --enable-auto-tool-choice and --tool-call-parser to be set":
    # https://github.com/QwenLM/Qwen-Agent/issues/344
    # DeepSeek, "Missing `reasoning_content` field in the assistant message", after a call:
    # https://github.com/abhigyanpatwari/GitNexus/issues/43
    _of(r"\btools?\b|tool.?(choice|calls?)\b|function.?call|reasoning_content", _TOOLS),
    _of(r"json.?(object|mode)", frozenset({Mode.JSON_OBJECT})),
    # OpenRouter, a 404 where no host takes all parameters:
    # https://github.com/block/buzz/issues/3018, https://github.com/dnakov/anon-kode/issues/2
    _of(r"no endpoints found that (can handle the requested parameters|support tool)", _HELD),
)
# What else a 400 may be about, in words that hold some of those above.
_LENGTH = re.compile(
    r"context.?(length|window|size)|(maximum|too many|exceed\w*)\b.{0,40}\btokens|too long",
    re.IGNORECASE,
)
# What a provider doesn't let through, whoever asks. Azure: "… triggering Azure OpenAI's content
# management policy"; Alibaba: data_inspection_failed; DeepSeek: "Content Exists Risk"; OpenRouter:
# flagged_input: https://openrouter.ai/docs/api-reference/errors
_MODERATED = re.compile(
    r"content.{0,20}(filter|polic|management|risk)|moderation|flagged|data.?inspection"
    r"|inappropriate content|\bsafety\b",
    re.IGNORECASE,
)
# The model went astray, not the request. Groq's codes json_validate_failed and tool_use_failed:
# https://console.groq.com/docs/errors
_ASTRAY = re.compile(r"failed_generation|json_validate_failed|tool_use_failed", re.IGNORECASE)
# OpenAI: "Unsupported parameter: 'max_tokens' is not supported with this model. Use …":
# https://github.com/Mai-with-u/MaiBot/issues/1406
# OpenAI: "Unsupported value: 'temperature' does not support 0.16 with this model. Only the
# default (1) …": https://github.com/decolua/9router/issues/560
# Groq: "property 'store' is unsupported": https://github.com/fanenr/chatbot/issues/21
# Mistral and others that validate by pydantic: "Extra inputs are not permitted".
_REFUSED = re.compile(
    r"(un|not |n't )support|unrecogni[sz]ed|unknown|unexpected|extra_forbidden|deprecated"
    r"|not (permitted|allowed|recogni[sz]ed)|only the default",
    re.IGNORECASE,
)


def words_of(error: EndpointError) -> str:
    """All that is known of what the server said."""
    return error.told or error.message


def is_about_wording(error: EndpointError) -> bool:
    """Whether an error may be about a part of the request, by its status."""
    if error.status == 404:
        return _NO_HOST in words_of(error).lower()
    return error.status in _STATUSES


def is_moderated(text: str) -> bool:
    """Whether an error says that this very input isn't let through."""
    return _MODERATED.search(text) is not None


def is_too_long(text: str) -> bool:
    """Whether an error says that a request, or its answer with it, has more tokens than fit."""
    return _LENGTH.search(text) is not None


def is_about_input(text: str) -> bool:
    """Whether an error says that this very input is too long, or isn't let through."""
    return is_too_long(text) or is_moderated(text)


def is_astray(text: str) -> bool:
    """Whether an error says that the model, held to the schema, wrote what doesn't fit it."""
    return _ASTRAY.search(text) is not None


def complained_of(text: str, mode: Mode, sent: Mapping[Parameter, str]) -> Complaint | None:
    """The part of a request that a message is about, of several the first one that is named.

    None where it is about something else. What was sent is given by its name, and by a pattern of
    what it is called in the request.
    """
    if is_too_long(text) or is_astray(text):
        return None
    found: list[tuple[int, Complaint]] = list(_refused(text, sent))
    met = (words.search(text) for words, modes in _PATTERNS if mode in modes)
    found += [(match.start(), mode) for match in met if match]
    return min(found)[1] if found else None


def may_refuse(error: EndpointError, mode: Mode) -> bool:
    """Whether an error refuses a mode; a 400 of whatever words may do so."""
    text = words_of(error)
    if not is_about_wording(error) or is_astray(text):
        return False
    return error.status in (400, 422) or complained_of(text, mode, {}) == mode


def _refused(text: str, sent: Mapping[Parameter, str]) -> Iterator[tuple[int, Complaint]]:
    """Where a message names a parameter that was sent, if it refuses any."""
    if _REFUSED.search(text):
        for name, spelled in sent.items():
            met = re.search(rf"(?<![\w-])({spelled})(?![\w-])", text, re.IGNORECASE)
            if met:
                yield met.start(), name
