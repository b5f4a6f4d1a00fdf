"""What code reads in an abstract by itself: sentences, quantities, links, names and roles."""

from summarise.scan.datasets import DATASET_NOUN
from summarise.scan.methods import title_name
from summarise.scan.names import Mention
from summarise.scan.patterns import Stretches, words
from summarise.scan.roles import section_label, sentence_roles
from summarise.scan.scanner import Mentions, scan
from summarise.scan.sentences import sentence_spans
from summarise.scan.trusted import TrustedText, hidden_spans, trusted_text
from summarise.scan.units import COLLECTED, COMPUTING, normalised, unit_behind

__all__ = [
    "COLLECTED",
    "COMPUTING",
    "DATASET_NOUN",
    "Mention",
    "Mentions",
    "Stretches",
    "TrustedText",
    "hidden_spans",
    "normalised",
    "scan",
    "section_label",
    "sentence_roles",
    "sentence_spans",
    "title_name",
    "trusted_text",
    "unit_behind",
    "words",
]
