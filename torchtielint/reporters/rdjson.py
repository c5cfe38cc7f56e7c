"""The diagnostic format of reviewdog."""

from __future__ import annotations

import json
from collections.abc import Iterator

from torchtielint.edits import Offsets, apply_edits
from torchtielint.findings import Applicability, Edit, Finding, Range, Severity
from torchtielint.reporters.places import beneath, cell_of, explained, is_whole, plain, utf8_column
from torchtielint.reporters.report import HOMEPAGE, Report

SUGGESTED_LINES = 10  # nobody reads a longer suggestion; a fix that adds an import touches the top of the file
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
    edit = _suggestion(finding, report)
    if edit is not None:
        found["suggestions"] = [{"range": _range(finding.path, edit.range, report), "text": plain(edit.content)}]
    return found


def _suggestion(finding: Finding, report: Report) -> Edit | None:
    """The safe fix of a finding as one edit, as suggestions are taken one by one; None where it is not to be had."""
    fix = finding.fix
    if fix is None or fix.applicability is not Applicability.SAFE or finding.range.cell:
        return None
    if len(fix.edits) == 1:
        return fix.edits[0]
    place = Range(min(edit.range.start for edit in fix.edits), max(edit.range.end for edit in fix.edits))
    lines = report.lines_of(finding.path)
    if lines is None or place.end.line - place.start.line >= SUGGESTED_LINES:
        return None
    text = "\n".join(lines)
    offset = Offsets(text)
    begin, behind = offset(place.start), len(text) - offset(place.end)
    repaired = apply_edits(text, fix.edits)
    return Edit(place, repaired[begin : len(repaired) - behind])


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
