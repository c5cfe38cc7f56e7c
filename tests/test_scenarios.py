"""What shares is known by construction, and `tie_report` says just that."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator

import pytest
import torch
from scenarios import Make, Scenario, aliases, apart, memories, modules, objects, overlaps, wrappers

from torchtielint.runtime import tie_report

TABLES = (objects.TABLE, modules.TABLE, aliases.TABLE, overlaps.TABLE, apart.TABLE, memories.TABLE, wrappers.TABLE)
SCENARIOS = [scenario for table in TABLES for scenario in table]


@pytest.fixture(autouse=True, scope="module")
def no_process_group_left() -> Iterator[None]:
    """End the one that distributed tensors are made in."""
    yield
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_report_says_what_is_built(scenario: Scenario):
    """Every group with its kind and all its names, and no others."""
    make = Make(scenario.device)
    with make.mode, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch on sparse, nested, quantised and scripted tensors
        model = scenario.build(make)
    report = tie_report(model, **dict.fromkeys(scenario.options, True))

    assert sorted(scenario.groups) == sorted((group.kind.value, group.names) for group in report.groups)
    assert all(group.nbytes > 0 for group in report.groups if group.kind.is_false)
    assert report.parameters.bytes >= 0 <= report.parameters.saved
    assert report.complete


def test_there_are_many_scenarios_of_every_kind():
    """At least 150 models, each with a name of its own."""
    models = {scenario.name: scenario for scenario in SCENARIOS}
    kinds = Counter(kind for scenario in models.values() for kind, _ in scenario.groups)

    assert len(models) >= 150
    assert len(models) == len({(scenario.name, scenario.build) for scenario in SCENARIOS})
    assert min(kinds.values()) >= 3
    assert 6 == len(kinds)
