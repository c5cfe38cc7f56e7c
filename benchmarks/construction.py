"""Count which classes of published packages can be constructed without being told their arguments.

    python benchmarks/construction.py [--show] [--module EXPRESSION] [torch timm vit-pytorch transformers]

torch and transformers are those that are installed; timm and vit-pytorch are taken from where `scripts/ecosystem.py`
keeps them, and need einops, huggingface_hub and safetensors. A process builds a batch of modules; one that crashes
costs the class that it was at. A long run can be taken in parts: `--module` with `--rows FILE`, and `--read FILE`.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import pkgutil
import re
import subprocess
import sys
import time
import types
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from torchtielint.runtime.construct import Candidate

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

BATCH = 60
SECONDS = 20.0
END = "end"
_NEEDS = re.compile(
    r"(?:ImportError|ModuleNotFoundError): "
    r"(?:\w+ requires the (\w+) library but it was not found|No module named '([\w.]+)')"
)
HEAD = "| package | classes | built | share | on meta | needs a package that is not installed | skipped | time |\n"
HEAD += "|---|---|---|---|---|---|---|---|\n"
PACKAGES = {
    "torch": "torch.nn.modules",
    "timm": "timm.models",
    "vit-pytorch": "vit_pytorch",
    "transformers": "transformers.models",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one class."""

    module: str
    name: str
    role: str
    status: str
    text: str
    device: str
    seconds: float


class _StandIn(types.ModuleType):
    """A module of which every attribute is a class of modules that do nothing."""

    __version__ = "10.0.0"

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty_class(name)


def _empty_class(name: str) -> object:
    from torch import nn

    class Meta(type):
        def __getattr__(cls, name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            return _empty_class(name)

    def accept(self: nn.Module, *_: object, **__: object) -> None:
        nn.Module.__init__(self)

    return Meta(name, (nn.Module,), {"__init__": accept})


class _StandInFinder:
    """Finds what is masked: wheels of torchvision do not import beside every build of torch, and nothing is read."""

    masked = ("torchvision", "torchaudio", "PIL")

    @staticmethod
    def find_spec(name: str, *_: object) -> object:
        if name.split(".", maxsplit=1)[0] not in _StandInFinder.masked:
            return None
        spec = importlib.util.spec_from_loader(name, _StandInFinder)  # type: ignore[arg-type]  # both methods are here
        if spec is not None:
            spec.submodule_search_locations = []
        return spec

    @staticmethod
    def create_module(spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _StandIn(spec.name)

    @staticmethod
    def exec_module(_module: types.ModuleType) -> None:
        return


def folder_of(package: str) -> Path | None:
    """Where the sources of a package are that is not installed."""
    if package in ("torch", "transformers"):
        return None
    from ecosystem import default_cache, unpacked
    from ecosystem_table import PACKAGES as PINNED
    from ecosystem_table import read_packages

    pinned = {one.name: one for one in read_packages(PINNED.read_text(encoding="utf-8"))}
    return unpacked(pinned[package], default_cache())


def modules_of(package: str, folder: Path | None) -> list[str]:
    """The names of the modules of a package that are measured, without importing them."""
    top, *rest = PACKAGES[package].split(".")
    base = folder / top if folder is not None else Path(str(importlib.util.find_spec(top).origin)).parent  # type: ignore[union-attr]  # they are installed
    prefix = PACKAGES[package] + "."
    found = [one.name for one in pkgutil.walk_packages([str(base.joinpath(*rest))], prefix, onerror=lambda _: None)]
    if package == "transformers":
        return sorted(f"{prefix}{one.parent.name}.{one.stem}" for one in base.joinpath(*rest).glob("*/modeling_*.py"))
    return sorted(found)


def measured(package: str, folder: Path | None, names: Sequence[str]) -> Iterator[Row]:
    """Build the classes of modules in processes, one after the other; one that dies costs the class that it was at."""
    left = list(names)
    while left:
        batch, left = left[:BATCH], left[BATCH:]
        module, name = batch[0].partition(":")[0], ""
        for line in _child(package, folder, batch):
            record = json.loads(line)
            if "started" in record:
                module, name = record["started"], record["name"]
            else:
                yield Row(**record)
        if module != END:
            role = "concrete" if name else "module"
            yield Row(module, name, role, "failed", "the process crashed", "", 0)
            at = next(at for at, one in enumerate(batch) if one.partition(":")[0] == module)
            left = [*([f"{module}:{name}"] if name else []), *batch[at + 1 :], *left]


def _child(package: str, folder: Path | None, batch: Sequence[str]) -> Iterator[str]:
    paths = [str(ROOT), *([str(folder)] if folder is not None else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--child", package, *batch]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as one:
        assert one.stdout is not None  # it is a pipe
        yield from one.stdout


def child(package: str, names: Sequence[str]) -> None:
    """Build the classes of modules, and write a line of JSON for each."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    if package in ("timm", "vit-pytorch"):
        sys.meta_path.insert(0, _StandInFinder)  # type: ignore[arg-type]  # a finder is what has find_spec
    from torchtielint.runtime.construct import Built, Role, build, classes_in, mine

    mined = mine(_documentation(package))
    for name, _, done in (one.partition(":") for one in names):
        _tell(out, started=name, name="")
        try:
            module = importlib.import_module(name)
        except Exception as error:  # an optional package is not there, or the module is broken
            text = f"{type(error).__name__}: {error}"
            _tell(out, **asdict(Row(name, "", "module", "needs" if missing_package(text) else "failed", text, "", 0)))
            continue
        for one in _after(done, classes_in(module)):
            if one.role is Role.FACTORY or (package == "transformers" and not _is_pretrained(one.target)):
                continue
            _tell(out, started=name, name=one.name)
            started = time.perf_counter()
            outcome = build(one.target, mined=mined, seconds=SECONDS)
            took = time.perf_counter() - started
            text = outcome.arguments if isinstance(outcome, Built) else outcome.reason
            status = "ok" if isinstance(outcome, Built) else outcome.status.value
            status = "needs" if status == "failed" and missing_package(text) else status
            device = outcome.device if isinstance(outcome, Built) else ""
            del outcome
            _tell(out, **asdict(Row(name, one.name, one.role.value, status, text, device, took)))
    _tell(out, started=END, name="")


def _tell(out: IO[str], **record: object) -> None:
    out.write(json.dumps(record) + "\n")


def _after(done: str, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The classes behind the one that a process died of."""
    names = [one.name for one in candidates]
    return candidates[names.index(done) + 1 :] if done in names else candidates


def missing_package(reason: str) -> str:
    """The package that an import failed for, where it is really not installed; else the empty string."""
    found = _NEEDS.match(reason)
    name = (found[1] or found[2]).partition(".")[0] if found else ""
    return name if name and importlib.util.find_spec(name) is None else ""


def _is_pretrained(target: object) -> bool:
    return isinstance(target, type) and any(base.__name__ == "PreTrainedModel" for base in target.__mro__)


def _documentation(package: str) -> list[str]:
    """The README that travels in the wheel."""
    folder = folder_of(package)
    return [one.read_text(encoding="utf-8") for one in folder.glob("*.dist-info/METADATA")] if folder else []


def report(package: str, rows: Sequence[Row], *, show: bool) -> str:
    """A row of the table, and below it what stops the rest."""
    classes = [row for row in rows if row.status in ("ok", "failed")]
    built = [row for row in classes if row.status == "ok"]
    needs, skipped = (sum(row.status == status for row in rows) for status in ("needs", "skipped"))
    on_meta = sum(row.device == "meta" for row in built)
    seconds = sum(row.seconds for row in rows)
    lines = [
        f"| {package} | {len(classes):,} | {len(built):,} | {len(built) / max(len(classes), 1):.1%} | {on_meta:,} | "
        f"{needs} | {skipped} | {seconds:.0f} s |"
    ]
    if show:
        lines += [
            f"  {row.module}.{row.name} [{row.seconds:.1f}s]: {row.status}: {row.text}"
            for row in rows
            if row.status != "ok"
        ]
        slow = sorted(built, key=lambda row: -row.seconds)[:5]
        lines += [f"  slow: {row.module}.{row.name} {row.seconds:.1f} s" for row in slow]
    return "\n".join(lines)


def main() -> int:
    """Run the measurement and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", default=list(PACKAGES))
    parser.add_argument("--show", action="store_true", help="list what was not built, and why")
    parser.add_argument("--module", default="", help="only modules whose names match this expression")
    parser.add_argument("--rows", type=Path, help="add every row to this file, as a line of JSON, when it is there")
    parser.add_argument("--read", type=Path, help="measure nothing, and print the table of the rows in this file")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.packages)
        return 0
    sys.stdout.write(HEAD)
    read = [Row(**json.loads(line)) for line in options.read.read_text().splitlines()] if options.read else []
    for package in options.packages:
        rows = [row for row in read if row.module.startswith(PACKAGES[package])]
        for row in () if options.read else _of_package(package, options.module):
            rows.append(row)
            if options.rows:
                with options.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
        sys.stdout.write(report(package, rows, show=options.show) + "\n")
        sys.stdout.flush()
    return 0


def _of_package(package: str, expression: str) -> Iterator[Row]:
    folder = folder_of(package)
    yield from measured(package, folder, [name for name in modules_of(package, folder) if re.search(expression, name)])


if __name__ == "__main__":
    sys.exit(main())
