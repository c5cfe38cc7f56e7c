"""The operations, in families; importing this package registers them."""

from __future__ import annotations

from torchtielint.runtime.operations import (
    checkpoints,
    compilation,
    conversion,
    copying,
    files,
    reparametrization,
    training,
)
from torchtielint.runtime.operations.base import ON_GROUP, ON_MODEL, Inapplicable, Trial, one_line, skipped

__all__ = ["FAMILIES", "ON_GROUP", "ON_MODEL", "Inapplicable", "Trial", "one_line", "skipped"]

FAMILIES = (copying, checkpoints, conversion, training, reparametrization, compilation, files)
