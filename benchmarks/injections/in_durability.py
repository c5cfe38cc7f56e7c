"""Mistakes about ties and references that do not fit, or do not last."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way, built, through

_FIT = "self.{a} = nn.Embedding(9, 5)\nself.{b} = nn.Linear(5, 9, bias=False)\n"
_MISFIT = "self.{a} = nn.Embedding(9, 5)\nself.{b} = nn.Linear(9, 5, bias=False)\n"
_WRONG = "tuple(make().{b}.weight.shape) != (make().{b}.out_features, make().{b}.in_features)"
_TIE = "self.{b}.weight = self.{a}.weight"
TTL305 = Injection(
    "TTL305",
    _WRONG,
    [
        built(
            "edit",
            "self.{b} = nn.Linear(self.{embedding}.num_embeddings, self.{embedding}.embedding_dim, bias=False)\n"
            "self.{b}.weight = self.{embedding}.weight  #!",
            "self.{b} = nn.Linear(self.{embedding}.embedding_dim, self.{embedding}.num_embeddings, bias=False)\n"
            "self.{b}.weight = self.{embedding}.weight",
            needs=("embedding",),
        ),
        built("direct", f"{_MISFIT}{_TIE}  #!", f"{_FIT}{_TIE}"),
        built(
            "direct",
            "self.{a} = nn.Linear({n}, 3)\nself.{b} = nn.Linear(3, {n})\n" + f"{_TIE}  #!",
            "self.{a} = nn.Linear({n}, 3)\nself.{b} = nn.Linear({n}, 3)\n" + _TIE,
        ),
        built(
            "local",
            f"{_MISFIT}{{c}} = self.{{a}}.weight\nself.{{b}}.weight = {{c}}  #!",
            f"{_FIT}{{c}} = self.{{a}}.weight\nself.{{b}}.weight = {{c}}",
        ),
        *through(
            "SELF.{b} = nn.Linear(9, 5)\nSELF.{b}.weight = SELF.{a}.weight  #!",
            "SELF.{b} = nn.Linear(5, 9)\nSELF.{b}.weight = SELF.{a}.weight",
            before="self.{a} = nn.Embedding(9, 5)\n",
        ),
    ],
)

_TIED = f"{_FIT}{_TIE}\n"
_UNDONE = "make().{b}.weight is not make().{a}.weight"
_APART = "(lambda m: m.{b}.weight is not m.{a}.weight)(make())"
TTL306 = Injection(
    "TTL306",
    _APART,
    [
        built(
            "edit",
            "self.{b} = nn.Linear(self.{embedding}.embedding_dim, self.{embedding}.num_embeddings, bias=False)\n"
            "self.{b}.weight = self.{embedding}.weight\nself.{embedding} = nn.Embedding(10, {n})  #!",
            "self.{embedding} = nn.Embedding(10, {n})\nself.{b} = nn.Linear({n}, 10, bias=False)\n"
            "self.{b}.weight = self.{embedding}.weight",
            needs=("embedding",),
            effect="(lambda m: m.{b}.weight is not m.{embedding}.weight)(make())",
        ),
        built(
            "direct",
            f"{_TIED}self.{{a}} = nn.Embedding(9, 5, padding_idx=0)  #!",
            f"{_FIT}self.{{a}} = nn.Embedding(9, 5, padding_idx=0)\n{_TIE}",
        ),
        built(
            "direct",
            f"{_TIED}self.{{b}}.weight = nn.Parameter(torch.randn(9, 5))  #!",
            f"{_TIED}nn.init.normal_(self.{{b}}.weight)",
        ),
        built(
            "local",
            f"{_TIED}{{c}} = nn.Linear(5, 9, bias=False)\nself.{{b}} = {{c}}  #!",
            f"{_FIT}{{c}} = nn.Linear(5, 9, bias=False)\nself.{{b}} = {{c}}\n{_TIE}",
        ),
        *through(
            "SELF.{a} = nn.Embedding.from_pretrained(torch.zeros(9, 5))  #!",
            "SELF.{a}.weight.data.zero_()",
            before=_TIED,
        ),
    ],
)

_BLOCK = """\
class {g}Block(nn.Module):
    def __init__(self, size, act):
        super().__init__()
        self.fc = nn.Linear(size, size)
        self.act = act"""
_ONE = "len({id(one.act) for one in make().{a}}) == 1"
_BLOCKS = "self.{a} = nn.ModuleList([{g}Block({n}, %s) for _ in range(3)])"
TTL309 = Injection(
    "TTL309",
    _ONE,
    [
        Way(
            "direct",
            Snippet(above=_BLOCK, init="{b} = nn.PReLU()\n" + _BLOCKS % "{b}" + "  #!"),
            Snippet(above=_BLOCK, init=_BLOCKS % "nn.PReLU()"),
            inherited=True,
        ),
        Way(
            "direct",
            Snippet(
                above=_BLOCK,
                init="{b} = nn.LayerNorm({n})\nself.{a} = nn.ModuleList()\nfor _ in range(3):\n    self.{a}.append({g}Block({n}, {b}))  #!",
            ),
            Snippet(
                above=_BLOCK,
                init="self.{a} = nn.ModuleList()\nfor _ in range(3):\n    {b} = nn.LayerNorm({n})\n    self.{a}.append({g}Block({n}, {b}))",
            ),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(
                above=_BLOCK,
                init="{b} = nn.PReLU({n})\n{c} = [{g}Block({n}, {b}) for _ in range(2)]  #!\nself.{a} = nn.Sequential(*{c})  #!",
            ),
            Snippet(
                above=_BLOCK,
                init="{c} = [{g}Block({n}, nn.PReLU({n})) for _ in range(2)]\nself.{a} = nn.Sequential(*{c})",
            ),
        ),
        Way(
            "method",
            Snippet(
                above=_BLOCK,
                init="self.{a} = self.{f}({n}, nn.BatchNorm1d({n}))  #!",
                methods="def {f}(self, size, norm):\n    return nn.ModuleList([{g}Block(size, norm) for _ in range(2)])  #!",
            ),
            Snippet(
                above=_BLOCK,
                init="self.{a} = self.{f}({n}, nn.BatchNorm1d)",
                methods="def {f}(self, size, norm):\n    return nn.ModuleList([{g}Block(size, norm(size)) for _ in range(2)])",
            ),
        ),
        Way(
            "function",
            Snippet(
                above=_BLOCK
                + "\n\n\ndef {g}(size, depth):\n    act = nn.PReLU()\n    return nn.ModuleList([{g}Block(size, act) for _ in range(depth)])  #!",
                init="self.{a} = {g}({n}, 3)  #!",
            ),
            Snippet(
                above=_BLOCK
                + "\n\n\ndef {g}(size, depth):\n    return nn.ModuleList([{g}Block(size, nn.PReLU()) for _ in range(depth)])",
                init="self.{a} = {g}({n}, 3)",
            ),
            imported=True,
        ),
    ],
)

_STALE = "(lambda m: m.{b}[-1] is not m.{a})(make())"
_NET = "self.{a} = nn.Linear({n}, 4)\nself.{b} = nn.Sequential(nn.ReLU(), self.{a})\n"
TTL310 = Injection(
    "TTL310",
    _STALE,
    [
        built(
            "edit",
            "self.{b} = nn.Sequential(nn.ReLU(), self.{linear})\nself.{linear} = nn.Linear({n}, 2)  #!",
            "self.{linear} = nn.Linear({n}, 2)\nself.{b} = nn.Sequential(nn.ReLU(), self.{linear})",
            needs=("linear",),
            effect="(lambda m: m.{b}[-1] is not m.{linear})(make())",
        ),
        built(
            "direct",
            f"{_NET}self.{{a}} = nn.Linear({{n}}, 2)  #!",
            f"{_NET}self.{{a}} = nn.Linear({{n}}, 2)\nself.{{b}}[-1] = self.{{a}}",
        ),
        built(
            "direct",
            "self.{a} = nn.Linear({n}, 4)\nself.{b} = nn.ModuleList([self.{a}])\nself.{a} = nn.Linear({n}, 3)  #!",
            "self.{a} = nn.Linear({n}, 4)\nself.{a} = nn.Linear({n}, 3)\nself.{b} = nn.ModuleList([self.{a}])",
        ),
        built(
            "local",
            f"{_NET}{{c}} = nn.Linear({{n}}, 2)\nself.{{a}} = {{c}}  #!",
            f"{_NET}{{c}} = nn.Linear({{n}}, 2)\nself.{{a}} = self.{{b}}[-1] = {{c}}",
        ),
        *through("SELF.{a} = nn.Linear(8, 2)  #!", "SELF.{a}.reset_parameters()", before=_NET),
    ],
)

_MODEL = """\
class {h}Tied({h}):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.{a} = nn.Embedding(9, 5)
        self.{b} = nn.Linear(5, 9, bias=False)
        self.{b}.weight = self.{a}.weight


"""
_SPLIT = "(lambda m: m.{b}.weight is not m.{a}.weight)({g}({h}Tied(**arguments)))"
_RESTORE = "def {g}(model: {h}Tied):\n    state = {h}Tied.state_dict(model)\n"


def _load(name: str, bad: str, good: str) -> Way:
    head, tail = f"{_MODEL}{_RESTORE}", "\n    return model"
    return Way(
        name, Snippet(below=f"{head}{bad}{tail}"), Snippet(below=f"{head}{good}{tail}"), inherited=name == "direct"
    )


_ASSIGN = "model.load_state_dict(state, assign=True)"
TTL602 = Injection(
    "TTL602",
    _SPLIT,
    [
        _load("direct", f"    {_ASSIGN}  #!", f"    {_ASSIGN}\n    model.{{b}}.weight = model.{{a}}.weight"),
        _load("direct", f"    {_ASSIGN}  #!", "    model.load_state_dict(state)"),
        _load(
            "local",
            "    options = {'assign': True}\n    target = model\n    target.load_state_dict(state, **options)  #!",
            "    target = model\n    target.load_state_dict(state)",
        ),
        _load(
            "function",
            "    def load(target):\n        target.load_state_dict(state, assign=True)  #!\n\n    load(model)",
            "    def load(target):\n        target.load_state_dict(state)\n\n    load(model)",
        ),
    ],
)
