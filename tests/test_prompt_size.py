"""The benchmark of prompt sizes runs on a gold file and says what it measured."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.conftest import ROOT


def test_quotes_cost_more_than_numbers() -> None:
    """For each version and each kind of answer a line; copied quotes cost the most."""
    script, gold = ROOT / "benchmarks" / "prompt_size.py", ROOT / "fixtures" / "gold.jsonl"
    done = subprocess.run(
        [sys.executable, script, gold], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    sizes = {
        what: int(characters.replace(",", ""))
        for what, characters in re.findall(r"^\| (\w.*?) \| ([\d,]+) \|", done.stdout, re.MULTILINE)
    }
    numbers, quotes = sizes["answer, sentence numbers"], sizes["answer, copied quotes"]
    assert sizes["answer, within version 2's lengths"] <= numbers < quotes
    v1, v2 = (sizes[f"{v}: system and examples, the same each time"] for v in ("v1", "v2"))
    assert v2 < v1
