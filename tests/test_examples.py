"""The examples: what the linter says of them, and that torch agrees."""

from __future__ import annotations

import copy
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from page_harness import ROOT, settings_for

EXAMPLES = ROOT / "examples"

# File, the line that the finding starts on (its text without indentation), code.
EXPECTED = [
    ("blog_post.py", "self.weight = torch.nn.utils.weight_norm(self.weight)", "TTL401"),
    ("mistakes.py", "self.sharpness = nn.Parameter(torch.ones(heads, 1, 1)) * 0.5", "TTL101"),
    ("mistakes.py", "self.experts = [nn.Linear(width, width) for _ in range(experts)]", "TTL104"),
    ("mistakes.py", "self.up.weight = nn.Parameter(self.down.weight.t())", "TTL304"),
    ("mistakes.py", "self.apply(init_weights)", "TTL404"),
    ("mistakes.py", "x = x + self.attention(nn.LayerNorm(x.shape[-1])(x))", "TTL107"),
    ("mistakes.py", "self.blocks = nn.ModuleList([Block(width, heads)] * depth)", "TTL301"),
    ("mistakes.py", "self.head.weight = nn.Parameter(self.tokens.weight)", "TTL303"),
    ("mistakes.py", "self.positions *= rate", "TTL204"),
    ("mistakes.py", "self.positions = F.normalize(self.positions, dim=-1)", "TTL201"),
    ("mistakes.py", "self.cell = spectral_norm(nn.LSTM(width, width))", "TTL402"),
]


def load(name: str) -> Any:
    """Return an example's namespace, its `main` not run."""
    return runpy.run_path(str(EXAMPLES / name))


@pytest.fixture(scope="module")
def blog() -> Any:
    return load("blog_post.py")


@pytest.fixture(scope="module")
def mistakes() -> Any:
    return load("mistakes.py")


@pytest.fixture
def model(mistakes: Any) -> torch.nn.Module:
    torch.manual_seed(0)
    return mistakes["LanguageModel"](vocabulary=16, length=8, width=8, heads=2, depth=3)


def storages(module: torch.nn.Module) -> list[int]:
    return [parameter.untyped_storage()._cdata for parameter in module.parameters()]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_linter_finds_what_the_table_says_and_nothing_else(path: Path):
    """Findings are matched by file, line and code."""
    from torchtielint.engine import check_source

    lines = path.read_text(encoding="utf-8").split("\n")
    expected = []
    for name, text, code in EXPECTED:
        if name == path.name:
            numbers = [number for number, line in enumerate(lines, start=1) if line.strip() == text]
            assert len(numbers) == 1, text
            expected.append((numbers[0], code))
    found = check_source(path.read_bytes(), path=path.name, settings=settings_for({}))
    assert [(each.range.start.line, each.code) for each in found] == expected


@pytest.mark.parametrize("name", ["blog_post.py", "mistakes.py"])
def test_example_runs(name: str):
    """The mistakes do not stop a smoke test."""
    subprocess.run([sys.executable, "-W", "ignore", str(EXAMPLES / name)], check=True, capture_output=True, timeout=300)


# -- the blog post ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("technique", "sizes", "count"), [("MatrixChain", [4], 5), ("NamedChain", [4], 3), ("SingleWeight", [4, 2], 1)]
)
def test_first_three_techniques_share_nothing(blog: Any, technique: str, sizes: list[int], count: int):
    """Every parameter has one name and a storage of its own."""
    module = blog[technique](*sizes)
    names = [name for name, _ in module.named_parameters(remove_duplicate=False)]
    assert (len(names), len(set(storages(module)))) == (count, count)
    assert module(torch.ones(2, 4)).shape[0] == 2


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_fourth_technique_cannot_be_constructed(blog: Any):
    """The exception is the one that the page of TTL401 names."""
    with pytest.raises(AttributeError, match="'Parameter' object has no attribute '_forward_pre_hooks'"):
        blog["NormalizedWeight"](4)


# -- the mistakes ----------------------------------------------------------------------------------------------------


def test_sharpness_is_no_parameter(mistakes: Any):
    """TTL101."""
    attention = mistakes["Attention"](8, 2)
    assert "sharpness" not in attention.state_dict()
    assert not isinstance(attention.sharpness, torch.nn.Parameter)


def test_experts_are_not_registered(mistakes: Any):
    """TTL104."""
    assert list(mistakes["Experts"](8, 2).parameters()) == []


def test_adapter_is_not_tied_to_its_transpose(mistakes: Any):
    """TTL304."""
    adapter = mistakes["Adapter"](8, 2)
    assert len(list(adapter.parameters())) == 4
    adapter.double()
    assert adapter.up.weight.data_ptr() != adapter.down.weight.data_ptr()


def test_convolution_keeps_the_values_that_it_was_built_with(mistakes: Any):
    """TTL404."""
    torch.manual_seed(0)
    smoother = mistakes["Smoother"](8)
    torch.manual_seed(0)
    untouched = torch.nn.Conv1d(8, 8, 3)
    assert torch.allclose(smoother.conv.weight, untouched.weight)
    assert smoother.conv.bias.abs().sum() == 0


def test_norm_of_a_block_belongs_to_nobody(mistakes: Any):
    """TTL107."""
    block = mistakes["Block"](8, 2)
    assert not any(isinstance(module, torch.nn.LayerNorm) for module in block.modules())


def test_blocks_are_one(model: Any):
    """TTL301."""
    assert len(model.blocks) == 3
    assert len({id(block) for block in model.blocks}) == 1


def test_head_is_not_tied(model: Any):
    """TTL303."""
    assert model.head.weight is not model.tokens.weight
    assert model.head.weight.data_ptr() == model.tokens.weight.data_ptr()
    model.double()
    assert model.head.weight.data_ptr() != model.tokens.weight.data_ptr()


def test_model_cannot_be_copied(model: Any):
    """TTL101, as it shows in the end."""
    with pytest.raises(RuntimeError, match="Only Tensors created explicitly by the user"):
        copy.deepcopy(model)


def test_positions_cannot_be_decayed(model: Any):
    """TTL204."""
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        model.decay_positions(0.9)


def test_positions_cannot_be_normalized(model: Any):
    """TTL201."""
    with pytest.raises(TypeError, match="as parameter 'positions'"):
        model.normalize_positions()


def test_memory_cannot_be_constructed(mistakes: Any):
    """TTL402."""
    with pytest.raises(KeyError, match="weight"):
        mistakes["Memory"](8)


def test_the_readme_shows_what_the_linter_prints():
    """The one output in the README is a real one, to the letter."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("```text\n")[2].partition("```")[0].strip()
    command = [sys.executable, "-m", "torchtielint", "check", "--isolated", "--color", "never", "examples/"]
    wide = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    printed = subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, check=False).stdout

    assert shown.startswith("TTL303")
    assert shown in printed
