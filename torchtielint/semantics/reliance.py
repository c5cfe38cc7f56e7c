"""What the analysis of one file read of others, and looked for: what its findings depend on beside its own text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from torchtielint.stamps import Stamp, digest_of

if TYPE_CHECKING:
    from torchtielint.semantics.index import Index
    from torchtielint.semantics.program import Program


class Question(NamedTuple):
    """A question about names and folders; `folder` is where the one who asks is.

    `find` is answered by a path or None, `knows` by True or False, `package` by a dotted name.
    """

    kind: Literal["find", "knows", "package"]
    folder: str
    name: str = ""


Answer = str | bool | None


class Read(NamedTuple):
    """What was read of a file: the statements that bind these names (None: all), with their lines where `placed`."""

    path: str
    names: tuple[str, ...] | None
    placed: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Relied:
    """What findings rely on, as plain data: it travels between processes, and is kept."""

    answers: tuple[tuple[Question, Answer], ...] = ()
    reads: tuple[Read, ...] = ()
    stamps: tuple[Stamp, ...] = ()


@dataclass(eq=False, slots=True)
class Uses:
    """What was used, while it is being noted down.

    Args:
        names: of which programs which names were asked for, found or not.
        whole: the programs of which everything was read; True where lines mattered too.
        missing: the files that were found and could not be analysed.
        answers: what was asked about names and folders, and answered.
        parts: what was noted when something was worked out that is used again.
    """

    names: dict[Program, set[str]] = field(default_factory=dict)
    whole: dict[Program, bool] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    answers: dict[Question, Answer] = field(default_factory=dict)
    parts: dict[Uses, None] = field(default_factory=dict)

    def all(self) -> Iterator[Uses]:
        """This one and its parts, and theirs, once each."""
        seen: dict[Uses, None] = {self: None}
        pending = [self]
        while pending:
            for part in pending.pop().parts:
                if part not in seen:
                    seen[part] = None
                    pending.append(part)
        return iter(seen)


@dataclass(eq=False, slots=True)
class Ledger:
    """Where a project and its programs note down what is used."""

    current: Uses = field(default_factory=Uses)

    def start(self) -> None:
        """Note down what is used from here on."""
        self.current = Uses()

    def name(self, program: Program, name: str) -> None:
        """A program is asked for a name."""
        self.current.names.setdefault(program, set()).add(name)

    def everything(self, program: Program, *, placed: bool) -> None:
        """A program is read from its first line to its last."""
        self.current.whole[program] = placed or self.current.whole.get(program, False)

    @contextmanager
    def apart(self) -> Iterator[Uses]:
        """Note down what happens inside in `Uses` of its own, which become a part of the current ones.

        Whoever keeps a result for other files keeps these with it, and calls `again` where the result is used again.
        """
        outer = self.current
        self.current = Uses()
        outer.parts[self.current] = None
        try:
            yield self.current
        finally:
            self.current = outer

    def again(self, uses: Uses) -> None:
        """A result that was worked out before is used."""
        if uses is not self.current:
            self.current.parts[uses] = None


def fingerprint(index: Index, lines: Sequence[str], names: Collection[str] | None, *, placed: bool) -> str:
    """What stands for the statements of a file that may bind these names (None: for all statements)."""
    used: list[str] = []
    for statement in index.statements:
        if names is None or statement.star or any(name in names for name in statement.binds):
            if placed:
                used.append(f"@{statement.first_line}")
            used.extend(lines[statement.first_line - 1 : statement.last_line])
            used.append("\0")
    return digest_of("\n".join(used).encode("utf-8", "surrogatepass"))
