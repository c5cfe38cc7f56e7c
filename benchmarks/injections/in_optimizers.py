"""Mistakes in what an optimizer is given, and tensors that are derived from parameters too early."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way

LINEAR = ("linear",)
_FITTING = """\
def {g}(model, rate=0.1):
    %s"""


def _script(bad: str, good: str, *, name: str = "script") -> Way:
    return Way(name, Snippet(below=_FITTING % bad), Snippet(below=_FITTING % good), needs=LINEAR, inherited=True)


_OPTIMIZED = "def {g}(options):\n    model = {h}(**options)\n"
_SGD = "    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"


def _changed(change: str, *, name: str = "script", above: str = "") -> Way:
    """A model that is changed after its optimizer was built, and before."""
    end = "    return model, optimizer"
    line = change.replace("!", "  #!")
    return Way(
        name,
        Snippet(below=f"{above}{_OPTIMIZED}{_SGD}{line}\n{end}"),
        Snippet(below=f"{above}{_OPTIMIZED}{change.replace('!', '')}\n{_SGD}{end}"),
        needs=LINEAR,
        inherited=name == "script",
    )


_WRAPPED = """\
class {h}Fitter:
    def __init__(self, model):
        self.model = model
%s

    def fit(self):
        self.optimizer.step()


def {g}(options):
    fitter = {h}Fitter({h}(**options))
    return fitter.model, fitter.optimizer"""
_HEAD = "        self.model.{linear} = nn.Linear(4, 2)"
_ADAM = "        self.optimizer = torch.optim.Adam(self.model.parameters())"
TTL501 = Injection(
    "TTL501",
    "orphaned({g}(arguments))",
    [
        _changed("    model.{linear} = nn.Linear(4, 2)!"),
        _changed('    setattr(model, "{linear}", nn.Linear(4, 2))!'),
        _changed("    torch.nn.utils.parametrizations.weight_norm(model.{linear})!"),
        _changed("    model.load_state_dict(model.state_dict(), assign=True)!"),
        _changed("    head = nn.Linear(4, 2)\n    model.{linear} = head!", name="local"),
        _changed("    model.{linear}.weight = nn.Parameter(torch.zeros(2, 2))!", name="local"),
        _changed(
            "    {g}_head(model)!",
            name="function",
            above="def {g}_head(model):\n    model.{linear} = nn.Linear(4, 2)  #!\n\n\n",
        ),
        Way(
            "class",
            Snippet(below=_WRAPPED % f"{_ADAM}\n{_HEAD}  #!"),
            Snippet(below=_WRAPPED % f"{_HEAD}\n{_ADAM}"),
            needs=LINEAR,
        ),
        Way(
            "direct",
            Snippet(init="self.{a} = torch.optim.Adam(self.parameters())\nself.{b} = nn.Linear({literal}, 2)  #!"),
            Snippet(init="self.{b} = nn.Linear({literal}, 2)\nself.{a} = torch.optim.Adam(self.parameters())"),
            effect="(lambda m: orphaned((m, m.{a})))(make())",
            inherited=True,
        ),
    ],
)

TTL502 = Injection(
    "TTL502",
    "bool(error(lambda: {g}(arguments)))",
    [
        Way(
            "script",
            Snippet(
                below="def {g}(options):\n    model = {h}(**options)\n    groups = [{'params': model.parameters()}, "
                "{'params': model.{linear}.parameters(), 'lr': 0.01}]  #!\n"
                "    return torch.optim.SGD(groups, lr=0.1)  #!"
            ),
            Snippet(
                below="def {g}(options):\n    model = {h}(**options)\n    groups = [{'params': model.{linear}.parameters(), 'lr': 0.01}]\n"
                "    return torch.optim.SGD(groups, lr=0.1)"
            ),
            needs=LINEAR,
            inherited=True,
        ),
        Way(
            "script",
            Snippet(
                below="def {g}(options):\n    model = {h}(**options)\n    optimizer = torch.optim.Adam(model.parameters())\n"
                "    optimizer.add_param_group({'params': model.{linear}.parameters()})  #!\n    return optimizer"
            ),
            Snippet(
                below="def {g}(options):\n    model = {h}(**options)\n    optimizer = torch.optim.Adam(model.{linear}.parameters())\n"
                "    return optimizer"
            ),
            needs=LINEAR,
            inherited=True,
        ),
    ],
)

TTL503 = Injection(
    "TTL503",
    "unclipped({g}, make())",
    [
        _script(
            "parameters = model.parameters()\n    optimizer = torch.optim.SGD(parameters, lr=rate)\n"
            "    sum(one.sum() for one in model.parameters()).mul(1000).backward()\n"
            "    nn.utils.clip_grad_norm_(parameters, 1.0)  #!\n    return optimizer",
            "parameters = list(model.parameters())\n    optimizer = torch.optim.SGD(parameters, lr=rate)\n"
            "    sum(one.sum() for one in model.parameters()).mul(1000).backward()\n"
            "    nn.utils.clip_grad_norm_(parameters, 1.0)\n    return optimizer",
        ),
        _script(
            "parameters = filter(lambda p: p.requires_grad, model.parameters())\n"
            "    optimizer = torch.optim.AdamW(parameters, lr=rate)\n"
            "    sum(one.sum() for one in model.parameters()).mul(1000).backward()\n"
            "    torch.nn.utils.clip_grad_norm_(parameters, 1.0)  #!\n    return optimizer",
            "parameters = [p for p in model.parameters() if p.requires_grad]\n"
            "    optimizer = torch.optim.AdamW(parameters, lr=rate)\n"
            "    sum(one.sum() for one in model.parameters()).mul(1000).backward()\n"
            "    torch.nn.utils.clip_grad_norm_(parameters, 1.0)\n    return optimizer",
        ),
    ],
)

_USE = "{b} = self.{b} + 1"
TTL206 = Injection(
    "TTL206",
    "make().{b}.grad_fn is not None",
    [
        Way(
            "direct",
            Snippet(init="self.{a} = nn.Parameter(torch.zeros({n}))\nself.{b} = self.{a}.exp()  #!", forward=_USE),
            Snippet(init="self.{a} = nn.Parameter(torch.zeros({n}))\nself.{b} = self.{a}.detach().exp()", forward=_USE),
            inherited=True,
        ),
        Way(
            "edit",
            Snippet(init="self.{b} = self.{linear}.weight * 0.5  #!", forward=_USE),
            Snippet(init="self.{b} = self.{linear}.weight.detach() * 0.5", forward=_USE),
            needs=LINEAR,
            inherited=True,
        ),
        Way(
            "local",
            Snippet(init="{c} = self.{linear}.weight\nself.{b} = torch.softmax({c}, -1)  #!", forward=_USE),
            Snippet(init="{c} = self.{linear}.weight.detach()\nself.{b} = torch.softmax({c}, -1)", forward=_USE),
            needs=LINEAR,
        ),
        Way(
            "method",
            Snippet(
                init="self.{f}()",
                methods="def {f}(self):\n    self.{b} = self.{linear}.weight.norm(dim=1)  #!",
                forward=_USE,
            ),
            Snippet(
                init="self.{f}()",
                methods="def {f}(self):\n    self.{b} = self.{linear}.weight.data.norm(dim=1)",
                forward=_USE,
            ),
            needs=LINEAR,
        ),
        Way(
            "function",
            Snippet(
                above="def {g}(weight):\n    return weight / 2",
                init="self.{b} = {g}(self.{linear}.weight)  #!",
                forward=_USE,
            ),
            Snippet(
                above="def {g}(weight):\n    return weight.detach() / 2",
                init="self.{b} = {g}(self.{linear}.weight)",
                forward=_USE,
            ),
            needs=LINEAR,
            imported=True,
        ),
    ],
)
