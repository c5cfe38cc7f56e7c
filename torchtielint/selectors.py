"""Which rules are meant: codes, prefixes of codes, names and `ALL`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from torchtielint.errors import ConfigError, nearest

ALL = "ALL"


@dataclass(frozen=True)
class Catalogue:
    """The rules that exist: their names by code, and the codes that are on by default.

    `always` are on whatever is selected, unless they are ignored: they say that a file was not checked at all.
    `targets` are the major versions of transformers from which on a rule holds.
    """

    names: Mapping[str, str]
    default: frozenset[str]
    always: frozenset[str] = frozenset()
    targets: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _codes_by_name(self) -> dict[str, str]:
        return {name: code for code, name in self.names.items()}

    def expand(self, selector: str) -> tuple[int, frozenset[str]]:
        """How specific a selector is (more is narrower), and the codes that it stands for: none where it is unknown."""
        if selector.upper() == ALL:
            return 0, frozenset(self.names)
        if selector in self._codes_by_name:
            code = self._codes_by_name[selector]
            return len(code), frozenset([code])
        prefix = selector.upper()
        return len(prefix), frozenset(code for code in self.names if prefix and code.startswith(prefix))

    def beyond(self, version: int) -> frozenset[str]:
        """The codes that say nothing about a project for this major version of transformers."""
        return frozenset(code for code, since in self.targets.items() if since > version)

    def nearest(self, selector: str) -> str:
        """The valid selector that looks most like this one, or nothing."""
        if selector.upper().startswith("TTL"):
            return nearest(selector.upper(), self.names, 0.7)
        return nearest(selector.lower(), self._codes_by_name, 0.5)

    def check(self, selectors: Iterable[str], where: str) -> None:
        """Raise a ConfigError for a selector that stands for nothing; `where` says who used it."""
        for selector in selectors:
            if not self.expand(selector)[1]:
                near = self.nearest(selector)
                hint = f"did you mean `{near}`?" if near else "`torchtielint rule` lists every rule"
                raise ConfigError(f"`{selector}` in {where} is no rule", hint=hint)


@dataclass(frozen=True, slots=True)
class Selection:
    """What one layer of configuration says about rules; `select` is None where it leaves the base alone."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def enabled_codes(catalogue: Catalogue, layers: Sequence[Selection]) -> frozenset[str]:
    """The codes that are on after all layers, lowest priority first.

    A layer with `select` starts from nothing, any other changes what it finds. Within a layer the narrower selector
    wins, and `ignore` wins among equals.
    """
    enabled = set(catalogue.default)
    for layer in layers:
        changes = [(catalogue.expand(one), True) for one in (*(layer.select or ()), *layer.extend_select)]
        changes += [(catalogue.expand(one), False) for one in layer.ignore]
        changes.sort(key=lambda change: (change[0][0], not change[1]))
        if layer.select is not None:
            enabled = set(catalogue.always)
        for (_, codes), on in changes:
            enabled = enabled | codes if on else enabled - codes
    return frozenset(enabled)
