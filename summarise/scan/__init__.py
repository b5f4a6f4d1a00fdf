"""What code reads in an abstract by itself: quantities, links, names and sentence roles."""

from summarise.scan.conversions import normalised
from summarise.scan.datasets import DATASET_NOUN
from summarise.scan.mentions import Mention, MentionKind
from summarise.scan.methods import title_name
from summarise.scan.roles import section_label, sentence_roles
from summarise.scan.scanner import Mentions, scan
from summarise.scan.trusted import TrustedText, instruction_like, trusted_text
from summarise.scan.units import COLLECTED

__all__ = [
    "COLLECTED",
    "DATASET_NOUN",
    "Mention",
    "MentionKind",
    "Mentions",
    "TrustedText",
    "instruction_like",
    "normalised",
    "scan",
    "section_label",
    "sentence_roles",
    "title_name",
    "trusted_text",
]
