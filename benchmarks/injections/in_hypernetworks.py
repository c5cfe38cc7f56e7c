"""Mistakes of layers whose weights another layer computes."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way

_LAYERS = "self.{a} = nn.Linear(4, 9)\nself.{b} = nn.Linear(3, 3, bias=False)"
_WEIGHT = "{c} = self.{a}(torch.ones(4)).view(3, 3)\n"
_SEEN = "\nself.seen_{a} = self.{b}(torch.ones(1, 3))"
_FUNCTIONAL = "self.seen_{a} = nn.functional.linear(torch.ones(1, 3), {c})"


def _given(name: str, bad: str, good: str = _FUNCTIONAL, *, weight: str = _WEIGHT) -> Way:
    return Way(
        name,
        Snippet(init=_LAYERS, forward=f"{weight}{bad}{_SEEN}"),
        Snippet(init=_LAYERS, forward=f"{weight}{good}"),
        inherited=name == "direct",
    )


TTL207 = Injection(
    "TTL207",
    "cut(make(), '{a}', 'seen_{a}', run)",
    [
        _given("direct", "self.{b}.weight.data = {c}  #!"),
        _given("direct", "self.{b}.weight = nn.Parameter({c})  #!"),
        _given("direct", 'self.{b}.load_state_dict({"weight": {c}})  #!'),
        _given(
            "direct",
            "self.{b}.weight.data = {c}  #!",
            'self.seen_{a} = torch.func.functional_call(self.{b}, {"weight": {c}}, (torch.ones(1, 3),))',
        ),
        _given("local", "layer = self.{b}\nweight = {c} * 0.1\nlayer.weight.data = weight  #!"),
        _given("local", "for layer in (self.{b},):\n    layer.weight = nn.Parameter({c}.tanh())  #!"),
        _given(
            "local",
            "self.{b}.weight.data = {c}  #!",
            weight="{c} = self.{a}.weight.mean() * self.{a}(torch.ones(2, 4))\n{c} = {c}.mean(0).reshape(3, 3)\n",
        ),
        Way(
            "method",
            Snippet(
                init=_LAYERS,
                forward="self.{f}(torch.ones(4))" + _SEEN,
                methods="def {f}(self, y):\n    weight = self.{a}(y).view(3, 3)\n    self.{b}.weight.data = weight  #!",
            ),
            Snippet(
                init=_LAYERS,
                forward="{c} = self.{f}(torch.ones(4))\n" + _FUNCTIONAL,
                methods="def {f}(self, y):\n    return self.{a}(y).view(3, 3)",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(layer, weight):\n    layer.weight.data = weight.view(3, 3)  #!",
                init=_LAYERS,
                forward="{g}(self.{b}, self.{a}(torch.ones(4)))  #!" + _SEEN,
            ),
            Snippet(
                above="def {g}(layer, weight):\n    return nn.functional.linear(torch.ones(1, 3), weight.view(3, 3))",
                init=_LAYERS,
                forward="self.seen_{a} = {g}(self.{b}, self.{a}(torch.ones(4)))",
            ),
            imported=True,
        ),
    ],
)
