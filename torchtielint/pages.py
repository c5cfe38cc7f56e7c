"""The pages of rules: found in the package or the repository, read, rendered for a terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from torchtielint.findings import RULES_URL

_CLAIMS = re.compile(r"^```python torch[^\n]*\n.*?^```\n\n?", re.MULTILINE | re.DOTALL)
_MARKED = re.compile(r"^```python (?:bad|good)[^\n]*$", re.MULTILINE)
_FACTS = re.compile(r"^\| severity [^\n]*\n\| ---[^\n]*\n\| (\S+) \| (\S+) \| (\S+) \|$", re.MULTILINE)
_PAGE_LINK = re.compile(r"\]\((?=TTL\d{3}\.md)")
_TITLE = re.compile(r"# (?P<name>[a-z0-9-]+) \((?P<code>TTL\d{3})\)")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rule, its first paragraph, its whole Markdown text."""

    code: str
    name: str
    summary: str
    text: str


def folder() -> Path | None:
    """Where the pages are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for candidate in (package / "rules", package.parent / "rules"):
        if any(candidate.glob("TTL*.md")):
            return candidate
    return None


@lru_cache
def load(code: str) -> Page | None:
    """The page of a rule; None where it has none yet.

    Raises:
        ValueError: its first line is not `# name (CODE)`.
    """
    place = folder()
    path = None if place is None else place / f"{code}.md"
    return read(path.read_text(encoding="utf-8")) if path is not None and path.is_file() else None


def for_readers(text: str) -> str:
    """The Markdown of a page without what it says to the tests, and with links that lead somewhere from anywhere."""
    return _PAGE_LINK.sub(f"]({RULES_URL}", _MARKED.sub("```python", _CLAIMS.sub("", _FACTS.sub(_sentence, text))))


def _sentence(row: re.Match[str]) -> str:
    state = {"on": "on by default", "opt-in": "off unless selected"}.get(row[2], row[2])
    return f"*{row[1].capitalize()}, {row[3]}; {state}.*"


def read(text: str) -> Page:
    """Read the Markdown of a page."""
    title, _, body = text.partition("\n")
    match = _TITLE.fullmatch(title.strip())
    if match is None:
        raise ValueError(f"a page starts with `# name (CODE)`, not with {title!r}")
    summary = " ".join(body.strip().split("\n\n")[0].split())
    return Page(match["code"], match["name"], summary, text)
