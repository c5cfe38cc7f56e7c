"""What torch itself defines: module classes and their tensors, tensor methods, functions, reparametrizations, names.

Everything comes from `facts.json`, which `scripts/generate_torch_facts.py` writes by asking an installed torch;
nothing here imports torch. `load()` reads the file on first use.
"""

from torchtielint.torch_facts.facts import TorchFacts, load
from torchtielint.torch_facts.kinds import (
    OPAQUE,
    UNKNOWN,
    Action,
    Argument,
    Family,
    FunctionFact,
    FunctionKind,
    MethodFact,
    Presence,
    Relation,
    ReparametrizationFact,
    TensorFact,
    TensorKind,
    Unestablished,
)
from torchtielint.torch_facts.modules import ModuleFact

__all__ = [
    "OPAQUE",
    "UNKNOWN",
    "Action",
    "Argument",
    "Family",
    "FunctionFact",
    "FunctionKind",
    "MethodFact",
    "ModuleFact",
    "Presence",
    "Relation",
    "ReparametrizationFact",
    "TensorFact",
    "TensorKind",
    "TorchFacts",
    "Unestablished",
    "load",
]
