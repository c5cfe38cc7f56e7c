"""What an exception says repairs the arguments."""

import dataclasses
import types

import pytest
import torch
from torch import nn

from torchtielint.runtime.construct import Built, Refused, build


class Base(nn.Module):
    def __init__(self, dim, depth):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(dim, dim) for _ in range(depth))


class PassesOn(Base):
    """Says nothing of what its base needs."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)


class Divides(nn.Module):
    def __init__(self, dim: int, groups_of: int = 24):
        super().__init__()
        if dim % groups_of:
            raise ValueError(f"dim {dim} is not divisible by groups_of")
        self.layer = nn.Linear(dim, dim)


class WantsSeveral(nn.Module):
    def __init__(self, dim, depth):
        super().__init__()
        assert isinstance(depth, tuple), "depth must be a tuple"
        self.layers = nn.ModuleList(nn.Linear(dim, dim) for _ in depth)


class OneOf(nn.Module):
    def __init__(self, dim: int, mixer: str):
        super().__init__()
        if mixer == "wide":
            self.layer = nn.Linear(dim, 2 * dim)
        elif mixer == "narrow":
            self.layer = nn.Linear(dim, dim)
        else:
            raise ValueError(f"unknown: {mixer}")


class LooksUp(nn.Module):
    TABLE = types.MappingProxyType({"swift": nn.ReLU, "slow": nn.Softplus})

    def __init__(self, kind):
        super().__init__()
        self.act = self.TABLE[kind]()


class ReadsFields(nn.Module):
    """The way of small GPTs: a configuration of which nothing is said."""

    def __init__(self, config):
        super().__init__()
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.head.weight = self.wte.weight


class ReadsKeys(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.layer = nn.Linear(cfg["hidden_size"], cfg["num_classes"])


class Calls(nn.Module):
    def __init__(self, dim, norm_layer=None):
        super().__init__()
        self.norm = norm_layer(dim)


class Expanding(nn.Module):
    expansion = 4

    def __init__(self, dim):
        super().__init__()
        self.layer = nn.Linear(dim, dim * self.expansion)


class ReadsClass(nn.Module):
    def __init__(self, unit, width):
        super().__init__()
        self.unit = unit(width * unit.expansion)


class Deeper(nn.Module):
    """Fails in a layer that calls the argument otherwise."""

    def __init__(self, dim: int, splits: int = 7):
        super().__init__()
        self.inner = Divides(dim, groups_of=splits)


@dataclasses.dataclass
class Settings:
    window: int | None = None
    hidden_size: int = 512
    num_layers: int = 24


SETTINGS = Settings()


class ReadsSettings(nn.Module):
    """The default of a field is one that does not do."""

    def __init__(self, dim: int, settings: Settings = SETTINGS):
        super().__init__()
        self.area = settings.window * settings.window
        self.layer = nn.Linear(dim, dim)


class Inner(nn.Module):
    def __init__(self, dim, norm_layer=None):
        super().__init__()
        make_norm = norm_layer
        self.norm = make_norm(dim)


class TakesAny(nn.Module):
    """What is missing is an argument of what it calls, under another name."""

    def __init__(self, dim, **kwargs):
        super().__init__()
        self.inner = Inner(dim, **kwargs)


class Hopeless(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        raise ImportError("needs the library of somebody else")


@pytest.mark.parametrize(
    ("target", "arguments"),
    [
        (PassesOn, "dim=64, depth=2"),
        (Divides, "dim=64, groups_of=1"),
        (OneOf, "dim=64, mixer='narrow'"),
        (LooksUp, "kind='swift'"),
        (ReadsFields, "config=types.SimpleNamespace(vocab_size=128, n_embd=64)"),
        (ReadsKeys, "cfg={'hidden_size': 64, 'num_classes': 10}"),
        (Calls, "dim=64, norm_layer=nn.LayerNorm"),
        (ReadsClass, "unit=Expanding, width=32"),
        (ReadsSettings, "dim=64, settings=Settings(window=2)"),
        (TakesAny, "dim=64, norm_layer=nn.LayerNorm"),
        (Deeper, "dim=64, splits=2"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_failure_tells_what_to_change(target, arguments):
    outcome = build(target)

    assert isinstance(outcome, Built), outcome
    assert arguments == outcome.arguments


def test_a_number_becomes_a_sequence_where_one_is_asked_for():
    outcome = build(WantsSeveral)

    assert "dim=64, depth=(2, 2, 2, 2)" == outcome.arguments


def test_the_same_class_is_built_in_the_same_way_each_time():
    assert build(ReadsFields).arguments == build(ReadsFields).arguments


class Layered(nn.Module):
    """Every one of its layers fails."""

    def __init__(self, dim: int, depth: int = 3):
        super().__init__()
        self.layers = nn.ModuleList(Hopeless(dim) for _ in range(depth))


def test_layers_that_fail_are_not_left_out():
    assert "ImportError: needs the library of somebody else" == build(Layered).reason


def test_ties_of_a_class_are_real_whatever_was_guessed():
    module = build(ReadsFields).module

    assert module.wte.weight is module.head.weight


def test_what_cannot_be_repaired_is_one_line():
    outcome = build(Hopeless)

    assert isinstance(outcome, Refused)
    assert "ImportError: needs the library of somebody else" == outcome.reason


def test_tensors_of_a_second_instance_have_values():
    first = build(ReadsKeys)

    assert torch.device("meta") == first.module.layer.weight.device
