"""Mistakes of reparametrization: what is handed to `weight_norm` and its relatives, and what is written afterwards."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way

LINEAR = ("linear",)
_IMPORT = "from torch.nn.utils import weight_norm"
_RAISES = "bool(error(make))"
TTL401 = Injection(
    "TTL401",
    _RAISES,
    [
        Way(
            "edit",
            Snippet(above=_IMPORT, init="weight_norm(self.{linear}.weight)  #!"),
            Snippet(above=_IMPORT, init="weight_norm(self.{linear})"),
            needs=LINEAR,
        ),
        Way(
            "edit",
            Snippet(init="nn.utils.spectral_norm(self.{conv}.weight)  #!"),
            Snippet(init="nn.utils.spectral_norm(self.{conv})"),
            needs=("conv",),
            inherited=True,
        ),
        Way(
            "edit",
            Snippet(init="self.{parameter} = nn.utils.parametrizations.weight_norm(self.{parameter})  #!"),
            Snippet(init='nn.utils.parametrizations.weight_norm(self, "{parameter}")'),
            needs=("parameter",),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = nn.utils.weight_norm(nn.Linear({n}, {n}).weight)  #!"),
            Snippet(init="self.{a} = nn.utils.weight_norm(nn.Linear({n}, {n}))"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = nn.utils.parametrizations.weight_norm(nn.Conv1d({n}, 4, 1), 0)  #!"),
            Snippet(init="self.{a} = nn.utils.parametrizations.weight_norm(nn.Conv1d({n}, 4, 1), dim=0)"),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init="{b} = self.{linear}.weight\nnn.utils.spectral_norm({b})  #!"),
            Snippet(init="{b} = self.{linear}\nnn.utils.spectral_norm({b})"),
            needs=LINEAR,
        ),
        Way(
            "method",
            Snippet(init="self.{f}()", methods="def {f}(self):\n    nn.utils.weight_norm(self.{linear}.weight)  #!"),
            Snippet(init="self.{f}()", methods="def {f}(self):\n    nn.utils.weight_norm(self.{linear})"),
            needs=LINEAR,
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(layer):\n    return nn.utils.weight_norm(layer)  #!",
                init="{g}(self.{linear}.weight)  #!",
            ),
            Snippet(above="def {g}(layer):\n    return nn.utils.weight_norm(layer)", init="{g}(self.{linear})"),
            needs=LINEAR,
            imported=True,
        ),
    ],
)

TTL402 = Injection(
    "TTL402",
    _RAISES,
    [
        Way(
            "edit",
            Snippet(init='nn.utils.spectral_norm(self.{linear}, name="kernel")  #!'),
            Snippet(init='nn.utils.spectral_norm(self.{linear}, name="weight")'),
            needs=LINEAR,
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = nn.utils.weight_norm(nn.LSTM({n}, {n}))  #!"),
            Snippet(init='self.{a} = nn.utils.weight_norm(nn.LSTM({n}, {n}), name="weight_hh_l0")'),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = nn.utils.parametrizations.weight_norm(nn.MultiheadAttention(8, 2))  #!"),
            Snippet(
                init='self.{a} = nn.utils.parametrizations.weight_norm(nn.MultiheadAttention(8, 2), "in_proj_weight")'
            ),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init='{b} = nn.GRU({n}, {n})\nself.{a} = nn.utils.weight_norm({b}, "weight_hh")  #!'),
            Snippet(init='{b} = nn.GRU({n}, {n})\nself.{a} = nn.utils.weight_norm({b}, "weight_hh_l0")'),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = self.{f}({n})",
                methods="def {f}(self, size):\n    block = nn.Sequential(nn.Linear(size, size), nn.ReLU())\n    return nn.utils.weight_norm(block)  #!",
            ),
            Snippet(
                init="self.{a} = self.{f}({n})",
                methods="def {f}(self, size):\n    block = nn.Sequential(nn.utils.weight_norm(nn.Linear(size, size)), nn.ReLU())\n    return block",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="from torch.nn.utils import prune\n\n\ndef {g}(layer):\n    prune.l1_unstructured(layer, 'weights', amount=0.5)  #!\n    return layer",
                init="self.{a} = {g}(nn.Linear({n}, {n}))  #!",
            ),
            Snippet(
                above="from torch.nn.utils import prune\n\n\ndef {g}(layer):\n    prune.l1_unstructured(layer, 'weight', amount=0.5)\n    return layer",
                init="self.{a} = {g}(nn.Linear({n}, {n}))",
            ),
            imported=True,
        ),
    ],
)

_WRAP, _FILL = "nn.utils.weight_norm(self.{linear})\n", "nn.init.normal_(self.{linear}.weight, 9, 0.01)"
TTL404 = Injection(
    "TTL404",
    "not filled(make().{linear})",
    [
        Way(
            "edit",
            Snippet(init=f"{_WRAP}{_FILL}  #!"),
            Snippet(init=f"{_FILL}\n{_WRAP}"),
            needs=LINEAR,
            avoids="reset_parameters",
            inherited=True,
        ),
        Way(
            "edit",
            Snippet(
                init="nn.utils.parametrizations.weight_norm(self.{linear})\nself.{linear}.weight.data.fill_(9.0)  #!"
            ),
            Snippet(init="self.{linear}.weight.data.fill_(9.0)\nnn.utils.parametrizations.weight_norm(self.{linear})"),
            needs=LINEAR,
            avoids="reset_parameters",
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(
                init="self.{a} = nn.utils.weight_norm(nn.Linear({n}, 4))\nnn.init.constant_(self.{a}.weight, 9.0)  #!"
            ),
            Snippet(
                init="self.{a} = nn.Linear({n}, 4)\nnn.init.constant_(self.{a}.weight, 9.0)\nnn.utils.weight_norm(self.{a})"
            ),
            effect="not filled(make().{a})",
            inherited=True,
        ),
        Way(
            "local",
            Snippet(
                init="{b} = nn.utils.weight_norm(nn.Linear({n}, 4))\n{b}.weight.data.uniform_(9, 10)  #!\nself.{a} = {b}"
            ),
            Snippet(
                init="{b} = nn.Linear({n}, 4)\n{b}.weight.data.uniform_(9, 10)\nself.{a} = nn.utils.weight_norm({b})"
            ),
            effect="not filled(make().{a})",
        ),
        Way(
            "method",
            Snippet(init=f"{_WRAP}self.{{f}}()", methods=f"def {{f}}(self):\n    {_FILL}  #!"),
            Snippet(init=f"self.{{f}}()\n{_WRAP}", methods=f"def {{f}}(self):\n    {_FILL}"),
            needs=LINEAR,
            avoids="reset_parameters",
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(module):\n    if isinstance(module, nn.Linear):\n        module.weight.data.fill_(9.0)",
                init=f"{_WRAP}self.apply({{g}})  #!",
            ),
            Snippet(
                above="def {g}(module):\n    if isinstance(module, nn.Linear):\n        module.weight.data.fill_(9.0)",
                init=f"self.apply({{g}})\n{_WRAP}",
            ),
            needs=LINEAR,
            avoids="reset_parameters",
            imported=True,
        ),
    ],
)
