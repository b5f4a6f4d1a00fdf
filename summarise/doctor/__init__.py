"""The doctor: what an endpoint can do, found out by asking it, and the settings that suit it.

A few short requests, each with an end: is it reachable, how strictly does it hold a model to a
schema, does it read a long request whole, how fast is it, and would a run work?
"""

from summarise.doctor.examination import examine
from summarise.doctor.findings import Diagnosis, Held
from summarise.doctor.line import MOST
from summarise.doctor.reach import asked_model, only_model
from summarise.doctor.screen import to_lines

__all__ = ["MOST", "Diagnosis", "Held", "asked_model", "examine", "only_model", "to_lines"]
