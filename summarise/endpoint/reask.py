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


def correction_messages(
    correction: Correction, mode: Mode, function: str
) -> tuple[dict[str, Any], ...]:
    """The faulty answer and what is wrong with it, as the messages that follow the user's.

    Args:
        correction: The answer and its faults.
        mode: How the endpoint is held to the schema.
        function: In tools mode, the function that the answer called.
    """
    faults = ValueError("\n".join(f"- {fault}" for fault in correction.faults))
    answer = _as_received(correction.completion.text, mode, function)
    kwargs = handle_reask_kwargs({"messages": []}, _MODES[mode], answer, faults)
    return tuple(kwargs["messages"])


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
