"""Cases of TTL305: ties between weights of different shapes."""

# case: head and embedding, swapped
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, hidden)
        self.head = nn.Linear(vocab_size, hidden)
        self.head.weight = self.embed.weight  # TTL305


# torch: "must match the existing size" in error(lambda: LanguageModel(5, 2).head(torch.ones(1, 2)))
# torch: "shapes cannot be multiplied" in error(lambda: LanguageModel(5, 2).head(torch.ones(1, 5)))


# case: swapped without a bias, which works the other way round
from torch import nn


class Reversed(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.lm_head = nn.Linear(config.vocab_size, config.n_embd, bias=False)
        self.lm_head.weight = self.wte.weight  # TTL305


# torch: [m := Reversed(type("C", (), {"vocab_size": 5, "n_embd": 2}))] and m.lm_head(torch.ones(1, 2)).shape == (1, 5)


# case: the embedding takes the head's weight
import torch.nn as nn


class Backwards(nn.Module):
    def __init__(self, n, d):
        super(Backwards, self).__init__()
        self.out = nn.Linear(n, d, bias=False)
        self.tok = nn.Embedding(n, d)
        self.tok.weight = self.out.weight  # TTL305


# torch: [m := Backwards(5, 2)] and m.tok(torch.tensor(0)).shape == (5,)


# case: numbers that differ
from torch import nn


class Numbers(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(50257, 8)
        self.head = nn.Linear(8, 50304, bias=False)
        self.head.weight = self.embed.weight  # TTL305
        self.bias = nn.Linear(8, 50304)
        self.bias.weight = self.embed.weight  # TTL305


# torch: Numbers().head(torch.ones(1, 8)).shape == (1, 50257)
# torch: "must match the existing size" in error(lambda: Numbers().bias(torch.ones(1, 8)))


# case: one output more than the embedding has rows
from torch import nn


class Extra(nn.Module):
    def __init__(self, num_tokens, dim):
        super().__init__()
        num_classes = num_tokens + 1
        self.embed = nn.Embedding(num_tokens, dim)
        self.head = nn.Linear(dim, num_classes, bias=False)
        self.head.weight = self.embed.weight  # TTL305


# torch: [m := Extra(5, 2)] and m.head(torch.ones(1, 2)).shape == (1, 5)


# case: a multiple of a size
from torch import nn


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config.d_model
        self.up = nn.Linear(d, 4 * d)
        self.down = nn.Linear(4 * d, d)
        self.down.weight = self.up.weight  # TTL305


# torch: "shapes" in error(lambda: (m := FeedForward(type("C", (), {"d_model": 2}))).down(m.up(torch.ones(1, 2))))


# case: through locals and a helper
from torch import nn


def tie(target, source):
    target.weight = source.weight  # TTL305


class Helped(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        embed = nn.Embedding(num_embeddings=vocab, embedding_dim=size)
        head = nn.Linear(out_features=size, in_features=vocab)
        self.embed, self.head = embed, head
        tie(self.head, embed)


# torch: [m := Helped(5, 2)] and m.head.weight is m.embed.weight


# case: in a method that the constructor calls
from torch import nn


class Called(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.vocab, self.size = vocab, size
        self._build()
        self.tie_weights()

    def _build(self):
        self.embed = nn.Embedding(self.vocab, self.size)
        self.head = nn.Linear(self.vocab, self.size)

    def tie_weights(self):
        self.head.weight = self.embed.weight  # TTL305


# torch: "shapes" in error(lambda: Called(5, 2).head(torch.ones(1, 5)))


# case: under a flag
from torch import nn


class Flagged(nn.Module):
    def __init__(self, vocab, size, tie_weights=True):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(vocab, size)
        if tie_weights:
            self.head.weight = self.embed.weight  # TTL305


# torch: "shapes" in error(lambda: Flagged(5, 2).head(torch.ones(1, 5)))


# case: sizes read off another layer
from torch import nn


class ReadOff(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(self.embed.num_embeddings, self.embed.embedding_dim)
        self.head.weight = self.embed.weight  # TTL305
        rows, columns = self.embed.weight.shape
        self.second = nn.Linear(rows, columns)
        self.second.weight = self.embed.weight  # TTL305
        self.third = nn.Linear(self.embed.weight.size(0), self.embed.weight.size(-1))
        self.third.weight = self.embed.weight  # TTL305


# torch: "shapes" in error(lambda: ReadOff(5, 2).second(torch.ones(1, 5)))


# case: setattr and register_parameter
from torch import nn


class Accessors(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 5)
        self.b = nn.Linear(5, 3)
        self.c = nn.Linear(5, 3)
        setattr(self.b, "weight", self.a.weight)  # TTL305
        self.c.register_parameter("weight", self.a.weight)  # TTL305


# torch: [m := Accessors()] and m.b.weight is m.a.weight and m.c.weight is m.a.weight


# case: a convolution and a linear layer
from torch import nn


class Mixed(nn.Module):
    def __init__(self, size, vocab):
        super().__init__()
        self.fc = nn.Linear(size, vocab)
        self.conv = nn.Conv1d(size, vocab, 1)
        self.conv.weight = self.fc.weight  # TTL305


# torch: "at least three dimensions" in error(lambda: Mixed(2, 5).conv(torch.ones(1, 2, 4)))


# case: a kernel of another size
from torch import nn


class Kernels(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.small = nn.Conv2d(width, width, 3, bias=False)
        self.large = nn.Conv2d(width, width, (5, 5), bias=False)
        self.large.weight = self.small.weight  # TTL305


# torch: [m := Kernels(2)] and m.large(torch.ones(1, 2, 5, 5)).shape == (1, 2, 3, 3)


# case: the module's own parameter
import torch
from torch import nn


class Own(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * 0.02)
        self.fc = nn.Linear(inputs, outputs)
        self.fc.weight = self.weight  # TTL305


# torch: "shapes" in error(lambda: Own(5, 2).fc(torch.ones(1, 5)))


# case: in a list of heads
from torch import nn


class Heads(nn.Module):
    def __init__(self, vocab, size, n):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.heads = nn.ModuleList(nn.Linear(vocab, size) for _ in range(n))
        for head in self.heads:
            head.weight = self.embed.weight  # TTL305


# torch: [m := Heads(5, 2, 2)] and m.heads[1].weight is m.embed.weight


# case: a subclass ties what its base made
from torch import nn


class Base(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(vocab, size)


class Tied(Base):
    def __init__(self, vocab, size):
        super().__init__(vocab, size)
        self.head.weight = self.embed.weight  # TTL305


# torch: [m := Tied(5, 2)] and m.head.weight is m.embed.weight


# case: on a model that a script builds
from torch import nn


class Model(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab + 1)


def build():
    model = Model(10, 4)
    model.head.weight = model.embed.weight  # TTL305
    return model


# torch: "must match the existing size" in error(lambda: build().head(torch.ones(1, 4)))


# case: a layer in two parts
from torch import nn


class Encoder(nn.Module):
    def __init__(self, vocab, width):
        super().__init__()
        self.tokens = nn.Embedding(vocab, width)


class Whole(nn.Module):
    def __init__(self, vocab, width):
        super().__init__()
        self.encoder = Encoder(vocab, width)
        self.head = nn.Linear(vocab, width)
        self.head.weight = self.encoder.tokens.weight  # TTL305


# torch: [m := Whole(5, 2)] and m.head.weight is m.encoder.tokens.weight


# case: what fits
from torch import nn


class Fits(nn.Module):
    def __init__(self, vocab, size, config):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab)
        self.head.weight = self.embed.weight
        self.a = nn.Embedding(config.vocab_size, config.hidden_size)
        self.b = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.b.weight = self.a.weight
        self.c = nn.Linear(2 * size, size * 3)
        self.d = nn.Linear(size + size, 3 * size)
        self.d.weight = self.c.weight
        half = size // 2
        self.e = nn.Linear(half, vocab)
        self.f = nn.Linear(size // 2, vocab)
        self.f.weight = self.e.weight
        self.g = nn.Conv2d(3, 8, kernel_size=(3, 3))
        self.h = nn.Conv2d(3, 8, 3)
        self.h.weight = self.g.weight
        self.i = nn.LayerNorm(size)
        self.j = nn.LayerNorm((size,))
        self.j.weight = self.i.weight


# torch: [m := Fits(6, 4, type("C", (), {"vocab_size": 5, "hidden_size": 2}))] and m.h(torch.ones(1, 3, 5, 5)).shape == (1, 8, 3, 3)


# case: sizes of different names
from torch import nn


class Names(nn.Module):
    def __init__(self, config, d_model, vocab):
        super().__init__()
        self.embed = nn.Embedding(config.vocab_size, config.hidden_size)
        self.head = nn.Linear(d_model, vocab)
        self.head.weight = self.embed.weight
        self.other = nn.Linear(config.embed_dim, config.vocab_size)
        self.other.weight = self.embed.weight
        self.third = nn.Linear(config.hidden_size, config.padded_size)
        self.third.weight = self.embed.weight


# torch: error(lambda: Names(type("C", (), dict(vocab_size=5, hidden_size=2, embed_dim=2, padded_size=5)), 2, 5)) == ""


# case: guarded by a comparison of the sizes
from torch import nn


class Guarded(nn.Module):
    def __init__(self, a, b, config):
        super().__init__()
        self.x = nn.Linear(a, b)
        self.y = nn.Linear(b, a)
        if a == b:
            self.y.weight = self.x.weight
        if config.a != config.b:
            raise ValueError("the sizes differ")
        self.v = nn.Linear(config.a, config.b)
        self.w = nn.Linear(config.b, config.a)
        self.w.weight = self.v.weight


class Shapes(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.x = nn.Linear(n, d)
        self.y = nn.Linear(d, n)
        self.p = nn.Linear(2, 3)
        self.q = nn.Linear(3, 2)
        if self.x.weight.shape == self.y.weight.shape:
            self.y.weight = self.x.weight
        if self.p.weight.shape == self.q.weight.shape:
            self.q.weight = self.p.weight
        if self.p.weight.size() == self.q.weight.size():
            self.q.weight = self.p.weight


# torch: [m := Shapes(3, 3)] and m.y.weight is m.x.weight and m.q.weight is not m.p.weight


# case: asserted
from torch import nn


class Asserted(nn.Module):
    def __init__(self, rows, columns, tie):
        super().__init__()
        self.x = nn.Linear(rows, columns)
        self.y = nn.Linear(columns, rows)
        if tie:
            assert rows == columns, "tying needs square weights"
            self.y.weight = self.x.weight


# torch: error(lambda: Asserted(3, 3, True)) == ""


# case: factorised, with a projection
from torch import nn


class Factorised(nn.Module):
    def __init__(self, vocab, hidden, inner):
        super().__init__()
        self.embed = nn.Embedding(vocab, inner)
        self.project = nn.Linear(hidden, inner)
        self.head = nn.Linear(inner, vocab)
        self.head.weight = self.embed.weight


# torch: [m := Factorised(5, 4, 2)] and m.head(m.project(torch.ones(1, 4))).shape == (1, 5)


# case: a resized layer
import torch
from torch import nn


class Resized(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.embed = nn.Embedding(10, size)
        self.head = nn.Linear(size, 10)
        self.head.weight = nn.Parameter(torch.zeros(12, size))
        self.head.bias = nn.Parameter(torch.zeros(12))

    def grow(self, n):
        old = self.embed
        new = nn.Embedding(n, old.embedding_dim)
        self.embed = new
        self.head.weight = new.weight
        self.head.out_features = n


# torch: [m := Resized(4), m.grow(13)] and m.head.weight.shape == (13, 4)


# case: the sizes are adapted, or the tie is replaced
from torch import nn


class Adapted(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab + 1, bias=False)
        self.head.weight = self.embed.weight
        self.head.out_features = vocab
        self.other = nn.Linear(size, vocab + 1)
        self.other.weight = self.embed.weight
        self.other = nn.Linear(size, vocab)
        self.other.weight = self.embed.weight


# torch: [m := Adapted(5, 2)] and m.head(torch.ones(1, 2)).shape == (1, 5)


# case: values that changed in between
from torch import nn


class Changed(nn.Module):
    def __init__(self, vocab, size, config):
        super().__init__()
        self.head = nn.Linear(vocab, size)
        vocab, size = size, vocab
        self.embed = nn.Embedding(size, vocab)
        self.a = nn.Linear(config.a, config.b)
        config.a, config.b = config.b, config.a
        self.b = nn.Linear(config.b, config.a)
        self.b.weight = self.a.weight
        if vocab:
            config.a = 7
        self.c = nn.Linear(config.a, 5)
        self.c.weight = self.b.weight


# torch: [m := Changed(5, 2, type("C", (), {"a": 3, "b": 4}))] and m.b.weight is m.a.weight


# case: a layer with a forward of its own
from torch import nn


class Transposing(nn.Linear):
    def forward(self, x):
        return x @ self.weight


class Decoder(nn.Module):
    def __init__(self, size, code):
        super().__init__()
        self.enc = nn.Linear(size, code)
        self.dec = Transposing(code, size)
        self.dec.weight = self.enc.weight


# torch: [m := Decoder(5, 2)] and m.dec(m.enc(torch.ones(1, 5))).shape == (1, 5)


# case: a subclass of a layer that keeps its forward
from torch import nn


class Projection(nn.Linear):
    def __init__(self, size):
        super().__init__(size, 2 * size)


class Uses(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.up = nn.Linear(size, size)
        self.project = Projection(size)
        self.project.weight = self.up.weight  # TTL305


# torch: "must match the existing size" in error(lambda: Uses(2).project(torch.ones(1, 2)))


# case: arguments that are not known
from torch import nn


class Hidden(nn.Module):
    def __init__(self, vocab, size, *args, **kwargs):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(*args)
        self.head.weight = self.embed.weight
        self.other = nn.Linear(**kwargs)
        self.other.weight = self.embed.weight
        self.third = nn.Linear(args[0], kwargs["out_features"])
        self.third.weight = self.embed.weight


# torch: error(lambda: Hidden(5, 2, 2, 5, in_features=2, out_features=5)) == ""


# case: a size that is chosen
from torch import nn


class Chosen(nn.Module):
    def __init__(self, vocab, size, wide):
        super().__init__()
        width = 2 * size if wide else size
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(width, vocab)
        self.head.weight = self.embed.weight


# torch: error(lambda: Chosen(5, 2, False).head(torch.ones(1, 2))) == ""


# case: lazy layers
from torch import nn


class Lazy(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.LazyLinear(vocab)
        self.head.weight = self.embed.weight


# torch: error(lambda: Lazy(5, 2)) == ""


# case: layers of a list that are not told apart
from torch import nn


class Pyramid(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.down = nn.ModuleList([nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:])])
        self.up = nn.ModuleList([nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:])])
        for down, up in zip(self.down, self.up):
            up.weight = down.weight


# torch: [m := Pyramid([4, 3, 2])] and m.up[1].weight is m.down[1].weight


# case: something else under these names
from keras.layers import Embedding, Linear


class Other:
    def __init__(self, vocab, size):
        self.embed = Embedding(vocab, size)
        self.head = Linear(vocab, size)
        self.head.weight = self.embed.weight


# case: sizes that a base class gets through stars
# torch: (m := Reader(7, size=4)) and m.head.weight.shape == (7, 4) and m.head.in_features == 7
from torch import nn


class Base(nn.Module):
    def __init__(self, vocab, size=16):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.vocab, self.size = vocab, size


class Reader(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.head = nn.Linear(self.vocab, self.size, bias=False)
        self.head.weight = self.embed.weight  # TTL305


class Writer(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.head = nn.Linear(self.embed.num_embeddings, self.embed.embedding_dim, bias=False)
        self.head.weight = self.embed.weight  # TTL305


class Right(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.head = nn.Linear(self.size, self.vocab, bias=False)
        self.head.weight = self.embed.weight


# case: two layers that get what stars hold
from torch import nn


class Pair(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
        self.first = Layer(*args, **kwargs)
        self.second = Layer(*args, **kwargs)
        self.second.inner.weight = self.first.inner.weight


class Layer(nn.Module):
    def __init__(self, width, depth=2):
        super().__init__()
        self.inner = nn.Linear(width, depth)


# torch: (m := Pair(3)) and m.second.inner.weight is m.first.inner.weight
