"""A run as one page that a reviewer works in: the table, and each record beside its abstract."""

# mypy: implicit-reexport

from __future__ import annotations

from summarise.report.lines import Against
from summarise.report.page import BEGINNING, PAGE, write_report
