"""Work spread over workers, through the interface of `concurrent.futures.Executor`: one that dies costs a retry."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
T = TypeVar("T")
R = TypeVar("R")

Workers = Callable[[int], AbstractContextManager[Executor]]
"""Starts that many workers, and leaves none behind; raises `CannotStartError` where it cannot."""


def spread(
    function: Callable[[tuple[T, ...]], tuple[R, ...]], chunks: Sequence[tuple[T, ...]], *, workers: Workers, jobs: int
) -> Iterator[tuple[T, R | None]]:
    """Each item with its result, as they come in; None for an item whose worker died twice.

    Chunks are handed out in their order, one a worker. What ran when a worker died runs once more, each item by
    itself, after the rest: so a single item is known to be at fault. Where no worker can be started, this process does
    the work.

    Args:
        function: gives the results of a chunk, in its order; like the items, it must travel between processes.
        chunks: the items, those together that one worker should have.
        workers: starts workers.
        jobs: how many.
    """
    waiting = deque(chunks)
    suspects: list[tuple[T, ...]] = []
    retrying = False
    try:
        while waiting:
            with workers(jobs) as executor:
                yield from _until_broken(function, executor, waiting, suspects, jobs)
        waiting = deque((item,) for chunk in suspects for item in chunk)
        suspects, retrying = [], True
        while waiting:
            with workers(1) as executor:
                yield from _until_broken(function, executor, waiting, suspects, 1)
    except CannotStartError:
        if retrying:  # not in here: it would be this process that dies
            suspects += waiting
        else:
            for chunk in waiting:
                yield from zip(chunk, function(chunk), strict=True)
    yield from ((item, None) for chunk in suspects for item in chunk)


class CannotStartError(Exception):
    """This machine gives no workers."""


def _until_broken(
    function: Callable[[tuple[T, ...]], tuple[R, ...]],
    executor: Executor,
    waiting: deque[tuple[T, ...]],
    lost: list[tuple[T, ...]],
    jobs: int,
) -> Iterator[tuple[T, R]]:
    """Take chunks as long as the executor lives; those that ran when something died are added to `lost`."""
    running: dict[Future[tuple[R, ...]], tuple[T, ...]] = {}
    broken = False
    while running or (waiting and not broken):
        while waiting and not broken and len(running) < jobs:
            future = _submitted(function, executor, waiting[0])
            if future is None:
                broken = True
            else:
                running[future] = waiting.popleft()
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            chunk = running.pop(future)
            error = future.exception()
            if error is None:
                yield from zip(chunk, future.result(), strict=True)
            else:
                broken = broken or isinstance(error, BrokenExecutor)
                lost.append(chunk)


def _submitted(
    function: Callable[[tuple[T, ...]], tuple[R, ...]], executor: Executor, chunk: tuple[T, ...]
) -> Future[tuple[R, ...]] | None:
    try:
        return executor.submit(function, chunk)
    except BrokenExecutor:
        return None


@contextmanager
def local_workers(count: int) -> Iterator[Executor]:
    """So many processes on this machine.

    Raises:
        CannotStartError: it has no semaphores, or forbids processes.
    """
    others = set(multiprocessing.active_children())
    try:
        context = multiprocessing.get_context(_start_method())
        executor = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    except (OSError, ImportError, NotImplementedError) as error:
        raise CannotStartError from error
    finished = False
    try:
        yield executor
        finished = True
    finally:
        if not finished:  # interrupted, or the one who asks for results has seen enough: do not wait for work
            killed = set(multiprocessing.active_children()) - others
            for process in killed:
                process.kill()
            for process in killed:
                process.join()
        executor.shutdown(wait=finished, cancel_futures=True)


def _start_method() -> str:
    """Forking costs nothing, and is safe on Linux while there are no threads that could hold a lock."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _begin() -> None:
    """Make a worker end with its parent, which alone answers to the user's Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes  # only workers need it

        with suppress(OSError, AttributeError):  # a long regular expression lets no thread run beside it
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def usable_cores() -> int:
    """The cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
