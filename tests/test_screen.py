"""Statements that are not run: what is found is what is found when all are."""

import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from torchtielint.checks.registry import all_rules
from torchtielint.checks.run import RECURSION_LIMIT, check_text
from torchtielint.semantics.index import index_source
from torchtielint.semantics.program import Program
from torchtielint.semantics.project import Project
from torchtielint.semantics.screen import screened

sys.setrecursionlimit(RECURSION_LIMIT)  # the linter does, and hypothesis minds it when an example does
RULES = [rule for rule in all_rules().values() if rule.default]
HEAD = "import copy\nimport torch\nfrom torch import nn\nfrom torch.nn import Parameter as P\n\n\n"


def run_of(text: str) -> set[str]:
    """The names of the statements of a text that are run."""
    chosen = screened(Program.of("model.py", text, index_source(text)), None)
    assert chosen is not None
    return {name for statement in chosen.run for name in statement.binds}


def test_a_model_as_everybody_writes_it_is_not_run():
    """Layers, containers, loops, Parameters of fresh values, an init function, a forward, and who builds it."""
    text = HEAD + textwrap.dedent(
        '''
        def init(module):
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)


        class Block(nn.Module):
            """It says `.data` and requires_grad in its documentation only."""

            def __init__(self, dim, norm=nn.LayerNorm, depth=2):
                super().__init__()
                self.norm = norm(dim)
                self.scale = nn.Parameter(1e-6 * torch.ones(dim))
                layers = []
                for at in range(depth):
                    layers.append(nn.Linear(dim, dim))
                    if at:
                        layers.append(nn.ReLU())
                self.mlp = nn.Sequential(*layers)
                self.register_buffer("steps", torch.zeros(1))

            def forward(self, x):
                return x + self.scale * self.mlp(self.norm(x))


        class Model(nn.Module):
            def __init__(self, dim=8, depth=3, classes=10):
                super().__init__()
                self.dim = dim
                self.blocks = nn.ModuleList([Block(dim) for _ in range(depth)])
                self.head = nn.Linear(dim, classes) if classes else nn.Identity()
                self.token = P(torch.zeros(1, 1, dim))
                self.apply(init)

            def reset_classifier(self, classes):
                self.head = nn.Linear(self.dim, classes)

            def forward(self, x):
                x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
                for block in self.blocks:
                    x = block(x)
                return self.head(x.mean(1))


        def small(pretrained=False, **kwargs):
            arguments = dict(dim=4, depth=2)
            return Model(**dict(arguments, **kwargs))
        '''
    )
    assert set() == run_of(text)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("self.a = [nn.Linear(2, 2)]", "a plain list"),
        ("self.a = torch.zeros(2)", "a plain tensor"),
        ("self.a = P(torch.arange(2))", "a Parameter of integers"),
        ("self.a = P(torch.ones(2)) * 2", "a Parameter that is lost"),
        ("self.a = nn.Linear(2, 2)\n        self.b = nn.Sequential(self.a, self.a)", "one layer twice"),
        ("layer = nn.Linear(2, 2)\n        self.a = nn.ModuleList([layer for _ in range(2)])", "one layer many times"),
        ("for _ in range(2):\n            self.a = nn.Linear(2, 2)", "a loop over one name"),
        ("self.a = self", "a module in itself"),
        ("self.train = nn.Linear(2, 2)", "a name of torch's"),
        ("self.a = nn.Linear(2, 2)\n        self.a.weight = P(torch.ones(2, 2))", "a weight is replaced"),
        ("self.a = nn.Sequential([nn.Linear(2, 2)])", "a list for a Sequential"),
        ("self.a = self.register_buffer('b', torch.ones(2))", "the result of a registration"),
    ],
)
def test_what_a_rule_may_speak_about_is_run(line, why):
    """One line is enough for its class."""
    text = HEAD + f"class Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {line}\n"
    assert {"Model"} == run_of(text), why


def test_a_suspicious_base_in_another_file_is_seen(tmp_path):
    """Its subclass is run too."""
    (tmp_path / "base.py").write_text(
        HEAD + "class Base(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = nn.Linear(2, 2)\n        self.b = nn.Linear(2, 2)\n        self.b.weight = self.a.weight\n"
    )
    text = (
        "from torch import nn\nfrom base import Base\n\n\nclass Model(Base):\n    def __init__(self):\n"
        "        super().__init__()\n        self.a = nn.Linear(2, 2)\n"
    )
    (tmp_path / "model.py").write_text(text)
    project = Project(lambda file: Path(file).read_text(encoding="utf-8"))
    program = project.program(str(tmp_path / "model.py"))
    chosen = screened(program, project)
    assert {"Model"} == {name for statement in chosen.run for name in statement.binds}


# Lines of a constructor, of which some are mistakes by themselves, and some only beside another.
LINES = [
    "self.a = nn.Linear(2, 2)",
    "self.b = nn.Linear(2, 2)",
    "self.a = P(torch.ones(2))",
    "self.a = None",
    "self.b = P(torch.empty(2))",
    "self.b = self.a",
    "self.b.weight = self.a.weight",
    "self.b.weight.data = self.a.weight.data",
    "self.layers = [self.a, self.b]",
    "self.layers = nn.ModuleList([make() for _ in range(2)])",
    "self.layers = nn.ModuleList([layer] * 2)",
    "self.layers = nn.Sequential(layer, layer)",
    "self.c = Child(layer)",
    "self.d = Child(layer)",
    "self.c = torch.randn(2)",
    "self.c = self.a * 2",
    "self.register_buffer('c', torch.ones(2))",
    "self.register_parameter('c', P(torch.ones(2)))",
    "nn.init.zeros_(self.b)",
    "self.reset()",
    "self.forward = layer",
    "self.add_module('e', copy.deepcopy(layer))",
    "nn.utils.weight_norm(self.a)",
    "layer = make()",
    "setattr(self, 'f', layer)",
]
FORWARD = [
    "x = self.a(x)",
    "x = self.layers(x)",
    "x = nn.Linear(2, 2)(x)",
    "x = make()(x)",
    "self.a = P(x)",
    "self.b = nn.Linear(2, 2)",
    "x = x * self.c",
    "x = x @ self.b.detach()",
    "self.b.weight.data = x",
]
BASES = ["nn.Module", "Base", "nn.Module, dict"]


@pytest.mark.long
@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), max_size=6),
    st.lists(st.sampled_from(FORWARD), max_size=2),
    st.sampled_from(["super().__init__()", "super().__init__()", "pass", "nn.Module.__init__(self)"]),
    st.sampled_from(BASES),
)
@example(["self.c = self.a * 2", "self.register_buffer('c', torch.ones(2))"], [], "super().__init__()", "nn.Module")
@example(["self.c = self.a * 2", "self.add_module('c', nn.Linear(2, 2))"], [], "super().__init__()", "nn.Module")
@example(["self.b = self.a", "self.b = nn.Linear(2, 2)"], [], "super().__init__()", "Base")
def test_generated_modules_have_the_same_findings(lines, forward, start, base):
    """Byte for byte, with and without the screen."""

    def block(content):
        return "\n        ".join(content or ["pass"])

    text = HEAD + (
        "class Base(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = nn.Linear(2, 2)\n\n\n"
        "class Child(nn.Module):\n    def __init__(self, inner):\n        super().__init__()\n"
        "        self.inner = inner\n\n\n"
        "def make():\n    return nn.Linear(2, 2)\n\n\n"
        f"class Model({base}):\n    def __init__(self, size=2):\n        layer = nn.Linear(2, 2)\n        {start}\n"
        f"        {block(lines)}\n\n    def reset(self):\n        nn.init.zeros_(self.b)\n\n"
        f"    def forward(self, x):\n        {block(forward)}\n        return x\n"
    )
    known = check_text(text, path="model.py", rules=RULES, screening=False)
    assert known == check_text(text, path="model.py", rules=RULES)


@pytest.mark.parametrize("name", ["out_proj", "features", "has_head", "in_layers", "num_blocks"])
def test_a_module_stays_one_whatever_it_is_called(name):
    """A method hides a layer that a function of the file made, or that had another name before."""
    text = HEAD + textwrap.dedent(
        f"""
        def make(n):
            return nn.Linear(n, n)


        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.{name} = make(2)

            def {name}(self):
                return 1

            def forward(self, x):
                return x
        """
    )

    assert ["TTL115"] == [finding.code for finding in check_text(text, path="model.py", rules=RULES)]
