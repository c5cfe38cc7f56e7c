"""Modules are constructed without being told their arguments."""

import contextlib
import random
import subprocess
import sys
import textwrap
import types
import warnings

import pytest
import torch
from torch import nn

from torchtielint.runtime.construct import Built, Given, Refused, Role, Status, build, classes_in, rebuild
from torchtielint.runtime.construct.surroundings import OversizedError, surroundings


class Plain(nn.Module):
    """Takes nothing."""

    def __init__(self, width=4):
        super().__init__()
        self.layer = nn.Linear(width, width)


class Attention(nn.Module):
    """Takes sizes that must agree, and says nothing of their types."""

    def __init__(self, dim, num_heads, dropout):
        super().__init__()
        assert dim % num_heads == 0
        self.layer = nn.Linear(dim, dim)
        self.drop = nn.Dropout(dropout)


class NeedsValues(nn.Module):
    """Reads a value while it is constructed, which meta cannot give."""

    def __init__(self, dim: int):
        super().__init__()
        self.rate = torch.linspace(0, 1, dim)[1].item()
        self.layer = nn.Linear(dim, dim)


class Huge(nn.Module):
    """Cannot be made on meta, and would take 40 GB on the CPU."""

    def __init__(self, width: int = 100_000):
        super().__init__()
        self.start = torch.zeros(1).item()
        self.layer = nn.Linear(width, width)


class Wrapper(nn.Module):
    """Takes a module."""

    def __init__(self, encoder: nn.Module, head):
        super().__init__()
        self.encoder = encoder
        self.head = head


class Loud(nn.Module):
    """Prints, warns, draws random numbers, and changes settings."""

    def __init__(self):
        super().__init__()
        sys.stdout.write("hello")
        warnings.warn("hello", stacklevel=1)
        random.random()
        torch.manual_seed(3)
        torch.set_default_dtype(torch.float64)
        self.first = torch.rand(1, device="cpu").item()


class Quits(nn.Module):
    """Ends the process."""

    def __init__(self):
        super().__init__()
        sys.exit("no GPU")


class Endless(nn.Module):
    """Never comes to an end, and catches what it can."""

    def __init__(self):
        super().__init__()
        while True:
            with contextlib.suppress(Exception):
                sum(range(1000))


NOTHING = Given()


def arguments(target, given=NOTHING):
    """What is chosen for a class that can be built."""
    outcome = build(target, given)
    assert isinstance(outcome, Built), outcome
    return outcome.arguments


def test_defaults_are_left_alone():
    assert "" == arguments(Plain)


def test_sizes_that_are_known_by_name_agree():
    assert "dim=64, num_heads=4, dropout=0.0" == arguments(Attention)


def test_meta_is_preferred():
    outcome = build(Plain)

    assert ("meta", "meta") == (outcome.device, outcome.module.layer.weight.device.type)


def test_what_reads_values_is_built_on_the_cpu():
    outcome = build(NeedsValues)

    assert ("cpu", "cpu") == (outcome.device, outcome.module.layer.weight.device.type)


def test_devices_hold_whatever_a_library_patched_when_it_first_set_one():
    """transformers has another `linspace` in place while it builds a model, on meta."""
    code = textwrap.dedent(
        """
        import torch
        from torchtielint.runtime import construct

        real = torch.linspace
        torch.linspace = lambda *given, **named: real(*given, **named)
        with torch.device("meta"):
            torch.empty(0)
        torch.linspace = real
        with torch.device("meta"):
            print(torch.linspace(0, 1, 2).device)
        """
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "meta\n" == done.stdout


def test_a_huge_default_is_not_materialised():
    outcome = build(Huge)

    assert isinstance(outcome, Built) or outcome.reason.startswith("OversizedError")


def test_a_tensor_that_is_too_much_is_not_made():
    with pytest.raises(OversizedError), surroundings("cpu", seconds=10):
        torch.zeros(100_000_000)


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.arange(10**14),
        lambda: torch.arange(0, 1, 1e-14),
        lambda: torch.full((10**7, 10**7), 1.0),
        lambda: torch.rand(10**7, 10**7, generator=torch.Generator()),
        lambda: torch.zeros(1000).repeat(10**6, 10**5),
        lambda: torch.cat([torch.zeros(1).expand(10**14)] * 2),
        lambda: torch.zeros(1).expand(10**14).clone(),
        lambda: torch.zeros(1, 1).expand(10**7, 1) * torch.zeros(1, 1).expand(1, 10**7),
    ],
    ids=["arange", "small steps", "full", "rand", "repeat", "cat", "clone", "outer"],
)
def test_what_operations_make_is_refused_before_it_is_made(make):
    with pytest.raises(OversizedError), surroundings("cpu", seconds=10):
        make()


def test_many_small_tensors_are_too_much_together():
    added = []
    with pytest.raises(OversizedError), surroundings("cpu", seconds=10, elements=10_000):
        added.extend(torch.zeros(1000) + 1 for _ in range(20))


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_views_and_changes_in_place_and_what_is_on_meta_cost_nothing(device):
    with surroundings("cpu", seconds=10, elements=10_000):
        made = torch.zeros(9_900, device=device)
        for _ in range(3):
            made.add_(1).view(99, 100)[0].expand(10**9, 100)
        if device == "meta":
            made.repeat(10**6)
        torch.sparse_coo_tensor(torch.zeros(2, 1, dtype=torch.long), torch.ones(1), (10**6, 10**6), device=device)


def test_what_is_given_is_kept_and_the_rest_is_inferred():
    assert "dim=10, num_heads=5, dropout=0.0" == arguments(Attention, Given(kwargs={"dim": 10, "num_heads": 5}))
    assert "12, num_heads=4, dropout=0.0" == arguments(Attention, Given(args=(12,)))


def test_a_given_argument_that_is_wrong_is_not_repaired():
    outcome = build(Attention, Given(kwargs={"dim": 10, "num_heads": 3}))

    assert Status.FAILED == outcome.status


def test_a_given_call_is_all_that_is_tried():
    outcome = build(Attention, Given(call=lambda: Attention(8, 2, 0.5), source="Attention(8, 2, 0.5)"))

    assert ("Attention(8, 2, 0.5)", 8) == (outcome.arguments, outcome.module.layer.in_features)


def test_modules_that_are_made_up_hold_no_parameters():
    outcome = build(Wrapper)

    assert "encoder=nn.Identity(), head=nn.Identity()" == outcome.arguments
    assert [] == list(outcome.module.parameters())
    assert outcome.module.encoder is not outcome.module.head


def test_building_leaves_no_trace(capsys):
    torch.manual_seed(1)
    random.seed(1)
    before = (torch.get_rng_state(), random.getstate())
    first = build(Loud).module.first

    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == random.getstate()
    assert torch.float32 == torch.get_default_dtype()
    assert ("", "") == tuple(capsys.readouterr())
    assert first == build(Loud).module.first


def test_a_constructor_that_exits_is_one_reason():
    assert Refused(Status.FAILED, "SystemExit: no GPU") == build(Quits)


def test_a_constructor_that_never_ends_is_stopped():
    assert build(Endless, seconds=0.2).reason.startswith("out of time")


def test_a_second_instance_has_nothing_in_common_with_the_first():
    first = build(Attention)
    second = rebuild(first, device="cpu")

    assert (first.arguments, "cpu") == (second.arguments, second.device)
    assert torch.isfinite(second.module.layer.weight).all()
    assert "meta" == first.module.layer.weight.device.type


def test_what_returns_no_module_is_refused():
    outcome = build(lambda: 3)

    assert "TypeError: it returns int, which is no Module" == outcome.reason


SOURCE = """
import abc
from torch import nn
from torch.nn import Linear

class Last(nn.Module):
    pass

class Abstract(nn.Module, abc.ABC):
    @abc.abstractmethod
    def encode(self): ...

class LossMixin(nn.Module):
    pass

class Blocks(nn.ModuleList):
    pass

class Other:
    pass

def tiny(pretrained: bool = True) -> nn.Module:
    return Linear(1, 1)

def sized(width) -> nn.Module:
    return Linear(width, 1)
"""


@pytest.fixture
def module():
    """A Python module, run from a text."""
    made = types.ModuleType("made_for_test")
    made.__dict__["__name__"] = "made_for_test"
    exec(compile(SOURCE, "made_for_test.py", "exec"), made.__dict__)  # the text above
    return made


def test_classes_and_factories_are_found_with_their_roles(module):
    found = {one.name: one.role for one in classes_in(module)}

    assert {
        "Last": Role.CONCRETE,
        "Abstract": Role.ABSTRACT,
        "LossMixin": Role.MIXIN,
        "Blocks": Role.CONTAINER,
        "tiny": Role.FACTORY,
    } == found


def test_classes_stand_in_the_order_of_the_source(tmp_path, monkeypatch):
    (tmp_path / "made_in_file.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    import made_in_file

    lines = [(one.name, one.line) for one in classes_in(made_in_file)]

    assert [("Last", 6), ("Abstract", 9), ("LossMixin", 13), ("Blocks", 16), ("tiny", 22)] == lines


@pytest.mark.parametrize("name", ["Abstract", "LossMixin", "Blocks"])
def test_what_is_not_constructed_by_itself_is_skipped(module, name):
    assert Status.SKIPPED == build(getattr(module, name)).status
