"""What was chosen, as an expression that makes the model again."""

import types

import pytest
import torch
from torch import nn

from torchtielint.runtime.construct import Built, build, classes_in
from torchtielint.runtime.construct.choices import Call, Literal, Reference, spell
from torchtielint.runtime.construct.spelling import evaluated, said


@pytest.mark.parametrize("module", [nn.modules.linear, nn.modules.conv, nn.modules.rnn, nn.modules.adaptive])
def test_models_are_made_again_from_what_is_said_of_them(module):
    """Of the same class and the same sizes, by the names of the module of the class."""
    made = {one.target: build(one.target) for one in classes_in(module) if one.role.is_built}
    built = {target: outcome for target, outcome in made.items() if isinstance(outcome, Built)}

    assert len(built) > 0
    for target, outcome in built.items():
        with torch.device("meta"):
            again = evaluated(said(outcome.recipe, vars(module)), vars(module))
        assert type(again) is target
        assert repr(outcome.module) == repr(again)


@pytest.mark.parametrize(
    ("choice", "namespace", "expected"),
    [
        (Reference(nn.Identity, "nn.Identity"), {"nn": nn}, "nn.Identity"),
        (Reference(nn.Identity, "nn.Identity"), {}, "torch.nn.modules.linear.Identity"),
        (Reference(nn.Identity, "nn.Identity"), {"nn": types}, "torch.nn.modules.linear.Identity"),
        (Reference(torch.float32, "torch.float32"), {}, "torch.float32"),
        (Literal(float("inf")), {}, None),
        (Reference(object(), "thing"), {}, None),
    ],
)
def test_a_name_means_the_same_or_is_not_said(choice, namespace, expected):
    """Where the module calls something else so, it is named by where it is defined."""
    call = Call(dict, "dict", (), {"a": choice})
    assert ("" if expected is None else f"dict(a={expected})") == said(call, namespace)


def test_names_of_the_module_come_before_packages():
    """A package is only imported for a name that the module does not have."""
    assert "mine" == evaluated("json.loads", {"json": types.SimpleNamespace(loads="mine")})
    assert [2] == evaluated("json.loads('[2]')", {})
    assert "x.y(1)" == spell(Call(dict, "x.y", (Literal(1),)))
    with pytest.raises(NameError):
        evaluated("no_such_package.thing", {})
