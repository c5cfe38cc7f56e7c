"""Mistakes in Hugging Face models that have a published class inside of them."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way

# A model around the class: lines of its own constructor, what comes at its end, and its further methods.
_MODEL = """\
from transformers import PretrainedConfig, PreTrainedModel


class {h}Model(PreTrainedModel):
    config_class = PretrainedConfig
%s
    def __init__(self, config):%s
        super().__init__(config)
        self.body = {h}({arguments})
        self.{a} = nn.Embedding(7, 4)
        self.{b} = nn.Linear(4, 7)
%s
    def forward(self, ids):
        return self.{b}(self.{a}(ids))
%s"""


def _model(*, body: str = "", mark: str = "", end: str = "self.post_init()", methods: str = "") -> str:
    def indented(text: str, by: str = "    ") -> str:
        return "".join(f"{by}{line}\n" if line else "\n" for line in text.split("\n")) if text else ""

    return _MODEL % (indented(body), mark, indented(end, "        "), "\n" + indented(methods) if methods else "")


def _pair(
    name: str,
    bad: str,
    good: str,
    *,
    above: tuple[str, str] = ("", ""),
    effect: str = "",
    imported: bool = False,
) -> Way:
    return Way(
        name,
        Snippet(above=above[0], below=bad),
        Snippet(above=above[1], below=good),
        effect=effect,
        inherited=name == "script",
        imported=imported,
    )


_DECLARED = '_tied_weights_keys = {"{b}.weight": "{a}.weight"}'
_TIE = "self.{b}.weight = self.{a}.weight"
TTL601 = Injection(
    "TTL601",
    "'shared tensors' in error(lambda: saved({h}Model))",
    [
        _pair(
            "script",
            _model(end=f"{_TIE}  #!\nself.post_init()"),
            _model(body=_DECLARED, end=f"{_TIE}\nself.post_init()"),
        ),
        _pair(
            "script",
            _model(end=f"self.post_init()\n{_TIE}  #!"),
            _model(end="self.post_init()"),
        ),
        _pair(
            "local",
            _model(end="table = self.{a}.weight\nhead = self.{b}\nhead.weight = table  #!\nself.post_init()"),
            _model(
                body=_DECLARED, end="table = self.{a}.weight\nhead = self.{b}\nhead.weight = table\nself.post_init()"
            ),
        ),
        _pair(
            "method",
            _model(end="self.{f}()\nself.post_init()", methods=f"def {{f}}(self):\n    {_TIE}  #!"),
            _model(body=_DECLARED, end="self.{f}()\nself.post_init()", methods=f"def {{f}}(self):\n    {_TIE}"),
        ),
        _pair(
            "function",
            _model(end="{g}(self.{b}, self.{a})  #!\nself.post_init()"),
            _model(body=_DECLARED, end="{g}(self.{b}, self.{a})\nself.post_init()"),
            above=(
                "def {g}(out, emb):\n    out.weight = emb.weight  #!",
                "def {g}(out, emb):\n    out.weight = emb.weight",
            ),
            imported=True,
        ),
    ],
)

_UNREADABLE = "'all_tied_weights_keys' in error(lambda: reloaded({h}Model))"
TTL607 = Injection(
    "TTL607",
    _UNREADABLE,
    [
        _pair("script", _model(mark="  #!", end=""), _model()),
        _pair("script", _model(mark="  #!", end="self.{a}.weight.data.normal_()"), _model()),
        _pair(
            "method",
            _model(mark="  #!", end="self.{f}()", methods="def {f}(self):\n    nn.init.zeros_(self.{b}.bias)"),
            _model(end="self.{f}()", methods="def {f}(self):\n    self.post_init()"),
        ),
        _pair(
            "function",
            _model(mark="  #!", end="{g}(self.{b})"),
            _model(end="{g}(self.{b})\nself.post_init()"),
            above=("def {g}(layer):\n    nn.init.zeros_(layer.bias)",) * 2,
        ),
    ],
)

_READ = "{x} = {x} + self.{c}.sum()"


def _lost(name: str, bad: Snippet, good: Snippet, *, imported: bool = False) -> Way:
    def whole(snippet: Snippet) -> Snippet:
        return Snippet(init=snippet.init, methods=snippet.methods, above=snippet.above, forward=_READ, below=_model())

    return Way(name, whole(bad), whole(good), avoids="persistent=False", imported=imported)


_VALUES = "1.0 / (10000 ** (torch.arange({literal}) / {literal}))"
TTL608 = Injection(
    "TTL608",
    "lost({h}Model, 'body.{c}')",
    [
        _lost(
            "direct",
            Snippet(init=f'self.register_buffer("{{c}}", {_VALUES}, persistent=False)  #!'),
            Snippet(init=f'self.register_buffer("{{c}}", {_VALUES})'),
        ),
        _lost(
            "direct",
            Snippet(init="self.{c} = torch.arange({literal}) * 2  #!"),
            Snippet(init='self.register_buffer("{c}", torch.arange({literal}) * 2)'),
        ),
        _lost(
            "local",
            Snippet(init='{b} = torch.linspace(0, 1, {literal})\nself.register_buffer("{c}", {b}, False)  #!'),
            Snippet(init='{b} = torch.linspace(0, 1, {literal})\nself.register_buffer("{c}", {b}, True)'),
        ),
        _lost(
            "method",
            Snippet(
                init="self.{f}({literal})",
                methods='def {f}(self, size):\n    self.register_buffer("{c}", torch.ones(size, size).tril(), persistent=False)  #!',
            ),
            Snippet(
                init="self.{f}({literal})",
                methods='def {f}(self, size):\n    self.register_buffer("{c}", torch.ones(size, size).tril())',
            ),
        ),
        _lost(
            "function",
            Snippet(
                above="def {g}(size):\n    return torch.arange(size) / size",
                init='self.register_buffer("{c}", {g}({literal}), persistent=False)  #!',
            ),
            Snippet(
                above="def {g}(size):\n    return torch.arange(size) / size",
                init='self.register_buffer("{c}", {g}({literal}))',
            ),
            imported=True,
        ),
    ],
)


def _initialised(write: str) -> str:
    return _model(methods=f"def _init_weights(self, module):\n    if isinstance(module, nn.Linear):\n        {write}")


TTL609 = Injection(
    "TTL609",
    "overwritten({h}Model, '{b}')",
    [
        _pair(
            "script",
            _initialised("module.weight.data.fill_(9.0)  #!"),
            _initialised("nn.init.constant_(module.weight, 9.0)"),
        ),
        _pair(
            "script",
            _initialised("with torch.no_grad():\n            module.weight.normal_(0, 0.02)  #!"),
            _initialised("nn.init.normal_(module.weight, 0, 0.02)"),
        ),
        _pair(
            "local",
            _initialised("weight = module.weight.data\n        weight.uniform_(-1, 0)  #!"),
            _initialised("weight = module.weight\n        nn.init.uniform_(weight, -1, 0)"),
        ),
        _pair(
            "method",
            _model(
                methods="def _init_weights(self, module):\n    if isinstance(module, nn.Linear):\n        self.{f}(module)\n\n"
                "def {f}(self, layer):\n    layer.weight.data.zero_()  #!"
            ),
            _model(
                methods="def _init_weights(self, module):\n    if isinstance(module, nn.Linear):\n        self.{f}(module)\n\n"
                "def {f}(self, layer):\n    nn.init.zeros_(layer.weight)"
            ),
        ),
        _pair(
            "function",
            _initialised("{g}(module)  #!"),
            _initialised("{g}(module)"),
            above=(
                "def {g}(layer):\n    layer.weight.data.normal_(std=0.02)  #!",
                "def {g}(layer):\n    nn.init.normal_(layer.weight, std=0.02)",
            ),
            imported=True,
        ),
    ],
)

_TIES = "def tie_weights(self%s):%s\n    super().tie_weights(%s)"
_TIED = """\


class {h}Tied({h}Model):
%s"""
TTL610 = Injection(
    "TTL610",
    "bool(error(lambda: saved({h}Model)))",
    [
        _pair(
            "script",
            _model(body='_tied_weights_keys = ["{b}.weight"]  #!'),
            _model(body='_tied_weights_keys = {"{b}.weight": "{a}.weight"}'),
        ),
        _pair(
            "script",
            _model(methods=_TIES % ("", "  #!", "")),
            _model(methods=_TIES % (", **kwargs", "", "**kwargs")),
        ),
        _pair(
            "local",
            _model(body='_names = ["{b}.weight", "{b}.bias"]\n_tied_weights_keys = _names  #!'),
            _model(body='_names = {"{b}.weight": "{a}.weight"}\n_tied_weights_keys = _names'),
        ),
        _pair(
            "class",
            _model() + _TIED % '    _tied_weights_keys = ["{b}.weight"]  #!',
            _model() + _TIED % "    _tied_weights_keys = None",
            effect="bool(error(lambda: saved({h}Tied)))",
        ),
    ],
)
