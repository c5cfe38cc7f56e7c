"""Calls that documentation shows are read, and nothing in them is executed."""

import pytest
from torch import nn

from torchtielint.runtime.construct import Built, build, mine


class Picky(nn.Module):
    """Takes what nobody guesses.

    >>> model = Picky(zyx=1234, qrs=("even", 77))
    """

    def __init__(self, zyx, qrs):
        super().__init__()
        if zyx not in range(1200, 1300) or qrs[0][0] != "e":
            raise RuntimeError
        self.layer = nn.Linear(zyx, zyx)


class Encoder(nn.Module):
    def __init__(self, width, secret):
        super().__init__()
        if not 600 < secret < 700:
            raise RuntimeError
        self.pos = nn.Linear(width, width)


class Masked(nn.Module):
    def __init__(self, *, encoder, share):
        super().__init__()
        self.encoder = encoder
        self.decoder = nn.Linear(encoder.pos.in_features, 3)
        if not 0.7 < share < 0.8:
            raise RuntimeError


README = """
# Models

Use it so:

```python
import os
from package import Encoder, Masked

e = Encoder(
    width = 48,
    secret = 600 + 7 * 8
)
masked = Masked(
    encoder = e,
    share = 0.75  # of the patches
)
```
"""
HOSTILE = """
```python
masked = Masked(encoder=open("ran", "w"), share=__import__("os").system("touch ran"))
encoder = Encoder(width=[open("ran", "w") for _ in range(2)], secret=650)
```
"""


class MadeByFactory(nn.Module):
    def __init__(self, blueprint):
        super().__init__()
        self.layer = nn.Linear(blueprint.plan("first")["width"], 2)


class _Blueprint:
    def plan(self, name):
        return {"width": 5} if name == "first" else {}


def made_by_factory(pretrained: bool = True) -> MadeByFactory:
    if pretrained:
        raise OSError("no network")
    return MadeByFactory(_Blueprint())


def test_docstrings_are_read():
    assert "zyx=1234, qrs=('even', 77)" == build(Picky).arguments


def test_a_readme_shows_a_model_that_takes_another():
    outcome = build(Masked, mined=mine([README]))

    assert isinstance(outcome, Built), outcome
    assert "encoder=Encoder(width=48, secret=656), share=0.75" == outcome.arguments
    assert 48 == outcome.module.encoder.pos.in_features


def test_text_is_never_executed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build(Masked, mined=mine([HOSTILE]))
    outcome = build(Encoder, mined=mine([HOSTILE]))

    assert [] == list(tmp_path.iterdir())
    assert {"width=32", "secret=650"} == set(outcome.arguments.split(", "))


def test_a_factory_beside_the_class_makes_it_without_asking_for_weights():
    outcome = build(MadeByFactory)

    assert isinstance(outcome, Built), outcome
    assert "factory=made_by_factory" == outcome.arguments


@pytest.mark.parametrize("text", ["```python\nPicky(\n```", "```\nnot python at all Picky(\n```", ">>> Picky(*a, **b)"])
def test_examples_that_do_not_parse_are_passed_over(text):
    assert isinstance(build(Picky, mined=mine([text])), Built)
