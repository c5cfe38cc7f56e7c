"""What repairs do beside what the pages show, and above all what they leave to people."""

from __future__ import annotations

import textwrap

import pytest
from page_harness import settings_for

from torchtielint.engine import Target
from torchtielint.fix_command import OwnFixes, fixed_source
from torchtielint.importable import new_project
from torchtielint.source import decode

SETTINGS = settings_for({})


def fixed(text: str, *, unsafe: bool = True) -> str:
    """A text after its fixes."""
    target = Target("/nowhere/model.py", "model.py", SETTINGS)
    return fixed_source(decode(text, "model.py"), target, new_project, OwnFixes(unsafe=unsafe)).source.text


def model(*init: str, rest: str = "", head: str = "import torch\nfrom torch import nn", base: str = "nn.Module") -> str:
    """A class with these lines in its constructor."""
    lines = "".join(f"        {line}\n" for line in ("super().__init__()", *init))
    below = textwrap.indent(textwrap.dedent(rest), "    ")
    return f"{head}\n\n\nclass Model({base}):\n    def __init__(self, size, items):\n{lines}{below}"


ONES = "nn.Parameter(torch.ones(2))"
LAYERS = "self.layers = [nn.Linear(size, size) for _ in range(3)]"
IN_A_LIST = "self.layers = nn.ModuleList([nn.Linear(size, size) for _ in range(3)])"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("self.x = nn.Linear(2, 2), nn.ReLU()", "nn.ModuleList((nn.Linear(2, 2), nn.ReLU()))"),
        (
            "self.x = (nn.Linear(2, 2), nn.ReLU())",
            "nn.ModuleList((nn.Linear(2, 2), nn.ReLU()))",
        ),
        ("self.x = ([nn.Linear(size, 2)])", "(nn.ModuleList([nn.Linear(size, 2)]))"),
        ("self.x = (nn.Linear(i, 2) for i in items)", "nn.ModuleList((nn.Linear(i, 2) for i in items))"),
        ("self.x = {'a': nn.Linear(size, 2)}", "nn.ModuleDict({'a': nn.Linear(size, 2)})"),
        ("self.x: list = [nn.Linear(size, 2)]", "nn.ModuleList([nn.Linear(size, 2)])"),
    ],
)
def test_containers_are_wrapped_however_they_are_written(before, after):
    """Their own parentheses stay theirs, and an annotation says what is there."""
    target = before.partition(" = ")[0].replace(": list", ": nn.ModuleList")

    assert model(f"{target} = {after}") == fixed(model(before), unsafe=False)


@pytest.mark.parametrize(
    "rest",
    [
        "def forward(self, x):\n    self.layers.reverse()\n",
        "def grow(self):\n    self.layers = []\n",
        "def grow(self, n):\n    self.layers.append([nn.Linear(n, n)])\n",
        "def grow(self):\n    self.layers.append('end')\n",
    ],
)
def test_what_torch_containers_cannot_do_is_left_alone(rest):
    """A method that they lack, another assignment, contents that they refuse."""
    assert model(LAYERS, rest=rest) == fixed(model(LAYERS, rest=rest))


@pytest.mark.parametrize(
    "rest",
    [
        "def forward(self, x):\n    return build(self.layers)\n",
        "def forward(self, x):\n    layers = self.layers\n    return layers\n",
        "def grow(self, made):\n    self.layers.append(made)\n",
        "def same(self, other):\n    return self.layers == other\n",
    ],
)
def test_what_is_not_seen_to_the_end_is_unsafe(rest):
    """The container goes elsewhere, or something unknown comes in."""
    before = model(LAYERS, rest=rest)

    assert (before, model(IN_A_LIST, rest=rest)) == (fixed(before, unsafe=False), fixed(before))


@pytest.mark.parametrize("key", ["0", "'type'", "'a.b'", "''", "(1, 2)"])
def test_keys_that_a_module_dict_refuses(key):
    """The dict is left alone."""
    before = model(f"self.x = {{{key}: nn.Linear(size, 2)}}")

    assert before == fixed(before)


@pytest.mark.parametrize(
    ("head", "base", "made", "after"),
    [
        ("import torch", "torch.nn.Module", "torch.nn", "torch.nn.ModuleList"),
        ("import torch.nn as tnn", "tnn.Module", "tnn", "tnn.ModuleList"),
        ("import torch as th", "th.nn.Module", "th.nn", "th.nn.ModuleList"),
    ],
)
def test_names_are_written_as_the_file_writes_them(head, base, made, after):
    """By its own imports."""
    before = model(f"self.x = [{made}.Linear(size, 2)]", head=head, base=base)

    assert model(f"self.x = {after}([{made}.Linear(size, 2)])", head=head, base=base) == fixed(before)


def test_an_import_is_added_once():
    """To the one that takes names from the same module, in its order."""
    head, after = "from torch.nn import Linear, Module", "from torch.nn import Linear, Module, ModuleList"
    before = model("self.x = [Linear(size, 2)]", "self.y = [Linear(size, 2)]", head=head, base="Module")
    wrapped = [f"self.{name} = ModuleList([Linear(size, 2)])" for name in "xy"]

    assert model(*wrapped, head=after, base="Module") == fixed(before)


def test_an_import_does_not_hide_a_name():
    """Where `copy` is something else, nothing is copied."""
    before = (
        model("block = nn.Linear(size, 2)", "self.x = nn.ModuleList([block] * 3)") + "\n\ndef copy(x):\n    return x\n"
    )

    assert before == fixed(before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("self.w = 2 * nn.Parameter(torch.ones(2) + 1)", "nn.Parameter(2 * (torch.ones(2) + 1))"),
        (
            "self.w = nn.Parameter(torch.ones(2), requires_grad=False) * 2",
            "nn.Parameter(torch.ones(2) * 2, requires_grad=False)",
        ),
        ("self.w = nn.Parameter(data=torch.ones(2)) * 2", "nn.Parameter(data=torch.ones(2) * 2)"),
    ],
)
def test_operations_move_inside(before, after):
    """With the arguments and the precedence that there are."""
    assert model(f"self.w = {after}") == fixed(model(before), unsafe=False)


@pytest.mark.parametrize("value", [f"{ONES} * {ONES}", f"{ONES}.data"])
def test_operations_that_do_not_move(value):
    """Two Parameters would become one; a plain tensor may be what is wanted."""
    assert model(f"self.w = {value}") == fixed(model(f"self.w = {value}"))


def test_comments_and_lines_stay():
    """Inside of what is repaired."""
    before = model("self.layers = [  # the layers", "    nn.Linear(size, size),  # first", "]  # all")
    after = model("self.layers = nn.ModuleList([  # the layers", "    nn.Linear(size, size),  # first", "])  # all")

    assert after == fixed(before)


def test_a_call_of_super_goes_below_what_its_arguments_need():
    """And no further up than it has to where another parent may call methods."""
    before = """\
from torch import nn

class Base(nn.Module):
    def __init__(self, size):
        super().__init__()

class Model(Base):
    def __init__(self, size):
        self.size = size
        size = size + 1
        self.fc = nn.Linear(size, 2)
        # the parent
        super().__init__(size)
"""
    call = "        # the parent\n        super().__init__(size)\n"
    made = "        self.fc = nn.Linear(size, 2)\n"
    after = before.replace(made + call, call + made)

    assert after == fixed(before)


LEFT_TO_PEOPLE = """\
class Model(nn.Module):
    w = nn.Parameter(torch.ones(2))

print(Model.w)
---
class Model(nn.Module):
    w = nn.Parameter(torch.ones(2))
    v = w.shape
---
class Base:
    def __init__(self, size):
        pass

class Model(Base, nn.Module):
    w = nn.Parameter(torch.ones(2))
---
class Model(nn.Module):
    def __init__(self, act=nn.PReLU()):
        super().__init__()
        self.act = act if act is not None else nn.ReLU()
---
@dataclasses.dataclass(order=True)
class Model(nn.Module):
    size: int = 3

    def __post_init__(self):
        super().__init__()
---
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2, bias=False)
        self.fc.bias = torch.zeros(2)
---
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))

    def cut(self):
        self.w = self.w.half()
---
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))

    def forward(self, x):
        self.w = self.w * 2
        return x * self.w
"""


@pytest.mark.parametrize("text", LEFT_TO_PEOPLE.split("---\n"))
def test_what_is_left_to_people(text):
    """A name read through the class, a None with a meaning, an order, an empty slot, another type, a forward."""
    before = f"import dataclasses\n\nimport torch\nfrom torch import nn\n\n\n{text}"

    assert before == fixed(before)


HOOKS = "from torch import nn\nfrom torch.nn.utils import weight_norm"


def test_a_hook_is_replaced_where_it_is_called_and_only_there():
    """A silenced call keeps its function, and so does one through `map`."""
    lines = ["self.a = weight_norm(nn.Linear(2, 2))", "self.b = weight_norm(nn.Linear(2, 2))  # noqa: TTL406"]
    lines.append("self.c = nn.Sequential(*map(weight_norm, [nn.Linear(2, 2)]))")
    after = ["self.a = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))", *lines[1:]]

    assert model(*after, head=HOOKS) == fixed(model(*lines, head=HOOKS))


def test_an_import_moves_with_all_of_its_uses():
    """Where none is silenced."""
    lines = ["self.a = weight_norm(nn.Linear(2, 2))", "self.b = weight_norm(nn.Linear(2, 2))"]
    after = HOOKS.replace("utils import", "utils.parametrizations import")

    assert model(*lines, head=after) == fixed(model(*lines, head=HOOKS))


def test_a_hook_that_is_removed_somewhere_stays():
    """Its removal is another function, too."""
    rest = "def plain(self):\n    nn.utils.remove_weight_norm(self.a)\n"
    before = model("self.a = weight_norm(nn.Linear(2, 2))", rest=rest, head=HOOKS)

    assert before == fixed(before)


def test_every_unsafe_fix_says_so():
    """`--fix` alone makes none of them."""
    before = model("self.x = nn.ModuleList([nn.Linear(2, 2)] * 3)")

    assert before == fixed(before, unsafe=False)
