"""A small language model as one writes it on a Friday. It imports, and most of it trains without a complaint.

Each mistake below was made by somebody in earnest; `torchtielint examples/` finds them.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import spectral_norm
from torch.nn.utils.parametrizations import weight_norm


def init_weights(module: nn.Module) -> None:
    """Small normal weights, zero biases."""
    if isinstance(module, (nn.Linear, nn.Conv1d)):
        nn.init.normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


class Attention(nn.Module):
    """Causal attention with a learned sharpness for each head."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.sharpness = nn.Parameter(torch.ones(heads, 1, 1)) * 0.5

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        parts = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0] * self.sharpness, parts[1], parts[2]
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


class Experts(nn.Module):
    """The mean of a few feed-forward networks."""

    def __init__(self, width: int, experts: int) -> None:
        super().__init__()
        self.experts = [nn.Linear(width, width) for _ in range(experts)]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.stack([F.gelu(expert(x)) for expert in self.experts]).mean(0)


class Adapter(nn.Module):
    """A bottleneck whose way up is meant to be the transpose of its way down."""

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Linear(width, rank)
        self.up = nn.Linear(rank, width)
        self.up.weight = nn.Parameter(self.down.weight.t())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.up(F.gelu(self.down(x)))


class Smoother(nn.Module):
    """A normalized convolution along the sequence."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(width, width, 3))
        self.apply(init_weights)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        padded = F.pad(x.transpose(1, 2), (2, 0))
        return x + self.conv(padded).transpose(1, 2)


class Block(nn.Module):
    """Attention, experts, adapter."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.experts = Experts(width, 2)
        self.adapter = Adapter(width, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(nn.LayerNorm(x.shape[-1])(x))
        return self.adapter(x + self.experts(x))


class LanguageModel(nn.Module):
    """Embedding, blocks, and an output layer that is meant to be tied to the embedding."""

    def __init__(self, vocabulary: int, length: int, width: int = 32, heads: int = 4, depth: int = 6) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.zeros(length, width))
        self.smoother = Smoother(width)
        self.blocks = nn.ModuleList([Block(width, heads)] * depth)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.head.weight = nn.Parameter(self.tokens.weight)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.smoother(self.tokens(ids) + self.positions[: ids.shape[1]])
        for block in self.blocks:
            x = block(x)
        return self.head(x)

    def decay_positions(self, rate: float) -> None:
        """Let the positions fade between two steps."""
        self.positions *= rate

    @torch.no_grad()
    def normalize_positions(self) -> None:
        """Keep the positions on the unit sphere."""
        self.positions = F.normalize(self.positions, dim=-1)


class Memory(nn.Module):
    """A recurrent state between two documents."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.cell = spectral_norm(nn.LSTM(width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.cell(x)[0]


def main() -> None:
    """Train on noise for a few steps, as a smoke test does."""
    model = LanguageModel(vocabulary=64, length=16)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(3):
        ids = torch.randint(64, (2, 16))
        logits = model(ids[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward(retain_graph=True)  # the second step raises without it
        optimizer.step()
        print(f"loss {loss.item():.3f}")


if __name__ == "__main__":
    main()
