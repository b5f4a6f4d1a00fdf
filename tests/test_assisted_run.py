"""The assisted mode through a whole run: settings, requests, costs, resume, verify."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import Report, RunOptions, read_batch, run
from summarise.errors import SettingsError
from summarise.evaluate import Verification
from summarise.models import Record
from summarise.settings import Settings
from summarise.store import Run
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, Reply, answer

PAGE = ROOT / "fixtures" / "daily_papers.txt"
USAGE = {"prompt_tokens": 150, "completion_tokens": 30}


def chooses_last(number: int, body: Any) -> Reply:
    """A model that takes the last of the choices, whatever is asked."""
    schema = body["response_format"]["json_schema"]["schema"]
    ((field, choices),) = schema["properties"].items()
    return answer(json.dumps({field: choices["enum"][-1]}), usage=USAGE)


@pytest.fixture
def go(make_settings: Callable[..., Settings], tmp_path: Path) -> Callable[..., Report]:
    """Runs over the fixture page; gives the report."""

    def work(base_url: str, folder: str = "run", **overrides: Any) -> Report:
        settings = make_settings(base_url=base_url, **{"model": "tiny-135M", **overrides})
        batch = read_batch([str(PAGE)])
        return run(batch, settings, RunOptions(output=tmp_path / folder))[1]

    return work


def test_a_small_model_only_chooses(go: Callable[..., Report], tmp_path: Path) -> None:
    """By its name a model is small; each record says what it chose, and all of it verifies."""
    with LoopbackServer(chooses_last) as server:
        report = go(server.base_url)
        asked = [request.body for request in server.requests]
    assert (report.records, report.failures.total()) == (14, 0)
    assert report.spent.calls == len(asked) > 1
    assert {body["temperature"] for body in asked} == {0.0}
    records = [r for _, r in Run(tmp_path / "run").rows() if isinstance(r, Record)]
    chosen = [r for r in records if "model" in r.provenance.parts.values()]
    assert chosen
    assert {r.provenance.extractor for r in records} == {"assisted"}
    verification = Verification(Run(tmp_path / "run"))
    assert not any(verdict.differences for verdict in verification.verdicts())
    assert "the embedded extractor, tiny-135M choosing" in report.closing_lines()[1]


def test_choices_are_bought_once(go: Callable[..., Report], tmp_path: Path) -> None:
    """Running again asks nothing; in another folder the cache has all, and that verifies too."""
    with LoopbackServer(chooses_last) as server:
        first = go(server.base_url)
        again, other = go(server.base_url), go(server.base_url, "other")
        assert len(server.requests) == first.spent.calls
    assert (again.spent.calls, other.spent.calls, other.records) == (0, 0, 14)
    assert (tmp_path / "other" / "table.md").read_bytes() == (
        tmp_path / "run" / "table.md"
    ).read_bytes()
    verification = Verification(Run(tmp_path / "other"))
    assert not any(verdict.differences for verdict in verification.verdicts())


def test_what_was_not_offered_is_found_out(go: Callable[..., Report], tmp_path: Path) -> None:
    """A text in a stored record that no answer gave is a difference."""
    with LoopbackServer(chooses_last) as server:
        go(server.base_url)
    path = tmp_path / "run" / "records.jsonl"
    first, *rest = path.read_text("utf-8").splitlines()
    record = json.loads(first)
    record["problem"]["text"] += " Nothing is known."
    path.write_text("\n".join([json.dumps(record), *rest]) + "\n", "utf-8")
    found = [d for v in Verification(Run(tmp_path / "run")).verdicts() for d in v.differences]
    assert any(d.path.startswith("problem.text") for d in found)


def test_assist_is_for_the_default_schema(go: Callable[..., Report]) -> None:
    """Code can't draft a schema of the user's own, so --assist with one is refused."""
    with LoopbackServer() as server:
        with pytest.raises(SettingsError, match="--assist"):
            go(server.base_url, assist=True, schema="pico")
        assert not server.requests


def test_assist_can_be_set_and_left_out(go: Callable[..., Report], tmp_path: Path) -> None:
    """--no-assist asks a small model for everything; --assist lets a large one only choose."""
    with LoopbackServer() as server:
        go(server.base_url, "whole", assist=False)
    assert Run(tmp_path / "whole").manifest.identity.extractor == "llm"
    with LoopbackServer(chooses_last) as server:
        go(server.base_url, "large", model="large-70B", assist=True)
    assert Run(tmp_path / "large").manifest.identity.extractor == "assisted"
