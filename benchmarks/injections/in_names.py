"""Mistakes about names: those that torch refuses, and those that the class has already."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way, built, through

_EXISTS = "bool(error(make))"
TTL110 = Injection(
    "TTL110",
    _EXISTS,
    [
        built("edit", "self.{linear} = 3  #!", "self.{a} = 3", needs=("linear",)),
        built(
            "edit",
            'self.register_buffer("{parameter}", torch.zeros({n}))  #!',
            'self.register_buffer("{a}", torch.zeros({n}))',
            needs=("parameter",),
        ),
        built(
            "direct",
            'self.{a} = torch.ones({n})\nself.register_buffer("{a}", self.{a})  #!',
            'self.register_buffer("{a}", torch.ones({n}))',
        ),
        built(
            "direct",
            'self.{a} = None\nself.register_parameter("{a}", nn.Parameter(torch.ones({n})))  #!',
            "self.{a} = None\nself.{a} = nn.Parameter(torch.ones({n}))",
        ),
        built(
            "direct",
            'self.add_module("{a}.0", nn.Linear({n}, {n}))  #!',
            'self.add_module("{a}_0", nn.Linear({n}, {n}))',
        ),
        built(
            "direct",
            'self.{a} = nn.ModuleDict({"keys": nn.Linear({n}, 2), "{b}": nn.Linear({n}, 2)})  #!',
            'self.{a} = nn.ModuleDict({"key": nn.Linear({n}, 2), "{b}": nn.Linear({n}, 2)})',
        ),
        built(
            "local",
            'self.{a} = torch.zeros({n})\n{b} = "{a}"\nself.register_buffer({b}, torch.ones({n}))  #!',
            '{b} = "{a}"\nself.register_buffer({b}, torch.ones({n}))',
        ),
        *through(
            'SELF.register_parameter("{a}", nn.Parameter(torch.ones(2)))  #!',
            "SELF.{a} = nn.Parameter(torch.ones(2))",
            before="self.{a} = 0\n",
        ),
    ],
)

_HIDDEN = "not isinstance(make().{a}, nn.Module)"
TTL115 = Injection(
    "TTL115",
    _HIDDEN,
    [
        Way(
            "direct",
            Snippet(body="{a} = None", init="self.{a} = nn.Linear({n}, {n})  #!"),
            Snippet(body="{a}: nn.Linear", init="self.{a} = nn.Linear({n}, {n})"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = nn.Conv1d({n}, 2, 1)  #!", methods="def {a}(self, x):\n    return x"),
            Snippet(init="self.{a} = nn.Conv1d({n}, 2, 1)", methods="def run_{a}(self, x):\n    return self.{a}(x)"),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(body="{a} = None", init="{b} = nn.LayerNorm({n})\nself.{a} = {b}  #!"),
            Snippet(init="self.{a} = None\n{b} = nn.LayerNorm({n})\nself.{a} = {b}"),
        ),
        Way(
            "method",
            Snippet(body="{a} = None", init="self.{f}()", methods="def {f}(self):\n    self.{a} = nn.Linear(4, 2)  #!"),
            Snippet(init="self.{a} = None\nself.{f}()", methods="def {f}(self):\n    self.{a} = nn.Linear(4, 2)"),
        ),
        Way(
            "function",
            Snippet(
                body="{a} = None",
                above="def {g}(size):\n    return nn.Sequential(nn.Linear(size, 2), nn.ReLU())",
                init="self.{a} = {g}({n})  #!",
            ),
            Snippet(
                above="def {g}(size):\n    return nn.Sequential(nn.Linear(size, 2), nn.ReLU())",
                init="self.{a} = {g}({n})",
            ),
            imported=True,
        ),
    ],
)
