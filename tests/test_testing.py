"""The assertions for users' suites, and the pytest plugin."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import ROOT
from scenarios import held, param
from torch import nn
from torch.nn.utils import parametrizations

from torchtielint.runtime.lines import human_bytes
from torchtielint.testing import (
    UnknownNameError,
    assert_no_false_ties,
    assert_not_tied,
    assert_tied,
    assert_ties_survive,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def language_model(*, tie: str = "") -> nn.Module:
    """An embedding and a head, tied in one way or another."""
    model = held(wte=nn.Embedding(7, 4), head=nn.Linear(4, 7, bias=False))
    if tie == "parameter":
        model.head.weight = model.wte.weight
    elif tie == "data":
        model.head.weight.data = model.wte.weight.data
    elif tie == "copy":
        model.head.weight.data = model.wte.weight.data.clone()
    return model


def failure(check, *arguments, **options) -> str:
    """What an assertion says as it fails."""
    with pytest.raises(AssertionError) as caught:
        check(*arguments, **options)
    return str(caught.value)


def test_tied_parameters_pass():
    """One object under both names, and modules and buffers likewise."""
    layer, buffer = nn.BatchNorm1d(3), torch.ones(3)

    assert_tied(language_model(tie="parameter"), "wte.weight", "head.weight")
    assert_tied(held(a=layer, b=layer), "a", "b")
    assert_tied(held(a=layer, b=layer), "a.weight", "b.weight")
    assert_tied(held(a=buffer, b=buffer), "a", "b")


def test_a_false_tie_fails_with_the_line_of_the_report():
    """What it is, what that means, and what to do."""
    assert failure(assert_tied, language_model(tie="data"), "wte.weight", "head.weight").splitlines() == [
        "`wte.weight` and `head.weight` are not one Parameter",
        "  same-storage: wte.weight = head.weight [float32, (7, 4), 112 B]",
        "      2 Parameters over the same bytes: 2 gradients, stepped twice, counted twice, and a step on one changes "
        "what the others read; equal until `.to(dtype)` gives each memory of its own",
        "tie them: `model.head.weight = model.wte.weight`, after whatever else assigns to `head.weight`",
    ]


def test_a_copy_is_told_from_a_stranger():
    """Equal values are no tie, and no values in common is what most strangers have."""
    copied = failure(assert_tied, language_model(tie="copy"), "wte.weight", "head.weight")

    assert "equal-values: wte.weight = head.weight [float32, (7, 4)]" in copied
    assert "they have no byte in common" in failure(assert_tied, language_model(), "wte.weight", "head.weight")


def test_the_name_that_is_not_tied_is_told():
    """Among three."""
    model = language_model(tie="parameter")
    model.third = nn.Linear(4, 7)

    assert failure(assert_tied, model, "wte.weight", "head.weight", "third.weight").endswith(
        "tie them: `model.third.weight = model.wte.weight`, after whatever else assigns to `third.weight`"
    )


def test_separate_names_pass():
    """Equal values are separate, and so are layers with a tie inside."""
    weight = nn.Parameter(torch.ones(3))

    assert_not_tied(language_model(tie="copy"), "wte.weight", "head.weight")
    assert_not_tied(language_model(), "wte", "head")
    assert_not_tied(held(a=held(x=weight, y=weight), b=nn.Linear(2, 2)), "a", "b")


def test_shared_names_fail():
    """Objects, memory, and what is below modules."""
    layer = nn.Linear(2, 2)
    turned = held(a=param(layer.weight), b=param(layer.weight.t()))

    said = failure(assert_not_tied, language_model(tie="parameter"), "wte", "head")
    assert "  same-parameter: wte.weight = head.weight [float32, (7, 4), 112 B]" in said.splitlines()
    assert "overlapping: a = b" in failure(assert_not_tied, turned, "a", "b")
    assert "same-module: a = b" in failure(assert_not_tied, held(a=layer, b=layer), "a", "b")
    assert "`.clone()`" in said


def test_false_ties_are_listed_with_a_remedy():
    """All of them; true ties and buffers pass."""
    model = held(x=language_model(tie="data"), y=language_model(tie="parameter"))
    buffer = torch.ones(3)
    model.register_buffer("one", buffer)
    model.register_buffer("other", buffer.view(3))
    said = failure(assert_no_false_ties, model).splitlines()

    assert "Module has 1 false tie" == said[0]
    assert "  same-storage: x.wte.weight = x.head.weight [float32, (7, 4), 112 B]" == said[1]
    assert said[3].strip() == (
        "make it one Parameter: `model.x.head.weight = model.x.wte.weight`; or give it memory of its own: `.clone()`"
    )
    assert_no_false_ties(model.y)


def test_remedies_are_right():
    """What the messages say to do makes the assertions pass."""
    model = language_model(tie="data")
    exec(re.findall("`(.*?)`", failure(assert_tied, model, "wte.weight", "head.weight"))[-2], {"model": model})

    assert_tied(model, "wte.weight", "head.weight")
    assert_no_false_ties(model)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("head.wieght", "Module registers no parameter, buffer or module `head.wieght`; near: `head.weight`"),
        ("weight", "registers no parameter, buffer or module `weight`; near: `wte.weight`, `head.weight`"),
        ("head.bias", "registers no parameter, buffer or module `head.bias`"),
        ("normed.weight", "`normed.weight`: it is computed from `normed.parametrizations.weight.original0`, "),
        ("training", "registers no parameter, buffer or module `training`"),
        ("", "registers no parameter, buffer or module ``"),
    ],
)
def test_unknown_names_are_errors_of_their_own(name: str, said: str):
    """With near ones."""
    model = held(wte=nn.Embedding(7, 4), head=nn.Linear(4, 7, bias=False))
    model.normed = parametrizations.weight_norm(nn.Linear(2, 2))

    with pytest.raises(UnknownNameError, match=re.escape(said)):
        assert_tied(model, "wte.weight", name)


def test_one_name_is_tied_to_nothing():
    """A forgotten argument is no success."""
    with pytest.raises(TypeError, match="at least two names are compared, and 1 given"):
        assert_tied(language_model(), "wte.weight")


# Survival


def test_true_ties_survive_what_keeps_them():
    """By name, and by the quick set where it is kept throughout."""
    assert_ties_survive(language_model(tie="parameter"), by=["deepcopy", "pickle", "to_dtype", "sgd_step"])
    assert_ties_survive(language_model(tie="parameter"), by="deepcopy,to_dtype")
    assert_ties_survive(language_model(tie="parameter"))


def test_what_undoes_a_tie_is_told_with_advice():
    """The line of the report, the operations, and the remedy."""
    said = failure(
        assert_ties_survive, language_model(tie="data"), by=["deepcopy", "to_dtype", "save_load_model"]
    ).splitlines()

    assert said[:2] == [
        "Module does not keep its ties",
        "  same-storage: wte.weight = head.weight [float32, (7, 4), 112 B]",
    ]
    assert any(one.startswith("      to_dtype: broken") for one in said)
    assert not any("save_load_model:" in one for one in said)
    assert any("model.head.weight = model.wte.weight" in one for one in said)


def test_what_cannot_be_tried_fails_where_it_was_asked_for():
    """No success without a trial; sets leave it out."""
    buffer = torch.ones(3)
    model = held(a=buffer, b=buffer)

    assert "sgd_step: skipped" in failure(assert_ties_survive, model, by=["sgd_step"])
    assert "sgd_step" not in failure(assert_ties_survive, model, by="quick")


def test_nothing_tied_does_not_survive():
    """A suite that tests nothing is told so."""
    assert "ties nothing" in failure(assert_ties_survive, language_model(), by=["deepcopy"])


def test_unknown_operations_are_errors():
    """The message lists the known ones."""
    with pytest.raises(ValueError, match="no such operation: teleport; there are: deepcopy"):
        assert_ties_survive(language_model(tie="parameter"), by=["teleport"])
    with pytest.raises(ValueError, match="no operation is named that the ties are to survive"):
        assert_ties_survive(language_model(tie="parameter"), by=[])


# The plugin

SUITE = """
import sys
from torch import nn

def test_fixture(tie_report):
    model = nn.ModuleList([nn.Linear(2, 2)] * 2)
    assert tie_report(model).groups == tie_report(nn.Linear(2, 2)).groups

def test_assertion():
    from torchtielint.testing import assert_tied
    assert_tied(nn.ModuleList([nn.Linear(2, 2, bias=False) for _ in range(2)]), "0.weight", "1.weight")
"""


def run_pytest(folder: Path, *arguments: str) -> str:
    """Run pytest where torchtielint is installed, its plugins found as pytest finds them."""
    installed = folder / "site" / "torchtielint_plugin-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: torchtielint-plugin\nVersion: 0\n")
    with (ROOT / "pyproject.toml").open("rb") as file:
        points = tomllib.load(file)["project"]["entry-points"]["pytest11"]
    lines = [f"{name} = {target}" for name, target in points.items()]
    (installed / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]))
    environment = {"PYTHONPATH": f"{installed.parent}:{ROOT}", "PATH": "", "COLUMNS": "200"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False).stdout


def test_plugin_needs_no_registration(tmp_path: Path):
    """The fixture is there, and failures show the lines of the report and the line of the test."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    said = run_pytest(tmp_path, "test_suite.py")

    assert "2 failed" in said
    assert "same-module: 0 = 1 [24 B]" in said
    assert "`0.weight` and `1.weight` are not one Parameter" in said
    assert "they have no byte in common" in said
    assert "torchtielint/testing.py" not in said


def test_plugin_costs_nothing_at_start(tmp_path: Path):
    """Neither torch nor libcst nor click."""
    (tmp_path / "test_suite.py").write_text(
        "import sys\n\ndef test_nothing():\n"
        "    assert 'torchtielint.pytest_plugin' in sys.modules\n"
        "    assert not {'torch', 'libcst', 'click', 'torchtielint.runtime'} & sys.modules.keys()\n"
    )

    assert "1 passed" in run_pytest(tmp_path, "test_suite.py")


def test_entry_point_is_there():
    """What pyproject.toml names can be imported."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        points = tomllib.load(file)["project"]["entry-points"]["pytest11"]

    assert ["torchtielint"] == list(points)
    assert importlib.import_module(points["torchtielint"]).tie_report


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (2**30, "1.0 GiB"), (2**55, "32768.0 TiB")]
)
def test_bytes_as_people_read_them(number: int, said: str):
    """In the unit that leaves few digits."""
    assert said == human_bytes(number)
