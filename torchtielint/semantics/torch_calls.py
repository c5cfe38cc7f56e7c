"""Calls of what torch, Python and well-known libraries define, by canonical name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from torchtielint.semantics import (
    builtin_calls,
    calls,
    containers,
    module_calls,
    modules,
    reparametrizations,
    sharing,
    tensors,
)
from torchtielint.semantics.definitions import FOREIGN_MODULES, ClassModel
from torchtielint.semantics.facts import ContainerMisuse, Misuse
from torchtielint.semantics.records import (
    ContainerRecord,
    ModuleRecord,
    Repeat,
    Role,
    Slot,
    SlotKind,
    TensorRecord,
    View,
)
from torchtielint.semantics.values import (
    FALSE,
    NONE,
    NOT_CONSTANT,
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
    is_unknown,
    members,
    truth,
)
from torchtielint.torch_facts import FunctionFact, FunctionKind, ModuleFact, Relation, load

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.containers import Elements
    from torchtielint.semantics.machine import Machine


def call(machine: Machine, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """Call something from outside the project."""
    if name.startswith("builtins."):
        return builtin_calls.call(machine, name.removeprefix("builtins."), arguments, node)
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(machine, arguments, node)
    facts = load()
    module = facts.module(name)
    if module is not None:
        return make_module(machine, module, arguments, node)
    reparametrization = facts.reparametrization(name)
    if reparametrization is not None:
        return reparametrizations.apply(machine, reparametrization, arguments, node)
    function = facts.function(name)
    if function is not None and function.kind is not FunctionKind.OTHER:
        return _tensor_function(machine, function, arguments, node)
    if name in facts.tensor_types:
        return tensors.factory(machine, name, facts.tensor_types[name], arguments, node)
    if name in facts.optimizers or name in _GRADIENT_TAKERS or name.startswith("torch.optim."):
        _note_optimised(machine, arguments.all())
        return Instance("optimizer", name)
    return _call_other(machine, name, arguments, node)


_GRADIENT_TAKERS = frozenset({"torch.autograd.grad", "torch.autograd.functional.jacobian", "torch.autograd.backward"})
# Outside code that keeps and changes nothing that it is given.
_PURE = ("math.", "logging.", "warnings.", "numpy.", "os.", "sys.", "time.", "typing.", "re.", "json.", "random.",
         "collections.namedtuple", "einops.", "inspect.", "contextlib.", "scipy.")  # fmt: skip


def _call_other(machine: Machine, name: str, arguments: Arguments, node: cst.Call) -> Value:
    owner, _, method = name.rpartition(".")
    first = arguments.positional[0] if arguments.positional else None
    if load().module(owner) is not None or owner in FOREIGN_MODULES:
        if method == "__init__" and isinstance(first, Ref) and machine.module(first):
            rest = replace(arguments, positional=arguments.positional[1:])
            return module_calls.initialise(machine, first, owner, rest, node)
        if method == "from_pretrained" and owner == "torch.nn.Embedding":
            return _embedding_from(machine, arguments, node)
        if isinstance(first, Ref) and machine.module(first):
            rest = replace(arguments, positional=arguments.positional[1:])
            return calls.call(machine, BuiltinMethod(first, method), rest, node)
    if method == "__init__" and isinstance(first, Ref):
        record = machine.module(first)
        if record is not None:
            machine.update(first, replace(record, initialised=None, open=True))
    if name.startswith("einops.") and any(machine.tensor(value) for value in arguments.all()):
        return tensors.combine(machine, node, f"`{method}()`", arguments.all())
    if owner == "torch.Tensor" and isinstance(first, Ref) and machine.tensor(first):
        rest = replace(arguments, positional=arguments.positional[1:])
        return tensors.call_method(machine, first, method, rest, node)
    if name.startswith("torch."):
        for key in _tensors(machine, arguments.all()):
            tensors.note_use(machine, Ref(key), detached=True)
        if not name.startswith(_TORCH_KEEPERS):
            return UNKNOWN
    if name.startswith(_PURE):
        return Instance("numpy.ndarray") if name in _ARRAYS else UNKNOWN
    return calls.call_unknown(machine, arguments)


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


def make_module(machine: Machine, fact: ModuleFact, arguments: Arguments, node: cst.Call) -> Value:
    """The constructor of one of torch's modules."""
    record = ModuleRecord(fact.name, machine.site(node), machine.context.loops, arguments)
    ref = machine.allocate(record)
    machine.created.append(ref.key)
    if fact.container is not None:
        machine.update(ref, replace(record, slots={}))
        fill_container(machine, ref, fact.container, arguments, node)
        return ref
    weight = arguments.keyword("_weight")
    if weight is not None and isinstance(weight, Ref) and machine.tensor(weight):
        _alias_weight(machine, ref, weight, node)
    for value in arguments.all():
        for member in members(value):
            if (
                machine.module(member)
                and "TransformerEncoder" not in fact.name
                and "TransformerDecoder" not in fact.name
            ):
                modules.register_unnamed(machine, ref, member)
    return ref


def _alias_weight(machine: Machine, ref: Ref, weight: Ref, node: cst.Call) -> None:
    """A module built over an existing tensor: a new Parameter over its memory."""
    held = modules.slots(machine, ref)
    source = machine.tensor(weight)
    record = machine.module(ref)
    if source is None or record is None or "weight" not in held:
        return
    shown = source.view if source.view is not None and source.role is Role.TENSOR else View(weight.key)
    made = TensorRecord(
        Role.PARAMETER,
        machine.site(node),
        machine.context.loops,
        view=shown if source.same_as is None and source.copy_of is None else None,
        copy_of=source.copy_of,
        requires_grad=True,
        dtype="float",
    )
    machine.update(ref, record.with_slot("weight", Slot(SlotKind.PARAMETER, machine.allocate(made))))


def _embedding_from(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`nn.Embedding.from_pretrained(embeddings, freeze=True)`."""
    record = ModuleRecord("torch.nn.Embedding", machine.site(node), machine.context.loops, Arguments(open=True))
    ref = machine.allocate(record)
    machine.created.append(ref.key)
    weight = arguments.get(0, "embeddings")
    freeze = arguments.get(1, "freeze")
    frozen = truth(freeze) if freeze is not None else True
    if isinstance(weight, Ref) and machine.tensor(weight):
        _alias_weight(machine, ref, weight, node)
    tensors.set_requires_grad(
        machine, modules.slots(machine, ref)["weight"].value, UNKNOWN if frozen is None else Const.of(not frozen)
    )
    return ref


def fill_container(machine: Machine, ref: Ref, kind: str, arguments: Arguments, node: cst.CSTNode) -> None:
    """Give a container module its elements, and report what it rejects."""
    for value in arguments.all():
        sharing.consume(machine, value)
    if kind == "Sequential" and not _is_mapping(machine, arguments):
        elements = _sequential(machine, arguments, node)
    else:
        elements = _iterable_argument(machine, kind, arguments, node)
    if elements is None:
        return
    record = machine.module(ref)
    if record is not None:
        items = tuple(as_element(machine, kind, item, node) for item in elements.items)
        rest = tuple(as_element(machine, kind, item, node) for item in elements.rest)
        machine.update(ref, replace(record, items=record.items + items, rest=record.rest + rest))


def _is_mapping(machine: Machine, arguments: Arguments) -> bool:
    if len(arguments.positional) != 1 or arguments.open:
        return False
    record = machine.container(arguments.positional[0])
    return record is not None and record.kind == "dict"


def _sequential(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Elements | None:
    record = machine.container(arguments.positional[0]) if len(arguments.positional) == 1 else None
    if record is not None and not arguments.open:
        _misuse(machine, node, "nn.Sequential", Misuse.LIST_ARGUMENT, record.kind)
        return None
    if arguments.open:
        return containers.Elements((), arguments.positional or (UNKNOWN,))
    return containers.Elements(arguments.positional, known=True)


_ARGUMENT_NAMES = {
    "ModuleList": "modules",
    "ModuleDict": "modules",
    "ParameterList": "values",
    "ParameterDict": "parameters",
}


def _iterable_argument(machine: Machine, kind: str, arguments: Arguments, node: cst.CSTNode) -> Elements | None:
    shown = f"nn.{kind}"
    if len(arguments.positional) > 1 and not arguments.open:
        _misuse(machine, node, shown, Misuse.SEVERAL_ARGUMENTS, str(len(arguments.positional)))
        return None
    source = arguments.get(0, _ARGUMENT_NAMES.get(kind, "args"))
    if source is None:
        return None
    module = machine.module(source)
    if module is not None and kind == "ModuleList" and not _is_iterable(module):
        _misuse(machine, node, shown, Misuse.MODULE_ARGUMENT, modules.class_name(module))
        return None
    if kind in ("ModuleDict", "ParameterDict"):
        record = machine.container(source)
        if record is not None and record.kind == "dict":
            bad = [key for key in record.keys if isinstance(key, Const) and not isinstance(key.value, str)]
            if bad:
                _misuse(machine, node, shown, Misuse.NON_STRING_KEY, repr(constant(bad[0])))
    return containers.iterate(machine, source, values=True)


def _is_iterable(record: ModuleRecord) -> bool:
    if modules.container_kind(record) is not None:
        return True
    return isinstance(record.cls, ClassModel) and (not record.cls.complete or record.cls.find("__iter__") is not None)


def _misuse(machine: Machine, node: cst.CSTNode, container: str, misuse: Misuse, detail: str) -> None:
    if not {"TypeError", "Exception"} & set(machine.context.caught):
        machine.emit(ContainerMisuse(machine.site(node), container, misuse, detail))


def as_element(machine: Machine, kind: str, item: Value, node: cst.CSTNode) -> Value:
    """What a container makes of an element: ParameterList wraps plain tensors into Parameters over their memory."""
    record = machine.tensor(item)
    takes_tensors = kind in ("ParameterList", "ParameterDict")
    if not takes_tensors or record is None or not isinstance(item, Ref) or record.role is not Role.TENSOR:
        return item
    shown = record.view or View(item.key)
    return machine.allocate(
        TensorRecord(
            Role.PARAMETER,
            machine.site(node),
            machine.context.loops,
            view=shown if record.same_as is None else None,
            requires_grad=True,
            dtype=record.dtype,
        )
    )


def _tensor_function(machine: Machine, fact: FunctionFact, arguments: Arguments, node: cst.Call) -> Value:
    """A function of `torch`, `torch.nn.functional` or `torch.nn.init`."""
    if fact.kind is FunctionKind.FACTORY:
        return tensors.factory(machine, fact.name, fact.dtype, arguments, node)
    values = arguments.all()
    if not _tensors(machine, values):
        return UNKNOWN
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
        return tensors.view(machine, node, first, shown, transposed=fact.relation is Relation.TRANSPOSED_VIEW)
    flat = tuple(Ref(key) for key in _tensors(machine, values))
    others = tuple(value for value in values if machine.record(value) is None)
    if fact.relation is Relation.OTHER:
        return UNKNOWN
    made = tensors.combine(machine, node, shown, (*flat, *others), dtype=fact.dtype)
    if fact.name == "torch.clone" and isinstance(made, Ref) and isinstance(first, Ref):
        source = machine.tensor(first)
        record = machine.tensor(made)
        if source is not None and record is not None:
            machine.update(made, replace(record, copy_of=tensors.base_of(source, first)))
    return made


def _note_initialiser(machine: Machine, ref: Ref, shown: str) -> None:
    record = machine.tensor(ref)
    if record is not None:
        machine.update(ref, replace(record, initialiser=shown))


def _parameter(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    return tensors.new_parameter(machine, arguments, node)


def _buffer(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    source = machine.tensor(arguments.get(0, "data"))
    record = TensorRecord(
        Role.BUFFER, machine.site(node), machine.context.loops, dtype=source.dtype if source else None
    )
    return machine.allocate(record)


def _uninitialized(machine: Machine, _arguments: Arguments, node: cst.Call) -> Value:
    return machine.allocate(
        TensorRecord(Role.PARAMETER, machine.site(node), machine.context.loops, requires_grad=True, escaped=True)
    )


def _deepcopy(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    source = arguments.get(0, "x")
    if source is None or isinstance(source, (Const, External, ClassValue)):
        return source or UNKNOWN
    return modules.clone(machine, source)


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
    return Instance("dataclass", "no-init" if arguments.keyword("init") == FALSE else "init")


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
    rest: list[Value] = []
    for value in arguments.positional:
        elements = containers.iterate(machine, value)
        rest.extend((*elements.items, *elements.rest))
    return machine.allocate(
        ContainerRecord("generator", machine.site(node), machine.context.loops, rest=tuple(dict.fromkeys(rest)))
    )


def is_instance(machine: Machine, value: Value, wanted: Value) -> bool | None:
    """Whether `isinstance(value, wanted)`, where that is known."""
    record = machine.container(wanted)
    if record is not None:
        answers = [is_instance(machine, value, item) for item in record.elements()]
        if True in answers:
            return True
        return None if None in answers or record.rest else False
    answers_by_member = {_is_instance(machine, member, wanted) for member in members(value)}
    return answers_by_member.pop() if len(answers_by_member) == 1 else None


def _is_instance(machine: Machine, value: Value, wanted: Value) -> bool | None:
    if isinstance(value, Const):
        name = wanted.name if isinstance(wanted, External) else ""
        if name.startswith("builtins."):
            return any(f"builtins.{base.__name__}" == name for base in type(value.value).__mro__)
        return False if is_class(wanted) else None
    found = machine.record(value)
    match found:
        case ModuleRecord(cls=cls):
            return _module_is(cls, wanted)
        case TensorRecord(role=role):
            if isinstance(wanted, External):
                is_parameter = role is Role.PARAMETER
                known = {"torch.Tensor": True, "torch.nn.Parameter": is_parameter}
                return known.get(wanted.name, False if load().module(wanted.name) else None)
        case ContainerRecord(kind=kind):
            if isinstance(wanted, External) and wanted.name.startswith("builtins."):
                return wanted.name == f"builtins.{kind}" if kind in ("list", "tuple", "dict", "set") else None
            return False if is_class(wanted) else None
    return None


def is_class(wanted: Value) -> bool:
    """Whether a value is a class of modules or tensors that is known."""
    if isinstance(wanted, ClassValue):
        return True
    return isinstance(wanted, External) and (
        wanted.name in ("torch.Tensor", "torch.nn.Parameter") or load().module(wanted.name) is not None
    )


def _module_is(cls: ClassModel | str, wanted: Value) -> bool | None:
    if isinstance(cls, ClassModel):
        target = (
            wanted.model if isinstance(wanted, ClassValue) else wanted.name if isinstance(wanted, External) else None
        )
        if target is None:
            return None
        if target in cls.mro():
            return True
        return False if cls.complete and is_class(wanted) else None
    if isinstance(wanted, ClassValue):
        return False
    if not isinstance(wanted, External) or not is_class(wanted):
        return None
    fact = load().module(cls)
    return None if fact is None else wanted.name == cls or wanted.name in fact.bases


def type_of(machine: Machine, value: Value) -> Value:
    """`type(value)`."""
    record = machine.module(value)
    if record is not None and isinstance(value, Ref):
        if "parametrizations" in (record.slots or {}):
            return Instance("class", "parametrized")
        return ClassValue(record.cls) if isinstance(record.cls, ClassModel) else External(record.cls)
    known = machine.instance(value)
    if known is not None:
        return ClassValue(known.cls)
    literal = constant(value)
    return UNKNOWN if literal is NOT_CONSTANT or is_unknown(value) else External(f"builtins.{type(literal).__name__}")


_HANDLERS: dict[str, Callable[[Machine, Arguments, cst.Call], Value]] = {
    "torch.nn.Parameter": _parameter,
    "torch.nn.Buffer": _buffer,
    "torch.nn.UninitializedParameter": _uninitialized,
    "torch.nn.parameter.UninitializedParameter": _uninitialized,
    "torch.autograd.Variable": lambda machine, arguments, node: tensors.variable(machine, arguments, node),
    "copy.deepcopy": _deepcopy,
    "copy.copy": lambda machine, arguments, node: calls.call_unknown(machine, arguments),
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
    "torch.device": _context,
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

__all__ = ["NONE", "as_element", "call", "fill_container", "is_instance", "make_module", "type_of"]
