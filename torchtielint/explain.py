"""What `torchtielint rule` shows: one rule's page, a table of all rules, the same as JSON."""

from __future__ import annotations

import io
import json
import re
import textwrap
from collections.abc import Sequence
from typing import ClassVar

from torchtielint import pages
from torchtielint.checks.registry import Rule, all_rules
from torchtielint.errors import UsageError
from torchtielint.findings import RULES_URL
from torchtielint.reporters.style import Style
from torchtielint.selectors import Catalogue

MAX_WIDTH = 100
NARROW = 90  # columns below which a table of rules leaves no room for what they find
UNLIMITED = 240
_PAGE_LINK = re.compile(rf"\[([^\]]+)\]\({re.escape(RULES_URL)}TTL\d{{3}}\.md\)")  # no use where it cannot be followed
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def find_rule(asked: str, catalogue: Catalogue) -> Rule:
    """The rule of a code or a name.

    Raises:
        UsageError: there is none.
    """
    by_name = {rule.name: rule for rule in all_rules().values()}
    found = all_rules().get(asked.upper()) or by_name.get(asked.lower())
    if found is None:
        near = catalogue.nearest(asked)
        raise UsageError(
            f"`{asked}` is no rule",
            hint=f"did you mean `{near}`?" if near else "`torchtielint rule` lists every rule",
        )
    return found


def rules_as_json(rules: Sequence[Rule], *, single: bool) -> str:
    """Metadata and page of each rule; one object where one rule was asked for."""
    described = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.value,
            "default": rule.default,
            "summary": rule.summary,
            "url": f"{RULES_URL}{rule.code}.md",
            "page": None if (page := pages.load(rule.code)) is None else page.text,
        }
        for rule in rules
    ]
    return json.dumps(described[0] if single else described, indent=2)


def render_page(rule: Rule, *, width: int, colour: bool, links: bool = False) -> str:
    """The page of a rule for a terminal; what the registry knows where it has no page."""
    url = f"{RULES_URL}{rule.code}.md"
    page = pages.load(rule.code)
    if page is None:
        state = "on" if rule.default else "off"
        body = f"{rule.summary}.\n\nSeverity: {rule.severity.value}; {state} by default."
    else:
        body = pages.for_readers(page.text).partition("\n")[2].strip()
    text = body if links else _PAGE_LINK.sub(r"\1", body)
    shown = _rendered(_page(text), width=min(width, MAX_WIDTH), colour=colour)
    style = Style(colour, links)
    head = [
        style.strong(f"{rule.name} ({rule.code})"),
        style.link(style.faint(url), url),
    ]  # rich would break the address
    return "\n".join([*head, "", shown])


def _page(text: str) -> object:
    """Markdown whose code is set apart by its indent, without colours too."""
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.markdown import CodeBlock, Markdown
    from rich.padding import Padding
    from rich.syntax import Syntax

    class Code(CodeBlock):
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            code = str(self.text).rstrip()
            syntax = Syntax(code, self.lexer_name, theme=self.theme, word_wrap=True, background_color="default")
            yield Padding(syntax, (0, 0, 0, 2))

    class Page(Markdown):
        elements: ClassVar = {**Markdown.elements, "fence": Code, "code_block": Code}

    return Page(text, code_theme="ansi_dark")


def render_table(rules: Sequence[Rule], *, width: int, colour: bool, links: bool = False) -> str:
    """A table of rules: code, name, severity, whether it is on, what it finds."""
    from rich.markup import escape
    from rich.table import Table

    if width < NARROW:
        return "\n".join(line for rule in rules for line in _entry(rule, width))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Code", "Name", "Severity", "Default"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Summary", overflow="fold")
    for rule in rules:
        severity = rule.severity.value
        state = "on" if rule.default else "opt-in"
        code = f"[link={RULES_URL}{rule.code}.md]{rule.code}[/link]" if links else rule.code
        table.add_row(code, rule.name, f"[{_COLOURS[severity]}]{severity}[/]", state, escape(rule.summary))
    return _rendered(table, width=width, colour=colour)


def _entry(rule: Rule, width: int) -> list[str]:
    """One rule of a list for a narrow terminal."""
    state = "" if rule.default else ", opt-in"
    summary = textwrap.wrap(rule.summary, width, initial_indent="        ", subsequent_indent="        ")
    return [f"{rule.code}  {rule.name} ({rule.severity.value}{state})", *summary]


def _rendered(what: object, *, width: int, colour: bool) -> str:
    from rich.console import Console
    from rich.theme import Theme

    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        theme=Theme({"markdown.code": "cyan"}),  # its own has a black background, whatever the terminal's
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(what)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().split("\n"))
