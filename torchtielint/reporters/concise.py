"""One line a finding."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.reporters.report import Report
from torchtielint.reporters.style import severity_mark, visible


def concise(report: Report) -> Iterator[str]:
    """`path:line:column: CODE [name] message`; in a notebook `path:cell N:line:column`.

    The name of what is no error has its severity with it.
    """
    style = report.style
    for finding in report.findings:
        start = finding.range.start
        place = (
            f"{style.strong(visible(finding.range.page(finding.path)))}{style.faint(f':{start.line}:{start.column}:')}"
        )
        code = style.link(style.severity(finding.code, finding.severity), finding.url)
        name = finding.name + severity_mark(finding.severity)
        yield f"{place} {code} {style.faint(f'[{name}]')} {visible(finding.message)}"
