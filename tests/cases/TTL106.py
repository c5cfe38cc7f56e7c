"""Cases of TTL106, missing-super-init."""

# case: A registration without the call, torch under another name.
# torch: "cannot assign parameters before Module.__init__() call" in error(A)
import torch as th


class A(th.nn.Module):
    def __init__(self):  # TTL106
        self.w = th.nn.Parameter(th.ones(4))


# case: Nothing is registered, the call fails at first use.
# torch: "'B' object has no attribute '_backward_hooks'" in error(lambda: B(2)(1))
# torch: "'B' object has no attribute '_modules'" in error(lambda: B(2).to("cpu"))
from torch.nn import Module


class B(Module):
    def __init__(self, factor):  # TTL106
        self.factor = factor

    def forward(self, x):
        return x * self.factor


# case: The subclass of a Module of the file forgets the call.
# torch: "before Module.__init__() call" in error(Child)
import torch.nn as nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(4)


class Child(Base):
    def __init__(self):  # TTL106
        self.fc = nn.Linear(4, 4)


# case: Subclasses of torch's own modules forget it as well.
# torch: "before Module.__init__() call" in error(Wide)
from torch import nn


class Wide(nn.Linear):
    def __init__(self):  # TTL106
        self.scale = nn.Linear(4, 4)


# case: The call is named and not called.
# torch: "before Module.__init__() call" in error(C)
from torch import nn


class C(nn.Module):
    def __init__(self):  # TTL106
        super().__init__
        self.fc = nn.Linear(4, 4)


# case: super with the class alone is bound to nothing.
# torch: "before Module.__init__() call" in error(D)
from torch import nn


class D(nn.Module):
    def __init__(self):  # TTL106
        super(D).__init__()
        self.fc = nn.Linear(4, 4)


# case: The parentheses of super are missing.
# torch: "TypeError" in error(E)
from torch import nn


class E(nn.Module):
    def __init__(self):  # TTL106
        super.__init__()
        self.fc = nn.Linear(4, 4)


# case: The explicit call without self.
# torch: "missing 1 required positional argument: 'self'" in error(F)
from torch import nn


class F(nn.Module):
    def __init__(self):  # TTL106
        nn.Module.__init__()
        self.fc = nn.Linear(4, 4)


# case: The constructor's name is misspelt.
# torch: "'G' object has no attribute 'fc'" in error(lambda: G()(1))
from torch import nn


class G(nn.Module):
    def _init_(self, size=4):  # TTL106
        super().__init__()
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


# case: A dataclass without a constructor of its own.
# torch: "'H' object has no attribute '_backward_hooks'" in error(lambda: H()(1))
# torch: "'I' object has no attribute '_backward_hooks'" in error(lambda: I()(1))
import dataclasses
from dataclasses import dataclass

from torch import nn


@dataclass(eq=False)
class H(nn.Module):  # TTL106
    size: int = 4

    def forward(self, x):
        return x


@dataclasses.dataclass(eq=False, repr=False)
class I(nn.Module):  # TTL106
    size: int = 4

    def forward(self, x):
        return x


# case: The call stands in one method, the constructor calls another.
# torch: "before Module.__init__() call" in error(J)
from torch import nn


class J(nn.Module):
    def __init__(self):  # TTL106
        self._build()

    def _setup(self):
        super().__init__()

    def _build(self):
        self.fc = nn.Linear(4, 4)


# case: Another base's constructor is no substitute.
# torch: "before Module.__init__() call" in error(K)
from torch import nn


class Named:
    def __init__(self, name):
        self.name = name


class K(nn.Module, Named):
    def __init__(self):  # TTL106
        Named.__init__(self, "k")
        self.fc = nn.Linear(4, 4)


# case: Every spelling of the call.
# torch: all(parameter_names(each()) == ["w"] for each in (One, Two, Three, Four, Five))
import torch
from torch import nn
from torch.nn import Module


class One(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))


class Two(nn.Module):
    def __init__(self):
        super(Two, self).__init__()
        self.w = nn.Parameter(torch.ones(4))


class Three(nn.Module):
    def __init__(self):
        torch.nn.Module.__init__(self)
        self.w = nn.Parameter(torch.ones(4))


class Four(Module):
    def __init__(self):
        Module.__init__(self)
        self.w = nn.Parameter(torch.ones(4))


class Five(nn.Module):
    def __init__(this, *args, **kwargs):
        super(this.__class__, this).__init__(*args, **kwargs)
        this.w = nn.Parameter(torch.ones(4))


# case: The base of the file is called by name.
# torch: parameter_names(Named()) == ["fc.weight", "fc.bias"]
from torch import nn


class Base(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)


class Named(Base):
    def __init__(self):
        Base.__init__(self, 4)


# case: The call is delegated to another method.
# torch: parameter_names(Delegated()) == ["fc.weight", "fc.bias"]
from torch import nn


class Delegated(nn.Module):
    def __init__(self):
        self._init_module()
        self.fc = nn.Linear(4, 4)

    def _init_module(self):
        super().__init__()


# case: The call is delegated to a function.
# torch: parameter_names(ByFunction()) == ["fc.weight", "fc.bias"]
from torch import nn


def prepare(module):
    nn.Module.__init__(module)


class ByFunction(nn.Module):
    def __init__(self):
        prepare(self)
        self.fc = nn.Linear(4, 4)


# case: The constructors of all bases in a loop.
# torch: parameter_names(Loop()) == ["fc.weight", "fc.bias"]
from torch import nn


class Mixin:
    pass


class Loop(Mixin, nn.Module):
    def __init__(self):
        for base in type(self).__bases__:
            base.__init__(self)
        self.fc = nn.Linear(4, 4)


# case: A constructor that only raises.
# torch: "use Factory.make()" in error(Factory)
from torch import nn


class Factory(nn.Module):
    def __init__(self):
        raise TypeError("use Factory.make()")


class Abstract(nn.Module):
    def __init__(self, size):
        raise NotImplementedError


# case: A constructor that takes over the state of another module.
# torch: parameter_names(Copied(nn.Linear(4, 4))) == ["weight", "bias"]
from torch import nn


class Copied(nn.Module):
    def __init__(self, source):
        self.__dict__ = source.__dict__.copy()


class Updated(nn.Module):
    def __init__(self, source):
        self.__dict__.update(source.__dict__)


# case: No constructor at all.
# torch: parameter_names(Swish()) == [] and parameter_names(Sub()) == ["fc.weight", "fc.bias"]
import torch
from torch import nn


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class Root(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)


class Sub(Root):
    def forward(self, x):
        return self.fc(x)


# case: A dataclass that makes the call in __post_init__.
# torch: parameter_names(Data()) == ["fc.weight", "fc.bias"]
from dataclasses import dataclass

from torch import nn


@dataclass(eq=False)
class Data(nn.Module):
    size: int = 4

    def __post_init__(self):
        super().__init__()
        self.fc = nn.Linear(self.size, self.size)


# case: A dataclass that keeps its own constructor, and one that makes none.
# torch: parameter_names(Kept()) == parameter_names(NoInit()) == []
from dataclasses import dataclass

from torch import nn


@dataclass(eq=False)
class Kept(nn.Module):
    size: int = 4

    def __init__(self):
        super().__init__()
        self.size = 8


@dataclass(eq=False, init=False)
class NoInit(nn.Module):
    size: int = 4


# case: A dataclass that makes the call in __new__.
# torch: parameter_names(New()) == []
from dataclasses import dataclass

from torch import nn


@dataclass(eq=False)
class New(nn.Module):
    size: int = 4

    def __new__(cls, *args, **kwargs):
        made = object.__new__(cls)
        nn.Module.__init__(made)
        return made


# case: attrs calls a hook before its own constructor.
import attrs
from torch import nn


@attrs.define(eq=False, slots=False)
class Defined(nn.Module):
    size: int = 4

    def __attrs_pre_init__(self):
        super().__init__()


# case: An unknown decorator may change the class or the constructor.
from framework import initialises_module, module
from torch import nn


@module
class Decorated(nn.Module):
    def __init__(self, size):
        self.size = size


class DecoratedInit(nn.Module):
    @initialises_module
    def __init__(self, size):
        self.size = size


# case: A metaclass makes the call.
# torch: parameter_names(ByMeta()) == ["w"]
import torch
from torch import nn


class Meta(type):
    def __call__(cls, *args, **kwargs):
        made = cls.__new__(cls)
        nn.Module.__init__(made)
        made.__init__(*args, **kwargs)
        return made


class ByMeta(nn.Module, metaclass=Meta):
    def __init__(self):
        self.w = nn.Parameter(torch.ones(4))


# case: __new__ makes the call, the constructor only stores.
# torch: parameter_names(Early(4)) == []
from torch import nn


class Early(nn.Module):
    def __new__(cls, *args):
        made = super().__new__(cls)
        nn.Module.__init__(made)
        return made

    def __init__(self, size):
        self.size = size


# case: A base that cannot be resolved stands first.
from framework import Component
from torch import nn


class Mixed(Component, nn.Module):
    def __init__(self, size):
        Component.__init__(self)
        self.fc = nn.Linear(size, size)


class Unknown(Component):
    def __init__(self, size):
        self.fc = nn.Linear(size, size)


# case: A mixin of the file passes the call on.
# torch: parameter_names(Cooperative()) == ["fc.weight", "fc.bias"]
from torch import nn


class Mixin:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mixed = True


class Cooperative(Mixin, nn.Module):
    def __init__(self):
        Mixin.__init__(self)
        self.fc = nn.Linear(4, 4)


# case: Abstract bases and protocols.
# torch: parameter_names(Concrete()) == ["fc.weight", "fc.bias"]
from abc import ABC, abstractmethod
from typing import Protocol

from torch import nn


class Scorer(Protocol):
    def __init__(self, size: int) -> None: ...


class Sized(ABC):
    def __init__(self, size):
        self.size = size


class Base(nn.Module, ABC):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    @abstractmethod
    def score(self, x): ...


class Concrete(Base):
    def score(self, x):
        return self.fc(x)


# case: The call stands in each branch, in a try block, or after checks that raise.
# torch: parameter_names(Checked(4)) == ["fc.weight", "fc.bias"]
import torch
from torch import nn


class Checked(nn.Module):
    def __init__(self, size):
        if size < 1:
            raise ValueError(size)
        try:
            super().__init__(size=size)
        except TypeError:
            super().__init__()
        self.fc = nn.Linear(size, size)


class Branches(nn.Module):
    def __init__(self, old):
        if old:
            nn.Module.__init__(self)
        else:
            super().__init__()


# case: A singleton returns early when it is already initialised.
# torch: parameter_names(Single()) == ["fc.weight", "fc.bias"]
from torch import nn


class Single(nn.Module):
    _made = None

    def __new__(cls):
        if cls._made is None:
            cls._made = super().__new__(cls)
        return cls._made

    def __init__(self):
        if "_modules" in self.__dict__:
            return
        super().__init__()
        self.fc = nn.Linear(4, 4)


# case: A class that is no Module, and modules of other libraries.
import flax.linen
import haiku
from paddle import nn as pnn


class Config:
    def __init__(self, size):
        self.size = size


class Paddle(pnn.Layer):
    def __init__(self):
        self.size = 4


class Haiku(haiku.Module):
    def __init__(self):
        self.size = 4


# case: A project's own class called Module.
import torch


class Module:
    def __init__(self):
        pass


class Own(Module):
    def __init__(self):
        self.w = torch.ones(4)


# case: A class nested in a function calls super as usual.
# torch: parameter_names(make(4)) == ["fc.weight", "fc.bias"]
from torch import nn


def make(size):
    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(size, size)

    return Inner()


# case: A helper called _init_ beside a real constructor.
# torch: parameter_names(Both()) == ["fc.weight", "fc.bias"]
from torch import nn


class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self._init_()

    def _init_(self):
        self.fc = nn.Linear(4, 4)


# case: The constructor is borrowed or assigned.
# torch: parameter_names(Borrowed()) == ["fc.weight", "fc.bias"]
from torch import nn


class Lender(nn.Module):
    def __init__(self):
        super(nn.Module, self).__init__()
        nn.Module.__init__(self)
        self.fc = nn.Linear(4, 4)


class Borrowed(nn.Module):
    __init__ = Lender.__init__


# case: A test double that never becomes a working module is still one that breaks.
# torch: "'Fake' object has no attribute '_backward_hooks'" in error(lambda: Fake(1)(2))
from torch import nn


class Fake(nn.Module):
    def __init__(self, answer):  # TTL106
        self.answer = answer

    def forward(self, x):
        return self.answer


# case: A constructor that does nothing.
# torch: "'Empty' object has no attribute '_parameters'" in error(lambda: list(Empty().parameters()))
from torch import nn


class Empty(nn.Module):
    def __init__(self):  # TTL106
        pass


# case: Signatures for type checkers are no constructors.
# torch: parameter_names(Stub()) == ["fc.weight", "fc.bias"] and parameter_names(Overloaded()) == []
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from torch import nn

T = TypeVar("T")


class Base(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.fc = nn.Linear(4, 4)


class Stub(Base):
    if TYPE_CHECKING:

        def __init__(self, size: int = 4) -> None: ...


class Overloaded(nn.Module, Generic[T]):
    @overload
    def __init__(self) -> None: ...

    @overload
    def __init__(self, size: int) -> None: ...

    def __init__(self, size: int = 4) -> None:
        super().__init__()
        self.size = size


# case: a base's metaclass calls Module.__init__
from torch import nn


class Meta(type):
    def __call__(cls, *args, **kwargs):
        made = cls.__new__(cls)
        nn.Module.__init__(made)
        made.__init__(*args, **kwargs)
        return made


class Base(nn.Module, metaclass=Meta):
    def __init__(self):
        pass


class Block(Base):
    def __init__(self, size):
        self.fc = nn.Linear(size, size)


# torch: parameter_names(Block(3)) == ["fc.weight", "fc.bias"]


# case: an abstract base
import abc
from abc import ABCMeta

from torch import nn


class Base(nn.Module, metaclass=abc.ABCMeta):
    @abc.abstractmethod
    def forward(self, x): ...


class Block(Base):
    def __init__(self, size):  # TTL106
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


class Other(nn.Module, metaclass=ABCMeta):
    def __init__(self, size):  # TTL106
        self.fc = nn.Linear(size, size)


# torch: raises(AttributeError, lambda: Block(3))
# torch: raises(AttributeError, lambda: Other(3))


# case: silent: a template that a generator reads, where the parent's constructor is skipped by a call that cannot run
# torch: "missing 1 required positional argument: 'self'" in error(Rotary)
from torch import nn


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Linear(4, 4)


class Rotary(Embedding):
    def __init__(self):
        nn.Module.__init__()
        self.proj = nn.Linear(4, 4)


# case: The same in a class that names Module beside the parent that it skips.
# torch: "missing 1 required positional argument: 'self'" in error(SkippingBoth)
from torch import nn


class Parent(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)


class SkippingBoth(Parent, nn.Module):
    def __init__(self):
        nn.Module.__init__()
        self.b = nn.Linear(2, 2)
