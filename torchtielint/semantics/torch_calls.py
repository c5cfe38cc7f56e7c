"""Calls of what torch, Python and well-known libraries define, by canonical name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from torchtielint.semantics import (
    builtin_calls,
    calls,
    checkpoints,
    construction,
    containers,
    creation,
    cuts,
    gradients,
    groups,
    module_calls,
    modules,
    optimizers,
    overlap,
    reparametrizations,
    reparametrized,
    saving,
    streams,
    templates,
    tensors,
)
from torchtielint.semantics.definitions import is_foreign_module
from torchtielint.semantics.facts.checkpoints import Use
from torchtielint.semantics.records import (
    ContainerRecord,
    Repeat,
    Role,
    TensorRecord,
)
from torchtielint.semantics.values import (
    FALSE,
    NONE,
    TRUE,
    UNKNOWN,
    Arguments,
    BuiltinMethod,
    ClassValue,
    Const,
    External,
    Instance,
    Partial,
    Ref,
    Value,
    constant,
    members,
    truth,
)
from torchtielint.torch_facts import FunctionFact, FunctionKind, Relation, load

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine


def call(machine: Machine, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """Call something from outside the project."""
    if name.startswith("builtins."):
        return builtin_calls.call(machine, name.removeprefix("builtins."), arguments, node)
    if name in _DEFAULT_DEVICE:
        machine.uses.placement.elsewhere = True
    if name in _COPIERS:
        reparametrized.check_copied(machine, arguments.get(0, _COPIERS[name]), name, node)
    streams.consume_by_call(machine, name, arguments, node)
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(machine, arguments, node)
    facts = load()
    module = facts.module(name)
    if module is not None:
        return construction.make_module(machine, module, arguments, node)
    reparametrization = facts.reparametrization(name)
    if reparametrization is not None:
        return reparametrizations.apply(machine, reparametrization, arguments, node)
    function = facts.function(name)
    if function is not None and function.kind is not FunctionKind.OTHER:
        return _tensor_function(machine, function, arguments, node)
    if name in facts.tensor_types:
        return creation.factory(machine, name, facts.tensor_types[name], arguments, node)
    if name in facts.optimizers or name in _GRADIENT_TAKERS or name.startswith("torch.optim."):
        _note_optimised(machine, arguments.all())
        if name in facts.optimizers:
            groups.check(machine, arguments, node)
            return optimizers.build(machine, arguments, node)
        return Instance("optimizer", name)
    return _call_other(machine, name, arguments, node)


# What makes deep copies of its first argument, and the name of that.
_COPIERS = {
    "copy.deepcopy": "x",
    "torch.nn.TransformerEncoder": "encoder_layer",
    "torch.nn.TransformerDecoder": "decoder_layer",
    "torch.nn.modules.transformer._get_clones": "module",
    "torch.optim.swa_utils.AveragedModel": "model",
    "torch.ao.quantization.quantize_dynamic": "model",
    "torch.quantization.quantize_dynamic": "model",
}
_DEFAULT_DEVICE = frozenset({"torch.set_default_device", "torch.set_default_tensor_type"})
_GRADIENT_TAKERS = frozenset({"torch.autograd.grad", "torch.autograd.functional.jacobian", "torch.autograd.backward"})
# Outside code that keeps and changes nothing that it is given.
_PURE = ("math.", "logging.", "warnings.", "numpy.", "os.", "sys.", "time.", "typing.", "re.", "json.", "random.",
         "collections.namedtuple", "einops.", "inspect.", "contextlib.", "scipy.")  # fmt: skip


def _call_other(machine: Machine, name: str, arguments: Arguments, node: cst.Call) -> Value:
    owner, _, method = name.rpartition(".")
    first = arguments.positional[0] if arguments.positional else None
    if load().module(owner) is not None or is_foreign_module(owner):
        if method == "__init__" and isinstance(first, Ref) and machine.module(first):
            rest = replace(arguments, positional=arguments.positional[1:])
            return module_calls.initialise(machine, first, owner, rest, node)
        if method == "from_pretrained" and owner == "torch.nn.Embedding":
            return construction.embedding_from(machine, arguments, node)
        if isinstance(first, Ref) and machine.module(first):
            rest = replace(arguments, positional=arguments.positional[1:])
            return calls.call(machine, BuiltinMethod(first, method), rest, node)
    if method == "__init__" and isinstance(first, Ref):
        record = machine.module(first)
        if record is not None:
            machine.update(first, replace(record, initialised=None, open=True))
    if name.startswith(("einops.", "torch.einsum")) and any(machine.tensor(value) for value in arguments.all()):
        made = tensors.combine(machine, node, f"`{method}()`", arguments.all())
        return overlap.after_repeat(machine, made, arguments) if name == "einops.repeat" else made
    if owner == "torch.Tensor" and isinstance(first, Ref) and machine.tensor(first):
        rest = replace(arguments, positional=arguments.positional[1:])
        return tensors.call_method(machine, first, method, rest, node)
    if name.startswith("torch."):
        for key in _tensors(machine, arguments.all()):
            tensors.note_use(machine, Ref(key), detached=not name.startswith("torch.nn.functional."))
            gradients.note_plain(machine, (Ref(key),))
        if name.startswith("torch.nn.functional."):
            return cuts.mark(machine, UNKNOWN, arguments.all())
        if not name.startswith(_TORCH_KEEPERS):
            return UNKNOWN
    if name.startswith(_PURE):
        if name.startswith("einops."):
            return cuts.mark(machine, UNKNOWN, arguments.all())
        return Instance("numpy.ndarray") if name in _ARRAYS else UNKNOWN
    return calls.call_unknown(machine, arguments, node)


_TORCH_KEEPERS = (
    "torch.nn.",
    "torch.optim",
    "torch.distributed",
    "torch.utils",
    "torch.func",
    "torch.fx",
    "torch.ao",
    "torch.quantization",
)
_ARRAYS = frozenset(
    {f"numpy.{name}" for name in ("array", "zeros", "ones", "empty", "full", "arange", "linspace", "eye", "asarray")}
)


def _tensors(machine: Machine, values: tuple[Value, ...], depth: int = 0) -> list[int]:
    found: list[int] = []
    for value in values:
        for member in members(value):
            record = machine.record(member)
            if isinstance(record, TensorRecord) and isinstance(member, Ref):
                found.append(member.key)
            elif isinstance(record, ContainerRecord) and depth < 4:
                found.extend(_tensors(machine, record.elements(), depth + 1))
    return found


def _note_optimised(machine: Machine, values: tuple[Value, ...]) -> None:
    """Tensors that get a gradient or an optimizer of their own are meant to be no parameters of the module."""
    for key in _tensors(machine, values):
        machine.optimised.add(key)
        record = machine.tensor(Ref(key))
        if record is not None:
            machine.optimised_sites.add(record.site)
    for value in values:
        for member in members(value):
            if isinstance(member, Ref) and machine.module(member):
                machine.handed_on.add(member.key)


def _tensor_function(machine: Machine, fact: FunctionFact, arguments: Arguments, node: cst.Call) -> Value:
    """A function of `torch`, `torch.nn.functional` or `torch.nn.init`."""
    if fact.kind is FunctionKind.FACTORY:
        return creation.factory(machine, fact.name, fact.dtype, arguments, node)
    values = arguments.all()
    if not _tensors(machine, values):
        computes = fact.relation is not Relation.OTHER and fact.dtype != "integral"
        return cuts.mark(machine, UNKNOWN, values) if computes else UNKNOWN
    shown = f"`{fact.name.removeprefix('torch.')}()`"
    first = arguments.positional[0] if arguments.positional else next(iter(values))
    if fact.relation is Relation.INPLACE:
        is_init = fact.name.startswith("torch.nn.init.")
        for member in members(first):
            if isinstance(member, Ref) and machine.tensor(member):
                target = machine.text(node.args[0].value) if node.args else ""
                sources = arguments.positional[1:]
                tensors.write(machine, member, shown, node, guarded=is_init, sources=sources, target=target)
                if is_init:
                    _note_initialiser(machine, member, shown)
        return first
    if isinstance(first, Ref) and machine.tensor(first) and fact.relation in (Relation.VIEW, Relation.TRANSPOSED_VIEW):
        made = tensors.view(machine, node, first, shown, transposed=fact.relation is Relation.TRANSPOSED_VIEW)
        rest = replace(arguments, positional=arguments.positional[1:])
        return overlap.after_view(machine, made, fact.name.rpartition(".")[2], rest)
    flat = tuple(Ref(key) for key in _tensors(machine, values))
    others = tuple(value for value in values if machine.record(value) is None)
    if fact.relation is Relation.OTHER:
        gradients.note_plain(machine, flat)
        return UNKNOWN
    made = tensors.combine(
        machine, node, shown, (*flat, *others), dtype=fact.dtype or _common_dtype(machine, fact, flat)
    )
    if fact.name == "torch.clone" and isinstance(made, Ref) and isinstance(first, Ref):
        source = machine.tensor(first)
        record = machine.tensor(made)
        if source is not None and record is not None:
            machine.update(made, replace(record, copy_of=tensors.base_of(source, first)))
    return made


_KEEPING_DTYPE = frozenset({"torch.cat", "torch.concat", "torch.stack", "torch.hstack", "torch.vstack", "torch.flip"})


def _common_dtype(machine: Machine, fact: FunctionFact, values: tuple[Ref, ...]) -> str | None:
    """The dtype class that all tensors have, where a function keeps it."""
    if fact.name not in _KEEPING_DTYPE:
        return None
    found = {record.dtype for value in values if (record := machine.tensor(value))}
    return found.pop() if len(found) == 1 else None


def _note_initialiser(machine: Machine, ref: Ref, shown: str) -> None:
    record = machine.tensor(ref)
    if record is not None:
        machine.update(ref, replace(record, initialiser=shown))


def _parameter(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    return creation.new_parameter(machine, arguments, node)


def _variable(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    return creation.variable(machine, arguments, node)


def _buffer(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    held = arguments.get(0, "data")
    source = machine.tensor(held)
    flag = arguments.get(1, "persistent")
    overlap.note_buffer(machine, "", held, flag, node)
    filled = isinstance(held, Ref) and held.key in machine.written
    record = TensorRecord(
        Role.BUFFER,
        machine.site(node),
        machine.context.loops,
        dtype=source.dtype if source else None,
        blank=held in (None, NONE) or (source is not None and source.blank and not filled),
        persistent=True if flag is None else truth(flag),
    )
    ref = machine.allocate(record)
    machine.made_here.add(ref.key)
    return ref


def _uninitialized(machine: Machine, _arguments: Arguments, node: cst.Call) -> Value:
    return machine.allocate(
        TensorRecord(Role.PARAMETER, machine.site(node), machine.context.loops, requires_grad=True, escaped=True)
    )


def _deepcopy(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    source = arguments.get(0, "x")
    if source is None or isinstance(source, (Const, External, ClassValue)):
        return source or UNKNOWN
    templates.note_copies(machine, source, "copy.deepcopy", several=False)
    return modules.clone(machine, source)


def _copy(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`copy.copy`: a new dict of the same tensors; of other things nothing is known."""
    first = arguments.get(0, "x")
    record = machine.checkpoint(first)
    if record is not None and isinstance(first, Ref):
        return checkpoints.again(machine, first, record, node, record.held)
    return calls.call_unknown(machine, arguments)


def _save(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    checkpoints.keep(machine, arguments.get(0, "obj") or UNKNOWN, Use.SAVED, node)
    return UNKNOWN


def _partial(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    if not arguments.positional:
        return UNKNOWN
    return Partial(arguments.positional[0], replace(arguments, positional=arguments.positional[1:]))


def _grad_mode(detail: str) -> Callable[[Machine, Arguments, cst.Call], Value]:
    def make(_machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
        return Instance("grad-mode", detail)

    return make


def _set_grad_enabled(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    flag = truth(arguments.get(0, "mode") or UNKNOWN)
    return Instance("grad-mode", {True: "on", False: "off"}.get(flag, "unknown") if flag is not None else "unknown")


def _inference_mode(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    flag = arguments.get(0, "mode")
    if flag is None or truth(flag) is True:
        return Instance("grad-mode", "off")
    return Instance("grad-mode", "on" if truth(flag) is False else "unknown")


def _is_grad_enabled(machine: Machine, _arguments: Arguments, _node: cst.Call) -> Value:
    """A function that asks acts on the answer: from here on nothing is sure about its grad mode."""
    machine.context.grad = None
    return UNKNOWN


def _expects_error(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    return Instance("expects-error")


def _dataclass(_machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    init = "no-init" if arguments.keyword("init") == FALSE else "init"
    flags = [arguments.keyword(name) for name in ("unsafe_hash", "frozen")]
    unhashable = arguments.keyword("eq") in (None, TRUE) and all(flag in (None, FALSE) for flag in flags)
    return Instance("dataclass", init if unhashable and not arguments.open else f"{init}, hashable")


def _device(_machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    name = constant(arguments.get(0, "device"))
    return Instance("transparent", name.partition(":")[0] if isinstance(name, str) else "device")


def _xla_device(_machine: Machine, _arguments: Arguments, _node: cst.Call) -> Value:
    return Instance("transparent", "xla")


def _on_meta(_machine: Machine, _arguments: Arguments, _node: cst.Call) -> Value:
    return Instance("transparent", "meta")


def _context(_machine: Machine, _arguments: Arguments, _node: cst.Call) -> Value:
    return Instance("transparent")


def _same(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    """Functions that give back (something that behaves like) what they are given."""
    return arguments.positional[0] if arguments.positional else Instance("transparent")


def _container(kind: str) -> Callable[[Machine, Arguments, cst.Call], Value]:
    def make(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
        return builtin_calls.call(machine, kind, arguments, node)

    return make


def _defaultdict(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    return machine.allocate(ContainerRecord("dict", machine.site(node), machine.context.loops, rest=(UNKNOWN,)))


def _deque(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    return builtin_calls.call(machine, "list", replace(arguments, keywords=()), node)


def _repeat(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`itertools.repeat(object, times)`."""
    element = arguments.get(0, "object")
    count = constant(arguments.get(1, "times"))
    if element is None:
        return UNKNOWN
    spelling = "name"
    repeats = () if count == 1 else (Repeat(machine.site(node), spelling, element, machine.text(node.args[0].value)),)
    record = ContainerRecord("generator", machine.site(node), machine.context.loops, rest=(element,), repeats=repeats)
    return machine.allocate(record)


def _chain(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    found = [containers.iterate(machine, value) for value in arguments.positional]
    rest = dict.fromkeys(value for elements in found for value in (*elements.items, *elements.rest))
    wholes = tuple(whole for elements in found for whole in elements.wholes)
    site, loops = machine.site(node), machine.context.loops
    return machine.allocate(ContainerRecord("generator", site, loops, rest=tuple(rest), wholes=wholes))


_HANDLERS: dict[str, Callable[[Machine, Arguments, cst.Call], Value]] = {
    "torch.nn.Parameter": _parameter,
    "torch.nn.Buffer": _buffer,
    "torch.nn.UninitializedParameter": _uninitialized,
    "torch.nn.parameter.UninitializedParameter": _uninitialized,
    "torch.autograd.Variable": _variable,
    "copy.deepcopy": _deepcopy,
    "copy.copy": _copy,
    "torch.save": _save,
    "safetensors.torch.save_file": saving.save,
    "safetensors.torch.save": saving.save,
    "functools.partial": _partial,
    "torch.no_grad": _grad_mode("off"),
    "torch.autograd.no_grad": _grad_mode("off"),
    "torch.autograd.grad_mode.no_grad": _grad_mode("off"),
    "torch.enable_grad": _grad_mode("on"),
    "torch.inference_mode": _inference_mode,
    "torch.set_grad_enabled": _set_grad_enabled,
    "torch.is_grad_enabled": _is_grad_enabled,
    "pytest.raises": _expects_error,
    "contextlib.suppress": _expects_error,
    "dataclasses.dataclass": _dataclass,
    "torch.autocast": _context,
    "torch.amp.autocast": _context,
    "torch.cuda.amp.autocast": _context,
    "torch.device": _device,
    "torch_xla.device": _xla_device,
    "torch_xla.core.xla_model.xla_device": _xla_device,
    "accelerate.init_empty_weights": _on_meta,
    "accelerate.big_modeling.init_empty_weights": _on_meta,
    "warnings.catch_warnings": _context,
    "functools.wraps": _context,
    "functools.lru_cache": _context,
    "torch.jit.script": _same,
    "torch.compile": _same,
    "torch.compiler.disable": _same,
    "collections.OrderedDict": _container("dict"),
    "collections.defaultdict": _defaultdict,
    "collections.deque": _deque,
    "itertools.repeat": _repeat,
    "itertools.chain": _chain,
}
