"""Cases of TTL114: `Module.__init__` runs again and forgets."""

# case: Two base classes, one after the other.
# torch: parameter_names(Both()) == ["b.weight", "b.bias"]
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.a = nn.Linear(3, 3)


class B(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.b = nn.Linear(3, 3)


class Both(A, B):
    def __init__(self):
        A.__init__(self)
        B.__init__(self)  # TTL114


# case: Cooperative base classes, called one by one.
# torch: sorted(parameter_names(C())) == ["b.bias", "b.weight"]
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.Linear(3, 3)


class C(A, B):
    def __init__(self):
        A.__init__(self)
        B.__init__(self)  # TTL114


# case: super after an explicit call, and twice.
# torch: parameter_names(D()) == [] and parameter_names(E()) == ["w"]
import torch
from torch import nn


class D(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.fc = nn.Linear(3, 3)
        super().__init__()  # TTL114


class E(nn.Module):
    def __init__(self):
        super().__init__()
        self.v = nn.Parameter(torch.ones(3))
        super(E, self).__init__()  # TTL114
        self.w = nn.Parameter(torch.ones(3))


# case: A buffer, and what a helper registered.
# torch: list(F().state_dict()) == []
import torch
from torch import nn


class F(nn.Module):
    def __init__(self):
        super().__init__()
        self._build()
        self._again()  # TTL114

    def _build(self):
        self.register_buffer("mask", torch.ones(3))

    def _again(self):
        nn.Module.__init__(self)


# case: The constructor of a torch module over an own layer.
# torch: sorted(parameter_names(G())) == ["bias", "weight"]
from torch import nn


class G(nn.Linear):
    def __init__(self):
        nn.Module.__init__(self)
        self.extra = nn.Linear(3, 3)
        nn.Linear.__init__(self, 3, 3)  # TTL114


# case: The mistake stands in a base class, and is reported there.
# torch: parameter_names(Sub()) == ["b"]
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        nn.Module.__init__(self)  # TTL114


class Sub(Base):
    def __init__(self):
        super().__init__()
        self.b = nn.Parameter(torch.ones(3))


# case: A mixin whose super is the Module.
# torch: parameter_names(H()) == []
from torch import nn


class Mixin:
    def __init__(self):
        super().__init__()
        self.hooks = []


class H(Mixin, nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.fc = nn.Linear(3, 3)
        Mixin.__init__(self)  # TTL114


# case: One cooperative chain.
# torch: len(parameter_names(I())) == 6
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.Linear(3, 3)


class I(A, B):
    def __init__(self):
        super().__init__()
        self.c = nn.Linear(3, 3)


# case: The later call registers everything again.
# torch: len(parameter_names(J())) == 4
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)


class B(A):
    def __init__(self):
        super().__init__()
        self.b = nn.Linear(3, 3)


class J(B):
    def __init__(self):
        A.__init__(self)
        B.__init__(self)


# case: Nothing is registered yet.
# torch: len(parameter_names(K())) == 2
from torch import nn


class K(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.size = 3
        self.head = None
        super().__init__()
        self.fc = nn.Linear(3, 3)


# case: Mixins that are no Modules.
# torch: len(parameter_names(L())) == 2
from torch import nn


class Mixin:
    def __init__(self, n=1):
        self.n = n


class L(nn.Module, Mixin):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        Mixin.__init__(self, 2)


# case: Under a condition.
# torch: len(parameter_names(M(False))) == 2
from torch import nn


class M(nn.Module):
    def __init__(self, fresh):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        if fresh:
            nn.Module.__init__(self)


# case: Each of several children runs its own.
# torch: len(parameter_names(N())) == 4
from torch import nn


class Child(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.fc = nn.Linear(3, 3)


class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Child()
        self.b = Child()


# case: A constructor that is not known.
from somewhere import Base, Mixin

from torch import nn


class O(Base, nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.fc = nn.Linear(3, 3)
        super().__init__()


class P(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        Mixin.__init__(self)


# case: Deleted or moved away before.
# torch: len(parameter_names(Q())) == 2
from torch import nn


class Q(nn.Module):
    def __init__(self):
        super().__init__()
        self.probe = nn.Linear(3, 3)
        del self.probe
        nn.Module.__init__(self)
        self.fc = nn.Linear(3, 3)
