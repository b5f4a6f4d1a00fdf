"""Shards placed by Ray on a cluster of two nodes, whose workers, nodes and driver are killed.

Needs the extra ``ray``; ``RAY_REQUIRED`` makes its absence a failure.
"""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import pytest

from benchmarks import shard_kills
from summarise.delegating import placing
from summarise.errors import SettingsError
from tests.processes import run
from tests.records import bee_papers

pytestmark = pytest.mark.ray

HAS_RAY = importlib.util.find_spec("ray") is not None


@pytest.mark.skipif(not (HAS_RAY or os.environ.get("RAY_REQUIRED")), reason="ray isn't installed")
@pytest.mark.filterwarnings("ignore")
def test_nothing_is_bought_twice_whoever_dies(tmp_path: Path) -> None:
    """Workers, a node and the driver are killed; the next driver does the rest, by the leases."""
    toll = shard_kills.play(documents=300, shards=6, kills=3, seed=3, folder=tmp_path)
    assert list(toll.faults(300)) == []
    assert sum(toll.kills.values()) == 3


@pytest.mark.parametrize("flag", ["--max-cost", "--max-calls", "--limit"])
def test_what_would_hold_for_each_shard_alone_is_refused(tmp_path: Path, flag: str) -> None:
    """A cap and a limit are for a plan; Ray's workers share none."""
    source = tmp_path / "bees.jsonl"
    source.write_text(json.dumps({"title": "On bees", "abstract": bee_papers(1)[0].abstract}))
    run("shard", source, "-o", tmp_path / "plan")
    ended = run("run", tmp_path / "plan", "--ray", "local", "--model", "m", flag, "5")
    assert ended.returncode == SettingsError.exit_code
    assert f"{flag} with --ray: would hold" in ended.stderr.decode()


@pytest.mark.skipif(HAS_RAY, reason="ray is installed")
def test_without_ray_it_is_said_what_to_install() -> None:
    """Before anything is begun."""
    with pytest.raises(SettingsError, match="needs the package ray"):
        placing._connect("local")


def test_rates_are_for_all_workers_together() -> None:
    """Each has its part of them; other flags are what they were."""
    flags = ["--model", "m", "--rpm", "90", "--tpm", "3000", "--no-cache"]
    assert placing._shared(flags, 3) == [
        *("--model", "m", "--rpm", "30", "--tpm", "1000", "--no-cache")
    ]
