"""Workflow commands of GitHub Actions, which become annotations of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.findings import Range, Severity
from torchtielint.reporters.places import beneath, explained, is_whole
from torchtielint.reporters.report import Report
from torchtielint.reporters.style import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def github(report: Report) -> Iterator[str]:
    """`::error file=...,line=...::message`, a line each; the message repeats the place, for those who read the log."""
    for finding in report.findings:
        path = visible(beneath(finding.path, report.root))
        start = finding.range.start
        properties = {"title": f"{finding.code} {finding.name}", "file": path, **_span(finding.range)}
        text = f"{finding.range.page(path)}:{start.line}:{start.column}: {finding.code} {visible(finding.message)}"
        text = "\n".join([text, *(visible(line) for line in explained(finding))])
        written = ",".join(f"{name}={str(value).translate(_PROPERTY)}" for name, value in properties.items())
        yield f"::{_COMMANDS[finding.severity]} {written}::{text.translate(_DATA)}"


def _span(place: Range) -> dict[str, int]:
    """Where a finding is: GitHub refuses columns where the lines differ."""
    start, end = place.start, place.end
    if place.cell:
        return {}
    if is_whole(place):
        return {"line": start.line}
    if start.line != end.line:
        return {"line": start.line, "endLine": end.line}
    return {"line": start.line, "col": start.column, "endLine": end.line, "endColumn": end.column}
