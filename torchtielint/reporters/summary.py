"""The line that ends a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from torchtielint.findings import Applicability, Finding, Severity
from torchtielint.reporters.report import Report

_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}


def summary(report: Report) -> str:
    """How many findings of which severity, in how many files."""
    files = count(report.files_checked, "file")
    if not report.findings:
        return f"All checks passed! ({files})"
    counted = Counter(finding.severity for finding in report.findings)
    parts = [count(counted[severity], noun) for severity, noun in _NOUNS.items() if counted[severity]]
    found = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    touched = len({finding.path for finding in report.findings})
    return f"Found {found} in {touched} of {files}." if touched <= report.files_checked else f"Found {found}."


def fixable(findings: Sequence[Finding], *, unsafe: bool) -> str:
    """What `--fix` can do about findings, of which some have a fix; `unsafe`: with unsafe fixes in any case."""
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    safe = sum(unsafe or fix.applicability is Applicability.SAFE for fix in fixes)
    flag = "`--fix --unsafe-fixes`" if unsafe else "`--fix`"
    parts = [f"{safe:,} can be fixed with {flag}"] if safe else []
    if len(fixes) > safe:
        more = f"{len(fixes) - safe:,} more" if safe else f"{len(fixes):,} can be fixed"
        parts.append(f"{more} with `--fix --unsafe-fixes`")
    return f"{', '.join(parts)}."


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
