"""What the screen notes down of one function."""

from __future__ import annotations

from dataclasses import dataclass, field

from torchtielint.semantics.screen.kinds import Kind, Kinds, Suspicion

Branch = tuple[tuple[int, int], ...]
"""The tests that a place stands below, and in which arm of each."""


@dataclass(slots=True)
class Assigned:
    """One assignment to an attribute of the object: what it may be, in which method, and below which tests."""

    kind: Kinds
    method: str
    none: bool = False
    buffer: bool = False
    branch: Branch = ()

    def excludes(self, other: Assigned) -> bool:
        """Whether only one of two assignments can run."""
        return excludes(self.branch, other.branch)


def excludes(branch: Branch, other: Branch) -> bool:
    """Whether two places stand in the two arms of one `if`."""
    arms = dict(branch)
    return any(arms.get(test, arm) != arm for test, arm in other)


@dataclass(slots=True)
class Reading:
    """What was seen in one function.

    Args:
        suspicions: why it has to be run.
        calls: names that it calls or hands on, as dotted names.
        methods: names of methods and attributes of the object that it reads.
        attributes: what it assigns to the object.
        returns: what it may return.
        aliases: attributes of the object that it hands on to somebody who may keep them.
        creates: the classes of modules that it makes, and the functions that do.
        repeats: it puts what it is given several times into a list.
        hands: whom it hands modules, parameters or the object itself.
        names: whom it hands classes.
        empty: attributes that it makes Parameters without values.
        fills: attributes that it hands to something that gives values.
    """

    suspicions: set[Suspicion] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    attributes: dict[str, list[Assigned]] = field(default_factory=dict)
    returns: Kinds = Kind.DATA
    aliases: dict[str, int] = field(default_factory=dict)
    creates: set[str] = field(default_factory=set)
    repeats: bool = False
    hands: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    fills: set[str] = field(default_factory=set)
