"""Cases of TTL603: tensors that share memory are given to safetensors."""

# case: in a training script
from safetensors.torch import save_file
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vocabulary, size):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, size)
        self.head = nn.Linear(size, vocabulary, bias=False)
        self.head.weight = self.embed.weight


def main(path):
    model = LanguageModel(5, 2)
    model.train()
    save_file(model.state_dict(), path)  # TTL603


# torch: "RuntimeError" in error(lambda: main(scratch_file)) and "share memory" in error(lambda: main(scratch_file))


# case: other names of the functions, and a local
import safetensors.torch
import safetensors.torch as st
from safetensors.torch import save_file as store
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


def one(path):
    model = Tied()
    state = model.state_dict()
    safetensors.torch.save_file(state, path)  # TTL603


def two():
    return st.save(tensors=Tied().state_dict())  # TTL603


def three(path):
    model = Tied().eval()
    store(dict(model.state_dict()), filename=path, metadata={"format": "pt"})  # TTL603


# torch: all("share memory" in error(f) for f in (lambda: one(scratch_file), two, lambda: three(scratch_file)))


# case: a method of the model, tied by a helper
from safetensors.torch import save_file
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.tie_weights()

    def tie_weights(self):
        self.head.weight = self.embed.weight

    def save(self, path):
        save_file(self.state_dict(), path)  # TTL603


# torch: "share memory" in error(lambda: Model().save(scratch_file))


# case: a subclass, through a function that saves
from safetensors.torch import save_file
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)


class WithHead(Base):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(2, 5, bias=False)
        self.head.weight = self.embed.weight


def save(model, path):
    save_file(model.state_dict(), path)  # TTL603


def main(path):
    save(WithHead(), path)


# torch: "share memory" in error(lambda: main(scratch_file))


# case: made contiguous, which they are
from safetensors.torch import save_file
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


def main(path):
    model = Tied()
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, path)  # TTL603


def plain(path):
    model = Tied()
    save_file({f"model.{k}": v.detach() for k, v in model.state_dict().items()}, path)  # TTL603


# torch: "share memory" in error(lambda: main(scratch_file)) and "share memory" in error(lambda: plain(scratch_file))


# case: one module under two names
from safetensors.torch import save_file
from torch import nn


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 3)
        self.right = self.left


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        step = nn.Linear(3, 3)
        self.steps = nn.Sequential(step, nn.ReLU(), step)  # TTL301


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Siamese()


def main(path):
    save_file(Siamese().state_dict(), path)  # TTL603


def steps(path):
    model = Steps()
    save_file(model.state_dict(), path)  # TTL603


def outer(path):
    model = Outer()
    save_file(model.state_dict(), path)  # TTL603


# torch: all("share memory" in error(lambda: f(scratch_file)) for f in (main, steps, outer))


# case: two Parameters over one memory
from safetensors.torch import save_file
from torch import nn


class FalselyTied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.head.weight.data = self.embed.weight.data  # TTL302


def main(path):
    model = FalselyTied()
    save_file(model.state_dict(), path)  # TTL603


# torch: "share memory" in error(lambda: main(scratch_file))


# case: tied outside of the class
from safetensors.torch import save_file
from torch import nn

model = nn.Sequential(nn.Embedding(5, 2), nn.Linear(2, 5, bias=False))
model[1].weight = model[0].weight


def main(path):
    net = nn.Sequential(nn.Embedding(5, 2), nn.Linear(2, 5, bias=False))
    net[1].weight = net[0].weight
    save_file(net.state_dict(), path)  # TTL603


# torch: "share memory" in error(lambda: main(scratch_file))


# case: a dict that is written out
import torch
from safetensors.torch import save_file
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


def main(path):
    model = Tied()
    save_file({"a": model.a.weight, "b": model.b.weight}, path)  # TTL603


def tensors(path):
    w = torch.ones(3)
    save_file({"a": w, "b": w.detach()}, path)  # TTL603


def apart(path):
    w = torch.ones(4)
    save_file({"a": w, "b": w.clone()}, path)
    save_file({"a": w[:2], "b": w[2:]}, path)
    save_file({"a": w}, path)


# torch: "share memory" in error(lambda: main(scratch_file)) and "share memory" in error(lambda: tensors(scratch_file))
# torch: error(lambda: apart(scratch_file)) == ""


# case: no tie
from safetensors.torch import save_file
from torch import nn


class Untied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)
        self.rnn = nn.LSTM(2, 3, num_layers=2)


def main(path):
    model = Untied()
    save_file(model.state_dict(), path)


def parts(path):
    model = Untied()
    save_file(model.head.state_dict(), path)


# torch: error(lambda: main(scratch_file)) == "" and error(lambda: parts(scratch_file)) == ""


# case: save_model, copies, filtered and edited state dicts
import copy

from safetensors.torch import save_file, save_model
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


def whole(path):
    save_model(Tied(), path)


def cloned(path):
    save_file({k: v.clone() for k, v in Tied().state_dict().items()}, path)


def contiguous_clones(path):
    model = Tied()
    save_file({k: v.contiguous().clone() for k, v in model.state_dict().items()}, path)


def halved(path):
    model = Tied()
    save_file({k: v.half() for k, v in model.state_dict().items()}, path)


def filtered(path):
    model = Tied()
    save_file({k: v for k, v in model.state_dict().items() if k != "b.weight"}, path)


def some(path, keys):
    model = Tied()
    state = model.state_dict()
    save_file({k: state[k] for k in keys}, path)


def without(path):
    state = Tied().state_dict()
    del state["b.weight"]
    save_file(state, path)


def popped(path):
    state = Tied().state_dict()
    state.pop("b.weight")
    save_file(state, path)


def replaced(path):
    state = Tied().state_dict()
    state["b.weight"] = state["b.weight"].clone()
    save_file(state, path)


def named(path):
    model = Tied()
    save_file(dict(model.named_parameters()), path)


def part(path):
    model = Tied()
    save_file(model.a.state_dict(), path)


# torch: all(error(lambda: f(scratch_file)) == "" for f in (whole, cloned, contiguous_clones, halved, filtered, without))
# torch: all(error(lambda: f(scratch_file)) == "" for f in (popped, replaced, named, part))
# torch: error(lambda: some(scratch_file, ["a.weight"])) == ""


# case: state dicts that a helper deduplicates
from safetensors.torch import save_file
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


def unique(state):
    seen, kept = set(), {}
    for key, value in state.items():
        if value.data_ptr() not in seen:
            seen.add(value.data_ptr())
            kept[key] = value
    return kept


def main(path):
    save_file(unique(Tied().state_dict()), path)


def with_library(path):
    from somewhere import clean_state_dict

    save_file(clean_state_dict(Tied().state_dict()), path)


# torch: error(lambda: main(scratch_file)) == ""


# case: a tie that hangs on a condition
from safetensors.torch import save_file
from torch import nn


class Maybe(nn.Module):
    def __init__(self, tie):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        if tie:
            self.b.weight = self.a.weight


def main(path, tie):
    model = Maybe(tie)
    save_file(model.state_dict(), path)


def untied(path):
    model = Maybe(False)
    save_file(model.state_dict(), path)


def tied(path):
    model = Maybe(tie=True)
    save_file(model.state_dict(), path)  # TTL603


# torch: error(lambda: main(scratch_file, False)) == "" and error(lambda: untied(scratch_file)) == ""
# torch: "share memory" in error(lambda: tied(scratch_file))


# case: untied before it is saved
from safetensors.torch import save_file
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


def main(path):
    model = Tied()
    model.b.weight = nn.Parameter(model.a.weight.detach().clone())
    save_file(model.state_dict(), path)


# torch: error(lambda: main(scratch_file)) == ""


# case: the error is expected
import pytest
from safetensors.torch import save_file, save_model
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


def main(path):
    model = Tied()
    try:
        save_file(model.state_dict(), path)
    except RuntimeError:
        save_model(model, path)


def test_it():
    with pytest.raises(RuntimeError):
        save_file(Tied().state_dict(), "tied.safetensors")


# torch: error(lambda: main(scratch_file)) == ""


# case: a state dict of its own, and models that are not known
from safetensors.torch import save_file
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight

    def state_dict(self, *args, **kwargs):
        found = super().state_dict(*args, **kwargs)
        found.pop("b.weight")
        return found


def main(path):
    save_file(Own().state_dict(), path)


def unknown(model, path):
    save_file(model.state_dict(), path)


# torch: error(lambda: main(scratch_file)) == ""
# torch: error(lambda: unknown(nn.Linear(2, 2), scratch_file)) == ""


# case: buffers that the state dict does not have
import torch
from safetensors.torch import save_file
from torch import nn


class Buffers(nn.Module):
    def __init__(self):
        super().__init__()
        t = torch.ones(3)
        self.register_buffer("a", t)
        self.register_buffer("b", t, persistent=False)


class Saved(nn.Module):
    def __init__(self):
        super().__init__()
        t = torch.ones(3)
        self.register_buffer("a", t)
        self.register_buffer("b", t)


def main(path):
    model = Buffers()
    save_file(model.state_dict(), path)


def saved(path):
    model = Saved()
    save_file(model.state_dict(), path)  # TTL603


# torch: error(lambda: main(scratch_file)) == "" and "share memory" in error(lambda: saved(scratch_file))


# case: the model inside of a wrapper, copies of the model
import copy

from safetensors.torch import save_file
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight


class Trainer:
    def __init__(self):
        self.model = Tied()
        self.ema = copy.deepcopy(self.model)

    def save(self, path):
        save_file(self.ema.state_dict(), path)  # TTL603
        save_file(self.model.state_dict(), path)  # TTL603


# torch: "share memory" in error(lambda: Trainer().save(scratch_file))
