"""What the cache writes: findings as data, and files that say themselves whether they are whole."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from torchtielint.findings import Applicability, Certainty, Edit, Finding, Fix, Note, Position, Range, Severity
from torchtielint.stamps import Stamp

FORMAT = 1
# What reading a file raises that is not ours, not whole, or of another format.
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError)
# What `json` gives: whoever reads it takes any of these errors for an answer.
Json = Any


@dataclass(slots=True)
class Entry:
    """One file: its settings, its findings, and the rows that they hold for; its own is the first."""

    key: str
    findings: Sequence[Json]
    rows: list[int]


@dataclass(slots=True)
class Shard:
    """The files of one folder. `details` are what must hold where a row changed; read only then."""

    folder: str
    rows: list[Stamp] = field(default_factory=list)
    stale: set[int] = field(default_factory=set)
    entries: dict[str, Entry] = field(default_factory=dict)
    raw_details: bytes = b"{}"
    details: dict[str, Json] | None = None
    touched: set[str] = field(default_factory=set)
    dirty: bool = False

    def detail(self, name: str) -> Json:
        """What must hold for a file whose rows changed."""
        return self._all_details()[name]

    def keep_detail(self, name: str, detail: Json) -> None:
        """Keep what must hold for a file."""
        self._all_details()[name] = detail

    def _all_details(self) -> dict[str, Json]:
        if self.details is None:
            try:
                read = json.loads(self.raw_details)
            except BROKEN:  # the sum over it is right, so somebody made it so
                read = None
            self.details = read if isinstance(read, dict) else {}
        return self.details


def finding_of(data: Json, shown: str, show: Callable[[str], str]) -> Finding:
    """A finding from its data; `shown` is its own file as reports call it, `show` calls the others."""
    code, name, severity, certainty, message, place, help_, notes, fix, symbol = data
    return Finding(
        _text(code),
        _text(name),
        Severity(severity),
        Certainty(certainty),
        _text(message),
        shown,
        _range(place),
        _text(help_),
        tuple(Note(_text(text), shown if path is None else show(_text(path)), _range(at)) for text, path, at in notes),
        None if fix is None else _fix(fix),
        _text(symbol),
    )


def data_of(finding: Finding) -> list[Json]:
    """A finding as data; notes name files by their absolute paths, its own by none."""
    notes = [
        [note.message, None if note.path == finding.path else os.path.abspath(note.path), _numbers(note.range)]
        for note in finding.notes
    ]
    fix = finding.fix
    repair = None
    if fix is not None:
        edits = [[_numbers(edit.range), edit.content] for edit in fix.edits]
        repair = [fix.message, fix.applicability.value, edits]
    sure = [finding.severity.value, int(finding.certainty)]
    place = _numbers(finding.range)
    return [finding.code, finding.name, *sure, finding.message, place, finding.help, notes, repair, finding.symbol]


def _numbers(place: Range) -> list[int]:
    return [place.start.line, place.start.column, place.end.line, place.end.column]


def _range(data: Json) -> Range:
    if not isinstance(data, list) or not all(type(number) is int for number in data):
        raise TypeError(data)
    line, column, end_line, end_column = data
    return Range(Position(line, column), Position(end_line, end_column))


def _text(data: Json) -> str:
    if not isinstance(data, str):
        raise TypeError(data)
    return data


def _fix(data: Json) -> Fix:
    message, applicability, edits = data
    made = tuple(Edit(_range(place), _text(content)) for place, content in edits)
    return Fix(_text(message), Applicability(applicability), made)


# Files: a line with a sum over the rest, a line that every run reads, a line for where something changed.


def lines_of(fast: Json, slow: Json) -> bytes:
    """The content of a file."""
    body = f"{json.dumps(fast, separators=(',', ':'))}\n{json.dumps(slow, separators=(',', ':'))}".encode("ascii")
    return b"%d\n%b" % (zlib.crc32(body), body)


def read_lines(path: str) -> tuple[bytes, bytes]:
    """The two lines of a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not as it was written.
    """
    with open(path, "rb") as file:
        total, _, body = file.read().partition(b"\n")
    if int(total) != zlib.crc32(body):
        raise ValueError(path)
    fast, _, slow = body.partition(b"\n")
    return fast, slow


def shard_of(lines: tuple[bytes, bytes], folder: str) -> Shard | None:
    """What two lines keep of a folder; None where it is another one, or of another format."""
    fast = json.loads(lines[0])
    if fast["format"] != FORMAT or fast["folder"] != folder:
        return None
    rows = [Stamp(*row) for row in fast["rows"]]
    count = len(rows)
    entries = {name: Entry(key, findings, used) for name, (key, findings, used) in fast["entries"].items()}
    if not all(entry.rows and min(entry.rows) >= 0 and max(entry.rows) < count for entry in entries.values()):
        return None
    if not all(isinstance(row.path, str) for row in rows):
        return None
    return Shard(folder, rows, entries=entries, raw_details=lines[1])
