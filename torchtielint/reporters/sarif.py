"""SARIF 2.1.0, the format of GitHub code scanning and of many viewers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from urllib.parse import quote

import torchtielint
from torchtielint.findings import RULES_URL, Applicability, Certainty, Edit, Finding, Range, Severity
from torchtielint.reporters.fingerprints import fingerprinted
from torchtielint.reporters.places import STDIN, beneath, cell_of, is_whole, plain
from torchtielint.reporters.report import HOMEPAGE, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "torchtielint/v1"  # the kind of fingerprint; a new number where what it is made of changes
ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_PRECISIONS = {Certainty.PROVEN: "very-high", Certainty.LIKELY: "high", Certainty.HINT: "medium"}
_LINK = re.compile(r"\[([^\]]*)\](?=\(\d+\))")
_PAGE_LINK = re.compile(r"\]\((TTL\d{3}\.md)\)")


def sarif(report: Report) -> Iterator[str]:
    """One log with one run."""
    used = sorted({finding.code for finding in report.findings})
    index = {code: number for number, code in enumerate(used)}
    driver = {
        "name": "torchtielint",
        "semanticVersion": torchtielint.__version__,
        "informationUri": HOMEPAGE,
        "rules": [_rule([one for one in report.findings if one.code == code], report) for code in used],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository, or the working folder."}}},
        "invocations": [{"executionSuccessful": report.complete}],
        "results": [
            {**_result(finding, report), "ruleIndex": index[finding.code], "partialFingerprints": {FINGERPRINT: mark}}
            for finding, mark in fingerprinted(report.findings, lambda one: beneath(one.path, report.root))
        ],
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(findings: list[Finding], report: Report) -> dict[str, object]:
    """What is known about a rule: from its page, and from what it found where that says nothing."""
    first = findings[0]
    page = report.page_of(first.code)
    text = _PAGE_LINK.sub(rf"]({RULES_URL}\1)", page.markdown) if page is not None else ""
    summary = page.summary if page is not None else first.name
    severity = page.severity if page is not None and page.severity else first.severity
    certainty = min(finding.certainty for finding in findings)
    if page is not None and page.certainty is not None:
        certainty = page.certainty
    helped = {"text": f"{summary} See {first.url}", **({"markdown": text} if text else {})}
    return {
        "id": first.code,
        "name": "".join(word.capitalize() for word in first.name.split("-")),
        "shortDescription": {"text": first.name.replace("-", " ").capitalize()},
        "fullDescription": {"text": summary},
        "help": helped,
        "helpUri": first.url,
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "precision": _PRECISIONS[certainty],
            "problem.severity": _PROBLEMS[severity],
            "tags": ["correctness", "pytorch"],
        },
    }


def _result(finding: Finding, report: Report) -> dict[str, object]:
    message = cell_of(finding.range) + finding.message
    message = f"{message}. Help: {finding.help}" if finding.help else message
    location = {"physicalLocation": _place(finding.path, finding.range, report)}
    names = {"logicalLocations": [{"fullyQualifiedName": plain(finding.symbol)}]} if finding.symbol else {}
    result: dict[str, object] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(message)},
        "locations": [{**location, **names}],
        "properties": {"certainty": finding.certainty.name.lower()},
    }
    if finding.notes:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": _text(cell_of(note.range) + note.message)},
                "physicalLocation": _place(note.path, note.range, report),
            }
            for number, note in enumerate(finding.notes, 1)
        ]
    fix = finding.fix
    if fix is not None and not finding.range.cell:
        replacements = [_replacement(edit) for edit in sorted(fix.edits, key=lambda edit: edit.range)]
        change = {"artifactLocation": _artifact(finding.path, report), "replacements": replacements}
        said = fix.message if fix.applicability is Applicability.SAFE else f"{fix.message} (an unsafe fix)"
        result["fixes"] = [{"description": {"text": _text(said)}, "artifactChanges": [change]}]
    return result


def _replacement(edit: Edit) -> dict[str, object]:
    return {"deletedRegion": _region(edit.range), "insertedContent": {"text": plain(edit.content)}}


def _place(path: str, place: Range, report: Report) -> dict[str, object]:
    """A place; in a notebook its file, as the lines of a cell are none of it."""
    artifact = _artifact(path, report)
    if place.cell:
        return {"artifactLocation": artifact}
    region = {"startLine": place.start.line} if is_whole(place) else _region(place)
    return {"artifactLocation": artifact, "region": region}


def _region(place: Range) -> dict[str, int]:
    start, end = place.start, place.end
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _artifact(path: str, report: Report) -> dict[str, str]:
    """A file as a URI: relative to the root where it lies there, else absolute."""
    relative = beneath(path, report.root)
    if path == STDIN:
        return {"uri": quote(relative), "uriBaseId": ROOT}
    if os.path.isabs(relative):  # noqa: PTH117  # a text, as it is reported
        return {"uri": "file://" + quote(b"/" + _octets(relative).lstrip(b"/"))}
    return {"uri": quote(_octets(relative)), "uriBaseId": ROOT}


def _octets(path: str) -> bytes:
    """A path as the file system has it, or an escaped one where it cannot be any."""
    try:
        return os.fsencode(path)
    except UnicodeEncodeError:
        return plain(path).encode()


def _text(message: str) -> str:
    """A message in which brackets that look like a link to a related location are none."""
    return plain(_LINK.sub(r"\\[\1\\]", message))
