"""The diagnostic format of reviewdog."""

from __future__ import annotations

import json
from collections.abc import Iterator

from torchtielint.findings import Finding, Range, Severity
from torchtielint.reporters.places import beneath, is_whole, plain, utf8_column
from torchtielint.reporters.report import HOMEPAGE, Report

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def rdjson(report: Report) -> Iterator[str]:
    """One JSON object; columns are counted in bytes, and paths relative to the working folder, as reviewdog does."""
    source = {"name": "torchtielint", "url": HOMEPAGE}
    diagnostics = [_diagnostic(finding, report) for finding in report.findings]
    yield json.dumps({"source": source, "diagnostics": diagnostics}, indent=2)


def _diagnostic(finding: Finding, report: Report) -> dict[str, object]:
    place: dict[str, object] = {"path": plain(beneath(finding.path, ""))}
    if is_whole(finding):
        place["range"] = {"start": {"line": finding.range.start.line}}
    else:
        place["range"] = _range(finding.path, finding.range, report)
    found: dict[str, object] = {
        "message": plain(f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message),
        "location": place,
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code, "url": finding.url},
    }
    if finding.notes:
        found["relatedLocations"] = [
            {
                "message": plain(note.message),
                "location": {"path": plain(beneath(note.path, "")), "range": _range(note.path, note.range, report)},
            }
            for note in finding.notes
        ]
    if finding.fix is not None and len(finding.fix.edits) == 1:  # suggestions are taken one by one, and a half is none
        (edit,) = finding.fix.edits
        found["suggestions"] = [{"range": _range(finding.path, edit.range, report), "text": plain(edit.content)}]
    return found


def _range(path: str, place: Range, report: Report) -> dict[str, object]:
    lines = report.lines_of(path)
    return {
        "start": {"line": place.start.line, "column": utf8_column(place.start, lines)},
        "end": {"line": place.end.line, "column": utf8_column(place.end, lines)},
    }
