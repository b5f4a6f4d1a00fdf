"""google/langextract: one ``extract`` over all documents, each in one chunk, with an example."""

from __future__ import annotations

from typing import Any

import langextract
from langextract.factory import ModelConfig

from benchmarks.peers.task import INSTRUCTIONS, KEY, MODEL, Task, finish, task

# Longer than any abstract: a document that is cut in two costs two calls.
_CHUNK = 4000
_EXAMPLE = (
    "We present Larkfold, a parser of 12M parameters trained on BarnNotes. It raises F1 to 81.2%."
)


def extract(work: Task) -> list[Any]:
    """The annotated documents."""
    example = langextract.data.ExampleData(
        text=_EXAMPLE,
        extractions=[
            langextract.data.Extraction(extraction_class=kind, extraction_text=text)
            for kind, text in (
                ("method", "Larkfold"),
                ("compute", "12M parameters"),
                ("data", "BarnNotes"),
                ("result", "81.2%"),
            )
        ],
    )
    config = ModelConfig(
        model_id=MODEL,
        provider="OpenAILanguageModel",
        provider_kwargs={
            "api_key": KEY,
            "base_url": work.base_url,
            "max_workers": work.concurrency,
        },
    )
    return list(
        langextract.extract(
            [
                langextract.data.Document(text=d["abstract"], document_id=d["id"])
                for d in work.documents
            ],
            prompt_description=INSTRUCTIONS,
            examples=[example],
            config=config,
            max_char_buffer=_CHUNK,
            batch_length=work.concurrency,
            max_workers=work.concurrency,
            show_progress=False,
        )
    )


def main() -> None:
    """Do the task."""
    work = task()
    try:
        found, errors = extract(work), []
    except Exception as error:  # noqa: BLE001 - what the tool leaves behind is the measurement
        found, errors = [], [error]
    records = (
        (document.document_id, [e.extraction_text for e in document.extractions])
        for document in found
        if document.extractions
    )
    finish(work, records, errors)


if __name__ == "__main__":
    main()
