"""What survival says of models whose ties are known by construction is what a plain operation leaves of them."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable

import pytest
import torch
from scenarios import Make, Scenario, aliases, apart, memories, modules, objects, overlaps, wrappers
from torch import nn

from torchtielint.kinds import TieKind
from torchtielint.runtime import TieGroup, TieReport, tie_report
from torchtielint.runtime.operation_names import QUICK
from torchtielint.runtime.survival import survive

TABLES = (objects.TABLE, modules.TABLE, aliases.TABLE, overlaps.TABLE, apart.TABLE, memories.TABLE, wrappers.TABLE)
SCENARIOS = [scenario for table in TABLES for scenario in table]
# Torch itself crashes on tensors whose storage was emptied; a copy of a tensor made for inference is an ordinary one;
# and a class that the scenario defines anew at each call is another class.
APART = {"emptied", "emptied alias", "made for inference", "plain subclass"}
WITH_VALUES = [scenario for scenario in SCENARIOS if scenario.device == "cpu" and scenario.name not in APART]
FALSE = {TieKind.SAME_STORAGE, TieKind.OVERLAPPING}


def built(scenario: Scenario) -> nn.Module:
    make = Make(scenario.device)
    with make.mode:
        return scenario.build(make)


def converted(model: nn.Module) -> nn.Module:
    present = {tensor.dtype for tensor in [*model.parameters(), *model.buffers()]}
    return model.to(next(dtype for dtype in (torch.float64, torch.float32, torch.bfloat16) if dtype not in present))


PLAIN: dict[str, Callable[[nn.Module, Scenario], nn.Module]] = {
    "deepcopy": lambda model, _: copy.deepcopy(model),
    "pickle": lambda model, _: pickle.loads(pickle.dumps(model)),
    "to_dtype": lambda model, _: converted(model),
    "to_meta": lambda model, _: model.to("meta"),
    "state_dict_round_trip": lambda model, scenario: loaded(built(scenario), model.state_dict()),
}


def loaded(model: nn.Module, state: dict[str, torch.Tensor]) -> nn.Module:
    model.load_state_dict(state)
    return model


def left(group: TieGroup, after: TieReport) -> set[str]:
    """What a report on the outcome says of the names of a group; a part of a shared module has no group of its own."""
    kinds = {found.kind for found in after.groups if set(group.names) <= set(found.names)}
    if group.kind in kinds or (group.kind in FALSE and kinds):
        return {"kept"}
    if group.kind is TieKind.SAME_PARAMETER:
        return {"demoted"} if kinds & FALSE else {"broken"}
    return {"broken", "demoted"} if group.kind is TieKind.SAME_MODULE else {"broken"}


@pytest.mark.filterwarnings("ignore")  # torch on sparse, nested, quantised and scripted tensors
@pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS if one.device == "cpu" and one.name not in APART], ids=str
)
def test_survival_is_what_the_plain_operation_leaves(scenario: Scenario):
    """On a model that is built anew; what cannot be tried on a copy is skipped."""
    groups = tie_report(built(scenario)).groups
    found = survive(built(scenario), groups, operations=tuple(PLAIN))
    for operation, plain in PLAIN.items():
        try:
            after = tie_report(plain(built(scenario), scenario))
        except Exception:  # torch refuses some of these models, each with an exception of its own
            after = None
        for group in groups:
            outcome = found[group.names][operation].outcome.value
            expected = {"error"} if after is None else left(group, after)
            assert outcome in {*expected, "skipped"}, (operation, group.names)


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.device != "cpu"], ids=str)
def test_survival_answers_on_models_without_values(scenario: Scenario):
    """Each tie and each operation has an outcome, and what is skipped or raises a reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = built(scenario)
    groups = tie_report(model).groups
    found = survive(model, groups, operations=QUICK)

    assert [list(QUICK)] * len(groups) == [list(found[group.names]) for group in groups]
    assert all(
        row.reason for rows in found.values() for row in rows.values() if row.outcome.value in {"skipped", "error"}
    )
