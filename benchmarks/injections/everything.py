"""All injections, by rule."""

from __future__ import annotations

from types import ModuleType

from injections import in_construction, in_rebinding, in_registration, in_reparametrization, in_sharing
from injections.catalogue import Injection

_FAMILIES: tuple[ModuleType, ...] = (
    in_construction,
    in_rebinding,
    in_registration,
    in_reparametrization,
    in_sharing,
)
INJECTIONS: dict[str, Injection] = dict(
    sorted((one.code, one) for family in _FAMILIES for one in vars(family).values() if isinstance(one, Injection))
)
