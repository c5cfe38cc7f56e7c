"""Configurations are found, and made small."""

import dataclasses
from typing import ClassVar

import pytest
from torch import nn

from torchtielint.runtime.construct import Built, build, rebuild


@dataclasses.dataclass
class Settings:
    hidden_size: int = 4096
    num_layers: int = 96
    vocab_size: int = 1000


class Decoder(nn.Module):
    def __init__(self, config: Settings):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(nn.Linear(config.hidden_size, 4) for _ in range(config.num_layers))


class Unannotated(nn.Module):
    config_class = Settings

    def __init__(self, config):
        super().__init__()
        self.layer = nn.Linear(config.hidden_size, config.hidden_size)


@dataclasses.dataclass
class Strict:
    hidden_size: int = 512
    num_layers: int = 12

    def __post_init__(self):
        if self.hidden_size < 512:
            raise ValueError("too narrow")


class FromStrict(nn.Module):
    def __init__(self, config: Strict):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(config.hidden_size, 4) for _ in range(config.num_layers))


def test_a_dataclass_is_shrunk_by_layers_and_widths_but_not_by_its_vocabulary():
    outcome = build(Decoder)

    assert isinstance(outcome, Built), outcome
    assert (1000, 2) == (outcome.module.embedding.num_embeddings, len(outcome.module.layers))
    assert outcome.module.embedding.embedding_dim < 4096


def test_a_class_that_is_declared_is_used_where_nothing_is_annotated():
    assert build(Unannotated).arguments.startswith("config=Settings(")


def test_a_configuration_that_refuses_to_be_narrow_is_shrunk_by_layers():
    assert "config=Strict(num_layers=2)" == build(FromStrict).arguments


@pytest.mark.filterwarnings("ignore")  # what transformers and its dependencies deprecate is not ours
def test_a_model_of_hugging_face_is_built_small_and_with_real_values():
    from transformers import T5ForConditionalGeneration

    first = build(T5ForConditionalGeneration)
    assert isinstance(first, Built), first
    second = rebuild(first, device="cpu")

    assert first.arguments.startswith("config=T5Config(d_model=64")
    assert second.module.shared.weight is second.module.lm_head.weight
    assert sum(one.numel() for one in second.module.parameters()) < 10_000_000


class PretrainedConfig:
    """Called as that of transformers, which is not imported."""


class Refusing(PretrainedConfig):
    """Refuses to be read, as heterogeneous configurations do."""

    def __init__(self, hidden_size=512, num_layers=12):
        self.num_layers = num_layers
        self.width = hidden_size

    @property
    def hidden_size(self):
        raise RuntimeError("ask a layer")


class FromRefusing(nn.Module):
    def __init__(self, config: Refusing):
        super().__init__()
        print("building")  # noqa: T201  # it must not be seen
        self.layers = nn.ModuleList(nn.Linear(config.width, 4) for _ in range(config.num_layers))


def test_a_configuration_that_refuses_to_be_read_is_used_all_the_same(capsys):
    assert "config=Refusing(num_layers=2)" == build(FromRefusing).arguments
    assert ("", "") == tuple(capsys.readouterr())


class Loud(PretrainedConfig):
    def __init__(self, num_layers=3):
        print("reading")  # noqa: T201  # likewise
        self.num_layers = num_layers


class FromLoud(nn.Module):
    def __init__(self, config: Loud):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(config.num_layers))


def test_what_a_configuration_prints_is_not_seen(capsys):
    assert "config=Loud(num_layers=2)" == build(FromLoud).arguments
    assert ("", "") == tuple(capsys.readouterr())


class Part(PretrainedConfig):
    model_type = "part"

    def __init__(self, hidden_size=8, num_experts=None, rate=0.5):
        self.hidden_size = hidden_size
        self.num_experts = num_experts
        self.rate = rate


class Middle(PretrainedConfig):
    model_type = "middle"

    def __init__(self, part=None):
        self.part = Part(**_plain(part))


class Whole(PretrainedConfig):
    def __init__(self, text=None, middle=None, rope=None, layer_types=None):
        self.text = Part(**_plain(text))
        self.middle = Middle(**_plain(middle))
        self.rope = {"theta": 10.0} if rope is None else rope
        self.layer_types = layer_types


def _plain(values):
    """The fields of a part, which is read from a dictionary."""
    return {name: value for name, value in (values or {}).items() if name != "model_type"}


class ReadsPart(nn.Module):
    def __init__(self, config: Whole):
        super().__init__()
        self.router = nn.Linear(config.text.hidden_size, config.text.num_experts)


class ReadsPartOfPart(nn.Module):
    def __init__(self, config: Whole):
        super().__init__()
        self.router = nn.Linear(config.middle.part.hidden_size, config.middle.part.num_experts)


class ByName(nn.Module):
    """Reads a field of which only the string is in the source."""

    def __init__(self, config: Whole):
        super().__init__()
        experts = getattr(config.text, "num_experts", None)
        self.router = nn.Linear(4, experts)


class LooksUpInTable(nn.Module):
    def __init__(self, config: Whole):
        super().__init__()
        self.layer = nn.Linear(int(config.rope["full"]["theta"]), int(config.rope["sliding"]["theta"]))


class ComparesItems(nn.Module):
    def __init__(self, config: Whole):
        super().__init__()
        self.attention = [at for at in range(2) if config.layer_types[at] != "conv"]
        self.layer = nn.Linear(2, 2 // len(config.layer_types))


@pytest.mark.parametrize(
    ("target", "arguments"),
    [
        (ReadsPart, "text={'model_type': 'part', 'num_experts': 8}"),
        (ReadsPartOfPart, "middle={'model_type': 'middle', 'part': {'model_type': 'part', 'num_experts': 8}}"),
        (ByName, "text={'model_type': 'part', 'num_experts': 8}"),
        (LooksUpInTable, "rope={'theta': 10.0, 'full': {'theta': 10.0}, 'sliding': {'theta': 10.0}}"),
        (ComparesItems, "layer_types=['conv', 'conv']"),
    ],
)
def test_fields_are_repaired_wherever_they_are(target, arguments):
    outcome = build(target)

    assert isinstance(outcome, Built), outcome
    assert f"config=Whole({arguments})" == outcome.arguments


class Growing(Part):
    """Takes any field, as those of Hugging Face do."""

    model_type = "growing"

    def __init__(self, **more):
        super().__init__()
        vars(self).update(more)


class Holder(PretrainedConfig):
    def __init__(self, text=None):
        self.text = Growing(**_plain(text))


class LacksField(nn.Module):
    def __init__(self, config: Holder):
        super().__init__()
        self.layer = nn.Linear(config.text.hidden_size, config.text.projected_size)


def test_a_field_that_an_inner_configuration_lacks_is_added():
    assert "config=Holder(text={'model_type': 'growing', 'projected_size': 64})" == build(LacksField).arguments


class Hopeless(nn.Module):
    seen: ClassVar[set[type]] = set()

    def __init__(self, config: Whole):
        super().__init__()
        self.seen.add(type(config))
        raise ValueError("config must be a list of 4 integers, not zero")


def test_no_number_and_no_list_is_tried_in_place_of_a_configuration():
    build(Hopeless)

    assert {Whole} == Hopeless.seen


class FromWide(nn.Module):
    config_class = Loud

    def __init__(self, config: Loud):
        super().__init__()
        if config.num_layers < 3:
            raise RuntimeError
        self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(config.num_layers))


class Renamed(FromWide):
    """Names none of its arguments."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


def test_another_configuration_is_tried_for_an_argument_that_is_not_named():
    assert "config=Loud()" == build(Renamed).arguments
