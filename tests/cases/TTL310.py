"""Cases of TTL310: a module that is replaced in one place and kept in another."""

# case: a Sequential keeps the old layer
from torch import nn


class Net(nn.Module):
    def __init__(self, size, classes):
        super().__init__()
        self.fc = nn.Linear(size, 10)
        self.net = nn.Sequential(nn.Linear(size, size), nn.ReLU(), self.fc)
        self.fc = nn.Linear(size, classes)  # TTL310


# torch: (m := Net(4, 2)).net[2] is not m.fc and len(list(m.parameters())) == 6


# case: a second name
from torch import nn


class Net(nn.Module):
    def __init__(self, size, classes):
        super().__init__()
        self.fc = nn.Linear(size, 10)
        self.head = self.fc
        self.fc = nn.Linear(size, classes)  # TTL310


# torch: (m := Net(4, 2)).head is not m.fc


# case: in a method that changes the number of classes
from torch import nn


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.body = nn.Linear(size, size)
        self.fc = nn.Linear(size, 10)
        self.layers = nn.ModuleList([self.body, self.fc])

    def reset_classifier(self, classes):
        self.fc = nn.Linear(self.fc.in_features, classes)  # TTL310


# torch: [m := Net(4), m.reset_classifier(2)] and m.layers[1] is not m.fc


# case: surgery in a script
from torch import nn


class Net(nn.Module):
    def __init__(self, size=4):
        super().__init__()
        self.conv = nn.Conv2d(1, size, 3)
        self.fc = nn.Linear(size, 10)
        self.features = nn.Sequential(self.conv, nn.Flatten(), self.fc)


model = Net()
model.fc = nn.Linear(4, 2)  # TTL310


# torch: model.features[2].out_features == 10


# case: in a subclass
from torch import nn


class Base(nn.Module):
    def __init__(self, size):
        super().__init__()
        stem = nn.Conv2d(3, size, 3)
        self.stem = stem
        self.trunk = nn.Sequential(stem, nn.ReLU())


class Gray(Base):
    def __init__(self, size):
        super().__init__(size)
        self.stem = nn.Conv2d(1, size, 3)  # TTL310


# torch: Gray(4).trunk[0].in_channels == 3


# case: under a condition, by setattr
from torch import nn


class Net(nn.Module):
    def __init__(self, size, classes=None):
        super().__init__()
        self.fc = nn.Linear(size, 10)
        self.net = nn.Sequential(nn.Flatten(), self.fc)
        if classes is not None:
            setattr(self, "fc", nn.Linear(size, classes))  # TTL310


# torch: (m := Net(4, 2)).net[1] is not m.fc


# case: wrapped under its name only
from torch import nn


class Adapter(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.down = nn.Linear(4, 4)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.net = nn.Sequential(nn.Flatten(), self.fc)

    def adapt(self):
        self.fc = Adapter(self.fc)  # TTL310


# torch: [m := Net(), m.adapt()] and m.net[1] is m.fc.inner


# case: a dictionary of modules
from torch import nn


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, 10)
        self.parts = nn.ModuleDict({"head": self.fc})
        self.fc = nn.Linear(size, 3)  # TTL310


# torch: (m := Net(4)).parts["head"] is not m.fc


# case: the container is built anew, or around itself
from torch import nn


class Net(nn.Module):
    def __init__(self, size, classes):
        super().__init__()
        self.fc = nn.Linear(size, 10)
        self.net = nn.Sequential(nn.Flatten(), self.fc)
        self.net = nn.Sequential(self.net, nn.ReLU())
        self.fc = nn.Linear(size, classes)
        self.net = nn.Sequential(nn.Flatten(), self.fc)


# torch: (m := Net(4, 2)).net[1] is m.fc


# case: the container is updated by index
from torch import nn


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, 10)
        self.net = nn.Sequential(nn.Flatten(), self.fc)

    def reset(self, classes):
        self.fc = nn.Linear(4, classes)
        self.net[-1] = self.fc

    def reset_first(self, classes):
        self.net[1] = nn.Linear(4, classes)
        self.fc = self.net[1]


# torch: [m := Net(4), m.reset(2)] and m.net[1] is m.fc


# case: the head moves out of the backbone
from torch import nn


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.fc = nn.Linear(4, 10)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = Backbone()
        self.head = self.backbone.fc
        self.backbone.fc = nn.Identity()


# torch: Net().head.out_features == 10


# case: kept on purpose
from torch import nn


class Wrapped(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.old_fc = self.fc
        self.fc = nn.Linear(4, 5)
        self.conv = nn.Conv2d(1, 1, 1)
        self.plain = self.conv
        self.conv = Wrapped(self.conv)

    def next_task(self, classes):
        self.previous = self.fc
        self.fc = nn.Linear(4, classes)


# torch: Net().old_fc.out_features == 4


# case: a placeholder that nothing else holds
from torch import nn


class Net(nn.Module):
    def __init__(self, size, deep):
        super().__init__()
        self.fc = nn.Linear(size, 10)
        if deep:
            self.fc = nn.Sequential(nn.Linear(size, size), nn.Linear(size, 10))
        self.net = nn.Sequential(nn.Flatten(), self.fc)


# torch: (m := Net(4, True)).net[1] is m.fc


# case: two that change places
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(4, 4)
        self.right = nn.Linear(4, 4)
        self.left, self.right = self.right, self.left

    def swap(self):
        left = self.left
        self.left = self.right
        self.right = left


# torch: Net().left is not None
