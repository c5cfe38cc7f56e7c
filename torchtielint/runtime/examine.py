"""What a worker does with a request: import, build, measure, and try what undoes the ties."""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TextIO

from torch import nn

from torchtielint.runtime import tie_report
from torchtielint.runtime.construct import Built, Given, Mined, Refused, build, classes_in, mine, rebuild
from torchtielint.runtime.construct.build import reason_of
from torchtielint.runtime.construct.spelling import evaluated, said
from torchtielint.runtime.documents import as_object
from torchtielint.runtime.survival import with_survival

MOST_MODULES = 5_000
"""Modules of one model whose names go into the report."""
MOST_MATCHES = 1_000
"""Names of one model that one pattern of the prediction may stand for."""


class NothingAskedError(Exception):
    """A module has no attribute of the name that was asked for, or one that is no model and makes none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is to be measured: a class, a function that makes a model, or a model."""

    name: str
    thing: object
    line: int


def examine(request: Mapping[str, object], events: TextIO) -> None:
    """Write an event for each model of a request.

    Args:
        request: as `torchtielint.measure.workers.Request` spells it.
        events: takes a line of JSON each for what was found in the file, for each model that is begun, and for each
            that has ended.
    """

    def tell(event: str, **more: object) -> None:
        events.write(json.dumps({"event": event, **more}) + "\n")
        events.flush()

    tell("start", name="")
    try:
        module = _imported(request)
        targets = list(_asked(module, request))
    except NothingAskedError as error:
        tell("missing", reason=str(error))
        return
    except (Exception, SystemExit) as error:  # the import runs the project's code
        tell("unimportable", reason=reason_of(error))
        return
    tell("found", targets=[{"name": one.name, "line": one.line} for one in targets])
    done = set(_strings(request, "done"))
    mined = mine(_texts(request))
    for target in targets:
        if target.name in done:
            continue
        tell("start", name=target.name)
        try:
            entry = _entry(target, module, request, mined)
        except (Exception, SystemExit) as error:  # hooks, properties and `__repr__` are the project's code
            entry = {"status": "failed", "reason": reason_of(error)}
        tell("model", name=target.name, line=target.line, **entry)
    tell("end")


def _imported(request: Mapping[str, object]) -> ModuleType:
    """The module of a request: by its dotted name, or from a file that belongs to no package."""
    sys.path[:0] = [folder for folder in _strings(request, "path") if folder not in sys.path]
    name, file = str(request["module"]), str(request.get("file") or "")
    sys.argv = [file or name]
    if not file:
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{Path(file).name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _asked(module: ModuleType, request: Mapping[str, object]) -> Iterator[Asked]:
    """One attribute, or every class of the module and every function that returns a model.

    Raises:
        NothingAskedError: there is no such attribute, or it is something else.
    """
    attribute = str(request.get("attribute") or "")
    known = classes_in(module)
    if not attribute:
        yield from (Asked(one.name, one.target, one.line) for one in known)
        return
    value: object = module
    for part in attribute.split("."):
        if not hasattr(value, part):
            near = difflib.get_close_matches(part, [one.name for one in known] or dir(value), 1)
            hint = f": did you mean `{near[0]}`?" if near else ""
            raise NothingAskedError(f"there is no `{attribute}` in `{module.__name__}`{hint}")
        value = getattr(value, part)
    if not (isinstance(value, nn.Module) or callable(value)):
        kind = type(value).__name__
        raise NothingAskedError(f"`{attribute}` is neither a class, nor a function, nor a model, but {kind}")
    yield Asked(attribute, value, next((one.line for one in known if one.name == attribute), 0))


def _entry(target: Asked, module: ModuleType, request: Mapping[str, object], mined: Mined) -> dict[str, object]:
    """Everything about one model that the report holds."""
    seconds = float(str(request["seconds"]))
    making = _making(request, target.name)
    make: Callable[[], nn.Module] | None = None
    if isinstance(target.thing, nn.Module):
        model, arguments, factory, device = target.thing, "", "", ""
    elif callable(target.thing):
        outcome = build(target.thing, _given(module, making), mined=mined, seconds=seconds / 2)
        if isinstance(outcome, Refused):
            return {"status": outcome.status.value, "reason": outcome.reason}
        model, arguments, device = outcome.module, outcome.arguments, outcome.device
        factory = str(making.get("call") or "") or said(outcome.recipe, vars(module))
        make = _maker(outcome, seconds / 2)
    report = tie_report(model, adjacent=bool(request.get("adjacent")))
    if report.groups:
        report = with_survival(
            report, model, make=make, operations=_strings(making, "survival") or _strings(request, "survival")
        )
    modules = [(name, child) for name, child in model.named_modules(remove_duplicate=False)][:MOST_MODULES]
    return {
        "status": "ok",
        "arguments": arguments,
        "factory": factory,
        **as_object(report),
        "device": device or report.device,
        "tree": [
            {"name": name, "class": type(child).__name__, "parameters": list(child._parameters)}
            for name, child in modules
        ],
        "matches": _matches(model, request, target.name),
    }


def _maker(built: Built, seconds: float) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        again = rebuild(built, device="cpu", seconds=seconds)
        if isinstance(again, Refused):
            raise RuntimeError(again.reason)  # noqa: TRY004  # it is no wrong type: the constructor failed
        return again.module

    return make


def _making(request: Mapping[str, object], name: str) -> Mapping[str, object]:
    """What the user says of one model."""
    by_name = request.get("making")
    making = by_name.get(name) if isinstance(by_name, dict) else None
    return making if isinstance(making, dict) else {}


def _given(module: ModuleType, making: Mapping[str, object]) -> Given:
    """What the user says of the arguments of one model."""
    if call := str(making.get("call") or ""):
        return Given(call=lambda: evaluated(call, vars(module)), source=call)
    args, kwargs = (
        ast.literal_eval(str(making.get(key) or empty)) for key, empty in (("args", "()"), ("kwargs", "{}"))
    )
    return Given(args=tuple(args), kwargs=dict(kwargs))


def _matches(model: nn.Module, request: Mapping[str, object], name: str) -> dict[str, list[str]]:
    """Which names of a model each name of its predicted ties stands for; `*` is any one part of a dotted name."""
    asked = request.get("patterns")
    patterns = asked.get(name, []) if isinstance(asked, dict) else []
    if not patterns:
        return {}
    names = [found for found, _ in model.named_modules(remove_duplicate=False)]
    names += [found for found, _ in model.named_parameters(remove_duplicate=False)]
    names += [found for found, _ in model.named_buffers(remove_duplicate=False)]
    known = set(names)
    matches: dict[str, list[str]] = {}
    for pattern in map(str, patterns):
        if "*" not in pattern:
            matches[pattern] = [pattern] if pattern in known else []
            continue
        like = re.compile(re.escape(pattern).replace(r"\*", "[^.]+"))
        matches[pattern] = [found for found in names if like.fullmatch(found)][:MOST_MATCHES]
    return matches


def _texts(request: Mapping[str, object]) -> Iterator[str]:
    """The documentation beside a project, in which calls of its classes may be shown."""
    for file in _strings(request, "documents"):
        with suppress(OSError):
            yield Path(file).read_text(encoding="utf-8", errors="replace")


def _strings(request: Mapping[str, object], key: str) -> list[str]:
    value = request.get(key)
    return [str(one) for one in value] if isinstance(value, list) else []
