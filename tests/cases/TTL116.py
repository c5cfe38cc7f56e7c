"""Cases of TTL116: what a registering method returns is None."""

# case: Each method, under the same name.
# torch: list(A().state_dict()) == []
# torch: A().b is None and A().w is None and A().fc is None and A().ln is None
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = self.register_buffer("b", torch.ones(3))  # TTL116
        self.w = self.register_parameter("w", nn.Parameter(torch.ones(3)))  # TTL116
        self.fc = self.add_module("fc", nn.Linear(3, 3))  # TTL116
        self.ln = self.register_module("ln", nn.LayerNorm(3))  # TTL116


# case: Under another name.
# torch: B().mask is None and "causal" in B().state_dict()
import torch
from torch import nn


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = self.register_buffer("causal", torch.ones(3))  # TTL116


# case: Keywords, an annotation, a condition and several targets.
# torch: list(C(True).state_dict()) == []
import torch
from torch import nn


class C(nn.Module):
    def __init__(self, masked):
        super().__init__()
        self.a: torch.Tensor = self.register_buffer(name="a", tensor=torch.ones(3), persistent=True)  # TTL116
        self.b = self.register_buffer("b", torch.ones(3)) if masked else None  # TTL116
        self.c = self.d = self.register_buffer("c", torch.ones(3))  # TTL116


# case: In a helper, over an argument.
# torch: D(torch.ones(3)).table is None
from torch import nn


class D(nn.Module):
    def __init__(self, table):
        super().__init__()
        self._build(table)

    def _build(self, table):
        self.table = self.register_buffer("table", table)  # TTL116


# case: Through a local name.
# torch: E().b is None
import torch
from torch import nn


class E(nn.Module):
    def __init__(self):
        super().__init__()
        b = self.register_buffer("b", torch.ones(3))
        self.b = b  # TTL116


# case: By super, in a subclass, and in a later method.
# torch: [m := F(), m.grow()] and m.pe is None and m.new is None
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()


class F(Base):
    def __init__(self):
        super(F, self).__init__()
        self.pe = super().register_buffer("pe", torch.ones(3))  # TTL116

    def grow(self):
        self.new = self.register_parameter("new", nn.Parameter(torch.ones(3)))  # TTL116


# case: A list of modules by name.
# torch: G(2).layers == [None, None]
from torch import nn


class G(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = [self.add_module(f"layer{i}", nn.Linear(3, 3)) for i in range(n)]  # TTL116


# case: On a child, and by a class that is no Module.
# torch: H().size is None and "size" in H().fc.state_dict()
# torch: Trainer().mean is None
import torch
from torch import nn


class H(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.size = self.fc.register_buffer("size", torch.ones(3))  # TTL116


class Trainer:
    def __init__(self):
        self.model = nn.Linear(3, 3)
        self.mean = self.model.register_buffer("mean", torch.ones(3))  # TTL116


# case: Called alone.
# torch: list(I().state_dict()) == ["w", "b"]
import torch
from torch import nn


class I(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("b", torch.ones(3))
        self.register_parameter("w", nn.Parameter(torch.ones(3)))
        self.alias = self.b


# case: None is registered, and None is what it is.
# torch: J(None).bias is None
from torch import nn


class J(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.bias = self.register_parameter("bias", None)
        self.other = self.register_buffer("mask", None)


# case: An own method that returns what it registers.
# torch: K().b is not None and list(K().state_dict()) == ["b"]
import torch
from torch import nn


class K(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = self.register_buffer("b", torch.ones(3))
        self.c = self.keep("c", torch.ones(3))

    def register_buffer(self, name, tensor):
        super().register_buffer(name, tensor)
        return tensor

    def keep(self, name, tensor):
        return tensor


# case: Hooks return handles.
# torch: L().handle is not None
from torch import nn


class L(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.handle = self.fc.register_forward_hook(lambda m, i, o: None)


# case: A result that is dropped, or goes to a local name and is bound anew.
# torch: M().b is not None
import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        b = self.register_buffer("b", torch.ones(3))
        _ = self.register_buffer("c", torch.ones(3))
        b = torch.zeros(3)
        self.d = b


# case: Something that is no Module has such a method.
# torch: Registry().a == 1
class Registry:
    def __init__(self):
        self.a = self.register_buffer("a", 1)

    def register_buffer(self, name, value):
        return value


class Keeps:
    def __init__(self, module):
        self.b = module.register_buffer("b", 1)
