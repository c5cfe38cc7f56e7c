"""Mistakes of sharing: one object where several are meant, several where one is meant."""

from __future__ import annotations

from injections import edits
from injections.catalogue import Injection, Snippet, Way

TTL301 = Injection(
    "TTL301",
    "len({id(one) for one in make().{a}}) == 1",
    [
        Way("edit", edits.repeated),
        *(
            Way("direct", Snippet(init=f"self.{{a}} = {bad}  #!"), Snippet(init=f"self.{{a}} = {good}"), inherited=True)
            for bad, good in (
                ("nn.ModuleList([nn.Linear({n}, {n})] * 3)", "nn.ModuleList([nn.Linear({n}, {n}) for _ in range(3)])"),
                (
                    "nn.Sequential(*[nn.Conv1d({n}, {n}, 1)] * 2)",
                    "nn.Sequential(*[nn.Conv1d({n}, {n}, 1) for _ in '12'])",
                ),
                (
                    "nn.ParameterList([nn.Parameter(torch.ones({n}))] * 4)",
                    "nn.ParameterList([nn.Parameter(torch.ones({n})) for _ in range(4)])",
                ),
            )
        ),
        Way(
            "local",
            Snippet(
                init="{b} = nn.Sequential(nn.Linear({n}, {n}), nn.ReLU())\nself.{a} = nn.ModuleList([{b} for _ in range(3)])  #!"
            ),
            Snippet(
                init="{b} = lambda: nn.Sequential(nn.Linear({n}, {n}), nn.ReLU())\nself.{a} = nn.ModuleList([{b}() for _ in range(3)])"
            ),
        ),
        Way(
            "local",
            Snippet(
                init="{b} = nn.LayerNorm({n})\n{c} = []\nfor _ in range(3):\n    {c}.append({b})  #!\nself.{a} = nn.ModuleList({c})  #!"
            ),
            Snippet(
                init="{c} = []\nfor _ in range(3):\n    {b} = nn.LayerNorm({n})\n    {c}.append({b})\nself.{a} = nn.ModuleList({c})"
            ),
        ),
        Way(
            "method",
            Snippet(
                init="self.{a} = self.{f}({n})  #!",
                methods="def {f}(self, size):\n    return nn.ModuleList([nn.Linear(size, size)] * 2)  #!",
            ),
            Snippet(
                init="self.{a} = self.{f}({n})",
                methods="def {f}(self, size):\n    return nn.ModuleList([nn.Linear(size, size) for _ in range(2)])",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(layer, count):\n    return nn.ModuleList([layer] * count)  #!",
                init="self.{a} = {g}(nn.Linear({n}, {n}), 3)  #!",
            ),
            Snippet(
                above="import copy\n\n\ndef {g}(layer, count):\n    return nn.ModuleList([copy.deepcopy(layer) for _ in range(count)])",
                init="self.{a} = {g}(nn.Linear({n}, {n}), 3)",
            ),
            imported=True,
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(size):\n    return nn.Conv2d(size, size, 1)",
                init="{b} = {g}({n})\nself.{a} = nn.ModuleList([{b}] * 3)  #!",
            ),
            Snippet(
                above="def {g}(size):\n    return nn.Conv2d(size, size, 1)",
                init="self.{a} = nn.ModuleList([{g}({n}) for _ in range(3)])",
            ),
            imported=True,
        ),
    ],
)

_PAIR = "self.{a} = nn.Embedding({literal}, {n})\nself.{b} = nn.Linear({n}, {literal}, bias=False)\n"
_HEAD = "self.{b} = nn.Linear(self.{embedding}.embedding_dim, self.{embedding}.num_embeddings, bias=False)\n"
_FALSE = "false_tie(make(), '{a}', '{b}')"


def _ties(bad: str, good: str, local: str) -> list[Way]:
    """The ways to tie badly: in the texts `TO` is the weight that is set, `FROM` the weight that it is set to."""

    def tie(text: str, target: str, source: str) -> str:
        return text.replace("TO", target).replace("FROM", source)

    mine, real = ("self.{b}.weight", "self.{a}.weight"), ("self.{b}.weight", "self.{embedding}.weight")
    body = "def {f}(self):\n    "
    function = "def {g}(out, emb):\n    "
    return [
        Way(
            "edit",
            Snippet(init=_HEAD + tie(bad, *real) + "  #!"),
            Snippet(init=_HEAD + tie(good, *real)),
            needs=("embedding",),
            effect="false_tie(make(), '{embedding}', '{b}')",
        ),
        Way(
            "direct",
            Snippet(init=_PAIR + tie(bad, *mine) + "  #!"),
            Snippet(init=_PAIR + tie(good, *mine)),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init=_PAIR + tie(local, *mine) + "  #!"),
            Snippet(init=_PAIR + "{c} = self.{a}\nself.{b}.weight = {c}.weight"),
        ),
        Way(
            "method",
            Snippet(init=_PAIR + "self.{f}()", methods=body + tie(bad, *mine) + "  #!"),
            Snippet(init=_PAIR + "self.{f}()", methods=body + tie(good, *mine)),
        ),
        Way(
            "function",
            Snippet(
                above=function + tie(bad, "out.weight", "emb.weight") + "  #!",
                init=_PAIR + "{g}(self.{b}, self.{a})  #!",
            ),
            Snippet(above=function + tie(good, "out.weight", "emb.weight"), init=_PAIR + "{g}(self.{b}, self.{a})"),
            imported=True,
        ),
    ]


TTL302 = Injection("TTL302", _FALSE, _ties("TO.data = FROM.data", "TO = FROM", "{c} = FROM.data\nTO.data = {c}"))
TTL303 = Injection(
    "TTL303", _FALSE, _ties("TO = nn.Parameter(FROM)", "TO = FROM", "{c} = FROM\nTO = nn.Parameter({c}.data)")
)

_CODER = "self.{a} = nn.Linear({n}, 3)\nself.{b} = nn.Linear(3, {n})\n"
_BETWEEN = 'false_tie(make(), "{a}", "{b}")'


def _transposed(target: str, source: str) -> str:
    return f"{target} = nn.Parameter({source}.t())  #!"


TTL304 = Injection(
    "TTL304",
    _BETWEEN,
    [
        Way(
            "edit",
            Snippet(
                init="self.{b} = nn.Linear(self.{linear}.out_features, self.{linear}.in_features)\n"
                "self.{b}.weight = nn.Parameter(self.{linear}.weight.t())  #!"
            ),
            Snippet(
                init="self.{b} = nn.Linear(self.{linear}.out_features, self.{linear}.in_features)\n"
                "self.{b}.weight.data.copy_(self.{linear}.weight.t())"
            ),
            needs=("linear",),
            effect="false_tie(make(), '{linear}', '{b}')",
        ),
        *(
            Way("direct", Snippet(init=_CODER + f"{bad}  #!"), Snippet(init=_CODER + good), inherited=True)
            for bad, good in (
                (
                    "self.{b}.weight = nn.Parameter(self.{a}.weight.t())",
                    "self.{b}.weight.data.copy_(self.{a}.weight.t())",
                ),
                (
                    "self.{b}.weight.data = self.{a}.weight.data.transpose(0, 1)",
                    "self.{b}.weight = nn.Parameter(self.{a}.weight.detach().t().contiguous().clone())",
                ),
            )
        ),
        Way(
            "direct",
            Snippet(init=_CODER + "self.{b}.weight = self.{a}.weight.T  #!"),
            Snippet(init=_CODER, forward="{c} = nn.functional.linear(torch.ones(1, 3), self.{a}.weight.T)"),
            effect="bool(error(make))",
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init=_CODER + "{c} = self.{a}.weight.transpose(0, 1)\nself.{b}.weight = nn.Parameter({c})  #!"),
            Snippet(init=_CODER + "{c} = self.{a}.weight.transpose(0, 1)\nself.{b}.weight.data.copy_({c})"),
        ),
        Way(
            "method",
            Snippet(
                init=_CODER + "self.{f}()",
                methods="def {f}(self):\n    self.{b}.weight = nn.Parameter(self.{a}.weight.t())  #!",
            ),
            Snippet(
                init=_CODER + "self.{f}()",
                methods="def {f}(self):\n    self.{b}.weight.data.copy_(self.{a}.weight.t())",
            ),
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(decoder, encoder):\n    decoder.weight.data = encoder.weight.data.t()  #!",
                init=_CODER + "{g}(self.{b}, self.{a})  #!",
            ),
            Snippet(
                above="def {g}(decoder, encoder):\n    decoder.weight.data.copy_(encoder.weight.data.t())",
                init=_CODER + "{g}(self.{b}, self.{a})",
            ),
            imported=True,
        ),
    ],
)
