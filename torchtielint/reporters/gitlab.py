"""The code quality report of GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterator

from torchtielint.findings import Range, Severity
from torchtielint.reporters.fingerprints import fingerprinted
from torchtielint.reporters.places import beneath, cell_of, plain
from torchtielint.reporters.report import Report

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def gitlab(report: Report) -> Iterator[str]:
    """A JSON list; the fingerprints, by which a merge request is compared with its target, are all different."""
    issues = [
        {
            "description": plain(f"{finding.code}: {cell_of(finding.range)}{finding.message}"),
            "check_name": finding.name,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": plain(beneath(finding.path, report.root)),
                "lines": _lines(finding.range),
            },
        }
        for finding, fingerprint in fingerprinted(report.findings, lambda one: beneath(one.path, report.root))
    ]
    yield json.dumps(issues, indent=2)


def _lines(place: Range) -> dict[str, int]:
    """The lines of the file, which GitLab needs; those of a notebook are not known, and its first stands for them."""
    return {"begin": 1} if place.cell else {"begin": place.start.line, "end": place.end.line}
