"""Tests of ``summarise.batch.accounts``: the accounts, closing lines, exit code."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.batch import Report
from summarise.batch.accounts import SettledCounts
from summarise.errors import EndpointUnusable, RunError
from summarise.models import (
    EMBEDDED,
    Failure,
    FailureKind,
    Identity,
    Made,
    MadeRecord,
    Record,
    SettledRow,
    SkipKind,
    Skipped,
    Spent,
    Unsupported,
    Usage,
)
from tests.records import NOTHING, PROVENANCE, make_document, make_failure, make_record

IDENTITY = Identity(**{name: getattr(PROVENANCE, name) for name in Identity.model_fields})
OFFLINE = IDENTITY.model_copy(update={"extractor": EMBEDDED, "model": None, "endpoint_host": None})

DOCUMENT = make_document()
RECORD = make_record(DOCUMENT, NOTHING)
FLAGGED = make_record(
    DOCUMENT, NOTHING, unsupported=(Unsupported(path="method.text", tokens=("99%",)),)
)
OUTCOMES: st.SearchStrategy[list[Record | Failure | None]] = st.lists(
    st.sampled_from(
        [RECORD, FLAGGED, None, *(make_failure(DOCUMENT, kind=kind) for kind in FailureKind)]
    )
)


def skipped(kind: SkipKind) -> Skipped:
    return Skipped(source="page.txt", line=3, kind=kind, reason="Nothing there.")


def report(**fields: Any) -> Report:
    return Report(**{"identity": IDENTITY, "seconds": 2.0, **fields})


def settle(ours: Report, outcomes: list[Record | Failure | None]) -> None:
    rows = [SettledRow(DOCUMENT, outcome, outcome) for outcome in outcomes]
    ours.settle(SettledCounts.of(rows), len(rows))


def spent(outcome: Record | Failure, **fields: Any) -> Made:
    """The same outcome with another price, as it was made."""
    provenance = outcome.provenance.model_copy(update=fields)
    priced = outcome.model_copy(update={"provenance": provenance})
    return MadeRecord.of(priced) if isinstance(priced, Record) else priced


# The accounts


@given(outcomes=OUTCOMES, skips=st.lists(st.sampled_from(SkipKind)))
def test_the_accounts_balance(
    outcomes: list[Record | Failure | None], skips: list[SkipKind]
) -> None:
    """Entries are documents and skips; documents are records, failures and what wasn't tried."""
    ours = report()
    for _ in outcomes:
        ours.read(DOCUMENT)
    for kind in skips:
        ours.read(skipped(kind))
    settle(ours, outcomes)
    counts = ours.counts()
    assert counts["entries"] == len(outcomes) + len(skips)
    assert counts["entries"] == counts["documents"] + sum(counts[kind] for kind in SkipKind)
    assert counts["documents"] == counts["records"] + counts["failures"] + counts["pending"]
    assert counts["kept"] == 0
    assert counts["flagged"] <= counts["records"]
    assert [counts[kind] for kind in SkipKind] == [skips.count(kind) for kind in SkipKind]


@given(outcomes=OUTCOMES)
def test_settling_twice_counts_once(outcomes: list[Record | Failure | None]) -> None:
    """The last settling counts alone."""
    ours = report()
    settle(ours, [None, FLAGGED, *outcomes])
    settle(ours, outcomes)
    once = report()
    settle(once, outcomes)
    assert ours.counts() == once.counts()
    assert ours.failures == once.failures


def test_documents_of_earlier_inputs_are_accounted_for() -> None:
    """Where a run directory keeps more than this input holds, both are told, and they balance."""
    ours = report()
    ours.read(DOCUMENT)
    ours.made(MadeRecord.of(RECORD))
    settle(ours, [RECORD, RECORD, RECORD, make_failure(DOCUMENT), None])
    counts = ours.counts()
    assert (counts["documents"], counts["kept"], counts["reused"]) == (1, 4, 2)
    assert ours.closing_lines()[0] == (
        "1 document + 4 more in the folder → 3 records (2 from before), 1 failure (1 truncated), "
        "1 not attempted in 2.0 s"
    )


def test_what_outcomes_took_is_added_up() -> None:
    """Calls and tokens of records and failures alike; what isn't told stays unknown."""
    first = spent(RECORD, calls=2, usage=Usage(input_tokens=100, output_tokens=10))
    second = spent(make_failure(DOCUMENT), calls=1, usage=Usage(input_tokens=50))
    took = first.provenance.spent + second.provenance.spent
    assert took.calls == 3
    assert took.usage == Usage(input_tokens=150, output_tokens=10, cached_tokens=None)


def test_costs_are_added_up() -> None:
    """Known costs add up exactly; calls of unknown price are counted, and never taken for free."""
    priced = ((2, Decimal("0.1")), (1, Decimal("0.2")), (3, None))
    made = [spent(RECORD, calls=calls, cost=cost) for calls, cost in priced]
    took = sum((one.provenance.spent for one in made), Spent())
    assert took == Spent(calls=6, cost=Decimal("0.3"), unpriced=3)


def test_what_took_nothing_adds_nothing() -> None:
    """Neither before nor behind what some calls took; those of two sides add up."""
    some = Spent(calls=2, usage=Usage(input_tokens=5), cost=Decimal("0.10"), unpriced=1)
    assert some + Spent() == Spent() + some == some
    assert some + some == Spent(
        calls=4, usage=Usage(input_tokens=10), cost=Decimal("0.20"), unpriced=2
    )


def test_what_the_cache_saved_stands_apart() -> None:
    """What kept answers took when they were bought isn't part of what this run spent."""
    ours = report()
    bought = Spent(calls=1, usage=Usage(input_tokens=7), cost=Decimal("0.5"))
    ours.made(spent(RECORD, cache_hit=True, saved=bought))
    ours.made(spent(RECORD, calls=1, cache_hit=True, saved=bought, cost=Decimal(1)))
    assert (ours.saved, ours.cached) == (bought + bought, 2)
    assert ours.spent == Spent()


# The exit code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 0),
        ({"records": 3, "flagged": 2, "reused": 1}, 0),
        ({"skipped": Counter({SkipKind.DUPLICATE: 1, SkipKind.NO_ABSTRACT: 2})}, 0),
        ({"skipped": Counter({SkipKind.UNREADABLE: 1})}, 1),
        ({"failures": Counter({FailureKind.REFUSED: 1})}, 1),
        ({"failures": Counter({FailureKind.REFUSED: 0})}, 0),
        ({"stopped": EndpointUnusable("no quota")}, 3),
        ({"stopped": RunError("disk full"), "failures": Counter({FailureKind.TIMEOUT: 1})}, 3),
        ({"interrupted": True}, 130),
        ({"interrupted": True, "stopped": EndpointUnusable("no quota")}, 130),
    ],
)
def test_exit_codes(fields: dict[str, Any], code: int) -> None:
    """0 all done; 1 failed or unreadable; 3 stopped, work kept; 130 interrupted. Worst first."""
    assert report(**fields).exit_code == code


# The closing lines


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "0 documents → 0 records, 0 failures in 2.0 s"),
        ({"documents": 1, "records": 1}, "1 document → 1 record, 0 failures in 2.0 s"),
        (
            {"documents": 1, "failures": Counter({FailureKind.TIMEOUT: 1})},
            "1 document → 0 records, 1 failure (1 timeout) in 2.0 s",
        ),
        (
            {
                "documents": 1,
                "records": 1,
                "skipped": Counter(
                    {SkipKind.DUPLICATE: 1, SkipKind.UNREADABLE: 1, SkipKind.NO_ABSTRACT: 1}
                ),
            },
            (
                "1 document (and 1 duplicate, 1 unreadable entry, 1 entry without an abstract)"
                " → 1 record, 0 failures in 2.0 s"
            ),
        ),
        (
            {
                "documents": 12_345,
                "records": 10_000,
                "reused": 9_000,
                "failures": Counter({FailureKind.REFUSED: 5, FailureKind.INVALID: 1_340}),
                "pending": 1_000,
                "flagged": 1_234,
                "seconds": 75.0,
                "skipped": Counter(
                    {SkipKind.DUPLICATE: 1_002, SkipKind.UNREADABLE: 2, SkipKind.NO_ABSTRACT: 3}
                ),
            },
            (
                "12,345 documents (and 1,002 duplicates, 2 unreadable entries, 3 entries without an"
                " abstract) → 10,000 records (9,000 from before), 1,345 failures (1,340 invalid, 5"
                " refused), 1,000 not attempted, 1,234 flagged ⚠ in 1 min 15 s"
            ),
        ),
    ],
)
def test_the_line_of_the_accounts(fields: dict[str, Any], line: str) -> None:
    """Singular and plural, thousands, and nothing about what didn't happen."""
    assert report(**fields).closing_lines()[0] == line


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "0.0 s"),
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (61.4, "1 min 01 s"),
        (3599.6, "1 h 00 min"),
        (7_384.0, "2 h 03 min"),
        (360_000.0, "100 h 00 min"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    """Seconds, then minutes, then hours, rounded without a 60."""
    assert report(seconds=seconds).closing_lines()[0].endswith(f" in {shown}")


def test_the_line_of_the_embedded_extractor() -> None:
    """Without a model: nothing was called nor spent; how right it is; how to name one."""
    line = report(identity=OFFLINE, documents=1, records=1).closing_lines()[1]
    assert line == (
        "Made by the embedded extractor: no model was asked, "
        "nothing was spent. `summarise methods RUN` tells how right it is; --model names a model."
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "0 calls to 127.0.0.1:9"),
        (
            {"spent": Spent(calls=1, usage=Usage(input_tokens=1_200, output_tokens=34))},
            "1 call to 127.0.0.1:9, 1,200 tokens in, 34 out, $0.00",
        ),
        (
            {
                "cached": 1_500,
                "spent": Spent(
                    calls=1_002,
                    usage=Usage(input_tokens=9_000, output_tokens=34, cached_tokens=8_000),
                    cost=Decimal("1.239"),
                    unpriced=2,
                ),
                "saved": Spent(
                    calls=1_500,
                    usage=Usage(input_tokens=5_000, output_tokens=50),
                    unpriced=1_500,
                ),
            },
            (
                "1,002 calls to 127.0.0.1:9, 9,000 tokens in (89% cached), 34 out, "
                "$1.24 and 2 calls of unknown cost; "
                "1,500 from kept answers, which saved 5,000 tokens in, 50 out, cost unknown"
            ),
        ),
        (
            {"spent": Spent(calls=2, usage=Usage(input_tokens=5), unpriced=2), "lost": 1},
            (
                "2 calls to 127.0.0.1:9, tokens unknown: the endpoint doesn't tell, cost unknown; "
                "1 call without an answer, which may be billed"
            ),
        ),
    ],
)
def test_the_line_of_a_model(fields: dict[str, Any], told: str) -> None:
    """Model, host, calls, cache and tokens; unknown tokens are unknown, not zero."""
    assert report(**fields).closing_lines()[1] == f"Made by invented-1: {told}"
