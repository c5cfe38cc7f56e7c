"""A JSON list, in the shape that users of ruff already parse."""

from __future__ import annotations

import json
from collections.abc import Iterator

from torchtielint.findings import Finding, Fix, Position
from torchtielint.reporters.report import Report


def json_list(report: Report) -> Iterator[str]:
    """Every finding as an object, one a line: a valid list that line-based tools can read as well."""
    if not report.findings:
        yield "[]"
        return
    last = len(report.findings) - 1
    yield "["
    for index, finding in enumerate(report.findings):
        yield f"  {json.dumps(as_object(finding))}{',' if index < last else ''}"
    yield "]"


def json_lines(report: Report) -> Iterator[str]:
    """The same objects, one a line, and nothing around them."""
    for finding in report.findings:
        yield json.dumps(as_object(finding))


def as_object(finding: Finding) -> dict[str, object]:
    """One finding as JSON knows it."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "certainty": finding.certainty.name.lower(),
        "message": finding.message,
        "help": finding.help or None,
        "filename": finding.path,
        "cell": finding.range.cell or None,
        "location": _place(finding.range.start),
        "end_location": _place(finding.range.end),
        "notes": [
            {
                "message": note.message,
                "filename": note.path,
                "cell": note.range.cell or None,
                "location": _place(note.range.start),
                "end_location": _place(note.range.end),
            }
            for note in finding.notes
        ],
        "fix": None if finding.fix is None else _fix(finding.fix),
        "url": finding.url,
    }


def _place(position: Position) -> dict[str, int]:
    return {"row": position.line, "column": position.column}


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "message": fix.message,
        "applicability": fix.applicability.value,
        "edits": [
            {
                "content": edit.content,
                "cell": edit.range.cell or None,
                "location": _place(edit.range.start),
                "end_location": _place(edit.range.end),
            }
            for edit in fix.edits
        ],
    }
