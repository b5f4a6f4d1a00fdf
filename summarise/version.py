"""The version, in a module of its own: whoever records it needn't import the rest."""

__version__ = "0.3.0"
