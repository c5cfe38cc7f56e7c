"""Workers from the parent's side: what they are asked, how long they may take, and what is left when one dies."""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from torchtielint.errors import WorkerError
from torchtielint.measure.targets import ModelTarget

IMPORT_SECONDS = 120.0
"""How long importing a module of the project may take, beside the time for a model."""
SECONDS = 60.0
MEGABYTES = 16_384
_POLL = 0.02
_LONGEST_EVENTS = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What the measuring of one model may take.

    Args:
        seconds: wall time for building and measuring a model.
        memory: megabytes that a worker may map beyond what torch itself maps; 0: no limit.
    """

    seconds: float = SECONDS
    memory: int = MEGABYTES


@dataclass(frozen=True, slots=True)
class Making:
    """What the user says of how one model is made and tried.

    Args:
        args, kwargs: literals, as source; what is missing is inferred.
        call: an expression that makes the model, evaluated where the target is defined.
        survival: the operations that its ties are put through, where they are others than those of the request.
    """

    args: str = ""
    kwargs: str = ""
    call: str = ""
    survival: tuple[str, ...] = ()

    @property
    def is_said(self) -> bool:
        """Whether anything is."""
        return bool(self.args or self.kwargs or self.call or self.survival)


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker is asked to measure.

    Args:
        making: by the name of a class, a function or a model, what is said of it.
        survival: the operations that ties are put through.
        adjacent: whether neighbours in one storage are listed.
        patterns: by class, names of predicted ties that are looked up in the model.
    """

    target: ModelTarget
    making: Mapping[str, Making] = field(default_factory=dict)
    survival: tuple[str, ...] = ()
    adjacent: bool = False
    patterns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_object(self, limits: Limits, events: str, done: Sequence[str]) -> dict[str, object]:
        """The request as a worker reads it."""
        target = self.target
        return {
            "module": target.module,
            "file": target.file,
            "path": list(target.path),
            "attribute": target.attribute,
            "documents": list(target.documents),
            "making": {name: asdict(one) for name, one in self.making.items()},
            "survival": list(self.survival),
            "adjacent": self.adjacent,
            "patterns": {name: list(names) for name, names in self.patterns.items()},
            "seconds": limits.seconds,
            "memory": limits.memory,
            "events": events,
            "done": list(done),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: an object for each model, or why there are none.

    Args:
        unimportable: what the import raised.
        missing: why nothing in the module is what was asked for.
    """

    models: tuple[Mapping[str, object], ...] = ()
    unimportable: str = ""
    missing: str = ""


class Worker:
    """A process that serves one request after another."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._folder = tempfile.TemporaryDirectory(prefix="torchtielint-ties-")

    def close(self) -> None:
        """End the process."""
        self._stop()
        self._folder.cleanup()

    def serve(self, request: Request) -> Answer:
        """Have one request served; a model that takes the worker down is one failed model, and the rest goes on."""
        models: dict[str, Mapping[str, object]] = {}
        while True:
            events, ended = self._attempt(request, list(models))
            told = list(_told(events))
            for event in told:
                if event.get("event") == "unimportable":
                    return Answer(tuple(models.values()), str(event.get("reason")))
                if event.get("event") == "missing":
                    return Answer(missing=str(event.get("reason")))
                if event.get("event") == "model":
                    models[str(event.get("name"))] = event
            if told and told[-1].get("event") == "end":
                return Answer(tuple(models.values()))
            begun = next((str(event["name"]) for event in reversed(told) if event.get("event") == "start"), "")
            if not begun or begun in models:
                return Answer(tuple(models.values()), f"the import {ended}")
            lines = {str(one["name"]): one["line"] for event in told for one in _targets(event)}
            models[begun] = {"name": begun, "line": lines.get(begun, 0), "status": "failed", "reason": ended}

    def _attempt(self, request: Request, done: Sequence[str]) -> tuple[Path, str]:
        """Send a request and wait; gives the file of events, and how the child ended, in words."""
        process = self._started()
        handle, name = tempfile.mkstemp(suffix=".jsonl", dir=self._folder.name)
        os.close(handle)
        events = Path(name)
        try:
            assert process.stdin is not None  # noqa: S101  # it was asked for
            process.stdin.write(json.dumps(request.as_object(self._limits, name, done)) + "\n")
            process.stdin.flush()
        except OSError:
            self._stop()
            return events, "could not be started"
        return events, self._wait(process, events)

    def _wait(self, process: subprocess.Popen[str], events: Path) -> str:
        child, size, begun, since = 0, 0, False, time.monotonic()
        while True:
            with suppress(queue.Empty):
                said = json.loads(self._lines.get(timeout=_POLL))
                if "status" in said:
                    return _ending(int(said["status"]))
                child = int(said.get("pid", child))
                continue
            if process.poll() is not None:
                self._process = None
                return _ending_of(process.returncode)
            now, grown = time.monotonic(), events.stat().st_size
            if grown != size:
                size, since = grown, now
                begun = begun or _has_begun(events)
            allowed = self._limits.seconds * 1.5 + (0 if begun else IMPORT_SECONDS)
            if now - since > allowed or grown > _LONGEST_EVENTS:
                self._end(child)
                return f"took longer than {self._limits.seconds:g} s" if grown <= _LONGEST_EVENTS else "wrote too much"

    def _end(self, child: int) -> None:
        """End the child that serves the request; its worker says so and serves the next."""
        if not child:
            self._stop()
            return
        with suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
        with suppress(queue.Empty):
            self._lines.get(timeout=10)
            return
        self._stop()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        command = [sys.executable, "-m", "torchtielint.runtime.worker"]
        package = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(part for part in (package, os.environ.get("PYTHONPATH", "")) if part)
        self._process = subprocess.Popen(  # noqa: S603  # this Python, and a module of ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._lines = queue.Queue()
        threading.Thread(target=_pump, args=(self._process, self._lines), daemon=True).start()
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()


def _pump(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None  # noqa: S101  # it was asked for
    for line in process.stdout:
        lines.put(line)


def _told(events: Path) -> Iterator[dict[str, object]]:
    """The events of a file; a line that a crash cut off is none."""
    with events.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict):
                    yield event


def _has_begun(events: Path) -> bool:
    return any(event.get("event") == "found" for event in _told(events))


def _targets(event: Mapping[str, object]) -> list[dict[str, object]]:
    found = event.get("targets")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return _ending_of(-os.WTERMSIG(status))
    return _ending_of(os.WEXITSTATUS(status))


def _ending_of(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended the process with exit code {code}"


@contextmanager
def workers(number: int, limits: Limits) -> Iterator[list[Worker]]:
    """So many workers, ended in any case."""
    made = [Worker(limits) for _ in range(number)]
    try:
        yield made
    finally:
        for worker in made:
            worker.close()


def serve_all(requests: Sequence[Request], limits: Limits, jobs: int) -> Iterator[Answer]:
    """Answers in the order of the requests, so many at once."""
    number = max(1, min(jobs, len(requests)))
    with workers(number, limits) as made, ThreadPoolExecutor(number) as pool:
        idle: queue.Queue[Worker] = queue.Queue()
        for worker in made:
            idle.put(worker)

        def served(request: Request) -> Answer:
            worker = idle.get()
            try:
                return worker.serve(request)
            finally:
                idle.put(worker)

        yield from pool.map(served, requests)


def check_torch() -> None:
    """Say so where there is no torch for the workers; it is looked for, and not imported.

    Raises:
        WorkerError: there is none.
    """
    if importlib.util.find_spec("torch") is None:
        raise WorkerError(
            "models are measured with torch, and there is none in this Python",
            hint="`pip install 'torchtielint[runtime]'`, or `torchtielint ties --static` to read the source only",
        )
