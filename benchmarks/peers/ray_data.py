"""Ray Data: its HTTP processor between a read and a write, with its job-level checkpoint.

As its pages "Working with LLMs" and "Execution configurations" show it: what is taken from the
response, the id column that is kept, and the same command once more to resume.
"""

from __future__ import annotations

import json
from typing import Any

import ray
from ray.data.checkpoint import CheckpointConfig
from ray.data.llm import HttpRequestProcessorConfig, build_processor

from benchmarks.peers.task import INSTRUCTIONS, KEY, MODEL, Draft, Task, task, user_message

_RETRIES = 3
# Those pages advise small batches where much may fail; 64 is the default.
_BATCH = 16


def extract(work: Task) -> None:
    """Write the answers as Parquet."""
    context = ray.data.DataContext.get_current()
    context.checkpoint_config = CheckpointConfig(
        id_column="id",
        checkpoint_path=str(work.folder / "checkpoint"),
        delete_checkpoint_on_success=False,
    )
    if work.lenient:
        context.max_errored_blocks = -1
    schema = {"name": "Draft", "strict": True, "schema": Draft.model_json_schema()}
    held = json.dumps({"type": "json_schema", "json_schema": schema})

    def ask(row: dict[str, Any]) -> dict[str, Any]:
        messages = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": user_message(row)},
        ]
        form = json.loads(held)
        return {"payload": {"model": MODEL, "messages": messages, "response_format": form}}

    def answer(row: dict[str, Any]) -> dict[str, Any]:
        found = row["http_response"]["choices"][0]["message"]["content"]
        return {"id": row["id"], "record": found}

    config = HttpRequestProcessorConfig(
        url=f"{work.base_url}/chat/completions",
        headers={"Authorization": f"Bearer {KEY}"},
        # A number alone is the most that a pool may grow to.
        concurrency=(work.concurrency, work.concurrency),
        batch_size=_BATCH,
        max_retries=_RETRIES,
    )
    processor = build_processor(config, preprocess=ask, postprocess=answer)
    rows = ray.data.read_json(str(work.folder / "input"))
    processor(rows).write_parquet(str(work.folder / "output"))


if __name__ == "__main__":
    extract(task())
