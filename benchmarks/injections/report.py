"""The table, what was missed, and what torch refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from injections.measure import Case

COLUMNS = (
    "edit",
    "direct",
    "local",
    "method",
    "function",
    "script",
    "class",
    "subclass",
    "subclass in another file",
    "function in another file",
)
ENOUGH = 0.95


def table(cases: Sequence[Case]) -> str:
    """Hits out of cases, by rule and way."""
    columns = [column for column in COLUMNS if any(case.column == column for case in cases)]
    lines = [f"| rule | {' | '.join(columns)} | all | | classes | twins flagged |", "|---" * (len(columns) + 5) + "|"]
    for code in [*sorted({case.code for case in cases}), ""]:
        mine = [case for case in cases if code in ("", case.code)]
        cells = [_rate([case for case in mine if case.column == column]) for column in columns]
        flagged = sum(case.code in case.flagged for case in mine)
        classes = len({(case.host.module, case.host.name) for case in mine})
        hits = sum(case.hit for case in mine)
        share = f"{hits / len(mine):.0%}" if mine else ""
        lines.append(f"| {code or 'all'} | {' | '.join(cells)} | {_rate(mine)} | {share} | {classes} | {flagged} |")
    return "\n".join(lines)


def _rate(cases: Sequence[Case]) -> str:
    return f"{sum(case.hit for case in cases)}/{len(cases)}" if cases else ""


def shown(cases: Sequence[Case]) -> str:
    """A line for each miss, each twin that is flagged, and each other rule that speaks of twins."""
    lines = []
    for case in cases:
        where = f"{case.code} {case.column}: {case.name}, {case.host.module}.{case.host.name}"
        if not case.hit:
            elsewhere = sorted(f"{file}:{line}" for file, line, code in case.found if code == case.code)
            marks = ", ".join(f"{file}:{line}" for file, line in sorted(case.bad.marks))
            lines.append(f"miss {where}, {marks}" + (f", reported at {', '.join(elsewhere)}" if elsewhere else ""))
        if case.code in case.flagged:
            lines.append(f"TWIN {where}")
    others = Counter((case.code, code) for case in cases for code in case.flagged if code != case.code)
    lines += [f"{count} twins of {code} have a finding of {other}" for (code, other), count in sorted(others.items())]
    return "".join(f"{line}\n" for line in lines)


def unread(cases: Sequence[Case]) -> str:
    """How many cases torch does not see as planned, and why."""
    refused = Counter((case.code, case.column, case.invalid[:140]) for case in cases if case.invalid)
    lines = [
        f"not counted: {count} of {code} {column}, {why}" for (code, column, why), count in sorted(refused.items())
    ]
    return "".join(f"{line}\n" for line in lines)


def below(cases: Sequence[Case]) -> bool:
    """Whether a rule that is on by default finds too little, or speaks of a twin."""
    from torchtielint.engine import catalogue

    for code in {case.code for case in cases} & catalogue().default:
        mine = [case for case in cases if case.code == code]
        if any(code in case.flagged for case in mine) or sum(case.hit for case in mine) < ENOUGH * len(mine):
            return True
    return False
