"""Cases of TTL407: removals that raise."""

# case: a half-done migration
from torch import nn
from torch.nn.utils import parametrizations, remove_weight_norm


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.pre = parametrizations.weight_norm(nn.Conv1d(2, 2, 3))
        self.ups = nn.ModuleList(parametrizations.weight_norm(nn.Conv1d(2, 2, 3)) for _ in range(2))

    def remove_weight_norm(self):
        remove_weight_norm(self.pre)  # TTL407
        for layer in self.ups:
            remove_weight_norm(layer)  # TTL407


# torch: "not found in" in error(Vocoder().remove_weight_norm)


# case: the newer removal of a hook
from torch import nn
from torch.nn.utils import parametrize, spectral_norm, weight_norm


class Old(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.b = spectral_norm(nn.Linear(2, 2))

    def fuse_a(self):
        parametrize.remove_parametrizations(self.a, "weight")  # TTL407

    def fuse_b(self):
        nn.utils.parametrize.remove_parametrizations(module=self.b, tensor_name="weight")  # TTL407


# torch: "does not have a parametrization on weight" in error(Old().fuse_a)
# torch: "does not have a parametrization on weight" in error(Old().fuse_b)


# case: the hook of another kind
from torch import nn
from torch.nn.utils import prune, remove_spectral_norm, remove_weight_norm, spectral_norm


class Kinds(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = spectral_norm(nn.Linear(2, 2))
        self.b = nn.Linear(2, 2)
        prune.l1_unstructured(self.b, "weight", amount=0.5)

    def fuse_a(self):
        remove_weight_norm(self.a)  # TTL407

    def fuse_b(self):
        remove_spectral_norm(self.b)  # TTL407

    def fuse_c(self):
        prune.remove(self.a, "weight")  # TTL407


# torch: "not found in" in error(Kinds().fuse_a) and "not found in" in error(Kinds().fuse_b)
# torch: "has to be pruned" in error(Kinds().fuse_c)


# case: without the name of the tensor
from torch import nn
from torch.nn.utils import parametrize, prune


def fuse(model):
    for layer in model:
        parametrize.remove_parametrizations(layer)  # TTL407


def unprune(layer):
    prune.remove(layer)  # TTL407


# torch: "TypeError" in error(lambda: fuse([nn.Linear(2, 2)])) and "TypeError" in error(lambda: unprune(nn.Linear(2, 2)))


# case: a tensor that is not the wrapped one
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = weight_norm(nn.LSTM(2, 2), "weight_hh_l0")
        remove_weight_norm(self.lstm, "weight_ih_l0")  # TTL407


# torch: "not found in" in error(Named)


# case: nothing was applied, in one function
from torch import nn
from torch.nn.utils import prune, remove_weight_norm, weight_norm


def export():
    layer = nn.Linear(2, 2)
    return remove_weight_norm(layer)  # TTL407


def twice():
    layer = weight_norm(nn.Linear(2, 2))
    remove_weight_norm(layer)
    remove_weight_norm(layer)  # TTL407


def unpruned():
    layer = nn.Linear(2, 2)
    prune.l1_unstructured(layer, "weight", amount=0.5)
    prune.remove(layer, "bias")  # TTL407


# torch: "not found in" in error(export) and "not found in" in error(twice) and "has to be pruned" in error(unpruned)


# case: two tensors cannot be left apart
from torch import nn
from torch.nn.utils import parametrizations, parametrize


def split():
    layer = parametrizations.weight_norm(nn.Linear(2, 2))
    parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)  # TTL407


def whole():
    layer = parametrizations.spectral_norm(nn.Linear(2, 2))
    return parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)


# torch: "Cannot leave unparametrized" in error(split) and error(whole) == ""


# case: a model of this file, in a script
from torch import nn
from torch.nn.utils import parametrizations as PZ
from torch.nn.utils import remove_weight_norm as remove


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = PZ.weight_norm(nn.Linear(2, 2))


def main():
    net = Net()
    remove(net.fc)  # TTL407


# torch: "not found in" in error(main)


# case: a helper that removes
from torch import nn
from torch.nn.utils import parametrizations, remove_weight_norm


def strip(layer):
    remove_weight_norm(layer)  # TTL407


def main():
    layer = parametrizations.weight_norm(nn.Linear(2, 2))
    strip(layer)


# torch: "not found in" in error(main)


# case: wrapped by the base class
from torch import nn
from torch.nn.utils import parametrizations, remove_spectral_norm


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = parametrizations.spectral_norm(nn.Linear(2, 2))


class Child(Base):
    def fuse(self):
        remove_spectral_norm(self.fc)  # TTL407


# torch: "not found in" in error(Child().fuse)


# case: removals that match
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune, remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm


class Right(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.b = spectral_norm(nn.Linear(2, 2))
        self.c = parametrizations.weight_norm(nn.Linear(2, 2))
        self.d = nn.Linear(2, 2)
        prune.l1_unstructured(self.d, "weight", amount=0.5)
        self.e = weight_norm(nn.LSTM(2, 2), "weight_hh_l0")
        self.f = parametrizations.orthogonal(nn.Linear(2, 2))

    def fuse(self):
        remove_weight_norm(self.a)
        remove_spectral_norm(self.b)
        parametrize.remove_parametrizations(self.c, "weight", leave_parametrized=True)
        prune.remove(self.d, "weight")
        remove_weight_norm(self.e, name="weight_hh_l0")
        parametrize.remove_parametrizations(self.f, "weight")


# torch: error(Right().fuse) == ""


# case: errors that are expected, and code that looks first
from torch import nn
from torch.nn.utils import parametrizations, parametrize, remove_weight_norm


class Careful(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = parametrizations.weight_norm(nn.Linear(2, 2))

    def fuse(self):
        try:
            remove_weight_norm(self.fc)
        except ValueError:
            parametrize.remove_parametrizations(self.fc, "weight")

    def fuse_if(self):
        if hasattr(self.fc, "weight_g"):
            remove_weight_norm(self.fc)
        elif parametrize.is_parametrized(self.fc, "weight"):
            parametrize.remove_parametrizations(self.fc, "weight")


# torch: error(Careful().fuse) == "" and error(Careful().fuse_if) == ""


# case: a layer that another class wraps
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 2, 3)
        self.layers = nn.ModuleList([nn.Conv1d(2, 2, 3) for _ in range(2)])

    def apply_weight_norm(self):
        weight_norm(self.conv)

    def remove_weight_norm(self):
        remove_weight_norm(self.conv)
        for layer in self.layers:
            remove_weight_norm(layer)


# torch: (m := Stack()).apply_weight_norm() is None and [weight_norm(c) for c in m.layers] and error(m.remove_weight_norm) == ""


# case: one of two functions, by what torch has
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


class Either(nn.Module):
    def __init__(self):
        super().__init__()
        norm = nn.utils.weight_norm
        if hasattr(nn.utils.parametrizations, "weight_norm"):
            norm = nn.utils.parametrizations.weight_norm
        self.conv = norm(nn.Conv1d(2, 2, 3))

    def remove_weight_norm(self):
        nn.utils.remove_weight_norm(self.conv)


# torch: hasattr(Either().conv, "parametrizations")


# case: wrapped by code that is not known, or under a name that is not
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


def unknown(wrap, name):
    a = nn.Linear(2, 2)
    wrap(a)
    remove_weight_norm(a)
    b = nn.LSTM(2, 2)
    weight_norm(b, name)
    remove_weight_norm(b, "weight_hh_l0")


# torch: error(lambda: unknown(weight_norm, "weight_hh_l0")) == ""


# case: removed in the branch in which it was applied
from torch import nn
from torch.nn.utils import parametrizations, parametrize, remove_weight_norm, weight_norm


def build(newer):
    layer = nn.Linear(2, 2)
    if newer:
        parametrizations.weight_norm(layer)
    else:
        weight_norm(layer)
    if newer:
        parametrize.remove_parametrizations(layer, "weight")
    else:
        remove_weight_norm(layer)
    return layer


# torch: error(lambda: build(True)) == "" and error(lambda: build(False)) == ""


# case: methods of a class that is no module
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


class Synthesizer:
    def __init__(self):
        self.conv = nn.Conv1d(2, 2, 3)
        self.layers = nn.ModuleList()
        for _ in range(20):
            self.layers.append(nn.Conv1d(2, 2, 3))

    def apply_weight_norm(self):
        weight_norm(self.conv)
        for layer in self.layers:
            weight_norm(layer)

    def remove_weight_norm(self):
        remove_weight_norm(self.conv)
        for layer in self.layers:
            remove_weight_norm(layer)


# torch: (m := Synthesizer()).apply_weight_norm() is None and error(m.remove_weight_norm) == ""
