"""What a run would take, told before anything is spent: nothing is sent, nothing is written."""

from __future__ import annotations

import contextlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from textwrap import wrap

from pydantic import BaseModel, ValidationError

from summarise.admission import START, Price, TokenRatio, characters, format_usd, price_for, was_cut
from summarise.batch.opening import prompt_for
from summarise.batch.progress import duration
from summarise.characters import counted, inert
from summarise.endpoint import Endpoint, Request
from summarise.extract import EmbeddedExtractor, Prompt, llm_identity
from summarise.models import Completion, Document, Skipped, Stored, Usage
from summarise.scan import sentence_spans
from summarise.schema import load_schema, wire_schema
from summarise.settings import Settings
from summarise.store import AnswerCache, Run, RunPlace, digest

# Until an answer was seen: a model's answer for an abstract, without reasoning. The answers of
# the project's gold, as JSON without blanks, have 400 tokens.
_ANSWER_TOKENS = 500
# Tokens: https://developers.openai.com/api/docs/guides/prompt-caching
_SHORTEST_CACHED = 1024
# So many answers of the run directory tell what answers are like.
_SAMPLE = 1000


class Estimate(Stored):
    """What a run would take. None is unknown; 0 is known to be 0.

    Attributes:
        model: That would be asked; None: the embedded extractor, which spends nothing.
        skipped: Entries of the input that give no document.
        made: Documents with a record in the run directory.
        kept: Documents whose answer is in the run directory, of a run that was cut off.
        cached: Documents whose answer is in the cache.
        calls: Documents that have to be asked for.
        reasks: Corrected requests on top, at the rate seen so far; None where nothing was seen.
        input_tokens: Of these calls; those that the server is told to cache are priced as such.
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

    def lines(self, width: int = 80) -> Iterator[str]:
        """For people, a figure on a line; what is wider than a screen goes on below it."""
        for figure in self._figures():
            yield from wrap(
                figure,
                width,
                subsequent_indent=" " * 15,
                break_long_words=False,
                break_on_hyphens=False,
            )

    def _figures(self) -> Iterator[str]:
        gave = counted(self.skipped, "entry gives", "entries give")
        skipped = f" ({gave} none)" if self.skipped else ""
        yield f"documents      {self.documents:,}{skipped}"
        yield f"already made   {self.made:,} in {self.folder}"
        if self.model is None:
            yield "calls          0: no model is named, and the embedded extractor makes none"
            return
        kept = f", {self.kept:,} in the run directory" if self.kept else ""
        yield f"answers known  {self.cached:,} in the cache{kept}"
        reasks = "those" if self.reasks is None else f"about {self.reasks:,}"
        more = f", and {reasks} that ask for a correction" if self.calls else ""
        yield f"calls          {self.calls:,}{more}"
        yield f"tokens in      {self.input_tokens:,}"
        is_guess = self.calls and not self.answers_seen
        guess = " (a guess, as no answer was seen; reasoning takes more)" if is_guess else ""
        yield f"tokens out     {self.output_tokens:,}{guess}"
        yield f"cost           {self._cost()}"
        unknown = "unknown until an answer was seen: run some with --limit"
        time = unknown if self.seconds is None else f"about {duration(self.seconds)}"
        yield f"time           {time}"

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


def estimate_run(
    entries: Iterable[Document | Skipped], place: RunPlace, settings: Settings
) -> Estimate:
    """What a run over these entries would take; its folder need not be there.

    Raises:
        SettingsError: Half a price is given.
        RunError: The folder was made by other settings, so the run would be refused.
    """
    schema = load_schema(settings.schema_spec)
    if settings.model is None:
        return _embedded(entries, place, schema)
    prompt = prompt_for(place, settings, schema)
    endpoint = Endpoint(settings, prompt.messages, prompt.schema)
    identity = llm_identity(settings, prompt, endpoint)
    run = Run.to_continue(place.folder(identity), identity, prompt.schema)
    # Where there is no cache, none is made.
    has_cache = settings.cache and settings.cache_dir.is_dir()
    with AnswerCache(settings.cache_dir) if has_cache else contextlib.nullcontext() as cache:
        survey = _Survey(prompt, endpoint, run, cache)
        for document, is_made in _documents(entries, run, survey.counts):
            survey.take(document, is_made=is_made)
    return survey.estimate(settings, price_for(settings))


def _embedded(
    entries: Iterable[Document | Skipped], place: RunPlace, schema: type[BaseModel]
) -> Estimate:
    identity = EmbeddedExtractor(schema).identity
    run = Run.to_continue(place.folder(identity), identity, schema)
    counts = Counter[str]()
    for _ in _documents(entries, run, counts):
        pass
    free = {"cost": Decimal(0), "highest_cost": Decimal(0)}
    folder = inert(str(run.path))
    return Estimate(model=None, endpoint=None, folder=folder, reasks=0, **free, **counts)


def _documents(
    entries: Iterable[Document | Skipped], run: Run, counts: Counter[str]
) -> Iterator[tuple[Document, bool]]:
    """The documents among the entries, with whether each has a record; all are counted."""
    for entry in entries:
        if isinstance(entry, Skipped):
            counts["skipped"] += 1
            continue
        is_made = run.has_record(entry)
        counts["documents"] += 1
        counts["made"] += is_made
        yield entry, is_made


@dataclass(slots=True)
class _Seen:
    """What answers were like.

    Attributes:
        asked: Documents of the run directory that were asked for.
        asks: How often, corrections included.
        answers: Those whose size and time are added up, from the cache as well.
        counted: Of these, those whose tokens the server told.
    """

    asked: int = 0
    asks: int = 0
    answers: int = 0
    counted: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def add(self, completion: Completion) -> None:
        self.answers += 1
        self.seconds += completion.latency
        if (tokens := completion.usage.output_tokens) is not None:
            self.counted += 1
            self.tokens += tokens

    @property
    def asks_each(self) -> float:
        """How often a document was asked for; once where nothing was seen."""
        return self.asks / self.asked if self.asked else 1.0

    @property
    def tokens_each(self) -> int:
        """Tokens of an answer."""
        return math.ceil(self.tokens / self.counted) if self.counted else _ANSWER_TOKENS


class _Survey:
    """What is found out on the way through the documents."""

    def __init__(
        self, prompt: Prompt, endpoint: Endpoint, run: Run, cache: AnswerCache | None
    ) -> None:
        self._prompt, self._endpoint = prompt, endpoint
        self._run, self._cache = run, cache
        self._unused = run.read_answers()[1]
        self._sample: dict[tuple[str, str], list[Completion]] = {}
        for answer in islice(run.answers().counting(), _SAMPLE):
            asked = answer.doc_id, answer.content_hash
            self._sample.setdefault(asked, []).append(answer.completion)
        self._static = sum(characters(message["content"]) for message in prompt.messages)
        self._schema = characters(json.dumps(wire_schema(prompt.schema)))
        self.counts = Counter[str]()
        self._characters = 0
        self._seen = _Seen()
        self._ratio = TokenRatio()

    def take(self, document: Document, *, is_made: bool) -> None:
        """Learn from the answers about a document, and find out whether it has to be asked for."""
        answers = self._sample.get((document.doc_id, document.content_hash))
        if is_made and not answers:
            return
        user = self._prompt.user(document, sentence_spans(document.abstract))
        request = Request(user, doc_id=document.doc_id)
        if answers:
            self._seen.asked += 1
            self._seen.asks += len(answers)
            self._learn(request, answers)
        if is_made:
            return
        key = self._endpoint.key(request)
        if self._unused.get(digest(key)) is not None:
            self.counts["kept"] += 1
        elif cached := self._cached(key):
            self.counts["cached"] += 1
            self._learn(request, [cached])
        else:
            self.counts["calls"] += 1
            self._characters += self._static + self._schema + characters(request.user)

    def _cached(self, key: str) -> Completion | None:
        text = self._cache.get(key) if self._cache else None
        with contextlib.suppress(ValidationError):
            return Completion.model_validate_json(text) if text else None
        return None

    def _learn(self, request: Request, completions: list[Completion]) -> None:
        """See what the answers to a request, and to its corrections, were like."""
        for completion in completions:
            self._seen.add(completion)
        sent = self._static + characters(request.user)
        tokens = completions[0].usage.input_tokens or 0
        if not was_cut(sent, tokens):
            self._ratio.observe(sent + self._schema, tokens)

    def estimate(self, settings: Settings, price: Price | None) -> Estimate:
        """What all of it comes to."""
        calls, seen = self.counts["calls"], self._seen
        asks = calls * seen.asks_each
        sent_each = math.ceil(self._ratio.estimate(self._characters) / max(calls, 1))
        answered_each = min(seen.tokens_each, settings.max_output_tokens)
        tokens = round(asks * (sent_each + answered_each))
        usage = Usage(input_tokens=sent_each, output_tokens=answered_each)
        prefix = 0
        if settings.prompt_cache is not None:
            prefix = self._ratio.estimate(self._static + self._schema)
        return Estimate(
            model=settings.model,
            endpoint=settings.host,
            folder=inert(str(self._run.path)),
            reasks=round(asks - calls) if seen.asked or not calls else None,
            input_tokens=round(asks * sent_each),
            output_tokens=round(asks * answered_each),
            answers_seen=seen.counted,
            price=price.source if price else None,
            cost=_cost(price, usage, asks, prefix),
            highest_cost=_highest_cost(price, settings, sent_each, calls),
            seconds=_seconds(settings, seen, asks, tokens),
            **self.counts,
        )


def _cost(price: Price | None, usage: Usage, asks: float, prefix: int) -> Decimal | None:
    """US dollars for so many requests of this size; None where that isn't known.

    Of each, the server is told to cache a prefix of so many tokens: the first request writes it,
    the others read it. Shorter ones aren't cached.
    """
    if not asks or price is None:
        return None if asks else Decimal(0)
    cached = prefix if prefix >= _SHORTEST_CACHED else 0
    first = price.of(usage.model_copy(update={"cache_written_tokens": cached}))
    each = price.of(usage.model_copy(update={"cached_tokens": cached}))
    return None if first is None or each is None else first + each * Decimal(str(asks - 1))


def _highest_cost(price: Price | None, settings: Settings, sent: int, calls: int) -> Decimal | None:
    """US dollars if every answer is as long as it may be, and corrected as often."""
    if not calls:
        return Decimal(0)
    if price is None:
        return None
    longest = settings.max_output_tokens
    # A correction sends the answer that it is about along.
    rounds = range(1 + settings.max_reasks)
    return calls * sum(
        (price.worst(sent + number * longest, longest) for number in rounds), Decimal(0)
    )


def _seconds(settings: Settings, seen: _Seen, asks: float, tokens: int) -> int | None:
    """From the first request to the last answer, as fast as answers came and limits allow."""
    if not asks:
        return 0
    if not seen.answers:
        return None
    in_flight = min(settings.concurrency or START, math.ceil(asks))
    bounds = [asks * seen.seconds / seen.answers / in_flight]
    if settings.rpm:
        bounds.append(60 * asks / settings.rpm)
    if settings.tpm:
        bounds.append(60 * tokens / settings.tpm)
    return math.ceil(max(bounds))
