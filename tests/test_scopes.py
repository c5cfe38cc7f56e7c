"""What findings are about, where their rule names nothing."""

from __future__ import annotations

import pytest

from torchtielint.checks.registry import all_rules
from torchtielint.checks.run import check_text
from torchtielint.semantics.scopes import scope_at, scopes

SOURCE = """\
import torch

@decorated(
    1)
class A:
    x = 1
    def f(self):
        if x:
            async def g(): return 2
        return 3

def h(): pass
"""


@pytest.mark.parametrize(
    ("line", "name"),
    [(1, ""), (3, "A"), (4, "A"), (6, "A"), (8, "A.f"), (9, "A.f.g"), (10, "A.f"), (11, ""), (12, "h")],
)
def test_the_innermost_scope(line, name):
    """Decorators belong to what they decorate."""
    assert name == scope_at(line, scopes(SOURCE))


def test_a_text_that_ast_does_not_read_has_no_scopes():
    """It may be newer than the running Python."""
    assert [] == scopes("def f(:")


def test_every_finding_has_a_symbol():
    """Fingerprints and baselines are made of it; at the top of a module there is nothing to name."""
    text = (
        "import torch\nfrom torch import nn\n\n\nclass Stack(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.layers = nn.ModuleList([nn.Linear(2, 2)] * 3)\n\n\n"
        "layers = nn.ModuleList([nn.Linear(2, 2)] * 3)\n"
    )
    found = check_text(text, path="a.py", rules=list(all_rules().values()))

    assert [("TTL301", ""), ("TTL301", "Stack.__init__")] == sorted((one.code, one.symbol) for one in found)
