"""Configurations are found, and made small."""

import dataclasses

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
