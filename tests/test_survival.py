"""What operations do to ties: the expectations are written by hand, and plain torch code confirms each."""

import copy
import importlib
import io
import pickle
import random
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from torchtielint.kinds import TieKind
from torchtielint.runtime.operation_names import FULL, OPERATIONS, QUICK, selected
from torchtielint.runtime.operations import ON_GROUP, ON_MODEL
from torchtielint.runtime.report import Outcome, ParameterCount, Survival, TieGroup, TieReport
from torchtielint.runtime.survival import advice, survive, with_survival

ROOT = Path(__file__).resolve().parent.parent


class Pair(nn.Module):
    """Two layers of one shape; subclasses tie them."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Linear(4, 4, bias=False)
        self.b = nn.Linear(4, 4, bias=False)

    def forward(self, x):
        return self.b(self.a(x))


class OneParameter(Pair):
    def __init__(self) -> None:
        super().__init__()
        self.b.weight = self.a.weight


class Wide(OneParameter):
    """A billion elements."""

    size = (8192, 128_000)

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Linear(*self.size, bias=False)
        self.b = nn.Linear(*self.size, bias=False)
        self.b.weight = self.a.weight


class Wider(Wide):
    """More elements than a narrow copy has."""

    size = (8, 8)


class OneModule(Pair):
    def __init__(self) -> None:
        super().__init__()
        self.b = self.a


class OneStorage(Pair):
    def __init__(self) -> None:
        super().__init__()
        self.b.weight = nn.Parameter(self.a.weight.detach())


class Drawing(OneStorage):
    """A constructor that draws random numbers of all kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = random.random()


class Transposed(Pair):
    def __init__(self) -> None:
        super().__init__()
        self.b.weight = nn.Parameter(self.a.weight.detach().t())


class Sliced(Pair):
    """The last two rows of one side are the first two of the other."""

    def __init__(self) -> None:
        super().__init__()
        rows = torch.randn(6, 4)
        self.a.weight = nn.Parameter(rows[:4])
        self.b.weight = nn.Parameter(rows[2:])


class Masked(Pair):
    """Two masks; subclasses tie them."""

    def forward(self, x):
        return x * self.a.mask * self.b.mask


class OneBuffer(Masked):
    def __init__(self) -> None:
        super().__init__()
        self.a.register_buffer("mask", torch.ones(4))
        self.b.register_buffer("mask", self.a.mask)


class BufferView(Masked):
    def __init__(self) -> None:
        super().__init__()
        self.a.register_buffer("mask", torch.ones(4))
        self.b.register_buffer("mask", self.a.mask.view(4))


WEIGHTS, MASKS = ("a.weight", "b.weight"), ("a.mask", "b.mask")
KINDS: dict[str, tuple[type[Pair], TieKind, tuple[str, str]]] = {
    "parameter": (OneParameter, TieKind.SAME_PARAMETER, WEIGHTS),
    "module": (OneModule, TieKind.SAME_MODULE, ("a", "b")),
    "storage": (OneStorage, TieKind.SAME_STORAGE, WEIGHTS),
    "transposed": (Transposed, TieKind.OVERLAPPING, WEIGHTS),
    "sliced": (Sliced, TieKind.OVERLAPPING, WEIGHTS),
    "buffer": (OneBuffer, TieKind.SAME_PARAMETER, MASKS),
    "view": (BufferView, TieKind.SAME_STORAGE, MASKS),
}
EXPECTED = """
operation              parameter module  storage transposed sliced  buffer  view
deepcopy               kept      kept    broken  broken     broken  kept    kept
pickle                 kept      kept    broken  broken     broken  kept    broken
share_memory           kept      kept    kept    kept       kept    kept    kept
state_dict_round_trip  kept      kept    kept    kept       kept    kept    kept
load_assign            demoted   kept    kept    kept       kept    demoted kept
load_missing_name      kept      kept    kept    kept       kept    kept    kept
save_load_model        kept      kept    kept    kept       kept    kept    kept
to_dtype               kept      kept    broken  broken     broken  broken  broken
to_meta                broken    kept    broken  broken     broken  broken  broken
meta_to_empty          broken    kept    broken  broken     broken  broken  broken
overwrite_module_params_on_conversion broken kept broken broken broken broken broken
swap_module_params_on_conversion      kept   kept broken broken broken broken broken
sgd_step               kept      kept    broken  broken     broken  skipped skipped
adam_step              kept      kept    broken  broken     broken  skipped skipped
grad_norm              kept      kept    broken  broken     broken  skipped skipped
weight_norm            demoted   kept    kept    kept       kept    skipped skipped
remove_weight_norm     broken    kept    broken  broken     broken  skipped skipped
legacy_weight_norm     demoted   kept    kept    kept       kept    skipped skipped
remove_legacy_weight_norm broken kept    broken  broken     broken  skipped skipped
spectral_norm          kept      kept    kept    kept       kept    skipped skipped
remove_spectral_norm   kept      kept    broken  broken     broken  skipped skipped
prune                  kept      kept    kept    error      kept    skipped skipped
remove_prune           kept      kept    broken  error      broken  skipped skipped
functional_call        kept      kept    broken  broken     broken  kept    broken
compile                kept      kept    kept    kept       kept    kept    kept
export                 kept      demoted kept    kept       kept    kept    kept
fx                     kept      kept    kept    kept       kept    kept    kept
safetensors_save_file  error     error   error   error      error   error   error
safetensors_save_model kept      kept    kept    error      error   kept    kept
"""
WORSE = {"demoted", "broken", "error"}
_HEAD, *_ROWS = [line.split() for line in EXPECTED.strip().splitlines()]
CELLS = [(row[0], kind, outcome) for row in _ROWS for kind, outcome in zip(_HEAD[1:], row[1:], strict=True)]


def group(kind: str) -> TieGroup:
    """The tie of a canonical model, as `tie_report` gives it."""
    _, tie_kind, names = KINDS[kind]
    shape = None if tie_kind is TieKind.SAME_MODULE else (4,) if names is MASKS else (4, 4)
    return TieGroup(names, tie_kind, shape, "float32", 64, buffers=names is MASKS)


@pytest.mark.parametrize(("operation", "kind", "outcome"), CELLS)
def test_operations_do_to_each_kind_what_the_table_says(operation, kind, outcome):
    """On models that are built on the CPU, and on meta."""
    build, _, names = KINDS[kind]
    with torch.device("meta"):
        on_meta = build()

    assert outcome == survive(build(), [group(kind)], operations=[operation])[names][operation].outcome.value
    assert (
        outcome == survive(on_meta, [group(kind)], make=build, operations=[operation])[names][operation].outcome.value
    )
    assert outcome == survive(on_meta, [group(kind)], operations=[operation])[names][operation].outcome.value


def sides(model: nn.Module, kind: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The two tensors of a canonical model."""
    return (model.a.mask, model.b.mask) if KINDS[kind][2] is MASKS else (model.a.weight, model.b.weight)


def became(model: nn.Module, kind: str) -> str:
    """What has become of a tie, seen with `is` and by writing to one side."""
    one, other = sides(model, kind)
    if one is other:
        return "kept" if kind != "module" or model.a is model.b else "demoted"
    if one.is_meta:
        together = one.untyped_storage()._cdata == other.untyped_storage()._cdata
    else:
        with torch.no_grad():
            other.fill_(0)
            one.fill_(7)
        together = bool((other == 7).any())
    if not together:
        return "broken"
    return "demoted" if kind in {"parameter", "module", "buffer"} else "kept"


def loaded(model: nn.Module) -> dict[str, torch.Tensor]:
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    return torch.load(file)


def plain_save_load_model(model: nn.Module) -> nn.Module:
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


def plain_load(model: nn.Module, *, assign: bool = False, without: str = "") -> nn.Module:
    fresh = type(model)()
    state = {name: tensor for name, tensor in loaded(model).items() if name != without}
    fresh.load_state_dict(state, strict=not without, assign=assign)
    return fresh


def plain_meta_to_empty(model: nn.Module) -> nn.Module:
    with torch.device("meta"):
        fresh = type(model)()
    return fresh.to_empty(device="cpu")


def plain_overwrite(model: nn.Module) -> nn.Module:
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        return model.double()
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(False)


def plain_swap(model: nn.Module) -> nn.Module:
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        return model.double()
    finally:
        torch.__future__.set_swap_module_params_on_conversion(False)


PLAIN: dict[str, Callable[[nn.Module], nn.Module]] = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "share_memory": lambda model: model.share_memory(),
    "state_dict_round_trip": plain_load,
    "load_assign": lambda model: plain_load(model, assign=True),
    "load_missing_name": lambda model: plain_load(model, without="b.mask" if hasattr(model.b, "mask") else "b.weight"),
    "save_load_model": plain_save_load_model,
    "to_dtype": lambda model: model.double(),
    "to_meta": lambda model: model.to("meta"),
    "meta_to_empty": plain_meta_to_empty,
    "overwrite_module_params_on_conversion": plain_overwrite,
    "swap_module_params_on_conversion": plain_swap,
}


@pytest.mark.parametrize(("operation", "kind", "outcome"), [cell for cell in CELLS if cell[0] in PLAIN], ids="-".join)
def test_plain_torch_code_does_the_same(operation, kind, outcome):
    """The table is what torch does, whatever our own functions say."""
    assert outcome == became(PLAIN[operation](KINDS[kind][0]()), kind)


SPLIT = {
    "weight_norm": (
        nn.utils.parametrizations.weight_norm,
        lambda layer: nn.utils.parametrize.remove_parametrizations(layer, "weight"),
        lambda layer: layer.parametrizations.weight.original1,
    ),
    "legacy_weight_norm": (
        nn.utils.weight_norm,
        nn.utils.remove_weight_norm,
        lambda layer: layer.weight_v,
    ),
    "spectral_norm": (
        nn.utils.parametrizations.spectral_norm,
        lambda layer: nn.utils.parametrize.remove_parametrizations(layer, "weight"),
        lambda layer: layer.parametrizations.weight.original,
    ),
    "prune": (
        lambda layer: nn.utils.prune.l1_unstructured(layer, "weight", amount=0.5),
        lambda layer: nn.utils.prune.remove(layer, "weight"),
        lambda layer: layer.weight_orig,
    ),
}
REPARAMETRIZED = [
    cell for cell in CELLS if cell[0].removeprefix("remove_") in SPLIT and cell[1] in {"parameter", "storage", "sliced"}
]


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
@pytest.mark.parametrize(("operation", "kind", "outcome"), REPARAMETRIZED, ids="-".join)
def test_plain_reparametrization_of_one_side_does_the_same(operation, kind, outcome):
    """The other side keeps its Parameter, and the changed one the same, another over its memory, or one of its own."""
    model = KINDS[kind][0]()
    apply, remove, stands_for = SPLIT[operation.removeprefix("remove_")]
    apply(model.b)
    if operation.startswith("remove_"):
        remove(model.b)
    one, other = model.a.weight, model.b.weight if operation.startswith("remove_") else stands_for(model.b)
    with torch.no_grad():
        other.fill_(0)
        one.fill_(7)
    together = bool((other == 7).any())
    expected = "broken" if not together else "kept" if one is other or kind != "parameter" else "demoted"

    assert outcome == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_functional_call_reaches_the_names_that_the_table_says(kind):
    """Both sides are the identity, or both masks double, if the new tensor reaches both."""
    model, x = KINDS[kind][0](), torch.randn(2, 4)
    new = {"a.mask": torch.full((4,), 2.0)} if KINDS[kind][2] is MASKS else {"a.weight": torch.eye(4)}
    wanted = x * 4 if KINDS[kind][2] is MASKS else x
    reached = torch.allclose(wanted, torch.func.functional_call(model, new, (x,)))

    assert reached == ({k: o for op, k, o in CELLS if op == "functional_call"}[kind] == "kept")


@pytest.mark.parametrize("kind", KINDS)
def test_plain_export_and_compilation_do_the_same(kind):
    """With the forward of the model itself."""
    exported = torch.export.export(KINDS[kind][0](), (torch.randn(2, 4),)).module()
    compiled = torch.compile(KINDS[kind][0](), backend="eager")
    compiled(torch.randn(2, 4))

    assert {"module": "demoted"}.get(kind, "kept") == became(exported, kind)
    assert "kept" == became(compiled._orig_mod, kind)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"module", "buffer"}))
def test_a_plain_trace_does_the_same(kind):
    """The graph calls the layers of the model."""
    assert "kept" == became(torch.fx.symbolic_trace(KINDS[kind][0]()), kind)


@pytest.mark.parametrize(
    ("kind", "name", "operation"), [("module", "a", "call_module"), ("buffer", "a.mask", "get_attr")]
)
def test_a_trace_calls_one_object_by_one_name(kind, name, operation):
    """So that the second name is gone, and the tie is not."""
    build, _, names = KINDS[kind]
    traced = torch.fx.symbolic_trace(build())
    found = survive(build(), [group(kind)], operations=["fx"])[names]["fx"]

    assert [name, name] == [node.target for node in traced.graph.nodes if node.op == operation]
    assert (Outcome.KEPT, f"the graph calls it `{name}` only") == (found.outcome, found.reason)


@pytest.mark.parametrize("kind", ["parameter", "module", "storage", "transposed", "sliced"])
def test_optimizers_step_a_true_tie_once_and_a_false_one_twice(kind):
    """SGD decays 1 to 0.75 in one step and to 0.5625 in two; Adam takes its step of 0.25 once or twice."""
    ends = {}
    for name, optimizer in (("sgd", torch.optim.SGD), ("adam", torch.optim.Adam)):
        model = KINDS[kind][0]()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.fill_(1)
                parameter.grad = torch.zeros_like(parameter)
        optimizer(model.parameters(), lr=0.5 if name == "sgd" else 0.25, weight_decay=0.5).step()
        ends[name] = round(sides(model, kind)[0].detach().min().item(), 3)
    true_tie = kind in {"parameter", "module"}

    assert {"sgd": 0.75, "adam": 0.75} == ends if true_tie else ends["sgd"] < 0.6 and ends["adam"] < 0.6


@pytest.mark.parametrize(("kind", "counted"), [("parameter", 16), ("module", 16), ("storage", 32), ("transposed", 32)])
def test_the_norm_counts_a_false_tie_twice(kind, counted):
    """The square of the norm of ones is their number."""
    model = KINDS[kind][0]()
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)

    assert counted == pytest.approx(float(nn.utils.clip_grad_norm_(model.parameters(), 1e9)) ** 2)


@pytest.mark.parametrize("kind", KINDS)
def test_safetensors_refuses_names_over_common_memory(kind, tmp_path):
    """And `save_model` drops one of them, if all are the whole of their storage."""
    library = importlib.import_module("safetensors.torch")
    model = KINDS[kind][0]()
    with pytest.raises(RuntimeError):
        library.save_file(model.state_dict(), tmp_path / "state")
    if kind in {"transposed", "sliced"}:
        with pytest.raises(RuntimeError):
            library.save_model(model, str(tmp_path / "model"))
        return
    library.save_model(model, str(tmp_path / "model"))
    fresh = KINDS[kind][0]()
    library.load_model(fresh, tmp_path / "model")

    assert "kept" == became(fresh, kind)


def outcomes(model: nn.Module, tie: TieGroup, *operations: str, **options: object) -> list[str]:
    """What some operations do to one tie."""
    return [
        found.outcome.value for found in survive(model, [tie], operations=operations, **options)[tie.names].values()
    ]


@pytest.mark.parametrize(
    ("operation", "written"), [("remove_prune", True), ("remove_spectral_norm", True), ("prune", False)]
)
def test_a_removal_that_writes_into_the_other_side_says_so(operation, written):
    """The tie is kept, and the values of the other name are those of the reparametrized one."""
    model = OneParameter()
    before = model.a.weight.detach().clone()
    apply, remove, _ = SPLIT[operation.removeprefix("remove_")]
    apply(model.b)
    if operation.startswith("remove_"):
        remove(model.b)
    with torch.device("meta"):
        on_meta = OneParameter()
    found = survive(OneParameter(), [group("parameter")], operations=[operation])[WEIGHTS][operation]

    assert found == survive(on_meta, [group("parameter")], operations=[operation])[WEIGHTS][operation]
    assert written == (not torch.equal(before, model.a.weight))
    assert written == (found.reason == "its result is written over the values of `a.weight` too")


def test_two_storages_over_one_memory_are_copied_as_such():
    """As numpy makes them: `torch.save` writes both, and a view of one storage would have been written once."""
    numpy = importlib.import_module("numpy")
    array = numpy.ones((4, 4), numpy.float32)
    model = Pair()
    model.a.weight, model.b.weight = nn.Parameter(torch.from_numpy(array)), nn.Parameter(torch.from_numpy(array))
    operations = ("save_load_model", "state_dict_round_trip", "sgd_step")

    assert "broken" == became(plain_save_load_model(model), "storage")
    assert ["broken", "kept", "broken"] == outcomes(model, group("storage"), *operations)


def test_a_fake_model_is_tried_as_one_on_meta_is():
    """It has shapes and no values."""
    fake_tensor = importlib.import_module("torch._subclasses.fake_tensor")
    with fake_tensor.FakeTensorMode():
        model = OneParameter()

    expected = survive(OneParameter(), [group("parameter")], operations=QUICK)
    assert [row.outcome for row in expected[WEIGHTS].values()] == [
        row.outcome for row in survive(model, [group("parameter")], operations=QUICK)[WEIGHTS].values()
    ]


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
def test_a_lazy_tie_is_tried_where_no_shape_is_needed():
    """The rest waits for the first forward."""
    model = Pair()
    model.a, model.b = nn.LazyLinear(4, bias=False), nn.LazyLinear(4, bias=False)
    model.b.weight = model.a.weight
    found = survive(model, [group("parameter")], operations=["deepcopy", "to_dtype", "sgd_step", "weight_norm"])[
        WEIGHTS
    ]

    assert ["kept", "kept", "skipped", "skipped"] == [row.outcome.value for row in found.values()]
    assert "`a.weight` has no shape before the first forward" == found["sgd_step"].reason


def test_modules_that_hold_each_other_are_no_endless_walk():
    """Torch's own recursion in `.to()` is an error of the operation."""
    model = OneParameter()
    model.again = nn.ModuleDict({"x": model.a})
    model.a.back = model.again
    tie = TieGroup(("a", "again.x"), TieKind.SAME_MODULE, None, "", 64)

    assert ["kept", "kept", "kept", "error"] == outcomes(model, tie, "deepcopy", "sgd_step", "weight_norm", "to_dtype")


@pytest.mark.filterwarnings("ignore:Complex modules are a new feature")
@pytest.mark.parametrize("dtype", [torch.complex64, torch.bfloat16, torch.float64])
def test_ties_of_other_types_are_stepped_and_converted_too(dtype):
    """Once each."""
    model = OneParameter().to(dtype)
    false = tie_again(Pair().to(dtype))
    false.b.weight = nn.Parameter(false.a.weight.detach())
    operations = ("to_dtype", "sgd_step", "adam_step", "grad_norm", "compile")

    assert ["kept"] * 5 == outcomes(model, group("parameter"), *operations)
    assert ["broken"] * 4 == outcomes(false, group("storage"), *operations[:4])


def test_parts_of_a_reparametrized_tensor_are_not_reparametrized_again():
    """They are named as such."""
    model = OneParameter()
    nn.utils.prune.l1_unstructured(model.b, "weight", amount=0.5)
    tie = replace(group("parameter"), names=("a.weight", "b.weight_orig"))
    found = survive(model, [tie], operations=["weight_norm", "to_dtype"])[tie.names]

    assert ["skipped", "kept"] == [row.outcome.value for row in found.values()]
    assert "`b.weight_orig` is a part of a reparametrized tensor" == found["weight_norm"].reason


def test_the_measured_model_and_the_state_of_torch_stay_as_they_are(tmp_path, monkeypatch):
    """Values, gradients, objects, random numbers, modes, flags, filters; and no file is left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    model = OneStorage()
    model.a.weight.grad = torch.ones(4, 4)
    parts = (model.a.weight, model.b.weight, model.a.weight.grad)
    values = [part.detach().clone() for part in parts]
    addresses = [part.data_ptr() for part in parts]

    def state():
        flags = (
            torch.__future__.get_overwrite_module_params_on_conversion(),
            torch.__future__.get_swap_module_params_on_conversion(),
        )
        modes = (torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_default_device())
        return flags, modes, random.getstate(), list(warnings.filters)

    before, numbers = state(), torch.get_rng_state()
    survive(model, [group("storage")], make=Drawing, operations=FULL)

    assert before == state()
    assert torch.equal(numbers, torch.get_rng_state())
    assert (model.a.weight, model.b.weight, model.a.weight.grad) == parts or all(
        one is other for one, other in zip(parts, (model.a.weight, model.b.weight, model.a.weight.grad), strict=True)
    )
    assert addresses == [part.data_ptr() for part in parts]
    assert all(torch.equal(one, other) for one, other in zip(values, parts, strict=True))
    assert model.b.weight.grad is None
    assert [] == list(tmp_path.iterdir())


def test_under_no_grad_and_another_default_device_the_same_is_found():
    """Whatever the caller has set."""
    expected = survive(OneParameter(), [group("parameter")], operations=FULL)
    model = OneParameter()
    with torch.inference_mode(), torch.device("meta"):
        assert expected == survive(model, [group("parameter")], operations=FULL)


def test_a_tie_that_the_constructor_does_not_make_is_lost_in_a_new_instance():
    """It was made on the model afterwards: loading into another instance does not make it."""
    model = Pair()
    model.b.weight = model.a.weight
    found = survive(
        model, [group("parameter")], make=Pair, operations=["deepcopy", "state_dict_round_trip", "load_missing_name"]
    )[WEIGHTS]

    assert ["kept", "broken", "broken"] == [outcome.outcome.value for outcome in found.values()]
    assert "`b.weight` keeps its old values" in found["load_missing_name"].reason


def test_a_group_that_is_partly_kept_is_broken_and_says_where():
    """Three names, of which weight norm takes one away from the others."""
    model = OneParameter()
    model.c = nn.Linear(4, 4, bias=False)
    model.c.weight = model.a.weight
    names = (*WEIGHTS, "c.weight")
    tie = TieGroup(names, TieKind.SAME_PARAMETER, (4, 4), "float32", 64)
    found = survive(model, [tie], operations=["remove_weight_norm"])[names]["remove_weight_norm"]

    assert (Outcome.BROKEN, "apart from each other: `a.weight`, `b.weight`; `c.weight`") == (
        found.outcome,
        found.reason,
    )


def test_a_model_that_cannot_be_copied_is_built_again():
    """Deepcopy of a lock raises, and the constructor makes another."""

    class Locked(OneParameter):
        def __init__(self):
            super().__init__()
            self.lock = (part for part in "a generator")

    without = survive(Locked(), [group("parameter")], operations=["to_dtype"])[WEIGHTS]["to_dtype"]
    built = survive(Locked(), [group("parameter")], make=Locked, operations=["to_dtype", "to_meta", "deepcopy"])[
        WEIGHTS
    ]

    assert Outcome.SKIPPED is without.outcome
    assert "the model cannot be copied: TypeError: cannot pickle 'generator' object" == without.reason
    assert ["kept", "broken", "error"] == [found.outcome.value for found in built.values()]


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
def test_the_copy_of_a_weight_normed_model_can_as_little_be_deepcopied_as_the_model():
    """The computed weight is no leaf in either."""
    model = OneParameter()
    model.c = nn.utils.weight_norm(nn.Linear(4, 4))
    with pytest.raises(RuntimeError, match="graph leaves"):
        copy.deepcopy(model)
    found = survive(model, [group("parameter")], operations=["deepcopy", "to_dtype"])[WEIGHTS]

    assert [Outcome.ERROR, Outcome.KEPT] == [outcome.outcome for outcome in found.values()]
    assert "graph leaves" in found["deepcopy"].reason


def test_frozen_sides_say_so():
    """A frozen tie is not stepped; a frozen side of a false tie moves with the other."""
    frozen, half = OneParameter(), OneStorage()
    frozen.a.weight.requires_grad_(False)
    half.b.weight.requires_grad_(False)
    step = survive(frozen, [group("parameter")], operations=["sgd_step"])[WEIGHTS]["sgd_step"]
    moved = survive(half, [group("storage")], operations=["sgd_step"])[WEIGHTS]["sgd_step"]

    assert (Outcome.SKIPPED, "it is frozen: `requires_grad` is False") == (step.outcome, step.reason)
    assert Outcome.BROKEN is moved.outcome
    assert "frozen" in moved.reason


def test_the_report_is_filled():
    """Groups that share get a row, others keep theirs."""
    adjacent = TieGroup(("x", "y"), TieKind.ADJACENT, (2,), "float32", 0)
    report = TieReport((group("parameter"), adjacent), ParameterCount(2, 1, 16, 64), "cpu")
    filled = with_survival(report, OneParameter(), operations="deepcopy, to_meta")

    assert ["deepcopy", "to_meta"] == list(filled.groups[0].survival)
    assert {} == filled.groups[1].survival
    assert {} == with_survival(report, OneParameter(), operations="none").groups[0].survival


def test_every_name_of_the_table_is_an_operation():
    """And every operation has a description."""
    assert set(OPERATIONS) == set(ON_MODEL) | set(ON_GROUP)
    assert set() == set(ON_MODEL) & set(ON_GROUP)
    assert set(FULL) == {operation for operation, _, _ in CELLS}


def test_operations_are_selected_by_name():
    """In the order of the table, each once."""
    assert QUICK == selected("quick")
    assert () == selected("none")
    assert ("deepcopy", "to_meta") == selected("to_meta, deepcopy,to_meta")
    with pytest.raises(ValueError, match="no such operation: deepcoppy; there are: deepcopy, "):
        selected(["deepcoppy"])


def test_names_and_descriptions_are_read_without_torch():
    """The command line lists them."""
    script = "import sys, torchtielint.runtime.operation_names; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "False" == done.stdout.strip()


def advised(kind: str, *operations: str) -> tuple[str, ...]:
    """The advice on a canonical model after some operations."""
    build, _, names = KINDS[kind]
    return advice(replace(group(kind), survival=survive(build(), [group(kind)], operations=operations)[names]))


AGAIN = "tie again, `model.b.weight = model.a.weight`"


def tie_again(model: nn.Module) -> nn.Module:
    model.b.weight = model.a.weight
    return model


@pytest.mark.parametrize(
    "operation", ["load_assign", "to_meta", "meta_to_empty", "overwrite_module_params_on_conversion"]
)
def test_a_true_tie_is_made_again_after_what_undoes_it(operation):
    """Which is the advice."""
    assert AGAIN in advised("parameter", operation)[0]
    model = tie_again(PLAIN[operation](OneParameter()))
    assert model.a.weight is model.b.weight
    assert 1 == len(list(model.parameters()))


def test_a_model_of_transformers_ties_again_by_its_own_method():
    """After `to_empty()` and after a load that assigns."""
    transformers = importlib.import_module("transformers")
    config = transformers.GPT2Config(
        n_layer=1, n_embd=8, n_head=1, vocab_size=16, bos_token_id=0, eos_token_id=0, pad_token_id=0
    )
    with torch.device("meta"):
        empty = transformers.GPT2LMHeadModel(config)
    assigned = transformers.GPT2LMHeadModel(config)
    empty.to_empty(device="cpu")
    assigned.load_state_dict(assigned.state_dict(), assign=True)

    assert "(a transformers model: `model.tie_weights()`)" in advised("parameter", "load_assign")[0]
    for model in (empty, assigned):
        assert model.lm_head.weight is not model.transformer.wte.weight
        model.tie_weights()
        assert model.lm_head.weight is model.transformer.wte.weight


@pytest.mark.parametrize("operation", ["to_meta", "meta_to_empty"])
def test_swapping_keeps_a_true_tie_on_meta(operation):
    """The other advice: Parameters stay the objects that they are, under an optimizer too."""
    assert (
        "or convert with `torch.__future__.set_swap_module_params_on_conversion(True)`"
        in advised("parameter", operation)[1]
    )
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        model = PLAIN[operation](OneParameter())
    finally:
        torch.__future__.set_swap_module_params_on_conversion(False)
    assert model.a.weight is model.b.weight


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
@pytest.mark.parametrize("operation", ["weight_norm", "legacy_weight_norm"])
def test_a_weight_normed_tie_is_shared_by_its_module_or_made_again(operation):
    """One module under both names keeps its weight norm; after the removal the weight is free to be tied."""
    assert "share the module instead of its weight" in advised("parameter", operation)[0]
    assert f"after the removal of `weight_norm` {AGAIN}" in advised("parameter", f"remove_{operation}")[0]
    assert () == advised("module", operation, f"remove_{operation}")
    apply, remove, stands_for = SPLIT[operation]
    shared, model = OneModule(), OneParameter()
    apply(shared.b)
    assert stands_for(shared.a) is stands_for(shared.b)
    apply(model.b)
    remove(model.b)
    assert tie_again(model).a.weight is model.b.weight


@pytest.mark.parametrize("operation", ["deepcopy", "pickle", "to_dtype", "sgd_step", "grad_norm", "remove_prune"])
def test_a_false_tie_becomes_a_true_one_by_assignment(operation):
    """After which nothing of what undid it does."""
    found = advised("storage", operation)
    assert ["make it one Parameter: `model.b.weight = model.a.weight`"] == [told.split(";")[0] for told in found]
    model = tie_again(OneStorage())
    row = survive(model, [group("parameter")], operations=[operation])[WEIGHTS]
    assert Outcome.KEPT is row[operation].outcome


def test_a_view_in_forward_takes_the_place_of_a_transposed_parameter():
    """One Parameter, through conversions as well."""

    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(4, 4, bias=False)

        def forward(self, x):
            return nn.functional.linear(self.a(x), self.a.weight.t())

    assert "keep one Parameter and take views of `model.a.weight` in `forward`" in advised("transposed", "to_dtype")[0]
    model = Functional().double()
    model(torch.ones(1, 4, dtype=torch.float64)).sum().backward()
    assert 1 == len(list(model.parameters()))


def test_buffers_over_one_memory_become_one_buffer():
    """And a buffer under two names is tied again after a conversion."""
    assert "keep one buffer and read `model.a.mask` where `model.b.mask` is read" in advised("view", "to_dtype")[0]
    assert "tie again, `model.b.mask = model.a.mask`" in advised("buffer", "to_dtype")[0]
    model = OneBuffer().double()
    model.b.mask = model.a.mask
    assert dict(model.b.named_buffers())["mask"] is model.a.mask


def test_a_tie_is_to_be_made_in_the_constructor():
    """Where a new instance does not have it."""
    model = tie_again(Pair())
    row = survive(model, [group("parameter")], make=Pair, operations=["state_dict_round_trip"])[WEIGHTS]
    told = advice(replace(group("parameter"), survival=row))

    assert ("tie in the constructor: an instance that is loaded into has the ties that its constructor makes",) == told
    assert "kept" == became(plain_load(OneParameter()), "parameter")


def test_functional_calls_reach_a_false_tie_under_each_name():
    """The new tensor is given twice."""
    model, x = OneStorage(), torch.randn(2, 4)

    assert "give `functional_call` the new tensor under each of the names" in advised("storage", "functional_call")
    assert torch.allclose(x, torch.func.functional_call(model, dict.fromkeys(WEIGHTS, torch.eye(4)), (x,)))


def test_other_writers_are_named_where_they_keep_the_tie():
    """`save_model` and `torch.save`, if they were tried."""
    line = "write it with `safetensors.torch.save_model`, which keeps one name, and read it with `load_model`"
    both = ("safetensors_save_file", "safetensors_save_model")

    assert (line,) == advised("parameter", *both)
    assert () == advised("transposed", *both)
    assert "`torch.save` keeps what `pickle` separates" in advised("view", "pickle", "save_load_model")


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
def test_a_computed_weight_can_be_copied_after_a_forward_without_gradients():
    """Or the parametrization is used."""
    model = OneParameter()
    model.c = nn.utils.weight_norm(nn.Linear(4, 4))
    told = advice(
        replace(group("parameter"), survival=survive(model, [group("parameter")], operations=["deepcopy"])[WEIGHTS])
    )
    assert "use `nn.utils.parametrizations.weight_norm`" in told[0]

    with torch.no_grad():
        model.c(torch.ones(1, 4))
    copied = copy.deepcopy(model)
    assert copied.a.weight is copied.b.weight
    model.c = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))
    assert isinstance(copy.deepcopy(model), nn.Module)


def test_advice_spells_names_as_code_does():
    """Numbers are subscripts, and many names are not listed."""
    rows = {"load_assign": Survival(Outcome.DEMOTED)}
    names = ("layers.0.weight", "layers.1.weight", "head.weight")
    three = TieGroup(names, TieKind.SAME_PARAMETER, (4, 4), "float32", 64, survival=rows)
    four = replace(three, names=(*names, "tail.weight"))

    assert "`model.head.weight = model.layers[1].weight = model.layers[0].weight`" in advice(three)[0]
    assert "each of the 4 names" in advice(four)[0]
    assert () == advice(replace(three, survival={"deepcopy": Survival(Outcome.KEPT)}))


def test_a_large_model_is_tried_on_tensors_of_a_few_elements():
    """With the same outcomes, whether it has values or not, in the memory of a small one."""

    with torch.device("meta"):
        wide = Wide()
    names = [name for name in QUICK if not name.startswith("safetensors")]
    expected = survive(OneParameter(), [group("parameter")], operations=names)

    assert expected == survive(wide, [group("parameter")], operations=names)
    assert expected == survive(Wider(), [group("parameter")], make=Wider, operations=names, largest=100)


def test_layouts_that_overlap_are_never_made_smaller():
    """And a model that stays too large is not copied."""
    model = Sliced()
    found = survive(model, [group("sliced")], operations=QUICK, largest=95)[WEIGHTS]

    assert {"a copy of the model takes 96 bytes, and 95 are the limit"} == {row.reason for row in found.values()}


def test_the_page_of_the_matrix_is_what_the_script_finds():
    """And has a line on each operation that does not keep every kind."""
    importlib.import_module("safetensors.torch")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import survival_matrix
    finally:
        sys.path.remove(str(ROOT / "scripts"))

    assert (ROOT / "docs" / "survival.md").read_text(encoding="utf-8") == survival_matrix.render()
    assert set() == {operation for operation, _, outcome in CELLS if outcome in WORSE} - survival_matrix.NOTES.keys()
    assert set() == survival_matrix.NOTES.keys() - set(FULL)
