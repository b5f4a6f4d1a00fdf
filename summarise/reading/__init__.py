"""A document as code reads it: its sentences, what each does in the paper, what is evidence."""

from summarise.reading.reading import Reading
from summarise.reading.sentence import DIFFICULTY, OWN, Sentence
from summarise.reading.statements import PaperParts, parts_of

__all__ = ["DIFFICULTY", "OWN", "PaperParts", "Reading", "Sentence", "parts_of"]
