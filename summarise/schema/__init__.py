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

Those types are for users, and so in ``__all__``; the rest is for us. A model has one way to be sent
(``wire_schema``), one to be written down (``to_plain``), and a fingerprint of both.
"""

# mypy: implicit-reexport

from summarise.schema.builtin import (
    BUILT_INS,
    COMPARED,
    MEASURED,
    Compute,
    Data,
    Draft,
    Evidence,
    Method,
    Part,
    Pico,
    Problem,
    Result,
    SentenceRef,
    Statement,
    Verbatim,
)
from summarise.schema.forms import to_plain, toml_key, toml_value
from summarise.schema.load import (
    SUFFIXES,
    describe,
    describe_built_ins,
    from_toml,
    load_schema,
    read_text,
    schema_of,
    versions_of,
)
from summarise.schema.shape import (
    LISTS,
    TEXTS,
    Holder,
    Kind,
    Leaf,
    Node,
    holders,
    leaves,
    misfit,
    renumbered,
    rewritten_texts,
    schema_fingerprint,
    shape_of,
    value_at,
)
from summarise.schema.wire import record_schema, wire_schema

__all__ = ["Evidence", "Part", "SentenceRef", "Statement", "Verbatim"]
