"""Function definitions: parameters, decorators, defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    expressions,
)
from torchtielint.semantics.definitions import ClassModel, FunctionModel, ParameterSpec
from torchtielint.semantics.values import (
    External,
    FunctionValue,
    Instance,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


# Decorators that leave what a calls.call does as it is.
TRANSPARENT = frozenset(
    {
        "abc.abstractmethod", "typing.override", "typing.final", "typing_extensions.override", "functools.wraps",
        "functools.lru_cache", "functools.cache", "torch.jit.export", "torch.jit.ignore", "torch.jit.unused",
        "torch.jit.script", "torch.jit.script_method", "torch.compile", "torch.compiler.disable",
        "torch._dynamo.disable",
        "torch.autocast", "torch.amp.autocast", "torch.cuda.amp.autocast", "torch.enable_grad", "torch.fx.wrap",
        "torch.cuda.amp.custom_fwd", "torch.cuda.amp.custom_bwd", "torch.amp.custom_fwd",
    }
)  # fmt: skip


def define_function(machine: Machine, node: cst.FunctionDef, owner: ClassModel | None) -> FunctionValue:
    """The value of a `def`."""
    frame = machine.frame
    own_frames = () if owner is not None else (frame.key,)
    frame.captured = True
    model = FunctionModel(
        node.name.value, node, frame.piece, (*own_frames, *frame.closures), _parameters(node.params), owner
    )
    for decorator in node.decorators:
        _decorate(machine, model, decorator.decorator)
    if node.asynchronous is not None or frame.piece.path.endswith(".pyi"):  # a stub has no bodies
        model.opaque = True
    _evaluate_defaults(machine, model)
    return FunctionValue(model)


def define_lambda(machine: Machine, node: cst.Lambda) -> FunctionValue:
    """The value of a lambda."""
    frame = machine.frame
    frames = (frame.key, *frame.closures)
    frame.captured = True
    model = FunctionModel("<lambda>", node, frame.piece, frames, _parameters(node.params))
    _evaluate_defaults(machine, model)
    return FunctionValue(model)


def _parameters(params: cst.Parameters) -> tuple[ParameterSpec, ...]:
    specs = [_spec(param, "positional") for param in (*params.posonly_params, *params.params)]
    if isinstance(params.star_arg, cst.Param):
        specs.append(ParameterSpec(params.star_arg.name.value, "args"))
    specs.extend(
        ParameterSpec(param.name.value, "keyword", param.default, _annotation(param)) for param in params.kwonly_params
    )
    if params.star_kwarg is not None:
        specs.append(ParameterSpec(params.star_kwarg.name.value, "kwargs"))
    return tuple(specs)


def _spec(param: cst.Param, kind: str) -> ParameterSpec:
    return ParameterSpec(param.name.value, kind, param.default, _annotation(param))


def _annotation(param: cst.Param) -> cst.BaseExpression | None:
    return param.annotation.annotation if param.annotation is not None else None


def _decorate(machine: Machine, model: FunctionModel, decorator: cst.BaseExpression) -> None:
    if isinstance(decorator, cst.Attribute) and decorator.attr.value in ("setter", "deleter", "getter"):
        model.kind = "property"
        return
    value = expressions.evaluate(machine, decorator)
    match value:
        case External(name="builtins.staticmethod"):
            model.kind = "static"
        case External(name="builtins.classmethod"):
            model.kind = "class"
        case External(name="builtins.property" | "functools.cached_property" | "torch.jit.unused_property"):
            model.kind = "property"
        case External(name="typing.overload" | "typing_extensions.overload"):
            model.overload = True
        case External(name="torch.no_grad" | "torch.inference_mode"):
            model.grad = False
        case Instance(kind="grad-mode", detail=detail):
            model.grad = {"off": False, "on": True}.get(detail)
        case Instance(kind="transparent"):
            pass
        case External(name=name) if name in TRANSPARENT:
            pass
        case _:
            model.grad = None
            model.opaque = True


def _evaluate_defaults(machine: Machine, model: FunctionModel) -> None:
    for spec in model.parameters:
        if spec.default is not None:
            model.defaults[spec.name] = expressions.evaluate(machine, spec.default)
