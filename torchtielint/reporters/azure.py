"""Logging commands of Azure Pipelines, which become issues of a build."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.findings import Severity
from torchtielint.reporters.places import beneath, cell_of
from torchtielint.reporters.report import Report
from torchtielint.reporters.style import visible

_TYPES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "warning"}  # there is no third
_DATA = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({"]": "%5D", ";": "%3B"})


def azure(report: Report) -> Iterator[str]:
    """`##vso[task.logissue type=error;sourcepath=...]message`, a line each."""
    for finding in report.findings:
        start = finding.range.start
        properties = {
            "type": _TYPES[finding.severity],
            "sourcepath": visible(beneath(finding.path, report.root)),
            **({} if finding.range.cell else {"linenumber": start.line, "columnnumber": start.column}),
            "code": finding.code,
        }
        text = (
            cell_of(finding.range) + visible(finding.message) + (f" ({visible(finding.help)})" if finding.help else "")
        )
        written = ";".join(f"{name}={str(value).translate(_PROPERTY)}" for name, value in properties.items())
        yield f"##vso[task.logissue {written};]{text.translate(_DATA)}"
