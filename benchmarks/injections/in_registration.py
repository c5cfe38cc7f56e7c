"""Mistakes of registration: what is kept, and not as a parameter or layer."""

from __future__ import annotations

from injections import edits
from injections.catalogue import Injection, Snippet, Way

LOST = 'not owned(make(), "{a}")'
OPERATIONS = ("{} * 0.1", "{}.unsqueeze(0)", "{}.clone()", "torch.exp({})", "{}.view(1, -1)", "-{}", "{} / {n} ** 0.5")


def _lost_to(operation: str) -> Way:
    made, data = "nn.Parameter(torch.ones({n}))", "torch.ones({n})"
    bad, good = operation.replace("{}", made), f"nn.Parameter({operation.replace('{}', data)})"
    return Way("direct", Snippet(init=f"self.{{a}} = {bad}  #!"), Snippet(init=f"self.{{a}} = {good}"), inherited=True)


TTL101 = Injection(
    "TTL101",
    LOST,
    [
        Way("edit", edits.rewritten("parameter", "{value} * 0.02", "nn.Parameter({first} * 0.02)")),
        Way("edit", edits.rewritten("parameter", "{value}.double()", "nn.Parameter(({first}).double())")),
        *map(_lost_to, OPERATIONS),
        Way(
            "local",
            Snippet(init="{b} = nn.Parameter(torch.randn({n}, {n}))\nself.{a} = {b}.t()  #!"),
            Snippet(init="{b} = torch.randn({n}, {n})\nself.{a} = nn.Parameter({b}.t())"),
        ),
        Way(
            "local",
            Snippet(init="{b} = nn.Parameter(torch.empty({n}))\nnn.init.ones_({b})\n{b} = {b} / 2\nself.{a} = {b}  #!"),
            Snippet(init="{b} = torch.empty({n})\nnn.init.ones_({b})\n{b} = {b} / 2\nself.{a} = nn.Parameter({b})"),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = self.{f}({n})  #!",
                methods="def {f}(self, size):\n    return nn.Parameter(torch.zeros(size)).unsqueeze(0)",
            ),
            Snippet(
                init="self.{a} = self.{f}({n})",
                methods="def {f}(self, size):\n    return nn.Parameter(torch.zeros(size).unsqueeze(0))",
            ),
        ),
        Way(
            "method",
            Snippet(
                init="self.{f}({n})",
                methods="def {f}(self, size):\n    self.{a} = nn.Parameter(torch.zeros(size)) + 1.0  #!",
            ),
            Snippet(
                init="self.{f}({n})",
                methods="def {f}(self, size):\n    self.{a} = nn.Parameter(torch.zeros(size) + 1.0)",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size):\n    return nn.Parameter(torch.randn(size, size)) * 0.02",
                init="self.{a} = {g}({n})  #!",
            ),
            Snippet(
                above="def {g}(size):\n    return nn.Parameter(torch.randn(size, size) * 0.02)",
                init="self.{a} = {g}({n})",
            ),
            imported=True,
        ),
    ],
)

TTL102 = Injection(
    "TTL102",
    LOST,
    [
        Way(
            "direct",
            Snippet(init="self.{a} = torch.randn({n}, {n}, requires_grad=True)  #!"),
            Snippet(init="self.{a} = nn.Parameter(torch.randn({n}, {n}))"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = torch.zeros({n}).requires_grad_()  #!"),
            Snippet(init="self.{a} = nn.Parameter(torch.zeros({n}))"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init='self.register_buffer("{a}", nn.Parameter(torch.zeros({n})))  #!'),
            Snippet(init='self.register_parameter("{a}", nn.Parameter(torch.zeros({n})))'),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(
                init="self.{a} = nn.init.xavier_uniform_(torch.empty({n}, {n}))  #!",
                forward="{x} = {x} + self.{a}.sum()",
            ),
            Snippet(
                init="self.{a} = nn.Parameter(nn.init.xavier_uniform_(torch.empty({n}, {n})))",
                forward="{x} = {x} + self.{a}.sum()",
            ),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init="{b} = torch.zeros({n})\n{b}.requires_grad = True\nself.{a} = {b}  #!"),
            Snippet(init="{b} = torch.zeros({n})\n{b} = nn.Parameter({b})\nself.{a} = {b}"),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = self.{f}({n})  #!",
                methods="def {f}(self, size):\n    return torch.randn(size, requires_grad=True)",
            ),
            Snippet(
                init="self.{a} = self.{f}({n})",
                methods="def {f}(self, size):\n    return nn.Parameter(torch.randn(size))",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size):\n    weight = torch.empty(size, size, requires_grad=True)\n    return weight",
                init="self.{a} = {g}({n})  #!",
            ),
            Snippet(
                above="def {g}(size):\n    weight = nn.Parameter(torch.empty(size, size))\n    return weight",
                init="self.{a} = {g}({n})",
            ),
            imported=True,
        ),
    ],
)

_LIST = "[nn.Parameter(torch.zeros({n})) for _ in range(3)]"
TTL103 = Injection(
    "TTL103",
    LOST,
    [
        Way(
            "edit",
            edits.rewritten(
                "parameter", "[{value} for _ in range(2)]", "nn.ParameterList([{value} for _ in range(2)])"
            ),
        ),
        Way(
            "direct",
            Snippet(init=f"self.{{a}} = {_LIST}  #!"),
            Snippet(init=f"self.{{a}} = nn.ParameterList({_LIST})"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init='self.{a} = {"q": nn.Parameter(torch.ones({n})), "k": nn.Parameter(torch.ones({n}))}  #!'),
            Snippet(
                init='self.{a} = nn.ParameterDict({"q": nn.Parameter(torch.ones({n})), "k": nn.Parameter(torch.ones({n}))})'
            ),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = []  #!\nfor _ in range(3):\n    self.{a}.append(nn.Parameter(torch.randn({n})))"),
            Snippet(
                init="self.{a} = nn.ParameterList()\nfor _ in range(3):\n    self.{a}.append(nn.Parameter(torch.randn({n})))"
            ),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(
                init="{b} = []\nfor _ in range(2):\n    {b}.append(nn.Parameter(torch.ones({n})))\nself.{a} = {b}  #!"
            ),
            Snippet(
                init="{b} = []\nfor _ in range(2):\n    {b}.append(nn.Parameter(torch.ones({n})))\nself.{a} = nn.ParameterList({b})"
            ),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = self.{f}({n})  #!",
                methods="def {f}(self, size):\n    return [nn.Parameter(torch.zeros(size)) for _ in range(2)]",
            ),
            Snippet(
                init="self.{a} = nn.ParameterList(self.{f}({n}))",
                methods="def {f}(self, size):\n    return [nn.Parameter(torch.zeros(size)) for _ in range(2)]",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size, count):\n    return tuple(nn.Parameter(torch.zeros(size)) for _ in range(count))",
                init="self.{a} = {g}({n}, 2)  #!",
            ),
            Snippet(
                above="def {g}(size, count):\n    return nn.ParameterList(nn.Parameter(torch.zeros(size)) for _ in range(count))",
                init="self.{a} = {g}({n}, 2)",
            ),
            imported=True,
        ),
    ],
)

_LAYERS = "[nn.Linear({n}, {n}) for _ in range(3)]"
TTL104 = Injection(
    "TTL104",
    LOST,
    [
        Way("edit", edits.rewritten("list", "{first}")),
        Way(
            "direct",
            Snippet(init=f"self.{{a}} = {_LAYERS}  #!"),
            Snippet(init=f"self.{{a}} = nn.ModuleList({_LAYERS})"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init='self.{a} = {"a": nn.Conv1d({n}, {n}, 1), "b": nn.Linear({n}, {n})}  #!'),
            Snippet(init='self.{a} = nn.ModuleDict({"a": nn.Conv1d({n}, {n}, 1), "b": nn.Linear({n}, {n})})'),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = []  #!\nfor i in range(2):\n    self.{a} += [nn.Linear({n}, {n})]"),
            Snippet(init="self.{a} = nn.ModuleList()\nfor i in range(2):\n    self.{a} += [nn.Linear({n}, {n})]"),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init="{b} = []\nfor _ in range(2):\n    {b}.append(nn.Linear({n}, {n}))\nself.{a} = {b}  #!"),
            Snippet(
                init="{b} = []\nfor _ in range(2):\n    {b}.append(nn.Linear({n}, {n}))\nself.{a} = nn.Sequential(*{b})"
            ),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = self.{f}({n})  #!",
                methods="def {f}(self, size):\n    layers = [nn.Linear(size, size)]\n    layers.append(nn.LayerNorm(size))\n    return layers",
            ),
            Snippet(
                init="self.{a} = self.{f}({n})",
                methods="def {f}(self, size):\n    layers = [nn.Linear(size, size)]\n    layers.append(nn.LayerNorm(size))\n    return nn.Sequential(*layers)",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size, depth):\n    return [nn.Linear(size, size) for _ in range(depth)]",
                init="self.{a} = {g}({n}, 2)  #!",
            ),
            Snippet(
                above="def {g}(size, depth):\n    return nn.ModuleList(nn.Linear(size, size) for _ in range(depth))",
                init="self.{a} = {g}({n}, 2)",
            ),
            imported=True,
        ),
    ],
)

TTL111 = Injection(
    "TTL111",
    "bool(error(make))",
    [
        *(
            Way(
                "direct",
                Snippet(init=f"self.{{a}} = nn.Parameter({bad})  #!"),
                Snippet(init=f"self.{{a}} = nn.Parameter({good})"),
                inherited=True,
            )
            for bad, good in (
                ("torch.tensor(1)", "torch.tensor(1.0)"),
                ("torch.arange({literal})", "torch.arange({literal}, dtype=torch.float32)"),
                ("torch.zeros({n}, dtype=torch.long)", "torch.zeros({n}, dtype=torch.long), requires_grad=False"),
                ("[0.5, 0.5]", "torch.tensor([0.5, 0.5])"),
                ("torch.ones({n}).bool()", "torch.ones({n})"),
            )
        ),
        Way(
            "local",
            Snippet(init="{b} = torch.arange(4)\nself.{a} = nn.Parameter({b})  #!"),
            Snippet(init="{b} = torch.arange(4)\nself.{a} = nn.Parameter({b}.float())"),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = nn.Parameter(self.{f}({n}))  #!",
                methods="def {f}(self, size):\n    return torch.full((size,), 2)",
            ),
            Snippet(
                init="self.{a} = nn.Parameter(self.{f}({n}))",
                methods="def {f}(self, size):\n    return torch.full((size,), 2.0)",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size):\n    return torch.randint(0, 2, (size,))",
                init="self.{a} = nn.Parameter({g}({n}))  #!",
            ),
            Snippet(
                above="def {g}(size):\n    return torch.randint(0, 2, (size,)).float()",
                init="self.{a} = nn.Parameter({g}({n}))",
            ),
            imported=True,
        ),
    ],
)

TTL112 = Injection(
    "TTL112",
    LOST,
    [
        Way(
            "direct",
            Snippet(body="{a} = nn.Parameter(torch.zeros({literal}))  #!"),
            Snippet(init="self.{a} = nn.Parameter(torch.zeros({literal}))"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(body="{a} = nn.Linear({literal}, 2)  #!", forward="{x} = {x} + self.{a}.bias.sum()"),
            Snippet(init="self.{a} = nn.Linear({literal}, 2)", forward="{x} = {x} + self.{a}.bias.sum()"),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(body="{b} = torch.ones({literal})\n{a} = nn.Parameter({b})  #!"),
            Snippet(body="{b} = torch.ones({literal})", init="self.{a} = nn.Parameter(self.{b})"),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size):\n    return nn.Sequential(nn.Linear(size, size), nn.BatchNorm1d(size))",
                body="{a} = {g}({literal})  #!",
            ),
            Snippet(
                above="def {g}(size):\n    return nn.Sequential(nn.Linear(size, size), nn.BatchNorm1d(size))",
                init="self.{a} = {g}({literal})",
            ),
            imported=True,
        ),
    ],
)
