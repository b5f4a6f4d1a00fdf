"""A run by batches, killed at random moments, of which some go wrong; then the accounts.

    python -m benchmarks.batch_kills --documents 10000 --kills 20

The provider is ``benchmarks.batch_server``. Of every seven batches one expires half answered, one
fails as a whole, one is cut short, one comes late, one errs with 500, the making of one isn't heard
of, and one is whole.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.accounts import Accounts
from benchmarks.batch_server import BatchServer, Fate, expire, fail
from benchmarks.documents import invent, number_in, write


def fates(documents: int) -> Iterator[Fate]:
    """What becomes of one batch after the other."""
    part = max(1, documents // 60)
    return cycle(
        [
            expire(part),
            fail("invented: too many tokens are enqueued"),
            Fate(answers=part),
            Fate(looks=4),
            Fate(answers=part, errors=(500, "server_error")),
            Fate(lost=True),
            Fate(),
        ]
    )


def answered(body: Any) -> bytes:
    """The answer of a faultless model."""
    number = number_in(json.dumps(body).encode())
    draft = json.dumps(invent(number or 0).draft)
    message = {"role": "assistant", "content": draft}
    return json.dumps(
        {
            "id": "c",
            "object": "chat.completion",
            "created": 0,
            "model": "invented-1",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 2500, "completion_tokens": 300, "total_tokens": 2800},
        }
    ).encode()


def play(documents: int, kills: int, longest: float, seed: int, folder: Path) -> list[str]:
    """Run, kill, run again; what didn't hold."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    source, run = write(folder / "documents.jsonl", documents), folder / "run"
    with BatchServer(*islice(fates(documents), 10_000), answer=answered) as server:
        command = [
            *(sys.executable, "-m", "summarise", "run", str(source), "--model", "invented-1"),
            *("--base-url", server.base_url, "-o", str(run), "--no-cache", "--batch"),
            *("--every", "0.1", "-q"),
        ]
        started, done, moments = time.monotonic(), 0, []
        while done < kills:
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            try:
                process.wait(moment := chance.uniform(0.3, longest))
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                moments.append(round(moment, 1))
                done += 1
        for _ in range(50):
            last = subprocess.run(command, check=False, capture_output=True, text=True)
            if last.returncode in {0, 1}:
                break
        seconds = time.monotonic() - started
        batches, live = len(server.batches), server.live
        bought, asked = server.bought.total(), len(server.bought)
    books = Accounts.of(run)
    print(f"{documents:,} documents, {done} kills after {moments} s, {seconds:.0f} s in all")
    print(
        f"{batches} batches, {bought:,} answers bought for {asked:,} requests, {live} of them live"
    )
    print(f"{books.records:,} records, {books.failures:,} failures, {books.answers:,} answers kept")
    checks = {
        f"the last run leaves with 0: {last.returncode} {last.stderr}": last.returncode == 0,
        "documents = records": books.documents == books.records == documents,
        "no document has two records": books.duplicated == 0,
        "nothing is lost": books.lost == 0,
        "each request was answered once, those in flight live at a kill apart": (
            bought - asked <= max(0, live - 1)
        ),
        "answers kept = requests": books.answers == asked == documents,
    }
    return [told for told, holds in checks.items() if not holds]


def main() -> None:
    """Play, and leave with 1 where something didn't hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--longest", type=float, default=3.0, help="seconds before a kill")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong = play(given.documents, given.kills, given.longest, given.seed, Path(folder))
    for told in wrong:
        print(f"NOT: {told}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
