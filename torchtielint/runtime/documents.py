"""What is measured, as JSON has it."""

from __future__ import annotations

from dataclasses import asdict

from torchtielint.runtime.advice import advice
from torchtielint.runtime.consequences import consequence, remedy
from torchtielint.runtime.report import TieGroup, TieReport


def as_object(report: TieReport) -> dict[str, object]:
    """The counts and groups of a report."""
    return {
        "device": report.device,
        "complete": report.complete,
        "parameters": asdict(report.parameters),
        "groups": [group_as_object(group) for group in report.groups],
    }


def group_as_object(group: TieGroup) -> dict[str, object]:
    """One group, with what it means and what to do about it."""
    remedies = advice(group) or (remedy(group),)
    return {
        "names": list(group.names),
        "kind": group.kind.value,
        "shape": None if group.shape is None else list(group.shape),
        "dtype": group.dtype,
        "nbytes": group.nbytes,
        "buffers": group.buffers,
        "false_tie": group.kind.is_false and not group.buffers,
        "consequence": consequence(group),
        "advice": list(dict.fromkeys(one for one in remedies if one)),
        "survival": {
            name: {"outcome": found.outcome.value, "reason": found.reason} for name, found in group.survival.items()
        },
    }
