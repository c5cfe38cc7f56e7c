"""`torchtielint ties --static`: the ties that the constructors of the classes in files make, read off their text."""

from __future__ import annotations

import functools
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import engine
from torchtielint.command import FAILED, FOUND, OK, CheckOptions, find_targets, resolver_for, terminal_width, write
from torchtielint.engine import Target
from torchtielint.errors import SourceSyntaxError, UnreadableSourceError
from torchtielint.findings import Position, Range, Severity
from torchtielint.importable import new_project
from torchtielint.nesting import refuse_deep_nesting
from torchtielint.reporters.style import Style, visible
from torchtielint.reporters.summary import count
from torchtielint.source import decode

if TYPE_CHECKING:
    from torchtielint.semantics.project import Project
    from torchtielint.semantics.shapes import Shape
    from torchtielint.semantics.tie_graph import TieGraph, TieGroup

SCHEMA = 1
"""The version of the JSON that `ties --static` writes; it changes where a field changes its meaning or goes away."""
MOST_NAMES = 12
"""Of a group with more names, the first ones are shown; JSON has them all."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, or of the cell of a notebook that `cell` numbers."""

    path: str
    position: Position
    cell: int = 0

    @property
    def page(self) -> str:
        """What it is a line of."""
        return f"{self.path}:cell {self.cell}" if self.cell else self.path


@dataclass(frozen=True, slots=True)
class Group:
    """Names of one class that are one; see `TieGroup` for the fields."""

    kind: str
    names: tuple[str, ...]
    shape: tuple[int | str | None, ...] | None
    site: Place | None
    conditional: bool
    condition: str
    buffers: bool
    is_false: bool


@dataclass(frozen=True, slots=True)
class ClassTies:
    """What a class ties, and where it is defined; `complete` when nothing that it registers is hidden from view."""

    name: str
    place: Place
    complete: bool
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file (or folder) that could not be read to its end, and why."""

    path: str
    line: int
    reason: str


def run_static(paths: Sequence[str], options: CheckOptions, *, as_json: bool, colour: bool) -> int:
    """Run `torchtielint ties --static`; return its exit code."""
    targets, unreadable = find_targets(paths or (".",), options, resolver_for(options))
    classes: list[ClassTies] = []
    project = functools.lru_cache(new_project)
    unread = [Unread(path, 1, reason) for path, reason in unreadable]
    for target in targets:
        found, failed = read_ties(target, project)
        classes += found
        unread += failed
    if as_json:
        write([as_json_text(classes, unread)], sys.stdout)
    else:
        write(as_text(classes, style=Style(colour), width=terminal_width(sys.stdout)), sys.stdout)
        for one in unread:
            sys.stderr.write(f"{visible(one.path)}:{one.line}: {visible(one.reason)}\n")
    if unread:
        return FAILED
    return FOUND if any(group.is_false for one in classes for group in one.groups) else OK


def read_ties(target: Target, project: Callable[[], Project]) -> tuple[list[ClassTies], list[Unread]]:
    """The ties in a file, or why there are none to be had; the other files are read all the same."""
    try:
        return ties_in(target, project), []
    except (OSError, UnreadableSourceError, SourceSyntaxError) as error:
        return [], [Unread(target.shown, getattr(error, "line", None) or 1, _reason(error))]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a mistake of ours, or a panic in libcst, which is no Exception
        return [], [Unread(target.shown, 1, f"torchtielint failed on this file ({type(error).__name__}: {error})")]


def _reason(error: OSError | UnreadableSourceError | SourceSyntaxError) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return error.message


def ties_in(target: Target, project: Callable[[], Project] | None = None) -> list[ClassTies]:
    """The ties of each Module class in a file.

    Raises:
        OSError: the file cannot be opened.
        UnreadableSourceError: it is no text that Python reads.
        SourceSyntaxError: it is no Python.
    """
    data = Path(target.path).read_bytes() if target.data is None else target.data
    if target.path.endswith(engine.NOTEBOOK):
        return _ties_of_cells(data, target, project)
    source = decode(data, target.shown)
    return _ties_of_source(source.text, target, project)


def _ties_of_cells(data: bytes, target: Target, project: Callable[[], Project] | None) -> list[ClassTies]:
    """The ties of the classes in the cells of a notebook, which are one program."""
    from torchtielint.notebook import read_notebook

    notebook = read_notebook(data)

    def placed(place: Place) -> Place:
        within = notebook.within(Range(place.position, place.position))
        return Place(place.path, within.start, within.cell) if place.path == target.shown else place

    return [
        replace(
            one,
            place=placed(one.place),
            groups=tuple(replace(group, site=group.site and placed(group.site)) for group in one.groups),
        )
        for one in _ties_of_source(notebook.program, target, project)
    ]


def _ties_of_source(text: str, target: Target, project: Callable[[], Project] | None) -> list[ClassTies]:
    refuse_deep_nesting(text)
    if "torch" not in text and not engine.defines_modules_of_others(text, target.path, project):
        return []
    return ties_of_text(text, target.shown, file=target.path, project=None if project is None else project())


def ties_of_text(text: str, path: str, *, file: str = "", project: Project | None = None) -> list[ClassTies]:
    """The ties of each Module class in a text; everything that imports libcst is behind this function."""
    from torchtielint.checks.run import RECURSION_LIMIT
    from torchtielint.semantics.analysis import tie_graphs
    from torchtielint.semantics.index import index_source
    from torchtielint.semantics.program import Program

    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    return [_class(graph) for graph in tie_graphs(Program.of(path, text, index_source(text), file), project)]


def _class(graph: TieGraph) -> ClassTies:
    place = Place(graph.site.path, graph.site.range.start)
    return ClassTies(graph.model.name, place, graph.complete, tuple(_group(group) for group in graph.groups))


def _group(group: TieGroup) -> Group:
    site = None if group.site is None else Place(group.site.path, group.site.range.start)
    return Group(
        group.kind.value,
        group.names,
        _sizes(group.shape),
        site,
        group.conditional,
        group.condition,
        group.buffers,
        group.is_false,
    )


def _sizes(shape: Shape | None) -> tuple[int | str | None, ...] | None:
    """A shape for the border: numbers, expressions as people write them, None for what is not known."""
    if shape is None:
        return None
    return tuple(None if size is None else str(size) if size.literal is None else size.literal for size in shape)


# JSON


def as_json_text(classes: Iterable[ClassTies], unread: Iterable[Unread] = ()) -> str:
    """The ties as JSON.

    An object: `version` of this schema, `classes` in reading order, `errors` for files that could not be read. A class
    has `class`, `path`, `line`, `complete` and `groups`; a group has `kind` (same-parameter, same-module, same-storage,
    overlapping), `names`, `shape` (integers, expressions, null for a size that is not known; null for modules and where
    nothing is known), `site` (`path`, `line`, `column`, or null), `conditional` and `condition` (as written, or null),
    `buffers` (the names are buffers) and `false_tie` (several Parameters that look like one). Places in a notebook also
    have a `cell`, counted from 1.
    """
    document = {
        "version": SCHEMA,
        "classes": [
            {
                "class": one.name,
                "path": one.place.path,
                **_cell(one.place),
                "line": one.place.position.line,
                "complete": one.complete,
                "groups": [group_as_object(group) for group in one.groups],
            }
            for one in classes
        ],
        "errors": [{"path": one.path, "line": one.line, "message": one.reason} for one in unread],
    }
    return json.dumps(document, indent=2)


def group_as_object(group: Group) -> dict[str, object]:
    """One predicted group; see `as_json_text` for the fields."""
    site = group.site
    return {
        "kind": group.kind,
        "names": list(group.names),
        "shape": None if group.shape is None else list(group.shape),
        "site": site and {"path": site.path, **_cell(site), "line": site.position.line, "column": site.position.column},
        "conditional": group.conditional,
        "condition": group.condition or None,
        "buffers": group.buffers,
        "false_tie": group.is_false,
    }


def _cell(place: Place) -> dict[str, int]:
    return {"cell": place.cell} if place.cell else {}


# Text


def as_text(classes: Sequence[ClassTies], *, style: Style, width: int | None) -> Iterator[str]:
    """The ties for a reader: a block for each class that ties something, one line for all the others."""
    for one in classes:
        if one.groups:
            yield from _block(one, style, width or 100)
            yield ""
    yield from textwrap.wrap(_summary(classes), width or 100)


def _block(one: ClassTies, style: Style, width: int) -> Iterator[str]:
    part = "" if one.complete else style.faint("  (known in part)")
    yield f"{style.strong(visible(one.name))}  {visible(one.place.page)}:{one.place.position.line}{part}"
    for group in one.groups:
        said = [group.kind if not group.buffers else f"{group.kind} buffers"]
        if group.shape is not None:
            said.append(_shown(group.shape))
        if group.site is not None:
            where = "" if group.site.page == one.place.page else f"{group.site.page}:"
            said.append(f"line {where}{group.site.position.line}")
        if group.conditional:
            said.append(f"if {group.condition}" if group.condition else "on a branch")
        head = textwrap.wrap(visible(", ".join(said)), width - 2, subsequent_indent="  ", break_on_hyphens=False)
        yield from (f"  {style.severity(line, Severity.ERROR) if group.is_false else line}" for line in head)
        if group.is_false:
            yield style.faint("    false tie: several Parameters over common memory")
        yield from (f"    {style.frame('=')} {visible(name)}" for name in group.names[:MOST_NAMES])
        if len(group.names) > MOST_NAMES:
            yield style.faint(f"    and {len(group.names) - MOST_NAMES:,} more")


def _shown(shape: Sequence[int | str | None]) -> str:
    sizes = ["?" if size is None else str(size) for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def _summary(classes: Sequence[ClassTies]) -> str:
    """How many classes tie something, and how many nothing."""
    if not classes:
        return "No Module classes found."
    silent = [one for one in classes if not one.groups]
    parts = sum(not one.complete for one in silent)
    false = sum(group.is_false for one in classes for group in one.groups)
    groups = sum(len(one.groups) for one in classes)
    tying = len(classes) - len(silent)
    said = f"{count(len(classes), 'Module class').replace('classs', 'classes')}: "
    if tying:
        said += f"{count(groups, 'group')} in {tying}"
        said += f" ({count(false, 'false tie')})" if false else ""
    if silent:
        said += f"{', ' if tying else ''}nothing shared in {len(silent):,}"
        said += f" ({parts:,} of them known in part)" if parts else ""
    return f"{said}."
