"""The classes that can be constructed here, found once and kept."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from injections import hosts as finding
from injections.hosts import Host, candidates
from injections.packages import HOSTS, needed, sources
from injections.processes import BENCHMARKS, answered

EACH = 25  # classes of one package with one feature


def usable_hosts(cache: Path, *, seed: int, jobs: int) -> tuple[list[Host], Mapping[str, str]]:
    """The classes, in an order that the seed decides, and the environment in which they can be imported."""
    folders = sources(cache)
    environment = {
        "PYTHONPATH": os.pathsep.join(map(str, [BENCHMARKS, needed(cache), *folders.values()])),
        "HF_HUB_OFFLINE": "1",
    }
    code = b"".join(
        Path(path).read_bytes() for path in (finding.__file__, str(Path(finding.__file__).with_name("probing.py")))
    )
    key = hashlib.sha256(code + repr((sorted(map(str, folders.values())), seed, EACH)).encode()).hexdigest()[:12]
    kept = cache / f"hosts-{key}.json"
    if kept.exists():
        return [Host(**one) for one in json.loads(kept.read_text(encoding="utf-8"))], environment
    found = candidates({name: (HOSTS[name], path) for name, path in folders.items()}, each=EACH, seed=seed)
    tasks = [
        {"kind": "probe", "number": number, "text": host.text, "name": host.name, "features": host.features}
        for number, host in enumerate(found)
    ]
    answers = answered(tasks, environment, folder=cache, jobs=jobs)
    usable = [replace(host, **answer) for host, answer in zip(found, answers, strict=True) if "error" not in answer]
    kept.write_text(json.dumps([asdict(host) for host in usable]), encoding="utf-8")
    return usable, environment
