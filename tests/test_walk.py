"""Models that are hard to go through, or to ask."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from scenarios import held, param
from torch import Tensor, nn
from torch._dynamo.source import ConstantSource
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv

from torchtielint.kinds import TieKind
from torchtielint.runtime import tie_report
from torchtielint.runtime import walk as walking
from torchtielint.runtime.mappings import Mapping, in_files, parse_mappings
from torchtielint.runtime.memory import place_of


def test_names_are_those_of_torch():
    """All of them, in its order, where nothing is in its way."""
    model = nn.Transformer(8, 2, 2, 2, 16, batch_first=True)
    model.again = model.decoder
    seen = walking.walk(model)
    names = sorted((place, name) for found in seen.tensors.values() for place, name in found.names.items())

    assert [name for name, _ in model.named_parameters(remove_duplicate=False)] == [name for _, name in names]
    assert len(names) == seen.parameter_names
    assert {name for name, _ in model.named_modules(remove_duplicate=False)} - {""} == {
        name for found in seen.modules.values() for name in found.names.values()
    }


def test_deeper_than_python_recurses():
    """Two thousand levels."""
    layer = nn.Linear(2, 2)
    model: nn.Module = held(a=layer, b=layer)
    for _ in range(2000):
        model = held(m=model)
    (group,) = tie_report(model).groups

    assert ("m." * 2000 + "a", "m." * 2000 + "b") == group.names


def test_more_names_than_anybody_can_list(monkeypatch: pytest.MonkeyPatch):
    """The report ends, says that names are missing, and still has every module."""
    monkeypatch.setattr(walking, "MAX_STEPS", 1000)
    current: nn.Module = nn.Linear(2, 2, bias=False)
    for _ in range(40):
        current = nn.ModuleList([current, current])
    report = tie_report(current)

    assert not report.complete
    assert 40 == len(report.groups)
    assert {TieKind.SAME_MODULE} == {group.kind for group in report.groups}
    assert 4 == report.parameters.elements


def test_module_without_a_constructor():
    """One that `super().__init__()` has not reached yet has no registries."""
    half = nn.Linear.__new__(nn.Linear)
    model = held(a=nn.Linear(2, 2))
    model._modules["half"] = half

    assert () == tie_report(model).groups
    assert 0 == tie_report(half).parameters.named


def test_what_a_model_overrides_is_not_asked():
    """Neither attributes nor equality nor hooks."""

    class Hostile(nn.Module):
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

        def __eq__(self, other: object) -> bool:
            raise RuntimeError

        __hash__ = None  # type: ignore[assignment]  # as if unhashable

        def __len__(self) -> int:
            raise RuntimeError

    model = nn.Module()
    model._modules["a"] = model._modules["b"] = Hostile()
    model._modules["a"]._parameters["w"] = nn.Parameter(torch.ones(2))  # type: ignore[union-attr]  # it is a Hostile

    assert [("a", "b")] == [group.names for group in tie_report(model).groups]


def test_registries_with_other_things_in_them():
    """What is no tensor or module is passed over."""
    model = held(a=nn.Linear(2, 2))
    model._parameters["number"] = 3  # type: ignore[assignment]  # as code does that pokes
    model._modules["text"] = "text"

    assert 2 == tie_report(model).parameters.named


def test_symbolic_sizes_get_no_guards():
    """They are taken by their hints."""
    shapes = ShapeEnv()
    source = ConstantSource("rows")
    symbol = shapes.create_symbol(6, source=source, dynamic_dim=DimDynamic.DYNAMIC)
    with FakeTensorMode(shape_env=shapes):
        weight = torch.empty(shapes.create_symintnode(symbol, hint=6, source=source), 4)
    model = held(a=nn.Parameter(weight))
    model._parameters["b"] = nn.Parameter(weight.detach())
    guards = len(shapes.guards)
    (group,) = tie_report(model).groups

    assert ("same-storage", (6, 4), 96) == (group.kind.value, group.shape, group.nbytes)
    assert guards == len(shapes.guards)


@pytest.mark.skipif(not hasattr(torch._C, "_is_cow_tensor"), reason="this torch has no lazy copies")
def test_lazy_copies_stay_lazy():
    """Asking for an address would copy."""
    weight = torch.ones(4)
    lazy = torch._lazy_clone(weight)
    tie_report(held(a=weight, b=lazy))

    assert torch._C._is_cow_tensor(lazy)


def test_devices_are_listed():
    """Of parameters; of buffers where there are none."""
    meta = nn.Linear(2, 2, device="meta")

    assert "cpu, meta" == tie_report(nn.Sequential(nn.Linear(2, 2), meta)).device
    assert "meta" == tie_report(held(a=torch.ones(1, device="meta"))).device
    assert "" == tie_report(nn.ReLU()).device


def test_counts_of_parameters():
    """Named and unique, elements of each, bytes once."""
    flat = torch.zeros(10)
    row = param(torch.zeros(1, 4).expand(3, 4))
    model = held(a=param(flat), b=param(flat[:5]), c=row, d=nn.Parameter(torch.ones(2, dtype=torch.float64)))
    model.register_parameter("e", model.d)
    found = tie_report(model).parameters

    assert (5, 4) == (found.named, found.unique)
    assert 10 + 5 + 12 + 2 == found.elements
    assert 40 + 16 + 16 == found.bytes
    assert 20 + 16 == found.saved


def test_equal_values_of_all_types():
    """Whatever the numbers are; one bit is enough to differ."""
    for dtype in (torch.bool, torch.int64, torch.bfloat16, torch.float8_e5m2, torch.complex64, torch.float64):
        ones = torch.ones(5).to(dtype)
        other = ones.clone()
        other[4] = 0
        model = held(a=ones, b=ones.clone(), c=other)

        assert [("a", "b")] == [group.names for group in tie_report(model, equal_values=True).groups]
    assert [] == list(tie_report(held(a=torch.tensor(0.0), b=torch.tensor(-0.0)), equal_values=True).groups)
    assert 1 == len(tie_report(held(a=torch.tensor(2.0), b=torch.tensor(2.0)), equal_values=True).groups)


MAPS = """
7f0000000000-7f0000001000 rw-s 00000000 00:01 77    /weights
7f0000004000-7f0000005000 r--s 00001000 00:01 77    /weights
7f0000008000-7f0000009000 rw-p 00000000 00:01 77    /weights
7f000000c000-7f000000d000 rw-s 00000000 00:01 78    /once
7f0000010000-7f0000011000 rw-s 00000000 00:00 0
""".strip()


def test_shared_mappings_are_read():
    """Those of files that are mapped more than once."""
    first = Mapping(0x7F0000000000, 0x7F0000001000, 0, ("00:01", "77"))
    second = Mapping(0x7F0000004000, 0x7F0000005000, 0x1000, ("00:01", "77"))

    assert (first, second) == parse_mappings(MAPS.splitlines())


def test_places_outside_of_mappings_stay():
    """Before, between and after them."""
    place = place_of(torch.ones(4))
    start = place.pieces[0].layout.start
    around = (Mapping(0, 4096, 0, ("00:01", "77")), Mapping(start + 4096, start + 8192, 0, ("00:01", "77")))

    assert place is in_files(place, around)
    assert place is in_files(place, around[1:])
    moved = in_files(place, (Mapping(start - 16, start + 4096, 64, ("00:01", "77")),))
    assert (("00:01", "77"), 80, 96) == (moved.pieces[0].space, *moved.pieces[0].layout[:2])


def test_copies_of_the_model_measure_the_same():
    """A report is plain data."""
    weight = nn.Parameter(torch.ones(3))
    model = held(a=weight, b=weight)

    assert tie_report(model) == tie_report(copy.deepcopy(model))
    assert isinstance(model.a, Tensor)
