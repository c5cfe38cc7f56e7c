"""Cases of TTL120: every round of a loop registers under one name."""

# case: A layer in a loop over a number that is not known.
# torch: len(parameter_names(A(5))) == 2
from torch import nn


class A(nn.Module):
    def __init__(self, depth):
        super().__init__()
        for _ in range(depth):
            self.layer = nn.Linear(3, 3)  # TTL120


# case: Known rounds, and an own class.
# torch: len(parameter_names(B())) == 2
from torch import nn


class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)


class B(nn.Module):
    def __init__(self):
        super().__init__()
        for n in (3, 4, 5):
            self.block = Block(n)  # TTL120


# case: Parameters, and registration by method.
# torch: parameter_names(C(4)) == ["scale", "fc.weight", "fc.bias"]
import torch
from torch import nn


class C(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            self.scale = nn.Parameter(torch.ones(i + 1))  # TTL120
            self.add_module("fc", nn.Linear(3, 3))  # TTL120


# case: By setattr with a name that forgot its number.
# torch: parameter_names(D(4)) == ["layer.weight", "layer.bias"]
from torch import nn


class D(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            setattr(self, "layer", nn.Linear(3, 3))  # TTL120


# case: Through a local name, over sizes, in a while loop.
# torch: len(parameter_names(E([2, 3]))) == 2 and len(parameter_names(F(8))) == 2
from torch import nn


class E(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        for n, m in zip(sizes, sizes):
            layer = nn.Linear(n, m)
            self.layer = layer  # TTL120


class F(nn.Module):
    def __init__(self, n):
        super().__init__()
        while n > 1:
            self.down = nn.Conv1d(n, n // 2, 1)  # TTL120
            n //= 2


# case: In a helper that the loop calls, and a nested loop.
# torch: len(parameter_names(G(3))) == 4
from torch import nn


class G(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            self._build(i)
        for i in range(n):
            for j in range(n):
                self.cell = nn.Linear(3, 3)  # TTL120

    def _build(self, i):
        self.head = nn.Linear(3, 3)  # TTL120


# case: A stack made of parts.
# torch: len(parameter_names(H(3))) == 2
from torch import nn


class H(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            conv = nn.Conv2d(3, 3, 3)
            self.stage = nn.Sequential(conv, nn.ReLU())  # TTL120


# case: Kept in a list by the attribute, or by the local name.
# torch: len(parameter_names(I(3))) == 12
from torch import nn


class I(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(n):
            self.layer = nn.Linear(3, 3)
            self.layers.append(self.layer)
        kept = []
        for _ in range(3):
            made = nn.Linear(3, 3)
            self.last = made
            kept.append(made)
        self.kept = nn.Sequential(*kept)


# case: Names that vary.
# torch: len(parameter_names(J(3))) == 12
from torch import nn


class J(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            setattr(self, f"a{i}", nn.Linear(3, 3))
            self.add_module("b" + str(i), nn.Linear(3, 3))


# case: A break or return ends the search.
# torch: len(parameter_names(K(3))) == 4
from torch import nn


class K(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            self.layer = nn.Linear(3, 3)
            if self.fits(i):
                break
        self._find(n)

    def fits(self, i):
        return i > 1

    def _find(self, n):
        for i in range(n):
            self.other = nn.Linear(3, 3)
            if i > 1:
                return


# case: Under a condition.
# torch: len(parameter_names(L(3))) == 4
from torch import nn


class L(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            if i == 0:
                self.first = nn.Linear(3, 3)
            elif i == n - 1:
                self.last = nn.Linear(3, 3)


# case: One round for each name.
# torch: len(parameter_names(M())) == 4
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("query", "key"):
            if name == "query":
                self.query = nn.Linear(3, 3)
            else:
                self.key = nn.Linear(3, 3)
        for _ in range(1):
            self.query = nn.Linear(3, 3)


# case: Chained on what is there.
# torch: len(parameter_names(N(3))) == 6
from torch import nn


class N(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.net = nn.Sequential()
        for _ in range(n):
            self.net = nn.Sequential(self.net, nn.Linear(3, 3))


# case: The model of each round is used in it.
# torch: error(lambda: study(3)) == ""
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 3)
        self.head = nn.Linear(3, 3)

    def forward(self, x):
        return self.head(self.body(x))


def evaluate(model):
    return model(torch.ones(3)).sum().item()


def study(folds):
    model = Net()
    scores = []
    for _ in range(folds):
        model.head = nn.Linear(3, 3)
        scores.append(evaluate(model))
    for _ in range(folds):
        model.head = nn.Linear(3, 3)
        scores.append(model(torch.ones(3)))
    return scores


# case: A new object in every round.
# torch: len(population(3)) == 3
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 3)


def population(n):
    models = []
    for _ in range(n):
        model = Net()
        model.head = nn.Linear(3, 3)
        models.append(model)
    return models


# case: Plain values, buffers that are updated, layers without state.
# torch: list(O(3).state_dict()) == ["steps"]
import torch
from torch import nn


class O(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            self.size = i
            self.table = torch.ones(i)
            self.register_buffer("steps", torch.ones(i))
            self.act = nn.ReLU()


# case: What is assigned is not made in the loop.
# torch: len(parameter_names(P([nn.Linear(3, 3)]))) == 4
from torch import nn


class P(nn.Module):
    def __init__(self, layers):
        super().__init__()
        shared = nn.Linear(3, 3)
        for layer in layers:
            self.shared = shared
            self.layer = layer


# case: A method in the loop reads it.
# torch: len(parameter_names(Q(3))) == 6
from torch import nn


class Q(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList()
        for i in range(n):
            self.layer = nn.Linear(3, 3)
            self._keep()

    def _keep(self):
        self.layers.append(self.layer)


# case: A constructor that is run when a loop first asks for its attributes.
# torch: len(parameter_names(Deep())) == 10
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.norm = nn.LayerNorm(n)


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([Cell(3), Cell(3)])
        self.head = nn.Linear(3, 3)
        for cell in self.cells:
            nn.init.zeros_(cell.fc.weight)
        for name, p in self.named_parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)


def build(n):
    cell = Cell(3)
    for _ in range(n):
        torch.nn.init.zeros_(cell.fc.weight)
    return cell


# case: A list that grows: what is made of it last holds all.
# torch: len(parameter_names(Deep(4))) == 8 and len(parameter_names(Shallow(4))) == 2
from torch import nn


class Deep(nn.Module):
    def __init__(self, depth):
        super().__init__()
        layers = []
        for _ in range(depth):
            layers.append(nn.Linear(3, 3))
            self.layers = nn.Sequential(*layers)


class Shallow(nn.Module):
    def __init__(self, depth):
        super().__init__()
        for _ in range(depth):
            layers = []
            layers.append(nn.Linear(3, 3))
            self.layers = nn.Sequential(*layers)  # TTL120
