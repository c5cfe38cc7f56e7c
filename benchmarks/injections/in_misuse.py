"""Mistakes of registration that look right: results of calls that return nothing, loops, commas, cycles."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way, built, through

_PARENTS = """\
class {g}First(nn.Module):
    def __init__(self):
        super().__init__()
        self.{a} = nn.Linear({literal}, 2)


class {g}Second(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.{b} = nn.Linear({literal}, 2)


class {g}Both({g}First, {g}Second):
    def __init__(self):
        %s"""
_TWICE = "{g}First.__init__(self)\n        {g}Second.__init__(self)  #!"
_ONCE = (
    "super().__init__()\n        self.{b} = nn.Linear({literal}, 2)",
    "{g}Second.__init__(self)\n        self.{a} = nn.Linear({literal}, 2)",
)
TTL114 = Injection(
    "TTL114",
    'not owned(make(), "{a}")',
    [
        built("direct", "self.{a} = nn.Linear({n}, 2)\nnn.Module.__init__(self)  #!", "self.{a} = nn.Linear({n}, 2)"),
        built("direct", "self.{a} = nn.Linear({n}, 2)\nsuper().__init__()  #!", "self.{a} = nn.Linear({n}, 2)"),
        Way(
            "local",
            Snippet(above=_PARENTS % _TWICE, init="self.{c} = {g}Both()"),
            Snippet(above=_PARENTS % _ONCE[1], init="self.{c} = {g}Both()"),
            effect='not owned(make(), "{c}.{a}")',
        ),
        *through("nn.Module.__init__(SELF)  #!", "SELF.{b} = 1", before="self.{a} = nn.Linear({n}, 2)\n", at_call=True),
    ],
)

TTL116 = Injection(
    "TTL116",
    "make().{a} is None",
    [
        built(
            "direct",
            'self.{a} = self.register_buffer("{a}", torch.zeros({n}))  #!',
            'self.register_buffer("{a}", torch.zeros({n}))',
        ),
        built(
            "direct",
            'self.{a} = self.register_parameter("{b}", nn.Parameter(torch.zeros({n})))  #!',
            'self.register_parameter("{b}", nn.Parameter(torch.zeros({n})))\nself.{a} = self.{b}',
        ),
        built(
            "direct",
            'self.{a} = self.add_module("{b}", nn.Linear({n}, 2))  #!',
            'self.add_module("{b}", nn.Linear({n}, 2))\nself.{a} = self.{b}',
        ),
        built(
            "local",
            '{b} = self.register_buffer("{b}", torch.zeros({n}))\nself.{a} = {b}  #!',
            'self.register_buffer("{b}", torch.zeros({n}))\nself.{a} = self.{b}',
        ),
        *through(
            'SELF.{a} = SELF.register_buffer("{a}", torch.ones(2))  #!', 'SELF.register_buffer("{a}", torch.ones(2))'
        ),
    ],
)

_NESTED = "[[nn.Parameter(torch.ones({n}))] for _ in range(2)]"
_FLAT = "[nn.Parameter(torch.ones({n})) for _ in range(2)]"
TTL117 = Injection(
    "TTL117",
    'not any(name.startswith("{a}.") for name in names(make()))',
    [
        built("direct", f"self.{{a}} = nn.ParameterList({_NESTED})  #!", f"self.{{a}} = nn.ParameterList({_FLAT})"),
        built(
            "direct",
            'self.{a} = nn.ParameterDict({"w": [nn.Parameter(torch.ones({n}))]})  #!',
            'self.{a} = nn.ParameterDict({"w": nn.Parameter(torch.ones({n}))})',
        ),
        built(
            "local",
            f"{{b}} = {_NESTED}\nself.{{a}} = nn.ParameterList({{b}})  #!",
            f"{{b}} = {_FLAT}\nself.{{a}} = nn.ParameterList({{b}})",
        ),
        *through(
            "rows = [(nn.Parameter(torch.ones(2)),)]\nSELF.{a} = nn.ParameterList(rows)  #!",
            "rows = [nn.Parameter(torch.ones(2))]\nSELF.{a} = nn.ParameterList(rows)",
        ),
    ],
)

_LOOP = "for _ in range(3):\n    "
_SEVERAL = 'sum(name.endswith(".bias") and "{a}" in name for name in names(make())) < 2'
TTL120 = Injection(
    "TTL120",
    _SEVERAL,
    [
        built(
            "direct",
            _LOOP + "self.{a} = nn.Linear({n}, {n})  #!",
            'for i in range(3):\n    setattr(self, f"{a}{i}", nn.Linear({n}, {n}))',
        ),
        built(
            "direct",
            _LOOP + 'self.add_module("{a}", nn.Conv1d({n}, {n}, 1))  #!',
            'for i in range(3):\n    self.add_module(f"{a}{i}", nn.Conv1d({n}, {n}, 1))',
        ),
        built(
            "local",
            _LOOP + "{b} = nn.Linear({n}, {n})\n    self.{a} = {b}  #!",
            "self.{a} = nn.ModuleList()\n" + _LOOP + "{b} = nn.Linear({n}, {n})\n    self.{a}.append({b})",
        ),
        *through(
            "for size in (4, 8):\n    SELF.{a} = nn.Linear(size, 2)  #!",
            "layers = []\nfor size in (4, 8):\n    layers.append(nn.Linear(size, 2))\nSELF.{a} = nn.Sequential(*layers)",
        ),
    ],
)

_HASHED = "bool(error(lambda: list(make().parameters())))"
_DATA = """\
@dataclass%s%s
class {g}Part(nn.Module):%s
    size: int = {literal}

    def __post_init__(self):
        super().__init__()
        self.fc = nn.Linear(self.size, 2)"""
TTL121 = Injection(
    "TTL121",
    _HASHED,
    [
        Way(
            "edit",
            Snippet(methods="def __eq__(self, other):  #!\n    return type(self) is type(other)"),
            Snippet(
                methods="def __eq__(self, other):\n    return type(self) is type(other)\n\n"
                "def __hash__(self):\n    return id(self)"
            ),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(
                above="from dataclasses import dataclass\n\n\n" + _DATA % ("", "", "  #!"),
                init="self.{a} = {g}Part()",
            ),
            Snippet(
                above="from dataclasses import dataclass\n\n\n" + _DATA % ("(eq=False)", "", ""),
                init="self.{a} = {g}Part()",
            ),
        ),
    ],
)

_CHILD = """\
class {g}Child(nn.Module):
    def __init__(self, owner):
        super().__init__()
        self.{b} = %s
        self.fc = nn.Linear({literal}, 2)"""
TTL122 = Injection(
    "TTL122",
    '"RecursionError" in error(lambda: make().train())',
    [
        built("direct", "self.{a} = self  #!", "self.{a} = self.training"),
        Way(
            "direct",
            Snippet(above=_CHILD % "owner", init="self.{a} = {g}Child(self)  #!"),
            Snippet(above=_CHILD % "[owner]", init="self.{a} = {g}Child(self)"),
            inherited=True,
        ),
        built(
            "local",
            "{b} = nn.Sequential(nn.Linear({n}, 2))\n{b}.owner = self  #!\nself.{a} = {b}  #!",
            "{b} = nn.Sequential(nn.Linear({n}, 2))\n{b}.owner = [self]\nself.{a} = {b}",
        ),
        *through("SELF.{a} = nn.ModuleList([SELF])  #!", "SELF.{a} = nn.ModuleList([nn.Identity()])"),
    ],
)

TTL123 = Injection(
    "TTL123",
    'not owned(make(), "{a}")',
    [
        built("direct", "self.{a} = nn.Linear({n}, {n}),  #!", "self.{a} = nn.Linear({n}, {n})"),
        built("direct", "self.{a} = nn.Parameter(torch.zeros({n})),  #!", "self.{a} = nn.Parameter(torch.zeros({n}))"),
        built("local", "{b} = nn.LayerNorm({n})\nself.{a} = {b},  #!", "{b} = nn.LayerNorm({n})\nself.{a} = {b}"),
        *through("SELF.{a} = nn.Conv1d(4, 4, 1),  #!", "SELF.{a} = nn.Conv1d(4, 4, 1)"),
    ],
)
