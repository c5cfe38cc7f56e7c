"""What reports say of each kind, executed."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from scenarios import held, param
from torch import Tensor, nn

from torchtielint.kinds import TieKind
from torchtielint.runtime import TieGroup, tie_report
from torchtielint.runtime.consequences import consequence, remedy

ROOT = Path(__file__).resolve().parent.parent


def only(model: nn.Module, **options: bool) -> TieGroup:
    """The one group of a model."""
    (group,) = tie_report(model, **options).groups
    return group


def train(model: nn.Module, loss: Tensor) -> tuple[int, int, int]:
    """How many gradients there are, how many steps an optimizer takes, and how many Parameters there are."""
    loss.backward()
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam([one for one in parameters if one.requires_grad] or [torch.zeros(1)], lr=0.1)
    optimizer.step()
    return sum(one.grad is not None for one in parameters), len(optimizer.state), len(parameters)


def layers(weight: nn.Parameter, other: nn.Parameter) -> nn.Module:
    """Two layers with these weights."""
    model = held(a=nn.Linear(4, 4, bias=False), b=nn.Linear(4, 4, bias=False))
    model.a.weight, model.b.weight = weight, other
    return model


def test_one_parameter_is_trained_once():
    """One gradient, one step, counted once."""
    weight = nn.Parameter(torch.ones(4, 4))
    model = layers(weight, weight)

    assert "one Parameter: one gradient, one optimizer step, counted once" == consequence(only(model))
    assert (1, 1, 1) == train(model, model.b(model.a(torch.ones(1, 4))).sum())


def test_a_frozen_parameter_is_not_trained():
    """No gradient, no step, counted once."""
    weight = nn.Parameter(torch.ones(4, 4), requires_grad=False)
    model = layers(weight, weight)

    assert "one Parameter, frozen: no gradient and no optimizer step; counted once" == consequence(only(model))
    assert (0, 0, 1) == train(model, model.a(torch.ones(1, 4, requires_grad=True)).sum())


def test_one_buffer_is_cut_by_conversions():
    """And is no parameter."""
    buffer = torch.ones(3)
    model = held(a=buffer, b=buffer)
    group = only(model)
    model.double()

    assert consequence(group) == (
        "one buffer: no gradient and no optimizer step; a conversion such as `.to(dtype)` gives each name a buffer of "
        "its own"
    )
    assert [] == list(model.parameters())
    assert model.a is not model.b


def test_one_module_is_one_in_everything():
    """Parameters, buffers and hooks."""
    layer = nn.Sequential(nn.Linear(4, 4, bias=False), nn.BatchNorm1d(4, affine=False))
    model = held(a=layer, b=layer)
    calls: list[str] = []
    model.a.register_forward_hook(lambda *_: calls.append("called"))
    group = only(model)

    assert consequence(group) == (
        "one module: each of its parameters has one gradient and one optimizer step, and is counted once; its buffers "
        "and hooks are one too"
    )
    assert (1, 1, 1) == train(model, model.b(model.a(torch.randn(3, 4))).sum())
    assert ["called", "called"] == calls
    assert 2 == model.b[1].num_batches_tracked.item()


@pytest.mark.parametrize("number", [2, 3])
def test_parameters_over_the_same_bytes_are_trained_several_times(number: int):
    """Each has a gradient and a step of its own, and all write the same memory."""
    weight = nn.Parameter(torch.ones(4, 4))
    model = nn.ParameterList([weight, *(nn.Parameter(weight) for _ in range(number - 1))])
    group = only(model)
    times = {2: "twice", 3: "3 times"}[number]

    assert consequence(group) == (
        f"{number} Parameters over the same bytes: {number} gradients, stepped {times}, counted {times}, and a step on "
        "one changes what the others read; equal until `.to(dtype)` gives each memory of its own"
    )
    assert (number, number, number) == train(model, sum((one.sum() for one in model), torch.zeros(())))
    assert torch.allclose(model[-1], torch.full((4, 4), 1 - 0.1 * number))
    assert [] == list(tie_report(model.double()).groups)


def test_a_step_on_one_changes_the_others():
    """Views and buffers too."""
    weight = nn.Parameter(torch.ones(4, 4))
    model = held(weight=weight, mask=weight.detach()[0])
    group = only(model)

    assert consequence(group) == (
        "1 Parameter and 1 buffer with bytes in common: 1 gradient, stepped once, counted once, and a step on one "
        "changes what the others read; linked until `.to(dtype)` gives each memory of its own"
    )
    assert (1, 1, 1) == train(model, model.weight.sum())
    assert torch.allclose(model.mask, torch.full((4,), 0.9))
    assert [] == list(tie_report(model.double()).groups)


def test_frozen_parameters_over_the_same_bytes():
    """They are counted all the same, and buffers are not."""
    weight = nn.Parameter(torch.ones(4), requires_grad=False)
    model = held(a=weight, b=nn.Parameter(weight.detach(), requires_grad=False))
    buffers = held(a=torch.ones(3))
    buffers.register_buffer("b", buffers.a.view(3))

    assert (
        "2 Parameters over the same bytes: no gradient and no optimizer step, counted twice"
        == (consequence(only(model)).partition(";")[0])
    )
    assert 2 == len(list(model.parameters()))
    assert (
        "2 buffers over the same bytes: no gradient and no optimizer step"
        == (consequence(only(buffers)).partition(";")[0])
    )


def test_neighbours_share_nothing_but_files():
    """The whole storage is written, whichever part is saved."""
    flat = torch.ones(10_000)
    model = held(a=param(flat[:4]), b=param(flat[4:]))
    group = only(model, adjacent=True)
    data = io.BytesIO()
    torch.save({"a": model.a}, data)
    train(model, model.a.sum())

    assert consequence(group) == (
        "one storage, no common byte: nothing is shared, and `torch.save` of one of them writes them all"
    )
    assert 40_000 <= len(data.getvalue())
    assert torch.equal(model.b, torch.ones(9_996))


def test_equal_values_part_with_the_first_step():
    """What is trained on its own goes its own way."""
    model = held(a=param(torch.ones(4)), b=param(torch.ones(4)))
    group = only(model, equal_values=True)
    train(model, model.a.sum())

    assert consequence(group) == (
        "equal today, in memory of their own: nothing is shared, and a step on one leaves the others behind"
    )
    assert not torch.equal(model.a, model.b)


@pytest.mark.parametrize("kind", list(TieKind))
def test_every_kind_has_a_consequence(kind: TieKind):
    """In one line."""
    said = consequence(TieGroup(("a", "b"), kind, (3,), "float32", 12, tensors=2, parameters=2, trained=2))

    assert "\n" not in said
    assert said


def test_consequences_are_told_without_torch():
    """The parent of the workers imports no torch."""
    script = "import sys, torchtielint.runtime.consequences; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "False" == done.stdout.strip()


def test_a_remedy_names_another_tensor():
    """Not another name of the same one."""
    model = layers(nn.Parameter(torch.ones(4, 4)), nn.Parameter(torch.ones(4, 4)))
    model.b.weight = nn.Parameter(model.a.weight)
    model.c = model.a
    (group,) = (one for one in tie_report(model).groups if one.kind is TieKind.SAME_STORAGE)
    said = remedy(group)

    assert "make it one Parameter: `model.b.weight = model.a.weight`" == said.partition(";")[0]
    model.b.weight = model.a.weight
    assert () == tie_report(model).false_ties
