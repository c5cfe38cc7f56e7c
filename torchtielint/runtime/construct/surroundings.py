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

# torch notes down what makes tensors when a device is first set, and never again: what a library has in its place at
# that moment (transformers has another `linspace` while it builds a model) would miss every device after it.
with torch.device("meta"):
    torch.empty(0)


class OutOfTimeError(BaseException):
    """The time for one class is over; user code that catches `Exception` does not see it."""


class OversizedError(Exception):
    """A construction wants more memory than it may have."""


class _Budget(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch does not annotate it
    """Counts the elements that are made outside of meta, and stops before a tensor that is too much."""

    def __init__(self, elements: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # likewise
        self.limit = self.left = elements

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        kwargs = kwargs or {}
        if _gives_back_input(func) or _stays_on_meta(args, kwargs):
            return func(*args, **kwargs)
        if _at_most([*args, *kwargs.values()]) > self.left:
            self._refuse(_elements(_tried_on_meta(func, args, kwargs)))
        made = func(*args, **kwargs)
        self._refuse(_elements(made))
        self.left -= _elements(made)
        return made

    def _refuse(self, elements: int) -> None:
        if elements > self.left:
            raise OversizedError(f"more than {self.limit:,} elements on the CPU")


def _gives_back_input(func: object) -> bool:
    """Whether an operator returns a view of what it is given, or that itself."""
    returns = getattr(getattr(func, "_schema", None), "returns", ())
    return any(getattr(one, "alias_info", None) is not None for one in returns)


def _stays_on_meta(args: tuple[object, ...], kwargs: Mapping[str, object]) -> bool:
    device = kwargs.get("device")
    if device is not None:
        return str(device).startswith("meta")
    tensors = [one for one in _leaves([*args, *kwargs.values()]) if isinstance(one, torch.Tensor)]
    return bool(tensors) and all(one.device.type == "meta" for one in tensors)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def _at_most(values: list[object]) -> float:
    """A bound on the elements of a result, from above: sizes, repetitions, steps and inputs all multiplied."""
    leaves = list(_leaves(values))
    most = float(len(leaves) + 1)
    for one in leaves:
        if isinstance(one, torch.Tensor):
            most *= max(one.numel(), 1)
        elif isinstance(one, (int, float)):
            most *= max(abs(one), 1 / abs(one) if one else 1)
    return most


def _tried_on_meta(func: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
    """What an operation would return, without its values; None where it needs values to say so."""
    with_device = {**kwargs, "device": "meta"} if "device" in kwargs or not _has_tensor(args) else dict(kwargs)
    inputs = {name: None if name == "generator" else one for name, one in with_device.items()}
    try:
        return func(*map(_without_values, args), **{name: _without_values(one) for name, one in inputs.items()})
    except Exception:  # operators refuse meta in many ways; what they make is counted when it is there
        return None


def _has_tensor(args: tuple[object, ...]) -> bool:
    return any(isinstance(one, torch.Tensor) for one in _leaves(args))


def _without_values(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
    return [_without_values(one) for one in value] if isinstance(value, (list, tuple)) else value


def _elements(made: object) -> int:
    """How many elements a result has; a sparse one has its values from tensors that are counted already."""
    tensors = (one for one in _leaves(made) if isinstance(one, torch.Tensor))
    return sum(one.numel() for one in tensors if one.layout is torch.strided)


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
