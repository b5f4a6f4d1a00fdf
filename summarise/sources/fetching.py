"""Identifiers become documents, in their order; each that doesn't costs itself alone.

Ids of one service are asked for together. A DOI goes to Crossref first; where that has no abstract,
which is often, to OpenAlex and then to Semantic Scholar, and the document says so.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from summarise.characters import counted
from summarise.errors import InputError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import (
    Entry,
    Source,
    acl_of,
    load_format,
    normalise_arxiv,
    normalise_doi,
    skipped,
    to_document,
)
from summarise.settings import SERVICES, Settings
from summarise.sources import (
    acl_anthology,
    arxiv,
    crossref,
    hugging_face,
    openalex,
    pubmed,
    semantic_scholar,
    zotero,
)
from summarise.sources.client import ServiceClient, ServiceFault
from summarise.sources.identifiers import Identifier
from summarise.sources.kept import Found, KeptPapers
from summarise.sources.service import Service, ServiceAnswer

_LOG = logging.getLogger("summarise")

_CHAINS: Mapping[str, tuple[Service, ...]] = {
    "arxiv": (arxiv.SERVICE,),
    "doi": (crossref.SERVICE, openalex.SERVICE, semantic_scholar.SERVICE),
    "pmid": (pubmed.SERVICE,),
    "hf": (hugging_face.SERVICE,),
    "openalex": (openalex.SERVICE,),
    "acl": (acl_anthology.SERVICE,),
    "s2": (semantic_scholar.SERVICE,),
    "zotero": (zotero.SERVICE,),
}
"""Which services are asked about a scheme's ids, each about what the one before didn't have."""
_VERSION = re.compile(r"v[0-9]+\Z")
_LISTS = frozenset(("hf", "zotero"))
_WINDOW = 200
# One bad id of two hundred is found by eight requests.
_PATIENCE = 12


def fetch_entries(
    identifiers: Sequence[Identifier], settings: Settings
) -> Iterator[Document | Skipped]:
    """The documents of some identifiers, in order, or why there are none.

    Each names its identifier as its source, and its number among that one's papers as its line.

    Raises:
        SettingsError: ``--offline``, and a service is to be asked that isn't on this machine.
    """
    with contextlib.closing(_Fetch(settings)) as fetch:
        for start in range(0, len(identifiers), _WINDOW):
            window = identifiers[start : start + _WINDOW]
            found = fetch.papers(window)
            for one in window:
                yield from found[one]
            if len(identifiers) > _WINDOW:
                done = min(start + _WINDOW, len(identifiers))
                _LOG.info("fetched %s of %s", f"{done:,}", counted(len(identifiers), "identifier"))


@dataclass(slots=True)
class _Findings:
    """What services have told of one identifier so far.

    Attributes:
        entries: Its documents and, in lists, what gave none.
        notes: Why there is no document, by service.
        is_sure: Whether no service failed, so that asking again would tell the same.
        lacks_abstract: Whether a service knows it, without an abstract.
    """

    entries: list[Found] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_sure: bool = True
    lacks_abstract: bool = False

    @property
    def has_document(self) -> bool:
        return any(isinstance(one, Document) for one in self.entries)

    def settled(self, identifier: Identifier, service: Service) -> list[Found]:
        """The entries; where there is no document, at least one that says why."""
        entries, source = list(self.entries), str(identifier)
        if self.notes and (not self.has_document or identifier.scheme in _LISTS):
            kind = SkipKind.NO_ABSTRACT if self.lacks_abstract else SkipKind.UNREADABLE
            entries.append(skipped(source, len(entries) + 1, "; ".join(self.notes), kind))
        elif self.notes:
            label = SERVICES[service.name].label
            told = f"taken from {label} ({'; '.join(self.notes)})"
            entries = [
                one.model_copy(update={"repairs": (*one.repairs, told)})
                if isinstance(one, Document)
                else one
                for one in entries
            ]
        return [
            one.model_copy(update={"source": source, "line": line})
            for line, one in enumerate(entries, 1)
        ]


class _Fetch:
    """One fetch: its clients, what is kept, and which services have failed for good."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept = KeptPapers(settings)
        self._clients: dict[str, ServiceClient] = {}
        self._down: dict[str, ServiceFault] = {}
        self._failed: Counter[str] = Counter()

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._kept.close()

    def papers(self, identifiers: Sequence[Identifier]) -> dict[Identifier, list[Found]]:
        found: dict[Identifier, list[Found]] = {}
        wanted: dict[str, list[Identifier]] = {}
        for one in dict.fromkeys(identifiers):
            chain = _CHAINS[one.scheme]
            kept = self._kept.get(one, chain) if all(s.is_kept for s in chain) else None
            if kept is None:
                wanted.setdefault(one.scheme, []).append(one)
            else:
                found[one] = kept
        for scheme, some in wanted.items():
            found.update(self._chained(some, _CHAINS[scheme]))
        return found

    def _chained(
        self, identifiers: Sequence[Identifier], chain: Sequence[Service]
    ) -> dict[Identifier, list[Found]]:
        told = {one: _Findings() for one in identifiers}
        found: dict[Identifier, list[Found]] = {}
        for service in chain:
            is_last = service is chain[-1]
            left = [one for one in identifiers if one not in found]
            for start in range(0, len(left), service.most):
                batch = left[start : start + service.most]
                self._ask(service, batch[0].scheme, {one.value: told[one] for one in batch})
                for one in batch:
                    if is_last or told[one].has_document:
                        found[one] = told[one].settled(one, service)
                        if service.is_kept and told[one].is_sure:
                            self._kept.put(one, chain, found[one])
                self._kept.flush()
        return found

    def _ask(self, service: Service, scheme: str, told: Mapping[str, _Findings]) -> None:
        """Ask a service about ids, and note what it told of each."""
        label = SERVICES[service.name].label
        fault = self._down.get(service.name)
        reading = _Reading(service, scheme, told)
        if fault is None:
            try:
                if service.name not in self._clients:
                    client = ServiceClient(service.name, service.pace, self._settings)
                    self._clients[service.name] = client
                for answer in service.ask(self._clients[service.name], scheme, list(told)):
                    reading.take(answer)
                self._failed[service.name] = 0
            except ServiceFault as error:
                fault = error
                # It is the service's own where it lasts, or comes again and again.
                self._failed[service.name] += _PATIENCE // 3 if error.may_pass else 1
                if error.is_lasting or self._failed[service.name] >= _PATIENCE:
                    self._down[service.name] = error
        left = {value: one for value, one in told.items() if value not in reading.answered}
        if fault and not (fault.may_pass or fault.is_lasting) and len(left) > 1:
            # It may have stumbled over one of them.
            values = list(left)
            for some in (values[: len(values) // 2], values[len(values) // 2 :]):
                self._ask(service, scheme, {value: left[value] for value in some})
            return
        if fault and scheme in _LISTS:
            left = dict(told)
        for value, one in left.items():
            one.is_sure = one.is_sure and fault is None
            one.notes.append(f"{label}: {fault or reading.reason(value)}")


class _Reading:
    """The answers of one service to one question, read and given to the ids that were asked."""

    def __init__(self, service: Service, scheme: str, told: Mapping[str, _Findings]) -> None:
        self._service = service
        self._scheme = scheme
        self._told = told
        self._reasons: dict[str, str] = {}
        self._stray: str | None = None
        self.answered: set[str] = set()

    def reason(self, value: str) -> str:
        """Why an id has no document."""
        if value in self._reasons:
            return self._reasons[value]
        if self._stray and len(self._told) == 1:
            return self._stray
        return "nothing is there" if self._scheme in _LISTS else "there is no such paper"

    def take(self, answer: ServiceAnswer) -> None:
        """Read an answer.

        Raises:
            ServiceFault: It can't be read.
        """
        label = SERVICES[self._service.name].label
        source = Source(label, content=answer.content, format=self._service.format)
        try:
            for entry in load_format(self._service.format).entries(source):
                self._take(entry, answer.asked)
        except InputError as error:
            raise ServiceFault(f"its answer can't be read: {error.message}") from None

    def _take(self, entry: Entry | Skipped, asked: str | None) -> None:
        if isinstance(entry, Skipped):
            if self._scheme in _LISTS and asked is not None:
                self._told[asked].entries.append(entry)
            else:
                self._stray = entry.reason
            return
        own = _own_ids(entry, self._scheme)
        value = asked or next((one for one in own if one in self._told), None)
        if self._scheme not in _LISTS and own and (value not in own):
            self._stray = f"it answered with {own[0]} instead"
            return
        if value is None or (self._scheme not in _LISTS and value in self.answered):
            return
        if self._scheme == "doi":
            # Whoever asks for a DOI knows the paper by it.
            entry = replace(entry, doi=value, given_id=None)
        elif self._scheme == "acl":
            entry = replace(entry, acl=value)
        self._give(to_document(entry), value)

    def _give(self, found: Found, value: str) -> None:
        told = self._told[value]
        if isinstance(found, Document) or self._scheme in _LISTS:
            told.entries.append(found)
            self.answered.add(value)
        else:
            told.lacks_abstract = told.lacks_abstract or found.kind is SkipKind.NO_ABSTRACT
            self._reasons[value] = found.reason


def _own_ids(entry: Entry, scheme: str) -> list[str]:
    """What an entry is known by in a scheme, in the forms in which it may have been asked for."""
    match scheme:
        case "arxiv":
            bare = normalise_arxiv(entry.arxiv)
            version = _VERSION.search(entry.arxiv or "")
            return [f"{bare}{version[0] if version else ''}", bare] if bare else []
        case "acl":
            return list(filter(None, [entry.acl or acl_of(entry.url)]))
        case "doi":
            return list(filter(None, [normalise_doi(entry.doi)]))
        case "s2":
            return list(filter(None, [entry.given_id]))
    known = getattr(entry, scheme, None)
    return [known] if known else []
