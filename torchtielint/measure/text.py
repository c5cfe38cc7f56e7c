"""Measured models for a reader: a block for each that shares something, and a line for each that was not measured."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from torchtielint.findings import Severity
from torchtielint.measure.document import Object, is_wrong, objects, strings
from torchtielint.reporters.style import Style, visible
from torchtielint.reporters.summary import count
from torchtielint.runtime.lines import human_bytes

MOST_NAMES = 12
"""Of a group with more names, the first ones are shown; JSON has them all."""
MARKS = {"kept": "+", "demoted": "~", "broken": "x", "error": "!", "skipped": "-"}
_WORDS = {
    "kept": "kept",
    "demoted": "demoted to shared memory",
    "broken": "broken",
    "error": "raises",
    "skipped": "not tried",
}


def as_text(models: Sequence[Object], *, style: Style, width: int | None, verbose: bool) -> Iterator[str]:
    """The report, a line at a time.

    Args:
        models: of the document.
        style: colours, or none.
        width: columns; None where it is no terminal.
        verbose: show models that share nothing, names without end, and reasons of what was not tried, too.
    """
    wide = width or 100
    for model in models:
        if model["status"] == "ok" and (verbose or objects(model, "groups") or is_wrong(model)):
            yield from _block(model, style, wide, verbose=verbose)
            yield ""
    unmeasured = [model for model in models if model["status"] == "failed" or (verbose and model["status"] != "ok")]
    for model in unmeasured:
        reason = visible(f"{model['target']}: {model['status']}: {model['reason']}")
        yield from textwrap.wrap(reason, wide, subsequent_indent="    ", break_on_hyphens=False)
    if unmeasured:
        yield ""
    yield from textwrap.wrap(_summary(models), wide)


def _block(model: Object, style: Style, width: int, *, verbose: bool) -> Iterator[str]:
    place = f"  {model['file']}:{model['line']}" if model["file"] and model["line"] else ""
    yield f"{style.strong(visible(str(model['target'])))}{style.faint(visible(place))}"
    yield from (style.faint(line) for line in _built(model, width))
    helped: set[str] = set()
    for group in objects(model, "groups"):
        yield from _group(group, style, width, verbose=verbose)
        new = [one for one in strings(group, "advice") if one not in helped]
        helped.update(new)
        for advice in new:  # what was said of an earlier group holds for this one too
            yield from _wrapped(f"help: {advice}", width, "    ")
    yield from _wrapped(_counts(model), width, "  ")
    for one in objects(model, "expectations"):
        if not one["met"]:
            said = f"expected {one['expectation']}: {one['message']}"
            yield from (style.severity(line, Severity.ERROR) for line in _wrapped(said, width, "  "))
    for one in objects(model, "disagreements"):
        said = f"{one['file']}:{one['line']}:{one['column']}: {one['code']} [{one['name']}] {one['message']}"
        yield from (style.severity(line, Severity.WARNING) for line in _wrapped(said, width, "  "))


def _built(model: Object, width: int) -> list[str]:
    """How the model was made: where that can be pasted into the configuration, in one line that is not wrapped."""
    built = f"built on {model['device']}"
    if factory := str(model["factory"]):
        return [f"  {built}: factory = {visible(json.dumps(factory, ensure_ascii=False))}"]
    return _wrapped(f"{built} with {model['arguments']}" if model["arguments"] else built, width, "  ")


def _group(group: Object, style: Style, width: int, *, verbose: bool) -> Iterator[str]:
    kind = f"{group['kind']} buffers" if group["buffers"] else str(group["kind"])
    said = [kind]
    if (shape := group["shape"]) is not None and isinstance(shape, list):
        said.append(str(tuple(shape)))
    if group["dtype"]:
        said.append(str(group["dtype"]))
    if group["kind"] not in ("adjacent", "equal-values"):
        said.append(human_bytes(int(str(group["nbytes"]))))
    false = bool(group["false_tie"])
    head = ", ".join(said) + (": a false tie" if false else "")
    yield f"  {style.severity(head, Severity.ERROR) if false else head}"
    names = strings(group, "names")
    most = len(names) if verbose else MOST_NAMES
    yield from (f"    {style.frame('=')} {visible(name)}" for name in names[:most])
    if len(names) > most:
        yield style.faint(f"    and {len(names) - most:,} more")
    yield from (style.faint(line) for line in _wrapped(str(group["consequence"]), width, "    "))
    yield from _survival(group, style, width, verbose=verbose)


def _survival(group: Object, style: Style, width: int, *, verbose: bool) -> Iterator[str]:
    """A line for each thing that may become of a tie, with the operations that do it."""
    survival = group["survival"]
    if not isinstance(survival, dict):
        return
    by_outcome: dict[str, list[str]] = {}
    reasons: dict[str, list[str]] = {}
    for operation, found in survival.items():
        by_outcome.setdefault(str(found["outcome"]), []).append(str(operation))
        if found["reason"] and verbose:
            reasons.setdefault(str(found["reason"]), []).append(str(operation))
    for outcome, mark in MARKS.items():
        if operations := by_outcome.get(outcome):
            line = (
                f"{mark} {_WORDS[outcome]} by {', '.join(operations)}"
                if outcome in ("kept", "broken", "demoted")
                else ""
            )
            line = line or f"{mark} {_WORDS[outcome]}: {', '.join(operations)}"
            yield from _wrapped(line, width, "    ", hanging=2)
    for reason, operations in reasons.items():
        yield from (style.faint(line) for line in _wrapped(f"{', '.join(operations)}: {reason}", width, "      "))


def _counts(model: Object) -> str:
    counts = model["parameters"]
    if not isinstance(counts, dict):
        return ""
    said = f"{count(int(counts['unique']), 'parameter')} under {count(int(counts['named']), 'name')}, "
    said += f"{int(counts['elements']):,} elements, {human_bytes(int(counts['bytes']))}"
    if counts.get("saved"):
        said += f"; sharing saves {human_bytes(int(counts['saved']))}"
    return said


def _wrapped(text: str, width: int, indent: str, hanging: int = 4) -> list[str]:
    return textwrap.wrap(
        visible(text),
        max(width, 40),
        initial_indent=indent,
        subsequent_indent=indent + " " * hanging,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _summary(models: Iterable[Mapping[str, object]]) -> str:
    listed = list(models)
    if not listed:
        return "No Module classes found."
    measured = [model for model in listed if model["status"] == "ok"]
    sharing = [model for model in measured if objects(model, "groups")]
    false = sum(bool(group["false_tie"]) for model in measured for group in objects(model, "groups"))
    said = f"{count(len(measured), 'model')} measured: {len(sharing):,} with shared parameters"
    said += f" ({count(false, 'false tie')})" if false else ""
    for status in ("failed", "skipped"):
        if number := sum(model["status"] == status for model in listed):
            said += f", {number:,} {status}"
    unmet = sum(not one["met"] for model in listed for one in objects(model, "expectations"))
    said += f", {count(unmet, 'broken expectation')}" if unmet else ""
    differing = sum(len(objects(model, "disagreements")) for model in listed)
    said += f", {count(differing, 'disagreement')} with the source" if differing else ""
    return f"{said}."
