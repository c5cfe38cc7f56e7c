"""The formats of a report. They know findings and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torchtielint.reporters.concise import concise
from torchtielint.reporters.full import full
from torchtielint.reporters.json import json_list
from torchtielint.reporters.report import Report
from torchtielint.reporters.statistics import statistics, statistics_json
from torchtielint.reporters.summary import summary

REPORTERS: dict[str, Callable[[Report], Iterator[str]]] = {"full": full, "concise": concise, "json": json_list}
STATISTICS: dict[str, Callable[[Report], Iterator[str]]] = {
    "full": statistics,
    "concise": statistics,
    "json": statistics_json,
}
MACHINE_FORMATS = frozenset({"json"})

__all__ = ["MACHINE_FORMATS", "REPORTERS", "STATISTICS", "Report", "summary"]
