"""Mistakes of rebinding: what is put over a registered parameter, or changed in place."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way

PARAMETER, LINEAR = ("parameter",), ("linear",)
_REFUSED = '"cannot assign" in run(make())'
TTL201 = Injection(
    "TTL201",
    _REFUSED,
    [
        Way(
            "edit",
            Snippet(forward="self.{parameter} = self.{parameter} * 0.5  #!"),
            Snippet(forward="{b} = self.{parameter} * 0.5"),
            needs=PARAMETER,
            inherited=True,
        ),
        Way(
            "edit",
            Snippet(forward="self.{linear}.weight = self.{linear}.weight.clamp(-1, 1)  #!"),
            Snippet(forward="{b} = self.{linear}.weight.clamp(-1, 1)"),
            needs=LINEAR,
            inherited=True,
        ),
        Way(
            "edit",
            Snippet(init="self.{linear}.weight = torch.zeros_like(self.{linear}.weight)  #!"),
            Snippet(init="nn.init.zeros_(self.{linear}.weight)"),
            needs=LINEAR,
            effect='"cannot assign" in error(make)',
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = nn.Parameter(torch.ones({n}))\nself.{a} = self.{a} / 2  #!"),
            Snippet(init="self.{a} = nn.Parameter(torch.ones({n}))\nself.{b} = self.{a}.numel() / 2"),
            effect='"cannot assign" in error(make)',
            inherited=True,
        ),
        Way(
            "local",
            Snippet(forward="{b} = torch.softmax(self.{parameter}, dim=-1)\nself.{parameter} = {b}  #!"),
            Snippet(forward="{b} = torch.softmax(self.{parameter}, dim=-1)\n{x} = {x} * {b}.mean()"),
            needs=PARAMETER,
        ),
        Way(
            "local",
            Snippet(init="{b} = self.{linear}\n{b}.weight = {b}.weight.abs()  #!"),
            Snippet(init="{b} = self.{linear}\n{b}.weight = nn.Parameter({b}.weight.abs())"),
            needs=LINEAR,
            effect='"cannot assign" in error(make)',
        ),
        Way(
            "method",
            Snippet(
                forward="self.{f}()",
                methods="def {f}(self):\n    with torch.no_grad():\n        self.{parameter} = self.{parameter} * 0.9  #!",
            ),
            Snippet(
                forward="self.{f}()",
                methods="def {f}(self):\n    with torch.no_grad():\n        self.{parameter}.mul_(0.9)",
            ),
            needs=PARAMETER,
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(weight):\n    return weight / (weight.norm() + 1)",
                forward="self.{parameter} = {g}(self.{parameter})  #!",
            ),
            Snippet(
                above="def {g}(weight):\n    return weight / (weight.norm() + 1)", forward="{b} = {g}(self.{parameter})"
            ),
            needs=PARAMETER,
            imported=True,
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(module):\n    for name in ('weight',):\n        setattr(module, name, torch.zeros(8, 8))  #!",
                init="{g}(self.{linear})  #!",
            ),
            Snippet(
                above="def {g}(module):\n    for name in ('weight',):\n        nn.init.zeros_(getattr(module, name))",
                init="{g}(self.{linear})",
            ),
            needs=LINEAR,
            effect='"cannot assign" in error(make)',
            imported=True,
        ),
    ],
)

TTL202 = Injection(
    "TTL202",
    'rebound(make(), "{parameter}")',
    [
        Way(
            "edit",
            Snippet(forward="self.{parameter} = nn.Parameter(self.{parameter}.detach() * 0.9)  #!"),
            Snippet(forward="with torch.no_grad():\n    self.{parameter}.mul_(0.9)"),
            needs=PARAMETER,
            inherited=True,
        ),
        Way(
            "edit",
            Snippet(forward="self.{linear}.weight = nn.Parameter(self.{linear}.weight.data.clamp(-1, 1))  #!"),
            Snippet(forward="with torch.no_grad():\n    self.{linear}.weight.clamp_(-1, 1)"),
            needs=LINEAR,
            effect='rebound(make(), "{linear}.weight")',
            inherited=True,
        ),
        Way(
            "edit",
            Snippet(
                methods="def update(self, rate):\n    self.{parameter} = nn.Parameter(self.{parameter}.data * 0.5)  #!"
            ),
            Snippet(methods="def update(self, rate):\n    self.{parameter}.data.mul_(0.5)"),
            needs=PARAMETER,
            effect='rebound(make(), "{parameter}", "update")',
            inherited=True,
        ),
        Way(
            "local",
            Snippet(forward="{b} = nn.Parameter(self.{parameter}.detach().clone())\nself.{parameter} = {b}  #!"),
            Snippet(forward="{b} = self.{parameter}.detach().clone()\nself.{parameter}.data.copy_({b})"),
            needs=PARAMETER,
        ),
        Way(
            "method",
            Snippet(
                forward="self.{f}()",
                methods="def {f}(self):\n    self.{parameter} = nn.Parameter(self.{parameter}.detach() * 0.9)  #!",
            ),
            Snippet(forward="self.{f}()", methods="def {f}(self):\n    self.{parameter}.data *= 0.9"),
            needs=PARAMETER,
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(weight):\n    return nn.Parameter(weight.detach() / 2)",
                forward="self.{parameter} = {g}(self.{parameter})  #!",
            ),
            Snippet(
                above="def {g}(weight):\n    return weight.detach() / 2",
                forward="self.{parameter}.data.copy_({g}(self.{parameter}))",
            ),
            needs=PARAMETER,
            imported=True,
        ),
    ],
)

_LEAF = '"leaf" in run(make())'
_BUILT = '"leaf" in error(make)'
TTL204 = Injection(
    "TTL204",
    _LEAF,
    [
        *(
            Way(
                "edit",
                Snippet(forward=f"{line}  #!"),
                Snippet(forward=f"with torch.no_grad():\n    {line}"),
                needs=PARAMETER,
                inherited=True,
            )
            for line in ("self.{parameter} *= 0.9", "self.{parameter}.clamp_(-1, 1)", "self.{parameter}[0] = 0")
        ),
        Way(
            "edit",
            Snippet(init="self.{linear}.weight.uniform_(-0.1, 0.1)  #!"),
            Snippet(init="self.{linear}.weight.data.uniform_(-0.1, 0.1)"),
            needs=LINEAR,
            effect=_BUILT,
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = nn.Parameter(torch.empty({n}))\nself.{a}.fill_(0.5)  #!"),
            Snippet(init="self.{a} = nn.Parameter(torch.empty({n}))\nnn.init.constant_(self.{a}, 0.5)"),
            effect=_BUILT,
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init="{b} = self.{linear}.weight.view(-1)\n{b}[0] += 1  #!"),
            Snippet(init="{b} = self.{linear}.weight.detach().view(-1)\n{b}[0] += 1"),
            needs=LINEAR,
            effect=_BUILT,
        ),
        Way(
            "local",
            Snippet(forward="{b} = self.{parameter}\n{b}.mul_(0.99)  #!"),
            Snippet(forward="{b} = self.{parameter}.data\n{b}.mul_(0.99)"),
            needs=PARAMETER,
        ),
        Way(
            "method",
            Snippet(init="self.{f}()", methods="def {f}(self):\n    self.{linear}.weight.normal_(0, 0.02)  #!"),
            Snippet(init="self.{f}()", methods="def {f}(self):\n    nn.init.normal_(self.{linear}.weight, 0, 0.02)"),
            needs=LINEAR,
            effect=_BUILT,
        ),
        Way(
            "function",
            Snippet(above="def {g}(layer):\n    layer.weight.zero_()  #!", init="{g}(self.{linear})  #!"),
            Snippet(above="@torch.no_grad()\ndef {g}(layer):\n    layer.weight.zero_()", init="{g}(self.{linear})"),
            needs=LINEAR,
            effect=_BUILT,
            imported=True,
        ),
    ],
)
