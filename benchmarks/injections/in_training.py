"""Mistakes of training scripts: freezing, snapshots, loading."""

from __future__ import annotations

from injections.catalogue import Injection, Snippet, Way, built, through

_LIVE = "all(one.requires_grad for one in make().{linear}.parameters())"
TTL504 = Injection(
    "TTL504",
    _LIVE,
    [
        built(
            "edit",
            "self.{linear}.requires_grad = False  #!",
            "self.{linear}.requires_grad_(False)",
            needs=("linear",),
        ),
        built(
            "direct",
            "self.{a} = nn.Linear({n}, 2)\nself.{a}.requires_grad = False  #!",
            "self.{a} = nn.Linear({n}, 2)\nself.{a}.requires_grad_(False)",
            effect="all(one.requires_grad for one in make().{a}.parameters())",
        ),
        built(
            "local",
            "{b} = self.{linear}\n{b}.requires_grad = False  #!",
            "{b} = self.{linear}\n{b}.weight.requires_grad = False\nfor {c} in {b}.parameters():\n"
            "    {c}.requires_grad = False",
            needs=("linear",),
        ),
        built(
            "local",
            "for {b} in (self.{linear},):\n    {b}.requires_grad = False  #!",
            "for {b} in self.{linear}.parameters():\n    {b}.requires_grad = False",
            needs=("linear",),
        ),
        *through("SELF.{linear}.requires_grad = False  #!", "SELF.{linear}.requires_grad_(False)", needs=("linear",)),
        Way(
            "script",
            Snippet(
                below="def {g}(options):\n    model = {h}(**options)\n    model.requires_grad = False  #!\n    return model"
            ),
            Snippet(
                below="def {g}(options):\n    model = {h}(**options)\n    model.requires_grad_(False)\n    return model"
            ),
            effect="(lambda m: all(one.requires_grad for one in m.parameters()))({g}(arguments))",
            needs=("linear",),
            inherited=True,
        ),
    ],
)

_FIT = """\
import copy


def {g}(model, batches, evaluate):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    best, kept = None, None
    for _ in range(2):
        for _ in batches:
            optimizer.zero_grad()
            sum(one.sum() for one in model.parameters()).backward()
            optimizer.step()
        score = evaluate(model)
        if best is None or score < best:
            %s
    model.load_state_dict(kept)
    return model"""


def _snapshot(name: str, bad: str, good: str, template: str = _FIT) -> Way:
    return Way(
        name, Snippet(below=template % f"{bad}  #!"), Snippet(below=template % good), needs=("linear",), inherited=True
    )


_STOPPER = """\
import copy


class {h}Stopper:
    def __init__(self):
        self.best, self.weights = None, None

    def __call__(self, score, model):
        if self.best is None or score < self.best:
            self.best = score
            %s

    def restore(self, model):
        model.load_state_dict(self.weights)


def {g}(model, batches, evaluate):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    stopper = {h}Stopper()
    for _ in range(2):
        for _ in batches:
            optimizer.zero_grad()
            sum(one.sum() for one in model.parameters()).backward()
            optimizer.step()
        stopper(evaluate(model), model)
    stopper.restore(model)
    return model"""
TTL605 = Injection(
    "TTL605",
    "restores_the_last({g}, make())",
    [
        _snapshot(
            "script", "best, kept = score, model.state_dict()", "best, kept = score, copy.deepcopy(model.state_dict())"
        ),
        _snapshot(
            "script",
            "best = score\n            kept = dict(model.state_dict())",
            "kept = {k: v.clone() for k, v in model.state_dict().items()}\n            best = score",
        ),
        _snapshot(
            "script",
            "best = score\n            kept = {k: v.detach() for k, v in model.state_dict().items()}",
            "kept = {k: v.detach().clone() for k, v in model.state_dict().items()}\n            best = score",
        ),
        _snapshot(
            "class", "self.weights = model.state_dict()", "self.weights = copy.deepcopy(model.state_dict())", _STOPPER
        ),
    ],
)

_SAME = """\
def {g}(online, target):
    %s
    return target"""
TTL606 = Injection(
    "TTL606",
    "(lambda o, t: not same({g}(o, t).state_dict(), o.state_dict()))(make(), zeroed(make()))",
    [
        Way(
            "script",
            Snippet(below=_SAME % "target.load_state_dict(target.state_dict())  #!"),
            Snippet(below=_SAME % "target.load_state_dict(online.state_dict())"),
            needs=("linear",),
            inherited=True,
        ),
        Way(
            "local",
            Snippet(below=_SAME % "state = target.state_dict()\n    target.load_state_dict(state)  #!"),
            Snippet(below=_SAME % "state = online.state_dict()\n    target.load_state_dict(state)"),
            needs=("linear",),
        ),
        Way(
            "edit",
            Snippet(
                methods="def sync_{a}(self, other):\n    self.{linear}.load_state_dict(self.{linear}.state_dict())  #!"
            ),
            Snippet(
                methods="def sync_{a}(self, other):\n    self.{linear}.load_state_dict(other.{linear}.state_dict())"
            ),
            effect="(lambda m, o: m.sync_{a}(o) or not same(m.{linear}.state_dict(), o.{linear}.state_dict()))(zeroed(make()), make())",
            needs=("linear",),
            inherited=True,
        ),
    ],
)
