"""An entry of the cache that isn't an answer: named in the log, and asked anew."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from summarise.batch import RunOptions, documents_batch, run
from summarise.settings import Settings
from summarise.store import AnswerCache
from tests.loopback import LoopbackServer
from tests.records import make_document


@pytest.mark.parametrize("entry", ["nonsense", "{}", '{"text": 7}', "[]"])
def test_an_entry_that_is_no_answer_is_named(
    make_settings: Callable[..., Settings], caplog: pytest.LogCaptureFixture, entry: str
) -> None:
    """It costs a call and one line of the log, no document; and it isn't kept in the run."""
    with LoopbackServer() as server:
        settings = make_settings(base_url=server.base_url)

        def go(folder: str) -> int:
            options = RunOptions(output=Path(folder))
            return run(documents_batch([make_document()]), settings, options)[1].records

        assert go("first") == 1
        key = json.loads(Path("first/answers.jsonl").read_text("utf-8").splitlines()[0])["key"]
        with AnswerCache(settings.cache_dir) as cache:
            cache.put(key, entry)
        with caplog.at_level(logging.WARNING, "summarise"):
            assert go("second") == 1
        assert len(server.requests) == 2
    told = [message for message in caplog.messages if "what is no valid answer" in message]
    assert len(told) == 1
    lines = Path("second/answers.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["cached"] for line in lines] == [False]
