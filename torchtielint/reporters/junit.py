"""JUnit XML, which most CI systems show as test results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from torchtielint.findings import Finding
from torchtielint.reporters.places import beneath, explained
from torchtielint.reporters.report import Report
from torchtielint.reporters.style import visible

_UNFINISHED = frozenset({"TTL001", "TTL003"})


def junit(report: Report) -> Iterator[str]:
    """A suite for each file with findings, a failed case for each; one that passed where there is none.

    A file that was not checked to its end is an error, not a failure.
    """
    errors = sum(finding.code in _UNFINISHED for finding in report.findings)
    total = len(report.findings)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    counts = _attributes(tests=total or 1, failures=total - errors, errors=errors)
    yield f"<testsuites {_attributes(name='torchtielint')} {counts}>"
    for path, found in groupby(report.findings, lambda finding: finding.path):
        yield from _suite(visible(beneath(path, "")), list(found))
    if not report.findings:
        name = _attributes(name="torchtielint")
        yield f"  <testsuite {name} {counts}>"
        yield f"    <testcase {name} {_attributes(classname='torchtielint', time='0')}/>"
        yield "  </testsuite>"
    yield "</testsuites>"


def _suite(path: str, findings: Sequence[Finding]) -> Iterator[str]:
    errors = sum(finding.code in _UNFINISHED for finding in findings)
    counts = _attributes(tests=len(findings), failures=len(findings) - errors, errors=errors)
    yield f"  <testsuite {_attributes(name=path)} {counts}>"
    seen: Counter[str] = Counter()
    for finding in findings:
        name = f"{finding.code} {finding.name} {visible(finding.symbol)}".rstrip()
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name} #{seen[name]}"  # no line number: CI compares cases by name
        yield f"    <testcase {_attributes(name=unique, classname=path, time='0')}>"
        kind = "error" if finding.code in _UNFINISHED else "failure"
        said = _attributes(message=visible(finding.message), type=finding.severity.value)
        yield f"      <{kind} {said}>{_escaped(_text(path, finding))}</{kind}>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _text(path: str, finding: Finding) -> str:
    start = finding.range.start
    lines = [f"{finding.range.page(path)}:{start.line}:{start.column}: {finding.code} {visible(finding.message)}"]
    return "\n".join([*lines, *(visible(line) for line in explained(finding)), finding.url])


def _attributes(**values: object) -> str:
    return " ".join(f'{name}="{_escaped(str(value))}"' for name, value in values.items())


def _escaped(text: str) -> str:
    """A text, already free of what XML cannot hold at all, for an attribute or an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
