"""bespokelabs-curator: an ``LLM`` with a response format, over a list of rows, with its cache."""

from __future__ import annotations

import os
from typing import Any

# litellm brings the tokenizer's tables along, and only its own import says so.
import litellm.litellm_core_utils.default_encoding  # noqa: F401
from bespokelabs import curator

from benchmarks.peers.task import INSTRUCTIONS, KEY, MODEL, Draft, Task, finish, task, user_message

_NO_LIMIT = 10_000_000_000


class Extractor(curator.LLM):  # type: ignore[misc]
    """Asks for one draft a row."""

    response_format = Draft

    def prompt(self, input: dict[str, str]) -> list[dict[str, str]]:  # noqa: A002 - curator's name
        """The messages for a row."""
        return [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": user_message(input)},
        ]

    def parse(self, input: dict[str, str], response: Draft) -> dict[str, Any]:  # noqa: A002
        """A row with its draft as text: the columns of the drafts differ in their types."""
        return {"id": input["id"], "record": response.model_dump_json()}


def extract(work: Task) -> list[dict[str, str]]:
    """The rows that came back."""
    settings: dict[str, Any] = {
        "base_url": work.base_url,
        "api_key": KEY,
        "max_concurrent_requests": work.concurrency,
        "max_requests_per_minute": 1_000_000,
        "max_tokens_per_minute": _NO_LIMIT,
    }
    if work.timeout is not None:
        settings["request_timeout"] = int(work.timeout)
    extractor = Extractor(model_name=MODEL, backend="openai", backend_params=settings)
    rows: list[dict[str, str]] = list(extractor(work.documents).dataset)
    return rows


def main() -> None:
    """Do the task."""
    work = task()
    os.environ["CURATOR_CACHE_DIR"] = str(work.folder / "cache")
    try:
        rows, errors = extract(work), []
    except Exception as error:  # noqa: BLE001 - what the tool leaves behind is the measurement
        rows, errors = [], [error]
    finish(work, ((row["id"], row["record"]) for row in rows), errors)


if __name__ == "__main__":
    main()
