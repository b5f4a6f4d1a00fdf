"""Abstracts in, comparison tables you can trust out."""

__version__ = "0.1.0"
