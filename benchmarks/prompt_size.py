"""How much a record costs to ask for and to answer, by prompt version.

    python benchmarks/prompt_size.py fixtures/gold.jsonl

GOLD is a file of JSON lines: ``title``, ``abstract``, ``sentence_spans`` and ``gold``, which holds
fields of the built-in schema (and may hold more). Each gold answer is rendered as a model would
write it in the schema of each prompt version, its free text cut to the words that the version asks
for; what gold doesn't tell is null. Copied quotes: the cited sentences in place of their numbers.

Tokens are estimated at four characters each. The tokenizer cl100k needs up to 7 % more for the
system prompt with its examples, 12 % fewer for answers and 20 % fewer for abstracts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from summarise.extract import load_prompt, prompt_versions
from summarise.models import Document, Span
from summarise.schema import Kind, Node, leaves, renumbered, shape_of

_CHARACTERS_PER_TOKEN = 4
_WORDS = {"v3": {"claim": 12, "text": 15}}
_EARLIER_WORDS = {"claim": 15, "text": 30}

Row = tuple[Document, list[Span], dict[str, Any]]


def rows(path: Path) -> Iterator[Row]:
    """The documents of a gold file with their sentences and their answers."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            entry = json.loads(line)
            document = Document(
                doc_id=str(number), title=entry["title"], abstract=entry["abstract"]
            )
            yield document, [Span(*span) for span in entry["sentence_spans"]], entry["gold"]


def as_answer(gold: Any, node: Node) -> Any:
    """What gold tells of the fields of a schema; of a choice that the schema lacks, the last."""
    if node.kind is Kind.LIST:
        return [as_answer(one, node.inside[0]) for one in gold or ()]
    if node.kind is Kind.OBJECT:
        return {one.name: as_answer((gold or {}).get(one.name), one) for one in node.inside}
    if node.kind is Kind.CHOICE and gold not in node.choices:
        return None if node.is_nullable else node.choices[-1]
    return gold


def shortened(draft: dict[str, Any], schema: type[BaseModel], words: dict[str, int]) -> str:
    """The answer with its free text cut to so many words."""
    for leaf in leaves(schema, draft):
        if leaf.kind is Kind.STATEMENT:
            field = leaf.path.rsplit(".", 1)[-1]
            leaf.holder.values[field] = " ".join(leaf.value.split()[: words[field]])
    schema.model_validate(draft)
    return compact(draft)


def compact(draft: dict[str, Any]) -> str:
    """JSON without spaces."""
    return json.dumps(draft, ensure_ascii=False, separators=(",", ":"))


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
        answers = [as_answer(gold, shape_of(prompt.schema)) for _, _, gold in found]
        words = _WORDS.get(version, _EARLIER_WORDS)
        texts = [shortened(answer, prompt.schema, words) for answer in answers]
        yield _line(f"{version}: answer, sentence numbers", texts)
        quoted = [
            _quoting(row, answer, prompt.schema) for row, answer in zip(found, answers, strict=True)
        ]
        yield _line(f"{version}: answer, copied quotes", quoted)


def _quoting(row: Row, answer: dict[str, Any], schema: type[BaseModel]) -> str:
    document, spans, _ = row
    said = [span.of(document.abstract) for span in spans]
    return compact(renumbered(schema, answer, lambda one: [said[n - 1] for n in one.numbers]))


def main() -> None:
    """Print the table for a gold file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path, metavar="GOLD")
    found = list(rows(parser.parse_args().gold))
    sys.stdout.writelines(f"{line}\n" for line in report(found))


if __name__ == "__main__":
    main()
