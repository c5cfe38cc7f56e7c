"""Rules that are no checks: about files and suppressions, and what only a model that was built can show."""

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
PREDICTED_NOT_REAL = engine_rule(
    "TTL901",
    "predicted-tie-not-real",
    severity=Severity.WARNING,
    summary="The source ties two names, and the model that `torchtielint ties` built has two parameters",
)
REAL_NOT_PREDICTED = engine_rule(
    "TTL902",
    "real-tie-not-predicted",
    severity=Severity.WARNING,
    summary="Two names are one in the model that `torchtielint ties` built, and its source does not say so",
)
