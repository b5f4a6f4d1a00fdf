"""Daft: its function ``prompt`` between a read and a write, with its checkpoint.

As its pages "Prompting Language Models" and "Checkpointing" show it: Chat Completions on another
base URL, the Ray runner, which checkpoints need, and the same command once more to resume. The
schema goes along as an option: as ``return_format`` its version 0.7.26 fails at our ``Literal``.
"""

from __future__ import annotations

from typing import Any

import daft
from daft.functions import format as filled
from daft.functions import prompt

from benchmarks.peers.task import INSTRUCTIONS, KEY, MODEL, Draft, Task, task


def extract(work: Task) -> None:
    """Write the answers as Parquet."""
    daft.set_runner_ray(noop_if_initialized=True)
    # A task for each file, as what it keeps is kept by the task.
    daft.set_execution_config(scan_tasks_min_size_bytes=0)
    daft.set_provider("openai", base_url=work.base_url, api_key=KEY)
    store = daft.CheckpointStore((work.folder / "checkpoint").as_uri())
    rows = daft.read_json(
        str(work.folder / "input" / "*.jsonl"),
        checkpoint=daft.CheckpointConfig(store=store, on="id"),
    )
    schema = {"name": "Draft", "strict": True, "schema": Draft.model_json_schema()}
    options: dict[str, Any] = {"on_error": "log"} if work.lenient else {}
    record = prompt(
        filled("Title: {}\nAbstract: {}", daft.col("title"), daft.col("abstract")),
        system_message=INSTRUCTIONS,
        provider="openai",
        model=MODEL,
        use_chat_completions=True,
        response_format={"type": "json_schema", "json_schema": schema},
        concurrency=work.concurrency,
        **options,
    )
    rows = rows.with_column("record", record).select("id", "record")
    rows.write_parquet(str(work.folder / "output"))


if __name__ == "__main__":
    extract(task())
