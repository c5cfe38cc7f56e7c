"""How often each rule found something."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from torchtielint.reporters.report import Report
from torchtielint.reporters.style import severity_mark


def _counts(report: Report) -> list[tuple[str, str, int]]:
    counted = Counter((finding.code, finding.name) for finding in report.findings)
    return sorted(((code, name, count) for (code, name), count in counted.items()), key=lambda row: (-row[2], row[0]))


def statistics(report: Report) -> Iterator[str]:
    """A table: count, code, name; the most frequent first."""
    rows = _counts(report)
    width = max((len(str(count)) for _, _, count in rows), default=0)
    severities = {finding.code: finding.severity for finding in report.findings}
    for code, name, count in rows:
        severity = severities[code]
        counted = report.style.strong(f"{count:>{width}}")
        yield f"{counted}  {report.style.severity(code, severity)}  {name}{severity_mark(severity)}"


def statistics_json(report: Report) -> Iterator[str]:
    """The same as a JSON list."""
    yield json.dumps(_objects(report), indent=2)


def statistics_json_lines(report: Report) -> Iterator[str]:
    """The same objects, one a line."""
    yield from (json.dumps(row) for row in _objects(report))


def _objects(report: Report) -> list[dict[str, object]]:
    return [{"code": code, "name": name, "count": count} for code, name, count in _counts(report)]
