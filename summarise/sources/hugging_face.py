"""Hugging Face's daily papers: all papers of a day.

``GET /api/daily_papers`` of https://huggingface.co/docs/hub/api, with ``date``, ``limit`` (at most
100) and ``p``, the page, counted from 0. An address may send 500 requests in five minutes
(https://huggingface.co/docs/hub/rate-limits).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from summarise.sources.client import AskingPace, ServiceClient
from summarise.sources.service import (
    PAGE,
    Service,
    ServiceAnswer,
    as_lines,
    list_of,
    pages,
    read_json,
)


def _ask(client: ServiceClient, _: str, days: Sequence[str]) -> Iterator[ServiceAnswer]:
    for day in days:

        def page(number: int, day: str = day) -> list[Any]:
            params = {"date": day, "limit": str(PAGE), "p": str(number)}
            return client.get("daily_papers", params, lambda content: list_of(read_json(content)))

        for papers in pages(page):
            yield ServiceAnswer(as_lines(papers), day)


SERVICE = Service("huggingface", "daily_papers", 1, AskingPace(0.7), _ask)
