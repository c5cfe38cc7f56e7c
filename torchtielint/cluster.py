"""Work spread over a Dask cluster: files travel by content, with those that they import; no worker shares a disk."""

from __future__ import annotations

import functools
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from torchtielint import __version__
from torchtielint.errors import UsageError
from torchtielint.processes import Workers
from torchtielint.semantics.lookup import SUFFIX, Lookup
from torchtielint.stamps import MARKERS
from torchtielint.work import Checked, Work

if TYPE_CHECKING:
    from distributed import Client

P = ParamSpec("P")
R = TypeVar("R")
Check = Callable[[tuple[Work, ...]], tuple[Checked, ...]]

CONNECT_SECONDS = 15
# Tasks that wait at each thread of a worker, so that none is idle while the next one travels.
AHEAD = 2
_LINE_ENDS = re.compile(rb"#[^\n]*|\\\r?\n")
_IMPORTS = re.compile(rb"\bfrom\s+([.\w]+)\s+import\s*(\([^)]*\)|[^\n;]*)|\bimport\s+([\w., \t]+)")
_NAME = re.compile(r"[.\w]+")


@dataclass(frozen=True, eq=False)
class Luggage:
    """What a run needs of the user's disk.

    Args:
        here: the folder in which the command was called.
        files: contents by absolute path.
        folders: the names in folders that decide what an import means; those of files that do not travel, too.
    """

    here: str
    files: dict[str, bytes]
    folders: dict[str, tuple[str, ...]]


def packed(paths: Iterable[str]) -> Luggage:
    """Files, and what of the project they import, directly or not; what cannot be read stays here."""
    lookup = Lookup()
    files: dict[str, bytes] = {}
    pending, seen = list(paths), set[str]()
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        try:
            files[path] = Path(path).read_bytes()
        except OSError:
            continue
        lookup.roots(os.path.dirname(path))
        found = (lookup.find(path, name) for name in _imported(path, files[path], lookup) if lookup.knows(path, name))
        pending += (file for file in found if file is not None and file.endswith(SUFFIX))
    telling = {
        folder: tuple(name for name in names if _tells(folder, name)) for folder, names in lookup.listings.items()
    }
    folders = {folder: names for folder, names in telling.items() if names}
    return Luggage(os.getcwd(), files, folders)


def _tells(folder: str, name: str) -> bool:
    """Whether an entry of a folder decides what an import means."""
    return name in MARKERS or name.endswith(SUFFIX) or ("." not in name and os.path.isdir(os.path.join(folder, name)))


def _imported(path: str, data: bytes, lookup: Lookup) -> set[str]:
    """The dotted names that a text may import, wherever in it; a few more than it does."""
    names: set[str] = set()
    for module, several, plain in _IMPORTS.findall(_LINE_ENDS.sub(b" ", data)):
        words = _NAME.findall((several or plain).decode("utf-8", "replace"))
        base = module.decode("utf-8", "replace")
        if base:
            start = lookup.absolute_name(path, base)
            words = [start, *(f"{start}.{word}" for word in words)]
        for word in words:
            parts = word.strip(".").split(".")
            names.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return names - {""}


class Copies:
    """The luggage of a run on the disk of a worker, as long as this object lives."""

    def __init__(self, luggage: Luggage) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="torchtielint-")
        self.root = os.path.realpath(self._folder.name)
        self.here = luggage.here
        self.lock = threading.Lock()
        for folder, names in luggage.folders.items():
            os.makedirs(self.root + _below(folder), exist_ok=True)
            for name in names:
                self._name(folder, name, luggage)
        for path, data in luggage.files.items():
            place = Path(self.root + _below(path))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def _name(self, folder: str, name: str, luggage: Luggage) -> None:
        """Make a name that leads nowhere, as what stands under it did not travel; a folder is one all the same."""
        path = os.path.join(folder, name)
        place = self.root + _below(path)
        if path in luggage.files or os.path.lexists(place):
            return
        if "." in name.lstrip("."):
            os.symlink(os.path.join(self.root, "nothing"), place)
        else:
            os.makedirs(place, exist_ok=True)

    def check(self, function: Check, chunk: tuple[Work, ...]) -> tuple[Checked, ...]:
        """Check the copies of files, and tell of the files themselves; what a cache would keep is not known here."""
        copied = (self.root, self.here)
        copies = tuple(replace(item, path=self.root + _below(item.path), copied=copied) for item in chunk)
        with self.lock:  # what is known of the project is for one thread at a time
            found = function(copies)
        return tuple(
            Checked(one.findings, tuple(trace.replace(self.root, "") for trace in one.traces)) for one in found
        )


def _below(path: str) -> str:
    """An absolute path as one below a folder."""
    return os.path.splitdrive(path)[1]


@functools.lru_cache(maxsize=1)
def _copies(luggage: Luggage) -> Copies:
    """The copies of the run that a worker is at; those of the one before are removed."""
    return Copies(luggage)


def _check_there(luggage: Luggage, function: Check, chunk: tuple[Work, ...]) -> tuple[Checked, ...]:
    return _copies(luggage).check(function, chunk)


def _version_there() -> str:
    return __version__


class _Tasks(Executor):
    """A cluster as an executor, whose functions find the luggage where they run."""

    def __init__(self, client: Client, luggage: Luggage) -> None:
        self._inner = client.get_executor(pure=False)
        self._luggage = client.scatter(luggage, broadcast=True, hash=False)

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run a function on files where a worker is free."""
        future: Future[R] = self._inner.submit(_check_there, self._luggage, function, *args, **kwargs)
        return future


def cluster(address: str, paths: Iterable[str]) -> tuple[Workers, int]:
    """What starts work on a cluster, and how much of it at once suits its size.

    Args:
        address: of the scheduler.
        paths: the files that are to be checked.

    Raises:
        UsageError: dask is not installed, nothing answers, or the workers are not as this process is.
    """
    luggage = functools.lru_cache(functools.partial(packed, tuple(paths)))

    @contextmanager
    def workers(_count: int) -> Iterator[Executor]:
        with _connected(address) as client:
            yield _Tasks(client, luggage())

    with _connected(address) as client:
        return workers, AHEAD * sum(client.nthreads().values())


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        said = "`--scheduler` needs dask, which is not installed"
        raise UsageError(said, hint="pip install 'torchtielint[dask]'") from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at `{address}`", hint="start one with `dask scheduler`") from error
    with client:
        _require_same_version(client, address)
        yield client


def _require_same_version(client: Client, address: str) -> None:
    try:
        versions = set(client.run(_version_there).values())
    except Exception as error:  # whatever a worker without this module raises, it cannot do this work
        raise UsageError(f"the workers at `{address}` cannot import torchtielint: {error}") from error
    if versions != {__version__}:
        said = f"have torchtielint {', '.join(sorted(versions))}" if versions else "are none"
        raise UsageError(f"the workers at `{address}` {said}", hint=f"each needs torchtielint {__version__}")
