"""Construction of a class without being told its arguments: guess, run, read the exception, and try again."""

from __future__ import annotations

import collections
import heapq
import itertools
import time
import typing
from collections.abc import Callable, Iterable
from dataclasses import replace

from torch import nn

from torchtielint.runtime.construct.choices import Call, Choice, Literal, Reference, make, spell, spell_arguments
from torchtielint.runtime.construct.classes import Role, has_no_forward, role_of
from torchtielint.runtime.construct.evidence import Evidence, evidence
from torchtielint.runtime.construct.infer import candidates, infer_call
from torchtielint.runtime.construct.mined import Mined, factory_calls, mined_calls
from torchtielint.runtime.construct.outcome import Built, Given, Refused, Status
from torchtielint.runtime.construct.repair import repairs
from torchtielint.runtime.construct.signature import wanted
from torchtielint.runtime.construct.surroundings import OutOfTimeError, surroundings, undisturbed, warm

SECONDS = 10.0
MAX_ATTEMPTS = 250
_SAME_FAILURES = 4
_MINED = 3.0
_FACTORY = 3.5
_LONGEST_REASON = 300
_NOTHING = Given()


def build(
    target: Callable[..., object], given: Given = _NOTHING, *, mined: Mined | None = None, seconds: float = SECONDS
) -> Built | Refused:
    """Construct a module, on meta where that works, and say with which arguments.

    Args:
        target: a Module class, or a function that returns a module.
        given: what is known; it is never changed.
        mined: calls that were found in the documentation of the project.
        seconds: how long all attempts together may take.

    Returns:
        The module, or the reason why there is none. Exceptions of the target never get out, but for KeyboardInterrupt.
    """
    role = role_of(target)
    if given.call is None and not role.is_built and not (given.args or given.kwargs):
        return Refused(Status.SKIPPED, f"{role.value}: it is not constructed by itself")
    warm()
    with undisturbed():
        outcome = _Search(target, given, mined or Mined(()), seconds).run()
    if isinstance(outcome, Refused) and outcome.status is Status.FAILED and has_no_forward(target):
        return Refused(Status.SKIPPED, f"{Role.ABSTRACT.value} without `forward`: {outcome.reason}")
    return outcome


def rebuild(built: Built, *, device: str | None = None, seconds: float = SECONDS) -> Built | Refused:
    """Construct a second, fresh instance with the same arguments, on the same device or on another.

    Args:
        built: what `build` returned.
        device: `meta`, or `cpu` for real values; where None, that of the first.
        seconds: how long it may take.
    """
    place = device or built.device
    try:
        return Built(_run(built.recipe, place, seconds), built.arguments, place, built.recipe)
    except (Exception, SystemExit, OutOfTimeError) as error:  # the constructor is user code
        return Refused(Status.FAILED, reason_of(error))


def reason_of(error: BaseException) -> str:
    """Write an exception in one line: its type and its message."""
    if isinstance(error, OutOfTimeError):
        return "out of time: the constructor did not come to an end"
    text = " ".join(str(error).split())
    if len(text) > _LONGEST_REASON:
        text = f"{text[:_LONGEST_REASON]}..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _run(recipe: Call, device: str, seconds: float) -> nn.Module:
    with surroundings(device, seconds):
        module = make(recipe)
    if not isinstance(module, nn.Module):
        raise TypeError(f"it returns {type(module).__name__}, which is no Module")
    return module


class _Search:
    """Attempts in the order of how much was guessed in them."""

    def __init__(self, target: Callable[..., object], given: Given, mined: Mined, seconds: float) -> None:
        self.target = target
        self.given = given
        self.mined = mined
        self.deadline = time.monotonic() + seconds
        self.fixed = self._fixed()
        self.queue: list[tuple[float, int, Call, tuple[object, ...]]] = []
        self.order = itertools.count()
        self.seen: set[str] = set()
        self.failures: collections.Counter[tuple[object, ...]] = collections.Counter()
        self.best: tuple[int, BaseException] | None = None

    def _fixed(self) -> dict[str, Choice]:
        """What is given, by the names of the arguments; each attempt gets these very objects."""
        return {name: _as_given(value) for name, value in self.given.kwargs.items()}

    def run(self) -> Built | Refused:
        """Try until a module is there, or nothing is left to try."""
        self._push_all(self._beginnings(), ())
        searched = False
        for _ in range(MAX_ATTEMPTS):
            if not searched and (not self.queue or self.queue[0][0] >= _MINED):
                searched = True
                self._push_all(self._shown_elsewhere(), ())
            if not self.queue or time.monotonic() > self.deadline:
                break
            cost, _, call, before = heapq.heappop(self.queue)
            outcome = self._attempt(call)
            if isinstance(outcome, Built):
                return outcome
            self._learn(cost, call, before, outcome)
        if self.best is None:
            return Refused(Status.FAILED, "out of time before the first attempt")
        return Refused(Status.FAILED, reason_of(self.best[1]))

    def _learn(self, cost: float, call: Call, before: tuple[object, ...], error: BaseException) -> None:
        """Queue what may repair a failure, unless the failure is the one that was to be repaired."""
        if call.function is not self.target or isinstance(error, OutOfTimeError):
            self.best = self.best or (0, error)
            return
        found = self._evidence(call, error)
        failure = (type(error), found.text, found.progress, found.deepest)
        if self.best is None or found.progress > self.best[0]:
            self.best = (found.progress, error)
        error.__traceback__ = None  # its frames hold what was built so far
        self.failures[failure] += 1
        if failure == before or self.failures[failure] > _SAME_FAILURES:
            return
        if before and found.progress > typing.cast("int", before[2]):
            cost = max(0.0, cost - 1)
        self._push_all(repairs(self.target, call, error, found), failure, cost)
        if not before:
            self._push_all(self._others(call), failure, cost)

    def _evidence(self, call: Call, error: BaseException) -> Evidence:
        try:
            return evidence(self.target, error, self._changeable(call))
        except Exception:  # values of the user are looked at, and may raise anything
            return Evidence("")

    def _changeable(self, call: Call) -> list[str]:
        """The arguments that are not given."""
        names = [one.name for one in wanted(self.target)[len(self.given.args) :]]
        return [name for name in dict.fromkeys([*names, *call.kwargs]) if name not in self.fixed]

    def _beginnings(self) -> Iterable[tuple[float, Call]]:
        if self.given.call is not None:
            yield 0, Call(self.given.call, self.given.source)
            return
        first = infer_call(self.target, self.fixed, skip=len(self.given.args))
        yield 0, self._with_positional(first)

    def _shown_elsewhere(self) -> Iterable[tuple[float, Call]]:
        """Calls that somebody wrote: looked for only when what was guessed at first does not do."""
        if self.given.call is not None:
            return
        for call in mined_calls(self.target, self.mined):
            yield _MINED, self._with_positional(replace(call, kwargs={**call.kwargs, **self.fixed}))
        if not self.given.args and not self.given.kwargs:
            yield from ((_FACTORY, call) for call in factory_calls(self.target))

    def _with_positional(self, call: Call) -> Call:
        given = tuple(map(_as_given, self.given.args))
        return Call(call.function, call.source, (*given, *call.args[0 if not given else len(given) :]), call.kwargs)

    def _push_all(self, calls: Iterable[tuple[float, Call]], before: tuple[object, ...], cost: float = 0.0) -> None:
        """Queue calls that leave what is given as it is."""
        try:
            for more, call in calls:
                if all(call.kwargs.get(name) is choice for name, choice in self.fixed.items()):
                    self._push(cost + more, call, before)
        except Exception as error:  # annotations, configurations and values of the user are looked at
            self.best = self.best or (0, error)

    def _push(self, cost: float, call: Call, before: tuple[object, ...]) -> None:
        text = spell(call)
        if text not in self.seen:
            self.seen.add(text)
            heapq.heappush(self.queue, (cost, next(self.order), call, before))

    def _attempt(self, call: Call) -> Built | BaseException:
        """Try on meta, and on the CPU where meta is the reason."""
        outcome = self._on("meta", call)
        if isinstance(outcome, BaseException) and _is_about_meta(outcome):
            return self._on("cpu", call)
        return outcome

    def _on(self, device: str, call: Call) -> Built | BaseException:
        try:
            module = _run(call, device, self.deadline - time.monotonic())
        except (Exception, SystemExit, OutOfTimeError) as error:  # user code raises what it likes
            return error
        if call.function is not self.target and self.given.call is None and type(module) is not self.target:
            return TypeError(f"{call.source}() returns {type(module).__name__}")
        return Built(module, self._shown(call), device, call)

    def _shown(self, call: Call) -> str:
        if self.given.call is not None:
            return self.given.source
        return spell_arguments(call) if call.function is self.target else f"factory={call.source}"

    def _others(self, call: Call) -> Iterable[tuple[float, Call]]:
        """One argument at a time, its other candidates."""
        for one in wanted(self.target):
            if one.name in call.kwargs and one.name not in self.fixed and one.required:
                for at, choice in enumerate(candidates(self.target, one)[1:]):
                    yield 2 + at, call.put(one.name, choice)


def _as_given(value: object) -> Choice:
    """What the user handed over: a literal is copied for each attempt, other things are passed on."""
    plain = (type(None), bool, int, float, str, list, tuple, dict)
    return Literal(value) if isinstance(value, plain) else Reference(value, repr(value))


def _is_about_meta(error: BaseException) -> bool:
    """Whether an exception says that there are no values on meta."""
    if isinstance(error, NotImplementedError):
        return True
    text = str(error).lower()
    return any(word in text for word in ("meta", ".item()", "data-dependent", "device", "numpy"))
