"""What code alone understands of an abstract: evidence, and a draft in its own words."""

from summarise.reading.reading import DocumentReading

__all__ = ["DocumentReading"]
