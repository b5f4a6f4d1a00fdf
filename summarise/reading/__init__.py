"""What code alone understands of an abstract: evidence, and a draft in its own words."""

from summarise.reading.draft import embedded_draft
from summarise.reading.reading import Reading

__all__ = ["Reading", "embedded_draft"]
