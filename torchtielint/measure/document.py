"""What is known of each model when everything was measured, as the JSON document that every output is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from torchtielint.measure.compare import NAMES, Disagreement
from torchtielint.model_settings import ModelSettings
from torchtielint.static_ties import ClassTies, group_as_object

SCHEMA = 1
"""The version of the JSON; it changes where a field changes its meaning or goes away."""
Object = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the configuration expects of a model, and what is the case where that is something else."""

    expectation: str
    met: bool
    message: str = ""


def entry(
    target: str,
    file: str,
    model: Object,
    *,
    predicted: ClassTies | None = None,
    disagreements: Sequence[Disagreement] = (),
    expectations: Sequence[Expectation] = (),
) -> dict[str, object]:
    """One model of the document.

    Args:
        target: how reports call it.
        file: where it is defined, as reports show it; empty where that is not known.
        model: what the worker wrote.
        predicted: what the static half says of its class.
        disagreements: where the two differ.
        expectations: what the configuration expects.
    """
    line = model.get("line")
    return {
        "target": target,
        "file": file or None,
        "line": line if isinstance(line, int) and line > 0 else None,
        "status": model.get("status", "failed"),
        "reason": model.get("reason", ""),
        "arguments": model.get("arguments", ""),
        "factory": model.get("factory", ""),
        "device": model.get("device", ""),
        "parameters": model.get("parameters"),
        "groups": model.get("groups", []),
        "tree": model.get("tree", []),
        "predicted": None if predicted is None else [group_as_object(group) for group in predicted.groups],
        "disagreements": [_disagreement(one) for one in disagreements],
        "expectations": [
            {"expectation": one.expectation, "met": one.met, "message": one.message} for one in expectations
        ],
    }


def _disagreement(one: Disagreement) -> dict[str, object]:
    place = one.place
    return {
        "code": one.code,
        "name": NAMES[one.code],
        "message": one.message,
        "file": place.path,
        "line": place.position.line,
        "column": place.position.column,
    }


def document(models: Iterable[Object]) -> dict[str, object]:
    """All models, and the version of what is said of them."""
    return {"version": SCHEMA, "models": list(models)}


def as_json(held: Object) -> str:
    """The document as text."""
    return json.dumps(held, indent=2)


def objects(holder: Object, key: str) -> list[dict[str, object]]:
    """A list of objects in the document."""
    value = holder.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def strings(holder: Object, key: str) -> list[str]:
    """A list of strings in the document."""
    value = holder.get(key)
    return [str(one) for one in value] if isinstance(value, list) else []


def is_wrong(model: Object) -> bool:
    """Whether a model has a false tie, a broken expectation, or a tie that only one half sees."""
    false = any(group.get("false_tie") for group in objects(model, "groups"))
    broken = any(not one.get("met") for one in objects(model, "expectations"))
    return bool(false or broken or objects(model, "disagreements"))


def expectations(settings: ModelSettings, model: Object) -> list[Expectation]:
    """Judge what the configuration expects of a model by what was measured."""
    if model.get("status") != "ok":
        wanted = (*settings.tied, *settings.untied, *((name,) for name in settings.survives))
        said = f"the model could not be built: {model.get('reason')}"
        return [Expectation(", ".join(names), met=False, message=said) for names in wanted]
    groups = objects(model, "groups")
    found = [_tied(names, groups) for names in settings.tied]
    found += [_untied(names, groups) for names in settings.untied]
    return found + [_survives(operation, settings, groups) for operation in settings.survives]


def _tied(names: tuple[str, ...], groups: Sequence[Object]) -> Expectation:
    said = f"tied: {', '.join(names)}"
    kind = _common(names, groups)
    if kind in ("same-parameter", "same-module"):
        return Expectation(said, met=True)
    return Expectation(said, met=False, message=f"they are {kind}" if kind else "they share nothing")


def _untied(names: tuple[str, ...], groups: Sequence[Object]) -> Expectation:
    said = f"untied: {', '.join(names)}"
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    for pair in pairs:
        if kind := _common(pair, groups):
            return Expectation(said, met=False, message=f"`{pair[0]}` and `{pair[1]}` are {kind}")
    return Expectation(said, met=True)


def _survives(operation: str, settings: ModelSettings, groups: Sequence[Object]) -> Expectation:
    said = f"survives: {operation}"
    wanted = set(settings.tied)
    for group in groups:
        names = strings(group, "names")
        if wanted and not any(set(tied) <= set(names) for tied in wanted):
            continue
        survival = group.get("survival")
        outcome = survival.get(operation, {}) if isinstance(survival, dict) else {}
        if outcome.get("outcome") != "kept":
            reason = f": {outcome['reason']}" if outcome.get("reason") else ""
            shown = f"`{names[0]}` and `{names[1]}`"
            return Expectation(said, met=False, message=f"{shown}: {outcome.get('outcome', 'not tried')}{reason}")
    return Expectation(said, met=True)


def _common(names: Sequence[str], groups: Sequence[Object]) -> str:
    """How names are one: the kind of the group that has them all, below modules that are one; empty where none has."""
    for group in groups:
        if group.get("kind") in ("adjacent", "equal-values"):
            continue
        held = strings(group, "names")
        if set(names) <= set(held):
            return str(group["kind"])
        if group.get("kind") == "same-module":
            below = [{name[len(one) + 1 :] for one in held if name.startswith(f"{one}.")} for name in names]
            if all(below) and set.intersection(*below):
                return "same-module"
    return ""
