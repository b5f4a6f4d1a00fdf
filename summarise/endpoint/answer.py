"""Reading what the server sent into a completion. The JSON inside the text is parsed elsewhere."""

from __future__ import annotations

import json
from typing import Any

from summarise.models import Completion, Usage
from summarise.settings import Mode


class NotACompletion(ValueError):
    """A 200 that isn't a chat completion.

    Args:
        reason: What is wrong with it.
        error: The error that the server put there instead, if it did.
    """

    def __init__(self, reason: str, error: object = None) -> None:
        super().__init__(reason)
        self.error = error


def read_completion(
    content: bytes, mode: Mode, function: str, *, latency: float = 0.0, attempts: int = 1
) -> Completion:
    """Read the body of a successful answer.

    Nothing is judged here: a refusal, a truncated or an empty answer is a completion that says so.

    Args:
        content: The body, as received.
        mode: How the endpoint was held to the schema.
        function: In tools mode, the function that was to be called.
        latency: Seconds from sending to the whole answer.
        attempts: How often the request was sent.

    Raises:
        NotACompletion: It isn't JSON, holds no choice, or holds an error.
    """
    body, choice = _first_choice(content)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise NotACompletion("no message in it")
    called = _arguments(message, function) if mode is Mode.TOOLS else None
    return Completion(
        text=_text(message.get("content")) if called is None else called,
        finish_reason=_text(choice.get("finish_reason")),
        refusal=_text(message.get("refusal")),
        model=_text(body.get("model")),
        usage=_usage(body.get("usage")),
        latency=latency,
        attempts=attempts,
    )


def _first_choice(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        beginning = content[:80].decode("utf-8", "replace")
        raise NotACompletion(f"not JSON: {beginning}" if content.strip() else "empty") from None
    if not isinstance(body, dict):
        raise NotACompletion("not a JSON object")
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    # OpenRouter reports what failed upstream in a 200, beside the choices or inside one:
    # https://openrouter.ai/docs/api-reference/errors
    error = body.get("error") or (choice.get("error") if isinstance(choice, dict) else None)
    if error or not isinstance(choice, dict):
        raise NotACompletion("no choices in it", error)
    return body, choice


def _arguments(message: dict[str, Any], function: str) -> str | None:
    """The arguments of the call to our function; None when the server ignored the tools."""
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        called = call.get("function") if isinstance(call, dict) else None
        if isinstance(called, dict) and called.get("name") == function:
            arguments = called.get("arguments")
            # A string by the specification; some servers send the object itself.
            return json.dumps(arguments) if isinstance(arguments, dict) else _text(arguments)
    return None


def _text(value: object) -> str | None:
    """A text that UTF-8 can hold, None for none; a list of text parts becomes one text."""
    if isinstance(value, list):
        value = "".join(str(part.get("text") or "") for part in value if isinstance(part, dict))
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        # JSON can spell half a surrogate pair; no file can store it.
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value


def _usage(usage: object) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    if cached is None:
        # DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
        cached = _count(usage.get("prompt_cache_hit_tokens"))
    return Usage(
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=cached,
    )


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None
