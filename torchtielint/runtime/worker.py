"""The worker: imports what it is asked for, builds and measures the models in it, and writes down what it finds.

One process imports torch and waits for requests on standard input; for each it forks a child, which runs the project's
code under limits and is ended with all that it started. Where processes cannot be forked safely, it serves one request
itself, and its parent starts a new one for the next.

A request is a line of JSON; see `torchtielint.measure.workers`, which writes them. What is found goes to a file, an
event a line, so that what was written before a crash is not lost.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FORKS = sys.platform == "linux"
_SET_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphans become children of this process
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG: a signal for this process when its parent ends
_POLL = 0.005


def main() -> None:
    """Serve requests until standard input ends."""
    if "--once" in sys.argv[1:] or not FORKS:
        _serve(json.loads(sys.stdin.readline()))
    from torchtielint.runtime.construct.surroundings import warm
    from torchtielint.runtime.examine import examine  # noqa: F401  # children have what is imported now

    warm()

    _prctl(_SET_SUBREAPER, 1)
    for line in sys.stdin:
        _say({"status": _forked(json.loads(line))})


def _prctl(option: int, value: int) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _forked(request: dict[str, object]) -> int:
    """Serve a request in a child; gives its wait status, when it and all that it started are gone."""
    parent = os.getppid()
    child = os.fork()
    if child == 0:
        os.setsid()
        _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        _serve(request)
    _say({"pid": child})
    ended, status = os.waitpid(child, os.WNOHANG)
    while not ended and os.getppid() == parent:  # when the command is gone, nobody waits for the result
        time.sleep(_POLL)
        ended, status = os.waitpid(child, os.WNOHANG)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    for _ in range(100):  # one that starts others while it is ended has to be found again
        orphans = list(_children())
        if not orphans:
            break
        for orphan in orphans:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(orphan, 0)
    return status


def _children() -> Iterator[int]:
    """The processes that are children of this one now."""
    with suppress(OSError, ValueError):
        yield from map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


def _serve(request: dict[str, object]) -> None:
    """Serve one request and end, without the hooks and threads that the project's code may have left behind."""
    status = 1
    try:
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        _limit(int(str(request["memory"])))
        with Path(str(request["events"])).open("a", encoding="utf-8") as events:
            from torchtielint.runtime.examine import examine

            examine(request, events)
        status = 0
    finally:
        os._exit(status)


def _limit(megabytes: int) -> None:
    """Bound the memory that this process may map beyond what torch itself maps; 0: no bound."""
    if not megabytes:
        return
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):  # not on this system
        return
    most = pages * resource.getpagesize() + megabytes * 2**20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
