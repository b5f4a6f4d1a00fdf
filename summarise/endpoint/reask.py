"""The messages of a reask, worded by instructor around the faults that we name."""

from __future__ import annotations

from typing import Any

import instructor
from instructor.processing.response import handle_reask_kwargs
from openai.types.chat import ChatCompletion

from summarise.endpoint.request import Correction
from summarise.settings import Mode

_MODES = {
    Mode.JSON_SCHEMA: instructor.Mode.JSON_SCHEMA,
    Mode.JSON_SCHEMA_LOOSE: instructor.Mode.JSON_SCHEMA,
    Mode.TOOLS: instructor.Mode.TOOLS,
    Mode.JSON_OBJECT: instructor.Mode.JSON,
    Mode.PROMPTED: instructor.Mode.MD_JSON,
}

# Of an answer, in characters: ours have some thousands. Of its faults, and of each, in characters.
_MOST_QUOTED, _MOST_FAULTS, _LONGEST_FAULT = 12_000, 10, 500


def correction_messages(
    correction: Correction, mode: Mode, function: str
) -> tuple[dict[str, Any], ...]:
    """The faulty answer and what is wrong with it, as the messages that follow the user's.

    Of both no more than a beginning: a hundred thousand faults aren't sent back.

    Args:
        correction: The answer and its faults.
        mode: How the endpoint is held to the schema.
        function: In tools mode, the function that the answer called.
    """
    told = [f"- {_beginning(fault, _LONGEST_FAULT)}" for fault in correction.faults[:_MOST_FAULTS]]
    if (more := len(correction.faults) - _MOST_FAULTS) > 0:
        told.append(f"- and {more:,} more of the kind.")
    faults = ValueError("\n".join(told))
    text = correction.completion.text
    answer = _as_received(text and _beginning(text, _MOST_QUOTED), mode, function)
    kwargs = handle_reask_kwargs({"messages": []}, _MODES[mode], answer, faults)
    return tuple(kwargs["messages"])


def _beginning(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _as_received(text: str | None, mode: Mode, function: str) -> ChatCompletion:
    """The answer in the SDK's type, which instructor takes apart."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if mode is Mode.TOOLS and text is not None:
        called = {"name": function, "arguments": text}
        call = {"id": "call_1", "type": "function", "function": called}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return ChatCompletion.model_validate(
        {"id": "", "object": "chat.completion", "created": 0, "model": "", "choices": [choice]}
    )
