"""The pages of the site that are made from what they describe: one for each rule, their index, the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torchtielint import pages
from torchtielint.checks.registry import Rule, all_rules
from torchtielint.config import DEFAULT_EXCLUDE
from torchtielint.options import KEYS
from torchtielint.schema import NAME

FAMILIES = {
    "0": "Files and comments",
    "1": "Registration",
    "2": "Rebinding",
    "3": "Sharing",
    "4": "Reparametrization",
    "5": "Optimizers",
    "6": "Checkpoints and Hugging Face models",
    "7": "Use",
    "9": "Source and built model",
}
_SCHEMA = f"https://raw.githubusercontent.com/torchtielint/torchtielint/main/torchtielint/{NAME}"
_TITLES = {"bad": "reported", "good": "not reported", "torch": "what torch does"}
_FENCE = re.compile(r"^```python (?P<kind>bad|good|torch)[^\n]*$", re.MULTILINE)
_OUTSIDE = re.compile(r"\]\((?P<path>\.\./[^)\s]+)\)")


def pages_of_the_site() -> dict[str, str]:
    """Markdown by its path below `docs/`."""
    made = {"rules/index.md": _index(), "configuration.md": _configuration()}
    for code in all_rules():
        page = pages.load(code)
        if page is not None:
            made[f"rules/{code}.md"] = _for_the_site(page.text)
    return made


def _for_the_site(text: str) -> str:
    """A page whose blocks of code say what they are, and whose links out of `rules/` lead to the repository."""
    titled = _FENCE.sub(lambda fence: f'```python title="{_TITLES[fence["kind"]]}"', text)
    return _OUTSIDE.sub(_in_the_repository, titled)


def _in_the_repository(link: re.Match[str]) -> str:
    path = link["path"].removeprefix("../")
    if path.startswith("docs/"):
        return f"](../{path.removeprefix('docs/')})"
    return f"](https://github.com/torchtielint/torchtielint/blob/main/{path})"


def _index() -> str:
    rules = all_rules().values()
    lines = ["# Rules", ""]
    lines += [f"{len(rules)} rules. Those that are *opt-in* run where `select` or `extend-select` names them.", ""]
    for digit, family in FAMILIES.items():
        own = [rule for rule in rules if rule.code[3] == digit]
        if own:
            lines += [f"## {family} (TTL{digit}xx)", "", *_table(own), ""]
    return "\n".join(lines)


def _table(rules: list[Rule]) -> Iterator[str]:
    yield "| code | name | severity | default | what it finds |"
    yield "| --- | --- | --- | --- | --- |"
    for rule in rules:
        page = pages.load(rule.code)
        code = rule.code if page is None else f"[{rule.code}]({rule.code}.md)"
        said = (rule.summary if page is None else page.summary).replace("|", "\\|")
        state = "on" if rule.default else "opt-in"
        yield f"| {code} | `{rule.name}` | {rule.severity.value} | {state} | {said} |"


def _configuration() -> str:
    lines = [
        "# Configuration",
        "",
        "Settings stand in `pyproject.toml` under `[tool.torchtielint]`, or in `torchtielint.toml` or",
        "`.torchtielint.toml` without that heading. The file that is closest to a linted file holds for it, alone",
        "unless it says `extend`; options of the command line come before it. `torchtielint --show-settings` shows",
        "what holds.",
        "",
        "Editors that know JSON schemas complete and check the settings; in a file of its own, for Taplo:",
        "",
        "```toml",
        f"#:schema {_SCHEMA}",
        "```",
        "",
    ]
    for name, key in KEYS.items():
        default = f"`{key.default}`" if key.default else "none"
        if name == "exclude":
            default = ", ".join(f"`{one}`" for one in DEFAULT_EXCLUDE)
        lines += [f"## `{name}`", "", key.about, "", f"- Value: {key.expected}", f"- Default: {default}", ""]
        lines += ["```toml", "[tool.torchtielint]", f"{name} = {key.example}", "```", ""]
    return "\n".join(lines)
