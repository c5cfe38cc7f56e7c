"""What was found before, kept by content: a run looks at the times of files, and checks only what may have changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable

from torchtielint import stamps
from torchtielint.cache_files import (
    BROKEN,
    Entry,
    Json,
    Kept,
    data_of,
    details_of,
    details_token,
    finding_of,
    kept_in,
    lines_of,
    packed,
    plain_of,
    read_whole,
)
from torchtielint.cache_folder import prepare
from torchtielint.findings import Finding
from torchtielint.selectors import Catalogue
from torchtielint.semantics.reliance import Question, Relied, fingerprint
from torchtielint.stamps import Stamp

INDEX = "index.json"
RULES = "rules.json"
# A long run that is killed loses no more than this, and spends no more than a twentieth of its time on it.
SAVE_EVERY = 10.0  # seconds
SAVE_SHARE = 20


class Cache:
    """The results of earlier runs in one folder; whatever is wrong with it makes a run slower, and nothing else.

    One file has what every run needs: findings, and the times of what they rely on. What exactly that is stands in a
    file for each linted folder, which is read only where something changed.

    Args:
        folder: where; made when there is something to write.
        version: what results depend on beside files and settings.
        read: the text of a file that others import.
        show: how findings call a file.
    """

    def __init__(
        self, folder: str, *, version: str, read: Callable[[str], str | None], show: Callable[[str], str]
    ) -> None:
        self._base = folder
        self._folder = os.path.join(folder, version)
        self._read = read
        self._show = show
        self._writable = True
        self._prepared = False
        self._kept: Kept | None = None
        self._compared: set[int] = set()
        self._stale: set[int] = set()
        self._stamps: dict[str, Stamp] = {}
        self._texts: dict[str, tuple[object, list[str]] | None] = {}
        self._lookup: object = None
        self._touched: dict[str, dict[str, str]] = {}
        self._details: tuple[str, dict[str, str]] = ("", {})
        self._dirty = False
        self._next_save = time.monotonic() + SAVE_EVERY

    # Results

    def look_up(self, path: str, key: str, shown: str) -> tuple[Finding, ...] | None:
        """What was found in a file under these settings; None where that is not known, or may be otherwise now."""
        folder, _, name = path.rpartition(os.sep)
        entry = self._all().entries.get(folder, {}).get(name)
        if entry is None or entry.key != key:
            return None
        entry.seen = True
        try:
            self._compare(entry)
            if not self._stale.isdisjoint(entry.rows) and not self._still_holds(folder, name, entry):
                return None
            return tuple(finding_of(data, shown, self._show) for data in entry.findings)
        except BROKEN:
            return None

    def store(self, path: str, key: str, findings: Iterable[Finding], own: Stamp, relied: Relied) -> None:
        """Keep what was found in a file."""
        folder, _, name = path.rpartition(os.sep)
        kept = self._all()
        answers = [[*question, answer] for question, answer in relied.answers]
        detail = json.dumps([answers, [list(read) for read in relied.reads]])
        rows = list(kept.take((own, *relied.stamps)))
        self._compared.update(rows)
        data = [data_of(finding) for finding in findings]
        kept.entries.setdefault(folder, {})[name] = Entry(key, data, rows, details_token(detail), seen=True)
        self._touched.setdefault(folder, {})[name] = detail
        self._dirty = True
        if time.monotonic() > self._next_save:
            self.save()

    def _all(self) -> Kept:
        if self._kept is None:
            self._kept = self._on_disk() or Kept()
        return self._kept

    def _on_disk(self) -> Kept | None:
        try:
            return kept_in(read_whole(os.path.join(self._folder, INDEX)))
        except (OSError, *BROKEN):
            return None

    # Whether what was found still holds

    def _compare(self, entry: Entry) -> None:
        """See which of the files and folders that a file relies on are not what they were."""
        rows = self._all().rows
        for index in set(entry.rows) - self._compared:
            self._compared.add(index)
            row = rows[index]
            if row.same_times(stamps.times(row.path)):
                continue
            found = self._stamp(row.path)
            if found.digest != row.digest:
                self._stale.add(index)
            elif found.modified and found != row:
                rows[index] = found
                self._dirty = True

    def _still_holds(self, folder: str, name: str, entry: Entry) -> bool:
        """Whether what changed is nothing that the findings of a file rely on; it is noted where so."""
        kept = self._all()
        if entry.rows[0] in self._stale:
            return False
        changed = {kept.rows[index].path for index in self._stale.intersection(entry.rows)}
        detail = self._detail(folder, name)
        if details_token(detail) != entry.token:
            return False
        answers, reads = json.loads(detail)
        if changed.difference(path for path, *_ in reads) and not self._same_answers(answers):
            return False  # a folder changed, and with it what an import means
        for path, names, placed, digest in reads:
            if path in changed and self._fingerprint(path, names, placed=placed) != digest:
                return False
        rows = list(kept.take(self._stamp(path) for path in sorted(changed)))
        self._compared.update(rows)
        entry.rows = [*(index for index in entry.rows if index not in self._stale), *rows]
        self._dirty = True
        return True

    def _detail(self, folder: str, name: str) -> str:
        if self._details[0] != folder:
            self._details = (folder, self._read_details(folder))
        return self._details[1][name]

    def _read_details(self, folder: str) -> dict[str, str]:
        try:
            return details_of(read_whole(self._details_file(folder)), folder)
        except (OSError, *BROKEN):
            return {}

    def _same_answers(self, answers: Json) -> bool:
        return all(self._answer(Question(kind, asker, asked)) == answer for kind, asker, asked, answer in answers)

    def _answer(self, question: Question) -> object:
        from torchtielint.semantics.lookup import Lookup

        if not isinstance(self._lookup, Lookup):
            self._lookup = Lookup()
        return self._lookup.answer(question)

    def _fingerprint(self, path: str, names: list[str] | None, *, placed: bool) -> str | None:
        from torchtielint.errors import SourceSyntaxError
        from torchtielint.semantics.index import Index, index_source

        if path not in self._texts:
            text = self._read(path)
            try:
                self._texts[path] = None if text is None else (index_source(text), text.split("\n"))
            except (SourceSyntaxError, RecursionError):
                self._texts[path] = None
        known = self._texts[path]
        if known is None or not isinstance(known[0], Index):
            return None
        return fingerprint(known[0], known[1], None if names is None else frozenset(names), placed=placed)

    def _stamp(self, path: str) -> Stamp:
        found = self._stamps.get(path)
        if found is None:
            found = self._stamps[path] = stamps.stamp_now(path)
        return found

    # Files

    def save(self) -> None:
        """Write what is new."""
        if not self._dirty:
            return
        start = time.monotonic()
        kept = self._all()
        for folder, details in self._touched.items():
            if self._writable:
                held = {name: detail for name, detail in self._read_details(folder).items() if name not in details}
                alive = {name: held[name] for name in held if os.path.lexists(os.path.join(folder, name))}
                self._write(self._details_file(folder), packed(folder, alive | details))
        if self._writable:
            self._add_others(kept)
            self._write(os.path.join(self._folder, INDEX), lines_of(plain_of(kept)))
        for folder in self._touched:  # from here on they are on the disk, like all others
            self._details = ("", {}) if self._details[0] == folder else self._details
        self._touched.clear()
        self._dirty = False
        now = time.monotonic()
        self._next_save = now + max(SAVE_EVERY, SAVE_SHARE * (now - start))

    def _add_others(self, kept: Kept) -> None:
        """Take what other processes wrote meanwhile, and let go of files that are gone."""
        disk = self._on_disk() or Kept()
        for folder, entries in disk.entries.items():
            own = kept.entries.setdefault(folder, {})
            for name, entry in entries.items():
                if name not in own or not own[name].seen:
                    entry.rows = list(kept.take(disk.rows[index] for index in entry.rows))
                    own[name] = entry
        for folder, entries in kept.entries.items():
            for name in [name for name, entry in entries.items() if not entry.seen]:
                if not os.path.lexists(os.path.join(folder, name)):
                    del entries[name]

    def _details_file(self, folder: str) -> str:
        name = stamps.digest_of(folder.encode("utf-8", "surrogateescape"))
        return os.path.join(self._folder, f"{name}.details")

    def _write(self, path: str, data: bytes) -> None:
        """Write a file at once, or not at all; the first failure is the last attempt."""
        temporary = f"{path}.{os.getpid()}-{time.monotonic_ns()}.tmp"
        try:
            if not self._prepared:
                prepare(self._base, self._folder)
                self._prepared = True
            try:
                with open(temporary, "xb") as file:
                    file.write(data)
                os.replace(temporary, path)
            except BaseException:  # also an interrupt leaves no litter
                if os.path.lexists(temporary):
                    os.unlink(temporary)
                raise
        except OSError:
            self._writable = False

    # The rules

    def rules(self) -> Catalogue | None:
        """The rules that exist, as an earlier run knew them; None where that is not kept."""
        try:
            names, default, always, targets = json.loads(read_whole(self._rules))
            return Catalogue(dict(names), frozenset(default), frozenset(always), dict(targets))
        except (OSError, *BROKEN):
            return None

    def keep_rules(self, rules: Catalogue) -> None:
        """Keep what the rules are, so that it can be known without importing them."""
        plain = [dict(rules.names), sorted(rules.default), sorted(rules.always), dict(rules.targets)]
        self._write(self._rules, lines_of(plain))

    @property
    def _rules(self) -> str:
        return os.path.join(self._folder, RULES)
