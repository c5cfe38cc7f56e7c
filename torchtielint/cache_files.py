"""What the cache writes: findings as data, and files that say themselves whether they are whole."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from torchtielint.findings import Applicability, Certainty, Edit, Finding, Fix, Note, Position, Range, Severity
from torchtielint.stamps import Stamp, digest_of

FORMAT = 4
# What reading a file raises that is not ours, not whole, or of another format.
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError, zlib.error)
# What `json` gives: whoever reads it takes any of these errors for an answer.
Json = Any


@dataclass(slots=True)
class Entry:
    """One file: its settings, its findings, and the rows that they hold for; its own is the first.

    Args:
        token: stands for what must hold where a row changed.
        seen: this run has asked for the file, or written it.
    """

    key: str
    findings: Sequence[Json]
    rows: list[int]
    token: str
    seen: bool = False


@dataclass(slots=True)
class Kept:
    """Files by folder and name, and the rows that they refer to."""

    rows: list[Stamp] = field(default_factory=list)
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    _places: dict[Stamp, int] = field(default_factory=dict)

    def take(self, stamps: Iterable[Stamp]) -> Iterator[int]:
        """The rows of stamps, old or new."""
        if not self._places:
            self._places.update((row, index) for index, row in enumerate(self.rows))
        for stamp in stamps:
            index = self._places.get(stamp)
            if index is None:
                index = self._places[stamp] = len(self.rows)
                self.rows.append(stamp)
            yield index


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
    return [place.start.line, place.start.column, place.end.line, place.end.column, place.cell]


def _range(data: Json) -> Range:
    if not isinstance(data, list) or not all(type(number) is int for number in data):
        raise TypeError(data)
    line, column, end_line, end_column, cell = data
    return Range(Position(line, column), Position(end_line, end_column), cell)


def _text(data: Json) -> str:
    if not isinstance(data, str):
        raise TypeError(data)
    return data


def _fix(data: Json) -> Fix:
    message, applicability, edits = data
    made = tuple(Edit(_range(place), _text(content)) for place, content in edits)
    return Fix(_text(message), Applicability(applicability), made)


# Files: a sum over the rest, and one value.


def lines_of(value: Json) -> bytes:
    """The content of a file."""
    body = json.dumps(value, separators=(",", ":")).encode("ascii")
    return b"%d\n%b" % (zlib.crc32(body), body)


def read_whole(path: str) -> bytes:
    """What a file says after its sum.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not as it was written.
    """
    with open(path, "rb") as file:
        total, _, body = file.read().partition(b"\n")
    if int(total) != zlib.crc32(body):
        raise ValueError(path)
    return body


def plain_of(kept: Kept) -> Json:
    """What is kept as data, with the rows that are still referred to."""
    used: dict[int, int] = {}
    keys: dict[str, int] = {}
    folders: dict[str, Json] = {}
    for folder, entries in kept.entries.items():
        if entries:
            folders[folder] = {
                name: [
                    keys.setdefault(entry.key, len(keys)),
                    entry.findings,
                    [used.setdefault(index, len(used)) for index in entry.rows],
                    entry.token,
                ]
                for name, entry in entries.items()
            }
    return {"format": FORMAT, "keys": list(keys), "rows": [kept.rows[index] for index in used], "entries": folders}


def kept_in(data: bytes) -> Kept | None:
    """What data keeps; None where it is of another format."""
    plain = json.loads(data)
    if plain["format"] != FORMAT:
        return None
    rows = [Stamp(*row) for row in plain["rows"]]
    keys, count = plain["keys"], len(rows)
    made = Kept(rows)
    for folder, entries in plain["entries"].items():
        inside = made.entries[folder] = {}
        for name, (key, findings, used, token) in entries.items():
            if not used or min(used) < 0 or max(used) >= count:
                return None
            inside[name] = Entry(keys[key], findings, used, token)
    return made if all(isinstance(row.path, str) for row in rows) else None


def details_token(detail: str) -> str:
    """What stands for what must hold for a file."""
    return digest_of(detail.encode())


def packed(folder: str, details: dict[str, str]) -> bytes:
    """The content of a file of details, which are much the same for the files of a folder."""
    body = zlib.compress(json.dumps([folder, details], separators=(",", ":")).encode("ascii"), 1)
    return b"%d\n%b" % (zlib.crc32(body), body)


def details_of(data: bytes, folder: str) -> dict[str, str]:
    """The details of a folder; none where they are those of another one."""
    whose, details = json.loads(zlib.decompress(data))
    return details if whose == folder and isinstance(details, dict) else {}
