"""Cases of TTL117: plain containers inside of ParameterList and ParameterDict."""

# case: A list of lists, a tuple, a dict.
# torch: parameter_names(A()) == []
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ParameterList([[nn.Parameter(torch.ones(3))]])  # TTL117
        self.b = nn.ParameterList([(nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3)))])  # TTL117
        self.c = nn.ParameterDict({"x": {"y": nn.Parameter(torch.ones(3))}})  # TTL117


# case: Comprehensions, and through a local name.
# torch: parameter_names(B(2)) == []
import torch
from torch import nn
from torch.nn import Parameter, ParameterList


class B(nn.Module):
    def __init__(self, n):
        super().__init__()
        rows = [[Parameter(torch.ones(3)) for _ in range(n)] for _ in range(n)]
        self.rows = ParameterList(rows)  # TTL117


# case: Appended, extended, and stored under a key.
# torch: parameter_names(C()) == []
import torch
from torch import nn


class C(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.ParameterList()
        for _ in range(3):
            self.rows.append([nn.Parameter(torch.ones(3))])  # TTL117
        self.named = nn.ParameterDict()
        self.named["a"] = [nn.Parameter(torch.ones(3))]  # TTL117
        self.more = nn.ParameterList()
        self.more.extend([(nn.Parameter(torch.ones(2)),)])  # TTL117


# case: Plain tensors that it would have wrapped.
# torch: parameter_names(D()) == []
import torch
from torch import nn


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.ParameterList([[torch.ones(3)], [torch.zeros(3)]])  # TTL117


# case: What a helper gives, by keyword, and in a function.
# torch: parameter_names(E()) == [] and list(build().parameters()) == []
import torch
from torch import nn


class E(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.ParameterList(values=self._rows())  # TTL117

    def _rows(self):
        return [[nn.Parameter(torch.ones(3))], [nn.Parameter(torch.ones(3))]]


def build():
    pair = [nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))]
    return nn.ParameterDict(dict(pair=pair))  # TTL117


# case: In a subclass of ParameterList.
# torch: parameter_names(F()) == []
import torch
from torch import nn


class F(nn.ParameterList):
    def __init__(self):
        super().__init__([[nn.Parameter(torch.ones(3))]])  # TTL117


# case: Flat.
# torch: len(parameter_names(G(2))) == 7
import torch
from torch import nn


class G(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.ParameterList([nn.Parameter(torch.ones(3)) for _ in range(n)])
        self.b = nn.ParameterDict({"x": nn.Parameter(torch.ones(3)), "y": torch.ones(3)})
        self.c = nn.ParameterList(p for p in [torch.ones(3)])
        self.c.extend([nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))])


# case: Nested by torch's own containers.
# torch: len(parameter_names(H())) == 3
import torch
from torch import nn


class H(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ModuleList([nn.ParameterList([torch.ones(3)]), nn.ParameterList([torch.ones(3)])])
        self.b = nn.ParameterDict({"x": nn.ParameterList([torch.ones(3)])})


# case: Lists without tensors, and elements that are not known.
# torch: parameter_names(I([[1]])) == []
from torch import nn


class I(nn.Module):
    def __init__(self, rows):
        super().__init__()
        self.sizes = nn.ParameterList([[1, 2], ["a"], ()])
        self.rows = nn.ParameterList(rows)
        self.row = nn.ParameterList([rows])


# case: A project's own container.
# torch: len(ParameterList([[1]])) == 1
import torch
from torch import nn


class ParameterList(list):
    pass


rows = ParameterList([[nn.Parameter(torch.ones(3))]])
