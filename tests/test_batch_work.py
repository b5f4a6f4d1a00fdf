"""Tests of ``summarise.batch.work``: what a run leaves behind in the loop that it ran in."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from summarise.batch import RunOptions, arun, documents_batch
from summarise.settings import Settings
from tests.loopback import LoopbackServer, Reply, drop
from tests.records import make_document


@pytest.mark.parametrize("replies", [(), (drop(), drop(), drop())], ids=["done", "stopped"])
def test_a_run_leaves_no_task_and_no_handler(
    make_settings: Callable[..., Settings], replies: tuple[Reply, ...]
) -> None:
    """After a run in a loop that goes on, nothing waits there, and Ctrl-C is what it was."""

    async def main(base_url: str) -> tuple[set[str], list[bool]]:
        settings = make_settings(base_url=base_url, max_attempts=1)
        documents = [make_document(doc_id=f"d{n}", title=f"Paper {n}") for n in range(3)]
        options = RunOptions(output=Path("run"), signals=True)
        await arun(documents_batch(documents), settings, options)
        # What was called off needs a turn to go.
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        left = [loop.remove_signal_handler(one) for one in (signal.SIGINT, signal.SIGTERM)]
        return {str(task.get_coro()) for task in others}, left

    with LoopbackServer(replies) as server:
        assert asyncio.run(main(server.base_url)) == (set(), [False, False])


def test_a_run_without_signals_leaves_them_alone(make_settings: Callable[..., Settings]) -> None:
    """Where the caller has handlers of its own they stay."""

    async def main() -> bool:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, lambda: None)
        options = RunOptions(output=Path("run"))
        await arun(documents_batch([make_document()]), make_settings(model=None), options)
        return loop.remove_signal_handler(signal.SIGTERM)

    assert asyncio.run(main())
