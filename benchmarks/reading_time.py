"""CPU time that code takes to read an abstract, and to hold an answer against it.

python -m benchmarks.reading_time 2000
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from benchmarks.documents import Paper, invent
from summarise.drafting import read_abstract, unsure_of
from summarise.ground import SourceText, doubts_of, ground
from summarise.models import Document, Span
from summarise.reading import Reading
from summarise.scan import scan, sentence_spans
from summarise.schema import Draft

T = TypeVar("T")
Text = tuple[str, tuple[Span, ...]]
Answer = tuple[Paper, tuple[Span, ...]]

_ROUNDS = 3


def needed(text: Text) -> object:
    """Look for what every answer of a model is held against."""
    mentions = scan(*text)
    return mentions.facts, mentions.links


def everything(text: Text) -> object:
    """Look for all that the embedded extractor reads."""
    mentions = scan(*text)
    names = mentions.datasets, mentions.proposals, mentions.metrics
    return mentions.facts, mentions.links, names


def embedded(document: Document) -> object:
    """Split, scan, label the roles, draft and ground, and say of what it isn't sure."""
    reading = Reading(document)
    grounded = read_abstract(reading)
    return grounded, unsure_of(reading, Draft, grounded.draft)


def doubted(answer: Answer) -> object:
    """Ground a faultless answer, and doubt it."""
    paper, sentences = answer
    source = SourceText(paper.abstract, paper.title, sentences)
    return doubts_of(ground(Draft, paper.draft, source), source)


def cost(read: Callable[[T], object], items: Sequence[T]) -> float:
    """CPU milliseconds an item, of the best of some rounds."""
    for item in items[:50]:  # word lists are loaded and patterns compiled
        read(item)
    rounds = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        for item in items:
            read(item)
        rounds.append(time.process_time() - started)
    return 1000 * min(rounds) / len(items)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("count", type=int, metavar="N")
    papers = [invent(number) for number in range(parser.parse_args().count)]
    texts = [(paper.abstract, sentence_spans(paper.abstract)) for paper in papers]
    documents = [Document(doc_id=p.doc_id, title=p.title, abstract=p.abstract) for p in papers]
    found = {
        "needed": cost(needed, texts),
        "everything": cost(everything, texts),
        "embedded": cost(embedded, documents),
        "doubted": cost(doubted, [(p, text[1]) for p, text in zip(papers, texts, strict=True)]),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
