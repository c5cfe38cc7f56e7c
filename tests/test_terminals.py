"""Links, widths, and what is told by words alone."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from conftest import finding

from torchtielint import explain
from torchtielint.checks.registry import all_rules
from torchtielint.findings import RULES_URL, Severity
from torchtielint.reporters import REPORTERS, STATISTICS, Report
from torchtielint.reporters.style import Style
from torchtielint.terminals import shows_links

LINK = re.compile(r"\x1b\]8;(?:id=\d+)?;([^\x1b]*)\x1b\\")
NAMES = ("FORCE_HYPERLINK", "TMUX", "STY", "TERM_PROGRAM", "TERM", "VTE_VERSION", "WT_SESSION", "KONSOLE_VERSION")


class Terminal(io.StringIO):
    """A stream that says that it is one."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM_PROGRAM": "vscode"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"WT_SESSION": "x"}, True),
        ({"VTE_VERSION": "7600"}, True),
        ({"VTE_VERSION": "4205"}, False),
        ({"VTE_VERSION": "7600", "TMUX": "/tmp/x"}, False),
        ({"VTE_VERSION": "7600", "FORCE_HYPERLINK": "0"}, False),
        ({"TERM": "dumb", "FORCE_HYPERLINK": "1"}, True),
    ],
)
def test_links_go_to_terminals_that_know_them(monkeypatch, environment, expected):
    """Or as one says."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert expected == shows_links(Terminal(), colour=True)
    forced = environment.get("FORCE_HYPERLINK") == "1"
    assert forced == shows_links(io.StringIO(), colour=True)
    assert forced == shows_links(Terminal(), colour=False)


@pytest.mark.parametrize("form", ["full", "concise"])
def test_links_lead_to_the_page_of_the_rule(form):
    """The text is the same without them."""
    one = Report([finding("TTL301", 1)])
    linked = "\n".join(REPORTERS[form](dataclasses.replace(one, style=Style(links=True))))

    assert {f"{RULES_URL}TTL301.md", ""} == set(LINK.findall(linked))
    assert "\n".join(REPORTERS[form](one)) == LINK.sub("", linked)


def test_pages_link_to_each_other_where_that_works():
    """Elsewhere there is no address of a file that is not there, and that of the page is in one piece."""
    rule = all_rules()["TTL301"]
    plain = explain.render_page(rule, width=60, colour=False)
    linked = explain.render_page(rule, width=60, colour=True, links=True)

    assert f"\n{RULES_URL}TTL301.md\n" in plain
    assert "TTL104: layers in a plain list" in plain
    assert "TTL104.md" not in plain
    assert {f"{RULES_URL}TTL301.md", f"{RULES_URL}TTL104.md"} <= set(LINK.findall(linked))


def test_the_list_of_rules_leads_to_their_pages():
    """And shows summaries as they are, brackets and all."""
    rule = dataclasses.replace(all_rules()["TTL301"], summary="`[layer] * n` is one layer")
    plain = explain.render_table([rule], width=120, colour=False)
    linked = explain.render_table([rule], width=120, colour=True, links=True)

    assert "`[layer] * n` is one layer" in plain
    assert f"{RULES_URL}TTL301.md" in LINK.findall(linked)


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFO])
def test_severities_are_words(severity):
    """Colour alone tells nothing to a pipe or a screen reader."""
    report = Report([dataclasses.replace(finding("TTL301", 1), severity=severity)])

    for written in (REPORTERS["full"], REPORTERS["concise"], STATISTICS["full"]):
        assert severity.value in "\n".join(written(report))


def test_an_address_that_does_not_fit_is_not_indented_as_well():
    """A terminal breaks as little of it as there can be."""
    lines = list(REPORTERS["full"](Report([finding("TTL301", 1)], width=60)))

    assert f"{RULES_URL}TTL301.md" in lines
    assert f"          {RULES_URL}TTL301.md" in list(REPORTERS["full"](Report([finding("TTL301", 1)], width=100)))
    assert all(len(line) <= 60 for line in lines if "https" not in line)
