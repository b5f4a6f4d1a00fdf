"""The figures of an estimate, and how they are told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from summarise.admission import format_usd
from summarise.models import Stored


class Estimate(Stored):
    """What a run would take. None is unknown; 0 is known to be 0.

    Attributes:
        model: That would be asked; None: the embedded extractor, which spends nothing.
        endpoint: Host that would be asked.
        folder: The run directory.
        documents: In the input.
        skipped: Entries of the input that give no document.
        made: Documents with a record in the run directory.
        kept: Documents whose answer is in the run directory, of a run that was cut off.
        cached: Documents whose answer is in the cache.
        calls: Documents that have to be asked for.
        reasks: Corrected requests on top, at the rate seen so far; None where nothing was seen.
        input_tokens: Of these calls, none of them cached by the server.
        output_tokens: Likewise.
        answers_seen: Answers that say how long an answer is; 0: its length is a guess.
        price: Where the price comes from; None: it isn't known.
        cost: US dollars.
        highest_cost: If each answer were as long as allowed, and each document asked for as often.
        seconds: From the first call to the last answer.
    """

    model: str | None
    endpoint: str | None
    folder: str
    documents: int = 0
    skipped: int = 0
    made: int = 0
    kept: int = 0
    cached: int = 0
    calls: int = 0
    reasks: int | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    answers_seen: int = 0
    price: str | None = None
    cost: Decimal | None = None
    highest_cost: Decimal | None = None
    seconds: int | None = None

    def lines(self) -> Iterator[str]:
        """For people, one line a figure."""
        entries = "entry gives" if self.skipped == 1 else "entries give"
        skipped = f" ({self.skipped:,} {entries} none)" if self.skipped else ""
        yield f"documents      {self.documents:,}{skipped}"
        yield f"already made   {self.made:,} in {self.folder}"
        if self.model is None:
            yield "calls          0: no model is named, and the embedded extractor makes none"
            return
        kept = f", {self.kept:,} in the run directory" if self.kept else ""
        yield f"answers known  {self.cached:,} in the cache{kept}"
        yield f"calls          {self._calls()}"
        yield f"tokens in      {self.input_tokens:,}"
        yield f"tokens out     {self.output_tokens:,}{self._guessed()}"
        yield f"cost           {self._cost()}"
        yield f"time           {self._time()}"

    def _calls(self) -> str:
        if not self.calls:
            return "0"
        if self.reasks is None:
            return f"{self.calls:,}, and those that ask for a correction"
        return f"{self.calls:,}, and about {self.reasks:,} that ask for a correction"

    def _guessed(self) -> str:
        is_guess = self.calls and not self.answers_seen
        return " (a guess, as no answer was seen; reasoning takes more)" if is_guess else ""

    def _cost(self) -> str:
        if not self.calls:
            return f"{format_usd(self.cost)}: nothing is sent"
        if self.cost is None:
            return (
                f"unknown: no price is known for {self.model} at {self.endpoint} "
                "(--price-in, --price-out)"
            )
        return (
            f"about {format_usd(self.cost)}, at the highest {format_usd(self.highest_cost)} "
            f"({self.price})"
        )

    def _time(self) -> str:
        if self.seconds is None:
            return "unknown until an answer was seen: run some with --limit"
        hours, rest = divmod(self.seconds, 3600)
        if hours:
            return f"about {hours} h {rest // 60:02} min"
        return f"about {rest / 60:.1f} min" if rest >= 60 else f"about {rest} s"
