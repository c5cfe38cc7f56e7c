"""Mistakes of construction: order of the constructor, layers made in `forward` or in a signature."""

from __future__ import annotations

from injections import edits
from injections.catalogue import Injection, Snippet, Way

_EARLY = (
    "self.{a} = nn.Parameter(torch.ones({literal}))",
    "self.{a} = nn.Linear({literal}, {literal})",
    'self.register_buffer("{a}", torch.zeros({literal}))',
)
TTL105 = Injection(
    "TTL105",
    '"before Module.__init__() call" in error(make)',
    [
        Way("edit", edits.late_super_init),
        *(Way("direct", Snippet(first=f"{line}  #!"), Snippet(init=line), inherited=True) for line in _EARLY),
        Way(
            "local",
            Snippet(first="{b} = nn.Linear({literal}, 2)\nself.{a} = {b}  #!"),
            Snippet(first="{b} = nn.Linear({literal}, 2)", init="self.{a} = {b}"),
        ),
        Way(
            "method",
            Snippet(first="self.{f}()", methods="def {f}(self):\n    self.{a} = nn.Linear({literal}, {literal})  #!"),
            Snippet(init="self.{f}()", methods="def {f}(self):\n    self.{a} = nn.Linear({literal}, {literal})"),
        ),
        Way(
            "function",
            Snippet(
                first="self.{a} = {g}({literal})  #!",
                above="def {g}(size):\n    return nn.Sequential(nn.Linear(size, size), nn.ReLU())",
            ),
            Snippet(
                init="self.{a} = {g}({literal})",
                above="def {g}(size):\n    return nn.Sequential(nn.Linear(size, size), nn.ReLU())",
            ),
            imported=True,
        ),
    ],
)

_SUBCLASS = "class {h}Extended({h}):\n    def __init__(self, *args, **kwargs):%s\n%s        self.{a} = 1"
TTL106 = Injection(
    "TTL106",
    "bool(error(lambda: list(make().parameters())))",
    [
        *(
            Way("edit", edits.without_super_init(text))
            for text in ("pass", "super().__init__", "super({h}).__init__()")
        ),
        Way(
            "direct",
            Snippet(below=_SUBCLASS % ("  #!", "")),
            Snippet(below=_SUBCLASS % ("", "        super().__init__(*args, **kwargs)\n")),
            effect="bool(error(lambda: list({h}Extended(**arguments).parameters())))",
            inherited=True,
        ),
    ],
)

_NORM = "{x} = self.{a}({x})"
TTL107 = Injection(
    "TTL107",
    "created(make()) > 0",
    [
        Way(
            "direct",
            Snippet(forward="{x} = nn.LayerNorm({x}.shape[-1])({x})  #!"),
            Snippet(init="self.{a} = nn.LayerNorm(8)", forward=_NORM),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(forward="{b} = nn.Parameter(torch.ones({x}.shape[-1]))  #!\n{x} = {x} * {b}"),
            Snippet(init="self.{a} = nn.Parameter(torch.ones(8))", forward="{b} = self.{a}\n{x} = {x} * {b}"),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(forward="{b} = nn.Linear({x}.shape[-1], 8)  #!\n{c} = {b}\n{x} = {c}({x})"),
            Snippet(init="self.{a} = nn.Linear(8, 8)", forward="{b} = self.{a}\n{c} = {b}\n{x} = {c}({x})"),
        ),
        Way(
            "method",
            Snippet(
                forward="{x} = self.{f}({x})",
                methods="def {f}(self, y):\n    norm = nn.LayerNorm(y.shape[-1])  #!\n    return norm(y)",
            ),
            Snippet(
                init="self.{a} = nn.LayerNorm(8)",
                forward="{x} = self.{f}({x})",
                methods="def {f}(self, y):\n    return self.{a}(y)",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(y):\n    dense = nn.Linear(y.shape[-1], 8)  #!\n    return dense(y)",
                forward="{x} = {g}({x})  #!",
            ),
            Snippet(
                above="def {g}(y, dense):\n    return dense(y)",
                init="self.{a} = nn.Linear(8, 8)",
                forward="{x} = {g}({x}, self.{a})",
            ),
            imported=True,
        ),
    ],
)

_KEYWORD = """\
class {h}Extended({h}):
    def __init__(self, *args, {a}=%s, **kwargs):%s
        super().__init__(*args, **kwargs)
        self.{a} = %s"""
TTL113 = Injection(
    "TTL113",
    "make().{a} is make().{a}",
    [
        *(Way("edit", edits.default_argument(made)) for made in ("nn.PReLU()", "nn.Dropout(0.1)", "nn.LayerNorm(8)")),
        Way(
            "direct",
            Snippet(below=_KEYWORD % ("nn.PReLU()", "  #!", "{a}")),
            Snippet(below=_KEYWORD % ("None", "", "{a} or nn.PReLU()")),
            effect="{h}Extended(**arguments).{a} is {h}Extended(**arguments).{a}",
            inherited=True,
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = self.{f}(4)",
                methods="def {f}(self, size, act=nn.PReLU()):  #!\n    return nn.Sequential(nn.Linear(size, size), act)",
            ),
            Snippet(
                init="self.{a} = self.{f}(4)",
                methods="def {f}(self, size, act=nn.PReLU):\n    return nn.Sequential(nn.Linear(size, size), act())",
            ),
            effect="make().{a}[1] is make().{a}[1]",
        ),
        Way(
            "function",
            Snippet(
                init="self.{a} = {g}(4)",
                above="def {g}(size, norm=nn.BatchNorm1d(4)):  #!\n    return nn.Sequential(nn.Linear(size, size), norm)",
            ),
            Snippet(
                init="self.{a} = {g}(4)",
                above="def {g}(size, norm=None):\n    return nn.Sequential(nn.Linear(size, size), norm or nn.BatchNorm1d(4))",
            ),
            effect="make().{a}[1] is make().{a}[1]",
            imported=True,
        ),
    ],
)
