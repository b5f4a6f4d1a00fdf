"""Answers that were paid for, kept on disk as text under a hash of all that could change them.

This is what a run needs. The commands have a module each: ``holdings``, ``pruning``, ``checking``,
``transfer``.
"""

from summarise.cache.answers import AnswerCache
from summarise.cache.folder import network_filesystem
from summarise.cache.misses import Misses
from summarise.cache.origin import Origin, Parts

__all__ = ["AnswerCache", "Misses", "Origin", "Parts", "network_filesystem"]
