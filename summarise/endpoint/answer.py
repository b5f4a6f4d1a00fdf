"""Reading what the server sent into a completion.

The JSON of the answer may stand where it belongs, behind the model's thoughts, in a code fence, or,
by a fault of the server, in the field of the thoughts. It is looked for there, and never mended.
"""

from __future__ import annotations

import json
import re
from typing import Any

from summarise.models import Completion, Usage, checked_count
from summarise.settings import Mode, answer_members, masked

# An object in a code fence; what stands in front and behind is the model's own talk.
_FENCE = re.compile(r"```[a-zA-Z]*\s*(\{.*?\})\s*```", re.DOTALL)
_THOUGHT = "</think>"
# Of an integer, and of a name: no count and no model has more.
_DIGITS, _NAME = 1000, 200


class NotACompletion(ValueError):
    """A 200 that isn't a chat completion; the server may have put an error there instead."""

    def __init__(self, reason: str, error: object = None) -> None:
        super().__init__(reason)
        self.error = error


def read_completion(
    content: bytes, mode: Mode, function: str, *, latency: float = 0.0, key: str = ""
) -> Completion:
    """Read the body of a successful answer.

    Nothing is judged here: a refusal, a truncated or an empty answer is a completion that says so.

    Args:
        content: The body, as received.
        mode: How the endpoint was held to the schema.
        function: In tools mode, the function that was to be called.
        latency: Seconds from sending to the whole answer.
        key: That was sent: where the server repeats it, ``[key]`` is read.

    Raises:
        NotACompletion: It isn't JSON, holds no choice, or holds an error.
    """
    body, choice = _first_choice(content, key)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise NotACompletion("no message in it")
    text, is_whole = _answer(message, function if mode is Mode.TOOLS else None)
    return Completion(
        text=text,
        message=None if is_whole else _text(json.dumps(message, ensure_ascii=False)),
        mode=mode,
        finish_reason=_name(choice.get("finish_reason")),
        refusal=_text(message.get("refusal")),
        model=_name(body.get("model")),
        usage=_usage(body.get("usage")),
        latency=latency,
    )


def read_json(content: bytes, key: str = "") -> Any:
    """The JSON of an answer, without the key.

    Raises:
        NotACompletion: It isn't JSON.
    """
    encoding = json.detect_encoding(content)
    try:
        text = masked(content.decode(encoding, "surrogatepass"), key)
        # Python refuses to read integers of more digits; no count has as many.
        return json.loads(text, parse_int=lambda s: int(s) if len(s) < _DIGITS else None)
    except (ValueError, RecursionError):
        told = masked(content.decode(encoding, "replace"), key)
        raise NotACompletion(f"not JSON: {told[:80]}" if told.strip() else "empty") from None


def _first_choice(content: bytes, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    body = read_json(content, key)
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


def _answer(message: dict[str, Any], function: str | None) -> tuple[str | None, bool]:
    """The text of the answer, and whether that is the whole of what the model said to us."""
    called = _arguments(message, function) if function is not None else None
    if called is not None:
        return called, True
    content = _text(message.get("content"))
    is_whole = not isinstance(message.get("content"), list)
    if content is not None and _is_plainly_object(content):
        return content, is_whole
    spoken = (content or "").rpartition(_THOUGHT)[2].strip()
    fenced = _FENCE.findall(spoken)
    thoughts = [_text(message.get(name)) or "" for name in answer_members()]
    # Of two fences neither is known to be the answer.
    for text in (spoken, *(fenced if len(fenced) == 1 else ()), *thoughts):
        if _is_object(text):
            return text.strip(), text == content
    return content, is_whole


def _is_plainly_object(text: str) -> bool:
    """Whether a text looks like one JSON object at both ends; whether it is one, is found later."""
    bare = text.strip()
    return bare.startswith("{") and bare.endswith("}") and _THOUGHT not in bare


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


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


def _name(value: object) -> str | None:
    return (_text(value) or "")[:_NAME] or None


def _usage(usage: object) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details")
    cached = checked_count(details.get("cached_tokens")) if isinstance(details, dict) else None
    if cached is None:
        # DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
        cached = checked_count(usage.get("prompt_cache_hit_tokens"))
    return Usage(
        input_tokens=checked_count(usage.get("prompt_tokens")),
        output_tokens=checked_count(usage.get("completion_tokens")),
        cached_tokens=cached,
    )
