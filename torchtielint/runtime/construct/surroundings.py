"""What user code runs in: quiet, on a device, bounded in time and memory, and leaving no trace in the process."""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

import torch
from torch.utils._python_dispatch import TorchDispatchMode  # private, and the same since torch 1.13

MAX_ELEMENTS = 64_000_000
"""What one construction may allocate outside of meta, in elements: 256 MB of float32."""


_LATER = 0.05


class OutOfTimeError(BaseException):
    """The time for one class is over; user code that catches `Exception` does not see it."""


class OversizedError(Exception):
    """A construction wants more memory than it may have."""


class _Budget(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch does not annotate it
    """Counts the elements that are made outside of meta, and stops before a tensor that is too much."""

    def __init__(self, elements: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # likewise
        self.left = elements

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        kwargs = kwargs or {}
        if not any(isinstance(one, torch.Tensor) for one in args) and str(kwargs.get("device")) != "meta":
            self._spend(_product(args))
        return func(*args, **kwargs)

    def _spend(self, elements: int) -> None:
        self.left -= elements
        if self.left < 0:
            raise OversizedError(f"more than {MAX_ELEMENTS:,} elements on the CPU")


def _product(args: tuple[object, ...]) -> int:
    """How many elements a tensor has that is made of a size, the first list of the arguments."""
    for one in args:
        if isinstance(one, (list, tuple, torch.Size)):
            total = 1
            for size in one:
                total *= size if isinstance(size, int) else 1
            return total
    return 1


@contextlib.contextmanager
def _generators_kept() -> Iterator[None]:
    """Seed every random generator for a construction, and set it back as it was."""
    numpy = sys.modules.get("numpy")
    python_state = random.getstate()
    numpy_state = numpy.random.get_state() if numpy is not None else None
    cuda = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]  # likewise
    with torch.random.fork_rng(devices=range(torch.cuda.device_count()) if cuda else []):
        try:
            torch.default_generator.manual_seed(0)
            random.seed(0)
            if numpy is not None:
                numpy.random.seed(0)
            yield
        finally:
            random.setstate(python_state)
            if numpy is not None:
                numpy.random.set_state(numpy_state)


@contextlib.contextmanager
def _settings_kept() -> Iterator[None]:
    """Set back what constructors change for the whole process."""
    dtype, gradients, threads = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let nothing be printed, logged or warned."""
    disabled = logging.root.manager.disable
    sink = io.StringIO()
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(disabled)


def _raise_out_of_time(_number: int, frame: FrameType | None) -> None:
    """Stop the constructor; an import comes to its end first, or its module would stay half made."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            signal.setitimer(signal.ITIMER_REAL, _LATER)
            return
        frame = frame.f_back
    raise OutOfTimeError


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Interrupt what runs longer, where a signal can: in the main thread, on systems that have alarms."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGALRM, _raise_out_of_time)
    before = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, handler)


@functools.cache
def warm() -> None:
    """Let torch import what it imports when it is first used on meta, outside of anybody's time."""
    with contextlib.suppress(Exception), torch.random.fork_rng(devices=[]), torch.device("meta"), _Budget(MAX_ELEMENTS):
        torch.nn.LayerNorm(2)
        torch.nn.Linear(2, 2)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let user code say nothing, and change no setting and no random generator of the process."""
    with _quiet(), _settings_kept(), _generators_kept():
        yield


@contextlib.contextmanager
def surroundings(device: str, seconds: float, elements: int = MAX_ELEMENTS) -> Iterator[None]:
    """Run user code so that it says nothing, takes no longer, allocates no more, and changes nothing around it.

    Raises:
        OutOfTimeError: where the time is over.
        OversizedError: where it wants more than so many elements outside of meta.
    """
    with undisturbed(), _alarm(seconds), torch.device(device), _Budget(elements):
        yield
