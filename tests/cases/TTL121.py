"""Cases of TTL121: Module classes whose objects have no hash."""

# case: A dataclass.
# torch: "unhashable type: 'A'" in error(lambda: list(A().parameters()))
# torch: "unhashable type: 'B'" in error(lambda: nn.Sequential(B()).to("cpu"))
import dataclasses
from dataclasses import dataclass

from torch import nn


@dataclass
class A(nn.Module):  # TTL121
    size: int = 3

    def __post_init__(self):
        super().__init__()
        self.fc = nn.Linear(self.size, self.size)


@dataclasses.dataclass(repr=False, order=True)
class B(nn.Module):  # TTL121
    size: int = 3

    def __post_init__(self):
        super().__init__()


# case: An __eq__ alone, and one that is taken from elsewhere.
# torch: "unhashable type: 'C'" in error(lambda: list(C().parameters()))
# torch: "unhashable type: 'D'" in error(lambda: list(D().parameters()))
from torch import nn


class C(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def __eq__(self, other):  # TTL121
        return isinstance(other, C)


def same(self, other):
    return self is other


class D(nn.Module):  # TTL121
    __eq__ = same


# case: __hash__ = None, written out.
# torch: "unhashable type: 'E'" in error(lambda: list(E().parameters()))
from torch import nn


class E(nn.Module):  # TTL121
    __hash__ = None


# case: Bases that compare.
# torch: "unhashable type: 'F'" in error(lambda: list(F().parameters()))
# torch: "unhashable type: 'G'" in error(lambda: list(G().parameters()))
import collections.abc
from typing import Any, Mapping

from torch import nn


class F(nn.Module, collections.abc.MutableMapping):  # TTL121
    def __delitem__(self, key):
        pass

    def __getitem__(self, key):
        return key

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __setitem__(self, key, value):
        pass


class G(nn.Module, Mapping[str, Any]):  # TTL121
    def __getitem__(self, key):
        return key

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


# case: A mixin of the project compares; a subclass inherits what is reported once.
# torch: "unhashable type: 'H'" in error(lambda: list(H().parameters()))
# torch: "unhashable type: 'Sub'" in error(lambda: list(Sub().parameters()))
from torch import nn


class Comparable:
    def __eq__(self, other):
        return type(self) is type(other)


class H(Comparable, nn.Module):  # TTL121
    pass


class Sub(H):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


# case: Of a subclass of a torch layer, in a training script.
# torch: "unhashable type: 'I'" in error(train)
import torch
from torch import nn


class I(nn.Linear):
    def __eq__(self, other):  # TTL121
        return torch.equal(self.weight, other.weight)


def train():
    return torch.optim.SGD(I(3, 3).parameters(), lr=0.1)


# case: The hash is kept.
# torch: error(lambda: [list(m().parameters()) for m in (J, K, L, M)]) == ""
from dataclasses import dataclass

from torch import nn


@dataclass(eq=False)
class J(nn.Module):
    size: int = 3

    def __post_init__(self):
        super().__init__()


@dataclass(unsafe_hash=True)
class K(nn.Module):
    size: int = 3

    def __post_init__(self):
        super().__init__()


class L(nn.Module):
    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return id(self)


class M(nn.Module):
    __hash__ = nn.Module.__hash__

    def __eq__(self, other):
        return self is other


# case: A subclass or a mixin gives it back.
# torch: error(lambda: list(N().parameters())) == ""
from collections.abc import Mapping

from torch import nn


class Hashed:
    def __hash__(self):
        return id(self)


class N(Hashed, nn.Module, Mapping):
    def __getitem__(self, key):
        return key

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


# case: The dataclass keeps a hash of its own.
# torch: error(lambda: list(O().parameters())) == ""
from dataclasses import dataclass

from torch import nn


@dataclass
class O(nn.Module):
    size: int = 3

    def __post_init__(self):
        super().__init__()

    def __hash__(self):
        return id(self)


# case: No Modules, and other comparisons.
# torch: error(lambda: list(P().parameters())) == ""
from dataclasses import dataclass

from torch import nn


@dataclass
class Config:
    size: int = 3


class Key:
    def __eq__(self, other):
        return True


class P(nn.Module):
    config: Config = Config()

    def __lt__(self, other):
        return True

    def __ne__(self, other):
        return self is not other


# case: Bases that compare by identity.
# torch: error(lambda: list(Q().parameters())) == ""
from collections.abc import Iterable, Sequence, Sized
from typing import Generic, TypeVar

from torch import nn

T = TypeVar("T")


class Q(nn.Module, Iterable, Sized, Generic[T]):
    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


# case: A base that is not known may have a hash.
from collections.abc import Mapping

from somewhere import Base

from torch import nn


class R(Base, nn.Module, Mapping):
    def __len__(self):
        return 0
