"""The JSON of `torchtielint ties`, read into types: strings end here."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from torchtielint.kinds import TieKind
from torchtielint.runtime.report import Outcome, ParameterCount, Survival

VERSION = 1


class Status(enum.Enum):
    """Whether a model was measured."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Group:
    """Names of one model that share a tensor, with what the report says about them."""

    names: tuple[str, ...]
    kind: TieKind
    shape: tuple[int, ...] | None
    dtype: str
    nbytes: int
    buffers: bool
    is_false: bool
    consequence: str
    advice: tuple[str, ...]
    survival: tuple[tuple[str, Survival], ...]


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A module of the model: its dotted name, its class, and the names of its own parameters."""

    name: str
    class_name: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Predicted:
    """A tie that the source shows."""

    kind: TieKind
    names: tuple[str, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the source and the measurement differ."""

    code: str
    message: str
    place: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the configuration says of the model, and whether it holds."""

    text: str
    met: bool
    message: str


@dataclass(frozen=True, slots=True)
class Model:
    """One target and what was found there."""

    target: str
    place: str
    status: Status
    reason: str
    built_by: str
    device: str
    parameters: ParameterCount | None
    groups: tuple[Group, ...]
    tree: tuple[ModuleEntry, ...]
    predicted: tuple[Predicted, ...] | None
    disagreements: tuple[Disagreement, ...]
    expectations: tuple[Expectation, ...]

    @property
    def broken_expectations(self) -> tuple[Expectation, ...]:
        """What was expected and does not hold."""
        return tuple(expectation for expectation in self.expectations if not expectation.met)

    @property
    def has_problems(self) -> bool:
        """Whether the command exits with 1 on account of this model."""
        return bool(self.disagreements or self.broken_expectations or any(group.is_false for group in self.groups))


def read_models(document: Mapping[str, object]) -> list[Model]:
    """Return the models of a document.

    Raises:
        ValueError: the document is of another version, or has a kind, a status or an outcome that this one lacks.
    """
    version = document.get("version")
    if version != VERSION:
        raise ValueError(f"cannot draw a document of version {version!r}: this is for version {VERSION}")
    return [_model(entry) for entry in _entries(document.get("models"))]


def _model(entry: Mapping[str, object]) -> Model:
    predicted = entry.get("predicted")
    return Model(
        target=_text(entry.get("target")),
        place=_place(entry),
        status=Status(entry.get("status")),
        reason=_text(entry.get("reason")),
        built_by=_text(entry.get("factory")) or _text(entry.get("arguments")),
        device=_text(entry.get("device")),
        parameters=_count(entry.get("parameters")),
        groups=tuple(_group(group) for group in _entries(entry.get("groups"))),
        tree=tuple(
            ModuleEntry(_text(module.get("name")), _text(module.get("class")), _texts(module.get("parameters")))
            for module in _entries(entry.get("tree"))
        ),
        predicted=None if predicted is None else tuple(_predicted(tie) for tie in _entries(predicted)),
        disagreements=tuple(
            Disagreement(_text(found.get("code")), _text(found.get("message")), _place(found))
            for found in _entries(entry.get("disagreements"))
        ),
        expectations=tuple(
            Expectation(_text(one.get("expectation")), bool(one.get("met")), _text(one.get("message")))
            for one in _entries(entry.get("expectations"))
        ),
    )


def _group(entry: Mapping[str, object]) -> Group:
    kind = TieKind(entry.get("kind"))
    shape = entry.get("shape")
    survival = entry.get("survival")
    return Group(
        names=_texts(entry.get("names")),
        kind=kind,
        shape=None if shape is None else tuple(_number(size) for size in _items(shape)),
        dtype=_text(entry.get("dtype")),
        nbytes=_number(entry.get("nbytes")),
        buffers=bool(entry.get("buffers")),
        is_false=bool(entry.get("false_tie", kind.is_false)),
        consequence=_text(entry.get("consequence")),
        advice=_texts(entry.get("advice")),
        survival=tuple(_survivals(survival)) if isinstance(survival, Mapping) else (),
    )


def _survivals(entries: Mapping[object, object]) -> Iterator[tuple[str, Survival]]:
    for operation, entry in entries.items():
        if isinstance(entry, Mapping):
            yield _text(operation), Survival(Outcome(entry.get("outcome")), _text(entry.get("reason")))


def _predicted(entry: Mapping[str, object]) -> Predicted:
    line = entry.get("line")
    return Predicted(TieKind(entry.get("kind")), _texts(entry.get("names")), None if line is None else _number(line))


def _count(entry: object) -> ParameterCount | None:
    if not isinstance(entry, Mapping):
        return None
    return ParameterCount(*(_number(entry.get(key)) for key in ("named", "unique", "elements", "bytes", "saved")))


def _place(entry: Mapping[str, object]) -> str:
    """`file:line`, as far as they are known."""
    file, line = _text(entry.get("file")), entry.get("line")
    return f"{file}:{line}" if file and line is not None else file


def _entries(value: object) -> list[Mapping[str, object]]:
    return [item for item in _items(value) if isinstance(item, Mapping)]


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _items(value))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0
