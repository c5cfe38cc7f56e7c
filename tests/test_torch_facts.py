"""The facts about torch are what the installed torch does."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from torchtielint.torch_facts import UNKNOWN, Action, Family, FunctionKind, Presence, Relation, TensorKind, load

ROOT = Path(__file__).resolve().parent.parent
FACTS = load()

# Class, positional arguments, keyword arguments: other numbers and combinations than the generator tries.
CONSTRUCTIONS = [
    ("Linear", (6, 10), {}),
    ("Linear", (6, 10), {"bias": False}),
    ("Linear", (6, 10), {"bias": 0}),
    ("Bilinear", (3, 5, 8), {}),
    ("Bilinear", (3, 5, 8), {"bias": False}),
    ("Identity", (), {}),
    ("Embedding", (9, 4), {}),
    ("Embedding", (9, 4, 2), {}),
    ("EmbeddingBag", (9, 4), {"mode": "sum", "include_last_offset": True}),
    ("Conv1d", (4, 6, 3), {}),
    ("Conv1d", (4, 6, (3,)), {"groups": 2}),
    ("Conv2d", (4, 6, 3), {"padding": 1}),
    ("Conv2d", (4, 6, (3, 7)), {"bias": False}),
    ("Conv2d", (4, 8, [5, 1]), {"groups": 4, "padding_mode": "zeros"}),
    ("Conv3d", (4, 6, (3, 5, 7)), {}),
    ("Conv3d", (4, 6, 2), {"groups": 2}),
    ("ConvTranspose1d", (4, 6, 3), {}),
    ("ConvTranspose2d", (4, 6, (3, 7)), {"groups": 2}),
    ("ConvTranspose3d", (4, 6, 3), {"bias": False}),
    *(
        (f"{family}Norm{rank}d", (5,), {"affine": affine, "track_running_stats": track})
        for family in ("Batch", "Instance")
        for rank in (1, 2, 3)
        for affine in (True, False)
        for track in (True, False)
    ),
    ("BatchNorm2d", (5,), {"bias": False}),
    ("BatchNorm2d", (5,), {"affine": False, "bias": True}),
    ("InstanceNorm2d", (5,), {}),
    ("SyncBatchNorm", (5,), {}),
    ("GroupNorm", (2, 8), {}),
    ("GroupNorm", (2, 8), {"affine": False}),
    ("LayerNorm", (7,), {}),
    ("LayerNorm", ((7, 3),), {}),
    ("LayerNorm", ([7, 3, 2],), {"bias": False}),
    ("LayerNorm", (7,), {"elementwise_affine": False}),
    ("RMSNorm", (7,), {}),
    ("RMSNorm", ((7, 3),), {}),
    ("RMSNorm", (7,), {"elementwise_affine": False}),
    ("PReLU", (), {}),
    ("PReLU", (6,), {}),
    *(
        (
            cls,
            (5, 8),
            {"num_layers": layers, "bias": bias, "bidirectional": both, "batch_first": both},
        )
        for cls in ("RNN", "GRU", "LSTM")
        for layers in (1, 2, 4)
        for bias in (True, False)
        for both in (True, False)
    ),
    ("LSTM", (5, 8), {"proj_size": 3}),
    ("LSTM", (5, 8, 2), {"proj_size": 3, "bidirectional": True}),
    ("LSTM", (5, 8, 3), {"proj_size": 3, "bidirectional": True, "bias": False}),
    ("RNN", (5, 8), {"nonlinearity": "relu"}),
    *((f"{cls}Cell", (5, 8), {"bias": bias}) for cls in ("RNN", "GRU", "LSTM") for bias in (True, False)),
    ("MultiheadAttention", (8, 4), {}),
    ("MultiheadAttention", (8, 4), {"bias": False, "add_bias_kv": True}),
    ("MultiheadAttention", (8, 4), {"kdim": 8, "vdim": 8}),
    ("MultiheadAttention", (8, 4), {"kdim": 3}),
    ("MultiheadAttention", (8, 4), {"vdim": 5, "add_bias_kv": True}),
    ("MultiheadAttention", (8, 4), {"kdim": 3, "vdim": 5, "bias": False}),
    ("TransformerEncoderLayer", (8, 4), {}),
    ("TransformerDecoderLayer", (8, 4), {"bias": False}),
    ("Transformer", (8, 2, 1, 1, 16), {}),
    ("AdaptiveLogSoftmaxWithLoss", (64, 20, [5, 10]), {}),
    ("AdaptiveLogSoftmaxWithLoss", (64, 20, [5]), {"head_bias": True}),
    ("CrossEntropyLoss", (), {}),
    ("BCEWithLogitsLoss", (), {}),
    ("MSELoss", (), {}),
    ("LinearCrossEntropyLoss", (5, 7), {}),
    ("Dropout", (0.3,), {}),
    ("ReLU", (), {}),
    ("Flatten", (), {}),
    ("MaxPool2d", (3,), {}),
    ("Upsample", (), {"scale_factor": 2}),
    ("LazyLinear", (6,), {}),
    ("LazyConv2d", (6, 3), {"bias": False}),
    ("LazyBatchNorm2d", (), {}),
    ("LazyBatchNorm2d", (), {"affine": False}),
]


def bound(name, args, kwargs):
    """The arguments by name, as the interpreter hands them over."""
    names = [argument.name for argument in FACTS.module(f"torch.nn.{name}").arguments]
    return dict(zip(names, args, strict=False)) | kwargs


def registered(module):
    """What a module itself registers: kind, whether it has a tensor, shape, persistence."""
    found = {}
    for kind, slots in ((TensorKind.PARAMETER, module._parameters), (TensorKind.BUFFER, module._buffers)):
        for name, tensor in slots.items():
            uninitialized = isinstance(tensor, nn.parameter.UninitializedTensorMixin)
            shape = None if tensor is None or uninitialized else tuple(tensor.shape)
            persistent = name not in module._non_persistent_buffers_set
            found[name] = (kind, Presence.NONE if tensor is None else Presence.PRESENT, shape, persistent)
    return found


def evaluated(fact, arguments):
    """A predicted shape in numbers, by the arguments and the defaults of the class."""
    return None if fact is None else tuple(eval(entry, {}, dict(arguments)) for entry in fact)


@pytest.mark.parametrize(("name", "args", "kwargs"), CONSTRUCTIONS, ids=str)
@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
def test_a_module_registers_what_the_facts_say(name, args, kwargs):
    """Names, kinds, presence, shapes and persistence, for known arguments."""
    cls = FACTS.module(f"torch.nn.{name}")
    arguments = bound(name, args, kwargs)
    defaults = {argument.name: argument.default for argument in cls.arguments if argument.has_default}
    expected = registered(getattr(nn, name)(*args, **kwargs))
    predicted = {
        fact.name: (fact.kind, fact.presence, evaluated(fact.shape, defaults | arguments), fact.persistent)
        for fact in cls.tensors(arguments)
    }
    assert expected == predicted
    assert not cls.open(arguments)


@pytest.mark.parametrize(("name", "args", "kwargs"), CONSTRUCTIONS, ids=str)
@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
def test_a_module_is_of_the_kind_that_the_facts_say(name, args, kwargs):
    """Bases, children, and whether there are tensors or lazy ones at all."""
    cls = FACTS.module(f"torch.nn.{name}")
    module = getattr(nn, name)(*args, **kwargs)
    children = {(child, FACTS.canonical(spelled(type(value)))) for child, value in module.named_children()}
    assert set(cls.children) <= children
    assert cls.children_open or set(cls.children) == children
    has_tensors = any(each._parameters or each._buffers for each in module.modules())
    assert cls.has_parameters or not has_tensors
    assert cls.lazy == isinstance(module, nn.modules.lazy.LazyModuleMixin)
    mro = type(module).__mro__[1 : type(module).__mro__.index(nn.Module) + 1]
    assert [resolved(base) for base in cls.bases] == [base for base in mro if base.__module__.startswith("torch")]


def spelled(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def resolved(name):
    """The object behind a dotted name, as an import statement finds it."""
    module, _, last = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), last)
    except ImportError:
        return getattr(resolved(module), last)


SWITCHED = [
    ("Linear", {"in_features": 3, "out_features": 5}, {"bias": (True, False)}),
    ("Conv2d", {"in_channels": 4, "out_channels": 6, "kernel_size": 3}, {"bias": (True, False)}),
    ("LayerNorm", {"normalized_shape": 3}, {"elementwise_affine": (True, False), "bias": (True, False)}),
    ("BatchNorm1d", {"num_features": 3}, {"affine": (True, False), "track_running_stats": (True, False)}),
    ("GRU", {"input_size": 3, "hidden_size": 5}, {"bias": (True, False), "bidirectional": (True, False)}),
    ("LSTM", {"input_size": 3, "hidden_size": 5}, {"proj_size": (0, 2), "bidirectional": (True, False)}),
    ("MultiheadAttention", {"embed_dim": 8, "num_heads": 2}, {"kdim": (None, 8, 3), "vdim": (None, 5)}),
    ("MultiheadAttention", {"embed_dim": 8, "num_heads": 2}, {"bias": (True, False), "add_bias_kv": (True, False)}),
    ("CrossEntropyLoss", {}, {"weight": (None, torch.ones(3))}),
    ("Dropout", {}, {"p": (0.1, 0.9)}),
]


@pytest.mark.parametrize(("name", "given", "switches"), SWITCHED, ids=str)
def test_an_unknown_argument_makes_maybe_exactly_where_it_matters(name, given, switches):
    """A slot is MAYBE if and only if the values that the argument can have disagree about it."""
    for unknown in itertools.chain.from_iterable(
        itertools.combinations(switches, count) for count in range(len(switches) + 1)
    ):
        fixed = {other: values[0] for other, values in switches.items() if other not in unknown}
        choices = itertools.product(*(switches[other] for other in unknown))
        built = [getattr(nn, name)(**given, **fixed, **dict(zip(unknown, choice, strict=True))) for choice in choices]
        seen = [{slot: facts[1] for slot, facts in registered(module).items()} for module in built]
        expected = {}
        for slot in set().union(*seen):
            outcomes = {each.get(slot) for each in seen}
            expected[slot] = outcomes.pop() if len(outcomes) == 1 else Presence.MAYBE
        predicted = FACTS.module(f"torch.nn.{name}").tensors(given | fixed | dict.fromkeys(unknown, UNKNOWN))
        assert expected == {fact.name: fact.presence for fact in predicted}


def test_an_unknown_number_of_layers_gives_layer_zero_and_leaves_the_module_open():
    lstm = FACTS.module("torch.nn.LSTM")
    arguments = {"input_size": 3, "hidden_size": 4, "num_layers": UNKNOWN}
    assert [fact.name for fact in lstm.tensors(arguments)] == [name for name, _ in nn.LSTM(3, 4).named_parameters()]
    assert {fact.presence for fact in lstm.tensors(arguments)} == {Presence.PRESENT}
    assert lstm.open(arguments)
    assert lstm.open({"num_layers": 10**9})
    assert len(lstm.tensors({"num_layers": 10**9})) == 4


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Linear", {"in_features": UNKNOWN, "out_features": UNKNOWN}, ("out_features", "in_features")),
        ("BatchNorm1d", {"num_features": UNKNOWN}, ("num_features",)),
        ("LayerNorm", {"normalized_shape": UNKNOWN}, None),
        ("LayerNorm", {"normalized_shape": (3, UNKNOWN)}, ("3", "normalized_shape[1]")),
        ("Conv2d", {"kernel_size": UNKNOWN}, ("out_channels", "in_channels", "kernel_size", "kernel_size")),
        (
            "Conv2d",
            {"kernel_size": 1, "groups": UNKNOWN},
            ("out_channels", "in_channels // groups", *["kernel_size"] * 2),
        ),
        ("Conv2d", {"kernel_size": (1, UNKNOWN)}, ("out_channels", "in_channels", "1", "kernel_size[1]")),
        ("Conv2d", {"kernel_size": (3,)}, None),
    ],
    ids=str,
)
def test_shapes_are_expressions_over_what_is_not_known(name, arguments, shape):
    assert FACTS.module(f"torch.nn.{name}").tensors(arguments)[0].shape == shape


def test_the_shape_of_one_slot_is_unknown_where_an_unknown_switch_changes_it():
    lstm = FACTS.module("torch.nn.LSTM")
    shapes = {fact.name: fact.shape for fact in lstm.tensors({"proj_size": UNKNOWN})}
    assert shapes["weight_ih_l0"] == ("4 * hidden_size", "input_size")
    assert shapes["weight_hh_l0"] is None
    assert shapes["weight_hr_l0"] == ("proj_size", "hidden_size")


def test_every_public_module_class_of_torch_nn_is_known_with_its_signature():
    classes = {name: cls for name, cls in vars(nn).items() if isinstance(cls, type) and issubclass(cls, nn.Module)}
    assert classes
    assert [name for name in classes if FACTS.module(f"torch.nn.{name}") is None] == []
    assert [argument.name for argument in FACTS.module("torch.nn.LSTM").arguments][:3] == [
        "input_size",
        "hidden_size",
        "num_layers",
    ]
    assert FACTS.module("torch.nn.Sequential").varargs
    assert not FACTS.module("torch.nn.ModuleList").varargs
    assert [a.name for a in FACTS.module("torch.nn.BatchNorm1d").arguments if a.keyword_only] == ["bias"]


def test_bases_and_children_are_known_classes():
    for cls in map(FACTS.module, FACTS.module_names()):
        others = [*cls.bases, *(child for _, child in cls.children)]
        assert [name for name in others if FACTS.module(name) is None and not is_mixin(name)] == []
        assert cls.bases[-1:] == (() if cls.name == "torch.nn.Module" else ("torch.nn.Module",))


def is_mixin(name):
    return not issubclass(resolved(name), nn.Module)


def test_containers_are_named_and_open():
    for name in ("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"):
        cls = FACTS.module(f"torch.nn.{name}")
        assert cls.container == name
        assert cls.has_parameters
        assert cls.children_open == (not name.startswith("Parameter"))
        assert cls.open({}) == name.startswith("Parameter")
    assert FACTS.module("torch.nn.Linear").container is None


MODES = [
    (lambda: nn.Dropout(0.5), (torch.ones(4, 50),)),
    (lambda: nn.Dropout2d(0.5), (torch.ones(4, 50, 3, 3),)),
    (lambda: nn.AlphaDropout(0.5), (torch.ones(4, 50),)),
    (lambda: nn.FeatureAlphaDropout(0.5), (torch.ones(4, 50, 3),)),
    (nn.RReLU, (-torch.ones(4, 50),)),
    (lambda: nn.BatchNorm1d(50), (torch.rand(4, 50),)),
    (lambda: nn.InstanceNorm1d(3, track_running_stats=True), (torch.rand(4, 3, 5),)),
    (lambda: nn.MultiheadAttention(8, 2, dropout=0.5), (torch.rand(5, 3, 8),) * 3),
    (lambda: nn.LSTM(4, 5, 2, dropout=0.5), (torch.rand(5, 3, 4),)),
    (lambda: nn.TransformerEncoderLayer(8, 2, dropout=0.5), (torch.rand(5, 3, 8),)),
    (lambda: nn.Linear(4, 5), (torch.rand(3, 4),)),
    (lambda: nn.LayerNorm(4), (torch.rand(3, 4),)),
    (lambda: nn.GroupNorm(2, 4), (torch.rand(3, 4),)),
    (nn.ReLU, (torch.rand(3, 4),)),
    (nn.LeakyReLU, (-torch.rand(3, 4),)),
    (lambda: nn.Conv1d(4, 5, 1), (torch.rand(3, 4, 2),)),
    (lambda: nn.GRUCell(4, 5), (torch.rand(3, 4),)),
    (lambda: nn.Softmax(0), (torch.rand(3, 4),)),
    (lambda: nn.MaxPool1d(2), (torch.rand(3, 4, 2),)),
]


@pytest.mark.parametrize(("make", "inputs"), MODES)
def test_modules_with_a_mode_compute_something_else_in_training(make, inputs):
    module = make()
    outputs = []
    for training in (True, False):
        torch.manual_seed(1)
        result = module.train(training)(*inputs)
        outputs.append(result[0] if isinstance(result, tuple) else result)
    differs = not torch.allclose(*outputs)
    assert FACTS.module(f"torch.nn.{type(module).__name__}").has_mode == differs


def relation_of(result, parameter, version):
    """How a result relates to the parameter, by identity, memory, layout and gradient."""
    if not isinstance(result, torch.Tensor):
        return Relation.OTHER
    if result is parameter:
        return Relation.INPLACE if parameter._version != version else Relation.SELF
    if result.untyped_storage().data_ptr() != parameter.untyped_storage().data_ptr():
        return Relation.COPY
    if not result.requires_grad:
        return Relation.DATA
    swapped = sorted(result.stride()) == sorted(parameter.stride()) and result.stride() != parameter.stride()
    return Relation.TRANSPOSED_VIEW if swapped else Relation.VIEW


METHOD_CALLS = [
    *((name, ()) for name in ("t", "adjoint", "clone", "exp", "sum", "detach", "flatten", "ravel", "squeeze", "numel")),
    *((name, ()) for name in ("zero_", "normal_", "uniform_", "requires_grad_", "share_memory_", "dim", "tolist")),
    ("argmax", ()), ("is_contiguous", ()), ("nonzero", ()), ("cumsum", (0,)), ("norm", ()), ("new_full", ((2,), 1.0)),
    ("transpose", (0, 1)), ("permute", (1, 0)), ("swapaxes", (0, 1)), ("movedim", (0, 1)), ("view", (12,)),
    ("reshape", (2, 6)), ("expand", (2, 3, 4)), ("unsqueeze", (0,)), ("narrow", (0, 0, 2)), ("select", (0, 1)),
    ("diagonal", ()), ("unfold", (0, 2, 1)), ("view_as", (torch.ones(12),)), ("repeat", (2, 1)), ("mul", (2,)),
    ("matmul", (torch.ones(4, 2),)), ("index_select", (0, torch.tensor([0]))), ("bernoulli_", (0.5,)),
    ("masked_fill", (torch.ones(3, 4) > 0, 0)), ("masked_fill_", (torch.ones(3, 4) > 0, 0)), ("clamp_", (0, 1)),
    ("copy_", (torch.ones(3, 4),)), ("fill_", (1.0,)), ("add_", (1,)), ("mul_", (2,)), ("div_", (2,)), ("flip", (0,)),
    ("index_fill_", (0, torch.tensor([0]), 1.0)), ("lerp_", (torch.ones(3, 4), 0.5)), ("roll", (1,)), ("eq", (1,)),
    ("addcmul_", (torch.ones(3, 4), torch.ones(3, 4))), ("addr_", (torch.ones(3), torch.ones(4))), ("size", ()),
    ("new_zeros", (3,)), ("softmax", (0,)), ("tril", ()), ("T", None), ("mT", None), ("H", None), ("data", None),
    ("shape", None), ("device", None), ("is_leaf", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), METHOD_CALLS, ids=str)
def test_a_method_relates_its_result_to_a_parameter_as_the_facts_say(name, arguments):
    parameter = nn.Parameter(torch.rand(3, 4))
    version = parameter._version
    with torch.set_grad_enabled(not name.endswith("_")):
        attribute = getattr(parameter, name)
        result = attribute if arguments is None else attribute(*arguments)
    fact = FACTS.method(name)
    seen = relation_of(result, parameter, version)
    # on a matrix, `flatten` makes a view; the fact also covers vectors, of which it is the identity
    assert (
        (fact.relation, seen) == (Relation.SAME_WHEN_NOOP, Relation.VIEW)
        if name == "flatten"
        else fact.relation is seen
    )
    if fact.relation not in {Relation.INPLACE, Relation.SELF, Relation.OTHER}:
        assert fact.detached == (not result.requires_grad)


@pytest.mark.parametrize(
    ("name", "same", "other"),
    [
        ("to", (torch.float32,), (torch.float64,)),
        ("to", ("cpu",), ("meta",)),
        ("type", (torch.float32,), (torch.int64,)),
        ("type_as", (torch.ones(1),), (torch.ones(1).double(),)),
        ("float", (), None),
        ("cpu", (), None),
        ("contiguous", (), None),
        ("flatten", (), (0, 0)),
        ("sum_to_size", (12,), (1,)),
    ],
    ids=str,
)
def test_a_method_that_changes_nothing_returns_the_parameter_itself(name, same, other):
    parameter = nn.Parameter(torch.rand(12))
    assert FACTS.method(name).relation is Relation.SAME_WHEN_NOOP
    assert getattr(parameter, name)(*same) is parameter
    if other not in {None, (0, 0)}:
        assert getattr(parameter, name)(*other) is not parameter


@pytest.mark.parametrize(
    "name", ["cuda", "xpu", "ipu", "mtia", "cpu", "pin_memory", "half", "double", "bfloat16", "int"]
)
def test_moves_and_casts_keep_the_object_when_nothing_changes(name):
    assert FACTS.method(name).relation is Relation.SAME_WHEN_NOOP
    dtypes = {"half": torch.half, "double": torch.double, "bfloat16": torch.bfloat16, "int": torch.int32}
    if name in dtypes:
        tensor = torch.ones(3, dtype=dtypes[name])
        assert getattr(tensor, name)() is tensor
        assert getattr(torch.ones(3), name)() is not tensor


def test_every_public_name_of_tensor_is_known_and_in_place_methods_end_in_an_underscore():
    names = {name for name in dir(torch.Tensor) if not name.startswith("_")}
    assert names == FACTS.method_names()
    in_place = {name for name in names if FACTS.method(name).relation is Relation.INPLACE}
    assert [name for name in in_place if not name.endswith("_")] == []
    untold = {name for name in names - in_place if name.endswith("_")} - {"requires_grad_", "detach_", "share_memory_"}
    assert untold <= {"resize_as_sparse_", "sparse_resize_", "sparse_resize_and_clear_", "rename_"}


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("long", "integral"), ("int", "integral"), ("bool", "integral"), ("float", "float"), ("double", "float"),
     ("argmax", "integral"), ("gt", "integral"), ("isnan", "integral"), ("exp", "float"), ("sqrt", "float"),
     ("add", None), ("clone", None), ("t", None), ("to", "by-argument"), ("type", "by-argument"),
     ("view", "by-argument")],
)  # fmt: skip
def test_the_dtype_class_of_a_method_does_not_depend_on_the_receiver_where_the_facts_name_one(name, dtype):
    assert FACTS.method(name).dtype == dtype


# Function, what comes after the parameter.
FUNCTION_CALLS = [
    ("torch.clone", ()),
    ("torch.t", ()),
    ("torch.transpose", (0, 1)),
    ("torch.reshape", ((12,),)),
    ("torch.unsqueeze", (0,)),
    ("torch.detach", ()),
    ("torch.autograd.Variable", ()),
    ("torch.matmul", (torch.ones(4, 2),)),
    ("torch.sigmoid", ()),
    ("torch.positive", ()),
    ("torch.relu_", ()),
    ("torch.nn.functional.normalize", ()),
    ("torch.nn.functional.linear", (torch.ones(2, 4),)),
    ("torch.nn.functional.relu", ()),
    ("torch.nn.functional.leaky_relu_", ()),
    ("torch.nn.functional.softmax", (0,)),
    ("torch.nn.functional.pad", ((1, 1),)),
    ("torch.nn.functional.layer_norm", ((4,),)),
    *((f"torch.nn.init.{name}_", ()) for name in ("xavier_uniform", "kaiming_normal", "normal", "zeros", "orthogonal")),
    ("torch.nn.init.constant_", (1.0,)),
    ("torch.nn.init.xavier_uniform", ()),
    ("torch.is_tensor", ()),
]


@pytest.mark.parametrize(("name", "arguments"), FUNCTION_CALLS, ids=str)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_function_relates_its_result_to_a_parameter_as_the_facts_say(name, arguments):
    parameter = nn.Parameter(torch.rand(3, 4) - 0.5)
    version = parameter._version
    with torch.set_grad_enabled(not name.endswith("_")):
        seen = relation_of(resolved(name)(parameter, *arguments), parameter, version)
    fact = FACTS.function(name)
    assert (Relation.OTHER if fact is None or fact.relation is None else fact.relation) is seen


def test_functions_whose_first_argument_is_no_parameter_copy():
    parameter = nn.Parameter(torch.rand(3, 4))
    for name, result in (
        ("torch.cat", torch.cat([parameter, parameter])),
        ("torch.stack", torch.stack([parameter, parameter])),
        ("torch.where", torch.where(parameter > 0, parameter, torch.zeros(()))),
    ):
        assert FACTS.function(name).relation is relation_of(result, parameter, parameter._version) is Relation.COPY
        assert not FACTS.function(name).detached
        assert result.requires_grad


def test_every_initializer_writes_in_place():
    names = [name for name in vars(nn.init) if name.endswith("_") and not name.startswith("_")]
    assert names
    for name in names:
        assert FACTS.function(f"torch.nn.init.{name}").relation is Relation.INPLACE
        assert FACTS.function(f"torch.nn.init.{name}").arguments[0].name == "tensor"


@pytest.mark.parametrize(
    ("name", "dtype", "make"),
    [
        ("zeros", "float", lambda: torch.zeros(2)),
        ("randn", "float", lambda: torch.randn(2)),
        ("eye", "float", lambda: torch.eye(2)),
        ("linspace", "float", lambda: torch.linspace(0, 1, 3)),
        ("normal", "float", lambda: torch.normal(0.0, 1.0, (2,))),
        ("randint", "integral", lambda: torch.randint(3, (2,))),
        ("randperm", "integral", lambda: torch.randperm(3)),
        ("arange", "by-argument", None),
        ("tensor", "by-argument", None),
        ("full", "by-argument", None),
        ("as_tensor", "by-argument", None),
        ("zeros_like", "by-argument", None),
        ("rand_like", "by-argument", None),
        ("from_numpy", "by-argument", None),
    ],
)
def test_factories_say_the_class_of_dtype_that_they_make(name, dtype, make):
    fact = FACTS.function(f"torch.{name}")
    assert (fact.kind, fact.dtype) == (FunctionKind.FACTORY, dtype)
    if make is not None:
        assert dtype == ("float" if make().is_floating_point() else "integral")


def test_a_factory_that_is_given_a_parameter_can_return_it():
    parameter = nn.Parameter(torch.rand(3))
    assert torch.as_tensor(parameter) is parameter
    assert FACTS.function("torch.as_tensor").relation is Relation.SAME_WHEN_NOOP
    assert FACTS.function("torch.tensor").relation is Relation.COPY
    assert FACTS.function("torch.tensor").detached
    assert FACTS.function("torch.zeros").relation is None


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("torch.nn.modules.linear.Linear", "torch.nn.Linear"),
        ("torch.nn.modules.Linear", "torch.nn.Linear"),
        ("torch.nn.modules.module.Module", "torch.nn.Module"),
        ("torch.nn.parameter.Parameter", "torch.nn.Parameter"),
        ("torch.nn.utils.weight_norm.weight_norm", "torch.nn.utils.weight_norm"),
        ("torch.nn.utils.spectral_norm.remove_spectral_norm", "torch.nn.utils.remove_spectral_norm"),
        ("torch.nn.utils.parametrizations.weight_norm", "torch.nn.utils.parametrizations.weight_norm"),
        ("torch.autograd.variable.Variable", "torch.autograd.Variable"),
        ("torch.optim.adam.Adam", "torch.optim.Adam"),
        ("torch.nn.modules.activation.Tensor", "torch.Tensor"),
        ("torch.nn.modules.linear.Linear.forward", "torch.nn.Linear.forward"),
        ("torch.nn.functional.relu", "torch.nn.functional.relu"),
        ("torch.nn.NoSuchThing", "torch.nn.NoSuchThing"),
        ("torchvision.ops.MLP", "torchvision.ops.MLP"),
        ("inspect.Parameter", "inspect.Parameter"),
        ("torch", "torch"),
        ("", ""),
    ],
)
def test_a_name_has_one_spelling(spelling, canonical):
    assert FACTS.canonical(spelling) == canonical
    assert FACTS.canonical(canonical) == canonical


def differing_aliases():
    """The aliases that are other objects than their canonical names."""
    for alias, canonical in FACTS._aliases.items():
        module, _, last = alias.rpartition(".")
        if getattr(importlib.import_module(module), last) is not resolved(canonical):
            yield alias, canonical


@pytest.fixture(scope="module")
def untouched_torch(generator):
    """What a new process says: the compiler, where another test used it, has put wrappers in the place of functions."""
    script = "import json, sys, test_torch_facts as t; json.dump([*t.differing_aliases()], sys.stdout); print()"
    script += f"; sys.path.append({str(Path(generator.__file__).parent)!r})"
    script += "; import generate_torch_facts as g; sys.stdout.write(g.rendered(g.facts()))"
    command = [sys.executable, "-W", "ignore", "-c", script]
    tests = Path(__file__).resolve().parent
    environment = {**os.environ, "PYTHONPATH": str(tests.parent)}
    done = subprocess.run(command, cwd=tests, env=environment, capture_output=True, text=True, check=True)
    aliases, _, facts = done.stdout.partition("\n")
    return json.loads(aliases), facts


@pytest.mark.long
def test_every_alias_is_the_object_that_its_canonical_name_is(untouched_torch):
    assert len(FACTS._aliases) > 500
    assert [] == untouched_torch[0]


def defined_by_torch(value):
    return callable(value) and hasattr(value, "__qualname__") and str(value.__module__).startswith("torch")


def test_star_imports_bring_in_what_torch_defines():
    for module in (torch, nn, nn.functional, nn.init, torch.optim):
        public = [name for name in getattr(module, "__all__", dir(module)) if not name.startswith("_")]
        own = [name for name in public if defined_by_torch(getattr(module, name))]
        assert own
        assert [name for name in own if not FACTS.is_torch_name(f"{module.__name__}.{name}")] == []
    for name in ("torch.float32", "torch.nn", "torch.nn.functional", "torch.nn.utils.parametrize", "torch.Tensor"):
        assert FACTS.is_torch_name(name)
    for name in ("torch.nn.Lineer", "torch.nn.init.math", "os.path", "torch.nn.functional.Optional"):
        assert not FACTS.is_torch_name(name)


REPARAMETRIZATIONS = [
    ("torch.nn.utils.weight_norm", Family.WEIGHT_NORM, True, {}),
    ("torch.nn.utils.spectral_norm", Family.SPECTRAL_NORM, True, {}),
    ("torch.nn.utils.parametrizations.weight_norm", Family.WEIGHT_NORM, False, {}),
    ("torch.nn.utils.parametrizations.spectral_norm", Family.SPECTRAL_NORM, False, {}),
    ("torch.nn.utils.parametrizations.orthogonal", Family.ORTHOGONAL, False, {}),
    ("torch.nn.utils.parametrize.register_parametrization", Family.PARAMETRIZATION, False,
     {"parametrization": nn.ReLU(), "unsafe": True}),
    ("torch.nn.utils.prune.identity", Family.PRUNE, False, {}),
    ("torch.nn.utils.prune.l1_unstructured", Family.PRUNE, False, {"amount": 0.5}),
    ("torch.nn.utils.prune.random_unstructured", Family.PRUNE, False, {"amount": 0.5}),
    ("torch.nn.utils.prune.ln_structured", Family.PRUNE, False, {"amount": 0.5, "n": 2, "dim": 0}),
    ("torch.nn.utils.prune.random_structured", Family.PRUNE, False, {"amount": 0.5, "dim": 0}),
    ("torch.nn.utils.prune.custom_from_mask", Family.PRUNE, False, {"mask": torch.ones(6, 4, 3)}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "family", "legacy", "more"), REPARAMETRIZATIONS, ids=[row[0] for row in REPARAMETRIZATIONS]
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_reparametrization_replaces_what_the_facts_say(name, family, legacy, more):
    """On a convolution, though the facts are measured on a Linear."""
    fact = FACTS.reparametrization(name)
    assert (fact.action, fact.family, fact.legacy) == (Action.APPLY, family, legacy)
    module = nn.Conv1d(4, 6, 3)
    weight, before = module.weight, {key for key, _ in module.named_parameters()}
    resolved(name)(module, "weight", **more)
    after = {key for key, _ in module.named_parameters()}
    assert before - after == {"weight"}
    assert after - before == {template.format(name="weight") for template in fact.parameters}
    assert {key for key, _ in module.named_buffers()} == {template.format(name="weight") for template in fact.buffers}
    assert fact.keeps_object == any(parameter is weight for parameter in module.parameters())
    assert fact.arguments[0].name == "module"


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_bias_is_accepted_where_the_facts_say_that_one_dimension_is_enough():
    for name, _, _, more in REPARAMETRIZATIONS:
        if "mask" in more:
            continue
        module = nn.Conv1d(4, 6, 3)
        try:
            resolved(name)(module, "bias", **more)
            for hook in module._forward_pre_hooks.values():
                hook(module, ())
        except (ValueError, IndexError, RuntimeError):
            assert FACTS.reparametrization(name).min_dims > 1, name
        else:
            assert FACTS.reparametrization(name).min_dims <= 1, name


@pytest.mark.parametrize(
    ("name", "family", "legacy", "keeps"),
    [
        ("torch.nn.utils.remove_weight_norm", Family.WEIGHT_NORM, True, False),
        ("torch.nn.utils.remove_spectral_norm", Family.SPECTRAL_NORM, True, False),
        ("torch.nn.utils.parametrize.remove_parametrizations", Family.PARAMETRIZATION, False, True),
        ("torch.nn.utils.prune.remove", Family.PRUNE, False, True),
    ],
)
def test_removals_put_the_parameter_back(name, family, legacy, keeps):
    fact = FACTS.reparametrization(name)
    assert (fact.action, fact.family, fact.legacy, fact.keeps_object) == (Action.REMOVE, family, legacy, keeps)
    assert fact.parameters == ("{name}",)
    assert fact.arguments[1].has_default == (name == "torch.nn.utils.remove_weight_norm" or "spectral" in name)


def test_classes_of_dtypes_are_those_that_may_require_gradients():
    for name, kind in FACTS.dtypes.items():
        dtype = resolved(name)
        assert (kind == "float") == (dtype.is_floating_point or dtype.is_complex)
    assert FACTS.dtypes["torch.long"] == FACTS.dtypes["torch.bool"] == "integral"
    assert FACTS.dtypes["torch.cfloat"] == FACTS.dtypes["torch.half"] == "float"
    with pytest.raises(RuntimeError, match="floating point and complex"):
        nn.Parameter(torch.ones(1, dtype=torch.long))


def test_legacy_tensor_types_optimizers_and_module_attributes_are_known():
    assert FACTS.tensor_types["torch.LongTensor"] == FACTS.tensor_types["torch.cuda.BoolTensor"] == "integral"
    assert FACTS.tensor_types["torch.Tensor"] == FACTS.tensor_types["torch.cuda.HalfTensor"] == "float"
    assert {"torch.optim.Adam", "torch.optim.SGD", "torch.optim.AdamW", "torch.optim.LBFGS"} <= FACTS.optimizers
    assert [name for name in FACTS.optimizers if not issubclass(resolved(name), torch.optim.Optimizer)] == []
    assert {"training", "_parameters", "_buffers", "_modules"} <= FACTS.module_attributes
    assert {"parameters", "to", "type", "apply", "register_buffer"} <= FACTS.module_methods
    assert FACTS.module("torch.nn.Module").tensors({}) == ()
    assert not FACTS.module("torch.nn.Module").has_parameters


def test_what_torch_does_not_define_is_none():
    assert FACTS.module("torch.nn.Lineer") is None
    assert FACTS.module("torch.zeros") is None
    assert FACTS.method("no_such_method") is None
    assert FACTS.function("torch.no_such_function") is None
    assert FACTS.reparametrization("torch.nn.utils.clip_grad_norm_") is None


def test_the_loader_needs_no_torch():
    code = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "numpy", "libcst"}:
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
from torchtielint.torch_facts import load
print(load().module("torch.nn.modules.linear.Linear").tensors({})[0].shape)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ran.stdout, ran.stderr) == ("('out_features', 'in_features')\n", "")


@pytest.fixture(scope="module")
def generator():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield importlib.import_module("generate_torch_facts")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.mark.long
@pytest.mark.skipif(
    not torch.__version__.startswith(FACTS.torch_version), reason="the data file is of another version of torch"
)
def test_the_data_file_is_what_the_installed_torch_gives(generator, untouched_torch):
    stored = generator.DATA.read_text(encoding="utf-8")
    asked = untouched_torch[1]
    assert generator.differences(asked, stored) == []
    assert asked == stored


def test_a_stale_data_file_is_told_apart_entry_by_entry(generator):
    stored = generator.DATA.read_text(encoding="utf-8")
    data = json.loads(stored)
    data["methods"]["clone"] = "V"
    del data["modules"]["torch.nn.Linear"]
    stale = generator.differences(stored, generator.rendered(data))
    assert [line.partition(":")[0] for line in stale] == ["methods clone", "modules torch.nn.Linear"]
