"""Rules that the engine itself reports: about files and suppressions, not about what a model does."""

from __future__ import annotations

from torchtielint.checks.registry import engine_rule
from torchtielint.findings import Severity

SYNTAX_ERROR = engine_rule(
    "TTL001",
    "syntax-error",
    severity=Severity.ERROR,
    summary="The file is not valid Python, so nothing in it was checked",
)
UNUSED_SUPPRESSION = engine_rule(
    "TTL002",
    "unused-suppression",
    severity=Severity.WARNING,
    summary="A comment silences a rule that reports nothing there",
)
FILE_NOT_FINISHED = engine_rule(
    "TTL003",
    "file-not-finished",
    severity=Severity.ERROR,
    summary="The file could not be read or checked to its end, so findings may be missing",
)
