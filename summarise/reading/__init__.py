"""A document as code reads it: its sentences, what each does in the paper, what is evidence."""

# mypy: implicit-reexport

from summarise.reading.clarity import PaperPart, Shares, likeliest, said_of
from summarise.reading.kinds import is_clinical
from summarise.reading.lexicon import BETWEEN, DIFFICULTY, EVIDENCE, FORMS, OWN, is_finite
from summarise.reading.reading import Reading
from summarise.reading.sentence import Sentence
from summarise.reading.statements import PaperParts, parts_of, shares_in
