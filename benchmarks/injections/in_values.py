"""Mistakes about what a parameter holds at first: memory as it was found, elements that are one, a template's values."""

from __future__ import annotations

from injections import edits
from injections.catalogue import Injection, Snippet, Way

_REFUSED = "'single memory location' in error(lambda: make().{a}.data.add_(1))"


def _expanded(name: str, bad: str, good: str, **places: str) -> Way:
    return Way(name, Snippet(init=f"{bad}  #!", **places), Snippet(init=good, **places), inherited=name == "direct")


TTL118 = Injection(
    "TTL118",
    _REFUSED,
    [
        Way(
            "edit",
            edits.rewritten(
                "parameter",
                "nn.Parameter(torch.ones(1, 3).expand(2, -1))",
                "nn.Parameter(torch.ones(1, 3).expand(2, -1).clone())",
            ),
        ),
        _expanded(
            "direct",
            "self.{a} = nn.Parameter(torch.randn(1, {n}).expand(3, -1))",
            "self.{a} = nn.Parameter(torch.randn(1, {n}).repeat(3, 1))",
        ),
        _expanded(
            "direct",
            "self.{a} = nn.Parameter(torch.zeros(1).expand({n}))",
            "self.{a} = nn.Parameter(torch.zeros(1).expand({n}).contiguous())",
        ),
        _expanded(
            "direct",
            "self.{a} = nn.Parameter(torch.broadcast_to(torch.randn({n}), (3, {n})))",
            "self.{a} = nn.Parameter(torch.broadcast_to(torch.randn({n}), (3, {n})).clone())",
        ),
        _expanded(
            "direct",
            'self.register_buffer("{a}", torch.arange({n}).expand(2, -1))',
            'self.register_buffer("{a}", torch.arange({n}).expand(2, -1).clone())',
        ),
        _expanded(
            "direct",
            "self.{a} = nn.Parameter(torch.ones({n}, 1).expand_as(torch.zeros({n}, 4)))",
            "self.{a} = nn.Parameter(torch.ones({n}, 1) + torch.zeros({n}, 4))",
        ),
        _expanded(
            "local",
            "{b} = torch.randn(1, {n})\n{c} = {b}.expand(4, {n})\nself.{a} = nn.Parameter({c})",
            "{b} = torch.randn(1, {n})\n{c} = {b}.expand(4, {n})\nself.{a} = nn.Parameter({c}.clone())",
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = nn.Parameter(self.{f}({n}))  #!",
                methods="def {f}(self, size):\n    return torch.linspace(0, 1, size).unsqueeze(0).expand(2, -1)",
            ),
            Snippet(
                init="self.{a} = nn.Parameter(self.{f}({n}))",
                methods="def {f}(self, size):\n    return torch.linspace(0, 1, size).unsqueeze(0).repeat(2, 1)",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size):\n    return nn.Parameter(torch.ones(1, size).expand(3, size))  #!",
                init="self.{a} = {g}({n})  #!",
            ),
            Snippet(
                above="def {g}(size):\n    return nn.Parameter(torch.ones(1, size).expand(3, size).clone())",
                init="self.{a} = {g}({n})",
            ),
            imported=True,
        ),
    ],
)

_READ = "{x} = {x} + self.{a}.sum()"


def _empty(name: str, bad: str, good: str) -> Way:
    return Way(
        name,
        Snippet(init=bad, forward=_READ),
        Snippet(init=good, forward=_READ),
        inherited=name == "direct",
    )


TTL119 = Injection(
    "TTL119",
    "uninitialized(make, '{a}')",
    [
        _empty(
            "direct",
            "self.{a} = nn.Parameter(torch.empty({n}, {n}))  #!",
            "self.{a} = nn.Parameter(torch.empty({n}, {n}))\nnn.init.ones_(self.{a})",
        ),
        _empty(
            "direct",
            "self.{a} = nn.Parameter(torch.Tensor({n}, 3))  #!",
            "self.{a} = nn.Parameter(torch.Tensor({n}, 3))\nself.{a}.data.normal_()",
        ),
        _empty(
            "direct",
            'self.register_parameter("{a}", nn.Parameter(torch.empty({n})))  #!',
            'self.register_parameter("{a}", nn.Parameter(torch.empty({n}).fill_(0.5)))',
        ),
        _empty(
            "direct",
            "self.{a} = nn.Parameter(torch.empty_like(torch.ones({n}, 2)))  #!",
            "self.{a} = nn.Parameter(torch.zeros_like(torch.ones({n}, 2)))",
        ),
        _empty(
            "local",
            "{b} = torch.empty(2, {n})\nself.{a} = nn.Parameter({b})  #!",
            "{b} = torch.empty(2, {n})\ntorch.nn.init.uniform_({b})\nself.{a} = nn.Parameter({b})",
        ),
        _empty(
            "local",
            "{b} = nn.Parameter(torch.empty({n}))  #!\nself.{a} = {b}  #!",
            "{b} = nn.Parameter(torch.empty({n}))\nself.{a} = {b}\nwith torch.no_grad():\n    {b}.zero_()",
        ),
        Way(
            "method",
            Snippet(
                init="self.{f}({n})",
                methods="def {f}(self, size):\n    self.{a} = nn.Parameter(torch.empty(size))  #!",
                forward=_READ,
            ),
            Snippet(
                init="self.{f}({n})",
                methods="def {f}(self, size):\n    self.{a} = nn.Parameter(torch.empty(size))\n    self.{a}.data.fill_(1)",
                forward=_READ,
            ),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = nn.Parameter(torch.empty({n}))  #!",
                methods="def reset_parameters(self):\n    nn.init.ones_(self.{a})",
                forward=_READ,
            ),
            Snippet(
                init="self.{a} = nn.Parameter(torch.empty({n}))\nself.reset_parameters()",
                methods="def reset_parameters(self):\n    nn.init.ones_(self.{a})",
                forward=_READ,
            ),
            avoids="reset_parameters",
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size):\n    return nn.Parameter(torch.empty(size, size))  #!",
                init="self.{a} = {g}({n})  #!",
                forward=_READ,
            ),
            Snippet(
                above="def {g}(size):\n    return nn.Parameter(torch.eye(size))",
                init="self.{a} = {g}({n})",
                forward=_READ,
            ),
            imported=True,
        ),
    ],
)

_STACK = "{x} = {x} + self.{b}(torch.ones(1, 2, 8)).sum()"
_LOOP = "for {c} in self.{b}:\n    {x} = {x} + {c}(torch.ones(1, {literal})).sum()"


def _template(name: str, bad: str, good: str, forward: str = _STACK, above: str = "") -> Way:
    return Way(
        name,
        Snippet(init=bad, forward=forward, above=above),
        Snippet(init=good, forward=forward, above=above),
        inherited=name == "direct",
    )


_COPIED = "self.{b} = nn.ModuleList([copy.deepcopy(%s) for _ in range(3)])"
_LINEAR = "nn.Linear({literal}, {literal})"
TTL124 = Injection(
    "TTL124",
    "idle(make(), '{a}', run)",
    [
        _template(
            "direct",
            "self.{a} = nn.TransformerEncoderLayer(8, 2)  #!\nself.{b} = nn.TransformerEncoder(self.{a}, 2)",
            "{c} = nn.TransformerEncoderLayer(8, 2)\nself.{b} = nn.TransformerEncoder({c}, 2)",
        ),
        _template(
            "direct",
            f"self.{{a}} = {_LINEAR}  #!\n{_COPIED % 'self.{a}'}",
            f"{{c}} = {_LINEAR}\n{_COPIED % '{c}'}",
            forward=_LOOP,
            above="import copy",
        ),
        _template(
            "local",
            "{c} = nn.TransformerEncoderLayer(8, 2)\nself.{a} = {c}  #!\nself.{b} = nn.TransformerEncoder({c}, 2)",
            "{c} = nn.TransformerEncoderLayer(8, 2)\nself.{b} = nn.TransformerEncoder({c}, 2)",
        ),
        _template(
            "local",
            f"self.{{a}} = {_LINEAR}  #!\nself.{{b}} = nn.ModuleList()\nfor _ in range(2):\n    self.{{b}}.append(copy.deepcopy(self.{{a}}))",
            f"{{c}} = {_LINEAR}\nself.{{b}} = nn.ModuleList()\nfor _ in range(2):\n    self.{{b}}.append(copy.deepcopy({{c}}))",
            forward=_LOOP,
            above="import copy",
        ),
        Way(
            "method",
            Snippet(
                init="self.{f}()",
                methods="def {f}(self):\n    self.{a} = nn.TransformerEncoderLayer(8, 2)  #!\n    self.{b} = nn.TransformerEncoder(self.{a}, num_layers=2)",
                forward=_STACK,
            ),
            Snippet(
                init="self.{f}()",
                methods="def {f}(self):\n    layer = nn.TransformerEncoderLayer(8, 2)\n    self.{b} = nn.TransformerEncoder(layer, num_layers=2)",
                forward=_STACK,
            ),
        ),
        Way(
            "function",
            Snippet(
                above="import copy\n\n\ndef {g}(module, count):\n    return nn.ModuleList([copy.deepcopy(module) for _ in range(count)])",
                init=f"self.{{a}} = {_LINEAR}  #!\nself.{{b}} = {{g}}(self.{{a}}, 3)",
                forward=_LOOP,
            ),
            Snippet(
                above="import copy\n\n\ndef {g}(module, count):\n    return nn.ModuleList([copy.deepcopy(module) for _ in range(count)])",
                init=f"self.{{b}} = {{g}}({_LINEAR}, 3)",
                forward=_LOOP,
            ),
            imported=True,
        ),
    ],
)
