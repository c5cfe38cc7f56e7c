"""The prediction against the measurement: where the source and the built model do not say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from torchtielint.static_ties import ClassTies, Group, Place

# Their pages are rules/TTL901.md and rules/TTL902.md.
PREDICTED_NOT_REAL, REAL_NOT_PREDICTED = "TTL901", "TTL902"
NAMES = {PREDICTED_NOT_REAL: "predicted-tie-not-real", REAL_NOT_PREDICTED: "real-tie-not-predicted"}
_SHARING = ("same-parameter", "same-module", "same-storage", "overlapping")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A tie that only one of the two sees."""

    code: str
    message: str
    place: Place


@dataclass(slots=True)
class _Clusters:
    """Names that are one, and what stands for each cluster: a union-find."""

    parents: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        while (above := self.parents.get(name, name)) != name:
            name = above
        return name

    def join(self, names: Sequence[str]) -> None:
        for name in names[1:]:
            self.parents[self.find(name)] = self.find(names[0])


def patterns(predicted: ClassTies) -> tuple[str, ...]:
    """The names of a prediction that have to be looked up in the model."""
    return tuple(dict.fromkeys(name for group in predicted.groups for name in group.names))


def compare(predicted: ClassTies, groups: Sequence[Mapping[str, object]], matches: object) -> list[Disagreement]:
    """Where the predicted ties of a class and the measured groups of a model of it differ.

    Args:
        predicted: of the class.
        groups: as the worker wrote them.
        matches: the names of the model that each name of the prediction stands for.
    """
    found = {str(name): [str(one) for one in names] for name, names in dict(matches or {}).items()}  # type: ignore[call-overload]  # JSON
    expanded = [(group, [one for name in group.names for one in found.get(name, ())]) for group in predicted.groups]
    measured = [group for group in groups if group["kind"] in _SHARING]
    return [*_not_real(expanded, measured), *_not_predicted(predicted, expanded, measured)]


def _not_real(
    expanded: Sequence[tuple[Group, list[str]]], measured: Sequence[Mapping[str, object]]
) -> Iterator[Disagreement]:
    real = _clusters((_names(group), group["kind"] == "same-module") for group in measured)
    modules = [_names(group) for group in measured if group["kind"] == "same-module"]
    for group, names in expanded:
        if group.conditional or group.site is None or len(names) < 2:
            continue
        first, *others = names
        for other in others:
            if real.find(_canonical(first, modules)) != real.find(_canonical(other, modules)):
                said = (
                    f"`{first}` and `{other}` are one by the source ({group.kind}), and two in the model that was built"
                )
                yield Disagreement(PREDICTED_NOT_REAL, said, group.site)
                break


def _not_predicted(
    predicted: ClassTies, expanded: Sequence[tuple[Group, list[str]]], measured: Sequence[Mapping[str, object]]
) -> Iterator[Disagreement]:
    if not predicted.complete:
        return
    known = _clusters((names, group.kind == "same-module") for group, names in expanded)
    modules = [names for group, names in expanded if group.kind == "same-module" and names]
    for group in measured:
        first, *others = _names(group)
        if group["buffers"]:
            continue
        apart = (
            one for one in others if known.find(_canonical(first, modules)) != known.find(_canonical(one, modules))
        )
        if (other := next(apart, None)) is not None:
            said = (
                f"`{first}` and `{other}` are one in the model that was built ({group['kind']}), and two by the source"
            )
            yield Disagreement(REAL_NOT_PREDICTED, said, predicted.place)


def _clusters(groups: Iterable[tuple[Sequence[str], bool]]) -> _Clusters:
    """What is one, by names in which every module has its first name."""
    noted = list(groups)
    modules = [names for names, is_module in noted if is_module and names]
    clusters = _Clusters()
    for names, _ in noted:
        if names:
            clusters.join([_canonical(name, modules) for name in names])
    return clusters


def _canonical(name: str, modules: Sequence[Sequence[str]]) -> str:
    """A name below modules of which each is called by the first of its names."""
    for _ in range(len(modules) + 1):
        before = name
        for names in modules:
            for other in names[1:]:
                if name == other or name.startswith(f"{other}."):
                    name = names[0] + name[len(other) :]
        if name == before:
            break
    return name


def _names(group: Mapping[str, object]) -> list[str]:
    names = group["names"]
    return [str(name) for name in names] if isinstance(names, list) else []
