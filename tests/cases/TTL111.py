"""Cases of TTL111, non-float-parameter."""

# case: Integers in torch.tensor, torch under another name.
# torch: all("Only Tensors of floating point" in error(each) for each in (one, several, nested))
import torch as th


def one():
    return th.nn.Parameter(th.tensor(1))  # TTL111


def several():
    return th.nn.Parameter(th.tensor([1, 2, 3]))  # TTL111


def nested():
    return th.nn.Parameter(th.tensor([[0, 1], [1, 0]]))  # TTL111


# case: Factories that make integers.
# torch: all("Only Tensors of floating point" in error(each) for each in (a, b, c, d, e, f))
import torch
from torch.nn import Parameter as P


def a():
    return P(torch.arange(16))  # TTL111


def b():
    return P(torch.randperm(16))  # TTL111


def c():
    return P(torch.randint(0, 10, (4,)))  # TTL111


def d():
    return P(torch.LongTensor([1, 2]))  # TTL111


def e():
    return P(torch.full((2,), 0))  # TTL111


def f():
    return P(torch.arange(0, 16, 2))  # TTL111


# case: A dtype that says so.
# torch: all("Only Tensors of floating point" in error(each) for each in (a, b, c, d))
import torch
from torch import nn


def a():
    return nn.Parameter(torch.zeros(4, dtype=torch.long))  # TTL111


def b():
    return nn.Parameter(torch.ones(4, dtype=torch.bool))  # TTL111


def c():
    return nn.Parameter(torch.zeros(4, dtype=torch.int8), requires_grad=True)  # TTL111


def d():
    return nn.Parameter(data=torch.tensor(1.0, dtype=torch.int32))  # TTL111


# case: Conversions to an integer or boolean dtype.
# torch: all("Only Tensors of floating point" in error(each) for each in (a, b, c, d))
import torch
from torch import nn


def a():
    return nn.Parameter(torch.randn(4).long())  # TTL111


def b():
    return nn.Parameter(torch.zeros(4).bool())  # TTL111


def c():
    return nn.Parameter(torch.zeros(4).to(torch.int64))  # TTL111


def d():
    return nn.Parameter(torch.tensor([True, False]))  # TTL111


# case: In a constructor, through a local.
# torch: "Only Tensors of floating point" in error(A) and "Only Tensors of floating point" in error(B)
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        steps = torch.arange(8)
        self.steps = nn.Parameter(steps)  # TTL111


class B(nn.Module):
    def __init__(self):
        super(B, self).__init__()
        self.register_parameter("ids", nn.Parameter(torch.tensor([1, 2])))  # TTL111


# case: In a list that is a right container.
# torch: "Only Tensors of floating point" in error(C)
import torch
from torch import nn


class C(nn.Module):
    def __init__(self):
        super().__init__()
        self.ids = nn.ParameterList([nn.Parameter(torch.arange(4)) for _ in range(2)])  # TTL111


# case: No tensor at all.
# torch: "'list' object has no attribute 'detach'" in error(a)
# torch: "'float' object has no attribute 'detach'" in error(b)
# torch: "'int' object has no attribute 'detach'" in error(c)
# torch: "'tuple' object has no attribute 'detach'" in error(d)
from torch import nn


def a():
    return nn.Parameter([0.5, 0.5])  # TTL111


def b():
    return nn.Parameter(0.5)  # TTL111


def c():
    return nn.Parameter(1)  # TTL111


def d():
    return nn.Parameter((0.5, 0.5))  # TTL111


# case: An array of numpy is no tensor.
# torch: "'numpy.ndarray' object has no attribute 'detach'" in error(a)
import numpy as np
from torch import nn


def a():
    return nn.Parameter(np.zeros(4))  # TTL111


# case: Keywords that Parameter does not have.
# torch: "unexpected keyword argument 'device'" in error(a)
# torch: "unexpected keyword argument 'required_grad'" in error(b)
# torch: "unexpected keyword argument 'dtype'" in error(c)
import torch
from torch import nn


def a():
    return nn.Parameter(torch.ones(4), device="cuda")  # TTL111


def b():
    return nn.Parameter(torch.ones(4), required_grad=False)  # TTL111


def c():
    return nn.Parameter(torch.ones(4), dtype=torch.float16)  # TTL111


# case: A dtype that is floating point or complex.
# torch: all(parameter.requires_grad for parameter in floats())
import torch
from torch import nn


def floats():
    return [
        nn.Parameter(torch.tensor(1.0)),
        nn.Parameter(torch.tensor([1, 2.0])),
        nn.Parameter(torch.tensor([[0, 1], [2, 0.5]])),
        nn.Parameter(torch.tensor(1, dtype=torch.float32)),
        nn.Parameter(torch.zeros(4, dtype=torch.complex64)),
        nn.Parameter(torch.zeros(4, dtype=torch.bfloat16)),
        nn.Parameter(torch.full((2,), 0.0)),
        nn.Parameter(torch.full((2,), 0, dtype=torch.float32)),
        nn.Parameter(torch.eye(3)),
        nn.Parameter(torch.linspace(0, 1, 4)),
        nn.Parameter(torch.Tensor([1, 2])),
        nn.Parameter(torch.Tensor(4)),
        nn.Parameter(torch.FloatTensor([1, 2])),
        nn.Parameter(torch.empty(0)),
        nn.Parameter(),
        nn.Parameter(torch.tensor(1e-4)),
        nn.Parameter(torch.tensor(-1.0)),
        nn.Parameter(torch.tensor(float("inf"))),
        nn.Parameter(torch.tensor(1j)),
    ]


# case: Integers that become floats on the way.
# torch: all(parameter.requires_grad for parameter in floats())
import math

import torch
from torch import nn


def floats():
    return [
        nn.Parameter(torch.arange(4).float()),
        nn.Parameter(torch.arange(4.0)),
        nn.Parameter(torch.arange(0, 1, 0.25)),
        nn.Parameter(torch.arange(4, dtype=torch.float32)),
        nn.Parameter(torch.arange(4) / 4),
        nn.Parameter(torch.arange(4) * 0.5),
        nn.Parameter(torch.arange(4).to(torch.float16)),
        nn.Parameter(torch.arange(4).type(torch.float32)),
        nn.Parameter(torch.tensor(4).sqrt()),
        nn.Parameter(torch.tensor(math.sqrt(4))),
        nn.Parameter(torch.tensor(1) + 0.5),
        nn.Parameter(torch.arange(1, 5).log()),
        nn.Parameter(torch.randint(0, 2, (4,)).double()),
        nn.Parameter((torch.randn(4) > 0).float()),
        nn.Parameter(torch.ones(4) * torch.tensor(2)),
        nn.Parameter(torch.ones_like(torch.arange(4), dtype=torch.float32)),
    ]


# case: A frozen Parameter may be anything.
# torch: not any(parameter.requires_grad for parameter in frozen(False))
import torch
from torch import nn


def frozen(trainable):
    return [
        nn.Parameter(torch.arange(4), requires_grad=False),
        nn.Parameter(torch.arange(4), False),
        nn.Parameter(torch.tensor(1), requires_grad=trainable),
        nn.Parameter(torch.zeros(4, dtype=torch.uint8), requires_grad=trainable and True),
        nn.Parameter(torch.tensor(1), trainable),
        nn.Parameter(torch.tensor(1), **{"requires_grad": trainable}),
    ]


# case: A frozen integer Parameter by a local of the constructor.
# torch: parameter_names(Frozen()) == ["table", "scales"]
import torch
from torch import nn


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        learn = False
        self.table = nn.Parameter(torch.arange(4), requires_grad=learn)
        self.scales = nn.Parameter(torch.ones(4))


# case: The dtype is not in the code.
import torch
from torch import nn


class Open(nn.Module):
    def __init__(self, values, size, fill, dtype, like, numbers):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(values))
        self.b = nn.Parameter(torch.full((size,), fill))
        self.c = nn.Parameter(torch.zeros(size, dtype=dtype))
        self.d = nn.Parameter(torch.zeros_like(like))
        self.e = nn.Parameter(torch.arange(size))
        self.f = nn.Parameter(torch.tensor([fill, fill]))
        self.g = nn.Parameter(values)
        self.h = nn.Parameter(torch.stack(numbers))
        self.i = nn.Parameter(torch.as_tensor(values))
        self.j = nn.Parameter(torch.from_numpy(values))
        self.k = nn.Parameter(like.clone())
        self.l = nn.Parameter(torch.ones(size, device=like.device).to(like))
        self.m = nn.Parameter(torch.tensor(fill * 2))
        self.n = nn.Parameter(torch.tensor([1 if fill else 0.5]))


# case: A size that may be a float.
# torch: parameter_names(Scale(True)) == ["a"]
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, exact):
        super().__init__()
        start = 1.0 if exact else 1
        self.a = nn.Parameter(torch.tensor(start))


# case: Numbers that functions of the project or of the library compute.
# torch: parameter_names(Computed()) == ["a", "b", "c"]
import numpy as np
import torch
from torch import nn


def start():
    return 0.07


class Computed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(start()))
        self.b = nn.Parameter(torch.ones([]) * np.log(1 / 0.07))
        self.c = nn.Parameter(torch.tensor(np.zeros(4)))


# case: Parameters of other libraries.
import inspect

import torch
from paddle.base.framework import Parameter


def signature():
    return inspect.Parameter("x", inspect.Parameter.POSITIONAL_ONLY)


def foreign():
    return Parameter([4], "float32"), Parameter(torch.tensor(1))


# case: A project's own Parameter takes what it likes.
import torch


class Parameter:
    def __init__(self, value, device=None):
        self.value = value


def own():
    return Parameter(1), Parameter([0.5]), Parameter(torch.tensor(1), device="cpu")


# case: A subclass of Parameter may take other arguments.
# torch: own().requires_grad is False
import torch
from torch import nn


class IntParameter(nn.Parameter):
    def __new__(cls, data, device=None):
        return super().__new__(cls, data, requires_grad=False)


def own():
    return IntParameter(torch.tensor(1), device="cpu")


# case: A test expects the error.
import pytest
import torch
from torch import nn


def test_integers_are_refused():
    with pytest.raises(RuntimeError):
        nn.Parameter(torch.tensor(1))
