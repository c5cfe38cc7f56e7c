"""Where reports go: the formats that were asked for, their files, and what formats need beside findings."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torchtielint.errors import UsageError
from torchtielint.findings import Certainty, Severity
from torchtielint.reporters import STATISTICS
from torchtielint.reporters.report import RulePage

# Where CI systems put the checkout; what they show is found by its path from there.
ROOT_VARIABLES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY")
_FACTS = re.compile(r"^\| (?P<severity>error|warning|info) \| [\w-]+ \| (?P<certainty>\w+) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Destination:
    """One report to write: its format, its file (empty: standard output), and whether it is of counts only."""

    form: str
    file: str = ""
    statistics: bool = False


def destinations(
    asked: Sequence[str], output_file: str | None, configured: str, *, statistics: bool
) -> list[Destination]:
    """What to write, from `FORMAT` and `FORMAT:FILE` values.

    Those with a file come beside the one report that goes to standard output, or to `output_file`; that one has the
    configured format where none is asked for, and is what `statistics` is about.

    Raises:
        UsageError: two reports would go to one place, a file has no name, or counts have no form in a format.
    """
    main: list[str] = []
    aside: list[Destination] = []
    for one in asked:
        form, colon, file = one.partition(":")
        if colon and not file:
            raise UsageError(f"`--output-format {one}` names no file", hint=f"write it as `{form}:report`")
        if colon and file != "-":
            aside.append(Destination(form, file))
        else:
            main.append(form)
    if len(main) > 1:
        raise UsageError(
            f"`--output-format` is given twice for one output: {main[0]} and {main[1]}",
            hint=f"write one of them to a file: `--output-format {main[1]}:FILE`",
        )
    form = main[0] if main else configured
    if statistics and form not in STATISTICS:
        raise UsageError(f"`--statistics` has no {form} form", hint="add `--output-format full` or `json`")
    chosen = [Destination(form, output_file or "", statistics), *aside]
    files = [os.path.abspath(one.file) for one in chosen if one.file]  # noqa: PTH100  # to compare `a` with `./a`
    if len(set(files)) < len(files):
        raise UsageError("two reports would be written to one file", hint="give each a file of its own")
    return chosen


def project_root() -> str:
    """The folder that CI systems count paths from: that of the checkout where they say it, else the working folder."""
    said = (os.environ.get(name, "") for name in ROOT_VARIABLES)
    return next(filter(None, said), str(Path.cwd()))


def page_of(code: str) -> RulePage | None:
    """What the page of a rule says; None where it has none."""
    from torchtielint import pages

    page = pages.load(code)
    if page is None:
        return None
    facts = _FACTS.search(page.text)
    return RulePage(
        page.summary,
        page.text.partition("\n")[2].strip(),
        Severity(facts["severity"]) if facts else None,
        Certainty[facts["certainty"].upper()] if facts else None,
    )
