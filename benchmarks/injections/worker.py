"""Runs under torch, in a process of its own: constructs classes, and asks whether a mistake has its effect.

`python -m injections.worker TASKS ANSWERS` reads a list of tasks from one JSON file and writes a list of answers to
another. A task is `probe` (can the class be constructed, and with what?) or `ask` (what is the value of an expression
about it?).
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import inspect
import io
import json
import operator
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from injections import proofs
from injections.probing import probe

SECONDS = 20  # for one class


class TooLongError(BaseException):
    """A class took longer than it is given."""


def refuse_network() -> None:
    """Let constructors that fetch weights fail at once."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in here")

    socket.getaddrinfo = refuse  # type: ignore[assignment]  # it only ever raises


def replace_compiled_operators() -> None:
    """Let torchvision be imported where its compiled part is not made for this torch: no class here needs it."""
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]  # torch has no types here
    for name in ("nms", "qnms"):
        with contextlib.suppress(RuntimeError):
            signature = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            library.define(f"{name}{signature}")  # type: ignore[no-untyped-call]  # likewise
    replace_compiled_operators.kept = library  # type: ignore[attr-defined]  # gone with it are its definitions


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Stop what takes too long, keep it quiet, and make it the same each time."""

    def stop(*_: object) -> None:
        raise TooLongError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    torch.manual_seed(0)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        signal.alarm(0)


def error(function: Callable[[], object]) -> str:
    """What calling a function raises, as text; nothing where it raises nothing."""
    try:
        function()
    except Exception as raised:  # whatever it is, it is what was asked for
        return f"{type(raised).__name__}: {raised}"
    return ""


def run(model: nn.Module, method: str = "forward") -> str:
    """What a method raises on inputs that need not fit: what was put at its start has run by then."""
    function = getattr(model, method)
    count = sum(
        parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        for parameter in inspect.signature(function).parameters.values()
    )
    return error(lambda: function(*(torch.randn(2, 8, 8) for _ in range(max(count, 1)))))


def created(model: nn.Module, method: str = "forward") -> int:
    """How many Parameters are made while a method runs."""
    count = 0
    original = nn.Parameter.__new__

    def counting(*given: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever a Parameter is made from
        nonlocal count
        count += 1
        return original(*given, **named)

    nn.Parameter.__new__ = counting  # type: ignore[method-assign]  # put back below
    try:
        run(model, method)
    finally:
        nn.Parameter.__new__ = original  # type: ignore[method-assign]  # as it was
    return count


def rebound(model: nn.Module, path: str, method: str = "forward") -> bool:
    """Whether another object stands under a name after a method has run."""
    before = operator.attrgetter(path)(model)
    run(model, method)
    return operator.attrgetter(path)(model) is not before


def false_tie(model: nn.Module, first: str, second: str) -> bool:
    """Whether the weights of two layers are two objects over one storage."""
    one, other = getattr(model, first).weight, getattr(model, second).weight
    return one is not other and one.data_ptr() == other.data_ptr()


def filled(layer: nn.Linear) -> bool:
    """Whether a weight of nines reaches the forward pass."""
    layer(torch.zeros(1, layer.in_features))
    return bool(layer.weight.mean() > 8)


def names(model: nn.Module) -> set[str]:
    """The names of the parameters, those that are one included."""
    return {name for name, _ in model.named_parameters(remove_duplicate=False)}


def keys(model: nn.Module) -> set[str]:
    """The names in the state dict."""
    return set(model.state_dict())


def owned(model: nn.Module, prefix: str) -> bool:
    """Whether a parameter or module of this name, or below it, is registered."""
    every = {name for name, _ in model.named_modules(remove_duplicate=False)} | names(model)
    return any(name == prefix or name.startswith(f"{prefix}.") for name in every)


def zeroed(model: nn.Module) -> nn.Module:
    """The model with parameters of nothing but zeros."""
    for one in model.parameters():
        nn.init.zeros_(one)
    return model


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    """Whether two state dicts hold the same values."""
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


def count(model: nn.Module) -> int:
    """How many parameters there are."""
    return sum(1 for _ in model.parameters())


def stands_still(model: nn.Module, name: str) -> bool:
    """Whether the weight that a read gives does not follow the parameters that it is computed from."""
    layer = getattr(model, name)
    before = layer.weight.detach().clone()
    with torch.no_grad():
        for one in layer.parameters():
            one.add_(1)
    return torch.equal(before, layer.weight.detach())


def unclipped(fit: Callable[..., object], model: nn.Module) -> bool:
    """Whether gradients are as long as before, after all the clipping."""
    fit(model)
    return max(float(one.grad.norm()) for one in model.parameters() if one.grad is not None) > 2


def restores_the_last(fit: Callable[..., nn.Module], model: nn.Module) -> bool:
    """Whether training gives back its last weights, where those of its first epoch were the best."""
    seen: list[dict[str, torch.Tensor]] = []

    def evaluate(trained: nn.Module) -> int:
        seen.append(copy.deepcopy(trained.state_dict()))
        return len(seen)

    return same(fit(model, [1, 2], evaluate).state_dict(), seen[-1])


_HELPERS = (
    *(error, run, created, rebound, false_tie, filled, names, keys, owned),
    *(zeroed, same, restores_the_last, count, stands_still, unclipped),
)
HELPERS: dict[str, object] = {one.__name__: one for one in _HELPERS} | proofs.HELPERS


def ask(task: dict[str, Any]) -> dict[str, Any]:
    """Evaluate an expression in the namespace of a module, where `make()` constructs the class."""
    module = importlib.import_module(task["module"])
    namespace = module.__dict__ | HELPERS | {"torch": torch, "nn": nn}
    origin = importlib.import_module(task["origin"]).__dict__
    arguments = eval(f"dict({task['arguments']})", dict(origin))
    namespace["arguments"] = arguments
    namespace["make"] = lambda: namespace[task["name"]](**arguments)
    return {"value": bool(eval(task["expression"], namespace))}


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """Answer one task, whatever it runs into."""
    try:
        with limited():
            return probe(task) if task["kind"] == "probe" else ask(task)
    except (Exception, TooLongError, SystemExit) as raised:
        return {"error": f"{type(raised).__name__}: {str(raised)[:300]}"}


def main() -> None:
    """Answer all tasks."""
    sys.path.insert(0, str(Path.cwd()))
    torch.set_num_threads(1)
    refuse_network()
    replace_compiled_operators()
    answers = [answer(task) for task in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
