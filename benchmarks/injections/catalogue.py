"""What a mistake is, here: snippets for the places of a class, wrong and right, and what tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from injections.hosts import Host

MARK = "#!"  # ends the lines on which the rule must be reported


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines for the places of a class and its file.

    In them `{h}` is the class, `{arguments}` what it is constructed with, `{x}` the first argument of `forward`, `{n}`
    a size, `{a}`, `{b}`, `{c}` are attributes that the class does not have, `{f}`, `{g}` functions likewise, and
    `{linear}`, `{parameter}`, ... attributes that it has. A line with more of one indentation level than the place
    goes on being so.

    Args:
        init: at the end of the constructor.
        first: at its beginning, before `super().__init__()`.
        forward: at the beginning of `forward`.
        body: at the beginning of the class body.
        methods: at its end.
        above: before the class.
        below: after it.
    """

    init: str = ""
    first: str = ""
    forward: str = ""
    body: str = ""
    methods: str = ""
    above: str = ""
    below: str = ""


# Takes the values for the names in braces and adds to them; the host's text with the mistake, marked, and its twin.
Edit = Callable[[Host, dict[str, str]], "tuple[str, str] | None"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write a mistake, and the same written rightly.

    Args:
        name: the column of the table that it counts in.
        bad: the mistake, with its marks; or a function that edits the class's own code.
        good: the same written rightly.
        effect: what is true under torch of the mistake, and false of its twin; that of the injection where not given.
        needs: features that the class must have.
        avoids: a word that the class must not use.
        inherited: it is written into a subclass as well, in the same file and in another.
        imported: what stands above the class stands in another file as well.
    """

    name: str
    bad: Snippet | Edit
    good: Snippet = field(default_factory=Snippet)
    effect: str = ""
    needs: tuple[str, ...] = ()
    avoids: str = ""
    inherited: bool = False
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Injection:
    """How the mistake of one rule is put into a class.

    Args:
        code: the rule.
        effect: an expression about `make()`, which constructs the class, and the names in `worker.HELPERS`.
        ways: in which it is written.
    """

    code: str
    effect: str
    ways: Sequence[Way]


def built(name: str, bad: str, good: str, *, effect: str = "", needs: tuple[str, ...] = ()) -> Way:
    """A way at the end of the constructor; the direct one is written into subclasses too."""
    return Way(
        name,
        Snippet(init=bad),
        Snippet(init=good),
        effect=effect,
        needs=needs,
        inherited=name in ("direct", "edit"),
    )


def through(
    bad: str, good: str, *, before: str = "", effect: str = "", needs: tuple[str, ...] = (), at_call: bool = False
) -> list[Way]:
    """The two ways through a helper of statements about `SELF`: a method, and a function that is given the module.

    Where it is the call that forgets something, as with a second `__init__`, the rule may be reported `at_call`.
    """

    def method(text: str) -> Snippet:
        lines = text.replace("SELF", "self").replace("\n", "\n    ")
        mark = f"  {MARK}" if MARK in text and at_call else ""
        return Snippet(init=f"{before}self.{{f}}(){mark}", methods=f"def {{f}}(self):\n    {lines}")

    def function(text: str) -> Snippet:
        lines = text.replace("SELF", "module").replace("\n", "\n    ")
        mark = f"  {MARK}" if MARK in text else ""
        return Snippet(init=f"{before}{{g}}(self){mark}", above=f"def {{g}}(module):\n    {lines}")

    return [
        Way("method", method(bad), method(good), effect=effect, needs=needs),
        Way("function", function(bad), function(good), effect=effect, needs=needs, imported=True),
    ]
