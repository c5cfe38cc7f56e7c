"""What is found where a text has changed, without the rest being run: the same as when all of it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import ROOT, settings_from_layers

from torchtielint import engine
from torchtielint.checks.again import Before, check_again
from torchtielint.checks.registry import all_rules, rules_of
from torchtielint.checks.run import check_text
from torchtielint.findings import Applicability, Edit, Fix, Position
from torchtielint.semantics.index import index_source
from torchtielint.server.checking import Checker, Job, Open

TEXT = (ROOT / "examples" / "mistakes.py").read_text()
PATH = "mistakes.py"
RULES = rules_of([code for code, rule in all_rules().items() if rule.default])
STATEMENTS = index_source(TEXT).statements


def whole(text: str) -> list[tuple]:
    """What a whole check finds."""
    return shown(check_text(text, path=PATH, rules=RULES))


def shown(findings) -> list[tuple]:
    """Findings with their places, in order."""
    found = [(one.range, one.code, one.message, tuple(note.range for note in one.notes)) for one in findings]
    return sorted(found)


@pytest.fixture(scope="module")
def before():
    """What was found at first."""
    return Before.of(TEXT, check_text(TEXT, path=PATH, rules=RULES))


def again(text: str, before: Before):
    """What is found with little effort."""
    return check_again(text, before, path=PATH, rules=RULES, file=PATH, project=None)


@pytest.mark.parametrize("number", range(1, len(STATEMENTS), 7))
def test_a_changed_statement_and_those_that_moved_have_the_findings_of_a_whole_check(number, before):
    """Wherever it stands in the file."""
    lines = TEXT.split("\n")
    at = STATEMENTS[number].last_line
    indent = lines[at - 1][: len(lines[at - 1]) - len(lines[at - 1].lstrip())]
    text = "\n".join(["# above", *lines[:at], f"{indent}one_more = 1", *lines[at:]])

    assert whole(text) == shown(again(text, before))


def test_a_mistake_that_is_mended_or_made_is_seen(before):
    """In the statement itself."""
    mended = TEXT.replace("nn.ModuleList([", "nn.ModuleList(list([", 1)
    assert mended != TEXT
    late = ["class Late(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    made = "\n".join([TEXT, "", *late, "        self.a = [nn.Linear(1, 1)]", ""])

    assert whole(made) == shown(again(made, before))
    assert len(whole(made)) == len(before.findings) + 1


def test_only_a_whole_check_can_tell_what_imports_change(before):
    """Or very much else."""
    assert None is again(TEXT.replace("import torch\n", "import torch as t\n", 1), before)
    assert None is again("".join(f"x{number} = {number}\n" for number in range(20)), before)


def test_a_fix_moves_with_its_finding_and_goes_with_what_it_would_change(before):
    """Edits in other statements that changed are not known any more."""
    first, *_ = before.findings
    fixed = replace(first, fix=Fix("mend", Applicability.SAFE, (Edit(first.range, ""),)))
    place = replace(first.range, start=Position(1, 1))
    elsewhere = replace(first, fix=Fix("mend", Applicability.SAFE, (Edit(place, ""),)))
    moved = again(f"\n{TEXT}", replace(before, findings=(fixed,)))
    lost = again(f"\n{TEXT}", replace(before, findings=(elsewhere,)))

    assert moved[0].range == moved[0].fix.edits[0].range
    assert first.range.start.line + 1 == moved[0].range.start.line
    assert None is lost[0].fix


def test_a_check_that_is_given_up_ends(tmp_path):
    """Before it begins, and while it runs; the next one is whole."""
    checker = Checker(str(tmp_path))
    shown = Open(str(tmp_path / PATH), TEXT)
    assert None is checker.check(shown, Job(given_up=True))

    class GivenUpLater(Job):
        asked = 0

        def checkpoint(self) -> None:
            self.asked += 1
            self.given_up = self.asked > 5
            super().checkpoint()

    late = GivenUpLater()
    assert None is checker.check(shown, late)
    assert 6 == late.asked
    assert None is checker.quickly(shown, Job())
    full = checker.check(shown, Job())
    assert full == checker.quickly(shown, Job())
    checker.close(shown.name)
    assert None is checker.quickly(shown, Job())


def test_a_finding_that_nobody_asks_for_costs_nothing(monkeypatch):
    """The rule is off, and what it needs is not worked out; a rule that is on finds what it did."""
    from torchtielint.semantics import mentions

    init = "    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(1, 1)\n"
    forward = "    def forward(self, x):\n        return x\n"
    text = f"from torch import nn\nclass A(nn.Module):\n{init}{forward}"
    catalogue = engine.catalogue()
    on = settings_from_layers(catalogue, [], folder="/")
    assert ["TTL702"] == [
        one.code for one in engine.check_source(text, path="a.py", settings=replace(on, codes=frozenset({"TTL702"})))
    ]
    monkeypatch.setattr(mentions.Mentions, "of", None)
    assert () == engine.check_source(text, path="a.py", settings=on)
