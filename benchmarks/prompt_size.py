"""How much a record costs to ask for and to answer, by prompt version.

    python benchmarks/prompt_size.py fixtures/gold.jsonl

GOLD is a file of JSON lines: ``title``, ``abstract``, ``sentence_spans`` and ``gold``, which holds
the fields of the built-in schema (and may hold more). Each gold answer is rendered as a model would
write it, three times: with sentence numbers; the same within the length that version 2 asks for;
and with the cited sentences copied out in place of their numbers.

Tokens are estimated at four characters each. The tokenizer cl100k needs up to 7 % more for the
system prompt with its examples, 12 % fewer for answers and 20 % fewer for abstracts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from summarise.models import Document, Span
from summarise.prompts import load_prompt, prompt_versions
from summarise.schema import Draft, Kind, leaves, renumbered

_CHARACTERS_PER_TOKEN = 4
_TEXT_WORDS, _CLAIM_WORDS = 30, 15

Row = tuple[Document, list[Span], dict[str, Any]]


def rows(path: Path) -> Iterator[Row]:
    """The documents of a gold file with their sentences and their answers."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            entry = json.loads(line)
            given = entry["gold"]
            answer = {name: given[name] for name in Draft.model_fields}
            document = Document(
                doc_id=str(number), title=entry["title"], abstract=entry["abstract"]
            )
            spans = [Span(*span) for span in entry["sentence_spans"]]
            draft = Draft.model_validate(answer).model_dump(mode="json")
            yield document, spans, draft


def as_numbers(row: Row) -> str:
    """The answer as it is asked for."""
    return compact(row[2])


def as_short(row: Row) -> str:
    """The answer with its free text cut to what version 2 asks for."""
    draft = json.loads(compact(row[2]))
    for leaf in leaves(Draft, draft):
        if leaf.kind is Kind.STATEMENT:
            field = leaf.path.rsplit(".", 1)[-1]
            limit = _CLAIM_WORDS if field == "claim" else _TEXT_WORDS
            leaf.holder.values[field] = " ".join(leaf.value.split()[:limit])
    return compact(draft)


def as_quotes(row: Row) -> str:
    """The answer with the cited sentences in place of their numbers."""
    document, spans, answer = row
    quoted = [span.of(document.abstract) for span in spans]
    return compact(renumbered(Draft, answer, lambda one: [quoted[n - 1] for n in one.numbers]))


def compact(draft: dict[str, Any]) -> str:
    """JSON without spaces."""
    return json.dumps(draft, ensure_ascii=False, separators=(",", ":"))


_ANSWERS: dict[str, Callable[[Row], str]] = {
    "sentence numbers": as_numbers,
    "within version 2's lengths": as_short,
    "copied quotes": as_quotes,
}


def _line(what: str, texts: list[str]) -> str:
    characters = sum(map(len, texts)) / len(texts)
    return f"| {what} | {characters:,.0f} | {characters / _CHARACTERS_PER_TOKEN:,.0f} |"


def report(found: list[Row]) -> Iterator[str]:
    """A Markdown table: characters and tokens of one record."""
    yield f"Mean of {len(found)} records."
    yield ""
    yield "| | characters | tokens, about |"
    yield "| --- | --- | --- |"
    for version in prompt_versions():
        prompt = load_prompt(version)
        prefix = "\n".join(message["content"] for message in prompt.messages)
        yield _line(f"{version}: system and examples, the same each time", [prefix])
        users = [prompt.user(document, spans) for document, spans, _ in found]
        yield _line(f"{version}: user message", users)
    for what, render in _ANSWERS.items():
        yield _line(f"answer, {what}", [render(row) for row in found])


def main() -> None:
    """Print the table for a gold file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path, metavar="GOLD")
    found = list(rows(parser.parse_args().gold))
    sys.stdout.writelines(f"{line}\n" for line in report(found))


if __name__ == "__main__":
    main()
