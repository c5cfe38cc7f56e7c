"""Tasks for `worker.py`, split over processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).resolve().parent.parent
_BATCH = 400  # tasks of one process: imports take longer than most of them


def answered(
    tasks: Sequence[dict[str, Any]], environment: Mapping[str, str], *, folder: Path, jobs: int
) -> list[dict[str, Any]]:
    """The answer to each task; where a process dies, its tasks are all answered with an error."""
    batches = [tasks[start : start + _BATCH] for start in range(0, len(tasks), _BATCH)]
    with ThreadPoolExecutor(jobs) as pool:
        answers = pool.map(lambda batch: _batch(batch, environment, folder), batches)
        return [answer for batch in answers for answer in batch]


def _batch(tasks: Sequence[dict[str, Any]], environment: Mapping[str, str], folder: Path) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as scratch:
        asked, told = Path(scratch) / "tasks.json", Path(scratch) / "answers.json"
        asked.write_text(json.dumps(list(tasks)), encoding="utf-8")
        command = [sys.executable, "-B", "-m", "injections.worker", str(asked), str(told)]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if not told.exists():
            return [{"error": f"the process died: {done.stderr[-300:]}"}] * len(tasks)
        answers: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
        return answers
