"""What a run would take, told before anything is spent: nothing is sent, nothing is written."""

from summarise.estimate.figures import Estimate
from summarise.estimate.survey import estimate_run

__all__ = ["Estimate", "estimate_run"]
