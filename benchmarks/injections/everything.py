"""All injections, by rule."""

from __future__ import annotations

from types import ModuleType

from injections import (
    in_construction,
    in_durability,
    in_hugging_face,
    in_hypernetworks,
    in_misuse,
    in_names,
    in_optimizers,
    in_rebinding,
    in_registration,
    in_reparametrization,
    in_reparametrized,
    in_sharing,
    in_training,
    in_values,
)
from injections.catalogue import Injection

_FAMILIES: tuple[ModuleType, ...] = (
    in_construction,
    in_durability,
    in_hugging_face,
    in_hypernetworks,
    in_misuse,
    in_names,
    in_optimizers,
    in_rebinding,
    in_registration,
    in_reparametrization,
    in_reparametrized,
    in_sharing,
    in_training,
    in_values,
)
INJECTIONS: dict[str, Injection] = dict(
    sorted((one.code, one) for family in _FAMILIES for one in vars(family).values() if isinstance(one, Injection))
)
