"""Puts mistakes that have fixes into published classes, fixes them, and compares the result.

`python benchmarks/repairs.py` prints a row for each rule: mistakes, those that a fix was made for, and those whose
class then has the very parameters, by name and shape, of the class with the same written rightly, and no longer the
effect of the mistake. Exits with 1 where a fix was made and that is not so. It runs published code, as `injection.py`.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from injections.everything import INJECTIONS
from injections.hosting import usable_hosts
from injections.measure import Case, plan, write
from injections.packages import default_cache
from injections.processes import answered

from torchtielint import engine
from torchtielint.config import Settings, settings_from_layers
from torchtielint.findings import Certainty, Finding
from torchtielint.fix_command import fixed_source
from torchtielint.importable import new_project
from torchtielint.options import Layer
from torchtielint.selectors import Selection
from torchtielint.source import decode

FIXABLE = """TTL101 TTL102 TTL103 TTL104 TTL105 TTL106 TTL109 TTL112 TTL113 TTL116 TTL118 TTL123 TTL201 TTL204 TTL301
TTL302 TTL303 TTL401 TTL406 TTL504""".split()
_SHAPES = "{{name: tuple(one.shape) for name, one in {model}.named_parameters()}}"
# The fix calls the successor of what its twin calls, whose parameters have other names.
_RENAMES = frozenset({"TTL401"})


@dataclass(frozen=True, slots=True)
class OneRule:
    """All fixes of one rule."""

    code: str

    def prepared(self, finding: Finding, _text: str) -> Finding:
        """The finding as it is."""
        return finding

    def wanted(self, finding: Finding) -> bool:
        """Whether it is one of this rule with a fix."""
        return finding.fix is not None and finding.code == self.code


def repaired(case: Case, root: Path, settings: Settings) -> list[str]:
    """Write the fixed project of a case beside the others; the kinds of the fixes, none where nothing was fixed."""
    folder = root / f"fixed_{case.name}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    kinds: list[str] = []
    for name in case.bad.files:
        path = root / f"bad_{case.name}" / name
        source = decode(path.read_bytes(), str(path))
        project = functools.lru_cache(new_project)
        done = fixed_source(source, engine.Target(str(path), str(path), settings), project, OneRule(case.code))
        text = done.source.text.replace(f"bad_{case.name}", folder.name)
        (folder / name).write_text(text, encoding="utf-8")
        kinds += [one.fix.applicability.value for one in done.made if one.fix is not None]
    return kinds


def questions(case: Case) -> list[dict[str, str]]:
    """What is asked: has the fixed class the parameters of its twin, and no effect; had the mistake one before?"""
    twin = f"__import__('importlib').import_module('good_{case.name}.{case.good.main}').{case.good.kind}(**arguments)"
    task = {
        "kind": "ask",
        "module": f"fixed_{case.name}.{case.bad.main}",
        "origin": f"fixed_{case.name}.model",
        "name": case.bad.kind,
        "arguments": case.host.arguments,
    }
    same = f"{_SHAPES.format(model='make()')} == {_SHAPES.format(model=twin)}"
    if case.code in _RENAMES:
        same = "sorted({}.values()) == sorted({}.values())".format(*same.split(" == "))
    effects = [
        {
            **task,
            "module": f"{kind}_{case.name}.{project.main}",
            "origin": f"{kind}_{case.name}.model",
            "expression": text,
        }
        for kind, project, text in (("bad", case.bad, case.bad.effect), ("good", case.good, f"not ({case.bad.effect})"))
    ]
    return [{**task, "expression": same}, {**task, "expression": f"not ({case.bad.effect})"}, *effects]


def table(
    cases: Sequence[Case], valid: Sequence[Case], kinds: Mapping[str, list[str]], wrong: Mapping[str, str]
) -> str:
    """A row for each rule, and what went wrong."""
    rows = ["| rule | mistakes | fixed | of them unsafe | as written rightly |", "| --- | --- | --- | --- | --- |"]
    counted: dict[str, Counter[str]] = {}
    for case in cases:
        row = counted.setdefault(case.code, Counter())
        row["mistakes"] += 1
    for case in valid:
        counted[case.code]["fixed"] += 1
        counted[case.code]["unsafe"] += "unsafe" in kinds[case.name]
        counted[case.code]["right"] += case.name not in wrong
    every: Counter[str] = sum(counted.values(), Counter())
    for code, row in [*sorted(counted.items()), ("all", every)]:
        rows.append(f"| {code} | {row['mistakes']} | {row['fixed']} | {row['unsafe']} | {row['right']} |")
    said = [
        f"{name}: {case.host.module}.{case.host.name}, {case.column}: {wrong[name]}"
        for case in cases
        for name in [case.name]
        if name in wrong
    ]
    return "\n".join([*rows, "", *said])


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rules", nargs="*", help="only these rules, by code")
    parser.add_argument("--each", type=int, default=2, help="classes for each rule and way [%(default)s]")
    parser.add_argument("--seed", type=int, default=0, help="decides which classes and names [%(default)s]")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once [%(default)s]")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder of unpacked packages [%(default)s]")
    options = parser.parse_args()
    hosts, environment = usable_hosts(options.cache.resolve(), seed=options.seed, jobs=options.jobs)
    chosen = [INJECTIONS[code] for code in options.rules or FIXABLE if code in INJECTIONS]
    layer = Layer(
        "this benchmark", str(Path.cwd()), selection=Selection(extend_select=tuple(FIXABLE)), certainty=Certainty.HINT
    )
    settings = settings_from_layers(engine.catalogue(), [layer], folder=str(Path.cwd()))
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        cases = plan(chosen, hosts, each=options.each, seed=options.seed)
        write(cases, root)
        kinds = {case.name: repaired(case, root, settings) for case in cases}
        fixed = [case for case in cases if kinds[case.name]]
        tasks = [task for case in fixed for task in questions(case)]
        answers = answered(tasks, environment, folder=root, jobs=options.jobs)
    wrong: dict[str, str] = {}
    valid = []
    for case, same, gone, *before in zip(fixed, *(answers[start::4] for start in range(4)), strict=True):
        if not all(one.get("value") is True for one in before):
            continue  # torch does not see the mistake as planned
        valid.append(case)
        if same.get("value") is not True:
            wrong[case.name] = same.get("error", "other parameters")
        elif gone.get("value") is not True:
            wrong[case.name] = gone.get("error", "the effect is still there")
    sys.stdout.write(f"{table(cases, valid, kinds, wrong)}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
