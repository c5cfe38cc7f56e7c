"""Cases of TTL122: modules below themselves."""

# case: A child that keeps its parent.
# torch: error(lambda: A().train()) != ""
# torch: error(lambda: list(A().parameters())) == ""
from torch import nn


class Child(nn.Module):
    def __init__(self, parent):
        super().__init__()
        self.parent = parent
        self.fc = nn.Linear(3, 3)


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.child = Child(self)  # TTL122


# case: The module itself.
# torch: error(lambda: B().eval()) != ""
from torch import nn


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.model = self  # TTL122


# case: In a list of children, and by keyword.
# torch: error(lambda: C(2).state_dict()) != ""
from torch import nn


class Block(nn.Module):
    def __init__(self, size, owner=None):
        super().__init__()
        self.fc = nn.Linear(size, size)
        if owner is not None:
            self.owner = owner


class C(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.blocks = nn.ModuleList([Block(3, owner=self) for _ in range(n)])  # TTL122


# case: The parent goes through a base class, and two levels down.
# torch: error(lambda: D().train()) != ""
from torch import nn


class Base(nn.Module):
    def __init__(self, parent):
        super().__init__()
        self.add_module("parent", parent)


class Inner(Base):
    def __init__(self, parent):
        super().__init__(parent)
        self.fc = nn.Linear(3, 3)


class Middle(nn.Module):
    def __init__(self, top):
        super().__init__()
        self.inner = Inner(top)


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.middle = Middle(self)  # TTL122


# case: The parent is set afterwards, by a method or outside.
# torch: [m := E(), m.link()] and error(lambda: m.train()) != ""
# torch: error(lambda: build().train()) != ""
from torch import nn


class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


class E(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Part()

    def link(self):
        self.part.whole = self  # TTL122


def build():
    left, right = Part(), Part()
    left.other = right
    right.other = left  # TTL122
    return left


# case: Two children refer to each other.
# torch: error(lambda: F().train()) != ""
from torch import nn


class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


class F(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Part()
        self.decoder = Part()
        self.encoder.decoder = self.decoder
        self.decoder.encoder = self.encoder  # TTL122


# case: Inside a Sequential, by append, and by a helper.
# torch: error(lambda: G().train()) != "" and error(lambda: H().train()) != ""
from torch import nn


class Child(nn.Module):
    def __init__(self, parent):
        super().__init__()
        self.parent = parent


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 3), Child(self))  # TTL122


class H(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList()
        self._build()

    def _build(self):
        for _ in range(2):
            self.parts.append(Child(self))  # TTL122


# case: References that are not registered.
# torch: error(lambda: I().train().state_dict()) == ""
import weakref

from torch import nn


class Child(nn.Module):
    def __init__(self, parent):
        super().__init__()
        self.parent = [parent]
        self.pair = (parent, 1)
        self.weak = weakref.ref(parent)
        self.call = lambda: parent
        object.__setattr__(self, "hidden", parent)
        self.__dict__["other"] = parent


class I(nn.Module):
    def __init__(self):
        super().__init__()
        self.child = Child(self)
        self.me = [self]


# case: What the parent is used for, but not kept.
# torch: error(lambda: J().train()) == ""
from torch import nn


class Child(nn.Module):
    def __init__(self, parent):
        super().__init__()
        self.fc = nn.Linear(parent.size, parent.size)
        self.parent = parent
        del self.parent
        self.owner = None
        self.name = type(parent).__name__


class J(nn.Module):
    def __init__(self):
        super().__init__()
        self.size = 3
        self.child = Child(self)


# case: One module in two places.
# torch: error(lambda: K().train()) == ""
from torch import nn


class Head(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder


class K(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 3)
        self.head = Head(self.encoder)
        self.tail = Head(self.encoder)
        self.net = nn.Sequential(self.encoder, self.head)


# case: A wrapper that is not below what it wraps.
# torch: error(lambda: wrap(nn.Linear(3, 3)).train()) == ""
from torch import nn


class Wrapper(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module

    def wrapped(self):
        return Wrapper(self)


def wrap(model):
    for _ in range(3):
        model = Wrapper(model)
    return model.wrapped()


# case: A chain that is built in a loop.
# torch: error(lambda: L(3).train()) == ""
from torch import nn


class Node(nn.Module):
    def __init__(self, below):
        super().__init__()
        self.below = below


class L(nn.Module):
    def __init__(self, n):
        super().__init__()
        node = nn.Linear(3, 3)
        for _ in range(n):
            node = Node(node)
        self.top = node
        self.net = nn.Sequential()
        for _ in range(n):
            self.net = nn.Sequential(self.net, nn.Linear(3, 3))


# case: A class that walks over its children itself.
# torch: error(lambda: M().train()) == ""
from torch import nn


class Child(nn.Module):
    def __init__(self, parent):
        super().__init__()
        self.parent = parent

    def train(self, mode=True):
        self.training = mode
        return self


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.child = Child(self)


# case: The parent may be None, and a helper is no Module.
# torch: error(lambda: N().train()) == ""
from torch import nn


class Child(nn.Module):
    def __init__(self, parent=None):
        super().__init__()
        self.parent = parent


class Callback:
    def __init__(self, model):
        self.model = model


class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.child = Child()
        self.callback = Callback(self)
