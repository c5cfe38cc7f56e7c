"""Four ways to "share weights" that a popular post recommends. None of them shares anything.

Sharing means that one Parameter serves several places: two names in `named_parameters(remove_duplicate=False)`, one
object, one gradient, one entry in the optimizer. Run this file to see what the four classes do instead.
"""

import torch
import torch.nn.functional as F
from torch import nn


class MatrixChain(nn.Module):
    """(a) Five matrices in a ParameterList, multiplied in turn.

    Five calls of `nn.Parameter` make five tensors. The loop uses each of them once, so this is a five-layer linear
    network with five independent weights. To share one matrix, register one and use it five times.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.randn(size, size) / size**0.5) for _ in range(5)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for weight in self.weights:
            x = x @ weight
        return x


class NamedChain(nn.Module):
    """(b) Three matrices in a ParameterDict.

    A dictionary gives the parameters names, not a common value. Sharing would be one Parameter under two keys.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weights = nn.ParameterDict(
            {
                "query": nn.Parameter(torch.randn(size, size)),
                "key": nn.Parameter(torch.randn(size, size)),
                "value": nn.Parameter(torch.randn(size, size)),
            }
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.weights["query"] @ self.weights["key"] @ self.weights["value"]


class SingleWeight(nn.Module):
    """(c) One matrix, passed to `F.linear`.

    The functional form is how a weight *can* be used in two places. Here it is used in one, so there is nobody to
    share it with.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.weight)


class NormalizedWeight(nn.Module):
    """(d) A matrix passed through `weight_norm`.

    `weight_norm` rewrites one weight as a direction and a length; it shares nothing even where it works. Here it does
    not: it wants a module and the name of its parameter, gets a Parameter, and the class cannot be constructed.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(size, size))
        self.weight = torch.nn.utils.weight_norm(self.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.weight


if __name__ == "__main__":
    for model in (MatrixChain(4), NamedChain(4), SingleWeight(4, 2)):
        names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
        objects = {id(parameter) for parameter in model.parameters()}
        print(f"{type(model).__name__}: {len(names)} names, {len(objects)} parameters")
    try:
        NormalizedWeight(4)
    except AttributeError as error:
        print(f"NormalizedWeight: {error}")
