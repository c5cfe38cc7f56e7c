"""From a text to the findings of some rules."""

from __future__ import annotations

from collections.abc import Collection

from torchtielint.checks.registry import Rule
from torchtielint.findings import Finding


def check_text(text: str, *, path: str, rules: Collection[Rule]) -> list[Finding]:
    """Return what the rules find in a text."""
    return []
