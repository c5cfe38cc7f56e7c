"""What was found before, kept by content: a run looks at the times of files, and checks only what may have changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator

from torchtielint import stamps
from torchtielint.cache_files import BROKEN, FORMAT, Entry, Shard, data_of, finding_of, lines_of, read_lines, shard_of
from torchtielint.cache_folder import prepare
from torchtielint.findings import Finding
from torchtielint.selectors import Catalogue
from torchtielint.semantics.reliance import Question, Relied, fingerprint
from torchtielint.stamps import Stamp

# A long run that is killed loses no more than this.
SAVE_EVERY = 10.0  # seconds
# Folders that are kept in memory; written out before others are read.
MAX_SHARDS = 512


class Cache:
    """The results of earlier runs in one folder; whatever is wrong with it makes a run slower, and nothing else.

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
        self._shards: dict[str, Shard] = {}
        self._times: dict[str, tuple[int, int, int]] = {}
        self._stamps: dict[str, Stamp] = {}
        self._texts: dict[str, tuple[object, str] | None] = {}
        self._lookup: object = None
        self._saved = time.monotonic()

    # Results

    def look_up(self, path: str, key: str, shown: str) -> tuple[Finding, ...] | None:
        """What was found in a file under these settings; None where that is not known, or may be otherwise now."""
        folder, _, name = path.rpartition(os.sep)
        shard = self._shard(folder)
        entry = shard.entries.get(name)
        if entry is None or entry.key != key:
            return None
        try:
            if shard.stale and not shard.stale.isdisjoint(entry.rows) and not self._still_holds(shard, name, entry):
                return None
            return tuple(finding_of(data, shown, self._show) for data in entry.findings)
        except BROKEN:
            return None

    def store(self, path: str, key: str, findings: Iterable[Finding], own: Stamp, relied: Relied) -> None:
        """Keep what was found in a file."""
        folder, _, name = path.rpartition(os.sep)
        shard = self._shard(folder)
        start = len(shard.rows)
        shard.rows += [own, *relied.stamps]
        data = [data_of(finding) for finding in findings]
        shard.entries[name] = Entry(key, data, list(range(start, len(shard.rows))))
        answers = [[*question, answer] for question, answer in relied.answers]
        shard.keep_detail(name, [answers, [list(read) for read in relied.reads]])
        shard.touched.add(name)
        shard.dirty = True
        if time.monotonic() - self._saved > SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """Write what is new."""
        for shard in self._shards.values():
            if shard.dirty:
                self._save_shard(shard)
        self._saved = time.monotonic()

    # Whether what was found still holds

    def _still_holds(self, shard: Shard, name: str, entry: Entry) -> bool:
        """Whether what changed is nothing that the findings of a file rely on; it is noted where so."""
        stale = [index for index in entry.rows if index in shard.stale]
        if entry.rows[0] in stale:
            return False
        changed = {shard.rows[index].path for index in stale}
        answers, reads = shard.detail(name)
        if any(self._answer(Question(kind, folder, asked)) != answer for kind, folder, asked, answer in answers):
            return False
        for path, names, placed, digest in reads:
            if path in changed and self._fingerprint(path, names, placed=placed) != digest:
                return False
        kept = [index for index in entry.rows if index not in shard.stale]
        start = len(shard.rows)
        shard.rows += [self._stamp(path) for path in sorted(changed)]
        entry.rows = [*kept, *range(start, len(shard.rows))]
        shard.touched.add(name)
        shard.dirty = True
        return True

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
                self._texts[path] = None if text is None else (index_source(text), text)
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

    def _compare(self, shard: Shard) -> None:
        """See which rows of a folder are not what they were."""
        times = self._times
        for index, row in enumerate(shard.rows):
            now = times.get(row.path)
            if now is None:
                now = times[row.path] = stamps.times(row.path)
            if row.same_times(now):
                continue
            found = self._stamp(row.path)
            if found.digest != row.digest:
                shard.stale.add(index)
            elif found.modified and found != row:
                shard.rows[index] = found
                shard.dirty = True

    # Files

    def _shard(self, folder: str) -> Shard:
        shard = self._shards.get(folder)
        if shard is None:
            if len(self._shards) >= MAX_SHARDS:
                self.save()
                self._shards.clear()
            shard = self._shards[folder] = self._load(folder)
            self._compare(shard)
        return shard

    def _file(self, folder: str) -> str:
        name = stamps.digest_of(folder.encode("utf-8", "surrogateescape"))
        return os.path.join(self._folder, f"{name}.json")

    def _load(self, folder: str) -> Shard:
        """What is kept of a folder: nothing where the file is not there, not whole, or of something else."""
        try:
            shard = shard_of(read_lines(self._file(folder)), folder)
        except (OSError, *BROKEN):
            shard = None
        return Shard(folder) if shard is None else shard

    def _save_shard(self, shard: Shard) -> None:
        shard.dirty = False
        if not self._writable:
            return
        other = self._load(shard.folder)  # another process may have added to it meanwhile
        rows: dict[Stamp, int] = {}
        entries: dict[str, object] = {}
        details: dict[str, object] = {}
        for source, names in ((shard, shard.touched), (other, other.entries), (shard, shard.entries)):
            for name in names:
                if name in entries or not (name in shard.touched or self._exists(shard.folder, name)):
                    continue
                entry = source.entries[name]
                try:
                    details[name] = source.detail(name)
                except BROKEN:
                    continue
                own = _freshest(source, entry, shard)
                entries[name] = [entry.key, entry.findings, [rows.setdefault(row, len(rows)) for row in own]]
        fast = {"format": FORMAT, "folder": shard.folder, "rows": list(rows), "entries": entries}
        self._write(self._file(shard.folder), lines_of(fast, details))

    @staticmethod
    def _exists(folder: str, name: str) -> bool:
        return os.path.lexists(os.path.join(folder, name))

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
            names, default, always, targets = json.loads(read_lines(self._rules)[0])
            return Catalogue(dict(names), frozenset(default), frozenset(always), dict(targets))
        except (OSError, *BROKEN):
            return None

    def keep_rules(self, rules: Catalogue) -> None:
        """Keep what the rules are, so that it can be known without importing them."""
        plain = [dict(rules.names), sorted(rules.default), sorted(rules.always), dict(rules.targets)]
        self._write(self._rules, lines_of(plain, {}))

    @property
    def _rules(self) -> str:
        return os.path.join(self._folder, "rules.json")


def _freshest(source: Shard, entry: Entry, shard: Shard) -> Iterator[Stamp]:
    """The rows of an entry, with the times that were seen in this run."""
    seen = {(row.path, row.digest): row for index, row in enumerate(shard.rows) if index not in shard.stale}
    for index in entry.rows:
        row = source.rows[index]
        yield row if source is shard else seen.get((row.path, row.digest), row)
