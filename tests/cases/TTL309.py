"""Cases of TTL309: one stateful module that several constructors are given."""

# case: an activation with parameters, made outside of the comprehension
from torch import nn


class Block(nn.Module):
    def __init__(self, size, act):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(size, size), act)

    def forward(self, x):
        return x + self.body(x)


class Net(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        act = nn.PReLU()
        self.blocks = nn.ModuleList([Block(size, act) for _ in range(depth)])  # TTL309


# torch: len({id(b.body[1]) for b in Net(4, 3).blocks}) == 1


# case: a norm in a loop that appends
from torch import nn


class Block(nn.Module):
    def __init__(self, size, norm=None):
        super().__init__()
        self.norm = norm
        self.linear = nn.Linear(size, size)


class Net(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        norm_layer = nn.LayerNorm(size)
        self.blocks = nn.ModuleList()
        for _ in range(depth):
            block = Block(size, norm=norm_layer)  # TTL309
            self.blocks.append(block)


# torch: len({id(b.norm) for b in Net(4, 3).blocks}) == 1


# case: rounds that are known
from torch import nn


class Block(nn.Module):
    def __init__(self, size, norm):
        super().__init__()
        self.norm = norm


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        norm = nn.BatchNorm2d(4)
        self.blocks = nn.Sequential(*[Block(size, norm) for size in (1, 2, 3)])  # TTL309


# torch: len({id(b.norm) for b in Net().blocks}) == 1


# case: attention and feed-forward of a project
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.inner = nn.Linear(size, size)


class Attention(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.qkv = nn.Linear(size, 3 * size)


class EncoderLayer(nn.Module):
    def __init__(self, size, attn, ff):
        super().__init__()
        self.attn, self.ff = attn, ff
        self.norm = nn.LayerNorm(size)


def make_model(size, depth):
    ff = FeedForward(size)
    return nn.Sequential(*(EncoderLayer(size, Attention(size), ff) for _ in range(depth)))  # TTL309


# torch: len({id(layer.ff) for layer in make_model(4, 3)}) == 1
# torch: len({id(layer.attn) for layer in make_model(4, 3)}) == 3


# case: a Sequential in every round
from torch import nn


class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        act = nn.PReLU()
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Sequential(nn.Linear(sizes[i], sizes[i + 1]), act))  # TTL309
        self.layers = nn.ModuleList(layers)


# torch: len({id(layer[1]) for layer in Net([2, 3, 4]).layers}) == 1


# case: two calls, one after the other
from torch import nn


class CAB(nn.Module):
    def __init__(self, size, act):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(size, size, 3), act, nn.Conv2d(size, size, 3))


class Net(nn.Module):
    def __init__(self, size=4):
        super().__init__()
        act = nn.PReLU()
        self.first = nn.Sequential(nn.Conv2d(3, size, 3), CAB(size, act))
        self.second = nn.Sequential(nn.Conv2d(3, size, 3), CAB(size, act))  # TTL309


# torch: (m := Net()).first[1].body[1] is m.second[1].body[1]


# case: through a helper
from torch import nn


class Block(nn.Module):
    def __init__(self, size, norm):
        super().__init__()
        self.norm = norm


class Net(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        norm = nn.LayerNorm(size)
        self.blocks = nn.ModuleList(self._make(size, norm) for _ in range(depth))

    def _make(self, size, norm):
        return Block(size, norm)  # TTL309


# torch: len({id(b.norm) for b in Net(4, 3).blocks}) == 1


# case: one for each
import copy

from torch import nn


class Block(nn.Module):
    def __init__(self, size, norm):
        super().__init__()
        self.norm = norm


class Copies(nn.Module):
    def __init__(self, size, norm):
        super().__init__()
        self.norm = copy.deepcopy(norm)


class Net(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        self.fresh = nn.ModuleList([Block(size, nn.LayerNorm(size)) for _ in range(depth)])
        norm = nn.LayerNorm(size)
        self.copied = nn.ModuleList([Block(size, copy.deepcopy(norm)) for _ in range(depth)])
        self.inside = nn.ModuleList([Copies(size, norm) for _ in range(depth)])
        layers = []
        for _ in range(depth):
            own = nn.LayerNorm(size)
            layers.append(Block(size, own))
        self.layers = nn.ModuleList(layers)


# torch: [m := Net(4, 3)] and len({id(b.norm) for part in m.children() for b in part}) == 12


# case: parts without parameters
from torch import nn


class Block(nn.Module):
    def __init__(self, size, act, dropout):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(size, size), act, dropout)


class Net(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        act, dropout = nn.ReLU(), nn.Dropout(0.1)
        self.blocks = nn.ModuleList([Block(size, act, dropout) for _ in range(depth)])


# torch: len(list(Net(4, 3).parameters())) == 6


# case: an embedding for the encoder and the decoder
from torch import nn


class Stack(nn.Module):
    def __init__(self, embed):
        super().__init__()
        self.embed = embed


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Embedding(10, 4)
        self.encoder = Stack(self.shared)
        self.decoder = Stack(self.shared)
        table = nn.Embedding(10, 4)
        self.stacks = nn.ModuleList([Stack(table) for _ in range(3)])


# torch: (m := Model()).encoder.embed is m.decoder.embed


# case: heads on one backbone
from torch import nn


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)


class Head(nn.Module):
    def __init__(self, backbone, classes):
        super().__init__()
        self.backbone = backbone
        self.out = nn.Linear(4, classes)


class MultiTask(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        backbone = Backbone()
        self.heads = nn.ModuleList([Head(backbone, classes) for classes in tasks])


# torch: (m := MultiTask([2, 3])).heads[0].backbone is m.heads[1].backbone


# case: names and words that say shared
from torch import nn


class Block(nn.Module):
    def __init__(self, size, norm):
        super().__init__()
        self.norm = norm


class Net(nn.Module):
    def __init__(self, size, depth, share_norm):
        super().__init__()
        shared_norm = nn.LayerNorm(size)
        self.blocks = nn.ModuleList([Block(size, shared_norm) for _ in range(depth)])
        norm = nn.LayerNorm(size)
        # all blocks share one norm
        self.more = nn.ModuleList([Block(size, norm) for _ in range(depth)])
        if share_norm:
            layer = nn.LayerNorm(size)
            self.last = nn.ModuleList([Block(size, layer) for _ in range(depth)])


# torch: Net(4, 3, True).blocks[0].norm is not None


# case: alternatives, not two owners
from torch import nn


class Pre(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.norm = norm


class Post(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.norm = norm


class Net(nn.Module):
    def __init__(self, size, pre):
        super().__init__()
        norm = nn.LayerNorm(size)
        if pre:
            self.block = Pre(norm)
        else:
            self.block = Post(norm)


def compare(size):
    norm = nn.LayerNorm(size)
    first, second = Pre(norm), Post(norm)
    return first.norm is second.norm


# torch: compare(3)


# case: elements of a list that was made before
from torch import nn


class Block(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.norm = norm


class Net(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        norms = [nn.LayerNorm(size) for _ in range(depth)]
        self.by_value = nn.ModuleList([Block(norm) for norm in norms])
        more = [nn.LayerNorm(size) for _ in range(depth)]
        self.by_index = nn.ModuleList([self._wrap(more[i]) for i in range(depth)])
        pair = [nn.LayerNorm(size), nn.LayerNorm(size)]
        self.zipped = nn.ModuleList([self._wrap(norm) for _, norm in zip(range(2), pair)])

    def _wrap(self, norm):
        return Block(norm)


# torch: len({id(b.norm) for part in Net(4, 3).children() for b in part}) == 8


# case: torch copies the layer itself
from torch import nn


class Net(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        layer = nn.TransformerEncoderLayer(size, 1)
        self.stacks = nn.ModuleList([nn.TransformerEncoder(layer, 2) for _ in range(depth)])


# torch: (m := Net(4, 2)).stacks[0].layers[0] is not m.stacks[1].layers[0]


# case: models over one network in a script
from torch import nn


class Lit(nn.Module):
    def __init__(self, net, rate):
        super().__init__()
        self.net, self.rate = net, rate


network = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
for rate in (0.1, 0.01):
    lit = Lit(network, rate)


# torch: lit.net is network


# case: each element of a pair goes into a wrapper of its own
# torch: len({id(p) for p in Tower(4, 3).parameters()}) == 18
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.to_qkv = nn.Linear(dim, dim * 3)


class Shifted(nn.Module):
    def __init__(self, shifts, fn):
        super().__init__()
        self.shifts = shifts
        self.fn = fn


class Tower(nn.Module):
    def __init__(self, dim, depth):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(depth):
            attn = Attention(dim)
            ff = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, dim))
            attn, ff = map(lambda t: Shifted((-1, 0, 1), t), (attn, ff))
            self.layers.append(nn.ModuleList([attn, ff]))
