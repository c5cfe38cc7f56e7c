"""The machine under the rules: states that branch and join, statements that run when needed, bounds that hold."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchtielint.checks.registry import all_rules
from torchtielint.checks.run import check_text
from torchtielint.semantics import index as index_module
from torchtielint.semantics.index import StatementKind, index_source
from torchtielint.semantics.state import State
from torchtielint.semantics.values import (
    ABSENT,
    NONE,
    UNKNOWN,
    Const,
    Union,
    is_unknown,
    join,
    members,
    truth,
    without_none,
)

VALUES = st.sampled_from([NONE, UNKNOWN, Const.of(1), Const.of(True), Const.of(1.0), Const.of("a"), ABSENT])


def found(code: str) -> list[tuple[int, str]]:
    """The line and code of each finding in some code."""
    rules = list(all_rules().values())
    findings = check_text(textwrap.dedent(code), path="model.py", rules=rules)
    return sorted((one.range.start.line, one.code) for one in findings)


@given(st.lists(VALUES, min_size=1), st.lists(VALUES, min_size=1))
def test_joining_is_a_set_union(first, second):
    """Whatever the order and however nested."""
    assert set(members(join([join(first), join(second)]))) == set(first) | set(second)


def test_true_one_and_one_point_zero_are_three_constants():
    """Though Python calls them equal: a `bias=True` is no `bias=1`."""
    assert 3 == len(members(join([Const.of(True), Const.of(1), Const.of(1.0)])))


def test_an_alternative_of_none_is_dropped_where_a_value_is_used():
    """None would have raised there."""
    assert Const.of("a") == without_none(Union((NONE, Const.of("a"))))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Const.of(0), False), (Const.of("x"), True), (UNKNOWN, None), (Union((Const.of(1), NONE)), None)],
)
def test_truth_is_known_or_none(value, expected):
    """Alternatives that disagree are not known."""
    assert truth(value) is expected


def test_branches_join_and_leave_the_rest():
    """A name that one branch binds may be absent afterwards; what no branch touched is as before."""
    base = State()
    base.set((1, "kept"), Const.of(0))
    left, right = State(base), State(base)
    left.set((1, "x"), Const.of(1))
    right.set((1, "y"), Const.of(2))

    base.absorb([left.changes_since(base), right.changes_since(base)])

    assert {Const.of(1), ABSENT} == set(members(base.get((1, "x"))))
    assert Const.of(0) == base.get((1, "kept"))
    assert base.alive


def test_code_after_branches_that_all_leave_is_dead():
    """As after `if x: return` / `else: raise`."""
    base = State()

    base.absorb([])

    assert not base.alive


def test_unknown_is_seen_among_alternatives():
    """One unknown alternative is enough to be silent."""
    assert is_unknown(Union((Const.of(1), UNKNOWN)))


def test_statements_on_one_line_are_one_piece():
    """They cannot be cut apart by lines."""
    statements = index_source("import torch; x = 1\n@wrap\ndef f():\n    pass\n").statements

    assert [(1, 1), (2, 4)] == [(one.first_line, one.last_line) for one in statements]
    assert ("torch", "x") == statements[0].binds


def test_data_waits_until_something_needs_it():
    """A table at module level is no code; a call is."""
    kinds = [one.kind for one in index_source("TABLE = {'a': 1}\nmodel = build()\nfrom x import *\n").statements]

    assert [StatementKind.DATA, StatementKind.CODE, StatementKind.IMPORT] == kinds


def test_syntax_that_the_running_python_does_not_know_goes_to_libcst(monkeypatch):
    """The findings are the same, on the same lines."""
    code = """
        import torch
        from torch import nn


        class Stack(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = [nn.Linear(2, 2)]
    """
    expected = found(code)

    def refuse(text: str) -> None:
        raise SyntaxError("too new", ("model.py", 1, 1, text))

    monkeypatch.setattr(index_module.ast, "parse", refuse)

    assert [(9, "TTL104")] == expected == found(code)


def test_a_name_bound_later_in_the_file_is_found():
    """Functions run after the module is complete, whatever the order of definitions."""
    code = """
        import torch
        from torch import nn

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = make() * WIDTH

        def make():
            return nn.Parameter(torch.ones(3))

        WIDTH = 4
    """

    assert [(8, "TTL101")] == found(code)


@pytest.mark.parametrize("rungs", [3, 150, 400])
def test_a_long_ladder_hides_nothing(rungs):
    """`elif` is nested in the tree and flat in the file."""
    ladder = "".join(f"        elif kind == {number}:\n            self.n = {number}\n" for number in range(rungs))
    code = (
        "import torch\nfrom torch import nn\nclass A(nn.Module):\n    def __init__(self, kind):\n"
        "        super().__init__()\n        self.layers = [nn.Linear(1, 1)]\n"
        "        if kind is None:\n            pass\n" + ladder
    )

    assert [(6, "TTL104")] == found(code)


def test_methods_that_call_each_other_in_every_way_come_to_an_end():
    """And the findings beside them are there, with no complaint about a budget."""
    methods = "".join(
        f"    def m{number}(self, x):\n        return {' + '.join(f'self.m{other}(x)' for other in range(40))}\n"
        for number in range(40)
    )
    code = (
        "import torch\nfrom torch import nn\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = [nn.Linear(1, 1)]\n" + methods
    )

    assert [(6, "TTL104")] == found(code)


@pytest.mark.parametrize("depth", [2, 6, 14])
def test_loops_in_loops_are_not_run_one_by_one(depth):
    """The number of rounds would grow with the power of the depth."""
    lines = ["import torch", "from torch import nn", "layer = nn.Linear(2, 2)"]
    lines += ["    " * level + f"for i{level} in range(5):" for level in range(depth)]
    lines.append("    " * depth + "layer.weight.fill_(0)")

    assert [(len(lines), "TTL204")] == found("\n".join(lines))


def test_a_class_whose_methods_call_what_defines_it_is_judged_once():
    """Each call defines it anew."""
    code = """
        import torch
        from torch import nn

        def load():
            class A(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layers = [nn.Linear(1, 1)]

                def forward(self, x):
                    load()
                    return x

            return A
    """

    assert [(9, "TTL104")] == found(code)


def test_long_chains_of_elementwise_operations_come_to_an_end():
    """Each tensor is made of two others that are made of the two before: a walk over all ways would never end."""
    lines = "        a, b = a * b + a, b * a - b\n" * 60
    text = (
        "import torch\nfrom torch import nn\n\n\nclass M(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        a, b = torch.tensor(1.0), torch.tensor(2.0)\n"
        f"{lines}        self.scale = a\n\n    def forward(self, x):\n        return x * self.scale\n"
    )
    assert found(text) == []
