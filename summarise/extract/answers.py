"""What an answer of a model holds: a draft, or a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from summarise.characters import for_screen
from summarise.models import Completion, Document, Failure, FailureKind, Provenance
from summarise.schema import Draft

# White space, as it is or as JSON spells it inside a text, at the end of an answer.
_BLANKS = re.compile(r"(?:\s|\\[nrt]){80}\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer gives no draft, in one line, and what may help.

    ``details`` are to be corrected; without any there is no reask: a refusal or a filter would only
    be bought twice. A garbled answer isn't JSON at all, so that nothing in it can be corrected.
    """

    kind: FailureKind
    message: str
    details: tuple[str, ...] = ()
    lacks_room: bool = False
    is_garbled: bool = False


NOTHING = Fault(FailureKind.EMPTY, "the model answered nothing")


def read_draft(completion: Completion, schema: type[BaseModel] = Draft) -> dict[str, Any] | Fault:
    """The draft in an answer, as JSON values, or what is wrong with it.

    Why the model stopped is read first: the text of a refusal, a filter or a truncation may be
    null, or may be half an answer that looks whole.
    """
    if completion.refusal:
        return Fault(
            FailureKind.REFUSED,
            f"the model declined: {for_screen(completion.refusal, 200, reveal=True)}",
        )
    if completion.finish_reason == "content_filter":
        return Fault(FailureKind.FILTERED, "the endpoint's content filter withheld the answer")
    if completion.finish_reason == "length":
        return _truncated(completion.text or "")
    if completion.text is None or not completion.text.strip():
        return NOTHING
    try:
        return schema.model_validate_json(completion.text).model_dump(mode="json")
    except ValidationError as error:
        details = tuple(schema_faults(error))
        return Fault(
            FailureKind.INVALID,
            f"the answer doesn't fit the schema: {for_screen(details[0], 200, reveal=True)}",
            details,
            is_garbled=error.errors(include_url=False)[0]["type"] == "json_invalid",
        )


def failure(document: Document, fault: Fault, text: str | None, provenance: Provenance) -> Failure:
    """A document without a record; ``text`` is what the endpoint answered, if it did."""
    return Failure(
        doc_id=document.doc_id,
        content_hash=document.content_hash,
        title=document.title,
        kind=fault.kind,
        message=fault.message,
        raw_text=text,
        provenance=provenance,
    )


def _truncated(text: str) -> Fault:
    # Models that are held to a grammar can write blanks for ever, where the grammar allows them:
    # https://platform.openai.com/docs/guides/structured-outputs warns of it.
    if _BLANKS.search(text):
        return Fault(
            FailureKind.TRUNCATED,
            "the model wrote white space up to the token limit; another --mode or model may not",
        )
    return Fault(
        FailureKind.TRUNCATED,
        "the answer was cut off at its token limit; raise max_output_tokens",
        lacks_room=True,
    )


def schema_faults(error: ValidationError) -> list[str]:
    """What doesn't fit a schema: the path of each field with what is wrong there."""
    return [f"{_path(fault['loc'])}: {fault['msg']}" for fault in error.errors(include_url=False)]


def _path(location: tuple[int | str, ...]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".") or "the whole answer"
