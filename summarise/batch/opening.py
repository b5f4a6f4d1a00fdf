"""What a run starts with: its documents, who extracts, what it may spend, where all is kept."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel

from summarise import store
from summarise.admission import Budget, Caps, Price, batch_price_for, price_for
from summarise.batch.accounts import Report, noted
from summarise.batch.inputs import Batch, selected
from summarise.batch.progress import ProgressLine
from summarise.drafting import can_draft
from summarise.endpoint import LOG_BEGINNING, Endpoint, Ledger, Post, PostedEndpoint, RequestLog
from summarise.errors import SettingsError, check_limit
from summarise.extract import (
    AnswerSources,
    EmbeddedExtractor,
    Extractor,
    LLMExtractor,
    Prompt,
    llm_identity,
    load_prompt,
    prompt_versions,
)
from summarise.models import Identity
from summarise.schema import Draft, versions_of
from summarise.settings import EMBEDDED_IS_BETTER, Settings, is_local_model, is_small
from summarise.store import (
    BATCHES,
    OWN,
    AnswerCache,
    HeldDocuments,
    Misses,
    Run,
    RunPlace,
    RunWriter,
    is_other_file,
    load_manifest,
    open_run,
    refuse_overwriting,
)

if TYPE_CHECKING:
    from httpx2 import AsyncClient

_LOG = logging.getLogger("summarise")


class PostOffice(Post, Protocol):
    """Where the requests of a run are handed over, and what came back is picked up."""

    def open(self, writer: RunWriter, settings: Settings, budget: Budget) -> None:
        """Begin, for a run directory that is open.

        Raises:
            RunError: What it holds can't be understood.
        """

    async def begin(self) -> None:
        """Look what has come back, before the first document is taken.

        Raises:
            EndpointError: It can't be heard.
        """

    async def end(self, *, is_through: bool, sends: bool) -> int:
        """Hand over what was put, where the run ``sends`` it; returns how many are awaited.

        Only where it came through all documents, nothing more is to come of what was picked up.

        Raises:
            SummariseError: It can't be handed over.
        """


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run does with its input and its folder; none of it can change an answer.

    Attributes:
        output: The run directory, None for one in ``outputs``, named after the input.
        limit: Do the first so many documents; others that the run directory holds stay as they are.
        only: Likewise, the documents with these ids.
        refresh: Make the records anew that are there already; what was answered isn't asked again.
        fresh_answers: Likewise, and ask anew.
        append: Add the documents to those that the run directory holds already.
        signals: Whether Ctrl-C and SIGTERM first let calls in flight finish.
        log: A file to which one event a request is appended, as a line of JSON.
        log_texts: Whether those events hold what was asked and answered.
        explain_cache: Whether to say why an answer isn't in the cache.
        spent_before: By runs that are over, under whose caps this one is, too.
        share: US dollars that may be spent, beside what the settings say; it isn't kept.
        desk: Who sees to it that requests are answered later, None where they are sent at once.
        check: What raises where a run by this identity isn't wanted, before anything is sent.
    """

    output: Path | None = None
    limit: int | None = None
    only: frozenset[str] = frozenset()
    refresh: bool = False
    fresh_answers: bool = False
    append: bool = False
    progress: ProgressLine | None = None
    signals: bool = False
    log: Path | None = None
    log_texts: bool = False
    explain_cache: bool = False
    spent_before: Budget | None = None
    share: Decimal | None = None
    desk: PostOffice | None = None
    check: Callable[[Identity], None] | None = None

    def __post_init__(self) -> None:
        """Refuse a limit that is none: it would be paid for."""
        if self.limit is not None:
            check_limit(self.limit)

    @property
    def is_part(self) -> bool:
        """Whether the run takes a part of its input."""
        return self.limit is not None or bool(self.only)

    @property
    def made_anew(self) -> str | None:
        """What of the run directory is made anew, in words that tell one choice from another."""
        if not (self.refresh or self.fresh_answers):
            return None
        how = "answers" if self.fresh_answers else "records"
        which = [f"first {self.limit}"] if self.limit is not None else []
        return " ".join([how, *which, *sorted(self.only)])


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that is ready to start."""

    extractor: Extractor
    writer: RunWriter
    ledger: Ledger
    schema: type[BaseModel]
    """What is filled in."""


@contextlib.asynccontextmanager
async def opened(
    batch: Batch, settings: Settings, options: RunOptions, schema: type[BaseModel]
) -> AsyncIterator[Opened]:
    """The extractor that the settings name, and the run directory opened for it.

    Raises:
        SettingsError: The schema needs a model, and none is named; or the cost is capped and no
            price is known.
    """
    if options.desk is not None and is_asked_here(settings):
        raise SettingsError(
            "no provider is asked, so there is nothing to be answered later",
            where="batch",
            hint="Name a model and where it is served.",
        )
    if settings.model is None:
        if not can_draft(schema):
            raise SettingsError(
                "needs a model: the embedded extractor fills in the default schema and pico alone",
                where=f"schema {schema.__name__}",
                hint="Name one with --model.",
            )
        embedded = EmbeddedExtractor(schema)
        with _run_directory(batch, embedded.identity, options, schema) as writer:
            yield Opened(embedded, writer, Ledger(), schema)
        return
    async with _reached(settings) as (reached, client):
        if reached.withheld_key and reached.api_key is None:
            words = "%s was set for another host, so it isn't sent to %s; --api-key-env %s sends it"
            _LOG.warning(words, reached.withheld_key, reached.host, reached.withheld_key)
        if schema is Draft and is_small(reached.model or "", reached.parameters):
            _LOG.warning("%s: %s (--model embedded)", reached.model, EMBEDDED_IS_BETTER)
        desk = options.desk
        later = batch_price_for(reached) if desk else None
        ledger = _ledger(reached, options, later)
        prompt = prompt_for(batch.place(options.output), reached, schema, options)
        told = reached, prompt.messages, prompt.schema
        async with (
            Endpoint(*told, ledger=ledger, http_client=client)
            if desk is None
            else PostedEndpoint(*told, ledger=ledger, post=desk, price=later)
        ) as endpoint:
            identity = llm_identity(reached, prompt, endpoint)
            with (
                _run_directory(batch, identity, options, prompt.schema) as writer,
                _sources(writer, reached, options) as sources,
            ):
                if desk is not None:
                    desk.open(writer, reached, ledger.budget)
                elif (writer.path / BATCHES).is_file():
                    store.refuse_open_orders(writer.path)
                ledger.log = _request_log(reached, options)  # it may lie in a new folder
                extractor = LLMExtractor(identity, prompt, endpoint, sources, settings=reached)
                yield Opened(extractor, writer, ledger, prompt.schema)


def prompt_for(
    place: RunPlace, settings: Settings, schema: type[BaseModel], options: RunOptions | None = None
) -> Prompt:
    """The prompt of a run by a model, with the version of the schema that it fills in.

    A run that was begun with an earlier prompt goes on with that, and with the schema of its time,
    unless the user names a version or has all records made anew. With a part of them, other
    settings may change, such as the temperature.

    Raises:
        PromptError: There is no such version, or it is broken.
    """
    newest = load_prompt(settings.prompt_version, schema)
    is_anew, is_part = (options.made_anew, options.is_part) if options else (None, False)
    if (is_anew and not is_part) or "prompt_version" in settings.model_fields_set:
        return newest
    names = ("prompt_fingerprint", "schema_fingerprint") if is_anew else ("fingerprint",)
    same = attrgetter(*names)
    for prompt in _earlier_prompts(newest, schema):
        identity = llm_identity(
            settings, prompt, Endpoint(settings, prompt.messages, prompt.schema)
        )
        folder = place.begun(identity)
        held = load_manifest(folder) if folder else None
        if held is not None and same(held.identity) == same(identity):
            _LOG.warning(
                "%s was begun with prompt %s and goes on with it; --refresh of all takes %s",
                folder,
                prompt.version,
                newest.version,
            )
            return prompt
    return newest


def _earlier_prompts(newest: Prompt, schema: type[BaseModel]) -> Iterator[Prompt]:
    for version in reversed(prompt_versions()):
        if version != newest.version:
            for earlier in versions_of(schema)[1:] or (schema,):
                yield load_prompt(version, earlier)


def _run_directory(
    batch: Batch, identity: Identity, options: RunOptions, schema: type[BaseModel]
) -> RunWriter:
    if options.check is not None:
        options.check(identity)
    folder = batch.place(options.output).folder(identity)
    writer = open_run(folder, identity, schema, refresh=options.made_anew, besides=options.log)
    Run(folder, writer.manifest).tell_lost_of_people()
    return writer


@contextlib.asynccontextmanager
async def _reached(settings: Settings) -> AsyncIterator[tuple[Settings, AsyncClient | None]]:
    """The settings of the endpoint; of the server that is started for it, where it is a file."""
    if is_local_model(settings.model, settings.base_url):
        from summarise.servers import local_endpoint  # noqa: PLC0415 - it needs an HTTP library

        async with local_endpoint(settings) as local:
            yield local
    else:
        yield settings, None


def take_documents(batch: Batch, options: RunOptions, writer: RunWriter, report: Report) -> int:
    """Have the run directory hold the documents of a batch; returns how many are to be done.

    What it holds of the same inputs is neither read nor written again.

    Raises:
        InputError: The input can't be read.
        RunError: The directory was made from another input, or can't be written.
    """
    unread = None if options.append or options.is_part else batch.unread
    read_as = unread.read_as() if unread else None
    held = HeldDocuments(writer.path, writer.manifest)
    if unread and writer.has_begun and held.are_of(read_as, unread.inputs):
        for account, one in zip(batch.accounts, held.inputs, strict=True):
            account.held(one)
        deque(noted(held.notable(), report), maxlen=0)
        report.documents = held.count
        return writer.keep_documents(held)
    entries = noted(selected(batch.entries, options.limit, options.only), report)
    adds, is_part = options.append, options.is_part
    pending = writer.replace_documents(
        entries, batch.inputs, read_as=read_as, adds=adds, is_part=is_part
    )
    report.changes = writer.changes
    return pending


@contextlib.contextmanager
def _sources(writer: RunWriter, settings: Settings, options: RunOptions) -> Iterator[AnswerSources]:
    """Where answers come from before they are bought; says at the end what wasn't there."""
    misses = Misses() if options.explain_cache else None
    answers = AnswerCache(settings.cache_dir) if settings.cache else None
    with answers or contextlib.nullcontext():
        yield AnswerSources(writer, answers, reads=not options.fresh_answers, misses=misses)
    for line in misses.closing_lines() if misses else ():
        _LOG.info("%s", line)


def is_asked_here(settings: Settings) -> bool:
    """Whether no server answers, but code or a file of a model."""
    return settings.model is None or is_local_model(settings.model, settings.base_url)


def _ledger(settings: Settings, options: RunOptions, later: Price | None) -> Ledger:
    """What the run may spend, at what price, and where its requests are logged.

    What is answered later has a price of its own.

    Raises:
        SettingsError: The cost is capped and no price is known.
    """
    costs = [cost for cost in (settings.max_cost, options.share) if cost is not None]
    caps = Caps(min(costs, default=None), settings.max_tokens, settings.max_calls)
    price = cache(partial(price_for, settings))
    # What is known of prices is large, and read when it is needed; what the user gives is checked.
    has_own = settings.price_in is not None or settings.price_out is not None
    rate = later if options.desk else price() if costs or has_own else None
    return Ledger(Budget(caps, rate, options.spent_before), price)


def _request_log(settings: Settings, options: RunOptions) -> RequestLog | None:
    if options.log is None:
        return None
    log = Path(os.path.realpath(options.log))
    # Where the run goes isn't known yet, so none of its files' names will do anywhere.
    if log.is_dir() or is_other_file(log, LOG_BEGINNING) or log.name in OWN:
        raise SettingsError(
            f"{options.log} is another file, and isn't written to",
            where="--log-json",
            hint="Name a new file, or one that holds such a log.",
        )
    refuse_overwriting(log)
    return RequestLog(options.log, texts=options.log_texts, secret=settings.key)
