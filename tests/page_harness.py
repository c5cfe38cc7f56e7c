"""Executes what the project claims: the rules' pages and the cases, against the linter and against torch.

A page (`rules/TTL104.md`) holds fences whose info string starts with `python`; the next word says what holds of it:

- `bad`: every line that ends in a comment `# TTL104` (or `# TTL104 TTL103`, a code for each finding) has exactly these
  findings, and no other line has one.
- `good`: nothing is found.
- `fix`: what the fixes make of the `bad` block right above it, or of the page's first one, without its marks; the next
  word says of which kind they are, `safe` or `unsafe`.
- `torch`: runs under the real torch, after the nearest block of another kind above it and in the same namespace.
  It finds `torch`, `nn`, `raises(ExceptionType, "part of the message")` and `parameter_names(module)`.

Further words, such as `certainty=hint` or `select=TTL202,TTL201`, are settings for that block.

A file of cases (`tests/cases/TTL104.py`) is cut at its lines `# case: <one sentence>`. Marks mean the same; comments
`# certainty: hint` and `# select: TTL202` right below the first line are settings; and each comment line
`# torch: <expression>` is true after the case has run, where `error(function)` is the text of what calling it raises,
and `scratch_file` the path of a file that may be written.

`python tests/page_harness.py rules/TTL104.md tests/cases/TTL104.py` prints what differs; with `--torch` it leaves the
linter out.
"""

from __future__ import annotations

import contextlib
import re
import sys
import tempfile
import traceback
import types
import typing
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "rules"
CASES = ROOT / "tests" / "cases"

_MARK = re.compile(r"#\s*(TTL\d{3}(?:[ ,]+TTL\d{3})*)\s*$")
_MARKED = re.compile(r"[ \t]*# TTL\d{3}(?:[ ,]+TTL\d{3})*[ \t]*$", re.MULTILINE)
_CASE = re.compile(r"^# case: (?P<title>.+)$")
_CASE_OPTION = re.compile(r"^# (?P<key>[a-z-]+): (?P<value>.+)$")
_CLAIM = re.compile(r"^# torch: (?P<expression>.+)$")
_TITLE = re.compile(r"^(?P<name>[a-z0-9-]+) \((?P<code>TTL\d{3})\)$")
_KINDS = frozenset({"bad", "good", "fix", "torch"})


# Rules that speak of a call which other examples make by the way: only their own page and cases mark them.
EVERYWHERE = frozenset({"TTL406"})


class MalformedError(ValueError):
    """A page or a file of cases does not follow the format."""


@dataclass(frozen=True)
class Sample:
    """A piece of code with marks: a block of a page, or a case.

    Args:
        path: the file that holds it.
        number: its place among the samples of that file, from 1.
        line: the line of the file on which its code starts, from 1.
        kind: `bad`, `good`, `torch` or `case`.
        code: its text.
        title: what a case says of itself; of a `fix` block the kind of the fixes.
        options: fields of the settings, as text.
    """

    path: Path
    number: int
    line: int
    kind: str
    code: str
    title: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return what pytest calls it: code and number."""
        return f"{self.path.stem}-{self.number}-{self.kind}"

    @property
    def text(self) -> str:
        """The code, moved down to the line on which it stands in its file, so that every report names real lines."""
        return "\n" * (self.line - 1) + self.code

    @property
    def marks(self) -> list[tuple[int, str]]:
        """Line and code of every finding that the marks announce, in order."""
        return sorted(
            (number, code)
            for number, line in enumerate(self.text.split("\n"), start=1)
            if (mark := _MARK.search(line))
            for code in re.findall(r"TTL\d{3}", mark[1])
        )

    @property
    def claims(self) -> list[tuple[int, str]]:
        """Line and text of every expression that a case claims to be true under torch."""
        return [
            (number, claim["expression"])
            for number, line in enumerate(self.text.split("\n"), start=1)
            if (claim := _CLAIM.match(line))
        ]


@dataclass(frozen=True)
class Page:
    """A rule's page, taken apart."""

    path: Path
    code: str
    name: str
    summary: str
    severity: str
    default: str
    certainty: str
    samples: tuple[Sample, ...]
    links: tuple[str, ...]

    def subject_of(self, block: Sample) -> Sample:
        """Return the block that a torch block speaks of, or the bad one that a fix block shows repaired."""
        above = [each for each in self.samples[: block.number - 1] if each.kind != "torch"]
        if block.kind == "fix" and above and self.samples[block.number - 2].kind != "bad":
            above = [each for each in above if each.kind == "bad"][:1]
        if not above:
            raise MalformedError(f"{block.path}:{block.line}: a {block.kind} block needs another block above it")
        return above[-1]


def read_page(path: Path) -> Page:
    """Take a page apart; raise `MalformedError` where it does not follow the format."""
    tokens = MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))
    inline = [token.content for token in tokens if token.type == "inline"]
    title = _TITLE.match(inline[0]) if inline else None
    if title is None or title["code"] != path.stem:
        raise MalformedError(f"{path}: the first line is `# rule-name ({path.stem})`")
    if inline[2:5] != ["severity", "default", "certainty"]:
        raise MalformedError(f"{path}: a paragraph, then a table of severity, default and certainty")
    severity, default, certainty = inline[5:8]
    links = [
        str(child.attrs["href"])
        for token in tokens
        for child in token.children or ()
        if child.type == "link_open" and "href" in child.attrs
    ]
    fences = [
        (token.info.split(), (token.map or [0])[0] + 2, token.content) for token in tokens if token.type == "fence"
    ]
    samples: list[Sample] = []
    for (language, *words), line, code in fences:
        if language != "python":
            continue
        if not words or words[0] not in _KINDS:
            raise MalformedError(f"{path}:{line - 1}: a python fence is one of {', '.join(sorted(_KINDS))}")
        options = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        kind = " ".join(word for word in words[1:] if "=" not in word)
        samples.append(Sample(path, len(samples) + 1, line, words[0], code, kind, options))
    return Page(
        path, title["code"], title["name"], inline[1], severity, default, certainty, tuple(samples), tuple(links)
    )


def read_cases(path: Path) -> list[Sample]:
    """Cut a file of cases at its `# case:` lines."""
    lines = path.read_text(encoding="utf-8").split("\n")
    starts = [number for number, line in enumerate(lines) if _CASE.match(line)]
    if not starts:
        raise MalformedError(f"{path}: no line `# case: <one sentence>`")
    cases = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True), start=1):
        options = {}
        first = start + 1
        while (option := _CASE_OPTION.match(lines[first])) and option["key"] != "torch":
            options[option["key"]] = option["value"]
            first += 1
        head = _CASE.match(lines[start])
        code = "\n".join(lines[first:end]).rstrip() + "\n"
        cases.append(Sample(path, number, first + 1, "case", code, head["title"] if head else "", options))
    return cases


def all_pages() -> list[Path]:
    """Every page of a rule, in order."""
    return sorted(PAGES.glob("TTL*.md"))


def all_cases() -> list[Path]:
    """Every file of cases, in order."""
    return sorted(CASES.glob("*.py"))


# -- the linter ------------------------------------------------------------------------------------------------------


def settings_for(options: Mapping[str, str]) -> typing.Any:
    """Return the default settings with what a sample's options set, as a configuration file would."""
    from torchtielint.config import settings_from_layers
    from torchtielint.engine import catalogue
    from torchtielint.options import layer_from_table

    table = {key: text if key == "certainty" else re.split(r"[,\s]+", text) for key, text in options.items()}
    layer = layer_from_table(table, where="the sample", folder=str(ROOT))
    return settings_from_layers(catalogue(), [layer], folder=str(ROOT))


def findings_of(sample: Sample) -> list[typing.Any]:
    """Return what the linter finds in a sample, at the lines of the file that holds it."""
    from torchtielint.engine import check_source

    path = f"{sample.path.stem.lower()}_{sample.number}.py"
    found = check_source(sample.text.encode(), path=path, settings=settings_for(sample.options))
    return [each for each in found if each.code not in EVERYWHERE or each.code == sample.path.stem]


def marks_differ(sample: Sample) -> str:
    """Say how the findings differ from the marks; empty where they agree."""
    found = findings_of(sample)
    marks = Counter(sample.marks)
    actual = Counter((each.range.start.line, each.code) for each in found)
    if marks == actual:
        return ""
    lines = sample.text.split("\n")
    report = [f"{sample.path.name}: {sample.title or sample}"]
    for line, code in sorted((marks - actual).elements()):
        report.append(f"  not found   {line} {code}    | {lines[line - 1].strip()}")
    for each in found:
        place = (each.range.start.line, each.code)
        verdict = "found       " if marks[place] else "not expected"
        marks[place] -= 1
        report.append(f"  {verdict} {place[0]} {place[1]} {each.message}    | {lines[place[0] - 1].strip()}")
    return "\n".join(report)


def fixed(sample: Sample) -> tuple[str, list[typing.Any]]:
    """Return what all fixes make of a sample without its marks, and the findings that were fixed."""
    from torchtielint.engine import Target
    from torchtielint.fix_command import OwnFixes, fixed_source
    from torchtielint.importable import new_project
    from torchtielint.source import decode

    code = _MARKED.sub("", sample.code)
    name = f"{sample.path.stem.lower()}_{sample.number}.py"
    target = Target(str(Path(tempfile.gettempdir()) / name), name, settings_for(sample.options))
    done = fixed_source(decode(code, name), target, new_project, OwnFixes(unsafe=True))
    return done.source.text, list(done.made)


# -- torch -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def raises(expected: type[BaseException], part: str = "") -> Iterator[None]:
    """Assert that the body raises that type, with that text in its message."""
    try:
        yield
    except expected as error:
        if part not in str(error):
            raise AssertionError(f"the message is {str(error)!r}") from error
    else:
        raise AssertionError(f"{expected.__name__} was not raised")


def error(function: Callable[[], object]) -> str:
    """Return `Type: message` of what calling the function raises; empty if it returns."""
    try:
        function()
    except Exception as raised:  # whatever it raises is the answer
        return f"{type(raised).__name__}: {raised}"
    return ""


def parameter_names(module: typing.Any) -> list[str]:
    """Return the names of a module's parameters, in order."""
    return [name for name, _ in module.named_parameters()]


@contextlib.contextmanager
def usual_recursion_limit() -> Iterator[None]:
    """That of Python: the linter sets a higher one, and a model that holds itself takes seconds to reach it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextlib.contextmanager
def fresh_namespace(name: str) -> Iterator[dict[str, typing.Any]]:
    """Yield the namespace of a new module, importable by that name so that its classes can be pickled."""
    with warnings.catch_warnings(), usual_recursion_limit():
        warnings.simplefilter("ignore")
        import torch

        module = types.ModuleType(name)
        sys.modules[name] = module
        helpers = {"raises": raises, "error": error, "parameter_names": parameter_names}
        module.__dict__.update(torch=torch, nn=torch.nn, **helpers)
        random_state = torch.get_rng_state()
        torch.manual_seed(0)
        try:
            yield module.__dict__
        finally:
            torch.set_rng_state(random_state)
            del sys.modules[name]


def run_torch_block(page: Page, block: Sample) -> None:
    """Run a torch block after the block that it speaks of."""
    with fresh_namespace(f"page_{page.code.lower()}") as namespace:
        for each in (page.subject_of(block), block):
            exec(compile(each.text, str(each.path), "exec"), namespace)


def run_claims(case: Sample) -> None:
    """Run a case and assert what its `# torch:` lines claim."""
    with fresh_namespace(f"case_{case.path.stem.lower()}") as namespace, tempfile.TemporaryDirectory() as folder:
        exec(compile(case.text, str(case.path), "exec"), namespace)
        namespace["scratch_file"] = str(Path(folder) / "scratch")
        for line, claim in case.claims:
            result = eval(compile(claim, f"{case.path}:{line}", "eval"), namespace)
            if not result:
                raise AssertionError(f"{case.path}:{line}: false under torch: {claim}")


# -- by hand ---------------------------------------------------------------------------------------------------------


def problem_of(sample: Sample, page: Page | None, *, linter: bool) -> str:
    """Say what of a sample does not hold; empty where all of it does."""
    try:
        if sample.kind == "torch" and page:
            run_torch_block(page, sample)
        if sample.claims:
            run_claims(sample)
        return marks_differ(sample) if linter and sample.kind != "torch" else ""
    except Exception:  # whatever a sample raises is its problem
        return f"{sample.path}:{sample.line}: {sample.title or sample}\n{traceback.format_exc(limit=-1)}"


def main(arguments: list[str]) -> int:
    """Print what does not hold in the given files (all pages and cases by default); `--torch` leaves the linter out."""
    linter = "--torch" not in arguments
    paths = [Path(each) for each in arguments if each != "--torch"] or [*all_pages(), *all_cases()]
    problems = 0
    for path in paths:
        page = read_page(path) if path.suffix == ".md" else None
        for sample in page.samples if page else read_cases(path):
            problem = problem_of(sample, page, linter=linter)
            problems += bool(problem)
            sys.stdout.write(problem + "\n" * bool(problem))
    sys.stdout.write(f"{problems} problem(s) in {len(paths)} file(s)\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
