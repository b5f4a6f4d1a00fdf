"""The services that papers are fetched from, on loopback, in the shapes that their documents tell.

    with FakeService(lambda request: Reply(feed("2310.00001"))) as server:
        ...                     # server.base_url; server.requests[0].path

Papers are invented. A body may come in pieces, and so without an end.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

ABSTRACT = (
    "We counted the herons of forty fens by drone and found that 12% more nest there each year."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path, its parameters (of the query and of a form), headers and body."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; a body in pieces has no length."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeService:
    """A server on loopback that answers by a function; a context manager."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.requests: list[Asked] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def _do(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                parts = urlsplit(self.path)
                params = {k: v[0] for k, v in parse_qs(parts.query).items()}
                if "form" in self.headers.get("Content-Type", ""):
                    params |= {k: v[0] for k, v in parse_qs(body.decode()).items()}
                headers = {k.lower(): v for k, v in self.headers.items()}
                asked = Asked(self.command, parts.path, params, headers, body)
                service.requests.append(asked)
                reply = answer(asked)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                try:
                    if isinstance(reply.body, bytes):
                        self.send_header("Content-Length", str(len(reply.body)))
                        self.end_headers()
                        self.wfile.write(reply.body)
                    else:
                        self.send_header("Connection", "close")
                        self.end_headers()
                        for piece in reply.body:
                            self.wfile.write(piece)
                        self.close_connection = True
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_GET = do_POST = _do  # noqa: N815 - the names of http.server

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def base_url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def feed(*ids: str, summary: str = ABSTRACT) -> bytes:
    """arXiv's Atom: https://info.arxiv.org/help/api/user-manual.html#33-outline-of-an-atom-feed."""
    entries = "".join(
        f"""<entry><id>http://arxiv.org/abs/{one}</id><updated>2023-10-02T00:00:00Z</updated>
<published>2023-10-01T00:00:00Z</published><title>Herons of the {one} fens</title>
<summary>{summary}</summary><author><name>Ann Roe</name></author>
<link href="http://arxiv.org/abs/{one}" rel="alternate" type="text/html"/></entry>"""
        for one in ids
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>{entries}</feed>""".encode()


def crossref_work(doi: str, abstract: str | None = ABSTRACT) -> dict[str, Any]:
    """https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md."""
    work = {
        "indexed": {"date-parts": [[2024, 1, 2]]},
        "reference-count": 3,
        "member": "78",
        "DOI": doi,
        "title": [f"Herons of {doi}"],
        "author": [{"given": "Ann", "family": "Roe", "sequence": "first"}],
        "container-title": ["Journal of Invented Fens"],
        "issued": {"date-parts": [[2024, 3]]},
        "URL": f"https://doi.org/{doi}",
    }
    return work | ({"abstract": f"<jats:p>{abstract}</jats:p>"} if abstract else {})


def crossref_list(*works: Mapping[str, Any]) -> bytes:
    """An answer with several works."""
    message = {"total-results": len(works), "items": list(works)}
    return as_json({"status": "ok", "message-type": "work-list", "message": message})


def crossref_one(work: Mapping[str, Any]) -> bytes:
    """An answer with one work."""
    return as_json({"status": "ok", "message-type": "work", "message": work})


def openalex_work(
    name: str, doi: str | None = None, abstract: str | None = ABSTRACT
) -> dict[str, Any]:
    """https://developers.openalex.org/api-reference/works."""
    index: dict[str, list[int]] = {}
    for place, word in enumerate((abstract or "").split()):
        index.setdefault(word, []).append(place)
    return {
        "id": f"https://openalex.org/{name}",
        "doi": doi and f"https://doi.org/{doi}",
        "title": f"Herons of {name}",
        "display_name": f"Herons of {name}",
        "publication_date": "2024-03-01",
        "authorships": [{"author": {"display_name": "Ann Roe"}}],
        "abstract_inverted_index": index or None,
        "cited_by_count": 1,
    }


def semantic_scholar_paper(name: str, **ids: str) -> dict[str, Any]:
    """https://api.semanticscholar.org/api-docs/graph."""
    return {
        "paperId": name,
        "externalIds": {**ids, "CorpusId": 1},
        "title": f"Herons of {name[:6]}",
        "abstract": ABSTRACT,
        "year": 2024,
        "authors": [{"authorId": "1", "name": "Ann Roe"}],
    }


def pubmed_set(*pmids: str) -> bytes:
    """https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html."""
    articles = "".join(
        f"""<PubmedArticle><MedlineCitation><PMID Version="1">{one}</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2024</Year></PubDate></JournalIssue><Title>Fens</Title></Journal>
<ArticleTitle>Herons of {one}</ArticleTitle><Abstract><AbstractText>{ABSTRACT}</AbstractText>
</Abstract></Article></MedlineCitation></PubmedArticle>"""
        for one in pmids
    )
    return f"""<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example/pubmed.dtd">
<PubmedArticleSet>{articles}</PubmedArticleSet>""".encode()


def daily_paper(arxiv: str, summary: str = ABSTRACT) -> dict[str, Any]:
    """https://huggingface.co/docs/hub/api."""
    paper = {"id": arxiv, "title": f"Herons of {arxiv}", "summary": summary, "upvotes": 3}
    return {"paper": {**paper, "authors": [{"name": "Ann Roe"}]}, "publishedAt": "2025-12-26"}


def anthology_bib(name: str) -> bytes:
    """https://aclanthology.org/faq/."""
    return f"""@inproceedings{{roe-2023-herons,
    title = "Herons of {name}",
    author = "Roe, Ann",
    booktitle = "Proceedings of the Invented Meeting",
    year = "2023",
    url = "https://aclanthology.org/{name}/",
    abstract = "{ABSTRACT.replace("%", chr(92) + "%")}"
}}
""".encode()


def zotero_item(key: str, **data: Any) -> dict[str, Any]:
    """https://www.zotero.org/support/dev/web_api/v3/basics."""
    about = {"key": key, "itemType": "journalArticle", "title": f"Herons of {key}"}
    about |= {"abstractNote": ABSTRACT, "date": "2024-03-01"}
    return {"key": key, "version": 7, "library": {"type": "user", "id": 0}, "data": about | data}


def as_json(value: Any) -> bytes:
    """A value as a service sends it."""
    return json.dumps(value).encode()
