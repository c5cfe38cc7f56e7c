"""Mistakes with weights that are reparametrized already: again, removed by another's function, tied, read, copied."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way, built, through

LINEAR = ("linear",)
_RAISES = "bool(error(make))"
_WN, _SN, _NEWER = "nn.utils.weight_norm", "nn.utils.spectral_norm", "nn.utils.parametrizations.weight_norm"
_OLD = "nn.utils.remove_weight_norm"
_NEW = 'nn.utils.parametrize.remove_parametrizations(%s, "weight")'

TTL403 = Injection(
    "TTL403",
    _RAISES,
    [
        built("edit", f"{_WN}(self.{{linear}})\n{_SN}(self.{{linear}})  #!", f"{_WN}(self.{{linear}})", needs=LINEAR),
        built(
            "direct", f"self.{{a}} = {_SN}({_WN}(nn.Linear({{n}}, 2)))  #!", f"self.{{a}} = {_SN}(nn.Linear({{n}}, 2))"
        ),
        built(
            "local",
            f"{{b}} = {_WN}(nn.Linear({{n}}, 2))\nself.{{a}} = {{b}}\n{_WN}(self.{{a}})  #!",
            f"{{b}} = {_WN}(nn.Linear({{n}}, 2))\nself.{{a}} = {{b}}\n{_OLD}({{b}})\n{_WN}(self.{{a}})",
        ),
        *through(
            f"{_WN}(SELF.{{a}})  #!",
            f"{_OLD}(SELF.{{a}})",
            before=f"self.{{a}} = {_WN}(nn.Linear({{n}}, 2))\n",
        ),
    ],
)

_LAYER = f"self.{{a}} = {_NEWER}(nn.Linear({{n}}, 2))\n"
TTL407 = Injection(
    "TTL407",
    _RAISES,
    [
        built("direct", f"{_LAYER}{_OLD}(self.{{a}})  #!", _LAYER + _NEW % "self.{a}"),
        built(
            "direct",
            f"self.{{a}} = {_WN}(nn.Linear({{n}}, 2))\n" + _NEW % "self.{a}" + "  #!",
            f"self.{{a}} = {_WN}(nn.Linear({{n}}, 2))\n{_OLD}(self.{{a}})",
        ),
        built(
            "local", f"{_LAYER}{{b}} = self.{{a}}\n{_OLD}({{b}})  #!", f"{_LAYER}{{b}} = self.{{a}}\n" + _NEW % "{b}"
        ),
        *through(f"{_OLD}(SELF.{{a}})  #!", _NEW % "SELF.{a}", before=_LAYER),
    ],
)

_PAIR = "self.{a} = nn.Embedding(9, 5)\nself.{b} = nn.Linear(5, 9, bias=False)\n"
_TIED = _PAIR + "self.{b}.weight = self.{a}.weight\n"
TTL405 = Injection(
    "TTL405",
    "count(make().{b}) == 2",
    [
        built("direct", f"{_TIED}{_WN}(self.{{b}})  #!", f"{_TIED}{_SN}(self.{{b}})"),
        built("direct", f"{_TIED}self.{{b}} = {_NEWER}(self.{{b}})  #!", _TIED),
        built("local", f"{_TIED}{{c}} = self.{{b}}\n{_WN}({{c}})  #!", f"{_TIED}{{c}} = self.{{b}}"),
        *through(f"{_WN}(SELF.{{b}})  #!", "SELF.{b}.weight.data.mul_(2)", before=_TIED),
    ],
)

TTL406 = Injection(
    "TTL406",
    'hasattr(make().{linear}, "weight_g")',
    [
        built("edit", f"{_WN}(self.{{linear}})  #!", f"{_NEWER}(self.{{linear}})", needs=LINEAR),
        Way(
            "local",
            Snippet(above="from torch.nn.utils import weight_norm as wn", init="{b} = wn\n{b}(self.{linear})  #!"),
            Snippet(
                above="from torch.nn.utils.parametrizations import weight_norm as wn",
                init="{b} = wn\n{b}(self.{linear})",
            ),
            needs=LINEAR,
        ),
        *through(f"{_WN}(SELF.{{linear}})  #!", f"{_NEWER}(SELF.{{linear}})", needs=LINEAR),
    ],
)

_READ = "nn.functional.linear(torch.ones(1, 8), self.{a}.weight)"
_OWN = f"self.{{a}} = {_WN}(nn.Linear(8, 2))"
_PARAMETRIZED = f"self.{{a}} = {_NEWER}(nn.Linear(8, 2))"
TTL408 = Injection(
    "TTL408",
    "stands_still(make(), '{a}')",
    [
        Way(
            "direct",
            Snippet(init=_OWN, forward=f"{{b}} = {_READ}  #!"),
            Snippet(init=_PARAMETRIZED, forward=f"{{b}} = {_READ}"),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init=_OWN, forward="{c} = self.{a}.weight  #!\n{b} = torch.ones(1, 8) @ {c}.t()  #!"),
            Snippet(init=_PARAMETRIZED, forward="{c} = self.{a}.weight\n{b} = torch.ones(1, 8) @ {c}.t()"),
        ),
        Way(
            "method",
            Snippet(init=_OWN, forward="{b} = self.{f}()", methods=f"def {{f}}(self):\n    return {_READ}  #!"),
            Snippet(init=_PARAMETRIZED, forward="{b} = self.{f}()", methods=f"def {{f}}(self):\n    return {_READ}"),
        ),
    ],
)

_MADE = f"self.{{a}} = {_WN}(nn.Linear({{n}}, 2))\n"
_WHOLE = f"self.{{a}} = {_NEWER}(nn.Linear({{n}}, 2))\n"
TTL604 = Injection(
    "TTL604",
    _RAISES,
    [
        Way(
            "direct",
            Snippet(above="import copy", init=f"{_MADE}self.{{b}} = copy.deepcopy(self.{{a}})  #!"),
            Snippet(above="import copy", init=f"{_WHOLE}self.{{b}} = copy.deepcopy(self.{{a}})"),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(above="import copy", init=f"{_MADE}{{c}} = self.{{a}}\nself.{{b}} = copy.deepcopy({{c}})  #!"),
            Snippet(above="import copy", init=f"{_WHOLE}{{c}} = self.{{a}}\nself.{{b}} = copy.deepcopy({{c}})"),
        ),
        Way(
            "method",
            Snippet(
                above="import copy",
                init=f"{_MADE}self.{{f}}()",
                methods="def {f}(self):\n    self.{b} = nn.ModuleList([copy.deepcopy(self.{a}) for _ in range(2)])  #!",
            ),
            Snippet(
                above="import copy",
                init=f"{_WHOLE}self.{{f}}()",
                methods="def {f}(self):\n    self.{b} = nn.ModuleList([copy.deepcopy(self.{a}) for _ in range(2)])",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="import copy\n\n\ndef {g}(layer, count):\n    return [copy.deepcopy(layer) for _ in range(count)]  #!",
                init=f"{_MADE}self.{{b}} = nn.ModuleList({{g}}(self.{{a}}, 2))  #!",
            ),
            Snippet(
                above="import copy\n\n\ndef {g}(layer, count):\n    return [copy.deepcopy(layer) for _ in range(count)]",
                init=f"{_WHOLE}self.{{b}} = nn.ModuleList({{g}}(self.{{a}}, 2))",
            ),
            imported=True,
        ),
    ],
)
