"""From a file's text to findings: index, interpret, and let each rule speak about the facts."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from torchtielint.checks.engine_rules import FILE_NOT_FINISHED
from torchtielint.checks.registry import Check, Report, Rule
from torchtielint.findings import Certainty, Finding, Note, Position, Range
from torchtielint.repairs.workshop import Workshop
from torchtielint.semantics.analysis import analyse
from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.index import index_source
from torchtielint.semantics.program import Program
from torchtielint.semantics.project import Project
from torchtielint.semantics.scopes import scope_at, scopes
from torchtielint.semantics.screen import Screened, screened
from torchtielint.semantics.site import Site

# A chain of as many links as the nesting guard lets pass takes some frames for each.
RECURSION_LIMIT = 6_000


def check_text(
    text: str,
    *,
    path: str,
    rules: Collection[Rule],
    file: str = "",
    project: Project | None = None,
    screening: bool = True,
) -> list[Finding]:
    """Check a file's text; its lines end in a single line feed, and no byte order mark stands before it.

    Args:
        text: the text.
        path: how findings call the file.
        rules: which rules speak.
        file: its absolute path, from which its imports are looked for.
        project: the files that it may import; None: it is seen alone.
        screening: leave out statements that cannot lead to a finding; the findings are the same.

    Raises:
        SourceSyntaxError: when the text is not valid Python.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    program = _program(text, path, file, project)
    screening = screening and all(rule.default for rule in rules)
    findings, finished = _run(program, rules, project, screened(program, project) if screening else None)
    if not finished:
        findings.append(_over_budget(path))
    return once_each(text, findings)


def once_each(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """Findings without those that say the same of the same place again, each with a symbol."""
    first: dict[tuple[str, Range], Finding] = {}
    for finding in findings:  # a base class runs once more for each subclass, and says the same of the same place
        known = first.setdefault((finding.code, finding.range), finding)
        if finding.certainty > known.certainty:
            first[(finding.code, finding.range)] = finding
    return list(_named(text, first.values()))


def _named(text: str, findings: Collection[Finding]) -> Iterator[Finding]:
    """Findings with a symbol each: that of the scope around them where their rule names none."""
    known = scopes(text) if any(not finding.symbol for finding in findings) else []
    for finding in findings:
        name = finding.symbol or scope_at(finding.range.start.line, known)
        yield finding if name == finding.symbol else replace(finding, symbol=name)


def _program(text: str, path: str, file: str, project: Project | None) -> Program:
    """The program of a text: that which those who import the file have read, where it is still the same."""
    known = project.program(file) if project is not None and file else None
    if known is not None and known.text == text and known.path == path:
        return known
    return Program.of(path, text, index_source(text), file)


def _run(
    program: Program, rules: Collection[Rule], project: Project | None, chosen: Screened | None
) -> tuple[list[Finding], bool]:
    """The findings in a file, and whether it was run to its end.

    Where the chosen statements have a finding, all are run: other code may take it back.
    """
    wanted = facts_for(rules)
    if chosen is not None:
        facts, finished = analyse(program, project, chosen.run, wanted=wanted) if chosen.run else ([], True)
        if finished and not any(findings_of(facts, rules)):
            return [], True
    facts, finished = analyse(program, project, wanted=wanted)
    findings: list[Finding] = []
    for finding in findings_of(facts, rules, Workshop(program)):
        findings.append(finding)  # one by one: fixes take their time, and whoever waits is asked after each
        if project is not None:
            project.checkpoint()
    return findings, finished


def facts_for(rules: Collection[Rule]) -> frozenset[type[Fact]]:
    """The facts that rules speak about."""
    return frozenset(check.fact for rule in rules for check in rule.checks)


def findings_of(facts: Iterable[Fact], rules: Collection[Rule], shop: Workshop | None = None) -> Iterator[Finding]:
    """What rules say about facts; with fixes where there is a workshop to make them."""
    by_fact: dict[type[Fact], list[tuple[Rule, Check]]] = {}
    for rule in rules:
        for check in rule.checks:
            by_fact.setdefault(check.fact, []).append((rule, check))
    for fact in facts:
        for rule, check in by_fact.get(type(fact), ()):
            yield from (_finding(rule, report, fact.elsewhere, shop) for report in check.run(fact))


def _finding(rule: Rule, report: Report, elsewhere: Site | None, shop: Workshop | None) -> Finding:
    notes = report.notes if elsewhere is None else (("it happens here", elsewhere), *report.notes)
    here = shop is not None and elsewhere is None and report.where.path == shop.program.path
    return Finding(
        rule.code,
        rule.name,
        report.severity or rule.severity,
        report.certainty,
        report.message,
        report.where.path,
        report.where.range,
        report.help,
        tuple(Note(message, site.path, site.range) for message, site in notes),
        fix=shop.repaired(report.fix) if shop is not None and here and report.fix is not None else None,
        symbol=report.symbol,
    )


def _over_budget(path: str) -> Finding:
    rule = FILE_NOT_FINISHED
    start = Position(1, 1)
    message = "a class or function here takes more steps than one may; what was found up to there is reported"
    return Finding(rule.code, rule.name, rule.severity, Certainty.PROVEN, message, path, Range(start, start))
