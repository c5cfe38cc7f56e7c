"""The formats of a report. They know findings and nothing else; the module of one is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from torchtielint.reporters.report import Report
from torchtielint.reporters.summary import summary

Reporter = Callable[[Report], Iterator[str]]


def _later(module: str, name: str) -> Reporter:
    """A reporter whose module is imported when it is called."""

    def report(given: Report) -> Iterator[str]:
        written: Reporter = getattr(import_module(f"{__name__}.{module}"), name)
        return written(given)

    return report


REPORTERS: Mapping[str, Reporter] = {
    "full": _later("full", "full"),
    "concise": _later("concise", "concise"),
    "json": _later("json", "json_list"),
    "jsonl": _later("json", "json_lines"),
    "sarif": _later("sarif", "sarif"),
    "github": _later("github", "github"),
    "gitlab": _later("gitlab", "gitlab"),
    "junit": _later("junit", "junit"),
    "rdjson": _later("rdjson", "rdjson"),
    "azure": _later("azure", "azure"),
}
STATISTICS: Mapping[str, Reporter] = {
    "full": _later("statistics", "statistics"),
    "concise": _later("statistics", "statistics"),
    "json": _later("statistics", "statistics_json"),
    "jsonl": _later("statistics", "statistics_json_lines"),
}
# What a program reads whole: nothing else is said. The commands of GitHub and Azure stand in logs that people read.
MACHINE_FORMATS = frozenset({"json", "jsonl", "sarif", "gitlab", "junit", "rdjson"})

__all__ = ["MACHINE_FORMATS", "REPORTERS", "STATISTICS", "Report", "summary"]
