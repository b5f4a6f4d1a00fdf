"""Fetching papers: what each service is asked and answers, and what a service may do to us.

No service was asked to write this: the shapes are those of their documents (``tests/services.py``).
"""

from __future__ import annotations

import itertools
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from summarise.errors import InputError, SettingsError
from summarise.models import Document, SkipKind, Skipped
from summarise.settings import SERVICES, Settings
from summarise.sources import client as http
from summarise.sources import fetch_entries, find_identifier, parse_identifier
from tests import services
from tests.loopback import dripping
from tests.services import Asked, FakeService, Reply

KEY = "planted-key-1234567890"
Fetched = list[Document | Skipped]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited, each time."""
    told: list[float] = []
    monkeypatch.setattr(http, "pause", told.append)
    return told


@pytest.fixture
def fetch(make_settings: Callable[..., Settings]) -> Callable[..., Fetched]:
    """Fetches identifiers, all services being at one address."""

    def call(server: FakeService | SimpleNamespace, *ids: str, **more: Any) -> Fetched:
        sources = dict.fromkeys(SERVICES, server.base_url)
        chosen = make_settings(sources=sources, **more)
        return list(fetch_entries([parse_identifier(one) for one in ids], chosen))

    return call


Fetch = Callable[..., Fetched]


def documents(entries: Fetched) -> list[str]:
    return [one.doc_id for one in entries if isinstance(one, Document)]


def reasons(entries: Fetched) -> list[str]:
    return [one.reason for one in entries if isinstance(one, Skipped)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arxiv:2310.00426", "arxiv:2310.00426"),
        ("arXiv: 2310.00426v2", "arxiv:2310.00426v2"),
        ("2310.00426", "arxiv:2310.00426"),
        ("https://arxiv.org/abs/2310.00426v3", "arxiv:2310.00426v3"),
        ("arxiv:math.GT/0309136", "arxiv:math/0309136"),
        ("doi:10.48550/arXiv.2310.00426", "arxiv:2310.00426"),
        ("10.1000/ABC", "doi:10.1000/abc"),
        ("https://doi.org/10.1000/abc", "doi:10.1000/abc"),
        ("pmid:38000001", "pmid:38000001"),
        ("hf:2025-12-26", "hf:2025-12-26"),
        ("openalex:w2741809807", "openalex:W2741809807"),
        ("https://openalex.org/W12", "openalex:W12"),
        ("https://www.semanticscholar.org/paper/Herons/" + "ab" * 20, f"s2:{'ab' * 20}"),
        ("https://pubmed.ncbi.nlm.nih.gov/38000001/", "pmid:38000001"),
        ("https://aclanthology.org/2023.acl-long.12.pdf", "acl:2023.acl-long.12"),
        ("https://www.aclweb.org/anthology/P19-1001/", "acl:P19-1001"),
        ("https://huggingface.co/papers/date/2025-12-26", "hf:2025-12-26"),
        ("https://huggingface.co/papers/2310.00426?ref=x#y", "arxiv:2310.00426"),
        ("https://arxiv.org/pdf/hep-th/9901001v2.pdf", "arxiv:hep-th/9901001v2"),
        ("https://doi.org/10.1000%2Fabc", "doi:10.1000/abc"),
        ("acl:p18-1001", "acl:P18-1001"),
        ("acl:2023.ACL-long.12", "acl:2023.acl-long.12"),
        (f"s2:{'AB' * 20}", f"s2:{'ab' * 20}"),
        ("zotero:My fens", "zotero:My fens"),
    ],
)
def test_an_identifier_has_one_form(text: str, expected: str) -> None:
    """However it is written, it is asked for, and kept, once."""
    assert str(parse_identifier(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("doi:abc", "a DOI such as"),
        ("arxiv:2399.00001", "an arXiv id such as"),
        ("arxiv:", "an arXiv id such as"),
        ("pmid:12a", "digits"),
        ("hf:2025-02-30", "a day of"),
        ("hf:yesterday", "a day of"),
        ("openalex:A12", "a work of"),
        ("acl:long.12", "an id of the ACL Anthology"),
        ("s2:xyz", "40 hexadecimal digits"),
        ("zotero:a\nb", "a collection"),
        ("doi:10.1000/a\x1bb", "a DOI such as"),
        ("refs.bib", "isn't an identifier"),
    ],
)
def test_a_wrong_identifier_says_what_is_expected(text: str, expected: str) -> None:
    """In one line, before anybody is asked."""
    with pytest.raises(InputError, match=expected):
        parse_identifier(text)


@pytest.mark.parametrize(
    "text",
    [
        *("page.txt", "data/1234567", "C:\\page.txt", "note:5", "-", ""),
        *("https://arxiv.org/list/cs.CL/new", "https://elsewhere.example/abs/2310.00426"),
    ],
)
def test_the_name_of_a_file_is_no_identifier(text: str) -> None:
    """Only our schemes, DOIs and arXiv ids of today's form are taken."""
    assert find_identifier(text) is None


@given(st.text(max_size=40))
def test_any_text_is_an_identifier_a_name_or_refused(text: str) -> None:
    """Nothing else is raised, and an identifier is found again by its own form."""
    for scheme in ("", "doi:10.1000/", "arxiv:", "zotero:", "acl:"):
        try:
            found = find_identifier(scheme + text)
        except InputError:
            continue
        assert found is None or parse_identifier(str(found)) == found


def arxiv_answer(asked: Asked) -> Reply:
    return Reply(services.feed(*asked.params["id_list"].split(",")))


def test_arxiv_is_asked_once_for_many(fetch: Fetch, waits: list[float]) -> None:
    """Ids go together, in their order, and each document says whom it is of."""
    with FakeService(arxiv_answer) as server:
        entries = fetch(server, "arxiv:2310.00002", "arxiv:2310.00001v2", "arxiv:2310.00002")
    assert documents(entries) == ["arXiv:2310.00002", "arXiv:2310.00001", "arXiv:2310.00002"]
    assert [one.source for one in entries] == [
        *("arxiv:2310.00002", "arxiv:2310.00001v2", "arxiv:2310.00002")
    ]
    (asked,) = server.requests
    assert asked.path == "/query"
    assert asked.params["id_list"] == "2310.00002,2310.00001v2"
    assert asked.params["max_results"] == "2"
    assert asked.headers["user-agent"].startswith("summarise-abstracts/")
    assert waits == []


def test_arxiv_is_asked_every_three_seconds(fetch: Fetch, waits: list[float]) -> None:
    """As its terms have it; a hundred ids a time."""
    ids = [f"arxiv:2310.{number:05}" for number in range(250)]
    began = time.monotonic()
    with FakeService(arxiv_answer) as server:
        entries = fetch(server, *ids)
    assert len(documents(entries)) == 250
    assert [len(one.params["id_list"].split(",")) for one in server.requests] == [100, 100, 50]
    assert sum(waits) > 6 - (time.monotonic() - began)


def test_who_can_be_written_to_is_told(fetch: Fetch) -> None:
    """A mail address goes where a service asks for one, when the user has set it."""
    with FakeService(arxiv_answer) as server:
        fetch(server, "arxiv:2310.00001", mailto="ann@example.org")
    assert "(mailto:ann@example.org)" in server.requests[0].headers["user-agent"]


def test_what_is_missing_costs_itself(fetch: Fetch) -> None:
    """An unknown id, and a paper without an abstract, are entries with a reason."""

    def answer(asked: Asked) -> Reply:
        good = services.feed("2310.00001").decode()
        bare = services.feed("2310.00002", summary="").decode()
        entry = bare[bare.index("<entry>") : bare.index("</feed>")]
        return Reply(good.replace("</feed>", f"{entry}</feed>").encode())

    with FakeService(answer) as server:
        entries = fetch(server, "arxiv:2310.00001", "arxiv:2310.00002", "arxiv:2310.99999")
    assert documents(entries) == ["arXiv:2310.00001"]
    assert [one.kind for one in entries if isinstance(one, Skipped)] == [
        *(SkipKind.NO_ABSTRACT, SkipKind.UNREADABLE)
    ]
    assert reasons(entries) == [
        "arXiv: “Herons of the 2310.00002 fens” has no abstract",
        "arXiv: there is no such paper",
    ]


def test_another_paper_is_not_taken(fetch: Fetch) -> None:
    """What comes under another id than was asked for is nobody's."""
    with FakeService(lambda _: Reply(services.feed("2310.00009v1"))) as server:
        entries = fetch(server, "arxiv:2310.00001")
    assert reasons(entries) == ["arXiv: it answered with 2310.00009v1 instead"]


def test_an_empty_feed_is_asked_for_again(fetch: Fetch) -> None:
    """Arxiv answers so at times though the papers are there."""
    replies = iter([services.feed(), services.feed("2310.00001")])
    with FakeService(lambda _: Reply(next(replies))) as server:
        assert documents(fetch(server, "arxiv:2310.00001")) == ["arXiv:2310.00001"]


def doi_answer(asked: Asked) -> Reply:
    """Crossref has an abstract of the first, OpenAlex of the second, the third is nowhere."""
    if asked.path == "/works" and "doi:10.1000/one" in asked.params["filter"]:
        one, two = (
            services.crossref_work("10.1000/ONE"),
            services.crossref_work("10.1000/two", None),
        )
        return Reply(services.crossref_list(one, two))
    if asked.path == "/works":
        work = services.openalex_work("W2", "10.1000/two")
        return Reply(services.as_json({"meta": {}, "results": [work]}))
    return Reply(services.as_json([None]))


def test_a_doi_is_looked_for_until_there_is_an_abstract(fetch: Fetch) -> None:
    """Crossref, OpenAlex, Semantic Scholar; a document says where its abstract is from."""
    with FakeService(doi_answer) as server:
        entries = fetch(server, "doi:10.1000/one", "doi:10.1000/two", "doi:10.1000/three")
    assert documents(entries) == ["10.1000/one", "10.1000/two"]
    assert [one.repairs for one in entries if isinstance(one, Document)] == [
        (),
        ("taken from OpenAlex (Crossref: “Herons of 10.1000/two” has no abstract)",),
    ]
    (reason,) = reasons(entries)
    assert reason == "; ".join(
        f"{name}: there is no such paper" for name in ("Crossref", "OpenAlex", "Semantic Scholar")
    )
    crossref, openalex, scholar = server.requests
    assert crossref.params["filter"] == "doi:10.1000/one,doi:10.1000/two,doi:10.1000/three"
    assert openalex.params["filter"] == (
        "doi:https://doi.org/10.1000/two|https://doi.org/10.1000/three"
    )
    assert json.loads(scholar.body) == {"ids": ["DOI:10.1000/three"]}


def test_a_doi_with_a_comma_goes_alone(fetch: Fetch) -> None:
    """It would part the values of a filter."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/works":
            return Reply(services.crossref_list(services.crossref_work("10.1000/b")))
        return Reply(services.crossref_one(services.crossref_work("10.1000/a,b|c")))

    with FakeService(answer) as server:
        entries = fetch(server, "doi:10.1000/a,b|c", "doi:10.1000/b")
    assert documents(entries) == ["10.1000/a,b|c", "10.1000/b"]
    assert [one.path for one in server.requests] == ["/works/10.1000%2Fa%2Cb%7Cc", "/works"]


def test_crossref_is_asked_as_slowly_as_it_says(fetch: Fetch, waits: list[float]) -> None:
    """Its headers tell how many requests in which time."""
    headers = {"X-Rate-Limit-Limit": "2", "X-Rate-Limit-Interval": "10s"}

    def answer(asked: Asked) -> Reply:
        name = asked.path.rpartition("%2F")[2]
        return Reply(services.crossref_one(services.crossref_work(f"10.1000/{name}")), 200, headers)

    with FakeService(answer) as server:
        fetch(server, "doi:10.1000/a", cache=False)
        ids = [f"doi:10.1000/{n:03}" for n in range(41)]
        fetch(server, *ids)
    assert max(waits) > 4


def test_pubmed_is_asked_by_a_form(fetch: Fetch) -> None:
    """PMIDs go together; one that is missing from the answer isn't there."""
    with FakeService(lambda _: Reply(services.pubmed_set("11", "13"))) as server:
        entries = fetch(server, "pmid:11", "pmid:12", "pmid:13", mailto="ann@example.org")
    assert documents(entries) == ["PMID:11", "PMID:13"]
    assert reasons(entries) == ["PubMed: there is no such paper"]
    (asked,) = server.requests
    assert (asked.method, asked.path) == ("POST", "/efetch.fcgi")
    assert asked.params["id"] == "11,12,13"
    assert (asked.params["tool"], asked.params["email"]) == ("summarise", "ann@example.org")


def test_pubmed_knows_none_of_them(fetch: Fetch) -> None:
    """That comes as HTTP 400."""
    told = Reply(b'{"error": "ID list is empty! Possibly it has no correct IDs."}', 400)
    with FakeService(lambda _: told) as server:
        assert reasons(fetch(server, "pmid:1")) == ["PubMed: there is no such paper"]


def test_a_day_comes_in_pages(fetch: Fetch) -> None:
    """Until one is empty; a paper without a summary is named."""
    papers = [
        services.daily_paper(f"2512.{n:05}", "" if n == 7 else services.ABSTRACT)
        for n in range(150)
    ]

    def answer(asked: Asked) -> Reply:
        assert asked.params["date"] == "2025-12-26"
        start = 100 * int(asked.params["p"])
        return Reply(services.as_json(papers[start : start + 100]))

    with FakeService(answer) as server:
        entries = fetch(server, "hf:2025-12-26")
    assert len(documents(entries)) == 149
    assert [one.line for one in entries] == list(range(1, 151))
    assert reasons(entries) == ["“Herons of 2512.00007” has no abstract"]


@pytest.mark.parametrize("count", [3, 100])
def test_pages_come_to_an_end(fetch: Fetch, count: int) -> None:
    """A service that gives all at once is read; one that gives the same forever is told."""
    papers = [services.daily_paper(f"2512.{n:05}") for n in range(count)]
    with FakeService(lambda _: Reply(services.as_json(papers))) as server:
        entries = fetch(server, "hf:2025-12-26")
    assert len(documents(entries)) == count
    assert len(server.requests) == 2
    assert bool(reasons(entries)) == (count == 100)


def test_a_day_without_papers(fetch: Fetch) -> None:
    """Nothing there is a reason, too."""
    with FakeService(lambda _: Reply(b"[]")) as server:
        assert reasons(fetch(server, "hf:2025-12-27")) == ["Hugging Face: nothing is there"]


def test_openalex_works_by_their_ids(fetch: Fetch) -> None:
    """Several by a filter, one alone by its own address, which is free."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/works":
            works = [services.openalex_work(name) for name in ("W2", "W1")]
            return Reply(services.as_json({"results": works}))
        return Reply(services.as_json(services.openalex_work("W3")))

    with FakeService(answer) as server:
        assert documents(fetch(server, "openalex:W1", "openalex:W2")) == ["W1", "W2"]
        assert documents(fetch(server, "openalex:W3")) == ["W3"]
        assert reasons(fetch(server, "openalex:W4")) == ["OpenAlex: it answered with W3 instead"]
    assert server.requests[0].params["filter"] == "openalex:W1|W2"
    assert server.requests[1].path == "/works/W3"


def test_semantic_scholar_answers_in_order(fetch: Fetch) -> None:
    """Null is what it doesn't know; a corpus id is named as one."""
    name = "ab" * 20
    papers = [services.semantic_scholar_paper(name, DOI="10.1000/s"), None]
    with FakeService(lambda _: Reply(services.as_json(papers))) as server:
        entries = fetch(server, f"s2:{name}", "s2:77")
    assert documents(entries) == [name]
    assert reasons(entries) == ["Semantic Scholar: there is no such paper"]
    assert json.loads(server.requests[0].body) == {"ids": [name, "CorpusId:77"]}


def test_semantic_scholar_knows_none_of_them(fetch: Fetch) -> None:
    """That comes as HTTP 400."""
    told = Reply(b'{"error": "No valid paper ids given"}', 400)
    with FakeService(lambda _: told) as server:
        (reason,) = reasons(fetch(server, "s2:77"))
    assert reason == "Semantic Scholar: there is no such paper"


def test_the_anthology_gives_a_file_a_paper(fetch: Fetch) -> None:
    """BibTeX with an abstract; what isn't there is HTTP 404."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/2023.acl-long.1.bib":
            return Reply(services.anthology_bib("2023.acl-long.1"))
        if asked.path == "/2023.acl-long.2.bib":
            return Reply(services.anthology_bib("2023.acl-long.3"))
        return Reply(b"<!DOCTYPE html><html>404</html>", 404)

    with FakeService(answer) as server:
        entries = fetch(server, "acl:2023.acl-long.1", "acl:P99-9999", "acl:2023.acl-long.2")
    assert documents(entries) == ["ACL:2023.acl-long.1"]
    assert isinstance(entries[0], Document)
    assert entries[0].abstract == services.ABSTRACT
    assert reasons(entries) == [
        "the ACL Anthology: there is no such paper",
        "the ACL Anthology: it answered with 2023.acl-long.3 instead",
    ]


def zotero_answer(asked: Asked) -> Reply:
    assert asked.params["format"] == "json"  # the local API has no Atom
    start = int(asked.params["start"])
    if asked.path == "/users/0/collections":
        named = [("AAAA1111", "Fens"), ("BBBB2222", "Bogs"), ("CCCC3333", "bogs")]
        page = [{"key": key, "data": {"key": key, "name": name}} for key, name in named]
        return Reply(services.as_json(page[start : start + 100]))
    assert asked.path == "/users/0/collections/AAAA1111/items/top"
    items = [
        services.zotero_item(
            f"{n:08}", abstractNote="" if n == 3 else services.ABSTRACT, title=f"Fen {n}"
        )
        for n in range(120)
    ]
    return Reply(services.as_json(items[start : start + 100]))


@pytest.mark.parametrize("name", ["Fens", "AAAA1111"])
def test_a_collection_of_zotero(fetch: Fetch, name: str) -> None:
    """By its name or its key, page by page, from the program on this machine; offline, too."""
    with FakeService(zotero_answer) as server:
        entries = fetch(server, f"zotero:{name}", offline=True)
    assert len(documents(entries)) == 119
    assert reasons(entries) == ["“Fen 3” has no abstract"]


def test_no_collection_or_several(fetch: Fetch) -> None:
    """Which one is meant isn't guessed."""
    with FakeService(zotero_answer) as server:
        entries = fetch(server, "zotero:Bogs", "zotero:Lakes")
    several, none = reasons(entries)
    assert several.endswith("name one by its key: BBBB2222, CCCC3333")
    assert none == "Zotero: there is no such collection"


def test_zotero_does_not_allow_it(fetch: Fetch) -> None:
    """The line says where it is allowed."""
    with FakeService(lambda _: Reply(b"Local API is not enabled", 403)) as server:
        (reason,) = reasons(fetch(server, "zotero:Fens"))
    assert "Local API is not enabled" in reason
    assert "Zotero's settings, Advanced" in reason


class TestMisbehaviour:
    """Whatever a service does, it costs what was asked of it, within bounds."""

    def test_it_asks_to_wait(self, fetch: Fetch, waits: list[float]) -> None:
        """Retry-After is kept to, in seconds or as a date."""
        replies = itertools.chain(
            [Reply(b"slow", 429, {"Retry-After": "7"}), Reply(b"", 503)],
            itertools.repeat(Reply(services.feed("2310.00001"))),
        )
        with FakeService(lambda _: next(replies)) as server:
            assert documents(fetch(server, "arxiv:2310.00001")) == ["arXiv:2310.00001"]
        assert 7 <= waits[0] <= 7.7

    def test_its_quota_says_when(self, fetch: Fetch, waits: list[float]) -> None:
        """Hugging Face tells it by another header."""
        replies = itertools.chain(
            [Reply(b"", 429, {"RateLimit": '"api";r=0;t=41'}), Reply(b"[]")], [Reply(b"[]")]
        )
        with FakeService(lambda _: next(replies)) as server:
            fetch(server, "hf:2025-12-26")
        assert 41 <= max(waits) <= 45.1

    def test_it_asks_to_wait_too_long(self, fetch: Fetch, waits: list[float]) -> None:
        """Nobody sits an hour before a screen; the other ids aren't asked for either."""
        told = Reply(b'{"message": "Daily limit exceeded"}', 429, {"Retry-After": "3600"})
        with FakeService(lambda _: told) as server:
            entries = fetch(server, *(f"openalex:W{n}" for n in range(1, 150)))
        assert len(server.requests) == 1
        assert len(reasons(entries)) == 149
        assert reasons(entries)[0] == (
            'OpenAlex: it answered with HTTP 429 ({"message": "Daily limit exceeded"}), '
            "and asks to wait for 3,600 s"
        )

    def test_it_is_broken(self, fetch: Fetch) -> None:
        """500s are tried again, then told; its other ids aren't asked for without end."""
        with FakeService(lambda _: Reply(b"<html>Oops</html>", 500)) as server:
            entries = fetch(server, *(f"arxiv:2310.{n:05}" for n in range(900)))
        assert set(reasons(entries)) == {"arXiv: it answered with HTTP 500"}
        assert len(server.requests) == 12

    def test_one_id_spoils_its_batch(self, fetch: Fetch) -> None:
        """A 400 for many is halved until it is one's own."""

        def answer(asked: Asked) -> Reply:
            ids = asked.params["id_list"].split(",")
            return Reply(b"bad", 400) if "2310.00077" in ids else Reply(services.feed(*ids))

        with FakeService(answer) as server:
            entries = fetch(server, *(f"arxiv:2310.{n:05}" for n in range(100)))
        assert len(documents(entries)) == 99
        assert reasons(entries) == ["arXiv: it answered with HTTP 400 (bad)"]
        assert len(server.requests) < 20

    @pytest.mark.parametrize(
        "identifier", ["arxiv:2310.00001", "pmid:1", "openalex:W1", "hf:2025-12-26", "acl:P18-1001"]
    )
    @pytest.mark.parametrize("body", [b"<!DOCTYPE html><html>Log in</html>", b"", b"\xff\0", b"[1"])
    def test_it_answers_with_something_else(
        self, fetch: Fetch, identifier: str, body: bytes
    ) -> None:
        """A page, nothing, bytes, a torn answer: no document, no crash, one reason."""
        with FakeService(lambda _: Reply(body)) as server:
            entries = fetch(server, identifier)
        assert documents(entries) == []
        assert len(reasons(entries)) == 1

    @settings(max_examples=25)
    @given(content=st.binary(max_size=300))
    def test_any_answer_is_read_or_told(self, content: bytes) -> None:
        """Nothing but a reason comes of what nobody expects."""
        for name, fixture in (
            ("arxiv:2310.00001", services.feed("2310.00001")),
            ("pmid:1", services.pubmed_set("1")),
        ):
            half = len(fixture) // 2
            body = fixture[:half] + content + fixture[half:]
            with respx.mock(assert_all_called=False) as router:
                router.route().respond(content=body)
                entries = list(fetch_entries([parse_identifier(name)], Settings(cache=False)))
            assert entries

    def test_it_never_ends(self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
        """An endless answer is read up to a bound, once."""
        monkeypatch.setattr(http, "MOST", 1 << 20)
        endless = itertools.repeat(b"<entry>" * 1000)
        with FakeService(lambda _: Reply(endless)) as server:
            (reason,) = reasons(fetch(server, "arxiv:2310.00001"))
        assert "more than 1 MB" in reason
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "identifier", ["arxiv:2310.00001", "pmid:1", "hf:2025-12-26", "s2:7", "zotero:Fens"]
    )
    def test_an_address_without_the_interface(self, fetch: Fetch, identifier: str) -> None:
        """A 404 where many are asked for says nothing of a paper: the address may be wrong."""
        with FakeService(lambda _: Reply(b"no route", 404)) as server:
            (reason,) = reasons(fetch(server, identifier))
        assert reason.endswith("it answered with HTTP 404 (no route)")

    def test_what_is_no_paper_is_counted(self, fetch: Fetch) -> None:
        """An entry of a list that isn't even an object is an entry."""
        papers = [None, services.daily_paper("2512.00001"), 7]
        with FakeService(lambda _: Reply(services.as_json(papers))) as server:
            entries = fetch(server, "hf:2025-12-26")
        assert len(documents(entries)) == 1
        assert reasons(entries) == ["the entry has neither a title nor an abstract"] * 2

    def test_nobody_is_there(self, fetch: Fetch) -> None:
        """One line, quickly."""
        with FakeService(arxiv_answer) as server:
            pass
        (reason,) = reasons(fetch(server, "arxiv:2310.00001"))
        assert "can't be reached" in reason

    @pytest.mark.parametrize(
        ("location", "what"),
        [
            ("file:///etc/passwd", "no http"),
            ("ftp://elsewhere.example/", "no http"),
            ("http://localhost:1/x", "isn't public"),
            ("http://169.254.169.254/latest", "isn't public"),
            ("http://[::ffff:10.0.0.1]/", "isn't public"),
            ("http://intranet/", "isn't public"),
            ("http://[64:ff9b::a9fe:a9fe]/latest", "isn't public"),
            ("http://[2002:7f00:1::]/", "isn't public"),
            ("http://[::127.0.0.1]/", "isn't public"),
            ("http://[fec0::1]/", "isn't public"),
            ("http://224.0.0.1/", "isn't public"),
            ("http://192.0.0.192/opc", "isn't public"),
            (f"http://{'a' * 64}.example/", "no address"),
            ("http://ann:secret@elsewhere.example/", "no http"),
            ("http://[::1", "no address"),
            ("/query", "redirects more than 5 times"),
        ],
    )
    def test_where_a_redirect_may_not_lead(self, fetch: Fetch, location: str, what: str) -> None:
        """Not to this machine or its network, not out of http, not in a circle."""
        with FakeService(lambda _: Reply(b"", 302, {"Location": location})) as server:
            (reason,) = reasons(fetch(server, "arxiv:2310.00001"))
        assert what in reason
        assert "secret" not in reason

    def test_a_name_that_leads_inside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a name resolves to counts, not how it looks."""
        for address, is_private in (("10.1.2.3", True), ("93.184.215.14", False)):
            found = [(2, 1, 6, "", (address, 0))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found: found)
            assert http.is_private("harmless.example") is is_private

    def test_a_name_that_leads_inside_the_second_time(
        self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing is asked there, though the name was another host's when it was checked."""
        addresses = iter([[(2, 1, 6, "", ("93.184.215.14", 0))]])
        look_up = socket.getaddrinfo

        def changing(host: Any, *given: Any, **more: Any) -> Any:
            if host != "told.elsewhere.example":
                return look_up(host, *given, **more)
            return next(addresses, None) or look_up("127.0.0.1", *given, **more)

        monkeypatch.setattr(socket, "getaddrinfo", changing)

        def answer(asked: Asked) -> Reply:
            port = asked.headers["host"].rpartition(":")[2]
            return Reply(b"", 302, {"Location": f"http://told.elsewhere.example:{port}/x"})

        with FakeService(answer) as server:
            (reason,) = reasons(fetch(server, "arxiv:2310.00001"))
        assert "isn't public" in reason
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "beginning",
        [
            b"HTTP/1.1 200 OK\r\nX-Long: ",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\3",
            b"HTTP/1.1 200 OK\r\n\r\n<feed>",
        ],
        ids=["header", "packed", "body"],
    )
    def test_it_answers_drop_by_drop(self, fetch: Fetch, beginning: bytes) -> None:
        """The time for an answer is that for all of it, headers and what unpacks to nothing."""

        began = time.monotonic()
        with dripping(beginning) as url:
            server = SimpleNamespace(base_url=url)
            (reason,) = reasons(fetch(server, "arxiv:2310.00001", timeout=0.3))
        assert reason == "arXiv: no answer within 0.3 s"
        assert time.monotonic() - began < 20

    def test_offline_no_name_is_looked_up(
        self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not even one that a server of this machine leads to."""
        looked_up: list[object] = []
        look_up = socket.getaddrinfo

        def watched(host: Any, *given: Any, **more: Any) -> Any:
            if host == "told.elsewhere.example":
                looked_up.append(host)
                return []
            return look_up(host, *given, **more)

        monkeypatch.setattr(socket, "getaddrinfo", watched)
        reply = Reply(b"", 302, {"Location": "http://told.elsewhere.example/x"})
        with (
            FakeService(lambda _: reply) as server,
            pytest.raises(SettingsError, match="elsewhere"),
        ):
            fetch(server, "arxiv:2310.00001", offline=True)
        assert looked_up == []

    def test_a_redirect_inside_of_a_service(self, fetch: Fetch) -> None:
        """A move within its own address is followed."""

        def answer(asked: Asked) -> Reply:
            if asked.path == "/works/W1":
                return Reply(b"", 301, {"Location": "/elsewhere/W1"})
            return Reply(services.as_json(services.openalex_work("W1")))

        with FakeService(answer) as server:
            assert documents(fetch(server, "openalex:W1")) == ["W1"]


class TestKeys:
    """A key goes to its service's own host, and is seen nowhere else."""

    KEYS: dict[str, str] = dict.fromkeys(("openalex", "pubmed", "semantic_scholar"), KEY)

    def test_a_key_goes_to_its_own_host(
        self, make_settings: Callable[..., Settings], respx_mock: respx.MockRouter
    ) -> None:
        """As each service takes it."""
        name = "ab" * 20
        openalex = respx_mock.get("https://api.openalex.org/works/W1").respond(
            json=services.openalex_work("W1")
        )
        pubmed = respx_mock.post(url__startswith="https://eutils.ncbi.nlm.nih.gov/").respond(
            content=services.pubmed_set("1")
        )
        scholar = respx_mock.post(url__startswith="https://api.semanticscholar.org/").respond(
            json=[services.semantic_scholar_paper(name)]
        )
        ids = [parse_identifier(one) for one in ("openalex:W1", "pmid:1", f"s2:{name}")]
        entries = list(fetch_entries(ids, make_settings(service_keys=self.KEYS)))
        assert len(documents(entries)) == 3
        assert openalex.calls[0].request.url.params["api_key"] == KEY
        assert f"api_key={KEY}".encode() in pubmed.calls[0].request.content
        assert scholar.calls[0].request.headers["x-api-key"] == KEY

    def test_no_other_address_gets_a_key(self, fetch: Fetch) -> None:
        """A mirror is asked without one."""
        with FakeService(lambda _: Reply(services.as_json(services.openalex_work("W1")))) as server:
            assert documents(fetch(server, "openalex:W1", service_keys=self.KEYS)) == ["W1"]
        assert KEY not in str(server.requests)

    @pytest.mark.parametrize("identifier", ["openalex:W1", f"s2:{'ab' * 20}"])
    def test_a_redirect_leaves_the_key_behind(
        self,
        make_settings: Callable[..., Settings],
        respx_mock: respx.MockRouter,
        monkeypatch: pytest.MonkeyPatch,
        identifier: str,
    ) -> None:
        """Another host is asked without it, though it is followed."""
        monkeypatch.setattr(http, "is_private", lambda _: False)
        respx_mock.route(host__regex=r"api\..*").respond(
            307, headers={"Location": "https://elsewhere.example/x"}
        )
        other = respx_mock.route(host="elsewhere.example").respond(500)
        chosen = make_settings(service_keys=self.KEYS)
        entries = list(fetch_entries([parse_identifier(identifier)], chosen))
        assert len(reasons(entries)) == 1
        request = other.calls[0].request
        assert KEY not in f"{request.url}{request.headers}{request.content!r}"

    def test_a_key_in_a_redirect_is_not_followed(
        self,
        make_settings: Callable[..., Settings],
        respx_mock: respx.MockRouter,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A server that echoes the key into another host's address gets nowhere."""
        monkeypatch.setattr(http, "is_private", lambda _: False)
        respx_mock.get(host="api.openalex.org").respond(
            302, headers={"Location": f"https://elsewhere.example/?k={KEY}"}
        )
        chosen = make_settings(service_keys=self.KEYS)
        (reason,) = reasons(list(fetch_entries([parse_identifier("openalex:W1")], chosen)))
        assert KEY not in reason
        assert "elsewhere.example with the key" in reason

    def test_a_key_is_neither_logged_nor_kept(
        self,
        make_settings: Callable[..., Settings],
        respx_mock: respx.MockRouter,
        caplog: pytest.LogCaptureFixture,
        tmp_path: Path,
    ) -> None:
        """Not by the HTTP client's own log either, nor where the server echoes it."""
        caplog.set_level(logging.DEBUG)
        work = services.openalex_work("W1") | {"title": f"Herons {KEY}"}
        respx_mock.get(host="api.openalex.org", path="/works/W1").respond(json=work)
        respx_mock.get(host="api.openalex.org", path="/works/W2").respond(401, text=f"bad {KEY}")
        chosen = make_settings(service_keys=self.KEYS)
        for name in ("openalex:W1", "openalex:W2"):
            entries = list(fetch_entries([parse_identifier(name)], chosen))
            assert KEY not in str(entries)
        assert KEY not in caplog.text
        files = [one for one in tmp_path.rglob("*") if one.is_file()]
        assert files
        assert not any(KEY.encode() in one.read_bytes() for one in files)


class TestOffline:
    """``--offline`` opens nothing but this machine's own servers."""

    def test_it_refuses_in_one_line(self, make_settings: Callable[..., Settings]) -> None:
        """And says which service it would have asked."""
        chosen = make_settings(offline=True)
        with pytest.raises(SettingsError, match=r"arXiv \(export.arxiv.org\)") as caught:
            list(fetch_entries([parse_identifier("arxiv:2310.00001")], chosen))
        assert "\n" not in str(caught.value)

    def test_what_was_fetched_serves(
        self, make_settings: Callable[..., Settings], respx_mock: respx.MockRouter
    ) -> None:
        """Nobody has to be asked for it."""
        respx_mock.get(host="export.arxiv.org").respond(content=services.feed("2310.00001"))
        ids = [parse_identifier("arxiv:2310.00001")]
        online = list(fetch_entries(ids, make_settings()))
        assert documents(online) == ["arXiv:2310.00001"]
        assert list(fetch_entries(ids, make_settings(offline=True))) == online


class TestKept:
    """What was fetched is kept, id by id."""

    def test_nothing_is_fetched_twice(self, fetch: Fetch) -> None:
        """One more id asks for one more; a paper without an abstract is remembered, too."""
        with FakeService(arxiv_answer) as server:
            first = fetch(server, "arxiv:2310.00001", "arxiv:2310.00002")
            assert fetch(server, "arxiv:2310.00001", "arxiv:2310.00002") == first
            fetch(server, "arxiv:2310.00003", "arxiv:2310.00001")
            assert [one.params["id_list"] for one in server.requests] == [
                *("2310.00001,2310.00002", "2310.00003")
            ]
            fetch(server, "arxiv:2310.00001", cache=False)
            assert len(server.requests) == 3

    def test_a_fetch_that_was_killed_goes_on(self, make_settings: Callable[..., Settings]) -> None:
        """Batch by batch: what came before the end isn't asked for again."""

        def interrupted(entries: Iterator[Document | Skipped]) -> None:
            for number, _ in enumerate(entries):
                if number == 150:
                    break

        ids = [parse_identifier(f"arxiv:2310.{n:05}") for n in range(300)]
        with FakeService(arxiv_answer) as server:
            chosen = make_settings(sources={"arxiv": server.base_url})
            interrupted(fetch_entries(ids, chosen))
            assert len(server.requests) == 2
            assert len(documents(list(fetch_entries(ids, chosen)))) == 300
            assert len(server.requests) == 3

    def test_a_failure_is_not_kept(self, fetch: Fetch) -> None:
        """Nor that a paper wasn't there while a service failed."""
        replies = iter([Reply(b"no", 400), Reply(services.feed("2310.00001"))])
        with FakeService(lambda _: next(replies)) as server:
            assert reasons(fetch(server, "arxiv:2310.00001"))
            assert documents(fetch(server, "arxiv:2310.00001"))

    def test_an_unknown_paper_is_asked_for_again(self, fetch: Fetch) -> None:
        """It may be there in a moment, and arXiv's feed is empty at times."""
        feeds = iter([services.feed(), services.feed(), services.feed("2310.00001")])
        with FakeService(lambda _: Reply(next(feeds))) as server:
            assert reasons(fetch(server, "arxiv:2310.00001"))
            assert documents(fetch(server, "arxiv:2310.00001"))

    def test_what_is_old_is_fetched_anew(
        self, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After thirty days; where there was no document, after one."""
        now = 1_800_000_000.0
        bare = services.feed("2310.00002", summary="")
        with FakeService(
            lambda a: Reply(bare) if "02" in a.params["id_list"][-2:] else arxiv_answer(a)
        ) as server:
            for days, requests in ((0, 2), (0.9, 2), (1.1, 3), (29, 4), (31, 6)):
                monkeypatch.setattr(time, "time", lambda d=days: now + d * 86_400)
                fetch(server, "arxiv:2310.00001")
                fetch(server, "arxiv:2310.00002")
                assert len(server.requests) == requests

    def test_the_cache_commands_know_it(self, fetch: Fetch, tmp_path: Path) -> None:
        """It is one cache: what was fetched is listed, sound, exported and removed like answers."""
        from summarise.store import export_answers, prune_cache, survey_cache, verify_cache

        with FakeService(arxiv_answer) as server:
            fetch(server, "arxiv:2310.00001")
        folder = tmp_path / "cache"
        (group,) = survey_cache(folder).groups
        assert (group.model, group.answers) == ("arXiv", 1)
        assert verify_cache(folder).is_sound
        assert len(list(export_answers(folder))) == 1
        assert "; 0 answers left" in prune_cache(folder, model="arXiv")
