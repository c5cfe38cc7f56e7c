"""Cases of TTL101, parameter-lost-to-op."""

# case: Arithmetic on a new Parameter, torch under another name.
# torch: parameter_names(Scale()) == [] and "scale" in vars(Scale())
import torch as th


class Scale(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = th.nn.Parameter(th.ones(4)) * 0.1  # TTL101

    def forward(self, x):
        return x * self.scale


# case: Indexing with None, Parameter imported under another name.
# torch: parameter_names(Row()) == []
import torch
from torch.nn import Module
from torch.nn import Parameter as P


class Row(Module):
    def __init__(self):
        super(Row, self).__init__()
        self.row = P(torch.randn(4))[None]  # TTL101


# case: A view taken of a local that was a Parameter.
# torch: parameter_names(Grid()) == []
import torch
import torch.nn as nn


class Grid(nn.Module):
    def __init__(self):
        super().__init__()
        w = nn.Parameter(torch.randn(16))
        w = w.view(4, 4)
        self.w = w  # TTL101


# case: A reshape to the very same shape is an operation, too.
# torch: parameter_names(Same()) == []
import torch
from torch import nn


class Same(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4)).reshape(4)  # TTL101
        self.v = nn.Parameter(torch.randn(4)).squeeze()  # TTL101
        self.u = nn.Parameter(torch.randn(4)).clone()  # TTL101


# case: One side of a tuple assignment is lost, the other is not.
# torch: parameter_names(Pair()) == ["b"]
import torch
from torch import nn
from torch.nn.parameter import Parameter


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = Parameter(torch.ones(4)) / 2, Parameter(torch.ones(4))  # TTL101


# case: Lost in a helper method that the constructor calls.
# torch: parameter_names(Built(4)) == []
import torch
from torch import nn


class Built(nn.Module):
    def __init__(self, size):
        super().__init__()
        self._build(size)

    def _build(self, size):
        self.kernel = nn.Parameter(torch.randn(size, size)).t()  # TTL101


# case: Stored through setattr with a literal name.
# torch: parameter_names(Named()) == []
import torch
from torch import nn


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, "w", nn.Parameter(torch.ones(4)).half())  # TTL101


# case: Lost in both branches.
# torch: parameter_names(Branch(True)) == parameter_names(Branch(False)) == []
import torch
from torch import nn


class Branch(nn.Module):
    def __init__(self, wide):
        super().__init__()
        if wide:
            self.w = nn.Parameter(torch.randn(8)).unsqueeze(0)  # TTL101
        else:
            self.w = nn.Parameter(torch.randn(4)).unsqueeze(0)  # TTL101


# case: Bound by a walrus first, stored on the next line.
# torch: parameter_names(Walrus()) == []
import torch
from torch import nn


class Walrus(nn.Module):
    def __init__(self):
        super().__init__()
        if (w := nn.Parameter(torch.ones(4)).exp()) is not None:
            self.w = w  # TTL101


# case: An annotated assignment.
# torch: parameter_names(Annotated()) == []
import torch
from torch import nn


class Annotated(nn.Module):
    weight: torch.Tensor

    def __init__(self):
        super().__init__()
        self.weight: torch.Tensor = nn.Parameter(torch.ones(4)) + 1  # TTL101


# case: A chained assignment.
# torch: parameter_names(Chained()) == []
import torch
from torch import nn


class Chained(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = w = -nn.Parameter(torch.ones(4))  # TTL101
        self.size = w.numel()


# case: The class is a Module through another class of the file.
# torch: parameter_names(Child()) == ["bias"]
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(4))


class Child(Base):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(4)).expand(2, 4)  # TTL101


# case: Functions of torch lose it as methods do.
# torch: parameter_names(Functions()) == []
import torch
import torch.nn.functional as F
from torch import nn


class Functions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.exp(nn.Parameter(torch.zeros(4)))  # TTL101
        self.b = F.normalize(nn.Parameter(torch.randn(4)), dim=0)  # TTL101
        self.c = torch.transpose(nn.Parameter(torch.randn(4, 3)), 0, 1)  # TTL101
        self.d = nn.Parameter(torch.randn(4, 4)) @ torch.eye(4)  # TTL101


# case: The gradient is lost along with the registration.
# torch: parameter_names(Cut()) == []
# torch: not any(tensor.requires_grad for tensor in vars(Cut()).values() if isinstance(tensor, torch.Tensor))
import torch
from torch import nn


class Cut(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(4)).detach()  # TTL101
        self.b = nn.Parameter(torch.randn(4)).data  # TTL101
        self.c = torch.tensor(nn.Parameter(torch.randn(4)))  # TTL101


# case: Variable around a Parameter, as in old code.
# torch: parameter_names(Old()) == []
import torch
from torch import nn
from torch.autograd import Variable


class Old(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = Variable(nn.Parameter(torch.randn(4)))  # TTL101


# case: A move to a device loses it whenever the move is real.
# torch: parameter_names(Moved("cpu")) == ["w"] and parameter_names(Moved("meta")) == []
import torch
from torch import nn


class Moved(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4)).to(device)  # TTL101


# case: A literal move to the GPU.
import torch
from torch import nn


class OnGpu(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(4)).cuda()  # TTL101
        self.b = nn.Parameter(torch.randn(4)).to("cuda")  # TTL101
        self.c = nn.Parameter(torch.randn(4)).to(torch.device("cuda:0"))  # TTL101


# case: A conversion that changes the dtype, or a forced copy.
# torch: parameter_names(Converted()) == []
import torch
from torch import nn


class Converted(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(4)).double()  # TTL101
        self.b = nn.Parameter(torch.randn(4)).bfloat16()  # TTL101
        self.c = nn.Parameter(torch.randn(4)).type(torch.float64)  # TTL101
        self.d = nn.Parameter(torch.randn(4)).to(torch.float16)  # TTL101
        self.e = nn.Parameter(torch.randn(4)).to("cpu", copy=True)  # TTL101
        self.f = nn.Parameter(torch.randn(4, dtype=torch.float64)).float()  # TTL101
        self.g = nn.Parameter(torch.randn(4, 3).t()).contiguous()  # TTL101


# case: A Parameter frozen first and converted afterwards, and the other way round.
# torch: parameter_names(Frozen()) == []
import torch
from torch import nn


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.ones(4)).requires_grad_(False).half()  # TTL101
        self.b = nn.Parameter(torch.ones(4)).half().requires_grad_(True)  # TTL101


# case: In-place methods on a new Parameter raise.
# torch: "in-place operation" in error(InPlace) and "in-place operation" in error(Grown)
import torch
from torch import nn


class InPlace(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.empty(4)).uniform_(-1, 1)  # TTL101


class Grown(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4)).unsqueeze_(0)  # TTL101


# case: The same in-place method inside no_grad keeps the Parameter.
# torch: parameter_names(Quiet()) == ["w"]
import torch
from torch import nn


class Quiet(nn.Module):
    def __init__(self):
        super().__init__()
        with torch.no_grad():
            self.w = nn.Parameter(torch.empty(4)).uniform_(-1, 1)


# case: A function of the project makes the Parameter and scales it.
# torch: parameter_names(Scaled()) == []
import torch
from torch import nn


def scaled(size):
    return nn.Parameter(torch.randn(size)) * size**-0.5


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = scaled(4)  # TTL101


# case: Stored from outside, on a module that was just made.
# torch: parameter_names(net) == ["weight", "bias"]
import torch
from torch import nn

net = nn.Linear(4, 4)
net.scale = nn.Parameter(torch.ones(4)) * 2  # TTL101


# case: Lost in one branch, kept in the other.
# torch: parameter_names(Some(False)) == [] and parameter_names(Some(True)) == ["w"]
import torch
from torch import nn


class Some(nn.Module):
    def __init__(self, trainable):
        super().__init__()
        if trainable:
            self.w = nn.Parameter(torch.ones(4))
        else:
            self.w = nn.Parameter(torch.ones(4)).sigmoid()  # TTL101


# case: A buffer is lost the same way.
# torch: list(Running().state_dict()) == ["count"]
import torch
from torch import nn


class Running(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Buffer(torch.zeros(4)).double()  # TTL101
        self.count = nn.Buffer(torch.zeros(4))


# case: The second backward meets the graph that the constructor built.
# torch: "second time" in error(twice)
# torch: "Only Tensors created explicitly by the user" in error(lambda: copy.deepcopy(Gain()))
import copy

import torch
from torch import nn


class Gain(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(4)).exp()  # TTL101

    def forward(self, x):
        return x * self.gain


def twice():
    model = Gain()
    for _ in range(2):
        model(torch.ones(4)).sum().backward()


# case: The result stays in local variables.
# torch: parameter_names(Local(4)) == ["w"]
import torch
from torch import nn


class Local(nn.Module):
    def __init__(self, size):
        super().__init__()
        start = nn.Parameter(torch.randn(size)) * 0.1
        self.w = nn.Parameter(start.detach())
        self.norm = float(start.norm())
        self.shape = (nn.Parameter(torch.ones(2)) * 2).shape


# case: A class that is no Module keeps what it likes.
import torch
from torch import nn


class Trajectory:
    def __init__(self, device):
        self.position = nn.Parameter(torch.zeros(3)).to(device)
        self.scaled = nn.Parameter(torch.zeros(3)) * 2


# case: What is inside the call may be anything.
# torch: parameter_names(Inside("meta")) == ["a", "b", "c", "d"]
import torch
from torch import nn


class Inside(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.a = nn.Parameter(torch.randn(4).to(device))
        self.b = nn.Parameter(torch.randn(4) * 0.1)
        self.c = nn.Parameter(nn.Parameter(torch.ones(4)).to(device))
        w = torch.randn(4).half()
        self.d = nn.Parameter(w.view(2, 2))


# case: Methods that return the Parameter itself.
# torch: parameter_names(Itself()) == ["a", "b", "c", "d", "e", "f"]
import copy

import torch
from torch import nn


class Itself(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.ones(4)).requires_grad_(False)
        self.b = nn.Parameter(torch.ones(4)).requires_grad_()
        self.c = nn.Parameter(torch.ones(4)).share_memory_()
        self.d = nn.Parameter(torch.ones(4)).detach_()
        self.e = nn.init.xavier_uniform_(nn.Parameter(torch.empty(4, 4)))
        self.f = copy.deepcopy(nn.Parameter(torch.ones(4)))


# case: A function that returns a moved tensor and stores nothing.
import torch
from torch import nn


def prompt(device, dtype):
    return nn.Parameter(torch.randn(4)).to(device, dtype)


def main():
    soft = prompt("cpu", torch.float32)
    print((soft * 2).sum())


# case: Plain numbers and shapes taken from a Parameter.
import torch
from torch import nn


class Numbers(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = nn.Parameter(torch.ones(4)).numel()
        self.first = nn.Parameter(torch.ones(4))[0].item()
        self.listed = nn.Parameter(torch.ones(4)).tolist()
        self.dtype = nn.Parameter(torch.ones(4)).dtype


# case: Parameters of other libraries.
import inspect

import torch
from flax import linen as fnn
from paddle.nn import Parameter
from torch import nn


class Mixed(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.kind = inspect.Parameter("x", inspect.Parameter.KEYWORD_ONLY).replace(name="y")
        self.other = Parameter([4]) * 0.1
        self.linear = fnn.Dense(4)


# case: A project's own class called Parameter.
import torch
from torch import nn


class Parameter:
    def __init__(self, value):
        self.value = value

    def to(self, device):
        return self


class Wrapped(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.w = Parameter(torch.ones(4)).to(device)


# case: The base class cannot be resolved, so nothing is known of the attribute.
import torch
from framework import Component
from torch import nn


class Unknown(Component):
    def __init__(self, device):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4)).to(device)


# case: An operation on a registered parameter in forward.
# torch: parameter_names(Forward()) == ["w"]
import torch
from torch import nn


class Forward(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))

    def forward(self, x):
        w = self.w.exp()
        self.last_norm = self.w.detach().norm()
        return x * w


# case: The attribute is a list of Parameters that are registered, moved or not.
# torch: parameter_names(Several("cpu")) == ["ws.0", "ws.1"]
import torch
from torch import nn


class Several(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.ws = nn.ParameterList([nn.Parameter(torch.randn(4, device=device)) for _ in range(2)])


# case: The name Parameter is bound to something else in the function.
import torch
from torch import nn


class Rebound(nn.Module):
    def __init__(self, Parameter):
        super().__init__()
        self.w = Parameter(torch.ones(4)) * 2


# case: A module is moved, not a Parameter.
# torch: parameter_names(MovedModule("meta")) == ["fc.weight", "fc.bias"]
import torch
from torch import nn


class MovedModule(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.fc = nn.Linear(4, 4).to(device)
        self.norm = nn.LayerNorm(4, elementwise_affine=False).half()


# case: The branch with the operation belongs to the data, not to the Parameter.
# torch: parameter_names(Data(True)) == ["w"]
import torch
from torch import nn


class Data(nn.Module):
    def __init__(self, scale):
        super().__init__()
        w = torch.randn(4)
        if scale:
            w = w * 0.02
        self.w = nn.Parameter(w)
        self.w.is_scale = scale


# case: Registered afterwards from the lost tensor.
# torch: parameter_names(Rescued()) == ["w"]
import torch
from torch import nn


class Rescued(nn.Module):
    def __init__(self):
        super().__init__()
        w = nn.Parameter(torch.randn(4, 4)).t()
        self.w = nn.Parameter(w.detach().contiguous())

# case: An `_apply` of its own that sees to something else.
# torch: [name for name, _ in A().named_parameters()] == []
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3)) * 0.1  # TTL101
        self.cache = {}

    def _apply(self, fn, *args, **kwargs):
        self.cache = {}
        return super()._apply(fn, *args, **kwargs)
