"""What a model is asked to fill in: schemas, their types, and their forms.

A schema is a model built from a few types; ``Draft`` is the one that is built in. Grounding and
tables are driven by the types, not by field names, so a schema of the user's own is treated by the
same code:

    from typing import Annotated, Literal
    from pydantic import Field
    from summarise.schema import Evidence, Part, Statement, Verbatim

    class Site(Part):
        '''Where the birds were counted.'''
        name: Annotated[Verbatim | None, Field(description="Verbatim name")]
        habitat: Literal["shore", "forest", "other"]
        sentences: Evidence

    class BirdStudy(Part):
        site: Site
        counts: list[Count]                # an entry for each

A model has one way to be sent (``wire_schema``), one to be written down (``to_plain``), and a
fingerprint of both.
"""

from summarise.schema.build import from_plain
from summarise.schema.builtin import (
    BUILT_INS,
    Compute,
    Data,
    Draft,
    Method,
    Pico,
    Problem,
    Result,
)
from summarise.schema.describe import describe, describe_built_ins
from summarise.schema.load import load_schema, schema_of
from summarise.schema.parts import Evidence, Marker, Part, SentenceRef, Statement, Verbatim
from summarise.schema.plain import Kind, to_plain
from summarise.schema.toml import to_toml
from summarise.schema.walk import Holder, Slot, holders, slots
from summarise.schema.wire import schema_fingerprint, wire_schema

__all__ = [
    "BUILT_INS",
    "Compute",
    "Data",
    "Draft",
    "Evidence",
    "Holder",
    "Kind",
    "Marker",
    "Method",
    "Part",
    "Pico",
    "Problem",
    "Result",
    "SentenceRef",
    "Slot",
    "Statement",
    "Verbatim",
    "describe",
    "describe_built_ins",
    "from_plain",
    "holders",
    "load_schema",
    "schema_fingerprint",
    "schema_of",
    "slots",
    "to_plain",
    "to_toml",
    "wire_schema",
]
