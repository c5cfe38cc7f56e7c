"""The diagnostic format of reviewdog."""

from __future__ import annotations

import json
from collections.abc import Iterator

from torchtielint.findings import Applicability, Finding, Range, Severity
from torchtielint.reporters.places import beneath, cell_of, explained, is_whole, plain, utf8_column
from torchtielint.reporters.report import HOMEPAGE, Report

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def rdjson(report: Report) -> Iterator[str]:
    """One JSON object; columns are counted in bytes, and paths relative to the working folder, as reviewdog does."""
    source = {"name": "torchtielint", "url": HOMEPAGE}
    diagnostics = [_diagnostic(finding, report) for finding in report.findings]
    yield json.dumps({"source": source, "diagnostics": diagnostics}, indent=2)


def _diagnostic(finding: Finding, report: Report) -> dict[str, object]:
    found: dict[str, object] = {
        # Older versions of reviewdog refuse a report with places beside that of the finding.
        "message": plain("\n".join([cell_of(finding.range) + finding.message, *explained(finding)])),
        "location": _location(finding.path, finding.range, report),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code, "url": finding.url},
    }
    edits = finding.fix.edits if finding.fix is not None and finding.fix.applicability is Applicability.SAFE else ()
    if len(edits) == 1 and not finding.range.cell:  # suggestions are taken one by one, and a half of a fix is none
        found["suggestions"] = [
            {"range": _range(finding.path, edit.range, report), "text": plain(edit.content)} for edit in edits
        ]
    return found


def _location(path: str, place: Range, report: Report) -> dict[str, object]:
    """A place; in a notebook its file, as the lines of a cell are none of it."""
    shown: dict[str, object] = {"path": plain(beneath(path, ""))}
    if is_whole(place) and not place.cell:
        shown["range"] = {"start": {"line": place.start.line}}
    elif not place.cell:
        shown["range"] = _range(path, place, report)
    return shown


def _range(path: str, place: Range, report: Report) -> dict[str, object]:
    lines = report.lines_of(path)
    return {
        "start": {"line": place.start.line, "column": utf8_column(place.start, lines)},
        "end": {"line": place.end.line, "column": utf8_column(place.end, lines)},
    }
