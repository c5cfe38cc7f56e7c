"""The code quality report of GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterator

from torchtielint.findings import Severity
from torchtielint.reporters.fingerprints import fingerprinted
from torchtielint.reporters.places import beneath, plain
from torchtielint.reporters.report import Report

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def gitlab(report: Report) -> Iterator[str]:
    """A JSON list; the fingerprints, by which a merge request is compared with its target, are all different."""
    issues = [
        {
            "description": plain(f"{finding.code}: {finding.message}"),
            "check_name": finding.name,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": plain(beneath(finding.path, report.root)),
                "lines": {"begin": finding.range.start.line, "end": finding.range.end.line},
            },
        }
        for finding, fingerprint in fingerprinted(report.findings, lambda one: beneath(one.path, report.root))
    ]
    yield json.dumps(issues, indent=2)
