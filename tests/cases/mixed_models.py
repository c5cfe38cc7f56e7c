"""Models in the styles of published code, clean and with one mistake each; every mistake was seen to happen under torch."""

# case: gat_layer, TTL104 by without add module
import torch
import torch.nn as nn
import torch.nn.functional as F


class GraphAttentionLayer(nn.Module):
    """Simple GAT layer, similar to https://arxiv.org/abs/1710.10903"""

    def __init__(self, in_features, out_features, dropout, alpha, concat=True):
        super(GraphAttentionLayer, self).__init__()
        self.dropout = dropout
        self.in_features = in_features
        self.out_features = out_features
        self.alpha = alpha
        self.concat = concat
        self.W = nn.Parameter(torch.empty(size=(in_features, out_features)))
        nn.init.xavier_uniform_(self.W.data, gain=1.414)
        self.a = nn.Parameter(torch.empty(size=(2 * out_features, 1)))
        nn.init.xavier_uniform_(self.a.data, gain=1.414)
        self.leakyrelu = nn.LeakyReLU(self.alpha)

    def forward(self, h, adj):
        Wh = torch.mm(h, self.W)
        e = self._prepare_attentional_mechanism_input(Wh)
        zero_vec = -9e15 * torch.ones_like(e)
        attention = torch.where(adj > 0, e, zero_vec)
        attention = F.softmax(attention, dim=1)
        attention = F.dropout(attention, self.dropout, training=self.training)
        h_prime = torch.matmul(attention, Wh)
        if self.concat:
            return F.elu(h_prime)
        else:
            return h_prime

    def _prepare_attentional_mechanism_input(self, Wh):
        Wh1 = torch.matmul(Wh, self.a[:self.out_features, :])
        Wh2 = torch.matmul(Wh, self.a[self.out_features:, :])
        return self.leakyrelu(Wh1 + Wh2.T)

    def __repr__(self):
        return self.__class__.__name__ + ' (' + str(self.in_features) + ' -> ' + str(self.out_features) + ')'


class GAT(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout, alpha, nheads):
        """Dense version of GAT."""
        super(GAT, self).__init__()
        self.dropout = dropout
        self.attentions = [GraphAttentionLayer(nfeat, nhid, dropout=dropout, alpha=alpha, concat=True) for _ in range(nheads)]  # TTL104
        self.out_att = GraphAttentionLayer(nhid * nheads, nclass, dropout=dropout, alpha=alpha, concat=False)

    def forward(self, x, adj):
        x = F.dropout(x, self.dropout, training=self.training)
        x = torch.cat([att(x, adj) for att in self.attentions], dim=1)
        x = F.dropout(x, self.dropout, training=self.training)
        x = F.elu(self.out_att(x, adj))
        return F.log_softmax(x, dim=1)


# case: gat_layer, TTL201 by forward
import torch
import torch.nn as nn
import torch.nn.functional as F


class GraphAttentionLayer(nn.Module):
    """Simple GAT layer, similar to https://arxiv.org/abs/1710.10903"""

    def __init__(self, in_features, out_features, dropout, alpha, concat=True):
        super(GraphAttentionLayer, self).__init__()
        self.dropout = dropout
        self.in_features = in_features
        self.out_features = out_features
        self.alpha = alpha
        self.concat = concat
        self.W = nn.Parameter(torch.empty(size=(in_features, out_features)))
        nn.init.xavier_uniform_(self.W.data, gain=1.414)
        self.a = nn.Parameter(torch.empty(size=(2 * out_features, 1)))
        nn.init.xavier_uniform_(self.a.data, gain=1.414)
        self.leakyrelu = nn.LeakyReLU(self.alpha)

    def forward(self, h, adj):
        self.a = F.dropout(self.a, self.dropout, self.training)  # TTL201
        Wh = torch.mm(h, self.W)
        e = self._prepare_attentional_mechanism_input(Wh)
        zero_vec = -9e15 * torch.ones_like(e)
        attention = torch.where(adj > 0, e, zero_vec)
        attention = F.softmax(attention, dim=1)
        attention = F.dropout(attention, self.dropout, training=self.training)
        h_prime = torch.matmul(attention, Wh)
        if self.concat:
            return F.elu(h_prime)
        else:
            return h_prime

    def _prepare_attentional_mechanism_input(self, Wh):
        Wh1 = torch.matmul(Wh, self.a[:self.out_features, :])
        Wh2 = torch.matmul(Wh, self.a[self.out_features:, :])
        return self.leakyrelu(Wh1 + Wh2.T)

    def __repr__(self):
        return self.__class__.__name__ + ' (' + str(self.in_features) + ' -> ' + str(self.out_features) + ')'


class GAT(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout, alpha, nheads):
        """Dense version of GAT."""
        super(GAT, self).__init__()
        self.dropout = dropout
        self.attentions = [GraphAttentionLayer(nfeat, nhid, dropout=dropout, alpha=alpha, concat=True) for _ in range(nheads)]
        for i, attention in enumerate(self.attentions):
            self.add_module('attention_{}'.format(i), attention)
        self.out_att = GraphAttentionLayer(nhid * nheads, nclass, dropout=dropout, alpha=alpha, concat=False)

    def forward(self, x, adj):
        x = F.dropout(x, self.dropout, training=self.training)
        x = torch.cat([att(x, adj) for att in self.attentions], dim=1)
        x = F.dropout(x, self.dropout, training=self.training)
        x = F.elu(self.out_att(x, adj))
        return F.log_softmax(x, dim=1)


# case: gat_layer, clean
import torch
import torch.nn as nn
import torch.nn.functional as F


class GraphAttentionLayer(nn.Module):
    """Simple GAT layer, similar to https://arxiv.org/abs/1710.10903"""

    def __init__(self, in_features, out_features, dropout, alpha, concat=True):
        super(GraphAttentionLayer, self).__init__()
        self.dropout = dropout
        self.in_features = in_features
        self.out_features = out_features
        self.alpha = alpha
        self.concat = concat
        self.W = nn.Parameter(torch.empty(size=(in_features, out_features)))
        nn.init.xavier_uniform_(self.W.data, gain=1.414)
        self.a = nn.Parameter(torch.empty(size=(2 * out_features, 1)))
        nn.init.xavier_uniform_(self.a.data, gain=1.414)
        self.leakyrelu = nn.LeakyReLU(self.alpha)

    def forward(self, h, adj):
        Wh = torch.mm(h, self.W)
        e = self._prepare_attentional_mechanism_input(Wh)
        zero_vec = -9e15 * torch.ones_like(e)
        attention = torch.where(adj > 0, e, zero_vec)
        attention = F.softmax(attention, dim=1)
        attention = F.dropout(attention, self.dropout, training=self.training)
        h_prime = torch.matmul(attention, Wh)
        if self.concat:
            return F.elu(h_prime)
        else:
            return h_prime

    def _prepare_attentional_mechanism_input(self, Wh):
        Wh1 = torch.matmul(Wh, self.a[:self.out_features, :])
        Wh2 = torch.matmul(Wh, self.a[self.out_features:, :])
        return self.leakyrelu(Wh1 + Wh2.T)

    def __repr__(self):
        return self.__class__.__name__ + ' (' + str(self.in_features) + ' -> ' + str(self.out_features) + ')'


class GAT(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout, alpha, nheads):
        """Dense version of GAT."""
        super(GAT, self).__init__()
        self.dropout = dropout
        self.attentions = [GraphAttentionLayer(nfeat, nhid, dropout=dropout, alpha=alpha, concat=True) for _ in range(nheads)]
        for i, attention in enumerate(self.attentions):
            self.add_module('attention_{}'.format(i), attention)
        self.out_att = GraphAttentionLayer(nhid * nheads, nclass, dropout=dropout, alpha=alpha, concat=False)

    def forward(self, x, adj):
        x = F.dropout(x, self.dropout, training=self.training)
        x = torch.cat([att(x, adj) for att in self.attentions], dim=1)
        x = F.dropout(x, self.dropout, training=self.training)
        x = F.elu(self.out_att(x, adj))
        return F.log_softmax(x, dim=1)


# case: capsnet, TTL101 by Variable wrapped
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


class ConvLayer(nn.Module):
    def __init__(self, in_channels=1, out_channels=8, kernel_size=3):
        super(ConvLayer, self).__init__()
        self.conv = nn.Conv2d(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, stride=1)

    def forward(self, x):
        return F.relu(self.conv(x))


class PrimaryCaps(nn.Module):
    def __init__(self, num_capsules=4, in_channels=8, out_channels=2, kernel_size=3):
        super(PrimaryCaps, self).__init__()
        self.capsules = nn.ModuleList([
            nn.Conv2d(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, stride=2, padding=0)
            for _ in range(num_capsules)])

    def forward(self, x):
        u = [capsule(x) for capsule in self.capsules]
        u = torch.stack(u, dim=1)
        u = u.view(x.size(0), -1, u.size(1))
        return self.squash(u)

    def squash(self, input_tensor):
        squared_norm = (input_tensor ** 2).sum(-1, keepdim=True)
        return squared_norm * input_tensor / ((1. + squared_norm) * torch.sqrt(squared_norm + 1e-8))


class DigitCaps(nn.Module):
    def __init__(self, num_capsules=3, num_routes=8, in_channels=4, out_channels=5):
        super(DigitCaps, self).__init__()
        self.in_channels = in_channels
        self.num_routes = num_routes
        self.num_capsules = num_capsules
        W = nn.Parameter(torch.randn(1, num_routes, num_capsules, out_channels, in_channels))
        self.W = Variable(W)  # TTL101

    def forward(self, x):
        batch_size = x.size(0)
        x = torch.stack([x] * self.num_capsules, dim=2).unsqueeze(4)
        W = torch.cat([self.W] * batch_size, dim=0)
        u_hat = torch.matmul(W, x)
        b_ij = Variable(torch.zeros(1, self.num_routes, self.num_capsules, 1))
        num_iterations = 3
        for iteration in range(num_iterations):
            c_ij = F.softmax(b_ij, dim=1)
            c_ij = torch.cat([c_ij] * batch_size, dim=0).unsqueeze(4)
            s_j = (c_ij * u_hat).sum(dim=1, keepdim=True)
            v_j = self.squash(s_j)
            if iteration < num_iterations - 1:
                a_ij = torch.matmul(u_hat.transpose(3, 4), torch.cat([v_j] * self.num_routes, dim=1))
                b_ij = b_ij + a_ij.squeeze(4).mean(dim=0, keepdim=True)
        return v_j.squeeze(1)

    def squash(self, input_tensor):
        squared_norm = (input_tensor ** 2).sum(-1, keepdim=True)
        return squared_norm * input_tensor / ((1. + squared_norm) * torch.sqrt(squared_norm + 1e-8))


class CapsNet(nn.Module):
    def __init__(self):
        super(CapsNet, self).__init__()
        self.conv_layer = ConvLayer()
        self.primary_capsules = PrimaryCaps()
        self.digit_capsules = DigitCaps()
        self.mse_loss = nn.MSELoss()

    def forward(self, data):
        return self.digit_capsules(self.primary_capsules(self.conv_layer(data)))


# case: capsnet, TTL301 by capsules
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


class ConvLayer(nn.Module):
    def __init__(self, in_channels=1, out_channels=8, kernel_size=3):
        super(ConvLayer, self).__init__()
        self.conv = nn.Conv2d(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, stride=1)

    def forward(self, x):
        return F.relu(self.conv(x))


class PrimaryCaps(nn.Module):
    def __init__(self, num_capsules=4, in_channels=8, out_channels=2, kernel_size=3):
        super(PrimaryCaps, self).__init__()
        capsule = nn.Conv2d(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, stride=2, padding=0)
        self.capsules = nn.ModuleList([capsule for _ in range(num_capsules)])  # TTL301

    def forward(self, x):
        u = [capsule(x) for capsule in self.capsules]
        u = torch.stack(u, dim=1)
        u = u.view(x.size(0), -1, u.size(1))
        return self.squash(u)

    def squash(self, input_tensor):
        squared_norm = (input_tensor ** 2).sum(-1, keepdim=True)
        return squared_norm * input_tensor / ((1. + squared_norm) * torch.sqrt(squared_norm + 1e-8))


class DigitCaps(nn.Module):
    def __init__(self, num_capsules=3, num_routes=8, in_channels=4, out_channels=5):
        super(DigitCaps, self).__init__()
        self.in_channels = in_channels
        self.num_routes = num_routes
        self.num_capsules = num_capsules
        self.W = nn.Parameter(torch.randn(1, num_routes, num_capsules, out_channels, in_channels))

    def forward(self, x):
        batch_size = x.size(0)
        x = torch.stack([x] * self.num_capsules, dim=2).unsqueeze(4)
        W = torch.cat([self.W] * batch_size, dim=0)
        u_hat = torch.matmul(W, x)
        b_ij = Variable(torch.zeros(1, self.num_routes, self.num_capsules, 1))
        num_iterations = 3
        for iteration in range(num_iterations):
            c_ij = F.softmax(b_ij, dim=1)
            c_ij = torch.cat([c_ij] * batch_size, dim=0).unsqueeze(4)
            s_j = (c_ij * u_hat).sum(dim=1, keepdim=True)
            v_j = self.squash(s_j)
            if iteration < num_iterations - 1:
                a_ij = torch.matmul(u_hat.transpose(3, 4), torch.cat([v_j] * self.num_routes, dim=1))
                b_ij = b_ij + a_ij.squeeze(4).mean(dim=0, keepdim=True)
        return v_j.squeeze(1)

    def squash(self, input_tensor):
        squared_norm = (input_tensor ** 2).sum(-1, keepdim=True)
        return squared_norm * input_tensor / ((1. + squared_norm) * torch.sqrt(squared_norm + 1e-8))


class CapsNet(nn.Module):
    def __init__(self):
        super(CapsNet, self).__init__()
        self.conv_layer = ConvLayer()
        self.primary_capsules = PrimaryCaps()
        self.digit_capsules = DigitCaps()
        self.mse_loss = nn.MSELoss()

    def forward(self, data):
        return self.digit_capsules(self.primary_capsules(self.conv_layer(data)))


# case: capsnet, clean
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


class ConvLayer(nn.Module):
    def __init__(self, in_channels=1, out_channels=8, kernel_size=3):
        super(ConvLayer, self).__init__()
        self.conv = nn.Conv2d(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, stride=1)

    def forward(self, x):
        return F.relu(self.conv(x))


class PrimaryCaps(nn.Module):
    def __init__(self, num_capsules=4, in_channels=8, out_channels=2, kernel_size=3):
        super(PrimaryCaps, self).__init__()
        self.capsules = nn.ModuleList([
            nn.Conv2d(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, stride=2, padding=0)
            for _ in range(num_capsules)])

    def forward(self, x):
        u = [capsule(x) for capsule in self.capsules]
        u = torch.stack(u, dim=1)
        u = u.view(x.size(0), -1, u.size(1))
        return self.squash(u)

    def squash(self, input_tensor):
        squared_norm = (input_tensor ** 2).sum(-1, keepdim=True)
        return squared_norm * input_tensor / ((1. + squared_norm) * torch.sqrt(squared_norm + 1e-8))


class DigitCaps(nn.Module):
    def __init__(self, num_capsules=3, num_routes=8, in_channels=4, out_channels=5):
        super(DigitCaps, self).__init__()
        self.in_channels = in_channels
        self.num_routes = num_routes
        self.num_capsules = num_capsules
        self.W = nn.Parameter(torch.randn(1, num_routes, num_capsules, out_channels, in_channels))

    def forward(self, x):
        batch_size = x.size(0)
        x = torch.stack([x] * self.num_capsules, dim=2).unsqueeze(4)
        W = torch.cat([self.W] * batch_size, dim=0)
        u_hat = torch.matmul(W, x)
        b_ij = Variable(torch.zeros(1, self.num_routes, self.num_capsules, 1))
        num_iterations = 3
        for iteration in range(num_iterations):
            c_ij = F.softmax(b_ij, dim=1)
            c_ij = torch.cat([c_ij] * batch_size, dim=0).unsqueeze(4)
            s_j = (c_ij * u_hat).sum(dim=1, keepdim=True)
            v_j = self.squash(s_j)
            if iteration < num_iterations - 1:
                a_ij = torch.matmul(u_hat.transpose(3, 4), torch.cat([v_j] * self.num_routes, dim=1))
                b_ij = b_ij + a_ij.squeeze(4).mean(dim=0, keepdim=True)
        return v_j.squeeze(1)

    def squash(self, input_tensor):
        squared_norm = (input_tensor ** 2).sum(-1, keepdim=True)
        return squared_norm * input_tensor / ((1. + squared_norm) * torch.sqrt(squared_norm + 1e-8))


class CapsNet(nn.Module):
    def __init__(self):
        super(CapsNet, self).__init__()
        self.conv_layer = ConvLayer()
        self.primary_capsules = PrimaryCaps()
        self.digit_capsules = DigitCaps()
        self.mse_loss = nn.MSELoss()

    def forward(self, data):
        return self.digit_capsules(self.primary_capsules(self.conv_layer(data)))


# case: realnvp_flow, TTL101 by diag in parameter
from typing import Tuple
import torch
from torch import nn, Tensor
import torch.nn.functional as F


class ActNorm(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.is_initialized = False
        self.log_scale = nn.Parameter(torch.zeros(1, num_features))
        self.bias = nn.Parameter(torch.zeros(1, num_features))
        self.eps = eps

    def initialize(self, x: Tensor) -> None:
        with torch.no_grad():
            mean = x.mean(0, keepdim=True)
            std = x.std(0, keepdim=True)
            self.bias.data.copy_(-mean)
            self.log_scale.data.copy_(-torch.log(std + self.eps))
        self.is_initialized = True

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.initialize(x)
        return (x + self.bias) * self.log_scale.exp(), self.log_scale.sum()


class InvLinear(nn.Module):
    """Invertible 1x1 convolution, LU."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        w, _ = torch.linalg.qr(torch.randn(dim, dim))
        p, l, u = torch.linalg.lu(w)
        self.register_buffer("p", p)
        self.l = nn.Parameter(l)
        self.u = nn.Parameter(torch.triu(u, 1))
        self.log_s = nn.Parameter(u.diagonal().abs()).log()  # TTL101
        self.register_buffer("sign_s", u.diagonal().sign())
        self.register_buffer("eye", torch.eye(dim))

    @property
    def weight(self) -> Tensor:
        l = torch.tril(self.l, -1) + self.eye
        u = torch.triu(self.u, 1) + torch.diag(self.sign_s * self.log_s.exp())
        return self.p @ l @ u

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return x @ self.weight, self.log_s.sum()


class Coupling(nn.Module):
    def __init__(self, dim: int, hidden: int, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)
        self.s = nn.Sequential(nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, dim))
        self.t = nn.Sequential(nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, dim))
        self.rescale = nn.utils.parametrizations.weight_norm(Rescale(dim))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        xm = x * self.mask
        s = self.rescale(torch.tanh(self.s(xm))) * (1 - self.mask)
        t = self.t(xm) * (1 - self.mask)
        return xm + (1 - self.mask) * (x * s.exp() + t), s.sum(-1).mean()


class Rescale(nn.Module):
    def __init__(self, num_channels: int) -> None:
        super(Rescale, self).__init__()
        self.weight = nn.Parameter(torch.ones(num_channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight.squeeze(-1) * x


class Flow(nn.Module):
    def __init__(self, dim: int = 4, n: int = 2) -> None:
        super().__init__()
        mask = torch.arange(dim) % 2
        steps = []
        for i in range(n):
            steps.extend([ActNorm(dim), InvLinear(dim), Coupling(dim, 8, mask.float() if i % 2 else 1 - mask.float())])
        self.steps = nn.ModuleList(steps)
        self.register_buffer("base_loc", torch.zeros(dim))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        log_det = x.new_zeros(())
        for step in self.steps:
            x, ld = step(x)
            log_det = log_det + ld
        return x, log_det

    def log_prob(self, x: Tensor) -> Tensor:
        z, ld = self(x)
        return -0.5 * ((z - self.base_loc) ** 2).sum(-1) + ld


# case: realnvp_flow, clean
from typing import Tuple
import torch
from torch import nn, Tensor
import torch.nn.functional as F


class ActNorm(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.is_initialized = False
        self.log_scale = nn.Parameter(torch.zeros(1, num_features))
        self.bias = nn.Parameter(torch.zeros(1, num_features))
        self.eps = eps

    def initialize(self, x: Tensor) -> None:
        with torch.no_grad():
            mean = x.mean(0, keepdim=True)
            std = x.std(0, keepdim=True)
            self.bias.data.copy_(-mean)
            self.log_scale.data.copy_(-torch.log(std + self.eps))
        self.is_initialized = True

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.initialize(x)
        return (x + self.bias) * self.log_scale.exp(), self.log_scale.sum()


class InvLinear(nn.Module):
    """Invertible 1x1 convolution, LU."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        w, _ = torch.linalg.qr(torch.randn(dim, dim))
        p, l, u = torch.linalg.lu(w)
        self.register_buffer("p", p)
        self.l = nn.Parameter(l)
        self.u = nn.Parameter(torch.triu(u, 1))
        self.log_s = nn.Parameter(u.diagonal().abs().log())
        self.register_buffer("sign_s", u.diagonal().sign())
        self.register_buffer("eye", torch.eye(dim))

    @property
    def weight(self) -> Tensor:
        l = torch.tril(self.l, -1) + self.eye
        u = torch.triu(self.u, 1) + torch.diag(self.sign_s * self.log_s.exp())
        return self.p @ l @ u

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return x @ self.weight, self.log_s.sum()


class Coupling(nn.Module):
    def __init__(self, dim: int, hidden: int, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)
        self.s = nn.Sequential(nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, dim))
        self.t = nn.Sequential(nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, dim))
        self.rescale = nn.utils.parametrizations.weight_norm(Rescale(dim))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        xm = x * self.mask
        s = self.rescale(torch.tanh(self.s(xm))) * (1 - self.mask)
        t = self.t(xm) * (1 - self.mask)
        return xm + (1 - self.mask) * (x * s.exp() + t), s.sum(-1).mean()


class Rescale(nn.Module):
    def __init__(self, num_channels: int) -> None:
        super(Rescale, self).__init__()
        self.weight = nn.Parameter(torch.ones(num_channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight.squeeze(-1) * x


class Flow(nn.Module):
    def __init__(self, dim: int = 4, n: int = 2) -> None:
        super().__init__()
        mask = torch.arange(dim) % 2
        steps = []
        for i in range(n):
            steps.extend([ActNorm(dim), InvLinear(dim), Coupling(dim, 8, mask.float() if i % 2 else 1 - mask.float())])
        self.steps = nn.ModuleList(steps)
        self.register_buffer("base_loc", torch.zeros(dim))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        log_det = x.new_zeros(())
        for step in self.steps:
            x, ld = step(x)
            log_det = log_det + ld
        return x, log_det

    def log_prob(self, x: Tensor) -> Tensor:
        z, ld = self(x)
        return -0.5 * ((z - self.base_loc) ** 2).sum(-1) + ld


# case: lightning_simclr, TTL202 by training step via shared step
import torch
import torch.nn as nn
import torch.nn.functional as F
import pytorch_lightning as pl
from copy import deepcopy


class Projection(nn.Module):
    def __init__(self, input_dim=8, hidden_dim=8, output_dim=4):
        super().__init__()
        self.input_dim = input_dim
        self.model = nn.Sequential(
            nn.Linear(self.input_dim, hidden_dim, bias=False),
            nn.BatchNorm1d(hidden_dim),
            nn.ReLU(inplace=True),
            nn.Linear(hidden_dim, output_dim, bias=False),
        )

    def forward(self, x):
        return F.normalize(self.model(x), dim=1)


class BYOL(pl.LightningModule):
    def __init__(self, num_classes: int = 3, learning_rate: float = 0.2, tau: float = 0.9, hidden_mlp: int = 8, **kwargs):
        super().__init__()
        self.save_hyperparameters()
        self.online_network = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), Projection())
        self.target_network = deepcopy(self.online_network)
        for p in self.target_network.parameters():
            p.requires_grad = False
        self.predictor = nn.Linear(4, 4)
        self.temperature = nn.Parameter(torch.tensor(0.07))
        self.criterion = nn.CrossEntropyLoss()
        self.validation_step_outputs = []

    def forward(self, x):
        return self.online_network(x)

    def shared_step(self, batch, batch_idx):
        img_1, img_2, y = batch
        self.temperature = nn.Parameter(self.temperature.clamp(min=0.01))  # TTL202
        y1 = self.online_network(img_1)
        h1 = self.predictor(y1) / self.temperature
        with torch.no_grad():
            z2 = self.target_network(img_2)
        return -2 * F.cosine_similarity(h1, z2).mean()

    def training_step(self, batch, batch_idx):
        loss = self.shared_step(batch, batch_idx)
        self.log("train_loss", loss, on_step=True)
        return loss

    def validation_step(self, batch, batch_idx):
        loss = self.shared_step(batch, batch_idx)
        self.validation_step_outputs.append(loss)
        return loss

    def on_train_batch_end(self, outputs, batch, batch_idx):
        for online, target in zip(self.online_network.parameters(), self.target_network.parameters()):
            target.data = self.hparams.tau * target.data + (1 - self.hparams.tau) * online.data

    def on_validation_epoch_end(self):
        self.log("val", torch.stack(self.validation_step_outputs).mean())
        self.validation_step_outputs.clear()

    def configure_optimizers(self):
        params = [p for p in self.parameters() if p.requires_grad]
        optimizer = torch.optim.Adam(params, lr=self.hparams.learning_rate)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
        return [optimizer], [scheduler]


# case: lightning_simclr, clean
import torch
import torch.nn as nn
import torch.nn.functional as F
import pytorch_lightning as pl
from copy import deepcopy


class Projection(nn.Module):
    def __init__(self, input_dim=8, hidden_dim=8, output_dim=4):
        super().__init__()
        self.input_dim = input_dim
        self.model = nn.Sequential(
            nn.Linear(self.input_dim, hidden_dim, bias=False),
            nn.BatchNorm1d(hidden_dim),
            nn.ReLU(inplace=True),
            nn.Linear(hidden_dim, output_dim, bias=False),
        )

    def forward(self, x):
        return F.normalize(self.model(x), dim=1)


class BYOL(pl.LightningModule):
    def __init__(self, num_classes: int = 3, learning_rate: float = 0.2, tau: float = 0.9, hidden_mlp: int = 8, **kwargs):
        super().__init__()
        self.save_hyperparameters()
        self.online_network = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), Projection())
        self.target_network = deepcopy(self.online_network)
        for p in self.target_network.parameters():
            p.requires_grad = False
        self.predictor = nn.Linear(4, 4)
        self.temperature = nn.Parameter(torch.tensor(0.07))
        self.criterion = nn.CrossEntropyLoss()
        self.validation_step_outputs = []

    def forward(self, x):
        return self.online_network(x)

    def shared_step(self, batch, batch_idx):
        img_1, img_2, y = batch
        y1 = self.online_network(img_1)
        h1 = self.predictor(y1) / self.temperature
        with torch.no_grad():
            z2 = self.target_network(img_2)
        return -2 * F.cosine_similarity(h1, z2).mean()

    def training_step(self, batch, batch_idx):
        loss = self.shared_step(batch, batch_idx)
        self.log("train_loss", loss, on_step=True)
        return loss

    def validation_step(self, batch, batch_idx):
        loss = self.shared_step(batch, batch_idx)
        self.validation_step_outputs.append(loss)
        return loss

    def on_train_batch_end(self, outputs, batch, batch_idx):
        for online, target in zip(self.online_network.parameters(), self.target_network.parameters()):
            target.data = self.hparams.tau * target.data + (1 - self.hparams.tau) * online.data

    def on_validation_epoch_end(self):
        self.log("val", torch.stack(self.validation_step_outputs).mean())
        self.validation_step_outputs.clear()

    def configure_optimizers(self):
        params = [p for p in self.parameters() if p.requires_grad]
        optimizer = torch.optim.Adam(params, lr=self.hparams.learning_rate)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
        return [optimizer], [scheduler]


# case: tcn_residual, TTL404 by locuslab original
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super(Chomp1d, self).__init__()
        self.chomp_size = chomp_size

    def forward(self, x):
        return x[:, :, :-self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, kernel_size, stride, dilation, padding, dropout=0.2):
        super(TemporalBlock, self).__init__()
        self.conv1 = nn.Conv1d(n_inputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        self.chomp1 = Chomp1d(padding)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(dropout)
        self.conv2 = nn.Conv1d(n_outputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        self.chomp2 = Chomp1d(padding)
        self.relu2 = nn.ReLU()
        self.dropout2 = nn.Dropout(dropout)
        self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None
        self.relu = nn.ReLU()
        self.conv1 = weight_norm(self.conv1)
        self.conv2 = weight_norm(self.conv2)
        self.init_weights()
        self.net = nn.Sequential(self.conv1, self.chomp1, self.relu1, self.dropout1,
                                 self.conv2, self.chomp2, self.relu2, self.dropout2)

    def init_weights(self):
        self.conv1.weight.data.normal_(0, 0.01)  # TTL404
        self.conv2.weight.data.normal_(0, 0.01)  # TTL404
        if self.downsample is not None:
            self.downsample.weight.data.normal_(0, 0.01)

    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return self.relu(out + res)


class TemporalConvNet(nn.Module):
    def __init__(self, num_inputs, num_channels, kernel_size=2, dropout=0.2):
        super(TemporalConvNet, self).__init__()
        layers = []
        num_levels = len(num_channels)
        for i in range(num_levels):
            dilation_size = 2 ** i
            in_channels = num_inputs if i == 0 else num_channels[i - 1]
            out_channels = num_channels[i]
            layers += [TemporalBlock(in_channels, out_channels, kernel_size, stride=1, dilation=dilation_size,
                                     padding=(kernel_size - 1) * dilation_size, dropout=dropout)]
        self.network = nn.Sequential(*layers)

    def forward(self, x):
        return self.network(x)


class TCN(nn.Module):
    def __init__(self, input_size, output_size, num_channels, kernel_size=2, dropout=0.3, emb_dropout=0.1, tied_weights=False):
        super(TCN, self).__init__()
        self.encoder = nn.Embedding(output_size, input_size)
        self.tcn = TemporalConvNet(input_size, num_channels, kernel_size, dropout=dropout)
        self.decoder = nn.Linear(num_channels[-1], output_size)
        if tied_weights:
            if num_channels[-1] != input_size:
                raise ValueError('When using the tied flag, nhid must be equal to emsize')
            self.decoder.weight = self.encoder.weight
            print("Weight tied")
        self.drop = nn.Dropout(emb_dropout)
        self.emb_dropout = emb_dropout
        self.init_weights()

    def init_weights(self):
        self.encoder.weight.data.normal_(0, 0.01)
        self.decoder.bias.data.fill_(0)
        self.decoder.weight.data.normal_(0, 0.01)

    def forward(self, input):
        emb = self.drop(self.encoder(input))
        y = self.tcn(emb.transpose(1, 2)).transpose(1, 2)
        return self.decoder(y)


# case: tcn_residual, TTL302 by tied in init weights
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super(Chomp1d, self).__init__()
        self.chomp_size = chomp_size

    def forward(self, x):
        return x[:, :, :-self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, kernel_size, stride, dilation, padding, dropout=0.2):
        super(TemporalBlock, self).__init__()
        self.conv1 = nn.Conv1d(n_inputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        self.chomp1 = Chomp1d(padding)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(dropout)
        self.conv2 = nn.Conv1d(n_outputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        self.chomp2 = Chomp1d(padding)
        self.relu2 = nn.ReLU()
        self.dropout2 = nn.Dropout(dropout)
        self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None
        self.relu = nn.ReLU()
        self.init_weights()
        self.conv1 = weight_norm(self.conv1)
        self.conv2 = weight_norm(self.conv2)
        self.net = nn.Sequential(self.conv1, self.chomp1, self.relu1, self.dropout1,
                                 self.conv2, self.chomp2, self.relu2, self.dropout2)

    def init_weights(self):
        self.conv1.weight.data.normal_(0, 0.01)
        self.conv2.weight.data.normal_(0, 0.01)
        if self.downsample is not None:
            self.downsample.weight.data.normal_(0, 0.01)

    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return self.relu(out + res)


class TemporalConvNet(nn.Module):
    def __init__(self, num_inputs, num_channels, kernel_size=2, dropout=0.2):
        super(TemporalConvNet, self).__init__()
        layers = []
        num_levels = len(num_channels)
        for i in range(num_levels):
            dilation_size = 2 ** i
            in_channels = num_inputs if i == 0 else num_channels[i - 1]
            out_channels = num_channels[i]
            layers += [TemporalBlock(in_channels, out_channels, kernel_size, stride=1, dilation=dilation_size,
                                     padding=(kernel_size - 1) * dilation_size, dropout=dropout)]
        self.network = nn.Sequential(*layers)

    def forward(self, x):
        return self.network(x)


class TCN(nn.Module):
    def __init__(self, input_size, output_size, num_channels, kernel_size=2, dropout=0.3, emb_dropout=0.1, tied_weights=False):
        super(TCN, self).__init__()
        self.encoder = nn.Embedding(output_size, input_size)
        self.tcn = TemporalConvNet(input_size, num_channels, kernel_size, dropout=dropout)
        self.decoder = nn.Linear(num_channels[-1], output_size)
        if tied_weights:
            if num_channels[-1] != input_size:
                raise ValueError('When using the tied flag, nhid must be equal to emsize')
            self.decoder.weight = self.encoder.weight
            print("Weight tied")
        self.drop = nn.Dropout(emb_dropout)
        self.emb_dropout = emb_dropout
        self.init_weights()

    def init_weights(self):
        self.encoder.weight.data.normal_(0, 0.01)
        self.decoder.bias.data.fill_(0)
        self.decoder.weight.data = self.encoder.weight.data  # TTL302

    def forward(self, input):
        emb = self.drop(self.encoder(input))
        y = self.tcn(emb.transpose(1, 2)).transpose(1, 2)
        return self.decoder(y)


# case: tcn_residual, clean
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super(Chomp1d, self).__init__()
        self.chomp_size = chomp_size

    def forward(self, x):
        return x[:, :, :-self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, kernel_size, stride, dilation, padding, dropout=0.2):
        super(TemporalBlock, self).__init__()
        self.conv1 = nn.Conv1d(n_inputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        self.chomp1 = Chomp1d(padding)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(dropout)
        self.conv2 = nn.Conv1d(n_outputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        self.chomp2 = Chomp1d(padding)
        self.relu2 = nn.ReLU()
        self.dropout2 = nn.Dropout(dropout)
        self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None
        self.relu = nn.ReLU()
        self.init_weights()
        self.conv1 = weight_norm(self.conv1)
        self.conv2 = weight_norm(self.conv2)
        self.net = nn.Sequential(self.conv1, self.chomp1, self.relu1, self.dropout1,
                                 self.conv2, self.chomp2, self.relu2, self.dropout2)

    def init_weights(self):
        self.conv1.weight.data.normal_(0, 0.01)
        self.conv2.weight.data.normal_(0, 0.01)
        if self.downsample is not None:
            self.downsample.weight.data.normal_(0, 0.01)

    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return self.relu(out + res)


class TemporalConvNet(nn.Module):
    def __init__(self, num_inputs, num_channels, kernel_size=2, dropout=0.2):
        super(TemporalConvNet, self).__init__()
        layers = []
        num_levels = len(num_channels)
        for i in range(num_levels):
            dilation_size = 2 ** i
            in_channels = num_inputs if i == 0 else num_channels[i - 1]
            out_channels = num_channels[i]
            layers += [TemporalBlock(in_channels, out_channels, kernel_size, stride=1, dilation=dilation_size,
                                     padding=(kernel_size - 1) * dilation_size, dropout=dropout)]
        self.network = nn.Sequential(*layers)

    def forward(self, x):
        return self.network(x)


class TCN(nn.Module):
    def __init__(self, input_size, output_size, num_channels, kernel_size=2, dropout=0.3, emb_dropout=0.1, tied_weights=False):
        super(TCN, self).__init__()
        self.encoder = nn.Embedding(output_size, input_size)
        self.tcn = TemporalConvNet(input_size, num_channels, kernel_size, dropout=dropout)
        self.decoder = nn.Linear(num_channels[-1], output_size)
        if tied_weights:
            if num_channels[-1] != input_size:
                raise ValueError('When using the tied flag, nhid must be equal to emsize')
            self.decoder.weight = self.encoder.weight
            print("Weight tied")
        self.drop = nn.Dropout(emb_dropout)
        self.emb_dropout = emb_dropout
        self.init_weights()

    def init_weights(self):
        self.encoder.weight.data.normal_(0, 0.01)
        self.decoder.bias.data.fill_(0)
        self.decoder.weight.data.normal_(0, 0.01)

    def forward(self, input):
        emb = self.drop(self.encoder(input))
        y = self.tcn(emb.transpose(1, 2)).transpose(1, 2)
        return self.decoder(y)


# case: hyper_net, TTL103 by z list
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


class HyperNetwork(nn.Module):
    def __init__(self, f_size=3, z_dim=8, out_size=4, in_size=4):
        super(HyperNetwork, self).__init__()
        self.z_dim = z_dim
        self.f_size = f_size
        self.out_size = out_size
        self.in_size = in_size
        self.w1 = Parameter(torch.fmod(torch.randn((self.z_dim, self.out_size * self.f_size * self.f_size)), 2))
        self.b1 = Parameter(torch.fmod(torch.randn((self.out_size * self.f_size * self.f_size)), 2))
        self.w2 = Parameter(torch.fmod(torch.randn((self.z_dim, self.in_size * self.z_dim)), 2))
        self.b2 = Parameter(torch.fmod(torch.randn((self.in_size * self.z_dim)), 2))

    def forward(self, z):
        h_in = torch.matmul(z, self.w2) + self.b2
        h_in = h_in.view(self.in_size, self.z_dim)
        h_final = torch.matmul(h_in, self.w1) + self.b1
        return h_final.view(self.out_size, self.in_size, self.f_size, self.f_size)


class Embedding(nn.Module):
    def __init__(self, z_num, z_dim):
        super(Embedding, self).__init__()
        self.z_list = []  # TTL103
        self.z_num = z_num
        self.z_dim = z_dim
        h, k = self.z_num
        for i in range(h):
            for j in range(k):
                self.z_list.append(Parameter(torch.fmod(torch.randn(self.z_dim), 2)))

    def forward(self, hyper_net):
        ww = []
        h, k = self.z_num
        for i in range(h):
            w = []
            for j in range(k):
                w.append(hyper_net(self.z_list[i * k + j]))
            ww.append(torch.cat(w, dim=1))
        return torch.cat(ww, dim=0)


class PrimaryNetwork(nn.Module):
    def __init__(self, z_dim=8):
        super(PrimaryNetwork, self).__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.z_dim = z_dim
        self.hope = HyperNetwork(z_dim=self.z_dim)
        self.zs_size = [[1, 1], [1, 1], [2, 1]]
        self.zs = nn.ModuleList()
        for i in range(3):
            self.zs.append(Embedding(self.zs_size[i], self.z_dim))
        self.target = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        del self.target.weight

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for i in range(2):
            x = F.conv2d(x, self.zs[i](self.hope), padding=1)
        self.target.weight = self.zs[2](self.hope)[:4]
        return self.target(x)


# case: hyper_net, TTL101 by fmod outside
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


class HyperNetwork(nn.Module):
    def __init__(self, f_size=3, z_dim=8, out_size=4, in_size=4):
        super(HyperNetwork, self).__init__()
        self.z_dim = z_dim
        self.f_size = f_size
        self.out_size = out_size
        self.in_size = in_size
        self.w1 = torch.fmod(Parameter(torch.randn((self.z_dim, self.out_size * self.f_size * self.f_size))), 2)  # TTL101
        self.b1 = Parameter(torch.fmod(torch.randn((self.out_size * self.f_size * self.f_size)), 2))
        self.w2 = Parameter(torch.fmod(torch.randn((self.z_dim, self.in_size * self.z_dim)), 2))
        self.b2 = Parameter(torch.fmod(torch.randn((self.in_size * self.z_dim)), 2))

    def forward(self, z):
        h_in = torch.matmul(z, self.w2) + self.b2
        h_in = h_in.view(self.in_size, self.z_dim)
        h_final = torch.matmul(h_in, self.w1) + self.b1
        return h_final.view(self.out_size, self.in_size, self.f_size, self.f_size)


class Embedding(nn.Module):
    def __init__(self, z_num, z_dim):
        super(Embedding, self).__init__()
        self.z_list = nn.ParameterList()
        self.z_num = z_num
        self.z_dim = z_dim
        h, k = self.z_num
        for i in range(h):
            for j in range(k):
                self.z_list.append(Parameter(torch.fmod(torch.randn(self.z_dim), 2)))

    def forward(self, hyper_net):
        ww = []
        h, k = self.z_num
        for i in range(h):
            w = []
            for j in range(k):
                w.append(hyper_net(self.z_list[i * k + j]))
            ww.append(torch.cat(w, dim=1))
        return torch.cat(ww, dim=0)


class PrimaryNetwork(nn.Module):
    def __init__(self, z_dim=8):
        super(PrimaryNetwork, self).__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.z_dim = z_dim
        self.hope = HyperNetwork(z_dim=self.z_dim)
        self.zs_size = [[1, 1], [1, 1], [2, 1]]
        self.zs = nn.ModuleList()
        for i in range(3):
            self.zs.append(Embedding(self.zs_size[i], self.z_dim))
        self.target = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        del self.target.weight

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for i in range(2):
            x = F.conv2d(x, self.zs[i](self.hope), padding=1)
        self.target.weight = self.zs[2](self.hope)[:4]
        return self.target(x)


# case: hyper_net, clean
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


class HyperNetwork(nn.Module):
    def __init__(self, f_size=3, z_dim=8, out_size=4, in_size=4):
        super(HyperNetwork, self).__init__()
        self.z_dim = z_dim
        self.f_size = f_size
        self.out_size = out_size
        self.in_size = in_size
        self.w1 = Parameter(torch.fmod(torch.randn((self.z_dim, self.out_size * self.f_size * self.f_size)), 2))
        self.b1 = Parameter(torch.fmod(torch.randn((self.out_size * self.f_size * self.f_size)), 2))
        self.w2 = Parameter(torch.fmod(torch.randn((self.z_dim, self.in_size * self.z_dim)), 2))
        self.b2 = Parameter(torch.fmod(torch.randn((self.in_size * self.z_dim)), 2))

    def forward(self, z):
        h_in = torch.matmul(z, self.w2) + self.b2
        h_in = h_in.view(self.in_size, self.z_dim)
        h_final = torch.matmul(h_in, self.w1) + self.b1
        return h_final.view(self.out_size, self.in_size, self.f_size, self.f_size)


class Embedding(nn.Module):
    def __init__(self, z_num, z_dim):
        super(Embedding, self).__init__()
        self.z_list = nn.ParameterList()
        self.z_num = z_num
        self.z_dim = z_dim
        h, k = self.z_num
        for i in range(h):
            for j in range(k):
                self.z_list.append(Parameter(torch.fmod(torch.randn(self.z_dim), 2)))

    def forward(self, hyper_net):
        ww = []
        h, k = self.z_num
        for i in range(h):
            w = []
            for j in range(k):
                w.append(hyper_net(self.z_list[i * k + j]))
            ww.append(torch.cat(w, dim=1))
        return torch.cat(ww, dim=0)


class PrimaryNetwork(nn.Module):
    def __init__(self, z_dim=8):
        super(PrimaryNetwork, self).__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.z_dim = z_dim
        self.hope = HyperNetwork(z_dim=self.z_dim)
        self.zs_size = [[1, 1], [1, 1], [2, 1]]
        self.zs = nn.ModuleList()
        for i in range(3):
            self.zs.append(Embedding(self.zs_size[i], self.z_dim))
        self.target = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        del self.target.weight

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for i in range(2):
            x = F.conv2d(x, self.zs[i](self.hope), padding=1)
        self.target.weight = self.zs[2](self.hope)[:4]
        return self.target(x)


# case: gcn_pyg, TTL204 by pyg helper function
import math
import torch
from torch.nn import Parameter, Linear, ModuleList, BatchNorm1d, Sequential, ReLU
import torch.nn.functional as F
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import degree


def glorot(tensor):
    if tensor is not None:
        stdv = math.sqrt(6.0 / (tensor.size(-2) + tensor.size(-1)))
        tensor.uniform_(-stdv, stdv)  # TTL204


def zeros(tensor):
    if tensor is not None:
        tensor.data.fill_(0)


class GCNConv(MessagePassing):
    def __init__(self, in_channels, out_channels, bias=True, **kwargs):
        super(GCNConv, self).__init__(aggr='add', **kwargs)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.weight = Parameter(torch.Tensor(in_channels, out_channels))
        if bias:
            self.bias = Parameter(torch.Tensor(out_channels))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        glorot(self.weight)
        zeros(self.bias)

    def forward(self, x, edge_index):
        x = torch.matmul(x, self.weight)
        row, col = edge_index
        deg = degree(row, x.size(0), dtype=x.dtype)
        norm = deg.clamp(min=1).pow(-0.5)
        out = self.propagate(edge_index, x=x * norm.view(-1, 1))
        if self.bias is not None:
            out = out + self.bias
        return out

    def message(self, x_j):
        return x_j


class GIN(torch.nn.Module):
    def __init__(self, nfeat, nhid, nlayers):
        super(GIN, self).__init__()
        self.convs = ModuleList()
        self.bns = ModuleList()
        for i in range(nlayers):
            self.convs.append(GCNConv(nfeat if i == 0 else nhid, nhid))
            self.bns.append(BatchNorm1d(nhid))
        self.eps = Parameter(torch.Tensor([0.1]))
        self.lin = Linear(nhid, 1)

    def forward(self, x, edge_index):
        for conv, bn in zip(self.convs, self.bns):
            x = F.relu(bn(conv(x, edge_index))) * (1 + self.eps)
        return self.lin(x)


# case: gcn_pyg, clean
import math
import torch
from torch.nn import Parameter, Linear, ModuleList, BatchNorm1d, Sequential, ReLU
import torch.nn.functional as F
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import degree


def glorot(tensor):
    if tensor is not None:
        stdv = math.sqrt(6.0 / (tensor.size(-2) + tensor.size(-1)))
        tensor.data.uniform_(-stdv, stdv)


def zeros(tensor):
    if tensor is not None:
        tensor.data.fill_(0)


class GCNConv(MessagePassing):
    def __init__(self, in_channels, out_channels, bias=True, **kwargs):
        super(GCNConv, self).__init__(aggr='add', **kwargs)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.weight = Parameter(torch.Tensor(in_channels, out_channels))
        if bias:
            self.bias = Parameter(torch.Tensor(out_channels))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        glorot(self.weight)
        zeros(self.bias)

    def forward(self, x, edge_index):
        x = torch.matmul(x, self.weight)
        row, col = edge_index
        deg = degree(row, x.size(0), dtype=x.dtype)
        norm = deg.clamp(min=1).pow(-0.5)
        out = self.propagate(edge_index, x=x * norm.view(-1, 1))
        if self.bias is not None:
            out = out + self.bias
        return out

    def message(self, x_j):
        return x_j


class GIN(torch.nn.Module):
    def __init__(self, nfeat, nhid, nlayers):
        super(GIN, self).__init__()
        self.convs = ModuleList()
        self.bns = ModuleList()
        for i in range(nlayers):
            self.convs.append(GCNConv(nfeat if i == 0 else nhid, nhid))
            self.bns.append(BatchNorm1d(nhid))
        self.eps = Parameter(torch.Tensor([0.1]))
        self.lin = Linear(nhid, 1)

    def forward(self, x, edge_index):
        for conv, bn in zip(self.convs, self.bns):
            x = F.relu(bn(conv(x, edge_index))) * (1 + self.eps)
        return self.lin(x)


# case: bilstm_crf, TTL204 by index without data
import torch
import torch.nn as nn
import torch.optim as optim

START_TAG = "<START>"
STOP_TAG = "<STOP>"


def argmax(vec):
    _, idx = torch.max(vec, 1)
    return idx.item()


def log_sum_exp(vec):
    max_score = vec[0, argmax(vec)]
    max_score_broadcast = max_score.view(1, -1).expand(1, vec.size()[1])
    return max_score + torch.log(torch.sum(torch.exp(vec - max_score_broadcast)))


class BiLSTM_CRF(nn.Module):
    def __init__(self, vocab_size, tag_to_ix, embedding_dim, hidden_dim):
        super(BiLSTM_CRF, self).__init__()
        self.embedding_dim = embedding_dim
        self.hidden_dim = hidden_dim
        self.vocab_size = vocab_size
        self.tag_to_ix = tag_to_ix
        self.tagset_size = len(tag_to_ix)
        self.word_embeds = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim // 2, num_layers=1, bidirectional=True)
        self.hidden2tag = nn.Linear(hidden_dim, self.tagset_size)
        self.transitions = nn.Parameter(torch.randn(self.tagset_size, self.tagset_size))
        self.transitions[tag_to_ix[START_TAG], :] = -10000  # TTL204
        self.transitions.data[:, tag_to_ix[STOP_TAG]] = -10000
        self.hidden = self.init_hidden()

    def init_hidden(self):
        return (torch.randn(2, 1, self.hidden_dim // 2),
                torch.randn(2, 1, self.hidden_dim // 2))

    def _forward_alg(self, feats):
        init_alphas = torch.full((1, self.tagset_size), -10000.)
        init_alphas[0][self.tag_to_ix[START_TAG]] = 0.
        forward_var = init_alphas
        for feat in feats:
            alphas_t = []
            for next_tag in range(self.tagset_size):
                emit_score = feat[next_tag].view(1, -1).expand(1, self.tagset_size)
                trans_score = self.transitions[next_tag].view(1, -1)
                next_tag_var = forward_var + trans_score + emit_score
                alphas_t.append(log_sum_exp(next_tag_var).view(1))
            forward_var = torch.cat(alphas_t).view(1, -1)
        terminal_var = forward_var + self.transitions[self.tag_to_ix[STOP_TAG]]
        return log_sum_exp(terminal_var)

    def _get_lstm_features(self, sentence):
        self.hidden = self.init_hidden()
        embeds = self.word_embeds(sentence).view(len(sentence), 1, -1)
        lstm_out, self.hidden = self.lstm(embeds, self.hidden)
        lstm_out = lstm_out.view(len(sentence), self.hidden_dim)
        return self.hidden2tag(lstm_out)

    def _score_sentence(self, feats, tags):
        score = torch.zeros(1)
        tags = torch.cat([torch.tensor([self.tag_to_ix[START_TAG]], dtype=torch.long), tags])
        for i, feat in enumerate(feats):
            score = score + self.transitions[tags[i + 1], tags[i]] + feat[tags[i + 1]]
        return score + self.transitions[self.tag_to_ix[STOP_TAG], tags[-1]]

    def neg_log_likelihood(self, sentence, tags):
        feats = self._get_lstm_features(sentence)
        return self._forward_alg(feats) - self._score_sentence(feats, tags)


def train():
    tag_to_ix = {"B": 0, "I": 1, "O": 2, START_TAG: 3, STOP_TAG: 4}
    model = BiLSTM_CRF(10, tag_to_ix, 4, 4)
    optimizer = optim.SGD(model.parameters(), lr=0.01, weight_decay=1e-4)
    for epoch in range(2):
        model.zero_grad()
        loss = model.neg_log_likelihood(torch.tensor([1, 2, 3]), torch.tensor([0, 1, 2]))
        loss.backward()
        optimizer.step()
    return model


if __name__ == "__main__":
    train()


# case: bilstm_crf, clean
import torch
import torch.nn as nn
import torch.optim as optim

START_TAG = "<START>"
STOP_TAG = "<STOP>"


def argmax(vec):
    _, idx = torch.max(vec, 1)
    return idx.item()


def log_sum_exp(vec):
    max_score = vec[0, argmax(vec)]
    max_score_broadcast = max_score.view(1, -1).expand(1, vec.size()[1])
    return max_score + torch.log(torch.sum(torch.exp(vec - max_score_broadcast)))


class BiLSTM_CRF(nn.Module):
    def __init__(self, vocab_size, tag_to_ix, embedding_dim, hidden_dim):
        super(BiLSTM_CRF, self).__init__()
        self.embedding_dim = embedding_dim
        self.hidden_dim = hidden_dim
        self.vocab_size = vocab_size
        self.tag_to_ix = tag_to_ix
        self.tagset_size = len(tag_to_ix)
        self.word_embeds = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim // 2, num_layers=1, bidirectional=True)
        self.hidden2tag = nn.Linear(hidden_dim, self.tagset_size)
        self.transitions = nn.Parameter(torch.randn(self.tagset_size, self.tagset_size))
        self.transitions.data[tag_to_ix[START_TAG], :] = -10000
        self.transitions.data[:, tag_to_ix[STOP_TAG]] = -10000
        self.hidden = self.init_hidden()

    def init_hidden(self):
        return (torch.randn(2, 1, self.hidden_dim // 2),
                torch.randn(2, 1, self.hidden_dim // 2))

    def _forward_alg(self, feats):
        init_alphas = torch.full((1, self.tagset_size), -10000.)
        init_alphas[0][self.tag_to_ix[START_TAG]] = 0.
        forward_var = init_alphas
        for feat in feats:
            alphas_t = []
            for next_tag in range(self.tagset_size):
                emit_score = feat[next_tag].view(1, -1).expand(1, self.tagset_size)
                trans_score = self.transitions[next_tag].view(1, -1)
                next_tag_var = forward_var + trans_score + emit_score
                alphas_t.append(log_sum_exp(next_tag_var).view(1))
            forward_var = torch.cat(alphas_t).view(1, -1)
        terminal_var = forward_var + self.transitions[self.tag_to_ix[STOP_TAG]]
        return log_sum_exp(terminal_var)

    def _get_lstm_features(self, sentence):
        self.hidden = self.init_hidden()
        embeds = self.word_embeds(sentence).view(len(sentence), 1, -1)
        lstm_out, self.hidden = self.lstm(embeds, self.hidden)
        lstm_out = lstm_out.view(len(sentence), self.hidden_dim)
        return self.hidden2tag(lstm_out)

    def _score_sentence(self, feats, tags):
        score = torch.zeros(1)
        tags = torch.cat([torch.tensor([self.tag_to_ix[START_TAG]], dtype=torch.long), tags])
        for i, feat in enumerate(feats):
            score = score + self.transitions[tags[i + 1], tags[i]] + feat[tags[i + 1]]
        return score + self.transitions[self.tag_to_ix[STOP_TAG], tags[-1]]

    def neg_log_likelihood(self, sentence, tags):
        feats = self._get_lstm_features(sentence)
        return self._forward_alg(feats) - self._score_sentence(feats, tags)


def train():
    tag_to_ix = {"B": 0, "I": 1, "O": 2, START_TAG: 3, STOP_TAG: 4}
    model = BiLSTM_CRF(10, tag_to_ix, 4, 4)
    optimizer = optim.SGD(model.parameters(), lr=0.01, weight_decay=1e-4)
    for epoch in range(2):
        model.zero_grad()
        loss = model.neg_log_likelihood(torch.tensor([1, 2, 3]), torch.tensor([0, 1, 2]))
        loss.backward()
        optimizer.step()
    return model


if __name__ == "__main__":
    train()


# case: memn2n, TTL301 by same embedding every hop
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class AttrProxy(object):
    """Translates index lookups into attribute lookups."""

    def __init__(self, module, prefix):
        self.module = module
        self.prefix = prefix

    def __getitem__(self, i):
        return getattr(self.module, self.prefix + str(i))


class MemN2N(nn.Module):
    def __init__(self, settings):
        super(MemN2N, self).__init__()
        num_vocab = settings["num_vocab"]
        embedding_dim = settings["embedding_dim"]
        sentence_size = settings["sentence_size"]
        self.max_hops = settings["max_hops"]
        C = nn.Embedding(num_vocab, embedding_dim, padding_idx=0)
        C.weight.data.normal_(0, 0.1)
        self.C = nn.ModuleList([C for _ in range(self.max_hops + 1)])  # TTL301
        self.softmax = nn.Softmax(dim=1)
        self.encoding = nn.Parameter(torch.FloatTensor(self.position_encoding(sentence_size, embedding_dim)), requires_grad=False)
        self.TA = nn.Parameter(torch.Tensor(1, 3, embedding_dim).normal_(0, 0.1))

    def position_encoding(self, sentence_size, embedding_dim):
        encoding = np.ones((embedding_dim, sentence_size), dtype=np.float32)
        for i in range(1, embedding_dim + 1):
            for j in range(1, sentence_size + 1):
                encoding[i - 1, j - 1] = (i - embedding_dim / 2) * (j - sentence_size / 2)
        return np.transpose(1 + 4 * encoding / embedding_dim / sentence_size)

    def forward(self, story, query):
        story_size = story.size()
        u = list()
        query_embed = self.C[0](query)
        encoding = self.encoding.unsqueeze(0).expand_as(query_embed)
        u.append(torch.sum(query_embed * encoding, 1))
        for hop in range(self.max_hops):
            embed_A = self.C[hop](story.view(story.size(0), -1))
            embed_A = embed_A.view(story_size + (embed_A.size(-1),))
            m_A = torch.sum(embed_A * self.encoding, 2) + self.TA
            u_temp = u[-1].unsqueeze(1).expand_as(m_A)
            prob = self.softmax(torch.sum(m_A * u_temp, 2))
            embed_C = self.C[hop + 1](story.view(story.size(0), -1))
            embed_C = embed_C.view(story_size + (embed_C.size(-1),))
            m_C = torch.sum(embed_C * self.encoding, 2)
            o_k = torch.sum(m_C * prob.unsqueeze(2).expand_as(m_C), 1)
            u.append(u[-1] + o_k)
        a_hat = torch.matmul(u[-1], self.C[self.max_hops].weight.transpose(0, 1))
        return a_hat, self.softmax(a_hat)


# case: memn2n, clean
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class AttrProxy(object):
    """Translates index lookups into attribute lookups."""

    def __init__(self, module, prefix):
        self.module = module
        self.prefix = prefix

    def __getitem__(self, i):
        return getattr(self.module, self.prefix + str(i))


class MemN2N(nn.Module):
    def __init__(self, settings):
        super(MemN2N, self).__init__()
        num_vocab = settings["num_vocab"]
        embedding_dim = settings["embedding_dim"]
        sentence_size = settings["sentence_size"]
        self.max_hops = settings["max_hops"]
        for hop in range(self.max_hops + 1):
            C = nn.Embedding(num_vocab, embedding_dim, padding_idx=0)
            C.weight.data.normal_(0, 0.1)
            self.add_module("C_{}".format(hop), C)
        self.C = AttrProxy(self, "C_")
        self.softmax = nn.Softmax(dim=1)
        self.encoding = nn.Parameter(torch.FloatTensor(self.position_encoding(sentence_size, embedding_dim)), requires_grad=False)
        self.TA = nn.Parameter(torch.Tensor(1, 3, embedding_dim).normal_(0, 0.1))

    def position_encoding(self, sentence_size, embedding_dim):
        encoding = np.ones((embedding_dim, sentence_size), dtype=np.float32)
        for i in range(1, embedding_dim + 1):
            for j in range(1, sentence_size + 1):
                encoding[i - 1, j - 1] = (i - embedding_dim / 2) * (j - sentence_size / 2)
        return np.transpose(1 + 4 * encoding / embedding_dim / sentence_size)

    def forward(self, story, query):
        story_size = story.size()
        u = list()
        query_embed = self.C[0](query)
        encoding = self.encoding.unsqueeze(0).expand_as(query_embed)
        u.append(torch.sum(query_embed * encoding, 1))
        for hop in range(self.max_hops):
            embed_A = self.C[hop](story.view(story.size(0), -1))
            embed_A = embed_A.view(story_size + (embed_A.size(-1),))
            m_A = torch.sum(embed_A * self.encoding, 2) + self.TA
            u_temp = u[-1].unsqueeze(1).expand_as(m_A)
            prob = self.softmax(torch.sum(m_A * u_temp, 2))
            embed_C = self.C[hop + 1](story.view(story.size(0), -1))
            embed_C = embed_C.view(story_size + (embed_C.size(-1),))
            m_C = torch.sum(embed_C * self.encoding, 2)
            o_k = torch.sum(m_C * prob.unsqueeze(2).expand_as(m_C), 1)
            u.append(u[-1] + o_k)
        a_hat = torch.matmul(u[-1], self.C[self.max_hops].weight.transpose(0, 1))
        return a_hat, self.softmax(a_hat)


# case: moco_queue, TTL201 by logit scale clamp
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F


class MoCo(nn.Module):
    """Build a MoCo model with: a query encoder, a key encoder, and a queue"""

    def __init__(self, base_encoder, dim=4, K=8, m=0.999, T=0.07, mlp=False):
        super(MoCo, self).__init__()
        self.K = K
        self.m = m
        self.T = T
        self.encoder_q = base_encoder(num_classes=dim)
        self.encoder_k = base_encoder(num_classes=dim)
        if mlp:
            dim_mlp = self.encoder_q.fc.weight.shape[1]
            self.encoder_q.fc = nn.Sequential(nn.Linear(dim_mlp, dim_mlp), nn.ReLU(), self.encoder_q.fc)
            self.encoder_k.fc = nn.Sequential(nn.Linear(dim_mlp, dim_mlp), nn.ReLU(), self.encoder_k.fc)
        for param_q, param_k in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            param_k.data.copy_(param_q.data)
            param_k.requires_grad = False
        self.register_buffer("queue", torch.randn(dim, K))
        self.queue = nn.functional.normalize(self.queue, dim=0)
        self.register_buffer("queue_ptr", torch.zeros(1, dtype=torch.long))
        self.logit_scale = nn.Parameter(torch.zeros([]))

    @torch.no_grad()
    def _momentum_update_key_encoder(self):
        for param_q, param_k in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            param_k.data = param_k.data * self.m + param_q.data * (1. - self.m)

    @torch.no_grad()
    def _dequeue_and_enqueue(self, keys):
        batch_size = keys.shape[0]
        ptr = int(self.queue_ptr)
        assert self.K % batch_size == 0
        self.queue[:, ptr:ptr + batch_size] = keys.T
        ptr = (ptr + batch_size) % self.K
        self.queue_ptr[0] = ptr

    def forward(self, im_q, im_k):
        q = nn.functional.normalize(self.encoder_q(im_q), dim=1)
        with torch.no_grad():
            self._momentum_update_key_encoder()
            k = nn.functional.normalize(self.encoder_k(im_k), dim=1)
        l_pos = torch.einsum('nc,nc->n', [q, k]).unsqueeze(-1)
        l_neg = torch.einsum('nc,ck->nk', [q, self.queue.clone().detach()])
        self.logit_scale = torch.clamp(self.logit_scale, max=4.6)  # TTL201
        logits = torch.cat([l_pos, l_neg], dim=1) * self.logit_scale.exp()
        logits /= self.T
        labels = torch.zeros(logits.shape[0], dtype=torch.long)
        self._dequeue_and_enqueue(k)
        return logits, labels


class Backbone(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, num_classes)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).mean((2, 3)))


# case: moco_queue, clean
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F


class MoCo(nn.Module):
    """Build a MoCo model with: a query encoder, a key encoder, and a queue"""

    def __init__(self, base_encoder, dim=4, K=8, m=0.999, T=0.07, mlp=False):
        super(MoCo, self).__init__()
        self.K = K
        self.m = m
        self.T = T
        self.encoder_q = base_encoder(num_classes=dim)
        self.encoder_k = base_encoder(num_classes=dim)
        if mlp:
            dim_mlp = self.encoder_q.fc.weight.shape[1]
            self.encoder_q.fc = nn.Sequential(nn.Linear(dim_mlp, dim_mlp), nn.ReLU(), self.encoder_q.fc)
            self.encoder_k.fc = nn.Sequential(nn.Linear(dim_mlp, dim_mlp), nn.ReLU(), self.encoder_k.fc)
        for param_q, param_k in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            param_k.data.copy_(param_q.data)
            param_k.requires_grad = False
        self.register_buffer("queue", torch.randn(dim, K))
        self.queue = nn.functional.normalize(self.queue, dim=0)
        self.register_buffer("queue_ptr", torch.zeros(1, dtype=torch.long))
        self.logit_scale = nn.Parameter(torch.zeros([]))

    @torch.no_grad()
    def _momentum_update_key_encoder(self):
        for param_q, param_k in zip(self.encoder_q.parameters(), self.encoder_k.parameters()):
            param_k.data = param_k.data * self.m + param_q.data * (1. - self.m)

    @torch.no_grad()
    def _dequeue_and_enqueue(self, keys):
        batch_size = keys.shape[0]
        ptr = int(self.queue_ptr)
        assert self.K % batch_size == 0
        self.queue[:, ptr:ptr + batch_size] = keys.T
        ptr = (ptr + batch_size) % self.K
        self.queue_ptr[0] = ptr

    def forward(self, im_q, im_k):
        q = nn.functional.normalize(self.encoder_q(im_q), dim=1)
        with torch.no_grad():
            self._momentum_update_key_encoder()
            k = nn.functional.normalize(self.encoder_k(im_k), dim=1)
        l_pos = torch.einsum('nc,nc->n', [q, k]).unsqueeze(-1)
        l_neg = torch.einsum('nc,ck->nk', [q, self.queue.clone().detach()])
        logits = torch.cat([l_pos, l_neg], dim=1) * self.logit_scale.exp()
        logits /= self.T
        labels = torch.zeros(logits.shape[0], dtype=torch.long)
        self._dequeue_and_enqueue(k)
        return logits, labels


class Backbone(nn.Module):
    def __init__(self, num_classes=4):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, num_classes)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).mean((2, 3)))


# case: rnn_cells_stack, TTL104 by helper returns list
import math
from typing import List, Tuple
import torch
import torch.nn as nn
from torch import Tensor
from torch.nn import Parameter
import torch.jit as jit


class LayerNormLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size, decompose_layernorm=False):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.weight_ih = Parameter(torch.randn(4 * hidden_size, input_size))
        self.weight_hh = Parameter(torch.randn(4 * hidden_size, hidden_size))
        ln = nn.LayerNorm
        self.layernorm_i = ln(4 * hidden_size)
        self.layernorm_h = ln(4 * hidden_size)
        self.layernorm_c = ln(hidden_size)

    def forward(self, input: Tensor, state: Tuple[Tensor, Tensor]) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        hx, cx = state
        igates = self.layernorm_i(torch.mm(input, self.weight_ih.t()))
        hgates = self.layernorm_h(torch.mm(hx, self.weight_hh.t()))
        ingate, forgetgate, cellgate, outgate = (igates + hgates).chunk(4, 1)
        cy = self.layernorm_c(torch.sigmoid(forgetgate) * cx + torch.sigmoid(ingate) * torch.tanh(cellgate))
        hy = torch.sigmoid(outgate) * torch.tanh(cy)
        return hy, (hy, cy)


class LSTMLayer(nn.Module):
    def __init__(self, cell, *cell_args):
        super().__init__()
        self.cell = cell(*cell_args)

    def forward(self, input, state):
        outputs = []
        for x in input.unbind(0):
            out, state = self.cell(x, state)
            outputs += [out]
        return torch.stack(outputs), state


def init_stacked_lstm(num_layers, layer, first_layer_args, other_layer_args):
    layers = [layer(*first_layer_args)] + [layer(*other_layer_args) for _ in range(num_layers - 1)]
    return layers


class StackedLSTM(nn.Module):
    __constants__ = ["layers"]

    def __init__(self, num_layers, layer, first_layer_args, other_layer_args, hidden=4):
        super().__init__()
        self.layers = init_stacked_lstm(num_layers, layer, first_layer_args, other_layer_args)  # TTL104
        self.num_layers = num_layers
        for i in range(num_layers):
            self.register_parameter(f"h0_{i}", Parameter(torch.zeros(1, hidden)))
            setattr(self, f"c0_{i}", Parameter(torch.zeros(1, hidden)))
        self.reset_parameters(1.0 / math.sqrt(hidden))

    def reset_parameters(self, stdv: float) -> None:
        for weight in self.parameters():
            nn.init.uniform_(weight, -stdv, stdv)

    def forward(self, input: Tensor):
        output_states: List[Tuple[Tensor, Tensor]] = []
        output = input
        for i, rnn_layer in enumerate(self.layers):
            h0 = getattr(self, f"h0_{i}").expand(input.size(1), -1)
            c0 = getattr(self, f"c0_{i}").expand(input.size(1), -1)
            output, out_state = rnn_layer(output, (h0, c0))
            output_states += [out_state]
        return output, output_states


def script_lnlstm(input_size, hidden_size, num_layers):
    return StackedLSTM(num_layers, LSTMLayer, [LayerNormLSTMCell, input_size, hidden_size], [LayerNormLSTMCell, hidden_size, hidden_size], hidden_size)


# case: rnn_cells_stack, TTL204 by uniform in parameters loop
import math
from typing import List, Tuple
import torch
import torch.nn as nn
from torch import Tensor
from torch.nn import Parameter
import torch.jit as jit


class LayerNormLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size, decompose_layernorm=False):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.weight_ih = Parameter(torch.randn(4 * hidden_size, input_size))
        self.weight_hh = Parameter(torch.randn(4 * hidden_size, hidden_size))
        ln = nn.LayerNorm
        self.layernorm_i = ln(4 * hidden_size)
        self.layernorm_h = ln(4 * hidden_size)
        self.layernorm_c = ln(hidden_size)

    def forward(self, input: Tensor, state: Tuple[Tensor, Tensor]) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        hx, cx = state
        igates = self.layernorm_i(torch.mm(input, self.weight_ih.t()))
        hgates = self.layernorm_h(torch.mm(hx, self.weight_hh.t()))
        ingate, forgetgate, cellgate, outgate = (igates + hgates).chunk(4, 1)
        cy = self.layernorm_c(torch.sigmoid(forgetgate) * cx + torch.sigmoid(ingate) * torch.tanh(cellgate))
        hy = torch.sigmoid(outgate) * torch.tanh(cy)
        return hy, (hy, cy)


class LSTMLayer(nn.Module):
    def __init__(self, cell, *cell_args):
        super().__init__()
        self.cell = cell(*cell_args)

    def forward(self, input, state):
        outputs = []
        for x in input.unbind(0):
            out, state = self.cell(x, state)
            outputs += [out]
        return torch.stack(outputs), state


def init_stacked_lstm(num_layers, layer, first_layer_args, other_layer_args):
    layers = [layer(*first_layer_args)] + [layer(*other_layer_args) for _ in range(num_layers - 1)]
    return nn.ModuleList(layers)


class StackedLSTM(nn.Module):
    __constants__ = ["layers"]

    def __init__(self, num_layers, layer, first_layer_args, other_layer_args, hidden=4):
        super().__init__()
        self.layers = init_stacked_lstm(num_layers, layer, first_layer_args, other_layer_args)
        self.num_layers = num_layers
        for i in range(num_layers):
            self.register_parameter(f"h0_{i}", Parameter(torch.zeros(1, hidden)))
            setattr(self, f"c0_{i}", Parameter(torch.zeros(1, hidden)))
        self.reset_parameters(1.0 / math.sqrt(hidden))

    def reset_parameters(self, stdv: float) -> None:
        for weight in self.parameters():
            weight.uniform_(-stdv, stdv)  # TTL204

    def forward(self, input: Tensor):
        output_states: List[Tuple[Tensor, Tensor]] = []
        output = input
        for i, rnn_layer in enumerate(self.layers):
            h0 = getattr(self, f"h0_{i}").expand(input.size(1), -1)
            c0 = getattr(self, f"c0_{i}").expand(input.size(1), -1)
            output, out_state = rnn_layer(output, (h0, c0))
            output_states += [out_state]
        return output, output_states


def script_lnlstm(input_size, hidden_size, num_layers):
    return StackedLSTM(num_layers, LSTMLayer, [LayerNormLSTMCell, input_size, hidden_size], [LayerNormLSTMCell, hidden_size, hidden_size], hidden_size)


# case: rnn_cells_stack, clean
import math
from typing import List, Tuple
import torch
import torch.nn as nn
from torch import Tensor
from torch.nn import Parameter
import torch.jit as jit


class LayerNormLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size, decompose_layernorm=False):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.weight_ih = Parameter(torch.randn(4 * hidden_size, input_size))
        self.weight_hh = Parameter(torch.randn(4 * hidden_size, hidden_size))
        ln = nn.LayerNorm
        self.layernorm_i = ln(4 * hidden_size)
        self.layernorm_h = ln(4 * hidden_size)
        self.layernorm_c = ln(hidden_size)

    def forward(self, input: Tensor, state: Tuple[Tensor, Tensor]) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        hx, cx = state
        igates = self.layernorm_i(torch.mm(input, self.weight_ih.t()))
        hgates = self.layernorm_h(torch.mm(hx, self.weight_hh.t()))
        ingate, forgetgate, cellgate, outgate = (igates + hgates).chunk(4, 1)
        cy = self.layernorm_c(torch.sigmoid(forgetgate) * cx + torch.sigmoid(ingate) * torch.tanh(cellgate))
        hy = torch.sigmoid(outgate) * torch.tanh(cy)
        return hy, (hy, cy)


class LSTMLayer(nn.Module):
    def __init__(self, cell, *cell_args):
        super().__init__()
        self.cell = cell(*cell_args)

    def forward(self, input, state):
        outputs = []
        for x in input.unbind(0):
            out, state = self.cell(x, state)
            outputs += [out]
        return torch.stack(outputs), state


def init_stacked_lstm(num_layers, layer, first_layer_args, other_layer_args):
    layers = [layer(*first_layer_args)] + [layer(*other_layer_args) for _ in range(num_layers - 1)]
    return nn.ModuleList(layers)


class StackedLSTM(nn.Module):
    __constants__ = ["layers"]

    def __init__(self, num_layers, layer, first_layer_args, other_layer_args, hidden=4):
        super().__init__()
        self.layers = init_stacked_lstm(num_layers, layer, first_layer_args, other_layer_args)
        self.num_layers = num_layers
        for i in range(num_layers):
            self.register_parameter(f"h0_{i}", Parameter(torch.zeros(1, hidden)))
            setattr(self, f"c0_{i}", Parameter(torch.zeros(1, hidden)))
        self.reset_parameters(1.0 / math.sqrt(hidden))

    def reset_parameters(self, stdv: float) -> None:
        for weight in self.parameters():
            nn.init.uniform_(weight, -stdv, stdv)

    def forward(self, input: Tensor):
        output_states: List[Tuple[Tensor, Tensor]] = []
        output = input
        for i, rnn_layer in enumerate(self.layers):
            h0 = getattr(self, f"h0_{i}").expand(input.size(1), -1)
            c0 = getattr(self, f"c0_{i}").expand(input.size(1), -1)
            output, out_state = rnn_layer(output, (h0, c0))
            output_states += [out_state]
        return output, output_states


def script_lnlstm(input_size, hidden_size, num_layers):
    return StackedLSTM(num_layers, LSTMLayer, [LayerNormLSTMCell, input_size, hidden_size], [LayerNormLSTMCell, hidden_size, hidden_size], hidden_size)


# case: registry_factory, TTL104 by overridden init layers
import inspect
from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Type
import torch
import torch.nn as nn


class Registry:
    def __init__(self, name):
        self._name = name
        self._module_dict: Dict[str, Type[nn.Module]] = {}

    def register_module(self, name=None):
        def _register(cls):
            self._module_dict[name or cls.__name__] = cls
            return cls
        return _register

    def build(self, cfg: Dict[str, Any]):
        args = cfg.copy()
        obj_type = args.pop("type")
        return self._module_dict[obj_type](**args)


HEADS = Registry("heads")
NECKS = Registry("necks")


@NECKS.register_module()
class FPNNeck(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.laterals = nn.ModuleList()
        for c in in_channels:
            self.laterals.append(nn.Conv2d(c, out_channels, 1))

    def forward(self, feats):
        return [l(f) for l, f in zip(self.laterals, feats)]


@HEADS.register_module()
class AnchorHead(nn.Module):
    def __init__(self, in_channels, num_classes, num_anchors=3, prior=0.01):
        super().__init__()
        self.num_classes = num_classes
        self._init_layers(in_channels, num_anchors)
        self.init_weights(prior)

    def _init_layers(self, in_channels, num_anchors):
        self.conv_cls = nn.Conv2d(in_channels, num_anchors * self.num_classes, 1)
        self.conv_reg = nn.Conv2d(in_channels, num_anchors * 4, 1)
        self.scale = nn.Parameter(torch.tensor(1.0))

    def init_weights(self, prior):
        nn.init.normal_(self.conv_cls.weight, std=0.01)
        nn.init.constant_(self.conv_cls.bias, -4.6)

    def forward(self, feats):
        return [(self.conv_cls(f), self.conv_reg(f) * self.scale) for f in feats]


@HEADS.register_module(name="Stacked")
class StackedHead(AnchorHead):
    def __init__(self, stacked_convs=2, feat_channels=4, *args, **kwargs):
        self.stacked_convs = stacked_convs
        self.feat_channels = feat_channels
        super().__init__(*args, **kwargs)

    def _init_layers(self, in_channels, num_anchors):
        self.cls_convs = []  # TTL104
        self.reg_convs = nn.ModuleList()
        for i in range(self.stacked_convs):
            chn = in_channels if i == 0 else self.feat_channels
            self.cls_convs.append(nn.Sequential(nn.Conv2d(chn, self.feat_channels, 3, padding=1), nn.ReLU()))
            self.reg_convs.append(nn.Sequential(nn.Conv2d(chn, self.feat_channels, 3, padding=1), nn.ReLU()))
        super()._init_layers(self.feat_channels, num_anchors)

    def forward(self, feats):
        outs = []
        for f in feats:
            c, r = f, f
            for conv in self.cls_convs:
                c = conv(c)
            for conv in self.reg_convs:
                r = conv(r)
            outs.append((self.conv_cls(c), self.conv_reg(r) * self.scale))
        return outs


class Detector(nn.Module):
    def __init__(self, neck: dict, head: dict, init_cfg: Optional[dict] = None):
        super().__init__()
        self.neck = NECKS.build(neck)
        self.head = HEADS.build(head)

    def forward(self, feats):
        return self.head(self.neck(feats))


cfg = dict(neck=dict(type="FPNNeck", in_channels=[2, 3], out_channels=4), head=dict(type="Stacked", in_channels=4, num_classes=2))


# case: registry_factory, clean
import inspect
from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Type
import torch
import torch.nn as nn


class Registry:
    def __init__(self, name):
        self._name = name
        self._module_dict: Dict[str, Type[nn.Module]] = {}

    def register_module(self, name=None):
        def _register(cls):
            self._module_dict[name or cls.__name__] = cls
            return cls
        return _register

    def build(self, cfg: Dict[str, Any]):
        args = cfg.copy()
        obj_type = args.pop("type")
        return self._module_dict[obj_type](**args)


HEADS = Registry("heads")
NECKS = Registry("necks")


@NECKS.register_module()
class FPNNeck(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.laterals = nn.ModuleList()
        for c in in_channels:
            self.laterals.append(nn.Conv2d(c, out_channels, 1))

    def forward(self, feats):
        return [l(f) for l, f in zip(self.laterals, feats)]


@HEADS.register_module()
class AnchorHead(nn.Module):
    def __init__(self, in_channels, num_classes, num_anchors=3, prior=0.01):
        super().__init__()
        self.num_classes = num_classes
        self._init_layers(in_channels, num_anchors)
        self.init_weights(prior)

    def _init_layers(self, in_channels, num_anchors):
        self.conv_cls = nn.Conv2d(in_channels, num_anchors * self.num_classes, 1)
        self.conv_reg = nn.Conv2d(in_channels, num_anchors * 4, 1)
        self.scale = nn.Parameter(torch.tensor(1.0))

    def init_weights(self, prior):
        nn.init.normal_(self.conv_cls.weight, std=0.01)
        nn.init.constant_(self.conv_cls.bias, -4.6)

    def forward(self, feats):
        return [(self.conv_cls(f), self.conv_reg(f) * self.scale) for f in feats]


@HEADS.register_module(name="Stacked")
class StackedHead(AnchorHead):
    def __init__(self, stacked_convs=2, feat_channels=4, *args, **kwargs):
        self.stacked_convs = stacked_convs
        self.feat_channels = feat_channels
        super().__init__(*args, **kwargs)

    def _init_layers(self, in_channels, num_anchors):
        self.cls_convs = nn.ModuleList()
        self.reg_convs = nn.ModuleList()
        for i in range(self.stacked_convs):
            chn = in_channels if i == 0 else self.feat_channels
            self.cls_convs.append(nn.Sequential(nn.Conv2d(chn, self.feat_channels, 3, padding=1), nn.ReLU()))
            self.reg_convs.append(nn.Sequential(nn.Conv2d(chn, self.feat_channels, 3, padding=1), nn.ReLU()))
        super()._init_layers(self.feat_channels, num_anchors)

    def forward(self, feats):
        outs = []
        for f in feats:
            c, r = f, f
            for conv in self.cls_convs:
                c = conv(c)
            for conv in self.reg_convs:
                r = conv(r)
            outs.append((self.conv_cls(c), self.conv_reg(r) * self.scale))
        return outs


class Detector(nn.Module):
    def __init__(self, neck: dict, head: dict, init_cfg: Optional[dict] = None):
        super().__init__()
        self.neck = NECKS.build(neck)
        self.head = HEADS.build(head)

    def forward(self, feats):
        return self.head(self.neck(feats))


cfg = dict(neck=dict(type="FPNNeck", in_channels=[2, 3], out_channels=4), head=dict(type="Stacked", in_channels=4, num_classes=2))


# case: fno_siren, TTL104 by never sequential
import math
from functools import partial
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class SpectralConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, modes1, modes2):
        super(SpectralConv2d, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.modes1 = modes1
        self.modes2 = modes2
        self.scale = (1 / (in_channels * out_channels))
        self.weights1 = nn.Parameter(self.scale * torch.rand(in_channels, out_channels, self.modes1, self.modes2, dtype=torch.cfloat))
        self.weights2 = nn.Parameter(self.scale * torch.rand(in_channels, out_channels, self.modes1, self.modes2, dtype=torch.cfloat))

    def compl_mul2d(self, input, weights):
        return torch.einsum("bixy,ioxy->boxy", input, weights)

    def forward(self, x):
        batchsize = x.shape[0]
        x_ft = torch.fft.rfft2(x)
        out_ft = torch.zeros(batchsize, self.out_channels, x.size(-2), x.size(-1) // 2 + 1, dtype=torch.cfloat, device=x.device)
        out_ft[:, :, :self.modes1, :self.modes2] = self.compl_mul2d(x_ft[:, :, :self.modes1, :self.modes2], self.weights1)
        out_ft[:, :, -self.modes1:, :self.modes2] = self.compl_mul2d(x_ft[:, :, -self.modes1:, :self.modes2], self.weights2)
        return torch.fft.irfft2(out_ft, s=(x.size(-2), x.size(-1)))


class Sine(nn.Module):
    def __init__(self, w0=30.):
        super().__init__()
        self.w0 = w0

    def forward(self, x):
        return torch.sin(self.w0 * x)


class SineLayer(nn.Module):
    def __init__(self, in_features, out_features, bias=True, is_first=False, omega_0=30):
        super().__init__()
        self.omega_0 = omega_0
        self.is_first = is_first
        self.in_features = in_features
        self.linear = nn.Linear(in_features, out_features, bias=bias)
        self.init_weights()

    def init_weights(self):
        with torch.no_grad():
            if self.is_first:
                self.linear.weight.uniform_(-1 / self.in_features, 1 / self.in_features)
            else:
                self.linear.weight.uniform_(-np.sqrt(6 / self.in_features) / self.omega_0, np.sqrt(6 / self.in_features) / self.omega_0)

    def forward(self, input):
        return torch.sin(self.omega_0 * self.linear(input))


class Siren(nn.Module):
    def __init__(self, in_features, hidden_features, hidden_layers, out_features, outermost_linear=True):
        super().__init__()
        self.net = []  # TTL104
        self.net.append(SineLayer(in_features, hidden_features, is_first=True))
        for i in range(hidden_layers):
            self.net.append(SineLayer(hidden_features, hidden_features, is_first=False))
        if outermost_linear:
            final_linear = nn.Linear(hidden_features, out_features)
            with torch.no_grad():
                final_linear.weight.uniform_(-0.1, 0.1)
            self.net.append(final_linear)
        else:
            self.net.append(SineLayer(hidden_features, out_features, is_first=False))

    def forward(self, coords):
        coords = coords.clone().detach().requires_grad_(True)
        h = coords
        for l in self.net:
            h = l(h)
        return h, coords


class FNO2d(nn.Module):
    def __init__(self, modes=2, width=4, n_layers=2):
        super(FNO2d, self).__init__()
        self.fc0 = nn.Linear(3, width)
        for i in range(n_layers):
            setattr(self, 'conv%d' % i, SpectralConv2d(width, width, modes, modes))
            setattr(self, 'w%d' % i, nn.Conv2d(width, width, 1))
        self.n_layers = n_layers
        self.siren = Siren(2, 4, 1, 1)
        self.fc1 = nn.Linear(width, 1)

    def forward(self, x):
        x = self.fc0(x).permute(0, 3, 1, 2)
        for i in range(self.n_layers):
            x = F.gelu(getattr(self, 'conv%d' % i)(x) + getattr(self, 'w%d' % i)(x))
        g, _ = self.siren(torch.rand(5, 2))
        return self.fc1(x.permute(0, 2, 3, 1)) + g.mean()


# case: fno_siren, TTL204 by siren without guard
import math
from functools import partial
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class SpectralConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, modes1, modes2):
        super(SpectralConv2d, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.modes1 = modes1
        self.modes2 = modes2
        self.scale = (1 / (in_channels * out_channels))
        self.weights1 = nn.Parameter(self.scale * torch.rand(in_channels, out_channels, self.modes1, self.modes2, dtype=torch.cfloat))
        self.weights2 = nn.Parameter(self.scale * torch.rand(in_channels, out_channels, self.modes1, self.modes2, dtype=torch.cfloat))

    def compl_mul2d(self, input, weights):
        return torch.einsum("bixy,ioxy->boxy", input, weights)

    def forward(self, x):
        batchsize = x.shape[0]
        x_ft = torch.fft.rfft2(x)
        out_ft = torch.zeros(batchsize, self.out_channels, x.size(-2), x.size(-1) // 2 + 1, dtype=torch.cfloat, device=x.device)
        out_ft[:, :, :self.modes1, :self.modes2] = self.compl_mul2d(x_ft[:, :, :self.modes1, :self.modes2], self.weights1)
        out_ft[:, :, -self.modes1:, :self.modes2] = self.compl_mul2d(x_ft[:, :, -self.modes1:, :self.modes2], self.weights2)
        return torch.fft.irfft2(out_ft, s=(x.size(-2), x.size(-1)))


class Sine(nn.Module):
    def __init__(self, w0=30.):
        super().__init__()
        self.w0 = w0

    def forward(self, x):
        return torch.sin(self.w0 * x)


class SineLayer(nn.Module):
    def __init__(self, in_features, out_features, bias=True, is_first=False, omega_0=30):
        super().__init__()
        self.omega_0 = omega_0
        self.is_first = is_first
        self.in_features = in_features
        self.linear = nn.Linear(in_features, out_features, bias=bias)
        self.init_weights()

    def init_weights(self):
        if self.is_first:
            self.linear.weight.uniform_(-1 / self.in_features, 1 / self.in_features)  # TTL204
        else:
            self.linear.weight.uniform_(-np.sqrt(6 / self.in_features) / self.omega_0, np.sqrt(6 / self.in_features) / self.omega_0)  # TTL204

    def forward(self, input):
        return torch.sin(self.omega_0 * self.linear(input))


class Siren(nn.Module):
    def __init__(self, in_features, hidden_features, hidden_layers, out_features, outermost_linear=True):
        super().__init__()
        self.net = []
        self.net.append(SineLayer(in_features, hidden_features, is_first=True))
        for i in range(hidden_layers):
            self.net.append(SineLayer(hidden_features, hidden_features, is_first=False))
        if outermost_linear:
            final_linear = nn.Linear(hidden_features, out_features)
            with torch.no_grad():
                final_linear.weight.uniform_(-0.1, 0.1)
            self.net.append(final_linear)
        else:
            self.net.append(SineLayer(hidden_features, out_features, is_first=False))
        self.net = nn.Sequential(*self.net)

    def forward(self, coords):
        coords = coords.clone().detach().requires_grad_(True)
        return self.net(coords), coords


class FNO2d(nn.Module):
    def __init__(self, modes=2, width=4, n_layers=2):
        super(FNO2d, self).__init__()
        self.fc0 = nn.Linear(3, width)
        for i in range(n_layers):
            setattr(self, 'conv%d' % i, SpectralConv2d(width, width, modes, modes))
            setattr(self, 'w%d' % i, nn.Conv2d(width, width, 1))
        self.n_layers = n_layers
        self.siren = Siren(2, 4, 1, 1)
        self.fc1 = nn.Linear(width, 1)

    def forward(self, x):
        x = self.fc0(x).permute(0, 3, 1, 2)
        for i in range(self.n_layers):
            x = F.gelu(getattr(self, 'conv%d' % i)(x) + getattr(self, 'w%d' % i)(x))
        g, _ = self.siren(torch.rand(5, 2))
        return self.fc1(x.permute(0, 2, 3, 1)) + g.mean()


# case: fno_siren, clean
import math
from functools import partial
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class SpectralConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, modes1, modes2):
        super(SpectralConv2d, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.modes1 = modes1
        self.modes2 = modes2
        self.scale = (1 / (in_channels * out_channels))
        self.weights1 = nn.Parameter(self.scale * torch.rand(in_channels, out_channels, self.modes1, self.modes2, dtype=torch.cfloat))
        self.weights2 = nn.Parameter(self.scale * torch.rand(in_channels, out_channels, self.modes1, self.modes2, dtype=torch.cfloat))

    def compl_mul2d(self, input, weights):
        return torch.einsum("bixy,ioxy->boxy", input, weights)

    def forward(self, x):
        batchsize = x.shape[0]
        x_ft = torch.fft.rfft2(x)
        out_ft = torch.zeros(batchsize, self.out_channels, x.size(-2), x.size(-1) // 2 + 1, dtype=torch.cfloat, device=x.device)
        out_ft[:, :, :self.modes1, :self.modes2] = self.compl_mul2d(x_ft[:, :, :self.modes1, :self.modes2], self.weights1)
        out_ft[:, :, -self.modes1:, :self.modes2] = self.compl_mul2d(x_ft[:, :, -self.modes1:, :self.modes2], self.weights2)
        return torch.fft.irfft2(out_ft, s=(x.size(-2), x.size(-1)))


class Sine(nn.Module):
    def __init__(self, w0=30.):
        super().__init__()
        self.w0 = w0

    def forward(self, x):
        return torch.sin(self.w0 * x)


class SineLayer(nn.Module):
    def __init__(self, in_features, out_features, bias=True, is_first=False, omega_0=30):
        super().__init__()
        self.omega_0 = omega_0
        self.is_first = is_first
        self.in_features = in_features
        self.linear = nn.Linear(in_features, out_features, bias=bias)
        self.init_weights()

    def init_weights(self):
        with torch.no_grad():
            if self.is_first:
                self.linear.weight.uniform_(-1 / self.in_features, 1 / self.in_features)
            else:
                self.linear.weight.uniform_(-np.sqrt(6 / self.in_features) / self.omega_0, np.sqrt(6 / self.in_features) / self.omega_0)

    def forward(self, input):
        return torch.sin(self.omega_0 * self.linear(input))


class Siren(nn.Module):
    def __init__(self, in_features, hidden_features, hidden_layers, out_features, outermost_linear=True):
        super().__init__()
        self.net = []
        self.net.append(SineLayer(in_features, hidden_features, is_first=True))
        for i in range(hidden_layers):
            self.net.append(SineLayer(hidden_features, hidden_features, is_first=False))
        if outermost_linear:
            final_linear = nn.Linear(hidden_features, out_features)
            with torch.no_grad():
                final_linear.weight.uniform_(-0.1, 0.1)
            self.net.append(final_linear)
        else:
            self.net.append(SineLayer(hidden_features, out_features, is_first=False))
        self.net = nn.Sequential(*self.net)

    def forward(self, coords):
        coords = coords.clone().detach().requires_grad_(True)
        return self.net(coords), coords


class FNO2d(nn.Module):
    def __init__(self, modes=2, width=4, n_layers=2):
        super(FNO2d, self).__init__()
        self.fc0 = nn.Linear(3, width)
        for i in range(n_layers):
            setattr(self, 'conv%d' % i, SpectralConv2d(width, width, modes, modes))
            setattr(self, 'w%d' % i, nn.Conv2d(width, width, 1))
        self.n_layers = n_layers
        self.siren = Siren(2, 4, 1, 1)
        self.fc1 = nn.Linear(width, 1)

    def forward(self, x):
        x = self.fc0(x).permute(0, 3, 1, 2)
        for i in range(self.n_layers):
            x = F.gelu(getattr(self, 'conv%d' % i)(x) + getattr(self, 'w%d' % i)(x))
        g, _ = self.siren(torch.rand(5, 2))
        return self.fc1(x.permute(0, 2, 3, 1)) + g.mean()
