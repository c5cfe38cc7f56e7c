"""What `tie_report` says of live models."""

from __future__ import annotations

import gc
import runpy
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from test_ties import BUILT, MODELS, predicted
from torch import nn

from torchtielint.runtime import ParameterCount, TieKind, TieReport, scan, tie_report
from torchtielint.runtime.walk import walk

ROOT = Path(__file__).resolve().parent.parent


class Decoder(nn.Module):
    """One of each kind."""

    def __init__(self, device: str):
        super().__init__()
        self.table = nn.Embedding(7, 4, device=device)
        self.layers = nn.ModuleList([nn.Linear(4, 4, device=device)] * 3)
        self.head = nn.Linear(4, 7, bias=False, device=device)
        self.head.weight = self.table.weight
        self.copy = nn.Linear(4, 7, bias=False, device=device)
        self.copy.weight = nn.Parameter(self.table.weight)
        self.turned = nn.Parameter(self.layers[0].weight.t())
        self.register_buffer("scale", torch.zeros(3, device=device))
        self.register_buffer("again", self.scale)


def said(report: TieReport) -> list[tuple[str, tuple[str, ...]]]:
    """The groups, short."""
    return [(group.kind.value, group.names) for group in report.groups]


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_every_kind_with_every_name(device: str):
    """In the order of registration, and each tie once."""
    report = tie_report(Decoder(device))

    assert [
        ("overlapping", ("turned", "layers.0.weight", "layers.1.weight", "layers.2.weight")),
        ("same-parameter", ("scale", "again")),
        ("same-parameter", ("table.weight", "head.weight")),
        ("same-storage", ("table.weight", "head.weight", "copy.weight")),
        ("same-module", ("layers.0", "layers.1", "layers.2")),
    ] == said(report)
    assert [False, True, False, False, False] == [group.buffers for group in report.groups]
    assert [64, 12, 112, 112, 80] == [group.nbytes for group in report.groups]
    assert [(4, 4), (3,), (7, 4), (7, 4), None] == [group.shape for group in report.groups]
    assert ["float32", "float32", "float32", "float32", ""] == [group.dtype for group in report.groups]
    assert ParameterCount(named=10, unique=5, elements=92, bytes=192, saved=448) == report.parameters
    assert device == report.device
    assert {TieKind.OVERLAPPING, TieKind.SAME_STORAGE} == {group.kind for group in report.false_ties}


@pytest.mark.parametrize(("file", "name", "arguments"), BUILT, ids=str)
def test_both_halves_present_one_class_alike(file: str, name: str, arguments: tuple[Any, ...]):
    """Where the text shows all, prediction and measurement have the same groups, kinds and names."""
    report = tie_report(runpy.run_path(str(MODELS / file))[name](*arguments))
    _, groups = predicted(MODELS / file)[name]

    assert sorted((group.kind, tuple(sorted(group.names)), group.buffers) for group in groups) == sorted(
        (group.kind.value, tuple(sorted(group.names)), group.buffers) for group in report.groups
    )


def test_what_lies_side_by_side_is_told_on_request():
    """Slices of one flat buffer share no byte."""
    flat = torch.zeros(24)
    model = nn.ParameterList([flat[:8], flat[8:24].view(4, 4)])

    assert [] == said(tie_report(model))
    assert [("adjacent", ("0", "1"))] == said(tie_report(model, adjacent=True))


def test_equal_contents_are_told_on_request():
    """A clone shares nothing; a tie is no equality of two."""
    weight = nn.Parameter(torch.arange(12.0).view(3, 4))
    model = nn.ParameterList([weight, weight.detach().clone(), weight.detach() + 1, weight.detach().t()])

    assert [("overlapping", ("0", "3"))] == said(tie_report(model))
    assert [("overlapping", ("0", "3")), ("equal-values", ("0", "1"))] == said(tie_report(model, equal_values=True))


def test_the_model_is_left_as_it_is():
    """Its random numbers, gradients, modes and registries too."""
    model = Decoder("cpu").eval()
    model.head(model.table(torch.tensor([1]))).sum().backward()
    names, grads = list(model.state_dict()), [parameter.grad for parameter in model.parameters()]
    chance = torch.get_rng_state()
    tie_report(model, adjacent=True, equal_values=True)

    assert torch.equal(chance, torch.get_rng_state())
    assert names == list(model.state_dict())
    assert all(was is parameter.grad for was, parameter in zip(grads, model.parameters(), strict=True))
    assert not any(module.training for module in model.modules())
    assert torch.is_grad_enabled()


def test_the_package_is_imported_without_torch():
    """And knows no names but its own."""
    script = (
        "import sys, torchtielint.runtime as runtime\n"
        "print('torch' in sys.modules, hasattr(runtime, 'nothing'), callable(runtime.tie_report))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "False False True" == done.stdout.strip()


def test_many_parameters_take_seconds():
    """Twenty thousand, unshared; the benchmark has more."""
    model = nn.Module()
    for number in range(20_000):
        model.register_parameter(f"p{number}", nn.Parameter(torch.empty(3, device="meta")))
    start = time.process_time()
    report = tie_report(model)

    assert 20_000 == report.parameters.unique
    assert time.process_time() - start < 10


@pytest.mark.parametrize("collecting", [True, False])
def test_the_garbage_collector_is_left_as_it_was(collecting, monkeypatch):
    """It waits while a model is measured, and not longer."""
    seen = []
    monkeypatch.setattr(scan, "walk", lambda model: seen.append(gc.isenabled()) or walk(model))
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        tie_report(nn.Linear(2, 2))
        assert ([False], collecting) == (seen, gc.isenabled())
    finally:
        (gc.enable if before else gc.disable)()
